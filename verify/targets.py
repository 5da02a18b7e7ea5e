"""What is compared: the wanted gradients in the layout of the arrays by which autodiff differentiates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from derive.derivation import Derivation, Derivative
from derive.program import Program
from derive.stated import StatedPage
from verify.backends.base import Backend
from verify.blocks import Block, boundaries
from verify.sizes import Sizes


@dataclass(frozen=True)
class Target:
    """A gradient, by the inputs in `block` or, where `added`, by zeros that are added to a defined family.

    `fact` is the fact of the entry under which the gradient is filed, then its printed name: `lstm-backward:∂W_f`,
    `∂h[0]`; the name alone where no fact lists it. It is stable: reports are joined by it.
    """

    fact: str
    block: Block
    derived: Block
    added: bool

    @property
    def key(self) -> str:
        return self.block.key


def targets(page: StatedPage, derivation: Derivation) -> list[Target]:
    """One for each wanted gradient, boundary members apart (`∂h[0]`)."""
    return [t for d in derivation.derivatives if d.value is None and d.of in page.wanted
            for t in of_derivative(page, derivation.program, d)]


def not_derived(page: StatedPage, derivation: Derivation) -> list[str]:
    """Wanted names that the derivation leaves out; not those whose gradient is what arrives from outside."""
    found = {d.of for d in derivation.derivatives if d.value is None}
    return [n for n, called in page.wanted.items()
            if n not in found and derivation.program.outputs.get(n) != called]


def of_derivative(page: StatedPage, program: Program, d: Derivative) -> Iterator[Target]:
    """The members by which is differentiated: those that an equation defines, and each set of given ones."""
    equation = program.equation(d.of)
    if equation is None:
        whole = [(Block(d.of, d.of, program.variables[d.of].axes), False)]
    else:
        whole = [(Block(d.of, d.of, equation.letters), True)]
        whole += [(b, False) for b in boundaries(program, equation)]
    for block, added in whole:
        printed = d.name + block.key[len(d.of):]
        fact = fact_name(page, "gradient", d.of, printed)
        yield Target(fact, block, replace(block, key=printed, name=d.name), added)


def fact_name(page: StatedPage, kind: str, name: str, printed: str) -> str:
    """`fact:printed`, or `printed` alone where no fact of the page lists the name."""
    found = next((fact for fact, tags in page.facts.items() if (kind, name) in tags), None)
    return printed if found is None else f"{found}:{printed}"


# -- arrays -------------------------------------------------------------------------------------------------------
def mapped(change: Any, value: Any) -> Any:
    """`change` applied to an array, or to each array of a ragged family."""
    return {k: change(v) for k, v in value.items()} if isinstance(value, dict) else change(value)


def zeros(backend: Backend, block: Block, sizes: Sizes) -> Any:
    """Zeros in the layout of a block."""
    if not block.ragged:
        return backend.zeros(block.shape(sizes))
    return {k: backend.zeros(block.shape(sizes, k)) for k in sizes.range(block.axes[0], block.fixed(sizes))}


def loss_of(program: Program, inputs: Mapping[str, Any], outputs: Mapping[str, Any], backend: Backend) -> Any:
    """The loss, or the sum of output times what arrives there."""
    if program.loss is not None:
        return outputs[program.loss]
    total: Any = None
    for name, arriving in program.outputs.items():
        for part in _products(outputs[name], inputs[arriving]):
            value = backend.total(part)
            total = value if total is None else total + value
    return total


def _products(a: Any, b: Any) -> Iterator[Any]:
    if isinstance(b, dict):
        yield from (a[k] * b[k] for k in b)
    else:
        yield a * b
