"""SymPy out and in again: every line of every entry comes back equal."""

import pytest
import sympy

from derive import catalogue
from derive.entry import Page
from derive.normal import Normalizer
from derive.program import Program
from derive.sympy_bridge import Scope, Unreadable, from_sympy, to_sympy
from derive.sympy_functions import normal_cdf, normal_pdf
from derive.zero import is_zero
from tests.studies import share, studied


def lines(name):
    """Every expression of an entry: definitions, steps, results, claims and mistakes."""
    page, derivation = studied(name).page, studied(name).derivation
    yield from ((page, e.body) for e in page.program.equations)
    yield from ((page, s.after) for d in derivation.derivatives for s in d.steps)
    yield from ((page, c.right) for d in derivation.derivatives for c in d.cases)
    yield from ((page, c.right) for c in page.claims)
    yield from ((page, m.wrong) for m in page.mistakes)


@pytest.mark.parametrize("name", share(catalogue.names()))
def test_every_line_comes_back_equal(name):
    count = 0
    for page, e in lines(name):
        letters = {}
        written = to_sympy(e, page.program.positive, letters)
        assert isinstance(written, sympy.Basic)
        scope = Scope({idx: letter for letter, idx in letters.items()}, page.program.sizes,
                      frozenset(page.program.functions))
        back = from_sympy(written, scope)
        assert Normalizer(page.program.positive).equal(e, back), (str(e), str(back))
        count += 1
    assert count >= 10


def test_what_has_no_meaning_is_named():
    page = Page(Program("test"))
    x = page.input("x")
    with pytest.raises(Unreadable, match="'gamma' is unknown"):
        page.read(sympy.gamma(x))
    with pytest.raises(Unreadable, match="no polynomial"):
        page.read(x ** x)
    with pytest.raises(Unreadable, match="is no inequality"):
        page.read(sympy.Piecewise((x, sympy.Eq(x, 0)), (0, True)))


def test_a_range_that_may_end_between_whole_numbers_is_refused():
    """Σ_{i=1}^{n/2} 1 is n/2 for even n only."""
    page = Page(Program("test"))
    n, i = page.size("n"), page.index("i", page.size("n"))
    page.read(sympy.Sum(1, (i, 1, n * (n + 1) / 2)))
    for high in (n / 2, n**2 / 2, n * (n - 1) / 4):
        with pytest.raises(Unreadable, match="may be no whole number"):
            page.read(sympy.Sum(1, (i, 1, high)))
    with pytest.raises(Unreadable, match="may be no whole number"):
        page.index("j", n / 2)


def test_the_error_function_and_pi_are_read_by_the_normal_law():
    page = Page(Program("test"))
    x = page.input("x")
    root = sympy.sqrt(2)
    for written, meant in [((1 + sympy.erf(x / root)) / 2, normal_cdf(x)),
                           (sympy.sqrt(2 / sympy.pi), 2 * normal_pdf(0)),
                           (sympy.exp(-x**2 / 2) / sympy.sqrt(2 * sympy.pi), normal_pdf(x)), (0.5 * x, x / 2)]:
        assert is_zero(page.read(written) - page.read(meant), Normalizer()) is not None
    assert is_zero(page.read(sympy.erf(x)) - page.read(2 * normal_cdf(x) - 1), Normalizer()) is None
