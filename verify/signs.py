"""Which values are positive, or at least not negative, by what is declared and by how they are defined."""

from __future__ import annotations

from derive.expression import Apply, Delta, Expr, Group, Guard, Node, Ref, Term
from derive.functions import RULES
from derive.index import Poly
from derive.program import Program

POSITIVE, NOT_NEGATIVE, UNKNOWN = 2, 1, 0


class Signs:
    """The signs that certainly hold in a program. A name that is defined through itself has none."""

    def __init__(self, program: Program):
        self.program, self.normalizer = program, program.normalizer()
        self._known: dict[str, int] = {}

    def of(self, e: Expr) -> int:
        """Of a sum: as sure as its least sure term; one positive term makes it positive."""
        if self.normalizer.is_positive(Group(e)):
            return POSITIVE
        signs = [self._of_term(t) for t in e.terms]
        return 0 if not signs or min(signs) == UNKNOWN else max(signs)

    def _of_term(self, t: Term) -> int:
        if t.coefficient <= 0:
            return UNKNOWN
        sign = min([POSITIVE, *(self.of_power(n, x) for n, x in t.factors)])
        return min(sign, NOT_NEGATIVE) if t.binders else sign       # a sum may be empty

    def of_power(self, node: Node, exponent: Poly) -> int:
        sign = self.of_node(node)
        even = exponent.constant is not None and exponent.constant % 2 == 0
        root = exponent.constant is not None and exponent.constant % 1 != 0     # of what must not be negative
        return max(sign, NOT_NEGATIVE if even or root else UNKNOWN)

    def of_node(self, node: Node) -> int:
        if self.normalizer.is_positive(node):
            return POSITIVE
        if isinstance(node, (Delta, Guard)):
            return NOT_NEGATIVE
        if isinstance(node, Ref):
            return self._of_name(node.name)
        if isinstance(node, Group):
            return self.of(node.body)
        if isinstance(node, Apply) and node.function in RULES:
            return NOT_NEGATIVE if node.function in ("relu", "abs", "step") else UNKNOWN
        return UNKNOWN

    def _of_name(self, name: str) -> int:
        equation = self.program.defined.get(name)
        if equation is None or self.program.boundary(name):
            return UNKNOWN
        if name not in self._known:
            self._known[name] = UNKNOWN
            self._known[name] = self.of(equation.body)
        return self._known[name]
