"""Derivatives of functions that a document defines: f'(u) is the derivative of the right side of f(x) = …, at u."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.calculus import partial
from derive.expression import Apply, Expr, Group, Node, Ref, term, walk
from derive.functions import RULES

FUNCTION_MARK = "ƒ"


def body_name(function: str) -> str:
    """The hidden name of what a function of the document is."""
    return FUNCTION_MARK + function


def is_body(name: str) -> bool:
    return name.startswith(FUNCTION_MARK)


@dataclass(frozen=True)
class Body:
    """`f(parameter) = value`"""

    parameter: str
    value: Expr


def expanded(e: Expr, bodies: Mapping[str, Body]) -> Expr:
    """The expression with the derivatives of the document's functions carried out."""
    if not bodies:
        return e

    def change(node: Node) -> Node:
        inner = node.expressions()
        node = node.rebuild(tuple(expanded(x, bodies) for x in inner)) if inner else node
        name = node.function.rstrip("'") if isinstance(node, Apply) else ""
        if name not in bodies or not isinstance(node, Apply):
            return node
        value = expanded(bodies[name].value, {n: b for n, b in bodies.items() if n != name})
        arbitrary = {n.function.rstrip("'") for n in walk(value) if isinstance(n, Apply)} - RULES.keys()
        for _ in range(len(node.function) - len(name)):
            value = partial(value, Ref(bodies[name].parameter, ()), arbitrary)
        return Group(_at(value, bodies[name].parameter, node.arguments[0]).fresh())

    return Expr(term(t.coefficient, [(change(n), x) for n, x in t.factors], t.binders) for t in e.terms)


def _at(e: Expr, parameter: str, argument: Expr) -> Expr:
    def change(node: Node) -> Node:
        if isinstance(node, Ref) and node.name == parameter:
            return Group(argument)
        inner = node.expressions()
        return node.rebuild(tuple(_at(x, parameter, argument) for x in inner)) if inner else node

    return Expr(term(t.coefficient, [(change(n), x) for n, x in t.factors], t.binders) for t in e.terms)
