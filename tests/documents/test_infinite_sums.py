"""Sums to ∞: geometric series, where their ratio is known to lie between 0 and 1."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, shown, told

PAGE = "$0 < \\gamma < 1$, $0 < \\lambda < 1$, $V = \\sum_{t=0}^{\\infty} \\gamma^t r$.\n"


@pytest.mark.parametrize("right, wrong", [
    (r"\sum_{k=0}^\infty \gamma^k = \frac{1}{1 - \gamma}", r"\sum_{k=0}^\infty \gamma^k = \frac{1}{1 + \gamma}"),
    (r"\sum_{k=1}^{\infty} \gamma^{k-1} = \frac{1}{1 - \gamma}",
     r"\sum_{k=1}^{\infty} \gamma^k = \frac{1}{1 - \gamma}"),
    (r"\sum_{k=2}^{\infty} r \gamma^k = \frac{r \gamma^2}{1 - \gamma}", r"\sum_{k=2}^{\infty} r \gamma^k = r"),
    (r"\gamma \sum_{i=0}^{\infty} (1 - \gamma)^i = 1", r"\sum_{i=0}^{\infty} (1 - \gamma)^i = \gamma"),
    (r"\sum_{l=0}^\infty (\gamma \lambda)^l = \frac{1}{1 - \gamma \lambda}",
     r"\sum_{l=0}^\infty \gamma^l \lambda^l = \frac{1}{1 - \gamma}"),
    (r"V = r + \gamma V", r"V = r + \lambda V"), (r"V = \frac{r}{1 - \gamma}", r"V = \frac{r}{\gamma}"),
    (r"\frac{\partial V}{\partial r} = \frac{1}{1 - \gamma}", r"\frac{\partial V}{\partial r} = 1 - \gamma"),
])
def test_geometric_series(right, wrong):
    assert shown(PAGE, f"$${right}$$")
    assert refuted(PAGE, f"$${wrong}$$")


@pytest.mark.parametrize("claim", [
    r"\sum_{k=0}^\infty \mu^k = \frac{1}{1 - \mu}",                     # of any μ
    r"\sum_{k=0}^\infty (1 + \gamma)^k = -\frac{1}{\gamma}", r"\sum_{k=0}^\infty \gamma^{-k} = 1",
    r"\sum_{k=0}^\infty 2^k = -1", r"\sum_{k=0}^\infty x_k = \sum_{k=0}^\infty x_k",
    r"\sum_{k=0}^\infty \gamma^k k = \frac{\gamma}{(1 - \gamma)^2}", r"\infty = \infty", r"x = \infty",
])
def test_other_sums_are_not_read(claim):
    assert told(PAGE, f"$${claim}$$").verdict in ("undecided", "unsupported")
