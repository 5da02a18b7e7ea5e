"""Expectations, variances and covariances of names of a program, as a textbook works them out.

Definitions are put in; Var[X] = E[X²] − E[X]²; E is linear; indices that coincide are told from those that do not;
what is independent is a product; declared moments, and integrals over a density, take the place of what is left. What
nothing declares stays as it is: E[W⁴]. Each step is judged in `verify.moments`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from derive.contract import contract
from derive.derivation import Derivation, Derivative, Step
from derive.expectation.independence import blocks, cases, random_members, spread
from derive.expectation.laws import SHOWN, Moment, RandomVariable, expected
from derive.expression import Apply, Expr, Factor, Group, Node, Ref, Term, expression, names, term
from derive.graph import closure
from derive.index import ONE, Letter
from derive.program import Equation, Program, ProgramError
from derive.rewrite import collect, contract_all, renamed, unfold
from derive.workbench import Workbench

Change = Callable[[Apply], Expr]


def expectations(derivation: Derivation, moments: Iterable[Moment]) -> list[Derivative]:
    """Each moment with its derivation, written in what is declared about the random inputs.

    Raises:
        ProgramError: for a name that does not exist, and for a recurrence.
        TooLarge: where too many indices might coincide.
    """
    expectation = _Expectation(derivation)
    return [expectation.derive(m) for m in moments]


def random_definitions(program: Program, derivation: Derivation) -> dict[str, Equation]:
    """The equations, derived ones too, of names that depend on a random input."""
    equations = {**program.defined, **{d.name: d.equation for d in derivation.derivatives if d.moment is None}}
    users: dict[str, set[str]] = {}
    for name, equation in equations.items():
        for used in names(equation.body):
            users.setdefault(used, set()).add(name)
    changing = closure(set(program.random), lambda n: users.get(n, set()))
    return {n: e for n, e in equations.items() if n in changing}


class _Expectation(Workbench):
    def __init__(self, derivation: Derivation):
        super().__init__(derivation.program)
        self.families = frozenset(self.program.random)
        self.definitions = random_definitions(self.program, derivation)
        self.signatures = derivation.signatures

    def derive(self, moment: Moment) -> Derivative:
        letters = self._axes(moment)
        left = Ref(moment.name, letters)
        arguments = moment.arguments(left.indices, tuple(len(self.signatures[n]) for n in moment.of))
        self.steps: list[Step] = []
        self.left = left
        e = self._definitions(moment, arguments)
        e = self._record("variance", e, self._replaced(e, self._by_expectations))
        e = self._record("linearity", e, self._replaced(e, self._linear))
        whole, apart = (spread(self._replaced(e, partial(self._by_cases, apart=a))) for a in (False, True))
        e = self._record("coincide", e, whole)
        e = self._record("independence", e, apart)
        e = self._moments(e)
        e = self._record("contract", e, contract_all(contract(e)))
        e = self._record("expand", e, collect(e, self.plain))
        e = self._record("count", e, self._counted(e))
        self.simplify(self.steps, e)
        member = Ref(moment.of[0], letters[:len(self.signatures[moment.of[0]])])
        result = Derivative(moment.of[0], moment.name, member, Equation(moment.name, letters, self.steps[-1].after),
                            self.steps, value="", moment=moment)
        self.finish(result)
        return result

    def _axes(self, moment: Moment) -> tuple[Letter, ...]:
        found: tuple[Letter, ...] = ()
        for name in moment.of:
            if name not in self.signatures:
                raise ProgramError(f"{name} is not a name of this program")
            axes = self.signatures[name]
            found += self.other_letters(found, axes) if found else axes
        return found

    # -- steps ---------------------------------------------------------------------------------------------------------
    def _record(self, rule: str, before: Expr, after: Expr, uses: Iterable[str] = ()) -> Expr:
        if str(after) == str(before):
            return before
        self.steps.append(Step(rule, self.left, before, after, tuple(uses)))
        return after

    def _definitions(self, moment: Moment, arguments: list[Expr]) -> Expr:
        """The moment, with what its names stand for."""
        used: list[str] = []
        for _ in self.definitions:
            here = [n for n in self.definitions if any(n in names(a) for a in arguments)]
            written = [contract_all(unfold(a, {n: self.definitions[n] for n in here})) for a in arguments]
            if not here or written == arguments:
                break
            used += [n for n in here if n not in used]
            arguments = written
        left = next((n for n in self.definitions if any(n in names(a) for a in arguments)), None)
        if left is not None:
            raise ProgramError(f"{moment.kind}[…]: {left} depends on random inputs by a recurrence, or has members "
                               "that no equation defines; its moments are not worked out")
        start = expression(self.left)
        e = expression(Apply(moment.function, arguments))
        return self._record("substitute", start, e, used) if used else self._first(moment, start, e)

    def _first(self, moment: Moment, start: Expr, e: Expr) -> Expr:
        """Where nothing is put in, the first line is what the first rule makes of the left side."""
        for rule, change in (("variance", self._by_expectations), ("linearity", self._linear)):
            after = self._replaced(e, change)
            if str(after) != str(e):
                return self._record(rule, start, after)
        after = self._moments(e)
        if not self.steps:
            return self._record("linearity", start, after)
        self.steps[0] = Step(self.steps[0].rule, self.left, start, self.steps[0].after, self.steps[0].uses)
        return after

    def _moments(self, e: Expr) -> Expr:
        """What is declared, then what a density says; each step names the random inputs that it is about."""
        for rule, change in (("moments", self._declared), ("integral", self._integrated)):
            self.about: dict[str, None] = {}
            after = self._replaced(e, change)
            e = self._record(rule, e, after, [n for n in self.program.random if n in self.about])
        return e

    def _counted(self, e: Expr) -> Expr:
        """Sums of equal members as their number times one of them."""
        flat = self.arrangement.arrange(renamed(self.plain.normal(e), self.letters, self.signatures))
        return flat if sum(len(t.binders) for t in flat.terms) < sum(len(t.binders) for t in e.terms) else e

    def _replaced(self, e: Expr, change: Change) -> Expr:
        """Every E, Var and Cov changed; sums of zero and lone parentheses are cleared away."""
        changed = self._walk(e, change)
        return e if str(changed) == str(e) else contract_all(changed)

    def _walk(self, e: Expr, change: Change) -> Expr:
        return Expr(term(t.coefficient, [(self._node(n, change), x) for n, x in t.factors], t.binders)
                    for t in e.terms)

    def _node(self, node: Node, change: Change) -> Node:
        if isinstance(node, Apply) and node.function in SHOWN:
            after = change(node)
            return node if after == expression(node) else Group(after)
        inner = node.expressions()
        return node.rebuild(tuple(self._walk(x, change) for x in inner)) if inner else node

    # -- rules ---------------------------------------------------------------------------------------------------------
    def _by_expectations(self, node: Apply) -> Expr:
        """Var[X] = E[X²] − E[X]², Cov[X, Y] = E[XY] − E[X] E[Y]."""
        if node.function == "expectation":
            return expression(node)
        x, y = node.arguments * 2 if node.function == "variance" else node.arguments
        if node.function == "variance":
            return expected(x ** 2) - expected(x) ** 2
        return expected(x * y) - expected(x) * expected(y)

    def _linear(self, node: Apply) -> Expr:
        """Sums, numbers and all that is not random stand outside of E."""
        if node.function != "expectation":
            return expression(node)
        flat = renamed(self.plain.normal(node.arguments[0]), self.letters, self.signatures)
        return Expr(self._outside(t) for t in self.arrangement.arrange(flat).terms)

    def _outside(self, t: Term) -> Term:
        inside = [f for f in t.factors if random_members(f[0], self.families)]
        outside = [f for f in t.factors if f not in inside]
        if inside:
            outside.append((Apply("expectation", [Expr((Term(1, tuple(inside), ()),))]), ONE))
        return term(t.coefficient, outside, t.binders)

    def _factors(self, node: Apply) -> tuple[Factor, ...] | None:
        """What E is taken of, where that is a product."""
        terms = node.arguments[0].terms
        if node.function != "expectation" or len(terms) != 1 or terms[0].coefficient != 1 or terms[0].binders:
            return None
        return terms[0].factors

    def _by_cases(self, node: Apply, apart: bool) -> Expr:
        factors = self._factors(node)
        if factors is None:
            return expression(node)
        result = Expr()
        for case in cases(factors, self.families):
            groups = blocks(case, self.families) if apart else [case.factors]
            value = case.condition
            for group in groups:
                value = value * expected(Expr((Term(1, group, ()),)))
            result = result + value
        return result

    def _declared(self, node: Apply) -> Expr:
        """E[X^k] where a mean, a variance or a Bernoulli law says it."""
        factors = self._factors(node)
        if factors is None or len(factors) != 1:
            return expression(node)
        (member, exponent), = factors
        variable = self._variable(member)
        power = exponent.constant
        if variable is None or not isinstance(member, Ref) or not isinstance(power, int) or power < 1:
            return expression(node)
        value = variable.declared(power)
        if value is None:
            return expression(node)
        self.about[member.name] = None
        return variable.at(value, member.indices)

    def _integrated(self, node: Apply) -> Expr:
        factors = self._factors(node)
        members = {m for n, _ in factors or () for m in random_members(n, self.families)}
        if factors is None or len(members) != 1:
            return expression(node)
        (member,) = members
        from derive.expectation.integrals import integral  # SymPy is needed here alone

        value = integral(self.program.random[member.name], member.indices, factors)
        if value is None:
            return expression(node)
        self.about[member.name] = None
        return self.plain.normal(value)

    def _variable(self, node: Node) -> RandomVariable | None:
        return self.program.random.get(node.name) if isinstance(node, Ref) else None
