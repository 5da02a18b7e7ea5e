"""Where a long formula may go on in another line: MathML in pieces, which the style lays out as a row that wraps.

MathML has no line breaks of its own. A list of ranges is taken apart between them, a formula in front of its relations,
else its plus and minus signs, else ⊙ and sum signs, else within long brackets, else between factors, else within any
brackets. A piece that is still too long is a row that wraps in its turn, so that a line ends at the outermost place
where it can.
"""

from __future__ import annotations

import re
from functools import cache, partial
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from collections.abc import Callable, Iterable

ROW, IN_FRACTION = 24, 16       # letters that fit into a line of a phone, and into a fraction beside something else
_PLACES = tuple(map(re.compile, ("<mo>[=≠≤≥<>≈≔←]", "<mo>[+−]", "<mo>[⊙⊘]|<munder(over)?><mo>[∑∏]")))
_GAP, _WIDE_GAP, _SUM = re.compile("<mspace"), '<mspace width=".5em"', "<munder"
_OPENING = re.compile(r'<mo>[(\[]|<mo form="prefix">[|‖]')
_NARROW, _CLOSING, _TALL = re.compile(r"[()\[\]|‖,:′⊤]*"), '<mo form="postfix"', ' minsize="2em" maxsize="2em"'
SCRIPT = 0.7    # as large as a letter
SHORT = 6       # a factor


class Element(NamedTuple):
    """An element of MathML with what stands in it. It is about so many letters wide: an operator has room around it; a
    fraction is as wide as its wider half, and a sum sign as what stands below it."""

    markup: str
    width: float
    inside: list[Element]


@cache
def wrapping(markup: str) -> str:
    """What stands in `<math class="wraps">`; nothing where a formula is short enough for one line."""
    parts = elements(markup)
    return "" if _wide(parts) <= ROW else "".join(map(_row, _pieces(parts)))


def width(markup: str) -> float:
    """About how wide a formula is, in letters."""
    return _wide(elements(markup))


def elements(markup: str) -> list[Element]:
    """The elements that stand side by side, from one pass through the markup."""
    found = list[Element]()
    outer = list[tuple[int, str, float, list[Element]]]()   # of each open element: its place, and what stands beside it
    before, *tokens = markup.split("<")
    at = len(before)
    for token in tokens:
        if token.startswith("/"):
            start, tag, own, beside = outer.pop()
            shown = markup[start:at + token.index(">") + 2]
            beside.append(Element(shown, _side_by_side(tag, own, found) if found else own, found))
            found = beside
        else:
            tag, own, ends = _opens(token)
            if ends:
                found.append(Element(f"<{token[:ends]}", own, []))
            else:
                outer.append((at, tag, own, found))
                found = []
        at += len(token) + 1
    return found


@cache
def _opens(token: str) -> tuple[str, float, int]:
    """Of `tag attributes>text` the tag, how wide the text is, and where an element ends that holds nothing."""
    start, _, text = token.partition(">")
    tag, _, attributes = start.removesuffix("/").partition(" ")
    if start.endswith("/"):
        return tag, 0.4, len(start) + 1
    text = text.strip()
    if tag == "mo":
        return tag, 0.6 * len(text) if attributes or _NARROW.fullmatch(text) else 2, 0
    return tag, len(text.replace("′", "")) + (tag == "msqrt"), 0


def _side_by_side(tag: str, own: float, inside: list[Element]) -> float:
    """How wide an element is that holds these beside its own text."""
    if tag == "mfrac":
        return max(own, *(e.width for e in inside))
    if tag in ("msub", "msup", "msubsup"):
        return inside[0].width + SCRIPT * max(e.width for e in inside[1:])
    if tag in ("munder", "mover", "munderover"):
        return max(inside[0].width, *(SCRIPT * e.width for e in inside[1:]))
    return own + _wide(inside)


def _wide(parts: Iterable[Element]) -> float:
    return sum(part.width for part in parts)


