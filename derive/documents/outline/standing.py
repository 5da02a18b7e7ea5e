"""The definitions of one scope that stand so far, and what rests on what."""

from __future__ import annotations

from collections.abc import Iterable

from derive.documents.functions.keys import keys
from derive.documents.lines.items import CLAIMED, Item
from derive.graph import closure


class Standing:
    """Which names were seen, and which definitions each of them has."""

    def __init__(self) -> None:
        self.meant: dict[str, list[Item]] = {}
        self.seen: dict[str, int] = {}              # where each name stands first
        self.given: dict[str, int] = {}             # where a law is first made of each name
        self.labels: frozenset[str] = frozenset()   # letters that are no index
        self.rows: dict[str, str] = {}              # samples, and the matrices of which they may be rows
        self._variants: dict[str, int] = {}
        self._claimed: set[tuple[str, int]] = set()     # the names about which a chapter claims something

    def see(self, item: Item) -> None:
        if item.role == CLAIMED and item.name:
            self._claimed.add((item.name, item.chapter))
        for name in item.names | ({item.name} if item.name else set()):
            self.seen.setdefault(name, item.number)
        for name in item.given:
            self.given.setdefault(name, item.number)

    def define(self, item: Item) -> None:
        item.variant = self._variants.get(item.name, 0)
        for name in keys([item.name], self.labels):
            self.meant.setdefault(name, []).append(item)

    def begin_anew(self, name: str) -> None:
        """What is said of a name from here on competes with what was said before."""
        self._variants[name] = self._variants.get(name, 0) + 1
        self.meant[name] = []

    def of(self, item: Item) -> list[Item]:
        """The definitions of the name on the left of an equation; m_1 = … is none of m."""
        return [i for i in self.meant.get(item.name, []) if i.name == item.name or item.member]

    def rests_on(self, names: Iterable[str], name: str) -> bool:
        """Whether some names are computed from another one."""
        return name in closure(names, self._used_for)

    def between(self, names: Iterable[str], name: str) -> set[str]:
        """What some names rest on, themselves included, as far as it is computed from another name, which is
        included; nothing where none of it is."""
        return {n for n in closure(names, self._used_for) if self.rests_on([n], name)}

    def competes(self, item: Item, right: Iterable[str], standing: list[Item]) -> bool:
        """Whether a second equation for a name defines it anew: it speaks of something that came after the first one
        and was not computed from it, or it is said to be an alternative. So may one under another heading, as long as
        nothing is claimed about the name there."""
        if not item.words.alternative and not item.member and any(
                n != item.name and self.rests_on([n], item.name) for n in right):
            return False        # B = Z + D after Z = B + D; h_t is made of o_t, and that of h_{t−1}
        if item.words.alternative or self._is_news(item, right, standing[-1].number):
            item.doubtful = not self._has_new_inputs(right, standing[-1].number)
            return True
        item.doubtful = item.chapter != standing[0].chapter and not item.words.conclusion and \
            (item.name, item.chapter) not in self._claimed
        return item.doubtful

    def _is_news(self, item: Item, right: Iterable[str], since: int) -> bool:
        """Whether names rest on one that came later and was not computed from the name on the left."""
        work, seen = list(right), set[str]()
        while work:
            name = self.rows.get(work[-1], work[-1])
            work.pop()
            if name in seen or name == item.name:
                continue
            seen.add(name)
            first = min(self.seen.get(name, item.number), self.given.get(name, item.number))
            anew = self.meant.get(name, [])
            if anew and anew[0].variant:
                first = max(first, anew[0].number)
            if first > since and not self.rests_on([name], item.name):
                return True
            work += self._used_for(name)
        return False

    def _has_new_inputs(self, right: Iterable[str], since: int) -> bool:
        """Whether names rest on something that nothing computes, and that came later."""
        return any(self.seen.get(n, since + 1) > since for n in closure(right, self._used_for) if not self.meant.get(n))

    def _used_for(self, name: str) -> list[str]:
        return [n for i in self.meant.get(name, ()) for n in i.uses]
