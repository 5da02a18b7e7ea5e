"""What comes of a claim when it is read in some way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from derive.documents.lines.items import Item
from verify.study import Study
from verify.verdict import REFUTED, Verdict


@dataclass
class Outcome:
    """A verdict on a claim, and the reading under which it was found; `problem` says why there is none, be it
    in the claim or, with `blamed`, in what it rests on. `inferred` has the shapes that nobody declares."""

    verdict: Verdict | None = None
    problem: str = ""
    reading: str = ""
    correction: dict[str, Any] | None = None
    study: Study | None = None
    guesses: int = 1
    inferred: list[str] = field(default_factory=list)
    blamed: bool = False

    @property
    def shown(self) -> bool:
        return self.verdict is not None and self.verdict.passed

    @property
    def refuted(self) -> bool:
        return self.verdict is not None and self.verdict.verdict == REFUTED


class Judging(Protocol):
    """Judges an item as a claim, without some definitions."""

    def __call__(self, item: Item, without: frozenset[int] = frozenset()) -> Outcome: ...
