"""What the equations and declarations of a document tell of how far letters run, without shapes: lists x_1, …, x_n,
sides of shapes, ranges of other equations, last members, samples.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from contextlib import suppress

from derive.documents.names.model import Equation, Range, Survey
from derive.documents.names.sequences import index_letters_of, nodes_of
from derive.documents.trees.indices import NoIndex, Polynomials, size_name
from derive.documents.trees.trees import Formula
from derive.index import Poly, Size, poly
from derive.reading.indices import arguments
from derive.reading.nodes import plain
from derive.reading.syntax import BINDERS, Node

Ends = tuple[Poly, Poly]


class ToldEnds:
    """Looks through a survey; `sizes` are those of the document so far."""

    def __init__(self, survey: Survey, sizes: dict[str, Size]):
        self.survey, self.sizes = survey, sizes

    def lists(self, definitions: list[Equation]) -> Iterator[tuple[str, Ends]]:
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

    def declared_families(self) -> set[str]:
        """The i of x_i ∈ ℝ^d, and the letters that stand where it does: the j of Σ_j e_j beside e_i."""
        found = {x for d in self.survey.declared.values() for i in d.member.indices for x in index_letters_of(i)}
        places: dict[tuple[str, int], set[str]] = {}
        for member, _ in (n for e in self.survey.equations for side in e.names for n in side) if found else ():
            for place, item in enumerate(member.indices):
                places.setdefault((member.name, place), set()).update(index_letters_of(item))
        return found.union(*(letters for letters in places.values() if letters & found))

    def last_members(self, sequences: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The M of a^{(M)} beside a^{(l)}, where it is the only one."""
        letters: dict[tuple[str, int], set[str]] = {}
        lasts: dict[tuple[str, int], set[str]] = {}
        for member, _ in (n for e in self.survey.equations for side in e.names for n in side):
            for place, item in enumerate(member.indices):
                shown = item.parts[0].text if item.kind == "ident" else ""
                found = lasts if shown in self.sizes and shown.isupper() else letters
                found.setdefault((member.name, place), set()).add(shown)
        for letter in sequences:
            ends = {x for key, some in letters.items() if letter in some for x in lasts.get(key, ())}
            if len(ends) == 1:
                yield letter, ends.pop()

    def samples(self) -> Iterator[str]:
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

    def outer_sides(self, definitions: list[Equation]) -> Iterator[tuple[str, Ends]]:
        """The c of U_{c,i,j} after U ∈ ℝ^{C×H×W}, which runs to C."""
        for member, _ in (n for e in definitions for n in e.seen):
            declared = self.survey.declared.get(member.name)
            if declared is not None and len(declared.dimensions) > 2:
                for item, side in zip(member.indices[len(declared.member.indices):], declared.dimensions[:-2]):
                    if item.kind == "ident":
                        yield item.parts[0].text, self.along(side)

    def sides(self, definitions: list[Equation]) -> Iterator[tuple[str, Ends]]:
        """The m of V_{mc} after V ∈ ℝ^{M×C}, which runs to M."""
        for member, _ in (n for e in definitions for n in e.seen):
            declared = self.survey.declared.get(member.name)
            if declared is not None and len(member.indices) == len(declared.dimensions) == 2:
                for item, side in zip(member.indices, declared.dimensions):
                    if item.kind == "ident":
                        with suppress(NoIndex):
                            yield item.parts[0].text, self.along(side)

    def other_letters(self, definitions: list[Equation]) -> Iterator[tuple[str, Ends]]:
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
                        yield letter, (poly(1) if ranged.low is None else self.end(ranged.low), self.end(ranged.high))

    def along(self, side: Formula) -> Ends:
        return poly(1), Polynomials({}, self.sizes).of(side.tree)

    def stated_once(self, definitions: list[Equation]) -> dict[str, Poly]:
        """Where letters end in equations that say so, each in one way: it does so in those that do not."""
        found: dict[str, set[Poly]] = {}
        for equation in definitions:
            for ranged in equation.ranges:
                if ranged.high is not None and _is_an_end(ranged.high[0]) and not _leaves_the_end_out(ranged):
                    with suppress(NoIndex):
                        found.setdefault(ranged.letter, set()).add(self.end(ranged.high))
        return {letter: next(iter(ends)) for letter, ends in found.items() if len(ends) == 1}

    def longer(self) -> list[Poly]:
        """What is not negative, as T − τ − 1 after τ < T."""
        read = Polynomials({}, self.sizes).of
        return [read(more) - read(less) - by for more, less, by in self.survey.longer]

    def end(self, end: tuple[Node, int]) -> Poly:
        node, more = end
        return Polynomials({}, self.sizes).of(node) + more


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
