"""Derivations of programs that are in no catalogue, and of catalogue entries whose definition was changed."""

import inspect
import textwrap

import pytest
from sympy import Piecewise, Sum, exp, log, sqrt, tanh

from derive.entry import Claim, Page
from derive.expression import names
from derive.program import Program
from derive.reverse import differentiate
from derive.sympy_functions import sigmoid
from verify.proof import prove
from verify.steps import Checker


def new_page() -> Page:
    return Page(Program("test"))


def derive(page: Page):
    """The derivation; every step must have been accepted."""
    derivation = Checker(page.derive()).judge()
    steps = [s for d in derivation.derivatives for s in d.steps]
    assert steps and [s for s in steps if s.verdict != "proved"] == []
    return derivation


def holds(page: Page, derivation, left, right, by="normal form") -> bool:
    page.claim(left, right, fact="test", by=by)
    claim: Claim = page.claims[-1]
    return prove(claim, derivation).passed


def test_quadratic_form():
    page = new_page()
    n = page.size("n")
    i, j = page.index("i", n), page.index("j", n)
    A, x = page.input("A", i, (i, 1, n)), page.input("x", i)
    f = page.let("f", [], Sum(x[i] * A[i, j] * x[j], i, j))
    page.loss(f)
    dx, dA = page.want(x), page.want(A)
    derivation = derive(page)
    assert holds(page, derivation, dx[i], Sum(A[i, j] * x[j], j) + Sum(A[j, i] * x[j], j))
    assert holds(page, derivation, dA[i, j], x[i] * x[j])
    assert not holds(page, derivation, dx[i], 2 * Sum(A[i, j] * x[j], j))


def test_the_product_x_transposed_x_times_x():
    """SymPy's matrix derivative is silently wrong here."""
    page = new_page()
    n = page.size("n")
    i, j = page.index("i", n), page.index("j", n)
    x = page.input("x", i)
    y = page.let("y", [i], Sum(x[j]**2, j) * x[i])
    page.output(y)
    dx, dy = page.want(x), page.gradient(y)
    derivation = derive(page)
    assert holds(page, derivation, dx[i], 2 * x[i] * Sum(dy[j] * x[j], j) + Sum(x[j]**2, j) * dy[i])


def test_rms_norm():
    page = new_page()
    n = page.size("n")
    i, j = page.index("i", n), page.index("j", n)
    x, g, eps = page.input("x", i), page.input("g", i), page.input("epsilon", positive=True)
    r = page.let("r", [], 1 / sqrt(Sum(x[i]**2, i) / n + eps))
    y = page.let("y", [i], g[i] * x[i] * r)
    page.output(y)
    dx, dy = page.want(x), page.gradient(y)
    derivation = derive(page)
    closed = r * (g[i] * dy[i] - x[i] * r**2 / n * Sum(g[j] * dy[j] * x[j], j))
    assert holds(page, derivation, dx[i], closed)
    assert not holds(page, derivation, dx[i], closed + x[i])


def test_tanh_rnn_keeps_its_recurrence():
    page = new_page()
    T, H, D = page.sizes("T H D")
    t = page.family("t", 1, T)
    i, j, k = page.index("i", H), page.index("j", H), page.index("k", D)
    x, W, U, b = page.input("x", t, k), page.input("W", i, k), page.input("U", i, (i, 1, H)), page.input("b", i)
    h = page.state("h", (t, 0, T), i)
    a = page.let("a", [t, i], Sum(W[i, k] * x[t, k], k) + Sum(U[i, j] * h[t - 1, j], j) + b[i])
    page.define(h[t, i], tanh(a[t, i]))
    page.output(h, arriving="v")
    page.want(h, inline=True)
    da, dU = page.want(a, "delta"), page.want(U)
    derivation = derive(page)
    assert "delta" in names(derivation.of("a").equation.body)
    assert holds(page, derivation, dU[i, j], Sum(da[t, i] * h[t - 1, j], t))
    cases = derivation.of("h").cases
    assert [str(c.condition.low) for c in cases] == ["T", "1", "0"]


def test_a_recurrence_that_skips_a_step_has_its_own_lines_at_both_ends():
    page = new_page()
    T = page.size("T")
    t = page.family("t", 1, T)
    x, p, q = page.input("x", t), page.input("p"), page.input("q")
    h = page.state("h", (t, -1, T))
    page.define(h[t], tanh(p * h[t - 1] + q * h[t - 2] + x[t]))
    page.output(h, arriving="v")
    page.want(h)
    page.want(p)
    derivation = derive(page)
    lines = {str(c.condition.low): len(c.right.terms) for c in derivation.of("h").cases}
    assert lines == {"T": 1, "T-1": 2, "1": 3, "0": 2, "-1": 1}


def test_a_network_that_runs_from_right_to_left():
    page = new_page()
    T = page.size("T")
    t = page.family("t", 1, T)
    x, w = page.input("x", t), page.input("w")
    h = page.state("h", (t, 1, T + 1))
    page.define(h[t], tanh(w * h[t + 1] + x[t]))
    page.output(h, arriving="v")
    dh = page.want(h)
    derivation = derive(page)
    assert [str(c.condition.low) for c in derivation.of("h").cases] == ["T+1", "2", "1"]
    assert holds(page, derivation, dh[1], page.symbols["v"][1])


