"""The ranks of names with which one equation has a meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from derive.documents.names.macros import FUNCTION_MARK
from derive.documents.problems import Unreadable
from derive.documents.roles.roles import Definition
from derive.documents.shapes.families import Families
from derive.documents.shapes.row_names import with_rows
from derive.documents.shapes.shapes import Signer
from derive.documents.shapes.trials import CountingShapes, LooseShapes, Trial, fit, parts_of
from derive.documents.shapes.usual_ranks import usual, usual_first
from derive.documents.trees.trees import walk, written
from derive.index import Size
from derive.reading import ReadingError, Scope
from derive.reading.syntax import Node
from derive.reading.values import Value

MOST_WORK = 300_000         # nodes that are read while shapes are tried
MOST_NAMES = 5              # undeclared names of one equation for which every combination is tried
MOST_REMEMBERED = 5_000
_COSTS = frozenset("JLℓ")   # a number, where both a number and a vector are possible


@dataclass
class Outcome:
    """One way to read an equation: the rank of its subject (None for a row), and how unusual it is."""

    ranks: dict[str, int]
    cost: int
    all_scalars: bool
    rows: frozenset[str] = frozenset()


Outcomes = list[Outcome] | ReadingError
_REMEMBERED: dict[tuple, Outcomes] = {}


class EquationRanks:
    """Tries ranks in one equation after the other."""

    def __init__(self, families: Families, signer: Signer, sizes: dict[str, Size], functions: tuple[str, ...]):
        self.families, self.signer, self.sizes, self.functions = families, signer, sizes, functions
        self.named = families.named
        self.work = 0

    def outcomes(self, definition: Definition, open_names: list[str], given: dict[str, int], rows: frozenset[str],
                    key: tuple) -> list[Outcome] | ReadingError:
        """The outcomes, which depend on the equation and on what is known of its names, and on nothing else: a document
        is read in many parts, and most of them share most equations."""
        whole = key, tuple(open_names), self._known_of(definition)
        if whole not in _REMEMBERED:
            if len(_REMEMBERED) >= MOST_REMEMBERED:
                _REMEMBERED.clear()
            _REMEMBERED[whole] = self._outcomes(definition, open_names, given, rows)
        return _REMEMBERED[whole]

    def _known_of(self, definition: Definition) -> tuple:
        equation = definition.equation
        sides = tuple(map(written, equation.members[:2]))
        limits = tuple((x, str(a.low), str(a.high)) for x, a in sorted(self.families.ranges.limits(equation).items()))
        about = []
        for name in sorted({m.name for m, _ in equation.seen} | {definition.name}):
            named = self.named.get(name)
            if named is not None:
                declared = named.declared
                dimensions = declared and ("".join(d.piece.text for d in declared.dimensions), declared.member.name,
                                           len(declared.member.above), len(declared.member.below))
                families = tuple((a.name, str(a.low), str(a.high)) for a in named.families)
                about.append((name, named.rank, named.row, dimensions, families))
        sizes = tuple(sorted((n, size.name, size.least) for n, size in self.sizes.items()))
        return (sides, equation.formula.piece.at, equation.formula.piece.text, limits, tuple(about), sizes,
                self.functions, tuple(sorted(equation.context.left)), tuple(sorted(equation.context.bound)),
                definition.name)

    def _outcomes(self, definition: Definition, open_names: list[str], given: dict[str, int],
                  rows: frozenset[str]) -> list[Outcome] | ReadingError:
        """Every way to read one equation."""
        own = definition.name
        on_right = {m.name for m, _ in definition.equation.seen[1:]}
        free = [n for n in open_names if n not in given and (n != own or own in on_right)]
        found: list[Outcome] = []
        failure: ReadingError | None = None
        size = sum(1 for side in definition.equation.members[:2] for _ in walk(side))
        pieces = _Pieces(self, definition, free, rows)
        for place, choice in enumerate(self._choices(free)):
            if place and not pieces.fit(given | choice):
                continue            # the first failure is the one to show
            self.work += size
            if self.work > MOST_WORK and free:
                raise Unreadable(f"too many undeclared names; declare some, for example {free[0]} ∈ ℝ^n",
                                 definition.equation.at)
            ranks = given | choice
            try:
                outcome = self._tried(definition, ranks, rows)
            except ReadingError as error:
                failure = failure or error
                continue
            outcome.cost += sum(usual(n, r) for n, r in choice.items())
            found.append(replace(outcome, ranks=ranks | outcome.ranks))
        if found:
            return found
        assert failure is not None
        return failure

    def _choices(self, names: list[str]) -> Iterator[dict[str, int]]:
        """The most usual ranks first: their errors are the ones to show. Of many names, all are alike or as usual."""
        orders = [usual_first(n) for n in names]
        if len(names) > MOST_NAMES:
            alike = [tuple(o[0] for o in orders), *((r,) * len(names) for r in range(3))]
            yield from (dict(zip(names, ranks)) for ranks in dict.fromkeys(alike))
            return
        for ranks in product(*orders):
            yield dict(zip(names, ranks))

    def _tried(self, definition: Definition, ranks: dict[str, int], rows: frozenset[str]) -> Outcome:
        equation, own = definition.equation, definition.name
        known = self.named[own].rank is not None or own in ranks
        shapes = CountingShapes()
        trial = self.trial(definition, ranks, shapes)
        right = trial.value(self.right_of(definition, rows))
        here = dict(ranks)
        added: frozenset[str] = frozenset()
        if not known:
            here[own] = right.rank
            shapes.unusual += own.lstrip(FUNCTION_MARK) in _COSTS and right.rank > 0
            if right.rows is None and right.columns is not None:
                added = frozenset([own])
        elif own not in self._row_names(rows):
            try:
                fit(shapes, trial.value(equation.members[0]), right)
            except ReadingError:
                if not self._may_be_row(own, right):
                    raise
                added = frozenset([own])
        if here.get(own) and right.is_scalar and equation.members[1].kind == "number":
            shapes.unusual += 2         # S = 1 stands for 𝟏 only where everything else does
        trial.settle()
        scalar = right.is_scalar and all(self._rank(m.name, here) == 0 for m, _ in equation.seen)
        return Outcome({own: here[own]} if own in here else {}, shapes.unusual, scalar, added)

    def _may_be_row(self, name: str, right: Value) -> bool:
        """Whether a name with one index, of which nothing else is said, is defined as a row."""
        named = self.named[name]
        return named.declared is None and named.rank == 1 and right.rows is None and right.columns is not None

    def trial(self, definition: Definition, ranks: dict[str, int], shapes: CountingShapes) -> Trial:
        """A trial with these ranks of the names that have none."""
        equation, own = definition.equation, definition.name
        known = self.named[own].rank is not None or own in ranks
        names = {m.name for m, role in equation.seen if role == "value"} - (set() if known else {own})
        signatures = {n: self.signer.signature(self.named[n], self._rank(n, ranks)) for n in names}
        return Trial(equation, Scope(signatures, self.sizes, self.functions), shapes,
                     self.families.ranges.limits(equation))

    def right_of(self, definition: Definition, rows: frozenset[str]) -> Node:
        return with_rows(definition.equation.members[1], self._row_names(rows))

    def _row_names(self, rows: frozenset[str]) -> frozenset[str]:
        return rows | {n for n, x in self.named.items() if x.row}

    def _rank(self, name: str, ranks: dict[str, int]) -> int:
        known = self.named[name].rank if name in self.named else 0
        return known if known is not None else ranks.get(name, 0)


class _Pieces:
    """Rules out ranks with which a piece of the right side has no meaning: most of many combinations, by a few trials
    of few names each."""

    def __init__(self, search: EquationRanks, definition: Definition, names: list[str], rows: frozenset[str]):
        self.search, self.definition = search, definition
        self.pieces: list[tuple[Node, tuple[str, ...]]] = []
        self.known: dict[tuple, bool] = {}
        for piece in parts_of(search.right_of(definition, rows)):
            within = {n.parts[0].text for n in walk(piece) if n.kind == "name"}
            own = tuple(n for n in names if n in within)
            if 0 < len(own) < len(names):
                self.pieces.append((piece, own))

    def fit(self, ranks: dict[str, int]) -> bool:
        """Whether each piece has a meaning with these ranks, as far as it can be told without the others."""
        return all(self._fits(place, ranks) for place in range(len(self.pieces)))

    def _fits(self, place: int, ranks: dict[str, int]) -> bool:
        piece, names = self.pieces[place]
        key = place, *(ranks[n] for n in names)
        if key not in self.known:
            try:
                self.search.trial(self.definition, ranks, LooseShapes()).value(piece)
                self.known[key] = True
            except ReadingError:
                self.known[key] = False
        return self.known[key]
