"""A pair of functions taken through all draws."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from verify.checker.draws import Draw, plan
from verify.checker.point import Pair, Point, Refused
from verify.checker.report import PASSED, UNDECIDED, WRONG, Finding, Report
from verify.checker.structure import leaves
from verify.checker.tolerance import TOLD
from verify.checker.trial import called, contradicted, findings

RETRIES = 4             # other numbers, where these lie at a kink or give no finite value
DECISIVE = 1000         # how far beyond its tolerance a gradient must be off where numbers are large
DTYPE = re.compile("raises .*(float|double|dtype)|cannot differentiate .*(float|double|dtype)", re.IGNORECASE)
MORE_SIZES = 6          # other sizes, where the forward pass refuses these


@dataclass
class Course:
    """What is found goes into the report. `confirmed` are the sizes at which differences agreed with the library's
    derivative, or did not tell; a `surrogate` is not the derivative of the forward pass."""

    pair: Pair
    report: Report
    surrogate: bool = False
    confirmed: set[tuple[Any, ...]] = field(default_factory=set)

    def run(self, draws: int, seed: int, dtype: str, sizes: list[Mapping[str, int]]) -> None:
        """Every draw in order, up to the first at which something does not pass."""
        for draw in plan(self.pair.inputs, draws, seed, sizes):
            try:
                found = self._near(draw, dtype, 0 if sizes or draw.edge else MORE_SIZES)
            except Refused as problem:
                if draw.edge:
                    self.report.notes.append(f"{draw.edge} left out: {problem}")
                    continue
                found = [Finding(UNDECIDED, "", str(problem), draw.sizes, draw.seed, dtype)]
            self.report.findings += found
            if any(f.verdict != PASSED for f in found):
                return

    def _near(self, draw: Draw, dtype: str, turns: int) -> list[Finding]:
        """The findings at this draw, or at one near it where the forward pass has finite values and is at no kink.

        Raises:
            Refused: where there is none.
        """
        report, reasons, zero = self.report, list[Refused](), list[Finding]()
        for other in draw.others(RETRIES, turns):
            try:
                point, found, failed = self._at(other, dtype)
            except Refused as problem:
                reasons.append(problem)
                continue
            report.reference = report.reference or point.expected.by
            if other.far and any(map(_shaky, failed)):
                reasons.append(Refused("overflow or rounding is too strong here to tell"))
                continue
            wrong = [f for f in failed if f.verdict == WRONG]
            if any(f.found is not None for f in wrong):
                report.call = called(point)
            if not any(point.scales.values()) and not wrong:
                zero = zero or found        # nothing is told where nothing matters: once more
                continue
            doubt = next((f for f in failed if f.verdict == UNDECIDED and f.name), None)
            if doubt is None or wrong:
                report.notes += [f"other numbers or sizes were drawn: {reasons[0]}"] if reasons and not draw.far else []
                return found
            reasons.append(Refused(str(doubt)))
        if zero:
            return zero
        raise reasons[0]

    def _at(self, draw: Draw, dtype: str) -> tuple[Point, list[Finding], list[Finding]]:
        """What is found there, and what of it does not pass; by differences from now on, where these contradict the
        library's derivative."""
        try:
            point = Point(self.pair, draw, dtype)
            found = findings(point)
        except Refused as problem:
            if DTYPE.search(str(problem)) and self.pair.calls.widen():
                return self._at(draw, dtype)
            raise
        failed, place = [f for f in found if f.verdict != PASSED], tuple(draw.sizes.values())
        if self._narrow(point, failed) and self.pair.calls.widen():
            return self._at(draw, dtype)
        if self.surrogate or point.expected.thinned or any(f.verdict == WRONG and not f.name for f in failed):
            return point, found, failed
        if (draw.far or place in self.confirmed) and not any(f.found is not None for f in failed):
            return point, found, failed
        doubt = contradicted(point)
        self.confirmed.add(place)
        if not doubt:
            return point, found, failed
        self.report.notes.append(doubt)
        self.report.reference = ""
        self.pair = replace(self.pair, by_differences=True)
        point = Point(self.pair, draw, dtype)
        found = findings(point)
        return point, found, [f for f in found if f.verdict != PASSED]

    def _narrow(self, point: Point, failed: list[Finding]) -> bool:
        """Whether the functions seem to be written for float32 alone."""
        if any(not f.name and DTYPE.search(f.message) for f in failed):
            return True
        return not self.confirmed and any(point.calls.dtype(o) == "float32" for o in leaves(point.output))


def _shaky(f: Finding) -> bool:
    """Whether a gradient may be off where numbers are large although the formula is right: by overflow, or by rounding,
    which acts in jumps where a function is saturated."""
    return f.verdict == WRONG and (f.tolerance is None or f.error is None or f.tolerance > TOLD[f.dtype]
                                   or f.error < DECISIVE * f.tolerance)
