"""Where a long formula may go on in another line: MathML in pieces, which the style lays out as a row that wraps.

MathML has no line breaks of its own. A list of ranges is taken apart between them, a formula in front of its relations,
else its plus and minus signs, else ⊙ and sum signs, else within brackets, else between factors. A piece that is still
too long is a row that wraps in its turn, so that a line ends at the outermost place where it can.
"""

from __future__ import annotations

import re
from functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from collections.abc import Callable

ROW = 24        # characters that fit into a line of a phone
_TAG = re.compile(r"<(/?)(\w+)[^>]*?(/?)>")
_BRACKETS = re.compile(r"(?:<(?P<raised>msup)>)?<mrow><mo>([(\[])</mo>(?P<body>.*)<mo>([)\]])</mo></mrow>"
                       r"(?(raised)(?P<power>.*)</msup>)", re.DOTALL)
_PLACES = tuple(map(re.compile, ("<mo>[=≠≤≥<>≈≔←]", "<mo>[+−]", "<mo>[⊙⊘]|<munder(over)?><mo>[∑∏]")))
_GAP, _WIDE_GAP = re.compile("<mspace"), re.compile(r'<mspace width="\.5em"')


def wrapping(markup: str) -> str:
    """What stands in `<math class="wraps">`; nothing where a formula is short enough for one line."""
    return "" if width(markup) <= ROW else "".join(map(_row, _pieces(elements(markup))))


def width(markup: str) -> int:
    """About how wide a formula is, in characters; what stands in fractions counts half."""
    return sum(len(_TAG.sub("", part)) // (2 if part.startswith("<mfrac") else 1) for part in elements(markup))


def elements(markup: str) -> list[str]:
    """The elements that stand side by side."""
    found, depth, start = list[str](), 0, 0
    for tag in _TAG.finditer(markup):
        closes, _, alone = tag.groups()
        depth += 0 if alone else -1 if closes else 1
        if depth == 0:
            found.append(markup[start:tag.end()].strip())
            start = tag.end()
    return found


def _row(piece: list[str]) -> str:
    """A piece as one element."""
    first = piece[0].replace("<mo>", '<mo form="infix">', 1) if piece[0].startswith("<mo>") else piece[0]
    text = "".join(map(_fraction, [first, *piece[1:]]))
    pieces = _pieces(piece) if width(text) > ROW else [piece]
    return f"<mrow>{text}</mrow>" if len(pieces) == 1 else f'<mrow class="wraps">{"".join(map(_row, pieces))}</mrow>'


def _fraction(part: str) -> str:
    """An element; a fraction with what stands above its line as a row that wraps, where that is long."""
    if not part.startswith("<mfrac>"):
        return part
    above, below = elements(part.removeprefix("<mfrac>").removesuffix("</mfrac>"))
    inner = elements(above.removeprefix("<mrow>").removesuffix("</mrow>")) if above.startswith("<mrow>") else []
    return f"<mfrac>{_row(inner)}{below}</mfrac>" if width("".join(inner)) > ROW else part


def _pieces(parts: list[str]) -> list[list[str]]:
    """At the first kind of place that there is; all in one where there is none."""
    ways: list[Callable[[list[str]], list[list[str]]]] = \
        [_behind_gaps, *(partial(_before, place) for place in _PLACES), _within, partial(_before, _GAP)]
    return next((pieces for pieces in (way(parts) for way in ways) if len(pieces) > 1), [parts])


def _behind_gaps(parts: list[str]) -> list[list[str]]:
    """Behind each wide gap."""
    pieces = [list[str]()]
    for part in parts:
        pieces[-1].append(part)
        if _WIDE_GAP.match(part):
            pieces.append([])
    return pieces


def _before(place: re.Pattern[str], parts: list[str]) -> list[list[str]]:
    """In front of each such element, but for one that an operator stands before."""
    pieces = [parts[:1]]
    for before, part in zip(parts, parts[1:]):
        if place.match(part) and not before.startswith("<mo"):
            pieces.append([])
        pieces[-1].append(part)
    return pieces


def _within(parts: list[str]) -> list[list[str]]:
    """In the first pair of brackets that is too long."""
    for k, part in enumerate(parts):
        inside = _BRACKETS.fullmatch(part) if width(part) > ROW else None
        if inside:
            first, *others = _pieces(elements(inside["body"]))
            pieces = [[*parts[:k], f'<mo form="prefix">{inside[2]}</mo>', *first], *others]
            closing = f'<mo form="postfix">{inside[4]}</mo>'
            end = f"<msup>{closing}{inside['power']}</msup>" if inside["raised"] else closing
            pieces[-1] = [*pieces[-1], end, *parts[k + 1:]]
            return pieces
    return [parts]
