"""What a run of somebody else's code shows: numbers, texts and whole arrays, beside what a fact says they are."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy

from derive.claims import Experiment
from verify.backends import Backend
from verify.verdict import Check

RELATIONS = {"=": operator.eq, "≠": operator.ne, "<": operator.lt, ">": operator.gt, "≤": operator.le,
             "≥": operator.ge}
DIGITS = 6


class ExperimentError(Exception):
    """An experiment that shows nothing as it is written; says what it lacks."""


@dataclass
class Watch:
    """What an experiment tells its findings to. `seen` holds `{en, zh, text, wrong, holds}`: the words, the relation
    with its numbers, whether it is what people wrongly expect, and whether the relation holds."""

    seed: int
    seen: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, found: Any, relation: str, due: Any, *, en: str, zh: str, within: float = 0.0) -> None:
        """`found` is in this relation to `due`: numbers, arrays (every entry), or texts. An equation of numbers may
        name how far apart they may be: `within`, which is printed."""
        self._add(found, relation, due, en, zh, within, wrong=False)

    def wrongly(self, found: Any, relation: str, due: Any, *, en: str, zh: str, within: float = 0.0) -> None:
        """People expect this, and it does not hold."""
        self._add(found, relation, due, en, zh, within, wrong=True)

    def _add(self, found: Any, relation: str, due: Any, en: str, zh: str, within: float, wrong: bool) -> None:
        if relation not in RELATIONS:
            raise ExperimentError(f"{relation!r} is no relation; use one of {', '.join(RELATIONS)}")
        if within and relation != "=":
            raise ExperimentError(f"within= goes with =, not with {relation}")
        left, right = _plain(found), _plain(due)
        text = f"{_text(left)} {relation} {_text(right)}" + (f" ± {within:g}" if within else "")
        self.seen.append({"en": en, "zh": zh, "text": text, "wrong": wrong,
                          "holds": _holds(left, relation, right, within)})


def experiments(found: list[Experiment], backend: Backend, seed: int) -> Iterator[Check]:
    """A check for each thing that is seen. Call it inside the backend's session.

    Raises:
        ExperimentError: for an experiment that expects nothing, or nothing that could fail.
    """
    for experiment in found:
        if experiment.backend != backend.name:
            continue
        watch = Watch(seed)
        experiment.run(backend.library, watch)
        if {s["wrong"] for s in watch.seen} != {True, False}:
            raise ExperimentError(f"the experiment for {experiment.fact} needs what is seen, and what people wrongly "
                                  "expect to see")
        for seen in watch.seen:
            yield Check(experiment.fact, experiment.against, backend.name, backend.device, backend.dtype, {}, seed,
                        None, seen["holds"] is (not seen["wrong"]), observed=seen)


def _plain(value: Any) -> Any:
    """A number, a text, or an array of NumPy in float64."""
    if isinstance(value, (str, bool, int, float)):
        return value
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    array = numpy.asarray(value, dtype="float64")
    return array if array.ndim else float(array)


def _holds(left: Any, relation: str, right: Any, within: float) -> bool | None:
    """Whether the relation holds for every entry; None, which is neither a pass nor a refutation, where a side is no
    number, or they are not comparable."""
    if isinstance(left, str) or isinstance(right, str):
        same = isinstance(left, str) and isinstance(right, str)
        return bool(RELATIONS[relation](left, right)) if same and relation in "=≠" else None
    sides = [numpy.asarray(s, dtype="float64") for s in (left, right)]
    if not all(s.size and numpy.isfinite(s).all() for s in sides):
        return None
    try:
        pairs = numpy.broadcast_arrays(*sides)
    except ValueError:
        return None
    if within:
        return bool((abs(pairs[0] - pairs[1]) <= within).all())
    return bool(RELATIONS[relation](*pairs).all())


def _text(value: Any) -> str:
    if isinstance(value, numpy.ndarray):
        flat = value.ravel()
        return f"[{', '.join(map(_text, flat[:DIGITS]))}{', …' if flat.size > DIGITS else ''}]"
    if isinstance(value, float) and isfinite(value):
        return f"{value:.{DIGITS}g}"
    return str(value)
