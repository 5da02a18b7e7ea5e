"""Long formulas on narrow terminals: broken before operators, continued with a hanging indent, never cut."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

# A line breaks before one of these rather than elsewhere.
_LOOSE = ("+", "−", "=", "(")
_TIGHT = ("⊙", "⊘", "·")
_WIDE_STOPS = "，。；：、）"


def display_width(text: str) -> int:
    """The number of terminal cells: Chinese characters take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, width: int) -> str:
    return text + " " * (width - display_width(text))


def wrap(text: str, width: int, indent: str = "", hang: str | None = None) -> list[str]:
    """`text` in lines of at most `width` cells where its words allow it. The first line begins with `indent`, the
    others with `hang`. Nothing is left out: words that are too long stand alone and stick out."""
    hang = indent + "  " if hang is None else hang
    lines, lead = [], indent
    rest = text.strip()
    while display_width(lead + rest) > width:
        place = _break(rest, width - display_width(lead))
        if place is None:
            break
        lines.append(lead + rest[:place].rstrip())
        rest, lead = rest[place:].lstrip(), hang
    lines.append(lead + rest)
    return lines


def _break(text: str, room: int) -> int | None:
    """Where to break: as late as fits before a loose operator in the second half of the line, else before a tight
    one, else at any space; else at the first place after the room; None where there is none."""
    places = _places(text)
    inside = [(p, rank) for p, rank, used in places if used <= room]
    for rank in (0, 1, 2):
        found = [p for p, r in inside if r <= rank]
        if found and (rank == 2 or display_width(text[:found[-1]]) * 2 >= room):
            return found[-1]
    return next((p for p, _, used in places if used > room), None)


def _places(text: str) -> list[tuple[int, int, int]]:
    """(index, rank, cells used before it) of every place where the line may break."""
    places = []
    used = 0
    for k, c in enumerate(text):
        wide = not c.isascii() and east_asian_width(c) in "WF"
        if k and c == " ":
            places.append((k, _rank(text, k + 1), used))
        elif k and wide and c not in _WIDE_STOPS:
            places.append((k, 2, used))
        used += 2 if wide else 0 if combining(c) else 1
    return places


def _rank(text: str, start: int) -> int:
    following = text[start:start + 2].rstrip()
    return 0 if following in _LOOSE else 1 if following in _TIGHT else 2
