"""Sums that are numbers by definition: Σ (x − μ) = 0, and its term vanishes; Σ p = 1 for a softmax p. Steps that a unit
step makes superfluous: ReLU(u) step(u) = ReLU(u)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from derive.bounds import nonnegative
from derive.components import components
from derive.expression import Apply, Expr, Group, Ref, Term, map_terms, names, term, total
from derive.index import ONE, Letter
from derive.normal import DivisionByZero, Normalizer
from derive.powers import TooLarge
from derive.program import Program
from derive.rewrite import unfold
from derive.zero import is_zero


def vanish(e: Expr, program: Program, normalizer: Normalizer) -> Iterator[tuple[Expr, Expr, tuple[str, ...]]]:
    """Each vanishing term in turn: the sum that is zero, what remains, and the definitions that say so."""
    for t in e.terms:
        found = _zero_sum(t, program, normalizer)
        if found is not None:
            e = Expr(u for u in e.terms if u is not t)
            yield found[0], e, found[1]


def _zero_sum(t: Term, program: Program, normalizer: Normalizer) -> tuple[Expr, tuple[str, ...]] | None:
    for binders, factors in components(t)[1]:
        if not any(isinstance(n, Group) for n, _ in factors):
            continue
        lemma = Expr((Term(1, tuple(factors), tuple(binders)),))
        used: list[str] = []
        left = lemma
        for equation in reversed(program.equations):
            if equation.name in names(left) and len(used) < 2:
                left = unfold(left, {equation.name: equation})
                used.append(equation.name)
                if _is_zero(left, normalizer):
                    return lemma, tuple(used)
    return None


def sums_to_one(program: Program, normalizer: Normalizer) -> frozenset[tuple[str, int]]:
    """The families whose sum over an axis is 1, whatever the inputs: `("p", 0)` for a softmax p."""
    return frozenset((e.name, place) for e in program.equations if _is_quotient(e.body)
                     for place, letter in enumerate(e.letters)
                     if not any(letter in a.free for a in e.letters if a != letter)
                     and is_zero(total(e.body, letter) - 1, normalizer) is not None)


def _is_quotient(e: Expr) -> bool:
    return any(isinstance(n, Group) and x.constant is not None and x.constant < 0
               for t in e.terms for n, x in t.factors)


def put_in_sums(e: Expr, known: Collection[tuple[str, int]], program: Program) -> tuple[Expr, list[Expr]]:
    """The expression with 1 for the sums that are known to be 1, and what is zero by that: Σ p − 1."""
    lemmas: list[Expr] = []

    def change(t: Term) -> Expr:
        for binders, factors in components(t)[1]:
            node, exponent = factors[0] if factors else (None, ONE)
            if len(binders) == len(factors) == 1 and isinstance(node, Ref) and exponent == ONE and _runs_over(
                    node, binders[0], known, program):
                lemmas.append(Expr((Term(1, tuple(factors), tuple(binders)),)) - 1)
                rest = [f for f in t.factors if f not in factors]
                return change(term(t.coefficient, rest, [b for b in t.binders if b not in binders]))
        return Expr((t,))

    return map_terms(e, change) if known else e, lemmas


def _runs_over(node: Ref, letter: Letter, known: Collection[tuple[str, int]], program: Program) -> bool:
    """Whether the letter runs over a whole axis over which the family is known to sum to 1."""
    places = [k for k, p in enumerate(node.indices) if letter in p.free]
    if len(places) != 1 or (node.name, places[0]) not in known or node.indices[places[0]].letter != letter:
        return False
    letters = program.defined[node.name].letters
    own = letters[places[0]].substitute({a: p for k, (a, p) in enumerate(zip(letters, node.indices)) if k != places[0]})
    return (own.low, own.high) == (letter.low, letter.high)


def absorb_steps(e: Expr) -> Expr:
    """Without the factor step(u) beside ReLU(u)."""
    def change(t: Term) -> Expr:
        ramps = {n.arguments for n, x in t.factors
                 if isinstance(n, Apply) and n.function == "relu" and nonnegative(x - 1)}
        kept = [(n, x) for n, x in t.factors
                if not (isinstance(n, Apply) and n.function == "step" and n.arguments in ramps and nonnegative(x))]
        return Expr((t if len(kept) == len(t.factors) else term(t.coefficient, kept, t.binders),))
    return map_terms(e, change)


def _normal(e: Expr, normalizer: Normalizer) -> Expr | None:
    try:
        return normalizer.normal(e)
    except (TooLarge, DivisionByZero):
        return None


def _is_zero(e: Expr, normalizer: Normalizer) -> bool:
    found = _normal(e, normalizer)
    return found is not None and not found.terms
