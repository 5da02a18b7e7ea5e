"""Encodings of positions as their authors write them: PE(pos, 2i) is the member PE_{pos, 2i}, and pos a letter."""

from __future__ import annotations

from dataclasses import replace

from derive.reading.tokens import Lexeme

ENCODING = "PE"
_POSITION = "pos"
_LETTER = "p"


def as_members(tokens: list[Lexeme]) -> list[Lexeme]:
    """The marks, where calls of PE are members, and pos is one letter."""
    if not any(t.text == ENCODING for t in tokens):
        return tokens
    tokens = _with_one_letter(tokens)
    kept: list[Lexeme] = []
    depths: list[int] = []      # of the brackets that are open of calls
    depth = 0
    for k, token in enumerate(tokens):
        if token.kind == "LPAR":
            depth += 1
            if k and tokens[k - 1].text == ENCODING:
                depths.append(depth)
                kept += [replace(token, kind="SUB", text="_"), replace(token, kind="LBRACE", text="{")]
                continue
        if token.kind == "RPAR":
            depth -= 1
            if depths and depths[-1] == depth + 1:
                depths.pop()
                kept.append(replace(token, kind="RBRACE", text="}"))
                continue
        kept.append(token)
    return kept


def _with_one_letter(tokens: list[Lexeme]) -> list[Lexeme]:
    kept: list[Lexeme] = []
    k = 0
    while k < len(tokens):
        spelled = [t.text for t in tokens[k:k + 3]] == list(_POSITION) and all(t.tight for t in tokens[k + 1:k + 3])
        if spelled or tokens[k].text == _POSITION:
            kept.append(replace(tokens[k], text=_LETTER))
            k += 3 if spelled else 1
        elif tokens[k].text == _LETTER:
            return tokens       # PE(pos + p, 2i): two letters
        else:
            kept.append(tokens[k])
            k += 1
    return kept
