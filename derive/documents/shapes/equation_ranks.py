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
from derive.documents.shapes.sides import is_side
from derive.documents.shapes.trials import CountingShapes, LooseShapes, Trial, fit, parts_of
from derive.documents.shapes.usual_ranks import usual, usual_first
from derive.documents.trees.trees import walk, written
from derive.index import Size
from derive.reading import ReadingError, Scope
from derive.reading.letters import Limits
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
        self._trials: dict[tuple, _Trials] = {}

    def outcomes(self, definition: Definition, open_names: list[str], given: dict[str, int], rows: frozenset[str],
                 key: tuple) -> Outcomes:
        """The outcomes, which depend on the equation and on what is known of its names, and on nothing else: a document
        is read in many parts, and most of them share most equations."""
        limits = self.families.ranges.limits(definition.equation)
        whole = key, tuple(open_names), self._known_of(definition, limits)
        if whole not in _REMEMBERED:
            if len(_REMEMBERED) >= MOST_REMEMBERED:
                _REMEMBERED.clear()
            alike = id(definition), key[1]
            if alike not in self._trials:
                self._trials[alike] = _Trials(self, definition, open_names, rows, limits)
            _REMEMBERED[whole] = self._trials[alike].outcomes(given)
        return _REMEMBERED[whole]

    def _known_of(self, definition: Definition, limited: dict[str, Limits]) -> tuple:
        equation = definition.equation
        sides = tuple(map(written, equation.members[:2]))
        limits = tuple((x, str(a.low), str(a.high)) for x, a in sorted(limited.items()))
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

    def rank(self, name: str, ranks: dict[str, int]) -> int:
        """The rank of a name: what is known of it, or what is tried."""
        known = self.named[name].rank if name in self.named else 0
        return known if known is not None else ranks.get(name, 0)


class _Trials:
    """Tries ranks in one equation; `names` are those of its names that have none, `rows` are names of rows."""

    def __init__(self, search: EquationRanks, definition: Definition, names: list[str], rows: frozenset[str],
                 limits: dict[str, Limits]):
        self.search, self.definition, self.names, self.limits = search, definition, names, limits
        self.equation, self.own = definition.equation, definition.name
        self.row_names = rows | {n for n, x in search.named.items() if x.row}
        self.right = with_rows(self.equation.members[1], self.row_names)
        self.pieces: list[tuple[Node, tuple[str, ...]]] = []
        self.values = {m.name for m, role in self.equation.seen if role == "value"}
        self.scopes: dict[bool, Scope] = {}     # with the equation's own name, and without it
        self.known: dict[tuple, bool] = {}      # which pieces have a meaning with which ranks
        for piece in parts_of(self.right):
            within = {n.parts[0].text for n in walk(piece) if n.kind == "name"}
            some = tuple(n for n in names if n in within)
            if 0 < len(some) < len(names):
                self.pieces.append((piece, some))

    def outcomes(self, given: dict[str, int]) -> Outcomes:
        """Every way to read the equation with the ranks that are given."""
        on_right = {m.name for m, _ in self.equation.seen[1:]}
        free = [n for n in self.names if n not in given and (n != self.own or self.own in on_right)]
        found: list[Outcome] = []
        failure: ReadingError | None = None
        size = sum(1 for side in self.equation.members[:2] for _ in walk(side))
        for place, choice in enumerate(_choices(free)):
            ranks = given | choice
            if place and not self._fit(ranks):
                continue            # the first failure is the one to show
            self.search.work += size
            if self.search.work > MOST_WORK and free:
                raise Unreadable(f"too many undeclared names; declare some, for example {free[0]} ∈ ℝ^n",
                                 self.equation.at)
            try:
                outcome = self._tried(ranks)
            except ReadingError as error:
                failure = failure or error
                continue
            outcome.cost += sum(usual(n, r) for n, r in choice.items())
            found.append(replace(outcome, ranks=ranks | outcome.ranks))
        if found:
            return found
        assert failure is not None
        return failure

    def _tried(self, ranks: dict[str, int]) -> Outcome:
        own, right_side = self.own, self.equation.members[1]
        known = self.search.named[own].rank is not None or own in ranks
        shapes = LooseShapes() if is_side(own) else CountingShapes()      # a claim tells ranks, and no lengths
        trial = self._trial(ranks, shapes)
        right = trial.value(self.right)
        here = dict(ranks)
        added: frozenset[str] = frozenset()
        if not known:
            here[own] = right.rank
            shapes.unusual += own.lstrip(FUNCTION_MARK) in _COSTS and right.rank > 0
            if right.rows is None and right.columns is not None:
                added = frozenset([own])
        elif own not in self.row_names:
            try:
                fit(shapes, trial.value(self.equation.members[0]), right)
            except ReadingError:
                if not self._may_be_row(right):
                    raise
                added = frozenset([own])
        if here.get(own) and right.is_scalar and right_side.kind == "number":
            shapes.unusual += 2         # S = 1 stands for 𝟏 only where everything else does
        trial.settle()
        scalar = right.is_scalar and all(self.search.rank(m.name, here) == 0 for m, _ in self.equation.seen)
        return Outcome({own: here[own]} if own in here else {}, shapes.unusual, scalar, added)

    def _may_be_row(self, right: Value) -> bool:
        """Whether a name with one index, of which nothing else is said, is defined as a row."""
        named = self.search.named[self.own]
        return named.declared is None and named.rank == 1 and right.rows is None and right.columns is not None

    def _trial(self, ranks: dict[str, int], shapes: CountingShapes) -> Trial:
        """A trial with these ranks of the names that have none."""
        search, own = self.search, self.own
        known = search.named[own].rank is not None or own in ranks
        names = self.values if known else self.values - {own}
        signatures = {n: search.signer.signature(search.named[n], search.rank(n, ranks)) for n in names}
        if known not in self.scopes:
            self.scopes[known] = Scope(signatures, search.sizes, search.functions)
        return Trial(self.equation, self.scopes[known].with_axes(signatures), shapes, self.limits)

    def _fit(self, ranks: dict[str, int]) -> bool:
        """Whether each piece of the right side has a meaning with these ranks, as far as it can be told without the
        other names: that rules out most of many combinations, by a few trials of few names each."""
        return all(self._fits(place, ranks) for place in range(len(self.pieces)))

    def _fits(self, place: int, ranks: dict[str, int]) -> bool:
        piece, names = self.pieces[place]
        key = place, *(ranks[n] for n in names)
        if key not in self.known:
            try:
                self._trial(ranks, LooseShapes()).value(piece)
                self.known[key] = True
            except ReadingError:
                self.known[key] = False
        return self.known[key]


def _choices(names: list[str]) -> Iterator[dict[str, int]]:
    """The most usual ranks first: their errors are the ones to show. Of many names, all are alike or as usual."""
    orders = [usual_first(n) for n in names]
    if len(names) > MOST_NAMES:
        alike = [tuple(o[0] for o in orders), *((r,) * len(names) for r in range(3))]
        yield from (dict(zip(names, ranks)) for ranks in dict.fromkeys(alike))
        return
    for ranks in product(*orders):
        yield dict(zip(names, ranks))
