"""Index letters, sizes, and polynomials over them.

A letter carries its range, and the range is part of its identity: two letters that run over different ranges are
never equal. Sizes are symbols (`n`), or widths that depend on a layer (`n[l]`). `Poly` is what stands in an index
position, a bound of a sum, or an exponent: a polynomial in letters and sizes with rational coefficients.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import count, product
from math import gcd, lcm, prod
from typing import Union

Number = Union[int, Fraction]
_fresh_keys = count(1)
_NOTHING: frozenset = frozenset()


def exact(value: Number) -> Number:
    """The same number, as an int where it is whole (int arithmetic is many times faster than Fraction's)."""
    if type(value) is Fraction and value.denominator == 1:      # isinstance asks the ABC machinery: ten times slower
        return value.numerator
    return value


class Size:
    """A whole number that stays a symbol: `n`, or the width `n[l]` of a layer. It is at least `least`."""

    __slots__ = ("name", "at", "least", "free", "order", "_hash", "_poly")

    def __init__(self, name: str, at: tuple[Poly, ...] = (), least: int = 1):
        self.name, self.at, self.least = name, at, least
        self.free: frozenset[Letter] = frozenset().union(*(p.free for p in at))
        self.order = (0, name, tuple(str(p) for p in at))
        self._hash = hash(("size", name, at, least))
        self._poly: Poly | None = None

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Size) and self.name == other.name
                                 and self.at == other.at and self.least == other.least)

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return f"{self.name}[{','.join(map(str, self.at))}]" if self.at else self.name

    __repr__ = __str__

    def placed(self, at: tuple[Poly, ...]) -> Size:
        """The same width at another place."""
        return Size(self.name, at, self.least)


class Label(Size):
    """An input that is a whole number, used as an index: a class `y`, a token `w[t]`. It lies between `least` and
    `high`, a polynomial in sizes."""

    __slots__ = ("high",)

    def __init__(self, name: str, at: tuple[Poly, ...], least: int, high: PolyLike):
        super().__init__(name, at, least)
        self.high = poly(high)

    def placed(self, at: tuple[Poly, ...]) -> Label:
        return Label(self.name, at, self.least, self.high)


class Letter:
    """An index letter with its inclusive range `low … high`.

    `name` is a hint for printing. `family` marks time, layer and batch letters, which textbooks write as a
    superscript; it is a hint too. Identity is `(key, low, high)`.
    """

    __slots__ = ("name", "key", "low", "high", "family", "free", "order", "_hash", "_poly", "_text")

    def __init__(self, name: str, low: PolyLike, high: PolyLike, family: bool = False,
                 key: tuple[int, ...] | None = None):
        self.name, self.low, self.high, self.family = name, poly(low), poly(high), family
        self.key = key if key is not None else (0, next(_fresh_keys))
        self._hash = hash((self.key, self.low, self.high))
        self.free: frozenset[Letter] = frozenset((self,)) | self.low.free | self.high.free
        self.order = (1, name, self.key)
        self._poly: Poly | None = None
        self._text: str | None = None

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Letter) and self._hash == other._hash and self.key == other.key
                                 and self.low == other.low and self.high == other.high)

    def __hash__(self) -> int:
        return self._hash

    def fresh(self, low: Poly | None = None, high: Poly | None = None) -> Letter:
        """A new letter that looks like this one (and has its range unless told otherwise)."""
        return Letter(self.name, self.low if low is None else low, self.high if high is None else high, self.family)

    def substitute(self, values: Mapping[Letter, Poly]) -> Letter:
        """This letter with its range rewritten; the letter itself is not replaced."""
        if self.low.free.isdisjoint(values) and self.high.free.isdisjoint(values):
            return self
        return Letter(self.name, self.low.substitute(values), self.high.substitute(values), self.family, self.key)

    @property
    def count(self) -> Poly:
        """How many values the letter takes, where the range is not empty."""
        return self.high - self.low + 1

    def __str__(self) -> str:
        if self._text is None:
            kind, *rest = self.key
            self._text = f"{self.name}#{'.'.join(map(str, rest))}" if kind == 0 else f"${'.'.join(map(str, rest))}"
        return self._text

    __repr__ = __str__


