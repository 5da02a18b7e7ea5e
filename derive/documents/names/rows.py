"""Samples x_i beside a matrix X: that x_i is a row of X, or a column, stands in words if anywhere. A claim that speaks
of both may be read with a definition that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from derive.documents.lines.statements import Declaration, Equality, Piece, Range
from derive.documents.names.model import letter_of, texts
from derive.documents.names.sizes import DeclaredKinds, Trees
from derive.documents.trees.members import enclosed, scripted_parts
from derive.documents.trees.trees import Formula, walk, written
from derive.reading.indices import LINES, arguments
from derive.reading.syntax import Node

_ROWS = re.compile(r"\brows?\b|行")
_COLUMNS = re.compile(r"\bcolumns?\b|列")


@dataclass(frozen=True)
class Link:
    """`x_i = X_{i,:}ᵀ` or `x_i = X_{:,i}`. It is `certain` where shapes or words say which of the two; `beside` is
    the declaration of the matrix, or its definition, `shape` that of the samples where the page has none."""

    name: str
    matrix: str
    statement: Equality
    shape: Declaration | None
    beside: object
    certain: bool


def links(kinds: DeclaredKinds, equations: Trees, text: str) -> Iterator[Link]:
    """Every such pair of a page, once."""
    matrices: dict[str, tuple[object, Formula, list[str]]] = {
        letter_of(n.tree): (statement, n, [*texts(sides)]) for statement, _, names, sides in kinds
        for n in names if len(sides) == 2 and n.tree.kind == "ident"}
    shapes = {written(n.tree): texts(sides) for _, _, names, sides in kinds for n in names if len(sides) == 2}
    matrices = {**dict(_products(equations, shapes)), **matrices}
    trees = [f.tree for _, f, _ in equations]
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
        told = [bool(p.search(text)) for p in _of(matrix)]
        if told[0] == told[1]:
            told = [bool(p.search(text)) for p in (_ROWS, _COLUMNS)]
        in_words = told[0] != told[1]
        by_shape = bool(sides) and rows != columns
        is_row = sides[0] == columns if by_shape else not (in_words and told[1])
        at = formula.at(formula.tree.at)
        made = _statement(tree, matrix, is_row, rows if is_row else columns, at)
        length = Piece(rf"\mathbb{{R}}^{{{columns if is_row else rows}}}", at)
        shape = None if sides else Declaration(length, made.members[:1], length)
        yield Link(name, matrix, made, shape, statement, by_shape or in_words)


def _of(matrix: str) -> Iterator[re.Pattern]:
    """Words that speak of rows of a matrix, and of its columns: the i-th row of Q, Q 的第 i 行."""
    shown = rf"\$?\s*(?:\\\w+\s*\{{\s*)?{re.escape(matrix)}(?!\w)"
    for english, chinese in ((r"\brows?", "行"), (r"\bcolumns?", "列")):
        yield re.compile(rf"{english}(?:\s+\$?\w{{1,3}}\$?)?\s+of\s+(?:the\s+matrix\s+)?{shown}|"
                         rf"{shown}\}}?\s*\$?\s*的(?:第?[\s$\w]{{0,8}}|各|每一?){chinese}")


def _products(equations: Trees, declared: Mapping[str, list[str]]
              ) -> Iterator[tuple[str, tuple[object, Formula, list[str]]]]:
    """The matrices that are defined as products of two that are declared: Q = X W_Q."""
    for statement, formula, _ in equations:
        right = formula.sides[1] if len(formula.sides) == 2 and formula.left.kind == "ident" else None
        factors = right.parts[0] if right is not None and right.kind == "product" else ()
        sides = [declared.get(written(f), []) for f in factors]
        if len(sides) == 2 and all(sides) and sides[0][1] == sides[1][0]:
            yield letter_of(formula.left), (statement, replace(formula, tree=formula.left), [sides[0][0], sides[1][1]])


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
