"""Names of several letters: dS, dW_2 and dz^{[1]} for ∂L/∂S, ∂L/∂W_2 and ∂L/∂z^{[1]}, δh_t for ∂L/∂h_t where δ alone
is no name, Δw for a change of w, what the field abbreviates: KL, MSE, PP where no P stands alone, and functions that
are called by a word, lr(t)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from derive.reading.tokens import Lexeme

_ONE = re.compile(r"[dδΔ][^\W\d_][\u0300-\u036f\u20d6\u20d7]*")
ABBREVIATIONS = frozenset(["KL", "JS", "TV", "CE", "BCE", "NLL", "FL", "MSE", "RMSE", "MAE", "SSE", "ELBO", "TP", "FP",
                           "TN", "FN", "TPR", "FPR", "LR", "PPL", "SNR", "PE"])
_LONGEST = max(map(len, ABBREVIATIONS))
_ANY = frozenset("fg")      # letters that may be any function: x f(x) is a product


def names_of_two(left_sides: Iterable[list[Lexeme]], texts: Collection[str]) -> frozenset[str]:
    """Every dS, δh, Δw and PP that stands alone on the left side of an equation; `texts` are those of all formulas."""
    found: set[str] = set()
    left_sides = list(left_sides)
    for tokens in left_sides:
        one = _ONE.fullmatch(tokens[0].text) if tokens and tokens[0].kind == "IDENT" else None
        if one and _is_alone(tokens[1:]):
            found.add(one[0])
        elif _is_named(tokens, 0) and _is_alone(tokens[2:]):
            found.add(tokens[0].text + tokens[1].text)
        elif tokens and tokens[0].text in ABBREVIATIONS and _is_alone_or_called(tokens[1:]):
            found.add(tokens[0].text)
        elif (word := _abbreviated(tokens, 0, ABBREVIATIONS)) and _is_alone_or_called(tokens[len(word):]):
            found.add(word)
        elif tokens and _is_word(tokens[0].text, texts) and _is_alone(tokens[1:]):
            found.add(tokens[0].text)
        elif _is_word(word := _capitals(tokens), texts) and _is_alone(tokens[len(word):]):
            found.add(word)
    found |= {word for tokens in left_sides if (word := _called_word(tokens)) and not _is_called_alone(word, texts)}
    if any(tokens and tokens[0].text == "δ" and _is_alone(tokens[1:]) for tokens in left_sides):
        found = {name for name in found if name[0] != "δ"}
    return frozenset(found)


def glued(tokens: list[Lexeme], named: frozenset[str], functions: Collection[str] = ()) -> list[Lexeme]:
    """The marks, where the two letters of a name of `named` are one; not in `\\frac{dL}{dx}`. Where one δh is a name,
    every δ with a letter is. `functions` are those of the names that are called."""
    kept: list[Lexeme] = []
    k = 0
    deltas = any(name[0] == "δ" for name in named)
    while k < len(tokens):
        if named and _is_named(tokens, k) and not _is_below(tokens, k) and (
                tokens[k].text + tokens[k + 1].text in named or (deltas and tokens[k].text == "δ")):
            kept.append(replace(tokens[k], text=tokens[k].text + tokens[k + 1].text))
            k += 2
        elif named and (word := _abbreviated(tokens, k, named) or _called(tokens, k, named)):
            k += len(word)
            primes = tokens[k - 1].text[1:]
            called = word in functions
            kept.append(replace(tokens[k - len(word)], text=word + primes, kind="FUNCTION" if called else "IDENT",
                                name=word + primes if called else tokens[k - len(word)].name))
        else:
            kept.append(tokens[k])
            k += 1
    return kept


def _abbreviated(tokens: list[Lexeme], k: int, known: frozenset[str]) -> str:
    """The longest abbreviation that stands here letter by letter."""
    if k < len(tokens) and not tokens[k].text.isupper():
        return ""
    for length in range(min(_LONGEST, len(tokens) - k), 1, -1):
        some = tokens[k:k + length]
        word = "".join(t.text for t in some).rstrip("'")
        if word in known and all(t.kind == "IDENT" and len(t.text.rstrip("'")) == 1 for t in some) \
                and all(t.tight for t in some[1:]):
            return word
    return ""


def _called_word(tokens: list[Lexeme]) -> str:
    """The lr of lr(t), small letters with nothing behind them, and with a last one that is a name."""
    kinds = [t.kind for t in tokens]
    length = kinds.index("LPAR") if "LPAR" in kinds else 0
    word = "".join(t.text for t in tokens[:length])
    plain = re.fullmatch("[a-z]{2,}", word) and word[-1] not in _ANY
    letters = set(kinds[:length]) == {"IDENT"} and all(t.tight for t in tokens[1:length + 1])
    return word if plain and letters and kinds.count("LPAR") == 1 and kinds[-1] == "RPAR" else ""


def _is_called_alone(word: str, texts: Collection[str]) -> bool:
    """Whether the last letter of a word is called without the others somewhere: n h(x) beside h(x) is a product."""
    alone = re.compile(rf"(?<![A-Za-z\\]){word[-1]}'*\s*(?:\\left\s*)?\(")
    return any(alone.search(text.replace(word, "")) for text in texts)


def _called(tokens: list[Lexeme], k: int, named: frozenset[str]) -> str:
    """The word of `named` that is called here letter by letter, also with primes: lr'(t)."""
    for word in (w for w in sorted(named, key=len, reverse=True) if re.fullmatch("[a-z]{2,}", w)):
        *some, after = tokens[k:k + len(word) + 1] or [tokens[k]]
        if after.kind == "LPAR" and [t.text for t in some[:-1]] == [*word[:-1]] \
                and some[-1].text.rstrip("'") == word[-1] and all(t.tight for t in some[1:]):
            return word
    return ""


