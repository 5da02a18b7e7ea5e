"""Precedence: parentheses stand where the reading would change without them, and nowhere else that matters."""

from __future__ import annotations

from fractions import Fraction as Rational

import pytest

from derive.index import Letter, Size, poly
from derive.notation import latex, text
from derive.notation.layout import (
    Add,
    BigSum,
    Call,
    Cases,
    Concat,
    Condition,
    Diag,
    Divide,
    ElementwisePower,
    Equation,
    Fraction,
    Hadamard,
    Identity,
    Indicator,
    Name,
    Negate,
    NormSquared,
    Number,
    Ones,
    Partial,
    Power,
    Product,
    Root,
    Scale,
    Slice,
    Transpose,
    chain,
    hadamard,
    transposed,
)

n, T = Size("n"), Size("T")
t = Letter("t", 1, T, family=True)
a, b, c, W = (Name(x) for x in "abcW")
h = Name("h", (poly(t) - 1,))
y_bar = Name("y", (), (), "L")
two, half = poly(2), poly(Rational(1, 2))
total = BigSum(t, h)

SHOWN = [
    (Add((Negate(a), b)), "−a + b", "-a + b"),
    (Add((a, Negate(Add((b, c))))), "a − (b + c)", r"a - \left(b + c\right)"),
    (Add((a, Number(poly(-2)))), "a − 2", "a - 2"),
    (Negate(Negate(a)), "−(−a)", r"-\left(-a\right)"),
    (Product((Add((a, b)), c)), "(a + b) c", r"\left(a + b\right) \, c"),
    (Product((a, Negate(b))), "a (−b)", r"a \, \left(-b\right)"),
    (Product((Product((a, b)), c)), "(a b) c", r"\left(a \, b\right) \, c"),
    (Product((a, Product((b, c)))), "a b c", r"a \, b \, c"),
    (Scale((a,), Hadamard((b, c))), "a (b ⊙ c)", r"a \, \left(b \odot c\right)"),
    (Hadamard((Product((W, a)), b)), "(W a) ⊙ b", r"\left(W \, a\right) \odot b"),
    (Hadamard((a, Divide(b, c))), "a ⊙ (b ⊘ c)", r"a \odot \left(b \oslash c\right)"),
    (Divide(Number(poly(1)), Hadamard((a, b))), "1 ⊘ (a ⊙ b)", r"1 \oslash \left(a \odot b\right)"),
    (Transpose(Hadamard((a, b))), "(a ⊙ b)ᵀ", r"\left(a \odot b\right)^{\top}"),
    (Transpose(h), "(h^(t−1))ᵀ", r"\left(h^{(t-1)}\right)^{\top}"),
    (Transpose(W), "Wᵀ", r"W^{\top}"),
    (Transpose(Power(a, two)), "(a²)ᵀ", r"\left(a^{2}\right)^{\top}"),
    (Transpose(y_bar), "(∂L/∂y)ᵀ", r"\left(\frac{\partial L}{\partial y}\right)^{\top}"),
    (Transpose(Slice(W, (None, (poly(1), poly(n))))), "W[:, 1…n]ᵀ", r"W[:, 1 \ldots n]^{\top}"),
    (Power(Negate(a), two), "(−a)²", r"\left(-a\right)^{2}"),
    (Power(Number(poly(-2)), poly(n)), "(−2)^{n}", r"\left(-2\right)^{n}"),
    (Power(h, two), "(h^(t−1))²", r"\left(h^{(t-1)}\right)^{2}"),
    (Power(Power(a, two), two), "(a²)²", r"\left(a^{2}\right)^{2}"),
    (Power(Fraction(a, b), two), "(a/b)²", r"\left(\frac{a}{b}\right)^{2}"),
    (Power(a, poly(t) - 1), "a^{t−1}", r"a^{t-1}"),
    (Power(Name("f'"), two), "(f')²", r"\left(f'\right)^{2}"),
    (Power(Call("tanh", (a,)), two), "tanh²(a)", r"\tanh^{2}\left(a\right)"),
    (ElementwisePower(a, two), "a⊙²", r"a^{\odot 2}"),
    (ElementwisePower(a, half), "a⊙^{1/2}", r"a^{\odot \frac{1}{2}}"),
    (Root(Add((a, b))), "√(a + b)", r"\sqrt{a + b}"),
    (Fraction(Number(poly(1)), Number(poly(n))), "1/n", r"\frac{1}{n}"),
    (Fraction(Product((a, b)), Product((b, c))), "(a b)/(b c)", r"\frac{a \, b}{b \, c}"),
    (Fraction(a, Fraction(b, c)), "a/(b/c)", r"\frac{a}{\frac{b}{c}}"),
    (Fraction(a, Number(poly(n) * 2)), "a/(2n)", r"\frac{a}{2n}"),
    (Fraction(a, y_bar), "a/(∂L/∂y)", r"\frac{a}{\frac{\partial L}{\partial y}}"),
    (Scale((Fraction(Number(poly(1)), a),), b), "(1/a) b", r"\frac{1}{a} \, b"),
    (Product((Number(poly(n) + 1), a)), "(n+1) a", r"\left(n+1\right) \, a"),
    (Product((Fraction(a, b), total)), "(a/b) Σ_{t=1}^{T} h^(t−1)", r"\frac{a}{b} \, \sum_{t=1}^{T} h^{(t-1)}"),
    (Product((total, a)), "(Σ_{t=1}^{T} h^(t−1)) a", r"\left(\sum_{t=1}^{T} h^{(t-1)}\right) \, a"),
    (Hadamard((a, total)), "a ⊙ (Σ_{t=1}^{T} h^(t−1))", r"a \odot \left(\sum_{t=1}^{T} h^{(t-1)}\right)"),
    (Add((total, a)), "Σ_{t=1}^{T} h^(t−1) + a", r"\sum_{t=1}^{T} h^{(t-1)} + a"),
    (BigSum(t, Add((h, a))), "Σ_{t=1}^{T} (h^(t−1) + a)", r"\sum_{t=1}^{T} \left(h^{(t-1)} + a\right)"),
    (BigSum(t, Negate(h)), "Σ_{t=1}^{T} (−h^(t−1))", r"\sum_{t=1}^{T} \left(-h^{(t-1)}\right)"),
    (BigSum(t, Hadamard((h, a))), "Σ_{t=1}^{T} h^(t−1) ⊙ a", r"\sum_{t=1}^{T} h^{(t-1)} \odot a"),
    (Transpose(total), "(Σ_{t=1}^{T} h^(t−1))ᵀ", r"\left(\sum_{t=1}^{T} h^{(t-1)}\right)^{\top}"),
    (Product((y_bar, Name("x_hat"))), "∂L/∂y x̂", r"\frac{\partial L}{\partial y} \, \hat{x}"),
    (Concat((h, Add((a, b)))), "[h^(t−1), a + b]", r"\left[h^{(t-1)}, a + b\right]"),
    (Product((a, Transpose(Concat((h, b))))), "a [h^(t−1), b]ᵀ", r"a \, \left[h^{(t-1)}, b\right]^{\top}"),
    (Diag(Add((a, b))), "diag(a + b)", r"\operatorname{diag}\left(a + b\right)"),
    (NormSquared(Product((W, a))), "‖W a‖²", r"\left\lVert W \, a \right\rVert^{2}"),
    (NormSquared(W, True), "‖W‖_F²", r"\left\lVert W \right\rVert_{F}^{2}"),
    (Product((Transpose(Ones((poly(1), poly(n)))), a)), "𝟏ᵀ a", r"\mathbf{1}^{\top} \, a"),
    (Identity((poly(1), poly(n))), "I", "I"),
    (Indicator(poly(t), "≤", poly(T) - 1), "[t ≤ T−1]", r"[t \le T-1]"),
    (Partial(Name("y", (), (poly(t),)), Name("x")), "∂y[t]/∂x", r"\frac{\partial y_{t}}{\partial x}"),
    (Condition(t, poly(T), poly(T)), "t = T", "t = T"),
    (Equation(a, b, Condition(t, poly(1), poly(T) - 1)), "a = b    (1 ≤ t ≤ T−1)", r"a = b \qquad 1 \le t \le T-1"),
    (Cases(((a, Condition(t, poly(T), poly(T))), (b, None))), "{ a    t = T; b    otherwise",
     r"\begin{cases} a & t = T \\ b & \text{otherwise} \end{cases}"),
    (Name("W", (poly(t), poly(2)), (poly(n), poly(t) * 2 + 1)), "W^(t,2)[n, 2t+1]", r"W_{n, 2t+1}^{(t, 2)}"),
    (Name("W_f", (poly(t),), (poly(n),)), "W_f^(t)[n]", r"W_{f}^{(t)}[n]"),
    (Name("h", (poly(t),), (), "L"), "∂L/∂h^(t)", r"\frac{\partial L}{\partial h^{(t)}}"),
]


@pytest.mark.parametrize(("layout", "plain", "markup"), SHOWN, ids=[plain for _, plain, _ in SHOWN])
def test_layout_is_printed(layout, plain, markup):
    assert text(layout) == plain
    assert latex(layout) == markup


def test_short_sums_only_where_the_range_is_whole():
    assert text(BigSum(t, h, True), short_sums=True) == "Σ_t h^(t−1)"
    assert latex(BigSum(t, h, True), short_sums=True) == r"\sum_{t} h^{(t-1)}"
    assert text(total, short_sums=True) == "Σ_{t=1}^{T} h^(t−1)"
    assert text(BigSum(t, h, True)) == "Σ_{t=1}^{T} h^(t−1)"


def test_transposes_move_inwards():
    assert transposed(transposed(W)) == W
    assert transposed(chain(W, a)) == Product((Transpose(a), Transpose(W)))
    assert transposed(Diag(a)) == Diag(a)
    assert chain(Identity((poly(1), poly(n))), a) == a
    assert hadamard(a, Hadamard((b, c))) == Hadamard((a, b, c))


def test_a_layout_cannot_be_changed():
    with pytest.raises(AttributeError):
        a.name = "b"
    with pytest.raises(TypeError):
        Name()
