"""How far the argument of a sine without parentheses reaches: cos mθ is cos(mθ), and r cos θ x is r cos(θ) x."""

from __future__ import annotations

from derive.documents.spelling.second_derivatives import closed
from derive.notation.names import GREEK
from derive.reading.tokens import Lexeme

_WAVES = frozenset(["sin", "cos", "tan"])
_ANGLES = frozenset(GREEK.values()) - {"π"}


def with_parentheses(tokens: list[Lexeme]) -> list[Lexeme]:
    """The marks, with parentheses around a product of numbers and letters behind a sine; an angle, which is a Greek
    letter, ends it."""
    kept: list[Lexeme] = []
    k = 0
    while k < len(tokens):
        kept.append(tokens[k])
        k += 1
        if kept[-1].kind != "FUNCTION" or kept[-1].text not in _WAVES:
            continue
        if k + 1 < len(tokens) and tokens[k].kind == "SUP" and tokens[k + 1].kind == "NUMBER":
            kept += tokens[k:k + 2]
            k += 2
        elif k < len(tokens) and tokens[k].kind == "POWER":
            kept.append(tokens[k])
            k += 1
        end, factors = _product(tokens, k)
        if factors > 1:
            first, last = tokens[k], tokens[end - 1]
            kept += [Lexeme("LPAR", "(", first.at), *tokens[k:end], Lexeme("RPAR", ")", last.at)]
            k = end
    return kept


def _product(tokens: list[Lexeme], k: int) -> tuple[int, int]:
    """Where the numbers and letters end that begin at k, and how many they are."""
    factors = 0
    while k < len(tokens) and tokens[k].kind in ("NUMBER", "IDENT", "NAME"):
        is_angle = tokens[k].text[:1] in _ANGLES
        k, factors = k + 1, factors + 1
        while k + 1 < len(tokens) and tokens[k].kind == "SUB":
            k = (closed(tokens, k + 1) or len(tokens)) if tokens[k + 1].kind == "LBRACE" else k + 2
        if is_angle:
            break
    return k, factors
