"""Elementwise functions that SymPy lacks, as SymPy functions, and the table from our names to SymPy's functions."""

from __future__ import annotations

from typing import Any

import sympy


class sigmoid(sympy.Function):
    """The logistic function 1 / (1 + exp(-u))."""

    nargs = 1

    def fdiff(self, argindex=1):
        return sigmoid(self.args[0]) * (1 - sigmoid(self.args[0]))

    def _eval_rewrite_as_exp(self, u, **kwargs):
        return 1 / (1 + sympy.exp(-u))

    def _eval_evalf(self, prec):
        return (1 / (1 + sympy.exp(-self.args[0])))._eval_evalf(prec)


class softplus(sympy.Function):
    """log(1 + exp(u))."""

    nargs = 1

    def fdiff(self, argindex=1):
        return sigmoid(self.args[0])

    def _eval_rewrite_as_exp(self, u, **kwargs):
        return sympy.log(1 + sympy.exp(u))


class relu(sympy.Function):
    """max(0, u); not differentiable at 0."""

    nargs = 1

    def fdiff(self, argindex=1):
        return step(self.args[0])


class step(sympy.Function):
    """1 where u > 0, else 0."""

    nargs = 1


class normal_cdf(sympy.Function):
    """The distribution function Φ of the standard normal law."""

    nargs = 1

    def fdiff(self, argindex=1):
        return normal_pdf(self.args[0])

    def _eval_rewrite_as_erf(self, u, **kwargs):
        return (1 + sympy.erf(u / sympy.sqrt(2))) / 2


class normal_pdf(sympy.Function):
    """The density φ of the standard normal law."""

    nargs = 1

    def fdiff(self, argindex=1):
        return -self.args[0] * normal_pdf(self.args[0])

    def _eval_rewrite_as_exp(self, u, **kwargs):
        return sympy.exp(-u**2 / 2) / sympy.sqrt(2 * sympy.pi)


class expectation(sympy.Function):
    """E[X] over the random inputs."""

    nargs = 1


class variance(sympy.Function):
    """Var[X] = E[X²] − E[X]²."""

    nargs = 1


class covariance(sympy.Function):
    """Cov[X, Y] = E[XY] − E[X] E[Y]."""

    nargs = 2


SYMPY_FUNCTIONS: dict[str, Any] = {
    "exp": sympy.exp, "log": sympy.log, "tanh": sympy.tanh, "sin": sympy.sin, "cos": sympy.cos, "sinh": sympy.sinh,
    "cosh": sympy.cosh, "sigmoid": sigmoid, "softplus": softplus, "relu": relu, "step": step,
    "normal_cdf": normal_cdf, "normal_pdf": normal_pdf, "tan": sympy.tan, "abs": sympy.Abs, "sign": sympy.sign,
    "floor": sympy.floor,
    "max": sympy.Max, "min": sympy.Min, "expectation": expectation, "variance": variance, "covariance": covariance,
}
