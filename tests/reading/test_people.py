"""What people write: each line is read as the line beside it, which is how it is printed."""

from __future__ import annotations

import pytest

from derive.notation import text
from derive.reading import Scope, read, read_chain

from .scopes import SCOPE

WRITTEN = [
    # products
    ("z = Wx + bias", "z = W x + bias"),
    ("z = W*x + bias", "z = W x + bias"),
    ("z = W·x + bias", "z = W x + bias"),
    (r"z = W \cdot x", "z = W x"),
    ("y = x*p", "y = x ⊙ p"),
    (r"y = x \odot p", "y = x ⊙ p"),
    (r"y = x \circ p", "y = x ⊙ p"),
    ("y = x/p", "y = x ⊘ p"),
    ("mu = x·y", "μ = xᵀ y"),
    ("μ = xᵀy", "μ = xᵀ y"),
    ("μ = x^T y", "μ = xᵀ y"),
    (r"\mu = x^\top y", "μ = xᵀ y"),
    (r"\mu = x^{\mathsf{T}} y", "μ = xᵀ y"),
    ("μ = μ^T", "μ = μ^{T}"),
    ("μ = 1ᵀx", "μ = 𝟏ᵀ x"),
    # fractions and roots
    (r"y = \frac{x - \mu}{\sqrt{v + \epsilon}}", "y = (x − μ 𝟏)/√(v + ε)"),
    ("y = (x − mu)/√(v+ε)", "y = (x − μ 𝟏)/√(v + ε)"),
    (r"\mu = \frac12 v", "μ = (1/2) v"),
    (r"\mu = \tfrac{1}{n} \sum_{i=1}^n x_i", "μ = (1/n) Σ_{i=1}^{n} x[i]"),
    ("y = 2x + 0.5p", "y = 2 x + (1/2) p"),
    # indices
    ("h_t = tanh(W_hh h_{t-1} + W_xh q_t + b_h)", "h^(t) = tanh(W_hh h^(t−1) + W_xh q^(t) + b_h)"),
    (r"h_t = \tanh(W_{hh} h_{t-1} + W_{xh} q_t + b_h)", "h^(t) = tanh(W_hh h^(t−1) + W_xh q^(t) + b_h)"),
    (r"h_{t} = \tanh\left(W_{\mathrm{hh}} h_{t-1}\right)", "h^(t) = tanh(W_hh h^(t−1))"),
    ("Z^(l) = V^(l) a^(l-1)", "Z^(l) = V^(l) a^(l−1)"),
    (r"Z^{[l]} = V^{[l]} a^{[l-1]}", "Z^(l) = V^(l) a^(l−1)"),
    (r"Z^l = V^l a^{l-1}", "Z^(l) = V^(l) a^(l−1)"),
    ("δ^(l) = ((V^(l+1))ᵀ δ^(l+1)) ⊙ σ'(Z^(l))", "δ^(l) = ((V^(l+1))ᵀ δ^(l+1)) ⊙ σ'(Z^(l))"),
    ("z_j = Σ_i W_ji x_i", "z[j] = Σ_{i=1}^{n} W[j, i] x[i]"),
    (r"z_j = \sum_{i=1}^{n} W_{ji} x_i", "z[j] = Σ_{i=1}^{n} W[j, i] x[i]"),
    (r"z_j = \sum_i W_{j,i}\,x_i", "z[j] = Σ_{i=1}^{n} W[j, i] x[i]"),
    ("z_j = Σ_{1≤i≤n} W_{ji} x_i", "z[j] = Σ_{i=1}^{n} W[j, i] x[i]"),
    (r"\mu = \sum_{i_1} \sum_{i_2} A_{i_1 i_2}", "μ = Σ_{i_1=1}^{n} Σ_{i_2=1}^{n} A[i_1, i_2]"),
    ("μ = Σ_{i,k} A_{ik}", "μ = Σ_{i=1}^{n} Σ_{k=1}^{n} A[i, k]"),
    ("yᵢ = xᵢ", "y[i] = x[i]"),
    ("y_i = x₁", "y[i] = x[1]"),
    ("c_t = Σ_{k=1}^{t} β^{t−k} c_k", "c^(t) = Σ_{k=1}^{t} β^{t−k} c^(k)"),
    # stacks
    ("f_t = σ(W_f[h_{t-1}, q_t] + b_h)", "f^(t) = σ(W_f [h^(t−1), q^(t)] + b_h)"),
    (r"f_t = \sigma(W_f \cdot [h_{t-1}; q_t])", "f^(t) = σ(W_f [h^(t−1), q^(t)])"),
    (r"f_t &= W_f[:, 1 \ldots H] h_t", "f^(t) = W_f[:, 1…H] h^(t)"),
    # derivatives
    ("∇_W J = u xᵀ", "∂J/∂W = u xᵀ"),
    (r"\nabla_W J = u x^\top", "∂J/∂W = u xᵀ"),
    (r"\nabla_{x} J = W^T u", "∂J/∂x = Wᵀ u"),
    (r"\frac{\partial J}{\partial W_{ji}} = u_j x_i", "∂J/∂W[j, i] = u[j] x[i]"),
    (r"\left(\frac{\partial J}{\partial W}\right)_{ji} = u_j x_i", "∂J/∂W[j, i] = u[j] x[i]"),
    ("∂h_t/∂h_{t-1} = diag(1 − h_t²) W_hh", "∂h^(t)/∂h^(t−1) = diag(1 − (h^(t))²) W_hh"),
    # functions
    ("y = tanh²(x)", "y = tanh²(x)"),
    ("y = tanh(x)^2", "y = tanh²(x)"),
    (r"y = \tanh^2 x", "y = tanh²(x)"),
    ("y = g'(x) ⊙ p", "y = g'(x) ⊙ p"),
    ("y = max(0, x)", "y = max(0, x)"),
    ("μ = -Σ_i y_i log p_i", "μ = −Σ_{i=1}^{n} y[i] log(p[i])"),
    (r"\mu = \log\sum_i e^{x_i}", "μ = log(Σ_{i=1}^{n} exp(x[i]))"),
    (r"p_i = e^{x_i}/\sum_k e^{x_k}", "p[i] = exp(x[i])/(Σ_{k=1}^{n} exp(x[k]))"),
    ("p = softmax(x)", "p = exp(x)/(𝟏ᵀ exp(x))"),
    (r"p = \operatorname{softmax}(x)", "p = exp(x)/(𝟏ᵀ exp(x))"),
    # norms, constants, conditions
    ("μ = ‖x‖", "μ = √(‖x‖²)"),
    (r"\mu = \|x\|_2^2", "μ = ‖x‖²"),
    (r"\mu = \lVert W \rVert_F^2", "μ = ‖W‖_F²"),
    (r"A = \operatorname{diag}(p) - p p^T + I", "A = diag(p) − p pᵀ + I"),
    ("A_{ik} = p_i(𝟙[i=k] − p_k)", "A[i, k] = p[i] ([i = k] − p[k])"),
    (r"A_{ik} = p_i(\mathbf{1}_{i=k} - p_k)", "A[i, k] = p[i] ([i = k] − p[k])"),
    ("h_t = f_t * h_{t-1} (t ≥ 2)", "h^(t) = f^(t) ⊙ h^(t−1)    (2 ≤ t ≤ T)"),
    ("h_t = f_t, t = 1, …, T", "h^(t) = f^(t)    (1 ≤ t ≤ T)"),
    (r"h_t = f_t \qquad 1 \le t < T", "h^(t) = f^(t)    (1 ≤ t ≤ T−1)"),
    (r"c_t = \begin{cases} 0 & t = 1 \\ c_{t-1} & \text{otherwise} \end{cases}",
     "c^(t) = { 0    t = 1; c^(t−1)    otherwise"),
    # looks
    (r"\mathbf{y} = \boldsymbol{x} + \mathbf{p}", "y = x + p"),
    (r"\hat{x}_i = \gamma \left( x_i - \mu \right)", "x̂[i] = γ (x[i] − μ)"),
    (r"\hat{\mathbf{x}} = x", "x̂ = x"),
    ("x̂ = \u0078 + p", "x̂ = x + p"),
    (r"y = {x} + \,{p}", "y = x + p"),
    # broadcast
    ("y = x − μ", "y = x − μ 𝟏"),
    ("W = W + u", "W = W + u 𝟏ᵀ"),
    ("W = W + x", "W = W + 𝟏 xᵀ"),
]


