"""How else a claim may be read where the usual readings do not show it: with numbers, and with Jacobians that have
names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from derive.documents.functions.keys import keys
from derive.documents.lines.items import CLAIMED, CONDITION, DECLARED, DEFINED, NAMED, Item
from derive.documents.lines.statements import Declaration, Equality
from derive.documents.roles.roles import LOSSES
from verify.documents.as_number import all_numbers, is_about_numbers, numbers_for
from verify.documents.attempts import Attempt
from verify.documents.outcome import Outcome
from verify.documents.slices import JACOBIANS, Slices
from verify.verdict import UNDECIDED, Verdict

MOST_DEFINITIONS = 12            # that a claim rests on in other sections
_LEAVES = re.compile(r"may leave its range")
_RANGES = re.compile(r"has the ranges .+ in the names under it")
_CALL = re.compile(r"\s*\\?[^\W\d_]+(?:'|′|\^\{?\\prime+\}?)*\s*(?:\\left\s*)?\(")


def otherwise(item: Item, slices: Slices, without: frozenset[int]) -> Iterator[tuple[list[Item], Outcome]]:
    """The outcomes of other readings, each with what it was read with."""
    numbers = is_about_numbers(item, slices)
    for needed in slices.of(item, without):
        given = _sizes_given(item, needed, slices)
        if given:
            known = sorted([*given, *needed], key=lambda i: i.number)
            yield known, Attempt(slices, item, known).outcome()
        if numbers:
            yield needed, all_numbers(slices, item, needed)
        known = _with_jacobians(needed)
        if known != needed:
            yield known, Attempt(slices, item, needed, JACOBIANS).outcome()


def with_ranges_apart(item: Item, slices: Slices, without: frozenset[int], problem: str
                      ) -> Iterator[tuple[list[Item], Outcome]]:
    """The outcome of a claim whose letters leave their ranges, where a range that leads to a display, "and for
    1 < t ≤ T", is one of that display alone."""
    known = slices.of(item, without) if _LEAVES.search(problem) else iter(())
    for needed, apart in zip(known, slices.of(item, without, apart=True)):
        if apart != needed:
            yield apart, Attempt(slices, item, apart).outcome()


def with_what_follows(item: Item, slices: Slices, without: frozenset[int], problem: str
                      ) -> Iterator[tuple[list[Item], Outcome]]:
    """The outcome of a claim with names of different lengths, read with what is computed from them, which may tell that
    these are one: ℓ = −yᵀ log p, of Σ_k (p_k − y_k) = 0."""
    if not item.derived and _RANGES.search(problem):
        whole = slices.outline.slice(replace(item, derived=item.names), True, False, without)
        needed = [item if i.number == item.number else i for i in whole]
        yield needed, Attempt(slices, item, needed).outcome()


def with_what_fits(item: Item, slices: Slices, without: frozenset[int]) -> Iterator[tuple[list[Item], Outcome]]:
    """The outcomes of a claim that has no meaning beside a definition of another section, y = o + ε, said in passing of
    the y_j that are labels further down: it is read with those that fit, the nearest first. It is shown or open."""
    far = _in_other_sections(item, slices, without)
    if len(far) > MOST_DEFINITIONS:
        return
    unfit = frozenset(far)
    for number in sorted(far, reverse=True):
        if slices.goes_together(item, without | unfit - {number}):
            unfit -= {number}
    if not unfit:
        return
    left_out = " ".join(far[max(unfit)].statement.piece.text.split())
    for needed in slices.of(item, without | unfit):
        outcome = Attempt(slices, item, needed).outcome()
        if outcome.shown:
            outcome.reading = outcome.reading or f"without {left_out}"
        elif outcome.verdict is not None:
            outcome = Outcome(Verdict(UNDECIDED, detail=f"not shown without {left_out}, which does not fit it"))
        yield needed, outcome


def _in_other_sections(item: Item, slices: Slices, without: frozenset[int]) -> dict[int, Item]:
    """The definitions above a claim on which it rests in other sections, with those that stand in for them."""
    found: dict[int, Item] = {}
    while True:
        needed = slices.outline.slice(item, without=without | frozenset(found))
        more = {i.number: i for i in needed if i.role in (DEFINED, NAMED) and i.section != item.section
                and i.number < item.number}
        if not more or len(found) > MOST_DEFINITIONS:
            return found
        found.update(more)


def with_any_number(item: Item, slices: Slices, without: frozenset[int]) -> Iterator[tuple[list[Item], Outcome]]:
    """The outcome of an identity in one letter, σ'(z) = σ(z) (1 − σ(z)), where that letter has an index elsewhere, z_i:
    it is stated of every number."""
    if item.derived or not _is_called(item):
        return
    for needed in slices.of(item, without):
        functions = [i for i in needed if i is item or (i.role == DEFINED and _is_called(i))]
        for name in sorted(item.bare):
            indexed = [i for i in needed if i not in functions and name in keys(i.names)]
            members = (i.role == DEFINED and i.member or _declares_members(i) for i in indexed)
            if not any(members) or any(name in i.bare for i in indexed):
                continue
            own = {n for i in functions for n in i.names} - {name}
            known = [i for i in needed if i in functions or i.names <= own]
            if not own & {i.name for i in needed if i not in known and i.role in (DEFINED, NAMED)}:
                yield known, numbers_for([name], slices, item, known)


def _is_called(item: Item) -> bool:
    """Whether the left side of an equation is a function with its argument."""
    return isinstance(item.statement, Equality) and bool(_CALL.match(item.statement.members[0].text))


def _sizes_given(item: Item, needed: list[Item], slices: Slices) -> list[Item]:
    """What the text says above of sizes that are numbers here, d_k = d/h, as definitions."""
    sizes = slices.outline.sizes
    texts = [_bare(i.statement.piece.text) for i in needed]
    found: list[Item] = []
    for other in slices.outline.items:
        statement = other.statement
        if other.scope == item.scope and other.number < item.number and isinstance(statement, Equality) \
                and other.role in (CLAIMED, CONDITION) and len(statement.members) == 2:
            left = _bare(statement.members[0].text)
            if left in sizes and any(left in text for text in texts):
                found.append(replace(other, role=DEFINED, name=left))
    return found


def _bare(text: str) -> str:
    return re.sub(r"[{}\s]|\\(?:text|mathrm)", "", text)


def _with_jacobians(needed: list[Item]) -> list[Item]:
    """The items, where names of Jacobians are names as others are."""
    above = {i.name for i in needed if i.role == DEFINED and i.name not in LOSSES}
    return [replace(i, role=DEFINED) if i.role == NAMED and above & i.above else i for i in needed]


def _declares_members(item: Item) -> bool:
    """x_t ∈ ℝ^d, which is no law."""
    statement = item.statement
    return item.role == DECLARED and isinstance(statement, Declaration) and any("_" in n.text for n in statement.names)
