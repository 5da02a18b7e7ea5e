"""What a derivation is: steps, each with its rule, what stood before and after, and the checker's verdict."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from derive.expectation.laws import Moment
from derive.expression import Expr, Ref
from derive.index import Letter, Poly
from derive.program import Equation, Program


def jacobian_name(of: str, by: str) -> str:
    """The name of the family ∂of/∂by."""
    return f"∂{of}/∂{by}"


def total_name(of: str, by: str) -> str:
    """The name of the family of total derivatives of `of` by `by`."""
    return f"d{of}/d{by}"


@dataclass(frozen=True)
class Condition:
    """A letter restricted to `low … high`; one value where they are equal."""

    letter: Letter
    low: Poly
    high: Poly


@dataclass(frozen=True)
class Step:
    """One step about `left`. `rule` is a key of `derive.notation.words`; `uses` names definitions, function rules and
    assumptions; `lemma` is the sum that a vanishing term contains (`Σ (x − μ)`, which is zero); `verdict` is what the
    checker said: `proved`, or `not shown` with a reason in `detail`."""

    rule: str
    left: Ref
    before: Expr
    after: Expr
    uses: tuple[str, ...] = ()
    lemma: Expr | None = None
    condition: Condition | None = None
    verdict: str = "not shown"
    detail: str = ""

    def judged(self, verdict: str, detail: str = "") -> Step:
        return replace(self, verdict=verdict, detail=detail)


@dataclass(frozen=True)
class Case:
    """A line of the result: `left = right`, under a condition where the result has cases."""

    left: Ref
    right: Expr
    condition: Condition | None = None


@dataclass
class Derivative:
    """The derivative of the loss by one name, or a Jacobian, with its derivation.

    `equation` is the result for every member (with guards where it has cases); `cases` is what a textbook prints.
    `name` is what the derivative is called: `∂W`, or a name of its own such as `delta_f`. `member` is the member of
    `of` by which is differentiated. A Jacobian names in `value` what is differentiated; its letters are those of
    `value`, then those of `member`. With `total` all paths are taken, not the equation of `value` alone. With a
    `moment` it is no derivative but an expectation, a variance or a covariance, and `value` is empty. Auxiliary
    derivatives that were substituted into others have `shown` False.
    """

    of: str
    name: str
    member: Ref
    equation: Equation
    steps: list[Step] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    shown: bool = True
    value: str | None = None
    total: bool = False
    moment: Moment | None = None


@dataclass
class Derivation:
    """All derivatives of a program, in the order in which they can be computed (reverse mode).

    `derivatives` includes the auxiliary ones (`shown` False) that were substituted into the others.
    """

    program: Program
    derivatives: list[Derivative]

    def of(self, name: str) -> Derivative:
        """The derivative of the loss by `name`. Raises KeyError."""
        for d in self.derivatives:
            if d.of == name and d.value is None:
                return d
        raise KeyError(name)

    @property
    def shown(self) -> list[Derivative]:
        return [d for d in self.derivatives if d.shown]

    @property
    def signatures(self) -> dict[str, tuple[Letter, ...]]:
        """The axes of every name of the program and of every derivative."""
        return self.program.signatures | {d.name: d.equation.letters for d in self.derivatives}

    @property
    def equations(self) -> dict[str, Equation]:
        """The results by the derivative's name: with the program's own equations, a program that computes them."""
        return {d.name: d.equation for d in self.derivatives}
