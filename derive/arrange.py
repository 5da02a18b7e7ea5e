"""The order in which a textbook writes a formula. SymPy sorts sums and products its own way; this puts weights before
what they multiply, sums before biases, what is subtracted last. The value stays the same."""

from __future__ import annotations

from derive.expression import Apply, Expr, Factor, Group, Node, Ref, Term, map_terms, names, walk
from derive.program import Program

DERIVATIVE, INPUT, DEFINED, PENDING, GROUP, DENOMINATOR = range(6)
Rank = tuple[int, int, int]


class Arrangement:
    """Reading order in a program of which some states are still to be defined (`pending`)."""

    def __init__(self, program: Program, pending: set[str]):
        self.arriving = set(program.outputs.values())
        scalars_first = sorted(program.variables.values(), key=lambda v: bool(v.axes))      # a x^(t), not x^(t) a
        self.inputs = {v.name: k for k, v in enumerate(scalars_first)}
        self.defined = {e.name: k for k, e in enumerate(program.equations)}
        self.pending = pending

    def arrange(self, e: Expr) -> Expr:
        """The same expression in reading order."""
        return self._sums(map_terms(e, self._product))

    def _product(self, t: Term) -> Expr:
        grouped = {n for node, _ in t.factors if isinstance(node, Group) for n in names(node.body)}
        factors = sorted(t.factors, key=lambda f: self._factor_rank(f, grouped))
        return Expr((Term(t.coefficient, tuple(factors), t.binders),))

    def _sums(self, e: Expr) -> Expr:
        terms = [Term(t.coefficient, tuple((self._inside(n), x) for n, x in t.factors), t.binders) for t in e.terms]
        numbers = [t for t in terms if not t.factors]               # 1 − h², not −h² + 1
        return Expr(numbers + sorted((t for t in terms if t.factors), key=self._term_rank))

    def _inside(self, node: Node) -> Node:
        inner = node.expressions()
        return node.rebuild(tuple(self._sums(x) for x in inner)) if inner else node

    def _term_rank(self, t: Term) -> tuple:
        """v + ε, not ε + v: what is given comes after what was computed."""
        kind, place, _ = self._factor_rank(t.factors[0], set())
        return t.coefficient < 0, not t.binders, -len(t.factors), DEFINED + 1 if kind == INPUT else kind, place

    def _factor_rank(self, factor: Factor, grouped: set[str]) -> Rank:
        """A gate stands beside its complement: f (1 − f)."""
        node, exponent = factor
        if exponent.constant is not None and exponent.constant < 0:
            return DENOMINATOR, 0, 0
        if isinstance(node, Group):
            inside = [self._name_rank(n)[1] for n in names(node.body)]
            return GROUP, max(inside, default=0), 1
        if isinstance(node, Ref) and node.name in grouped and node.name in self.defined:
            return GROUP, self._name_rank(node.name)[1], 0
        return self._rank(node)

    def _rank(self, node: Node) -> Rank:
        if isinstance(node, Ref):
            return self._name_rank(node.name)
        if isinstance(node, Apply):
            return max((self._name_rank(n.name) for a in node.arguments for n in walk(a) if isinstance(n, Ref)),
                       default=(INPUT, -1, 0))
        return INPUT, -1, 0

    def _name_rank(self, name: str) -> Rank:
        if name in self.arriving or name not in self.inputs:
            return DERIVATIVE, 0, 0
        if name in self.defined:
            return DEFINED, self.defined[name], 0
        return (PENDING if name in self.pending else INPUT), self.inputs[name], 0
