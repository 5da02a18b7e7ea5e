"""Claims with members that do not exist: Σ_{t=1}^{T} δ_t x_{t-1}ᵀ, where x is x_1, …, x_T."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from verify.documents.outcome import Outcome
from verify.documents.slices import Given

_LEAVES = re.compile(r"(\S+\[.+\]) may leave its range (\S+)$")


def where_all_exist(problem: str, again: Callable[[Given], Outcome]) -> Outcome | None:
    """Refuted where a claim fails even without the members that do not exist: with zeros in their place in a sum, and
    only for those t for which there are all. None for another claim. `again` reads the claim with parts of its
    interpretation given."""
    leaves = _LEAVES.search(problem)
    found = again({"existing": True}) if leaves else Outcome()
    if leaves is None or not found.refuted or found.verdict is None:
        return None
    told = f"{leaves[1]} leaves its range {leaves[2]}, and it fails also where all members exist"
    return replace(found, verdict=replace(found.verdict, detail=told), correction=None)
