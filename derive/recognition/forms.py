"""Forms: formulas as sums, products, powers and calls whose `key` does not depend on names nor on the order of terms.

Transposes, diag and 𝟏 are left out, so that row and column conventions look alike; a − b is a + (−1) b, a/b is a b⁻¹,
√a is a^{1/2}, and exp(z)/Σ exp(z) is softmax(z).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

NAME, NUMBER, SUM, PRODUCT, POWER, CALL = "n", "#", "+", "*", "^", "f"
BIG_SUM, BIG_PRODUCT, STACK, EQUATION = "S", "P", "c", "="
ARBITRARY = "φ"             # any function that is not known
DERIVATIVE = "∂"            # before the name of what is a derivative
MOST_NODES = 160
ENTRYWISE, MATRIX = "h", "d"
_COMMUTATIVE = (SUM, PRODUCT, STACK)


class NoForm(Exception):
    """A formula that is too long, or holds what is not compared."""


class Form:
    """`data` is the name, the number, the function, or of a product how it was written (ENTRYWISE, MATRIX or nothing).

    `shift` says of a name how many steps it is before (−) or after the left side; `bound` whether a sum runs over it,
    None where that is not known; `steps` whether each step has one of its own, None likewise, and
    `scalar` whether it is a number and no vector.
    """

    __slots__ = ("kind", "data", "parts", "shift", "bound", "steps", "scalar", "key", "size")

    def __init__(self, kind: str, data: str = "", parts: tuple[Form, ...] = (), shift: int = 0,
                 bound: bool | None = None, steps: bool | None = None, scalar: bool | None = None):
        if kind in _COMMUTATIVE:
            parts = tuple(sorted(parts, key=lambda p: p.key))
        self.kind, self.data, self.parts, self.shift = kind, data, parts, shift
        self.bound, self.steps, self.scalar = bound, steps, scalar
        self.size: int = 1 + sum(p.size for p in parts)
        if self.size > MOST_NODES:
            raise NoForm("too long")
        own = str(shift or "") if kind == NAME else data if kind in (NUMBER, CALL) else ""
        self.key: str = f"{kind}{own}" + (f"({' '.join(p.key for p in parts)})" if parts else "")

    def __repr__(self) -> str:
        return f"{self.kind}{self.data}{self.shift or ''}" + (repr(list(self.parts)) if self.parts else "")

    def walk(self) -> Iterator[Form]:
        yield self
        for part in self.parts:
            yield from part.walk()

    def with_parts(self, parts: tuple[Form, ...]) -> Form:
        return Form(self.kind, self.data, parts, self.shift, self.bound, self.steps, self.scalar)

    def called(self, data: str, shift: int = 0) -> Form:
        """The same under another name."""
        return Form(self.kind, data, self.parts, shift, self.bound, self.steps, self.scalar)


def name(text: str, shift: int = 0, bound: bool | None = None, steps: bool | None = None,
         scalar: bool | None = None) -> Form:
    return Form(NAME, text, (), shift, bound, steps, scalar)


def number(value: Fraction | int) -> Form:
    return Form(NUMBER, str(Fraction(value)))


def value(form: Form) -> Fraction | None:
    return Fraction(form.data) if form.kind == NUMBER else None


ONE, MINUS = number(1), number(-1)


def total(terms: Iterable[Form]) -> Form:
    flat: list[Form] = []
    constant = Fraction(0)
    for t in terms:
        for part in t.parts if t.kind == SUM else (t,):
            known = value(part)
            if known is None:
                flat.append(part)
            else:
                constant += known
    if constant or not flat:
        flat.append(number(constant))
    return flat[0] if len(flat) == 1 else Form(SUM, "", tuple(flat))


def negative(form: Form) -> Form:
    return product([MINUS, form])


def product(factors: Iterable[Form], how: str = "") -> Form:
    """`how` it was written. A product inside of a product is flattened, unless it is one entry by entry in parentheses
    beside a matrix."""
    coefficient = Fraction(1)
    powers: dict[tuple[Any, ...], tuple[Form, list[Form]]] = {}
    for f in _flat(factors, how):
        known = value(f)
        if known is not None:
            coefficient *= known
            continue
        base, exponent = f.parts if f.kind == POWER else (f, ONE)
        powers.setdefault(same(base), (base, []))[1].append(exponent)
    found = [power(base, total(exponents)) for base, exponents in powers.values()]
    for known in filter(None, map(value, found)):
        coefficient *= known
    found = _with_softmax([f for f in found if f.kind != NUMBER])
    if not coefficient or not found:
        return number(coefficient)
    if coefficient == -1 and len(found) == 1 and found[0].kind == SUM:
        return total(negative(t) for t in found[0].parts)
    if coefficient != 1:
        found.append(number(coefficient))
    return found[0] if len(found) == 1 else Form(PRODUCT, how, tuple(found))


def _flat(factors: Iterable[Form], how: str) -> Iterator[Form]:
    for f in factors:
        if f.kind == PRODUCT and not (how == MATRIX and f.data == ENTRYWISE):
            yield from f.parts
        else:
            yield f


def same(form: Form) -> tuple[Any, ...]:
    """What tells two forms of one formula apart, their names included."""
    own = form.data if form.kind != PRODUCT else ""
    parts = tuple(map(same, form.parts))
    return form.kind, own, form.shift, tuple(sorted(parts)) if form.kind in _COMMUTATIVE else parts


def power(base: Form, exponent: Form) -> Form:
    raised, known = value(exponent), value(base)
    if raised == 1:
        return base
    if raised == 0:
        return ONE
    if raised is not None and known is not None and raised.denominator == 1 and abs(raised) < 20 and known:
        return number(known ** int(raised))
    if base.kind == POWER and raised is not None and value(base.parts[1]) is not None:
        return power(base.parts[0], number(Fraction(base.parts[1].data) * raised))
    if base.kind == PRODUCT and raised is not None and raised.denominator == 1:
        return product([power(p, exponent) for p in base.parts], base.data)
    if base.kind == NAME and base.data == "e" and not base.shift:
        return call("exp", [exponent])
    return Form(POWER, "", (base, exponent))


def call(function: str, arguments: Iterable[Form]) -> Form:
    given = list(arguments)
    if function == "max" and len(given) == 2 and any(value(a) == 0 for a in given):
        return Form(CALL, "relu", (next((a for a in given if value(a) != 0), given[0]),))
    if function == "sqrt" and len(given) == 1:
        return power(given[0], number(Fraction(1, 2)))
    if function in ("diag", "transpose") and len(given) == 1:
        return given[0]
    return Form(CALL, function, tuple(given))


def big_sum(body: Form) -> Form:
    """Σ of a body; what no index of the sum touches stands in front."""
    factors = body.parts if body.kind == PRODUCT else (body,)
    outside = [f for f in factors if all(n.kind != NAME or n.bound is False for n in f.walk())]
    if not outside or len(outside) == len(factors):
        return Form(BIG_SUM, "", (body,))
    rest = [f for f in factors if f not in outside]
    return product([*outside, Form(BIG_SUM, "", (product(rest, body.data),))])


def _with_softmax(factors: list[Form]) -> list[Form]:
    """exp(z) · (Σ exp(z))⁻¹ as softmax(z)"""
    for f in factors:
        if f.kind != CALL or f.data != "exp":
            continue
        for other in factors:
            if other.kind == POWER and value(other.parts[1]) == -1 and other.parts[0].kind == BIG_SUM \
                    and same(other.parts[0].parts[0]) == same(f):
                rest = [g for g in factors if g is not f and g is not other]
                return [Form(CALL, "softmax", f.parts), *rest]
    return factors


WEIGHTS = {SUM: 1, PRODUCT: 1, POWER: 1, CALL: 2, BIG_SUM: 1, BIG_PRODUCT: 1, STACK: 2, EQUATION: 0, NAME: 0, NUMBER: 0}


def weight(equation: Form) -> int:
    """How much there is to a formula: its operations, numbers beside them, and that it refers to a step before."""
    found = sum(WEIGHTS[f.kind] for f in equation.walk())
    numbers = sum(1 for f in equation.walk() if f.kind == NUMBER and f.data not in ("1", "-1", "1/2", "2"))
    left, right = equation.parts
    named = {f.data for f in right.walk() if f.kind == NAME}
    again = any(f.kind == NAME and f.data == left.data and f.shift for f in right.walk())
    step = any(n.startswith(DERIVATIVE) and n[1:] in named for n in named)
    return found + numbers + 3 * (again or step)


def arbitrary(equation: Form) -> Form:
    """With σ as a function that is not known: φ."""
    data = equation.data.replace("sigmoid", ARBITRARY) if equation.kind == CALL else equation.data
    return equation.with_parts(tuple(map(arbitrary, equation.parts))).called(data, equation.shift)


def one_value_later(equation: Form) -> Form | None:
    """w_{t+1} = w_t − η g_t as w' = w − η g, where that is a step from one value to the next."""
    left, right = equation.parts
    if left.kind != NAME or not any(f.kind == NAME and f.data == left.data and f.shift == -1 for f in right.walk()):
        return None

    def here(f: Form) -> Form:
        if f.kind == NAME:
            return name(f.data, 0, f.bound, None, f.scalar)
        return f.with_parts(tuple(map(here, f.parts)))

    return Form(EQUATION, "", (name(f"{left.data}'"), here(right)))


_UNSURE = (None, False, True)


def encoded(form: Form) -> Any:
    """As lists that JSON can hold; of a name, what is known about it as one number."""
    if form.kind == NAME:
        known = 0
        for mark in (form.bound, form.steps, form.scalar):
            known = 3 * known + _UNSURE.index(mark)
        return [NAME, form.data, form.shift, known]
    return [form.kind, form.data, *map(encoded, form.parts)]


def decoded(data: Any) -> Form:
    kind, text, *rest = data
    if kind == NAME:
        shift, known = rest
        return Form(NAME, text, (), shift, *(_UNSURE[known // place % 3] for place in (9, 3, 1)))
    return Form(kind, text, tuple(map(decoded, rest)))
