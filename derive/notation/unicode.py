"""Layouts as plain text with Unicode marks: `δ^(l) = ((W^(l+1))ᵀ δ^(l+1)) ⊙ σ'(z^(l))`."""

from __future__ import annotations

from derive.index import Letter, Poly, Size
from derive.notation import layout as on_page
from derive.notation.layout import Layout
from derive.notation.names import MOMENTS, is_scripted, unicode_function, unicode_name
from derive.notation.printer import Drawn, Printer, Strength, takes_power

_DIGITS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def render(x: Layout, short_sums: bool = False) -> str:
    """The layout as one line of text. `short_sums` leaves out bounds that are the whole declared range."""
    return _PRINTERS[short_sums].render(x)


class Unicode(Printer):
    """Plain text. Only whole numbers are raised; every other exponent stands in braces, `β^{t−s}`."""

    def name(self, x: on_page.Name) -> Drawn:
        text = unicode_name(x.name)
        strength = Strength.SCRIPTED if x.above or is_scripted(text) else Strength.ATOM
        if x.above:
            text += f"^({','.join(map(self.poly, x.above))})"
        if x.below:
            text += f"[{', '.join(map(self.poly, x.below))}]"
        if x.loss is None:
            return text, strength
        if text.startswith("∂"):
            text = f"({text})"
        return f"∂{unicode_name(x.loss)}/∂{text}", Strength.FACTOR

    def slice(self, x: on_page.Slice) -> Drawn:
        text, strength = self.draw(x.body)
        spans = (":" if s is None else self.poly(s) if isinstance(s, Poly) else
                 f"{self.poly(s[0])}…{self.poly(s[1])}" for s in x.spans)
        return f"{text}[{', '.join(spans)}]", strength

    def fraction(self, x: on_page.Fraction) -> Drawn:
        return "/".join(self.at_least(p, Strength.SCRIPTED) for p in (x.above, x.below)), Strength.PRODUCT

    def power(self, x: on_page.Power) -> Drawn:
        if isinstance(x.base, on_page.Call) and takes_power(x.base, x.exponent):
            name, arguments = self.call_parts(x.base)
            return f"{name}{self.exponent(x.exponent)}({arguments})", Strength.ATOM
        return self.at_least(x.base, Strength.ATOM) + self.exponent(x.exponent), Strength.SCRIPTED

    def elementwise_power(self, x: on_page.ElementwisePower) -> Drawn:
        if isinstance(x.base, on_page.Call) and takes_power(x.base, x.exponent):
            return self.power(on_page.Power(x.base, x.exponent))
        return f"{self.at_least(x.base, Strength.ATOM)}⊙{self.exponent(x.exponent)}", Strength.SCRIPTED

    def exponent(self, exponent: Poly) -> str:
        value = exponent.constant
        if value is not None and value == int(value):
            return str(int(value)).translate(_DIGITS)
        return f"^{{{self.poly(exponent)}}}"

    def root(self, x: on_page.Root) -> Drawn:
        return f"√({self.render(x.body)})", Strength.ATOM

    def transpose(self, x: on_page.Transpose) -> Drawn:
        return f"{self.at_least(x.body, Strength.ATOM)}ᵀ", Strength.SCRIPTED

    def diag(self, x: on_page.Diag) -> Drawn:
        return f"diag({self.render(x.body)})", Strength.ATOM

    def norm(self, x: on_page.NormSquared) -> Drawn:
        return f"‖{self.render(x.body)}‖{'_F' if x.frobenius else ''}²", Strength.SCRIPTED

    def call(self, x: on_page.Call) -> Drawn:
        name, arguments = self.call_parts(x)
        if x.function == "abs":
            return f"|{arguments}|", Strength.ATOM
        if x.function in MOMENTS:
            return f"{MOMENTS[x.function][0]}[{arguments}]", Strength.ATOM
        return f"{name}({arguments})", Strength.ATOM

    def call_parts(self, x: on_page.Call) -> tuple[str, str]:
        return unicode_function(x.function), ", ".join(map(self.render, x.arguments))

    def ones(self, x: on_page.Ones) -> Drawn:
        return "𝟏", Strength.ATOM

    def identity(self, x: on_page.Identity) -> Drawn:
        return "I", Strength.ATOM

    def indicator(self, x: on_page.Indicator) -> Drawn:
        return f"[{self.poly(x.left)} {x.relation} {self.poly(x.right)}]", Strength.ATOM

    def partial(self, x: on_page.Partial) -> Drawn:
        of, by = (self.parenthesised(t) if s == Strength.FACTOR else t for t, s in (self.draw(x.of), self.draw(x.by)))
        return f"∂{'⁺' if x.immediate else ''}{of}/∂{by}", Strength.FACTOR

    def second(self, x: on_page.Second) -> Drawn:
        turned = on_page.Transpose(x.by) if x.turned else x.by
        return f"∂²{unicode_name(x.loss)}/∂{self.render(x.of)}∂{self.render(turned)}", Strength.FACTOR

    def condition(self, x: on_page.Condition) -> Drawn:
        letter, low, high = self.letter(x.letter), self.poly(x.low), self.poly(x.high)
        return f"{letter} = {low}" if x.low == x.high else f"{low} ≤ {letter} ≤ {high}", Strength.SUM

    def cases(self, x: on_page.Cases) -> Drawn:
        rows = (self.render(body) + self.condition_gap + ("otherwise" if c is None else self.render(c))
                for body, c in x.rows)
        return "{ " + "; ".join(rows), Strength.SUM

    def matrix(self, x: on_page.Matrix) -> Drawn:
        rows = (self.bracketed(", ".join(map(self.render, row))) for row in x.rows)
        return self.bracketed(", ".join(rows)), Strength.ATOM

    def equation(self, x: on_page.Equation) -> Drawn:
        text = f"{self.render(x.left)} = {self.render(x.right)}"
        if x.condition is not None:
            text += f"{self.condition_gap}({self.render(x.condition)})"
        return text, Strength.SUM

    def letter(self, letter: Letter) -> str:
        return unicode_name(letter.name)

    def atom(self, atom: Letter | Size, count: int) -> str:
        text = unicode_name(atom.name)
        if isinstance(atom, Size) and atom.at:
            text += f"[{','.join(map(self.poly, atom.at))}]"
        return text if count == 1 else text + str(count).translate(_DIGITS)

    def sum_sign(self, letter: Letter, short: bool) -> str:
        shown = self.letter(letter)
        return f"Σ_{shown}" if short else f"Σ_{{{shown}={self.poly(letter.low)}}}^{{{self.poly(letter.high)}}}"

    def product_sign(self, letter: Letter, ordered: bool) -> str:
        shown, low, high = self.letter(letter), self.poly(letter.low), self.poly(letter.high)
        return f"∏_{{{high}≥{shown}≥{low}}}" if ordered else f"∏_{{{shown}={low}}}^{{{high}}}"

    def under(self, word: str, letter: Letter) -> str:
        return f"{word}_{{{self.poly(letter.low)}≤{self.letter(letter)}≤{self.poly(letter.high)}}}"

    def entries(self, x: on_page.Entries) -> Drawn:
        letters = ",".join(self.letter(a) for a in (x.row, x.column) if a is not None)
        return f"({self.render(x.body)})_{{{letters}}}", Strength.ATOM

    def entry(self, x: on_page.Entry) -> Drawn:
        return f"({self.render(x.body)})[{', '.join(map(self.poly, x.indices))}]", Strength.ATOM


_PRINTERS = {short: Unicode(short) for short in (False, True)}
