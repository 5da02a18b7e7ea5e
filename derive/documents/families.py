"""The axes of every name, as far as the indices tell: which are families (time, layers), how far each family reaches,
and how many other axes are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from derive.bounds import nonnegative
from derive.documents.indices import NoIndex, Polynomials
from derive.documents.model import Declared, Equation, Range, Survey
from derive.documents.naming import Member
from derive.documents.problems import Unreadable
from derive.documents.trees import walk
from derive.index import Letter, Poly, Size, poly
from derive.reading.indices import arguments, letter_pieces
from derive.reading.letters import Limits
from derive.reading.nodes import plain
from derive.reading.syntax import Node

SEQUENCES = frozenset("tτl")
LENGTHS = {"t": "T", "τ": "T", "l": "L", "n": "N", "k": "K", "i": "n", "s": "S"}
FURTHEST = 64


@dataclass
class Named:
    """A name of the document. `rank` counts the axes that are no families; None where that is not known yet."""

    name: str
    uses: list[tuple[Member, Equation]] = field(default_factory=list)
    declared: Declared | None = None
    families: list[Letter] = field(default_factory=list)
    rank: int | None = None
    row: bool = False           # ℝ^{1×n}: kept as a vector, read as its transpose

    @property
    def at(self) -> int:
        if self.declared is not None:
            return self.declared.at
        member, equation = self.uses[0]
        return equation.formula.at(member.at)


def items(member: Member) -> tuple[Node, ...]:
    return member.above + member.below


class Families:
    """Finds families and their ranges. `definitions` are the equations that define something, with what they define.
    """

    def __init__(self, survey: Survey, sizes: dict[str, Size]):
        self.survey, self.sizes = survey, sizes
        self.named: dict[str, Named] = {}
        self.summed: dict[str, tuple[Poly, Poly]] = {}
        self.sequences = SEQUENCES
        self.alike: dict[str, str] = {}
        self.elsewhere: dict[str, Poly] = {}
        self.listed: dict[str, tuple[Poly, Poly]] = {}

    def run(self, definitions: list[Equation]) -> dict[str, Named]:
        """Every name that the definitions use, or that is declared.

        Raises:
            Unreadable: for a name whose indices do not fit each other, or a family whose range nothing tells.
        """
        for name, declared in self.survey.declared.items():
            self._name(name).declared = declared
        self.elsewhere = self._stated_once(definitions)
        self.sequences = SEQUENCES | {x for e in definitions for x in recurrences(e)}
        self.sequences |= {x for e in definitions for x in self._within(e)}
        self.alike = self._alike(definitions)
        self.sequences |= self.alike.keys()
        self.summed = self._ranges_of_sums(definitions)
        self.listed = dict(self._listed(definitions))
        for equation in definitions:
            for member, role in equation.seen:
                if role == "value":
                    self._name(member.name).uses.append((member, equation))
        for named in self.named.values():
            self._slots(named)
        for named in self.named.values():
            for place in range(len(named.families)):
                named.families[place] = self._reach(named, place)
        return self.named

    def _ranges_of_sums(self, definitions: list[Equation]) -> dict[str, tuple[Poly, Poly]]:
        """Letters over which sums with the same numbers and sizes as bounds run: of ŷ_i and Σ_{i=1}^{N}, i is one."""
        found: dict[str, set[tuple[Poly, Poly]]] = {}
        for equation in definitions:
            for node in walk_all(equation):
                if node.kind == "big_sum":
                    ends: dict[str, tuple[Poly, Poly]] = {}
                    self._summed(node, ends)
                    for letter, (low, high) in ends.items():
                        later = low.constant is not None and low.constant > 1       # Σ_{j=2} leaves one out
                        found.setdefault(letter, set()).add((poly(1) if later else low, high))
        return {x: next(iter(ranges)) for x, ranges in found.items() if len(ranges) == 1 and x not in self.sequences}

    def _name(self, name: str) -> Named:
        return self.named.setdefault(name, Named(name))

    # -- how many axes -------------------------------------------------------------------------------------------
    def _slots(self, named: Named) -> None:
        declared = named.declared
        counts = {len(items(m)) for m, _ in named.uses} | {len(items(declared.member)) if declared else 0}
        most = max(counts)
        if declared is not None:
            count = self._of_declared(named, declared, most)
        else:
            count = self._of_undeclared(named, most)
        named.families = [Letter(self._letter_of(named, place), 1, 1, True) for place in range(count)]

    def _of_declared(self, named: Named, declared: Declared, most: int) -> int:
        """`x_t ∈ ℝ^d` has a family; `x ∈ ℝ^n` has one where it is used with more indices than it has sides."""
        sides = declared.dimensions
        named.row = len(sides) == 2 and sides[0].piece.text.strip() == "1" and sides[1].piece.text.strip() != "1"
        column = len(sides) == 2 and sides[1].piece.text.strip() == "1" and not named.row
        named.rank = 1 if named.row or column else len(sides)
        if len(sides) > 2:
            raise Unreadable(f"{named.name} has {len(sides)} sides; vectors and matrices can be read, and families "
                             "of them: x_t ∈ ℝ^{m×n}", named.at)
        own = items(declared.member)
        if own:
            return len(own)
        if most > named.rank:
            return most - named.rank
        return 1 if named.rank == 1 and most == 1 and self._runs_in_time(named, sides[0].piece.text) else 0

    def _runs_in_time(self, named: Named, length: str) -> bool:
        """Whether `h ∈ ℝ^n` is used as h_t only, with a letter of time that does not run to n."""
        used = [items(m) for m, _ in named.uses]
        letters = {x for its in used for i in its for x in _letters(i)} & self.sequences
        return bool(letters) and all(used) and not any(_length(x) == length.strip() for x in letters)

    def _of_undeclared(self, named: Named, most: int) -> int:
        above = max((len(m.above) for m, _ in named.uses), default=0)
        if above:
            with_below = max((len(m.below) for m, _ in named.uses), default=0)
            named.rank = with_below or None
            return above
        if not most:
            return 0
        firsts = {x for m, _ in named.uses if m.below for x in _letters(m.below[0])}
        fewest = min(len(items(m)) for m, _ in named.uses)
        count = 1 if firsts & self.sequences or (fewest and firsts & self._declared_letters()) else 0
        named.rank = None if most == count or self._may_be_row(named) else most - count
        if not count and fewest != most and fewest != 0:
            raise Unreadable(f"{named.name} is used with {fewest} indices and with {most}; declare its shape", named.at)
        return count

    @staticmethod
    def _may_be_row(named: Named) -> bool:
        """Whether Y_{1i} shows an entry of a row."""
        return any(i.kind == "product" and i.parts[0][0].kind == "number" and i.parts[0][0].parts[0].text == "1"
                   for m, _ in named.uses for i in items(m)[-1:])

    def _declared_letters(self) -> set[str]:
        """The letters of declared families: h in W_h ∈ ℝ^{d×k}, which makes Q_h = X W_h a family of matrices, and the i
        of W k_i after k_1, …, k_m ∈ ℝ^d."""
        own = {x for d in self.survey.declared.values() for i in items(d.member) for x in _letters(i)}
        return own | {x for n, d in self.survey.declared.items() if items(d.member) and n in self.named
                      for m, _ in self.named[n].uses for x in (_letters(items(m)[0]) if items(m) else ())}

    def _letter_of(self, named: Named, place: int) -> str:
        members = [m for m, _ in named.uses] + ([named.declared.member] if named.declared else [])
        for member in members:
            its = items(member)
            found = _letters(its[place]) if place < len(its) else []
            if found:
                return found[0]
        return "t"

    # -- how far a family reaches --------------------------------------------------------------------------------
    def _reach(self, named: Named, place: int) -> Letter:
        ends: list[tuple[Poly, Poly]] = []
        for member, equation in named.uses:
            its = items(member)
            if place >= len(its):
                raise Unreadable(f"{named.name} has the index {named.families[place].name} elsewhere, which is missing "
                                 "here", equation.formula.at(member.at))
            ends += self._ends(its[place], equation)
        if named.declared is not None and place < len(items(named.declared.member)):
            ends += self._declared_ends(named.declared, place)
        if not ends:
            raise Unreadable(f"nothing tells the range of {named.families[place].name} in {named.name}; "
                             f"write {named.families[place].name} = 1, …, T", named.at)
        low, high = _extreme([a for a, _ in ends], -1), _extreme([b for _, b in ends], 1)
        if low is None or high is None:
            raise Unreadable(f"the indices of {named.name} reach from different ends; state its range", named.at)
        return Letter(named.families[place].name, low, high, True, named.families[place].key)

    def _ends(self, item: Node, equation: Equation) -> list[tuple[Poly, Poly]]:
        """The least and the largest index that stands here, in an equation for all values of its letters."""
        ranges = self.ranges_in(equation)
        names = [x for x in _letters(item) if x in ranges]
        drafts = {x: Letter(x, 1, 1) for x in names}
        try:
            index = Polynomials(drafts, self.sizes).of(item)
            lows: list[Poly] = [index]
            highs: list[Poly] = [index]
            for x in names:
                low, high = ranges[x]
                lows = [p.substitute({drafts[x]: e}) for p in lows for e in (low, high)]
                highs = [p.substitute({drafts[x]: e}) for p in highs for e in (low, high)]
        except NoIndex as error:
            raise Unreadable(str(error), equation.formula.at(error.at)) from None
        least, most = _extreme(lows, -1), _extreme(highs, 1)
        return [] if least is None or most is None else [(least, most)]

    def _declared_ends(self, declared: Declared, place: int) -> list[tuple[Poly, Poly]]:
        item = items(declared.member)[place]
        letters = _letters(item)
        if not letters:
            value = Polynomials({}, self.sizes).of(item)
            return [(value, value)]
        ranged = self.survey.ranges.get(letters[0])
        if ranged is None or ranged.low is None or ranged.high is None:
            return []
        ends = self._stated(letters[0], ranged, False)
        return [ends] if ends and plain(item).kind == "ident" else []

    def ranges_in(self, equation: Equation) -> dict[str, tuple[Poly, Poly]]:
        """The range of every letter of an equation whose range is known without shapes: by its condition, by a stated
        range, by a sum's bounds; letters of time and layers run from 1 to T and L."""
        found: dict[str, tuple[Poly, Poly]] = {}
        stated = {**self.survey.ranges, **{r.letter: r for r in equation.ranges}}
        free = equation.context.left
        for letter in sorted(free | set(stated)):
            ends = self._stated(letter, stated.get(letter), letter in free)
            if ends is not None:
                found[letter] = ends
        for node in walk_all(equation):
            if node.kind in ("big_sum", "big_product"):
                self._summed(node, found)
        return found

    def all_limits(self, equation: Equation) -> dict[str, Limits]:
        """The ranges of its letters that are known without shapes."""
        return {x: Limits(*ends) for x, ends in self.ranges_in(equation).items()}

    def _stated(self, letter: str, ranged: Range | None, free: bool) -> tuple[Poly, Poly] | None:
        usual = _length(self.alike.get(letter, letter))
        try:
            low = self._end(ranged.low) if ranged and ranged.low else poly(1)
            if ranged and ranged.high:
                return low, self._end(ranged.high)
        except NoIndex:     # k < t: it is told where the equation is read
            return None
        if letter in self.summed and free:
            return (low if ranged and ranged.low else self.summed[letter][0]), self.summed[letter][1]
        if free and letter in self.listed:
            return (low if ranged and ranged.low else self.listed[letter][0]), self.listed[letter][1]
        if not (free or ranged) or letter not in self.sequences:
            return None
        if letter in self.elsewhere:
            return low, self.elsewhere[letter]
        return low, poly(self.sizes.setdefault(usual, Size(usual)))

    def _within(self, equation: Equation) -> Iterator[str]:
        """The k of Σ_{k=t}^{T}, which counts what t counts."""
        for node in walk_all(equation):
            below = [i for s in (node.parts[0] if node.kind in ("big_sum", "big_product") else ())
                     if s.kind == "lowered" for i in arguments(s.parts[0]) if i.kind == "relation"]
            for item in below:
                first, low = item.parts[0][:2]
                if first.kind == "ident" and set(_letters(low)) & self.sequences:
                    yield first.parts[0].text

    def _alike(self, definitions: list[Equation]) -> dict[str, str]:
        """Letters that stand where a letter of time stands elsewhere: the s of u_{s,k} beside u_{t,k}."""
        places: dict[tuple[str, int], set[str]] = {}
        for member, _ in (n for e in definitions for n in e.seen):
            for place, item in enumerate(items(member)):
                if item.kind == "ident":
                    places.setdefault((member.name, place), set()).add(item.parts[0].text)
        found: dict[str, str] = {}
        for letters in places.values():
            known = sorted(letters & (self.sequences - {"l"}))
            found.update({x: known[0] for x in letters - self.sequences if known and x.islower()})
        return found

    def _listed(self, definitions: list[Equation]) -> Iterator[tuple[str, tuple[Poly, Poly]]]:
        """The letters that index x, after x_1, …, x_n ∈ ℝ^d, and how far they run then."""
        ends: dict[str, tuple[Poly, Poly]] = {}
        for name, declared in self.survey.declared.items():
            if declared.last is not None and len(items(declared.member)) == len(items(declared.last)) == 1:
                with suppress(NoIndex):
                    reader = Polynomials({}, self.sizes)
                    ends[name] = reader.of(items(declared.member)[0]), reader.of(items(declared.last)[0])
        for member, _ in (n for e in definitions for n in e.seen):
            if member.name in ends and len(items(member)) >= 1 and items(member)[0].kind == "ident":
                yield items(member)[0].parts[0].text, ends[member.name]

    def _stated_once(self, definitions: list[Equation]) -> dict[str, Poly]:
        """Where letters end in equations that say so, each in one way: it does so in those that do not."""
        found: dict[str, set[Poly]] = {}
        for equation in definitions:
            for ranged in equation.ranges:
                if ranged.high is not None and ranged.high[0].kind == "ident":
                    with suppress(NoIndex):
                        found.setdefault(ranged.letter, set()).add(self._end(ranged.high))
        return {letter: next(iter(ends)) for letter, ends in found.items() if len(ends) == 1}

    def _end(self, end: tuple[Node, int]) -> Poly:
        node, more = end
        return Polynomials({}, self.sizes).of(node) + more

    def _summed(self, node: Node, found: dict[str, tuple[Poly, Poly]]) -> None:
        """Σ_{k=1}^{t}: k reaches as far as t does."""
        scripts = node.parts[0]
        below = next((arguments(s.parts[0]) for s in scripts if s.kind == "lowered"), ())
        above = next((s.parts[0] for s in scripts if s.kind == "raised"), None)
        if len(below) != 1 or below[0].kind != "relation" or above is None:
            for item in below:
                for letter in _letters(item) if item.kind != "relation" else ():
                    if letter in self.sequences:
                        size = _length(self.alike.get(letter, letter))
                        found.setdefault(letter, (poly(1), poly(self.sizes.setdefault(size, Size(size)))))
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
        for letter in _letters(first):
            found[letter] = (ends[0].substitute({d: found[x][0] for x, d in drafts.items()}),
                             ends[1].substitute({d: found[x][1] for x, d in drafts.items()}))


