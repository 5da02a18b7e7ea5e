"""Vectors that are declared by their entries: x = (x_1, …, x_n)ᵀ, and z as a bmatrix of z_1 and z_2."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from derive.documents.lines.lines import is_next_number
from derive.documents.lines.statements import Declaration, Equality, Piece, Statement
from derive.reading.nodes import plain
from derive.reading.syntax import Node

_SHELL = re.compile(r"\s*(?:\\left\s*)?(?:[(\[]|\\begin\s*\{[bp]?matrix\})(?P<inside>.*?)(?:\\right\s*)?"
                    r"(?:[)\]]|\\end\s*\{[bp]?matrix\})\s*(?:ᵀ|\^\s*(?:T|\\top|\\intercal|\{\s*(?:T|\\top|\\intercal|"
                    r"\\mathsf\s*\{?T\}?)\s*\}|⊤))?\s*", re.DOTALL)
_ENTRY = re.compile(r"(?P<base>\\?[A-Za-zα-ωΑ-Ω])\s*_\s*(?:\{\s*(?P<braced>\w+)\s*\}|(?P<bare>\w))")
_DOTS = re.compile(r"…|\.\.\.?|\\[vcl]?dots")
_STYLE = re.compile(r"\\(?:mathbf|boldsymbol|bm|vec|mathrm)\s*(?:\{\s*(\\?[A-Za-zα-ωΑ-Ω]+)\s*\}|(\\?[A-Za-z]+))")
_APART = re.compile(r",|;|&|\\\\")


def first_by_entries(statement: Statement, before: Iterable[Statement]) -> Statement:
    """An equation that lists the entries of a name of which nothing was said before, as a declaration; any other
    statement as it is."""
    length = _length([m.text for m in statement.members]) if isinstance(statement, Equality) else None
    if length is None or not isinstance(statement, Equality):
        return statement
    name = statement.members[0]
    earlier = list(before)
    said = {p.text for s in earlier for p in (s.names if isinstance(s, Declaration) else
                                              s.members[:1] if isinstance(s, Equality) else ())}
    blocks = {e["base"] for s in earlier if isinstance(s, Declaration) for n in s.names
              if (e := _ENTRY.fullmatch(_plain(n.text))) and (e["braced"] or e["bare"]).isdecimal()}
    if name.text in said or _plain(name.text) in blocks:       # H = [H_1, H_2] of matrices
        return statement
    return Declaration(statement.piece, (name,), Piece(f"ℝ^{{{length}}}", statement.piece.at))


def _length(members: list[str]) -> str | None:
    """The length of the vector on the left of an equation that lists its entries, from the first one on; None for any
    other equation."""
    shell = _SHELL.fullmatch(members[1]) if len(members) == 2 else None
    if shell is None:
        return None
    name = _plain(members[0])
    items = [_plain(item) for item in _APART.split(shell["inside"])]
    entries = [_ENTRY.fullmatch(item) for item in items if not _DOTS.fullmatch(item)]
    indices = [e["braced"] or e["bare"] for e in entries if e is not None and e["base"] == name]
    if len(indices) != len(entries) or len(items) < 2 or len(items) - len(entries) > 1 or indices[0] != "1":
        return None
    if len(items) == len(entries):
        return indices[-1] if indices == [str(k + 1) for k in range(len(items))] else None
    counted = all(is_next_number(a, b) for a, b in pairwise(indices[:-1]))
    return indices[-1] if counted and _DOTS.fullmatch(items[-2]) else None


def _plain(text: str) -> str:
    return _STYLE.sub(lambda m: m[1] or m[2], text).strip()


def is_written_out(node: Node) -> bool:
    """Whether a side is a vector or a matrix that is written out: (1, 2, 3)ᵀ, [h, x], a bmatrix."""
    inner = plain(node.parts[0] if node.kind == "scripted" else node)
    return inner.kind in ("matrix", "listed") or (inner.kind in ("group", "bracket") and len(inner.parts[0]) > 1)


def is_matrix(node: Node) -> bool:
    """Whether a side that is written out has rows and columns."""
    inner = plain(node.parts[0] if node.kind == "scripted" else node)
    if inner.kind == "matrix":
        return len(inner.parts) > 1 and len(inner.parts[0].parts[0]) > 1
    return inner.kind == "bracket" and all(item.kind == "bracket" for item in inner.parts[0])
