"""From statements to the forward computation that they define, as a program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from derive.documents.lines.properties import is_of_squares, is_orthonormal, narrow
from derive.documents.lines.statements import Statement
from derive.documents.names.macros import Body, expanded, is_body
from derive.documents.names.model import collected, stop_at
from derive.documents.pages.places import Positions
from derive.documents.problems import Unreadable
from derive.documents.program.definitions import Line, equations, line_of
from derive.documents.program.hidden import HiddenNames
from derive.documents.program.reached import without_unused_ends
from derive.documents.program.survey import Surveyor
from derive.documents.roles.determinants import Determinants, take_determinants
from derive.documents.roles.interpretation import Interpretation
from derive.documents.roles.inverses import NONE, Inverses, may_invert, take_inverses
from derive.documents.roles.roles import Definition, roles
from derive.documents.roles.square import square
from derive.documents.roles.stacks import with_names
from derive.documents.shapes.families import Families
from derive.documents.shapes.sides import is_hidden, shapes_of_gradients, shapes_of_held, unexplained_sides
from derive.documents.shapes.signatures import SignatureFinder
from derive.documents.shapes.told_ends import ToldEnds
from derive.documents.trees.rewriting import PI
from derive.documents.trees.trees import walk
from derive.expression import names
from derive.graph import closure
from derive.index import Letter, Poly, Size, poly
from derive.program import Equation, Program, ProgramError, Variable
from derive.reading import Scope


class DocumentReader:
    """Reads one document. Problems are collected as long as what comes after does not depend on them."""

    def __init__(self, positions: Positions, interpretation: Interpretation):
        self.positions, self.interpretation, self.checking = positions, interpretation, interpretation.checking
        self.problems: list[Unreadable] = []
        self.inverses, self.may_invert = Inverses(), False
        self.determinants = Determinants()
        self.finder: SignatureFinder | None = None
        self.inferred: list[str] = []
        self.narrowed: list[str] = []           # how names with properties are computed
        self.unkept: list[str] = []             # assumptions that no draw keeps to: they are about what is computed
        self.bodies: dict[str, Body] = {}
        self.short: list[Definition] = []       # names that are short for expressions with gradients

    @property
    def guesses(self) -> int:
        """How many shapes are equally good, as far as it is known."""
        return self.finder.guesses if self.finder is not None else 1

    def read(self, name: str, said: Sequence[Statement]) -> None:
        """Reads the forward computation; `wants.page_of` goes on from there.

        Raises:
            Unreadable: for the last problem; the others are kept.
            NoMatrix: where something that is inverted is none.
        """
        survey = Surveyor(list(said), self.interpretation.elsewhere, self.interpretation.jacobians,
                          self.interpretation.members).run()
        for size, least in self.interpretation.least.items():
            if size in survey.sizes:
                survey.sizes[size] = max(survey.sizes[size], least)
            survey.least[size] = max(survey.least.get(size, 1), least)
        survey.several = self.interpretation.vectors
        survey.ends = self.interpretation.elsewhere.ends if self.interpretation.ends else {}
        self.may_invert = may_invert(survey)
        self.inverses = take_inverses(survey, self.interpretation.inverting if self.checking else NONE)
        self.determinants = take_determinants(survey)
        found = roles(survey, self.checking)
        self.problems += survey.problems + found.problems
        stop_at(self.problems)
        if not found.definitions and not (self.checking and found.claims):
            raise Unreadable("nothing is defined here: a definition such as z = W x + b stands in $…$, $$…$$, or in a "
                             "fence without a language", 0)
        self.survey, self.roles = survey, found
        self.sizes = {n: Size(n, (), least) for n, least in survey.sizes.items()} | {n: Size(n) for n in survey.widths}
        self.narrowed += [m for m in self.interpretation.elsewhere.told.meant if m.rpartition(" ")[2] in self.sizes]
        self._take_alike()
        self.program = Program(name, sizes=self.sizes, functions=dict.fromkeys(survey.functions, "sigmoid"))
        self.program.longer = ToldEnds(survey, self.sizes).longer()
        self._define(self.program)
        if self.checking:
            self._end_where_used(self.program)
        self._narrow(self.program)
        stop_at(self.problems)

    def place(self, at: int) -> str:
        return ":".join(map(str, self.positions.place(at)))

    def _end_where_used(self, program: Program) -> None:
        """Families of inputs end with the last member that is used."""
        for name, axes in without_unused_ends(program).items():
            program.variables[name] = replace(program.variables[name], axes=axes)
            self.signatures[name] = axes

    def _narrow(self, program: Program) -> None:
        """Gives names the properties that the document assumes."""
        scalars = {n for n, v in program.variables.items() if not v.axes and program.equation(n) is None}
        program.ordered = [pair for pair in self.survey.ordered if scalars.issuperset(pair)]
        program.below = [below for below in self.survey.below if scalars.issuperset(below.names)]
        places: dict[str, set[int]] = {}
        for bound, at in self.survey.beyond:
            places.setdefault(bound.name, set()).add(at)
        program.beyond = [b for b, _ in self.survey.beyond if scalars.issuperset(b.names) and len(places[b.name]) == 1]
        self.unkept += [name for name, told in sorted(places.items()) if len(told) > 1]     # each of another case
        for names_of in (*self.survey.ordered, *(b.names for b in self.survey.below),
                         *(b.names for b, _ in self.survey.beyond)):
            if not scalars.issuperset(names_of) and program.variables.keys() >= set(names_of):
                self.unkept.append(" and ".join(sorted(set(names_of))))
        for name, (kind, where) in self.survey.properties.items():
            try:
                told = narrow(program, name, kind, self.interpretation.elsewhere.names)
            except ProgramError as error:
                raise Unreadable(str(error), where.piece.at) from None
            if told:
                self.narrowed.append(told)

    def _take_alike(self) -> None:
        """One size in place of several that are taken to be one."""
        for group in self.interpretation.alike:
            sizes = [self.sizes[n] for n in sorted(group) if n in self.sizes]
            if len(sizes) > 1:
                self.sizes.update(dict.fromkeys(group, max(sizes, key=lambda size: size.least)))

    # -- the forward computation -------------------------------------------------------------------------------------
    def _define(self, program: Program) -> None:
        taken = self._words()
        defining, program.abbreviations = with_names(self.roles.definitions, taken)
        finder = self._sign(defining, taken)
        hidden = HiddenNames(finder, self.signatures, self.problems)
        self._disclose()
        self.bodies = hidden.bodies(defining)
        lines = self._lines(d for d in defining if not is_body(d.name))
        self.short = [line.definition for line in lines if line.definition.is_short]
        self._add_variables(program, self._used(defining))
        hidden.randomise(program, {d.name: d for d in defining if is_body(d.name)}, self.interpretation.held)
        program.inverses = {n: of for n, of in self.inverses.of.items() if n in program.variables}
        program.determinants = {n: of for n, of in self.determinants.of.items() if n in program.variables}
        self._add_equations(program, [line for line in lines if not line.definition.is_short])

    def _sign(self, defining: list[Definition], taken: set[str]) -> SignatureFinder:
        """Finds the axes of every name."""
        ours = self.determinants.of.keys() | (self.inverses.of.keys() if self.determinants.of else frozenset())
        above = self.interpretation.above | self.survey.arguments | ours
        sides = [*self.inverses.shapes, *self.determinants.shapes,
                 *shapes_of_gradients(self.roles, self.interpretation.asking),
                 *shapes_of_held(self.roles, self.survey.declared)]
        sides += (square(name, where.tree.at, where) for name, (kind, where) in self.survey.properties.items()
                  if is_of_squares(kind) or (is_orthonormal(kind) and name not in self.survey.declared))
        sides += unexplained_sides(self.roles, set(self.survey.declared), above, self.survey.positive)
        finder = self.finder = SignatureFinder(self.survey, self.sizes, self.interpretation)
        self.families: Families = finder.families
        self.signatures = finder.find([*defining, *sides], self.inverses.of, taken, self.problems,
                                      [c.equation for c in self.roles.claims])
        self.rows, self.named = finder.rows, finder.named
        self.scope = Scope(self.signatures, self.sizes, self.survey.functions, from_zero=finder.from_zero)
        return finder

    def _lines(self, defining: Iterable[Definition]) -> list[Line]:
        """The definitions with their meaning.

        Raises:
            Unreadable: where one has none.
        """
        lines: list[Line] = []
        for definition in defining:
            with collected(self.problems):
                line = line_of(definition, self.scope, self.families, self.rows)
                lines.append(replace(line, right=expanded(line.right, self.bodies)))
        stop_at(self.problems)
        return lines

    def _used(self, defining: Iterable[Definition]) -> set[str]:
        """The names that the forward computation and the claims need."""
        used = {m.name for d in defining if not d.is_short for m, _ in d.equation.seen}
        used -= {n for n in self.families.named if is_hidden(n)}
        gradients = {d.name for d in self.roles.derivatives}
        used |= {m.name for d in self.short for m, role in (d.written or (None, []))[1] if role == "value"} - gradients
        used -= {d.name for d in self.short}
        used |= {m.name for c in self.roles.claims for side in c.equation.names for m, _ in side} - gradients
        return used | {of for name, of in self.determinants.of.items() if name in used}

    def _add_variables(self, program: Program, used: set[str]) -> None:
        for name in self.named:
            if name in used:
                positive = self.survey.positive.get(name)
                declared = self.survey.declared.get(name)
                among = declared.kind.among if declared is not None else ()
                program.variables[name] = Variable(name, self.signatures[name], positive is not None or name == PI,
                                                   bool(positive), among, self.survey.at_least.get(name, Fraction(0)))

    def _add_equations(self, program: Program, lines: list[Line]) -> None:
        for equation in equations(lines):
            with collected(self.problems):
                try:
                    self._add(program, equation, lines)
                except ProgramError as error:
                    at = next(line.definition.equation.at for line in lines if line.definition.name == equation.name)
                    raise Unreadable(str(error), at, distance=error.distance) from None

    def _add(self, program: Program, equation: Equation, lines: list[Line]) -> None:
        program.add(equation)
        outside = program.boundary(equation.name)
        if outside and self.checking and not _needs_itself(equation.name, lines):
            program.equations.remove(equation)
            with suppress(ProgramError):
                return program.add(_for_all(equation, program.variables[equation.name].axes))
            raise ProgramError(f"{equation.name}: members are used that its definition does not give; "
                               "write for which indices it holds")

    def _words(self) -> set[str]:
        """Every word of the document's formulas: no size of ours takes such a name."""
        found = {n.parts[0].text for e in self.survey.equations for side in e.members for n in walk(side)
                 if n.kind in ("ident", "name")}
        return found | set(self.sizes) | set(self.survey.declared) | self.interpretation.elsewhere.sizes

    def _disclose(self) -> None:
        """Tells the shapes that nobody declared or defined."""
        known = self.roles.defined | self.program.abbreviations | self.inverses.of.keys()
        for name, x in self.named.items():
            if x.declared is None and name not in known:
                shape = "×".join(_length(a) for a in self.signatures[name] if not a.family)
                self.inferred.append(f"{name} ∈ ℝ" + (f"^{{{shape}}}" if shape else ""))


def _for_all(equation: Equation, axes: tuple[Letter, ...]) -> Equation:
    """A definition for all members of its family: of ᾱ_t = ∏_{s=1}^{t} α_s, ᾱ_0 is the empty product."""
    letters = tuple(Letter(own.name, axis.low, axis.high, True) if own.family and not (axis.low.free | axis.high.free)
                    else own for own, axis in zip(equation.letters, axes))
    values = {old: poly(new) for old, new in zip(equation.letters, letters) if new is not old}
    return Equation(equation.name, letters, equation.body.substitute(values))


def _needs_itself(name: str, lines: list[Line]) -> bool:
    """Whether a definition needs itself at other steps, at once or through others: it begins with a given one."""
    needed: dict[str, set[str]] = {}
    for line in lines:
        needed.setdefault(line.left.name, set()).update(names(line.right))
    return name in closure(needed.get(name, ()), lambda n: needed.get(n, ()))


def _length(axis: Letter) -> str:
    count: Poly = axis.count
    text = str(count)
    return f"({text})" if len(count.terms) > 1 else text
