"""What a document speaks of: its names with their indices, its sizes, the ranges of its letters, its equations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from derive.documents import statements as said
from derive.documents.called import Functions, called_on_the_left
from derive.documents.declarations import Kind, kind
from derive.documents.indices import size_name
from derive.documents.naming import Context, Member, Naming, bound_letters, index_letters, scripted_parts
from derive.documents.problems import Unreadable
from derive.documents.rewriting import CONSTANTS, Rewriter, is_square
from derive.documents.statements import Piece, Statement
from derive.documents.trees import Formula, Reader, own_functions, walk
from derive.reading.errors import ReadingError
from derive.reading.indices import arguments, letter_pieces
from derive.reading.nodes import differential, plain
from derive.reading.syntax import Node

ORDER = frozenset("≤<≥>≠")


@dataclass
class Range:
    """`low ≤ letter ≤ high`; an end that is not given is None."""

    letter: str
    low: tuple[Node, int] | None = None         # a tree, and what is added to it
    high: tuple[Node, int] | None = None
    node: Node | None = None                    # how it was written, where that is a relation


@dataclass
class Declared:
    """`x_t ∈ ℝ^d`: the member that is declared, and the sides of its shape."""

    member: Member
    dimensions: tuple[Formula, ...]
    kind: Kind
    at: int


@dataclass
class Equation:
    """An equation of the document, with resolved names. `members` are its sides, and `names` the names in each, with
    their roles."""

    formula: Formula
    members: tuple[Node, ...]
    context: Context
    ranges: list[Range]
    names: list[list[tuple[Member, str]]] = field(default_factory=list)
    wanted: bool = False        # a derivative without a claim
    assumed: bool = False
    update: bool = False

    @property
    def at(self) -> int:
        return self.formula.piece.at

    @property
    def seen(self) -> list[tuple[Member, str]]:
        """The names in the first two sides: all of a definition."""
        return [n for side in self.names[:2] for n in side]


@dataclass
class Survey:
    """Everything that the statements say, before any shape is known."""

    equations: list[Equation] = field(default_factory=list)
    declared: dict[str, Declared] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)         # with the least value of each
    widths: set[str] = field(default_factory=set)
    ranges: dict[str, Range] = field(default_factory=dict)
    positive: dict[str, bool] = field(default_factory=dict)     # names above zero, and whether they are below one
    functions: tuple[str, ...] = ()
    problems: list[Unreadable] = field(default_factory=list)


class Surveyor:
    """Makes a survey of statements. Problems are collected, so that all of them are reported at once."""

    def __init__(self, found: list[Statement]):
        self.found = found
        self.survey = Survey()
        self.naming = Naming()
        self.trees: list[tuple[Statement, Formula, list[Range]]] = []
        self.kinds: list[tuple[said.Declaration, Kind, list[Formula], list[Formula]]] = []
        self.bounds: list[tuple[said.Relation, Formula]] = []

    def run(self) -> Survey:
        defined = called_on_the_left(s.members[0] for s in self.found if isinstance(s, said.Equality))
        functions = own_functions(self._pieces()) - defined
        self.reader = Reader(functions | defined)
        self.reader = Reader(functions | defined, self._function_names() - defined)
        self.survey.functions = tuple(sorted(functions))
        for statement in self.found:
            with collected(self.survey.problems):
                self._parse(statement)
        with collected(self.survey.problems):
            self._put_in(Functions(defined, [(s, f) for s, f, _ in self.trees]))
        self._find_sizes()
        self._learn()
        self._resolve()
        return self.survey

    def _put_in(self, functions: Functions) -> None:
        """Functions that the document defines, where they are called."""
        self.trees = [(s, functions.without_calls(f), r) for s, f, r in self.trees if not functions.is_definition(f)]

    # -- trees ---------------------------------------------------------------------------------------------------
    def _pieces(self) -> Iterator[Piece]:
        for s in self.found:
            if isinstance(s, (said.Equality, said.Wanted, said.Assume)):
                yield s.piece

    def _function_names(self) -> set[str]:
        """Letters such as σ that are names here: they stand alone on a left side, or are declared."""
        found: set[str] = set()
        for s in self.found:
            pieces = s.names if isinstance(s, said.Declaration) else s.members[:1] if isinstance(s, said.Equality) \
                else s.members if isinstance(s, said.Relation) else ()
            for piece in pieces:
                with _ignored():
                    parts = scripted_parts(self.reader.formula(piece).tree)
                    found |= {parts[0].parts[0].text} if parts else set()
        return found

    def formula(self, piece: Piece) -> Formula:
        """Raises Unreadable, with the position in the document."""
        try:
            return self.reader.formula(piece)
        except ReadingError as error:
            raise Unreadable(error.message, position(piece, error)) from None

    def _parse(self, statement: Statement) -> None:
        if isinstance(statement, said.Declaration):
            self._declare(statement)
        elif isinstance(statement, said.Range):
            self._bind(self._range(statement))
        elif isinstance(statement, said.Relation):
            self.bounds.append((statement, self.formula(statement.piece)))
        elif isinstance(statement, (said.Equality, said.Wanted, said.Assume)):
            conditions = statement.conditions if isinstance(statement, said.Equality) else ()
            ranges = [self._condition(c) for c in conditions]
            self.trees.append((statement, self.formula(statement.piece), [r for r in ranges if r is not None]))

    def _declare(self, statement: said.Declaration) -> None:
        what = kind(statement.kind)
        if what is None:
            raise Unreadable(f"the set '{shortened(statement.kind.text)}' cannot be read; write ℝ, ℝ^n, ℝ^{{m×n}} or ℕ",
                             statement.kind.at)
        names = [self.formula(n) for n in statement.names]
        sides = [self.formula(d) for d in what.dimensions or ()]
        for name in names:
            if scripted_parts(name.tree) is None:
                raise Unreadable("a name is declared here: x ∈ ℝ^n", name.at(name.tree.at))
        self.kinds.append((statement, what, names, sides))

    # -- ranges --------------------------------------------------------------------------------------------------
    def _range(self, statement: said.Range) -> Range:
        letter = self.formula(statement.letter).tree
        return Range(_letter(letter), (self.formula(statement.low).tree, 0), (self.formula(statement.high).tree, 0))

    def _bind(self, found: Range) -> None:
        self.survey.ranges[found.letter] = found

    def _condition(self, statement: Statement) -> Range | None:
        if isinstance(statement, said.Range):
            return self._range(statement)
        assert isinstance(statement, said.Relation)
        return relation_range(self.formula(statement.piece).tree)

    # -- sizes ---------------------------------------------------------------------------------------------------
    def _find_sizes(self) -> None:
        sizes = self.survey.sizes
        for _, what, names, sides in self.kinds:
            letters = {x for n in names for x in index_letters(n.tree)}
            if what.dimensions is None:
                sizes.update({size_name(n.tree) or _base(n.tree): 1 for n in names})
            self._first_layer(names, sides)
            for side in sides:
                self._in_side(side.tree, letters)
        ranged = [(r, set(self.survey.ranges)) for r in self.survey.ranges.values()]
        for _, formula, ranges in self.trees:
            left = formula.tree.parts[0][0] if formula.tree.kind == "relation" else formula.tree
            letters = index_letters(left) | set(self.survey.ranges) | {r.letter for r in ranges}
            ranged += [(r, letters) for r in ranges]
        for found, letters in ranged:
            for end in (found.low, found.high):
                self._in_side(end[0] if end else None, letters)
        for _, formula, _ in self.trees:
            for node in walk(formula.tree):
                if node.kind in ("big_sum", "big_product"):
                    self._in_bounds(node)

    def _first_layer(self, names: list[Formula], sides: list[Formula]) -> None:
        """a^{(0)} ∈ ℝ^{n_0}, where a^{(l)} stands elsewhere: n is a width."""
        for name in names:
            parts = scripted_parts(name.tree)
            raised = [plain(i) for s in parts[1] if s.kind == "raised" for i in arguments(s.parts[0])] if parts else []
            if parts and len(raised) == 1 and raised[0].kind == "number" and self._has_layers(parts[0].parts[0].text):
                for side in sides:
                    if size_name(side.tree) == f"{_base(side.tree)}_{raised[0].parts[0].text}":
                        self.survey.widths.add(_base(side.tree))

    def _has_layers(self, base: str) -> bool:
        """Whether a name has letters above it somewhere."""
        return any(node.kind == "scripted" and _base(node) == base and "l" in index_letters(node)
                   for _, formula, _ in self.trees for node in walk(formula.tree))

    def _in_bounds(self, node: Node) -> None:
        """The upper end of Σ_{i=1}^{n}."""
        bound = bound_letters(node) | set(self.survey.ranges)
        for script in node.parts[0]:
            if script.kind == "raised":
                self._in_side(plain(script.parts[0]), bound | index_letters(node) | set("tτls"))

    def _in_side(self, node: Node | None, letters: set[str]) -> None:
        """Everything in a shape or a bound that is no letter is a size; what depends on a letter is a width."""
        if node is None:
            return
        if node.kind == "scripted":
            items = [i for s in node.parts[1] for i in arguments(s.parts[0])] if node.parts[1] else []
            inside = {p for i in items for n in walk(i) if n.kind == "ident" for p in letter_pieces(n.parts[0].text)}
            base = _base(node)
            if base in self.survey.widths or inside & letters:
                self.survey.widths.add(base)
                self.survey.sizes.pop(base, None)
            elif size_name(node):
                self.survey.sizes.setdefault(size_name(node), 1)
            return
        if node.kind == "ident" and node.parts[0].text not in letters:
            self.survey.sizes.setdefault(node.parts[0].text, 1)
        for child in node.nodes():
            self._in_side(child, letters)

    def _widths_first(self) -> None:
        """n_0 and n_L are widths where n_l is one."""
        for name in list(self.survey.sizes):
            if name.partition("_")[0] in self.survey.widths:
                del self.survey.sizes[name]

    # -- names ---------------------------------------------------------------------------------------------------
    def _learn(self) -> None:
        self._widths_first()
        self.naming.sizes |= set(self.survey.sizes)
        for _, _, names, _ in self.kinds:
            for name in names:
                self.naming.learn(name.tree, self._context(name.tree, name.tree, []), [name.tree])
        for _, formula, ranges in self.trees:
            left = formula.tree.parts[0][0] if formula.tree.kind == "relation" else formula.tree
            self.naming.learn(formula.tree, self._context(formula.tree, left, ranges), [left])
        self.naming.settle()

    def _context(self, tree: Node, left: Node, ranges: list[Range]) -> Context:
        bound = bound_letters(tree) | set(self.survey.ranges) | {r.letter for r in ranges}
        return Context(frozenset(bound) - set(self.survey.sizes), frozenset(index_letters(left)))

    def _known(self) -> set[str]:
        """Names that the document declares or defines, and letters that stand on their own."""
        known = {m.name for _, _, names, _ in self.kinds for n in names if (m := self._member(n.tree, []))}
        squares = set()
        for _, formula, ranges in self.trees:
            left = formula.tree.parts[0][0] if formula.tree.kind == "relation" else None
            member = self._member(left, ranges) if left is not None else None
            if member and member.rest and is_square(member.rest[0]) and member.name not in known:
                squares.add(f"{member.name}²")
            elif member:
                known.add(member.name)
        used = {n.parts[0].text for _, f, _ in self.trees for n in walk(f.tree) if n.kind == "ident"}
        single = {u for u in used if len(letter_pieces(u)) == 1 and u not in CONSTANTS and u not in self.survey.sizes}
        return (known | squares | single) - {n for n in self.survey.sizes if n not in known}

    def _member(self, node: Node, ranges: list[Range]) -> Member | None:
        return self.naming.member(node, self._context(node, node, ranges))

    def _resolve(self) -> None:
        for _, what, names, sides in self.kinds:
            for name in names:
                with collected(self.survey.problems):
                    self._declared(what, name, sides)
        self._bounds()
        self.known = self._known()
        for statement, formula, ranges in self.trees:
            self.survey.equations.append(self._equation(statement, formula, ranges))

    def _declared(self, what: Kind, name: Formula, sides: list[Formula]) -> None:
        member = self._member(name.tree, [])
        if what.dimensions is None or member is None or not self._is_whole(member, name):
            return
        at = name.at(name.tree.at)
        before = self.survey.declared.get(member.name)
        if before is not None and _texts(before.dimensions) != _texts(sides):
            if what.dimensions or not (what.positive or what.below_one):
                raise Unreadable(f"{member.name} is declared twice, with different shapes", at)
        if what.positive:
            self.survey.positive[member.name] = what.below_one
        if before is None:
            self.survey.declared[member.name] = Declared(member, tuple(sides), what, at)

    def _is_whole(self, member: Member, name: Formula) -> bool:
        if member.rest:
            raise Unreadable("a name is declared here, not a power or a transpose", name.at(member.at))
        return True

    def _bounds(self) -> None:
        """What stands in inequalities: ranges of letters, least sizes, positive names."""
        indices = self._index_words()
        for _, formula in self.bounds:
            with collected(self.survey.problems):
                for of, sign, by in _one_by_one(formula.tree):
                    self._bounded(of, sign, by, indices, formula)

    def _index_words(self) -> set[str]:
        """Everything that stands in an index."""
        words: set[str] = set()
        for _, formula, _ in self.trees:
            for node in walk(formula.tree):
                if node.kind in ("lowered", "raised", "picked") and node.kind != "raised":
                    words |= {n.parts[0].text for n in walk(node) if n.kind == "ident"}
                elif node.kind == "raised" and plain(node.parts[0]).kind in ("group", "bracket", "ident", "sum"):
                    words |= {n.parts[0].text for n in walk(node) if n.kind == "ident"}
            words |= bound_letters(formula.tree)
        return words

    def _bounded(self, of: Node, sign: str, by: Node, indices: set[str], formula: Formula) -> None:
        name = size_name(of) or (_base(of) if scripted_parts(of) else "")
        number = _value(by)
        if name in self.survey.sizes:
            if number is not None and sign in "≥>":
                self.survey.sizes[name] = max(1, int(number) + (sign == ">"))
            return
        if name in indices and len(name) == 1 and name not in self.survey.declared:
            if not self._is_end(by):
                return
            found = self.survey.ranges.setdefault(name, Range(name))
            if sign in "≥>":
                found.low = (by, int(sign == ">"))
            elif sign in "≤<":
                found.high = (by, -int(sign == "<"))
            return
        member = self._member(of, [])
        if member is None or sign == "≠":
            return
        if number == 0 and sign in ">≥":
            self.survey.positive.setdefault(member.name, False)
        elif number == 1 and sign in "<≤" and member.name in self.survey.positive:
            self.survey.positive[member.name] = True
        else:
            raise Unreadable("only assumptions such as ε > 0, 0 < β < 1, n ≥ 2 and ranges of letters can be read",
                             formula.at(of.at))

    def _is_end(self, node: Node) -> bool:
        """Whether a letter may run to it: numbers, sizes, and capital letters, which are sizes then."""
        words = [n.parts[0].text for n in walk(node) if n.kind == "ident"]
        if not all(w in self.survey.sizes or (len(w) == 1 and w.isupper()) for w in words):
            return False
        self.survey.sizes.update({w: self.survey.sizes.get(w, 1) for w in words})
        self.naming.sizes |= set(words)
        return True

    def _equation(self, statement: Statement, formula: Formula, ranges: list[Range]) -> Equation:
        tree = formula.tree
        members = tree.parts[0] if tree.kind == "relation" else (tree,)
        context = self._context(tree, members[0], ranges)
        made = Equation(formula, (), context, ranges, wanted=isinstance(statement, said.Wanted),
                        assumed=isinstance(statement, said.Assume),
                        update=isinstance(statement, said.Equality) and statement.update)
        for side in members:
            rewriter = Rewriter(self.naming, context, set(self.survey.sizes) | self.survey.widths, self.known)
            made.members = (*made.members, rewriter.value(side))
            made.names.append(rewriter.seen)
        return made


# -- small questions ----------------------------------------------------------------------------------------------
def relation_range(tree: Node) -> Range | None:
    """`1 ≤ t < T`, `t ≥ 1`; None for what gives no range."""
    if tree.kind != "relation" or not set(tree.parts[1]) <= ORDER | {"="}:
        return None
    found: Range | None = None
    for of, sign, by in _one_by_one(tree):
        if sign == "≠" or not scripted_parts(of) or of.kind != "ident":
            continue
        found = found or Range(_letter(of), node=tree)
        if sign in "≥>=":
            found.low = (by, int(sign == ">"))
        if sign in "≤<=":
            found.high = (by, -int(sign == "<"))
    return found


_TURNED = {"≤": "≥", "<": ">", "≥": "≤", ">": "<", "=": "=", "≠": "≠"}


def _one_by_one(tree: Node) -> Iterator[tuple[Node, str, Node]]:
    """The relations of a chain, the letter or name first: 0 < β < 1 is β > 0 and β < 1."""
    if tree.kind != "relation":
        return
    members, signs = tree.parts
    for left, sign, right in zip(members, signs, members[1:]):
        turned = scripted_parts(left) is None or (len(members) == 3 and left is members[0])
        yield (right, _TURNED[sign], left) if turned else (left, sign, right)


def _letter(node: Node) -> str:
    parts = scripted_parts(node)
    return parts[0].parts[0].text if parts else ""


_base = _letter


def _value(node: Node) -> float | None:
    return float(node.parts[0].text) if node.kind == "number" else None


def _texts(sides: Iterable[Formula]) -> list[str]:
    return ["".join(s.piece.text.split()) for s in sides]


def shortened(text: str, most: int = 40) -> str:
    """Part of a document for a message: one line, printable."""
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return line if len(line) <= most else line[:most - 1] + "…"


def position(piece: Piece, error: ReadingError) -> int:
    """Where in the document an error in a piece is."""
    lines = piece.text.split("\n")
    return piece.at + sum(len(x) + 1 for x in lines[:error.line - 1]) + error.column - 1


class collected:
    """Keeps a problem instead of stopping at it."""

    def __init__(self, problems: list[Unreadable]):
        self.problems = problems

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, Unreadable):
            self.problems.append(error)
            return True
        return False


class _ignored:
    """For questions that may have no answer."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        return isinstance(error, ReadingError)


def numerator(node: Node) -> Node | None:
    """What is differentiated, where a side is a derivative: ∂L/∂W, ∇_W L."""
    if node.kind == "fraction" and differential(node.parts[0]) is not None and differential(node.parts[1]) is not None:
        return differential(node.parts[0])
    return node.parts[1] if node.kind == "nabla" else None