@pytest.mark.parametrize(("written", "shown"), WRITTEN, ids=[w for w, _ in WRITTEN])
def test_what_people_write(written, shown):
    layout = read(written, SCOPE).layout
    assert text(layout) == shown
    assert text(read(shown, SCOPE).layout) == shown


def test_a_claim_need_not_have_a_name_on_its_left():
    reading = read("Σ_i p_i = 1", SCOPE)
    assert reading.member is None and str(reading.right) == "1" and reading.left is not None
    assert read("Aᵀ(A x − y) = 0", SCOPE).rows[0].high == SCOPE.signatures["x"][0].high


def test_an_expression_stands_alone():
    reading = read("W x + bias", SCOPE)
    assert reading.left is None and len(reading.rows) == 1


def test_a_chain_is_several_equations():
    first, second = read_chain("y = x ⊙ p = p ⊙ x", SCOPE)
    assert text(first.layout) == "y = x ⊙ p" and text(second.layout) == "y = p ⊙ x"


def test_letters_have_the_range_for_which_all_members_exist():
    """h reaches from 0 to T: h^(t) = h^(t−1) is stated for t ≥ 1, and with t+1 for t ≤ T−1."""
    assert str(read("h^(t) = h^(t−1)", SCOPE).letters["t"].low) == "1"
    assert str(read("h^(t) = h^(t+1)", SCOPE).letters["t"].high) == "T-1"
    assert str(read("h^(t) = f^(t)", SCOPE).letters["t"].low) == "1"
    limited = read("h^(t) = f^(t)    (2 ≤ t ≤ T−1)", SCOPE)
    assert (str(limited.letters["t"].low), str(limited.letters["t"].high)) == ("2", "T-1")


def test_a_short_sum_has_the_range_of_the_names_under_it():
    (term,) = read("μ = Σ_t c^(t)", SCOPE).right.terms
    assert (str(term.binders[0].low), str(term.binders[0].high)) == ("1", "T")


def test_composed_and_decomposed_accents_are_one():
    assert read("x\u0302 = x", SCOPE).layout.left == read("x_hat = x", SCOPE).layout.left
    scalars = Scope({"y_hat": (), "y": ()})
    assert read("ŷ = y", scalars).member == read("y\u0302 = y", scalars).member
