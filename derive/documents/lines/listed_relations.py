"""Relations that several names share: `α, β > 0` is said of each of them, and `0 < β_1, β_2 < 1` on both sides."""

from __future__ import annotations

import re

from derive.documents.lines.lines import members_of
from derive.documents.lines.marks import marks
from derive.documents.lines.statements import Piece

_ORDER = frozenset("≤<≥>")
_MEMBER = re.compile(r"(\\?[^\W\d_]+)\s*_\s*(?:\w|\{\s*\w{1,9}\s*\})")
_DOTS = re.compile(r"…|\.\.\.|\\[lc]?dots")
_NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?")


def one_for_each(parts: list[Piece], line: Piece) -> list[Piece]:
    """The parts of a line, with one in place of a shared relation for each of its names."""
    found: list[Piece] = []
    for part in parts:
        names, behind = _names_in_front(part)
        if not names:
            found.append(part)
            continue
        before = _in_front_of_a_name(found[-1]) if found and _after_a_comma(found[-1], part, line) else None
        if before is not None:
            low, first = before
            found[-1:] = [Piece(f"{low}{n.text}{behind}", n.at) for n in (first, *names)]
        elif (base := _listed(names)) is not None:
            found.append(Piece(f"{base.text}{behind}", base.at))
        else:
            found += [part] if len(names) == 1 else [Piece(f"{n.text}{behind}", n.at) for n in names]
    return found


def _names_in_front(part: Piece) -> tuple[list[Piece], str]:
    """The names of `a, b > 0`, and what is said of each of them; none for anything else."""
    members, signs = members_of(part)
    if len(signs) != 1 or not set(signs) <= _ORDER or not all(members):
        return [], ""
    names = [members[0].cut(a, b) for a, b in _between_commas(members[0].text)]
    return (names, part.text[len(members[0].text):]) if all(names) else ([], "")


def _listed(names: list[Piece]) -> Piece | None:
    """The p of p_1, …, p_N, of which each is one."""
    bases = [m[1] for n in (names[0], names[-1]) if (m := _MEMBER.fullmatch(n.text))]
    dots = len(names) > 2 and _DOTS.fullmatch(names[-2].text)
    return Piece(bases[0], names[0].at) if dots and len(bases) == 2 and bases[0] == bases[1] else None


def _between_commas(text: str) -> list[tuple[int, int]]:
    commas = [m for m in marks(text) if m.sign == ","]
    return list(zip([0, *(m.end for m in commas)], [*(m.start for m in commas), len(text)]))


def _in_front_of_a_name(part: Piece) -> tuple[str, Piece] | None:
    """The `0 <` and the name of `0 < a`."""
    members, signs = members_of(part)
    if len(signs) != 1 or signs[0] not in "<≤" or not all(members) or not _NUMBER.fullmatch(members[0].text):
        return None
    return part.text[:members[1].at - part.at], members[1]


def _after_a_comma(first: Piece, second: Piece, line: Piece) -> bool:
    between = line.text[first.at + len(first.text) - line.at:second.at - line.at]
    return bool(re.fullmatch(r"\s*[,，、]\s*", between))
