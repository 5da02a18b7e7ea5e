"""A letter for a size and for what is computed: of W ∈ ℝ^{h×d} and h = tanh(W x), the size is h̲, wherever something is
as long, or counted to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from derive.documents.lines.statements import Declaration, Equality, Statement
from derive.documents.trees.members import letter_node
from derive.documents.trees.trees import changed
from derive.reading.syntax import BINDERS, Node
from derive.reading.tokens import Lexeme

_MARK = "\u0332"
_LETTER = re.compile(r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])")
_ALONE = re.compile(r"\s*&?\s*([A-Za-z])\s*&?\s*")
_ARRAY = re.compile(r"(?:ℝ|\\mathbb\s*\{?\s*R\s*\}?)\s*\^")


def sizes_apart(stream: Iterable[Statement], equations: Iterable[tuple[Statement, list[Lexeme]]]) -> frozenset[str]:
    """The lengths of axes to which an equation, given with its marks, gives a value that is made of arrays."""
    arrays = [s for s in stream if isinstance(s, Declaration) and _ARRAY.search(s.kind.text)]
    lengths = {x for s in arrays for x in _LETTER.findall(s.kind.text[s.kind.text.index("^"):])}
    names = {x for s in arrays for n in s.names for x in _LETTER.findall(n.text)} - lengths
    found: set[str] = set()
    for statement, tokens in equations:
        left = _ALONE.fullmatch(statement.members[0].text) if isinstance(statement, Equality) else None
        if left is not None and left[1] in lengths:
            at = next((k for k, t in enumerate(tokens) if t.kind == "REL"), len(tokens))
            if names & {t.text for t in tokens[at:] if t.kind == "IDENT"}:
                found.add(left[1])
    return frozenset(found)


def as_size(tree: Node, letters: Collection[str]) -> Node:
    """A length, with these letters underlined."""
    return changed(tree, lambda n: _underlined(n, letters)) if letters else tree


def with_counts(tree: Node, letters: Collection[str]) -> Node:
    """A formula, with these letters underlined in the bounds of its sums."""
    if not letters:
        return tree

    def change(node: Node) -> Node | None:
        if node.kind not in BINDERS:
            return None
        scripts = tuple(as_size(s, letters) for s in node.parts[0])
        return Node(node.kind, (scripts, *(changed(p, change) if isinstance(p, Node) else p for p in node.parts[1:])),
                    node.at)
    return changed(tree, change)


def _underlined(node: Node, letters: Collection[str]) -> Node | None:
    return letter_node(node.parts[0].text + _MARK, node.at) if node.kind == "ident" and node.parts[0].text in letters \
        else None
