"""What a layout in matrix notation means, by the rules of matrix algebra alone.

It shares nothing with the recogniser but the layout: where the recogniser goes from indices to shapes, this goes from
shapes to indices. A layout whose shapes do not fit has no meaning and is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from derive.bounds import nonnegative
from derive.derivation import total_name
from derive.expression import ZERO_EXPR, Apply, Expr, Partial, Ref, delta, expression, indicator, number, total
from derive.extremes import Greatest
from derive.functions import CONSTANTS, RULES
from derive.index import Letter, Poly, poly
from derive.notation import layout as on_page
from derive.notation.layout import Layout
from derive.notation.tensor import (
    NOWHERE,
    Axis,
    ShapeError,
    Tensor,
    entrywise,
    fitted,
    letter_over,
    mapped,
    matrix_product,
    moved,
    same_axes,
    scalar,
)
from derive.notation.terms import declared
from derive.notation.written_out import written_out
from derive.products import WRITTEN_OUT, OrderedProduct

Signatures = Mapping[str, tuple[Letter, ...]]
_HALF = poly(Fraction(1, 2))


def meaning(x: Layout, row_letters: Sequence[Letter], signatures: Signatures) -> Expr:
    """The entry of `x` at `row_letters`, as an index expression.

    Raises:
        ShapeError: where the shapes do not fit each other or the letters.
    """
    letters = tuple(row_letters)
    tensor = Meaning(signatures).of(x)
    spans = [(a.low, a.high) for a in letters]
    if tensor.plain_number and tensor.at(NOWHERE, NOWHERE) == ZERO_EXPR:
        return ZERO_EXPR
    rows, columns = [*spans, None, None][:2]
    same_axes(tensor.rows, rows)
    same_axes(tensor.columns, columns)
    places = [moved(poly(a), span, axis) for a, span, axis in zip(letters, spans, (tensor.rows, tensor.columns))]
    row, column = [*places, NOWHERE, NOWHERE][:2]
    return tensor.at(row, column)


class Meaning:
    """Elaborates layouts. One method for each kind that has a meaning in matrix algebra."""

    def __init__(self, signatures: Signatures):
        self.signatures = signatures

    def of(self, x: Layout) -> Tensor:
        method = getattr(self, type(x).__name__.lower(), None)
        if method is None:
            raise ShapeError(f"{type(x).__name__} has no meaning here")
        return method(x)

    # -- names ---------------------------------------------------------------------------------------------------
    def name(self, x: on_page.Name) -> Tensor:
        return self.slice(on_page.Slice(x, ()))

    def slice(self, x: on_page.Slice) -> Tensor:
        if x.body.internal in CONSTANTS and x.body.internal not in self.signatures:
            return scalar(expression(Apply(x.body.internal, ())))
        axes = self.signatures[x.body.internal]
        families, matrix = [a for a in axes if a.family], [a for a in axes if not a.family]
        if len(families) != len(x.body.above):
            raise ShapeError(f"{x.body.internal} has {len(families)} family indices")
        values = dict(zip(families, x.body.above))
        if x.body.below or not matrix:
            if len(x.body.below) != len(matrix):
                raise ShapeError(f"{x.body.internal} has {len(matrix)} axes")
            values |= dict(zip(matrix, x.body.below))
            return scalar(expression(Ref(x.body.internal, [values[a] for a in axes])))
        if len(matrix) > 2:
            return self._vector(x)
        spans: list[Axis] = []
        fixed: dict[Letter, Poly] = {}
        for s, a in zip(x.spans or (None,) * len(matrix), matrix, strict=True):
            if isinstance(s, Poly):
                fixed[a] = s
            spans.append(None if isinstance(s, Poly) else s or (a.low.substitute(values), a.high.substitute(values)))
        if len(fixed) == len(matrix):
            raise ShapeError("a part of a matrix with all of its indices")

        def entry(row: Poly, column: Poly) -> Expr:
            here = values | dict(zip(matrix, (row, column))) | fixed
            return expression(Ref(x.body.internal, [here[a] for a in axes]))

        return Tensor(spans[0], spans[1] if len(spans) == 2 else None, entry)

    def _vector(self, x: on_page.Slice) -> Tensor:
        """What is left of something where all axes but one have an index, as a column."""
        axes = self.signatures[x.body.internal]
        values = dict(zip([a for a in axes if a.family], x.body.above))
        matrix = [a for a in axes if not a.family]
        places = dict(zip(matrix, x.spans))
        free = [a for a in matrix if not isinstance(places.get(a), Poly)]
        if len(free) != 1 or places[free[0]] is not None:
            raise ShapeError(f"{x.body.internal} is no matrix")
        (own,) = free
        fixed = values | {a: p for a, p in places.items() if isinstance(p, Poly)}

        def entry(row: Poly, column: Poly) -> Expr:
            return expression(Ref(x.body.internal, [{**fixed, own: row}[a] for a in axes]))

        return Tensor((own.low.substitute(fixed), own.high.substitute(fixed)), None, entry)

    def number(self, x: on_page.Number) -> Tensor:
        plain = x.value.constant is not None
        return Tensor(None, None, lambda r, c: number(x.value), plain_number=plain)

    def ones(self, x: on_page.Ones) -> Tensor:
        return Tensor(x.span, None, lambda r, c: expression(1))

    def identity(self, x: on_page.Identity) -> Tensor:
        return Tensor(x.span, x.span, lambda r, c: expression(delta(r - c)))

    def indicator(self, x: on_page.Indicator) -> Tensor:
        difference = x.left - x.right
        if x.relation == "=":
            return scalar(expression(delta(difference)))
        return scalar(indicator(difference if x.relation == "≥" else -difference))

    def partial(self, x: on_page.Partial) -> Tensor:
        """A Jacobian that has a name of its own, or else a derivative that has not been carried out."""
        of, by = x.of, x.by
        if not isinstance(of, on_page.Name) or not isinstance(by, on_page.Name):
            raise ShapeError("a derivative of or by something that is no name")
        for name in declared(of.internal, by.internal, self.signatures)[:0 if x.immediate else 1]:
            whole = sum(not a.family for a in self.signatures[name]) - len(of.below) - len(by.below)
            if whole and (of.below or by.below):        # ∂s_{ij}/∂q_i, by a whole vector
                places = (*of.below, *(None,) * whole) if of.below else (*(None,) * whole, *by.below)
                return self._vector(on_page.Slice(on_page.Name(name, of.above + by.above), places))
            return self.name(on_page.Name(name, of.above + by.above, of.below + by.below))
        above, below = self.name(of), self.name(by)
        if (above.columns is not None and not below.is_scalar) or (below.columns is not None and not above.is_scalar):
            raise ShapeError("a derivative of or by a matrix")

        def entry(row: Poly, column: Poly) -> Expr:
            """The rows are those of the value; a scalar's derivative is of the shape of what it is taken by, and one by
            a scalar of that of what it is taken of."""
            at = (column, NOWHERE) if above.rows is not None else (row, column)
            members = (above.at(row, column if above.columns is not None else NOWHERE), below.at(*at))
            return expression(Partial(*(expression(m).terms[0].factors[0][0] for m in members)))

        if below.columns is not None or above.columns is not None:
            shaped = below if above.columns is None else above
            return Tensor(shaped.rows, shaped.columns, entry)
        if above.rows is None or below.rows is None:
            return Tensor(above.rows or below.rows, None, entry)
        return Tensor(above.rows, below.rows, entry)

    def second(self, x: on_page.Second) -> Tensor:
        """A second derivative has a name of its own."""
        of, by = x.of, x.by
        if not isinstance(of, on_page.Name) or not isinstance(by, on_page.Name):
            raise ShapeError("a second derivative by something that is no name")
        name = total_name(f"∂{of.name}", by.name)
        return self.name(on_page.Name(name, of.above + by.above, of.below + by.below))

    # -- sums and products ---------------------------------------------------------------------------------------
    def add(self, x: on_page.Add) -> Tensor:
        """A plain number is added to each entry; otherwise the shapes must agree."""
        terms = [self.of(t) for t in x.terms]
        shape = next((t for t in terms if not t.plain_number), terms[0])
        parts = [fitted(t, shape) for t in terms]
        return Tensor(shape.rows, shape.columns, lambda r, c: Expr(t for p in parts for t in p.at(r, c)),
                      all(t.plain_number for t in terms))

    def negate(self, x: on_page.Negate) -> Tensor:
        body = self.of(x.body)
        return Tensor(body.rows, body.columns, lambda r, c: -body.at(r, c), body.plain_number)

    def product(self, x: on_page.Product) -> Tensor:
        result, *rest = [self.of(f) for f in x.factors]
        for f in rest:
            result = matrix_product(result, f)
        return result

    def scale(self, x: on_page.Scale) -> Tensor:
        if not all(self.of(s).is_scalar for s in x.scalars):
            raise ShapeError("a scale that is no scalar")
        return self.product(on_page.Product((*x.scalars, x.body)))

    def hadamard(self, x: on_page.Hadamard) -> Tensor:
        first, *rest = [self.of(f) for f in x.factors]
        for f in rest:
            first = entrywise(first, f, lambda a, b: a * b)
        return first

    def divide(self, x: on_page.Divide) -> Tensor:
        above, below = self.of(x.above), self.of(x.below)
        if above.plain_number:
            return Tensor(below.rows, below.columns, lambda r, c: above.at(r, c) / below.at(r, c))
        return entrywise(above, below, lambda a, b: a / b)

    def fraction(self, x: on_page.Fraction) -> Tensor:
        above, below = self.of(x.above), self.of(x.below)
        if not below.is_scalar:
            raise ShapeError("a fraction over a vector or a matrix")
        plain = above.plain_number and below.plain_number
        return Tensor(above.rows, above.columns, lambda r, c: above.at(r, c) / below.at(NOWHERE, NOWHERE), plain)

    def bigsum(self, x: on_page.BigSum) -> Tensor:
        body = self.of(x.body)
        return Tensor(body.rows, body.columns, lambda r, c: total(body.at(r, c), x.letter))

    def bigproduct(self, x: on_page.BigProduct) -> Tensor:
        body, s = self.of(x.body), x.letter
        if body.rows is None or body.columns is None:
            return mapped(body, lambda e: expression(OrderedProduct(e, s).rebind({})))
        i, j = letter_over(body.rows), letter_over(body.columns)
        first, last = (s.high, s.low) if x.ordered else (s.low, s.high)
        inside = body.at(poly(i), poly(j))
        if not x.ordered:
            turned = {s: s.low + s.high - s}
            inside, i, j = inside.substitute(turned), i.substitute(turned), j.substitute(turned)
        return Tensor(_at_end(body.rows, s, first), _at_end(body.columns, s, last),
                      lambda r, c: expression(OrderedProduct(inside, s, (i, j), (r, c)).rebind({})))

    def extreme(self, x: on_page.Extreme) -> Tensor:
        sign = -1 if x.least else 1
        return mapped(self.of(x.body), lambda e: sign * expression(Greatest(sign * e, x.letter).rebind({})))

    def isgreatest(self, x: on_page.IsGreatest) -> Tensor:
        return scalar(expression(Greatest(self.scalar(x.body), x.letter, (x.place,)).rebind({})))

    def entries(self, x: on_page.Entries) -> Tensor:
        body, row, column = self.scalar(x.body), x.row, x.column
        if column is None:
            return Tensor((row.low, row.high), None, lambda r, c: body.substitute({row: r}))
        return Tensor((row.low, row.high), (column.low, column.high),
                      lambda r, c: body.substitute({row: r, column: c}))

    def entry(self, x: on_page.Entry) -> Tensor:
        body = self.of(x.body)
        places = iter(x.indices)
        if len(x.indices) != (body.rows is not None) + (body.columns is not None) or not x.indices:
            raise ShapeError("an entry has an index for each axis")
        return scalar(body.at(*(NOWHERE if axis is None else next(places) for axis in (body.rows, body.columns))))

    # -- functions -----------------------------------------------------------------------------------------------
    def power(self, x: on_page.Power) -> Tensor:
        base = self.of(x.base)
        if base.rows is not None and base.columns is not None:
            raise ShapeError("the power of a matrix is not taken entry by entry")
        return mapped(base, lambda e: e ** x.exponent)

    def matrixpower(self, x: on_page.MatrixPower) -> Tensor:
        base, count = self.of(x.base), x.exponent.constant
        same_axes(base.rows, base.columns)
        if count is not None and count <= WRITTEN_OUT:
            return self.product(on_page.Product((x.base,) * int(count)))
        if not nonnegative(x.exponent):
            raise ShapeError("a power of a matrix that may be negative")
        s, i, j = Letter("s", 1, x.exponent), letter_over(base.rows), letter_over(base.columns)
        inside = base.at(poly(i), poly(j))
        return Tensor(base.rows, base.columns,
                      lambda r, c: expression(OrderedProduct(inside, s, (i, j), (r, c)).rebind({})))

    def elementwisepower(self, x: on_page.ElementwisePower) -> Tensor:
        return mapped(self.of(x.base), lambda e: e ** x.exponent)

    def root(self, x: on_page.Root) -> Tensor:
        body = self.of(x.body)
        if body.rows is not None and body.columns is not None:
            raise ShapeError("the root of a matrix is not taken entry by entry")
        return mapped(body, lambda e: e ** _HALF)

    def call(self, x: on_page.Call) -> Tensor:
        arguments = [self.of(a) for a in x.arguments]
        shape = next((a for a in arguments if not a.plain_number), arguments[0])
        parts = [fitted(a, shape) for a in arguments]
        rule = RULES.get(x.function[:-1]) if x.function.endswith("'") and len(parts) == 1 else None
        if rule is not None:
            return mapped(parts[0], rule.derivative)
        return Tensor(shape.rows, shape.columns,
                      lambda r, c: expression(Apply(x.function, [p.at(r, c) for p in parts])))

    # -- vectors and matrices ------------------------------------------------------------------------------------
    def transpose(self, x: on_page.Transpose) -> Tensor:
        body = self.of(x.body)
        if body.is_scalar and not body.plain_number:        # 𝟎ᵀ is as wide as what it is equal to
            raise ShapeError("the transpose of a scalar")
        if body.is_scalar:
            return body
        return Tensor(body.columns, body.rows, lambda r, c: body.at(c, r))

    def diag(self, x: on_page.Diag) -> Tensor:
        body = self.column(x.body)
        return Tensor(body.rows, body.rows, lambda r, c: expression(delta(r - c)) * body.at(r, NOWHERE))

    def cases(self, x: on_page.Cases) -> Tensor:
        """The first row whose condition holds."""
        bodies = [self.of(body) for body, _ in x.rows]
        shape = next((b for b in bodies if not b.plain_number), bodies[0])
        parts = [fitted(b, shape) for b in bodies]
        weights, others = [], expression(1)
        for _, when in x.rows:
            holds = expression(1) if when is None else _holds(when)
            weights.append(others * holds)
            others = others * (1 - holds)
        return Tensor(shape.rows, shape.columns,
                      lambda r, c: sum((w * p.at(r, c) for w, p in zip(weights, parts)), Expr()))

    def normsquared(self, x: on_page.NormSquared) -> Tensor:
        body = self.of(x.body) if x.frobenius else self.column(x.body)
        k = letter_over(body.rows)
        if not x.frobenius:
            return scalar(total(body.at(poly(k), NOWHERE) ** 2, k))
        j = letter_over(body.columns)
        return scalar(total(body.at(poly(k), poly(j)) ** 2, k, j))

    def concat(self, x: on_page.Concat) -> Tensor:
        """The parts one below the other; the positions are counted from 1."""
        return written_out([[self.of(part)] for part in x.parts])

    def matrix(self, x: on_page.Matrix) -> Tensor:
        return written_out([[self.of(part) for part in row] for row in x.rows])

    def column(self, x: Layout) -> Tensor:
        body = self.of(x)
        if body.rows is None or body.columns is not None:
            raise ShapeError(f"{type(x).__name__} is no column vector")
        return body

    def scalar(self, x: Layout) -> Expr:
        body = self.of(x)
        if not body.is_scalar:
            raise ShapeError(f"{type(x).__name__} is no scalar")
        return body.at(NOWHERE, NOWHERE)


def _at_end(axis: Axis, letter: Letter, end: Poly) -> Axis:
    """The axis of the factor at one end of a product."""
    return None if axis is None else (axis[0].substitute({letter: end}), axis[1].substitute({letter: end}))


def _holds(when: on_page.Condition) -> Expr:
    """1 where a condition holds, else 0."""
    letter = poly(when.letter)
    if when.low == when.high:
        return expression(delta(letter - when.low))
    return indicator(letter - when.low) * indicator(when.high - letter)
