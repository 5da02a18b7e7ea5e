"""Samples x_i beside a matrix X: that x_i is a row of X, or a column, stands in words if anywhere. A claim that speaks
of both may be read with a definition that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from derive.documents.members import enclosed, scripted_parts
from derive.documents.model import letter_of, texts
from derive.documents.sizes import DeclaredKinds
from derive.documents.statements import Declaration, Equality, Piece, Range
from derive.documents.trees import walk
from derive.reading.indices import LINES, arguments
from derive.reading.syntax import Node

_ROWS = re.compile(r"\brows?\b|行")
_COLUMNS = re.compile(r"\bcolumns?\b|列")


@dataclass(frozen=True)
class Link:
    """`x_i = X_{i,:}ᵀ` or `x_i = X_{:,i}`. It is `certain` where shapes or words say which of the two; `beside` is
    the declaration of the matrix, `shape` that of the samples where the page has none."""

    name: str
    matrix: str
    statement: Equality
    shape: Declaration | None
    beside: object
    certain: bool


def links(kinds: DeclaredKinds, trees: Iterable[Node], text: str) -> Iterator[Link]:
    """Every such pair of a page, once."""
    matrices = {letter_of(n.tree): (statement, n, [*texts(sides)]) for statement, _, names, sides in kinds
                for n in names if len(sides) == 2 and n.tree.kind == "ident"}
    declared = {letter_of(n.tree): (n.tree, texts(sides)) for _, _, names, sides in kinds for n in names}
    used: dict[str, Node] = {}
    for node in (n for tree in trees for n in walk(tree)):
        if _index(node) and letter_of(node) not in declared:
            used.setdefault(letter_of(node), node)
    vectors = {name: (tree, sides) for name, (tree, sides) in declared.items() if _index(tree) and len(sides) == 1}
    for name, (tree, sides) in {**vectors, **{n: (t, []) for n, t in used.items()}}.items():
        matrix = name.upper()
        if matrix == name or matrix not in matrices:
            continue
        statement, formula, (rows, columns) = matrices[matrix]
        if sides and sides[0] not in (rows, columns):
            continue
        in_words = bool(_ROWS.search(text)) != bool(_COLUMNS.search(text))
        by_shape = bool(sides) and rows != columns
        is_row = sides[0] == columns if by_shape else not (in_words and _COLUMNS.search(text))
        at = formula.at(formula.tree.at)
        made = _statement(tree, matrix, is_row, rows if is_row else columns, at)
        length = Piece(rf"\mathbb{{R}}^{{{columns if is_row else rows}}}", at)
        shape = None if sides else Declaration(length, made.members[:1], length)
        yield Link(name, matrix, made, shape, statement, by_shape or in_words)


def _index(node: Node) -> str:
    """The i of x_i and x^{(i)}."""
    parts = scripted_parts(node) if node.kind == "scripted" else None
    script = parts[1][0] if parts else None
    if script is None or not (script.kind == "lowered" or (script.kind == "raised" and enclosed(script))):
        return ""
    inside = arguments(script.parts[0])
    shown = inside[0].parts[0].text if len(inside) == 1 and inside[0].kind == "ident" else ""
    return shown if shown in LINES else ""


def _statement(tree: Node, matrix: str, is_row: bool, length: str, at: int) -> Equality:
    letter, raised = _index(tree), tree.parts[1][0].kind == "raised"
    left = f"{letter_of(tree)}^{{({letter})}}" if raised else f"{letter_of(tree)}_{{{letter}}}"
    right = f"{matrix}_{{{letter},:}}^{{\\top}}" if is_row else f"{matrix}_{{:,{letter}}}"
    whole = f"{left} = {right}"
    ranged = Range(Piece(f"{letter} = 1, …, {length}", at), Piece(letter, at), Piece("1", at), Piece(length, at))
    return Equality(Piece(whole, at), (Piece(left, at), Piece(right, at)), (ranged,))
