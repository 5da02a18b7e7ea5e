"""Claims with two columns side by side, which have no product: (Wᵀ δ) (1 − h²) in place of (Wᵀ δ) ⊙ (1 − h²)."""

from __future__ import annotations

import re
from collections.abc import Callable

from derive.documents.beside import WAYS
from verify.documents.outcome import Outcome
from verify.documents.shape_errors import by_shapes
from verify.documents.slices import Given
from verify.verdict import UNDECIDED, Verdict

_COLUMNS = re.compile(r"two columns side by side have no product")
_NOTE = "two columns side by side have no product; it holds with ⊙ or a transpose between them"


def side_by_side(problem: str, again: Callable[[Given], Outcome]) -> Outcome | None:
    """Refuted where a claim holds in no way to multiply its columns, and the document says how long everything is; open
    where it holds in one. None for another claim. `again` reads the claim with parts of its interpretation given."""
    if not _COLUMNS.match(problem):
        return None
    tried = []
    for way in WAYS:
        tried.append(again({"beside": way}))
        if tried[-1].shown:
            return Outcome(Verdict(UNDECIDED, detail=_NOTE))
    decided = tried[0].refuted and all(o.refuted or o.verdict is None for o in tried)
    if not decided or any("^" in shape for o in tried for shape in o.inferred):
        return None
    return Outcome(by_shapes("two columns side by side have no product", "a column", "a column"))
