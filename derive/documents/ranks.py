"""Whether a name that nobody declares is a scalar, a vector or a matrix.

Every possibility is tried: an equation that has no meaning rules it out. Of those that are left, the one is taken in
which fewest things are unusual (a scalar added to a vector, a matrix with a small letter); where two are equally
usual, the document has to declare the name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product

from derive.documents.families import Families
from derive.documents.model import position
from derive.documents.problems import Unreadable
from derive.documents.rewriting import with_rows
from derive.documents.roles import Definition
from derive.documents.shapes import Signer
from derive.documents.trees import walk, written
from derive.documents.trials import CountingShapes, LooseShapes, Trial, fit, parts_of
from derive.index import Size
from derive.notation.names import GREEK
from derive.reading import ReadingError, Scope
from derive.reading.syntax import Node

MOST_WORK = 300_000         # nodes that are read while shapes are tried
MOST_NAMES = 5              # undeclared names of one equation for which every combination is tried
KEPT = 60
MOST_REMEMBERED = 5_000
KINDS = ("a number", "a vector", "a matrix")
_GREEK = frozenset(GREEK.values())


@dataclass
class Outcome:
    """One way to read an equation: the rank of its subject (None for a row), and how unusual it is."""

    ranks: dict[str, int]
    cost: int
    all_scalars: bool
    rows: frozenset[str] = frozenset()


_REMEMBERED: dict[tuple, list[Outcome] | ReadingError] = {}


@dataclass
class Partial:
    """Ranks that give every equation so far a meaning."""

    ranks: dict[str, int] = field(default_factory=dict)
    cost: int = 0
    rows: frozenset[str] = frozenset()
    scalar: dict[str, bool] = field(default_factory=dict)      # whether all is scalar where the name stands


def _usual_first(name: str) -> list[int]:
    return sorted(range(3), key=lambda rank: (usual(name, rank), -rank))


def usual(name: str, rank: int) -> int:
    """How unusual it is that a name of this look has this rank: capital letters are matrices, small ones are not, and
    small Greek ones are numbers."""
    first = name[0]
    if first in _GREEK and first.islower():
        return rank
    if len(name) > 1 and name[1].isalpha() and "_" not in name[:2]:
        return 0
    if first.isupper():
        return int(rank != 2)
    return 2 if rank == 2 else 0


class Ranks:
    """Finds the ranks of all names."""

    def __init__(self, families: Families, signer: Signer, sizes: dict[str, Size], functions: tuple[str, ...],
                 guess: int | None = None):
        self.families, self.signer, self.sizes, self.functions = families, signer, sizes, functions
        self.named = families.named
        self.guess = guess          # which of several readings that are equally good is taken; None refuses them
        self.guesses = 1            # how many there are
        self.work = 0

    def run(self, definitions: list[Definition]) -> dict[str, int]:
        """The rank of every name that has none.

        Raises:
            Unreadable: where no choice gives an equation a meaning, or several are equally good.
        """
        for name in self.families.survey.positive:
            if name in self.named and self.named[name].rank is None:
                self.named[name].rank = 0
        partial = [Partial()]
        for definition in sorted(definitions, key=lambda d: d.equation.members[1].kind == "number"):
            partial = self._extended(partial, definition)
        best, near = ([p for p in partial if p.cost == partial[0].cost + more] for more in (0, 1))
        return self._only(best, near)

    def _extended(self, partial: list[Partial], definition: Definition) -> list[Partial]:
        names = dict.fromkeys(m.name for m, role in definition.equation.seen if role == "value")
        open_names = [n for n in names if n in self.named and self.named[n].rank is None]
        cache: dict[tuple, list[Outcome] | ReadingError] = {}
        found: list[Partial] = []
        failure: ReadingError | None = None
        for p in partial:
            given = {n: p.ranks[n] for n in open_names if n in p.ranks}
            key = tuple(sorted(given.items())), frozenset(p.rows & names.keys())
            if key not in cache:
                cache[key] = self._remembered(definition, open_names, given, p.rows, key)
            outcomes = cache[key]
            if isinstance(outcomes, ReadingError):
                failure = failure or outcomes
                continue
            for o in outcomes:
                scalar = {**p.scalar, **{n: p.scalar.get(n, True) and o.all_scalars for n in open_names}}
                found.append(Partial({**p.ranks, **o.ranks}, p.cost + o.cost, p.rows | o.rows, scalar))
        if not found:
            assert failure is not None
            raise Unreadable(failure.message, position(definition.equation.formula.piece, failure))
        return sorted(found, key=lambda p: p.cost)[:KEPT]

    def _remembered(self, definition: Definition, open_names: list[str], given: dict[str, int], rows: frozenset[str],
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
        sizes = tuple(sorted((n, size.least) for n, size in self.sizes.items()))
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
        orders = [_usual_first(n) for n in names]
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
            if right.rows is None and right.columns is not None:
                added = frozenset([own])
        elif own not in self._row_names(rows):
            fit(shapes, trial.value(equation.members[0]), right)
        trial.settle()
        scalar = right.is_scalar and all(self._rank(m.name, here) == 0 for m, _ in equation.seen)
        return Outcome({own: here[own]} if own in here else {}, shapes.unusual, scalar, added)

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

    def _only(self, best: list[Partial], near: list[Partial]) -> dict[str, int]:
        """The ranks of the one that is left; with a guess, those that are nearly as usual come last: b may be added to
        a vector and be a number."""
        if self.guess is not None and len(best) + len(near) > 1:
            best = self._distinct(best)
            known = {tuple(sorted(p.ranks.items())) for p in best}
            best += [p for p in self._distinct(near) if tuple(sorted(p.ranks.items())) not in known
                     and _has_a_number_more(p, best[0])]
            self.guesses = len(best)
            best = [best[min(self.guess, len(best) - 1)]]
        if len(best) > 1:
            differing = [n for n in best[0].ranks if len({p.ranks[n] for p in best}) > 1]
            scalars = [p for p in best if all(p.ranks[n] == 0 and p.scalar.get(n) for n in differing)]
            if len(scalars) != 1:
                name = differing[0] if differing else next(iter(best[0].ranks))
                kinds = sorted({p.ranks[name] for p in best})
                raise Unreadable(f"{name} may be {' or '.join(KINDS[k] for k in kinds)}; declare it: "
                                 f"{name} ∈ ℝ{'' if kinds[0] == 0 else '^n'}"
                                 + (f", or {name} ∈ ℝ^n" if kinds[0] == 0 else ""), self.named[name].at)
            best = scalars
        for name in best[0].rows:
            self.named[name].row = True
        return best[0].ranks

    @staticmethod
    def _distinct(best: list[Partial]) -> list[Partial]:
        """Readings that differ in a rank: numbers first where all is a number, then vectors."""
        found: dict[tuple, Partial] = {}
        for p in best:
            found.setdefault(tuple(sorted(p.ranks.items())), p)
        return sorted(found.values(), key=lambda p: (any(p.ranks[n] == 0 and not p.scalar.get(n) for n in p.ranks),
                                                     sum(p.ranks.values())))


def _has_a_number_more(p: Partial, best: Partial) -> bool:
    """Whether nothing differs but one name with a small letter, a vector in the best reading and a number here."""
    differing = [n for n in best.ranks if p.ranks.get(n) != best.ranks[n]]
    if len(differing) != 1 or not differing[0][0].islower():
        return False
    return (p.ranks[differing[0]], best.ranks[differing[0]]) == (0, 1)


class _Pieces:
    """Rules out ranks with which a piece of the right side has no meaning: most of many combinations, by a few trials
    of few names each."""

    def __init__(self, search: Ranks, definition: Definition, names: list[str], rows: frozenset[str]):
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
