"""Values of functions at points. M'(n μ² / (n μ² + σ²)) = 0 says what M' is at a point that is written out; M'(c) = 0
asks for one."""

from __future__ import annotations

from collections.abc import Iterator

from derive.documents.functions.called import call
from derive.documents.lines.items import DEFINED, Item
from derive.documents.trees.trees import walk, written
from derive.reading.syntax import Node


def is_at_a_point(item: Item, needed: list[Item]) -> bool:
    """Whether a claim is about a function of the document where its argument is computed from other names, or at two
    arguments, s(z) + s(−z): then it is about the function, and asks for no input."""
    parameters = {name: _names_in(arguments) for i in needed if i.role == DEFINED and i is not item and i.sides
                  for name, arguments in _calls(i.sides[:1])}
    called = [(name.rstrip("'"), arguments) for name, arguments in _calls(item.sides)]
    for name in parameters:
        places = {" ".join(map(written, arguments)): _names_in(arguments) for n, arguments in called if n == name}
        within = sorted(places.values(), key=len)
        if len(within) > 1 and within[0] and all(a <= b for a, b in zip(within, within[1:])):
            return True
    return any(name in parameters and _names_in(arguments) and all(a.kind not in ("name", "ident") for a in arguments)
               and not _names_in(arguments) & parameters[name] for name, arguments in called)


def parameters(item: Item) -> set[str]:
    """The names for all values of which a claim gives a function: the x of f'(x) = 2x, where x is 3 elsewhere."""
    given = [a for side in item.sides[:1] if (found := call(side)) is not None for a in found[1]]
    return {a.parts[0].text for a in given if a.kind in ("name", "ident")} & _names_in(item.sides[-1:])


def _names_in(nodes: tuple[Node, ...]) -> set[str]:
    return {n.parts[0].text for tree in nodes for n in walk(tree) if n.kind in ("name", "ident")}


def _calls(sides: tuple[Node, ...]) -> Iterator[tuple[str, tuple[Node, ...]]]:
    for node in (n for side in sides for n in walk(side)):
        found = call(node)
        if found is not None:
            yield found
