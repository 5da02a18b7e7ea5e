"""A study of one entry: the derivation with every step checked, the claims proved, the mistakes refuted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.claims import EQUAL, Claim, Mistake
from derive.derivation import Condition, Derivation, Derivative
from derive.expression import Ref, letters_of
from derive.program import Equation, Program
from derive.stated import Entry, StatedPage
from verify.assumptions import assumptions
from verify.evaluator import Meant, Second, Total
from verify.exact import decide
from verify.proof import is_about_moments, lemma, prove, prove_at_once
from verify.steps import Checker
from verify.verdict import PROVED, REFUTED, Verdict

TRIES = 6                   # a clipped loss or a temperature of 1 hides a mistake from single inputs


@dataclass
class Study:
    """Everything symbolic about an entry, judged. Numbers from torch and JAX are kept apart: see `verify.numeric`."""

    entry: Entry
    page: StatedPage
    derivation: Derivation
    claims: list[tuple[Claim, Verdict]]
    mistakes: list[tuple[Mistake, Verdict]]
    assumptions: list[str]

    @property
    def passed(self) -> bool:
        """Every step proved, every claim shown, every mistake refuted."""
        steps = [s for d in self.derivation.derivatives for s in d.steps]
        return (bool(steps or self.claims) and all(s.verdict == "proved" for s in steps)
                and all(v.passed for _, v in self.claims) and all(v.verdict == REFUTED for _, v in self.mistakes))


def study(entry: Entry, doubtful: bool = False) -> Study:
    """Derive, check, prove and refute. No floating-point numbers, no torch, no JAX.

    Claims that are `doubtful` are refuted before any long search for a proof, and where none is proved no step is
    checked: exact arithmetic rests on none.
    """
    page = entry.page()
    derivation = page.derive() if doubtful else Checker(page.derive()).judge()
    truth = derivative_names(derivation)
    claims = _judged(page.claims, derivation, truth, doubtful)
    if doubtful and any(v.verdict == PROVED for _, v in claims) and not _checked(derivation):
        claims = [(c, by_arithmetic(c, derivation, truth)) for c, _ in claims]
    mistakes = [(m, decide(page.program, truth, m.left, m.wrong, relation=m.relation, cases=1, tries=TRIES))
                for m in page.mistakes]
    return Study(entry, page, derivation, claims, mistakes, assumptions(page))


def derivative_names(derivation: Derivation) -> dict[str, Meant]:
    """What each derivative's name means: a name, a pair for a Jacobian, a total or a second derivative, or a moment."""
    gradients = {d.name: d.of for d in derivation.derivatives if d.value is None}
    return {d.name: _meant(d, gradients) for d in derivation.derivatives}


def _meant(d: Derivative, gradients: dict[str, str]) -> Meant:
    if d.moment is not None:
        return d.moment
    if d.total and d.value in gradients:
        return Second(gradients[d.value], d.of)
    return d.of if d.value is None else Total(d.value, d.of) if d.total else (d.value, d.of)


def _checked(derivation: Derivation) -> bool:
    """Whether every step of a derivation is proved."""
    Checker(derivation).judge()
    return all(s.verdict == PROVED for d in derivation.derivatives for s in d.steps)


def _judged(claims: list[Claim], derivation: Derivation, truth: dict[str, Meant],
            doubtful: bool) -> list[tuple[Claim, Verdict]]:
    """Each claim with its verdict; what is proved may be used by the claims after it."""
    found: list[tuple[Claim, Verdict]] = []
    lemmas: list[Equation] = []
    for claim in claims:
        verdict = judge_claim(claim, derivation, truth, lemmas, doubtful)
        found.append((claim, verdict))
        known = lemma(claim) if verdict.verdict == PROVED else None
        lemmas += [known] if known is not None else []
    return found


def judge_claim(claim: Claim, derivation: Derivation, truth: dict[str, Meant], lemmas: list[Equation],
                doubtful: bool = False) -> Verdict:
    """A proof if there is one, by induction where the claim does not say how; otherwise exact arithmetic, which may
    refute: before the long proofs are tried where the claim is `doubtful`."""
    decided = None
    if doubtful and claim.relation == EQUAL and not is_about_moments(claim):
        proof = prove_at_once(claim, derivation)
        decided = proof or by_arithmetic(claim, derivation, truth)
        if proof is not None or decided.verdict == REFUTED:
            return decided
    proof = prove(claim, derivation, lemmas)
    if not proof.passed and claim.by == "normal form" and claim.relation == EQUAL and isinstance(claim.left, Ref):
        for letter in letters_of(claim.left):
            if letter.family and not proof.passed:
                proof = prove(replace(claim, by=f"induction on {letter.name}"), derivation)
    return proof if proof.passed else decided or by_arithmetic(claim, derivation, truth)


def by_arithmetic(claim: Claim, derivation: Derivation, truth: dict[str, Meant], program: Program | None = None,
                  seed: int = 0, again: bool = False) -> Verdict:
    """A claim by exact arithmetic alone, about the members that it is about; with other draws (`again`, after the usual
    ones), or in a `program` of which more is assumed."""
    return decide(program or derivation.program, truth, claim.left, claim.right, relation=claim.relation,
                  domain=_existing(claim, derivation), seed=seed, again=again)


def _existing(claim: Claim, derivation: Derivation) -> list[Condition]:
    """The members that a claim about a total derivative is about: ∂h_t/∂h_k is one for k ≤ t."""
    left = claim.left
    total = next((d for d in derivation.derivatives if d.total and isinstance(left, Ref) and d.name == left.name), None)
    if total is None:
        return []
    assert isinstance(left, Ref)
    at = dict(zip(total.equation.letters, left.indices))
    return [Condition(p.letter, a.low.substitute(at), a.high.substitute(at)) for a, p in at.items() if p.letter]


def second_road(claim: Claim, derivation: Derivation, cases: int = 3) -> Verdict:
    """The same claim by exact arithmetic alone, with derivatives by forward mode: shares no code with the proof."""
    return decide(derivation.program, derivative_names(derivation), claim.left, claim.right,
                  relation=claim.relation, cases=cases)
