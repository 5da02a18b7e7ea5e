"""Members of families as source: a whole array, a slice, a picked member, or one value of a family kept by index."""

from __future__ import annotations

from dataclasses import dataclass

from derive.bounds import nonnegative
from derive.emission.code import ATOM, Code, EmissionError, Labels, spread
from derive.emission.numbers import Frame, mentioned
from derive.expression import Ref
from derive.index import Letter, Poly


@dataclass(frozen=True)
class Stored:
    """Where the members of a family are: in the array `variable` over `axes` or, with `outer` places, in a dict from
    their values to arrays over the other axes."""

    variable: str
    axes: Labels
    outer: tuple[int, ...] = ()

    @property
    def inner(self) -> Labels:
        return tuple(a for k, a in enumerate(self.axes) if k not in self.outer)

    @property
    def ragged(self) -> bool:
        """Whether the members have different shapes, or exist for combinations of indices only."""
        return any(self.axes[k] in a.free for k in self.outer for a in self.axes if a != self.axes[k])


def member(stored: Stored, node: Ref, frame: Frame) -> Code:
    """A member whose outer indices, if any, have a value."""
    if len(stored.axes) != len(node.indices):
        raise EmissionError(f"{node}: {node.name} has {len(stored.axes)} indices")
    text, values = stored.variable, dict(zip(stored.axes, node.indices))
    if stored.outer:
        text += f"[{', '.join(frame.number(node.indices[k]).text for k in stored.outer)}]"
    indices = [p for k, p in enumerate(node.indices) if k not in stored.outer]
    return picked(text, indices, [a.substitute(values) for a in stored.inner], frame)


def picked(text: str, indices: list[Poly], axes: list[Letter], frame: Frame) -> Code:
    """The members of an array at `indices`, counted from the low end of its axes."""
    if not indices:
        return Code(text)
    letters = [_only(frame, p) for p in indices]
    found = [a for a in letters if a is not None]
    if len(set(found)) < len(found) or any(len(frame.labels(p)) and a is None for p, a in zip(indices, letters)):
        return _gathered(text, indices, axes, frame)
    places = []
    for p, letter, axis in zip(indices, letters, axes):
        place = p - axis.low
        count = axis.count.substitute(frame.equal)
        if letter is None:
            places.append(frame.number(place).text)
            continue
        first, last = (place.substitute({letter: end}).substitute(frame.equal) for end in (letter.low, letter.high))
        if first.constant == 0 and last + 1 == count:
            places.append(":")
        elif nonnegative(first) and nonnegative(count - 1 - last):
            low = "" if first.constant == 0 else frame.number(first).text
            high = "" if last + 1 == count else frame.number(last + 1).text
            places.append(f"{low}:{high}")
        else:
            return _gathered(text, indices, axes, frame)
    while places and places[-1] == ":":
        places.pop()
    own = tuple(found)
    return Code(f"{text}[{', '.join(places)}]" if places else text, ATOM, own)


def _only(frame: Frame, p: Poly) -> Letter | None:
    """The axis letter that an index counts with, one by one."""
    found = frame.labels(p)
    return found[0] if len(found) == 1 and p.coefficient(found[0]) == 1 else None


def _gathered(text: str, indices: list[Poly], axes: list[Letter], frame: Frame) -> Code:
    """Picked by arrays of places. Places outside, which a condition around excludes, are moved inside."""
    labels = tuple(a for a in frame.axes if any(a in mentioned(p) for p in indices))
    places = []
    for p, axis in zip(indices, axes):
        place = frame.number(p - axis.low)
        inside = nonnegative(p - axis.low) and nonnegative(axis.high - p)
        shown = spread(place, labels) if place.labels else place
        if not inside:
            last = frame.number(axis.high - axis.low)
            shown = Code(frame.dialect.clip(shown.text, last.text)) if place.labels else shown
        places.append(shown.text)
    return Code(f"{text}[{', '.join(places)}]", ATOM, labels)
