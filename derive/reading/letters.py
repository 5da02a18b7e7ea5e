"""Index letters while a formula is read: a letter stands for itself until the names that it indexes say its range."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

from derive.bounds import nonnegative
from derive.index import Letter, Poly, is_whole, poly
from derive.program import plain
from derive.reading.source import Source

_NUMBERED = re.compile(r"([^\W\d_]+)(\d+)('*)")


@dataclass(frozen=True)
class Limits:
    """The range that is stated for a letter outside of its formula. Where it is not `binding`, the letter still takes
    only those values for which every member exists."""

    low: Poly
    high: Poly
    binding: bool = True


def numbered(name: str) -> str:
    """The letter j2 is the letter j_2."""
    found = _NUMBERED.fullmatch(name)
    return f"{found[1]}_{found[2]}{found[3]}" if found else name


@dataclass
class Draft:
    """A letter whose range may not be known yet. `uses` are the ranges of the axes that it indexes, with the index;
    uses under a derivative that has not been carried out are `weak`."""

    name: str
    letter: Letter
    at: int
    low: Poly | None = None
    high: Poly | None = None
    bound: bool = False
    uses: list[tuple[Poly, Poly, Poly]] = field(default_factory=list)
    weak: list[tuple[Poly, Poly, Poly]] = field(default_factory=list)
    family: bool = False


class Letters:
    """The letters of one formula, by the scopes of its sums."""

    def __init__(self, source: Source, given: Mapping[str, Letter], limits: Mapping[str, Limits] | None = None):
        self.source, self.given = source, {numbered(name): letter for name, letter in given.items()}
        self.limits = {numbered(name): limit for name, limit in (limits or {}).items()}
        self.open = True            # whether a letter may stand free that does not stand free yet
        self.weakly = False         # whether a derivative that has not been carried out is being read
        self.free: dict[str, Draft] = {}
        self._bound: list[Draft] = []
        self._every: list[Draft] = []
        self._of: dict[Letter, Draft] = {}

    def _draft(self, name: str, at: int, **known: Poly | bool | None) -> Draft:
        """A letter that has no range yet: it is told from all others by its key."""
        name = numbered(name)
        draft = Draft(name, Letter(name, 1, 1), at, **known)    # type: ignore[arg-type]
        self._every.append(draft)
        self._of[draft.letter] = draft
        return draft

    # -- while the formula is read -----------------------------------------------------------------------------------
    @contextmanager
    def summing(self, name: str, at: int, low: Poly | None, high: Poly | None) -> Iterator[Draft]:
        """Inside, `name` is a new letter."""
        draft = self._draft(name, at, low=low, high=high, bound=True)
        self._bound.append(draft)
        try:
            yield draft
        finally:
            self._bound.pop()

    def find(self, name: str) -> Letter | None:
        """The letter that the name stands for here."""
        name = numbered(name)
        for draft in reversed(self._bound):
            if draft.name == name:
                return draft.letter
        if name in self.free:
            return self.free[name].letter
        return self.given.get(name)

    def make(self, name: str, at: int) -> Letter:
        """A new free letter.

        Raises:
            ReadingError: where no new letter may stand.
        """
        if not self.open:
            raise self.source.error(f"the letter {name} stands on the right side only; sum over it", at)
        draft = self._draft(name, at)
        limits = self.limits.get(draft.name)
        if limits is not None and limits.binding:
            draft.low, draft.high = limits.low, limits.high
        self.free[draft.name] = draft
        return draft.letter

    def use(self, axis: Letter, low: Poly, high: Poly, index: Poly) -> None:
        """An axis with this range is indexed by `index`."""
        for atom in index.atoms():
            draft = self._of.get(atom) if isinstance(atom, Letter) else None
            if draft is not None:
                (draft.weak if self.weakly else draft.uses).append((low, high, index))
                draft.family |= axis.family

    def in_order(self, one: str, other: str) -> bool:
        """Whether both are letters of this formula, and the second was met after the first."""
        met = [self._every.index(self._of[x]) for name in (one, other) if (x := self.find(name)) in self._of]
        return len(met) == 2 and met[0] < met[1]

    # -- when all of it has been read --------------------------------------------------------------------------------
    def settled(self) -> dict[Letter, Poly]:
        """What stands for each letter at last: the same letter, with its range.

        Raises:
            ReadingError: for a letter whose range nothing tells, or is told in two ways.
        """
        values: dict[Letter, Poly] = {}
        for draft in self._every:
            low, high = (p.substitute(values) for p in self._range(draft))
            loose = [a for a in low.free | high.free if a in self._of]
            if loose:
                raise self.source.error(f"the range of {draft.name} depends on {loose[0].name}, which is bound inside",
                                        draft.at)
            if not (is_whole(low) and is_whole(high)):
                raise self.source.error(f"the range of {draft.name} may end at what is no whole number", draft.at)
            values[draft.letter] = poly(Letter(draft.name, low, high, draft.family))
        return values

    def range_of(self, draft: Draft) -> tuple[Poly, Poly]:
        """The range of a letter by what was read so far."""
        return self._range(draft)

    def _range(self, draft: Draft) -> tuple[Poly, Poly]:
        if draft.low is not None and draft.high is not None:
            return draft.low, draft.high
        whole = [(low, high) for low, high, index in draft.uses or draft.weak if index.letter == draft.letter]
        if draft.bound:
            return self._declared(draft, whole)
        found = whole[0] if whole else self._shifted(draft)
        low, high = self._narrowed(draft, *self._stated(draft, *found))
        return (low if draft.low is None else draft.low), (high if draft.high is None else draft.high)

    def _declared(self, draft: Draft, whole: list[tuple[Poly, Poly]]) -> tuple[Poly, Poly]:
        """The range of a sum without bounds: the one of its letter, where every name under it has that; else the
        declared one of those names."""
        ranges = list(dict.fromkeys(whole))
        limits = self.limits.get(draft.name)
        if limits is not None and (len(ranges) != 1 or all(
                nonnegative(limits.low - low) and nonnegative(high - limits.high) for low, high in ranges)):
            return limits.low, limits.high
        if len(ranges) != 1:
            shown = " and ".join(f"{plain(low)}…{plain(high)}" for low, high in ranges)
            why = f"has the ranges {shown}" if ranges else "has no range"
            raise self.source.error(f"the sum over {draft.name} {why} in the names under it; write its bounds",
                                    draft.at)
        return ranges[0]

    def _stated(self, draft: Draft, low: Poly, high: Poly) -> tuple[Poly, Poly]:
        """The narrower of a range and the one that is stated."""
        limits = self.limits.get(draft.name)
        if limits is None:
            return low, high
        return (limits.low if nonnegative(limits.low - low) else low), \
            (limits.high if nonnegative(high - limits.high) else high)

    def _shifted(self, draft: Draft) -> tuple[Poly, Poly]:
        """The range of a letter that stands in sums only, h^(t+1), or in no index at all."""
        for use in draft.uses or draft.weak:
            found = _values(draft.letter, *use)
            if found is not None:
                return found
        limits = self.limits.get(draft.name)
        if limits is None:
            raise self.source.error(f"nothing tells the range of {draft.name}", draft.at)
        return limits.low, limits.high

    def _narrowed(self, draft: Draft, low: Poly, high: Poly) -> tuple[Poly, Poly]:
        """The values for which every member exists, as far as the ranges differ by numbers."""
        for use in (*draft.uses, *draft.weak):
            first, last = _values(draft.letter, *use) or (low, high)
            low = first if _positive(first - low) else low
            high = last if _positive(high - last) else high
        return low, high

    @property
    def every(self) -> list[Draft]:
        """All letters that were read, bound ones too."""
        return list(self._every)

    def limit(self, letter: Letter, low: Poly | None, high: Poly | None) -> None:
        """A condition bounds a free letter."""
        draft = self._of.get(letter)
        if draft is not None:
            draft.low, draft.high = draft.low if low is None else low, draft.high if high is None else high


def _positive(p: Poly) -> bool:
    return p.constant is not None and p.constant > 0


def _values(letter: Letter, low: Poly, high: Poly, index: Poly) -> tuple[Poly, Poly] | None:
    """From where to where a letter runs while an index such as i + 1 or 2i − 1 stays in a range; None for others."""
    step = index.coefficient(letter)
    if not isinstance(step, int) or step < 1:
        return None
    offset = index - poly(letter) * step
    if letter in offset.free:
        return None
    first, last = ((end - offset) * Fraction(1, step) for end in (low, high))
    if any(monomial and not isinstance(c, int) for end in (first, last) for monomial, c in end.terms):
        return None
    return first + (-first.offset % 1), last - last.offset % 1
