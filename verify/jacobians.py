"""Jacobians of single equations against autodiff: a random row of weights times the Jacobian is a gradient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy

from derive.derivation import Derivative
from derive.expression import Expr, Node, Ref, Term, expression, names, total
from derive.index import Letter
from derive.program import Equation, Program, Variable
from verify.backends.base import Inputs
from verify.blocks import Block
from verify.judging import pairs
from verify.lowering import Lowering
from verify.runs import Run
from verify.targets import fact_name
from verify.verdict import Check

ROW = "weights of the rows"
HELD = "{} held"


def jacobian_checks(run: Run) -> Iterator[Check]:
    """For each Jacobian ∂of/∂by: Σ r · J, derived, against the gradient of Σ r · of with everything else in the
    equation of `of` held still. `r` is drawn from the run's seed."""
    for d in run.derivation.derivatives:
        if d.value is not None and not d.total and d.moment is None:
            equation = run.program.defined[d.value]
            fact = fact_name(run.page, "jacobian", d.name, d.name)
            yield run.check(fact, run.backend.autodiff, partial(_contracted, d=d, equation=equation),
                            partial(_autodiff, by=d.of, equation=equation))


def _autodiff(run: Run, by: str, equation: Equation) -> Any:
    """The library's gradient of Σ row · of."""
    def loss(changed: Inputs, fixed: Inputs) -> tuple[Any, None]:
        return _weighted(run, equation, fixed | changed), None

    def gradient(inputs: Inputs) -> Any:
        held = {HELD.format(n): _value(run, n, inputs) for n in names(equation.body)} | {ROW: inputs[ROW]}
        return run.backend.gradients(loss)({HELD.format(by): held[HELD.format(by)]}, held)[0][HELD.format(by)]
    return run.once(f"∂{equation.name}/∂{by} by autodiff", lambda: gradient)(_with_row(run, equation))


def draw_row(run: Run, letters: tuple[Letter, ...]) -> Any:
    """One random weight for each member of a family."""
    block, generator = Block(ROW, ROW, letters), numpy.random.default_rng(run.seed)
    if not block.ragged:
        return run.backend.array(generator.standard_normal(block.shape(run.sizes)))
    return {k: run.backend.array(generator.standard_normal(block.shape(run.sizes, k)))
            for k in run.sizes.range(block.axes[0], {})}


def _with_row(run: Run, equation: Equation) -> Inputs:
    return {**run.inputs, ROW: draw_row(run, equation.letters)}


def _value(run: Run, name: str, inputs: Inputs) -> Any:
    """All members of a family, given ones too, as one block."""
    lowering = Lowering(run.backend, run.program, run.sizes, inputs)
    return lowering.block(Block(name, name, run.program.variables[name].axes))


def _contracted(run: Run, d: Derivative, equation: Equation) -> Any:
    """Σ over the members of `of`: row · ∂of/∂by."""
    program = with_row(run.program, equation.letters)
    rows, columns = d.equation.letters[:len(equation.letters)], d.equation.letters[len(equation.letters):]
    body = total(expression(Ref(ROW, rows)) * expression(Ref(d.name, d.equation.letters)), *rows)
    weighted = Equation("row times Jacobian", columns, body)

    def value(inputs: Inputs) -> Any:
        lowering = Lowering(run.backend, program, run.sizes, inputs, [*run.derivation.equations.values(), weighted])
        return lowering.block(Block(weighted.name, weighted.name, columns))
    return run.once(f"row times {d.name}", lambda: value)(_with_row(run, equation))


def _weighted(run: Run, equation: Equation, inputs: Inputs) -> Any:
    """Σ row · of, where `of` is computed from held values of all names in its equation."""
    empty = Program(run.program.name, functions=run.program.functions, sizes=run.program.sizes)
    program = with_row(empty, equation.letters)
    for name in names(equation.body):
        held = replace(run.program.variables[name], name=HELD.format(name))
        program.variables[held.name] = held
    program.variables[equation.name] = Variable(equation.name, equation.letters)
    program.equations.append(Equation(equation.name, equation.letters, _held(equation.body)))
    lowering = Lowering(run.backend, program, run.sizes, inputs)
    return weighted_sum(run, lowering.block(Block(equation.name, equation.name, equation.letters)), inputs[ROW])


def weighted_sum(run: Run, values: Any, row: Any) -> Any:
    return sum(run.backend.total(a * b) for a, b in pairs(values, row))


def with_row(program: Program, letters: tuple[Letter, ...]) -> Program:
    """The program with the weights as one more input; what arrives from a loss is left out."""
    return replace(program, variables={**program.variables, ROW: Variable(ROW, letters)},
                   equations=list(program.equations), outputs={})


def _held(e: Expr) -> Expr:
    """The expression with every name replaced by the held one."""
    return Expr(Term(t.coefficient, tuple((_held_node(n), x) for n, x in t.factors), t.binders) for t in e.terms)


def _held_node(node: Node) -> Node:
    if isinstance(node, Ref):
        return Ref(HELD.format(node.name), node.indices)
    inner = node.expressions()
    return node.rebuild(tuple(_held(e) for e in inner)) if inner else node
