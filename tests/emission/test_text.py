"""What emitted code looks like: readable, closed forms where they are proved, nothing unrolled, safe identifiers."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from derive.derivation import Derivation
from derive.emission.code import ATOM, SUM, Code, quotient, sum_of
from derive.emission.functions import _broken, _shared
from derive.emission.identifiers import Identifiers, plain
from derive.emission.schedule import Loop, schedule
from derive.index import Letter
from tests.emission.test_emitted import ENTRIES, LIBRARIES, why_not
from tests.studies import studied
from verify.emitted import emitted, emitted_batch


def text(name: str, library: str = "torch") -> str:
    return emitted(studied(name), library).text


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", ENTRIES)
def test_it_is_python_that_reads_no_name_it_did_not_get(name, library):
    if why_not(name):
        return
    tree = ast.parse(text(name, library))
    allowed = {"sum", "range", "len", "max", "min", "dict", "zip", "tuple", "staticmethod", "abs"}
    modules = {a.asname or a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    defined = {n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    given = {a.arg for n in ast.walk(tree) if isinstance(n, ast.arguments)
             for a in [*n.args, *n.kwonlyargs, *([n.vararg] if n.vararg else [])]}
    read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    assert read <= allowed | modules | stored | defined | given


def test_batch_norm_is_the_closed_form_and_sums_once():
    found = text("batch_norm")
    assert "dx = gamma / (m * torch.sqrt(v + epsilon)) * (m * grad_y - dgamma * x_hat - dbeta)" in found
    assert "ctx.save_for_backward(*saved)" in found and "dmu" not in found


def test_an_lstm_is_two_loops_for_every_length():
    found = text("lstm")
    assert "for t in range(1, T + 1):" in found and "for t in range(T, -1, -1):" in found
    assert "z[t] = torch.cat([h[t - 1], x[t - 1]])" in found
    assert "dW_f = delta_f_all.T @ z_all" in found
    assert "W_f[:, :H].T @ delta_f[t + 1]" in found and "W_f[:, H:]" in found


def test_attention_is_matrix_products_and_the_softmax_of_the_library():
    assert "dV = P.T @ grad_O" in text("attention") and "torch.softmax(" in text("attention")
    assert "jax.nn.softmax(" in text("attention", "jax")
    assert "u - u.max(axis, keepdims=True)" in text("attention", "numpy")


def test_a_batch_is_one_more_axis_in_front():
    lstm, norm = (emitted_batch(studied(name), "torch").text for name in ("lstm", "batch_norm"))
    assert "B, T, D = x.shape" in lstm and "a_f[t] = z[t] @ W_f.T + b_f" in lstm
    assert "db_f = delta_f_all.sum((0, 1))" in lstm
    assert "(gamma / (m * torch.sqrt(v + epsilon)))[:, None] * (m * grad_y" in norm


def test_labels_count_from_zero():
    assert "torch.log(p[torch.arange(B, device=x.device), y])" in text("cross_entropy_labels")
    assert "whole numbers that count from 0" in text("cross_entropy_labels")


def test_an_arbitrary_function_stands_as_one_to_replace():
    found = text("mlp", "jax")
    assert "def sigma(u):" in found and "def sigma_prime(u):" in found and "until you put yours here" in found


def test_the_docstring_names_shapes_and_source():
    found = text("lstm")
    assert "W_f: (H, D + H)" in found and "x: (T, D)" in found and "Hochreiter & Schmidhuber 1997" in found


def test_names_become_identifiers_and_stay_apart():
    assert [plain(n) for n in ("∂W_f", "δ", "x̂", "h[0]", "lambda", "σ'", "1st")] == [
        "dW_f", "delta", "x_hat", "h_0", "lambda_", "sigma_prime", "_1st"]
    names = Identifiers(frozenset({"x"}))
    assert (names.of("a", "x"), names.of("b", "x"), names.of("a", "x")) == ("x_", "x__", "x_")
    assert plain("__import__('os').system('rm')").isidentifier()


def test_words_of_a_page_stay_within_their_docstring():
    found = studied("layer_norm")
    title = '"""\nraise SystemExit("out")\n"""\\'
    hostile = replace(found.entry, title={"en": title, "zh": title}, source='x"""\nboom()\n"""')
    space: dict = {}
    exec(emitted(replace(found, entry=hostile), "numpy").text, space)
    assert "raise SystemExit" in space["__doc__"] and "boom()" in space["__doc__"]


def test_precedence_keeps_sums_and_quotients_whole():
    frame = type("Frame", (), {"axes": (), "permuted": None})()
    a, b, c = Code("a"), Code("b"), Code("c")
    total = sum_of([(1, a), (-1, b)], frame)
    assert (total.text, total.strength) == ("a - b", SUM)
    assert quotient([total, c], [], frame).text == "(a - b) * c"
    assert quotient([a], [b, c], frame).text == "a / (b * c)"
    assert quotient([a], [quotient([b], [c], frame)], frame).text == "a / (b / c)"
    assert sum_of([(1, a), (-1, total)], frame).text == "a - (a - b)"
    assert sum_of([(-1, a), (1, b)], frame).text == "b - a"
    assert quotient([c], [Code("x**2", ATOM - 1)], frame).text == "c / x**2"


def test_a_recurrence_backward_in_time_runs_backward():
    derivation: Derivation = studied("rnn").derivation
    plan = schedule(derivation.equations.values(), lambda e: ())
    loops = [b for b in plan.blocks if isinstance(b, Loop)]
    assert loops and all(loop.backward for loop in loops if "∂h" in loop.places)
    assert isinstance(derivation.equations["∂h"].letters[0], Letter)


def test_a_line_that_goes_on_is_no_sum_that_another_may_use():
    lines = ["y = (f(x)", "     @ a)", "v = (f(x)", "     @ b)", "z = f(w)", "u = f(w) + 1"]
    assert _shared(lines) == [*lines[:-1], "u = z + 1"]


@pytest.mark.parametrize("length", range(90, 120))
def test_what_is_too_long_for_a_line_is_written_once(length):
    text = "f(" + "x, " * ((length - 3) // 3) + "y)"
    assert " ".join(" ".join(_broken("name", text)).split()) == f"name = ({text})"
