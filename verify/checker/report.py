"""What came out of a check, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from verify.backends.traces import same_warnings

PASSED, WRONG, UNDECIDED = "passed", "wrong", "undecided"


class Finding(NamedTuple):
    """The gradient by one input at one draw, or (`name` empty) something about the whole call.

    `at` is the entry with the largest error, `found` and `expected` its values, `error` the largest error beside the
    largest expected entry, `tolerance` what rounding explains, in the same measure. `guess` names a mistake that would
    explain the values.
    """

    verdict: str
    name: str
    message: str
    sizes: Mapping[str, int]
    seed: int
    dtype: str
    at: tuple[int, ...] = ()
    found: float | None = None
    expected: float | None = None
    error: float | None = None
    tolerance: float | None = None
    guess: str = ""

    def __str__(self) -> str:
        where = ", ".join(f"{n} = {s}" for n, s in self.sizes.items())
        place = f" ({where + '; ' if where else ''}seed {self.seed}, {self.dtype})"
        line = (f"the gradient by {self.name}: " if self.name else "") + self.message + place
        return line + (f"\n  guess: {self.guess}" if self.guess else "")


@dataclass(frozen=True)
class Call:
    """A call of the user's functions: inputs by name, the outputs, what arrives at each, and the gradients returned."""

    inputs: Mapping[str, Any]
    outputs: Sequence[Any]
    arriving: Sequence[Any]
    returned: Mapping[str, Any]


@dataclass(frozen=True)
class Explanation:
    """The entry of the catalogue that the forward pass is, and which of its mistakes the backward pass makes (in
    English and Chinese); none where it makes another."""

    entry: str
    title: dict[str, str]
    mistake: dict[str, str] | None

    def __str__(self) -> str:
        known = f"the forward pass is {self.entry} of the catalogue ({self.title['en']})"
        if self.mistake is None:
            return f"{known}; its gradients, proved: derive {self.entry} --show"
        return f"{known}, and the backward pass makes a known mistake: {self.mistake['en']}"


@dataclass
class Report:
    """True if and only if every gradient was compared at every draw, and all were right.

    `findings` are all comparisons, `failures` those that did not pass; `notes` tell what was skipped, and why;
    `reference` is what the gradients were compared with.
    """

    reference: str = ""
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    call: Call | None = field(default=None, repr=False, compare=False)     # at which a gradient was wrong

    @property
    def failures(self) -> list[Finding]:
        return [f for f in self.findings if f.verdict != PASSED]

    @property
    def passed(self) -> bool:
        return bool(self.findings) and not self.failures

    @property
    def wrong(self) -> list[str]:
        """The inputs whose gradients are wrong."""
        return list(dict.fromkeys(f.name for f in self.failures if f.name))

    @property
    def max_error(self) -> float | None:
        """The largest relative error of all comparisons that have one."""
        return max((f.error for f in self.findings if f.error is not None), default=None)

    @cached_property
    def explanation(self) -> Explanation | None:
        """What the catalogue knows of a wrong pair. Looked for when it is asked for, or when the report is printed."""
        if self.call is None:
            return None
        with same_warnings():
            from verify.checker.recognition import explained

            return explained(self.call)

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        if self.passed:
            error = self.max_error or 0.0
            lines = [f"passed: {len(self.findings)} gradients against {self.reference}, relative error ≤ {error:.1e}"]
        else:
            shown: dict[tuple[str, str], Finding] = {}
            for f in self.failures:
                shown.setdefault((f.name, f.verdict), f)
            lines = ["failed:" if self.findings else "failed: nothing was compared", *map(str, shown.values())]
            lines += [str(self.explanation)] if self.explanation else []
        return "\n".join([*lines, *(f"note: {n}" for n in self.notes)])

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for machines."""
        known = self.explanation
        return {"passed": self.passed, "reference": self.reference, "notes": self.notes,
                "explanation": asdict(known) if known else None,
                "findings": [{**f._asdict(), "sizes": dict(f.sizes), "at": list(f.at)} for f in self.findings]}
