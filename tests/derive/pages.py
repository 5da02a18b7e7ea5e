"""A page with the names that the tests of the normal form share."""

from __future__ import annotations

from derive.entry import Page
from derive.program import Program


def page() -> Page:
    """Sizes n, m, T; vectors x, y over n, u over m, g over time; matrices A (n × n), B (n × m); positive p, q."""
    page = Page(Program("test"))
    n, m, T = page.sizes("n m T")
    i, a, t = page.index("i", n), page.index("a", m), page.family("t", 1, T)
    page.input("x", i)
    page.input("y", i)
    page.input("u", a)
    page.input("g", t)
    page.input("h", (t, 0, T))
    page.input("A", i, (i, 1, n))
    page.input("B", i, a)
    page.input("c")
    page.input("d")
    page.input("p", positive=True)
    page.input("q", positive=True)
    page.function("f")
    return page
