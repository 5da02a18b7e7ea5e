"""Which rank is usual for a name of some look."""

from __future__ import annotations

from derive.documents.functions.assumed import MATRICES
from derive.notation.names import GREEK

_GREEK = frozenset(GREEK.values())
_COUNTED = frozenset("CDFHMN")      # C_in and H_out are counts, W_in is a matrix


def usual(name: str, rank: int) -> int:
    """How unusual it is that a name of this look has this rank: capital letters are matrices, small ones are not, and
    small Greek ones are numbers."""
    first = name[0]
    if first in MATRICES:
        return 2 if rank == 0 else 0        # it turns what an arbitrary loss is of into a vector
    if first in _GREEK and first.islower():
        return rank
    if len(name) > 1 and name[1].isalpha() and "_" not in name[:2]:
        return 0
    if first in _COUNTED and name[1:] in ("_in", "_out"):
        return rank
    if first.isupper():
        return int(rank != 2)
    return 2 if rank == 2 else 0


def usual_first(name: str) -> list[int]:
    """The ranks, the most usual one first."""
    return sorted(range(3), key=lambda rank: (usual(name, rank), -rank))
