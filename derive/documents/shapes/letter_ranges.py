"""How far the letters of an equation run, as far as that is told without shapes.

There are several ways to tell it, asked in this order: the range that is stated for a letter, sums over it elsewhere,
a list x_1, …, x_n of which it is the index, the range that is stated in other equations, what is usual for it, sums
over it in other parts of the document, a count that is good for nothing else, and that any one sample x_i is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import suppress

from derive.bounds import coefficient_sign, nonnegative
from derive.documents.names.model import Equation, Range, Survey
from derive.documents.names.sequences import alike, index_letters_of, nodes_of, sequences, steps_from_zero
from derive.documents.problems import Unreadable
from derive.documents.trees.bound_letters import bound_letters
from derive.documents.trees.indices import NoIndex, Polynomials, size_name
from derive.documents.trees.trees import Formula, words
from derive.index import Letter, Poly, Size, poly
from derive.reading.indices import arguments
from derive.reading.letters import Limits
from derive.reading.nodes import plain
from derive.reading.syntax import BINDERS, Node

Ends = tuple[Poly, Poly]
_STEPS = "tτl"
_COUNTS = "NMRSJ"       # names for how many samples there are, where nothing else has them
LENGTHS = {"t": "T", "τ": "T", "l": "L", "n": "N", "k": "K", "i": "n", "s": "S"}


class LetterRanges:
    """The ranges of the letters of a document. `sequences` are those that count."""

    def __init__(self, survey: Survey, sizes: dict[str, Size]):
        self.survey, self.sizes = survey, sizes
        self.sequences: frozenset[str] = frozenset()
        self._count = ""
        self._alike: dict[str, str] = {}
        self._sums: dict[str, Ends] = {}
        self._lists: dict[str, Ends] = {}
        self._others: dict[str, Poly] = {}
        self._next: dict[int, str] = {}
        self._samples: frozenset[str] = frozenset()
        self._lasts: dict[str, str] = {}
        self._counted: set[str] = set()
        self._ways = (self._by_sums, self._by_a_list, self._by_other_equations, self._as_usual, self._by_the_document,
                      self._by_a_count, self._by_one_sample)
        self.classes = poly(Size("?class"))     # how many there are: an open size, as long as nothing tells it

    def learn(self, definitions: list[Equation]) -> None:
        """Takes from all definitions what they tell about letters."""
        self._others = self._stated_once(definitions)
        counting = sequences(definitions)
        self._next = dict(steps_from_zero(definitions, [*definitions, *self.survey.equations],
                                          [d.member for d in self.survey.declared.values()]))
        self._alike = alike(definitions, counting)
        self.sequences = counting | self._alike.keys()
        self._lasts = dict(self._of_last_members())
        self._counted = self._of_declared_families()
        self._sums = self._of_sums(definitions)
        self._lists = dict(self._of_lists(definitions)) | dict(self._of_outer_sides(definitions))
        self._samples = frozenset(self._of_samples())
        self._lists |= {x: ends for x, ends in self._of_sides(definitions) if x in self._samples}
        self._lists |= dict(self._of_other_letters(definitions))

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
                found |= {x: ends for x in bound_letters(node) if (ends := self._by_a_count(x, False)) is not None}
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
            low = self._end(ranged.low) if ranged and ranged.low else None
            high = self._end(ranged.high) if ranged and ranged.high else None
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
                    end = self._along(side)[1]
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
        taken = {m.name for e in self.survey.equations for side in e.names for m, _ in side}
        taken |= self.survey.declared.keys() | self.sizes.keys()
        self._count = self._count or next((n for n in _COUNTS if n not in taken), "")
        return (poly(1), poly(self.sizes.setdefault(self._count, self._size(self._count)))) if self._count else None

    def _by_a_count(self, letter: str, free: bool) -> Ends | None:
        """To T, of which T ∈ ℕ is all that is said, for the i of x_i ∈ ℝ^d."""
        if letter not in self._counted:
            return None
        used = words(side for e in self.survey.equations for side in e.formula.sides)
        used |= words(side.tree for d in self.survey.declared.values() for side in d.dimensions)
        used |= words(end[0] for r in self.survey.ranges.values() for end in (r.low, r.high) if end is not None)
        idle = self.survey.sizes.keys() - used
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

    def _of_lists(self, definitions: list[Equation]) -> Iterator[tuple[str, Ends]]:
        """The letters that index x, after x_1, …, x_n ∈ ℝ^d, and how far they run then."""
        ends: dict[str, Ends] = {}
        for name, declared in self.survey.declared.items():
            if declared.last is not None and len(declared.member.indices) == len(declared.last.indices) == 1:
                with suppress(NoIndex):
                    reader = Polynomials({}, self.sizes)
                    ends[name] = reader.of(declared.member.indices[0]), reader.of(declared.last.indices[0])
        for member, _ in (n for e in definitions for n in e.seen):
            if member.name in ends and member.indices and member.indices[0].kind == "ident":
                yield member.indices[0].parts[0].text, ends[member.name]

    def _of_declared_families(self) -> set[str]:
        """The i of x_i ∈ ℝ^d, and the letters that stand where it does: the j of Σ_j e_j beside e_i."""
        found = {x for d in self.survey.declared.values() for i in d.member.indices for x in index_letters_of(i)}
        places: dict[tuple[str, int], set[str]] = {}
        for member, _ in (n for e in self.survey.equations for side in e.names for n in side) if found else ():
            for place, item in enumerate(member.indices):
                places.setdefault((member.name, place), set()).update(index_letters_of(item))
        return found.union(*(letters for letters in places.values() if letters & found))

    def _of_last_members(self) -> Iterator[tuple[str, str]]:
        """The M of a^{(M)} beside a^{(l)}, where it is the only one."""
        letters: dict[tuple[str, int], set[str]] = {}
        lasts: dict[tuple[str, int], set[str]] = {}
        for member, _ in (n for e in self.survey.equations for side in e.names for n in side):
            for place, item in enumerate(member.indices):
                shown = item.parts[0].text if item.kind == "ident" else ""
                found = lasts if shown in self.sizes and shown.isupper() else letters
                found.setdefault((member.name, place), set()).add(shown)
        for letter in self.sequences:
            ends = {x for key, some in letters.items() if letter in some for x in lasts.get(key, ())}
            if len(ends) == 1:
                yield letter, ends.pop()

    def _of_samples(self) -> Iterator[str]:
        """The i of x_i ∈ ℝ^d, where x has that index wherever it stands, and nothing is summed over it; so too the c of
        Y_{c,i,j}, which nothing declares."""
        indices: dict[str, set[str]] = {}
        for member, _ in (n for e in self.survey.equations for side in e.names for n in side):
            shown = [i.parts[0].text if i.kind == "ident" else "" for i in member.indices]
            indices.setdefault(member.name, set()).add(shown[0] if shown else "")
        bound = {x for e in self.survey.equations for x in e.context.bound}
        for equation in self.survey.equations:
            for member, _ in equation.names[0] if equation.names else ():
                if len(member.below) > 2 and not member.above and member.name not in self.survey.declared:
                    outer = {x for i in member.below[:-2] if i.kind == "ident" for x in index_letters_of(i)}
                    yield from outer & equation.context.left - bound - self.survey.ranges.keys()
        for name, declared in self.survey.declared.items():
            own = declared.member.indices
            if len(own) == 1 and own[0].kind == "ident" and declared.last is None:
                letter = own[0].parts[0].text
                if indices.get(name, {letter}) == {letter} and letter not in bound | self.survey.ranges.keys():
                    yield letter

    def _of_outer_sides(self, definitions: list[Equation]) -> Iterator[tuple[str, Ends]]:
        """The c of U_{c,i,j} after U ∈ ℝ^{C×H×W}, which runs to C."""
        for member, _ in (n for e in definitions for n in e.seen):
            declared = self.survey.declared.get(member.name)
            if declared is not None and len(declared.dimensions) > 2:
                for item, side in zip(member.indices[len(declared.member.indices):], declared.dimensions[:-2]):
                    if item.kind == "ident":
                        yield item.parts[0].text, self._along(side)

    def _of_sides(self, definitions: list[Equation]) -> Iterator[tuple[str, Ends]]:
        """The m of V_{mc} after V ∈ ℝ^{M×C}, which runs to M."""
        for member, _ in (n for e in definitions for n in e.seen):
            declared = self.survey.declared.get(member.name)
            if declared is not None and len(member.indices) == len(declared.dimensions) == 2:
                for item, side in zip(member.indices, declared.dimensions):
                    if item.kind == "ident":
                        with suppress(NoIndex):
                            yield item.parts[0].text, self._along(side)

    def _of_other_letters(self, definitions: list[Equation]) -> Iterator[tuple[str, Ends]]:
        """The j of Q_{ij} = x_iᵀ x_j, which runs as i does where x_i ∈ ℝ^d is declared for i = 1, …, N."""
        for equation, member in ((e, m) for e in definitions for m, _ in e.seen):
            declared = self.survey.declared.get(member.name)
            own = declared.member.indices[:1] if declared is not None else ()
            if own and member.indices and {own[0].kind, member.indices[0].kind} == {"ident"}:
                letter, other = member.indices[0].parts[0].text, own[0].parts[0].text
                stated = {**self.survey.ranges, **{r.letter: r for r in equation.ranges}}
                ranged = stated.get(other)
                if letter not in stated and ranged is not None and ranged.high is not None:
                    with suppress(NoIndex):
                        yield letter, (poly(1) if ranged.low is None else self._end(ranged.low), self._end(ranged.high))

    def _along(self, side: Formula) -> Ends:
        return poly(1), Polynomials({}, self.sizes).of(side.tree)

    def _stated_once(self, definitions: list[Equation]) -> dict[str, Poly]:
        """Where letters end in equations that say so, each in one way: it does so in those that do not."""
        found: dict[str, set[Poly]] = {}
        for equation in definitions:
            for ranged in equation.ranges:
                if ranged.high is not None and _is_an_end(ranged.high[0]) and not _leaves_the_end_out(ranged):
                    with suppress(NoIndex):
                        found.setdefault(ranged.letter, set()).add(self._end(ranged.high))
        return {letter: next(iter(ends)) for letter, ends in found.items() if len(ends) == 1}

    def _end(self, end: tuple[Node, int]) -> Poly:
        node, more = end
        return Polynomials({}, self.sizes).of(node) + more

    # -- the bounds of sums --------------------------------------------------------------------------------------
    def _add_bounds(self, node: Node, found: dict[str, Ends]) -> None:
        """Σ_{k=1}^{t}: k reaches as far as t does."""
        scripts = node.parts[0]
        below = next((arguments(s.parts[0]) for s in scripts if s.kind == "lowered"), ())
        above = next((s.parts[0] for s in scripts if s.kind == "raised"), None)
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


def extreme(values: Iterable[Poly | None], sign: int) -> Poly | None:
    """The largest (or with −1 the least) of polynomials that differ by numbers, or of which sizes tell that they are
    not smaller; None where nothing tells."""
    best: Poly | None = None
    for value in values:
        if value is None:
            return None
        if best is None or _beyond(value, best, sign):
            best = value
        elif not _beyond(best, value, sign) and value != best:
            return None
    return best


def _beyond(a: Poly, b: Poly, sign: int) -> bool:
    return nonnegative((a - b) * sign)


def ends_of_sums(equations: Iterable[Equation], sizes: Container[str]) -> Iterator[tuple[str, str]]:
    """The letter and the size of each Σ_{n=1}^{N}."""
    for node in (n for e in equations for n in nodes_of(e) if n.kind in BINDERS):
        below = [i for s in node.parts[0] if s.kind == "lowered" for i in arguments(s.parts[0]) if i.kind == "relation"]
        above = [size_name(plain(s.parts[0])) for s in node.parts[0] if s.kind == "raised"]
        if len(below) == len(above) == 1 and above[0] in sizes and below[0].parts[1] == ("=",):
            first = below[0].parts[0][0]
            yield from ((letter, above[0] or "") for letter in index_letters_of(first))


def told_once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Those of the letters that have one end."""
    found: dict[str, set[str]] = {}
    for letter, end in pairs:
        found.setdefault(letter, set()).add(end)
    return {letter: next(iter(ends)) for letter, ends in found.items() if len(ends) == 1}


def _is_an_end(end: Node) -> bool:
    """Whether a range ends at a size, or at a number of which there may be several steps: t = 1, 2, 3."""
    return end.kind == "ident" or (end.kind == "number" and end.parts[0].text not in ("0", "1"))


def _leaves_the_end_out(ranged: Range) -> bool:
    """Whether it is t < T, which says that something else ends at T; 0 ≤ t < T counts from 0."""
    from_zero = ranged.low is not None and ranged.low[0].kind == "number" and ranged.low[0].parts[0].text == "0"
    return ranged.high is not None and ranged.high[1] < 0 and not from_zero
