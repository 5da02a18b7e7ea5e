"""An identity between functions, tanh' = 1 − tanh² or σ' = σ (1 − σ): each is taken at one argument."""

from __future__ import annotations

from dataclasses import replace

from derive.reading.tokens import Lexeme

ARGUMENT = "x"


def at_an_argument(tokens: list[Lexeme]) -> list[Lexeme]:
    """The marks, with an argument behind the function, where the left side is its derivative without one. A function
    that has an argument of its own keeps it."""
    shown, name, begin = _primed(tokens)
    if not shown:
        return tokens
    kept = [replace(tokens[0], kind="FUNCTION", text=f"{shown}'", name=f"{name}'"), *_argument(tokens[0])]
    k = begin
    while k < len(tokens):
        token = tokens[k]
        k += 1
        if token.text != shown or token.kind not in ("FUNCTION", "IDENT"):
            kept.append(token)
            continue
        kept.append(replace(token, kind="FUNCTION", name=name))
        raised = 2 if k + 1 < len(tokens) and tokens[k].kind == "SUP" and tokens[k + 1].kind == "NUMBER" else \
            1 if k < len(tokens) and tokens[k].kind == "POWER" else 0
        kept += tokens[k:k + raised]
        k += raised
        if not _is_called(tokens, k, shown):
            kept += _argument(token)
    return kept


def _primed(tokens: list[Lexeme]) -> tuple[str, str, int]:
    """The function of which the left side is the derivative, and where the sign of equality stands: tanh' =, σ' =; the
    latter where σ is called further on. No function, otherwise."""
    kinds = [t.kind for t in tokens[:3]]
    if kinds[:2] == ["FUNCTION", "REL"] and tokens[0].text.endswith("'") and tokens[1].text == "=":
        return tokens[0].text[:-1], tokens[0].name[:-1], 1
    if kinds == ["IDENT", "PRIME", "REL"] and tokens[2].text == "=":
        name = next((t.name for t in tokens if t.kind == "FUNCTION" and t.text == tokens[0].text), "")
        return (tokens[0].text, name, 2) if name else ("", "", 0)
    return "", "", 0


def _is_called(tokens: list[Lexeme], k: int, shown: str) -> bool:
    """Whether an argument follows: parentheses without the function in them."""
    if k >= len(tokens) or tokens[k].kind not in ("LPAR", "IDENT", "NAME"):
        return False
    depth = 0
    for token in tokens[k:] if tokens[k].kind == "LPAR" else ():
        depth += (token.kind == "LPAR") - (token.kind == "RPAR")
        if token.text == shown:
            return False
        if not depth:
            break
    return True


def _argument(at: Lexeme) -> list[Lexeme]:
    return [Lexeme("LPAR", "(", at.at), Lexeme("IDENT", ARGUMENT, at.at, ARGUMENT), Lexeme("RPAR", ")", at.at)]
