"""The step checker: believes no step, and must be able to refuse any that the engine makes.

It shares the expression type, the normal form and the table of function rules with the engine. Differentiation is
checked by the adjoint identity: for an arbitrary tangent dN, Σ N̄·dN must equal Σ M̄·dM, where dM comes from the forward
mode of `verify.tangents`.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.bounds import nonnegative
from derive.derivation import Derivation, Derivative, Step
from derive.expression import Expr, Partial, Ref, Term, expression, letters_of, names, total
from derive.graph import closure
from derive.index import ONE, Letter, Poly, poly
from derive.normal import DivisionByZero, Normalizer
from derive.powers import TooLarge
from derive.program import Equation, Program
from derive.rewrite import unfold
from derive.second import with_gradients
from verify.atoms import differs, shown_zero
from verify.differing import differing
from verify.moments import DECLARED, DENSITIES, INDEPENDENCE, Moments, Unknown, same_value
from verify.tangents import Tangents
from verify.totals import Refused, TotalRules
from verify.unfolding import vanishes_latest_first

MOMENT_RULES = dict.fromkeys(["substitute", "variance", "linearity", "coincide", "independence", "contract", "count",
                              "fold", "factor", "expand"], INDEPENDENCE) | {"moments": DECLARED, "integral": DENSITIES}
MOST_PARTS = 8          # in which the two sides of a step differ, each of which is shown to be equal


@dataclass
class Checker(TotalRules):
    """Judges every step of a derivation."""

    derivation: Derivation

    def __post_init__(self) -> None:
        program = self.derivation.program
        self.program = program
        self.extended = with_gradients(self.derivation)
        self.plain = program.normalizer(assuming=False)
        self.assuming = program.normalizer()
        self.tangents = Tangents(program.functions)
        self.moments = Moments.of(self.derivation, self.plain)
        self.called = {d.of: d.name for d in self.derivation.derivatives if d.value is None}

    def judge(self) -> Derivation:
        """The same derivation with a verdict on every step."""
        for d in self.derivation.derivatives:
            steps = []
            previous: Expr = expression(Ref(d.name, d.equation.letters))
            for step in d.steps:
                start = previous if step.rule != "cases" else d.equation.body
                steps.append(self.judged(d, step, start))
                previous = step.after if step.rule != "cases" else previous
            d.steps = steps
            self._judge_whole(d, previous)
        return self.derivation

    def judged(self, d: Derivative, step: Step, start: Expr) -> Step:
        """One step with its verdict, where `start` stood before it."""
        self.program = self.extended if d.total else self.derivation.program
        try:
            if step.before != start:
                raise Refused("does not start where the step before it ended")
            check = self._check_moment if d.moment and step.rule in MOMENT_RULES else getattr(
                self, f"_check_{step.rule}", None)
            if check is None:
                raise Refused(f"there is no rule named {step.rule}")
            return step.judged("proved", check(d, step) or "normal form")
        except Refused as refusal:
            return step.judged("not shown", str(refusal))

    def _judge_whole(self, d: Derivative, last: Expr) -> None:
        """The printed result must be what the steps arrived at, and its cases must cover every member."""
        shown = [(s.left, s.after, s.condition) for s in d.steps if s.rule == "cases"]
        printed = [(c.left, c.right, c.condition) for c in d.cases if c.condition is not None]
        whole = [c for c in d.cases if c.condition is None]
        fine = (d.equation.body == last and shown == printed and bool(d.cases)
                and all(c.right == last and c.left == Ref(d.name, d.equation.letters) for c in whole)
                and (bool(whole) != bool(printed)) and self._covers(d))
        if not fine:
            d.steps.append(Step("result", Ref(d.name, d.equation.letters), last, d.equation.body).judged(
                "not shown", "the printed result is not what the steps arrived at, or its cases leave members out"))

    def _covers(self, d: Derivative) -> bool:
        """Whether the ranges of the cases join up from one end of the letter's range to the other."""
        ranges = [(c.condition.low, c.condition.high) for c in d.cases if c.condition is not None]
        if not ranges:
            return True
        first = d.cases[0].condition
        key = first.letter.name if first else ""
        letter = next((a for a in d.equation.letters if a.name == key and a.family), None)
        if letter is None:
            return False
        reached = letter.low
        while ranges:
            following = next((r for r in ranges if r[0] == reached), None)
            if following is None:
                return False
            ranges.remove(following)
            reached = following[1] + 1
        return reached == letter.high + 1

    # -- rules ---------------------------------------------------------------------------------------------------
    def _check_chain_rule(self, d: Derivative, step: Step) -> None:
        """Every equation that uses the name and influences the loss occurs, once, over all its members."""
        missing = {e.name for e in self.program.equations if d.of in names(e.body) and self._influences(e.name)}
        arriving = Expr()
        for t in step.after.terms:
            node = next((n for n, _ in t.factors if isinstance(n, Partial)), None)
            if node is None:
                arriving = arriving + Expr((t,))
                continue
            if node.by != Ref(d.of, d.equation.letters) or node.of.name not in missing:
                raise Refused(f"{node} does not belong to the chain rule for {d.of}, or occurs twice")
            self._check_summand(t, node)
            missing.remove(node.of.name)
        if missing:
            raise Refused(f"the path through {sorted(missing)[0]} is missing")
        self._check_arriving(d, arriving)

    def _check_jacobian(self, d: Derivative, step: Step) -> None:
        """The partial derivative of the value's own equation, nothing else."""
        equation = self.program.defined.get(d.value or "")
        if equation is None or step.after != expression(Partial(equation.left, d.member)):
            raise Refused(f"this is not the derivative of {d.value} by {d.of}")
        if d.equation.letters != equation.letters + letters_of(d.member):
            raise Refused("the rows and columns are not those of the value and of the member")

    def _check_summand(self, t: Term, node: Partial) -> None:
        equation = self.program.defined[node.of.name]
        expected: list = [(node, ONE)]
        if equation.name != self.program.loss:
            expected.insert(0, (Ref(self._adjoint(equation.name), node.of.indices), ONE))
        if t.coefficient != 1 or sorted(t.factors, key=str) != sorted(expected, key=str):
            raise Refused(f"the summand of {equation.name} is not its adjoint times the partial derivative")
        values: dict[Letter, Poly] = {}
        for own, index in zip(equation.letters, node.of.indices):
            b, moved = index.letter, own.substitute(values)
            if b is None or b not in t.binders or b.low != moved.low or b.high != moved.high:
                raise Refused(f"the sum over the members of {equation.name} has another range")
            values[own] = index
        if len(t.binders) != len(equation.letters):
            raise Refused(f"the summand of {equation.name} has other sums")

    def _check_arriving(self, d: Derivative, arriving: Expr) -> None:
        """What comes from outside, tested against an arbitrary tangent over the members that it has."""
        expected, letters = Expr(), d.equation.letters
        tangent = Ref("d " + d.of, letters)
        if d.of in self.program.outputs:
            name = self.program.outputs[d.of]
            own = self.program.variables[name].axes
            expected = total(expression(Ref(name, own)) * expression(Ref(tangent.name, own)), *own)
        given = total(arriving * expression(tangent), *letters)
        if shown_zero(given - expected, self.plain, self.program) is None:
            raise Refused("what arrives from the loss is not all of it, or too much")

    def _check_differentiate(self, d: Derivative, step: Step) -> str:
        """The adjoint identity with an arbitrary tangent."""
        if d.total:
            return self.check_total_rates(d, step)
        tangent = Ref("d " + d.of, d.member.indices)
        letters = letters_of(d.member)
        left = total(step.after * expression(tangent), *letters)
        right = Expr()
        for t in step.before.terms:
            node = next((n for n, _ in t.factors if isinstance(n, Partial)), None)
            if node is None:
                right = right + total(Expr((t,)) * expression(tangent), *letters)
                continue
            equation = self.program.defined[node.of.name]
            moved = self.tangents.of(equation.at(node.of.indices), d.of, tangent.name)
            rest = Term(t.coefficient, tuple(f for f in t.factors if f[0] != node), t.binders)
            right = right + Expr(Term(rest.coefficient * m.coefficient, rest.factors + m.factors,
                                      rest.binders + m.binders) for m in moved.terms)
        if shown_zero(left - right, self.plain, self.program) is None:
            raise Refused("Σ N̄·dN is not Σ M̄·dM for an arbitrary tangent dN")
        return "adjoint identity with forward mode"

    def _check_contract(self, d: Derivative, step: Step) -> str:
        return self._same(step.before, step.after, self.plain)

    _check_factor = _check_expand = _check_absorb = _check_contract

    def _check_fold(self, d: Derivative, step: Step) -> str:
        return self._same_by_definition(step)

    def _check_vanish(self, d: Derivative, step: Step) -> str:
        definitions = {n: self.program.defined[n] for n in step.uses}
        if step.lemma is None or shown_zero(self._unfolded(step.lemma, definitions), self.plain, self.program) is None:
            raise Refused("the sum that is said to be zero was not shown to be zero")
        return self._same_by_definition(step)

    _check_known_sum = _check_vanish

    def _check_assume(self, d: Derivative, step: Step) -> str:
        return self._same(step.before, step.after, self.assuming)

    def _check_substitute(self, d: Derivative, step: Step) -> str:
        equations = {x.name: x.equation for x in self.derivation.derivatives if x.name in step.uses}
        if d.name in equations:
            raise Refused("a derivative cannot be substituted into itself")
        return self._same(self._unfolded(step.before, equations), step.after, self.plain)

    def _check_cases(self, d: Derivative, step: Step) -> str:
        condition = step.condition
        if condition is None:
            raise Refused("a case without a condition")
        letter = next((a for a in d.equation.letters if a.name == condition.letter.name and a.family), None)
        exist = [] if letter is None else [condition.high - condition.low, letter.count - 1]
        if letter is None or not (nonnegative(condition.low - letter.low, exist)
                                  and nonnegative(letter.high - condition.high, exist)):
            raise Refused("the case leaves the letter's range")
        value = condition.low if condition.low == condition.high else poly(condition.letter)
        if condition.low != condition.high and (condition.letter.low, condition.letter.high) != (condition.low,
                                                                                                condition.high):
            raise Refused("the case's letter has another range than its condition")
        values = {letter: value}
        if step.left != Ref(d.name, [poly(a).substitute(values) for a in d.equation.letters]):
            raise Refused("the left side is another member")
        return self._same(step.before.substitute(values), step.after, self.plain)

    def _check_moment(self, d: Derivative, step: Step) -> str:
        """Both sides have the same value for all random inputs that are as declared, by what the rule may rest on."""
        try:
            how = same_value(step.before, step.after, self.moments.resting_on(MOMENT_RULES[step.rule]))
        except (Unknown, TooLarge, DivisionByZero) as problem:
            raise Refused(str(problem)) from problem
        if how is None:
            raise Refused("before and after were not shown to have the same expectation")
        return how

    def same(self, d: Derivative, a: Expr, b: Expr) -> bool:
        """Whether two forms of a line are shown to be equal, by normal form under what the program assumes."""
        derived = {m.name: m.equation for m in self.derivation.derivatives if m.moment is not None and m is not d}
        try:
            if d.moment is not None:
                return same_value(a, b, self.moments.resting_on(DENSITIES)) is not None
            return shown_zero(self._unfolded(a - b, derived), self.assuming, self.program) is not None
        except (Unknown, TooLarge, DivisionByZero):
            return False

    # -- equality --------------------------------------------------------------------------------------------------
    def _same(self, a: Expr, b: Expr, normalizer: Normalizer) -> str:
        how = shown_zero(a - b, normalizer, self.program)
        if how is None:
            raise Refused("before and after were not shown to be equal")
        return how

    def _same_by_definition(self, step: Step) -> str:
        equations = [e for e in self.program.equations if e.name in step.uses]
        parts = list(differing(step.before, step.after))
        how = [self._zero_by_definition(a - b, equations) for a, b in parts[:MOST_PARTS]]
        if len(parts) > MOST_PARTS or None in how:
            how = [self._zero_by_definition(step.before - step.after, equations)]
        if None in how:
            raise Refused("before and after were not shown to be equal by the definitions named")
        return next((h for h in how if h), "normal form")

    def _zero_by_definition(self, e: Expr, equations: list[Equation]) -> str | None:
        """How a difference was shown to be zero; None where it was not."""
        reached = closure(names(e), self.program.needed)
        equations = [x for x in equations if x.name in reached]
        difference = e
        for equation in reversed(equations):
            difference = self._unfolded(difference, {equation.name: equation})
        how = shown_zero(difference, self.plain, self.program, equations)
        if how is None and not differs(e, self.program, equations) and self._vanishes(e, equations):
            return "normal form"
        return how

    def _vanishes(self, difference: Expr, equations: list[Equation]) -> bool:
        try:
            return vanishes_latest_first(difference, equations, self.plain) is not None
        except (TooLarge, DivisionByZero):
            return False

    def _unfolded(self, e: Expr, definitions: dict[str, Equation]) -> Expr:
        return unfold(e, definitions)

    def _influences(self, name: str) -> bool:
        """Whether the loss depends on the name at all."""
        program: Program = self.program
        goals = {program.loss} if program.loss else set(program.outputs)
        seen, work = set(), [name]
        while work:
            n = work.pop()
            if n in goals:
                return True
            if n not in seen:
                seen.add(n)
                work += [e.name for e in program.equations if n in names(e.body)]
        return False

    def _adjoint(self, name: str) -> str:
        return self.called.get(name) or self.program.outputs.get(name) or "∂" + name
