"""Internal names as displayed ones."""

from __future__ import annotations

import pytest

from derive.notation.names import latex_function, latex_name, unicode_function, unicode_name


@pytest.mark.parametrize(("name", "plain", "markup"), [
    ("gamma", "γ", r"\gamma"),
    ("delta_f", "δ_f", r"\delta_{f}"),
    ("x_hat", "x̂", r"\hat{x}"),
    ("c_tilde", "c̃", r"\tilde{c}"),
    ("x_bar", "x̄", r"\bar{x}"),
    ("x_hat_1", "x̂_1", r"\hat{x}_{1}"),
    ("sigma_2", "σ_2", r"\sigma_{2}"),
    ("W_1", "W_1", "W_{1}"),
    ("W1", "W1", "W_{1}"),
    ("W_in", "W_in", r"W_{\mathrm{in}}"),
    ("mu_beta", "μ_β", r"\mu_{\beta}"),
    ("loss", "loss", r"\mathrm{loss}"),
    ("f'", "f'", "f'"),
    ("lam", "λ", r"\lambda"),
    ("eps", "ε", r"\varepsilon"),
    ("γ", "γ", r"\gamma"),
    ("γa", "γa", r"\gamma a"),
    ("x̂", "x̂", r"\hat{x}"),
    ("_", "_", r"\_"),
    ("a$b", "a$b", r"a\$b"),
    ("<b>", "<b>", r"\lt{}b\gt{}"),
    ("a\\b", "a\\b", r"a\backslash{}b"),
    ("{x}", "{x}", r"\{x\}"),
    ("权", "权", r"\text{权}"),
])
def test_name(name, plain, markup):
    assert unicode_name(name) == plain
    assert latex_name(name) == markup


@pytest.mark.parametrize(("name", "plain", "markup"), [
    ("tanh", "tanh", r"\tanh"),
    ("sigmoid", "σ", r"\sigma"),
    ("sigma'", "σ'", r"\sigma'"),
    ("f''", "f''", "f''"),
    ("f_2", "f_2", "f_{2}"),
    ("softplus", "softplus", r"\operatorname{softplus}"),
    ("normal_cdf", "Φ", r"\Phi"),
    ("relu", "ReLU", r"\operatorname{ReLU}"),
])
def test_function(name, plain, markup):
    assert unicode_function(name) == plain
    assert latex_function(name) == markup
