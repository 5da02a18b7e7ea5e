"""π is a number with a name: it is printed, read, and known to the sine and the cosine."""

from __future__ import annotations

import pytest
import sympy

from derive import notation
from derive.entry import Entry, Page
from derive.expression import Apply, Expr, apply, expression
from derive.normal import Normalizer
from derive.program import Program, ProgramError
from derive.reading import Scope, read
from derive.sympy_bridge import to_sympy
from verify.study import study
from verify.verdict import PROVED, REFUTED

PI = expression(Apply("pi", ()))


@pytest.mark.parametrize("sixths", range(-13, 26))
def test_sines_and_cosines_of_rational_parts_are_numbers_where_they_are_rational(sixths):
    for name, function in (("sin", sympy.sin), ("cos", sympy.cos)):
        found = Normalizer().normal(apply(name, sympy_free(sixths) * PI))
        value = function(sympy.pi * sixths / 6)
        assert sympy.simplify(to_sympy(found) - value) == 0
        assert not value.is_Rational or all(not t.factors for t in found.terms)


def sympy_free(sixths: int) -> Expr:
    return expression(sixths) / 6


def test_the_peak_of_the_normal_density_squared_is_one_over_two_pi():
    peak = apply("normal_pdf", Expr())
    normalizer = Normalizer()
    assert normalizer.equal(peak**2, (2 * PI) ** -1) and normalizer.equal(peak**-3, 2 * PI * peak**-1)
    assert normalizer.equal(peak**5 * peak**-4, peak)
    assert not normalizer.equal(peak**2, PI ** -1)


def judged(write):
    return [v for _, v in study(Entry("constants", {"en": "", "zh": ""}, "", "", {}, write)).claims]


def test_the_cosine_has_its_period_and_no_other():
    def write(page: Page):
        x = page.input("x")
        y = page.let("y", [], sympy.cos(x + 2 * sympy.pi, evaluate=False))
        page.output(y)
        page.claim(y, sympy.cos(x), fact="f")
        page.claim(y, -sympy.cos(x + sympy.pi, evaluate=False), fact="f")
        page.claim(y, sympy.cos(x + sympy.pi / 2, evaluate=False), fact="f")
        page.claim(y, sympy.cos(x + 6), fact="f")
    assert [v.verdict for v in judged(write)] == [PROVED, PROVED, REFUTED, REFUTED]


def test_it_prints_and_is_read():
    scope = Scope({"x": ()})
    assert notation.text(notation.to_index(2 * PI ** 2, {})) == "2 π²"
    assert notation.latex(notation.to_index(PI / 2, {})) == r"\frac{1}{2} \, \pi"
    assert Normalizer().equal(read("x = 2 π", scope).right, 2 * PI)
    assert Normalizer().equal(read(r"x = \frac{\pi}{2}", scope, "latex").right, PI / 2)


def test_a_page_may_call_something_else_so_but_not_use_both():
    def write(page: Page):
        policy = page.input("pi")
        y = page.let("y", [], policy**2)
        page.output(y)
        page.claim(y, policy * policy, fact="f")
    assert [v.verdict for v in judged(write)] == [PROVED]
    page = Page(Program("both"))
    policy = page.input("pi")
    with pytest.raises(ProgramError, match="pi"):
        page.let("y", [], policy * sympy.pi)
