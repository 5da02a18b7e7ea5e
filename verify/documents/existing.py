"""Claims with members that do not exist: Σ_{t=1}^{T} δ_t x_{t-1}ᵀ, where x is x_1, …, x_T."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from derive.documents.program.existing import WAYS
from verify.documents.outcome import Outcome
from verify.documents.slices import Given

LEFT_OUT = "members that do not exist are left out"
_FIRST = re.compile(r"\[…0…\] may leave its range 1…")
_LEAVES = re.compile(r"(\S+\[.+\]) may leave its range (\S+)$")


def with_the_first(problem: str, again: Callable[[Given], Outcome]) -> Outcome | None:
    """Shown or refuted where a claim uses e_0, and e_t = w_t − s defines that too. None for another claim. `again`
    reads the claim with parts of its interpretation given."""
    if not _FIRST.search(problem):
        return None
    outcome = again({"reaching": True})
    return outcome if outcome.verdict is not None else None


def where_all_exist(problem: str, again: Callable[[Given], Outcome], unstated: bool) -> Outcome | None:
    """Refuted where a claim fails even without the members that do not exist: for those t for which there are all, and
    with zeros in sums, be it in their own place or in that of their summand; shown where it holds so, and for which
    values is `unstated`. None for another claim. `again` reads the claim with parts of its interpretation given."""
    leaves = _LEAVES.search(problem)
    found = [again({"existing": way}) for way in WAYS] if leaves else []
    if found and unstated and all(o.shown for o in found):
        return replace(found[0], reading=LEFT_OUT)
    if leaves is None or not all(o.refuted for o in found) or found[0].verdict is None:
        return None
    told = f"{leaves[1]} leaves its range {leaves[2]}, and it fails also where all members exist"
    return replace(found[0], verdict=replace(found[0].verdict, detail=told), correction=None)
