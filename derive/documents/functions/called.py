"""Functions that a document defines: `f(x) = x Φ(x)` is put in wherever f is called; `L(w) = ‖X w − y‖²`, where the
arguments are names of the document, is L. Derivatives f'(x) stay as they are written: see `macros`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from derive.documents.functions.assumed import TARGET
from derive.documents.lines.statements import Equality, Piece
from derive.documents.problems import Unreadable
from derive.documents.spelling.positions import as_members
from derive.documents.spelling.spelling import regrouped, respelled, with_number
from derive.documents.spelling.two_letters import ABBREVIATIONS, glued
from derive.documents.trees.bound_letters import bound_letters
from derive.documents.trees.indicators import at_ties
from derive.documents.trees.parameter_words import spelled
from derive.documents.trees.trees import Formula, Reader, changed, walk, words
from derive.reading.errors import ReadingError
from derive.reading.nodes import plain
from derive.reading.source import Source
from derive.reading.syntax import MAX_NESTING, Node
from derive.reading.tokens import Lexeme, without_loose_gaps

MOST_NODES = 4_000
NESTED = 3              # calls in arguments of calls of the same function: M(M(x))
_EXTREMES = ("max", "min")      # words below a name that are no index


@dataclass(frozen=True)
class Function:
    """`name(parameters) = body`, or a value that is written with its arguments."""

    name: str
    parameters: tuple[str, ...]
    body: Node


def called_on_the_left(pieces: Iterable[Piece], two: frozenset[str] = frozenset()) -> set[str]:
    """The names in equations such as `f(x, y) = …`, without those that are known to everybody: tanh(x) = …; `two` are
    the names of several letters."""
    reader, found = Reader(), set()
    for piece in pieces:
        try:
            tokens = as_members(glued(reader.tokens(Source(respelled(piece.text))), ABBREVIATIONS | two))
            tokens = regrouped(without_loose_gaps(tokens), None)
        except ReadingError:
            continue
        kinds = [t.kind for t in tokens]
        if tokens[:1] and (tokens[0].text.endswith("'") or (kinds[0] == "FUNCTION" and len(tokens[0].text) > 1)):
            continue
        if kinds[:2] in (["IDENT", "LPAR"], ["FUNCTION", "LPAR"]) and kinds[-1] == "RPAR" and "LPAR" not in kinds[2:]:
            allowed = ("IDENT", "COMMA", "SEMI", "SUB", "LBRACE", "RBRACE", "NUMBER")
            numbers = [k for k in range(2, len(kinds) - 1) if kinds[k] == "NUMBER"]
            at_a_number = any(kinds[k - 1] not in ("SUB", "LBRACE") for k in numbers) and "IDENT" not in kinds[2:-1]
            if all(k in allowed for k in kinds[2:-1]) and not at_a_number:
                found.add(tokens[0].text)
    return found


def primed(trees: Iterable[Node]) -> set[str]:
    """The functions of which trees have derivatives: the f of f'(x)."""
    called = {n.parts[0].text for tree in trees for n in walk(tree) if n.kind == "apply"}
    return {name.rstrip("'") for name in called if name.endswith("'")}


def call(node: Node) -> tuple[str, tuple[Node, ...]] | None:
    """The function and its arguments, where a node is a call."""
    if node.kind != "apply":
        return None
    argument = node.parts[2].parts[0] if node.parts[2].kind == "scripted" else node.parts[2]
    return node.parts[0].text, argument.parts[0] if argument.kind == "group" else (node.parts[2],)