def recurrences(equation: Equation) -> Iterator[str]:
    """The letters of its recurrence: k in w_k = w_{k−1} − η g."""
    sides = [[m for m, role in side if role == "value"] for side in equation.names[:2]]
    for left in sides[0][:1] if len(sides) == 2 else ():
        for right in sides[1]:
            if right.name == left.name:
                yield from (x for a, b in zip(items(left), items(right)) if a.kind == "ident" and plain(b).kind == "sum"
                            for x in _letters(a) if _letters(b) == [x])


def _length(letter: str) -> str:
    return LENGTHS.get(letter, letter.upper())


def walk_all(equation: Equation) -> Iterator[Node]:
    for side in equation.members:
        yield from walk(side)


def _letters(node: Node) -> list[str]:
    return [p for n in walk(node) if n.kind in ("ident", "name") for p in letter_pieces(n.parts[0].text)
            if len(letter_pieces(n.parts[0].text)) == 1 and p.islower()]


def _extreme(values: Iterable[Poly], sign: int) -> Poly | None:
    """The largest (or with −1 the least) of polynomials that differ by numbers, or of which sizes tell that they are
    not smaller; None where nothing tells."""
    best: Poly | None = None
    for value in values:
        if best is None or _beyond(value, best, sign):
            best = value
        elif not _beyond(best, value, sign) and value != best:
            return None
    return best


def _beyond(a: Poly, b: Poly, sign: int) -> bool:
    return nonnegative((a - b) * sign)
