"""Textbook forms: what is recognised, what it looks like, and what is refused."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import pytest

from derive.expression import Guard, Partial, Ref, apply, delta, expression, indicator, number, power, ref, total
from derive.index import Letter, Poly, Size, poly
from derive.normal import Normalizer
from derive.notation import NoMatrixForm, equation, is_matrix, latex, name, text, to_index, to_matrix
from derive.notation.meaning import meaning
from derive.notation.members import member

from .evaluator import Numbers

n, m, H, D, T, L = (Size(s) for s in ("n", "m", "H", "D", "T", "L"))
SIZES = {"n": 3, "m": 2, "H": 2, "D": 3, "T": 4, "L": 3, "n[0]": 5, "n[1]": 2, "n[2]": 4, "n[3]": 3}
i, j, k = (Letter(x, 1, n) for x in "ijk")
r, s = Letter("r", 1, m), Letter("s", 1, m)
t, t0 = Letter("t", 1, T, True), Letter("t", 0, T, True)
a, d, q = Letter("a", 1, H), Letter("d", 1, D), Letter("q", 1, poly(H) + D)
layer = Letter("l", 1, L, True)


def width(at: Poly | Letter | int) -> Size:
    return Size("n", (poly(at),))


unit = Letter("i", 1, poly(width(layer)))
below = Letter("j", 1, poly(width(poly(layer) - 1)))
above = Letter("k", 1, poly(width(poly(layer) + 1)))

SIGNATURES = {
    "x": (i,), "y": (i,), "p": (i,), "W": (r, i), "A": (i, j), "u": (r,), "lam": (), "mu": (), "L": (),
    "∂x": (i,), "∂W": (r, i), "J": (i, j), "∂gamma": (), "x_hat": (i,), "∂y": (i,), "gamma": (), "sigma": (), "eps": (),
    "h": (t0, a), "xt": (t, d), "z": (t, q), "W_f": (a, q), "∂W_f": (a, q), "delta_f": (t, a), "∂h": (t0, a),
    "b": (q,), "c": (t,), "V": (layer, unit, below), "a": (layer, unit), "delta": (layer, unit), "zl": (layer, unit),
    "∂V": (layer, unit, below), "cube": (i, j, k),
}
stacked = indicator(poly(H) - q) * ref("h", poly(t) - 1, q) + indicator(poly(q) - H - 1) * ref("xt", t, poly(q) - H)
half = poly(Fraction(1, 2))
hidden = Letter("q", 1, H)
down = ref("W_f", a, hidden)
i2 = Letter("l", 1, n)
everyone = ref("A", i, j) * ref("A", i, k) * ref("A", i, i2) * ref("A", j, k) * ref("A", j, i2) * ref("A", k, i2)

FORMS = [
    (Ref("u", (r,)), total(ref("W", r, i) * ref("x", i), i), "u = W x"),
    (Ref("x", (i,)), total(ref("W", r, i) * ref("u", r), r), "x = Wᵀ u"),
    (Ref("∂W", (r, i)), ref("x", i) * ref("u", r), "∂L/∂W = u xᵀ"),
    (Ref("L"), total(ref("u", r) * ref("W", r, i) * ref("x", i), r, i), "L = uᵀ W x"),
    (Ref("L"), total(ref("x", i) ** 2, i), "L = ‖x‖²"),
    (Ref("L"), ref("lam") * total(ref("W", r, i) ** 2, r, i) / 2, "L = (1/2) λ ‖W‖_F²"),
    (Ref("L"), total(ref("x", i), i) / expression(n), "L = (𝟏ᵀ x)/n"),
    (Ref("L"), total(expression(1), i), "L = n"),
    (Ref("x", (i,)), -ref("x", i) + ref("y", i), "x = y − x"),
    (Ref("A", (i, j)), expression(Partial(Ref("x", (i,)), Ref("y", (j,)))), "A = ∂x/∂y"),
    (Ref("x", (j,)), total(ref("y", i) * expression(Partial(Ref("x", (i,)), Ref("y", (j,)))), i), "x = (∂x/∂y)ᵀ y"),
    (Ref("x", (i,)), ref("x", i) * (1 - ref("y", i) ** 2), "x = x ⊙ (1 − y²)"),
    (Ref("x", (i,)), ref("x", i) + ref("mu"), "x = x + μ 𝟏"),
    (Ref("x", (i,)), ref("x", i) + 1, "x = x + 1"),
    (Ref("x", (i,)), expression(3), "x = 3 𝟏"),
    (Ref("x", (i,)), expression(0), "x = 0"),
    (Ref("x", (i,)), ref("x", i) / ref("y", i), "x = x ⊘ y"),
    (Ref("x", (i,)), apply("max", ref("x", i), 0), "x = max(x, 0)"),
    (Ref("A", (i, j)), ref("x", i) * ref("A", i, j) * ref("y", j), "A = diag(x) A diag(y)"),
    (Ref("A", (i, j)), ref("A", j, i) * ref("A", i, j), "A = Aᵀ ⊙ A"),
    (Ref("A", (i, j)), total(ref("W", r, i) * ref("u", r) * ref("W", r, j), r), "A = Wᵀ diag(u) W"),
    (Ref("A", (i, j)), total(ref("A", k, j) * ref("A", i, k), k), "A = A A"),
    (Ref("A", (i, j)), ref("x", i) + expression(delta(poly(i) - j)), "A = x 𝟏ᵀ + I"),
    (Ref("J", (i, j)), ref("p", i) * (expression(delta(poly(i) - j)) - ref("p", j)), "J = diag(p) − p pᵀ"),
    (Ref("x_hat", (i,)), (ref("x", i) - ref("mu")) / power(ref("sigma") ** 2 + ref("eps"), half),
     "x̂ = (x − μ 𝟏)/√(σ² + ε)"),
    (Ref("p", (i,)), apply("exp", ref("x", i)) / total(apply("exp", ref("x", j)), j), "p = exp(x)/(𝟏ᵀ exp(x))"),
    (Ref("z", (t, q)), stacked, "z^(t) = [h^(t−1), xt^(t)]"),
    (Ref("∂W_f", (a, q)), total(ref("delta_f", t, a) * stacked, t),
     "∂L/∂W_f = Σ_{t=1}^{T} δ_f^(t) [h^(t−1), xt^(t)]ᵀ"),
    (Ref("∂h", (poly(t) - 1, hidden)), total(down * ref("delta_f", t, a), a), "∂L/∂h^(t−1) = W_f[:, 1…H]ᵀ δ_f^(t)"),
    (Ref("xt", (t, d)), total(ref("W_f", a, poly(d) + H) * ref("delta_f", t, a), a),
     "xt^(t) = W_f[:, H+1…D+H]ᵀ δ_f^(t)"),
    (Ref("∂h", (t, a)), indicator(poly(T) - t - 1) * total(down * ref("delta_f", poly(t) + 1, hidden), hidden),
     "∂L/∂h^(t) = [t ≤ T−1] W_f[:, 1…H] δ_f^(t+1)"),
    (Ref("∂h", (poly(T), a)), ref("delta_f", T, a), "∂L/∂h^(T) = δ_f^(T)"),
    (Ref("h", (t, a)), number(poly(t)) * ref("h", poly(t) - 1, a) ** 2, "h^(t) = t (h^(t−1))²"),
    (Ref("delta", (layer, unit)),
     total(ref("V", poly(layer) + 1, above, unit) * ref("delta", poly(layer) + 1, above), above)
     * apply("sigma'", ref("zl", layer, unit)), "δ^(l) = ((V^(l+1))ᵀ δ^(l+1)) ⊙ σ'(zl^(l))"),
    (Ref("∂V", (layer, unit, below)), ref("delta", layer, unit) * ref("a", poly(layer) - 1, below),
     "∂L/∂V^(l) = δ^(l) (a^(l−1))ᵀ"),
]


@pytest.mark.parametrize(("left", "right", "shown"), FORMS, ids=[shown for *_, shown in FORMS])
def test_textbook_form(left, right, shown):
    assert text(equation(left, right, SIGNATURES)) == shown
    rows, _ = member(left, SIGNATURES, "L")
    back = meaning(to_matrix(right, rows, SIGNATURES), rows, SIGNATURES)
    assert Normalizer().equal(right, back)
    same_numbers(right, back, rows)
    same_numbers(right, meaning(to_index(right, SIGNATURES), (), SIGNATURES), rows)


def same_numbers(one, other, rows):
    numbers = Numbers(SIZES)
    for moment in (1, 2):
        at = {t: moment, layer: moment}
        for place in product(*(range(1, int(numbers.poly(x.high, at)) + 1) for x in rows)):
            here = {**at, **dict(zip(rows, place))}
            assert math.isclose(numbers.expr(one, here), numbers.expr(other, here), rel_tol=1e-9, abs_tol=1e-12)


REFUSED = {
    "diagonal": (Ref("x", (i,)), ref("A", i, i)),
    "bound diagonal": (Ref("L"), total(ref("A", k, k), k)),
    "three axes": (Ref("L"), total(ref("cube", i, j, k), i, j, k)),
    "shared by three": (Ref("L"), total(everyone, i, j, k, i2)),
    "single column": (Ref("u", (r,)), ref("W", r, 1)),
    "stride": (Ref("x", (i,)), ref("x", 2 * poly(i))),
    "reversed": (Ref("x", (i,)), ref("x", n - poly(i) + 1)),
    "may leave its range": (Ref("x", (i,)), ref("x", poly(i) + 1)),
    "mixed axes": (Ref("A", (i, j)), ref("x", poly(i) + j)),
    "axis as a number": (Ref("x", (i,)), number(poly(i))),
    "axis in an exponent": (Ref("x", (i,)), power(ref("mu"), poly(i))),
    "axis as family index": (Ref("x", (i,)), ref("c", i)),
    "free axis letter": (Ref("L"), ref("x", i)),
    "guard on a matrix axis": (Ref("A", (i, j)), ref("A", i, j) * indicator(poly(i) - j)),
    "guard that leaves a gap": (Ref("x", (i,)), ref("x", i) * indicator(poly(i) - 2)),
    "guard on a bound axis": (Ref("L"), total(ref("x", i) * expression(Guard(poly(i) - 2)), i)),
    "delta of unequal ranges": (Ref("W", (r, i)), expression(delta(poly(r) - i))),
    "delta with a number": (Ref("x", (i,)), expression(delta(poly(i) - 1))),
    "shifted delta": (Ref("A", (i, j)), expression(delta(poly(i) - j - 1))),
    "two guards on one end": (Ref("x", (i,)), ref("x", i) * indicator(n - poly(i)) * indicator(n - poly(i) - 1)),
    "a part of unknown size": (Ref("x", (i,)), indicator(m - poly(i)) * ref("u", i)
                               + indicator(poly(i) - m - 1) * ref("u", poly(i) - m)),
    "a count that may be negative": (Ref("L"), total(expression(1), Letter("k", 1, n - poly(2)))),
    "triangle": (Ref("x", (i,)), total(ref("A", i, low := Letter("k", 1, i)), low)),
    "undeclared": (Ref("x", (i,)), ref("nowhere", i)),
    "partial by a matrix": (Ref("A", (i, j)), total(expression(Partial(Ref("x", (k,)), Ref("A", (i, j)))), k)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_no_matrix_form(name):
    left, right = REFUSED[name]
    rows, _ = member(left, SIGNATURES, "L")
    with pytest.raises(NoMatrixForm):
        to_matrix(right, rows, SIGNATURES)
    assert not is_matrix(left, right, SIGNATURES)
    assert text(equation(left, right, SIGNATURES)) == text(equation(left, right, SIGNATURES, notation="index"))


@pytest.mark.parametrize("ends", [
    [(None, H), (H, None)],                          # overlap
    [(None, H), (poly(H) + 2, None)],                # gap
    [(None, poly(H) - 1), (H, poly(H) + D - 1)],     # the last place is missing
    [(2, H), (poly(H) + 1, None)],                   # the first place is missing
    [(None, H), (None, H), (None, None)],            # a part and the whole
])
def test_blocks_that_do_not_tile_are_refused(ends):
    e = expression(0)
    for low, high in ends:
        e = e + ref("b", q) * (1 if low is None else indicator(poly(q) - low)) \
            * (1 if high is None else indicator(poly(high) - q))
    with pytest.raises(NoMatrixForm):
        to_matrix(e, (q,), SIGNATURES)


@pytest.mark.parametrize("rows", [(t,), (i, i), (i, j, k), (i, Letter("j", 1, i))])
def test_axes_that_make_no_rectangle_are_refused(rows):
    with pytest.raises(NoMatrixForm):
        to_matrix(ref("A", i, rows[-1]) if len(rows) == 2 else ref("lam"), rows, SIGNATURES)


def test_identity_needs_the_name():
    with pytest.raises(NoMatrixForm):
        to_matrix(expression(delta(poly(i) - j)), (i, j), SIGNATURES | {"I": ()})


def test_bound_letters_differ_from_free_and_enclosing_ones():
    inner = Letter("i", 1, n)
    right = total(ref("A", inner, inner), inner) * ref("x", i)
    assert text(equation(Ref("x", (i,)), right, SIGNATURES, notation="index")) == "x[i] = x[i] Σ_{j=1}^{n} A[j, j]"
    nested = total(apply("exp", total(ref("A", Letter("i", 1, n), j), j)), j)
    shown = text(equation(Ref("L"), total(ref("A", j, inner) * ref("x", inner), inner, j), SIGNATURES,
                          notation="index"))
    assert shown == "L = Σ_{i=1}^{n} Σ_{j=1}^{n} A[j, i] x[i]"
    assert nested


def test_bound_letters_avoid_sizes_and_names():
    letter = Letter("n", 1, n)
    assert text(to_index(total(ref("x", letter), letter), SIGNATURES)) == "Σ_{i=1}^{n} x[i]"
    letter = Letter("x", 1, D)
    assert text(to_index(total(ref("x", letter), letter), SIGNATURES)) == "Σ_{d=1}^{D} x[d]"


def test_equal_names_of_free_letters_are_told_apart():
    twin = Letter("i", 1, n)
    left = Ref("J", (i, twin))
    assert text(equation(left, ref("A", i, twin), SIGNATURES, notation="index")) == "J[i, i'] = A[i, i']"


def test_short_sums():
    whole = equation(Ref("∂W_f", (a, q)), total(ref("delta_f", t, a) * ref("z", t, q), t), SIGNATURES)
    assert text(whole, short_sums=True) == "∂L/∂W_f = Σ_t δ_f^(t) (z^(t))ᵀ"
    part = Letter("t", 2, T, True)
    cut = equation(Ref("∂W_f", (a, q)), total(ref("delta_f", part, a) * ref("z", part, q), part), SIGNATURES)
    assert text(cut, short_sums=True) == "∂L/∂W_f = Σ_{t=2}^{T} δ_f^(t) (z^(t))ᵀ"


def test_conditions_and_loss():
    last = equation(Ref("∂h", (T, a)), ref("delta_f", T, a), SIGNATURES, condition=(t, poly(T), poly(T)), loss="E")
    assert text(last) == "∂E/∂h^(T) = δ_f^(T)    (t = T)"
    inside = equation(Ref("∂h", (t, a)), ref("delta_f", t, a), SIGNATURES, condition=(t, poly(1), poly(T) - 1))
    assert text(inside) == "∂L/∂h^(t) = δ_f^(t)    (1 ≤ t ≤ T−1)"


def test_jacobians():
    signatures = SIGNATURES | {"∂p/∂x": (i, j), "∂u/∂x": (r, i), "∂h/∂c": (t0, a, t)}
    left, right = Ref("∂p/∂x", (i, j)), ref("p", i) * (expression(delta(poly(i) - j)) - ref("p", j))
    assert text(equation(left, right, signatures)) == "∂p/∂x = diag(p) − p pᵀ"
    assert latex(equation(left, right, signatures)).startswith(r"\frac{\partial p}{\partial x} = ")
    index = equation(left, right, signatures, notation="index")
    assert text(index) == "∂p[i]/∂x[j] = p[i] ([i = j] − p[j])"
    product_rule = total(ref("∂u/∂x", r, i) * ref("u", r), r)
    assert text(equation(Ref("x", (i,)), product_rule, signatures)) == "x = (∂u/∂x)ᵀ u"
    assert Normalizer().equal(meaning(to_matrix(product_rule, (i,), signatures), (i,), signatures), product_rule)
    assert text(to_matrix(ref("∂h/∂c", t, a, poly(t) - 1), (a,), signatures)) == "∂h^(t)/∂c^(t−1)"
    assert text(name("∂p/∂x", signatures)) == "∂p/∂x"
    assert text(name("∂W", signatures, loss="E")) == "∂E/∂W"


def test_index_form_of_everything():
    right = indicator(poly(t) - 2) * ref("h", poly(t) - 1, a) * expression(Partial(Ref("h", (t, a)), Ref("c", (t,))))
    shown = text(equation(Ref("h", (t, a)), right, SIGNATURES, notation="index"))
    assert shown == "h^(t)[a] = [t ≥ 2] h^(t−1)[a] ∂h^(t)[a]/∂c^(t)"
    assert text(to_index(expression(delta(poly(i) - j)), SIGNATURES)) == "[i = j]"
