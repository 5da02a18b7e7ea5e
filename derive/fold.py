"""Fold forward values: where the right side of an equation stands in a derivative, write its name.

`1 − tanh²(a)` becomes `1 − h²`. What is found here is confirmed by the normal form before it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from derive.cases import split
from derive.expression import (
    Apply,
    Delta,
    Expr,
    Factor,
    Group,
    Guard,
    Node,
    Ref,
    Term,
    expression,
    letters_of,
    names,
    term,
    walk,
)
from derive.index import ONE, Letter, Poly, exact, poly
from derive.normal import Normalizer
from derive.program import Equation, Program
from derive.rewrite import holds_at


@dataclass(frozen=True)
class Pattern:
    """The factors that an equation's right side consists of."""

    equation: Equation
    factors: tuple[Factor, ...]


def patterns(program: Program) -> list[Pattern]:
    """What can be folded: functions, products with a parenthesis in them, and sums as a whole."""
    found = []
    for equation in (part for e in program.equations for part in _parts(e)):
        terms = equation.body.terms
        if len(terms) == 1 and not terms[0].binders and terms[0].coefficient == 1:
            nodes = [n for n, _ in terms[0].factors]
            # a gate times a function (o ⊙ tanh c) reads better as it is
            if any(isinstance(n, Group) for n in nodes) or (nodes and all(isinstance(n, Apply) for n in nodes)):
                found.append(Pattern(equation, terms[0].factors))
        elif terms and (len(terms) > 1 or terms[0].coefficient == 1):
            found.append(Pattern(equation, ((Group(equation.body), ONE),)))
    return found


def _parts(equation: Equation) -> list[Equation]:
    """An equation with cases (h_0 = 0, h_t = tanh(…)) as one equation for each case of more than one member."""
    if not any(isinstance(n, (Delta, Guard)) for t in equation.body.terms for n, _ in t.factors):
        return [equation]
    parts = []
    for case in split(equation):
        letters = letters_of(case.left)
        several = case.condition is None or case.condition.low != case.condition.high
        if several and len(letters) == len(equation.letters):
            parts.append(Equation(equation.name, letters, case.right))
    return parts


def fold(e: Expr, known: list[Pattern], normalizer: Normalizer) -> tuple[Expr, list[str]]:
    """The expression with forward values folded, and the names whose definitions were used."""
    used: dict[str, None] = {}
    return _fold(e, known, normalizer, (), used), list(used)


def _fold(e: Expr, known: list[Pattern], normalizer: Normalizer, facts: tuple[Poly, ...],
          used: dict[str, None]) -> Expr:
    """Innermost expressions first; `facts` are the guards beside and around them: under [t < T] there is an
    h[t + 1]."""
    result = []
    for t in e.terms:
        here = facts + tuple(n.condition for n, _ in t.factors if isinstance(n, Guard))
        inner = [(n.rebuild(tuple(_fold(x, known, normalizer, here, used) for x in n.expressions()))
                  if n.expressions() else n, x) for n, x in t.factors]
        folded, found = _fold_term(term(t.coefficient, inner, t.binders), known, normalizer, here)
        used.update(dict.fromkeys(found))
        result.append(folded)
    return Expr(result)


def _fold_term(t: Term, known: list[Pattern], normalizer: Normalizer,
               facts: tuple[Poly, ...]) -> tuple[Term, list[str]]:
    """Fold as long as something folds. A quotient is folded only where nothing of it is left over, or its denominator
    once more: (x − μ)(v + ε)^(−3/2) is not x̂ (v + ε)^(−1)."""
    start, found, parts = t, list[str](), dict[Node, Poly]()
    for _ in range(8):
        folded = _fold_once(t, known, normalizer, facts)
        if folded is None:
            break
        pattern, binding, t = folded
        found.append(pattern.equation.name)
        if len(pattern.factors) > 1:
            parts.update((n.substitute(binding), x) for n, x in pattern.factors)
    if any(_same(n, m, normalizer) and (y != x or _positive(x)) for n, x in parts.items() for m, y in t.factors):
        simple = [p for p in known if len(p.factors) == 1]
        return _fold_term(start, simple, normalizer, facts) if len(simple) < len(known) else (start, [])
    return t, found


