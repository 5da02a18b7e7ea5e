"""Names that a document did not write, in what is shown to its reader: A^{-1} and det A in place of ours."""

from __future__ import annotations

from typing import Any

from derive import notation
from derive.documents.program.opened import whole_of
from derive.index import poly
from derive.notation.layout import Call, Layout, MatrixPower, Name
from derive.program import Program


class NotWritten(Exception):
    """A name of ours that the document has no way to write."""


def as_written(x: Layout, program: Program) -> Layout:
    """The layout with inverses and determinants as they are written.

    Raises:
        NotWritten: for one of which a single entry is shown, and for a matrix that has no name and no matrix form.
    """
    if isinstance(x, Name):
        return _named(x, program)
    return type(x)(*(_part(getattr(x, f), program) for f in x.fields))


def _part(part: Any, program: Program) -> Any:
    if isinstance(part, Layout):
        return as_written(part, program)
    return tuple(_part(p, program) for p in part) if isinstance(part, tuple) else part


def _named(x: Name, program: Program) -> Layout:
    of, is_inverse = whole_of(program, x.name)
    if not of:
        return x
    if x.below or x.above or x.loss:
        raise NotWritten(x.name)
    base = _matrix(of, program)
    return MatrixPower(base, poly(-1)) if is_inverse else Call("det", (base,))


def _matrix(name: str, program: Program) -> Layout:
    """A matrix by its name, or as it is computed where the name is ours."""
    equation = program.equation(name)
    if equation is None or not name.startswith(("inverted_", "matrix_")):
        return Name(name)
    if not notation.is_matrix(equation.left, equation.body, program.signatures):
        raise NotWritten(name)
    layout = notation.equation(equation.left, equation.body, program.signatures)
    return as_written(layout.right, program)    # type: ignore[attr-defined]
