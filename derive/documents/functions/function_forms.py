"""In which form the left side f(x) of an equation calls a function."""

from __future__ import annotations

from collections.abc import Container

from derive.documents.functions.called import call, word_of
from derive.documents.functions.keys import called_as
from derive.documents.trees.trees import written
from derive.reading.syntax import Node


def function_on_the_left(tree: Node, functions: Container[str]) -> str:
    """The function that an equation f(x) = … is about, of those that the document defines; empty for R(φ)ᵀ = …"""
    left = tree.parts[0][0] if tree.kind == "relation" else None
    if left is None or left.kind != "apply" or left.parts[0].text not in functions:
        return ""
    return "" if left.parts[1] or left.parts[2].kind == "scripted" else called_as(left)


def is_plain(left: Node, indexed: bool = False) -> bool:
    """Whether a function is called with different letters, f(x), not f(2 i) or D(a, a); where they may be `indexed`,
    D(μ_1, μ_2) is too."""
    if left.kind != "apply":
        return True
    arguments = left.parts[2]
    given = arguments.parts[0] if arguments.kind == "group" else (arguments,)
    different = len({written(n) for n in given}) == len(given)
    return different and all(word_of(n) if indexed else n.kind == "ident" for n in given)


def is_of_numbers(left: Node) -> bool:
    """Whether it is a value of a function: O(32, 5, 0, 1)"""
    given = _given(left)
    return bool(given) and all(a.kind == "number" for a in given)


def is_of_a_name(left: Node, names: Container[str]) -> bool:
    """Whether a function is called with one of some names."""
    return any(a.kind == "ident" and a.parts[0].text in names for a in _given(left))


def is_of_a_sum(left: Node) -> bool:
    """Whether a function is called with −x or x + y, which defines nothing; f(x + 1) does."""
    return any(a.kind == "sum" and (len(a.parts[0]) == 1 or not any(n.kind == "number" for n in a.parts[1]))
               for a in _given(left))


def is_operation(left: Node) -> bool:
    """Whether a left side shows what an operation does: (f * g)[n]"""
    base, scripts = left.parts if left.kind == "scripted" else (left, ())
    both = left.kind == "product" and [n.kind for n in left.parts[0]] == ["group", "group"]
    return base.kind == "group" and any(s.kind == "picked" for s in scripts) \
        or both and "*" in str(left.parts[0][0].parts)


def _given(left: Node) -> tuple[Node, ...]:
    return (call(left) or ("", ()))[1]
