"""Expectations at concrete sizes: a weighted sum over the outcomes of the random members that are read.

A family of which only mean and variance are known takes two values with just these; another seed, another law, so that
a claim about anything else fails at one of them. A Bernoulli member is 0 or 1. For a normal or a uniform law there are
nodes and weights that are exact for polynomials of the degree that occurs, on either side of the middle where a
function has a kink there. A function of one such member that is no polynomial is integrated rigorously (see
`verify.quadrature`). Nothing else has a value, unless the evaluator may sample: then it has an interval (see
`verify.sampling`).
"""

from __future__ import annotations

from copy import copy
from fractions import Fraction
from functools import reduce
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from flint import arb, arb_mat

from derive.expectation.laws import RandomVariable
from derive.expression import Expr
from derive.notation.laws import law
from verify import quadrature, sampling
from verify.balls import Undefined, ball, enclosing
from verify.blocks import Member
from verify.degrees import Degrees
from verify.growth import Growth

if TYPE_CHECKING:
    from verify.evaluator import Evaluator

MOST_OUTCOMES = 3000
MOST_INTEGRANDS = 30
TWO_VALUES = [((Fraction(2), Fraction(1, 5)), (Fraction(-1, 2), Fraction(4, 5))),
              ((Fraction(3), Fraction(1, 10)), (Fraction(-1, 3), Fraction(9, 10))),
              ((Fraction(-2), Fraction(1, 5)), (Fraction(1, 2), Fraction(4, 5)))]


class NoExactMoment(Undefined):
    """An expectation that is neither a sum over outcomes nor an integral over one number; or, with `many`, one of too
    many outcomes, which smaller sizes may not have."""

    def __init__(self, message: str, many: bool = False):
        super().__init__(message)
        self.many = many


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
        self.values_only = False        # slopes are carried along where a derivative is asked for

    def mean(self) -> Any:
        members = self._members()
        degrees = Degrees(self.evaluator)
        curved = [m for m in members if not self._has_nodes(m, degrees)]
        summed = [m for m in members if m not in curved]
        try:
            return self._exactly(curved, summed, [self._law(m, degrees) for m in summed])
        except NoExactMoment:
            if self.evaluator.sampler is None:
                raise
            return self._sampled(self.evaluator.sampler, members)

    def _exactly(self, curved: list[Member], summed: list[Member], laws: list[Weighted]) -> Any:
        if len(curved) > 1:
            raise NoExactMoment(f"no exact expectation of a function of {len(curved)} members that is no polynomial")
        most = MOST_INTEGRANDS if curved else MOST_OUTCOMES
        if prod(map(len, laws)) > most:
            raise NoExactMoment(f"more than {most} outcomes", many=True)
        outcomes = [(dict(zip(summed, (value for value, _ in outcome))), prod((p for _, p in outcome), start=ball(1)))
                    for outcome in product(*laws)]
        return self._integrated(curved[0], outcomes) if curved else self._summed(outcomes, {})

    def _sampled(self, sampler: sampling.Sampler, members: list[Member]) -> Any:
        """By draws from the laws."""
        inner = self._values_only()
        draws, ranges = zip(*map(self._drawn, members))
        with enclosing():
            whole = inner._summed([(dict(zip(members, ranges)), 1)], {})
        return sampler.expectation(draws, Growth.of(whole), lambda values: inner._summed(
            [(dict(zip(members, values)), 1)], {}))

    def _drawn(self, member: Member) -> tuple[sampling.Draw, Growth]:
        """Draws of a member, and all values that it may have."""
        variable = self.random[member[0]]
        if variable.law not in ("normal", "uniform"):
            values = self._few(variable, member)
            return sampling.weighted(values), reduce(Growth.union, (Growth.of(v) for v, _ in values))
        middle, scale = self._standardised(variable, member)
        draw = sampling.standard(variable.law)
        whole = Growth.linear(middle, scale) if variable.law == "normal" else Growth(
            [], (middle - scale).lower(), (middle + scale).upper())
        return lambda generator: middle + scale * draw(generator), whole

    def _values_only(self) -> _Outcomes:
        evaluator = copy(self.evaluator)
        evaluator.values_only = True
        return _Outcomes(evaluator, self.e, self.letters)

    def _summed(self, outcomes: list[tuple[dict[Member, Any], Any]], fixed: dict[Member, Any]) -> Any:
        total = ball(0)
        for values, weight in outcomes:
            total = total + weight * self._at({**values, **fixed}).expression(self.e, self.letters)
        return total

    def _integrated(self, member: Member, outcomes: list[tuple[dict[Member, Any], Any]]) -> Any:
        """Over one member by quadrature, where that is allowed."""
        if self.evaluator.allowance is None:
            raise NoExactMoment(f"no exact sum over outcomes of {member[0]}")
        variable = self.random[member[0]]
        middle, scale = self._standardised(variable, member)
        inner = self._values_only()
        return quadrature.expectation(variable.law, lambda x: inner._summed(outcomes, {member: middle + scale * x}),
                                      self.evaluator.allowance)

    def _has_nodes(self, member: Member, degrees: Degrees) -> bool:
        """Whether a weighted sum over values of the member is exact."""
        variable = self.random[member[0]]
        if variable.law in ("", "bernoulli"):
            return True
        try:
            degrees.of(self.e, variable)
        except Undefined:
            return False
        return True

    def _at(self, values: dict[Member, Any]) -> Evaluator:
        """The evaluator with other values of random members."""
        found = copy(self.evaluator)
        found.values_only |= self.values_only
        found.start({**self.evaluator.inputs, **values})
        return found

    def _members(self) -> list[Member]:
        """The random members that matter: those that are read at the inputs as they are."""
        probe = self._at({})
        probe.expression(self.e, self.letters)
        self.evaluator.read |= probe.read
        self.evaluator.differentiated |= probe.differentiated
        self.values_only = not probe.differentiated
        return sorted(m for m in probe.read if m[0] in self.random)

    def _law(self, member: Member, degrees: Degrees) -> Weighted:
        variable = self.random[member[0]]
        if variable.law not in ("normal", "uniform"):
            return self._few(variable, member)
        middle, scale = self._standardised(variable, member)
        half = _half_rule(variable.law, degrees.of(self.e, variable))
        return [(middle + sign * scale * node, weight) for node, weight in half for sign in (1, -1)]

    def _few(self, variable: RandomVariable, member: Member) -> Weighted:
        """The two values of a coin, or of a law of which only mean and variance are known; or the mean alone, and any
        variance will do."""
        mean = self._parameter(variable.mean, variable, member)
        if variable.law == "bernoulli":
            return [(ball(1), mean), (ball(0), 1 - mean)]
        spread = ball(1) if variable.variance is None else self._parameter(variable.variance, variable, member).sqrt()
        return [(mean + spread * ball(u), ball(p)) for u, p in _two_values(self.evaluator)]

    def _standardised(self, variable: RandomVariable, member: Member) -> tuple[Any, Any]:
        """The middle of a law with a density, and how far it is stretched."""
        if variable.law == "normal":
            return (self._parameter(variable.mean, variable, member),
                    self._parameter(variable.variance, variable, member).sqrt())
        low, high = (self._parameter(e, variable, member) for e in (variable.low, variable.high))
        return (low + high) / 2, (high - low) / 2

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
