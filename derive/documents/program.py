"""From the text of a document to an entry: its program, what it wants derived, what it claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from derive.documents.axes import Axes
from derive.documents.definitions import Line, equations, line_of
from derive.documents.families import Families, Named
from derive.documents.inverses import CERTAIN, LIKELY, NONE, Inverses, may_invert, take_inverses
from derive.documents.macros import Body, expanded, is_body
from derive.documents.model import NOTHING, Elsewhere, collected, position
from derive.documents.places import Positions, places, title
from derive.documents.problems import DocumentError, Problem, Unreadable
from derive.documents.ranks import Ranks
from derive.documents.rewriting import with_rows
from derive.documents.roles import Definition, roles
from derive.documents.shapes import OpenShapes, Signatures, Signer
from derive.documents.sides import is_hidden, shapes_of_gradients, unexplained_sides
from derive.documents.stacks import with_names
from derive.documents.statements import Statement, statements
from derive.documents.survey import Surveyor
from derive.documents.trees import walk
from derive.documents.trials import Trial, fit
from derive.documents.wants import PI, Wants
from derive.expression import Expr, names
from derive.index import Letter, Poly, Size
from derive.program import Program, ProgramError, Variable
from derive.reading import ReadingError, Scope
from derive.stated import Entry, StatedPage

MAX_CHARACTERS = 400_000


class NoMatrix(Exception):
    """What is raised to −1 is a number."""


@dataclass
class DocumentEntry(Entry):
    """An entry whose page a document has written."""

    made: StatedPage = field(default_factory=lambda: StatedPage(Program("")))
    guesses: int = 1

    def page(self) -> StatedPage:
        return self.made


@dataclass
class Document:
    """A document that was read: the entry that it makes, and how many lines of its bare fences are prose."""

    entry: Entry
    prose: int = 0


def read_document(text: str, name: str, source: str = "") -> Document:
    """The program that a document defines, as an entry called `name`.

    Raises:
        DocumentError: with every problem that was found, each with line and column.
    """
    positions = Positions.of(text)
    if len(text) > MAX_CHARACTERS:
        raise DocumentError([Problem(1, 1, f"more than {MAX_CHARACTERS} characters; split the document")])
    try:
        said = statements(places(text))
    except Unreadable as problem:
        raise _told([problem], positions) from None
    entry = read_statements(said.found, positions, name, said.problems)
    shown = title(text) or name
    entry.title, entry.source = {"en": shown, "zh": shown}, source or name
    return Document(entry, said.prose)


def read_statements(found: Sequence[Statement], positions: Positions, name: str,
                    problems: Sequence[Unreadable] = (), checking: bool = False,
                    guess: int | None = None, elsewhere: Elsewhere = NOTHING, above: Iterable[str] = (),
                    inverting: str = CERTAIN, length: str = "") -> DocumentEntry:
    """The program that some statements of a document make. Where nothing is asked for, all gradients are, but not
    in `checking`, where claims alone count and a gradient in a definition is held. `guess` takes one of the shapes that
    are equally good for a name, where they would be refused; `DocumentEntry.guesses` says how many there are.
    `elsewhere` is what the rest of the document tells about words, `above` are names that stand in formulas above.
    `length` is a size of it that the first axis has of which nothing tells the length.

    Raises:
        DocumentError: as for `read_document`; `problems` are added to what is found.
    """
    reader = DocumentReader(positions, checking, guess, elsewhere, above, inverting, length)
    reader.problems += problems
    try:
        page = reader.page(name, found)
    except NoMatrix:
        return read_statements(found, positions, name, problems, checking, guess, elsewhere, above, NONE, length)
    except Unreadable as problem:
        if checking and inverting == CERTAIN and reader.may_invert:
            try:
                return read_statements(found, positions, name, problems, checking, guess, elsewhere, above, LIKELY,
                                       length)
            except DocumentError as error:
                if problem.message.startswith("a power of a matrix") and any(p.shapes for p in error.problems):
                    raise
        reader.problems.append(problem)
    if reader.problems:
        told = _told(reader.problems, positions)
        told.guesses = reader.guesses
        raise told
    return DocumentEntry(name, {"en": name, "zh": name}, "", name, {}, lambda _: None, referenced=False,
                         inferred=reader.inferred, made=page, guesses=reader.guesses)


def _told(problems: Iterable[Unreadable], positions: Positions) -> DocumentError:
    found = {(*positions.place(p.at), p.message, p.shapes): None for p in problems}
    return DocumentError([Problem(*row) for row in found])


class DocumentReader:
    """Reads one document. Problems are collected as long as what comes after does not depend on them."""

    def __init__(self, positions: Positions, checking: bool = False, guess: int | None = None,
                 elsewhere: Elsewhere = NOTHING, above: Iterable[str] = (), inverting: str = CERTAIN, length: str = ""):
        self.elsewhere, self.above, self.inverting, self.length = elsewhere, frozenset(above), inverting, length
        self.positions, self.checking, self.guess, self.guesses = positions, checking, guess, 1
        self.problems: list[Unreadable] = []
        self.inverses, self.may_invert = Inverses(), False
        self.inferred: list[str] = []
        self.bodies: dict[str, Body] = {}
        self.short: list[Definition] = []       # names that are short for expressions with gradients

    def page(self, name: str, said: Sequence[Statement]) -> StatedPage:
        survey = Surveyor(list(said), self.elsewhere).run()
        self.may_invert = may_invert(survey)
        self.inverses = take_inverses(survey, self.inverting if self.checking else NONE)
        found = roles(survey, self.checking)
        self.problems += survey.problems + found.problems
        self._stop()
        if not found.definitions and not (self.checking and found.claims):
            raise Unreadable("nothing is defined here: a definition such as z = W x + b stands in $…$, $$…$$, or in a "
                             "fence without a language", 0)
        self.survey, self.roles = survey, found
        self.sizes = {n: Size(n, (), least) for n, least in survey.sizes.items()} | {n: Size(n) for n in survey.widths}
        self.program = program = Program(name, sizes=self.sizes, functions=dict.fromkeys(survey.functions, "sigmoid"))
        self._define(program)
        self._stop()
        page = StatedPage(program)
        Wants(self, page).state()
        self._stop()
        return page

    def place(self, at: int) -> str:
        return ":".join(map(str, self.positions.place(at)))

    def _stop(self) -> None:
        if self.problems:
            last = self.problems.pop()
            raise last

    # -- the forward computation -------------------------------------------------------------------------------------
    def _define(self, program: Program) -> None:
        taken = self._words()
        defining, program.abbreviations = with_names(self.roles.definitions, taken)
        sides = [*self.inverses.shapes, *unexplained_sides(self.roles, set(self.survey.declared), self.above,
                                                           self.survey.positive)]
        sides += shapes_of_gradients(self.roles)
        self.families = Families(self.survey, self.sizes)
        named = self.families.run([d.equation for d in (*defining, *sides)])
        signer = Signer(self.families, self.sizes)
        search = Ranks(self.families, signer, self.sizes, self.survey.functions, self.guess)
        ranks = search.run([*defining, *sides])
        self.guesses = search.guesses
        if any(ranks.get(name, named[name].rank) != 2 for name in self.inverses.of):
            raise NoMatrix
        self.rows = frozenset(n for n, x in named.items() if x.row)
        shapes = self._unified([*defining, *sides], named, signer, ranks)
        named = {n: x for n, x in named.items() if not is_hidden(n)}
        self._stop()
        axes = Axes(shapes, self.sizes, taken | set(named), self.length)
        self.signatures = axes.signatures(named.values(), signer, ranks)
        self.scope = Scope(self.signatures, self.sizes, self.survey.functions)
        self._disclose(named)
        self._bodies(defining, {n: x for n, x in self.families.named.items() if is_hidden(n)})
        lines: list[Line] = []
        used = {m.name for d in defining if not d.is_short for m, _ in d.equation.seen}
        used -= {n for n in self.families.named if is_hidden(n)}
        hidden = {d.name: d for d in defining if is_body(d.name)}
        defining = [d for d in defining if not is_body(d.name)]
        for definition in defining:
            with collected(self.problems):
                line = line_of(definition, self.scope, self.families, self.rows)
                lines.append(replace(line, right=expanded(line.right, self.bodies)))
        self._stop()
        self.short = [d for d in defining if d.is_short]
        defining = [d for d in defining if not d.is_short]
        lines = [line for line in lines if not line.definition.is_short]
        gradients = {d.name for d in self.roles.derivatives}
        used |= {m.name for d in self.short for m, role in (d.written or (None, []))[1] if role == "value"} - gradients
        used -= {d.name for d in self.short}
        used |= {m.name for c in self.roles.claims for side in c.equation.names for m, _ in side}
        for name in named:
            if name in used:
                positive = self.survey.positive.get(name)
                declared = self.survey.declared.get(name)
                among = declared.kind.among if declared is not None else ()
                program.variables[name] = Variable(name, self.signatures[name], positive is not None or name == PI,
                                                   bool(positive), among)
        self._randomise(program, hidden)
        program.inverses = {n: of for n, of in self.inverses.of.items() if n in program.variables}
        for equation in equations(lines):
            with collected(self.problems):
                try:
                    program.add(equation)
                    outside = program.boundary(equation.name)
                    if outside and self.checking and not self._is_step(equation.name, lines):
                        raise ProgramError(f"{equation.name}: members are used that its definition does not give; "
                                           "write for which indices it holds")
                except ProgramError as error:
                    at = next(d.equation.at for d in defining if d.name == equation.name)
                    raise Unreadable(str(error), at) from None

    @staticmethod
    def _is_step(name: str, lines: list[Line]) -> bool:
        """Whether a definition needs itself at other steps, at once or through others: it begins with a given one."""
        needed: dict[str, set[str]] = {}
        for line in lines:
            needed.setdefault(line.left.name, set()).update(names(line.right))
        work, seen = list(needed.get(name, ())), set[str]()
        while work:
            current = work.pop()
            if current not in seen:
                seen.add(current)
                work += needed.get(current, ())
        return name in seen

    def _bodies(self, defining: list[Definition], hidden: dict[str, Named]) -> None:
        """What the document's functions are, where it writes their derivatives."""
        signatures = {**self.signatures, **dict.fromkeys(hidden, ())}
        for definition in defining:
            function = definition.name[1:]
            parameters = self.survey.parameters.get(function, ())
            if not is_body(definition.name) or function not in self.survey.functions:
                continue
            with collected(self.problems):
                if len(parameters) != 1:
                    raise Unreadable(f"{function} has several arguments; write ∂{function}/∂{parameters[0]}",
                                     definition.equation.at)
                scope = Scope({**signatures, parameters[0]: ()}, self.sizes, self.survey.functions)
                line = line_of(definition, scope, self.families, self.rows)
                self.bodies[function] = Body(parameters[0], line.right)

    def _randomise(self, program: Program, hidden: dict[str, Definition]) -> None:
        """The laws of random inputs."""
        signatures = {**self.signatures, **dict.fromkeys(hidden, ())}
        for name, random in self.survey.random.items():
            if name not in program.variables:
                continue
            values: dict[str, Expr] = {}
            with collected(self.problems):
                for part in random.hidden:
                    line = line_of(hidden[part], Scope(signatures, self.sizes, self.survey.functions), self.families,
                                   self.rows)
                    values[part] = line.right
                program.random[name] = random.variable(program.variables[name].axes, values)

    def _unified(self, defining: list[Definition], named: dict[str, Named], signer: Signer,
                 ranks: dict[str, int]) -> OpenShapes:
        """All equations together fill in the sizes that nobody declares."""
        shapes = OpenShapes()
        signatures: Signatures = {}
        for n, x in named.items():
            signatures[n] = signer.signature(x, x.rank if x.rank is not None else ranks.get(n, 0))
        scope = Scope(signatures, self.sizes, self.survey.functions)
        for definition in defining:
            with collected(self.problems):
                self._fitted(definition, scope, shapes)
        return shapes

    def _fitted(self, definition: Definition, scope: Scope, shapes: OpenShapes) -> None:
        equation = definition.equation
        trial = Trial(equation, scope, shapes, self.families.all_limits(equation))
        try:
            right = trial.value(with_rows(equation.members[1], self.rows))
            left = trial.value(equation.members[0])
            fit(shapes, left, shapes.turned(right) if definition.name in self.rows else right)
            trial.settle()
        except ReadingError as error:
            raise Unreadable(error.message, position(equation.formula.piece, error)) from None

    def _words(self) -> set[str]:
        """Every word of the document's formulas: no size of ours takes such a name."""
        found = {n.parts[0].text for e in self.survey.equations for side in e.members for n in walk(side)
                 if n.kind in ("ident", "name")}
        return found | set(self.sizes) | set(self.survey.declared)

    def _disclose(self, named: dict[str, Named]) -> None:
        defined = self.roles.defined | self.program.abbreviations
        for name, x in named.items():
            if x.declared is None and name not in defined:
                shape = "×".join(_length(a) for a in self.signatures[name] if not a.family)
                self.inferred.append(f"{name} ∈ ℝ" + (f"^{{{shape}}}" if shape else ""))


def _length(axis: Letter) -> str:
    count: Poly = axis.count
    text = str(count)
    return f"({text})" if len(count.terms) > 1 else text


__all__ = ["Document", "DocumentEntry", "read_document", "read_statements"]
