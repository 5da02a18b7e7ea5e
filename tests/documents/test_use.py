"""`<!-- derive: use lstm -->`: what it brings in, and that nothing false passes by it."""

from __future__ import annotations

import pytest

from derive import catalogue
from derive.documents.pages.sources import source
from derive.documents.program import used
from derive.documents.program.drawing import Drawing
from verify.documents.judge import Judge


def judged(text: str) -> list:
    judge = Judge(source("page.md", text))
    return [judge.judged(k) for k in range(len(judge.items))]


def verdicts(entry: str, *lines: str) -> list[str]:
    body = "\n".join(lines)
    return [f.verdict for f in judged(f"<!-- derive: use {entry} -->\n\n```\n{body}\n```\n")]


# -- false formulas, first ---------------------------------------------------------------------------------------------
WRONG = {
    "lstm": ["f_t = σ(W_i [h_{t−1}, x_t] + b_f)", "c_t = f_t ⊙ c_{t−1} − i_t ⊙ g_t",
             "∂L/∂c_T = ∂L/∂h_T ⊙ o_T ⊙ (1 − c_T²)", "∂L/∂f_t = ∂L/∂c_t ⊙ c_t"],
    "softmax_cross_entropy": ["∂L/∂z = y − p", "∂L/∂z = p − y ⊙ p"],
    "adam": ["m̂_t = m_t/(1 − β_1)", "θ_t = θ_{t−1} − α (m̂_t ⊘ √(v̂_t + ε))", "m_1 = g_1"],
    "ridge": ["∂L/∂w = 2 Xᵀ r", "∂L/∂w = Xᵀ r + λ w"],
    "rnn": ["h_t = tanh(W_hh h_t + W_xh x_t + b_h)"],
    "elastic_net": ["∂L/∂λ_2 = λ_2 ‖w‖²"],
}
RIGHT = {
    "lstm": ["f_t = σ(W_f [h_{t−1}, x_t] + b_f)", "c_t = i_t ⊙ g_t + f_t ⊙ c_{t−1}",
             "∂L/∂c_T = ∂L/∂h_T ⊙ o_T ⊙ (1 − tanh(c_T)²)", "∂L/∂f_t = ∂L/∂c_t ⊙ c_{t−1}"],
    "softmax_cross_entropy": ["∂L/∂z = p − y"],
    "adam": ["m̂_t = m_t/(1 − β_1^t)", "m_1 = (1 − β_1) g_1", "m_t = β_1 m_{t−1} + (1 − β_1) g_t"],
    "ridge": ["∂L/∂w = 2 Xᵀ r + 2 λ w"],
    "rnn": ["h_t = tanh(W_hh h_{t−1} + W_xh x_t + b_h)"],
    "elastic_net": ["∂L/∂λ_2 = ‖w‖²"],
}


@pytest.mark.parametrize("entry", WRONG)
def test_a_false_formula_never_passes_and_a_true_one_is_shown(entry):
    found = verdicts(entry, *WRONG[entry], *RIGHT[entry])
    assert found[:len(WRONG[entry])] == ["refuted"] * len(WRONG[entry])
    assert set(found[len(WRONG[entry]):]) <= {"proved", "verified"}


def test_without_it_nothing_is_known():
    found = judged("$∂L/∂c_T = ∂L/∂h_T ⊙ o_T ⊙ (1 − tanh(c_T)²)$\n")
    assert [f.verdict for f in found] == ["unsupported"]


def test_what_stands_before_it_does_not_see_it():
    found = judged("$q_t = tanh(c_t)$\n\n# Later\n\n<!-- derive: use lstm -->\n\n$h_t = o_t ⊙ tanh(c_t)$\n")
    assert [f.verdict for f in found] == ["defined", "proved"]


def test_it_says_nothing_of_its_own():
    """What is brought in is no statement of the page."""
    assert judged("<!-- derive: use lstm -->\n") == []


def test_time_stands_where_the_page_has_it():
    found = judged("<!-- derive: use lstm -->\n\n$$h^{(t)} = o^{(t)} \\odot \\tanh(c^{(t)})$$\n\n"
                   "$$\\frac{\\partial L}{\\partial a_f^{(t)}} = \\frac{\\partial L}{\\partial f^{(t)}} \\odot f^{(t)} "
                   "\\odot (1 - f^{(t)})$$\n")
    assert [f.verdict for f in found] == ["proved", "proved"]


def test_a_number_at_a_name_makes_another_name():
    """m = … defines m where m_1 stands above: it is no claim, and what rests on it is not refuted."""
    found = judged("```\nx ∈ ℝ^n, a ∈ ℝ, m ∈ ℝ, m_1 ∈ ℝ\nμ = (𝟏ᵀ x)/n\nv = ‖x − μ 𝟏‖²/n\nm_1 = ‖x‖²/n\n"
                   "z = a x\nm = (𝟏ᵀ z)/n\nw = ‖z − m 𝟏‖²/n\nw = a² v\n```\n")
    assert [f.verdict for f in found[-3:]] == ["defined", "defined", "proved"]


# -- what cannot be used -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name, told", [
    ("lstmm", "the catalogue has no entry 'lstmm'; nearest: lstm"),
    ("LSTM", "lstm"),
    ("", "the catalogue has no entry ''"),
    ("../../etc/passwd", "has no entry"),
    ("lstm; import os", "has no entry"),
    ("conv2d", "conv2d cannot be written on a page: "),
    ("x" * 100_000, "such a long name"),
    ("he", "he speaks of random quantities, which cannot be brought into a page yet"),
    ("mlp", "mlp speaks of arbitrary functions"),
    ("cross_entropy_labels", "class labels"),
])
def test_what_cannot_be_used_is_told(name, told):
    (found,) = judged(f"<!-- derive: use {name} -->\n")
    assert found.verdict == "unsupported" and told in found.detail


def test_the_number_of_entries_is_bounded():
    found = judged("<!-- derive: use ridge -->\n" * (used.MOST_USED + 2))
    assert [f.detail for f in found] == [f"a page uses {used.MOST_USED} entries at most"] * 2


def test_a_text_that_means_something_else_is_not_brought_in(monkeypatch):
    """The text is read back and held against the entry."""
    draw = Drawing.equation
    monkeypatch.setattr(Drawing, "equation", lambda *a: draw(*a).replace("+", "−"))
    (found,) = judged("<!-- derive: use ridge -->\n")
    assert found.verdict == "unsupported" and "would mean something else there" in found.detail


def test_a_declaration_that_is_left_out_is_noticed(monkeypatch):
    declared = Drawing.declared
    monkeypatch.setattr(Drawing, "declared", lambda self, v: [x for x in declared(self, v) if ">" not in x])
    (found,) = judged("<!-- derive: use ridge -->\n")
    assert found.verdict == "unsupported" and "would mean something else there" in found.detail


def test_most_entries_can_be_used():
    sample = catalogue.names()[::6]
    able = 0
    for name in sample:
        (statement,) = used.brought_in(source("a.md", f"<!-- derive: use {name} -->").places and _stream(name), "")
        able += not statement.problem
    assert able > len(sample) // 2


def _stream(name: str) -> list:
    from derive.documents.lines.statement_reader import statements

    return statements(source("a.md", f"<!-- derive: use {name} -->").places).every
