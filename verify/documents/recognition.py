"""What the catalogue knows of a formula that looks like one of its own. A guess, which decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from derive.documents.lines.items import CLAIMED, CONDITION, DEFINED, NAMED, OPERATION, UNREADABLE, UPDATED, Item
from derive.recognition import forms
from derive.recognition.forms import Form, NoForm
from derive.recognition.matching import SHIFT, matched, nearly
from derive.recognition.table import PLAIN, Row, Table, table
from derive.recognition.trees import form_of
from verify.documents.candidates import Candidate, Recognised, sides_fit, without_accents
from verify.documents.headings import Headings, short

STRONG = 5                  # the weight of a formula that is known by itself
COMMON = 6                  # so many entries have a formula that none of them is known by: a mean, a variance
NEAR = 5                    # the weight of one that is known although something differs
ALIKE = 0.5                 # how much the names must be alike then
MOST_NEAR = 60              # formulas with which one of a page is compared for a difference
_DEFINING = ("definition", "update-rule")
_ROLES = (DEFINED, NAMED, CLAIMED, UPDATED, CONDITION, OPERATION, UNREADABLE)


class Recognition:
    """Recognises the formulas of one page; all of them are looked at when the first one is asked for."""

    def __init__(self, items: Sequence[Item], text: str):
        self.items, self.text = [i for i in items if i.role in _ROLES and i.sides and not i.used], text
        self.used = {i.used for i in items if i.used}

    # -- what is asked -------------------------------------------------------------------------------------------
    def of(self, item: Item) -> Recognised | None:
        """The formula of the catalogue that an item looks like."""
        found = self._chosen.get(item.number)
        if found is not None and self._is_at_home(found, item):
            return self._told(found)
        near = self._near(item)
        if near is None and found is not None and not self._headed(item):
            near = found
        return self._told(near) if near is not None else None

    def mistake(self, item: Item) -> dict[str, str] | None:
        """Why people write what a refuted claim says: where it is a known mistake of an entry that the page uses, or
        that the heading or other formulas tell."""
        form = self._forms.get(item.number)
        if form is None:
            return None
        for row in self._table.alike(form):
            known = row.entry in self.used or row.entry in self._entries or self._heading(item, row.entry) \
                or row.weight > NEAR
            match = matched(form, row.form) if row.why and known and sides_fit(form, row) else None
            if match is not None and Candidate(row, match).alike >= ALIKE:
                return dict(row.why)
        return None

    # -- how it is found -----------------------------------------------------------------------------------------
    @cached_property
    def _table(self) -> Table:
        return table()

    @cached_property
    def _forms(self) -> dict[int, Form]:
        found = {}
        for item in self.items:
            try:
                found[item.number] = form_of(item.sides, item.role == UPDATED)
            except (NoForm, RecursionError, ValueError, ArithmeticError, AttributeError):
                continue
        return found

    @cached_property
    def _candidates(self) -> dict[int, list[Candidate]]:
        found = {n: [c for form in _variants(mine) for c in self._same(form)] for n, mine in self._forms.items()}
        return {n: candidates for n, candidates in found.items() if candidates}

    def _same(self, form: Form) -> list[Candidate]:
        rows = (r for r in self._table.alike(form) if not r.why and sides_fit(form, r))
        pairs = ((row, matched(form, row.form)) for row in rows)
        return [Candidate(row, match) for row, match in pairs if match is not None]

    @cached_property
    def _support(self) -> dict[tuple[str, int, str], set[str]]:
        """Of each entry, the formulas that are known by themselves: under a title, in a section, on the page."""
        found: dict[tuple[str, int, str], set[str]] = {}
        places = {i.number: _places(i) for i in self.items}
        for number, candidates in self._candidates.items():
            for c in candidates:
                if self._is_telling(c.row):
                    for place in places[number]:
                        found.setdefault((*place, c.row.entry), set()).add(c.row.formula)
        return found

    def _is_telling(self, row: Row) -> bool:
        """Whether a formula is known by itself. Gradients of different things look alike, unless they go in steps."""
        left = row.form.parts[0].data
        known = row.left == PLAIN or any(f.data == left and f.shift for f in row.form.parts[1].walk())
        return known and row.weight >= STRONG and self._table.entries_with(row) < COMMON

    def _others(self, c: Candidate, item: Item) -> list[int]:
        """How many other formulas of the entry stand under the same title, in the same section, on the page."""
        return [len(self._support.get((*p, c.row.entry), set()) - {c.row.formula}) for p in _places(item)]

    @cached_property
    def _telling(self) -> dict[int, Candidate]:
        """What is known by itself, or by the heading above it."""
        return self._best_of(lambda c, item: self._is_telling(c.row) or (
            c.row.weight >= STRONG and self._heading(item, c.row.entry) > 0))

    @cached_property
    def _entries(self) -> set[str]:
        """The entries that the page tells of."""
        return {c.row.entry for c in self._telling.values()}

    @cached_property
    def _chosen(self) -> dict[int, Candidate]:
        """With what is known beside those."""
        return {**self._best_of(lambda c, item: c.row.entry in self._entries), **self._telling}

    def _best_of(self, is_able: Callable[[Candidate, Item], bool]) -> dict[int, Candidate]:
        by_number = {i.number: i for i in self.items}
        found = {}
        for number, candidates in self._candidates.items():
            item = by_number[number]
            best = self._best(item, [c for c in candidates if is_able(c, item) and not self._is_another(c)])
            if best is not None:
                found[number] = best
        return found

    def _best(self, item: Item, able: list[Candidate]) -> Candidate | None:
        """The most likely one; of no entry of which two facts are as likely."""
        ranks = {id(c): self._rank(item, c) for c in able}
        for best in sorted(able, key=lambda c: ranks[id(c)], reverse=True):
            rivals = {c.row.fact for c in able if c.row.entry == best.row.entry and ranks[id(c)] == ranks[id(best)]}
            if len(rivals) == 1:
                return best
        return None

    def _rank(self, item: Item, c: Candidate) -> tuple[Any, ...]:
        near, around, far = self._others(c, item)
        says = self._table.entries[c.row.entry].facts.get(c.row.fact, {}).get("kind") in _DEFINING
        return (self._heading(item, c.row.entry), not self._is_special(c.row.entry), min(near, 3), min(around, 3),
                round(c.alike, 3), far, -len(self._table.by_entry[c.row.entry]), says)

    def _is_another(self, c: Candidate) -> bool:
        """Whether the page calls it as the entry calls something else: an output gate o with tanh is no candidate g."""
        left = c.row.form.parts[0]
        mine = next((m for m, t in c.match.renaming.items() if t == left.data), "").rstrip("'")
        others = {r.formula.lower() for r in self._table.by_entry[c.row.entry] if not r.why}
        return without_accents(mine) != without_accents(left.data) and mine.lower() in others

    def _is_at_home(self, c: Candidate, item: Item) -> bool:
        """Whether a heading or other formulas of the page speak of the entry as well. Where headings name others, the
        names must be alike."""
        if self._heading(item, c.row.entry):
            return True
        told = any(other.row.entry == c.row.entry for n, other in self._telling.items() if n != item.number)
        return told and (c.alike >= ALIKE or not self._headed(item))

    def _near(self, item: Item) -> Candidate | None:
        """A formula of an entry that the page is about, with one difference."""
        form = self._forms.get(item.number)
        if form is None or forms.weight(form) < NEAR - 1:
            return None
        timeless = not any(f.kind == forms.NAME and (f.shift or f.steps) for f in form.walk())
        tried = 0
        found: list[Candidate] = []
        for entry in sorted(self._entries | self.used | self._headed(item)):
            for row in self._table.by_entry.get(entry, ()):
                if row.weight < NEAR or not sides_fit(form, row) or abs(row.size - form.size) > 6:
                    continue
                tried += 1
                if tried > MOST_NEAR:
                    break
                match = matched(form, row.form) if row.why else nearly(form, row.form)
                if match is not None and match.way == SHIFT and timeless:
                    continue
                if match is not None and (entry in self.used or self._is_at_home(Candidate(row, match), item)):
                    found.append(Candidate(row, match))
        best = max(found, key=lambda c: (bool(c.row.why), c.alike), default=None)
        return best if best is not None and best.alike >= ALIKE else None

    def _heading(self, item: Item, entry: str) -> int:
        return self._headings.names(item.place.start, entry)

    @cached_property
    def _headings(self) -> Headings:
        return Headings(self.text, self._table.entries.values())

    def _headed(self, item: Item) -> set[str]:
        """The entries that headings name."""
        return self._headings.named(item.place.start)

    def _is_special(self, entry: str) -> bool:
        """Whether an entry is about one side of another one: adam_invariance."""
        return any(entry.startswith(f"{name}_") for name in self._table.entries)

    def _told(self, found: Candidate) -> Recognised:
        row, head = found.row, self._table.entries[found.row.entry]
        fact = head.facts.get(row.fact, {})
        title = {say: short(head.title[say]) + between + (fact[say] if fact else row.formula)
                 for say, between in (("en", ": "), ("zh", "："))}
        match = found.match
        difference = {"way": match.way, "here": match.here, "there": match.there} if match.way else dict(row.why or {})
        renaming = {m: t for m, t in match.renaming.items() if not m.endswith("'")}
        return Recognised(row.entry, row.formula, row.fact, title, renaming, difference)


def _places(item: Item) -> list[tuple[str, int]]:
    return [("title", item.chapter), ("section", item.section), ("page", 0)]


def _variants(form: Form) -> Iterator[Form]:
    """What a formula may also stand for."""
    yield form
    for other in (forms.one_value_later(form), forms.arbitrary(form)):
        if other is not None and other.key != form.key:
            yield other
