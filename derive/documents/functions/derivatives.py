"""Derivatives of expressions: in ∇_x ‖W x − b‖², what is differentiated gets a name and a definition of its own, so
that everything after this sees derivatives of names only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from derive.documents.functions.called import Functions, word_of
from derive.documents.names.model import Range
from derive.documents.trees.bound_letters import bound_letters
from derive.documents.trees.members import enclosed, flat, letter_node, scripted_parts
from derive.documents.trees.rewriting import after_d
from derive.documents.trees.trees import Formula, changed, walk, written
from derive.reading.indices import arguments, letter_pieces
from derive.reading.nodes import differential, is_two, plain
from derive.reading.syntax import Node

EXPRESSIONS = "ΨΞΥ"       # names for what is differentiated


class Derivatives:
    """Names for what formulas differentiate; `taken` are the words of the document, `functions` those that it defines
    in so many words, `below` the one argument of a name, `letters` those that may be indices, `whole` the names of
    which a number above is a power."""

    def __init__(self, taken: Iterable[str], functions: Functions, below: Mapping[str, str],
                 letters: Collection[str] = (), whole: Collection[str] = ()):
        self.taken, self.functions, self.below, self.letters = set(taken), functions, below, letters
        self.whole = whole
        self.made: dict[str, tuple[Node, Formula, list[Range]]] = {}
        self.ranges: list[Range] = []

    def of_names(self, formula: Formula, ranges: list[Range]) -> Formula:
        """The formula with a name in place of every expression that is differentiated; `ranges` are those that stand
        on its line."""
        self.ranges = ranges
        tree = changed(formula.tree, lambda n: self._change(n, formula))
        return formula if tree is formula.tree else replace(formula, tree=tree)

    def definitions(self) -> Iterator[tuple[Formula, list[Range]]]:
        """`name = expression` for each name that was given, and the ranges of its letters."""
        yield from ((f, ranges) for _, f, ranges in self.made.values())

    def _change(self, node: Node, formula: Formula) -> Node | None:
        primed = self._primed(node, formula)
        if primed is not None:
            return primed
        if node.kind == "nabla":
            twice = self._twice(node, formula)
            if twice is not None:
                return twice
            several = self._by_each(node, formula)
            if several is not None:
                return several
            scripts, operand = node.parts
            below = next((arguments(s.parts[0])[0] for s in scripts if s.kind == "lowered"), None)
            named = self._named(operand, formula, below)
            scripts = scripts or self._argument(operand)
            return None if named is None and scripts is node.parts[0] else Node("nabla", (scripts, named or operand),
                                                                               node.at)
        node = _with_differentials(node)
        if node.kind == "fraction" and differential(node.parts[0]) is not None \
                and differential(node.parts[1]) is not None:
            above, below = node.parts
            named = self._named(plain(above).parts[0], formula, plain(below).parts[0])
            if named is not None:
                return Node("fraction", (Node(plain(above).kind, (named,), above.at), below), node.at)
        if node.kind == "fraction" and plain(node.parts[0]).kind == "second":
            named = self._named(plain(node.parts[0]).parts[0], formula)
            above = None if named is None else Node("second", (named,), node.at)
            return None if above is None else Node("fraction", (above, node.parts[1]), node.at)
        return None

    def _primed(self, node: Node, formula: Formula) -> Node | None:
        """x'(t) of x(t) = (1 − t) a + t b, with vectors a and b, which is a vector for each t."""
        shown = node.parts[0].text if node.kind == "apply" else ""
        function = self.functions.one(shown[:-1]) if shown.endswith("'") else None
        if function is None or len(function.parameters) != 1 or not self.functions.has_arrays(function) \
                or word_of(plain(node.parts[2])) != function.parameters[0]:
            return None
        above, below = self._named(function.body, formula) or function.body, plain(node.parts[2])
        return Node("fraction", (Node("differential", (above,), node.at), Node("differential", (below,), node.at)),
                    node.at)

    def _by_each(self, node: Node, formula: Formula) -> Node | None:
        """∇f of f(x, y) is the vector of ∂f/∂x and ∂f/∂y, and ∇²f the matrix of the second derivatives."""
        scripts, operand = node.parts
        inner = plain(operand)
        parameters = self.functions.parameters(inner.parts[0].text) if inner.kind == "ident" else ()
        twice = [is_two(s.parts[0]) for s in scripts if s.kind == "raised"]
        if len(parameters) < 2 or len(twice) != len(scripts) or not all(twice):
            return None
        named = self._named(operand, formula) or operand
        by = [Node("differential", (letter_node(x, node.at),), node.at) for x in parameters]
        if not twice:
            above = Node("differential", (named,), node.at)
            return Node("bracket", (tuple(Node("fraction", (above, x), node.at) for x in by),), node.at)
        second = Node("second", (named,), node.at)
        below = [[Node("product", ((x, y), ("",)), node.at) for y in by] for x in by]
        rows = [tuple(Node("fraction", (second, b), node.at) for b in row) for row in below]
        return Node("matrix", tuple(Node("row", (row,), node.at) for row in rows), node.at)

    def _twice(self, node: Node, formula: Formula) -> Node | None:
        """∇²_w J is ∂²J/∂w∂wᵀ."""
        scripts, operand = node.parts
        if not any(s.kind == "raised" and is_two(s.parts[0]) for s in scripts):
            return None
        below = next((arguments(s.parts[0])[0] for s in scripts if s.kind == "lowered"), None)
        if below is None:
            found = self._argument(operand)
            below = arguments(found[0].parts[0])[0] if found else None
        if below is None:
            return None
        named = self._named(operand, formula) or operand
        turned = Node("scripted", (below, (Node("transpose", (), below.at),)), below.at)
        bottom = tuple(Node("differential", (n,), n.at) for n in (below, turned))
        return Node("fraction", (Node("second", (named,), node.at), Node("product", (bottom, ("",)), node.at)), node.at)

    def _named(self, operand: Node, formula: Formula, below: Node | None = None) -> Node | None:
        """The name of an expression; None for what is a name already. `below` is by what it is differentiated."""
        inner = plain(operand)
        if scripted_parts(inner) and not _is_power(inner, below, self.whole):
            function = self.functions.one(_shown(inner)) if inner.kind in ("ident", "scripted") else None
            if function is None:
                return None
            inner = function.body
        key = written(inner)
        if key not in self.made:
            name = self._indexed(next(self._free()), inner)
            tree = Node("relation", ((name, inner), ("=",)), inner.at)
            self.made[key] = (name, replace(formula, tree=tree), self.ranges)
        return self.made[key][0]

    def _indexed(self, name: str, inner: Node) -> Node:
        """A new name, with the indices that are free in what it stands for: log π_a has one for each a."""
        self.taken.add(name)
        base = letter_node(name, inner.at)
        bound = bound_letters(inner)
        letters = {p: None for n in walk(inner) if n.kind == "scripted" for s in n.parts[1] if s.kind == "lowered"
                   for m in walk(s) if m.kind == "ident" for p in letter_pieces(m.parts[0].text)
                   if p in self.letters and p not in bound}
        below = tuple(letter_node(p, inner.at) for p in letters)
        script = Node("lowered", (Node("braces", (below,), inner.at),), inner.at)
        return Node("scripted", (base, (script,)), inner.at) if below else base

    def _argument(self, operand: Node) -> tuple[Node, ...]:
        """∇f(x) is ∇_x f(x)."""
        inner = plain(operand)
        function = self.functions.one(inner.parts[0].text) if inner.kind == "ident" else None
        if function is not None and len(function.parameters) == 1:
            below: Node = letter_node(function.parameters[0], operand.at)
        elif inner.kind == "apply" and inner.parts[2].kind in ("group", "ident"):
            argument = plain(inner.parts[2])
            if argument.kind != "ident":
                return ()
            below = argument
        elif self.below.get(_shown(inner), "").isalpha():
            below = letter_node(self.below[_shown(inner)], operand.at)
        else:
            return ()
        return (Node("lowered", (Node("braces", ((below,),), operand.at),), operand.at),)

    def _free(self) -> Iterator[str]:
        yield from (c for c in EXPRESSIONS if c not in self.taken)
        yield from (f"{EXPRESSIONS[0]}_{k}" for k in range(1, 1000) if f"{EXPRESSIONS[0]}_{k}" not in self.taken)


