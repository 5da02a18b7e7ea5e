"""How far families of inputs reach: where G_t = r_t + γ G_{t+1} holds up to T − 1, there is no r_T, though there is a
G_T."""

from __future__ import annotations

from collections.abc import Iterator

from derive.bounds import nonnegative
from derive.expression import Expr, Guard, Ref
from derive.index import Letter, Poly, poly
from derive.program import Program

Facts = tuple[Poly, ...]


def without_unused_ends(program: Program) -> dict[str, tuple[Letter, ...]]:
    """The axes of those inputs of which no equation uses the last member, without it."""
    used: dict[str, list[tuple[Ref, Facts]]] = {}
    for equation in program.equations:
        for ref, facts in _members(equation.body, ()):
            used.setdefault(ref.name, []).append((ref, facts))
    found: dict[str, tuple[Letter, ...]] = {}
    for name, members in used.items():
        axes = program.variables[name].axes
        if program.equation(name) is not None or not axes or not axes[0].family or axes[0].free - {axes[0]}:
            continue
        first, last = axes[0], axes[0].high - 1
        if nonnegative(last - first.low) and all(nonnegative(last - r.indices[0], facts) for r, facts in members):
            shorter = first.fresh(high=last)
            found[name] = (shorter, *(a.substitute({first: poly(shorter)}) for a in axes[1:]))
    return found


def _members(e: Expr, outside: Facts) -> Iterator[tuple[Ref, Facts]]:
    """Every member in an expression, with the conditions that stand beside it."""
    for t in e.terms:
        facts = outside + tuple(n.condition for n, _ in t.factors if isinstance(n, Guard))
        for node, _ in t.factors:
            if isinstance(node, Ref):
                yield node, facts
            for inner in node.expressions():
                yield from _members(inner, facts)
