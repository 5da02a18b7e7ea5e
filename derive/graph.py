"""Which name depends on which, and in what order auxiliary derivatives are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from derive.expression import names

if TYPE_CHECKING:
    from derive.derivation import Derivative  # programs are made of graphs, too


def closure(start: Iterable[str], following: Callable[[str], Iterable[str]]) -> set[str]:
    """Everything that is reached from `start`, which is included."""
    seen: set[str] = set()
    work = list(start)
    while work:
        n = work.pop()
        if n not in seen:
            seen.add(n)
            work += following(n)
    return seen


def recurrent(hidden: dict[str, Derivative]) -> list[str]:
    """Auxiliary derivatives to keep as names: enough of them that the others no longer depend on themselves."""
    kept: list[str] = []
    for name in hidden:
        def following(n: str) -> set[str]:
            return {m for m in names(hidden[n].steps[-1].after) if m in hidden and m not in kept}
        if name in closure(following(name), following):
            kept.append(name)
    return kept


def lemmas_first(found: dict[str, Derivative], hidden: dict[str, Derivative]) -> list[Derivative]:
    """Each auxiliary derivative right before the first one that uses it."""
    placed: dict[str, Derivative] = {}

    def place(d: Derivative) -> None:
        if d.name in placed:
            return
        for n in {m: None for s in d.steps for m in s.uses if m in hidden}:
            place(hidden[n])
        placed[d.name] = d

    for d in found.values():
        if d.shown:
            place(d)
    return list(placed.values())

