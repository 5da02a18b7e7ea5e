"""What the results of a page rest on, as formulas."""

from __future__ import annotations

from derive.entry import Page
from derive.expression import Apply, Expr, Group, Node, Ref, walk
from derive.functions import RULES
from derive.index import Label, Size
from derive.normal import Normalizer
from derive.notation.laws import declaration
from derive.notation.names import unicode_name
from derive.program import plain

_INDEPENDENT = "independent, and so are all entries / 相互独立，各分量亦然"


def assumptions(page: Page) -> list[str]:
    """Least sizes, positive names, random inputs, sums that are one, and denominators that must not vanish."""
    program = page.program
    found = [_range(s) for s in program.sizes.values()]
    for v in sorted(program.variables.values(), key=lambda v: v.name):
        if v.positive:
            found.append(f"0 < {unicode_name(v.name)} < 1" if v.below_one else f"{unicode_name(v.name)} > 0")
    found += [declaration(v) for v in program.random.values()]
    if program.random:
        found.append(" ⊥ ".join(unicode_name(n) for n in program.random) + " (⊥: " + _INDEPENDENT + ")")
    found += [f"Σ {unicode_name(a.name)} = 1" for a in program.assumptions]
    bodies = [e.body for e in program.equations] + [c.right for c in page.claims]
    denominators = dict.fromkeys(d for body in bodies for d in _denominators(body, program.normalizer()))
    kinks = dict.fromkeys(k for body in bodies for k in _kinks(body))
    return found + [f"{d} ≠ 0" for d in denominators] + list(kinks)


def _range(size: Size) -> str:
    """`n ≥ 1`, or `1 ≤ y ≤ K`"""
    if isinstance(size, Label):
        return f"{size.least} ≤ {unicode_name(size.name)} ≤ {plain(size.high)}"
    return f"{unicode_name(size.name)} ≥ {size.least}"


def _denominators(e: Expr, normalizer: Normalizer) -> list[str]:
    """Names under a fraction line that are not known to be positive."""
    result = []
    for t in e.terms:
        for node, x in t.factors:
            if x.constant is not None and x.constant < 0 and not normalizer.is_positive(node):
                result += _named(node)
            for inner in node.expressions():
                result += _denominators(inner, normalizer)
    return result


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


def _named(node: Node) -> list[str]:
    if isinstance(node, Ref):
        return [unicode_name(node.name)]
    if isinstance(node, Group):
        return [" + ".join(unicode_name(n.name) for n in walk(node.body) if isinstance(n, Ref)) or "0"]
    return []
