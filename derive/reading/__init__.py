"""Reading formulas: Unicode text or LaTeX, matrix or index notation, to a layout and an index expression.

    scope = Scope(program.signatures, program.sizes, program.functions, program.loss_symbol)
    read("δ^(l) = ((W^(l+1))ᵀ δ^(l+1)) ⊙ σ'(z^(l))", scope).right

Text never reaches an evaluator: it is cut into marks, parsed by an LALR grammar of our own, and given its meaning by
the declared names and their shapes. Length, nesting and numbers are bounded. lark is imported by the first reading.
"""

from __future__ import annotations

from derive.reading.errors import ReadingError, ShapeMismatch, UnknownName
from derive.reading.formula import Reading, read, read_chain
from derive.reading.vocabulary import Scope

__all__ = ["Reading", "ReadingError", "Scope", "ShapeMismatch", "UnknownName", "read", "read_chain"]
