"""A study of one entry: the derivation with every step checked, the claims proved, the mistakes refuted."""

from __future__ import annotations

from dataclasses import dataclass

from derive.derivation import Derivation
from derive.entry import Claim, Entry, Mistake, Page
from verify.verdict import Verdict


@dataclass
class Study:
    """Everything symbolic about an entry, judged. Numbers from torch and JAX are kept apart: see `verify.numeric`."""

    entry: Entry
    page: Page
    derivation: Derivation
    claims: list[tuple[Claim, Verdict]]
    mistakes: list[tuple[Mistake, Verdict]]
    assumptions: list[str]

    @property
    def passed(self) -> bool:
        """Every step proved, every claim shown, every mistake refuted."""
        steps = [s for d in self.derivation.derivatives for s in d.steps]
        return (bool(steps) and all(s.verdict == "proved" for s in steps)
                and all(v.passed for _, v in self.claims) and all(v.verdict == "refuted" for _, v in self.mistakes))