def _with_differentials(node: Node) -> Node:
    """dσ(x)/dx with ∂ for d, where what is differentiated is no name."""
    if node.kind != "fraction":
        return node
    above, below = map(after_d, node.parts)
    if above is None or below is None or plain(above).kind not in ("apply", "sum", "product", "norm"):
        return node
    return Node("fraction", tuple(Node("differential", (n,), n.at) for n in (above, below)), node.at)


def whole_names(formulas: Iterable[Formula], declared: Iterable[Node]) -> set[str]:
    """The names that are defined or declared, and stand on no left side with something above: of v = …, v² is the
    square; of σ² = … it is the name."""
    whole, above = set[str](), set[str]()
    for node in (*(f.left for f in formulas if f.tree.kind == "relation"), *declared):
        base, scripts = node.parts if node.kind == "scripted" else (node, ())
        if base.kind == "ident":
            (above if any(s.kind == "raised" for s in scripts) else whole).add(base.parts[0].text)
    return whole - above


def _is_power(node: Node, below: Node | None, whole: Collection[str]) -> bool:
    """e^{ax}, x^n where it is differentiated by x, and the square of a name that is defined as a whole."""
    base, scripts = node.parts if node.kind == "scripted" else (node, ())
    if base.kind == "ident" and base.parts[0].text in whole and scripts and scripts[-1].kind == "raised" and all(
            s.kind == "lowered" for s in scripts[:-1]):
        exponent = plain(scripts[-1].parts[0])
        exponent = plain(exponent.parts[1][0]) if exponent.kind == "sum" and len(exponent.parts[1]) == 1 else exponent
        return exponent.kind in ("number", "fraction")
    if len(scripts) != 1 or scripts[0].kind != "raised" or enclosed(scripts[0]):
        return False
    return base.parts[0].text == "e" or (below is not None and written(base) == written(below))


def _shown(node: Node) -> str:
    """The name that a node spells: L, L_reg."""
    base, scripts = scripted_parts(node) or (None, ())
    if base is None or len(scripts) > 1 or any(s.kind != "lowered" for s in scripts):
        return ""
    label = "".join(f"_{flat(arguments(s.parts[0]))}" for s in scripts)
    return f"{base.parts[0].text}{label}"
