"""What a document speaks of: its names with their indices, its sizes, the ranges of its letters, its equations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from derive.documents import statements as said
from derive.documents.assumed import UNKNOWN, assumed
from derive.documents.bold import bold_sizes
from derive.documents.called import Functions, called_on_the_left
from derive.documents.declarations import Kind, kind
from derive.documents.derivatives import Derivatives, words
from derive.documents.everybody import as_everybody
from derive.documents.indicators import with_steps
from derive.documents.indices import size_name
from derive.documents.macros import body_name, is_body
from derive.documents.model import (
    NOTHING,
    Declared,
    Elsewhere,
    Equation,
    Range,
    Survey,
    collected,
    ignored,
    letter_of,
    number_of,
    one_by_one,
    position,
    relation_range,
    shortened,
    texts,
)
from derive.documents.naming import (
    Context,
    Member,
    Naming,
    bound_letters,
    enclosed,
    entry_letters,
    index_letters,
    letter_node,
    scripted_parts,
)
from derive.documents.problems import Unreadable
from derive.documents.randomness import PARTS, Random, law_of, mentions_moments
from derive.documents.rewriting import CONSTANTS, Rewriter, is_square
from derive.documents.schematic import filled
from derive.documents.sizes import DeclaredKinds, SizeFinder, Trees, own_letters
from derive.documents.statements import Piece, Statement
from derive.documents.sums import with_letters
from derive.documents.trees import Formula, Reader, names_of_two_letters, own_functions, walk
from derive.notation.names import GREEK
from derive.reading.errors import ReadingError
from derive.reading.indices import letter_pieces
from derive.reading.nodes import plain
from derive.reading.syntax import Node

_NAME = re.compile(r"[^\W\d_][\w\u0300-\u036f',²]*")
_LAWS = frozenset("Ppq")         # letters that are probabilities where they are called
_GREEK = frozenset(GREEK.values())
MOST_CHARACTERS = 40        # of a name
MOST_NAMES = 2_000          # in all equations together


class Surveyor:
    """Makes a survey of statements. Problems are collected, so that all of them are reported at once."""

    def __init__(self, found: list[Statement], elsewhere: Elsewhere = NOTHING):
        self.found = found
        self.survey = Survey()
        self.elsewhere = elsewhere
        self.naming = Naming()
        self.trees: Trees = []
        self.kinds: DeclaredKinds = []
        self.bounds: list[tuple[said.Relation, Formula]] = []
        self.laws: list[tuple[said.Law, str, Formula, tuple[str, ...]]] = []
        self.positives: list[tuple[Node, bool]] = []
        self.apart: dict[int, list[Node]] = {}
        self.known: set[str] = set()
        self.called: frozenset[str] = frozenset()       # functions that the document defines

    def run(self) -> Survey:
        defined = called_on_the_left(s.members[0] for s in self.found
                                     if isinstance(s, said.Equality) and not s.claimed)
        defined -= set(as_everybody(defined, self.found))
        self.assumed = list(assumed(self.found, defined))
        defined |= {a.name for a in self.assumed}
        self.called = frozenset(defined)
        functions = own_functions(self._pieces()) - defined
        functions |= {UNKNOWN} if any(a.declarations for a in self.assumed) else set()
        random = mentions_moments(self.found)
        two = names_of_two_letters(s.members[0] for s in self.found if isinstance(s, said.Equality))
        bold = bold_sizes(s.piece.text for s in self.found)
        self.reader = Reader(functions | defined, random=random, two=two, bold=bold)
        self.reader = Reader(functions | defined, self._function_names() - defined, random, two, bold)
        self.survey.functions = tuple(sorted(functions))
        for statement in self.found:
            with collected(self.survey.problems):
                self._parse(statement)
        with collected(self.survey.problems):
            self._put_in(defined)
        for statement in self.found:
            if isinstance(statement, said.Law):
                with collected(self.survey.problems):
                    self._put_law(statement)
        SizeFinder(self.survey, self.kinds, self.trees).find()
        here = {n.parts[0].text for _, f, _ in self.trees for n in walk(f.tree) if n.kind == "ident"}
        for size in sorted(self.elsewhere.sizes):
            if size in here and size not in self.survey.widths:
                self.survey.sizes.setdefault(size, 1)
        self._learn()
        self._resolve()
        return self.survey

    def _put_in(self, defined: set[str]) -> None:
        """Functions that the document defines, and those that are assumed, where they are called."""
        for one in self.assumed:
            self.trees.append((one.equation, self.formula(one.equation.piece), []))
            for declaration in one.declarations:
                self._declare(declaration)
        self.trees = [(s, f, r) for (s, _, r), f in zip(self.trees, filled(f for _, f, _ in self.trees))]
        self._before = list(self.trees)
        functions = Functions(defined, [(s, f) for s, f, _ in self.trees])
        called = [(s, functions.without_calls(f), r) for s, f, r in self.trees if not functions.is_definition(f)]
        derivatives = Derivatives(words(f.tree for _, f, _ in called), functions, self.elsewhere.below,
                                  self._index_letters(called))
        self.trees = [(s, derivatives.of_names(f, r), r) for s, f, r in called]
        for formula, ranges in derivatives.definitions():
            piece = formula.piece
            self.trees.append((said.Equality(piece, (piece, piece)), formula, ranges))
        self._put_bodies(functions)

    @staticmethod
    def _index_letters(trees: Trees) -> set[str]:
        """The letters that sums, ranges and left sides bind."""
        found = {r.letter for _, _, ranges in trees for r in ranges}
        for _, formula, _ in trees:
            bound = bound_letters(formula.tree)
            left = formula.tree.parts[0][0] if formula.tree.kind == "relation" else formula.tree
            found |= bound | index_letters(left, frozenset(bound))
        return found

    def _put_law(self, statement: said.Law) -> None:
        """What stands in the parentheses of a law as definitions under hidden names, and one for the name itself."""
        found = law_of(statement.law)
        if found is None:
            raise Unreadable(f"the law '{shortened(statement.law.text)}' is not known; known are N(μ, σ²), U(a, b) and "
                             "Bernoulli(p)", statement.law.at)
        law, arguments = found
        for piece in statement.names:
            name = self.formula(piece)
            parts = scripted_parts(name.tree)
            if parts is None:
                raise Unreadable("a name stands on the left of ~", piece.at)
            hidden = tuple(body_name(f"{part}{len(self.laws)}") for part in PARTS[law])
            self.laws.append((statement, law, name, hidden))
            for called, argument in zip(hidden, arguments):
                self._hide(called, self.formula(argument), ())
            own = tuple(s for s in parts[1] if s.kind in ("lowered", "raised"))
            self._hide(body_name(f"law{len(self.laws)}"), name, own)
            self._positive_in(law, arguments)

    def _hide(self, called: str, formula: Formula, scripts: tuple[Node, ...]) -> None:
        base = letter_node(called, formula.tree.at)
        left = Node("scripted", (base, scripts), base.at) if scripts else base
        tree = Node("relation", ((left, formula.tree), ("=",)), base.at)
        piece = formula.piece
        self.trees.append((said.Equality(piece, (piece, piece)), replace(formula, tree=tree), []))

    def _positive_in(self, law: str, arguments: tuple[Piece, ...]) -> None:
        """A variance, the end of a range and a probability are positive."""
        for argument in arguments[1:] if law == "normal" else arguments:
            for node in walk(self.formula(argument).tree):
                if node.kind == "ident":
                    self.positives.append((node, law == "bernoulli"))

    def _put_bodies(self, functions: Functions) -> None:
        """Functions of which a derivative is written, as definitions under hidden names; one at least where nothing
        but functions is defined."""
        formulas = {id(fn): f for f in (f for _, f, _ in self._before) for fn in [functions.defining.get(id(f))] if fn}
        wanted = [fn for (name, _), fn in functions.macros.items() if name in functions.primed]
        if not self.trees and functions.macros:
            wanted = [list(functions.macros.values())[-1]]
        for function in wanted:
            formula = formulas[id(function)]
            body = functions.without_calls(replace(formula, tree=function.body)).tree
            tree = Node("relation", ((letter_node(body_name(function.name), body.at), body), ("=",)), body.at)
            self.trees.append((said.Equality(formula.piece, (formula.piece, formula.piece)),
                               replace(formula, tree=tree), []))
            self.survey.parameters[function.name] = function.parameters
        self.survey.functions = (*self.survey.functions, *sorted(f.name for f in wanted if f.name in functions.primed))

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
                with ignored():
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
            self.apart[id(statement.piece)] = [self.formula(c.piece).tree for c in conditions
                                               if isinstance(c, said.Relation) and c.signs == ("≠",)]
            formula = with_letters(self.formula(statement.piece))
            formula = replace(formula, tree=with_steps(formula.tree))
            self.trees.append((statement, formula, [r for r in ranges if r is not None]))

    def _declare(self, statement: said.Declaration) -> None:
        what = kind(statement.kind)
        if what is None:
            raise Unreadable(f"the set '{shortened(statement.kind.text)}' cannot be read; write ℝ, ℝ^n, ℝ^{{m×n}} or ℕ",
                             statement.kind.at)
        names = [f for n in statement.names if (f := self.formula(n)).tree.kind != "ones"]
        sides = [self.formula(d) for d in what.dimensions or ()]
        for name in names:
            if scripted_parts(name.tree) is None:
                raise Unreadable("a name is declared here: x ∈ ℝ^n", name.at(name.tree.at))
        self.kinds.append((statement, what, names, sides))

    # -- ranges --------------------------------------------------------------------------------------------------
    def _range(self, statement: said.Range) -> Range:
        letter = self.formula(statement.letter).tree
        return Range(letter_of(letter), (self.formula(statement.low).tree, 0), (self.formula(statement.high).tree, 0))

    def _bind(self, found: Range) -> None:
        self.survey.ranges[found.letter] = found

    def _condition(self, statement: Statement) -> Range | None:
        if isinstance(statement, said.Range):
            return self._range(statement)
        assert isinstance(statement, said.Relation)
        return relation_range(self.formula(statement.piece).tree)

    # -- names ---------------------------------------------------------------------------------------------------
    def _learn(self) -> None:
        self.summed = frozenset(x.rstrip("'") for _, f, _ in self.trees for x in bound_letters(f.tree)) | {
            r.letter for _, _, ranges in self.trees for r in ranges if len(r.letter) == 1} \
            | own_letters(self.kinds, [f.tree for _, f, _ in self.trees])
        self.naming.sizes |= set(self.survey.sizes)
        for _, _, names, sides in self.kinds:
            for name in names:
                if name.tree.kind == "ident" and sides:
                    self.naming.vectors.add(letter_of(name.tree))
                self.naming.declare(name.tree)
                self.naming.learn(name.tree, self._context(name.tree, name.tree, []), [name.tree])
        for _, formula, ranges in self.trees:
            left = formula.tree.parts[0][0] if formula.tree.kind == "relation" else formula.tree
            self.naming.learn(formula.tree, self._context(formula.tree, left, ranges), [left])
        self.naming.settle()

    def _context(self, tree: Node, left: Node, ranges: list[Range]) -> Context:
        bound = bound_letters(tree) | set(self.survey.ranges) | {r.letter for r in ranges}
        sizes = set(self.survey.sizes)
        return Context(frozenset(bound) - sizes, frozenset(index_letters(left, self.summed)) - sizes)

    def _certain_context(self, context: Context, left: Node) -> Context:
        """The letters that stand in indices on the left; the i of a_i, where that is a name, is none."""
        inside: set[str] = set()
        for node in walk(left):
            inside |= entry_letters(node)
            if scripted_parts(node):
                member = self.naming.member(node, context)
                if member is not None and node.kind == "scripted":
                    parts = [*member.above, *member.below, *member.rest]
                    inside |= {p for item in parts for n in walk(item) if n.kind in ("ident", "name")
                               for p in letter_pieces(n.parts[0].text)}
        return Context(context.bound, context.left & inside)

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
        known |= self._capitals(known) | set(self.survey.positive)
        self.certain = known | squares
        used = {n.parts[0].text for _, f, _ in self.trees for n in walk(f.tree) if n.kind == "ident"}
        used |= {u[0] for u in used if len(u) == 2 and u[1] == "I" and u[0] in _GREEK}      # λI
        single = {u for u in used if len(letter_pieces(u)) == 1 and u not in CONSTANTS and u not in self.survey.sizes
                  and u != "π"}
        if any(self._is_bare_delta(f.tree) for _, f, _ in self.trees):
            single.add("δ")
        return (known | squares | single) - {n for n in self.survey.sizes if n not in known}

    @staticmethod
    def _is_bare_delta(tree: Node) -> bool:
        """Whether δ stands without an index: it is no Kronecker's."""
        scripted = {id(n.parts[0]) for n in walk(tree) if n.kind == "scripted"
                    and any(s.kind in ("lowered", "picked") for s in n.parts[1])}
        return any(n.kind == "ident" and n.parts[0].text == "δ" and id(n) not in scripted for n in walk(tree))

    def member_of(self, node: Node) -> Member | None:
        """The name that a tree on its own stands for."""
        return self._member(node, [])

    def _capitals(self, known: set[str]) -> set[str]:
        """The letters of words such as XW and QΛQ, which nothing defines or calls: products of matrices."""
        found: set[str] = set()
        for _, formula, _ in self.trees:
            called = {f.at for n in walk(formula.tree) if n.kind == "product"
                      for f, after in zip(n.parts[0], n.parts[0][1:]) if after.kind == "group"}
            for node in walk(formula.tree):
                word = node.parts[0].text if node.kind == "ident" else ""
                pieces = letter_pieces(word)
                if 1 < len(pieces) <= 3 and word.isupper() and word not in known | self.called \
                        and node.at not in called:
                    found |= set(pieces) - set(self.survey.sizes)
        return found

    def _member(self, node: Node, ranges: list[Range]) -> Member | None:
        return self.naming.member(node, self._context(node, node, ranges))

    def _resolve(self) -> None:
        for _, what, names, sides in self.kinds:
            for name in names:
                with collected(self.survey.problems):
                    self._declared(what, name, sides)
        self._bounds()
        for _, law, name, hidden in self.laws:
            member = self._member(name.tree, [])
            if member is not None:
                self.survey.random[member.name] = Random(member.name, law, hidden)
        for node, below_one in self.positives:
            member = self._member(node, [])
            if member is not None and member.name not in self.survey.sizes:
                self.survey.positive.setdefault(member.name, below_one)
        self.known = self._known()
        count = 0
        for statement, formula, ranges in self.trees:
            with collected(self.survey.problems):
                self.survey.equations.append(self._equation(statement, formula, ranges))
                count += sum(map(len, self.survey.equations[-1].names))
            if count > MOST_NAMES:
                raise Unreadable(f"more than {MOST_NAMES} names in the equations; split the document",
                                 formula.piece.at)

    def _declared(self, what: Kind, name: Formula, sides: list[Formula]) -> None:
        member = self._member(name.tree, [])
        if what.dimensions is None or member is None or not self._is_whole(member, name):
            return
        at = name.at(name.tree.at)
        before = self.survey.declared.get(member.name)
        if before is not None and texts(before.dimensions) != texts(sides):
            if what.dimensions or not (what.positive or what.below_one):
                raise Unreadable(f"{member.name} is declared twice, with different shapes", at)
        if what.positive:
            self.survey.positive[member.name] = what.below_one
        if before is not None and before.at != at:
            before.last = member
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
                for of, sign, by in one_by_one(formula.tree):
                    self._bounded(of, sign, by, indices, formula)

    def _index_words(self) -> set[str]:
        """Everything that stands in an index: the l of a^l where a is a family so, but no exponent."""
        words: set[str] = set()
        for _, formula, _ in self.trees:
            for node in walk(formula.tree):
                if node.kind in ("lowered", "picked"):
                    words |= {n.parts[0].text for n in walk(node) if n.kind == "ident"}
                elif node.kind == "scripted":
                    for script in node.parts[1]:
                        if script.kind == "raised" and (enclosed(script) or self.naming.is_raised(node)):
                            words |= {n.parts[0].text for n in walk(script) if n.kind == "ident"}
            words |= bound_letters(formula.tree)
        return words

    def _bounded(self, of: Node, sign: str, by: Node, indices: set[str], formula: Formula) -> None:
        name = size_name(of) or (letter_of(of) if scripted_parts(of) else "")
        number = number_of(by)
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

    @staticmethod
    def _refuse_odd_names(formula: Formula, seen: list[tuple[Member, str]]) -> None:
        """\\text{…} may hold anything; a name is letters and digits."""
        for member, _ in seen:
            if is_body(member.name):
                continue
            if not _NAME.fullmatch(member.name) or len(member.name) > MOST_CHARACTERS:
                raise Unreadable(f"'{shortened(member.name)}' is no name: letters, digits and subscripts make one",
                                 formula.at(member.at))

    def _refuse_unknown_functions(self, formula: Formula) -> None:
        """A word that is called and is no name: mean(x)."""
        for node in walk(formula.tree):
            factors = node.parts[0] if node.kind == "product" else ()
            for first, second in zip(factors, factors[1:]):
                word = first.parts[0].text if first.kind == "ident" else ""
                if word in _LAWS and word not in self.certain and second.kind == "group" and len(second.parts[0]) == 1 \
                        and plain(second.parts[0][0]).kind in ("ident", "scripted"):
                    raise Unreadable(f"{word} is no function that is known here; define it: {word}(u) = …",
                                     formula.at(first.at))
                if len(letter_pieces(word)) > 1 and second.kind == "group" and word not in self.known:
                    if not all(p in self.known or p in self.survey.sizes for p in letter_pieces(word)):
                        raise Unreadable(f"{word} is no function that is known here; define it: {word}(u) = …",
                                         formula.at(first.at))

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
        self._refuse_unknown_functions(formula)
        context = self._certain_context(self._context(tree, members[0], ranges), members[0])
        made = Equation(formula, (), context, ranges, wanted=isinstance(statement, said.Wanted),
                        assumed=isinstance(statement, said.Assume),
                        update=isinstance(statement, said.Equality) and statement.update,
                        claimed=isinstance(statement, said.Equality) and statement.claimed,
                        layout=statement.layout if isinstance(statement, said.Equality) else "")
        made.apart = self.apart.get(id(statement.piece), [])
        for side in members:
            widths = self.survey.widths
            rewriter = Rewriter(self.naming, context, set(self.survey.sizes) | widths, widths, self.known)
            rewriter.names, rewriter.called = self.elsewhere.names, self.called
            rewriter.with_d = "d" not in self.certain and "d" not in self.survey.sizes
            made.members = (*made.members, rewriter.value(side))
            made.names.append(rewriter.seen)
            self._refuse_odd_names(formula, rewriter.seen)
        return made
