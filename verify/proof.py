"""Proof of a claim: unfold derivatives and definitions, latest first, until the difference is zero."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from derive.bounds import nonnegative
from derive.cases import split
from derive.claims import EQUAL, Claim
from derive.derivation import Case, Derivation
from derive.expectation.laws import mentions_moments
from derive.expression import Expr, Ref, expression, letters_of, names, walk
from derive.index import Letter, Poly, poly
from derive.normal import DivisionByZero, Normalizer
from derive.powers import TooLarge
from derive.program import Equation
from derive.rewrite import unfold
from derive.zero import is_zero
from verify.atoms import differs
from verify.gaps import prove_bound
from verify.moments import INTEGRAL, Moments, Unknown
from verify.unfolding import layers, vanishes_latest_first
from verify.verdict import PROVED, UNDECIDED, Verdict


def prove(claim: Claim, derivation: Derivation, lemmas: Iterable[Equation] = ()) -> Verdict:
    """PROVED with the way and what it rests on, or UNDECIDED; never refuted (that needs a counterexample).

    `lemmas` are claims that were proved before; each may stand in for the definition of its name.
    """
    if claim.relation != EQUAL:
        return prove_bound(claim, derivation, lambda equation: prove(equation, derivation, lemmas))
    program = derivation.program
    normalizer = program.normalizer()
    try:
        if claim.by.startswith("induction on "):
            return _by_induction(claim, derivation, normalizer, claim.by.removeprefix("induction on "))
        difference = expression(claim.left) - claim.right
        if mentions_moments(difference):
            return _by_moments(difference, derivation, normalizer)
        quick = _by_left_side(claim, derivation, normalizer)
        if quick is not None:
            return quick
        if _differs(difference, derivation, normalizer):
            return Verdict(UNDECIDED, claim.by, detail="the sides differ at small sizes")
        found = _by_unfolding(difference, layers(derivation), normalizer)
        return found if found.passed else (
            _by_latest_members(difference, program.equations, normalizer)
            or _by_lemmas(difference, lemmas, derivation, normalizer)
            or _by_all_lemmas(difference, lemmas, derivation, normalizer)
            or _by_left_side_and_definitions(claim, derivation, normalizer) or found)
    except (TooLarge, DivisionByZero) as problem:
        return Verdict(UNDECIDED, claim.by, detail=str(problem))


def prove_at_once(claim: Claim, derivation: Derivation) -> Verdict | None:
    """A proof that is found by writing out the derivatives on the left side, or None."""
    try:
        return _by_left_side(claim, derivation, derivation.program.normalizer())
    except (TooLarge, DivisionByZero):
        return None


def is_about_moments(claim: Claim) -> bool:
    """Whether expectations, variances or covariances stand in a claim."""
    return mentions_moments(expression(claim.left) - claim.right)


def _differs(difference: Expr, derivation: Derivation, normalizer: Normalizer) -> bool:
    """Whether numbers say that no proof needs to be looked for."""
    return not normalizer.assumes_equations and differs(difference, derivation.program, layers(derivation))


def lemma(claim: Claim) -> Equation | None:
    """A proved claim as an equation for a whole family; None where it is about single members, or an inequality."""
    if claim.relation != EQUAL or not isinstance(claim.left, Ref) or any(p.letter is None for p in claim.left.indices):
        return None
    return Equation(claim.left.name, letters_of(claim.left), claim.right)


def _by_lemmas(difference: Expr, lemmas: Iterable[Equation], derivation: Derivation,
               normalizer: Normalizer) -> Verdict | None:
    """Unfold the latest members first, one name by a lemma instead of its definition."""
    for known in lemmas:
        equations = [known if e.name == known.name else e for e in derivation.program.equations]
        used = vanishes_latest_first(difference, equations, normalizer) if known in equations else None
        if used is not None:
            return Verdict(PROVED, "normal form", (*used, *sorted(normalizer.used)))
    return None


def _by_all_lemmas(difference: Expr, lemmas: Iterable[Equation], derivation: Derivation,
                   normalizer: Normalizer) -> Verdict | None:
    """Write out the derivatives, then the latest members first, every name by its last lemma where it has one."""
    known = {e.name: e for e in lemmas}
    if known.keys().isdisjoint(derivation.program.defined):
        return None
    difference, written = _written_out(difference, derivation)
    found = _by_latest_members(difference, [known.get(e.name, e) for e in derivation.program.equations], normalizer)
    return found and replace(found, uses=(*written, *found.uses))


def _by_moments(difference: Expr, derivation: Derivation, normalizer: Normalizer) -> Verdict:
    """Both sides in what is declared about the random inputs."""
    moments = Moments.of(derivation, normalizer)
    try:
        value = moments.value(difference)
    except Unknown as problem:
        return Verdict(UNDECIDED, "normal form", detail=str(problem))
    proof = _by_unfolding(value, reversed(derivation.program.equations), normalizer)
    if proof.passed:
        about = [n for n in derivation.program.random if n in moments.used]
        return replace(proof, by=INTEGRAL if moments.integrals else proof.by, uses=(*about, *proof.uses))
    missing = f"needs {', '.join(moments.needed)}, which nothing declares" if moments.needed else proof.detail
    return replace(proof, detail=missing)


def _by_left_side(claim: Claim, derivation: Derivation, normalizer: Normalizer) -> Verdict | None:
    """Write out the derivatives on the left side: the right side may speak of the same family at the next step, and its
    other derivatives are written by that family where they can be."""
    left, used = expression(claim.left), []
    right = _in_terms_of(names(left), claim.right, derivation)
    normalizer.used.clear()
    for d in reversed(derivation.derivatives):
        if d.name in names(left):
            left = unfold(left, {d.name: d.equation})
            used.append(d.name)
            if normalizer.equal(left, claim.right) or right != claim.right and normalizer.equal(left, right):
                return Verdict(PROVED, "normal form", (*used, *sorted(normalizer.used)))
    return None


def _by_left_side_and_definitions(claim: Claim, derivation: Derivation, normalizer: Normalizer) -> Verdict | None:
    """Write out all derivatives on the left side and none on the right, then the definitions: long where there are
    many."""
    left, used = _written_out(expression(claim.left), derivation)
    proof = _by_unfolding(left - claim.right, reversed(derivation.program.equations), normalizer) if used else None
    return replace(proof, uses=(*used, *proof.uses)) if proof is not None and proof.passed else None


def _written_out(e: Expr, derivation: Derivation) -> tuple[Expr, list[str]]:
    """The derivatives in an expression by their equations, and which these were."""
    written = []
    for d in reversed(derivation.derivatives):
        if d.name in names(e):
            e = unfold(e, {d.name: d.equation})
            written.append(d.name)
    return e, written


def _in_terms_of(kept: set[str], e: Expr, derivation: Derivation) -> Expr:
    """Derivatives written out where that leads to one of those that are kept, and to nothing but it: ∂b is δ."""
    for d in reversed(derivation.derivatives):
        if d.name in names(e) and d.name not in kept and names(d.equation.body) <= kept:
            e = unfold(e, {d.name: d.equation})
    return e


def _by_latest_members(difference: Expr, equations: list[Equation], normalizer: Normalizer) -> Verdict | None:
    """Unfold these equations, the latest member first."""
    normalizer.used.clear()
    used = vanishes_latest_first(difference, equations, normalizer)
    return None if used is None else Verdict(PROVED, "normal form", (*used, *sorted(normalizer.used)))


def _by_unfolding(difference: Expr, layers: Iterable[Equation], normalizer: Normalizer) -> Verdict:
    """Unfold what occurs, one name at a time, and look after each whether the difference is zero."""
    used: list[str] = []
    normalizer.used.clear()
    for equation in [None, *layers]:
        if equation is not None:
            if equation.name not in names(difference):
                continue
            difference = unfold(difference, {equation.name: equation})
            used.append(equation.name)
        difference = normalizer.normal(difference)
        if not difference.terms:
            return Verdict(PROVED, "normal form", (*used, *sorted(normalizer.used)))
    how = is_zero(difference, normalizer)
    if how is not None:
        return Verdict(PROVED, f"normal form, {how}", (*used, *sorted(normalizer.used)))
    return Verdict(UNDECIDED, "normal form", tuple(used), "the difference was not shown to be zero")


def _by_induction(claim: Claim, derivation: Derivation, normalizer: Normalizer, letter: str) -> Verdict:
    """The recurrence has one solution: the closed form satisfies it, and agrees with its start."""
    if not isinstance(claim.left, Ref):
        return Verdict(UNDECIDED, claim.by, detail="only a member of a family is shown by induction")
    recurrence = derivation.equations.get(claim.left.name) or derivation.program.defined.get(claim.left.name)
    if recurrence is None:
        return Verdict(UNDECIDED, claim.by, detail=f"{claim.left.name} has no recurrence")
    place = next((k for k, p in enumerate(claim.left.indices) if p.letter and p.letter.name == letter), None)
    if place is None or any(p.letter is None for p in claim.left.indices):
        return Verdict(UNDECIDED, claim.by, detail=f"{claim.left} has no index {letter}, or one that is no letter")
    lines = _lines(claim.left.name, recurrence, derivation)
    if not _one_direction(lines, place):
        return Verdict(UNDECIDED, claim.by, detail="the recurrence does not move in one direction")
    closed = Equation(claim.left.name, letters_of(claim.left), claim.right)
    for member in _starts(closed, derivation, place):
        if not is_zero(closed.at(member.indices) - expression(member), normalizer):
            return Verdict(UNDECIDED, claim.by, (claim.left.name,), f"not shown at {member}")
    for left, right in lines:
        for member, value in _members(left, right, closed, place):
            if any(nonnegative(-a.count) for a in member.free):
                continue    # a letter without any value: there is no such member
            difference = closed.at(member.indices) - unfold(value, {closed.name: closed})
            earlier = _elsewhere(closed, place, member, backwards=any(
                s is not None and s > 0 for line in lines for s in _shifts(*line, place)))
            known = ([e for e in derivation.program.equations if e.name != closed.name],
                     [earlier if e.name == closed.name else e for e in derivation.program.equations])
            if not is_zero(difference, normalizer) and all(
                    vanishes_latest_first(difference, equations, normalizer) is None for equations in known):
                return Verdict(UNDECIDED, claim.by, (claim.left.name,), f"not shown at {member}")
    return Verdict(PROVED, claim.by, (claim.left.name,))


def _elsewhere(closed: Equation, place: int, member: Ref, backwards: bool) -> Equation:
    """What is known by induction: the closed form at earlier members or at later ones, never at the member itself."""
    letter, index = closed.letters[place], member.indices[place]
    known = letter.fresh(index + 1, letter.high) if backwards else letter.fresh(letter.low, index - 1)
    values = {letter: poly(known)}
    letters = [known if k == place else a.substitute(values) for k, a in enumerate(closed.letters)]
    return Equation(closed.name, tuple(letters), closed.body.substitute(values))


def _members(left: Ref, right: Expr, closed: Equation, place: int) -> Iterator[tuple[Ref, Expr]]:
    """What a line says about the members that are claimed: those at the ends that refer to members without a claim
    (initial states) one by one, then all others together."""
    index, claimed = left.indices[place], closed.letters[place]
    letter = index.letter
    if letter is None:
        if not (nonnegative(claimed.low - index - 1) or nonnegative(index - claimed.high - 1)):
            yield left, right
        return
    low = claimed.low if nonnegative(claimed.low - letter.low) else letter.low
    high = claimed.high if nonnegative(letter.high - claimed.high) else letter.high
    shifts = _shifts(left, right, place)
    before = -min((s for s in shifts if s < 0 and not nonnegative(low + s - claimed.low)), default=0)
    after = max((s for s in shifts if s > 0 and not nonnegative(claimed.high - high - s)), default=0)
    for value in [*(low + k for k in range(before)), *(high - k for k in range(after))]:
        yield _at(left, right, letter, value)
    yield _at(left, right, letter, poly(letter.fresh(low + before, high - after)))


def _at(left: Ref, right: Expr, letter: Letter, value: Poly) -> tuple[Ref, Expr]:
    return left.substitute({letter: value}), right.substitute({letter: value}).fresh()


def _lines(name: str, recurrence: Equation, derivation: Derivation) -> list[tuple[Ref, Expr]]:
    """The start and the step: cases of a derivative, or a definition with its initial members."""
    cases: list[Case] = next((d.cases for d in derivation.derivatives if d.name == name), []) or split(recurrence)
    return [(c.left, c.right) for c in cases]


def _starts(closed: Equation, derivation: Derivation, place: int) -> Iterator[Ref]:
    """The initial members among those that are claimed: nothing defines them, so the closed form must give them
    back."""
    if closed.name not in derivation.program.defined:
        return
    claimed = closed.letters[place]
    for member in derivation.program.boundary(closed.name):
        index = member.indices[place]
        if not (nonnegative(claimed.low - index - 1) or nonnegative(index - claimed.high - 1)):
            yield member


def _one_direction(lines: list[tuple[Ref, Expr]], place: int) -> bool:
    """Whether every line refers to its own family only at earlier members, or only at later ones."""
    signs = set()
    for left, right in lines:
        shifts = _shifts(left, right, place)
        if None in shifts or 0 in shifts:
            return False
        signs |= {s > 0 for s in shifts}
    return len(signs) <= 1


def _shifts(left: Ref, right: Expr, place: int) -> set:
    """How far from `left` the members of its own family lie to which a line refers; None where that is no number."""
    return {(n.indices[place] - left.indices[place]).constant for n in walk(right)
            if isinstance(n, Ref) and n.name == left.name and n != left}
