"""Which letters are indices in a formula: those that sums bind, and those in the scripts of a left side."""

from __future__ import annotations

from collections.abc import Collection

from derive.documents.spelling.label_words import LABELS, USUAL
from derive.documents.trees.members import flat, scripted_parts
from derive.documents.trees.trees import walk
from derive.reading.indices import arguments, letter_pieces
from derive.reading.nodes import is_transpose
from derive.reading.syntax import BINDERS, Node


def bound_letters(tree: Node) -> set[str]:
    """The letters that sums and products in a tree bind."""
    found: set[str] = set()
    for node in walk(tree):
        if node.kind in BINDERS:
            below = [s.parts[0] for s in node.parts[0] if s.kind == "lowered"]
            for item in (i for b in below for i in arguments(b)):
                members: tuple[Node, ...] = item.parts[0] if item.kind == "relation" else (item,)
                found |= set(letters_in(members[1] if len(members) == 3 else members[0]))
    return found


def index_letters(node: Node, others: frozenset[str] = frozenset(), names: frozenset[str] = frozenset(),
                  numbers: Collection[str] = ()) -> set[str]:
    """The letters in the scripts of the names of a left side, as far as they may be indices: the usual ones, and
    `others` that sums of the document bind. The k of e^{−kt} is none, nor the t of γ^{t/s}, nor is one of the
    `names` alone below another, the s of δ_s = ∂L/∂s, or above one of the `numbers`: the τ of γ^τ = ½."""
    found: set[str] = set()
    for inner in walk(node):
        parts = scripted_parts(inner)
        found |= entry_letters(inner)
        for script in parts[1] if parts else ():
            base = parts[0].parts[0].text if parts else ""
            power = script.kind == "raised" and base == "e"
            if script.kind == "picked" and any(i.kind == "everything" for i in script.parts[0]):
                found |= {x for item in script.parts[0] for x in letters_in(item)}
            elif script.kind in ("lowered", "raised") and not power and not is_transpose(script.parts[0]) \
                    and not is_divided(script):
                letters = [x for item in arguments(script.parts[0]) for x in letters_in(item)]
                alone = len(letters) == 1 and script.kind == "lowered"
                found |= set(letters) - names if alone or base in numbers else set(letters)
    return {x for x in found if x in USUAL or x in others}


def is_divided(script: Node) -> bool:
    """Whether something is divided by a letter in it, as no index is."""
    return script.kind == "raised" and any(
        n.kind == "fraction" and any(m.kind in ("ident", "name") for m in walk(n.parts[1])) for n in walk(script))


def listed_letters(node: Node) -> set[str]:
    """The letters of lists below names, and of Kronecker deltas: of Y_{c,i,j}, also c is an index, and so is the a of
    δ_{ak}."""
    found: set[str] = set()
    for inner in (n for n in walk(node) if n.kind == "scripted" and n.parts[0].kind == "ident"):
        if inner.parts[0].parts[0].text == "δ" and len(inner.parts[1]) == 1 and inner.parts[1][0].kind == "lowered":
            both = [x for item in arguments(inner.parts[1][0].parts[0]) for x in letters_in(item)]
            found |= set(both) if len(both) == 2 else set()
    for script in (n for n in walk(node) if n.kind == "lowered"):
        items = arguments(script.parts[0])
        if len(items) > 2 and all(i.kind == "ident" and len(letters_in(i)) == 1 for i in items):
            found |= {x for item in items for x in letters_in(item)}
    return found


def entry_letters(node: Node) -> set[str]:
    """The letters of (W x)_i, one entry of what stands in parentheses."""
    base, scripts = node.parts if node.kind == "scripted" else (node, ())
    lowered = [s for s in scripts[:1] if s.kind == "lowered"] if base.kind == "group" else []
    items = [i for s in lowered for i in arguments(s.parts[0])]
    if not all(i.kind in ("ident", "name", "product", "everything") for i in items):
        return set()
    return {x for item in items for x in letters_in(item) if x in USUAL}


def letters_in(node: Node) -> list[str]:
    """The single letters that an index is made of; min and in are words."""
    if flat((node,)) in LABELS:
        return []
    return [p for n in walk(node) if n.kind in ("ident", "name")
            for p in ([] if n.parts[0].text in LABELS else letter_pieces(n.parts[0].text))]


def letters_as_numbers(node: Node, letters: Collection[str]) -> list[str]:
    """Those of the letters that stand outside of scripts and sums: the t of t a_t."""
    if node.kind == "ident" and node.parts[0].text in letters:
        return [node.parts[0].text]
    inside = (n for n in node.below if n.kind not in ("lowered", "raised", "picked", *BINDERS))
    return list(dict.fromkeys(x for n in inside for x in letters_as_numbers(n, letters)))