Atom = Union[Size, Letter]
Monomial = tuple[Atom, ...]


class Poly:
    """A polynomial with rational coefficients in letters and sizes, in a canonical order. `letter` is the letter, if
    this is exactly one letter; otherwise None."""

    __slots__ = ("terms", "free", "letter", "_hash", "_text")

    def __init__(self, coefficients: Mapping[Monomial, Number]):
        kept = [(m, c if type(c) is int else exact(c)) for m, c in coefficients.items() if c]
        if len(kept) > 1:
            kept.sort(key=_monomial_order)
        self.terms: tuple[tuple[Monomial, Number], ...] = tuple(kept)
        free = [a.free for m, _ in kept for a in m if a.free]
        self.free: frozenset[Letter] = (free[0] if len(free) == 1 else frozenset().union(*free)) if free else _NOTHING
        self.letter: Letter | None = None
        if len(kept) == 1 and kept[0][1] == 1 and len(kept[0][0]) == 1 and isinstance(kept[0][0][0], Letter):
            self.letter = kept[0][0][0]
        self._hash = hash(self.terms)
        self._text: str | None = None

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Poly) and self._hash == other._hash and self.terms == other.terms)

    def __hash__(self) -> int:
        return self._hash

    def __add__(self, other: PolyLike) -> Poly:
        other = poly(other)
        if not other.terms:
            return self
        if not self.terms:
            return other
        total = dict(self.terms)
        for m, c in other.terms:
            total[m] = total.get(m, 0) + c
        return Poly(total)

    def __neg__(self) -> Poly:
        return Poly({m: -c for m, c in self.terms})

    def __sub__(self, other: PolyLike) -> Poly:
        other = poly(other)
        if not other.terms:
            return self
        if self == other:
            return ZERO
        total = dict(self.terms)
        for m, c in other.terms:
            total[m] = total.get(m, 0) - c
        return Poly(total)

    def __mul__(self, other: PolyLike) -> Poly:
        other = poly(other)
        if len(other.terms) == 1 and not other.terms[0][0]:
            factor = other.terms[0][1]
            return self if factor == 1 else Poly({m: c * factor for m, c in self.terms})
        product: dict[Monomial, Number] = {}
        for m, c in self.terms:
            for n, d in other.terms:
                key = tuple(sorted(m + n, key=_order)) if m and n else m + n
                product[key] = product.get(key, 0) + c * d
        return Poly(product)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: PolyLike) -> Poly:
        return poly(other) - self

    @property
    def constant(self) -> Number | None:
        """The value, if this is a number; otherwise None."""
        if not self.terms:
            return 0
        return self.terms[0][1] if len(self.terms) == 1 and not self.terms[0][0] else None

    @property
    def offset(self) -> Number:
        """The coefficient of 1."""
        return self.terms[0][1] if self.terms and not self.terms[0][0] else 0

    def atoms(self) -> set[Atom]:
        return {a for m, _ in self.terms for a in m}

    def coefficient(self, letter: Letter) -> Number | None:
        """The numeric coefficient of `letter` if the letter occurs only linearly and alone (not in a product, not
        inside a size, not in another letter's range); otherwise None."""
        found: Number | None = None
        for m, c in self.terms:
            if m == (letter,):
                found = c
            elif any(letter in a.free for a in m):
                return None
        return found

    def solve(self, letter: Letter) -> Poly | None:
        """The value of `letter` that makes this polynomial zero, where its coefficient is 1 or -1."""
        c = self.coefficient(letter)
        if c not in (1, -1):
            return None
        return (_letter_poly(letter) * c - self) * c

    def substitute(self, values: Mapping[Letter, Poly]) -> Poly:
        if self.free.isdisjoint(values):
            return self
        total: dict[Monomial, Number] = {}
        for m, c in self.terms:
            if len(m) == 1:
                product = _substitute_atom(m[0], values)
            else:
                product = ONE
                for a in m:
                    product = product * _substitute_atom(a, values)
            for n, d in product.terms:
                total[n] = total.get(n, 0) + c * d
        return Poly(total)

    def __str__(self) -> str:
        if self._text is None:
            self._text = _poly_text(self)
        return self._text

    __repr__ = __str__


