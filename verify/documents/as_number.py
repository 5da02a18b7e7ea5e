"""A letter that may be a size, K in R = 1 + (K − 1) 2^D: whether it is a number for certain. A size is a whole number,
and the length of something; it does not change with time.
"""

from __future__ import annotations

import re
from dataclasses import replace

from derive.documents.lines.items import DECLARED, Item
from derive.documents.lines.statements import Declaration, Piece
from derive.expression import Expr, Value, expression
from derive.program import Equation, Program
from verify.documents.attempts import Attempt
from verify.documents.fairness.refutation import Refutation
from verify.documents.outcome import Outcome
from verify.documents.slices import Slices
from verify.documents.whole_numbers import WHOLE
from verify.draws import size_names
from verify.study import Study, by_arithmetic, derivative_names
from verify.verdict import REFUTED

SIZES = frozenset("nmNMdDKTk")         # letters that are sizes more often than numbers
_DIVISION = re.compile(r"/\s*\(?\s*\w*[^\W\d]|\\[dt]?frac\s*\{(?!\s*\\partial)[^{}]*\}\s*\{[^{}]*[A-Za-z]")  # by a name
_COUNTS = re.compile(r"\b(?:parameters|channels|filters|multiplications|FLOPs|(?:positive )?integers?|number of)\b|"
                     r"参数(?:量|个数|数)|通道|计算量|乘法次数|个数|正整数", re.IGNORECASE)
_ARRAY = re.compile(        # signs of vectors and matrices
    r"[ᵀ⊤⊙‖∇Σ∑]|\\(?:top|odot|circ|nabla|intercal|Vert|\||mathb|bm|boldsymbol|begin|sum)|\^\s*\{?\s*T\b|(?:ℝ|R\})\s*\^|"
    r"softmax|diag|tr\b|det\b")
_TIME = frozenset("tτ")


def is_no_size(name: str, of: Refutation) -> bool:
    """Whether a letter such as m is no length for certain: something is differentiated by it, it has rows and columns,
    it is another thing at each time, or the claim fails for whole numbers and for all lengths of axes too."""
    rows = of.example.inputs.get(name) if of.example is not None else None
    if any(name in i.derived - i.above for i in of.scope) or (rows and isinstance(rows, list) and isinstance(
            rows[0], list)):
        return True
    if of.study is None or len(of.study.claims) != 1 or name not in of.study.page.program.variables:
        return False
    changes = any(a.family and a.name in _TIME for a in of.study.page.program.variables[name].axes)
    return changes or _fails_for_whole_numbers(name, of.study)


def of_numbers(outcome: Outcome, slices: Slices, item: Item, needed: list[Item]) -> Outcome:
    """A refutation by an array, K in R = 1 + (K − 1) 2^D, as one by a number, where nothing else has axes."""
    variables = outcome.study.page.program.variables if outcome.study is not None else {}
    declared = {n for i in needed for n in i.declared}
    for name in sorted(n for n, v in variables.items() if n in SIZES - declared and v.axes):
        other = _with_number(name, slices, item, needed)
        if other.refuted and other.study is not None \
                and not any(v.axes for v in other.study.page.program.variables.values()):
            return other
    return outcome


def is_about_numbers(item: Item, slices: Slices) -> bool:
    """Whether a document has no sign of vectors and matrices, and divides or counts: what it does not declare are
    numbers."""
    texts = [i.statement.piece.text for i in slices.outline.items if i.scope == item.scope]
    return not any(map(_ARRAY.search, texts)) and (
        any(map(_DIVISION.search, texts)) or bool(_COUNTS.search(slices.source.text)))


def all_numbers(slices: Slices, item: Item, needed: list[Item]) -> Outcome:
    """The outcome where all inputs of which nothing is said are numbers."""
    known = {n for i in needed for n in (*i.declared, i.name)}
    inputs = sorted({n for i in needed for n in i.names} - known)
    return numbers_for(inputs, slices, item, needed)


def _with_number(name: str, slices: Slices, item: Item, needed: list[Item]) -> Outcome:
    return numbers_for([name], slices, item, needed)


def numbers_for(names: list[str], slices: Slices, item: Item, needed: list[Item]) -> Outcome:
    """The outcome where some names are declared numbers in front of everything else."""
    first = [replace(needed[0], statement=Declaration(Piece(f"{text} ∈ ℝ", item.at), (Piece(text, item.at),),
                                                      Piece("ℝ", item.at)),
                     role=DECLARED, name="", declared=(name,), uses=frozenset([name]), derived=frozenset())
             for name in names for text in [re.sub(r"_(\w+)", r"_{\1}", name)]]
    return Attempt(slices, item, [*first, *needed]).with_shapes(0)


def _fails_for_whole_numbers(name: str, study: Study) -> bool:
    program = study.page.program
    if len(study.claims) != 1 or size_names(program)[1]:
        return False
    arrays = any(e.letters for e in program.equations) or any(v.axes for v in program.variables.values())
    whole = replace(program, variables={n: replace(v, among=WHOLE) if n == name else v
                                        for n, v in program.variables.items()})
    return _fails(study, whole) and all(_fails(study, _put(program, name, expression(Value(size)) + more))
                                        for size in program.sizes.values() for more in ((0,) if arrays else (0, 1, -1)))


def _put(program: Program, name: str, number: Expr) -> Program:
    """The program in which the name is a number."""
    return replace(program, equations=[Equation(name, (), number), *program.equations])


def _fails(study: Study, program: Program) -> bool:
    found = by_arithmetic(study.claims[0][0], study.derivation, derivative_names(study.derivation), program)
    return found.verdict == REFUTED
