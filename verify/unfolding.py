"""Unfold a recurrence at its latest member first, so that step t meets step t − 1 and not step t − 2; one that runs
backwards, at its earliest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from derive.derivation import Derivation
from derive.expression import Expr, Guard, Ref, walk
from derive.index import Number, Poly, poly
from derive.normal import Normalizer
from derive.program import Equation
from derive.rewrite import holds_at, unfold
from derive.zero import is_zero

MOST_MEMBERS = 24           # members unfolded one after the other
MOST_STEPS = 3              # … and steps behind the latest one: each makes the formula larger
MOST_NODES = 1_000          # … which may not grow beyond this
FIXED = 1000


def layers(derivation: Derivation) -> Iterator[Equation]:
    """Derivatives, last first; then the definitions, last first."""
    yield from (d.equation for d in reversed(derivation.derivatives))
    yield from reversed(derivation.program.equations)


def vanishes_latest_first(difference: Expr, equations: Iterable[Equation], normalizer: Normalizer) -> list[str] | None:
    """The names that were unfolded until the difference was zero; None where it did not get there.

    Raises:
        TooLarge, DivisionByZero: as the normal form.
    """
    defined = {e.name: e for e in equations}
    places = {name: place for place, name in enumerate(defined)}
    sense = -1 if _run_backwards(defined) else 1
    used: dict[str, None] = {}
    latest: Number | None = None
    for _ in range(MOST_MEMBERS):
        difference = normalizer.normal(difference)
        if not difference.terms:
            return list(used)
        if sum(1 for _ in walk(difference)) > MOST_NODES:
            return None
        members = [(_time(n, sense), places[n.name], n.name) for n in _unfoldable(difference, defined, ())]
        if not members:
            return list(used) if used and is_zero(difference, normalizer) else None
        time, _, name = max(members)
        latest = time if latest is None else latest
        if -FIXED / 2 < time < latest - MOST_STEPS:
            return None
        difference = unfold(difference, {name: defined[name]}, chosen=partial(_is_at, time, sense))
        used[name] = None
    return None


def _unfoldable(e: Expr, defined: Mapping[str, Equation], facts: tuple[Poly, ...]) -> Iterator[Ref]:
    """The members that an equation certainly covers, given the guards around them."""
    for t in e.terms:
        here = facts + tuple(n.condition for n, _ in t.factors if isinstance(n, Guard))
        for n, _ in t.factors:
            if isinstance(n, Ref) and n.name in defined and holds_at(defined[n.name], n.indices, here):
                yield n
            for inner in n.expressions():
                yield from _unfoldable(inner, defined, here)


def _run_backwards(defined: Mapping[str, Equation]) -> bool:
    """Whether some of the equations refer to their own next steps, and none to its past."""
    shifts = {n.indices[0].offset > 0 for e in defined.values() for n in walk(e.body) if isinstance(n, Ref)
              and n.name == e.name and n.indices and n.indices[0].free and n.indices[0].offset}
    return shifts == {True}


def _is_at(time: Number, sense: int, member: Ref) -> bool:
    return _time(member, sense) == time


def _time(member: Ref, sense: int) -> Number:
    """How late a member is, in the sense in which steps are computed: what is added to the letter of its first index;
    −1000 and so on for a fixed member."""
    first = member.indices[0] if member.indices else poly(0)
    return sense * first.offset if first.free or first.constant is None else sense * first.offset - FIXED
