"""What the catalogue knows of a formula that looks like one of its own: a guess, and never more."""

from __future__ import annotations

import random
import time

import pytest

from derive import catalogue
from derive.documents.pages.sources import source
from derive.recognition import forms, table as kept
from derive.recognition.forms import Form, name, number
from derive.recognition.matching import matched, nearly
from verify.documents.judge import Judge
from verify.documents.recognition import Recognition

MOST_CHANGED = 15           # entries: reading one takes 0.1 s


def recognised(text: str) -> list:
    """What each formula of a page looks like."""
    judge = Judge(source("page.md", text))
    return [judge.recognition.of(i) for i in judge.items]


def page(*formulas: str, heading: str = "") -> str:
    return (f"# {heading}\n\n" if heading else "") + "\n\n".join(f"$${f}$$" for f in formulas) + "\n"


LSTM = (r"f_t = \sigma(W_f [h_{t-1}, x_t] + b_f)", r"i_t = \sigma(W_i [h_{t-1}, x_t] + b_i)",
        r"o_t = \sigma(W_o [h_{t-1}, x_t] + b_o)", r"g_t = \tanh(W_g [h_{t-1}, x_t] + b_g)",
        r"c_t = f_t \odot c_{t-1} + i_t \odot g_t", r"h_t = o_t \odot \tanh(c_t)")


# -- what is not recognised, first -------------------------------------------------------------------------------------
@pytest.mark.parametrize("formula", [
    "y = W x + b", "x = y z", "E = m c^2", "V = I R", "a = b + c", "y = x^2", "p = n k T", "s = a/b", "y = f(x)",
    r"y = \sigma(x)", r"y = \sigma(w x + b)", r"A = \pi r^2", r"\mu = \frac{1}{n} \sum_i x_i", "x = a e^{-k t}",
    r"s = \frac{1}{n} \sum_i (x_i - \mu)^2", r"c = \sqrt{a^2 + b^2}", "a_n = a_{n-1} + d", "x_t = a x_{t-1}",
    r"\frac{dy}{dx} = a (1 - y^2)", r"\frac{\partial L}{\partial x} = y (1 - y)",
])
def test_what_says_too_little_is_not_recognised(formula):
    assert recognised(page(formula)) == [None]


CHANGES = [
    (0, r"\sigma", r"\tanh", "another function"), (0, "+ b_f", "- b_f", "sign"), (0, "+ b_f", "", "a summand left out"),
    (3, r"\tanh", r"\sigma", "another function"), (4, "c_{t-1}", "c_t", "an index shifted"), (4, "+ i", "- i", "sign"),
    (4, r"i_t \odot g_t", r"i_t \odot f_t", "another operand"), (4, r"i_t \odot g_t", "g_t", "a factor left out"),
    (0, "h_{t-1}", "h_{t+1}", "an index shifted"),
]


@pytest.mark.parametrize("k, old, new, way", CHANGES)
@pytest.mark.parametrize("heading", ["", "LSTM"])
def test_a_formula_that_differs_is_never_taken_for_the_same(k, old, new, way, heading):
    lines = list(LSTM)
    lines[k] = lines[k].replace(old, new, 1)
    found = recognised(page(*lines, heading=heading))[k]
    if found is not None:
        assert found.entry == "lstm" and found.difference and found.difference["way"] == way


def test_one_small_difference_is_told():
    lines = [*LSTM[:4], r"c_t = f_t \odot c_{t-1} - i_t \odot g_t", LSTM[5]]
    found = recognised(page(*lines, heading="LSTM"))[4]
    assert (found.entry, found.formula, found.difference["way"]) == ("lstm", "c", "sign")


def test_two_differences_are_too_many():
    lines = [*LSTM[:4], r"c_t = f_t \odot c_t - i_t \odot g_t", LSTM[5]]
    assert recognised(page(*lines, heading="LSTM"))[4] is None


# -- what is recognised ------------------------------------------------------------------------------------------------
def test_a_page_about_one_entry():
    found = recognised(page(*LSTM))
    assert [(f.entry, f.formula, f.difference) for f in found] == [("lstm", x, {}) for x in "fiogch"]


def test_names_orders_and_conventions_do_not_matter():
    """The LSTM of another book: row vectors, other names, its matrices apart."""
    found = recognised(page(
        r"\mathbf{F}_t = \sigma(\mathbf{X}_t \mathbf{W}_{xf} + \mathbf{H}_{t-1} \mathbf{W}_{hf} + \mathbf{b}_f)",
        r"\mathbf{I}_t = \sigma(\mathbf{b}_i + \mathbf{X}_t \mathbf{W}_{xi} + \mathbf{H}_{t-1} \mathbf{W}_{hi})",
        r"\mathbf{C}_t = \mathbf{I}_t \odot \tilde{\mathbf{C}}_t + \mathbf{F}_t \odot \mathbf{C}_{t-1}"))
    assert [(f.entry, f.formula) for f in found] == [("lstm", x) for x in "fic"]
    assert found[2].renaming == {"C": "c", "I": "i", "C̃": "g", "F": "f"}


