"""Sizes, blocks and draws."""

from fractions import Fraction
from itertools import islice

import numpy
import pytest
from sympy import Sum

from derive import catalogue
from derive.entry import Page
from derive.program import Program
from tests.verify import programs
from verify.blocks import blocks
from verify.draws import distinct_sizes, normal_draw, small_draw, small_sizes
from verify.sizes import NoMember, Sizes


def program(name):
    return catalogue.load(name).page().program


def test_boundary_members_are_inputs_of_their_own():
    keys = [b.key for b in blocks(program("lstm"))]
    assert keys.index("x") == 0 and {"h[0]", "c[0]", "v"} <= set(keys) and "h" not in keys
    assert [b.key for b in blocks(programs.recurrence(backward=True).program)] == ["x", "w", "h[T+1]", "v"]


def test_boundaries_of_two_axes_are_told_apart():
    page = Page(Program("grid"))
    L, T = page.sizes("L T")
    l, t = page.family("l", 1, L), page.family("t", 1, T)
    h = page.state("h", (l, 0, L), (t, 0, T))
    page.define(h[l, t], h[l - 1, t] + h[l, t - 1])
    found = {b.key: list(b.members(Sizes({"L": 1, "T": 2}))) for b in blocks(page.program)}
    assert found == {"h[0]": [("h", (0, 1)), ("h", (0, 2))], "h[l,0]": [("h", (1, 0))]}


def test_ragged_families_are_dicts_and_their_boundary_is_not():
    drawn = normal_draw(program("mlp"), {"L": 3, "n": [4, 5, 3, 2]}, seed=0)
    assert {l: a.shape for l, a in drawn["W"].items()} == {1: (5, 4), 2: (3, 5), 3: (2, 3)}
    assert {l: a.shape for l, a in drawn["b"].items()} == {1: (5,), 2: (3,), 3: (2,)}
    assert drawn["a[0]"].shape == (4,) and drawn["∂y_hat"].shape == (2,)


def test_widths_may_be_a_dict():
    drawn = normal_draw(program("mlp"), {"L": 1, "n": {0: 3, 1: 2}}, seed=0)
    assert drawn["W"][1].shape == (2, 3)


def test_a_family_axis_leads_and_counts_from_zero():
    drawn = normal_draw(program("lstm"), {"T": 5, "H": 3, "D": 2}, seed=0)
    assert drawn["x"].shape == (5, 2) and drawn["h[0]"].shape == (3,) and drawn["v"].shape == (5, 3)
    assert drawn["W_f"].shape == (3, 5) and drawn["x"].dtype == numpy.float64


def test_assumptions_hold_in_every_draw():
    for seed in range(3):
        y = normal_draw(program("softmax_cross_entropy"), {"n": 5}, seed)["y"]
        assert y.min() > 0 and abs(y.sum() - 1) < 1e-15 and y.max() < 1
        assert 0.05 < float(normal_draw(program("batch_norm"), {"m": 4}, seed)["epsilon"]) < 20
        exact = small_draw(program("softmax_cross_entropy"), Sizes({"n": 4}), seed)
        weights = [v for (name, _), v in exact.items() if name == "y"]
        assert sum(weights) == 1 and min(weights) > 0 and len(set(weights)) == 4
        exact = small_draw(program("batch_norm"), Sizes({"m": 2}), seed)
        assert exact["epsilon", ()] > 0


def test_the_seed_decides():
    same, again, other = (normal_draw(program("lstm"), {"T": 2, "H": 3, "D": 1}, s)["x"] for s in (1, 1, 2))
    assert (same == again).all() and (same != other).all()


def test_small_draws_are_small_and_differ_within_a_family():
    drawn = small_draw(program("lstm"), Sizes({"T": 2, "H": 2, "D": 1}), 0)
    assert all(isinstance(v, Fraction) and abs(v) <= 2 and v.denominator <= 2 and v for v in drawn.values())
    assert drawn["x", (1, 1)] != drawn["x", (2, 1)]


def test_the_search_starts_with_the_least_sizes():
    assert list(islice(small_sizes(program("lstm")), 3)) == [
        {"T": 1, "H": 1, "D": 1}, {"T": 2, "H": 1, "D": 1}, {"T": 1, "H": 2, "D": 1}]


def test_a_size_is_never_below_its_least_value():
    page = Page(Program("least"))
    n, m = page.size("n", least=3), page.size("m")
    page.input("A", page.index("i", n), page.index("j", m))
    for sizes in [*islice(small_sizes(page.program), 5), *islice(distinct_sizes(page.program), 6)]:
        assert sizes["n"] >= 3 and sizes["m"] >= 1
    assert all(s["n"] != s["m"] for s in islice(distinct_sizes(page.program), 6))


def test_no_range_is_empty_at_distinct_sizes():
    page = Page(Program("windows"))
    n, m = page.sizes("n m")
    x = page.input("x", page.index("i", n))
    k, j = page.index("k", n - 4), page.index("j", m)
    page.let("y", [j], j * Sum(x[k], (k, 1, n - 4)))
    found = [*islice(distinct_sizes(page.program), 6)]
    assert all(s["n"] >= 5 and s["n"] != s["m"] for s in found) and len({s["n"] for s in found}) > 1


def test_widths_of_neighbours_differ():
    for sizes in islice(distinct_sizes(program("mlp")), 4):
        widths = sizes["n"]
        assert len(widths) > sizes["L"] + 1 and all(a != b for a, b in zip(widths, widths[1:]))


def test_a_width_that_is_a_number_in_a_formula_has_a_value_for_each_layer():
    page = Page(Program("strides"))
    L, s = page.size("L"), page.widths("s")
    l = page.family("l", 1, L)
    j = page.state("j", (l, 0, L))
    page.define(j[l], j[l - 1] * s[l])
    assert all(len(sizes["s"]) > sizes["L"] for sizes in islice(small_sizes(page.program), 8))


def test_what_is_missing_is_named():
    with pytest.raises(NoMember, match="the size T has no value"):
        normal_draw(program("lstm"), {"H": 1, "D": 1}, 0)
    with pytest.raises(NoMember, match=r"n\[2\] does not exist"):
        normal_draw(program("mlp"), {"L": 2, "n": [1, 2]}, 0)
