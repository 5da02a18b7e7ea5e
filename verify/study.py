"""A study of one entry: the derivation with every step checked, the claims proved, the mistakes refuted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.claims import EQUAL
from derive.derivation import Derivation, Derivative
from derive.entry import Claim, Entry, Mistake, Page
from derive.expression import Ref, letters_of
from derive.program import Equation
from verify.assumptions import assumptions
from verify.evaluator import Meant, Second, Total
from verify.exact import decide
from verify.proof import lemma, prove
from verify.steps import Checker
from verify.verdict import PROVED, REFUTED, Verdict

TRIES = 6                   # a clipped loss or a temperature of 1 hides a mistake from single inputs


@dataclass
class Study:
    """Everything symbolic about an entry, judged. Numbers from torch and JAX are kept apart: see `verify.numeric`."""

    entry: Entry
    page: Page
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


def study(entry: Entry) -> Study:
    """Derive, check, prove and refute. No floating-point numbers, no torch, no JAX."""
    page = entry.page()
    derivation = Checker(page.derive()).judge()
    truth = derivative_names(derivation)
    claims = _judged(page.claims, derivation, truth)
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


def _judged(claims: list[Claim], derivation: Derivation, truth: dict[str, Meant]) -> list[tuple[Claim, Verdict]]:
    """Each claim with its verdict; what is proved may be used by the claims after it."""
    found: list[tuple[Claim, Verdict]] = []
    lemmas: list[Equation] = []
    for claim in claims:
        verdict = judge_claim(claim, derivation, truth, lemmas)
        found.append((claim, verdict))
        known = lemma(claim) if verdict.verdict == PROVED else None
        lemmas += [known] if known is not None else []
    return found


def judge_claim(claim: Claim, derivation: Derivation, truth: dict[str, Meant], lemmas: list[Equation]) -> Verdict:
    """A proof if there is one, by induction where the claim does not say how; otherwise exact arithmetic, which may
    refute."""
    proof = prove(claim, derivation, lemmas)
    if not proof.passed and claim.by == "normal form" and claim.relation == EQUAL and isinstance(claim.left, Ref):
        for letter in letters_of(claim.left):
            if letter.family and not proof.passed:
                proof = prove(replace(claim, by=f"induction on {letter.name}"), derivation)
    return proof if proof.passed else decide(derivation.program, truth, claim.left, claim.right,
                                             relation=claim.relation)


def second_road(claim: Claim, derivation: Derivation, cases: int = 3) -> Verdict:
    """The same claim by exact arithmetic alone, with derivatives by forward mode: shares no code with the proof."""
    return decide(derivation.program, derivative_names(derivation), claim.left, claim.right,
                  relation=claim.relation, cases=cases)
