"""Derivatives of functions whose values are written out entry by entry: R'(θ) is the matrix of the derivatives of the
entries of R(θ), each of which becomes a function of its own."""

from __future__ import annotations

from dataclasses import replace

from derive.documents.functions.called import call, word_of
from derive.documents.names.sizes import Trees
from derive.documents.trees.trees import changed, walk
from derive.reading.nodes import plain
from derive.reading.syntax import Node
from derive.reading.tokens import Lexeme

_NAMES = [chr(code) for code in range(0x13A0, 0x13F0)]      # letters that no page uses


def entry_by_entry(trees: Trees, names: set[str]) -> tuple[Trees, set[str]]:
    """The trees with such derivatives written out and the entries defined, and the names of the entries. `names` are
    the functions that the document defines."""
    primed = {n.parts[0].text.rstrip("'") for _, f, _ in trees for n in walk(f.tree)
              if n.kind == "apply" and n.parts[0].text.endswith("'")} & names
    free = iter(_NAMES)
    values: dict[str, list[list[str]]] = {}
    made: Trees = []
    for statement, formula, ranges in trees:
        name, given = (call(formula.left) if formula.tree.kind == "relation" else None) or ("", ())
        body = plain(formula.sides[1]) if name in primed and list(map(bool, map(word_of, given))) == [True] else None
        if body is None or body.kind != "matrix":
            continue
        values[name] = []
        for row in body.parts:
            values[name].append([])
            for entry in row.parts[0]:
                called = "" if entry.kind == "number" else next(free, "")
                values[name][-1].append(called)
                if called:
                    left = _call(formula.left, called, "")
                    tree = Node("relation", ((left, entry), ("=",)), formula.tree.at)
                    made.append((statement, replace(formula, tree=tree), ranges))
    if next(free, None) is None or not made:
        return trees, set()

    def change(node: Node) -> Node | None:
        name = node.parts[0].text if node.kind == "apply" else ""
        rows = values.get(name.rstrip("'")) if name.endswith("'") else None
        primes = name[len(name.rstrip("'")):]
        return None if rows is None else Node("matrix", tuple(
            Node("row", (tuple(_call(node, x, primes) if x else _zero(node.at) for x in row),), node.at)
            for row in rows), node.at)

    return [*made, *((s, replace(f, tree=changed(f.tree, change)), r) for s, f, r in trees)], {
        x for rows in values.values() for row in rows for x in row if x}


def _call(node: Node, name: str, primes: str) -> Node:
    """A call with the same argument of another function."""
    mark = replace(node.parts[0], text=f"{name}{primes}", name=f"{name}{primes}")
    return Node("apply", (mark, *node.parts[1:]), node.at)


def _zero(at: int) -> Node:
    return Node("number", (Lexeme("NUMBER", "0", at),), at)
