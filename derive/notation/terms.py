"""What matrix and index notation share: names, conditions, and how a product of scalars is set."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction as Rational

from derive.derivation import jacobian_name, total_name
from derive.expectation.laws import Moment, moment_named
from derive.expression import Delta, Guard, Partial as PartialNode, Ref, Term
from derive.index import ONE, Letter, Number as Numeric, Poly, poly
from derive.notation.layout import (
    Add,
    BigSum,
    Call,
    Fraction,
    Indicator,
    Layout,
    Name,
    Negate,
    Number,
    Partial,
    Power,
    Product,
    Root,
    Scale,
    Second,
)
from derive.notation.letters import Signatures

HALF = poly(Rational(1, 2))
UNIT = Number(ONE)
Scalar = tuple[Layout, Poly]
_DIVIDED = (Name, Call, Add)


def named(node: Ref, signatures: Signatures, loss: str, whole: bool) -> Name | Partial | Second | Call:
    """A member with its family indices, and its other indices unless it stands for the `whole` vector or matrix.

    `∂x` is the derivative of the loss by x; `∂y/∂x` is a Jacobian and `dy/dx` a total derivative, with the indices of y
    first.
    """
    moment = moment_named(node.name)
    if moment is not None and all(n in signatures for n in moment.of):
        return _moment(moment, node.indices, signatures, loss, whole)
    of, by = sides(node.name)
    if of in signatures and by in signatures:
        count = len(signatures[of])
        if of.startswith("∂"):
            rows, columns = (_member(n, i, signatures, loss, whole) for n, i in (
                (of[1:], node.indices[:count]), (by, node.indices[count:])))
            return Second(rows, columns, loss, whole and any(not a.family for a in signatures[by]))
        return Partial(_member(of, node.indices[:count], signatures, loss, whole),
                       _member(by, node.indices[count:], signatures, loss, whole))
    return _member(node.name, node.indices, signatures, loss, whole)


def _moment(moment: Moment, indices: tuple[Poly, ...], signatures: Signatures, loss: str, whole: bool) -> Call:
    """E[x²], Var[y], Cov[y, z]"""
    arguments: list[Layout] = []
    for name in moment.of:
        count = len(signatures[name]) if indices else 0
        arguments.append(powered(_member(name, indices[:count], signatures, loss, whole) if count else
                                 family_name(name, loss), poly(moment.power)))
        indices = indices[count:]
    return Call(moment.function, tuple(arguments))


def second_layout(of: str, by: str, signatures: Signatures, loss: str) -> Second:
    """The name of a second derivative without indices: `of` is ∂x."""
    return Second(family_name(of[1:], loss), family_name(by, loss), loss, bool(signatures[by]))


def moment_layout(moment: Moment, signatures: Signatures, loss: str) -> Call:
    """The moment's name without indices."""
    return _moment(moment, (), signatures, loss, whole=True)


def is_immediate(node: PartialNode, signatures: Signatures) -> bool:
    """Whether a derivative of one equation must be told from the total one."""
    return total_name(node.of.name, node.by.name) in signatures


def declared(of: str, by: str, signatures: Signatures) -> list[str]:
    """The families that ∂of/∂by may stand for: the total derivative, else the Jacobian of one equation."""
    return [n for n in (total_name(of, by), jacobian_name(of, by)) if n in signatures]


def sides(name: str) -> tuple[str, str]:
    """What is differentiated, and by what, where a family is a Jacobian `∂y/∂x` or a total derivative `dh/dh`."""
    of, slash, by = name[1:].partition("/" + name[:1])
    return (of, by) if slash and name[:1] in ("∂", "d") else ("", "")


def _member(name: str, indices: tuple[Poly, ...], signatures: Signatures, loss: str, whole: bool) -> Name:
    axes = signatures.get(name, ())
    if len(axes) != len(indices):
        return family_name(name, loss, (), indices)
    above = tuple(i for axis, i in zip(axes, indices) if axis.family)
    below = () if whole else tuple(i for axis, i in zip(axes, indices) if not axis.family)
    return family_name(name, loss, above, below)


def family_name(name: str, loss: str, above: tuple[Poly, ...] = (), below: tuple[Poly, ...] = ()) -> Name:
    """The layout of a family's internal name."""
    if name.startswith("∂") and len(name) > 1 and "/∂" not in name:
        return Name(name[1:], above, below, loss)
    return Name(name, above, below)


