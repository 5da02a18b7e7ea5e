"""Cases over time and layer: t = T, 1 ≤ t < T. Guards and deltas on a family letter are decided case by case."""

from __future__ import annotations

from derive.derivation import Case, Condition
from derive.expression import Delta, Expr, Guard, Ref, walk
from derive.index import Letter, Poly, poly
from derive.program import Equation
from derive.rewrite import contract_all

FURTHEST = 6                # single members split off at either end


def split(equation: Equation) -> list[Case]:
    """What a textbook prints for an equation: one line, or a line for each case of the first family letter that has
    any. The cases cover the letter's range; a condition that stays undecided stays in its line as a factor."""
    for letter in equation.letters:
        if letter.family:
            low, high = ends(equation.body, letter)
            if (low, high) != (0, 0):
                return _cases(equation, letter, low, high)
    return [Case(equation.left, equation.body)]


def each_case(e: Expr) -> list[Expr]:
    """The expression at single members at the ends of a free letter's range and at all members in between, where a
    condition tells them apart; nothing where none does. It is zero if all of these are."""
    for letter in sorted(e.free, key=lambda a: a.order):
        low, high = ends(e, letter)
        if (low, high) != (0, 0):
            singles = [letter.low + d for d in range(low)] + [letter.high - d for d in range(high)]
            inner = letter.fresh(letter.low + low, letter.high - high)
            return [e.substitute({letter: p}).fresh() for p in (*singles, poly(inner))]
    return []


def ends(e: Expr, letter: Letter) -> tuple[int, int]:
    """How many members at the low and at the high end differ from the ones in between."""
    low = high = 0
    for node in walk(e):
        if not isinstance(node, (Guard, Delta)):
            continue
        sign = node.condition.coefficient(letter)
        if sign is None:
            continue
        threshold = (poly(letter) * sign - node.condition) * sign if sign in (1, -1) else None
        if threshold is None:
            continue
        from_low, from_high = (threshold - letter.low).constant, (letter.high - threshold).constant
        beyond = 1 if isinstance(node, Delta) else 0
        if from_low is not None and (isinstance(node, Delta) or sign == 1):
            low = max(low, int(from_low) + beyond)
        elif from_low is not None:
            low = max(low, int(from_low) + 1)
        elif from_high is not None and (isinstance(node, Delta) or sign == -1):
            high = max(high, int(from_high) + beyond)
        elif from_high is not None:
            high = max(high, int(from_high) + 1)
    return (low, high) if low <= FURTHEST and high <= FURTHEST else (0, 0)


def _cases(equation: Equation, letter: Letter, low: int, high: int) -> list[Case]:
    singles_high = [letter.high - d for d in range(high)]
    singles_low = [letter.low + d for d in reversed(range(low))]
    inner = letter.fresh(letter.low + low, letter.high - high)
    cases = [_case(equation, letter, p, Condition(letter, p, p)) for p in singles_high]
    cases.append(_case(equation, letter, poly(inner), Condition(inner, inner.low, inner.high)))
    cases += [_case(equation, letter, p, Condition(letter, p, p)) for p in singles_low]
    return cases


def _case(equation: Equation, letter: Letter, value: Poly, condition: Condition) -> Case:
    values = {letter: value}
    letters = [poly(a).substitute(values) for a in equation.letters]
    return Case(Ref(equation.name, letters), contract_all(equation.body.substitute(values)), condition)
