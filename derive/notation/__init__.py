"""Textbook notation: from an equation to a layout, and from a layout to text."""

from __future__ import annotations

from derive.expectation.laws import moment_named
from derive.expression import Expr, Ref
from derive.index import Letter, Poly, poly
from derive.notation import latex as _latex, mathml as _mathml, typst as _typst, unicode as _unicode
from derive.notation.index_form import IndexForm, to_index
from derive.notation.layout import Condition, Equation, Layout, Partial, Slice
from derive.notation.letters import Signatures, size_names
from derive.notation.matrix import to_matrix
from derive.notation.members import NoMatrixForm, member
from derive.notation.terms import family_name, moment_layout, second_layout, sides

Range = tuple[Letter, Poly, Poly]


def equation(left: Ref, right: Expr, signatures: Signatures, *, notation: str = "matrix",
             condition: Range | None = None, loss: str = "L") -> Layout:
    """`left = right` in matrix notation where there is one that is certainly right, else in index notation.

    The indices of `left` are letters, or members such as `T` or `l+1`. Both sides are in the same notation.
    """
    left, right, condition = _distinct(left, right, condition)
    when = None if condition is None else Condition(*condition)
    if notation == "matrix":
        try:
            return Equation(*_matrix_sides(left, right, signatures, loss), when)
        except NoMatrixForm:
            pass
    taken = frozenset({a.name for a in left.free} | {left.name})
    return Equation(IndexForm(signatures, loss).member(left), to_index(right, signatures, loss=loss, taken=taken), when)


def is_matrix(left: Ref, right: Expr, signatures: Signatures) -> bool:
    """Whether the equation has a matrix form."""
    try:
        _matrix_sides(left, right, signatures, "L")
    except NoMatrixForm:
        return False
    return True


def text(x: Layout, *, short_sums: bool = False) -> str:
    """The layout as one line of Unicode text."""
    return _unicode.render(x, short_sums)


def latex(x: Layout, *, short_sums: bool = False) -> str:
    """The layout as LaTeX."""
    return _latex.render(x, short_sums)


def mathml(x: Layout, *, short_sums: bool = False) -> str:
    """The layout as MathML elements, without the `<math>` around them."""
    return _mathml.render(x, short_sums)


def typst(x: Layout, *, short_sums: bool = False) -> str:
    """The layout as Typst mathematics, without the dollars around it."""
    return _typst.render(x, short_sums)


def name(internal: str, signatures: Signatures, loss: str = "L") -> Layout:
    """A family's name without indices: `W_f`, `∂L/∂W_f`, the Jacobian `∂p/∂z`, the total derivative `∂h/∂h`."""
    moment = moment_named(internal)
    if moment is not None:
        return moment_layout(moment, signatures, loss)
    of, by = sides(internal)
    if of in signatures and by in signatures and of.startswith("∂"):
        return second_layout(of, by, signatures, loss)
    if of in signatures and by in signatures:
        return Partial(family_name(of, loss), family_name(by, loss))
    return family_name(internal, loss)


def _matrix_sides(left: Ref, right: Expr, signatures: Signatures, loss: str) -> tuple[Layout, Layout]:
    rows, shown = member(left, signatures, loss)
    if isinstance(shown, Slice):
        raise NoMatrixForm("a part of a vector on the left side reads better member by member")
    taken = frozenset({a.name for a in left.free} | {left.name})
    return shown, to_matrix(right, rows, signatures, loss=loss, taken=taken)


def _distinct(left: Ref, right: Expr, condition: Range | None) -> tuple[Ref, Expr, Range | None]:
    """The same equation with free letters whose names differ from each other and from the sizes' names."""
    letters = sorted({a for p in left.indices for a in p.free} | right.free, key=lambda a: a.order)
    used = set(size_names(right))
    values: dict[Letter, Poly] = {}
    for letter in letters:
        shown = letter.name
        while shown in used:
            shown += "'"
        used.add(shown)
        if shown != letter.name:
            values[letter] = poly(Letter(shown, letter.low, letter.high, letter.family))
    if not values:
        return left, right, condition
    if condition is not None:
        letter, low, high = condition
        renamed = values[letter].letter if letter in values else letter
        condition = (renamed or letter, low.substitute(values), high.substitute(values))
    return left.substitute(values), right.substitute(values), condition


__all__ = ["Equation", "Layout", "NoMatrixForm", "equation", "is_matrix", "latex", "mathml", "name",
           "text", "to_index", "to_matrix", "typst"]
