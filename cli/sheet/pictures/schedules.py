"""Learning rates by step: the schedules of the catalogue, each from 1."""

from __future__ import annotations

import math
from collections.abc import Callable

from cli.sheet.pictures import Curve

ENTRIES = ("learning_rate_schedules", "cosine_schedules", "noam_schedule")
TITLE = {"en": "Learning-rate schedules", "zh": "学习率调度"}
ACROSS = {"en": "step", "zh": "步"}
UP = {"en": "learning rate / largest", "zh": "学习率 / 最大值"}
LOGARITHMIC = False
STEPS, EVERY, FACTOR, DECAY, POWER, WARM, CYCLE = 100, 25, 0.5, 0.97, 2, 20, 40


def step_decay(t: int) -> float:
    return FACTOR ** (t // EVERY)


def exponential(t: int) -> float:
    return DECAY**t


def polynomial(t: int) -> float:
    return (1 - t / STEPS) ** POWER


def cosine(t: int) -> float:
    return (1 + math.cos(math.pi * t / STEPS)) / 2


def restarts(t: int) -> float:
    return (1 + math.cos(math.pi * (t % CYCLE) / CYCLE)) / 2


def noam(t: int) -> float:
    """Of Vaswani et al. 2017, equation 3, over its largest value, which it has at the end of the warm-up."""
    return min((t + 1) ** -0.5, (t + 1) * WARM**-1.5) * WARM**0.5


SCHEDULES: dict[tuple[str, str], Callable[[int], float]] = {
    ("step", "阶梯"): step_decay, ("exponential", "指数"): exponential, ("polynomial", "多项式"): polynomial,
    ("cosine", "余弦"): cosine, ("cosine with restarts", "余弦重启"): restarts,
    ("warm-up, then 1/√t", "预热后 1/√t"): noam}


def curves() -> dict[tuple[str, str], Curve]:
    return {label: [(float(t), rate(t)) for t in range(STEPS + 1)] for label, rate in SCHEDULES.items()}
