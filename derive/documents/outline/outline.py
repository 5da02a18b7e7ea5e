"""What each statement of a document does among the others, before any of them is given a meaning: which definitions
stand where a claim stands, and which of several definitions of one name is meant.

A claim is read with the definitions that it rests on and with no others (`Outline.slice`), so that one formula that
cannot be read, or a name that two chapters use for two things, spoils nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from derive.documents.lines import statements as said
from derive.documents.lines.items import (
    ASSUMED,
    CONDITION,
    DECLARED,
    DEFINED,
    NAMED,
    UPDATED,
    Item,
)
from derive.documents.names.model import NOTHING, Elsewhere
from derive.documents.names.rows import Link
from derive.documents.roles.roles import EVERY
from derive.documents.trees.trees import walk


@dataclass
class Outline:
    """All statements of a document in reading order, the words that are sizes somewhere in it, and where each name
    stands first, for each scope."""

    items: list[Item]
    sizes: frozenset[str] = frozenset()
    widths: frozenset[str] = frozenset()    # those that depend on a layer
    seen: dict[tuple[int, str], int] = field(default_factory=dict)
    elsewhere: Elsewhere = NOTHING
    links: tuple[tuple[Link, list[Item]], ...] = ()       # what may define samples as rows of a matrix, as items

    def above(self, item: Item) -> frozenset[str]:
        """The names of an item that stand in a formula above it."""
        last = len(self.items)
        return frozenset(n for n in item.names if self.seen.get((item.scope, n), last) < item.number)

    def slice(self, item: Item, wide: bool = False, near: bool = False, without: frozenset[int] = frozenset(),
              apart: bool = False) -> list[Item]:
        """The statements that an item rests on, in reading order, with the item.

        Each name means its nearest definition above it, or the first below under the same heading where there is none
        above; for a definition, what stands under the same heading comes first. With a derivative come
        all names by which its section differentiates the same thing: they tell on what an arbitrary loss depends.
        `wide` adds everything that is computed from the names that are differentiated by, here or in a gradient with a
        name; `near` leaves out what stands in other sections, `without` some definitions. With `apart`, a range that
        leads to a display is one of that display alone.
        """
        meant = self._meant(item, near, without)
        wanted = set(item.names) | ({item.name} if item.name else set())
        wanted |= self.beside(item)
        found: dict[int, Item] = {item.number: item}
        self._close(wanted, meant, found)
        self._close(self._given(item, wanted.union(*(i.names for i in found.values()))), meant, found)
        if wide:
            derived = {n for i in (item, *found.values()) if i is item or i.role == NAMED for n in i.derived}
            self._downstream(derived, meant, found)
        return self._with_declarations(item, found, apart)

    def of_section(self, item: Item) -> Outline:
        """The outline in which the other sections say nothing."""
        return replace(self, items=[i if i.section == item.section else replace(i, role=CONDITION, setting=False)
                                    for i in self.items])

    def _given(self, last: Item, names: set[str]) -> set[str]:
        """What the laws of some names are made of: the r of u ~ U(−r, r)."""
        laws = (i for i in self.items if isinstance(i.statement, said.Law) and i.role == DECLARED
                and i.scope == last.scope and i.number <= last.number and i.uses & names)
        return set().union(*(i.given for i in laws))

    def beside(self, item: Item) -> frozenset[str]:
        """The names of every derivative of the same thing in its section."""
        return frozenset(n for other in self.items if item.above and other.scope == item.scope
                         and other.section == item.section and other.above & item.above for n in other.derived)

    def settings(self, item: Item) -> list[Item]:
        """The numbers that the text gives to inputs, in the item's own paragraph or else above it under the same
        heading: with n = 32 and k = 3 we get o = 32."""
        found: dict[str, Item] = {}
        for other in self.items:
            near = other.paragraph == item.paragraph
            if other.setting and other.scope == item.scope and (
                    near or (other.number < item.number and other.part == item.part)):
                before = found.get(other.name)
                if before is None or (near and other.number < item.number) or before.paragraph != item.paragraph:
                    found[other.name] = other
        return list(found.values())

    def _meant(self, last: Item, near: bool, without: frozenset[int]) -> dict[str, list[Item]]:
        """The definitions that stand for each name where `last` stands."""
        above: dict[str, list[Item]] = {}
        below: dict[str, list[Item]] = {}
        for item in self.items:
            if item.scope != last.scope or item.role not in (DEFINED, NAMED) or item.number in without \
                    or (item.case and item.part != last.part):
                continue
            after = item.number > last.number
            if (after and (item.onward or item.part != last.part)) or (near and item.section != last.section):
                continue
            for name in {item.name, item.name.rpartition("_")[0] if item.name[-2:-1] == "_" else item.name,
                         item.name.partition("(")[0]}:
                same = (below if after else above).setdefault(name, [])
                if same and same[0].name == item.name and same[0].variant != item.variant:
                    if after:
                        continue
                    same.clear()
                elif any(i.name == item.name and i.variant != item.variant for i in same):     # y_2 anew, among the y
                    if after:
                        continue
                    same[:] = [i for i in same if i.name != item.name or i.variant == item.variant]
                same.append(item)
        if last.role in (DEFINED, NAMED, UPDATED):
            far = {n for n, items in above.items() if n in below and items[-1].part != last.part}
            above = {n: items for n, items in above.items() if n not in far}
        for name, items in below.items():       # … with v_0 = 0, and from A_{T+1} = 0 on
            fixed = {any(i.member) for i in above.get(name, ()) if i.member}
            if name in above and len(fixed) < 2:
                above[name] = [*above[name], *(i for i in items if i.variant == above[name][-1].variant and (
                    _go_by_turns(i, above[name][-1]) or i.member and {any(i.member)} != fixed))]
        return {**below, **above}

    def _close(self, wanted: set[str], meant: dict[str, list[Item]], found: dict[int, Item]) -> None:
        first = next(iter(found.values()))
        work, seen = [(name, first) for name in wanted], set[str]()
        while work:
            name, user = work.pop()
            if name in seen:
                continue
            if name in user.bare and (all(i.stepwise for i in meant.get(name, ())) or all(
                    i.member and i.number > first.number for i in meant.get(name, ()))):
                continue        # the argument w of f(w) is no step w_k, and a Δ is no Δ_B further down
            seen.add(name)
            for item in meant.get(name, ()):
                found.setdefault(item.number, item)
                work += [(n, item) for n in item.names]

    def _downstream(self, names: set[str], meant: dict[str, list[Item]], found: dict[int, Item]) -> None:
        """Everything that is computed from the names, with all that it needs."""
        reached = set(names)
        every = [item for items in meant.values() for item in items if item.role == DEFINED]
        for _ in every:
            more = {i.name for i in every if i.uses & reached} - reached
            if not more:
                break
            reached |= more
        self._close(reached, meant, found)

    def _with_declarations(self, last: Item, found: dict[int, Item], apart: bool) -> list[Item]:
        """With the declarations, assumptions and ranges of the names and letters in what was found."""
        names = {n for i in found.values() for n in (*i.names, *([i.name] if i.name else []))}
        names = names.union(*(i.given for i in self.items if i.scope == last.scope and i.uses & names))
        given = given_in(last)
        declared: dict[str, Item] = {}
        sizes: list[Item] = []
        assumed: list[Item] = []
        ranges: list[Item] = []
        for item in self.items:
            if item.scope != last.scope or item.told:
                continue
            if item.role == DECLARED and isinstance(item.statement, said.Law):
                if item.uses & names and item.number <= last.number and not item.uses & given:
                    assumed.append(item)
            elif item.role == DECLARED and isinstance(item.statement, said.Declaration):
                if not item.declared:
                    sizes.append(item)
                for name in item.uses & names:
                    if item.number <= last.number or name not in declared:
                        declared[name] = item
            elif item.role == ASSUMED and isinstance(item.statement, (said.Assume, said.Property)):
                if not item.uses - names:
                    assumed.append(item)
            elif item.role == ASSUMED and item.letter:
                ranges.append(item)
            elif item.role == ASSUMED and item.number <= last.number and (not item.uses - names or
                                                                          _is_chain(item, names)):
                assumed.append(item)
        kept: dict[int, set[str]] = {}
        for name, item in declared.items():
            kept.setdefault(item.number, set()).add(name)
        result = {**found, **{i.number: i for i in (*sizes, *assumed)}}
        for number, own in kept.items():
            result[number] = _only(self.items[number], own)
        return [_ranged(result[n], [r for r in ranges if self._reaches(r, result[n], apart)]) for n in sorted(result)]

    def _reaches(self, ranged: Item, item: Item, apart: bool) -> bool:
        """Whether a range may be meant for an item: one in a sentence about a display is for that display, and a part
        of a range below an equation is for the equation right in front of it."""
        only = ranged.leads if apart and ranged.only is None else ranged.only
        if only is not None:
            return only == item.place.start
        between = self.items[item.number + 1:ranged.number]
        return not ranged.partial or all(i.place is item.place or i.letter for i in between)


def _go_by_turns(one: Item, other: Item) -> bool:
    """Whether they define members by turns: y_{2i} and y_{2i−1}."""
    return one.name == other.name and all(any(m.startswith(EVERY) for m in i.member) for i in (one, other))


def _ranged(item: Item, ranges: list[Item]) -> Item:
    """An equation with the ranges that stand above it, of each letter the nearest; the first one below where there is
    none above."""
    statement = item.statement
    if not isinstance(statement, (said.Equality, said.Law)):
        return item
    nearest: dict[str, Item] = {}
    for ranged in ranges:
        above = nearest.get(ranged.letter)
        if above is None or ranged.number < item.number and not _goes_further(ranged.statement, above.statement):
            nearest[ranged.letter] = ranged
    own = " ".join(c.piece.text for c in statement.conditions)
    more = [r.statement for x, r in nearest.items() if _stands(x, statement.piece.text) and not _stands(x, own)]
    if not more:
        return item
    conditions = (*statement.conditions, *more)
    if isinstance(statement, said.Law):
        return replace(item, statement=replace(statement, conditions=conditions))
    return replace(item, statement=replace(statement, conditions=conditions, above=tuple(more)))


def _goes_further(ranged: said.Statement, other: said.Statement) -> bool:
    """Whether a range is another one and a step more, as it is stated for V_t (t = 1, …, T + 1) behind r_t (t = 1, …,
    T): an equation with both is for t ≤ T."""
    if not isinstance(ranged, said.Range) or not isinstance(other, said.Range):
        return False
    low, end, short = ("".join(p.text.split()) for p in (ranged.low, ranged.high, other.high))
    return low == "".join(other.low.text.split()) and end.startswith(f"{short}+") and end[len(short) + 1:].isdecimal()


def given_in(item: Item) -> set[str]:
    """The names that stand outside of all moments in a claim about one: of Var(y) = σ² ‖x‖², x is given."""
    inside = {id(n) for side in item.sides for m in walk(side) if m.kind == "moment" for n in walk(m)}
    if not inside:
        return set()
    return {n.parts[0].text for side in item.sides for n in walk(side)
            if n.kind in ("name", "ident") and id(n) not in inside}


def _is_chain(item: Item, names: set[str]) -> bool:
    """Whether an assumption such as 0 < p < q < T is about some of the names, among others."""
    return isinstance(item.statement, said.Relation) and len(item.statement.members) > 3 and bool(item.uses & names)


def _stands(letter: str, text: str) -> bool:
    """Whether a letter stands in a formula, on its own or in a subscript of several."""
    names = {"τ": r"\\tau(?![A-Za-z])|τ"}
    return bool(re.search(names.get(letter, rf"(?<![A-Za-z\\]){letter}(?![A-Za-z])|(?<=[_^{{]){letter}|"
                                            rf"(?<=[_^]\{{[a-z]){letter}"), text))


def _only(item: Item, names: set[str]) -> Item:
    """A declaration of several names, of which some are used."""
    statement = item.statement
    assert isinstance(statement, said.Declaration)
    if item.uses <= names:
        return item
    kept = tuple(p for p, n in zip(statement.names, item.declared) if n in names)
    return replace(item, statement=replace(statement, names=kept)) if kept else item
