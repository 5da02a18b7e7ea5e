"""Formulas written as course pages write them."""

from __future__ import annotations

from collections.abc import Iterator

from derive import notation
from derive.expression import Expr, Ref
from derive.index import Letter, Poly, Size, poly
from derive.notation import layout as on_page
from derive.notation.layout import Name, Number
from derive.notation.names import unicode_name
from derive.notation.printer import Drawn, Strength
from derive.notation.unicode import Unicode
from derive.program import Program, Variable


class PagePrinter(Unicode):
    """Text in which time and layers stand below a name, h_{t−1}, unless they are `raised`: h^(t−1). Widths are n_l."""

    def __init__(self, raised: bool):
        super().__init__(False)
        self.raised = raised

    def name(self, x: on_page.Name) -> Drawn:
        if self.raised or not x.above:
            return super().name(x)
        base, _, label = unicode_name(x.name).partition("_")
        indices = [*([label] if label else []), *map(self.poly, x.above), *map(self.poly, x.below)]
        text = f"{base}_{{{','.join(indices)}}}"
        if x.loss is None:
            return text, Strength.SCRIPTED
        return f"∂{unicode_name(x.loss)}/∂{text}", Strength.FACTOR

    def atom(self, atom: Letter | Size, count: int) -> str:
        if not isinstance(atom, Size) or not atom.at:
            return super().atom(atom, count)
        text = f"{unicode_name(atom.name)}_{{{','.join(map(self.poly, atom.at))}}}"
        return text if count == 1 else f"{text}^{count}"


class Drawing:
    """Draws the statements of one program."""

    def __init__(self, program: Program, raised: bool):
        self.signatures, self.loss = program.signatures, program.loss_symbol
        self.printer = PagePrinter(raised)
        ends = [p for v in program.variables.values() for a in v.axes for p in (a.low, a.high)]
        self.widths = {s.name for p in ends for m, _ in p.terms for s in m if isinstance(s, Size) and s.at}

    def is_width(self, size: str) -> bool:
        """Whether it depends on a layer: n_l."""
        return size in self.widths

    def size(self, p: Poly) -> str:
        return self.printer.render(Number(p))

    def declared(self, variable: Variable) -> Iterator[str]:
        """`h_{t} ∈ ℝ^{H}`, and what is positive."""
        above = tuple(poly(a) for a in variable.axes if a.family)
        counts = [self.size(a.count) for a in variable.axes if not a.family]
        sizes = " × ".join(f"({c})" if "+" in c and len(counts) > 1 else c for c in counts)
        yield f"{self.printer.render(Name(variable.name, above))} ∈ ℝ" + (f"^{{{sizes}}}" if counts else "")
        if variable.positive:
            name = unicode_name(variable.name)
            yield f"0 < {name} < 1" if variable.below_one else f"{name} > 0"

    def equation(self, name: str, letters: tuple[Letter, ...], body: Expr) -> str:
        return self.printer.render(notation.equation(Ref(name, letters), body, self.signatures, loss=self.loss))

    def start(self, name: str, letters: tuple[Letter, ...]) -> str:
        """`m_{0} = 0`"""
        first = next(a for a in letters if a.family)
        return f"{self.printer.render(Name(name, (first.low - 1,)))} = 0"

    def range(self, letter: Letter) -> str:
        """`t = 1, …, T`"""
        return f"{letter.name} = {self.size(letter.low)}, …, {self.size(letter.high)}"

    def entry(self, name: str, letter: str) -> str:
        """`y_{k}`: one entry of a vector, which has no other index."""
        above = tuple(poly(a) for a in self.signatures[name] if a.family)
        if above:
            raise ValueError(f"{name} is a family of vectors")
        return f"{unicode_name(name)}_{{{letter}}}"
