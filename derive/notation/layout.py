"""What stands on the page: a small immutable tree that every printer draws and that a reader can rebuild.

A layout says which marks stand where, not how they are drawn. Index positions, bounds and exponents are `Poly`s whose
letters carry the name to print; bound letters already have names that no enclosing letter uses. Rules of reading:

    Product, Scale     juxtaposition; binds tighter than ⊙
    Hadamard, Divide   elementwise, factor by factor
    BigSum, BigProduct, Extreme  reach right as far as the next + or − of their own level
    Call, Root         elementwise where the argument is a vector or a matrix
    Number             a plain number added to a vector or a matrix is added to each entry; any other scalar needs 𝟏
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from derive.index import Letter, Poly

if TYPE_CHECKING:
    from typing import dataclass_transform
else:    # new in Python 3.11; only a type checker needs it
    def dataclass_transform(**_):
        return lambda cls: cls

Span = tuple[Poly, Poly]


@dataclass_transform(frozen_default=True)
class Layout:
    """A piece of a page. A subclass lists its fields; two pieces of one kind with equal fields are equal."""

    fields: ClassVar[tuple[str, ...]] = ()
    defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        cls.fields = tuple(cls.__annotations__)
        cls.defaults = {f: cls.__dict__[f] for f in cls.fields if f in cls.__dict__}

    def __init__(self, *values: Any, **named: Any):
        if len(values) == len(self.fields) and not named:
            self.__dict__.update(zip(self.fields, values))
            return
        given = {**self.defaults, **dict(zip(self.fields, values)), **named}
        if len(values) > len(self.fields) or given.keys() != set(self.fields):
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(self.fields)}")
        self.__dict__.update(given)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self).__name__, *(self.__dict__[f] for f in self.fields)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{f}={self.__dict__[f]!r}' for f in self.fields)})"


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


class Number(Layout):
    """A number, a size, or a polynomial of them."""

    value: Poly


class Add(Layout):
    terms: tuple[Layout, ...]


class Negate(Layout):
    body: Layout


class Product(Layout):
    """Scalars, or a chain of matrices and vectors, side by side."""

    factors: tuple[Layout, ...]


class Scale(Layout):
    """Scalars in front of a vector or a matrix."""

    scalars: tuple[Layout, ...]
    body: Layout


class Hadamard(Layout):
    factors: tuple[Layout, ...]


class Divide(Layout):
    """Elementwise division; `above` may be the number 1."""

    above: Layout
    below: Layout


class Fraction(Layout):
    """A fraction of scalars, or a vector or matrix over a scalar."""

    above: Layout
    below: Layout


class Power(Layout):
    """A power of a scalar."""

    base: Layout
    exponent: Poly


class MatrixPower(Layout):
    """A power of a square matrix: the product of as many factors."""

    base: Layout
    exponent: Poly


class ElementwisePower(Layout):
    """A power of each entry: h^{⊙2}."""

    base: Layout
    exponent: Poly


class Root(Layout):
    """The square root of a scalar, or of each entry of a vector."""

    body: Layout


class Transpose(Layout):
    body: Layout


class Diag(Layout):
    """The diagonal matrix of a vector."""

    body: Layout


class NormSquared(Layout):
    """The squared Euclidean norm of a vector, or the squared Frobenius norm of a matrix."""

    body: Layout
    frobenius: bool = False


class Call(Layout):
    function: str
    arguments: tuple[Layout, ...]


class BigSum(Layout):
    """A sum over a letter, within the letter's range.

    `whole` says that the range is the declared one of every name in the sum that has the letter as an index, so that
    the bounds may be left out.
    """

    letter: Letter
    body: Layout
    whole: bool = False


class BigProduct(Layout):
    """A product over a letter, within the letter's range: of numbers, of vectors entry by entry, or of matrices. An
    `ordered` one has the factor with the greatest letter on the left; else that with the least one stands there."""

    letter: Letter
    body: Layout
    ordered: bool = False


class Extreme(Layout):
    """The greatest of numbers over a letter, within the letter's range, or else the `least`."""

    letter: Letter
    body: Layout
    least: bool = False


class IsGreatest(Layout):
    """1 where the number at one place is the greatest over a letter, else 0: [k = argmax_j x_j]."""

    place: Poly
    letter: Letter
    body: Layout


class Entries(Layout):
    """The matrix with these entries, its row and column letters being bound; a column where it has no column letter."""

    body: Layout
    row: Letter
    column: Letter | None = None


class Entry(Layout):
    """One entry of a vector or a matrix that has no name."""

    body: Layout
    indices: tuple[Poly, ...]


class Concat(Layout):
    """Column vectors and numbers stacked into one column: `[h, x]`."""

    parts: tuple[Layout, ...]


class Matrix(Layout):
    """A matrix written out, row by row, each with the same number of entries or blocks; the number 0 fills a block of
    any size. One row of numbers is a row, one column of them a column."""

    rows: tuple[tuple[Layout, ...], ...]


class Slice(Layout):
    """A part of a vector or matrix: one entry for each axis, None for the whole axis. At one place of an axis it is a
    row or a column of a matrix."""

    body: Name
    spans: tuple[Span | Poly | None, ...]


class Ones(Layout):
    """The column vector of ones. Its size follows from the place where it stands; `span` is the range it fills."""

    span: Span


class Identity(Layout):
    """The identity matrix. Its size follows from the place where it stands."""

    span: Span


class Indicator(Layout):
    """1 where the relation (`=`, `≤`, `≥`) holds, else 0."""

    left: Poly
    relation: str
    right: Poly


class Partial(Layout):
    """A partial derivative that has not been carried out, a Jacobian, or a total derivative.

    An `immediate` one, ∂⁺a/∂h, is of one equation with all else in it held, where ∂a/∂h stands for the total one.
    """

    of: Layout
    by: Layout
    immediate: bool = False


class Second(Layout):
    """A second derivative of the loss: ∂²L/∂x∂y, and ∂²L/∂x∂yᵀ where `turned`: x down the rows, y along the columns."""

    of: Layout
    by: Layout
    loss: str
    turned: bool = False


class Condition(Layout):
    """A letter restricted to `low … high`; one value where they are equal."""

    letter: Letter
    low: Poly
    high: Poly


class Cases(Layout):
    """One line for each condition; None stands for `otherwise`."""

    rows: tuple[tuple[Layout, Condition | None], ...]


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
