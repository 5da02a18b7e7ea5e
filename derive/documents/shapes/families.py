"""The axes of every name, as far as the indices tell: which are families (time, layers), how far each family reaches,
and how many other axes are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from derive.documents.names.model import Declared, Equation, Survey
from derive.documents.names.named import Named
from derive.documents.names.sequences import index_letters_of
from derive.documents.problems import Unreadable
from derive.documents.shapes.letter_ranges import Ends, LetterRanges, extreme, usual_length
from derive.documents.trees.indices import NoIndex, Polynomials
from derive.documents.trees.strides import stride
from derive.documents.trees.trees import Formula
from derive.index import Letter, Poly, Size, poly
from derive.reading.nodes import plain

_STEPS = frozenset("tτ")


class Families:
    """Finds families and their ranges. `named` are the names of the document, `ranges` those of its letters."""

    def __init__(self, survey: Survey, sizes: dict[str, Size]):
        self.survey, self.sizes = survey, sizes
        self.named: dict[str, Named] = {}
        self.ranges = LetterRanges(survey, sizes)

    def run(self, definitions: list[Equation], claims: Iterable[Equation] = ()) -> dict[str, Named]:
        """Every name that the definitions use, or that is declared; the first members that `claims` use belong to them.

        Raises:
            Unreadable: for a name whose indices do not fit each other, or a family whose range nothing tells.
        """
        for name, declared in self.survey.declared.items():
            self._name(name).declared = declared
        self.ranges.learn(definitions)
        for equation in definitions:
            for member, role in equation.seen:
                if role == "value":
                    self._name(member.name).uses.append((member, equation))
        stated = {m.name for e in definitions if e.ranges and e.names for m, _ in e.names[0]}
        for equation in claims:
            for member, role in (n for side in equation.names for n in side if n[0].name in self.named):
                first = any(i.kind == "number" and i.parts[0].text == "0" for i in member.indices)
                if role == "value" and first and member.name not in stated:
                    self.named[member.name].uses.append((member, equation))
        for named in self.named.values():
            self._slots(named)
        for named in self.named.values():
            for place in range(len(named.families)):
                named.families[place] = self._reach(named, place)
        return self.named

    def _name(self, name: str) -> Named:
        return self.named.setdefault(name, Named(name))

    # -- how many axes -------------------------------------------------------------------------------------------
    def _slots(self, named: Named) -> None:
        declared = named.declared
        most = max([len(m.indices) for m in named.members], default=0)
        if declared is not None:
            count = self._of_declared(named, declared, most)
        else:
            count = self._of_undeclared(named, most)
        named.families = [Letter(_letter(named, place), 1, 1, True) for place in range(count)]

    def _of_declared(self, named: Named, declared: Declared, most: int) -> int:
        """`x_t ∈ ℝ^d` has a family; `x ∈ ℝ^n` has one where it is used with more indices than it has sides. `U ∈
        ℝ^{C×H×W}` is a family of C matrices."""
        sides = declared.dimensions
        named.row = len(sides) == 2 and sides[0].piece.text.strip() == "1" and sides[1].piece.text.strip() != "1"
        column = len(sides) == 2 and sides[1].piece.text.strip() == "1" and not named.row
        named.rank = 1 if named.row or column else len(sides)
        own = declared.member.indices
        if len(sides) > 2:
            named.rank = 2
            return len(own) + len(sides) - 2
        if own:
            return len(own)
        if most > named.rank:
            return most - named.rank
        counted = self._runs_in_time(named, sides[0]) if named.rank == most == 1 else False
        sample = len(sides) == named.rank == most == 1 and self._runs_elsewhere(named, sides[0])
        return int(counted or sample)

    def _runs_elsewhere(self, named: Named, side: Formula) -> bool:
        """Whether `x ∈ ℝ^d` is used as x_i only, with an i that runs to N, and to d in no sum elsewhere: a sample."""
        try:
            length = Polynomials({}, self.sizes).of(side.tree)
        except NoIndex:
            return False
        if not all(m.indices and m.indices[0].kind == "ident" for m, _ in named.uses):
            return False
        if any(self.survey.sums.get(x) == side.piece.text.strip() for m, _ in named.uses
               for x in index_letters_of(m.indices[0])):
            return False
        ends = [self.ranges.of(e).get(x) for m, e in named.uses for x in index_letters_of(m.indices[0])]
        return bool(ends) and all(
            end is not None and len(end[1].terms) == 1 and end[1].constant is None and end[1] != length for end in ends)

    def _runs_in_time(self, named: Named, side: Formula) -> bool:
        """Whether `h ∈ ℝ^n` is used as h_t only, with a letter of time that does not run to n (or to n − 1), here
        or in a sum elsewhere."""
        used = [m.indices for m, _ in named.uses]
        letters = {x for its in used for i in its for x in index_letters_of(i)} & self.ranges.sequences
        shown = side.piece.text.strip()
        if not letters or not all(used) or any(shown in (usual_length(x), self.survey.sums.get(x)) for x in letters):
            return False
        try:
            length = Polynomials({}, self.sizes).of(side.tree)
        except NoIndex:
            return True
        ends = [found[x][1] for _, e in named.uses if (found := self.ranges.of(e)) for x in letters & found.keys()]
        return not any((length - end).constant is not None for end in ends)

    def _of_undeclared(self, named: Named, most: int) -> int:
        above = max((len(m.above) for m, _ in named.uses), default=0)
        if above:
            with_below = max((len(m.below) for m, _ in named.uses), default=0)
            steps = int(self._counts_steps_below(named))
            named.rank = with_below - steps or None
            return above + steps
        if not most:
            return 0
        firsts = {x for m, _ in named.uses if m.below for x in index_letters_of(m.below[0])}
        fewest = min(len(m.indices) for m, _ in named.uses)
        several = fewest == most == 1 and bool(firsts) and (self.survey.several or self._has_a_member_before(named))
        counted = (fewest or most < 2 and not self._is_as_long(firsts)) and firsts & self.ranges.sequences
        counted = counted or fewest and firsts & self._declared_letters()
        begun = fewest == most and self._begins_further_on(named, most)
        named.even = not (counted or several or begun) and fewest == most > 2
        count = most if begun else 1 if counted or several else most - 2 if named.even else 0
        named.rank = None if most == count or _may_be_row(named) else most - count
        if not count and fewest != most and fewest != 0:
            raise Unreadable(f"{named.name} is used with {fewest} indices and with {most}; declare its shape", named.at)
        return count

    @staticmethod
    def _counts_steps_below(named: Named) -> bool:
        """Whether a step stands below a name with a layer above it, wherever it stands: h_t^{(l)}."""
        below = [m.below[0] if m.below else None for m, _ in named.uses]
        return all(i is not None and set(index_letters_of(i)) <= _STEPS for i in below) and any(
            i is not None and index_letters_of(i) for i in below)

    def _begins_further_on(self, named: Named, places: int) -> bool:
        """Whether some index begins neither at 1 nor at 0, as that of S_i for i = 2, …, n − 1: no axis of a vector
        does. A name that stands without indices is a vector all the same."""
        every = (m for e in self.survey.equations for side in e.names for m, _ in side)
        if any(m.name == named.name and not m.indices for m in every):
            return False
        return any((lows := self._lows(named, place)) and not lows & {poly(0), poly(1)} for place in range(places))

    def _is_as_long(self, letters: set[str]) -> bool:
        """Whether vectors are declared that are as long as one of these letters runs: the e_t of e = ŷ − y is an entry,
        where ŷ ∈ ℝ^T."""
        lengths = {d.dimensions[0].piece.text.strip() for d in self.survey.declared.values() if len(d.dimensions) == 1}
        return any(usual_length(x) in lengths for x in letters & self.ranges.sequences)

    def _has_a_member_before(self, named: Named) -> bool:
        """Whether λ_0 stands beside a sum of λ_i that begins at 1."""
        numbers = {i.parts[0].text for m, _ in named.uses for i in m.indices if i.kind == "number"}
        return "0" in numbers and self._lows(named, 0) == {poly(1)}

    def _declared_letters(self) -> set[str]:
        """The letters of declared families: h in W_h ∈ ℝ^{d×k}, which makes Q_h = X W_h a family of matrices, and the i
        of W k_i after k_1, …, k_m ∈ ℝ^d."""
        families = {n: d for n, d in self.survey.declared.items() if d.member.indices}
        own = {x for d in families.values() for i in d.member.indices for x in index_letters_of(i)}
        return own | {x for n in families if n in self.named for m, _ in self.named[n].uses
                      for i in m.indices[:1] for x in index_letters_of(i)}

    def from_zero(self, ranks: Mapping[str, int]) -> dict[str, frozenset[int]]:
        """The places, behind families, of names that are counted from 0 wherever a range tells where they begin: of
        Σ_{a=0}^{k−1} w_a x_{i+a}, that of w."""
        found: dict[str, frozenset[int]] = {}
        for name, named in self.named.items():
            rank = named.rank if named.rank is not None else ranks.get(name, 0)
            lows = [self._lows(named, len(named.families) + place) for place in range(rank)]
            places = frozenset(k for k, ends in enumerate(lows) if ends == {poly(0)} or (
                poly(0) in ends and ends <= set(map(poly, range(self._steps(named, len(named.families) + k))))))
            if places:
                found[name] = places
        return found

    @staticmethod
    def _steps(named: Named, place: int) -> int:
        """In how large steps an index counts: in twos in x_{2i} and x_{2i+1}."""
        indices = (m.indices[place] for m, _ in named.uses if len(m.indices) > place)
        return max((of.step for i in indices if (of := stride(i)) is not None), default=1)

    def _lows(self, named: Named, place: int) -> set[Poly]:
        """Where the values of an index begin, as far as ranges tell."""
        found: set[Poly] = set()
        for member, equation in named.uses:
            if len(member.indices) > place and index_letters_of(member.indices[place]):
                with suppress(Unreadable):      # the i of x_{i+a}, which nothing bounds
                    ends = self.ranges.reach(member.indices[place], equation)
                    found |= {ends[0]} if ends is not None else set()
        return found

    # -- how far a family reaches --------------------------------------------------------------------------------
    def _reach(self, named: Named, place: int) -> Letter:
        family = named.families[place]
        found = self._used_ends(named, place) + self._declared_ends(named, place)
        told = [ends for ends in found if ends[1] != self.ranges.classes]
        if len(told) < len(found) and told:         # w_c beside w_j: there are as many classes
            found = told
            self.ranges.classes = extreme([high for _, high in told], 1) or self.ranges.classes
        if not found:
            raise Unreadable(f"nothing tells the range of {family.name} in {named.name}; "
                             f"write {family.name} = 1, …, T", named.at)
        known = self.ranges.tells.longer()
        low, high = extreme([a for a, _ in found], -1, known), extreme([b for _, b in found], 1, known)
        if low is None or high is None:
            raise Unreadable(f"the indices of {named.name} reach from different ends; state its range", named.at)
        return Letter(family.name, low, high, True, family.key)

    def _used_ends(self, named: Named, place: int) -> list[Ends]:
        found: list[Ends | None] = []
        for member, equation in named.uses:
            if place >= len(member.indices):
                sides = named.declared.dimensions if named.declared is not None else ()
                if named.declared is not None and len(sides) > 2:
                    raise Unreadable(f"{named.name} has {len(sides)} sides; give the indices of all but the last two",
                                     named.declared.at)
                raise Unreadable(f"{named.name} has the index {named.families[place].name} elsewhere, which is missing "
                                 "here", equation.formula.at(member.at))
            found.append(self.ranges.reach(member.indices[place], equation))
        return [ends for ends in found if ends is not None]

    def _declared_ends(self, named: Named, place: int) -> list[Ends]:
        own = named.declared.member.indices if named.declared is not None else ()
        if place >= len(own):
            outer = named.declared.dimensions[:-2] if named.declared is not None else ()
            sides = outer[place - len(own):place - len(own) + 1]
            return [(poly(1), Polynomials({}, self.sizes).of(side.tree)) for side in sides]
        letters = index_letters_of(own[place])
        if not letters:
            value = Polynomials({}, self.sizes).of(own[place])
            return [(value, value)]
        ranged = self.survey.ranges.get(letters[0])
        if ranged is not None and (ranged.low is None or ranged.high is None):
            return []
        ends = self.ranges.told(letters[0], ranged, ranged is None)
        return [ends] if ends and plain(own[place]).kind == "ident" else []


def _letter(named: Named, place: int) -> str:
    """The letter of an index, as it is first written."""
    for member in named.members:
        found = index_letters_of(member.indices[place]) if place < len(member.indices) else []
        if found:
            return found[0]
    return "t"


def _may_be_row(named: Named) -> bool:
    """Whether Y_{1i} shows an entry of a row."""
    return any(i.kind == "product" and i.parts[0][0].kind == "number" and i.parts[0][0].parts[0].text == "1"
               for m, _ in named.uses for i in m.indices[-1:])
