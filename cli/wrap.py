"""Long formulas on narrow terminals: broken before operators, continued with a hanging indent, never cut."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

# A formula breaks before one of these rather than elsewhere.
_LOOSE = ("+", "−", "=")
_TIGHT = ("⊙", "⊘", "·")
_WIDE_STOPS = "，。；：、）"


def display_width(text: str) -> int:
    """The number of terminal cells: Chinese characters take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, width: int) -> str:
    return text + " " * (width - display_width(text))


def wrap(text: str, width: int, indent: str = "", hang: str | None = None, prose: bool = False) -> list[str]:
    """`text` in lines of at most `width` cells where its words allow it. The first line begins with `indent`, the
    others with `hang`. Nothing is left out: words that are too long stand alone and stick out. In prose every space
    will do; a formula is broken before an operator, outside of brackets if possible."""
    hang = indent + "  " if hang is None else hang
    lines, lead = [], indent
    rest = text.strip()
    while display_width(lead + rest) > width:
        place = _break(rest, width - display_width(lead), prose)
        if place is None:
            break
        lines.append(lead + rest[:place].rstrip())
        rest, lead = rest[place:].lstrip(), hang
    lines.append(lead + rest)
    return lines


def _break(text: str, room: int, prose: bool) -> int | None:
    """Where to break: the best kind of place that fits in the second half of the line, as late as possible; else the
    last place that fits; else the first one after the room; None where there is none."""
    places = _places(text, prose)
    inside = [(place, rank) for place, rank, used in places if used <= room]
    for wanted in sorted({rank for _, rank in inside}):
        last = max(place for place, rank in inside if rank <= wanted)
        if display_width(text[:last]) * 2 >= room:
            return last
    if inside:
        return inside[-1][0]
    return next((place for place, _, used in places if used > room), None)


def _places(text: str, prose: bool) -> list[tuple[int, int, int]]:
    """(index, rank, cells used before it) of every place where the line may break; rank 0 is the best."""
    places = []
    used = depth = 0
    for k, c in enumerate(text):
        wide = not c.isascii() and east_asian_width(c) in "WF"
        if k and c == " ":
            places.append((k, 0 if prose else _rank(text, k + 1) + 3 * min(depth, 2), used))
        elif k and wide and c not in _WIDE_STOPS:
            places.append((k, 0 if prose else 9, used))
        depth += (c in "([{") - (c in ")]}")
        used += 2 if wide else 0 if combining(c) else 1
    return places


def _rank(text: str, start: int) -> int:
    following = text[start:start + 2].rstrip()
    return 0 if following in _LOOSE else 1 if following in _TIGHT else 2
