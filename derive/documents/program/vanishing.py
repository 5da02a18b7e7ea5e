"""Derivatives that are zero: ∂R/∂b, where R = ½ λ ‖w‖² and the document says what w, λ and b are."""

from __future__ import annotations

from derive.documents.program.reader import DocumentReader
from derive.expression import Expr
from derive.index import apart
from derive.program import Equation, Variable
from derive.stated import StatedPage


def vanishes(reader: DocumentReader, of: str, by: str) -> bool:
    """Whether a derivative is zero for certain: `by` is an input, `of` is made of others, and all of them are declared.
    What nobody declares may depend on something that could not be read."""
    program, defined = reader.program, reader.roles.defined
    if not reader.checking or program.equation(of) is None or by in defined:
        return False
    made_of = program.made_of([of])
    inputs = (made_of | {by}) & reader.named.keys() - defined - program.inverses.keys() - program.determinants.keys()
    told = reader.survey.declared.keys() | reader.survey.positive.keys() | program.random.keys()
    return by not in made_of and inputs <= told


def be_zero(page: StatedPage, of: str, by: str, name: str) -> None:
    """Give the derivative of one name by another a definition: it is zero at all places."""
    program = page.program
    if name not in program.variables:
        letters = apart(program.signatures[of] + program.signatures[by])
        program.variables[name] = Variable(name, letters)
        program.add(Equation(name, letters, Expr()))
        page.vanishing.append((of, by))
