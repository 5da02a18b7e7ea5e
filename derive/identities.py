"""Identities of single functions, applied in one direction until they no longer apply. Part of the normal form.

exp of a sum is a product; sine and cosine of a sum are expanded, and sin² is 1 − cos²; those of half turns, and of a
sixth and a twelfth of a turn where rational, are numbers; φ(0)² is 1/(2π); relu(u) is u·step(u), and steps
are brought to one form (see `derive.steps`); softplus(−u) is softplus(u) − u, |−u| is |u|, tanh(−u) is −tanh(u),
σ(−u) is 1 − σ(u).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from derive.expression import Apply, Expr, Group, Node, Term, apply, expression, power, term
from derive.index import ONE, Poly, poly
from derive.steps import step

_BY_STEPS: dict[str, Callable[..., Expr]] = {
    "abs": lambda u: u * (2 * apply("step", u) - 1),
    "sign": lambda u: 2 * apply("step", u) - 1,
    "max": lambda a, b: a + (b - a) * apply("step", b - a),
    "min": lambda a, b: a - (a - b) * apply("step", a - b),
}
_MIRRORED: dict[str, Callable[[Expr], Expr]] = {        # f(−u) by f(u)
    "abs": lambda f: f, "cosh": lambda f: f, "normal_pdf": lambda f: f,
    "tanh": lambda f: -f, "sinh": lambda f: -f, "tan": lambda f: -f,
    "sigmoid": lambda f: 1 - f, "normal_cdf": lambda f: 1 - f,
}
PI, HALF = Apply("pi", ()), Fraction(1, 2)
_SINES = {Fraction(sixths, 6): value for sixths, value in (       # of so many times π/6
    (0, Fraction(0)), (1, HALF), (3, Fraction(1)), (5, HALF),
    (6, Fraction(0)), (7, -HALF), (9, Fraction(-1)), (11, -HALF))}
MOST_MULTIPLES = 8          # sin(9u) stays as it is


def rewritten(node: Apply, exponent: Poly, is_positive: Callable[[Node], bool]) -> list[Term] | None:
    """The terms that node^exponent stands for, or None where no identity applies."""
    if node.function == "abs" and _begins_with_a_minus(node.arguments[0]):
        return _mirrored(node, exponent)
    if node.function in _BY_STEPS:
        return list(power(_BY_STEPS[node.function](*node.arguments), exponent).terms) if _is_whole(exponent) else None
    if len(node.arguments) != 1:
        return None
    if node.function == "normal_pdf" and not node.arguments[0].terms:
        return _peak(node, exponent)
    if node.function == "step":
        return step(node, exponent, is_positive)
    if node.function in _MIRRORED:
        return _mirrored(node, exponent)
    rule = {"exp": split_exponential, "sin": _sine, "cos": _cosine, "relu": _relu,
            "softplus": _softplus, "floor": _floor}.get(node.function)
    return rule(node, exponent) if rule is not None else None


def _floor(node: Apply, exponent: Poly) -> list[Term] | None:
    """⌊7/2⌋ is 3."""
    terms = node.arguments[0].terms
    if any(t.factors or t.binders for t in terms) or not _is_whole(exponent):
        return None
    return list(power(expression(math.floor(sum(t.coefficient for t in terms))), exponent).terms)


def _is_whole(exponent: Poly) -> bool:
    return isinstance(exponent.constant, int) and exponent.constant > 0


def split_exponential(node: Apply, exponent: Poly) -> list[Term] | None:
    """exp(a + 2b)^x = exp(a)^x exp(b)^2x; exp log u = u."""
    (body,) = node.arguments
    if len(body.terms) == 1 and body.terms[0].coefficient == 1:
        (t,) = body.terms
        if len(t.factors) == 1 and not t.binders and t.factors[0][1] == ONE:
            log = t.factors[0][0]
            if isinstance(log, Apply) and log.function == "log":
                return [term(1, [(Group(log.arguments[0]), exponent)])]
        return None
    return [term(1, [(Apply("exp", [expression(Term(1, t.factors, t.binders))]), exponent * t.coefficient)
                     for t in body.terms])]


def _peak(node: Apply, exponent: Poly) -> list[Term] | None:
    """φ(0)² = 1/(2π)."""
    c = exponent.constant
    if not isinstance(c, int) or c in (0, 1):
        return None
    half = c // 2
    return [term(Fraction(2) ** -half, [(PI, poly(-half)), (node, exponent - 2 * half)])]


def _turns(angle: Expr) -> Fraction | None:
    """How many times π an angle is, where that is a number."""
    if len(angle.terms) != 1 or angle.terms[0].factors != ((PI, ONE),) or angle.terms[0].binders:
        return None
    return Fraction(angle.terms[0].coefficient)


def _sine(node: Apply, exponent: Poly) -> list[Term] | None:
    turns = _turns(node.arguments[0])
    if turns is not None and turns % 2 in _SINES:
        return _powered(expression(_SINES[turns % 2]), exponent) if _SINES[turns % 2] or _is_whole(exponent) else None
    split = _split_angle(node.arguments[0])
    if split is not None:
        a, b = split
        return _powered(apply("sin", a) * apply("cos", b) + apply("cos", a) * apply("sin", b), exponent)
    if _is_negative(node.arguments[0]):
        return _powered(-apply("sin", -node.arguments[0]), exponent)
    if not node.arguments[0].terms:
        return _powered(Expr(), exponent)
    c = exponent.constant
    if isinstance(c, int) and c >= 2:
        return [term(1, [(Group(1 - apply("cos", node.arguments[0]) ** 2), ONE), (node, exponent - 2)])]
    return None


def _cosine(node: Apply, exponent: Poly) -> list[Term] | None:
    turns = _turns(node.arguments[0])
    if turns is not None and (turns + HALF) % 2 in _SINES:
        return _sine(Apply("sin", [(turns + HALF) * expression(PI)]), exponent)
    split = _split_angle(node.arguments[0])
    if split is not None:
        a, b = split
        return _powered(apply("cos", a) * apply("cos", b) - apply("sin", a) * apply("sin", b), exponent)
    if _is_negative(node.arguments[0]):
        return _powered(apply("cos", -node.arguments[0]), exponent)
    return _powered(expression(1), exponent) if not node.arguments[0].terms else None


def _split_angle(angle: Expr) -> tuple[Expr, Expr] | None:
    """Two angles of which this one is the sum: its first term and the rest, or one multiple and the others."""
    if len(angle.terms) > 1:
        return Expr(angle.terms[:1]), Expr(angle.terms[1:])
    if len(angle.terms) == 1:
        t = angle.terms[0]
        if isinstance(t.coefficient, int) and 1 < t.coefficient <= MOST_MULTIPLES:
            return Expr((Term(1, t.factors, t.binders),)), Expr((Term(t.coefficient - 1, t.factors, t.binders),))
    return None


def _is_negative(angle: Expr) -> bool:
    return len(angle.terms) == 1 and angle.terms[0].coefficient < 0


def _begins_with_a_minus(u: Expr) -> bool:
    return bool(u.terms) and u.terms[0].coefficient < 0


def _powered(e: Expr, exponent: Poly) -> list[Term]:
    return list(power(e, exponent).terms)


def _relu(node: Apply, exponent: Poly) -> list[Term] | None:
    """relu(u) = u · step(u); a negative power keeps its name, since it has no value where the step is zero."""
    if not _is_whole(exponent):
        return None
    u = node.arguments[0]
    return [term(1, [(Group(u), exponent), (Apply("step", [u]), ONE)])]


def _mirrored(node: Apply, exponent: Poly) -> list[Term] | None:
    """f(−u) by f(u), where u begins without a minus."""
    (u,) = node.arguments
    if not _begins_with_a_minus(u) or exponent.constant is None:
        return None
    return _powered(_MIRRORED[node.function](apply(node.function, -u)), exponent)


def _softplus(node: Apply, exponent: Poly) -> list[Term] | None:
    """softplus(−u) = softplus(u) − u, where u begins without a minus."""
    u = node.arguments[0]
    if not _begins_with_a_minus(u) or not _is_whole(exponent):
        return None
    return _powered(apply("softplus", -u) + u, exponent)
