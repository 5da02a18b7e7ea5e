"""Trees with their names resolved: letters with labels become names, words of known letters become products."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from derive.documents.trees.deviations import root_of_square
from derive.documents.trees.euler import euler, exponential, is_computed
from derive.documents.trees.indices import size_name
from derive.documents.trees.members import Context, Member, letter_node, member_node, scripted_parts
from derive.documents.trees.naming import Naming
from derive.documents.trees.trees import walk
from derive.reading.indices import arguments, letter_pieces
from derive.reading.nodes import differential, is_transpose, plain
from derive.reading.syntax import PLACES, Node
from derive.reading.tokens import Lexeme

CONSTANTS = frozenset(["I", "e", "δ"])      # the identity, Euler's number, Kronecker's delta: unless they are defined
PI = "π"                # a name that stands for the number, unless it is defined
ROLES = ("value", "numerator", "denominator")


@dataclass
class Rewriter:
    """Resolves the names of one formula. `seen` gets every member with its role: a value, or what stands in a
    derivative. `widths` are those of the `sizes` that depend on a layer; `known` are names that the document declares,
    defines or uses on their own.
    """

    naming: Naming
    context: Context
    sizes: Iterable[str]
    widths: Iterable[str]
    known: Iterable[str]
    seen: list[tuple[Member, str]] = field(default_factory=list)
    role: str = "value"
    names: frozenset[str] = frozenset()     # of other parts of the document
    called: frozenset[str] = frozenset()    # functions that it defines
    deviations: frozenset[str] = frozenset()    # names of which the squares are defined
    euler: bool = False         # whether this is inside of a logarithm, where an e that stands alone is Euler's number
    with_d: bool = False        # whether d stands for nothing, so that dn/dx is a derivative where n is a size, too

    def value(self, node: Node) -> Node:
        """A node in a position where values stand."""
        if scripted_parts(node):
            return self._name(node)
        method = getattr(self, f"_{node.kind}", None)
        return method(node) if method else self._inside(node)

    def _inside(self, node: Node) -> Node:
        return Node(node.kind, tuple(map(self._part, node.parts)), node.at)

    def _part(self, part: Any) -> Any:
        if isinstance(part, Node):
            return self.value(part)
        return tuple(map(self._part, part)) if isinstance(part, tuple) else part

    def _same(self, node: Node) -> Node:
        return node

    _number = _ones = _everything = _dots = _span = _lowered = _raised = _transpose = _prime = _same

    def _bracket(self, node: Node) -> Node:
        """A stack, or a condition [i = j], which holds indices only, but for the numbers of [i = argmax_j x_j]."""
        items = node.parts[0]
        if len(items) != 1 or items[0].kind != "relation":
            return self._inside(node)
        members, signs = items[0].parts
        members = tuple(self.value(m) if m.kind in PLACES else m for m in members)
        return Node("bracket", ((Node("relation", (members, signs), items[0].at),),), node.at)

    def _big_sum(self, node: Node) -> Node:
        scripts, body = node.parts
        return Node(node.kind, (scripts, self.value(body)), node.at)

    _big_product = _listed = _greatest = _least = _place_of_greatest = _place_of_least = _big_sum

    def _apply(self, node: Node) -> Node:
        mark, scripts, body = node.parts
        if mark.name != "log":
            return Node("apply", (mark, scripts, self.value(body)), node.at)
        scripts = tuple(self._inside(s) if s.kind == "lowered" else s for s in scripts)
        outside, self.euler = self.euler, True
        body, self.euler = self.value(body), outside
        return Node("apply", (mark, scripts, body), node.at)

    def _case(self, node: Node) -> Node:
        body, condition = node.parts
        return Node("case", (self.value(body), condition), node.at)

    def _scripted(self, node: Node) -> Node:
        """Scripts of a value: powers and transposes; a stack behind it; an index of a derivative."""
        base, scripts = node.parts
        if base.kind == "ones":
            return node
        return Node("scripted", (self.value(base), tuple(map(self._script, scripts))), node.at)

    def _script(self, script: Node) -> Node:
        """Indices and whole exponents stay; a stack behind a name, and an exponent with an input in it, are values."""
        if script.kind == "raised" and is_transpose(script.parts[0]):
            return script
        if script.kind == "raised" and any(self._is_input(n) or n.kind == "apply" for n in walk(script)):
            return Node("raised", (self.value(script.parts[0]),), script.at)
        if script.kind != "picked" or all(i.kind in ("number", "everything", "span") for i in script.parts[0]):
            return script
        letters = self.context.letters
        bases = [parts[0].parts[0].text for i in script.parts[0] if (parts := scripted_parts(i))]
        if all(b in letters for b in bases):
            return script
        return self._inside(script)

    def _is_input(self, node: Node) -> bool:
        shown = node.parts[0].text if node.kind == "ident" else ""
        return shown in self.known and shown not in self.context.letters and shown not in self.sizes

    # -- derivatives ---------------------------------------------------------------------------------------------
    def _fraction(self, node: Node) -> Node:
        above, below = node.parts
        apart = [n for n in map(after_d, node.parts) if n is not None]
        if len(apart) == 2 and (self.with_d or not any(size_name(n) in self.sizes for n in apart)):
            above, below = (Node("differential", (n,), n.at) for n in apart)        # no size d stands on both sides
        if plain(above).kind == "second":
            return self._twice(plain(above), plain(below), node.at)
        if differential(above) is None or differential(below) is None:
            return self._inside(node)
        return Node("fraction", (self._as("numerator", above), self._as("denominator", below)), node.at)

    def _twice(self, above: Node, below: Node, at: int) -> Node:
        """∂²L/∂x∂yᵀ; ∂²L/∂x² is ∂²L/∂x∂x."""
        factors = below.parts[0] if below.kind == "product" else (below, below)
        if len(factors) == 2 and factors[0] is factors[1]:
            factors = tuple(_without_square(f) for f in factors)
        bottom = Node("product", (tuple(self._as("second", f) for f in factors), ("",)), below.at)
        return Node("fraction", (self._as("top", above), bottom), at)

    def _nabla(self, node: Node) -> Node:
        scripts, operand = node.parts
        below = [self._below(s) if s.kind == "lowered" else s for s in scripts]
        return Node("nabla", (tuple(below), self._as("numerator", operand)), node.at)

    def _below(self, script: Node) -> Node:
        items = tuple(self._as("denominator", i) for i in arguments(script.parts[0]))
        return Node("lowered", (Node("braces", (items,), script.at),), script.at)

    def _as(self, role: str, node: Node) -> Node:
        before, self.role = self.role, role
        try:
            return self.value(node)
        finally:
            self.role = before

    # -- names ---------------------------------------------------------------------------------------------------
    def _name(self, node: Node) -> Node:
        base, scripts = node.parts if node.kind == "scripted" else (node, ())
        shown = base.parts[0].text
        if size_name(node) in self.sizes:
            return letter_node(size_name(node), node.at)
        pieces = letter_pieces(shown)
        if len(pieces) > 1 and not self._is_whole(shown) and all(map(self._stands, pieces)):
            return self._spelled(pieces, base.at, scripts)
        if shown in self.context.letters and not any(s.kind in ("lowered", "picked") for s in scripts) \
                and not (scripts and scripts[0].kind == "raised" and shown in self.known
                         and shown not in self.context.bound):
            return node
        bare = not any(s.kind in ("lowered", "picked") for s in scripts)
        other = shown not in self.known or (bare and self.naming.has_members_only(shown))
        if shown == "e" and scripts and scripts[0].kind == "raised" and (other or is_computed(scripts[0])):
            if "e" in self.sizes and len(scripts) == 1:
                return exponential(self.value(scripts[0].parts[0]), base.at)
            return self._constant(node, base, scripts)
        if shown == PI and other and not any(s.kind in ("lowered", "picked") for s in scripts):
            pi = Node("name", (Lexeme("NAME", "π", base.at, "pi"),), base.at)
            return Node("scripted", (pi, tuple(map(self._script, scripts))), base.at) if scripts else pi
        if shown == "e" and not scripts and other and self.euler:
            return euler(node.at)
        constant = shown in CONSTANTS and (shown != "δ" or _has_two_indices(scripts)) and (shown != "e" or bare)
        if shown not in self.known and (constant or self._is_size(shown, scripts)):
            return self._constant(node, base, scripts)
        member = self.naming.member(node, self.context)
        assert member is not None
        if member.rest and is_square(member.rest[0]) and f"{member.name}²" in self.known:
            member = replace(member, name=f"{member.name}²", rest=member.rest[1:])
        elif member.name in self.deviations:
            square = replace(member, name=f"{member.name}²", rest=())
            self.seen.append((square, self.role))
            root = root_of_square(square)
            return Node("scripted", (root, tuple(map(self._script, member.rest))), node.at) if member.rest else root
        return self._made(member)

    def _is_size(self, shown: str, scripts: tuple[Node, ...]) -> bool:
        """A size, or a width with its layer; b_1 beside the size b is a name of its own."""
        marked = any(s.kind in ("lowered", "picked") for s in scripts)
        return shown in self.widths or (shown in self.sizes and not marked)

    def _is_whole(self, shown: str) -> bool:
        return shown in self.known or shown in self.names or shown in self.called or (
            shown[0] in "dδΔ" and any(n.partition("_")[0] == shown for n in self.known))       # dZ_2 is no d Z_2

    def _stands(self, piece: str) -> bool:
        return piece in self.known or piece in self.names or piece in self.sizes or piece in self.context.letters \
            or piece == "I"

    def _constant(self, node: Node, base: Node, scripts: tuple[Node, ...]) -> Node:
        """In e^{x} the exponent is a value, and in T^α, where α is an input."""
        if base.parts[0].text != "e" or not scripts or scripts[0].kind != "raised":
            raised = scripts and base.parts[0].text in self.sizes and scripts[0].kind == "raised"
            return Node("scripted", (base, tuple(map(self._script, scripts))), node.at) if raised else node
        power = Node("raised", (self.value(scripts[0].parts[0]),), scripts[0].at)
        return Node("scripted", (base, (power, *scripts[1:])), node.at)

    def _spelled(self, pieces: list[str], at: int, scripts: tuple[Node, ...]) -> Node:
        """QKᵀ is Q times Kᵀ."""
        factors = []
        for k, piece in enumerate(pieces):
            letter = letter_node(piece, at)
            last = k == len(pieces) - 1
            factors.append(self.value(Node("scripted", (letter, scripts), at) if last and scripts else letter))
            at += len(piece)
        return Node("product", (tuple(factors), ("",) * (len(factors) - 1)), factors[0].at)

    def _made(self, member: Member) -> Node:
        self.seen.append((member, self.role))
        stacked = bool(member.rest) and member.rest[0].kind == "picked"
        made = member_node(member)
        if member.rest and not stacked:
            base, own = made.parts if made.kind == "scripted" else (made, ())
            made = Node("scripted", (base, (*own, *map(self._script, member.rest))), member.at)
        return self._times(made, member.rest) if stacked else made

    def _times(self, made: Node, rest: tuple[Node, ...]) -> Node:
        """W[h, x] is a product where the brackets hold no indices."""
        script = self._script(rest[0])
        if script is rest[0]:
            return Node("scripted", (made, tuple(map(self._script, rest))), made.at)
        stack = Node("bracket", script.parts, script.at)
        behind = Node("scripted", (stack, tuple(map(self._script, rest[1:]))), script.at) if rest[1:] else stack
        return Node("product", ((made, behind), ("",)), made.at)


def _has_two_indices(scripts: tuple[Node, ...]) -> bool:
    """Whether letters stand below a δ as below Kronecker's: δ_{ij}, δ_{i,j}; of δ_1 and δ_t there is one."""
    items = [i for s in scripts[:1] if s.kind == "lowered" for i in arguments(s.parts[0])]
    letters = [p for i in items for n in walk(i) if n.kind in ("ident", "name") for p in letter_pieces(n.parts[0].text)]
    return len(letters) == 2 or len(items) == 2


