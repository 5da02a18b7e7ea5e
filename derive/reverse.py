"""Reverse mode over named equations: a derivation, step by step.

The adjoint of a name is a sum over the equations that use the name, written in other adjoints, which stay names. Each
step is proposed here and judged elsewhere (`verify.steps`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from derive.calculus import partial
from derive.cases import split
from derive.contract import contract
from derive.derivation import Derivation, Derivative, Step, jacobian_name
from derive.expression import (
    Apply,
    Expr,
    Guard,
    Partial,
    Ref,
    Term,
    expression,
    letters_of,
    multiply_terms,
    names,
    subterms,
    term,
    total,
    walk,
)
from derive.fold import fold, patterns
from derive.functions import RULES
from derive.index import ONE, Letter, Poly, nonnegative, poly
from derive.normal import Normalizer
from derive.powers import TooLarge
from derive.program import Equation, Program, ProgramError
from derive.rewrite import collect, contract_all, cost, distribute, factor, renamed, unfold
from derive.vanish import vanish


def differentiate(program: Program, wanted: Mapping[str, str], jacobians: Iterable[tuple[str, str]] = (),
                  inlined: Iterable[str] = ()) -> Derivation:
    """The derivatives of the loss by the names in `wanted` (name → what its derivative is called), and the Jacobians
    (a name, and a name on the right side of its equation). Wanted names in `inlined` are written out in the others.

    Derivatives by other names on the way are derived too, and substituted into the wanted ones; where such a name
    depends on itself (a recurrence), it stays.

    Raises:
        ProgramError: where a wanted name has no influence on the loss, or does not exist.
        MissingRule: for a function without a derivative rule.
    """
    reverse = _Reverse(program, dict(wanted), frozenset(inlined))
    derivation = reverse.run() if wanted else Derivation(program, [])
    derivation.derivatives += [reverse.jacobian(of, by) for of, by in jacobians]
    return derivation


class _Reverse:
    def __init__(self, program: Program, wanted: dict[str, str], inlined: frozenset[str]):
        self.program, self.wanted, self.inlined = program, wanted, inlined
        self.plain = program.normalizer(assuming=False)
        self.assuming = program.normalizer()
        self.patterns = patterns(program)
        letters = [a for v in program.variables.values() for a in v.axes]
        letters += [a for e in program.equations for a in e.letters]
        letters += [b for e in program.equations for t in subterms(e.body) for b in t.binders if len(b.free) == 1]
        self.letters = tuple(dict.fromkeys(letters))
        self.called = {n: wanted.get(n, "∂" + n) for n in program.variables}

    # -- the names between what is wanted and the loss -------------------------------------------------------------
    def run(self) -> Derivation:
        order = self._order()
        self.live = set(order)
        found = {n: self._derive(n) for n in order if not self._given(n)}
        hidden = {d.name: d for n, d in found.items() if n not in self.wanted or n in self.inlined}
        for name in _recurrent(hidden):
            del hidden[name]
        for n, d in found.items():
            d.shown = n in self.wanted or d.name not in hidden
        for d in sorted(found.values(), key=lambda d: d.name not in hidden):
            if d.shown:
                self._substitute(d, hidden)
            self._finish(d)
        return Derivation(self.program, _lemmas_first(found, hidden))

    def _order(self) -> list[str]:
        program = self.program
        for n in self.wanted:
            if n not in program.variables:
                raise ProgramError(f"{n} is not a name of this program")
        roots = {program.loss} if program.loss else set(program.outputs)
        if not roots:
            raise ProgramError("nothing to differentiate: the program has neither outputs nor a loss")
        reaches = _closure(roots, lambda n: names(e.body) if (e := program.equation(n)) else set())
        live = _closure(set(self.wanted), lambda n: {e.name for e in program.users(n)})
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
        raw = self._carry_out(chain)
        steps.append(Step("differentiate", left, chain, raw, tuple(rules)))
        e = self._step(steps, "contract", raw, contract(raw))
        self._simplify(steps, e)
        equation = Equation(self.called[name], axes, steps[-1].after)
        return Derivative(name, self.called[name], Ref(name, axes), equation, steps)

    def jacobian(self, of: str, by: str) -> Derivative:
        """∂of/∂by, the letters of `of` first (numerator layout)."""
        equation = self.program.equation(of)
        if equation is None or by not in names(equation.body):
            raise ProgramError(f"{by} does not stand on the right side of an equation for {of}")
        member = Ref(by, self._other_letters(equation.letters, self.program.variables[by].axes))
        letters = equation.letters + letters_of(member)
        left = Ref(jacobian_name(of, by), letters)
        start = expression(Partial(equation.left, member))
        steps = [Step("jacobian", left, expression(left), start, (of,))]
        raw = self._carry_out(start)
        steps.append(Step("differentiate", left, start, raw, tuple(dict.fromkeys(_laws(equation.body, by)))))
        self._simplify(steps, self._step(steps, "contract", raw, contract(raw)))
        result = Derivative(by, left.name, member, Equation(left.name, letters, steps[-1].after), steps, value=of)
        self._finish(result)
        return result

    def _other_letters(self, taken: tuple[Letter, ...], axes: tuple[Letter, ...]) -> tuple[Letter, ...]:
        """Letters for the axes that do not look like those that are taken: ∂p_i/∂z_j."""
        result: list[Letter] = []
        for axis in _apart(axes):
            used = {a.name for a in (*taken, *result)}
            like = next((a for a in self.letters if a.name not in used and a.count == axis.count), axis)
            result.append(Letter(like.name, axis.low, axis.high, axis.family))
        return tuple(result)

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
            letters = _apart(equation.letters)
            factors: list = [(Partial(Ref(equation.name, letters), member), ONE)]
            if equation.name != program.loss:
                factors.insert(0, (Ref(self.called[equation.name], letters), ONE))
            result = result + total(Expr((term(1, factors),)), *letters)
            users.append(equation.name)
            rules += [r for r in _laws(equation.body, name) if r not in rules]
        return result, users, rules

    def _arriving(self, cotangent: str, axes: tuple[Letter, ...]) -> Expr:
        """The gradient that comes from outside, where there is one."""
        factors: list = []
        for axis, declared in zip(axes, self.program.variables[cotangent].axes):
            factors += [(Guard(p), ONE) for p in (poly(axis) - declared.low, declared.high - poly(axis))
                        if not nonnegative(p)]
        return Expr((term(1, [*factors, (Ref(cotangent, axes), ONE)]),))

    def _carry_out(self, chain: Expr) -> Expr:
        """Replace every derivative that has not been carried out by its value."""
        result: list[Term] = []
        for t in chain.terms:
            node = next((n for n, _ in t.factors if isinstance(n, Partial)), None)
            if node is None:
                result.append(t)
                continue
            equation = self.program.defined[node.of.name]
            body = equation.at(node.of.indices)
            rest = Term(t.coefficient, tuple(f for f in t.factors if f[0] is not node), t.binders)
            result += [multiply_terms(rest, d) for d in partial(body, node.by, self.program.functions).terms]
        return Expr(result)

    # -- simplification --------------------------------------------------------------------------------------------
    def _step(self, steps: list[Step], rule: str, before: Expr, after: Expr, uses: tuple[str, ...] = ()) -> Expr:
        """Record a step, unless nothing changed."""
        if str(after) == str(before):
            return before
        steps.append(Step(rule, steps[0].left, before, after, uses))
        return after

    def _simplify(self, steps: list[Step], e: Expr) -> Expr:
        folded, used = fold(e, self.patterns, self.plain)
        e = self._step(steps, "fold", e, collect(folded, self.plain), tuple(used))
        e = self._vanish(steps, e)
        e = self._tidy(steps, e, self.plain)
        if self.assuming.sums_to_one:
            self.assuming.used.clear()
            shorter = self._smallest(e, self.assuming)
            if self.assuming.used and cost(shorter) < cost(e):
                e = self._step(steps, "assume", e, shorter, tuple(sorted(self.assuming.used)))
        return e

    def _vanish(self, steps: list[Step], e: Expr) -> Expr:
        for lemma, rest, used in vanish(e, self.program, self.plain):
            steps.append(Step("vanish", steps[0].left, e, rest, used, lemma))
            e = rest
        return e

    def _tidy(self, steps: list[Step], e: Expr, normalizer: Normalizer) -> Expr:
        best = self._smallest(e, normalizer)
        if cost(best) >= cost(e):
            return e
        rule = "factor" if str(best) == str(factor(e)) else "expand"
        return self._step(steps, rule, e, best)

    def _smallest(self, e: Expr, normalizer: Normalizer) -> Expr:
        """The shortest of: as it is, factored, multiplied out, multiplied out and factored."""
        candidates = [e, factor(e)]
        try:
            flat = renamed(normalizer.normal(e), self.letters)
            flat, _ = fold(flat, self.patterns, self.plain)
            candidates += [flat, factor(flat)]
        except TooLarge:
            pass
        return min(candidates, key=cost)

    # -- auxiliary derivatives ---------------------------------------------------------------------------------------
    def _substitute(self, d: Derivative, hidden: dict[str, Derivative]) -> None:
        """Write the auxiliary derivatives out, until only wanted ones remain."""
        e = d.steps[-1].after
        for _ in range(len(hidden)):
            here = [n for n in hidden if n in names(e) and n != d.name]
            if not here:
                break
            written = distribute(contract_all(unfold(e, {n: hidden[n].equation for n in here})))
            before = d.steps[-1].after
            e = self._step(d.steps, "substitute", before, written, tuple(here))
            e = self._simplify(d.steps, e)

    def _finish(self, d: Derivative) -> None:
        last = d.steps[-1].after
        d.equation = Equation(d.name, d.equation.letters, last)
        d.cases = split(d.equation)
        for case in d.cases:
            if case.condition is not None:
                d.steps.append(Step("cases", case.left, last, case.right, (), None, case.condition))


def _apart(letters: tuple[Letter, ...]) -> tuple[Letter, ...]:
    """New letters with the same ranges: the members that are summed over are not the one that is held."""
    values: dict[Letter, Poly] = {}
    apart: list[Letter] = []
    for letter in letters:
        apart.append(letter.substitute(values).fresh())
        values[letter] = poly(apart[-1])
    return tuple(apart)


def _laws(e: Expr, name: str) -> list[str]:
    """The function rules that differentiating by `name` uses."""
    return [RULES[n.function].law for n in walk(e)
            if isinstance(n, Apply) and n.function in RULES and any(name in names(a) for a in n.arguments)]


def _closure(start: set[str], following) -> set[str]:
    seen: set[str] = set()
    work = list(start)
    while work:
        n = work.pop()
        if n not in seen:
            seen.add(n)
            work += following(n)
    return seen


def _recurrent(hidden: dict[str, Derivative]) -> list[str]:
    """Auxiliary derivatives to keep as names: enough of them that the others no longer depend on themselves."""
    kept: list[str] = []
    for name in hidden:
        def following(n: str) -> set[str]:
            return {m for m in names(hidden[n].steps[-1].after) if m in hidden and m not in kept}
        if name in _closure(following(name), following):
            kept.append(name)
    return kept


def _lemmas_first(found: dict[str, Derivative], hidden: dict[str, Derivative]) -> list[Derivative]:
    """Each auxiliary derivative right before the first one that uses it."""
    placed: dict[str, Derivative] = {}

    def place(d: Derivative) -> None:
        if d.name in placed:
            return
        for n in {m: None for s in d.steps for m in s.uses if m in hidden}:
            place(hidden[n])
        placed[d.name] = d

    for d in found.values():
        if d.shown:
            place(d)
    return list(placed.values())

