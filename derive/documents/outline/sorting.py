"""From statements to an outline: names are resolved for the document as a whole, as far as it can be read, and each
statement is told what it declares, uses and does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from derive.documents.functions.assumed import FIRST
from derive.documents.functions.keys import called_as, key, keys
from derive.documents.lines import statements as said
from derive.documents.lines.items import ASSUMED, CLAIMED, DECLARED, DEFINED, NAMED, ORDERED, SKIPPED, UNREADABLE, Item
from derive.documents.lines.mentioned import mentioned
from derive.documents.lines.statements import Statement
from derive.documents.names.model import Elsewhere, Equation, ignored, letter_of, relation_range
from derive.documents.names.parsed import tells_nothing
from derive.documents.names.randomness import law_of
from derive.documents.names.rows import Link, links
from derive.documents.names.sequences import recurrences
from derive.documents.names.sizes_apart import sizes_apart
from derive.documents.outline.equation_roles import EquationRoles
from derive.documents.outline.itemising import itemised
from derive.documents.outline.outline import Outline
from derive.documents.outline.standing import Standing
from derive.documents.pages.places import INLINE, Place
from derive.documents.problems import Unreadable
from derive.documents.program.survey import Surveyor, bold_of
from derive.documents.roles.gradients import below
from derive.documents.shapes.told_ends import ends_of_sums, told_once
from derive.documents.spelling.classes import classes
from derive.documents.spelling.divided_sizes import divided_sizes
from derive.documents.spelling.gates import gated
from derive.documents.spelling.last_members import last_members
from derive.documents.spelling.one_step import letter_of_one_step
from derive.documents.spelling.spelling import respelled, with_number
from derive.documents.spelling.told_sizes import told_sizes
from derive.documents.trees.part_labels import Labelled
from derive.documents.trees.superscripts import Superscripts
from derive.documents.trees.trees import Formula, Reader, walk, words
from derive.reading.indices import letter_pieces
from derive.reading.source import Source
from derive.reading.syntax import Node
from derive.reading.tokens import Lexeme

MOST_OF_A_SIZE = 60         # characters of an equation that tells a size
_UNBRACED = re.compile(r"[\s{}&]|\\(?:text|mathrm)")
_IS_NUMBER = re.compile(r"\s*&?\s*\d[\d{},]{0,12}\s*")


def outline(stream: Sequence[Statement], text: str, found: Sequence[Place]) -> Outline:
    """The outline of what `statements(places(text)).every` holds."""
    every = itemised(stream, text, found)
    sizes, widths, names, labelled = set[str](), set[str](), set[str](), set[str]()
    labels: set[Labelled] = set()
    seen: dict[tuple[int, str], int] = {}
    single: dict[str, str] = {}
    linked: list[tuple[Link, list[Item]]] = []
    ends: list[tuple[str, str]] = []
    least: dict[str, int] = {}
    above = Superscripts()
    page = _of_the_page(stream, text)
    for item in every:
        if isinstance(item.statement, said.Equality) and item.statement.piece.text in page.told.texts:
            item.role, item.told = ASSUMED, True
    for scope in {i.scope for i in every}:
        sorter = _Sorter([i for i in every if i.scope == scope], page)
        sorter.sort(text)
        sizes |= sorter.surveyor.survey.sizes.keys() - {i.name for i in every if not (i.setting or any(i.member))}
        widths |= sorter.surveyor.survey.widths
        least |= {n: x for n, x in sorter.surveyor.survey.sizes.items() if x > least.get(n, 1)}
        seen.update({(scope, name): number for name, number in sorter.standing.seen.items()})
        names |= sorter.surveyor.lexicon.known
        labelled |= sorter.surveyor.lexicon.naming.labelled
        labels |= sorter.surveyor.lexicon.told_apart
        above.take(sorter.surveyor.lexicon.naming.superscripts)
        single |= below(sorter.surveyor.survey.equations)
        linked += sorter.linked()
        ends += ends_of_sums(sorter.surveyor.survey.equations, sorter.surveyor.survey.sizes)
    for at, name in mentioned(text, found):
        behind = next((i for i in every if i.at > at), None)
        if behind is not None:      # seen in front of it
            key_of = behind.scope, name
            seen[key_of] = min(seen.get(key_of, behind.number), behind.number - 1)
    whole = replace(page, sizes=frozenset(sizes), names=frozenset(names), below=single, ends=told_once(ends),
                    superscripts=above, last=frozenset(last_members(text)), labelled=frozenset(labelled),
                    least=least, labels=frozenset(labels))
    return Outline(every, whole.sizes, frozenset(widths), seen, whole, tuple(linked))


def _of_the_page(stream: Sequence[Statement], text: str) -> Elsewhere:
    """What a document tells before its names are known."""
    reader = Reader()
    marks = list[tuple[Statement, list[Lexeme]]]()
    for statement in stream:
        with ignored():
            marks.append((statement, reader.tokens(Source(respelled(statement.piece.text)))))
    equal = [(s, tokens) for s, tokens in marks if isinstance(s, said.Equality)]
    equations = [tokens for _, tokens in equal]
    others = [tokens for s, tokens in marks if not isinstance(s, said.Equality)]
    told = told_sizes(((s, t) for s, t in equal if len(s.piece.text) < MOST_OF_A_SIZE), stream)
    divided = divided_sizes(stream)
    if divided:
        used = {x for _, tokens in marks for t in tokens if t.kind == "IDENT" for x in (t.text, *letter_pieces(t.text))}
        numbered = {_UNBRACED.sub("", s.members[0].text) for s, _ in equal if _IS_NUMBER.fullmatch(s.members[-1].text)}
        told = told.with_divided(divided, used, numbered)
    return Elsewhere(step=letter_of_one_step(equations, others), gates=gated(equations),
                     classes=classes(text, equations, others), told=told, named=sizes_apart(stream, equal),
                     bold=bold_of(stream))


def _tells_a_size(item: Item) -> bool:
    """Whether it is an m = n − k + 1, which is written out wherever m stands."""
    return item.role == ASSUMED and item.told and isinstance(item.statement, said.Equality)


class _PageSurveyor(Surveyor):
    """A survey in which calls of the document's functions, powers of its matrices and definitions by turns stay as
    they are written: a function may be defined twice."""

    def _put_functions_in(self) -> None:
        pass

    def _put_diagonals_in(self) -> None:
        pass

    def _put_interleaved_in(self) -> None:
        pass


class _Sorter:
    """Sorts the statements of one scope."""

    def __init__(self, every: list[Item], elsewhere: Elsewhere):
        self.items = every
        self.standing = Standing()
        readable = [i for i in every if i.role not in (SKIPPED, ORDERED) and not i.problem and not _tells_a_size(i)]
        self.surveyor = _PageSurveyor([i.statement for i in readable], elsewhere)
        self.problems: list[Unreadable] = []
        self.equations: dict[int, Equation] = {}
        self.trees: dict[int, Formula] = {}
        self.labels: frozenset[str] = frozenset()       # letters that are no index
        self.numbered: frozenset[str] = frozenset()     # names with numbers that are no members

    def sort(self, text: str) -> None:
        self._survey()
        self.links = list(links(self.surveyor.parsed.kinds, self.surveyor.parsed.trees, text))
        self.standing.rows = {link.name: link.matrix for link in self.links}
        self.labels = self.standing.labels = self.surveyor.lexicon.labels
        self.numbered = self.surveyor.lexicon.naming.numbered
        self.roles = EquationRoles(self.surveyor, self.items, self.standing, text)
        for item in self.items:
            if isinstance(item.statement, said.Law):
                self._law(item, item.statement)
            elif isinstance(item.statement, said.Declaration):
                self._declaration(item, item.statement)
            elif isinstance(item.statement, said.Range):
                item.letter = self._letter(item.statement.letter)
            elif isinstance(item.statement, said.Relation):
                self._relation(item, item.statement)
            elif isinstance(item.statement, said.Property):
                named = (f for s, f in self.surveyor.parsed.properties if s is item.statement)
                item.uses = frozenset(self._names_in(next(named, None)))
            elif isinstance(item.statement, (said.Equality, said.Wanted, said.Assume)) and not _tells_a_size(item):
                self._equality(item)
            self.standing.see(item)

    def _survey(self) -> None:
        """What the statements are taken together; the one that cannot be read ends a survey of names."""
        survey = self.surveyor.survey
        self.problems = survey.problems
        try:
            self.surveyor.run()
        except Unreadable as problem:
            self.problems = [*survey.problems, problem]
        self.equations = {id(e.formula.piece): e for e in survey.equations}
        self.trees = {id(f.piece): f for _, f, _ in self.surveyor.parsed.trees}

    def linked(self) -> Iterator[tuple[Link, list[Item]]]:
        """Samples that may be rows of a matrix, each with a definition that says so."""
        for link in self.links:
            beside = next((i for i in self.items if i.statement is link.beside), None)
            if beside is not None and link.name not in self.standing.meant:
                made = replace(beside, statement=link.statement, role=DEFINED, name=link.name, declared=(),
                               uses=frozenset([link.name, link.matrix]))
                shape = [replace(beside, statement=link.shape, role=DECLARED, name="", declared=(link.name,),
                                 uses=frozenset([link.name]))] if link.shape is not None else []
                yield link, [beside, *shape, made]

    def _told(self, item: Item) -> str:
        """What is wrong with a statement."""
        piece = item.statement.piece
        return next((p.message for p in self.problems if piece.at <= p.at <= piece.at + len(piece.text)), "")

    # -- declarations and assumptions ----------------------------------------------------------------------------
    def _declaration(self, item: Item, statement: said.Declaration) -> None:
        for what, names in ((k, n) for s, k, n, _ in self.surveyor.parsed.kinds if s is statement):
            if what.dimensions is not None:
                self._declares(item, names)
            return
        item.problem = self._told(item) or ("" if tells_nothing(statement) else "this declaration cannot be read")
        item.role = UNREADABLE if item.problem else item.role

    def _law(self, item: Item, statement: said.Law) -> None:
        item.problem = self._told(item)
        item.role = UNREADABLE if item.problem else DECLARED
        drawn = [f for s, _, f, _ in self.surveyor.parsed.laws if s is statement]
        self._declares(item, drawn)
        with ignored():
            if item.problem or any(f.piece.text in FIRST for f in drawn):
                self._declares(item, [self.surveyor.reader.formula(n) for n in statement.names])
            _, arguments = law_of(statement.law) or ("", ())
            item.given = frozenset(n for a in arguments for n in self._names_in(self.surveyor.reader.formula(a)))

    def _declares(self, item: Item, names: Iterable[Formula]) -> None:
        members = [self.surveyor.member_of(n.tree) for n in names]
        item.declared = tuple(key(m.name, self.labels) if m else "" for m in members)
        item.uses = frozenset(n for n in item.declared if n)

    def _letter(self, piece: said.Piece) -> str:
        with ignored():
            return letter_of(self.surveyor.reader.formula(piece).tree)
        return ""

    def _relation(self, item: Item, statement: said.Relation) -> None:
        formula = next((f for s, f in self.surveyor.parsed.bounds if s is statement), None)
        item.letter, both = self._ranged(formula)
        if item.letter and not both and item.only is None:
            item.only = self._next_display(item)
        item.uses = frozenset(self._names_in(formula))
        item.problem = "" if item.told else self._told(item)
        item.role = UNREADABLE if item.problem else item.role

    def _ranged(self, formula: Formula | None) -> tuple[str, bool]:
        """The letter that a relation such as 1 ≤ t ≤ T bounds, and whether it does so on both sides."""
        found = relation_range(formula.tree) if formula is not None else None
        if found is None or found.letter not in self.surveyor.survey.ranges:
            return "", False
        return found.letter, found.low is not None and found.high is not None

    def _next_display(self, item: Item) -> int:
        """Where the next display begins: "for t < T" in a sentence is about that one."""
        return next((i.place.start for i in self.items if i.number > item.number and i.place.kind != INLINE),
                    item.place.start)

    def _names_in(self, formula: Formula | None) -> Iterable[str]:
        """The names of a formula; what stands below one, as in η_{max} and x_i, is part of it."""
        work = [formula.tree] if formula is not None else []
        while work:
            node = work.pop()
            member = self.surveyor.member_of(node)
            if member is not None and not self._is_of_sizes(member.name):
                yield key(member.name, self.labels)
            work.extend(node.below if member is None else member.rest)

    def _is_of_sizes(self, name: str) -> bool:
        """Whether it is a size, or the product dk of two."""
        pieces = [name] if name in self.surveyor.lexicon.known else letter_pieces(name)
        return name in self.surveyor.survey.sizes or self.surveyor.survey.sizes.keys() >= set(pieces)

    def _letters_in(self, formula: Formula) -> set[str]:
        """The names in a formula, where y s is ys."""
        known = self.surveyor.lexicon.known
        return {x for name in self._names_in(formula) for x in ([name] if name in known else letter_pieces(name))}

    # -- equations -----------------------------------------------------------------------------------------------
    def _equality(self, item: Item) -> None:
        equation = self.equations.get(id(item.statement.piece))
        formula = self.trees.get(id(item.statement.piece))
        if formula is not None:
            found = {x for w in words([formula.tree]) for x in (w, *letter_pieces(w))}
            item.sizes = frozenset(found & self.surveyor.survey.sizes.keys())
        if equation is None or len(equation.names) < 2 and isinstance(item.statement, said.Equality):
            self._unreadable(item, formula)
            return
        self._resolved(item, equation)
        if item.role != CLAIMED and isinstance(item.statement, said.Equality):
            item.role = self.roles.role(item, equation)
        if item.role in (DEFINED, NAMED):
            self.standing.define(item)

    def _unreadable(self, item: Item, formula: Formula | None) -> None:
        """An equation that the page as a whole does not explain, with its names as far as letters tell them."""
        item.role = UNREADABLE
        item.problem = self._told(item) or "this cannot be read"
        item.name = self._left_name(item.statement)
        if formula is not None:
            found = {m.name for n in walk(formula.tree) if (m := self.surveyor.member_of(n)) is not None}
            item.uses = keys(found, self.labels)
            item.sides = formula.tree.parts[0] if formula.tree.kind == "relation" else ()

    def _left_name(self, statement: Statement) -> str:
        """The name or function on the left of an equation of which the rest cannot be read; empty for anything else."""
        if not isinstance(statement, said.Equality):
            return ""
        with ignored():
            left = self.surveyor.reader.formula(statement.members[0]).tree
            if left.kind == "apply":
                return left.parts[0].text
            factors: list[Node] = list(left.parts[0]) if left.kind == "product" else [left]
            called = len(factors) == 2 and factors[1].kind == "group"
            member = self.surveyor.member_of(factors[0]) if called or len(factors) == 1 else None
            return key(member.name, self.labels) if member is not None and not member.rest else ""
        return ""

    def _resolved(self, item: Item, equation: Equation) -> None:
        """The names in an equation that was read, and how they stand in it."""
        item.sides = equation.members
        pairs = [pair for side in equation.names for pair in side]
        item.derived = keys((m.name for m, role in pairs if role != "value"), self.labels)
        item.above = keys((m.name for m, role in pairs if role == "numerator"), self.labels)
        item.bare = frozenset(m.name for m, _ in pairs) - keys((m.name for m, _ in pairs if m.indices), self.labels)
        item.stepwise = any(recurrences(equation))
        calls = [n for n in walk(equation.formula.tree) if n.kind == "apply"]
        called = {called_as(n) for n in calls if n.parts[0].text.rstrip("'") in self.surveyor.called}
        called |= {f for n in calls for f in self.surveyor.called if with_number(f, n.parts[0].text)} - called
        values = {m.name for m, role in pairs if role == "value"}
        item.uses = keys(values - self.numbered, self.labels) | values & self.numbered | called
        for condition in item.statement.conditions if isinstance(item.statement, said.Equality) else ():
            if isinstance(condition, said.Case):
                with ignored():
                    item.uses |= self._letters_in(self.surveyor.reader.formula(condition.piece))


__all__ = ["outline"]
