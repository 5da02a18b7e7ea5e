"""Small programs that exercise one thing each."""

from __future__ import annotations

from sympy import Piecewise, Sum

from derive.entry import Page
from derive.program import Program
from derive.sympy_binders import Maximum, minimum


def recurrence(backward: bool = False) -> Page:
    """h[t] = w·h[t−1] + x[t] from h[0], or the same from the right, from h[T+1]; h is the output."""
    page = Page(Program("recurrence"))
    T = page.size("T")
    t = page.family("t", 1, T)
    x, w = page.input("x", t), page.input("w")
    h = page.state("h", (t, 1, T + 1) if backward else (t, 0, T))
    page.define(h[t], w * h[t + 1 if backward else t - 1] + x[t])
    page.output(h, arriving="v")
    page.want(h)
    page.want(w)
    return page


def singular(function=None) -> Page:
    """y = 1/(s − x), or a function of s − x, where s = x: it has no value, or none that is certain, anywhere."""
    page = Page(Program("singular"))
    x = page.input("x")
    s = page.let("s", [], x + 0)
    y = page.let("y", [], 1 / (s - x) if function is None else function(s - x))
    page.output(y)
    return page


def triangular() -> Page:
    """y[i] = Σ_{j ≤ i} j x[j] / i, with the last term doubled: a range that depends on an axis, letters as numbers."""
    page = Page(Program("triangular"))
    n = page.size("n")
    i = page.index("i", n)
    j = page.index("j", i)
    x = page.input("x", i)
    y = page.let("y", [i], Sum(j * x[j], (j, 1, i)) / i + Piecewise((x[i - 1] / (i - 1), i >= 2), (0, True)))
    page.output(y)
    page.want(x)
    return page


def decayed() -> Page:
    """m[t] = Σ_{s ≤ t} β^(t−s) g[s]: a symbolic exponent, and a family letter as a bound."""
    page = Page(Program("decayed"))
    T = page.size("T")
    t, s = page.family("t", 1, T), page.family("s", 1, T)
    g, beta = page.input("g", t), page.input("beta", positive=True)
    m = page.let("m", [t], Sum(beta**(t - s) * g[s], (s, 1, t)))
    page.output(m)
    page.want(g)
    return page


def strided() -> Page:
    """y[p] = Σ_k w[k] x[2p + 3k − 4]: a convolution with stride and dilation; and a family picked by an axis."""
    page = Page(Program("strided"))
    n, K = page.sizes("n K")
    p, k = page.index("p", n), page.index("k", K)
    t = page.family("t", 1, n)
    u = page.index("u", 2 * n + 3 * K - 4)
    x, w = page.input("x", u), page.input("w", k)
    f = page.let("f", [t], x[t]**2)
    y = page.let("y", [p], Sum(w[k] * x[2 * p + 3 * k - 4], k) + f[p])
    page.output(y)
    page.want(x)
    page.want(w)
    return page


def rowwise_maximum() -> Page:
    """L = Σ_i (max_k (W[i, k] + 2 x[k]))² − min_k x[k]"""
    page = Page(Program("rowwise_maximum"))
    m, n = page.sizes("m n")
    i, k = page.index("i", m), page.index("k", n)
    W, x = page.input("W", i, k), page.input("x", k)
    y = page.let("y", [i], Maximum(W[i, k] + 2*x[k], (k, 1, n)))
    page.loss(page.let("L", [], Sum(y[i]**2, (i, 1, m)) - minimum(x[k], (k, 1, n))))
    page.want(W)
    page.want(x)
    return page


ALL = {f.__name__: f for f in (recurrence, triangular, decayed, strided, rowwise_maximum)}
SIZES = {"rowwise_maximum": {"m": 3, "n": 4}, "recurrence": {"T": 4},
         "triangular": {"n": 4}, "decayed": {"T": 4}, "strided": {"n": 3, "K": 2}}
