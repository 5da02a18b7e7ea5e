"""E, Var and Cov as pages write them; and E[g²]_t, which is a running average with a name of its own."""

from __future__ import annotations

import re
from zlib import crc32

from derive.reading.source import FILLER

_CALLED = re.compile(r"(?:\\(?:mathbb|mathrm|operatorname|text)\s*\{?\s*(?:E|Var|Cov)\s*\}?|𝔼|"
                     r"(?<![A-Za-z\\{])(?:Var|Cov))\s*(?:\\left\s*)?(\()")

_E = r"(?:\\(?:mathbb|mathrm|operatorname|text)\s{0,9}\{\s{0,9}E\s{0,9}\}|\\mathbb\s{1,9}E|𝔼|(?<![A-Za-z\\])E)"
_AVERAGE = re.compile(rf"{_E}\s{{0,9}}(?:\\left\s{{0,9}})?\[([^\[\]]{{1,40}})\]"
                      r"(?=\s{0,9}_\s{0,9}(\{[^{}]{1,12}\}|\w))")
_SQUARE = re.compile(r"²|\^\s*\{?\s*2")
_BARE = re.compile(r"[\s{}\\]")
_MARKS = [chr(0x300 + k) for k in range(16)]        # three of them tell E[g²]_t, E[g]_t and E[Δθ²]_t apart


def with_averages(text: str) -> str:
    """E[g²]_t with one letter for what stands in front of the index; as long as it was."""
    return _AVERAGE.sub(_as_name, text) if "[" in text else text


def _as_name(found: re.Match) -> str:
    if not _SQUARE.search(found[1]) and "t" not in found[2]:
        return found[0]         # an entry of an expectation
    told = crc32(_BARE.sub("", found[1]).encode())
    name = "E" + "".join(_MARKS[told >> shift & 15] for shift in (0, 4, 8))
    return name.ljust(len(found[0]), FILLER) if len(name) <= len(found[0]) else found[0]


def bracketed(text: str) -> str:
    """Var(x) as Var[x]; as long as it was."""
    for found in list(_CALLED.finditer(text)):
        end = _closing(text, found.start(1))
        if end is not None:
            text = f"{text[:found.start(1)]}[{text[found.end(1):end]}]{text[end + 1:]}"
    return text


def _closing(text: str, at: int) -> int | None:
    depth = 0
    for k in range(at, len(text)):
        depth += (text[k] == "(") - (text[k] == ")")
        if depth == 0:
            return k
    return None
