"""One formula that somebody gives for a name of an entry, judged against what is derived."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from derive.claims import EQUAL, Claim, Mistake
from derive.derivation import Derivation
from derive.expression import Expr, Partial, Ref, walk
from derive.index import Letter, Poly
from derive.reading import Reading
from verify.exact import decide
from verify.proof import prove
from verify.study import TRIES, derivative_names, judge_claim
from verify.verdict import PROVED, REFUTED, Verdict


class NoAnswer(ValueError):
    """Why a formula answers nothing."""


@dataclass(frozen=True)
class Grade:
    """`mistake` is the known mistake that the answer is equal to. `whole` is false where the answer holds for some
    members only, by what it says or by which members it needs."""

    verdict: Verdict
    mistake: Mistake | None = None
    whole: bool = True


def grade(name: str, letters: tuple[Letter, ...], said: Reading, derivation: Derivation,
          mistakes: Iterable[Mistake]) -> Grade:
    """Whether `said`, an equation for members of `name`, holds.

    Raises:
        NoAnswer: where it is about another name, or gives a member by itself.
    """
    left = said.member
    if left is None or left.name != name:
        raise NoAnswer("the left side is not what is asked for")
    _refuse_circles(left, said.right, letters)
    claim = Claim("", left, said.right)
    truth = derivative_names(derivation)
    verdict = judge_claim(claim, derivation, truth, [])
    whole = [(p.letter.low, p.letter.high) if p.letter else None for p in left.indices] == [
        (a.low, a.high) for a in letters]
    if verdict.verdict != REFUTED:
        return Grade(verdict, whole=whole)
    readable = decide(derivation.program, truth, left, said.right, cases=1, tries=TRIES)
    known = next((m for m in mistakes if _same(m, claim, derivation)), None)
    return Grade(readable if readable.verdict == REFUTED else verdict, known, whole)


def _refuse_circles(left: Ref, right: Expr, letters: tuple[Letter, ...]) -> None:
    """Other members of a family may stand on the right side, as in a recurrence, where they surely are others."""
    families = [k for k, a in enumerate(letters) if a.family]
    for node in walk(right):
        if isinstance(node, Partial):
            raise NoAnswer("it holds a derivative that is not carried out")
        if isinstance(node, Ref) and node.name == left.name and not any(
                _another(node.indices[k], left.indices[k]) for k in families):
            raise NoAnswer("it gives what is asked for by itself")


def _another(one: Poly, other: Poly) -> bool:
    """Whether two members are surely not the same: t − 1 is not t, and 0 stands for no range of members."""
    gap = one - other
    return bool(gap.terms) and (gap.constant is not None or not one.free)


def _same(mistake: Mistake, claim: Claim, derivation: Derivation) -> bool:
    """Whether an answer says what a mistake says, for the members that the answer is about."""
    assert isinstance(claim.left, Ref)
    if mistake.relation != EQUAL or mistake.left.name != claim.left.name:
        return False
    if any(p.letter is None for p in mistake.left.indices):
        return False
    at = {p.letter: q for p, q in zip(mistake.left.indices, claim.left.indices) if p.letter is not None}
    return prove(replace(claim, left=mistake.wrong.substitute(at)), derivation).verdict == PROVED