def indicator_of(node: Delta | Guard) -> Indicator:
    """The condition, written for one of its letters: `[t ≤ T−1]`, `[i = j]`."""
    relation = "=" if isinstance(node, Delta) else "≥"
    condition = node.condition
    letters = sorted((a for a in condition.atoms() if isinstance(a, Letter)), key=lambda a: a.order)
    for letter in letters:
        coefficient = condition.coefficient(letter)
        other = condition.solve(letter)
        if other is not None:
            turned = "≤" if relation == "≥" and coefficient == -1 else relation
            return Indicator(poly(letter), turned, other)
    plus = Poly({m: c for m, c in condition.terms if c > 0})
    minus = Poly({m: -c for m, c in condition.terms if c < 0})
    return Indicator(plus, relation, minus)


def powered(base: Layout, exponent: Poly) -> Layout:
    """A scalar raised to a power; a half is a root."""
    if exponent == ONE:
        return base
    return Root(base) if exponent == HALF else Power(base, exponent)


def signed(coefficient: Numeric, body: Layout) -> Layout:
    return Negate(body) if coefficient < 0 else body


def added(terms: Iterable[Layout]) -> Layout:
    """A sum; nothing is 0, and one term stands alone. It begins with the first term that has no minus sign."""
    found = tuple(terms)
    if not found:
        return Number(poly(0))
    if isinstance(found[0], Negate):
        lead = next((k for k, x in enumerate(found) if not isinstance(x, Negate)), 0)
        found = (found[lead], *found[:lead], *found[lead + 1:])
    return found[0] if len(found) == 1 else Add(found)


def scalar_product(coefficient: Numeric, scalars: list[Scalar]) -> Layout:
    """The product of a number and scalars, with a fraction bar for what has a negative exponent."""
    factors = scalar_factors(_size(coefficient), scalars)
    if not factors:
        return signed(coefficient, UNIT)
    return signed(coefficient, factors[0] if len(factors) == 1 else Product(tuple(factors)))


def scaled(coefficient: Numeric, scalars: list[Scalar], body: Layout) -> Layout:
    """A vector or matrix with a number and scalars in front."""
    factors = scalar_factors(_size(coefficient), scalars)
    if not factors:
        return signed(coefficient, body)
    last = factors[-1]
    if isinstance(last, Fraction) and last.above == UNIT and isinstance(body, _DIVIDED) \
            and not isinstance(last.below, Number):
        factors.pop()
        body = Fraction(body, last.below)
    return signed(coefficient, Scale(tuple(factors), body) if factors else body)


def scalar_factors(coefficient: Numeric, scalars: list[Scalar]) -> list[Layout]:
    """The factors to be written side by side: conditions, a fraction or plain factors, and sums last."""
    exact = Rational(coefficient)
    above = [powered(x, e) for x, e in scalars if not _divides(e)]
    below = [powered(x, -e) for x, e in scalars if _divides(e)]
    front = [x for x in above if isinstance(x, Indicator)]
    sums = [x for x in above if isinstance(x, BigSum)]
    above = [x for x in above if not isinstance(x, (Indicator, BigSum))]
    if exact.denominator != 1 and not below:
        numeric = Fraction(Number(poly(exact.numerator)), Number(poly(exact.denominator)))
        return front + [numeric] + above + sums
    if exact.numerator != 1:
        above.insert(0, Number(poly(exact.numerator)))
    if exact.denominator != 1:
        below.insert(0, Number(poly(exact.denominator)))
    if below:
        above = [Fraction(_side(above), _side(below))]
    return front + above + sums


def summed(letters: Iterable[Letter], body: Layout, whole: frozenset[Letter]) -> Layout:
    """The sum over `letters`, outermost first."""
    for letter in reversed(tuple(letters)):
        body = BigSum(letter, body, letter in whole)
    return body


def whole_letters(t: Term, refs: Iterable[Ref], signatures: Signatures) -> frozenset[Letter]:
    """The bound family letters that run over the declared range of every name they index."""
    seen: dict[Letter, bool] = {b: False for b in t.binders if b.family}
    if not seen:
        return frozenset()
    broken: set[Letter] = set()
    for node in refs:
        values: dict[Letter, Poly] = {}
        for axis, index in zip(signatures.get(node.name, ()), node.indices):
            letter, moved = index.letter, axis.substitute(values)
            values[axis] = index
            if letter in seen:
                seen[letter] = True
                if (letter.low, letter.high) != (moved.low, moved.high):
                    broken.add(letter)
    return frozenset(b for b, found in seen.items() if found and b not in broken)


def _size(coefficient: Numeric) -> Numeric:
    return -coefficient if coefficient < 0 else coefficient


def _divides(exponent: Poly) -> bool:
    return exponent.constant is not None and exponent.constant < 0


def _side(factors: list[Layout]) -> Layout:
    if not factors:
        return UNIT
    return factors[0] if len(factors) == 1 else Product(tuple(factors))
