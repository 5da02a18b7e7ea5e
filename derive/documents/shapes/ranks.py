"""Whether a name that nobody declares is a scalar, a vector or a matrix.

Every possibility is tried: an equation that has no meaning rules it out. Of those that are left, the one is taken in
which fewest things are unusual (a scalar added to a vector, a matrix with a small letter); where two are equally
usual, the document has to declare the name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.documents.lines.properties import rank_of
from derive.documents.names.macros import body_name
from derive.documents.names.model import position
from derive.documents.problems import Unreadable
from derive.documents.roles.roles import Definition
from derive.documents.shapes.equation_ranks import EquationRanks, Outcomes
from derive.documents.shapes.families import Families
from derive.documents.shapes.shapes import Signer
from derive.index import Size
from derive.reading import ReadingError

KEPT = 60
KINDS = ("a number", "a vector", "a matrix")


@dataclass
class Partial:
    """Ranks that give every equation so far a meaning."""

    ranks: dict[str, int] = field(default_factory=dict)
    cost: int = 0
    rows: frozenset[str] = frozenset()
    scalar: dict[str, bool] = field(default_factory=dict)      # whether all is scalar where the name stands


class Ranks:
    """Finds the ranks of all names."""

    def __init__(self, families: Families, signer: Signer, sizes: dict[str, Size], functions: tuple[str, ...],
                 guess: int | None = None):
        self.families, self.named = families, families.named
        self.equations = EquationRanks(families, signer, sizes, functions)
        self.guess = guess          # which of several readings that are equally good is taken; None refuses them
        self.guesses = 1            # how many there are

    def run(self, definitions: list[Definition]) -> dict[str, int]:
        """The rank of every name that has none.

        Raises:
            Unreadable: where no choice gives an equation a meaning, or several are equally good.
        """
        told = dict.fromkeys(self.families.survey.positive, 0)
        told |= dict.fromkeys((n for pair in self.families.survey.ordered for n in pair), 0)        # x_min < x_max
        told |= {n: rank for n, (kind, _) in self.families.survey.properties.items()
                 if (rank := rank_of(kind)) is not None}
        used = {m.name for d in definitions if not d.name.startswith(body_name("law")) for m, _ in d.equation.seen}
        told |= dict.fromkeys(self.families.survey.random.keys() - used, 0)     # X ~ N(μ, σ²), and no matrix
        for name, rank in told.items():
            if name in self.named and self.named[name].rank is None:
                self.named[name].rank = rank
        partial = [Partial()]
        for definition in sorted(definitions, key=_tells):
            partial = self._extended(partial, definition)
        best, near = ([p for p in partial if p.cost == partial[0].cost + more] for more in (0, 1))
        return self._only(best, near)

    def _extended(self, partial: list[Partial], definition: Definition) -> list[Partial]:
        names = dict.fromkeys(m.name for m, role in definition.equation.seen if role == "value")
        open_names = [n for n in names if n in self.named and self.named[n].rank is None]
        cache: dict[tuple, Outcomes] = {}
        found: list[Partial] = []
        failure: ReadingError | None = None
        for p in partial:
            if len(found) >= KEPT and p.cost >= sorted(o.cost for o in found)[KEPT - 1]:
                break               # nothing that comes of it or of what is behind it would be kept
            given = {n: p.ranks[n] for n in open_names if n in p.ranks}
            key = tuple(sorted(given.items())), frozenset(p.rows & names.keys())
            if key not in cache:
                cache[key] = self.equations.outcomes(definition, open_names, given, p.rows, key)
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


def _tells(definition: Definition) -> int:
    """What tells most comes first: a name of a number is one, but that of 0 or 1 may be anything."""
    right = definition.equation.members[1]
    return 1 if right.kind != "number" else 2 if right.parts[0].text in ("0", "1") else 0
