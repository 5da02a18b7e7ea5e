"""Forward mode over named equations: the total derivative of one name by the members of another, as in ∂h_t/∂h_k.

How a name changes is written by how the names on its right side change, which stay names. In a recurrence a member
changes nothing that comes before it: ∂h_t/∂h_k is stated for k ≤ t. Each step is judged in `verify.steps`.
"""

from __future__ import annotations

from collections.abc import Iterable

from derive.bounds import nonnegative
from derive.contract import contract
from derive.derivation import Derivative, Step, total_name
from derive.expression import Expr, Guard, Partial, Ref, delta, expression, names, term, total, walk
from derive.graph import closure, lemmas_first, recurrent
from derive.index import ONE, Letter, apart, poly
from derive.program import Equation, Program, ProgramError
from derive.workbench import Workbench, laws


def total_derivative(program: Program, of: str, by: str, jacobians: Iterable[Derivative] = ()) -> list[Derivative]:
    """How every member of `of` changes with every member of `by`, all paths taken: the derivation, after those of the
    names in between. Its letters are those of `of`, then those of `by`. Of `jacobians`, which are derived already, it
    uses those by `by` whose value depends on `by` by its own equation alone.

    Raises:
        ProgramError: for a name that does not exist, where `of` does not depend on `by`, and for a recurrence that
            does not move in one direction.
        MissingRule: for a function without a derivative rule.
    """
    return _Forward(program, by, {d.value or "": d for d in jacobians if is_direct(program, d)}).run(of)


def depends(program: Program, of: str, by: str) -> bool:
    """Whether `by` influences `of` along any path."""
    return of in closure({by}, lambda n: {e.name for e in program.users(n)})


def zero_derivative(program: Program, of: str, by: str) -> Derivative:
    """The total derivative of a name that does not depend on `by`: no path leads there, so it is 0."""
    return _Forward(program, by, {}).no_path(of)


def is_direct(program: Program, d: Derivative) -> bool:
    """Whether a Jacobian is the total derivative too: no other path leads from the one name to the other."""
    return (d.value is not None and not d.total and d.moment is None
            and set(path(program, d.value, d.of)) == {d.value, d.of})


def path(program: Program, of: str, by: str) -> list[str]:
    """The names through which `by` influences `of`, both included, in reading order."""
    for name in (of, by):
        if name not in program.variables:
            raise ProgramError(f"{name} is not a name of this program")
    changing = closure({by}, lambda n: {e.name for e in program.users(n)})
    used = closure({of}, lambda n: names(e.body) if (e := program.equation(n)) else set())
    found = [n for n in program.variables if n in changing & used]
    if of not in found:
        raise ProgramError(f"{of} does not depend on {by}")
    return found


def time_places(program: Program, members: list[str]) -> dict[str, int]:
    """The place of each name's time letter, if along it nothing on the right side comes later than the left side: a
    member then changes no member before it. Empty where there is no such order."""
    places = {}
    for name in members:
        families = [k for k, a in enumerate(program.variables[name].axes) if a.family]
        if len(families) != 1:
            return {}
        places[name] = families[0]
    for name in members:
        equation = program.equation(name)
        if equation is None:
            continue
        now = poly(equation.letters[places[name]])
        for node in _members(equation.body):
            if node.name in places and not nonnegative(now - node.indices[places[node.name]]):
                return {}
    return places


def _members(e: Expr) -> list[Ref]:
    return [n for n in walk(e) if isinstance(n, Ref)]


class _Forward(Workbench):
    def __init__(self, program: Program, by: str, jacobians: dict[str, Derivative]):
        super().__init__(program)
        self.by = by
        self.jacobians = {value: d for value, d in jacobians.items() if d.of == by}

    def run(self, of: str) -> list[Derivative]:
        self.path = path(self.program, of, self.by)
        self.places = time_places(self.program, self.path)
        found = {n: self._derive(n) for n in self.path if n not in self.jacobians}
        hidden = {d.name: d for n, d in found.items() if n != of}
        for name in recurrent(hidden):
            del hidden[name]
        for d in found.values():
            d.shown = d.name not in hidden
            if d.shown:
                self.substitute(d, hidden | {j.name: j for j in self.jacobians.values()})
            self.finish(d)
        return lemmas_first(found, hidden)

    def no_path(self, of: str) -> Derivative:
        self.path, self.places = [], {}
        found = self._derive(of)
        self.finish(found)
        return found

    def _rate(self, name: str) -> str:
        """What the change of a name is called."""
        return self.jacobians[name].name if name in self.jacobians else total_name(name, self.by)

    def _derive(self, name: str) -> Derivative:
        axes = self.program.variables[name].axes
        letters = self._letters(name, axes)
        left, member = Ref(total_name(name, self.by), axes + letters), Ref(self.by, letters)
        steps: list[Step] = []
        chain = self._itself(name, axes, letters)
        equation = self.program.equation(name)
        users = [] if equation is None else [n for n in self.path if n in names(equation.body)]
        for n in users:
            chain = chain + self._through(name, n, axes, letters)
        steps.append(Step("total", left, expression(left), chain, tuple(users)))
        raw = self.carry_out(chain)
        rules = [] if equation is None else [r for n in users for r in laws(equation.body, n)]
        steps.append(Step("differentiate", left, chain, raw, tuple(dict.fromkeys(rules))))
        self.simplify(steps, self.step(steps, "contract", raw, contract(raw)))
        result = Equation(left.name, axes + letters, steps[-1].after)
        return Derivative(self.by, left.name, member, result, steps, value=name, total=True)

    def _letters(self, name: str, axes: tuple[Letter, ...]) -> tuple[Letter, ...]:
        """Letters for the member that is varied; its time goes up to that of the left side."""
        letters = self.other_letters(axes, self.program.variables[self.by].axes)
        if not self.places:
            return letters
        time, now = letters[self.places[self.by]], axes[self.places[name]]
        earlier = Letter(time.name, time.low, now, time.family)
        values = {time: poly(earlier)}
        return tuple(earlier if a is time else a.substitute(values) for a in letters)

    def _itself(self, name: str, axes: tuple[Letter, ...], letters: tuple[Letter, ...]) -> Expr:
        """A member changes with itself alone, at the rate 1."""
        if name != self.by:
            return Expr()
        return Expr((term(1, [(delta(poly(a) - b), ONE) for a, b in zip(axes, letters)]),))

    def _through(self, name: str, through: str, axes: tuple[Letter, ...], letters: tuple[Letter, ...]) -> Expr:
        """Σ ∂name/∂through · d through/d by, over the members of `through` that may change."""
        equation = self.program.defined[name]
        summed = apart(self.program.variables[through].axes)
        conditions = [p for a, b in zip(axes, equation.letters) for p in (poly(a) - b.low, b.high - poly(a))]
        if self.places:
            conditions.append(poly(summed[self.places[through]]) - letters[self.places[self.by]])
        factors: list = [(Guard(p), ONE) for p in conditions if not nonnegative(p)]
        factors += [(Partial(Ref(name, axes), Ref(through, summed)), ONE),
                    (Ref(self._rate(through), summed + letters), ONE)]
        return total(Expr((term(1, factors),)), *summed)


__all__ = ["depends", "is_direct", "path", "time_places", "total_derivative", "zero_derivative"]
