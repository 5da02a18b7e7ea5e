"""What a page gives a second time, by other words, is no claim about the first; nor is what a sentence assumes."""

from __future__ import annotations

import pytest

from verify.documents.finding import DEFINED
from verify.documents.judge import findings
from verify.verdict import REFUTED, UNDECIDED

POINTS = r"""- **Exponential decay** has the form $\alpha = a e^{-k t}$.
- **1/t decay** has the form $\alpha = a / (1 + k t)$.
"""
PASSES = r"""$X \in \mathbb{R}^{n \times d}$, $W \in \mathbb{R}^{d \times h}$, $V \in \mathbb{R}^{h \times q}$.

$$\begin{aligned} H &= X W, \\ O &= H V. \end{aligned}$$

With activation functions in place, it is no longer possible to collapse the layers:

$$\begin{aligned} H &= \sigma(X W), \\ O &= H V. \end{aligned}$$
"""
FUNCTIONS = r"""Consider $f(x, y) = x y$.

We can also derive the derivatives for the addition operation:

$$f(x, y) = x + y$$
"""
STEPS = r"""$z = O (x - c)$ with $O, A \in \mathbb{R}^{n \times n}$ and $x, c \in \mathbb{R}^n$.

In terms of $z$ gradient descent becomes

$$z_t = z_{t-1} - A z_{t-1}$$
"""


@pytest.mark.parametrize("page", [POINTS, PASSES, FUNCTIONS, STEPS])
def test_it_is_defined_anew(page):
    found = findings(page)
    assert not any(f.verdict == REFUTED for f in found)
    assert sum(f.verdict == DEFINED for f in found) >= 2


@pytest.mark.parametrize("page", [
    "$z_4 = w_4 x + b_4$, $z_5 = w_5 x + b_5$.\n\n由于权重和偏置的初始值都为0，则有：\n\n$$z_4 = z_5$$\n",
    "$$D = e^{0.707} + 1 = 3.028$$\n",
    "填充是 $p = 1$。\n\n另一个例子中 $p = 2$。\n",
    "Scores are $f(x, W) = W x$ with $x \\in \\mathbb{R}^n$.\n\nFor an image, $f(x, W) = [13, -7, 11]$.\n",
])
def test_it_is_open(page):
    assert not any(f.verdict == REFUTED for f in findings(page))


@pytest.mark.parametrize("formula, what", [
    (r"p(x, h) = p(h) q(x \mid h)", "is an arbitrary function here"),
    (r"\frac{\partial z}{\partial x} = \text{prod}(a, b)", "prod stands for products"),
])
def test_what_is_left_unsaid_is_told(formula, what):
    found = findings(f"Let $x, z, a, b \\in \\mathbb{{R}}^n$ and $z = 2 x$.\n\n$${formula}$$\n")[-1]
    assert found.verdict == UNDECIDED and what in found.detail
