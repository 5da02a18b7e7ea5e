"""Documents that speak of one step of time: beside a_f = W_f x_t + U_f h_{t−1}, where a_f has no t, h_t and h_{t−1} are
two names, and nothing is said of any other step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from derive.documents.spelling.second_derivatives import closed
from derive.reading.tokens import Lexeme

_STEPS = "tτ"
_ONE_BEFORE = ["IDENT", "MINUS", "NUMBER"]
BEFORE = "prev"         # the label of h_{t−1}


def letter_of_one_step(equations: Iterable[list[Lexeme]], others: Iterable[list[Lexeme]]) -> str:
    """The letter of which a document has one value only; empty where it has a range, or members at other steps.
    `equations` define names or claim something, `others` are all other statements, such as ranges and declarations."""
    every = list(equations)
    rest = list(others)
    for letter in _STEPS:
        places = [list(_indices(tokens, letter)) for tokens in (*every, *rest)]
        if all(None not in found for found in places) and any(places) and any(
                _is_without(tokens, letter) for tokens in every) and not any(map(_is_before, every)):
            return letter
    return ""


def at_one_step(tokens: list[Lexeme], letter: str) -> list[Lexeme]:
    """The marks, where h_t and h_{t−1} are names without an index."""
    if not letter:
        return tokens
    kept: list[Lexeme] = []
    k = 0
    while k < len(tokens):
        found = _index(tokens, k, letter) if kept and kept[-1].kind == "IDENT" else None
        if found:
            label, k = found
            kept[-1] = replace(kept[-1], text=f"{kept[-1].text}_{label}")
        else:
            kept.append(tokens[k])
            k += 1
    return kept


def _index(tokens: list[Lexeme], k: int, letter: str) -> tuple[str, int] | None:
    """Which step an index that begins here is, and where it ends; None for anything else."""
    if tokens[k].kind != "SUB" or k + 1 >= len(tokens):
        return None
    end = closed(tokens, k + 1) or k + 2
    inside = [t for t in tokens[k + 1:end] if t.kind not in ("LBRACE", "RBRACE")]
    if [t.text for t in inside] == [letter]:
        return letter, end
    before = [t.kind for t in inside] == _ONE_BEFORE and inside[0].text == letter and inside[2].text == "1"
    return (BEFORE, end) if before else None


def _indices(tokens: list[Lexeme], letter: str) -> Iterator[str | None]:
    """The steps that stand as an index of a name, and None for everything else in which the letter stands, and for
    members with a number beside it."""
    k = 0
    while k < len(tokens):
        found = _index(tokens, k, letter) if k and tokens[k - 1].kind == "IDENT" else None
        if found:
            label, k = found
            yield label
        else:
            if tokens[k].text.rstrip("'") in (letter, letter.upper()) and tokens[k].kind == "IDENT":
                yield None
            k += 1


def _is_without(tokens: list[Lexeme], letter: str) -> bool:
    """Whether an equation for a name without the letter has it on its right side: a_f = W_f x_t"""
    left, right = _sides(tokens)
    kinds = {t.kind for t in left}
    return bool(left) and kinds <= {"IDENT", "SUB", "LBRACE", "RBRACE", "SUP"} and left[0].kind == "IDENT" \
        and not list(_indices(left, letter)) and any(_indices(right, letter))


def _is_before(tokens: list[Lexeme]) -> bool:
    """Whether an equation says what the member at t − 1 is."""
    left, _ = _sides(tokens)
    found = next((_index(left, 1, x) for x in _STEPS if len(left) > 1), None)
    return found is not None and found == (BEFORE, len(left))


def _sides(tokens: list[Lexeme]) -> tuple[list[Lexeme], list[Lexeme]]:
    at = next((k for k, t in enumerate(tokens) if t.kind == "REL"), len(tokens))
    return tokens[:at], tokens[at:]
