"""Where two forms of one line differ: it is enough to show that the parts are equal that are not the same."""

from __future__ import annotations

from collections.abc import Iterator

from derive.expression import Apply, Expr, Factor, Group, Guard, Node, Term, expression, power, term

Guards = tuple[Factor, ...]
Pair = tuple[Expr, Expr]


def differing(a: Expr, b: Expr, guards: Guards = ()) -> Iterator[Pair]:
    """The smallest parts, one of each side, that stand in the same place and are not written alike; each times the
    guards that stand around it. Where all pairs are equal, the two sides are; nothing follows where one is not."""
    if len(a.terms) != len(b.terms):
        yield _guarded(a, guards), _guarded(b, guards)
        return
    for t, u in zip(a.terms, b.terms):
        if t != u:
            yield from _of_terms(t, u, guards)


def _of_terms(t: Term, u: Term, guards: Guards) -> Iterator[Pair]:
    if (t.coefficient, t.binders, len(t.factors)) != (u.coefficient, u.binders, len(u.factors)):
        yield _guarded(Expr((t,)), guards), _guarded(Expr((u,)), guards)
        return
    around = guards + tuple(f for f in t.factors if isinstance(f[0], Guard) and f in u.factors)
    for (n, x), (m, y) in zip(t.factors, u.factors):
        if x == y and n != m:
            yield from _of_nodes(n, m, around)
        elif x != y:
            yield _guarded(power(expression(n), x), around), _guarded(power(expression(m), y), around)


def _of_nodes(n: Node, m: Node, guards: Guards) -> Iterator[Pair]:
    alike = isinstance(n, Group) and isinstance(m, Group) or (
        isinstance(n, Apply) and isinstance(m, Apply) and n.function == m.function)
    inner, other = n.expressions(), m.expressions()
    if alike and len(inner) == len(other):
        for e, f in zip(inner, other):
            yield from differing(e, f, guards)
    else:
        yield _guarded(expression(n), guards), _guarded(expression(m), guards)


def _guarded(e: Expr, guards: Guards) -> Expr:
    return e * expression(term(1, guards)) if guards else e