class Functions:
    """What stands for a function of the document, in every formula. `arrays` are declared as vectors and matrices."""

    def __init__(self, names: set[str], formulas: Iterable[tuple[object, Formula]], arrays: Collection[str] = ()):
        self.names, self.arrays = names, arrays
        every = list(formulas)
        self.whole = {f.left.parts[0].text for _, f in every if f.left.kind == "ident"}
        self.defining = {id(f): fn for s, f in every if isinstance(s, Equality) and not s.claimed
                         and (fn := self._defined(f))}
        outside = words(f.tree for _, f in every if id(f) not in self.defining)
        self.primed = primed(f.tree for _, f in every) & names
        self.arguments: set[str] = set()        # the letters with which they are called, where they were put in
        self.macros: dict[tuple[str, int], Function] = {}
        for function in self.defining.values():
            if self.primed or self._is_called_otherwise(function, every) or not (
                    set(function.parameters) <= outside or function.name in outside):
                self._add(function)
        while inner := [f for f in self.defining.values() if f not in self.macros.values() and self._is_within(f)]:
            for function in inner:
                self._add(function)

    def _add(self, function: Function) -> None:
        key = function.name, len(function.parameters)
        if key in self.macros:
            raise Unreadable(f"{function.name} is defined twice; a name is given once", 0)
        self.macros[key] = function

    def _is_within(self, function: Function) -> bool:
        """Whether one that is put in calls it: of v(x) = Σ_i (x_i − m(x))², v(a x) has m(a x) in it."""
        return any(called is not None and called[0] == function.name for outer in self.macros.values()
                   for node in walk(outer.body) for called in [call(node)])

    def one(self, name: str) -> Function | None:
        """The function of this name, with whatever arguments."""
        return next((f for (n, _), f in self.macros.items() if n == name), None)

    def parameters(self, name: str) -> tuple[str, ...]:
        """Those of the one function of this name; empty where there is none."""
        found = {f.parameters for f in self.defining.values() if f.name == name}
        return found.pop() if len(found) == 1 else ()

    def has_arrays(self, function: Function) -> bool:
        """Whether what a function is has declared vectors or matrices in it, and its arguments are none."""
        return not set(function.parameters) & set(self.arrays) and not words([function.body]).isdisjoint(self.arrays)

    @staticmethod
    def _is_called_otherwise(function: Function, every: Iterable[tuple[object, Formula]]) -> bool:
        """Whether it is called with something else than its own parameters somewhere, or under a sum over one."""
        for _, formula in every:
            summed = bound_letters(formula.tree) & set(function.parameters)
            for node in walk(formula.tree):
                called = call(node)
                if called is not None and with_number(function.name, called[0]):
                    return True
                if called is not None and called[0] == function.name:
                    if summed or list(map(word_of, called[1])) != list(function.parameters):
                        return True
        return False

    def _defined(self, formula: Formula) -> Function | None:
        tree, left = formula.tree, formula.left
        if left.kind != "apply" or left.parts[0].text not in self.names or left.parts[1]:
            return None
        arguments = left.parts[2].parts[0] if left.parts[2].kind == "group" else (left.parts[2],)
        if not all(map(word_of, arguments)):
            return None
        parameters = tuple(map(word_of, arguments))
        return Function(left.parts[0].text, parameters, spelled(tree.parts[0][1], parameters, self.whole))

    def is_definition(self, formula: Formula) -> bool:
        """Whether a formula defines a function, and says nothing else."""
        function = self.defining.get(id(formula))
        return function is not None and (function.name, len(function.parameters)) in self.macros

    def without_calls(self, formula: Formula) -> Formula:
        """The formula with functions of the document put in.

        Raises:
            Unreadable: for a call with another number of arguments, and for functions that call themselves.
        """
        tree = formula.tree
        for _ in range(len(self.names) + 1 + NESTED):
            if not any(self._is_call(n) for n in walk(tree)):
                return formula if tree is formula.tree else replace(formula, tree=tree)
            tree = changed(tree, lambda n: self._put_in(n, formula))
            if sum(1 for _ in walk(tree)) > MOST_NODES or tree.height > MAX_NESTING // 2:
                break
        raise Unreadable("a function that calls itself, or a formula too large with its functions put in",
                         formula.piece.at)

    def _is_call(self, node: Node) -> bool:
        name = node.parts[0].text if node.kind == "apply" else ""
        return name in self.names or bool(self._with_number(name))

    def _with_number(self, name: str) -> str:
        """The function H_δ of which H_1 is a value; empty where there is none, or more than one."""
        found = [n for n in self.names if with_number(n, name)]
        return found[0] if len(found) == 1 and name not in self.names else ""

    def _put_in(self, node: Node, formula: Formula) -> Node | None:
        if not self._is_call(node):
            return None
        mark, scripts, argument = node.parts
        outer, values = (argument.parts[1], argument.parts[0]) if argument.kind == "scripted" else ((), argument)
        given = values.parts[0] if values.kind == "group" else (argument,)
        outer = outer if values.kind == "group" else ()
        function = self.macros.get((mark.text, len(given))) or self._at_number(mark, len(given))
        base = Node("ident", (replace(mark, kind="IDENT", name=""),), node.at)
        if function is None:
            other = self.one(mark.text)
            if other is not None:
                raise Unreadable(f"{mark.text} has {len(other.parameters)} arguments, not {len(given)}",
                                 formula.at(node.at))
            behind = (*_indices(given), *scripts, *outer)
            return Node("scripted", (base, behind), node.at) if behind else base
        told = words([function.body]) | {word_of(_head(n)) for n in walk(function.body)}
        for parameter, value in zip(function.parameters, given):
            if parameter not in told | set(TARGET) and word_of(value) != parameter:
                raise Unreadable(f"{mark.text} is called with another {parameter}, which does not stand in what it is",
                                 formula.at(node.at))
        given = tuple(_zero(value, p) if p in self.arrays else value for p, value in zip(function.parameters, given))
        self.arguments |= {n.parts[0].text for g in given for n in walk(g) if n.kind == "ident"}
        body = at_ties(_with(function.body, dict(zip(function.parameters, given))))
        body = Node("group", ((body,),), node.at)
        return Node("scripted", (body, (*scripts, *outer)), node.at) if scripts or outer else body

    def _at_number(self, mark: Lexeme, count: int) -> Function | None:
        """The function H_1, which is H_δ at δ = 1."""
        general = self.macros.get((self._with_number(mark.text), count))
        if general is None:
            return None
        number = Node("number", (Lexeme("NUMBER", mark.text.rpartition("_")[2], mark.at),), mark.at)
        return replace(general, body=_with(general.body, {general.name.rpartition("_")[2]: number}))


