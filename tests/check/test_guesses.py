"""How a guess and a known mistake are told: never as a verdict."""

from __future__ import annotations

import json

import pytest

from cli.findings import fails, guess, is_plain, message, reasons
from tests.check.samples import row
from tests.check.test_formats import OWN, refused, valid

PAGE = r"""# LSTM

$$ f_t = \sigma(W_f [h_{t-1}, x_t] + b_f) $$

$$ o_t = \tanh(W_o [h_{t-1}, x_t] + b_o) $$

$$ h_t = o_t \odot \tanh(f_t) $$

<!-- derive: use softmax_cross_entropy -->

$$ \frac{\partial L}{\partial z} = y - p $$
"""
GUESS = {"entry": "lstm", "formula": "f", "fact": "lstm-forget-gate",
         "title": {"en": "LSTM: Forget gate", "zh": "LSTM：遗忘门"}, "renaming": {"F": "f"}, "difference": None,
         "guess": True}


def differing(way: str, here: str, there: str) -> dict:
    return {**GUESS, "difference": {"way": way, "here": here, "there": there}}


@pytest.mark.parametrize("verdict", ["defined", "undecided", "unsupported"])
@pytest.mark.parametrize("found", [GUESS, differing("sign", "", "−1")])
def test_a_guess_changes_nothing(verdict, found):
    plain, guessed = (row(verdict=verdict, recognised=r) for r in (None, found))
    for strict in (False, True):
        assert fails(guessed, strict) == fails(plain, strict) and is_plain(guessed, strict) == is_plain(plain, strict)
    assert reasons(guessed, "en") == reasons(plain, "en")


@pytest.mark.parametrize("found, en, zh", [
    (None, "", ""),
    (GUESS, "looks like LSTM: Forget gate (a guess, no verdict)", "看起来像 LSTM：遗忘门 (仅为猜测，并非结论)"),
    (differing("another operand", "W_f", "U_f"),
     "looks like LSTM: Forget gate, but: W_f stands where U_f does (a guess, no verdict)",
     "看起来像 LSTM：遗忘门, 但: W_f 出现在了 U_f 的位置 (仅为猜测，并非结论)"),
    (differing("another function", "tanh", "sigmoid"),
     "looks like LSTM: Forget gate, but: another function: tanh instead of sigmoid (a guess, no verdict)",
     "看起来像 LSTM：遗忘门, 但: 另一个函数: tanh 代替 sigmoid (仅为猜测，并非结论)"),
    (differing("a summand left out", "", "b_f"),
     "looks like LSTM: Forget gate, but: a summand left out: b_f (a guess, no verdict)",
     "看起来像 LSTM：遗忘门, 但: 漏掉一项: b_f (仅为猜测，并非结论)"),
    (differing("sign", "−1", ""), "looks like LSTM: Forget gate, but: sign (a guess, no verdict)",
     "看起来像 LSTM：遗忘门, 但: 符号 (仅为猜测，并非结论)"),
    ({**GUESS, "difference": {"en": "puts ε under the root", "zh": "把 ε 放进了根号"}},
     "looks like LSTM: Forget gate, but: puts ε under the root (a guess, no verdict)",
     "看起来像 LSTM：遗忘门, 但: 把 ε 放进了根号 (仅为猜测，并非结论)"),
])
def test_the_words(found, en, zh):
    assert guess(row(verdict="defined", recognised=found), "en") == en
    assert guess(row(verdict="defined", recognised=found), "zh") == zh


def test_a_known_mistake_is_a_reason():
    found = row(mistake={"en": "turns the sign round", "zh": "符号反了"})
    assert "a known mistake: turns the sign round" in reasons(found, "en")
    assert "常见错误: 符号反了" in reasons(found, "zh") and "符号反了" in message(found, "zh")


def test_every_format_tells_it(check, folder):
    (folder / "page.md").write_text(PAGE, encoding="utf-8")
    status, out, _ = check("page.md")
    assert status == 1 and "a known mistake: turns the sign round" in out and "looks like" not in out
    assert check("page.md", "-v")[1].count("(a guess, no verdict)") == 3
    for form in ("concise", "github", "sarif"):
        assert "a known mistake: turns the sign round" in check("page.md", "--format", form)[1]
    data = json.loads(check("page.md", "--json")[1])
    valid(data)
    first, second, _, third = data["files"][0]["statements"]
    assert first["verdict"] == "defined"
    assert (first["recognised"]["entry"], first["recognised"]["difference"]) == ("lstm", None)
    assert second["recognised"]["difference"] == {"way": "another function", "here": "tanh", "there": "sigmoid"}
    assert third["recognised"] is None and third["mistake"]["zh"] == "符号反了"


@pytest.mark.parametrize("wrong", [{"guess": False}, {"entry": 1}, {"more": ""}, {"difference": {"way": ""}}])
def test_the_schema_refuses_what_is_no_guess(wrong):
    assert OWN["$defs"]["recognised"]["properties"]["guess"] == {"const": True}
    data = {"version": 1, "files": [{"path": "a.md", "statements": [row(recognised=GUESS)]}], "summary": dict.fromkeys(
        ("proved", "verified", "refuted", "undecided", "unsupported", "skipped"), 0)}
    valid(data)
    data["files"][0]["statements"] = [row(recognised={**GUESS, **wrong})]
    refused(data)


def test_the_line_is_dim(check, folder, monkeypatch):
    monkeypatch.setattr("cli.terminal.colour", lambda stream: True)
    (folder / "page.md").write_text(PAGE, encoding="utf-8")
    assert "\x1b[2m  - looks like Long short-term memory: Forget gate" in check("page.md", "-v")[1]
