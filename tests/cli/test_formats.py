"""Each format prints every part, and reads no markup in it."""

from __future__ import annotations

import re

import pytest

from cli.page import Options, numeric_blocks, symbolic_blocks
from cli.render_latex import LatexRenderer, escape as escape_latex
from cli.render_markdown import MarkdownRenderer, escape as escape_markdown
from cli.render_text import TextRenderer
from cli.wrap import display_width
from tests.cli.documents import check, document, observation, with_numbers


def printed(renderer, options=None, made=None) -> str:
    options, made = options or Options(show=True), made or with_numbers(check())
    blocks = [*symbolic_blocks(made, options), *numeric_blocks(made, options)]
    return renderer.start() + "".join(map(renderer.render, blocks)) + renderer.finish()


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def text() -> str:
    return flat(printed(TextRenderer()))


def test_show_prints_every_part(text):
    for part in ("A *sample* of [h, x]", "Nobody & Co_2026, 50%", "z^(t) = [h^(t−1), x^(t)] (t = 1…T)", "x^(t) (D)",
                 "v: the gradient that comes from outside at h", "1. chain rule", "uses a_f, tanh' = 1 − tanh²",
                 "∂L/∂W_f = Σ_t δ_f^(t) [h, x]ᵀ", "by normal form; uses z", "∂L/∂W_f = 0 ✓ refuted", "forgets <script>",
                 "counterexample (T = 1): h[0] = [1/2, -3]. delta_f[1]: true value 0.25, wrong value 0.5",
                 "torch stacks i_f [bold]", "Σ y = 1", "2/2 steps proved, 1/1 closed forms shown, 1/1 mistakes refuted",
                 "sympy 1.14.0", "against torch.nn.LSTM", "2.5e-16", "sizes: T = 5, H = 3. seeds: 0", "torch 2.13.0",
                 "cpu", "float64", "2026-01-02T03:05:00Z"):
        assert part in text, part


def test_nothing_is_read_as_markup(text):
    assert "[bold]0[/bold]" in text and "[h, x]" in text


def test_without_show_there_are_results_and_a_verdict_and_no_steps():
    shown = printed(TextRenderer(), Options())
    assert "Gradients" in shown and "Verdict" in shown
    assert "chain rule" not in shown and "Common mistakes" not in shown and "Forward" not in shown


def test_only_leaves_out_what_is_about_other_gradients():
    made = document()
    made["derivatives"].append({**made["derivatives"][0], "name": "∂b", "label": ["∂L/∂b", "b"]})
    made["claims"].append({**made["claims"][0], "of": "∂b"})
    shown = printed(TextRenderer(), Options(show=True, only="∂W_f"), made)
    assert "∂L/∂b" not in shown and shown.count("by normal form") == 1


def test_the_words_are_chinese_and_the_formulas_are_the_same():
    shown = printed(TextRenderer(language="zh"), Options(language="zh", show=True))
    for part in ("样例", "前向计算", "逐步推导", "链式法则", "常见错误", "忘了", "约定", "假设", "结论", "已证明",
                 "[h, x]ᵀ"):
        assert part in shown, part
    assert not re.search(r"\b(proved|refuted|steps|sizes|Verdict)\b", shown)


def test_the_index_notation_is_printed_on_request():
    assert "∂L/∂W_f[r] = Σ_t" in printed(TextRenderer(), Options(notation="index"))


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_lines_fit_the_terminal(width, language):
    shown = printed(TextRenderer(width=width, language=language), Options(language=language, show=True))
    assert max(map(display_width, shown.splitlines())) <= width


def test_colours_change_nothing_but_colours():
    coloured = printed(TextRenderer(colour=True))
    assert "\033[" in coloured
    assert re.sub(r"\033\[[0-9;]*m", "", coloured) == printed(TextRenderer())


