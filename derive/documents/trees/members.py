"""A name with its indices, as one node of a tree has it, and nodes made of names."""

from __future__ import annotations

from dataclasses import dataclass

from derive.notation.names import GREEK
from derive.reading.nodes import plain
from derive.reading.syntax import Node
from derive.reading.tokens import Lexeme


@dataclass(frozen=True)
class Context:
    """The letters that an equation binds: for certain (sums, stated ranges), or by its left side."""

    bound: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()

    @property
    def letters(self) -> frozenset[str]:
        return self.bound | self.left


@dataclass(frozen=True)
class Member:
    """A name with its indices: `above` and `below` are those that stand in scripts, `rest` are scripts of the value."""

    name: str
    above: tuple[Node, ...] = ()
    below: tuple[Node, ...] = ()
    rest: tuple[Node, ...] = ()
    at: int = 0

    @property
    def indices(self) -> tuple[Node, ...]:
        return self.above + self.below


def scripted_parts(node: Node) -> tuple[Node, tuple[Node, ...]] | None:
    """The letter or word and its scripts, where the node is one."""
    base, scripts = node.parts if node.kind == "scripted" else (node, ())
    return (base, scripts) if base.kind in ("ident", "name") else None


def enclosed(script: Node) -> bool:
    """Whether a superscript stands in parentheses or brackets: a^{(l)}, a^(l), a^{[l]}."""
    inside = script.parts[0]
    if inside.kind == "braces" and len(inside.parts[0]) == 1:
        inside = inside.parts[0][0]
    return inside.kind in ("group", "bracket")


def flat(items: tuple[Node, ...]) -> str:
    """A label as text: hh, model, x,h; empty for a sum or a fraction. The letters x and i are no ξ."""
    texts = []
    for item in items:
        inner = plain(item)
        parts = inner.parts[0] if inner.kind == "product" else (inner,)
        if not all(p.kind in ("ident", "name", "number") for p in parts):
            return ""
        words = [p.parts[0].text for p in parts]
        joined = "".join(words)
        texts.append(joined if joined not in GREEK or joined != "xi" and len(words) == 1 else ",".join(joined))
    return ",".join(texts)


def name_node(shown: str, at: int) -> Node:
    """A node for a name whose internal name is what is shown."""
    return Node("name", (Lexeme("NAME", shown, at, shown),), at)


def member_node(member: Member) -> Node:
    """A node for a member, with its indices."""
    scripts: list[Node] = []
    if member.above:
        scripts.append(Node("raised", (Node("group", (member.above,), member.at),), member.at))
    if member.below:
        scripts.append(Node("lowered", (Node("braces", (member.below,), member.at),), member.at))
    name = name_node(member.name, member.at)
    return Node("scripted", (name, tuple(scripts)), member.at) if scripts else name


def letter_node(shown: str, at: int) -> Node:
    return Node("ident", (Lexeme("IDENT", shown, at),), at)


def number_node(number: int, at: int) -> Node:
    return Node("number", (Lexeme("NUMBER", str(number), at),), at)
