"""What single members tell of the length of a vector: beside p ∈ ℝ^K, p_2 says that K ≥ 2."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derive.documents.lines.statements import Declaration, Statement

_LENGTH = re.compile(r"(?:ℝ|\\mathbb\s*\{?\s*R\s*\}?|\\R)\s*\^\s*(?:\{\s*([A-Za-z])\s*\}|([A-Za-z]))\s*")
_MOST = 9       # a member further on is a constant of the page, as in n = 64


def least_sizes(statements: Sequence[Statement]) -> Iterator[tuple[str, int]]:
    """Sizes, and how large they are at least."""
    for declared in statements:
        length = _LENGTH.fullmatch(declared.kind.text) if isinstance(declared, Declaration) else None
        if not isinstance(declared, Declaration) or length is None:
            continue
        for name in declared.names:
            member = re.compile(rf"(?<![A-Za-z\\]){re.escape(name.text.strip())}\s*_\s*(?:\{{\s*(\d)\s*\}}|(\d)(?!\d))")
            found = [int(m[1] or m[2]) for s in statements for m in member.finditer(s.piece.text)]
            if found and 1 < max(found) <= _MOST:
                yield length[1] or length[2], max(found)
