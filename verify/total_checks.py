"""Total derivatives against autodiff: a random row of weights times ∂of/∂by is the gradient of Σ row · of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from derive.bounds import nonnegative
from derive.derivation import Derivative
from derive.expression import Expr, Guard, Ref, term, total
from derive.index import ONE, Letter, apart, poly
from derive.program import Equation, Program
from verify.backends.base import Inputs
from verify.blocks import Block
from verify.jacobians import ROW, draw_row, weighted_sum, with_row
from verify.lowering import Lowering
from verify.runs import Run
from verify.targets import Target, fact_name, of_derivative
from verify.verdict import Check

WEIGHTED = "row times total derivative"


def total_checks(run: Run) -> Iterator[Check]:
    """For each total derivative, by the members that are defined and by those that are given (h[0])."""
    for d in run.derivation.derivatives:
        if d.total and d.shown and d.value in run.program.variables:
            axes = run.program.variables[d.value].axes
            targets = list(of_derivative(run.page, run.program, d))
            for t in targets:
                fact = fact_name(run.page, "jacobian", d.name, d.name + t.key[len(d.of):])
                yield run.check(fact, run.backend.autodiff, partial(_derived, d=d, axes=axes, target=t),
                                partial(_autodiff, d=d, of=d.value, targets=targets, key=t.key))


def _derived(run: Run, d: Derivative, axes: tuple[Letter, ...], target: Target) -> Any:
    """Σ over the members of `of` that the derivative is stated for: row · ∂of/∂by."""
    equation = Equation(WEIGHTED, *_weighted(d, axes, run.program))

    def value(inputs: Inputs) -> Any:
        lowering = Lowering(run.backend, with_row(run.program, axes), run.sizes, inputs,
                            [*run.derivation.equations.values(), equation])
        return lowering.block(replace(target.block, key=target.key, name=WEIGHTED))
    return run.once(f"{d.name}, {target.key}", lambda: value)({**run.inputs, ROW: draw_row(run, axes)})


def _weighted(d: Derivative, axes: tuple[Letter, ...], program: Program) -> tuple[tuple[Letter, ...], Expr]:
    stated = d.equation.letters
    rows, by = stated[:len(axes)], stated[len(axes):]
    columns = apart(program.variables[d.of].axes)
    values = {b: poly(c) for b, c in zip(by, columns)}
    guards = [p.substitute(values) for b in by for p in (poly(b) - b.low, b.high - poly(b))]
    factors: list = [(Guard(p), ONE) for p in guards if not nonnegative(p)]
    factors += [(Ref(ROW, rows), ONE), (Ref(d.name, [*map(poly, rows), *map(poly, columns)]), ONE)]
    return columns, total(Expr((term(1, factors),)), *rows)


def _autodiff(run: Run, d: Derivative, of: str, targets: list[Target], key: str) -> Any:
    """The library's gradient of Σ row · of, by an input, or by zeros that are added to defined members."""
    return run.known(f"row times ∂{d.name}", lambda: _by_autodiff(run, of, targets))[key]


def _by_autodiff(run: Run, of: str, targets: list[Target]) -> Inputs:
    """By all targets at once."""
    added = [t.key for t in targets if t.added]
    block = Block(of, of, run.program.variables[of].axes)

    def loss(changed: Inputs, fixed: Inputs) -> tuple[Any, None]:
        inputs = fixed | changed
        lowering = Lowering(run.backend, run.program, run.sizes, inputs, (), {k: inputs[k] for k in added})
        return weighted_sum(run, lowering.block(block), inputs[ROW]), None

    leaves = {t.key: run.zeros(t) if t.added else run.inputs[t.key] for t in targets}
    differentiate = run.once(f"{of} by autodiff, {list(leaves)}", lambda: run.backend.gradients(loss))
    return differentiate(leaves, run.inputs | {ROW: draw_row(run, block.letters)})[0]
