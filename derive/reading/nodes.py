"""Questions about nodes of the tree."""

from __future__ import annotations

from derive.reading.syntax import Node


def differential(node: Node) -> Node | None:
    """What stands behind ∂, if this is a differential."""
    inner = plain(node)
    return inner.parts[0] if inner.kind in ("differential", "immediate") else None


def plain(node: Node) -> Node:
    """The one thing inside the braces of a script."""
    while node.kind in ("braces", "group") and len(node.parts[0]) == 1:
        node = node.parts[0][0]
    return node


def operand(node: Node) -> tuple[Node, tuple[Node, ...]]:
    """What a function is applied to, and the scripts of the result."""
    if node.kind == "scripted" and node.parts[0].kind == "group":
        return node.parts
    return node, ()


def is_transpose(node: Node) -> bool:
    inner = plain(node)
    return inner.kind in ("ident", "name") and inner.parts[0].text == "T" or inner.kind == "transpose"


def is_two(node: Node) -> bool:
    inner = plain(node)
    return inner.kind == "number" and inner.parts[0].text == "2"


def is_negative(node: Node) -> bool:
    return plain(node).kind == "sum"
