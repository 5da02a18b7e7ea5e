"""Names, indices, and shapes that nobody declares."""

from __future__ import annotations

import pytest

from derive.documents import DocumentError, read_document


def program(*lines: str):
    return read_document("\n".join(["```", *lines, "```"]), "page").entry.page().program


def shapes(*lines: str) -> dict[str, list[str]]:
    found = program(*lines)
    return {n: [f"{a.low}…{a.high}" for a in v.axes] for n, v in found.variables.items() if "∂" not in n}


def problems(*lines: str) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        program(*lines)
    return [f"{p.line}:{p.column}: {p.message}" for p in refused.value.problems]


@pytest.mark.parametrize(("lines", "name", "shape"), [
    (["x ∈ ℝ^n, W ∈ ℝ^{m×n}", "z = W x + b"], "b", ["1…m"]),
    (["x ∈ ℝ^n, z ∈ ℝ^m", "z = W x"], "W", ["1…m", "1…n"]),
    (["x ∈ ℝ^n", "y = σ(wᵀ x + b)"], "w", ["1…n"]),
    (["x ∈ ℝ^n", "y = σ(wᵀ x + b)"], "b", []),
    (["x ∈ ℝ^n, ε > 0", "y = x/(‖x‖ + ε)"], "ε", []),
    (["p, q ∈ ℝ^K, W ∈ ℝ^{H×M}", "y = W [p, q, r]"], "r", ["1…-2*K+M"]),
    (["x_t ∈ ℝ^D, W ∈ ℝ^{H×H}", "h_t = tanh(W h_{t-1} + U x_t)"], "h", ["0…T", "1…H"]),
    (["x_t ∈ ℝ^D, W ∈ ℝ^{H×H}", "h_t = tanh(W h_{t-1} + U x_t)"], "U", ["1…H", "1…D"]),
    (["x_t ∈ ℝ^D, W ∈ ℝ^{H×H}", "h_t = tanh(W h_{t+1} + U x_t)"], "h", ["1…T+1", "1…H"]),
    (["y_i = Σ_{j=1}^{n} W_{ij} x_j, i = 1, …, m"], "W", ["1…m", "1…n"]),
    (["y = w x + b"], "w", []),
    (["X ∈ ℝ^{N×D}, b ∈ ℝ^{1×H}", "Y = X W + b"], "W", ["1…D", "1…H"]),
    (["a^{(0)} ∈ ℝ^{n_0}", "z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}", "a^{(l)} = tanh(z^{(l)})"], "W",
     ["1…L", "1…n[l]", "1…n[l-1]"]),
])
def test_a_shape_follows_from_use(lines, name, shape):
    if any(s.startswith("1…-") for s in shape):
        assert "may be negative; declare r" in problems(*lines)[0]
        return
    found = shapes(*lines)[name]
    assert [s.split("#")[0] + ("]" if "#" in s else "") if "#" not in s else _plain(s) for s in found] == shape


def _plain(text: str) -> str:
    import re

    return re.sub(r"#\d+", "", text)


@pytest.mark.parametrize(("line", "names"), [
    ("y_t = W_hh h_{t-1} + W_h x_t", {"y", "W_hh", "h", "W_h", "x"}),
    ("i_t = σ(W_i x_t + b_i)", {"i", "W_i", "x", "b_i"}),
    ("y = QKᵀ + Q Kᵀ", {"y", "Q", "K"}),
    ("y = W_1 x + W_2 x", {"y", "W_1", "W_2", "x"}),
])
def test_subscripts_are_labels_where_nothing_binds_them(line, names):
    found = program("T ∈ ℕ", "x_t ∈ ℝ^D" if "_t" in line else "x, Q, K ∈ ℝ^{n×n}", line)
    assert set(found.variables) - set(found.outputs.values()) >= names


