"""What the grammar yields: a tree of marks that does not know yet what its names are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from derive.reading.errors import ReadingError

MAX_NESTING = 120
MAX_FACTORS = 120           # of one product, or parts of a stack or a chain
MAX_TERMS = 600             # of one sum
EXTREMES = {"max": "greatest", "min": "least", "argmax": "place_of_greatest", "argmin": "place_of_least"}
PLACES = (EXTREMES["argmax"], EXTREMES["argmin"])
BINDERS = frozenset(["big_sum", "big_product", "listed", *EXTREMES.values()])   # the first part binds in the second


class TooDeep(ReadingError):
    """The tree is too high; raised where the source is not known, and placed later."""

    def __init__(self, at: int):
        super().__init__("the formula is nested too deeply, or too long")
        self.at = at


class Node:
    """A piece of the tree: its kind, its parts (nodes, lexemes, texts, None), and where it begins. `every` is what a
    walk over it has found: trees are walked over often, and never change."""

    __slots__ = ("kind", "parts", "at", "below", "height", "every")

    def __init__(self, kind: str, parts: tuple[Any, ...], at: int):
        self.kind, self.parts, self.at = kind, parts, at
        self.below: tuple[Node, ...] = tuple(_nodes(parts))
        self.every: tuple[Node, ...] | None = None
        self.height: int = 1 + max([n.height for n in self.below], default=0)
        if self.height > MAX_NESTING:
            raise TooDeep(at)

    def __repr__(self) -> str:
        return f"{self.kind}{self.parts!r}"


def _nodes(parts: tuple[Any, ...]) -> Iterator[Node]:
    for part in parts:
        if isinstance(part, Node):
            yield part
        elif isinstance(part, tuple):
            for inner in part:
                if isinstance(inner, Node):
                    yield inner


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    if node.every is None:
        node.every = tuple(_walked(node))
    return iter(node.every)


def _walked(node: Node) -> Iterator[Node]:
    work = [node]
    while work:
        node = work.pop()
        yield node
        work.extend(reversed(node.below))