@pytest.mark.parametrize("formula, entry, of", [
    (r"\hat m_t = m_t / (1 - \beta_1^t)", "adam", "m̂"),
    (r"m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t", "adam", "m"),
    (r"g = \log \sum_i e^{x_i}", "logsumexp", "A"),
    (r"s_t = s_{t-1} + g_t^2", "adagrad", "G"),
    (r"L = -\sum_k y_k \log p_k", "softmax_cross_entropy", "loss"),
    (r"\delta^{(l)} = (W^{(l+1)})^\top \delta^{(l+1)} \odot \sigma'(z^{(l)})", "mlp", "δ"),
])
def test_single_formulas(formula, entry, of):
    (found,) = recognised(page(formula))
    assert (found.entry, found.formula, found.difference) == (entry, of, {})


def test_an_update_is_a_step_of_gradient_descent():
    step = r"\theta \leftarrow \theta - \alpha \nabla_\theta J(\theta)"
    assert recognised(page(step, heading="Gradient descent"))[0].entry == "gradient_descent"
    assert recognised(page(step.replace("-", "+"))) == [None]


def test_a_gradient_somewhere_else_is_another_one():
    """Nesterov's look ahead is no momentum."""
    assert recognised(page(r"v_t = \beta v_{t-1} + \alpha \nabla_\theta J(\theta - \beta v_{t-1})")) == [None]


def test_a_heading_orders_the_candidates():
    mean, spread = r"\mu = \frac{1}{n} \sum_i x_i", r"v = \frac{1}{n} \sum_i (x_i - \mu)^2"
    for heading, entry in (("Batch normalization", "batch_norm"), ("层归一化", "layer_norm")):
        assert {f.entry for f in recognised(page(mean, spread, heading=heading))} == {entry}
    assert recognised(page(mean, spread)) == [None, None]


# -- it decides nothing ------------------------------------------------------------------------------------------------
def test_verdicts_are_what_they_are_without_it(monkeypatch):
    text = page(*LSTM, r"\frac{\partial L}{\partial c_t} = \frac{\partial L}{\partial h_t} \odot o_t", r"c_t = f_t")
    with_it = [f.verdict for f in _judged(text)]
    monkeypatch.setattr(Recognition, "of", lambda *_: None)
    monkeypatch.setattr(Recognition, "mistake", lambda *_: None)
    assert [f.verdict for f in _judged(text)] == with_it


def test_what_has_a_verdict_gets_no_guess():
    text = "$$p = \\sigma(z)$$\n\n$$p = \\frac{1}{1 + e^{-z}}$$\n\n$$p = 1 + e^{-z}$$\n"
    assert [(f.verdict, f.recognised) for f in _judged(text)][1:] == [("proved", None), ("refuted", None)]


def test_a_guess_says_that_it_is_one():
    found = _judged(page(*LSTM))[0].recognised
    assert found["guess"] is True and found["title"]["zh"] == "长短期记忆网络：遗忘门"


def _judged(text: str) -> list:
    judge = Judge(source("page.md", text))
    return [judge.judged(k) for k in range(len(judge.items))]


# -- known mistakes ----------------------------------------------------------------------------------------------------
def test_a_known_mistake_explains_a_refutation():
    found = _judged("<!-- derive: use softmax_cross_entropy -->\n\n$$\\frac{\\partial L}{\\partial z} = y - p$$\n\n"
                    "$$\\frac{\\partial L}{\\partial z} = p - y$$\n\n$$\\frac{\\partial L}{\\partial z} = p + y$$\n")
    assert [f.verdict for f in found] == ["refuted", "proved", "refuted"]
    assert found[0].mistake == {"en": "turns the sign round", "zh": "符号反了"}
    assert found[1].mistake is None and found[2].mistake is None


def test_a_mistake_of_another_entry_explains_nothing():
    found = _judged("$z ∈ ℝ^n$, $y ∈ ℝ^n$\n\n$p = z + y$\n\n$L = p^\\top p$\n\n"
                    "$$\\frac{\\partial L}{\\partial z} = y - p$$\n")[-1]
    assert found.verdict == "refuted" and found.mistake is None


# -- forms -------------------------------------------------------------------------------------------------------------
def _shuffled(form: Form, rng: random.Random, names: dict[str, str]) -> Form:
    if form.kind == forms.NAME:
        return form.called(names.setdefault(form.data, f"{form.data[:1] if form.data[0] == '∂' else ''}q{len(names)}"),
                           form.shift)
    parts = [_shuffled(p, rng, names) for p in form.parts]
    if form.kind in (forms.SUM, forms.PRODUCT, forms.STACK):
        rng.shuffle(parts)
    return form.with_parts(tuple(parts))


def test_every_form_is_known_under_other_names_and_in_another_order():
    rng = random.Random(7)
    rows = [r for rows in kept.table().by_entry.values() for r in rows]
    for row in rng.sample(rows, 300):
        names: dict[str, str] = {}
        other = _shuffled(row.form, rng, names)
        assert other.key == row.form.key
        if not any("/" in n for n in names):
            assert matched(other, row.form) is not None or len(names) > 7, row.form


