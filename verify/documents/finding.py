"""What `derive check` found out about one statement of a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from verify.verdict import PROVED, REFUTED, UNDECIDED, VERIFIED, Counterexample

UNSUPPORTED, SKIPPED, DEFINED, DECLARED = "unsupported", "skipped", "defined", "declared"
VERDICTS = (PROVED, VERIFIED, REFUTED, UNDECIDED, UNSUPPORTED, SKIPPED, DEFINED, DECLARED)


@dataclass
class Finding:
    """One statement. `line` and `column` count from 1; `source` is its text.

    `kind` is claim, definition, update, derivative, declaration, assumption, condition or formula. `detail` says why
    there is no verdict, `reading` under which reading there is one, `notes` what else a reader should know.
    `recognised` is the formula of the catalogue that it looks like, a guess; `mistake` why people write something
    that is refuted, in both languages.
    """

    line: int
    column: int
    source: str
    kind: str
    verdict: str
    subject: str = ""
    by: str = ""
    detail: str = ""
    reading: str = ""
    notes: list[str] = field(default_factory=list)
    counterexample: Counterexample | None = None
    correction: dict[str, Any] | None = None
    recognised: dict[str, Any] | None = None
    mistake: dict[str, str] | None = None
    expected: str | None = None     # the document says that it is wrong on purpose, and why

    @property
    def failed(self) -> bool:
        """Whether it fails a run: a refuted claim, or one that should have been refuted and was not."""
        return self.verdict != REFUTED if self.expected is not None else self.verdict == REFUTED
