"""What a sentence says of one case is not refuted by an input outside of it; inside, it is."""

from __future__ import annotations

import pytest

from verify.documents.judge import findings

RELU = r"$x \in \mathbb{R}$, $f(x) = \max(0, x)$. "
TRUE = [
    RELU + "We see that $f'(x) = 1$ for $x > 0$ and $f'(x) = 0$ for $x < 0$.",
    r"令 $x \in \mathbb{R}$，$f(x) = \max(0, x)$。当 $x > 0$ 时，$f'(x) = 1$；当 $x<0$ 时 $f'(x) = 0$。",
    r"$a, b \in \mathbb{R}$. If $a = b > 0$ then $a + b = 2a$.",
    r"Let $x \in \mathbb{R}$ and $f(x) = |x|$. Then $f(x) = x$ if $x \ge 0$ and $f(x) = -x$ otherwise.",
    r"设 $f(x) = |x|$，$x \in \mathbb{R}$。若 $x \ge 0$，则 $f(x) = x$，否则 $f(x) = -x$。",
]
FALSE = [
    (r"$s, w, c \in \mathbb{R}$, $\eta(w) = c / \sqrt{w}$. With $s, w, c > 0$ we have $\eta(4w) = 2 \eta(w)$.",
     r"\eta(4w) = 2 \eta(w)"),
    (r"$\beta_1, \beta_2, m \in \mathbb{R}$. With $0 < \beta_1, \beta_2 < 1$: $(1 - \beta_1) m = m - \beta_2 m$.",
     r"(1 - \beta_1) m = m - \beta_2 m"),
]


def verdicts(text: str) -> dict[str, str]:
    return {" ".join(f.source.split()): f.verdict for f in findings(text)}


@pytest.mark.parametrize("text", TRUE)
def test_a_case_of_the_sentence_is_not_refuted_elsewhere(text):
    assert "refuted" not in verdicts(text).values()


@pytest.mark.parametrize(("text", "claim"), FALSE)
def test_what_is_false_in_the_case_itself_is_refuted(text, claim):
    assert verdicts(text)[claim] == "refuted"


def test_the_gradient_of_what_nobody_defines_refutes_nothing():
    text = r"$\Lambda \in \mathbb{R}^{n \times n}$, $c \in \mathbb{R}^n$. $$\partial_x \bar{f}(x) = \Lambda x + c.$$"
    assert "refuted" not in verdicts(text).values()