def _row(piece: list[Element], room: float = ROW) -> str:
    """A piece as one element."""
    first, *others = piece
    if first.markup.startswith("<mo>"):
        first, = elements(first.markup.replace("<mo>", '<mo form="infix">', 1))
    whole = [first, *others]
    if _wide(whole) > room:
        pieces = _pieces(piece)
        if len(pieces) > 1:
            return f'<mrow class="wraps">{"".join(_row(p, room) for p in pieces)}</mrow>'
        return f"<mrow>{''.join(map(_fractions, whole))}</mrow>"
    return f"<mrow>{_markup(whole)}</mrow>"


def _fractions(part: Element) -> str:
    """An element in which fractions have rows that wrap above and below their line, where those are long."""
    if part.width <= IN_FRACTION or not part.markup.startswith(("<mfrac>", "<mrow>")):
        return part.markup
    if part.markup.startswith("<mrow>"):
        return f"<mrow>{''.join(map(_fractions, part.inside))}</mrow>"
    halves = (_row(half.inside, IN_FRACTION) if half.markup.startswith("<mrow>") else half.markup
              for half in part.inside)
    return f"<mfrac>{''.join(halves)}</mfrac>"


def _markup(parts: Iterable[Element]) -> str:
    return "".join(part.markup for part in parts)


def _pieces(parts: list[Element]) -> list[list[Element]]:
    """At the first kind of place that there is; all in one where there is none."""
    ways: list[Callable[[list[Element]], list[list[Element]]]] = \
        [_behind_gaps, *(partial(_before, place) for place in _PLACES), partial(_within, longer_than=ROW),
         partial(_before, _GAP), _within]
    return next((pieces for pieces in (way(parts) for way in ways) if len(pieces) > 1), [parts])


def _behind_gaps(parts: list[Element]) -> list[list[Element]]:
    """Behind each wide gap but a last one."""
    pieces = [parts[:1]]
    for before, part in zip(parts, parts[1:]):
        if before.markup.startswith(_WIDE_GAP):
            pieces.append([])
        pieces[-1].append(part)
    return pieces


def _before(place: re.Pattern[str], parts: list[Element]) -> list[list[Element]]:
    """In front of each such element, but for one that an operator or a sum sign stands before, or that would leave a
    short factor of a sum alone."""
    pieces = [parts[:1]]
    for before, part in zip(parts, parts[1:]):
        if place.match(part.markup):
            bound = before.markup.startswith(("<mo", "<munder")) and not before.markup.startswith(_CLOSING)
            if not bound and not (part.markup.startswith(_SUM) and _wide(pieces[-1]) < SHORT):
                pieces.append([])
        pieces[-1].append(part)
    return pieces


def _within(parts: list[Element], longer_than: float = 0) -> list[list[Element]]:
    """In the longest pair of brackets that can be taken apart."""
    for k in sorted(range(len(parts)), key=lambda k: -parts[k].width):
        found = _opened(parts[k]) if parts[k].width > longer_than else []
        if not found:
            continue
        opening, *inside, closing = found
        first, *others = _pieces(inside)
        if others:
            pieces = [[*parts[:k], opening, *first], *others]
            pieces[-1] = [*pieces[-1], closing, *parts[k + 1:]]
            return pieces
    return [parts]


def _opened(part: Element) -> list[Element]:
    """Brackets and what stands between them, side by side, with the power at the closing one; of anything else
    nothing. In different lines they do not stretch alike: around what is tall both are given one size."""
    base, *power = part.inside if part.markup.startswith("<msup>") else [part]
    found = base.inside if base.markup.startswith("<mrow>") else []
    if len(found) == 1 and found[0].markup.startswith("<mrow>"):
        found = found[0].inside
    if not found or not _OPENING.match(found[0].markup):
        return []
    size = _TALL if any(x.markup.startswith(("<mfrac", "<munder")) for x in found) else ""
    opening, closing = (f'<mo form="{form}"{size}>{mo.markup[mo.markup.index(">") + 1:]}'
                        for mo, form in ((found[0], "prefix"), (found[-1], "postfix")))
    if power:
        closing = f"<msup><mrow>{closing}</mrow>{power[0].markup}</msup>"
    return [*elements(opening), *found[1:-1], *elements(closing)]
