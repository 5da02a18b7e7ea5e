"""What the results of a page rest on, as formulas."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive import notation
from derive.expression import Apply, Expr, Node, Ref, expression, walk
from derive.functions import RULES
from derive.index import Label, Poly, Size
from derive.notation.laws import declaration
from derive.notation.names import unicode_name
from derive.program import Beyond, Program, plain
from derive.stated import StatedPage
from verify.signs import NOT_NEGATIVE, POSITIVE, Signs

_INDEPENDENT = "independent, and so are all entries / 相互独立，各分量亦然"


def assumptions(page: StatedPage) -> list[str]:
    """Least sizes, positive names, random inputs, sums that are one, and denominators that must not vanish."""
    program = page.program
    found = [_range(s) for s in program.sizes.values()]
    for v in sorted(program.variables.values(), key=lambda v: v.name):
        if v.positive:
            found.append(f"0 < {unicode_name(v.name)} < 1" if v.below_one else f"{unicode_name(v.name)} > 0")
        if v.among:
            found.append(f"{unicode_name(v.name)} ∈ {{{', '.join(map(str, v.among))}}}")
    found += [declaration(v) for v in program.random.values()]
    if program.random:
        found.append(" ⊥ ".join(unicode_name(n) for n in program.random) + " (⊥: " + _INDEPENDENT + ")")
    found += [a.text(unicode_name) for a in program.assumptions]
    found += [f"{unicode_name(low)} < {unicode_name(high)}" for low, high in program.ordered]
    found += [f"{' '.join(map(unicode_name, b.names))} < {b.limit}" for b in program.below]
    found += map(_beyond, program.beyond)
    bodies = [e.body for e in program.equations] + [c.right for c in page.claims]
    signs = Signs(program)
    conditions = dict.fromkeys(c for body in bodies for c in _conditions(body, program, signs))
    kinks = dict.fromkeys(k for body in bodies for k in _kinks(body))
    return found + [*conditions, *kinks]


def _beyond(bound: Beyond) -> str:
    """`ρ > 1 + ε`"""
    numbers = [str(bound.constant)] if bound.constant or not bound.terms else []
    terms = numbers + [f"{'' if abs(c) == 1 else f'{abs(c)} '}{unicode_name(n)}" for n, c in bound.terms]
    signs = (["+"] if numbers else []) + ["−" if c < 0 else "+" for _, c in bound.terms]
    shown = " ".join(f"{sign} {term}" for sign, term in zip(signs, terms)).removeprefix("+ ")
    return f"{unicode_name(bound.name)} {'>' if bound.above else '<'} {shown}"


def _range(size: Size) -> str:
    """`n ≥ 1`, or `1 ≤ y ≤ K`"""
    if isinstance(size, Label):
        return f"{size.least} ≤ {unicode_name(size.name)} ≤ {plain(size.high)}"
    return f"{unicode_name(size.name)} ≥ {size.least}"


def _conditions(e: Expr, program: Program, signs: Signs) -> Iterator[str]:
    """What must not vanish under a fraction line, and what must be positive in a logarithm or under a root, as far as
    nothing tells it."""
    for t in e.terms:
        for node, x in t.factors:
            sign = _needed(x)
            if sign and signs.of_node(node) < (NOT_NEGATIVE if sign == "≥" else POSITIVE):
                yield f"{_shown(node, program)} {sign} 0"
            if isinstance(node, Apply) and node.function == "log" and signs.of(node.arguments[0]) < POSITIVE:
                yield f"{_text(node.arguments[0], program)} > 0"
            for inner in node.expressions():
                yield from _conditions(inner, program, signs)


def _needed(exponent: Poly) -> str:
    """What a base must be; empty where any number will do."""
    if exponent.constant is None:
        return ""
    if Fraction(exponent.constant).denominator % 2 == 0:
        return ">" if exponent.constant < 0 else "≥"
    return "≠" if exponent.constant < 0 else ""


def _shown(node: Node, program: Program) -> str:
    """A name without indices, or the formula."""
    return unicode_name(node.name) if isinstance(node, Ref) else _text(expression(node), program)


def _text(e: Expr, program: Program) -> str:
    taken = frozenset(a.name for a in e.free)
    return notation.text(notation.to_index(e, program.signatures, loss=program.loss_symbol, taken=taken))


def _kinks(e: Expr) -> list[str]:
    """Where a function has its kink, for arguments that are names: there nothing is claimed."""
    found = []
    for n in walk(e):
        if isinstance(n, Apply) and n.function in RULES and RULES[n.function].kink:
            sides = [str(_only_name(a)) for a in n.arguments if _only_name(a)]
            if len(sides) == len(n.arguments):
                found.append(" ≠ ".join(sides) if len(sides) == 2 else f"{sides[0]} ≠ 0")
    return found


def _only_name(e: Expr) -> str | None:
    if len(e.terms) == 1 and len(e.terms[0].factors) == 1 and isinstance(e.terms[0].factors[0][0], Ref):
        return unicode_name(e.terms[0].factors[0][0].name)
    return None
