"""Layouts as presentation MathML (MathML Core), without the `<math>` around them.

Every character that is not ours goes through `html.escape`. A text is a row of elements; where MathML wants exactly
one, `one` puts an `<mrow>` around it.
"""

from __future__ import annotations

import re
from fractions import Fraction as Rational
from html import escape

from derive.index import Letter, Poly, Size
from derive.notation import layout as on_page
from derive.notation.layout import Layout
from derive.notation.names import function_word, parts
from derive.notation.printer import Drawn, Printer, Strength, takes_power

_ACCENTS = {"hat": "^", "bar": "¯", "tilde": "~", "dot": "˙", "rightarrow": "→", "leftarrow": "←"}
_MOMENTS = {"expectation": "𝔼", "variance": "Var", "covariance": "Cov"}
_TOKEN = re.compile(r"<(m[ion])>[^<]*</\1>")


def render(x: Layout, short_sums: bool = False) -> str:
    """The layout as MathML elements. `short_sums` leaves out bounds that are the whole declared range."""
    return _PRINTERS[short_sums].render(x)


def mi(text: str) -> str:
    """An identifier: one letter is set in italics, a word upright."""
    return f"<mi>{escape(text)}</mi>"


def mo(text: str) -> str:
    return f"<mo>{escape(text)}</mo>"


def mn(text: str) -> str:
    return f"<mn>{escape(text)}</mn>"


def one(text: str) -> str:
    """The text as one element."""
    return text if _TOKEN.fullmatch(text) else f"<mrow>{text}</mrow>"


def word(text: str) -> str:
    """A number, or an identifier."""
    return mn(text) if text.isdigit() else mi(text)


_COMMA, _PARTIAL = mo(","), mo("∂")
_BOLD_ONE = "<mn>𝟏</mn>"


