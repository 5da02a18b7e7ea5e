"""Inputs at which a program has a value, where its formulas ask for more than is declared: log(p/q), √(1 − c²)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy

from derive.expression import Apply, Expr, Node, names
from derive.program import Program
from verify.backends import find
from verify.blocks import Block
from verify.draws import NO_CHANGE, Change, normal_draw
from verify.grids import LoweringError
from verify.lowering import Lowering
from verify.sizes import Sizes

# What is tried in place of normal numbers, in this order: small ones, positive ones, those between 0 and 1.
CHANGES: tuple[Change, ...] = (lambda x: x / 8, lambda x: numpy.exp(x / 2), lambda x: 1 / (1 + numpy.exp(x)))


def inside(program: Program, sizes: Sizes, values: Mapping[str, Any], seed: int) -> Mapping[str, Change]:
    """What to change in a normal draw so that every definition has a finite value: the inputs that reach a logarithm
    or a root. Nothing where nothing needs it, or nothing helps: what is not finite passes nowhere."""
    doubtful = sorted(_restricted(program))
    tried: list[Mapping[str, Change]] = [NO_CHANGE, *(dict.fromkeys(doubtful, change) for change in CHANGES)]
    for changed in tried if doubtful else ():
        if _finite(program, sizes, normal_draw(program, values, seed, changed)):
            return changed
    return NO_CHANGE


def _restricted(program: Program) -> set[str]:
    """The names on which an argument of a logarithm, or the base of a root, depends, unless it is known positive."""
    found: set[str] = set()
    normalizer = program.normalizer()
    for equation in reversed(program.equations):
        if equation.name in found:
            found |= names(equation.body)
        for node in _bases(equation.body):
            if not normalizer.is_positive(node):
                found |= {n for e in node.expressions() for n in names(e)} | _own_name(node)
    return found & set(program.inputs)


def _bases(e: Expr) -> Iterator[Node]:
    for t in e.terms:
        for node, exponent in t.factors:
            if isinstance(node, Apply) and node.function == "log":
                yield node
            elif exponent.constant is None or exponent.constant.denominator != 1:
                yield node
            for inner in node.expressions():
                yield from _bases(inner)


def _own_name(node: Node) -> set[str]:
    return {node.name} if hasattr(node, "name") else set()


def _finite(program: Program, sizes: Sizes, inputs: dict[str, Any]) -> bool:
    lowering = Lowering(find("numpy"), program, sizes, inputs)
    try:
        with numpy.errstate(all="ignore"):
            blocks = [lowering.block(Block(n, n, e.letters)) for n, e in program.defined.items()]
    except LoweringError:       # it is told where the values are needed
        return True
    return all(numpy.isfinite(a).all() for b in blocks for a in (b.values() if isinstance(b, dict) else [b]))
