"""Where a long formula may go on in another line: MathML in pieces, which the style lays out as a row that wraps.

MathML has no line breaks of its own. A list of ranges is taken apart between them, a formula in front of its relations,
else its plus and minus signs, else ⊙ and sum signs, else within long brackets, else between factors, else within any
brackets. A piece that is still too long is a row that wraps in its turn, so that a line ends at the outermost place
where it can.
"""

from __future__ import annotations

import re
from functools import cache, partial

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from collections.abc import Callable

ROW, IN_FRACTION = 24, 16       # letters that fit into a line of a phone, and into a fraction beside something else
_TAG = re.compile(r"<(/?)(\w+)[^>]*?(/?)>")
_TOKEN = re.compile(r"<(/?)(\w+)([^>]*?)(/?)>([^<]*)")
_PLACES = tuple(map(re.compile, ("<mo>[=≠≤≥<>≈≔←]", "<mo>[+−]", "<mo>[⊙⊘]|<munder(over)?><mo>[∑∏]")))
_GAP, _WIDE_GAP, _SUM = re.compile("<mspace"), re.compile(r'<mspace width="\.5em"'), re.compile("<munder")
_OPENING = re.compile(r'<mo>[(\[]|<mo form="prefix">[|‖]')
_NARROW, _CLOSING, _TALL = re.compile(r"[()\[\]|‖,:′⊤]*"), '<mo form="postfix"', ' minsize="2em" maxsize="2em"'
SCRIPT = 0.7    # as large as a letter
SHORT = 6       # a factor


def wrapping(markup: str) -> str:
    """What stands in `<math class="wraps">`; nothing where a formula is short enough for one line."""
    return "" if width(markup) <= ROW else "".join(map(_row, _pieces(elements(markup))))


@cache
def width(markup: str) -> float:
    """About how wide a formula is, in letters. An operator has room around it; a fraction is as wide as its wider half,
    and a sum sign as what stands below it."""
    rows: list[tuple[str, list[float]]] = [("mrow", [])]
    for closes, tag, attributes, alone, text in _TOKEN.findall(markup):
        if closes:
            tag, widths = rows.pop()
            rows[-1][1].append(_side_by_side(tag, widths))
        elif alone:
            rows[-1][1].append(0.4)
        else:
            rows.append((tag, [_letters(tag, attributes, text.strip())]))
    return sum(rows[0][1])


def _letters(tag: str, attributes: str, text: str) -> float:
    if tag == "mo":
        return 0.6 * len(text) if _NARROW.fullmatch(text) or attributes else 2
    return len(text.replace("′", "")) + (tag == "msqrt")


def _side_by_side(tag: str, widths: list[float]) -> float:
    """How wide an element is that holds these; its own text is the first of them."""
    if tag == "mfrac":
        return max(widths)
    if tag in ("msub", "msup", "msubsup"):
        return widths[1] + SCRIPT * max(widths[2:])
    if tag in ("munder", "mover", "munderover"):
        return max(widths[1], *(SCRIPT * w for w in widths[2:]))
    return sum(widths)


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


def _inside(element: str) -> list[str]:
    """The elements that an element holds."""
    return elements(element[element.index(">") + 1:element.rindex("<")])


def _row(piece: list[str], room: float = ROW) -> str:
    """A piece as one element."""
    first = piece[0].replace("<mo>", '<mo form="infix">', 1) if piece[0].startswith("<mo>") else piece[0]
    whole = [first, *piece[1:]]
    if width("".join(whole)) > room:
        pieces = _pieces(piece)
        if len(pieces) > 1:
            return f'<mrow class="wraps">{"".join(_row(p, room) for p in pieces)}</mrow>'
        whole = list(map(_fractions, whole))
    return f"<mrow>{''.join(whole)}</mrow>"


def _fractions(part: str) -> str:
    """An element in which fractions have rows that wrap above and below their line, where those are long."""
    if width(part) <= IN_FRACTION or not part.startswith(("<mfrac>", "<mrow>")):
        return part
    if part.startswith("<mrow>"):
        return f"<mrow>{''.join(map(_fractions, _inside(part)))}</mrow>"
    halves = (_row(_inside(half), IN_FRACTION) if half.startswith("<mrow>") else half for half in _inside(part))
    return f"<mfrac>{''.join(halves)}</mfrac>"


def _pieces(parts: list[str]) -> list[list[str]]:
    """At the first kind of place that there is; all in one where there is none."""
    ways: list[Callable[[list[str]], list[list[str]]]] = \
        [_behind_gaps, *(partial(_before, place) for place in _PLACES), partial(_within, longer_than=ROW),
         partial(_before, _GAP), _within]
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
    """In front of each such element, but for one that an operator or a sum sign stands before, or that would leave a
    short factor of a sum alone."""
    pieces = [parts[:1]]
    for before, part in zip(parts, parts[1:]):
        bound = before.startswith(("<mo", "<munder")) and not before.startswith(_CLOSING)
        if place.match(part) and not bound and not (_SUM.match(part) and width("".join(pieces[-1])) < SHORT):
            pieces.append([])
        pieces[-1].append(part)
    return pieces


def _within(parts: list[str], longer_than: float = 0) -> list[list[str]]:
    """In the longest pair of brackets that can be taken apart."""
    for k in sorted(range(len(parts)), key=lambda k: -width(parts[k])):
        found = _opened(parts[k])
        if not found or width(parts[k]) <= longer_than:
            continue
        opening, *inside, closing = found
        first, *others = _pieces(inside)
        if others:
            pieces = [[*parts[:k], opening, *first], *others]
            pieces[-1] = [*pieces[-1], closing, *parts[k + 1:]]
            return pieces
    return [parts]


def _opened(part: str) -> list[str]:
    """Brackets and what stands between them, side by side, with the power at the closing one; of anything else
    nothing. In different lines they do not stretch alike: around what is tall both are given one size."""
    base, *power = _inside(part) if part.startswith("<msup>") else [part]
    found = _inside(base) if base.startswith("<mrow>") else []
    if len(found) == 1 and found[0].startswith("<mrow>"):
        found = _inside(found[0])
    if not found or not _OPENING.match(found[0]):
        return []
    size = _TALL if any(x.startswith(("<mfrac", "<munder")) for x in found) else ""
    opening, closing = (f'<mo form="{form}"{size}>{mo[mo.index(">") + 1:]}'
                        for mo, form in ((found[0], "prefix"), (found[-1], "postfix")))
    return [opening, *found[1:-1], f"<msup><mrow>{closing}</mrow>{power[0]}</msup>" if power else closing]
