"""From the text of a document to an entry: its program, what it wants derived, what it claims."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.documents.axes import Axes
from derive.documents.claims import ClaimReader
from derive.documents.definitions import Line, equations, line_of
from derive.documents.families import Families, Named
from derive.documents.places import Positions, places, title
from derive.documents.problems import DocumentError, Problem, Unreadable
from derive.documents.ranks import Ranks, Trial, fit
from derive.documents.rewriting import with_rows
from derive.documents.roles import LOSSES, Definition, Roles, roles
from derive.documents.shapes import OpenShapes, Signatures, Signer
from derive.documents.stacks import with_names
from derive.documents.statements import statements
from derive.documents.survey import Equation, Surveyor, collected, position
from derive.documents.trees import walk
from derive.entry import Entry, Page
from derive.expression import Ref, expression, names
from derive.index import Letter, Poly, Size, apart
from derive.program import Equation as ProgramEquation, Program, ProgramError, Variable
from derive.reading import ReadingError, Scope

MAX_CHARACTERS = 400_000
PI = "π"


@dataclass
class DocumentEntry(Entry):
    """An entry whose page a document has written."""

    made: Page = field(default_factory=lambda: Page(Program("")))

    def page(self) -> Page:
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
    reader = _Reader(text, positions)
    try:
        page = reader.page(name)
    except Unreadable as problem:
        reader.problems.append(problem)
    if reader.problems:
        found = {(*positions.place(p.at), p.message): None for p in reader.problems}
        raise DocumentError([Problem(*row) for row in found])
    shown = title(text) or name
    entry = DocumentEntry(name, {"en": shown, "zh": shown}, "", source or name, {}, lambda _: None, referenced=False,
                          inferred=reader.inferred, made=page)
    return Document(entry, reader.prose)


class _Reader:
    """Reads one document. Problems are collected as long as what comes after does not depend on them."""

    def __init__(self, text: str, positions: Positions):
        self.text, self.positions = text, positions
        self.problems: list[Unreadable] = []
        self.inferred: list[str] = []
        self.prose = 0

    def page(self, name: str) -> Page:
        said = statements(places(self.text))
        self.prose = said.prose
        survey = Surveyor(said.found).run()
        found = roles(survey)
        self.problems += said.problems + survey.problems + found.problems
        self._stop()
        if not found.definitions:
            raise Unreadable("nothing is defined here: a definition such as z = W x + b stands in $…$, $$…$$, or in a "
                             "fence without a language", 0)
        self.survey, self.roles = survey, found
        self.sizes = {n: Size(n, (), least) for n, least in survey.sizes.items()} | {n: Size(n) for n in survey.widths}
        self.program = program = Program(name, sizes=self.sizes, functions=dict.fromkeys(survey.functions, "sigmoid"))
        self._define(program)
        self._stop()
        page = Page(program)
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
        self.families = Families(self.survey, self.sizes)
        named = self.families.run([d.equation for d in defining])
        signer = Signer(self.families, self.sizes)
        ranks = Ranks(self.families, signer, self.sizes, self.survey.functions).run(defining)
        self.rows = frozenset(n for n, x in named.items() if x.row)
        shapes = self._unified(defining, named, signer, ranks)
        self._stop()
        self.signatures = Axes(shapes, self.sizes, taken | set(named)).signatures(named.values(), signer, ranks)
        self.scope = Scope(self.signatures, self.sizes, self.survey.functions)
        self._disclose(named)
        lines: list[Line] = []
        for definition in defining:
            with collected(self.problems):
                lines.append(line_of(definition, self.scope, self.families, self.rows))
        self._stop()
        used = {m.name for d in defining for m, _ in d.equation.seen}
        for name in named:
            if name in used:
                positive = self.survey.positive.get(name)
                program.variables[name] = Variable(name, self.signatures[name], positive is not None or name == PI,
                                                   bool(positive))
        for equation in equations(lines):
            with collected(self.problems):
                try:
                    program.add(equation)
                except ProgramError as error:
                    at = next(d.equation.at for d in defining if d.name == equation.name)
                    raise Unreadable(str(error), at) from None

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


class Wants:
    """What a document wants derived, and what it claims."""

    def __init__(self, reader: _Reader, page: Page):
        self.reader, self.page, self.program = reader, page, page.program
        self.roles: Roles = reader.roles
        self.outputs: dict[str, bool] = {}      # where an arbitrary loss looks, and whether other equations do too

    def state(self) -> None:
        """Write loss, outputs, wanted derivatives, assumptions and claims on the page."""
        self._loss()
        asked = self._asked()
        if not asked and not self.page.jacobians and not self.page.totals:
            asked = dict.fromkeys(self._everything(), 0)
        called = {d.by: d.name for d in self.roles.derivatives}
        self._arrive(called)
        for name, at in asked.items():
            self._want(name, called.get(name), at)
        claims = ClaimReader(self.reader, self.page, called)
        claims.assume(self.roles.assumed)
        self.page.claims += claims.read(self.roles.claims)

    # -- the loss ------------------------------------------------------------------------------------------------
    def _loss(self) -> None:
        tops = self._numerators()
        scalars = [e.name for e in self.program.equations if not self.program.variables[e.name].axes]
        used = {n for e in self.program.equations for n in names(e.body)}
        losses = [t for t in tops if t in scalars] or \
            [s for s in scalars if s not in used and (s in LOSSES or s.split("_")[0] in LOSSES) and not tops]
        if losses:
            self.program.loss = self.program.loss_symbol = losses[-1]
            return
        unknown = [t for t in tops if t not in self.program.variables]
        self.program.loss_symbol = unknown[0] if unknown else self._free(("L", "J", "C", "E"))
        ends = [e.name for e in self.program.equations if e.name not in used] or [self._last_layer()]
        self.outputs = {name: name in used for name in ends}

    def _last_layer(self) -> str:
        """Where everything is used by something else: the last definition; of layers, the last one of its members."""
        last = self.program.equations[-1]
        time = next((a for a in last.letters if a.family), None)
        if time is None or time.name != "l":
            return last.name
        rest = [a.substitute({time: time.high}) for a in last.letters if a != time]
        name = self._free(("ŷ", "y", "o", f"{last.name}_L"))
        moved = [apart((a,))[0] for a in rest]
        indices = iter(moved)
        member = Ref(last.name, [time.high if a == time else next(indices) for a in last.letters])
        self.program.variables[name] = Variable(name, tuple(moved))
        self.program.add(ProgramEquation(name, tuple(moved), expression(member)))
        return name

    def _numerators(self) -> list[str]:
        found = []
        for equation in self.roles.wanted + [d.equation for d in self.roles.derivatives] + \
                [c.equation for c in self.roles.claims]:
            found += [m.name for side in equation.names for m, role in side if role == "numerator"]
        return list(dict.fromkeys(found))

    def _free(self, candidates: tuple[str, ...]) -> str:
        taken = set(self.program.variables) | set(self.program.sizes)
        return next((c for c in candidates if c not in taken), "loss")

    def _arrive(self, called: dict[str, str]) -> None:
        """The gradients that come from an arbitrary loss to the outputs."""
        if self.program.loss is not None:
            return
        for name, used in self.outputs.items():
            arriving = self._free(("v", "u", "g", f"v_{name}")) if used else called.get(name, f"∂{name}")
            equation = self.program.equation(name)
            assert equation is not None
            self.program.variables[arriving] = Variable(arriving, equation.letters)
            self.program.outputs[name] = arriving

    # -- derivatives ---------------------------------------------------------------------------------------------
    def _asked(self) -> dict[str, int]:
        """The names by which the document differentiates, in reading order, and where it first does."""
        found: dict[str, int] = {}
        top = self.program.loss_symbol
        for equation in self.reader.survey.equations:
            named = next((d for d in self.roles.derivatives if d.equation is equation), None)
            sides = equation.names if equation.wanted or named or equation in [c.equation for c in self.roles.claims] \
                else []
            for side in sides:
                tops = [m.name for m, role in side if role == "numerator"]
                belows = [m.name for m, role in side if role == "denominator"]
                for above, below in zip(tops, belows):
                    if above != top:
                        self._jacobian(above, below, equation)
                    else:
                        found.setdefault(below, equation.at)
        return found

    def _jacobian(self, of: str, by: str, equation: Equation) -> None:
        for name in (of, by):
            if name not in self.program.variables:
                self.reader.problems.append(Unreadable(f"{name} is not defined", equation.at))
                return
        direct = self.program.equation(of)
        ways = self._ways(of, by)
        if not ways:
            self.reader.problems.append(Unreadable(f"∂{of}/∂{by} is 0: {of} does not depend on {by}", equation.at))
            return
        assert direct is not None
        kept = self.page.jacobians if ways == {of} and by in names(direct.body) else self.page.totals
        if (of, by) not in kept:
            kept.append((of, by))

    def _ways(self, of: str, by: str) -> set[str]:
        """The definitions through which a name influences another; only `of` itself where its own equation is the
        one way."""
        users = {e.name: names(e.body) for e in self.program.equations}
        ahead, behind = {by}, {of}
        for _ in users:
            ahead |= {n for n, used in users.items() if used & ahead}
            behind |= {n for name in behind for n in users.get(name, ())}
        found = (ahead & behind & users.keys()) - ({by} if by != of and by not in users.get(by, ()) else set())
        return found | ({f"{of} before"} if of in users.get(of, ()) else set())

    def _everything(self) -> list[str]:
        """Every input, and every recurrence with an initial state."""
        wanted = [n for n in self.program.inputs if n != PI]
        wanted += [n for n in self.program.defined if self.program.boundary(n)]
        reached = self._reached()
        return [n for n in wanted if n in reached]

    def _reached(self) -> set[str]:
        """Everything that has an influence on the loss."""
        work = [self.program.loss] if self.program.loss else list(self.outputs)
        seen: set[str] = set()
        while work:
            name = work.pop()
            if name not in seen:
                seen.add(name)
                equation = self.program.equation(name)
                work += names(equation.body) if equation else ()
        return seen

    def _want(self, name: str, called: str | None, at: int) -> None:
        if name not in self.program.variables:
            why = "is declared, but stands in no definition" if name in self.reader.families.named else "is not defined"
            self.reader.problems.append(Unreadable(f"{name} {why}: nothing to differentiate by", at))
        elif name not in self._reached():
            self.reader.problems.append(Unreadable(f"{name} has no influence on {self.program.loss_symbol}", at))
        elif name != self.program.loss and self.program.outputs.get(name) != (called or f"∂{name}"):
            self.page.wanted[name] = called or f"∂{name}"


def _length(axis: Letter) -> str:
    count: Poly = axis.count
    text = str(count)
    return f"({text})" if len(count.terms) > 1 else text


__all__ = ["Document", "read_document"]