def test_a_variance_may_be_called_by_its_square():
    found = program("x ∈ ℝ^n, ε > 0", "μ = (1/n) Σ_i x_i", "σ² = (1/n) Σ_i (x_i − μ)²", "y = (x − μ)/√(σ² + ε)")
    assert set(found.defined) == {"μ", "σ²", "y"}


def test_a_letter_that_is_always_called_is_an_arbitrary_function():
    assert program("z ∈ ℝ^n", "a = φ(z)").functions == {"φ": "sigmoid"}
    assert program("z ∈ ℝ^n", "a = z ⊙ Φ(z) + φ(z)").functions == {}


def test_definitions_may_stand_in_any_order():
    found = program("x ∈ ℝ^n", "L = ‖z‖²", "z = 2 x")
    assert [e.name for e in found.equations] == ["z", "L"]


def test_one_member_beside_all_others_makes_cases():
    (equation,) = program("x ∈ ℝ^n", "h_0 = 0", "h_t = x + h_{t-1}").equations
    assert str(equation.letters[0].low) == "0" and ">=0]" in str(equation.body)


# -- what people write --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("lines", "equations"), [
    (["x ∈ ℝ^n, W in R^{m×n}", "y = W @ x"], 1),
    (["x_t ∈ ℝ^D, t = 1..T", "y = Σ_t x_t"], 1),
    (["x ∈ ℝ^n", "f(u) = u/(1 + exp(−u))", "y = f(x) ⊙ f(2 x)/3"], 1),
    (["x ∈ ℝ^n", "L(x) = ‖x‖²", "∇_x L(x) = 2 x"], 1),
    (["x ∈ ℝ^n", "y = x ⊙ x", "    + 2 x   # goes on", "    − 1"], 1),
    ([r"$$a = \tanh(W x) & \text{hidden} \\ y = w^T a \quad \text{(output)}, \text{ where } x \in \mathbb{R}^n$$"], 2),
    ([r"$$p_c = \frac{e^{z_c}}{\sum_{c'} e^{z_{c'}}}, \quad z \in \mathbb{R}^k$$",
      r"$$\ell = -\sum_{c=1}^k y_c \log p_c$$"], 2),
    ([r"$\hat{y}^{(i)} = w^\top x^{(i)}$ with $w, x^{(i)} \in \mathbb{R}^d$",
      r"$$L = \sum_{i=1}^N (\hat{y}^{(i)} - y^{(i)})^2$$"], 2),
    ([r"$y = x^2$ for $x \in \mathbb{R}$ and $\frac{dL}{dx} = 2 x \frac{dL}{dy}$"], 1),
])
def test_what_people_write(lines, equations):
    text = "\n".join(lines) if lines[0].startswith("$") else "\n".join(["```", *lines, "```"])
    page = read_document(text, "page").entry.page()
    assert len(page.program.equations) == equations


@pytest.mark.parametrize(("line", "message"), [
    ("y = mean(x)", "mean is no function that is known here"),
    ("f(u) = f(u) + 1", "calls itself"),
    ("f(u, v) = u v", "f has 2 arguments, not 1"),
])
def test_functions_that_cannot_be_put_in(line, message):
    assert message in problems("x ∈ ℝ", line, "z = f(x)" if line.startswith("f") else "z = x")[0]


def test_formulas_stand_where_markdown_has_them():
    text = ("Costs $5 or $6, `$y = 3 x$`, \\$x = 2\\$.\n\n~~~python\ny = 4 x\n~~~\n\n> - $x \\in \\mathbb{R}^n$ and\n"
            ">   \\[ y =\n>   2 x \\]\n")
    (equation,) = read_document(text, "page").entry.page().program.equations
    assert str(equation.body).startswith("2*x")


def test_a_skipped_formula_is_not_read():
    text = '$x \\in \\mathbb{R}$\n<!-- derive: skip next "later" -->\n$$ y = \\foo $$\n$$ z = 2 x $$'
    assert list(read_document(text, "page").entry.page().program.defined) == ["z"]
