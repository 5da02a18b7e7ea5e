"""Claims with factors side by side that have no product: (Wᵀ δ) (1 − h²) in place of (Wᵀ δ) ⊙ (1 − h²), and P zᵀ."""

from __future__ import annotations

import re
from collections.abc import Callable

from derive.documents.trees.beside import WAYS
from derive.reading.algebra import TURNED
from verify.documents.outcome import Outcome
from verify.documents.shape_errors import by_shapes
from verify.documents.slices import Given
from verify.verdict import UNDECIDED, Verdict

_COLUMNS = re.compile(r"two columns side by side have no product")
_NO_PRODUCT = re.compile(r"(a (?:row|column|matrix) .+) and (a (?:row|column|matrix) .+) have no product")
_TRANSPOSED = "{} and {} have no product; it holds with the transpose of the vector"
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
    if not _decided(tried):
        return None
    return Outcome(by_shapes("two columns side by side have no product", "a column", "a column"))


def turned(problem: str, again: Callable[[Given], Outcome]) -> Outcome | None:
    """Refuted where a claim with a vector beside a matrix of the other orientation fails with its transpose too, and
    the document says how long everything is; open where it holds with that. None for another claim."""
    found = _NO_PRODUCT.fullmatch(problem)
    outcome = again({"beside": TURNED}) if found else Outcome()
    if found is None or not (outcome.shown or _decided([outcome])):
        return None
    if outcome.shown:
        return Outcome(Verdict(UNDECIDED, detail=_TRANSPOSED.format(found[1], found[2])))
    return Outcome(by_shapes(problem, found[1], found[2]))


def _decided(tried: list[Outcome]) -> bool:
    """Whether a claim is refuted in each way in which it has a meaning, with no shape that nobody declares."""
    refuted = tried[0].refuted and all(o.refuted or o.verdict is None for o in tried)
    return refuted and not any("^" in shape for o in tried for shape in o.inferred)
