"""From what the catalogue prints to forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from derive.functions import RULES
from derive.index import Letter, Poly, Size
from derive.notation import layout as on_page
from derive.notation.layout import Layout
from derive.notation.names import MOMENTS, unicode_name
from derive.recognition import forms
from derive.recognition.forms import DERIVATIVE, ENTRYWISE, MATRIX, Form, NoForm

_KEY = re.compile(r"#[\d.]+")        # which letter it is, beside its name
Axes = Mapping[str, tuple[Letter, ...]]


def form_of(equation: on_page.Equation, axes: Axes) -> Form:
    """The form of an equation.

    Raises:
        NoForm: for what is not compared.
    """
    return _Layouts(axes, _origin(equation.left)).equation(equation)


def _origin(left: Layout) -> dict[Letter, Fraction]:
    """How far the left side is from its letters: 1 for h^(t+1)."""
    found = left.by if isinstance(left, on_page.Partial) else left
    above = found.above if isinstance(found, on_page.Name) else ()
    return {a: Fraction(c) for a, c in filter(None, map(_step, above))}


def _step(p: Poly) -> tuple[Letter, Fraction] | None:
    """The letter and the number of t − 1."""
    letters = [(m[0], c) for m, c in p.terms if m]
    if len(letters) != 1 or letters[0][1] != 1 or not isinstance(letters[0][0], Letter):
        return None
    rest = p - letters[0][0]
    return None if rest.constant is None else (letters[0][0], Fraction(rest.constant))


class _Layouts:
    def __init__(self, axes: Axes, origin: dict[Letter, Fraction]):
        self.axes, self.origin = axes, origin
        self.bound: list[Letter | None] = []        # the letters of the sums around; None for one without a letter

    def equation(self, x: on_page.Equation) -> Form:
        left = self.form(x.left)
        return Form(forms.EQUATION, "", (left, self.form(x.right)))

    def form(self, x: Layout) -> Form:
        method = getattr(self, type(x).__name__.lower(), None)
        if method is None:
            raise NoForm(type(x).__name__)
        return method(x)

    # -- names and numbers ---------------------------------------------------------------------------------------
    def name(self, x: on_page.Name) -> Form:
        shift, fixed = 0, []
        for p in (*x.above, *x.below):
            step = _step(p)
            if step is None:
                fixed.append(_KEY.sub("", str(p)))
            else:
                shift += int(step[1] - self.origin.get(step[0], 0))
        text = (DERIVATIVE if x.loss is not None else "") + unicode_name(x.name)
        return forms.name(text + (f"[{','.join(fixed)}]" if fixed else ""), shift, self._is_bound(x),
                          any(a.family for a in self.axes.get(x.internal, ())), self._is_scalar(x))

    def _is_bound(self, x: on_page.Name) -> bool | None:
        if not self.bound:
            return None
        letters = {a for p in (*x.above, *x.below) for a in p.free}
        whole = not x.below and any(not a.family for a in self.axes.get(x.internal, ()))
        return any(b in letters if b is not None else whole for b in self.bound)

    def _is_scalar(self, x: on_page.Name) -> bool | None:
        return all(a.family for a in self.axes[x.internal]) if x.internal in self.axes else None

    def number(self, x: on_page.Number) -> Form:
        return self.poly(x.value)

    def poly(self, p: Poly) -> Form:
        terms = []
        for monomial, c in p.terms:
            terms.append(forms.product([forms.number(Fraction(c)), *map(_size, monomial)]))
        return forms.total(terms)

    # -- operations ----------------------------------------------------------------------------------------------
    def add(self, x: on_page.Add) -> Form:
        return forms.total([self.form(t) for t in x.terms])

    def negate(self, x: on_page.Negate) -> Form:
        return forms.negative(self.form(x.body))

    def product(self, x: on_page.Product) -> Form:
        """A chain, in which 𝟏ᵀ v is Σ v."""
        kept = [f for f in x.factors if not _is_ones(f)]
        ones = len(x.factors) - len(kept)
        if ones and (len(kept) != 1 or ones > 2):
            raise NoForm("ones")
        chain = len([f for f in kept if not isinstance(f, on_page.Number)]) > 1
        if ones:
            self.bound.append(None)
        body = forms.product([self.form(f) for f in kept], MATRIX if chain and self._are_arrays(kept) else "")
        if ones:
            self.bound.pop()
        for _ in range(ones):
            body = forms.big_sum(body)
        return body

    def _are_arrays(self, factors: list[Layout]) -> bool:
        """Whether they are matrices and vectors: at least two names with axes, none written with its indices."""
        found = [f.body if isinstance(f, on_page.Transpose) else f for f in factors]
        named = [f for f in found if isinstance(f, on_page.Name) and not f.below
                 and any(not a.family for a in self.axes.get(f.internal, ()))]
        return len(named) > 1 or (len(named) == 1 and len(found) == 2 and any(
            isinstance(f, (on_page.Hadamard, on_page.Concat)) for f in found))

    def scale(self, x: on_page.Scale) -> Form:
        parts = [] if _is_ones(x.body) else [self.form(x.body)]
        return forms.product([*map(self.form, x.scalars), *parts])

    def hadamard(self, x: on_page.Hadamard) -> Form:
        return forms.product([self.form(f) for f in x.factors], ENTRYWISE)

    def divide(self, x: on_page.Divide | on_page.Fraction) -> Form:
        return forms.product([self.form(x.above), forms.power(self.form(x.below), forms.MINUS)])

    fraction = divide

    def power(self, x: on_page.Power | on_page.ElementwisePower) -> Form:
        return forms.power(self.form(x.base), self.poly(x.exponent))

    elementwisepower = power

    def root(self, x: on_page.Root) -> Form:
        return forms.call("sqrt", [self.form(x.body)])

    def transpose(self, x: on_page.Transpose | on_page.Diag) -> Form:
        return self.form(x.body)

    diag = transpose

    def normsquared(self, x: on_page.NormSquared) -> Form:
        self.bound.append(None)
        body = forms.power(self.form(x.body), forms.number(2))
        self.bound.pop()
        return forms.big_sum(body)

    def call(self, x: on_page.Call) -> Form:
        function = MOMENTS[x.function][0] if x.function in MOMENTS else x.function
        if x.function not in MOMENTS and x.function not in RULES:
            function = forms.ARBITRARY + "'" * x.function.count("'")
        return forms.call(function, map(self.form, x.arguments))

    def bigsum(self, x: on_page.BigSum) -> Form:
        self.bound.append(x.letter)
        body = self.form(x.body)
        self.bound.pop()
        return forms.big_sum(body)

    def bigproduct(self, x: on_page.BigProduct) -> Form:
        self.bound.append(x.letter)
        body = self.form(x.body)
        self.bound.pop()
        return Form(forms.BIG_PRODUCT, "", (body,))

    def concat(self, x: on_page.Concat) -> Form:
        return Form(forms.STACK, "", tuple(map(self.form, x.parts)))

    def matrix(self, x: on_page.Matrix) -> Form:
        raise NoForm("a matrix that is written out")

    def ones(self, x: on_page.Ones) -> Form:
        return forms.ONE

    def identity(self, x: on_page.Identity) -> Form:
        return forms.name("I")

    def indicator(self, x: on_page.Indicator) -> Form:
        """[t ≥ 2] says where a recurrence begins; [i = k] is more."""
        if x.relation == "=":
            raise NoForm("a Kronecker delta")
        return forms.ONE

    def partial(self, x: on_page.Partial) -> Form:
        of, by = self.form(x.of), self.form(x.by)
        return forms.name(f"{DERIVATIVE}{of.data}/{by.data}", by.shift - of.shift)


def _size(atom: Letter | Size) -> Form:
    """n, and n[l] where it is a width."""
    at = _KEY.sub("", str(atom.at[0])) if isinstance(atom, Size) and atom.at else ""
    return forms.name(unicode_name(atom.name) + (f"[{at}]" if at else ""))


def _is_ones(x: Layout) -> bool:
    return isinstance(x, on_page.Ones) or isinstance(x, on_page.Transpose) and isinstance(x.body, on_page.Ones)
