"""A sum that has the letter of its parts: of L = Σ_t L_t and L = L_1 + L_2, the L without an index is a name of its
own, L̲. So is the number q of q_l = 1 − (1 − q) l/N."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from derive.documents.lines.statements import Piece
from derive.documents.trees.trees import Formula, Reader, changed
from derive.notation.names import GREEK
from derive.reading.syntax import Node

_STYLE = re.compile(r"\\(?:mathcal|mathscr|mathit|mathrm|boldsymbol|mathbf|bm)\s*(?:\{\s*([A-Z])\s*\}|([A-Z]))")
_SUM = re.compile(r"\\sum(?![A-Za-z])|[∑Σ]")
_OVER = re.compile(r"(?:\\sum|[∑Σ])\s*_\s*\{?\s*([a-z])(?![a-z])")
_PART = re.compile(r"[\s&]*([A-Z])\s*_\s*\{?\s*([a-z])\s*\}?[\s&]*")
_MEMBER = re.compile(r"[\s&]*(\\?[A-Za-z]+|[^\W\d_])\s*_\s*(?:[a-z]|\{\s*[a-z]\s*\})[\s&]*")
_MARK = "\u0332"


def wholes(equations: Iterable[tuple[str, ...]]) -> frozenset[str]:
    """The capital letters that stand alone on the left of a sum of their like with an index, or of numbered ones; or
    of a sum over the index with which they stand on another left side: G = Σ_k Σ_i g_{k,i} beside G_k = Σ_i g_{k,i}."""
    found = set[str]()
    every = [[_STYLE.sub(lambda m: m[1] or m[2], text) for text in sides] for sides in equations]
    parts = {m.groups() for left, *_ in every if (m := _PART.fullmatch(left))}
    for left, *rest in every:
        letter = left.replace("&", "").strip()
        if len(letter) == 1 and letter.isascii() and letter.isupper():
            alone = rf"(?<![A-Za-z\\]){letter}"
            indexed = re.compile(rf"{alone}\s*(?:_\s*\{{?\s*[a-z]|\^\s*\{{?\s*[(\[]\s*[a-z])")
            numbered = re.compile(rf"{alone}\s*(?:_\s*\{{?\s*\d|[₀-₉])")
            found |= {letter for text in rest if _SUM.search(text) and indexed.search(text) or numbered.search(text)}
            found |= {letter for text in rest for m in _OVER.finditer(text) if (letter, m[1]) in parts}
    return frozenset(found)


def numbers_of_members(equations: Iterable[tuple[str, ...]], numbers: Collection[str]) -> frozenset[str]:
    """The letters among `numbers` by which members with the same letter are defined: q where 0 < q < 1 and
    q_l = 1 − (1 − q) l/N."""
    found = set[str]()
    for left, *rest in equations:
        member = _MEMBER.fullmatch(left)
        letter = member[1] if member is not None else ""
        if letter in numbers:
            bare = re.compile(rf"(?<![A-Za-z\\]){re.escape(letter)}(?!\s*[_₀-₉({{]|[A-Za-z])")
            found |= {GREEK.get(letter[1:], letter) for text in rest if bare.search(text)}
    return frozenset(found)


def told_apart(tree: Node, letters: Collection[str]) -> Node:
    """The tree with these letters underlined where they have no index."""
    def change(node: Node) -> Node | None:
        if node.kind == "ident" and node.parts[0].text in letters:
            mark = node.parts[0].text + _MARK
            return Node("ident", (replace(node.parts[0], text=mark, name=mark),), node.at)
        if node.kind == "scripted" and node.parts[0].kind == "ident" and any(map(_is_index, node.parts[1])):
            return Node("scripted", (node.parts[0], tuple(changed(s, change) for s in node.parts[1])), node.at)
        return None

    return changed(tree, change) if letters else tree


class PartReader(Reader):
    """Reads the letters of these wholes as names of their own."""

    def __init__(self, letters: frozenset[str], *with_what: Any):
        super().__init__(*with_what)
        self.letters = letters

    def formula(self, piece: Piece) -> Formula:
        found = super().formula(piece)
        return replace(found, tree=told_apart(found.tree, self.letters)) if self.letters else found


def _is_index(script: Node) -> bool:
    above = script.parts[0] if script.kind == "raised" else script
    if above.kind == "braces" and len(above.parts[0]) == 1:
        above = above.parts[0][0]
    return script.kind == "lowered" or above.kind == "group"