def test_a_renaming_is_one_to_one():
    one = Form(forms.EQUATION, "", (name("y"), forms.product([name("a"), forms.call("exp", [name("b")])])))
    other = Form(forms.EQUATION, "", (name("y"), forms.product([name("a"), forms.call("exp", [name("a")])])))
    assert one.key == other.key
    assert matched(one, other) is None and matched(other, one) is None
    assert nearly(other, one).way == "another operand" and nearly(one, other) is None


@pytest.mark.parametrize("one, other", [
    (forms.product([number(2), number(3)]), number(6)),
    (forms.power(forms.power(name("x"), number(2)), number(3)), forms.power(name("x"), number(6))),
    (forms.product([name("x"), name("x")]), forms.power(name("x"), number(2))),
    (forms.negative(forms.total([name("a"), forms.negative(name("b"))])),
     forms.total([name("b"), forms.negative(name("a"))])),
    (forms.call("max", [number(0), name("x")]), forms.call("relu", [name("x")])),
    (forms.product([forms.call("exp", [name("z")]), forms.power(forms.big_sum(forms.call("exp", [name("z")])),
                                                                forms.MINUS)]), forms.call("softmax", [name("z")])),
])
def test_one_form_for_what_is_the_same(one, other):
    assert forms.same(one) == forms.same(other)


def test_forms_go_to_json_and_back():
    for rows in list(kept.table().by_entry.values())[::9]:
        for row in rows[:5]:
            assert forms.same(forms.decoded(forms.encoded(row.form))) == forms.same(row.form)


# -- the table ---------------------------------------------------------------------------------------------------------
def test_the_file_is_up_to_date():
    """What it says of an entry that has not changed since is what the entry says. `python -m derive.recognition.table`
    writes it; a few entries may have changed, which are read when they are needed."""
    with open(kept.FILE, encoding="utf-8") as file:
        lines = {line.split('"', 2)[1]: line for line in file}
    digests = {head.name: kept.digest_of(open(head.path, "rb").read()) for head in catalogue.heads()}
    known = sorted(n for n, digest in digests.items() if digest in lines)
    assert len(digests) - len(known) <= MOST_CHANGED, "run python -m derive.recognition.table"
    sample = set(random.Random(time.strftime("%j")).sample(known, 12))
    assert list(kept.lines(sample)) == [lines[digests[n]] for n in sorted(sample)]


def test_an_entry_that_has_changed_is_read_anew(tmp_path, monkeypatch):
    with open(kept.FILE, encoding="utf-8") as file:
        lines = [line for line in file if '"lstm"' not in line.split("{", 1)[0]]
    (tmp_path / "forms.json").write_text("".join(lines) + '["0", "lstm", {}, {}, []]\nno json', encoding="utf-8")
    before = [r.key for r in kept.table().by_entry["lstm"]]
    kept.table.cache_clear()
    path = catalogue.find("lstm").path
    try:
        monkeypatch.setattr(kept, "FILE", str(tmp_path / "forms.json"))
        monkeypatch.setattr(catalogue, "files", lambda folder: [path])
        assert [r.key for r in kept.table().by_entry["lstm"]] == before
    finally:
        kept.table.cache_clear()


# -- hostile pages -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("formula", [
    "y = " + " + ".join(f"x_{k} z_{k}" for k in range(60)),
    "y = " + " ".join("abcdefgh"[k % 8] for k in range(100)),
    "y = " + "\\sigma(" * 40 + "x" + ")" * 40,
    "y = " + " + ".join(r"\tanh(a b c d e f)" for _ in range(20)),
    "y = x" + "^{2" * 30 + "}" * 30, "y = 2^{99999999999}", "y = x^{1/0}", "y = (1/0) x", "x_{t-99999999} = x_t",
])
def test_large_formulas_stay_bounded(formula):
    judge = Judge(source("page.md", page(*LSTM[:2], formula, heading="LSTM")))
    begin = time.process_time()
    assert judge.recognition.of(judge.items[-1]) is None
    assert time.process_time() - begin < 3


@pytest.mark.parametrize("text", ["# " + " #" * 200_000 + "x", "*" + "a*" * 200_000, "**" + " " * 400_000 + "**",
                                  "<!-- derive: use lstm -->\n$x^" + " " * 400_000 + "(t)$", "#\n" * 200_000])
def test_headings_of_any_length_stay_bounded(text):
    judge = Judge(source("page.md", f"{text}\n\n{page(*LSTM)}"))
    begin = time.process_time()
    assert judge.recognition.of(judge.items[-1]).formula == "h"
    assert time.process_time() - begin < 3


def test_many_formulas_stay_bounded():
    judge = Judge(source("page.md", page(*(LSTM * 60)[:350], heading="LSTM")))
    begin = time.process_time()
    for item in judge.items:
        judge.recognition.of(item)
    assert time.process_time() - begin < 6
