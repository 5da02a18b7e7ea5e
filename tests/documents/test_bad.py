"""Documents that cannot be read: each problem has its place, and says what to do."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from derive.documents import DocumentError, read_document

PAGES = [p.read_text(encoding="utf-8") for p in sorted((Path(__file__).parent / "pages").glob("*.md"))]


def problems(text: str) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        read_document(text, "page")
    return [f"{p.line}:{p.column}: {p.message}" for p in refused.value.problems]


def fence(*lines: str) -> str:
    return "\n".join(["```", *lines, "```"])


BAD = [
    ([], "1:1: nothing is defined here"),
    (["x ∈ ℝ^n", "y = γ ⊙ x + β"], "3:5: γ may be a number or a vector; declare it: γ ∈ ℝ, or γ ∈ ℝ^n"),
    (["x ∈ ℝ^n, W ∈ ℝ^{m×n}, y ∈ ℝ^n", "z = W x", "L = ½ ‖z − y‖²"], "4:12: a sum of different shapes: m against n"),
    (["X ∈ ℝ^{n×d}, W ∈ ℝ^{k×d}", "Y = X W"], "3:7: a matrix product: d against k"),
    (["x ∈ ℝ^n", "y = 2 x", "∂L/∂x = 4 q"], "4:11: q is not defined"),
    (["x ∈ ℝ^n", "y = 2 x", "∂L/∂q = ?"], "4:1: q is not defined: nothing to differentiate by"),
    (["x, z ∈ ℝ^n", "y = 2 x", "∂L/∂z = ?"], "4:1: z is declared, but stands in no definition"),
    (["x ∈ ℝ^n", "a = a + x"], "3:1: a is defined by itself"),
    (["h_t = x_t + g_t", "g_t = 2 h_t", "x_t ∈ ℝ^n"], "2:1: h is defined by itself"),
    (["x ∈ ℝ^n", "a_t = b_{t+1}", "b_t = a_{t-1} + x"], "3:1: a is needed for itself at earlier and at later steps"),
    (["x ∈ ℝ^n", "y = x +"], "3:8: the formula ends too early"),
    (["x ∈ ℝ^n", "y = x ) + 1"], "3:7: ')' closes nothing"),
    (["x ∈ ℝ^n", "x ∈ ℝ^m", "y = x"], "3:1: x is declared twice, with different shapes"),
    (["x ∈ ℚ", "y = x"], "2:5: the set 'ℚ' cannot be read"),
    (["W ∈ ℝ^{n×m×k}", "y = W"], "2:1: W has 3 sides"),
    (["x_t ∈ ℝ^D, W ∈ ℝ^{H×K}", "h_t = tanh(W [h_{t-1}, x_t])"], "3:7: "),
    (["x ∈ ℝ^n", "θ = x − ∂L/∂x"], "3:9: θ is defined with a derivative in it"),
]


@pytest.mark.parametrize(("lines", "message"), BAD, ids=[b[0][-1] if b[0] else "nothing" for b in BAD])
def test_a_problem_has_its_place_and_the_next_step(lines, message):
    found = problems(fence(*lines))
    assert any(p.startswith(message) for p in found), found


def test_every_problem_is_told():
    assert len(problems(fence("x ∈ ℚ", "y = x +", "z = (x"))) == 3


def test_columns_count_characters_in_the_file():
    text = "# Title\n\n> Let $x \\in \\mathbb{R}^n$ and $y = x \\foo$.\n"
    assert problems(text) == ["3:39: the command \\foo is not known"]


HOSTILE = [
    r"$y = \mathrm{<script>alert(1)</script>} x$",
    r"$y = \text{[red]x[/]} + 1$",
    fence("y = " + "a" * 100),
    fence("y = ‮x + ​"),
    fence('y = __import__("os").system("id")'),
    fence("y = " + "(" * 5000 + "x" + ")" * 5000),
    fence("y = " + "(" * 60 + "x" + ")" * 60),
    "$$ y = " + r"\frac{" * 400 + "x" + "}{2}" * 400 + " $$",
    fence("y = x^{9^{9^{9}}}"),
    fence("y = 9" * 3000),
    fence("x ∈ ℝ^{" + "n×" * 2000 + "n}", "y = x"),
    "$" * 20000,
    "`" * 20000 + "$x=1$",
    "\\[" * 20000,
    "<!--" * 20000,
    "```\n" * 20001,
    fence(*(f"a_{i} = b_{i}" for i in range(1000))),
    fence("y = \x00\x1b[31mx\u202e"),
    "<!-- derive: use ../../etc/passwd -->\n" + fence("y = x"),
    "<!-- derive: assume x -->\n" + fence("y = x"),
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused_in_bounded_time(text):
    start = time.monotonic()
    assert problems(text)
    assert time.monotonic() - start < 10


def test_a_message_shows_no_control_characters():
    for text in HOSTILE:
        assert all(p.isprintable() for p in problems(text))


def test_damaged_documents_are_refused_and_nothing_else():
    """Random damage to good pages: a page is read, or its problems are told."""
    generator = random.Random(7)
    marks = [*"xW_^{}()[]=+−·⊙/Σσ∂,∈ℝ0'\\ \n$`&", "\\frac{", "_{t-1}", "^{(l)}", "∂L/∂", "ℝ^n", "\\\\", "|",
             "<!-- derive: "]
    for _ in range(120):
        text = generator.choice(PAGES)
        for _ in range(generator.randint(1, 4)):
            place = generator.randrange(len(text))
            text = text[:place] + generator.choice(marks) + text[place + generator.randint(0, 2):]
        try:
            assert read_document(text, "page").entry.page().program.equations
        except DocumentError as refused:
            assert refused.problems
