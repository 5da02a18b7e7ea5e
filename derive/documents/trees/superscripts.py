"""Superscripts without brackets that are no powers: the layer 1 of W^1, the place i of q^i, the label q of W^q.

What tells it: nobody writes the first power of a name; a letter that counts on the left side counts on the right side
too; and a capital letter with several small letters above it, none of which counts anything, has labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from derive.documents.trees.members import enclosed, scripted_parts
from derive.documents.trees.trees import walk
from derive.reading.nodes import is_transpose, plain
from derive.reading.syntax import Node

Evidence = frozenset[tuple[str, str]]
FIRST, ZEROTH = "1", "0"


@dataclass
class Superscripts:
    """What a document tells: pairs of a name and what stands above it. `numbered` are names with numbers of layers,
    `counted` those with a letter of the left side, `labelled` those with labels."""

    numbered: set[str] = field(default_factory=set)
    counted: set[str] = field(default_factory=set)
    labelled: Evidence = frozenset()
    numbering: bool = False     # whether a left side has the first layer, W^1 = …

    def learn(self, trees: Iterable[tuple[Node, Node]], indices: frozenset[str]) -> None:
        """Takes what equations tell, each with its left side; `indices` are letters that count something."""
        above: dict[str, set[str]] = {}
        counting, counted = set(indices), set[str]()
        numbers: set[tuple[str, str]] = set()
        every = list(trees)
        alone = {left.parts[0].text for _, left in every if left.kind == "ident"}       # of y = …, y^p is a power
        for tree, left in every:
            letters = {shown for base, shown in raised(left) if base not in alone} if scripted_parts(left) else set()
            counting |= letters
            self.numbering |= FIRST in letters
            for base, shown in raised(tree):
                if shown in (FIRST, ZEROTH) and base != "e":
                    numbers.add((base, shown))
                elif shown in letters and shown.isalpha() and base.isascii():
                    counted.add(base)
                if len(base) == 1 and base.isupper() and len(shown) == 1 and shown.islower():
                    above.setdefault(base, set()).add(shown)
        self.counted |= counted
        self.numbered |= {base for base, shown in numbers if base in self.counted or shown == FIRST}
        self.labelled |= {(base, x) for base, found in above.items() for x in found
                          if len(found - counting) > 1 and x not in counting}

    def take(self, other: Superscripts) -> None:
        """Adds what the document as a whole tells."""
        self.numbered |= other.numbered
        self.counted |= other.counted
        self.labelled |= other.labelled
        self.numbering |= other.numbering

    def has_numbers(self, base: str) -> bool:
        """Whether a number above a name is that of a layer: nobody defines a first power."""
        return base in self.numbered and (self.numbering or base in self.counted)


def raised(tree: Node) -> Iterator[tuple[str, str]]:
    """The names of a formula with one letter or number above them, without brackets."""
    for node in walk(tree):
        parts = scripted_parts(node)
        for script in parts[1] if parts and node.kind == "scripted" else ():
            inside = plain(script.parts[0]) if script.kind == "raised" and not enclosed(script) else None
            if parts and inside is not None and inside.kind in ("ident", "name", "number") \
                    and not is_transpose(script.parts[0]):
                yield parts[0].parts[0].text, inside.parts[0].text
