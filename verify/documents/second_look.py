"""A verdict on a claim looked at again: by more inputs, by other functions, and for what a claim on inputs alone is."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.claims import Claim
from derive.documents.functions.assumed import UNKNOWN
from derive.expression import Apply, Expr, expression, names, walk
from derive.normal import DivisionByZero
from derive.powers import TooLarge
from derive.program import Program
from verify.balls import USUAL_FUNCTIONS
from verify.exact import CASES, decide, occurs
from verify.signs import POSITIVE, Signs
from verify.study import Study, by_arithmetic, derivative_names
from verify.verdict import REFUTED, UNDECIDED, VERIFIED, Verdict

MORE_SEEDS = 6
MOST_PARTS = 1000                  # of a simple number, 1/2
MOST_DRAWS, ENOUGH = 120, 4        # where a claim is stated for some values only
A_CONDITION = "a condition on its inputs: it holds for some of them only"


def looked_at_again(claim: Claim, verdict: Verdict, found: Study, at_a_point: bool = False) -> Verdict:
    """A claim that is not proved is looked at in more places: relu(x) + relu(−x) is x for a while. One about an
    arbitrary function is not refuted by a function that nobody meant, and one about inputs alone may be a condition,
    unless it is about a function `at_a_point`.
    """
    if verdict.verdict == VERIFIED:
        verdict = _at_more_inputs(claim, verdict, found)
    if verdict.verdict != REFUTED:
        return verdict
    if set(found.page.program.functions) & _functions(claim) and _holds_for_some(claim, found):
        return Verdict(UNDECIDED, detail="it does not hold for every function")
    left, right = names(expression(claim.left)), names(claim.right)
    constant = (not left or not right) and bool((left | right) - found.page.program.random.keys())
    if not found.page.program.equations and constant and not at_a_point:
        return _as_condition(claim, verdict, found)
    return verdict


def without_bodies(verdict: Verdict, claim: Claim, found: Study) -> Verdict:
    """The verdict without the arbitrary functions that the document defines: they are not what was tried."""
    example = verdict.counterexample
    bodies = found.page.program.functions.keys() - _functions(claim) - {UNKNOWN}
    if example is None or not bodies & example.inputs.keys():
        return verdict
    return replace(verdict, counterexample=replace(example, inputs={
        n: x for n, x in example.inputs.items() if n not in bodies}))


def is_of_nothing(found: Study) -> bool:
    """Whether the derivative in a claim is zero everywhere: an immediate one by what stands in another equation, of
    which nobody speaks."""
    claim, _ = found.claims[0]
    truth = derivative_names(found.derivation)
    return by_arithmetic(replace(claim, right=expression(0)), found.derivation, truth).passed


def _at_more_inputs(claim: Claim, verdict: Verdict, found: Study) -> Verdict:
    truth = derivative_names(found.derivation)
    if claim.where is not None:
        return _where_it_is_stated(claim, claim.where, verdict, found)
    for seed in range(1, MORE_SEEDS + 1):
        again = by_arithmetic(claim, found.derivation, truth, seed=seed, again=True)
        if again.verdict == REFUTED:
            return again
    return verdict


def _where_it_is_stated(claim: Claim, where: Expr, verdict: Verdict, found: Study) -> Verdict:
    """A claim for some values only is looked at until enough inputs had such values."""
    truth, program, met = derivative_names(found.derivation), found.derivation.program, 0
    for seed in range(0, MOST_DRAWS, CASES):
        if not occurs(program, truth, where, seed):
            continue
        again = by_arithmetic(claim, found.derivation, truth, seed=seed, again=True) if seed else verdict
        met += 1
        if again.verdict != VERIFIED or met == ENOUGH:
            return again
    return Verdict(UNDECIDED, detail="too few inputs had the values for which it is stated")


def _holds_for_some(claim: Claim, found: Study) -> bool:
    """Whether a claim about an arbitrary function is not refuted for one of those that are usually meant; a linear
    one is not, where the claim has its derivative."""
    truth = derivative_names(found.derivation)
    primed = any(n.function.endswith("'") for side in (expression(claim.left), claim.right)
                 for n in walk(side) if isinstance(n, Apply))
    for function in list(USUAL_FUNCTIONS)[primed:]:
        program = replace(found.page.program, functions=dict.fromkeys(found.page.program.functions, function))
        again = by_arithmetic(claim, found.derivation, truth, program)
        if again.verdict != REFUTED:
            return True
    return False


def _as_condition(claim: Claim, verdict: Verdict, found: Study) -> Verdict:
    """n σ² = 1 asks for something where nothing is defined; a side that is the same everywhere is wrong, one that is
    off by the same everywhere, too, and so is 0 for what is positive."""
    example, program = verdict.counterexample, found.page.program
    left, right = expression(claim.left), claim.right
    shown = ("", "") if example is None else (example.left, example.right)
    side, value = (left, shown[0]) if names(left) else (right, shown[1])
    if _is_a_number(side, program, value) or _is_a_number(left - right, program, *shown) \
            or _is_never_zero(left - right, program):
        return verdict
    return replace(verdict, verdict=UNDECIDED, detail=A_CONDITION)


def _is_a_number(e: Expr, program: Program, shown: str, less: str = "0") -> bool:
    """Whether it has the same simple value at all inputs that it is shown to have at one: one number less another."""
    try:
        value = (Fraction(shown) - Fraction(less)).limit_denominator(MOST_PARTS)
    except ValueError:
        return False
    return decide(program, {}, e, expression(value)).passed


def _is_never_zero(e: Expr, program: Program) -> bool:
    """Whether the signs of its parts tell that it is positive, or negative, at all inputs."""
    try:
        e = program.normalizer().normal(e)
    except (TooLarge, DivisionByZero):
        return False
    return POSITIVE in map(Signs(program).of, (e, -e))


def _functions(claim: Claim) -> set[str]:
    sides = (expression(claim.left), claim.right)
    return {n.function.rstrip("'") for side in sides for n in walk(side) if isinstance(n, Apply)}