def _fold_once(t: Term, known: list[Pattern], normalizer: Normalizer,
               facts: tuple[Poly, ...]) -> tuple[Pattern, dict[Letter, Poly], Term] | None:
    for pattern in known:
        letters = frozenset(pattern.equation.letters)
        lead = max((n for n, _ in pattern.factors), key=lambda n: len(n.free & letters))
        for node, _ in t.factors:
            if type(node) is not type(lead) or not _similar(lead, node):
                continue
            binding = _bind(lead, node, pattern.equation.letters)
            if binding is None or not holds_at(pattern.equation, tuple(binding.values()), facts):
                continue
            replaced = _replace(t, pattern, binding, normalizer)
            if replaced is not None:
                return pattern, binding, replaced
    return None


def _similar(a: Node, b: Node) -> bool:
    if isinstance(a, Apply) and isinstance(b, Apply):
        return a.function == b.function and names(expression(a)) == names(expression(b))
    return names(expression(a)) == names(expression(b))


def _bind(pattern: Node, node: Node, letters: tuple[Letter, ...]) -> dict[Letter, Poly] | None:
    """Values of the equation's letters that may turn `pattern` into `node`; to be confirmed."""
    binding: dict[Letter, Poly] = {}
    mine = [n for n in walk(expression(pattern)) if isinstance(n, Ref)]
    theirs = [n for n in walk(expression(node)) if isinstance(n, Ref)]
    for a in mine:
        for b in theirs:
            if a.name == b.name and len(a.indices) == len(b.indices):
                for p, q in zip(a.indices, b.indices):
                    for letter in letters:
                        c = p.coefficient(letter)
                        if c == 1 and letter not in binding and (p - letter).free.isdisjoint(letters):
                            binding[letter] = q - (p - letter)
                break
    return {x: binding[x] for x in letters} if all(x in binding for x in letters) else None


def _replace(t: Term, pattern: Pattern, binding: dict[Letter, Poly], normalizer: Normalizer) -> Term | None:
    """The term with as many whole copies of the pattern as it holds written by name."""
    rest = list(t.factors)
    copies: list[Fraction] = []
    taken: list[tuple[int, Poly]] = []
    for n, x in pattern.factors:
        wanted = n.substitute(binding)
        place = next((k for k, (m, _) in enumerate(rest) if _same(wanted, m, normalizer)), None)
        if place is None:
            return None
        have, need = rest[place][1].constant, x.constant
        if have is None or need is None or need == 0:
            return None
        ratio = Fraction(have) / need
        if ratio.denominator != 1 and Fraction(need).denominator == 1 and not normalizer.is_positive(n):
            return None     # u is no √(u²) where u may be negative
        whole = Fraction(int(ratio)) if len(pattern.factors) > 1 else ratio
        if whole == 0 or (whole < 0 and (need < 0 or len(pattern.factors) > 1)):
            return None
        copies.append(whole)
        taken.append((place, x))
    count = exact(min(copies))
    place = min(k for k, _ in taken)
    for k, x in taken:
        rest[k] = (rest[k][0], rest[k][1] - x * count)
    rest.insert(place, (Ref(pattern.equation.name, tuple(binding.values())), poly(count)))
    return term(t.coefficient, rest, t.binders)


def _positive(exponent: Poly) -> bool:
    return exponent.constant is None or exponent.constant > 0


def _same(a: Node, b: Node, normalizer: Normalizer) -> bool:
    if a == b:
        return True
    if type(a) is not type(b) or a.free != b.free:
        return False
    return _similar(a, b) and normalizer.equal(expression(a), expression(b))
