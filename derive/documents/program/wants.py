"""What a document wants derived: its loss, the names by which it differentiates, and its claims."""

from __future__ import annotations

from derive.derivation import jacobian_name
from derive.documents.names.model import LOSSES, Equation, stop_at
from derive.documents.problems import Unreadable
from derive.documents.program.claims import ClaimReader
from derive.documents.program.opened import is_held, open_for
from derive.documents.program.reader import DocumentReader
from derive.documents.program.vanishing import be_zero, vanishes
from derive.documents.roles.roles import Roles
from derive.documents.trees.members import Member
from derive.documents.trees.rewriting import PI
from derive.expression import Ref, expression, names
from derive.graph import closure
from derive.index import apart
from derive.program import Equation as ProgramEquation, Variable
from derive.stated import StatedPage


def page_of(reader: DocumentReader) -> StatedPage:
    """The page that a document writes, once its forward computation is read.

    Raises:
        Unreadable: for the last problem; the reader keeps the others.
    """
    page = StatedPage(reader.program)
    Wants(reader, page).state()
    stop_at(reader.problems)
    return page


class Wants:
    """What a document wants derived, and what it claims."""

    def __init__(self, reader: DocumentReader, page: StatedPage):
        self.reader, self.page, self.program = reader, page, page.program
        self.roles: Roles = reader.roles
        self.outputs: dict[str, bool] = {}      # where an arbitrary loss looks, and whether other equations do too

    def state(self) -> None:
        """Write loss, outputs, wanted derivatives, assumptions and claims on the page."""
        self._open_inverses()
        self._loss()
        asked = self._asked()
        if not self.reader.checking and not asked and not self.page.jacobians and not self.page.totals:
            asked = dict.fromkeys(self._everything(), 0)
        called = {d.by: d.name for d in self.roles.derivatives}
        self._arrive(called)
        for name, at in asked.items():
            self._want(name, called.get(name), at)
        claims = ClaimReader(self.reader, self.page, called)
        claims.assume(self.roles.assumed)
        self.page.claims += claims.read(self.roles.claims)
        self._refuse_inverses()

    def _open_inverses(self) -> None:
        """Derivatives go through inverses and determinants, but second ones do not."""
        roles = [(m.name, role) for c in self.roles.claims for side in c.equation.names for m, role in side]
        if self.reader.checking and not any(role == "second" for _, role in roles):
            open_for(self.program, {name for name, role in roles if role == "denominator"})

    def _refuse_inverses(self) -> None:
        """Nothing is differentiated by what an inverse or a determinant is made of, where that has no definition."""
        whole = {n: of for n, of in (self.program.inverses | self.program.determinants).items() if not is_held(n)}
        made = self.program.made_of(whole)
        by = {*self.page.wanted, *(n for _, n in (*self.page.jacobians, *self.page.totals, *self.page.seconds))}
        if by & (made | whole.keys()):
            name = min(by & (made | whole.keys()))
            at = self.roles.claims[0].equation.at if self.roles.claims else 0
            why = f"a derivative by {name}, of which an inverse or a determinant is made"
            self.reader.problems.append(Unreadable(why, at))

    # -- the loss ------------------------------------------------------------------------------------------------
    def _loss(self) -> None:
        tops = self._numerators()
        scalars = [e.name for e in self.program.equations if not self.program.variables[e.name].axes]
        used = {n for e in self.program.equations for n in names(e.body)}
        losses = [t for t in tops if t in scalars] or \
            [s for s in scalars if s not in used and (s in LOSSES or s.split("_")[0] in LOSSES) and not tops]
        if losses:
            inner = {n for t in losses for n in closure([t], self.program.needed) if n != t}
            last = [t for t in losses if t not in inner] or losses
            self.program.loss = self.program.loss_symbol = last[-1]
            return
        unknown = [t for t in tops if t not in self.program.variables]
        self.program.loss_symbol = unknown[0] if unknown else self._free(("L", "J", "C", "E"))
        ends = [e.name for e in self.program.equations if e.name not in used]
        ends = ends or [self._last_layer()] if self.program.equations else []
        told = {d.by for d in self.roles.derivatives} | self.reader.interpretation.told
        told |= {m.name for c in self.roles.claims for side in c.equation.names for m, role in side
                 if role == "denominator"}
        ends = [e for e in ends if e in told] or ends       # of g = ∂ℓ/∂h, ℓ depends on h
        ends = [self._last_member(e) if e in self.reader.interpretation.elsewhere.last else e for e in ends]
        self.outputs = {name: name in used for name in ends}

    def _last_layer(self) -> str:
        """Where everything is used by something else: the last definition; of layers, the last one of its members."""
        last = self.program.equations[-1]
        time = next((a for a in last.letters if a.family), None)
        return self._last_member(last.name) if time is not None and time.name == "l" else last.name

    def _last_member(self, of: str) -> str:
        """A name for the last member of a family; the name itself where it is none."""
        last = next((e for e in self.program.equations if e.name == of), None)
        time = next((a for a in last.letters if a.family), None) if last is not None else None
        if last is None or time is None:
            return of
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
                [d.equation for d in self.reader.short] + [c.equation for c in self.roles.claims]:
            found += [m.name for side in self._sides(equation) for m, role in side if role in ("numerator", "top")]
        return list(dict.fromkeys(found))

    def _sides(self, equation: Equation) -> list[list[tuple[Member, str]]]:
        """The names of its sides, as they were written."""
        short = next((d for d in self.reader.short if d.equation.formula is equation.formula), None)
        return equation.names if short is None or short.written is None else [equation.names[0], short.written[1]]

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
            stated = [c.equation for c in self.roles.claims] + [d.equation for d in self.reader.short]
            speaks = equation.wanted or named or any(equation.formula is e.formula for e in stated)
            sides = self._sides(equation) if speaks else []
            for side in sides:
                self._second([m.name for m, role in side if role == "second"], equation, found)
                tops = [m.name for m, role in side if role == "numerator"]
                belows = [m.name for m, role in side if role == "denominator"]
                for above, below in zip(tops, belows):
                    if above != top:
                        self._jacobian(above, below, equation)
                    elif self.roles.claims or equation.wanted or named:
                        found.setdefault(below, equation.at)
        return found

    def _second(self, names: list[str], equation: Equation, found: dict[str, int]) -> None:
        """Second derivatives of the loss, which need the gradients by their first names."""
        for of, by in zip(names[::2], names[1::2]):
            if (of, by) not in self.page.seconds:
                self.page.seconds.append((of, by))
            found.setdefault(of, equation.at)

    def _jacobian(self, of: str, by: str, equation: Equation) -> None:
        for name in (of, by):
            if name not in self.program.variables:
                self.reader.problems.append(Unreadable(f"{name} is not defined", equation.at))
                return
        direct = self.program.equation(of)
        ways = self._ways(of, by)
        if not ways and vanishes(self.reader, of, by):
            be_zero(self.page, of, by, jacobian_name(of, by))
            return
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
        return closure([self.program.loss] if self.program.loss else self.outputs, self.program.needed)

    def _want(self, name: str, called: str | None, at: int) -> None:
        if name not in self.program.variables:
            why = "is declared, but stands in no definition" if name in self.reader.families.named else "is not defined"
            self.reader.problems.append(Unreadable(f"{name} {why}: nothing to differentiate by", at))
        elif name not in self._reached():
            if self.program.loss is not None and vanishes(self.reader, self.program.loss, name):
                be_zero(self.page, self.program.loss, name, called or f"∂{name}")
                return
            self.reader.problems.append(Unreadable(f"{name} has no influence on {self.program.loss_symbol}", at))
        elif name != self.program.loss and self.program.outputs.get(name) != (called or f"∂{name}"):
            self.page.wanted[name] = called or f"∂{name}"
