"""What a refuted claim should have said, as the engine derived it."""

from __future__ import annotations

from typing import Any

from derive import notation
from derive.claims import Claim
from derive.documents.program.opened import let_go
from derive.expression import Ref
from verify.documents.own_names import NotWritten, as_written
from verify.study import Study


def correction(claim: Claim, study: Study) -> dict[str, Any] | None:
    """`{"text": […], "latex": […]}`, an equation for each case, or None where the engine derives none: the left side of
    the claim is neither a derivative nor a name that the program defines."""
    if not isinstance(claim.left, Ref):
        return None
    program, derivation = study.page.program, study.derivation
    signatures = {**program.signatures, **derivation.signatures}
    found = [d for d in derivation.derivatives if d.name == claim.left.name]
    rows = [(c.left, c.right, c.condition) for d in found for c in d.cases]
    equation = program.equation(claim.left.name)
    if not rows and equation is not None:
        rows = [(Ref(equation.name, equation.letters), equation.body, None)]
    texts, latex = [], []
    for left, right, condition in rows:
        limits = None if condition is None else (condition.letter, condition.low, condition.high)
        layout = notation.equation(left, let_go(right), signatures, notation="matrix", condition=limits,
                                   loss=program.loss_symbol)
        try:
            layout = as_written(layout, program)
        except NotWritten:
            return None
        texts.append(notation.text(layout, short_sums=True))
        latex.append(notation.latex(layout, short_sums=True))
    return {"text": texts, "latex": latex} if texts else None
