"""Reverse mode over named equations: a derivation, step by step.

The adjoint of a name is a sum over the equations that use the name, written in other adjoints, which stay names. Each
step is proposed here and judged elsewhere (`verify.steps`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from derive.bounds import nonnegative
from derive.contract import contract
from derive.derivation import Derivation, Derivative, Step, jacobian_name
from derive.expression import Expr, Guard, Partial, Ref, expression, letters_of, names, term, total
from derive.forward import total_derivative
from derive.graph import closure, lemmas_first, recurrent
from derive.index import ONE, Letter, Poly, apart, poly
from derive.program import Equation, Program, ProgramError
from derive.workbench import Workbench, laws


def differentiate(program: Program, wanted: Mapping[str, str], jacobians: Iterable[tuple[str, str]] = (),
                  inlined: Iterable[str] = (), totals: Iterable[tuple[str, str]] = ()) -> Derivation:
    """The derivatives of the loss by the names in `wanted` (name → what its derivative is called), the Jacobians (a
    name, and a name on the right side of its equation), and the total derivatives (a name, and one that it depends on,
    however indirectly). Wanted names in `inlined` are written out in the others.

    Derivatives by other names on the way are derived too, and substituted into the wanted ones; where such a name
    depends on itself (a recurrence), it stays.

    Raises:
        ProgramError: where a wanted name has no influence on the loss, or does not exist.
        MissingRule: for a function without a derivative rule.
    """
    reverse = _Reverse(program, dict(wanted), frozenset(inlined))
    derivation = reverse.run() if wanted else Derivation(program, [])
    derivation.derivatives += [reverse.jacobian(of, by) for of, by in jacobians]
    derivation.derivatives += _each_once(d for of, by in totals for d in total_derivative(program, of, by))
    return derivation


def _each_once(derivatives: Iterable[Derivative]) -> list[Derivative]:
    """Derivatives that several others rest on are kept once; shown where one of them is."""
    found: dict[str, Derivative] = {}
    for d in derivatives:
        kept = found.setdefault(d.name, d)
        kept.shown = kept.shown or d.shown
    return list(found.values())


class _Reverse(Workbench):
    def __init__(self, program: Program, wanted: dict[str, str], inlined: frozenset[str]):
        super().__init__(program)
        self.wanted, self.inlined = wanted, inlined
        self.called = {n: wanted.get(n, "∂" + n) for n in program.variables}

    # -- the names between what is wanted and the loss -------------------------------------------------------------
    def run(self) -> Derivation:
        order = self._order()
        self.live = set(order)
        found = {n: self._derive(n) for n in order if not self._given(n)}
        hidden = {d.name: d for n, d in found.items() if n not in self.wanted or n in self.inlined}
        for name in recurrent(hidden):
            del hidden[name]
        for n, d in found.items():
            d.shown = n in self.wanted or d.name not in hidden
        for d in sorted(found.values(), key=lambda d: d.name not in hidden):
            if d.shown:
                self.substitute(d, hidden)
            self.finish(d)
        return Derivation(self.program, lemmas_first(found, hidden))

    def _order(self) -> list[str]:
        program = self.program
        for n in self.wanted:
            if n not in program.variables:
                raise ProgramError(f"{n} is not a name of this program")
        roots = {program.loss} if program.loss else set(program.outputs)
        if not roots:
            raise ProgramError("nothing to differentiate: the program has neither outputs nor a loss")
        reaches = closure(roots, lambda n: names(e.body) if (e := program.equation(n)) else set())
        live = closure(set(self.wanted), lambda n: {e.name for e in program.users(n)})
        for n in self.wanted:
            if n not in reaches:
                raise ProgramError(f"{n} has no influence on {program.loss_symbol}")
        order = [e.name for e in reversed(program.equations) if e.name in live & reaches and e.name != program.loss]
        return order + [n for n in self.wanted if n not in program.defined]

    def _given(self, name: str) -> bool:
        """Whether the loss sees the name directly and nothing else does: what arrives is its derivative."""
        return self.program.outputs.get(name) == self.called[name]

    # -- one derivative ------------------------------------------------------------------------------------------
    def _derive(self, name: str) -> Derivative:
        axes = self.program.variables[name].axes
        left = Ref(self.called[name], axes)
        steps: list[Step] = []
        chain, users, rules = self._chain(name, axes)
        steps.append(Step("chain_rule", left, expression(left), chain, tuple(users)))
        raw = self.carry_out(chain)
        steps.append(Step("differentiate", left, chain, raw, tuple(rules)))
        e = self.step(steps, "contract", raw, contract(raw))
        self.simplify(steps, e)
        equation = Equation(self.called[name], axes, steps[-1].after)
        return Derivative(name, self.called[name], Ref(name, axes), equation, steps)

    def jacobian(self, of: str, by: str) -> Derivative:
        """∂of/∂by, the letters of `of` first (numerator layout)."""
        equation = self.program.equation(of)
        if equation is None or by not in names(equation.body):
            raise ProgramError(f"{by} does not stand on the right side of an equation for {of}")
        member = Ref(by, self.other_letters(equation.letters, self.program.variables[by].axes))
        letters = equation.letters + letters_of(member)
        left = Ref(jacobian_name(of, by), letters)
        start = expression(Partial(equation.left, member))
        steps = [Step("jacobian", left, expression(left), start, (of,))]
        raw = self.carry_out(start)
        steps.append(Step("differentiate", left, start, raw, tuple(dict.fromkeys(laws(equation.body, by)))))
        self.simplify(steps, self.step(steps, "contract", raw, contract(raw)))
        result = Derivative(by, left.name, member, Equation(left.name, letters, steps[-1].after), steps, value=of)
        self.finish(result)
        return result

    def _chain(self, name: str, axes: tuple[Letter, ...]) -> tuple[Expr, list[str], list[str]]:
        """Σ over the users M of the name, and over their members: M̄ ∂M/∂N, plus what arrives from the loss."""
        program, member = self.program, Ref(name, axes)
        result, users, rules = Expr(), [], []
        if name in program.outputs:
            users.append(program.outputs[name])
            result = result + self._arriving(program.outputs[name], axes)
        for equation in program.users(name):
            if equation.name != program.loss and equation.name not in self.live:
                if not self._given(equation.name):
                    continue
            letters = apart(equation.letters)
            factors: list = [(Partial(Ref(equation.name, letters), member), ONE)]
            if equation.name != program.loss:
                factors.insert(0, (Ref(self.called[equation.name], letters), ONE))
            result = result + total(Expr((term(1, factors),)), *letters)
            users.append(equation.name)
            rules += [r for r in laws(equation.body, name) if r not in rules]
        return result, users, rules

    def _arriving(self, cotangent: str, axes: tuple[Letter, ...]) -> Expr:
        """The gradient that comes from outside, where there is one."""
        factors: list = []
        values: dict[Letter, Poly] = {}
        for axis, own in zip(axes, self.program.variables[cotangent].axes):
            declared = own.substitute(values)
            values[own] = poly(axis)
            factors += [(Guard(p), ONE) for p in (poly(axis) - declared.low, declared.high - poly(axis))
                        if not nonnegative(p)]
        return Expr((term(1, [*factors, (Ref(cotangent, axes), ONE)]),))
