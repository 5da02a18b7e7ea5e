"""Small entries that are right, wrong, or kill whoever runs them."""

from __future__ import annotations

from pathlib import Path

TEXT = '''"""A scaled square."""

from sympy import Sum

from derive.entry import entry


@entry(name="{name}", title={{"en": "Square", "zh": "平方"}}, section="1.1", source="nobody",
       facts={{"square": {{"kind": "gradient", "en": "Gradient", "zh": "梯度"}}}})
def {name}(page):
    {first}
    n = page.size("n")
    i = page.index("i", n)
    x = page.input("x", i)
    page.loss(page.let("loss", [], Sum(x[i]**2, i)))
    dx = page.want(x, fact="square")
    page.claim(dx[i], 2 * x[i], fact="square")


{name}.sized(n=3)
{name}.sized(n=5)


@{name}.reference("torch", "somebody")
def _(torch, v):
    return {{"loss": (v["x"] ** 2).sum() * {factor}}}
'''


def square(folder: Path, name: str = "square", first: str = "pass", factor: str = "1") -> Path:
    """An entry of a sum of squares; `first` is run when it is derived, and its reference is off by a factor."""
    path = folder / f"{name}.py"
    path.write_text(TEXT.format(name=name, first=first, factor=factor), encoding="utf-8")
    return path
