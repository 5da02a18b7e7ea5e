"""Slopes of a function that nothing differentiates: by a complex step, or by differences extrapolated to a step of 0;
for each entry of a small array, and along random directions of a large one."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy

STEP = 2.0**-66             # of a complex step: its square is below every rounding error
WIDEST = (0.05, 1e-3, 2e-5) # steps of differences, beside the size of what is moved: the first that settle
HALVINGS = 5
NEARBY = 0.05
SETTLED = 1e-9
ROUNDING = 2.0**-50
MOST_SINGLE = 200           # entries of an array that are moved one by one
DIRECTIONS = 6              # in which a larger one is moved
AGREES = 1e-4               # a difference quotient against what it confirms

Arrays = dict[str, Any]
Terms = Callable[[Mapping[str, Any]], Any]      # the numbers that a loss is the sum of, at these values


def sampled(gradient: Any) -> Any:
    """A gradient as it is, or of a large array the slopes along the directions: what `slopes` gives of it."""
    if gradient.size <= MOST_SINGLE:
        return gradient
    return _ways(gradient.shape).reshape(DIRECTIONS, -1) @ gradient.ravel()


def _ways(shape: tuple[int, ...]) -> Any:
    size = prod(shape)
    rows = numpy.eye(size) if size <= MOST_SINGLE else \
        numpy.random.default_rng([26, size]).standard_normal((DIRECTIONS, size))
    return rows.reshape(-1, *shape)


def reach(array: Any) -> float:
    """How far a step of order one moves this array."""
    return float(abs(array).max()) or 1.0


def complex_slopes(terms: Terms, values: Mapping[str, Any], wrt: list[str]) -> Arrays | None:
    """Im f(x + ih)/h for each input; nothing where the function does not take complex numbers, or where a difference
    quotient does not confirm it."""
    def slope(name: str, way: Any) -> float:
        return float(numpy.imag(terms({**values, name: values[name] + 1j * STEP * way}).sum()) / STEP)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = _of_each(values, wrt, slope)
    except Exception:           # a function that is not for complex numbers
        return None
    generator = numpy.random.default_rng(7)
    way, expected, scale = {}, 0.0, 1e-12
    for name in wrt:
        ways = _ways(values[name].shape)
        shares = generator.standard_normal(len(ways))
        way[name] = reach(values[name]) * numpy.tensordot(shares, ways, 1) / len(ways) ** 0.5
        parts = reach(values[name]) * shares * found[name].ravel() / len(ways) ** 0.5
        expected, scale = expected + float(parts.sum()), scale + float(abs(parts).sum())
    quotient = _central(lambda t: terms({**values, **{n: values[n] + t * w for n, w in way.items()}}), 1e-5)[0]
    return found if abs(quotient - expected) <= AGREES * scale else None


def slopes(terms: Terms, values: Mapping[str, Any], wrt: list[str]) -> tuple[Arrays, dict[str, float]]:
    """By differences, and for each input a bound of their errors."""
    worst = dict.fromkeys(wrt, 0.0)

    def slope(name: str, way: Any) -> float:
        far = reach(values[name])
        found, doubt = extrapolated(lambda t: terms({**values, name: values[name] + t * far * way}))
        worst[name] = max(worst[name], 4 * doubt / far)
        return found / far

    return _of_each(values, wrt, slope), worst


def _of_each(values: Mapping[str, Any], wrt: list[str], slope: Callable[[str, Any], float]) -> Arrays:
    found = {n: numpy.asarray([slope(n, way) for way in _ways(values[n].shape)]) for n in wrt}
    return {n: f.reshape(values[n].shape) if values[n].size <= MOST_SINGLE else f for n, f in found.items()}


def extrapolated(line: Callable[[float], Any], wary: bool = False) -> tuple[float, float]:
    """The derivative at 0 of the sum of `line(t)`, and how sure it is: central differences, extrapolated to a step of 0
    (Ridders 1982). Differences of noise may agree by chance: whoever looks at one slope alone is `wary`, and measures
    it."""
    best, doubt = numpy.nan, numpy.inf
    with numpy.errstate(all="ignore"):
        for widest in WIDEST:
            found, error = _tableau(line, widest)
            error += _noise(line, widest / 2 ** (HALVINGS - 1)) if wary else 0.0
            best, doubt = (found, error) if error < doubt else (best, doubt)
            if doubt <= SETTLED * abs(best):
                break
    return best, doubt


def _tableau(line: Callable[[float], Any], widest: float) -> tuple[float, float]:
    best, error, before = numpy.nan, numpy.inf, list[float]()
    for k in range(HALVINGS):
        step = widest / 2**k
        quotient, size = _central(line, step)
        row = [quotient]
        for j, old in enumerate(before):
            row.append(row[j] + (row[j] - old) / (4 ** (j + 1) - 1))
            doubt = max(abs(row[-1] - row[-2]), abs(row[-1] - old)) + ROUNDING * size / step
            if doubt < error:
                best, error = row[-1], doubt
        before = row
    return best, error


def _noise(line: Callable[[float], Any], step: float) -> float:
    """How far quotients of nearly the same step are from a straight line."""
    places = numpy.linspace(1, 1 + NEARBY, 2 * HALVINGS)
    quotients = numpy.asarray([_central(line, float(step * p))[0] for p in places])
    if not numpy.isfinite(quotients).all():
        return numpy.inf
    return float(abs(quotients - numpy.polyval(numpy.polyfit(places, quotients, 1), places)).max())


def _central(line: Callable[[float], Any], step: float) -> tuple[float, float]:
    """A difference quotient, and the size of what it is a difference of."""
    ahead, behind = line(step), line(-step)
    return float((ahead - behind).sum()) / (2 * step), float(abs(ahead).sum())
