"""Expectations at concrete sizes: a weighted sum over the outcomes of the random members that are read.

A family of which only mean and variance are known takes two values with just these; another seed, another law, so that
a claim about anything else fails at one of them. A Bernoulli member is 0 or 1. For a normal or a uniform law there are
nodes and weights that are exact for polynomials of the degree that occurs, on either side of the middle where a
function has a kink there. Nothing else has a value.
"""

from __future__ import annotations

from copy import copy
from fractions import Fraction
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from flint import arb, arb_mat

from derive.expectation.laws import RandomVariable
from derive.expression import Apply, Expr, Group, Node, Ref
from derive.functions import RULES
from derive.notation.laws import law
from verify.balls import Undefined, ball
from verify.blocks import Member

if TYPE_CHECKING:
    from verify.evaluator import Evaluator

MOST_OUTCOMES = 3000
MOST_DEGREE = 12
TWO_VALUES = [((Fraction(2), Fraction(1, 5)), (Fraction(-1, 2), Fraction(4, 5))),
              ((Fraction(3), Fraction(1, 10)), (Fraction(-1, 3), Fraction(9, 10))),
              ((Fraction(-2), Fraction(1, 5)), (Fraction(1, 2), Fraction(4, 5)))]
Weighted = list[tuple[Any, Any]]            # a value and its weight


def moment(evaluator: Evaluator, function: str, arguments: tuple[Expr, ...], letters: Any) -> Any:
    """The ball of E[X], Var[X] or Cov[X, Y].

    Raises:
        Undefined: where no exact sum over outcomes is known, or there are too many of them.
    """
    def mean(e: Expr) -> Any:
        return _Outcomes(evaluator, e, letters).mean()

    if function == "expectation":
        return mean(arguments[0])
    x, y = arguments[0], arguments[-1]
    return mean(x * y) - mean(x) * mean(y)


def law_text(evaluator: Evaluator, variable: RandomVariable) -> str:
    """What was put in the place of a random family, for a counterexample: its law, or two values, σ being the root of
    its variance."""
    if variable.law:
        return law(variable)
    values = ", ".join(f"E {'+' if u > 0 else '−'} {abs(u)}·σ with P = {p}" for u, p in _two_values(evaluator))
    return f"{{{values}}}"


def _two_values(evaluator: Evaluator) -> Any:
    return TWO_VALUES[evaluator.seed % len(TWO_VALUES)]


class _Outcomes:
    """One expectation."""

    def __init__(self, evaluator: Evaluator, e: Expr, letters: Any):
        self.evaluator, self.e, self.letters = evaluator, e, letters
        self.random = evaluator.program.random

    def mean(self) -> Any:
        members = self._members()
        degrees = _Degrees(self.evaluator)
        laws = [self._law(m, degrees) for m in members]
        if prod(map(len, laws)) > MOST_OUTCOMES:
            raise Undefined(f"more than {MOST_OUTCOMES} outcomes")
        total = ball(0)
        for outcome in product(*laws):
            weight = ball(1)
            for _, p in outcome:
                weight = weight * p
            total = total + weight * self._at(dict(zip(members, (value for value, _ in outcome)))).expression(
                self.e, self.letters)
        return total

    def _at(self, values: dict[Member, Any]) -> Evaluator:
        """The evaluator with other values of random members."""
        found = copy(self.evaluator)
        found.start({**self.evaluator.inputs, **values})
        return found

    def _members(self) -> list[Member]:
        """The random members that matter: those that are read at the inputs as they are."""
        probe = self._at({})
        probe.expression(self.e, self.letters)
        self.evaluator.read |= probe.read
        return sorted(m for m in probe.read if m[0] in self.random)

    def _law(self, member: Member, degrees: _Degrees) -> Weighted:
        variable = self.random[member[0]]
        if variable.law == "bernoulli":
            p = self._parameter(variable.mean, variable, member)
            return [(ball(1), p), (ball(0), 1 - p)]
        if variable.law == "":
            mean = self._parameter(variable.mean, variable, member)
            spread = self._parameter(variable.variance, variable, member).sqrt()
            return [(mean + spread * ball(u), ball(p)) for u, p in _two_values(self.evaluator)]
        degree = degrees.of(self.e, variable)
        if variable.law == "normal":
            middle = self._parameter(variable.mean, variable, member)
            scale = self._parameter(variable.variance, variable, member).sqrt()
        else:
            low, high = (self._parameter(e, variable, member) for e in (variable.low, variable.high))
            middle, scale = (low + high) / 2, (high - low) / 2
        half = _half_rule(variable.law, degree)
        return [(middle + sign * scale * node, weight) for node, weight in half for sign in (1, -1)]

    def _parameter(self, e: Expr | None, variable: RandomVariable, member: Member) -> Any:
        assert e is not None
        return self.evaluator.expression(e, dict(zip(variable.letters, member[1])))


