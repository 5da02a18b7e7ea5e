"""What a document speaks of: its names with their indices, its sizes, the ranges of its letters, its equations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from derive.documents.functions.assumed import UNKNOWN, assumed, of_unit_vectors
from derive.documents.functions.called import called_on_the_left
from derive.documents.functions.everybody import as_everybody
from derive.documents.functions.function_calls import put_in
from derive.documents.lines import statements as said
from derive.documents.lines.declarations import Kind
from derive.documents.lines.sets import MEMBER
from derive.documents.lines.statements import Piece, Statement
from derive.documents.names.diagonals import put_diagonals_in
from derive.documents.names.inequalities import Inequalities
from derive.documents.names.interleaved import put_interleaved_in
from derive.documents.names.least_sizes import least_sizes
from derive.documents.names.lexicon import Lexicon
from derive.documents.names.model import (
    NOTHING,
    Declared,
    Elsewhere,
    Equation,
    Range,
    Survey,
    collected,
    ignored,
    texts,
)
from derive.documents.names.named_parts import put_names_in
from derive.documents.names.parsed import Parsed
from derive.documents.names.randomness import Random, mentions_moments
from derive.documents.names.refusals import (
    refuse_determinants_of_derivatives,
    refuse_numbers_as_indices,
    refuse_odd_names,
    refuse_unknown_functions,
)
from derive.documents.names.sizes import SizeFinder
from derive.documents.problems import Unreadable
from derive.documents.program.laws import put_law
from derive.documents.roles.named_jacobians import put_jacobians_in
from derive.documents.spelling.bold import bold_sizes
from derive.documents.spelling.two_letters import ABBREVIATIONS
from derive.documents.trees.indices import size_name
from derive.documents.trees.members import Member, scripted_parts
from derive.documents.trees.rewriting import Rewriter
from derive.documents.trees.trees import Formula, Reader, names_of_two_letters, own_functions, walk
from derive.documents.trees.whole_and_parts import PartReader, numbers_of_members, wholes
from derive.reading.syntax import Node

MOST_NAMES = 2_000          # in all equations together
_NUMBER = re.compile(r"\s*[-−]?\d+(?:\.\d+)?\s*")
_LETTER = re.compile(r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])")


def _words_of_sets(found: Iterable[Statement]) -> Iterator[str]:
    """The letters of the sets and laws that are written: the n of ℝ^n and of N(0, I_n)."""
    for s in found:
        if isinstance(s, (said.Declaration, said.Law)):
            yield from _LETTER.findall((s.kind if isinstance(s, said.Declaration) else s.law).text)


def bold_of(found: Iterable[Statement]) -> frozenset[str]:
    """The letters of statements that are sizes, and names of their own where they are bold."""
    return bold_sizes(c.piece.text for s in found
                      for c in (s, *(s.conditions if isinstance(s, said.Equality) else ())))


class Surveyor:
    """Makes a survey of statements. Problems are collected, so that all of them are reported at once."""

    def __init__(self, found: list[Statement], elsewhere: Elsewhere = NOTHING, jacobians: bool = False,
                 members: bool = False):
        self.found, self.elsewhere, self.jacobians, self.members = found, elsewhere, jacobians, members
        self.survey = Survey(of_a_class=elsewhere.classes.letter, least=dict(elsewhere.least), sums=elsewhere.ends)
        if self.survey.of_a_class:
            self.survey.ranges[self.survey.of_a_class] = Range(self.survey.of_a_class)
        sides = (piece for s in found for piece in (
            s.members[:1] if isinstance(s, said.Equality) else s.names if isinstance(s, said.Declaration) else
            [m for m in s.members if m.text.strip() in ABBREVIATIONS] if isinstance(s, said.Relation) else ()))
        self.two = names_of_two_letters(sides, [s.piece.text for s in found])
        defined = called_on_the_left((s.members[0] for s in found if isinstance(s, said.Equality) and not s.claimed),
                                     self.two)
        defined -= set(as_everybody(defined, found))
        self.assumed = [*assumed(found, defined), *of_unit_vectors(elsewhere.classes, found)]
        defined |= {a.name for a in self.assumed if a.is_function}
        self.called = frozenset(defined)        # functions that the document defines
        self.reader = self._reader()
        self.parsed = Parsed(self.reader, self.survey.ranges, elsewhere.sizes | frozenset(_words_of_sets(found)),
                             elsewhere.named)
        self.lexicon = Lexicon(self.survey, self.parsed, self.called)
        self.lexicon.naming.superscripts.take(elsewhere.superscripts)
        self.lexicon.naming.take(elsewhere.labelled, elsewhere.labels)

    def run(self) -> Survey:
        for statement in self.found:
            with collected(self.survey.problems):
                self.parsed.add(statement)
        self.parsed.turn_softmax(self.members)
        with collected(self.survey.problems):
            self._put_functions_in()
        put_names_in(self.parsed)
        self._put_interleaved_in()
        self._put_diagonals_in()
        if self.jacobians:
            self.lexicon.naming.vectors |= put_jacobians_in(self.parsed)
        for statement in self.found:
            if isinstance(statement, said.Law):
                with collected(self.survey.problems):
                    put_law(statement, self.parsed)
        self.parsed.take_families(self.elsewhere)
        SizeFinder(self.survey, self.parsed.kinds, self.parsed.trees).find()
        here = {n for _, f, _ in self.parsed.trees for n in map(size_name, walk(f.tree))}
        here -= {n for _, f, _ in self.parsed.trees if "_" in (n := size_name(f.sides[0]))}     # d_k = d/h defines it
        ranged = {r.letter for _, _, ranges in self.parsed.trees for r in ranges}      # for n = 1, …, N
        for size in sorted(self.elsewhere.sizes - ranged):
            if size in here and size not in self.survey.widths:
                self.survey.sizes.setdefault(size, self.elsewhere.least.get(size, 1))
            elif size not in self.survey.widths:
                self.lexicon.naming.label(size)
        for size, least in least_sizes(self.found):
            if size in self.survey.sizes:
                self.survey.sizes[size] = max(self.survey.sizes[size], least)
        if any(MEMBER in s.piece.text for s in self.found):
            self.survey.positive.setdefault(MEMBER, False)
        self.lexicon.learn()
        self._resolve()
        return self.survey

    def member_of(self, node: Node) -> Member | None:
        """The name that a tree on its own stands for."""
        return self.lexicon.member(node, [])

    # -- the reader of its formulas ------------------------------------------------------------------------------
    def _reader(self) -> Reader:
        """A reader that knows the functions of the document, and which letters such as σ are names in it."""
        functions = own_functions(self._pieces()) - self.called
        functions |= {UNKNOWN} if any(UNKNOWN in a.equation.piece.text for a in self.assumed) else set()
        self.survey.functions = tuple(sorted(functions))
        random = mentions_moments(self.found)
        bold = bold_of(self.found) | self.elsewhere.bold
        sides = [tuple(m.text for m in s.members) for s in self.found if isinstance(s, said.Equality)]
        whole = wholes(sides) | numbers_of_members(sides, self._numbers())
        every = functions | self.called
        step, classes, told = self.elsewhere.step, self.elsewhere.classes, self.elsewhere.told
        reader = Reader(every, random=random, two=self.two, bold=bold, step=step, classes=classes, told=told,
                        gates=self.elsewhere.gates)
        names = self._function_names(reader) - self.called
        return PartReader(whole, every, names, random, self.two, bold, step, classes, told, self.elsewhere.gates)

    def _pieces(self) -> Iterator[Piece]:
        for s in self.found:
            if isinstance(s, (said.Equality, said.Wanted, said.Assume)):
                yield s.piece

    def _numbers(self) -> set[str]:
        """The names that stand alone beside a number, and are declared nowhere: the q of 0 < q < 1."""
        declared = {n.text.strip() for s in self.found if isinstance(s, said.Declaration) for n in s.names}
        return {m.text.strip() for s in self.found if isinstance(s, said.Relation)
                and any(_NUMBER.fullmatch(m.text) for m in s.members) for m in s.members} - declared

    def _function_names(self, reader: Reader) -> set[str]:
        """Letters such as σ that are names here: they stand alone on a left side, or are declared."""
        found: set[str] = set()
        for s in self.found:
            pieces = s.names if isinstance(s, said.Declaration) else s.members[:1] if isinstance(s, said.Equality) \
                else s.members if isinstance(s, said.Relation) else ()
            for piece in pieces:
                with ignored():
                    parts = scripted_parts(reader.formula(piece).tree)
                    found |= {parts[0].parts[0].text} if parts else set()
        return found

    def _put_diagonals_in(self) -> None:
        put_diagonals_in(self.parsed)

    def _put_interleaved_in(self) -> None:
        put_interleaved_in(self.parsed)

    def _put_functions_in(self) -> None:
        put_in(self.parsed, self.survey, set(self.called), self.assumed, self.elsewhere.below)

    # -- what the names are --------------------------------------------------------------------------------------
    def _resolve(self) -> None:
        for _, what, names, sides in self.parsed.kinds:
            for name in names:
                with collected(self.survey.problems):
                    self._declare(what, name, sides)
        Inequalities(self.survey, self.parsed, self.lexicon, self.elsewhere.sizes).read()
        self._check_ratios()
        for _, law, name, hidden in self.parsed.laws:
            member = self.member_of(name.tree)
            if member is not None:
                self.survey.random[member.name] = Random(member.name, law, hidden)
        for node, below_one in self.parsed.positives:
            member = self.member_of(node)
            if member is not None and member.name not in self.survey.sizes:
                self.survey.positive.setdefault(member.name, below_one)
        for statement, name in self.parsed.properties:
            member = self.member_of(name.tree)
            if member is not None:
                self.survey.properties[member.name] = statement.kind, name
        self.lexicon.settle()
        self._read_equations()

    def _check_ratios(self) -> None:
        """The ratios of series are known to lie between 0 and 1."""
        for ratio in self.parsed.ratios:
            member = self.member_of(ratio.name)
            with collected(self.survey.problems):
                if member is None or not self.survey.positive.get(member.name):
                    shown = ratio.name.parts[0].text
                    raise Unreadable(f"a sum to ∞ has a value where 0 < {shown} < 1: say so", ratio.formula.piece.at)

    def _read_equations(self) -> None:
        count = 0
        for statement, formula, ranges in self.parsed.trees:
            with collected(self.survey.problems):
                self.survey.equations.append(self._equation(statement, formula, ranges))
                count += sum(map(len, self.survey.equations[-1].names))
            if count > MOST_NAMES:
                raise Unreadable(f"more than {MOST_NAMES} names in the equations; split the document",
                                 formula.piece.at)
        self.survey.problems += refuse_numbers_as_indices(self.survey.equations)

    def _declare(self, what: Kind, name: Formula, sides: list[Formula]) -> None:
        member = self.member_of(name.tree)
        if what.dimensions is None or member is None:
            return
        if member.rest:
            raise Unreadable("a name is declared here, not a power or a transpose", name.at(member.at))
        at = name.at(name.tree.at)
        before = self.survey.declared.get(member.name)
        if before is not None and texts(before.dimensions) != texts(sides):
            if what.dimensions or not (what.positive or what.below_one):
                raise Unreadable(f"{member.name} is declared twice, with different shapes", at)
        if what.positive:
            self.survey.positive[member.name] = what.below_one
        if before is None:
            self.survey.declared[member.name] = Declared(member, tuple(sides), what, at)
        elif before.at != at:
            before.last = member

    def _equation(self, statement: Statement, formula: Formula, ranges: list[Range]) -> Equation:
        refuse_unknown_functions(formula, self.lexicon, self.survey.sizes)
        refuse_determinants_of_derivatives(formula)
        context = self.lexicon.certain_context(formula.tree, formula.left, ranges)
        made = Equation(formula, (), context, ranges, wanted=isinstance(statement, said.Wanted),
                        assumed=isinstance(statement, said.Assume),
                        apart=self.parsed.apart.get(id(statement.piece), []))
        if isinstance(statement, said.Equality):
            made.update, made.claimed, made.layout = statement.update, statement.claimed, statement.layout
            made.relation = statement.relation
            made.steps = [self._rewriter(made).value(s) for s in self.parsed.steps.get(id(statement.piece), ())]
        for side in formula.sides:
            rewriter = self._rewriter(made)
            made.members = (*made.members, rewriter.value(side))
            made.names.append(rewriter.seen)
            refuse_odd_names(formula, (m for m, _ in rewriter.seen))
        return made

    def _rewriter(self, equation: Equation) -> Rewriter:
        sizes, widths, lexicon = self.survey.sizes, self.survey.widths, self.lexicon
        made = Rewriter(lexicon.naming, equation.context, set(sizes) | widths, widths, lexicon.known)
        made.names, made.called, made.deviations = self.elsewhere.names, self.called, lexicon.deviations
        made.with_d = "d" not in lexicon.certain and "d" not in sizes
        return made