def _zero(value: Node, parameter: str) -> Node:
    """The 0 of m(0) as 0 s, where s is a vector; any other value as it is."""
    if value.kind != "number" or value.parts[0].text != "0":
        return value
    factors = value, Node("ident", (Lexeme("IDENT", parameter, value.at),), value.at)
    return Node("group", ((Node("product", (factors, ("",)), value.at),),), value.at)


def _indices(given: tuple[Node, ...]) -> tuple[Node, ...]:
    """The indices of γ(z_{nk}), which is one number for each n and k."""
    argument = given[0] if len(given) == 1 else None
    if argument is None or argument.kind != "scripted" or word_of(argument):
        return ()
    base, scripts = argument.parts
    return scripts if base.kind == "ident" and [s.kind for s in scripts] == ["lowered"] else ()


def word_of(node: Node) -> str:
    """A letter, or one with a letter below it, as text: x, w_o; empty for anything else."""
    if node.kind == "ident":
        return node.parts[0].text
    base, scripts = node.parts if node.kind == "scripted" else (node, ())
    below = plain(scripts[0].parts[0]) if len(scripts) == 1 and scripts[0].kind == "lowered" else node
    named = base.kind == "ident" and below.kind in ("ident", "number")
    return f"{base.parts[0].text}_{below.parts[0].text}" if named else ""


def _head(node: Node) -> Node:
    """The σ_1 of σ_1²."""
    base, scripts = node.parts if node.kind == "scripted" else (node, ())
    more = len(scripts) > 1 and scripts[0].kind == "lowered"
    return Node("scripted", (base, scripts[:1]), node.at) if more else node


def _with(body: Node, values: Mapping[str, Node]) -> Node:
    """The body with arguments in place of parameters, each in parentheses; x_max is a name of its own beside x."""
    def change(n: Node) -> Node | None:
        value = values.get(word_of(n))
        if value is None and (of := values.get(word_of(_head(n)))) is not None:
            return Node("scripted", (Node("group", ((of,),), n.at), n.parts[1][1:]), n.at)
        if value is None:
            return n if word_of(n).partition("_")[2] in _EXTREMES else None
        return value if value.kind in ("ident", "number") or word_of(value) else Node("group", ((value,),), n.at)
    return changed(body, change)
