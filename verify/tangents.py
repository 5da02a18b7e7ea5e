"""Forward mode, written apart from the engine: how an expression changes when the members of a name change.

It shares the expression type and the table of function rules with the engine.
"""

from __future__ import annotations

from collections.abc import Iterable

from derive.expression import Apply, Expr, Group, Node, Ref, Term, expression, number, term, total
from derive.extremes import Greatest, chosen
from derive.functions import derivative as function_rule
from derive.index import ONE, poly
from derive.products import OrderedProduct


class Tangents:
    """Changes of expressions; `functions` are the names of arbitrary differentiable functions."""

    def __init__(self, functions: Iterable[str]):
        self.functions = frozenset(functions)

    def of(self, e: Expr, of: str, tangent: str) -> Expr:
        """The change of `e` when the members of `of` change by those of `tangent`: Σ t · x · dn / n over the factors
        n^x of every term t."""
        result: list[Term] = []
        for t in e.terms:
            for place, (node, exponent) in enumerate(t.factors):
                change = self._node(node, of, tangent)
                if not change.terms:
                    continue
                rest = t.factors[:place] + t.factors[place + 1:]
                weight = Group(number(exponent) * change.fresh())
                lowered = [(node, exponent - 1)] if exponent != ONE else []
                result.append(term(t.coefficient, [*rest, *lowered, (weight, ONE)], t.binders))
        return Expr(result)

    def _node(self, node: Node, of: str, tangent: str) -> Expr:
        if isinstance(node, Ref):
            return expression(Ref(tangent, node.indices)) if node.name == of else Expr()
        if isinstance(node, Group):
            return self.of(node.body, of, tangent)
        if isinstance(node, OrderedProduct):
            return self._product(node, of, tangent)
        if isinstance(node, Greatest):
            return chosen(node, self.of(node.body, of, tangent))
        if isinstance(node, Apply):
            result = Expr()
            for slot, argument in enumerate(node.arguments):
                change = self.of(argument, of, tangent)
                if change.terms:
                    result = result + function_rule(node, slot, self.functions) * change
            return result
        return Expr()

    def _product(self, p: OrderedProduct, of: str, tangent: str) -> Expr:
        """Σ_s (the factors after s) · d(factor s) · (the factors before s)."""
        change = self.of(p.body, of, tangent)
        if not change.terms:
            return Expr()
        s, middle = p.letter.fresh(), OrderedProduct(change, p.letter, p.matrix, p.indices)
        after, before = (poly(s) + 1, p.letter.high), (p.letter.low, poly(s) - 1)
        if not p.matrix:
            return total(p.over(*after) * middle.factor(s) * p.over(*before), s)
        m, n = p.between(s, 0), p.between(s, 1)
        row, column = p.indices
        return total(p.over(*after, row, m) * middle.factor(s, m, n) * p.over(*before, n, column), s, m, n)
