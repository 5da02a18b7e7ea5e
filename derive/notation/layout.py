"""What stands on the page: a small immutable tree that every printer draws and that a reader can rebuild.

A layout says which marks stand where, not how they are drawn. Index positions, bounds and exponents are `Poly`s whose
letters carry the name to print; bound letters already have names that no enclosing letter uses. Rules of reading:

    Product, Scale     juxtaposition; binds tighter than ⊙
    Hadamard, Divide   elementwise, factor by factor
    BigSum             reaches right as far as the next + or − of its own level
    Call, Root         elementwise where the argument is a vector or a matrix
    Number             a plain number added to a vector or a matrix is added to each entry; any other scalar needs 𝟏
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.index import Letter, Poly

Span = tuple[Poly, Poly]


class Layout:
    """A piece of a page."""

    __slots__ = ()


@dataclass(frozen=True)
class Name(Layout):
    """A name with its family indices above and its index list below. With a `loss` it is ∂loss/∂name."""

    name: str
    above: tuple[Poly, ...] = ()
    below: tuple[Poly, ...] = ()
    loss: str | None = None

    @property
    def internal(self) -> str:
        """The name of the family in an expression."""
        return self.name if self.loss is None else f"∂{self.name}"


@dataclass(frozen=True)
class Number(Layout):
    """A number, a size, or a polynomial of them."""

    value: Poly


@dataclass(frozen=True)
class Add(Layout):
    terms: tuple[Layout, ...]


@dataclass(frozen=True)
class Negate(Layout):
    body: Layout


@dataclass(frozen=True)
class Product(Layout):
    """Scalars, or a chain of matrices and vectors, side by side."""

    factors: tuple[Layout, ...]


@dataclass(frozen=True)
class Scale(Layout):
    """Scalars in front of a vector or a matrix."""

    scalars: tuple[Layout, ...]
    body: Layout


@dataclass(frozen=True)
class Hadamard(Layout):
    factors: tuple[Layout, ...]


@dataclass(frozen=True)
class Divide(Layout):
    """Elementwise division; `above` may be the number 1."""

    above: Layout
    below: Layout


@dataclass(frozen=True)
class Fraction(Layout):
    """A fraction of scalars, or a vector or matrix over a scalar."""

    above: Layout
    below: Layout


@dataclass(frozen=True)
class Power(Layout):
    """A power of a scalar."""

    base: Layout
    exponent: Poly


@dataclass(frozen=True)
class ElementwisePower(Layout):
    """A power of each entry: h^{⊙2}."""

    base: Layout
    exponent: Poly


@dataclass(frozen=True)
class Root(Layout):
    """The square root of a scalar, or of each entry of a vector."""

    body: Layout


@dataclass(frozen=True)
class Transpose(Layout):
    body: Layout


@dataclass(frozen=True)
class Diag(Layout):
    """The diagonal matrix of a vector."""

    body: Layout


@dataclass(frozen=True)
class NormSquared(Layout):
    """The squared Euclidean norm of a vector, or the squared Frobenius norm of a matrix."""

    body: Layout
    frobenius: bool = False


@dataclass(frozen=True)
class Call(Layout):
    function: str
    arguments: tuple[Layout, ...]


@dataclass(frozen=True)
class BigSum(Layout):
    """A sum over a letter, within the letter's range.

    `whole` says that the range is the declared one of every name in the sum that has the letter as an index, so that
    the bounds may be left out.
    """

    letter: Letter
    body: Layout
    whole: bool = False


@dataclass(frozen=True)
class Concat(Layout):
    """Column vectors stacked into one: `[h, x]`."""

    parts: tuple[Layout, ...]


@dataclass(frozen=True)
class Slice(Layout):
    """A part of a vector or matrix: one entry for each axis, None for the whole axis."""

    body: Name
    spans: tuple[Span | None, ...]


@dataclass(frozen=True)
class Ones(Layout):
    """The column vector of ones. Its size follows from the place where it stands; `span` is the range it fills."""

    span: Span


@dataclass(frozen=True)
class Identity(Layout):
    """The identity matrix. Its size follows from the place where it stands."""

    span: Span


@dataclass(frozen=True)
class Indicator(Layout):
    """1 where the relation (`=`, `≤`, `≥`) holds, else 0."""

    left: Poly
    relation: str
    right: Poly


@dataclass(frozen=True)
class Partial(Layout):
    """A partial derivative that has not been carried out."""

    of: Name
    by: Name


@dataclass(frozen=True)
class Condition(Layout):
    """A letter restricted to `low … high`; one value where they are equal."""

    letter: Letter
    low: Poly
    high: Poly


@dataclass(frozen=True)
class Cases(Layout):
    """One line for each condition; None stands for `otherwise`."""

    rows: tuple[tuple[Layout, Condition | None], ...]


@dataclass(frozen=True)
class Equation(Layout):
    left: Layout
    right: Layout
    condition: Condition | None = None


def transposed(x: Layout) -> Layout:
    """The transpose, pushed inwards through products, so that no double transpose appears."""
    if isinstance(x, Transpose):
        return x.body
    if isinstance(x, (Diag, Identity)):
        return x
    if isinstance(x, Product):
        return Product(tuple(transposed(f) for f in reversed(x.factors)))
    if isinstance(x, Scale):
        return Scale(x.scalars, transposed(x.body))
    if isinstance(x, Negate):
        return Negate(transposed(x.body))
    return Transpose(x)


def chain(*factors: Layout) -> Layout:
    """The product of matrices and vectors, flattened, without identities that change nothing."""
    flat: list[Layout] = []
    for f in factors:
        flat.extend(f.factors if isinstance(f, Product) else (f,))
    kept = [f for f in flat if not isinstance(f, Identity)] or flat[:1]
    return kept[0] if len(kept) == 1 else Product(tuple(kept))


def hadamard(*factors: Layout) -> Layout:
    """The elementwise product, flattened."""
    flat: list[Layout] = []
    for f in factors:
        flat.extend(f.factors if isinstance(f, Hadamard) else (f,))
    return flat[0] if len(flat) == 1 else Hadamard(tuple(flat))
