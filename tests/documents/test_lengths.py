"""𝟏 and I, of which the page tells the length by a number: H = I − 𝟏𝟏ᵀ/n, I_n, 𝟏_n."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, shown

MEAN = r"""
$$ H = I - \frac{1}{n} \mathbf{1} \mathbf{1}^\top $$

$$ \mu = \frac{1}{n} \sum_{i=1}^{n} x_i $$
"""
NAMED = r"""
$A \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$. Let $H = I_n - \frac1n \mathbf{1}_n \mathbf{1}_n^\top$.
"""


@pytest.mark.parametrize("right, wrong", [
    (r"H H = H", r"H H = 2 H"), (r"H^2 = H", r"H^2 = I"), (r"H \mathbf{1} = 0", r"H \mathbf{1} = \mathbf{1}"),
    (r"H^\top = H", r"H^\top = -H"), (r"\operatorname{tr}(H) = n - 1", r"\operatorname{tr}(H) = n"),
    (r"H x = x - \mu \mathbf{1}", r"H x = x + \mu \mathbf{1}"),
    (r"x^\top H x = \sum_{i=1}^{n} (x_i - \mu)^2", r"x^\top H x = x^\top x - \mu^2"),
])
def test_the_number_is_the_length(right, wrong):
    assert shown(MEAN, f"$${right}$$")
    assert refuted(MEAN, f"$${wrong}$$")


@pytest.mark.parametrize("right, wrong", [
    (r"I_m A = A", r"I_n A = A"), (r"A \mathbf{I}_n = A", r"A I_n = 2 A"), (r"H H = H", r"H H = 2 H"),
    (r"\mathbf{1}_n^\top x = \sum_{i=1}^n x_i", r"\mathbf{1}_n^\top x = 2 \sum_{i=1}^n x_i"),
    (r"H \mathbf{1}_n = 0", r"H \mathbf{1}_n = \mathbf{1}_n"),
])
def test_lengths_in_subscripts(right, wrong):
    assert shown(NAMED, f"$${right}$$")
    assert refuted(NAMED, f"$${wrong}$$")


def test_a_claim_tells_a_length_that_nothing_else_does():
    page = MEAN + "\n$$ G = a b^\\top $$\n"
    assert shown(page, r"$$ G (H + H) = 2 G H $$")
    assert refuted(page, r"$$ G H = G $$")


def test_a_declared_vector_of_ones():
    page = r"$\mathbf{1} \in \mathbb{R}^n$, $x \in \mathbb{R}^n$" + "\n"
    assert shown(page, r"$$ \mathbf{1}^\top x = \sum_{i=1}^n x_i $$")
    assert refuted(page, r"$$ \mathbf{1}^\top x = 2 \sum_{i=1}^n x_i $$")