class MathML(Printer):
    """Brackets stand in an `<mrow>` of their own, so that they stretch with what they hold."""

    minus, plus = mo("−"), mo("+")
    leading_minus = '<mo form="prefix">−</mo>'
    times = dot = '<mspace width=".17em"/>'
    odot, oslash = mo("⊙"), mo("⊘")

    def name(self, x: on_page.Name) -> Drawn:
        text, scripted = self.scripted(x)
        if x.loss is None:
            return text, Strength.SCRIPTED if scripted else Strength.ATOM
        loss = self.scripted(on_page.Name(x.loss))[0]
        below = self.parenthesised(text) if x.name.startswith("∂") else text
        return f"<mfrac>{one(_PARTIAL + loss)}{one(_PARTIAL + below)}</mfrac>", Strength.FACTOR

    def scripted(self, x: on_page.Name) -> tuple[str, bool]:
        """A name with what stands below and above it, and whether another mark above would be misread. What has a
        subscript or a prime already takes its indices in brackets: W_f[i, j]."""
        part = parts(x.name)
        base = word(part.base)
        for accent in part.accents:
            base = f'<mover accent="true">{base}<mo stretchy="false">{_ACCENTS[accent]}</mo></mover>'
        taken = bool(part.subscripts or part.primes)
        subscripts = part.subscripts if taken else ()
        below = _COMMA.join(map(word, subscripts)) if taken else _COMMA.join(map(self.poly, x.below))
        above = mo("′" * len(part.primes)) if part.primes else ""
        if x.above:
            above += self.parenthesised(_COMMA.join(map(self.poly, x.above)))
        text = attached(base, below, above)
        if taken and x.below:
            text += self.bracketed(_COMMA.join(map(self.poly, x.below)))
        return text, bool(above)

    def slice(self, x: on_page.Slice) -> Drawn:
        text, strength = self.draw(x.body)
        spans = (mo(":") if s is None else self.poly(s) if isinstance(s, Poly) else
                 self.poly(s[0]) + mo("…") + self.poly(s[1]) for s in x.spans)
        if x.body.loss is not None:
            text = self.parenthesised(text)
        return text + self.bracketed(_COMMA.join(spans)), strength

    def fraction(self, x: on_page.Fraction) -> Drawn:
        return f"<mfrac>{one(self.render(x.above))}{one(self.render(x.below))}</mfrac>", Strength.FACTOR

    def power(self, x: on_page.Power) -> Drawn:
        if isinstance(x.base, on_page.Call) and takes_power(x.base, x.exponent):
            name, arguments = self.call_parts(x.base)
            return attached(name, "", self.poly(x.exponent)) + self.parenthesised(arguments), Strength.ATOM
        return attached(self.at_least(x.base, Strength.ATOM), "", self.poly(x.exponent)), Strength.SCRIPTED

    def elementwise_power(self, x: on_page.ElementwisePower) -> Drawn:
        if isinstance(x.base, on_page.Call) and takes_power(x.base, x.exponent):
            return self.power(on_page.Power(x.base, x.exponent))
        exponent = mo("⊙") + self.poly(x.exponent)
        return attached(self.at_least(x.base, Strength.ATOM), "", exponent), Strength.SCRIPTED

    def transpose(self, x: on_page.Transpose) -> Drawn:
        return attached(self.at_least(x.body, Strength.ATOM), "", mo("⊤")), Strength.SCRIPTED

    def root(self, x: on_page.Root) -> Drawn:
        return f"<msqrt>{self.render(x.body)}</msqrt>", Strength.ATOM

    def diag(self, x: on_page.Diag) -> Drawn:
        return mi("diag") + self.parenthesised(self.render(x.body)), Strength.ATOM

    def norm(self, x: on_page.NormSquared) -> Drawn:
        inside = self.fenced("‖", self.render(x.body), "‖")
        return attached(inside, mi("F") if x.frobenius else "", mn("2")), Strength.SCRIPTED

    def call(self, x: on_page.Call) -> Drawn:
        name, arguments = self.call_parts(x)
        if x.function == "abs":
            return self.fenced("|", arguments, "|"), Strength.ATOM
        if x.function in _MOMENTS:
            return mi(_MOMENTS[x.function]) + self.bracketed(arguments), Strength.ATOM
        return name + self.parenthesised(arguments), Strength.ATOM

    def call_parts(self, x: on_page.Call) -> tuple[str, str]:
        shown = function_word(x.function)
        primes = "′" * (len(x.function) - len(x.function.rstrip("'")))
        below = parts(shown)
        name = attached(word(below.base), _COMMA.join(map(word, below.subscripts)), mo(primes) if primes else "")
        return name, _COMMA.join(map(self.render, x.arguments))

    def ones(self, x: on_page.Ones) -> Drawn:
        return _BOLD_ONE, Strength.ATOM

    def identity(self, x: on_page.Identity) -> Drawn:
        return mi("I"), Strength.ATOM

    def indicator(self, x: on_page.Indicator) -> Drawn:
        return self.bracketed(self.poly(x.left) + mo(x.relation) + self.poly(x.right)), Strength.ATOM

    def partial(self, x: on_page.Partial) -> Drawn:
        sign = attached(_PARTIAL, "", mo("+")) if x.immediate else _PARTIAL
        above, below = sign + self.render(x.of), _PARTIAL + self.render(x.by)
        return f"<mfrac>{one(above)}{one(below)}</mfrac>", Strength.FACTOR

    def second(self, x: on_page.Second) -> Drawn:
        turned = on_page.Transpose(x.by) if x.turned else x.by
        above = attached(_PARTIAL, "", mn("2")) + self.scripted(on_page.Name(x.loss))[0]
        below = _PARTIAL + self.render(x.of) + self.times + _PARTIAL + self.render(turned)
        return f"<mfrac>{one(above)}{one(below)}</mfrac>", Strength.FACTOR

    def condition(self, x: on_page.Condition) -> Drawn:
        letter, low, high = self.letter(x.letter), self.poly(x.low), self.poly(x.high)
        shown = letter + mo("=") + low if x.low == x.high else low + mo("≤") + letter + mo("≤") + high
        return shown, Strength.SUM

    def cases(self, x: on_page.Cases) -> Drawn:
        rows = "".join(f"<mtr><mtd>{self.render(body)}</mtd><mtd>{self.otherwise(c)}</mtd></mtr>"
                       for body, c in x.rows)
        return f'<mrow>{mo("{")}<mtable style="text-align:left">{rows}</mtable></mrow>', Strength.ATOM

    def otherwise(self, condition: on_page.Condition | None) -> str:
        return "<mtext>otherwise</mtext>" if condition is None else self.render(condition)

    def matrix(self, x: on_page.Matrix) -> Drawn:
        rows = ("".join(f"<mtd>{self.render(entry)}</mtd>" for entry in row) for row in x.rows)
        return self.bracketed(f"<mtable>{''.join(f'<mtr>{row}</mtr>' for row in rows)}</mtable>"), Strength.ATOM

    def equation(self, x: on_page.Equation) -> Drawn:
        text = self.render(x.left) + mo("=") + self.render(x.right)
        if x.condition is not None:
            text += '<mspace width="2em"/>' + self.render(x.condition)
        return text, Strength.SUM

    def concat(self, x: on_page.Concat) -> Drawn:
        return self.bracketed(_COMMA.join(map(self.render, x.parts))), Strength.ATOM

    def entries(self, x: on_page.Entries) -> Drawn:
        letters = _COMMA.join(self.letter(a) for a in (x.row, x.column) if a is not None)
        return attached(self.parenthesised(self.render(x.body)), letters, ""), Strength.ATOM

    def entry(self, x: on_page.Entry) -> Drawn:
        inside = self.parenthesised(self.render(x.body))
        return inside + self.bracketed(_COMMA.join(map(self.poly, x.indices))), Strength.ATOM

    # -- marks ---------------------------------------------------------------------------------------------------
    def fenced(self, left: str, text: str, right: str) -> str:
        return f'<mrow><mo form="prefix">{left}</mo>{text}<mo form="postfix">{right}</mo></mrow>'

    def parenthesised(self, text: str) -> str:
        return f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>"

    def bracketed(self, text: str) -> str:
        return f"<mrow><mo>[</mo>{text}<mo>]</mo></mrow>"

    def rational(self, value: Rational) -> str:
        if value.denominator == 1:
            return mn(str(value))
        return f"<mfrac>{mn(str(value.numerator))}{mn(str(value.denominator))}</mfrac>"

    def letter(self, letter: Letter) -> str:
        return self.scripted(on_page.Name(letter.name))[0]

    def atom(self, atom: Letter | Size, count: int) -> str:
        text = self.scripted(on_page.Name(atom.name))[0]
        if isinstance(atom, Size) and atom.at:
            text = attached(text, _COMMA.join(map(self.poly, atom.at)), "")
        return text if count == 1 else attached(text, "", mn(str(count)))

    def sum_sign(self, letter: Letter, short: bool) -> str:
        shown = self.letter(letter)
        if short:
            return f"<munder>{mo('∑')}{one(shown)}</munder>"
        low = one(shown + mo("=") + self.poly(letter.low))
        return f"<munderover>{mo('∑')}{low}{one(self.poly(letter.high))}</munderover>"

    def product_sign(self, letter: Letter, ordered: bool) -> str:
        shown, low, high = self.letter(letter), self.poly(letter.low), self.poly(letter.high)
        if ordered:
            return f"<munder>{mo('∏')}{one(high + mo('≥') + shown + mo('≥') + low)}</munder>"
        return f"<munderover>{mo('∏')}{one(shown + mo('=') + low)}{one(high)}</munderover>"

    def under(self, word: str, letter: Letter) -> str:
        between = self.poly(letter.low) + mo("≤") + self.letter(letter) + mo("≤") + self.poly(letter.high)
        return f"<munder>{mo(word)}{one(between)}</munder>"


def attached(base: str, below: str, above: str) -> str:
    """A base with what stands below and above behind it; nothing where nothing stands there."""
    if below and above:
        return f"<msubsup>{one(base)}{one(below)}{one(above)}</msubsup>"
    if below:
        return f"<msub>{one(base)}{one(below)}</msub>"
    return f"<msup>{one(base)}{one(above)}</msup>" if above else base


_PRINTERS = {short: MathML(short) for short in (False, True)}
