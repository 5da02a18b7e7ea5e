"""Layouts as Typst mathematics, without the dollars around them: `δ^((l)) = (W^((l + 1)))^⊤ δ^((l + 1)) ⊙ …`.

Commas are escaped, since they would part the arguments of a function, and everything is kept apart by blanks, since
letters side by side would be one name.
"""

from __future__ import annotations

from fractions import Fraction as Rational

from derive.index import Letter, Poly, Size
from derive.notation import layout as on_page
from derive.notation.layout import Layout
from derive.notation.names import function_word, parts
from derive.notation.printer import Drawn, Printer, Strength, takes_power

_ACCENTS = {"hat": "hat", "bar": "macron", "tilde": "tilde", "dot": "dot",
            "rightarrow": "arrow", "leftarrow": "arrow.l"}
_MOMENTS = {"expectation": "𝔼", "variance": 'op("Var")', "covariance": 'op("Cov")'}
_COMMA = "\\, "


def render(x: Layout, short_sums: bool = False) -> str:
    """The layout as Typst for math mode. `short_sums` leaves out bounds that are the whole declared range."""
    return _PRINTERS[short_sums].render(x)


def quoted(text: str) -> str:
    """Upright text, as Typst writes a string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def word(text: str) -> str:
    """A letter or a number as it is; any other text upright."""
    return text if text.isdigit() or len(text) == 1 and text.isalpha() else quoted(text)


class Typst(Printer):
    """Typst stretches brackets that belong together by itself."""

    leading_minus = "−"
    times, dot = " thin ", " thin "

    def name(self, x: on_page.Name) -> Drawn:
        text, scripted = self.scripted(x)
        if x.loss is None:
            return text, Strength.SCRIPTED if scripted else Strength.ATOM
        loss = self.scripted(on_page.Name(x.loss))[0]
        below = self.parenthesised(text) if x.name.startswith("∂") else text
        return f"frac(∂ {loss}, ∂ {below})", Strength.FACTOR

    def scripted(self, x: on_page.Name) -> tuple[str, bool]:
        """A name with what stands below and above it, and whether another mark above would be misread. What has a
        subscript or a prime already takes its indices in brackets: W_f[i, j]."""
        part = parts(x.name)
        text = word(part.base)
        for accent in part.accents:
            text = f"{_ACCENTS[accent]}({text})"
        taken = bool(part.subscripts or part.primes)
        below = _COMMA.join(map(word, part.subscripts)) if taken else _COMMA.join(map(self.poly, x.below))
        above = " ".join(["prime"] * len(part.primes))
        if x.above:
            above += " " + self.parenthesised(_COMMA.join(map(self.poly, x.above)))
        text = attached(text, below, above)
        if taken and x.below:
            text += f" {self.bracketed(_COMMA.join(map(self.poly, x.below)))}"
        return text, bool(above)

    def slice(self, x: on_page.Slice) -> Drawn:
        text, strength = self.draw(x.body)
        spans = (":" if s is None else self.poly(s) if isinstance(s, Poly) else
                 f"{self.poly(s[0])} … {self.poly(s[1])}" for s in x.spans)
        if x.body.loss is not None:
            text = self.parenthesised(text)
        return f"{text} {self.bracketed(_COMMA.join(spans))}", strength

    def fraction(self, x: on_page.Fraction) -> Drawn:
        return f"frac({self.render(x.above)}, {self.render(x.below)})", Strength.FACTOR

    def power(self, x: on_page.Power) -> Drawn:
        if isinstance(x.base, on_page.Call) and takes_power(x.base, x.exponent):
            name, arguments = self.call_parts(x.base)
            return f"{attached(name, '', self.poly(x.exponent))} {self.parenthesised(arguments)}", Strength.ATOM
        return attached(self.at_least(x.base, Strength.ATOM), "", self.poly(x.exponent)), Strength.SCRIPTED

    def elementwise_power(self, x: on_page.ElementwisePower) -> Drawn:
        if isinstance(x.base, on_page.Call) and takes_power(x.base, x.exponent):
            return self.power(on_page.Power(x.base, x.exponent))
        return attached(self.at_least(x.base, Strength.ATOM), "", f"⊙ {self.poly(x.exponent)}"), Strength.SCRIPTED

    def transpose(self, x: on_page.Transpose) -> Drawn:
        return attached(self.at_least(x.body, Strength.ATOM), "", "⊤"), Strength.SCRIPTED

    def root(self, x: on_page.Root) -> Drawn:
        return f"sqrt({self.render(x.body)})", Strength.ATOM

    def diag(self, x: on_page.Diag) -> Drawn:
        return f'op("diag") {self.parenthesised(self.render(x.body))}', Strength.ATOM

    def norm(self, x: on_page.NormSquared) -> Drawn:
        return attached(f"norm({self.render(x.body)})", "F" if x.frobenius else "", "2"), Strength.SCRIPTED

    def call(self, x: on_page.Call) -> Drawn:
        name, arguments = self.call_parts(x)
        if x.function == "abs":
            return f"abs({arguments})", Strength.ATOM
        if x.function in _MOMENTS:
            return f"{_MOMENTS[x.function]} {self.bracketed(arguments)}", Strength.ATOM
        return f"{name} {self.parenthesised(arguments)}", Strength.ATOM

    def call_parts(self, x: on_page.Call) -> tuple[str, str]:
        primes = len(x.function) - len(x.function.rstrip("'"))
        shown = parts(function_word(x.function))
        base = shown.base if len(shown.base) == 1 and shown.base.isalpha() else f"op({quoted(shown.base)})"
        name = attached(base, _COMMA.join(map(word, shown.subscripts)), " ".join(["prime"] * primes))
        return name, _COMMA.join(map(self.render, x.arguments))

    def ones(self, x: on_page.Ones) -> Drawn:
        return "bold(1)", Strength.ATOM

    def identity(self, x: on_page.Identity) -> Drawn:
        return "I", Strength.ATOM

    def indicator(self, x: on_page.Indicator) -> Drawn:
        return self.bracketed(f"{self.poly(x.left)} {x.relation} {self.poly(x.right)}"), Strength.ATOM

    def partial(self, x: on_page.Partial) -> Drawn:
        sign = attached("∂", "", "+") if x.immediate else "∂"
        return f"frac({sign} {self.render(x.of)}, ∂ {self.render(x.by)})", Strength.FACTOR

    def second(self, x: on_page.Second) -> Drawn:
        turned = on_page.Transpose(x.by) if x.turned else x.by
        above = f"{attached('∂', '', '2')} {self.scripted(on_page.Name(x.loss))[0]}"
        return f"frac({above}, ∂ {self.render(x.of)} thin ∂ {self.render(turned)})", Strength.FACTOR

    def condition(self, x: on_page.Condition) -> Drawn:
        letter, low, high = self.letter(x.letter), self.poly(x.low), self.poly(x.high)
        return f"{letter} = {low}" if x.low == x.high else f"{low} ≤ {letter} ≤ {high}", Strength.SUM

    def cases(self, x: on_page.Cases) -> Drawn:
        rows = (f"{self.render(body)} & {quoted('otherwise') if c is None else self.render(c)}" for body, c in x.rows)
        return f"cases({', '.join(rows)})", Strength.ATOM

    def matrix(self, x: on_page.Matrix) -> Drawn:
        rows = (", ".join(map(self.render, row)) for row in x.rows)
        return f'mat(delim: "[", {"; ".join(rows)})', Strength.ATOM

    def concat(self, x: on_page.Concat) -> Drawn:
        return self.bracketed(_COMMA.join(map(self.render, x.parts))), Strength.ATOM

    def entries(self, x: on_page.Entries) -> Drawn:
        letters = _COMMA.join(self.letter(a) for a in (x.row, x.column) if a is not None)
        return attached(self.parenthesised(self.render(x.body)), letters, ""), Strength.ATOM

    def entry(self, x: on_page.Entry) -> Drawn:
        inside = self.parenthesised(self.render(x.body))
        return f"{inside} {self.bracketed(_COMMA.join(map(self.poly, x.indices)))}", Strength.ATOM

    # -- marks ---------------------------------------------------------------------------------------------------
    condition_gap = " quad "

    def rational(self, value: Rational) -> str:
        return str(value) if value.denominator == 1 else f"frac({value.numerator}, {value.denominator})"

    def letter(self, letter: Letter) -> str:
        return self.scripted(on_page.Name(letter.name))[0]

    def atom(self, atom: Letter | Size, count: int) -> str:
        text = self.scripted(on_page.Name(atom.name))[0]
        if isinstance(atom, Size) and atom.at:
            text = attached(text, _COMMA.join(map(self.poly, atom.at)), "")
        text = text if count == 1 else attached(text, "", str(count))
        return f" {text}"

    def sum_sign(self, letter: Letter, short: bool) -> str:
        shown = self.letter(letter)
        return f"sum_({shown})" if short else f"sum_({shown} = {self.poly(letter.low)})^({self.poly(letter.high)})"

    def product_sign(self, letter: Letter, ordered: bool) -> str:
        shown, low, high = self.letter(letter), self.poly(letter.low), self.poly(letter.high)
        return f"product_({high} ≥ {shown} ≥ {low})" if ordered else f"product_({shown} = {low})^({high})"

    def under(self, word: str, letter: Letter) -> str:
        return f"op({quoted(word)})_({self.poly(letter.low)} ≤ {self.letter(letter)} ≤ {self.poly(letter.high)})"


def attached(base: str, below: str, above: str) -> str:
    """A base with what stands below and above behind it; nothing where nothing stands there."""
    return base + (f"_({below})" if below else "") + (f"^({above})" if above else "")


_PRINTERS = {short: Typst(short) for short in (False, True)}
