"""Labels that look like indices: the k of d_k = d/h, where d stands without an index, is none, since no number is
computed from the vector of which it would be an entry; nor is the p of P_p = 18 C² beside P_1 = C B."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from derive.documents.trees.bound_letters import letters_in
from derive.documents.trees.members import scripted_parts
from derive.documents.trees.trees import Formula, walk
from derive.reading.nodes import plain
from derive.reading.syntax import Node

_COUNTING = frozenset("ijkmnltτ")       # letters that are indices also where nothing on the right depends on them
_ARITHMETIC = ("sum", "product", "fraction", "group", "braces")

Labelled = tuple[str, str]      # a letter, and the label below it


def part_labels(formulas: Iterable[Formula], vectors: Container[str]) -> Iterator[Labelled]:
    """Every letter with a label of which an equation says how it is made of the letter alone, or beside numbered ones
    what it is."""
    formulas = list(formulas)
    yield from _beside_numbers(formulas)
    for formula in formulas:
        base, label = _labelled(formula.left)
        relation = formula.tree.kind == "relation" and set(formula.tree.parts[1]) == {"="}
        if label and relation and base not in vectors and base in set(_operands(formula.sides[-1])) \
                and label not in _indices(formula.sides[1:]):
            yield base, label


def _beside_numbers(formulas: list[Formula]) -> Iterator[Labelled]:
    """The P and the p of P_p, which nothing else depends on, where P_1 has a definition of its own."""
    every = [f for f in formulas if f.tree.kind == "relation" and set(f.tree.parts[1]) == {"="}]
    numbered = {base for f in every for base, label in [_labelled(f.left, "number")] if label}
    for formula in every:
        base, label = _labelled(formula.left)
        if base in numbered and label and label not in _COUNTING and not any(
                label in _indices((f.tree,), (base, label)) for f in formulas):
            yield base, label


def only_labels(tree: Node, labelled: Iterable[Labelled]) -> set[str]:
    """The letters that stand in a formula as such labels and nowhere else."""
    found = {(base, label) for n in walk(tree) for base, label in [_labelled(n)] if label}
    return {x for base, x in labelled if (base, x) in found and not any(
        x == other and of != base for of, other in found) and x not in _indices((tree,), (base, x))}


def _labelled(node: Node, kind: str = "ident") -> Labelled:
    """The d and the k of d_k; of another `kind` the label is a number."""
    parts = scripted_parts(node) if node.kind == "scripted" else None
    if parts is None or len(parts[1]) != 1 or parts[1][0].kind != "lowered":
        return "", ""
    inside = plain(parts[1][0].parts[0])
    shown = inside.parts[0].text if inside.kind == kind else ""
    return (parts[0].parts[0].text, shown) if len(shown) == 1 else ("", "")


def _operands(node: Node) -> Iterator[str]:
    """The letters that stand alone in the arithmetic of a side, outside of functions, norms and scripts."""
    if node.kind == "ident":
        yield node.parts[0].text
    for inner in node.below if node.kind in _ARITHMETIC else ():
        yield from _operands(inner)


def _indices(trees: Iterable[Node], without: Labelled = ("", "")) -> set[str]:
    """The letters that stand alone, or in scripts other than those of a label."""
    found: set[str] = set()
    work = list(trees)
    while work:
        node = work.pop()
        if _labelled(node) == without and without[0]:
            continue
        found |= {node.parts[0].text} if node.kind == "ident" else set()
        found |= set(letters_in(node)) if node.kind in ("lowered", "raised", "picked") else set()
        work.extend(node.below)
    return found
