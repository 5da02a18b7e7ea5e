"""Derivatives that are zero: ∂R/∂b, where R = ½ λ ‖w‖² and the document says what w, λ and b are."""

from __future__ import annotations

from derive.documents.reader import DocumentReader
from derive.expression import Expr
from derive.graph import closure
from derive.index import apart
from derive.program import Equation, Variable
from derive.stated import StatedPage


def vanishes(reader: DocumentReader, of: str, by: str) -> bool:
    """Whether a derivative is zero for certain: `by` is an input, `of` is made of others, and all of them are declared.
    What nobody declares may depend on something that could not be read."""
    program, declared = reader.program, reader.survey.declared
    if not reader.checking or program.equation(of) is None or by not in program.inputs:
        return False

    made_of = closure([of], program.needed)
    whole = program.inverses.keys() | program.determinants.keys()
    inputs = (made_of | {by}) & set(program.inputs)
    return by not in made_of and not whole & made_of and inputs <= declared.keys() | program.random.keys()


def be_zero(page: StatedPage, of: str, by: str, name: str) -> None:
    """Give the derivative of one name by another a definition: it is zero at all places."""
    program = page.program
    if name not in program.variables:
        letters = apart(program.signatures[of] + program.signatures[by])
        program.variables[name] = Variable(name, letters)
        program.add(Equation(name, letters, Expr()))
        page.vanishing.append((of, by))