def after_d(node: Node) -> Node | None:
    """What stands behind the d of dL or \\mathrm{d}x."""
    inner = plain(node)
    if inner.kind == "product" and len(inner.parts[0]) == 2 and inner.parts[1] == ("",):
        first, second = inner.parts[0]
        return second if first.kind == "ident" and first.parts[0].text == "d" else None
    base, scripts = inner.parts if inner.kind == "scripted" else (inner, ())
    shown = base.parts[0].text if base.kind == "ident" else ""
    if len(shown) < 2 or shown[0] != "d":
        return None
    rest = letter_node(shown[1:], base.at + 1)
    return Node("scripted", (rest, scripts), rest.at) if scripts else rest


def _without_square(node: Node) -> Node:
    """∂x of ∂x²"""
    of = differential(node)
    if of is None or of.kind != "scripted":
        return node
    kept = tuple(s for s in of.parts[1] if not is_square(s))
    return Node("differential", (Node("scripted", (of.parts[0], kept), of.at) if kept else of.parts[0],), node.at)


def is_square(script: Node) -> bool:
    inside = script.parts[0] if script.kind == "raised" else None
    while inside is not None and inside.kind in ("braces", "group") and len(inside.parts[0]) == 1:
        inside = inside.parts[0][0]
    return inside is not None and inside.kind == "number" and inside.parts[0].text == "2"
