"""Every displayed name is read as the name that it displays."""

from __future__ import annotations

import pytest

from derive.index import Letter, Size
from derive.notation import latex, text
from derive.notation.layout import Call, Name
from derive.reading import ReadingError, Scope, read

i, t = Letter("i", 1, Size("n")), Letter("t", 1, Size("T"), family=True)
PRINTERS = {"unicode": text, "latex": latex}
NAMES = ["x", "W", "gamma", "delta_f", "x_hat", "c_tilde", "x_bar", "x_hat_1", "sigma_2", "W_1", "W1", "W_in",
         "mu_beta", "loss", "lam", "eps", "varphi", "W_hh", "a_b_c", "Sigma", "Delta", "g_t'", "y'", "v_dot", "权",
         "logits", "W_ih_l0", "theta_0", "epsilon", "phi", "I", "e", "T_2", "d_k", "ReLU_out"]
FUNCTIONS = ["tanh", "sigmoid", "exp", "log", "relu", "softplus", "normal_cdf", "normal_pdf", "step", "max", "sin",
             "cosh", "f", "f'", "f''", "f_2", "phi", "phi'", "g_1"]


@pytest.mark.parametrize("form", PRINTERS)
@pytest.mark.parametrize("name", NAMES)
def test_names(name, form):
    """As a scalar, as a vector with an index, and as a member of a family."""
    for axes, layout in [((), Name(name)), ((i,), Name(name, (), (i.high,))), ((t, i), Name(name, (t.high,))),
                         ((t, i), Name(name, (t.high,), (i.high,)))]:
        scope = Scope({name: axes})
        assert read(PRINTERS[form](layout), scope, form).layout == layout


@pytest.mark.parametrize("form", PRINTERS)
@pytest.mark.parametrize("name", [n for n in NAMES if n != "L"])
def test_derivatives_of_the_loss(name, form):
    layout = Name(name, (), (i.high,), "L")
    assert read(PRINTERS[form](layout), Scope({name: (i,)}), form).layout == layout


@pytest.mark.parametrize("form", PRINTERS)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions(function, form):
    scope = Scope({"x": (i,)}, functions=("f", "phi", "g"))
    if function == "normal_pdf":
        scope = Scope({"x": (i,)})      # φ is either of the two
    layout = Call(function, (Name("x"),) * (2 if function in ("max", "min") else 1))
    assert read(PRINTERS[form](layout), scope, form).layout == layout


@pytest.mark.parametrize("function", ["max", "min"])
def test_the_greatest_entry_is_that_of_a_vector(function):
    assert read(f"{function}(x)", Scope({"x": (i,)}), "unicode").layout.least == (function == "min")
    with pytest.raises(ReadingError, match="greatest or least entry is that of a vector"):
        read(f"{function}(x)", Scope({"x": ()}), "unicode")
    with pytest.raises(ReadingError, match="read in brackets"):
        read(f"arg{function}(x)", Scope({"x": (i,)}), "unicode")


@pytest.mark.parametrize("form", PRINTERS)
def test_a_name_that_looks_like_a_function(form):
    """σ(x) is the declared function, σ (x) a product, where σ is both; without the function σ is the name."""
    both = Scope({"sigma": (), "x": ()}, functions=("sigma",))
    call, product = {"unicode": ("σ(x)", "σ (x)"),
                     "latex": (r"\sigma\left(x\right)", r"\sigma \, \left(x\right)")}[form]
    assert isinstance(read(call, both, form).layout, Call)
    assert not isinstance(read(product, both, form).layout, Call)
    assert not isinstance(read(call, Scope({"sigma": (), "x": ()}), form).layout, Call)