def _half_rule(law: str, degree: int) -> Weighted:
    """Nodes 1, 2, … and weights that integrate polynomials up to a degree over the positive half of a standard law."""
    nodes = [ball(k) for k in range(1, degree + 2)]
    powers = arb_mat([[t ** k for t in nodes] for k in range(degree + 1)])
    moments = arb_mat([[_half_moment(law, k)] for k in range(degree + 1)])
    weights = powers.solve(moments)
    return [(t, weights[k, 0]) for k, t in enumerate(nodes)]


def _half_moment(law: str, power: int) -> Any:
    """∫ x^power · density over x > 0: 2^(p/2) Γ((p + 1)/2) / (2 √π) for the normal law, 1 / (2 (p + 1)) for −1 … 1."""
    if law == "uniform":
        return ball(Fraction(1, 2 * (power + 1)))
    return arb(2) ** (arb(power) / 2) * (arb(power + 1) / 2).gamma() / (2 * arb.pi().sqrt())


class _Degrees:
    """The degree of an expression in the members of a family with a density, where it is a polynomial on either side
    of the middle of each."""

    def __init__(self, evaluator: Evaluator):
        self.evaluator, self.random = evaluator, evaluator.program.random
        self.open: list[str] = []

    def of(self, e: Expr, variable: RandomVariable) -> int:
        found = max((sum(self._factor(n, x, variable) for n, x in t.factors) for t in e.terms), default=0)
        if found > MOST_DEGREE:
            raise Undefined(f"a polynomial of degree {found} in {variable.name}")
        return found

    def _factor(self, node: Node, exponent: Any, variable: RandomVariable) -> int:
        degree = self._node(node, variable)
        whole = exponent.constant
        if degree == 0 and not self._depends(node, variable):
            return 0
        if not isinstance(whole, int) or whole < 0:
            raise Undefined(f"{node}^{exponent} is no polynomial in {variable.name}")
        return degree * whole

    def _node(self, node: Node, variable: RandomVariable) -> int:
        if isinstance(node, Ref):
            return 1 if node.name == variable.name else self._name(node.name, variable)
        if isinstance(node, Group):
            return self.of(node.body, variable)
        if not self._depends(node, variable):
            return 0
        if isinstance(node, Apply) and node.function in RULES and RULES[node.function].kink and len(
                node.arguments) == 1 and variable.symmetric and self._is_product(node.arguments[0]):
            return self.of(node.arguments[0], variable) if node.function in ("relu", "abs") else 0
        raise Undefined(f"no exact sum over outcomes for {node}")

    def _name(self, name: str, variable: RandomVariable) -> int:
        """Of a definition; of a derivative that of what is differentiated."""
        if name in self.open:
            raise Undefined(f"{name} is defined by itself")
        self.open.append(name)
        try:
            equation = self.evaluator.equations.get(name)
            if equation is not None:
                return self.of(equation.body, variable)
            if name in self.evaluator.program.variables:
                return 0
            program = self.evaluator.program
            goals = [program.loss] if program.loss else list(program.outputs)
            return max(self._name(goal, variable) + (program.outputs.get(goal) == variable.name) for goal in goals)
        finally:
            self.open.pop()

    def _depends(self, node: Node, variable: RandomVariable) -> bool:
        names, seen = [n.name for n in _refs(node)], set()
        while names:
            name = names.pop()
            if name == variable.name or name not in self.evaluator.program.variables:
                return True
            equation = self.evaluator.equations.get(name)
            if name not in seen and equation is not None:
                names += [n.name for t in equation.body.terms for node, _ in t.factors for n in _refs(node)]
            seen.add(name)
        return False

    def _is_product(self, e: Expr) -> bool:
        """Whether the sign changes in the middle of each law alone: one product, without sums."""
        if len(e.terms) != 1 or e.terms[0].binders:
            return False
        for node, _ in e.terms[0].factors:
            equation = self.evaluator.equations.get(node.name) if isinstance(node, Ref) else None
            if equation is not None and not self._is_product(equation.body):
                return False
            if not isinstance(node, Ref) and any(n.name in self.random for n in _refs(node)):
                return False
        return True


def _refs(node: Node) -> list[Ref]:
    found = [node] if isinstance(node, Ref) else []
    return found + [r for e in node.expressions() for t in e.terms for n, _ in t.factors for r in _refs(n)]

