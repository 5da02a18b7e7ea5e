"""What every derivation does with an expression: carry derivatives out, simplify in recorded steps, put earlier results
in, split into cases.

Each step is proposed here and judged elsewhere (`verify.steps`).
"""

from __future__ import annotations

from derive.arrange import Arrangement
from derive.calculus import partial
from derive.cases import split
from derive.derivation import Derivative, Step
from derive.expression import Apply, Expr, Partial, Term, multiply_terms, names, subterms, walk
from derive.fold import fold, patterns
from derive.functions import RULES
from derive.index import Letter, Poly, apart, poly
from derive.normal import Normalizer
from derive.powers import TooLarge
from derive.program import Equation, Program
from derive.rewrite import collect, contract_all, cost, distribute, factor, renamed, unfold
from derive.vanish import absorb_steps, put_in_sums, sums_to_one, vanish


class Workbench:
    """Steps about one program."""

    def __init__(self, program: Program):
        self.program = program
        self.plain = program.normalizer(assuming=False)
        self.assuming = program.normalizer()
        self.patterns = patterns(program)
        self.arrangement = Arrangement(program, set())
        self.summing_to_one = sums_to_one(program, self.plain)
        letters = [a for v in program.variables.values() for a in v.axes]
        letters += [a for e in program.equations for a in e.letters]
        letters += [b for e in program.equations for t in subterms(e.body) for b in t.binders if len(b.free) == 1]
        self.letters = tuple(dict.fromkeys(letters))

    def carry_out(self, chain: Expr) -> Expr:
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

    def other_letters(self, taken: tuple[Letter, ...], axes: tuple[Letter, ...]) -> tuple[Letter, ...]:
        """Letters for the axes that do not look like those that are taken: ∂p_i/∂z_j."""
        result: list[Letter] = []
        values: dict[Letter, Poly] = {}
        for axis in apart(axes):
            used = {a.name for a in (*taken, *result)}
            alike = [a.name for a in self.letters if a.count == axis.count and a.family == axis.family]
            free = (n for n in "kspqruvw" if n not in used and n not in self.program.variables)
            name = next((n for n in alike if n not in used), None) or next(free, axis.name)
            low, high = axis.low.substitute(values), axis.high.substitute(values)       # the width of another layer
            result.append(Letter(name, low, high, axis.family))
            values[axis] = poly(result[-1])
        return tuple(result)

    # -- simplification --------------------------------------------------------------------------------------------
    def step(self, steps: list[Step], rule: str, before: Expr, after: Expr, uses: tuple[str, ...] = ()) -> Expr:
        """Record a step, unless nothing changed."""
        if str(after) == str(before):
            return before
        steps.append(Step(rule, steps[0].left, before, after, uses))
        return after

    def simplify(self, steps: list[Step], e: Expr) -> Expr:
        e = self._fold(steps, e)
        e = self.step(steps, "absorb", e, absorb_steps(e))
        e = self._put_in_sums(steps, self._vanish(steps, e))
        e = self._fold(steps, self._tidy(steps, e, self.plain))
        shorter = self._put_in_sums(steps, e)
        e = e if shorter is e else self._tidy(steps, shorter, self.plain)
        if self.assuming.assumes_equations:
            self.assuming.used.clear()
            shorter = self._smallest(e, self.assuming)
            if self.assuming.used and cost(shorter) < cost(e):
                e = self.step(steps, "assume", e, shorter, tuple(sorted(self.assuming.used)))
        return e

    def _fold(self, steps: list[Step], e: Expr) -> Expr:
        folded, used = fold(e, self.patterns, self.plain)
        return self.step(steps, "fold", e, collect(folded, self.plain), tuple(used))

    def _vanish(self, steps: list[Step], e: Expr) -> Expr:
        for lemma, rest, used in vanish(e, self.program, self.plain):
            steps.append(Step("vanish", steps[0].left, e, rest, used, lemma))
            e = rest
        return e

    def _put_in_sums(self, steps: list[Step], e: Expr) -> Expr:
        shorter, lemmas = put_in_sums(e, self.summing_to_one, self.program)
        if not lemmas:
            return e
        used = tuple(dict.fromkeys(n for lemma in lemmas for n in sorted(names(lemma))))
        steps.append(Step("known_sum", steps[0].left, e, shorter, used, lemmas[0]))
        return shorter

    def _tidy(self, steps: list[Step], e: Expr, normalizer: Normalizer) -> Expr:
        best = self._smallest(e, normalizer)
        if cost(best) >= cost(e):
            return e
        rule = "factor" if str(best) == str(factor(e)) else "expand"
        return self.step(steps, rule, e, best)

    def _smallest(self, e: Expr, normalizer: Normalizer) -> Expr:
        """The shortest of: as it is, factored, multiplied out, multiplied out and factored."""
        candidates = [e, factor(e)]
        try:
            flat = renamed(normalizer.normal(e), self.letters, self.program.signatures)
            flat, _ = fold(self.arrangement.arrange(flat), self.patterns, self.plain)
            candidates += [flat, factor(flat)]
        except TooLarge:
            pass
        return min(candidates, key=cost)

    # -- auxiliary derivatives ---------------------------------------------------------------------------------------
    def substitute(self, d: Derivative, hidden: dict[str, Derivative]) -> None:
        """Write the auxiliary derivatives out, until only wanted ones remain."""
        e = d.steps[-1].after
        for _ in range(len(hidden)):
            here = [n for n in hidden if n in names(e) and n != d.name]
            if not here:
                break
            written = distribute(contract_all(unfold(e, {n: hidden[n].equation for n in here})))
            before = d.steps[-1].after
            e = self.step(d.steps, "substitute", before, written, tuple(here))
            e = self.simplify(d.steps, e)

    def finish(self, d: Derivative) -> None:
        last = d.steps[-1].after
        d.equation = Equation(d.name, d.equation.letters, last)
        d.cases = split(d.equation)
        for case in d.cases:
            if case.condition is not None:
                d.steps.append(Step("cases", case.left, last, case.right, (), None, case.condition))


def laws(e: Expr, name: str) -> list[str]:
    """The function rules that differentiating by `name` uses."""
    return [RULES[n.function].law for n in walk(e)
            if isinstance(n, Apply) and n.function in RULES and any(name in names(a) for a in n.arguments)]
