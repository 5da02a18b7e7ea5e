"""Second derivatives as pages write them: \\frac{d^2 u}{dx^2}, d²u/dx², \\frac{\\partial^2}{\\partial x^2} u."""

from __future__ import annotations

import re
from dataclasses import replace

from derive.reading.tokens import Lexeme

OF = re.compile(r"d([^\W\d_][\u0300-\u036f\u20d6\u20d7]*)")
_ENDS = {"LBRACE": "RBRACE", "LPAR": "RPAR", "LBRACKET": "RBRACKET", "INDEX": "RBRACKET"}
MOST_BELOW = 24         # marks below the line


def second_derivative(tokens: list[Lexeme], k: int) -> tuple[list[Lexeme], int] | None:
    """The marks of ∂²u/∂x² in the grammar's own spelling, where one begins at k in another, and where it ends."""
    first = tokens[k]
    if first.kind == "FRAC":
        return _as_fraction(tokens, k)
    start = _squared(tokens, k)
    slash = next((j for j in range(start, min(start + 8, len(tokens))) if tokens[j].kind == "SLASH"), 0) if start else 0
    if not slash or slash == start:
        return None
    end = _one(tokens, slash + 1)
    below = _below(tokens[slash + 1:end])
    if below is None or sum(t.kind == "DIFF" for t in below) != 1 or not any(t.kind == "POWER" for t in below):
        return None
    return _made(first, tokens[start:slash], below), end


def _as_fraction(tokens: list[Lexeme], k: int) -> tuple[list[Lexeme], int] | None:
    above = closed(tokens, k + 1)
    end = closed(tokens, above) if above else 0
    start = _squared(tokens, k + 2) if end else 0
    if not start or end - above > MOST_BELOW:
        return None
    below, of = _below(tokens[above + 1:end - 1]), tokens[start:above - 1]
    if below is None or (of and tokens[k + 2].kind == "SECOND_ABOVE"):
        return None
    if not of:
        last = _one(tokens, end)
        of, end = tokens[end:last], last
    return (_made(tokens[k], of, below), end) if of else None


def _squared(tokens: list[Lexeme], k: int) -> int:
    """Behind the ∂² or d² that stands at k; 0 where none does."""
    kinds = [t.kind for t in tokens[k:k + 5]]
    if kinds[:1] in (["SECOND"], ["SECOND_ABOVE"]):
        return k + 1
    if kinds[:1] != ["IDENT"] or tokens[k].text != "d":
        return 0
    for shape, place in ((["POWER"], 1), (["SUP", "NUMBER"], 2), (["SUP", "LBRACE", "NUMBER", "RBRACE"], 3)):
        if kinds[1:1 + len(shape)] == shape and tokens[k + place].text == "2":
            return k + 1 + len(shape)
    return 0


def _below(tokens: list[Lexeme]) -> list[Lexeme] | None:
    """∂x² and ∂x∂y, where they may have been written with d."""
    found: list[Lexeme] = []
    for token in tokens:
        one = OF.fullmatch(token.text) if token.kind == "IDENT" else None
        if token.kind == "IDENT" and token.text == "d":
            found.append(replace(token, kind="DIFF", text="∂"))
        elif one:
            found += [replace(token, kind="DIFF", text="∂"), replace(token, text=one[1], at=token.at + 1)]
        else:
            found.append(token)
    return found if found and found[0].kind == "DIFF" else None


def _one(tokens: list[Lexeme], k: int) -> int:
    """Behind one name with its scripts and what it is called with."""
    if k < len(tokens) and (tokens[k].kind == "DIFF" or (tokens[k].kind == "IDENT" and tokens[k].text == "d")):
        k += 1
    if k >= len(tokens) or tokens[k].kind not in ("IDENT", "NAME", "FUNCTION", "LPAR"):
        return k
    k = closed(tokens, k) if tokens[k].kind == "LPAR" else k + 1
    while k < len(tokens):
        if tokens[k].kind in ("SUB", "SUP"):
            k = closed(tokens, k + 1) or k + 2
        elif tokens[k].kind in ("POWER", "PRIME"):
            k += 1
        elif tokens[k].kind == "LPAR" and tokens[k].tight:
            k = closed(tokens, k)
        else:
            break
    return k


def closed(tokens: list[Lexeme], k: int) -> int:
    """Behind the bracket that opens at k; 0 where none does."""
    if k >= len(tokens) or tokens[k].kind not in _ENDS:
        return 0
    depth = 0
    for end in range(k, len(tokens)):
        depth += (tokens[end].kind in _ENDS) - (tokens[end].kind in _ENDS.values())
        if depth == 0:
            return end + 1
    return 0


def _made(first: Lexeme, of: list[Lexeme], below: list[Lexeme]) -> list[Lexeme]:
    opening, closing = Lexeme("LBRACE", "{", first.at), Lexeme("RBRACE", "}", first.at)
    return [replace(first, kind="FRAC", text="\\frac"), opening, Lexeme("SECOND_ABOVE", "∂²", first.at), *of, closing,
            opening, *below, closing]