def test_a_failure_is_said_and_where():
    made = with_numbers(check(), check(passed=False, max_relative_error=float("nan"), fact="sample-backward"))
    shown = flat(printed(TextRenderer(), made=made))
    assert "Numeric, torch, cpu, float64: FAILED" in shown and "sample-backward" in shown and "nan" in shown


@pytest.mark.parametrize(("language", "seen", "feared"), [
    ("en", "seen, torch.optim.SGD: The loss rises <b>: 2 > 1", "expected by mistake, and not seen, torch.optim.SGD"),
    ("zh", "观察到, torch.optim.SGD: 损失上升: 2 > 1", "被误以为会出现，并未观察到, torch.optim.SGD")])
def test_what_was_seen_is_said_once_and_what_was_not(language, seen, feared):
    made = with_numbers(observation(), {**observation(), "seed": 1}, observation(wrong=True, holds=False, en="", zh=""))
    shown = flat(printed(TextRenderer(width=200, language=language), Options(language=language, show=True), made))
    assert shown.count(seen) == 1 and feared in shown


def test_an_expectation_that_fails_is_said():
    made = with_numbers(observation(), {**observation(holds=False), "passed": False})
    shown = flat(printed(TextRenderer(), made=made))
    assert "seen, torch.optim.SGD: The loss rises <b>: 2 > 1 (FAILED)" in shown and "1 observations" not in shown


def test_a_fact_that_is_false_as_stated_says_so():
    made = document()
    made["mistakes"][0]["fact"] = "sample-backward"
    assert "false as it is commonly stated: forgets <script>" in flat(printed(TextRenderer(), made=made))
    made["mistakes"][0]["of"] = "elsewhere"
    for show in (False, True):
        shown = flat(printed(TextRenderer(), Options(show=show, fact="sample-backward"), made))
        assert "forgets <script>" in shown
    assert "forgets <script>" not in flat(printed(TextRenderer(), Options(), made))


def test_a_skip_is_said_with_its_reason_and_is_no_pass():
    shown = flat(printed(TextRenderer(), made=with_numbers(check(passed=False, skipped="no CUDA device"))))
    assert "no CUDA device" in shown and "Numeric, torch, float64: FAILED" in shown


def test_a_step_that_is_not_shown_says_why():
    made = document()
    made["derivatives"][0]["steps"][0].update(verdict="not shown", detail="the path through c is missing")
    shown = printed(TextRenderer(), made=made)
    assert "✗ not shown" in shown and "the path through c is missing" in shown


def test_the_cache_is_named_in_the_verdict():
    shown = flat(printed(TextRenderer(), Options(cached=True)))
    assert shown.count("from the cache, made 2026-01-02") == 2


def test_markdown_escapes_words_and_keeps_formulas():
    shown = printed(MarkdownRenderer())
    assert r"# A \*sample\* of \[h, x\]" in shown and r"forgets \<script\>" in shown and r"i\_f" in shown
    assert "$$∂L/∂W_f = Σ_t δ_f^(t) [h, x]ᵀ$$" in shown
    assert "<script>" not in shown


def test_latex_is_a_document_that_escapes_words():
    shown = printed(LatexRenderer())
    assert shown.startswith(r"\documentclass") and shown.rstrip().endswith(r"\end{document}")
    assert r"Nobody \& Co\_2026, 50\%" in shown and r"forgets \textless{}script\textgreater{}" in shown
    assert r"\[ ∂L/∂W_f = Σ_t δ_f^(t) [h, x]ᵀ \]" in shown
    assert shown.count("{") == shown.count("}")


@pytest.mark.parametrize("c", "\\{}$%&#_^~<>|")
def test_no_special_character_survives(c):
    assert escape_latex(c) != c
    if c != "%" and c != "^":
        assert escape_markdown(c) == "\\" + c


def test_a_chinese_latex_document_loads_chinese():
    assert r"\usepackage{ctex}" in printed(LatexRenderer("zh"), Options(language="zh"))
