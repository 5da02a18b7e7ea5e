"""`derive grade`: one formula of a student. What is wrong, circular or unreadable is never right."""

from __future__ import annotations

import json

import pytest

from cli.main import main


@pytest.fixture
def grade(capsys):
    def run(answer: str, wanted: str, *more: str) -> tuple[int, str, str]:
        status = main(["grade", answer, "--for", wanted, *more])
        return status, *capsys.readouterr()
    return run


@pytest.mark.parametrize("answer, wanted, mistake", [
    ("Σ_t δ_i^(t) z^(t)ᵀ", "lstm.W_f", ""),
    ("2 Σ_t δ_f^(t) z^(t)ᵀ", "lstm.W_f", ""),
    ("0", "lstm.W_f", ""),
    ("Σ_{t=2}^{T} δ_f^(t) z^(t−1)ᵀ", "lstm.W_f", "shifts the time index"),
    ("∂L/∂c^(t) ⊙ c^(t) ⊙ f^(t) ⊙ (1 − f^(t))", "lstm.delta_f", "the new cell state instead of the old one"),
    ("(1 − f^(t)) ⊙ σ(a_f^(t)) ⊙ c^(t) ⊙ ∂L/∂c^(t)", "lstm.δ_f", "the new cell state instead of the old one"),
    (r"\frac{\partial L}{\partial h^{(t)}} \odot o^{(t)} \odot (1 - \tanh(c^{(t)})^2)", "lstm.∂c",
     "drops the gradient"),
    ("f^(t) ⊙ c^(t−1)", "lstm.c", ""),
    ("σ(z^(t))", "lstm.f", None),
])
def test_what_is_wrong_is_refuted_or_refused(grade, answer, wanted, mistake):
    status, out, err = grade(answer, wanted)
    if mistake is None:
        assert status == 2 and not out and err.count("\n") == 1
        return
    assert status == 1 and out.startswith("✗ refuted: lstm, ") and "counterexample (" in out and "true value" in out
    assert ("a known mistake: " in out) == bool(mistake) and mistake in out


@pytest.mark.parametrize("answer, wanted, why", [
    ("∂L/∂W_f", "lstm.W_f", "by itself"), ("∂L/∂W_f = ∂L/∂W_f", "lstm.W_f", "by itself"),
    ("2 ∂L/∂W_f − ∂L/∂W_f", "lstm.W_f", "by itself"), (r"\frac{\partial L}{\partial W_f}", "lstm.W_f", "by itself"),
    ("((∂L/∂W_f)ᵀ)ᵀ", "lstm.W_f", "by itself"), ("c^(t)", "lstm.c", "by itself"),
    ("Σ_{s=1}^{T} [s = t] δ_f^(s)", "lstm.δ_f", "by itself"), ("δ_f^(t+1−1)", "lstm.δ_f", "by itself"),
    ("δ_i^(t) = ∂L/∂c^(t) ⊙ g^(t) ⊙ i^(t) ⊙ (1 − i^(t))", "lstm.δ_f", "not what is asked for"),
    ("", "lstm.W_f", "cannot be read"), ("Σ_t δ_f^(t", "lstm.W_f", "cannot be read"),
    ("Σ_t z^(t) δ_f^(t)ᵀ", "lstm.W_f", "different shapes"),
    ("Σ_t δ_f^(t) q^(t)ᵀ", "lstm.W_f", "1:13: q is not defined"),
    ("__import__('os').system('x')", "lstm.W_f", "cannot be read"), ("(" * 5_000, "lstm.W_f", "at most 2000"),
    ("lstm" * 10, "lstm.W_f", "not defined"), ("(" * 1_500, "lstm.W_f", "cannot be read"),
    ("9^9^9^9^9", "lstm.W_f", ""),
    ("\x1b[31m", "lstm.W_f", "cannot be read"),
])
def test_no_answer(grade, answer, wanted, why):
    status, out, err = grade(answer, wanted)
    assert status == 2 and not out and err.startswith("derive: ") and err.count("\n") == 1 and why in err
    assert "\x1b" not in err


