"""Claims of strangers: refuted before any long search for a proof, and never proved by a derivation that is not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from derive import catalogue
from derive.claims import Claim
from derive.documents import read_document
from derive.stated import Entry, StatedPage
from verify import study as studies
from verify.documents.judge import findings
from verify.study import study

NAMES = ("batch_norm", "lstm", "softmax_cross_entropy", "attention")


@dataclass
class Given(Entry):
    """An entry with a page that is there already."""

    written: StatedPage | None = None

    def page(self) -> StatedPage:
        assert self.written is not None
        return self.written


def given(page: StatedPage) -> Given:
    return Given("page", {}, "", "", {}, lambda _: None, written=page)


@pytest.mark.parametrize("name", NAMES)
def test_the_mistakes_of_an_entry_are_refuted_as_claims_and_no_proof_is_looked_for(name, monkeypatch):
    page = catalogue.load(name).page()
    page.claims = [Claim(m.fact or "", m.left, m.wrong) for m in page.mistakes if m.relation == "="]
    monkeypatch.setattr(studies, "prove", lambda *_: pytest.fail("a long search"))
    found = study(given(page), doubtful=True)
    assert found.claims and {v.verdict for _, v in found.claims} == {"refuted"}
    assert all(v.counterexample is not None for _, v in found.claims)


@pytest.mark.parametrize("name", NAMES)
def test_what_holds_is_proved_all_the_same(name):
    found = study(catalogue.load(name), doubtful=True)
    assert found.passed and {v.verdict for _, v in found.claims} == {"proved"}


@dataclass
class Damaged(StatedPage):
    """A page whose engine errs: every derivative is twice what it is."""

    def derive(self):
        derivation = super().derive()
        for d in derivation.derivatives:
            d.equation = replace(d.equation, body=d.equation.body * 2)
        return derivation


def test_a_derivation_with_a_step_that_is_not_proved_proves_nothing():
    text = "$x ∈ ℝ^n$, $L = ½‖x‖²$\n\n$$∂L/∂x = {}$$\n"
    for right, verdict in (("2 x", "refuted"), ("x", "verified")):
        page = read_document(text.format(right), "page").entry.page()
        damaged = Damaged(**{f: getattr(page, f) for f in StatedPage.__dataclass_fields__})
        ((_, found),) = study(given(damaged), doubtful=True).claims
        assert found.verdict == verdict
        ((_, found),) = study(given(page), doubtful=True).claims
        assert (found.verdict == "proved") == (verdict == "verified")


MEAN = "$m_0 = 0$\n\n$$m_t = β m_{t-1} + (1 - β) g_t$$\n\n$$∂m_t/∂g_i = %s \\quad (i ≤ t)$$\n"


@pytest.mark.parametrize(("right", "verdicts"), [
    ("(1 - β) β^{t-i}", {"proved", "verified"}), ("(1 - β) β^{t-i+1}", {"refuted"}), ("β^{t-i}", {"refuted"})])
def test_a_total_derivative_is_one_by_what_comes_before(right, verdicts):
    assert {f.verdict for f in findings(MEAN % right) if f.kind == "claim"} <= verdicts
    assert any(f.kind == "claim" for f in findings(MEAN % right))
