"""Whether an e is Euler's number: e^{−x}, where e² may be the square of a name."""

from __future__ import annotations

from derive.documents.trees.members import enclosed
from derive.reading.nodes import plain
from derive.reading.syntax import Node
from derive.reading.tokens import Lexeme


def is_exponential(node: Node) -> bool:
    """e^{x}, which says nothing of a name e; e^{(i)} is a member of a family."""
    script = _above_e(node)
    return script is not None and not enclosed(script)


def is_to_a_value(node: Node) -> bool:
    """e to something else than a number."""
    script = _above_e(node)
    return script is not None and plain(script.parts[0]).kind != "number"


def is_computed(script: Node) -> bool:
    """Whether what stands above an e is computed, e^{−x}, or a member, e^{z_j}: also beside an error e, it is Euler's
    number then."""
    return plain(script.parts[0]).kind in ("sum", "product", "fraction", "apply", "scripted") and not enclosed(script)


def euler(at: int) -> Node:
    """Euler's number as exp(1)."""
    return exponential(Node("number", (Lexeme("NUMBER", "1", at),), at), at)


def exponential(value: Node, at: int) -> Node:
    """exp of a value: e^{S_ij} beside a V ∈ ℝ^{m×e}."""
    return Node("apply", (Lexeme("FUNCTION", "exp", at, "exp"), (), Node("group", ((plain(value),),), at)), at)


def _above_e(node: Node) -> Node | None:
    """The one superscript of an e."""
    base, scripts = node.parts if node.kind == "scripted" else (node, ())
    above = [s for s in scripts if s.kind == "raised"]
    return above[0] if base.kind == "ident" and base.parts[0].text == "e" and len(above) == len(scripts) == 1 else None
