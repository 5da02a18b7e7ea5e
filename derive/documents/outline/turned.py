r"""Equations that are read from right to left: after `∂L/∂O = G`, where nothing is said of G above or elsewhere, G is
∂L/∂O; and `x_0 = (x_t − σ_t ε)/α_t`, where x_0 is given, claims something for every t, which the left side has not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.documents.lines.statements import Declaration, Equality, Piece, Statement, Wanted

_STYLE = r"(?:\\(?:mathbf|boldsymbol|bm|vec|bar|tilde)\s*)"
_NAME = re.compile(rf"\s*&?\s*(?:{_STYLE}\s*\{{\s*)?(?P<letter>[A-Za-zα-ωΑ-Ω]|\\[A-Za-z]{{2,8}})\s*\}}?\s*"
                   r"(?:_\s*(?:\w|\{[^{}]{1,9}\})\s*)?(?:\^\s*(?:\{[^{}]{1,9}\}|\([^()]{1,9}\))\s*)?")
_D = r"(?:\\partial(?![A-Za-z])|∂)"
_LOSS = r"(?:\\mathcal\s*\{?\s*)?[A-Z]\s*\}?|\\ell|ℓ"
_DERIVATIVE = re.compile(rf"\s*&?\s*(?:\\[dt]?frac\s*\{{\s*{_D}\s*(?:{_LOSS})\s*\}}\s*\{{\s*{_D}[^=]{{1,40}}\}}|"
                         rf"{_D}\s*(?:{_LOSS})\s*/\s*{_D}[^=/+]{{1,40}}|(?:\\nabla|∇)\s*_[^=+]{{1,40}})\s*")


_STEPS = {"t": r"t", "τ": r"(?:τ|\\tau)"}
_INDEX = {x: re.compile(rf"[_^]\s*(?:\{{\s*)?[\[(]?\s*{step}(?![A-Za-z])") for x, step in _STEPS.items()}
_BOUND = {x: re.compile(rf"(?:\\sum|\\prod|[Σ∑∏])\s*_\s*\{{?\s*{step}(?![A-Za-z])") for x, step in _STEPS.items()}


def with_names_first(stream: Sequence[Statement]) -> Iterator[Statement]:
    """The statements, with the name on the left in those equations that give one to a gradient."""
    definitions = [(m["letter"], s) for s in stream
                   if isinstance(s, Equality) and (m := _NAME.fullmatch(s.members[0].text))]
    defined = {letter for letter, _ in definitions}
    above = [s.piece.text for _, s in definitions]
    for statement in stream:
        name = _named(statement)
        if name and name not in defined and not any(_stands(name, text) for text in above):
            defined.add(name)
            yield _turned(statement)
        else:
            yield statement
        if isinstance(statement, (Equality, Wanted)):
            above.append(statement.piece.text)


def with_steps_first(stream: Sequence[Statement]) -> Iterator[Statement]:
    """The statements, with the side on the left that has the letter of a step, where the other one is a name that is
    known."""
    known = {_bare(p.text) for s in stream if isinstance(s, Declaration) for p in s.names}
    for statement in stream:
        if isinstance(statement, Equality) and len(statement.members) == 2 and not statement.update:
            left, right = (m.text for m in statement.members)
            yield _turned(statement) if _bare(left) in known and _has_a_step(right, left) else statement
        else:
            yield statement
        if isinstance(statement, Equality):
            known.add(_bare(statement.members[0].text))


def _has_a_step(right: str, left: str) -> bool:
    """Whether one side has an index t that no sum binds, and the other one has none."""
    return any(_INDEX[x].search(right) and not _INDEX[x].search(left) and not _BOUND[x].search(right) for x in _INDEX)


def _bare(text: str) -> str:
    return re.sub(r"[\s&{}]", "", text)


def _named(statement: Statement) -> str:
    """The letter of the name that stands alone on the right of a gradient."""
    if not isinstance(statement, Equality) or len(statement.members) != 2 or statement.update or statement.claimed:
        return ""
    found = _NAME.fullmatch(statement.members[1].text)
    return found["letter"] if found and _DERIVATIVE.fullmatch(statement.members[0].text) else ""


def _stands(letter: str, text: str) -> bool:
    return bool(re.search(rf"(?<![A-Za-z\\]){re.escape(letter)}(?![A-Za-z])", text))


def _turned(statement: Statement) -> Equality:
    """The equation with its sides the other way round, at the same place."""
    assert isinstance(statement, Equality)
    left, right = (m.text.strip(" &\t\n") for m in statement.members)
    text, at = f"{right} = {left}", statement.piece.at
    members = Piece(right, at), Piece(left, at + len(right) + 3)
    return replace(statement, piece=Piece(text, at), members=members, turned=True)