PolyLike = Union[Poly, Letter, Size, int, Fraction]


def _substitute_atom(atom: Atom, values: Mapping[Letter, Poly]) -> Poly:
    if isinstance(atom, Letter):
        found = values.get(atom)
        return found if found is not None else _letter_poly(atom.substitute(values))
    return poly(atom if atom.free.isdisjoint(values) else atom.placed(tuple(p.substitute(values) for p in atom.at)))


def _letter_poly(letter: Letter) -> Poly:
    if letter._poly is None:
        letter._poly = Poly({(letter,): 1})
    return letter._poly


def _order(atom: Atom) -> tuple:
    return atom.order


def _monomial_order(item: tuple[Monomial, Number]) -> tuple:
    return len(item[0]), tuple(a.order for a in item[0])


def _poly_text(p: Poly) -> str:
    if not p.terms:
        return "0"
    text = ""
    for m, c in sorted(p.terms, key=lambda mc: (mc[1] < 0, len(mc[0]) == 0)):
        body = "*".join(map(str, m))
        size = abs(c)
        word = body if body and size == 1 else f"{size}*{body}" if body else str(size)
        text += ("-" if c < 0 else "+" if text else "") + word
    return text


_small: dict[int, Poly] = {}


def poly(value: PolyLike) -> Poly:
    """A polynomial from a number, a letter, a size, or a polynomial."""
    if isinstance(value, Poly):
        return value
    if isinstance(value, Letter):
        return _letter_poly(value)
    if isinstance(value, Size):
        if value._poly is None:
            value._poly = Poly({(value,): 1})
        return value._poly
    if isinstance(value, int):
        if value not in _small:
            _small[value] = Poly({(): value})
        return _small[value]
    return Poly({(): value})


MOST_PLACES = 10_000        # beyond, a polynomial with fractions counts as one that may be no whole number
ZERO = poly(0)
ONE = poly(1)


def apart(letters: tuple[Letter, ...]) -> tuple[Letter, ...]:
    """New letters with the same ranges: the members that are summed over are not the one that is held."""
    values: dict[Letter, Poly] = {}
    apart: list[Letter] = []
    for letter in letters:
        apart.append(letter.substitute(values).fresh())
        values[letter] = poly(apart[-1])
    return tuple(apart)


def primitive(p: Poly) -> Poly:
    """A positive multiple whose coefficients, but that of 1, are whole and have no common factor."""
    coefficients = [c for m, c in p.terms if m]
    if all(isinstance(c, int) for c in coefficients):
        factor = gcd(*map(int, coefficients))
        return p if factor < 2 else p * Fraction(1, factor)
    return primitive(p * lcm(*(Fraction(c).denominator for c in coefficients)))


def floored(p: Poly) -> Poly:
    """What is at least zero exactly where `p` is, letters and sizes being whole: 2i − 2j − 1 ≥ 0 is i − j − 1 ≥ 0."""
    p = primitive(p)
    return p if isinstance(p.offset, int) or not p.terms[1:] else p - (p.offset - p.offset.__floor__())


def is_even(p: Poly) -> bool:
    """Twice a whole number, whatever its letters and sizes are."""
    return all(c % 2 == 0 for _, c in p.terms)


def is_whole(p: Poly) -> bool:
    """Whether the value is a whole number wherever letters and sizes are: of n and n(n − 1)/2 it is, of n/2 not.

    A polynomial of degree k is whole everywhere if it is where no atom exceeds k.
    """
    if all(isinstance(c, int) for _, c in p.terms):
        return True
    atoms = sorted(p.atoms(), key=_order)
    places = range(max(len(m) for m, _ in p.terms) + 1)
    if len(places) ** len(atoms) > MOST_PLACES:
        return False
    at = (dict(zip(atoms, values)) for values in product(places, repeat=len(atoms)))
    return all(sum(c * prod(values[a] for a in m) for m, c in p.terms) % 1 == 0 for values in at)