def test_strided_convolution():
    page = new_page()
    N, K, s = page.sizes("N K s")
    p, k = page.index("p", N - 1, 0), page.index("k", K - 1, 0)
    u = page.index("u", s * (N - 1) + K - 1, 0)
    x, w = page.input("x", u), page.input("w", k)
    y = page.let("y", [p], Sum(w[k] * x[s * p + k], k))
    page.output(y)
    dw, dy = page.want(w), page.gradient(y)
    page.want(x)
    derivation = derive(page)
    assert holds(page, derivation, dw[k], Sum(dy[p] * x[s * p + k], p))
    inside = Sum(Piecewise((dy[p] * w[u - s * p], (u - s * p >= 0) & (u - s * p <= K - 1)), (0, True)), p)
    assert holds(page, derivation, page.gradient(x)[u], inside)


def test_attention_row():
    page = new_page()
    m, d = page.sizes("m d")
    j, k, e = page.index("j", m), page.index("k", m), page.index("e", d)
    s, V = page.input("s", j), page.input("V", j, e)
    P = page.let("P", [j], exp(s[j]) / Sum(exp(s[k]), k))
    O = page.let("O", [e], Sum(P[j] * V[j, e], j))
    page.output(O)
    ds, dO = page.want(s), page.gradient(O)
    dP = page.gradient(P)
    derivation = derive(page)
    assert holds(page, derivation, ds[j], P[j] * (dP[j] - Sum(P[k] * dP[k], k)))
    assert holds(page, derivation, ds[j], P[j] * (dP[j] - Sum(O[e] * dO[e], e)))       # what FlashAttention uses


def test_contrastive_loss_has_a_delta():
    from sympy import KroneckerDelta

    page = new_page()
    n = page.size("n")
    i, j, k = page.index("i", n), page.index("j", n), page.index("k", n)
    S = page.input("S", i, (i, 1, n))
    P = page.let("P", [i, j], exp(S[i, j]) / Sum(exp(S[i, k]), k))
    loss = page.let("loss", [], -Sum(log(P[i, i]), i) / n)
    page.loss(loss)
    dS = page.want(S)
    derivation = derive(page)
    assert holds(page, derivation, dS[i, j], (P[i, j] - KroneckerDelta(i, j)) / n)
    assert not holds(page, derivation, dS[i, j], (P[i, j] - 1) / n)


def test_moving_average_in_closed_form_by_induction():
    page = new_page()
    T = page.size("T")
    t, s = page.family("t", 1, T), page.family("s", 1, T)
    g, beta = page.input("g", t), page.input("beta", positive=True)
    m = page.state("m", (t, 0, T))
    page.define(m[t], beta * m[t - 1] + (1 - beta) * g[t])
    page.output(m, arriving="v")
    page.want(g)
    derivation = derive(page)
    closed = beta**t * m[0] + (1 - beta) * Sum(beta**(t - s) * g[s], (s, 1, t))
    t_all = page.family("t", 0, T)
    assert holds(page, derivation, m[t_all], closed.xreplace({t: t_all}), by="induction on t")
    shifted = beta**t * m[0] + (1 - beta) * Sum(beta**(t - 1 - s) * g[s], (s, 1, t))
    assert not holds(page, derivation, m[t_all], shifted.xreplace({t: t_all}), by="induction on t")


def changed_lstm(old: str, new: str):
    """The catalogue's LSTM with one line of its definition changed: nothing of the derivation is stored."""
    from derive.catalogue.recurrent import lstm as module

    source = inspect.getsource(module.lstm.write)
    source = source[source.index("def lstm("):]
    assert old in source
    definition = source.replace(old, new).split("    v, inner = ")[0]      # what follows are claims and mistakes
    scope = dict(vars(module))
    exec(textwrap.dedent(definition), scope)            # our own source, with one line changed
    page = new_page()
    scope["lstm"](page)
    return page


def test_dropping_the_forget_gate_changes_the_whole_derivation():
    page = changed_lstm("f[t, r] * c[t - 1, r] + i[t, r] * g[t, r]", "c[t - 1, r] + i[t, r] * g[t, r]")
    for name in ("a_f", "W_f", "b_f"):
        del page.wanted[name]
    derivation = derive(page)
    text = {d.of: str(d.equation.body) for d in derivation.derivatives if d.value is None}
    assert "a_f" not in text and "delta_f" not in text["h"]
    assert "f[" not in text["c"] and "∂c[" in text["c"]


def test_a_wanted_gate_that_no_longer_matters_is_an_error():
    page = changed_lstm("f[t, r] * c[t - 1, r] + i[t, r] * g[t, r]", "c[t - 1, r] + i[t, r] * g[t, r]")
    with pytest.raises(ValueError, match="has no influence on L"):
        differentiate(page.program, page.wanted)


def test_a_coupled_gate_gets_its_own_gradient():
    page = changed_lstm("i[t, r] * g[t, r]", "(1 - f[t, r]) * g[t, r]")
    for name in ("a_i", "W_i", "b_i"):
        del page.wanted[name]
    derivation = derive(page)
    t, r = (next(l for l in page.letters if str(l) == name) for name in "tr")
    c, f, g = (page.symbols[n] for n in "cfg")
    delta_f, dc = page.symbols["delta_f"], page.symbols["∂c"]
    assert holds(page, derivation, delta_f[t, r], dc[t, r] * (c[t - 1, r] - g[t, r]) * f[t, r] * (1 - f[t, r]))


def test_swish_uses_the_rule_of_the_sigmoid():
    page = new_page()
    n = page.size("n")
    i = page.index("i", n)
    x = page.input("x", i)
    y = page.let("y", [i], x[i] * sigmoid(x[i]))
    page.output(y)
    dx, dy = page.want(x), page.gradient(y)
    derivation = derive(page)
    assert holds(page, derivation, dx[i], dy[i] * (sigmoid(x[i]) + x[i] * sigmoid(x[i]) * (1 - sigmoid(x[i]))))
