"""What all printers share: which layouts need parentheses where.

A printer gives each layout a text and a strength. A layout is put in parentheses wherever it is weaker than the place
in which it stands demands.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from fractions import Fraction as Rational

from derive.index import Letter, Monomial, Number as Numeric, Poly, Size
from derive.notation import layout as on_page
from derive.notation.layout import Layout
from derive.notation.names import MOMENTS


class Strength(IntEnum):
    """How firmly a text holds together, weakest first."""

    SUM = 0         # a + b, −a
    ENTRYWISE = 1   # a ⊙ b, Σ a
    PRODUCT = 2     # a b
    FACTOR = 3      # may stand in a product
    SCRIPTED = 4    # h^(t), x²: may be divided, not raised
    ATOM = 5


Drawn = tuple[str, Strength]


def takes_power(x: on_page.Call, exponent: Poly) -> bool:
    """Whether the power may stand at the name of a function: tanh²(x). Negative powers would look like inverses."""
    return x.function != "abs" and x.function not in MOMENTS and exponent.constant in (2, 3)


class Printer:
    """Draws layouts as text. A printer for a markup overrides the small methods at the end."""

    minus, plus = "−", "+"
    leading_minus = minus
    times, dot = " ", "·"
    odot, oslash = " ⊙ ", " ⊘ "
    equals, after_word = " = ", " "
    fraction_strength = Strength.PRODUCT

    def __init__(self, short_sums: bool = False):
        self.short_sums = short_sums
        self._draw: dict[type, Callable[..., Drawn]] = {
            on_page.Name: self.name, on_page.Number: self.number, on_page.Add: self.add,
            on_page.Negate: self.negate, on_page.Product: self.product, on_page.Scale: self.scale,
            on_page.Hadamard: self.hadamard, on_page.Divide: self.divide, on_page.Fraction: self.fraction,
            on_page.Power: self.power, on_page.MatrixPower: self.power,
            on_page.ElementwisePower: self.elementwise_power, on_page.Root: self.root,
            on_page.Transpose: self.transpose, on_page.Diag: self.diag, on_page.NormSquared: self.norm,
            on_page.Call: self.call, on_page.BigSum: self.big_sum, on_page.Concat: self.concat,
            on_page.BigProduct: self.big_product, on_page.Extreme: self.extreme,
            on_page.IsGreatest: self.is_greatest, on_page.Entries: self.entries, on_page.Entry: self.entry,
            on_page.Slice: self.slice, on_page.Ones: self.ones, on_page.Identity: self.identity,
            on_page.Indicator: self.indicator, on_page.Partial: self.partial, on_page.Second: self.second,
            on_page.Cases: self.cases, on_page.Matrix: self.matrix,
            on_page.Condition: self.condition, on_page.Equation: self.equation,
        }

    def render(self, x: Layout) -> str:
        return self.draw(x)[0]

    def draw(self, x: Layout) -> Drawn:
        return self._draw[type(x)](x)

    def at_least(self, x: Layout, strength: Strength) -> str:
        """The text of `x`, in parentheses if it is weaker than `strength`."""
        text, own = self.draw(x)
        return text if own >= strength else self.parenthesised(text)

    # -- sums and products ---------------------------------------------------------------------------------------
    def number(self, x: on_page.Number) -> Drawn:
        return self.poly(x.value), self.poly_strength(x.value)

    def add(self, x: on_page.Add) -> Drawn:
        text = ""
        for k, t in enumerate(x.terms):
            sign, body = self.sign_of(t)
            part = self.at_least(body, Strength.ENTRYWISE)
            if k:
                text += f" {self.minus if sign else self.plus} {part}"
            else:
                text = self.leading_minus + part if sign else part
        return text, Strength.SUM

    def sign_of(self, x: Layout) -> tuple[bool, Layout]:
        """Whether a minus sign stands before `x`, and what follows it."""
        if isinstance(x, on_page.Negate):
            return True, x.body
        if isinstance(x, on_page.Number) and x.value.constant is not None and x.value.constant < 0:
            return True, on_page.Number(-x.value)
        return False, x

    def negate(self, x: on_page.Negate) -> Drawn:
        return self.leading_minus + self.at_least(x.body, Strength.ENTRYWISE), Strength.SUM

    def product(self, x: on_page.Product) -> Drawn:
        return self.juxtaposed(x.factors), Strength.PRODUCT

    def scale(self, x: on_page.Scale) -> Drawn:
        return self.juxtaposed((*x.scalars, x.body)), Strength.PRODUCT

    def juxtaposed(self, factors: tuple[Layout, ...]) -> str:
        """Factors side by side. At the end a product needs no parentheses, because a (b c) is a b c, and a sum sign
        needs none, because it reaches to the right."""
        *front, last = factors
        parts = [self.at_least(f, Strength.FACTOR) for f in front]
        open_ended = isinstance(last, (on_page.BigSum, on_page.BigProduct, on_page.Extreme, on_page.Product))
        parts.append(self.render(last) if open_ended else self.at_least(last, Strength.FACTOR))
        return self.times.join(parts)

    def hadamard(self, x: on_page.Hadamard) -> Drawn:
        return self.odot.join(self.at_least(f, Strength.FACTOR) for f in x.factors), Strength.ENTRYWISE

    def divide(self, x: on_page.Divide) -> Drawn:
        parts = [self.at_least(f, Strength.FACTOR) for f in (x.above, x.below)]
        return self.oslash.join(parts), Strength.ENTRYWISE

    def big_sum(self, x: on_page.BigSum) -> Drawn:
        sign = self.sum_sign(x.letter, x.whole and self.short_sums)
        return f"{sign} {self.at_least(x.body, Strength.ENTRYWISE)}", Strength.ENTRYWISE

    def big_product(self, x: on_page.BigProduct) -> Drawn:
        return f"{self.product_sign(x.letter, x.ordered)} {self.at_least(x.body, Strength.ENTRYWISE)}", \
            Strength.ENTRYWISE

    def extreme(self, x: on_page.Extreme) -> Drawn:
        sign = self.under("min" if x.least else "max", x.letter)
        return f"{sign}{self.after_word}{self.at_least(x.body, Strength.ENTRYWISE)}", Strength.ENTRYWISE

    def is_greatest(self, x: on_page.IsGreatest) -> Drawn:
        greatest = self.under("argmax", x.letter) + self.after_word + self.at_least(x.body, Strength.ENTRYWISE)
        return self.bracketed(self.poly(x.place) + self.equals + greatest), Strength.ATOM

    def equation(self, x: on_page.Equation) -> Drawn:
        text = f"{self.render(x.left)} = {self.render(x.right)}"
        if x.condition is not None:
            text += self.condition_gap + self.render(x.condition)
        return text, Strength.SUM

    def concat(self, x: on_page.Concat) -> Drawn:
        return self.bracketed(", ".join(map(self.render, x.parts))), Strength.ATOM

    # -- polynomials ---------------------------------------------------------------------------------------------
    def poly(self, p: Poly) -> str:
        """An index, a bound or a size: positive terms first, numbers last."""
        if not p.terms:
            return self.rational(Rational(0))
        ordered = sorted(p.terms, key=lambda mc: (mc[1] < 0, not mc[0]))
        text = ""
        for k, (monomial, c) in enumerate(ordered):
            sign = (self.minus if k else self.leading_minus) if c < 0 else self.plus if k else ""
            text += sign + self.monomial(monomial, -c if c < 0 else c)
        return text

    def monomial(self, atoms: Monomial, coefficient: Numeric) -> str:
        shown = self.dot.join(self.atom(a, atoms.count(a)) for a in dict.fromkeys(atoms))
        if coefficient == 1 and shown:
            return shown
        number = Rational(coefficient)
        return self.rational(number) + (self.dot if shown and number.denominator != 1 else "") + shown

    @staticmethod
    def poly_strength(p: Poly) -> Strength:
        if len(p.terms) > 1 or (p.terms and p.terms[0][1] < 0):
            return Strength.SUM
        if not p.terms:
            return Strength.ATOM
        ((atoms, c),) = p.terms
        if Rational(c).denominator != 1 or len(atoms) + (c != 1) > 1:
            return Strength.PRODUCT
        return Strength.ATOM

    # -- marks ---------------------------------------------------------------------------------------------------
    condition_gap = "    "

    def __getattr__(self, name: str):
        raise NotImplementedError(f"{type(self).__name__} does not draw {name}")

    def parenthesised(self, text: str) -> str:
        return f"({text})"

    def bracketed(self, text: str) -> str:
        return f"[{text}]"

    def rational(self, value: Rational) -> str:
        return str(value)

    def letter(self, letter: Letter) -> str:
        raise NotImplementedError

    def atom(self, atom: Letter | Size, count: int) -> str:
        raise NotImplementedError

    def sum_sign(self, letter: Letter, short: bool) -> str:
        raise NotImplementedError

    def product_sign(self, letter: Letter, ordered: bool) -> str:
        raise NotImplementedError

    def under(self, word: str, letter: Letter) -> str:
        """max, min or argmax with a letter and its range below it."""
        raise NotImplementedError
