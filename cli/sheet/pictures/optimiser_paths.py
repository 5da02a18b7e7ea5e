"""The paths of five optimisers on an ill-conditioned quadratic, f(x, y) = ½(x² + 20 y²), from (−4, 1)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from cli.sheet.pictures import Curve

ENTRIES = ("momentum", "nesterov", "rms_prop", "adam")
TITLE = {"en": "Paths on ½(x² + 20 y²), from (−4, 1)", "zh": "½(x² + 20 y²) 上的路径，起点 (−4, 1)"}
ACROSS = {"en": "x", "zh": "x"}
UP = {"en": "y", "zh": "y"}
LOGARITHMIC = False
START, STEEP, STEPS = (-4.0, 1.0), 20.0, 40
Point = tuple[float, float]


def gradient(p: Point) -> Point:
    return p[0], STEEP * p[1]


def descent(rate: float = 0.09) -> Iterator[Point]:
    p = START
    while True:
        yield p
        g = gradient(p)
        p = p[0] - rate * g[0], p[1] - rate * g[1]


def momentum(rate: float = 0.02, beta: float = 0.8, ahead: bool = False) -> Iterator[Point]:
    """v ← β v + g, p ← p − η v; looking ahead, p ← p − η (g + β v)."""
    p, v = START, (0.0, 0.0)
    while True:
        yield p
        g = gradient(p)
        v = beta * v[0] + g[0], beta * v[1] + g[1]
        move = (g[0] + beta * v[0], g[1] + beta * v[1]) if ahead else v
        p = p[0] - rate * move[0], p[1] - rate * move[1]


def nesterov() -> Iterator[Point]:
    return momentum(ahead=True)


def rms_prop(rate: float = 0.2, alpha: float = 0.9, epsilon: float = 1e-8) -> Iterator[Point]:
    p, v = START, (0.0, 0.0)
    while True:
        yield p
        g = gradient(p)
        v = alpha * v[0] + (1 - alpha) * g[0] ** 2, alpha * v[1] + (1 - alpha) * g[1] ** 2
        p = (p[0] - rate * g[0] / (math.sqrt(v[0]) + epsilon), p[1] - rate * g[1] / (math.sqrt(v[1]) + epsilon))


def adam(rate: float = 0.3, one: float = 0.9, two: float = 0.999, epsilon: float = 1e-8) -> Iterator[Point]:
    p, m, v, t = list(START), [0.0, 0.0], [0.0, 0.0], 0
    while True:
        yield p[0], p[1]
        t += 1
        for k, g in enumerate(gradient((p[0], p[1]))):
            m[k] = one * m[k] + (1 - one) * g
            v[k] = two * v[k] + (1 - two) * g * g
            p[k] -= rate * (m[k] / (1 - one**t)) / (math.sqrt(v[k] / (1 - two**t)) + epsilon)


OPTIMISERS: dict[tuple[str, str], Callable[[], Iterator[Point]]] = {
    ("gradient descent", "梯度下降"): descent, ("momentum", "动量"): momentum, ("Nesterov", "Nesterov"): nesterov,
    ("RMSprop", "RMSprop"): rms_prop, ("Adam", "Adam"): adam}


def curves() -> dict[tuple[str, str], Curve]:
    return {label: [p for p, _ in zip(path(), range(STEPS + 1))] for label, path in OPTIMISERS.items()}