def _capitals(tokens: list[Lexeme]) -> str:
    """The capital letters with which a side begins, where nothing stands between them."""
    word = ""
    for token in tokens[:_LONGEST]:
        if token.kind != "IDENT" or not re.fullmatch("[A-Z]", token.text) or (word and not token.tight):
            break
        word += token.text
    return word


def _is_word(word: str, texts: Collection[str]) -> bool:
    """Whether these are several capital letters of which none stands without the others: A and B make no name AB."""
    if not re.fullmatch(f"[A-Z]{{2,{_LONGEST}}}", word):
        return False
    alone = re.compile(rf"(?<![A-Za-z\\])[{word}](?![A-Za-z])")
    return not any(alone.search(text.replace(word, "")) for text in texts)


def _is_named(tokens: list[Lexeme], k: int) -> bool:
    if k + 1 >= len(tokens) or tokens[k].kind != "IDENT" or tokens[k + 1].kind != "IDENT":
        return False
    return tokens[k].text in ("δ", "Δ") or (tokens[k].text == "d" and tokens[k + 1].tight)


def _is_below(tokens: list[Lexeme], k: int) -> bool:
    """Whether the d begins a side of a fraction: dL/dx."""
    if tokens[k].text != "d":
        return False
    before = tokens[k - 1].kind if k else ""
    opened = tokens[k - 2].kind if k > 1 else ""
    return before == "SLASH" or (before == "LBRACE" and opened in ("FRAC", "RBRACE"))


def _is_alone_or_called(rest: list[Lexeme]) -> bool:
    return _is_alone(rest) or rest[0].kind == "LPAR"


def _is_alone(rest: list[Lexeme]) -> bool:
    """Whether nothing but scripts stands behind the name."""
    depth = 0
    for k, token in enumerate(rest):
        before = rest[k - 1].kind if k else ""
        depth -= token.kind == "RBRACE"
        if depth == 0 and token.kind not in ("SUB", "SUP", "RBRACE", "POWER", "PRIME") and before not in ("SUB", "SUP"):
            return False
        depth += token.kind == "LBRACE"
    return True


__all__ = ["glued", "names_of_two"]
