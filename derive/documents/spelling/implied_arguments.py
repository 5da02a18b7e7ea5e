"""An identity between functions, tanh' = 1 − tanh²: each is taken at one argument."""

from __future__ import annotations

from dataclasses import replace

from derive.reading.tokens import Lexeme

ARGUMENT = "x"


def at_an_argument(tokens: list[Lexeme]) -> list[Lexeme]:
    """The marks, with an argument behind the function, where the left side is its derivative without one. A function
    that has an argument of its own keeps it."""
    if [t.kind for t in tokens[:2]] != ["FUNCTION", "REL"] or not tokens[0].text.endswith("'"):
        return tokens
    shown, name = tokens[0].text[:-1], tokens[0].name[:-1]
    kept, k = [tokens[0], *_argument(tokens[0])], 1
    while k < len(tokens):
        token = tokens[k]
        k += 1
        if token.text != shown or token.kind not in ("FUNCTION", "IDENT"):
            kept.append(token)
            continue
        end = _behind_a_power(tokens, k)
        kept += [replace(token, kind="FUNCTION", name=name), *tokens[k:end]]
        kept += [] if _is_called(tokens, end, shown) else _argument(token)
        k = end
    return kept


def _behind_a_power(tokens: list[Lexeme], k: int) -> int:
    """Where a whole exponent ends that begins at k: tanh², tanh^2."""
    kinds = [t.kind for t in tokens[k:k + 2]]
    return k + 2 if kinds == ["SUP", "NUMBER"] else k + 1 if kinds[:1] == ["POWER"] else k


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
