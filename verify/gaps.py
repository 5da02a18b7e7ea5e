"""Proof of an inequality: the larger side minus the smaller one is a sum of what cannot be negative."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from derive.claims import STRICT, Claim
from derive.derivation import Derivation
from derive.expression import Expr, expression, names
from derive.rewrite import unfold
from verify.signs import NOT_NEGATIVE, POSITIVE, Signs, collected
from verify.unfolding import layers
from verify.verdict import PROVED, UNDECIDED, Verdict

BY = "sign of the gap"
Prove = Callable[[Claim], Verdict]


def prove_bound(claim: Claim, derivation: Derivation, prove: Prove) -> Verdict:
    """PROVED where the gap between the sides is at least zero, or above it for < and >, by the signs of what it is made
    of. A gap that the claim states is first proved, by `prove`, to be that gap."""
    signs = Signs(derivation.program)
    least = POSITIVE if claim.relation in STRICT else NOT_NEGATIVE
    if claim.gap is not None:
        proof = prove(claim.with_gap(claim.gap))
        if not proof.passed:
            return replace(proof, by=BY, detail=f"the gap was not shown to be what is stated; {proof.detail}")
        judged = _by_sign(claim.gap, least, signs, derivation)
        return replace(judged, uses=tuple(dict.fromkeys((*proof.uses, *judged.uses))))
    return _by_sign(_gap(claim), least, signs, derivation)


def _by_sign(gap: Expr, least: int, signs: Signs, derivation: Derivation) -> Verdict:
    """Written as it is or in normal form, with names as they are or written out, but for recurrences."""
    used: list[str] = []
    recurrences = {e.name for e in derivation.program.equations if e.name in names(e.body)}
    for equation in [None, *(e for e in layers(derivation) if e.name not in recurrences)]:
        if equation is not None:
            if equation.name not in names(gap):
                continue
            gap = unfold(gap, {equation.name: equation})
            used.append(equation.name)
        for written in (gap, collected(gap), signs.normalizer.normal(gap)):
            if signs.of(written) >= least:
                return Verdict(PROVED, BY, tuple(used))
    return Verdict(UNDECIDED, BY, tuple(used), "the sign of the gap does not follow from that of its parts")


def _gap(claim: Claim) -> Expr:
    left = expression(claim.left)
    return claim.right - left if claim.upwards else left - claim.right
