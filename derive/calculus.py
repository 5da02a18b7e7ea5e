"""Scalar calculus on index expressions: the derivative of an expression by one member of a family.

The derivative of `N[J]` by `N[I]` is a product of Kronecker deltas; everything else is the product rule, the power
rule and the table of functions.
"""

from __future__ import annotations

from collections.abc import Iterable

from derive.expression import Apply, Expr, Factor, Group, Node, Ref, Term, delta, number, term
from derive.extremes import Greatest, chosen
from derive.functions import derivative
from derive.index import ONE, Number, Poly
from derive.products import OrderedProduct, around


def partial(e: Expr, by: Ref, arbitrary: Iterable[str] = ()) -> Expr:
    """∂e/∂by, with the deltas not yet contracted. Indices of `by` are free: they do not occur bound in `e`.

    Raises:
        MissingRule: for a function without a rule.
    """
    functions = frozenset(arbitrary)
    return Expr(d for t in e.terms for d in _term_partials(t, by, functions))


def _term_partials(t: Term, by: Ref, arbitrary: frozenset[str]) -> list[Term]:
    """The product rule: the derivative takes the place of the factor, so that the writing keeps its order."""
    result = []
    for place, (node, exponent) in enumerate(t.factors):
        inner = _node_partial(node, by, arbitrary)
        if not inner.terms:
            continue
        coefficient, lowered = _power_rule(node, exponent)
        before, after = t.factors[:place], t.factors[place + 1:]
        for d in inner.fresh().terms:
            result.append(term(t.coefficient * coefficient * d.coefficient,
                               (*before, *lowered, *d.factors, *after), (*t.binders, *d.binders)))
    return result


def _power_rule(node: Node, exponent: Poly) -> tuple[Number, list[Factor]]:
    """x · node^(x−1), as a number and factors."""
    if exponent == ONE:
        return 1, []
    lowered: list[Factor] = [(node, exponent - 1)]
    if exponent.constant is not None:
        return exponent.constant, lowered
    return 1, [(Group(number(exponent)), ONE), *lowered]


def _node_partial(node: Node, by: Ref, arbitrary: frozenset[str]) -> Expr:
    if isinstance(node, Ref):
        if node.name != by.name:
            return Expr()
        deltas = [(delta(a - b), ONE) for a, b in zip(node.indices, by.indices)]
        return Expr((term(1, deltas),))
    if isinstance(node, Group):
        return partial(node.body, by, arbitrary)
    if isinstance(node, OrderedProduct):
        inner = partial(node.body, by, arbitrary)
        return around(node, inner) if inner.terms else inner
    if isinstance(node, Greatest):
        return chosen(node, partial(node.body, by, arbitrary))
    if isinstance(node, Apply):
        return Expr(t for slot, argument in enumerate(node.arguments)
                    for t in _chain(node, slot, argument, by, arbitrary))
    return Expr()


def _chain(node: Apply, slot: int, argument: Expr, by: Ref, arbitrary: frozenset[str]) -> list[Term]:
    """f'(u) · ∂u/∂by for one argument."""
    inner = partial(argument, by, arbitrary)
    if not inner.terms:
        return []
    outer = derivative(node, slot, arbitrary).fresh()
    if not outer.terms:
        return []
    single = len(outer.terms) == 1
    factors = outer.terms[0].factors if single else ((Group(outer), ONE),)
    coefficient = outer.terms[0].coefficient if single else 1
    binders = outer.terms[0].binders if single else ()
    return [term(coefficient * d.coefficient, (*factors, *d.factors), (*binders, *d.binders)) for d in inner.terms]
