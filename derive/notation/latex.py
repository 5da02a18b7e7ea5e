r"""Layouts as LaTeX: `\delta^{(l)} = \left(\left(W^{(l+1)}\right)^{\top} \delta^{(l+1)}\right) \odot …`."""

from __future__ import annotations

from fractions import Fraction as Rational

from derive.index import Letter, Poly, Size
from derive.notation import layout as on_page
from derive.notation.layout import Layout
from derive.notation.names import MOMENTS, is_scripted, latex_function, latex_name
from derive.notation.printer import Drawn, Printer, Strength, takes_power

_RELATIONS = {"=": "=", "≤": r"\le", "≥": r"\ge"}


def render(x: Layout, short_sums: bool = False) -> str:
    """The layout as LaTeX for math mode. `short_sums` leaves out bounds that are the whole declared range."""
    return _PRINTERS[short_sums].render(x)


class Latex(Printer):
    """LaTeX that amsmath, KaTeX and MathJax all read."""

    minus = leading_minus = "-"
    dot = r" \, "
    times = r" \, "
    odot, oslash = r" \odot ", r" \oslash "

    def name(self, x: on_page.Name) -> Drawn:
        text = latex_name(x.name)
        strength = Strength.SCRIPTED if x.above or is_scripted(text) else Strength.ATOM
        above = f"^{{({', '.join(map(self.poly, x.above))})}}" if x.above else ""
        if x.below:
            text = self.with_subscript(text, ", ".join(map(self.poly, x.below)), above)
        else:
            text += above
        if x.loss is None:
            return text, strength
        if text.startswith(r"\partial"):
            text = self.parenthesised(text)
        return rf"\frac{{\partial {latex_name(x.loss)}}}{{\partial {text}}}", Strength.FACTOR

    def with_subscript(self, text: str, index: str, above: str = "") -> str:
        """A name that has a subscript already takes its indices in brackets: W_f[i, j]."""
        taken = "_{" in text or text.endswith("'")
        return f"{text}{above}[{index}]" if taken else f"{text}_{{{index}}}{above}"

    def slice(self, x: on_page.Slice) -> Drawn:
        text, strength = self.draw(x.body)
        spans = (":" if s is None else self.poly(s) if isinstance(s, Poly) else
                 rf"{self.poly(s[0])} \ldots {self.poly(s[1])}" for s in x.spans)
        if x.body.loss is not None:
            text = self.parenthesised(text)
        return rf"{text}[{', '.join(spans)}]", strength

    def fraction(self, x: on_page.Fraction) -> Drawn:
        return rf"\frac{{{self.render(x.above)}}}{{{self.render(x.below)}}}", Strength.FACTOR

    def power(self, x: on_page.Power) -> Drawn:
        if isinstance(x.base, on_page.Call) and takes_power(x.base, x.exponent):
            name, arguments = self.call_parts(x.base)
            return f"{name}^{{{self.poly(x.exponent)}}}{self.parenthesised(arguments)}", Strength.ATOM
        return f"{self.base(x.base)}^{{{self.poly(x.exponent)}}}", Strength.SCRIPTED

    def elementwise_power(self, x: on_page.ElementwisePower) -> Drawn:
        if isinstance(x.base, on_page.Call) and takes_power(x.base, x.exponent):
            return self.power(on_page.Power(x.base, x.exponent))
        return rf"{self.base(x.base)}^{{\odot {self.poly(x.exponent)}}}", Strength.SCRIPTED

    def transpose(self, x: on_page.Transpose) -> Drawn:
        return rf"{self.base(x.body)}^{{\top}}", Strength.SCRIPTED

    def base(self, x: Layout) -> str:
        return self.at_least(x, Strength.ATOM)

    def root(self, x: on_page.Root) -> Drawn:
        return rf"\sqrt{{{self.render(x.body)}}}", Strength.ATOM

    def diag(self, x: on_page.Diag) -> Drawn:
        return rf"\operatorname{{diag}}{self.parenthesised(self.render(x.body))}", Strength.ATOM

    def norm(self, x: on_page.NormSquared) -> Drawn:
        lower = "_{F}" if x.frobenius else ""
        return rf"\left\lVert {self.render(x.body)} \right\rVert{lower}^{{2}}", Strength.SCRIPTED

    def call(self, x: on_page.Call) -> Drawn:
        name, arguments = self.call_parts(x)
        if x.function == "abs":
            return rf"\left|{arguments}\right|", Strength.ATOM
        if x.function in MOMENTS:
            return MOMENTS[x.function][1] + self.bracketed(arguments), Strength.ATOM
        return name + self.parenthesised(arguments), Strength.ATOM

    def call_parts(self, x: on_page.Call) -> tuple[str, str]:
        return latex_function(x.function), ", ".join(map(self.render, x.arguments))

    def ones(self, x: on_page.Ones) -> Drawn:
        return r"\mathbf{1}", Strength.ATOM

    def identity(self, x: on_page.Identity) -> Drawn:
        return "I", Strength.ATOM

    def indicator(self, x: on_page.Indicator) -> Drawn:
        return f"[{self.poly(x.left)} {_RELATIONS[x.relation]} {self.poly(x.right)}]", Strength.ATOM

    def partial(self, x: on_page.Partial) -> Drawn:
        above = r"\partial^{+} " if x.immediate else r"\partial "
        return rf"\frac{{{above}{self.render(x.of)}}}{{\partial {self.render(x.by)}}}", Strength.FACTOR

    def second(self, x: on_page.Second) -> Drawn:
        turned = on_page.Transpose(x.by) if x.turned else x.by
        below = rf"\partial {self.render(x.of)} \, \partial {self.render(turned)}"
        return rf"\frac{{\partial^{{2}} {latex_name(x.loss)}}}{{{below}}}", Strength.FACTOR

    def condition(self, x: on_page.Condition) -> Drawn:
        letter, low, high = self.letter(x.letter), self.poly(x.low), self.poly(x.high)
        return f"{letter} = {low}" if x.low == x.high else rf"{low} \le {letter} \le {high}", Strength.SUM

    def cases(self, x: on_page.Cases) -> Drawn:
        rows = (f"{self.render(body)} & " + (r"\text{otherwise}" if c is None else self.render(c))
                for body, c in x.rows)
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}", Strength.ATOM

    def matrix(self, x: on_page.Matrix) -> Drawn:
        rows = (" & ".join(map(self.render, row)) for row in x.rows)
        return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}", Strength.ATOM

    condition_gap = r" \qquad "

    def bracketed(self, text: str) -> str:
        return rf"\left[{text}\right]"

    def parenthesised(self, text: str) -> str:
        return rf"\left({text}\right)"

    def rational(self, value: Rational) -> str:
        if value.denominator == 1:
            return str(value)
        return rf"\frac{{{value.numerator}}}{{{value.denominator}}}"

    def letter(self, letter: Letter) -> str:
        return latex_name(letter.name)

    def atom(self, atom: Letter | Size, count: int) -> str:
        text = latex_name(atom.name)
        if isinstance(atom, Size) and atom.at:
            text = self.with_subscript(text, ", ".join(map(self.poly, atom.at)))
        return text if count == 1 else f"{text}^{{{count}}}"

    def sum_sign(self, letter: Letter, short: bool) -> str:
        shown = self.letter(letter)
        return (rf"\sum_{{{shown}}}" if short
                else rf"\sum_{{{shown}={self.poly(letter.low)}}}^{{{self.poly(letter.high)}}}")

    def product_sign(self, letter: Letter, ordered: bool) -> str:
        shown, low, high = self.letter(letter), self.poly(letter.low), self.poly(letter.high)
        return (rf"\prod_{{{high} \ge {shown} \ge {low}}}" if ordered
                else rf"\prod_{{{shown}={low}}}^{{{high}}}")

    def under(self, word: str, letter: Letter) -> str:
        command = rf"\{word}" if word != "argmax" else r"\operatorname{argmax}"
        return rf"{command}_{{{self.poly(letter.low)} \le {self.letter(letter)} \le {self.poly(letter.high)}}}"

    def entries(self, x: on_page.Entries) -> Drawn:
        letters = ", ".join(self.letter(a) for a in (x.row, x.column) if a is not None)
        return f"{self.parenthesised(self.render(x.body))}_{{{letters}}}", Strength.ATOM

    def entry(self, x: on_page.Entry) -> Drawn:
        return f"{self.parenthesised(self.render(x.body))}[{', '.join(map(self.poly, x.indices))}]", Strength.ATOM


_PRINTERS = {short: Latex(short) for short in (False, True)}
