"""How far the letters of an equation run, as far as that is told without shapes.

There are several ways to tell it, asked in this order: the range that is stated for a letter, sums over it elsewhere,
a list x_1, …, x_n of which it is the index, the range that is stated in other equations, what is usual for it, sums
over it in other parts of the document, a count that is good for nothing else, that any one sample x_i is meant, and
letters that stand in the same places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from derive.bounds import coefficient_sign, nonnegative
from derive.documents.names.model import Equation, Range, Survey
from derive.documents.names.sequences import alike, index_letters_of, nodes_of, sequences, steps_from_zero
from derive.documents.problems import Unreadable
from derive.documents.shapes.same_places import SamePlaces
from derive.documents.shapes.told_ends import Ends, ToldEnds
from derive.documents.trees.bound_letters import bound_letters
from derive.documents.trees.indices import NoIndex, Polynomials
from derive.documents.trees.trees import words
from derive.index import Letter, Poly, Size, poly
from derive.reading.indices import arguments
from derive.reading.letters import Limits
from derive.reading.nodes import plain
from derive.reading.syntax import BINDERS, Node

_STEPS = "tτl"
_COUNTS = "NMRSJ"       # names for how many samples there are, where nothing else has them
LENGTHS = {"t": "T", "τ": "T", "l": "L", "n": "N", "k": "K", "i": "n", "s": "S"}


class LetterRanges:
    """The ranges of the letters of a document. `sequences` are those that count."""

    def __init__(self, survey: Survey, sizes: dict[str, Size]):
        self.survey, self.sizes, self.tells = survey, sizes, ToldEnds(survey, sizes)
        self.sequences: frozenset[str] = frozenset()
        self._count = ""
        self._places: dict[str, Ends] = {}
        self._alike: dict[str, str] = {}
        self._sums: dict[str, Ends] = {}
        self._lists: dict[str, Ends] = {}
        self._others: dict[str, Poly] = {}
        self._next: dict[int, str] = {}
        self._samples: frozenset[str] = frozenset()
        self._lasts: dict[str, str] = {}
        self._counted: set[str] = set()
        self._ways = (self._by_sums, self._by_a_list, self._by_other_equations, self._as_usual, self._by_the_document,
                      self._by_a_count, self._by_one_sample, self._by_its_place)
        self.classes = poly(Size("?class"))     # how many there are: an open size, as long as nothing tells it

    def learn(self, definitions: list[Equation]) -> None:
        """Takes from all definitions what they tell about letters."""
        self._others = self.tells.stated_once(definitions)
        counting = sequences(definitions)
        self._next = dict(steps_from_zero(definitions, [*definitions, *self.survey.equations],
                                          [d.member for d in self.survey.declared.values()]))
        self._alike = alike(definitions, counting)
        self.sequences = counting | self._alike.keys()
        self._lasts = dict(self.tells.last_members(self.sequences))
        self._counted = self.tells.declared_families()
        self._sums = self._of_sums(definitions)
        self._lists = dict(self.tells.lists(definitions)) | dict(self.tells.outer_sides(definitions))
        self._samples = frozenset(self.tells.samples())
        self._lists |= {x: ends for x, ends in self.tells.sides(definitions) if x in self._samples}
        self._lists |= dict(self.tells.other_letters(definitions))
        self._places = dict(self._of_places())

    def of(self, equation: Equation) -> dict[str, Ends]:
        """The range of every letter of an equation whose range is known: by one of the ways, or by a sum's bounds."""
        found: dict[str, Ends] = {}
        stated = {**self.survey.ranges, **{r.letter: r for r in equation.ranges}}
        free = equation.context.left
        of_a_class = {self.survey.of_a_class} & words(equation.members)
        for letter in sorted(free | set(stated) | of_a_class):
            ranged = stated.get(letter)
            ends = None if ranged is not None and ranged.high is not None else self._by_shifts(letter, equation)
            ends = ends or self.told(letter, ranged, letter in free)
            if ends is not None and self._next.get(id(equation)) == letter and letter not in stated:
                ends = (ends[0] - 1, ends[1] - 1)
            if ends is not None:
                later = ends[0] == poly(0) and _goes_back(equation) and not any(
                    r.letter == letter and r.own for r in equation.ranges)
                found[letter] = (poly(1), ends[1]) if later else ends
        for node in nodes_of(equation):
            if node.kind in BINDERS:
                open_ends = _ends_at(node) - free - found.keys() - equation.context.bound - self.survey.sizes.keys()
                found |= {x: ends for x in open_ends if (ends := self._as_usual(x, True)) is not None}
                found |= {x: ends for x in bound_letters(node) if (
                    ends := self._by_a_count(x, False) or self._places.get(x) if x not in found else None) is not None}
                self._add_bounds(node, found)
        return found

    def limits(self, equation: Equation) -> dict[str, Limits]:
        return {x: Limits(*ends) for x, ends in self.of(equation).items()}

    def reach(self, item: Node, equation: Equation) -> Ends | None:
        """The least and the largest value of an index, in an equation for all values of its letters."""
        ranges = self.of(equation)
        names = [x for x in index_letters_of(item) if x in ranges]
        drafts = {x: Letter(x, 1, 1) for x in names}
        try:
            index = Polynomials(drafts, self.sizes).of(item)
            lows: list[Poly] = [index]
            highs: list[Poly] = [index]
            for x in names:
                first, last = _ends_by_sign(index, drafts[x], ranges[x])
                lows = [p.substitute({drafts[x]: e}) for p in lows for e in first]
                highs = [p.substitute({drafts[x]: e}) for p in highs for e in last]
        except NoIndex as error:
            raise Unreadable(str(error), equation.formula.at(error.at)) from None
        least, most = extreme(lows, -1), extreme(highs, 1)
        return None if least is None or most is None else (least, most)

    # -- the ways to tell a range --------------------------------------------------------------------------------
    def told(self, letter: str, ranged: Range | None, free: bool) -> Ends | None:
        """The range of a letter by the first way that tells it, with the ends that are stated; `free` says that the
        letter stands on the left of the equation."""
        try:
            low = self.tells.end(ranged.low) if ranged and ranged.low else None
            high = self.tells.end(ranged.high) if ranged and ranged.high else None
        except NoIndex:     # k < t: it is told where the equation is read
            return None
        if high is not None:
            return (poly(1) if low is None else low), high
        if letter == self.survey.of_a_class:
            return poly(1), self.classes
        ways = sorted(self._ways, key=lambda way: way == self._as_usual) if letter in self.survey.ends else self._ways
        ends = next((e for way in ways if (e := way(letter, free)) is not None), None)
        return ends if ends is None or low is None else (low, ends[1])

    def settle(self, resolved: Callable[[Poly], Poly]) -> None:
        """Takes the lengths that the shapes have told."""
        self.classes = resolved(self.classes)

    def _by_shifts(self, letter: str, equation: Equation) -> Ends | None:
        """The i of y_i = x_i + x_{i+1} after x ∈ ℝ^n: all for which both exist; a step t counts something else."""
        if letter in self.sequences or letter in _STEPS:
            return None
        lows, highs, draft = [1], list[Poly](), Letter(letter, 1, 1)
        shifted = False
        for member, _ in equation.seen:
            declared = self.survey.declared.get(member.name)
            if declared is None or declared.member.indices or len(declared.dimensions) != len(member.indices):
                continue
            for item, side in zip(member.indices, declared.dimensions):
                if letter not in index_letters_of(item):
                    continue
                try:
                    by = (Polynomials({letter: draft}, self.sizes).of(item) - draft).constant
                    end = self.tells.along(side)[1]
                except NoIndex:
                    return None
                if by is None:
                    return None
                shifted |= by != 0
                lows.append(1 - int(by))
                highs.append(end - by)
        high = extreme(highs, -1) if shifted else None
        return None if high is None else (poly(max(lows)), high)

    def _by_sums(self, letter: str, free: bool) -> Ends | None:
        return self._sums.get(letter) if free else None

    def _by_a_list(self, letter: str, free: bool) -> Ends | None:
        return self._lists.get(letter) if free else None

    def _by_other_equations(self, letter: str, free: bool) -> Ends | None:
        high = self._others.get(letter) if letter in self.sequences else None
        return None if high is None else (poly(1), high)

    def _as_usual(self, letter: str, free: bool) -> Ends | None:
        """From 1 to T for t, and to L for l."""
        return (poly(1), self._usual_length(letter)) if letter in self.sequences else None

    def _by_the_document(self, letter: str, free: bool) -> Ends | None:
        """As far as sums over it run elsewhere in the document; as all of them do, where they are equally long."""
        every = set(self.survey.ends.values())
        name = self.survey.ends.get(letter) or (min(every) if len(every) == 1 else None)
        return None if name is None or not free else (poly(1), poly(self.sizes.setdefault(name, self._size(name))))

    def _size(self, name: str) -> Size:
        """A size that nothing but a letter's range needs."""
        return Size(name, (), self.survey.least.get(name, 1))

    def _by_one_sample(self, letter: str, free: bool) -> Ends | None:
        """As many as one likes, where a document speaks of any one of them."""
        if letter not in self._samples:
            return None
        self._count = self._count or self._new_count()
        return (poly(1), poly(self.sizes[self._count])) if self._count else None

    def _new_count(self) -> str:
        """A size with a name that nothing has; empty where there is none."""
        taken = {m.name for e in self.survey.equations for side in e.names for m, _ in side}
        taken |= self.survey.declared.keys() | self.sizes.keys()
        name = next((n for n in _COUNTS if n not in taken), "")
        if name:
            self.sizes[name] = self._size(name)
        return name

    def _by_its_place(self, letter: str, free: bool) -> Ends | None:
        return self._places.get(letter)

    def _by_a_count(self, letter: str, free: bool) -> Ends | None:
        """To T, of which T ∈ ℕ is all that is said, for the i of x_i ∈ ℝ^d."""
        if letter not in self._counted:
            return None
        used = words(side for e in self.survey.equations for side in e.formula.sides)
        used |= words(side.tree for d in self.survey.declared.values() for side in d.dimensions)
        used |= words(end[0] for r in self.survey.ranges.values() for end in (r.low, r.high) if end is not None)
        idle = self.survey.counts - used
        return (poly(1), poly(self.sizes[min(idle)])) if len(idle) == 1 and idle <= self.sizes.keys() else None

    def _usual_length(self, letter: str) -> Poly:
        name = usual_length(self._alike.get(letter, letter))
        name = name if name in self.sizes else self._lasts.get(letter, name)
        return poly(self.sizes.setdefault(name, self._size(name)))

    # -- what the definitions tell -------------------------------------------------------------------------------
    def _of_sums(self, definitions: list[Equation]) -> dict[str, Ends]:
        """Letters over which sums with the same numbers and sizes as bounds run: of ŷ_i and Σ_{i=1}^{N}, i is one."""
        found: dict[str, set[Ends]] = {}
        for equation in definitions:
            for node in nodes_of(equation):
                if node.kind == "big_sum":
                    ends: dict[str, Ends] = {}
                    self._add_bounds(node, ends)
                    for letter, (low, high) in ends.items():
                        later = low.constant is not None and low.constant > 1       # Σ_{j=2} leaves one out
                        found.setdefault(letter, set()).add((poly(1) if later else low, high))
        return {x: next(iter(ranges)) for x, ranges in found.items() if len(ranges) == 1 and x not in self.sequences}

    def _of_places(self) -> Iterator[tuple[str, Ends]]:
        """Letters that stand in the same places as others: as far as it is stated for those, or, where nothing is
        stated for any of them, as many as one likes."""
        places = SamePlaces(self.survey)
        for group in places.groups:
            stated = places.stated(group)
            ends: set[Ends] = set()
            with suppress(NoIndex):
                ends = {(poly(1) if r.low is None else self.tells.end(r.low), self.tells.end(r.high))
                        for r in stated if r.high is not None}
            steps = group & self.sequences - (set("l") if len(group) > 1 else set())     # Σ_l s_{il} beside s_{ij}
            if not stated and not steps and places.is_summed_over(group):
                name = self._count if group & self._samples and self._count else self._new_count()
                self._count = name if group & self._samples else self._count
                ends = {(poly(1), poly(self.sizes[name]))} if name else ends
            if len(ends) == 1:
                yield from ((x, next(iter(ends))) for x in group - self.survey.ranges.keys())

    # -- the bounds of sums --------------------------------------------------------------------------------------
    def _add_bounds(self, node: Node, found: dict[str, Ends]) -> None:
        """Σ_{k=1}^{t}: k reaches as far as t does."""
        scripts = node.parts[0]
        below = next((arguments(s.parts[0]) for s in scripts if s.kind == "lowered"), ())
        above = next((s.parts[0] for s in scripts if s.kind == "raised"), None)
        if len(below) == 1 and below[0].kind == "ident" and above is not None:      # Σ_i^n
            with suppress(NoIndex):
                found[below[0].parts[0].text] = (poly(1), Polynomials({}, self.sizes).of(plain(above)))
            return
        if len(below) != 1 or below[0].kind != "relation" or above is None:
            self._add_letters(below, found)
            return
        if len(below[0].parts[0]) != 2:
            return
        (first, low), _ = below[0].parts
        drafts = {x: Letter(x, 1, 1) for x in found}
        reader = Polynomials(drafts, self.sizes)
        try:
            ends = reader.of(low), reader.of(plain(above))
        except NoIndex:
            return
        for letter in index_letters_of(first):
            found[letter] = (ends[0].substitute({d: found[x][0] for x, d in drafts.items()}),
                             ends[1].substitute({d: found[x][1] for x, d in drafts.items()}))

    def _add_letters(self, below: Iterable[Node], found: dict[str, Ends]) -> None:
        """Σ_t without bounds"""
        for item in below:
            for letter in index_letters_of(item) if item.kind != "relation" else ():
                if letter in self.sequences:
                    found.setdefault(letter, (poly(1), self._usual_length(letter)))


