"""Inputs at which a program has a value, where its formulas ask for more than is declared: log(p/q), √(1 − c²)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy

from derive.expression import Apply, Expr, Node, names
from derive.program import Program
from verify.backends import Backend, find
from verify.backends.numpy_backend import NumpyBackend
from verify.blocks import Block
from verify.comparison import TINY
from verify.draws import NO_CHANGE, normal_draw
from verify.grids import LoweringError
from verify.lowering import Lowering
from verify.regimes import PLAIN, Change, Regime
from verify.sizes import Sizes

# What is tried in place of normal numbers, in this order: small ones, positive ones, those between 0 and 1.
CHANGES: tuple[Change, ...] = (lambda x: x / 8, lambda x: numpy.exp(x / 2), lambda x: 1 / (1 + numpy.exp(x)))


def inside(program: Program, sizes: Sizes, values: Mapping[str, Any], seed: int, regime: Regime = PLAIN,
           dtype: str = "float64") -> tuple[Mapping[str, Change], Regime]:
    """What to change in a normal draw so that every definition has a finite value: the inputs that reach a logarithm
    or a root, and how far a regime goes. Nothing where nothing needs it, or nothing helps: what is not finite passes
    nowhere."""
    doubtful = sorted(_restricted(program))
    changes: list[Mapping[str, Change]] = [NO_CHANGE, *(dict.fromkeys(doubtful, change) for change in CHANGES)]
    if not doubtful and regime.milder is None:
        return NO_CHANGE, regime
    backend = _Bounded(dtype) if regime.milder else find("numpy")
    while True:
        for changed in changes if doubtful else changes[:1]:
            if _finite(program, sizes, normal_draw(program, values, seed, changed, regime), backend):
                return changed, regime
        if regime.milder is None:
            return NO_CHANGE, regime
        regime = regime.milder


class _Bounded(NumpyBackend):
    """Has no exponentials whose squares, which derivatives may contain, overflow or vanish."""

    def __init__(self, dtype: str) -> None:
        super().__init__(numpy, numpy, "cpu", "float64")
        most = -math.log(TINY[dtype]) / 2
        self.functions = self.functions | {"exp": lambda u: numpy.where(abs(u) < most, numpy.exp(u), numpy.nan)}


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


def _finite(program: Program, sizes: Sizes, inputs: dict[str, Any], backend: Backend) -> bool:
    lowering = Lowering(backend, program, sizes, inputs)
    try:
        with numpy.errstate(all="ignore"):
            blocks = [lowering.block(Block(n, n, e.letters)) for n, e in program.defined.items()]
    except LoweringError:       # it is told where the values are needed
        return True
    return all(numpy.isfinite(a).all() for b in blocks for a in (b.values() if isinstance(b, dict) else [b]))
