"""Three answers: shown, refuted, not shown. Nothing else passes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PROVED = "proved"            # equal for all sizes: by normal form, induction, or an exact integral
VERIFIED = "verified"        # equal to 50 digits and more at every input tried
REFUTED = "refuted"          # differs at a concrete input
UNDECIDED = "undecided"      # neither; the detail says why
PASSING = frozenset({PROVED, VERIFIED})


@dataclass(frozen=True)
class Counterexample:
    """A concrete input at which two sides differ, proved by disjoint balls.

    `inputs` maps a name (`x`, `h[0]`) to nested lists of exact numbers written as text (`-3/2`); `at` is the member
    that was compared (`delta_f[2,1]`); `left` and `right` are the two values, to a few digits.
    """

    sizes: dict[str, Any]
    inputs: dict[str, Any]
    at: str
    left: str
    right: str
    seed: int = 0


@dataclass(frozen=True)
class Verdict:
    """`by` says how it was decided; `uses` lists the definitions and assumptions that the decision rests on."""

    verdict: str
    by: str = ""
    uses: tuple[str, ...] = ()
    detail: str = ""
    counterexample: Counterexample | None = None

    @property
    def passed(self) -> bool:
        return self.verdict in PASSING


@dataclass
class Check:
    """One numeric comparison. `passed` is false for NaN, for empty arrays, and for anything skipped.

    `tolerance` is the largest relative error that rounding explains in any entry of what was compared. `regime` names
    how the numbers were drawn (see `verify.regimes`), and `no_value` says why nothing was told in it: neither a pass
    nor a failure, and never in the plain regime. `redrawn` counts the draws that were put aside because something came
    within rounding of a kink. `observed` is what an experiment saw (see `verify.experiments.Watch`).
    """

    fact: str
    against: str
    backend: str
    device: str
    dtype: str
    sizes: dict[str, Any]
    seed: int
    max_relative_error: float | None
    passed: bool
    skipped: str | None = None
    versions: dict[str, str] = field(default_factory=dict)
    tolerance: float | None = None
    regime: str = "plain"
    no_value: str | None = None
    redrawn: int = 0
    observed: dict[str, Any] | None = None