def _goes_back(equation: Equation) -> bool:
    """Whether it is a_t = ρ a_{t−1} + …, which says nothing of a_0."""
    own = {m.name for m, _ in equation.names[0]} if equation.names else set()
    return any(m.name in own and i.kind == "sum" and True in i.parts[0]
               for side in equation.names[1:] for m, _ in side for i in m.indices)


def _ends_at(node: Node) -> set[str]:
    """The letter at which a sum ends: the t of Σ_{i=1}^{t}."""
    ends = [plain(s.parts[0]) for s in node.parts[0] if s.kind == "raised"]
    return {e.parts[0].text for e in ends if e.kind == "ident"}


def usual_length(letter: str) -> str:
    """The size to which a letter runs where nothing else is said."""
    return LENGTHS.get(letter, letter.upper())


def _ends_by_sign(index: Poly, letter: Letter, ends: Ends) -> tuple[tuple[Poly, ...], tuple[Poly, ...]]:
    """At which ends of a letter's range an index may be least, and at which it may be largest: t − 1 is least where t
    is, also where nothing tells that T ≥ 2."""
    sign = coefficient_sign(index, letter)
    if sign is None:
        return ends, ends
    return (ends[:1], ends[1:]) if sign > 0 else (ends[1:], ends[:1])


def extreme(values: Iterable[Poly | None], sign: int, known: Sequence[Poly] = ()) -> Poly | None:
    """The largest (or with −1 the least) of polynomials that differ by numbers, or of which sizes tell that they are
    not smaller, by what is `known` not to be negative; None where nothing tells."""
    best: Poly | None = None
    for value in values:
        if value is None:
            return None
        if best is None or _beyond(value, best, sign, known):
            best = value
        elif not _beyond(best, value, sign, known) and value != best:
            return None
    return best


def _beyond(a: Poly, b: Poly, sign: int, known: Sequence[Poly]) -> bool:
    return nonnegative((a - b) * sign, tuple(known))
