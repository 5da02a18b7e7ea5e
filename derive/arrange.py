"""The order in which a textbook writes a formula. SymPy sorts sums and products its own way; this puts weights before
what they multiply, sums before biases, what is subtracted last. The value stays the same."""

from __future__ import annotations

from derive.expression import Apply, Expr, Factor, Group, Node, Ref, Term, map_terms, walk
from derive.program import Program

DERIVATIVE, INPUT, DEFINED, PENDING, GROUP, DENOMINATOR = range(6)


def arrange(e: Expr, program: Program, pending: set[str]) -> Expr:
    """The same expression in reading order. `pending` are the names that are still to be defined."""
    places = {name: k for k, name in enumerate(program.variables)}
    arriving = set(program.outputs.values())
    defined = program.defined

    def kind(name: str) -> int:
        if name not in places or name in arriving:
            return DERIVATIVE
        if name in defined:
            return DEFINED
        return PENDING if name in pending else INPUT

    def rank(node: Node) -> tuple[int, int]:
        if isinstance(node, Ref):
            return kind(node.name), places.get(node.name, 0)
        refs = [rank(n) for a in node.expressions() for n in walk(a) if isinstance(n, Ref)]
        if isinstance(node, Apply):
            return max(refs, default=(INPUT, -1))
        return (GROUP, 0) if isinstance(node, Group) else (INPUT, -1)

    def factor_order(factor: Factor) -> tuple[int, int]:
        c = factor[1].constant
        return (DENOMINATOR, 0) if c is not None and c < 0 else rank(factor[0])

    def ordered(t: Term) -> Expr:
        return Expr((Term(t.coefficient, tuple(sorted(t.factors, key=factor_order)), t.binders),))

    def term_order(t: Term) -> tuple:
        return t.coefficient < 0, not t.binders, -len(t.factors), factor_order(t.factors[0])

    return _sorted_terms(map_terms(e, ordered), term_order)


def _sorted_terms(e: Expr, order) -> Expr:
    def node(n: Node) -> Node:
        inner = n.expressions()
        return n.rebuild(tuple(_sorted_terms(x, order) for x in inner)) if inner else n

    terms = [Term(t.coefficient, tuple((node(n), x) for n, x in t.factors), t.binders) for t in e.terms]
    numbers = [t for t in terms if not t.factors]
    if numbers:                                             # 1 − h², not −h² + 1
        return Expr(numbers + sorted((t for t in terms if t.factors), key=order))
    return Expr(sorted(terms, key=order))
