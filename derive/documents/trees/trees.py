"""Formulas as trees of marks, read before it is known what their names are.

Every letter and word is an IDENT, except functions: those that are built in, and those that the document always calls.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import is_
from typing import Any

from derive.documents.lines.statements import Piece
from derive.documents.spelling.angles import with_parentheses
from derive.documents.spelling.bold import told_apart
from derive.documents.spelling.classes import NO_CLASS, Classes, of_a_class
from derive.documents.spelling.gates import with_gates
from derive.documents.spelling.implied_arguments import at_an_argument
from derive.documents.spelling.moments import bracketed
from derive.documents.spelling.one_step import at_one_step
from derive.documents.spelling.positions import as_members
from derive.documents.spelling.spelling import regrouped, respelled
from derive.documents.spelling.told_sizes import NOTHING_TOLD, ToldSizes, written_out
from derive.documents.spelling.two_letters import glued, names_of_two
from derive.documents.trees.size_labels import with_word
from derive.expectation.laws import FUNCTIONS as MOMENTS
from derive.reading.errors import ReadingError
from derive.reading.formula import FORMS
from derive.reading.parser import parse
from derive.reading.source import Source
from derive.reading.syntax import Node, walk
from derive.reading.tokens import Lexeme, without_loose_gaps
from derive.reading.vocabulary import Scope, Vocabulary

MOST_READ = 2_000           # formulas that are kept: a document is read in many parts, which share most of them
ARBITRARY = frozenset("fgφψρ")      # letters that are functions where they are always called and never defined
_CALLED = ARBITRARY | frozenset("FGH")


_READ: dict[tuple[Any, ...], tuple[Source, Node]] = {}


class OpenVocabulary(Vocabulary):
    """Knows functions, and no names. A letter such as σ is a function where it is called, unless it is a name."""

    def __init__(self, functions: Iterable[str], names: Iterable[str], random: bool = False):
        super().__init__(Scope({}, {}, tuple(functions)))
        self.taken = frozenset(names)
        self.moments = dict(MOMENTS) if random else {}

    def kind(self, shown: str, called: bool) -> tuple[str, str]:
        kind, name = super().kind(shown, called)
        if kind == "NAME":
            return "IDENT", shown       # π may be a policy
        core = shown.rstrip("'")
        own = core in self.own_functions
        if kind == "FUNCTION" and (core in self.taken or ((own or len(core) == 1 or "_" in core) and not called)):
            return "IDENT", shown
        return kind, name

    def knows(self, shown: str) -> bool:
        return super().knows(shown) or shown.rstrip("'") in self.taken

    def is_name(self, shown: str) -> bool:
        return shown in self.taken


@dataclass(frozen=True)
class Formula:
    """A piece of the document as a tree. Positions in the tree are positions in `source`."""

    piece: Piece
    source: Source
    tree: Node

    @property
    def sides(self) -> tuple[Node, ...]:
        """What stands between signs of relation, or the formula where it has none."""
        return self.tree.parts[0] if self.tree.kind == "relation" else (self.tree,)

    @property
    def left(self) -> Node:
        return self.sides[0]

    def at(self, place: int) -> int:
        """The position in the document."""
        line, column = self.source.place(place)
        return self.piece.at + _offset(self.piece.text, line, column)


def _offset(text: str, line: int, column: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = text.index("\n", at) + 1
    return at + column - 1


class Reader:
    """Reads pieces as trees, all of a document with the same functions."""

    def __init__(self, functions: Iterable[str] = (), names: Iterable[str] = (), random: bool = False,
                 two: frozenset[str] = frozenset(), bold: frozenset[str] = frozenset(), step: str = "",
                 classes: Classes = NO_CLASS, told: ToldSizes = NOTHING_TOLD,
                 gates: frozenset[str] = frozenset()):
        """`two` are the names of two letters, such as dS; `bold` are the letters that are sizes where they are not
        bold; `step` is the letter of the one step of time of which the document speaks; `classes` says of what there
        is one for each class, `told` which sizes are short for others, and `gates`
        are the names that have gates above them."""
        self.functions, self.names, self.random = tuple(sorted(functions)), frozenset(names), random
        self.two, self.bold, self.step, self.classes, self.told = two, bold, step, classes, told
        self.gates = gates
        self.vocabulary = OpenVocabulary(self.functions, self.names, random)

    def formula(self, piece: Piece) -> Formula:
        """The tree of a piece.

        Raises:
            ReadingError: at the character where the grammar stops; line and column are those of the piece.
        """
        key = (piece.text, self.functions, self.names, self.random, self.two, self.bold, self.step, self.classes,
               self.told, self.gates)
        if key not in _READ:
            if len(_READ) >= MOST_READ:
                _READ.clear()
            _READ[key] = self._read(piece.text)
        return Formula(piece, *_READ[key])

    def _read(self, text: str) -> tuple[Source, Node]:
        text = respelled(told_apart(text, self.bold))
        source = Source(bracketed(text) if self.random else text)
        tokens = written_out(as_members(glued(self.tokens(source), self.two, self.functions)), self.told)
        tokens = of_a_class(with_gates(tokens, self.gates), self.classes)
        tokens = at_one_step(tokens, self.step)
        tokens = with_parentheses(at_an_argument(regrouped(without_loose_gaps(tokens), self.functions)))
        return source, changed(_unconditional(parse(tokens, source)), with_word)

    def tokens(self, source: Source) -> list[Lexeme]:
        form = "latex" if "\\" in source.text else "unicode"
        return FORMS[form](source, self.vocabulary).tokens()


def _unconditional(tree: Node) -> Node:
    """A condition behind a wide space or a comma as one in parentheses."""
    if tree.kind != "conditional" or tree.parts[0].kind != "relation":
        return tree
    (members, signs), condition = tree.parts[0].parts, tree.parts[1]
    last = Node("product", ((members[-1], Node("group", (condition,), condition[0].at)), ("",)), members[-1].at)
    return Node("relation", ((*members[:-1], last), signs), tree.at)


def names_of_two_letters(left_sides: Iterable[Piece], texts: Collection[str]) -> frozenset[str]:
    """The names dS, δh and Δw of a document, by the left sides of its equations and by what it declares; `texts` are
    those of all formulas."""
    reader, found = Reader(), list[list[Lexeme]]()
    for piece in left_sides:
        try:
            found.append(reader.tokens(Source(piece.text)))
        except ReadingError:
            continue
    return names_of_two(found, texts)


def own_functions(pieces: Iterable[Piece]) -> set[str]:
    """Letters that are called wherever they stand: f(x), φ(z), but never f alone; capitals, where F' is called too.
    Beside Φ, φ is the normal density."""
    found = [_called_and_alone(p.text) for p in pieces]
    called = set[str]().union(*(called for called, _ in found)).difference(*(alone for _, alone in found))
    return {x for x in called if not x.endswith("'") and (x in ARBITRARY or f"{x}'" in called)}


@lru_cache(MOST_READ)
def _called_and_alone(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The letters that are called somewhere in a text, and those that stand alone."""
    called: set[str] = set()
    alone: set[str] = set()
    try:
        tokens = Reader().tokens(Source(respelled(text)))
    except ReadingError:
        tokens = []
    if any(t.name == "normal_cdf" for t in tokens):
        alone.add("φ")
    for token, following, after in zip(tokens, [*tokens[1:], None], [*tokens[2:], None, None]):
        core = token.text.rstrip("'")
        if token.kind in ("IDENT", "FUNCTION") and core in _CALLED:
            primed = core != token.text or following is not None and following.kind == "PRIME"
            following = after if following is not None and following.kind == "PRIME" else following
            is_call = following is not None and following.kind == "LPAR" and following.tight
            (called if is_call else alone).add(core)
            called |= {f"{core}'"} if primed and is_call else set()
    return frozenset(called), frozenset(alone)


def words(trees: Iterable[Node]) -> set[str]:
    """Every letter and word of the trees that is no function."""
    return {n.parts[0].text for tree in trees for n in walk(tree) if n.kind == "ident"}


def changed(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """The tree with each node replaced by what `change` gives for it, the outermost first; None goes on inside."""
    new = change(node)
    if new is not None:
        return new
    parts = _part(node.parts, change)
    return node if parts is node.parts else Node(node.kind, parts, node.at)


def _part(part: Any, change: Callable[[Node], Node | None]) -> Any:
    if isinstance(part, Node):
        return changed(part, change)
    if isinstance(part, tuple):
        parts = tuple([_part(p, change) for p in part])
        return part if all(map(is_, parts, part)) else parts
    return part


def written(node: Node) -> str:
    """A tree as text, without positions."""
    return f"{node.kind}({' '.join(map(_written_part, node.parts))})"


def _written_part(part: object) -> str:
    if isinstance(part, Node):
        return written(part)
    return "(" + " ".join(map(_written_part, part)) + ")" if isinstance(part, tuple) else str(part)
