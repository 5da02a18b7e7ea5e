"""Proof of an inequality: the larger side minus the smaller one is a sum of what cannot be negative."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from derive.claims import EQUAL, Claim
from derive.derivation import Derivation
from derive.expression import Expr, expression, names
from derive.program import Equation
from derive.rewrite import unfold
from verify.relations import strict
from verify.signs import NOT_NEGATIVE, POSITIVE, Signs
from verify.verdict import PROVED, UNDECIDED, Verdict

BY = "sign of the gap"
Prove = Callable[[Claim], Verdict]


def prove_bound(claim: Claim, derivation: Derivation, prove: Prove) -> Verdict:
    """PROVED where the gap between the sides is at least zero, or above it for < and >, by the signs of what it is made
    of. A gap that the claim states is first proved, by `prove`, to be that gap."""
    signs = Signs(derivation.program)
    least = POSITIVE if strict(claim.relation) else NOT_NEGATIVE
    if claim.gap is not None:
        upwards = claim.relation in ("≤", "<")
        moved = claim.right - claim.gap if upwards else claim.right + claim.gap
        proof = prove(replace(claim, right=moved, relation=EQUAL, gap=None))
        if not proof.passed:
            return replace(proof, by=BY, detail=f"the gap was not shown to be what is stated; {proof.detail}")
        judged = _by_sign(claim.gap, least, signs, derivation)
        return replace(judged, uses=tuple(dict.fromkeys((*proof.uses, *judged.uses))))
    return _by_sign(_gap(claim), least, signs, derivation)


def _by_sign(gap: Expr, least: int, signs: Signs, derivation: Derivation) -> Verdict:
    """Written as it is or in normal form, with names as they are or written out."""
    used: list[str] = []
    for equation in [None, *_layers(derivation)]:
        if equation is not None:
            if equation.name not in names(gap):
                continue
            gap = unfold(gap, {equation.name: equation})
            used.append(equation.name)
        for written in (gap, signs.normalizer.normal(gap)):
            if signs.of(written) >= least:
                return Verdict(PROVED, BY, tuple(used))
    return Verdict(UNDECIDED, BY, tuple(used), "the sign of the gap does not follow from that of its parts")


def _gap(claim: Claim) -> Expr:
    left = expression(claim.left)
    return claim.right - left if claim.relation in ("≤", "<") else left - claim.right


def _layers(derivation: Derivation) -> Iterable[Equation]:
    """Derivatives, last first; then the definitions that are no recurrences, last first."""
    yield from (d.equation for d in reversed(derivation.derivatives))
    yield from (e for e in reversed(derivation.program.equations) if e.name not in names(e.body))