@pytest.mark.parametrize("wanted, why", [
    ("lstm.Wf", "did you mean W_f"), ("lstm", "name what is asked for"), ("lstn.W_f", "did you mean lstm"),
    ("recurrent.W", "name one of them"), ("lstm.lstm-backward", "name one of them"), ("", "there is no entry"),
    (".", "there is no entry"), ("lstm.", "no gradient"), ("lstm.\x1b[31m", "no gradient"),
])
def test_what_is_asked_for_is_not_there(grade, wanted, why):
    status, out, err = grade("x", wanted)
    assert status == 2 and not out and why in err and err.count("\n") == 1 and "\x1b" not in err


@pytest.mark.parametrize("answer, wanted", [
    ("Σ_t δ_f^(t) z^(t)ᵀ", "lstm.W_f"), ("Σ_t δ_f^(t) [h^(t−1); x^(t)]ᵀ", "lstm:∂L/∂W_f"),
    (r"\sum_{t=1}^{T} \delta_f^{(t)} (z^{(t)})^\top", "lstm:dW_f"),
    ("∂L/∂W_f = Σ_{k=1}^{T} δ_f^(k) z^(k)ᵀ", "lstm.W_f"),
    ("∂L/∂c^(t) ⊙ c^(t−1) ⊙ σ(a_f^(t)) ⊙ (1 − f^(t))", "lstm.delta_f"),
    ("W_{f} z^{(t)} + b_{f}", "lstm.a_f"), ("a_{f}^{(t)} = W_{f} z^{(t)} + b_{f}", "lstm.a_f"),
    ("f^(t) ⊙ c^(t−1) + i^(t) ⊙ g^(t)", "lstm.c"),
    ("[h^(t−1); x^(t)]", "lstm.z"),
])
def test_what_is_right_is_proved(grade, answer, wanted):
    status, out, err = grade(answer, wanted)
    assert status == 0 and out.startswith("✓ proved") and "read as: " in out and not err


def test_a_closed_form_may_speak_of_the_start(grade):
    answer = "(1 − α λ)^t θ^(0) − α Σ_{s=1}^{t} (1 − α λ)^{t−s} u^(s)"
    assert grade(answer, "adamw.θ")[0] == 0
    assert grade(answer.replace("0", "1"), "adamw.θ")[0] == 1
    assert "by itself" in grade("Σ_{s=0}^{T} [s = t] θ^(s)", "adamw.θ")[2]


def test_an_answer_for_some_members_says_so(grade):
    answer = "∂L/∂h^(t) ⊙ o^(t) ⊙ (1 − tanh(c^(t))²) + ∂L/∂c^(t+1) ⊙ f^(t+1)"
    status, out, _ = grade(answer, "lstm.∂c")
    assert status == 0 and "some members only" in out
    assert json.loads(grade(answer, "lstm.∂c", "--json")[1])["whole"] is False


def test_a_minus_sign_is_no_option(grade):
    status, out, _ = grade("-δ_f^(t)", "lstm.δ_i")
    assert status == 1 and "read as: δ_i^(t) = −δ_f^(t)" in out
    assert grade("-\\sum_t \\delta_f^{(t)} (z^{(t)})^\\top", "lstm.W_f")[0] == 1


def test_json(grade):
    status, out, _ = grade("∂L/∂c^(t) ⊙ c^(t) ⊙ f^(t) ⊙ (1 − f^(t))", "lstm.delta_f", "--json")
    found = json.loads(out)
    assert status == 1 and " ".join(found) == ("version entry of answer read verdict by detail whole counterexample "
                                               "mistake")
    assert (found["entry"], found["of"], found["verdict"], found["whole"]) == ("lstm", "δ_f", "refuted", True)
    assert found["mistake"]["en"].startswith("multiplies by the new cell state") and found["counterexample"]["sizes"]
    right = json.loads(grade("Σ_t δ_f^(t)", "lstm.b_f", "--json")[1])
    assert (right["verdict"], right["mistake"], right["counterexample"]) == ("proved", None, None)


def test_in_chinese(grade):
    status, out, _ = grade("Σ_{t=2}^{T} δ_f^(t) z^(t−1)ᵀ", "lstm.W_f", "--lang", "zh")
    assert status == 1 and "常见错误: 时间下标错位" in out and "反例" in out
