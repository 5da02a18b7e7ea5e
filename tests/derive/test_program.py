"""Programs: what is refused, and how it is said."""

import pytest
from sympy import KroneckerDelta, Sum, exp

from derive.entry import Page
from derive.program import Program, ProgramError
from derive.reverse import differentiate


@pytest.fixture
def page():
    return Page(Program("test"))


def test_a_sum_may_not_pick_from_a_family_of_another_size(page):
    n, t_max = page.sizes("n T")
    i, t = page.index("i", n), page.family("t", 1, t_max)
    x = page.input("x", i)
    page.let("ok", [], Sum(x[i], i))
    with pytest.raises(ProgramError, match="may leave its range"):
        page.let("bad", [], Sum(x[t], t))


def test_an_index_that_may_leave_its_range_is_refused(page):
    n = page.size("n")
    i = page.index("i", n)
    x = page.input("x", i)
    with pytest.raises(ProgramError, match=r"x\[…i\+1…\] may leave its range 1…n"):
        page.let("y", [i], x[i + 1])


def test_a_second_definition_is_refused(page):
    x = page.input("x")
    page.let("y", [], x)
    with pytest.raises(ProgramError, match="declared twice"):
        page.let("y", [], x + 1)


def test_a_letter_on_the_right_only_is_refused(page):
    n = page.size("n")
    i, j = page.index("i", n), page.index("j", n)
    x = page.input("x", i)
    with pytest.raises(ProgramError, match="letter j is on the right side only"):
        page.let("y", [i], x[j])


def test_an_unknown_name_is_refused(page):
    from sympy import Symbol

    with pytest.raises(ProgramError, match="w is not declared"):
        page.let("y", [], Symbol("w"))


def test_a_name_without_influence_has_no_gradient(page):
    x = page.input("x")
    page.input("w")
    y = page.let("y", [], x**2)
    page.loss(y)
    with pytest.raises(ProgramError, match="w has no influence"):
        differentiate(page.program, {"w": "∂w"})


def test_a_program_without_a_goal_is_refused(page):
    x = page.input("x")
    page.let("y", [], exp(x))
    with pytest.raises(ProgramError, match="neither outputs nor a loss"):
        differentiate(page.program, {"x": "∂x"})


def test_initial_states_are_boundary_members(page):
    T = page.size("T")
    t = page.family("t", 1, T)
    h = page.state("h", (t, -1, T))
    page.define(h[t], h[t - 1] + 2 * h[t - 2])
    assert [str(m) for m in page.program.boundary("h")] == ["h[0]", "h[-1]"]


def test_a_delta_can_be_written(page):
    n = page.size("n")
    i, j = page.index("i", n), page.index("j", n)
    x = page.input("x", i)
    page.let("D", [i, j], KroneckerDelta(i, j) * x[i])
    assert len(page.program.equations) == 1


def test_the_input_of_a_network_with_ragged_layers_is_a_boundary_member():
    from derive import catalogue

    assert [str(m) for m in catalogue.load("mlp").page().program.boundary("a")][0].startswith("a[0,i")
