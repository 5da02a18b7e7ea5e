"""Sizes that a document tells by others: after m = n − k + 1, where n and k are lengths of something, m is short for
that wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.documents.lines.statements import Declaration, Equality, Range, Statement
from derive.documents.spelling.divided_sizes import free_letters
from derive.reading.tokens import Lexeme

_LETTER = re.compile(r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])")
_ALONE = re.compile(r"\s*&?\s*([A-Za-z])\s*&?\s*")
_END = re.compile(r"(?:\\sum|\\prod|[Σ∑∏])\s*(?:_\s*(?:\{[^{}]{1,30}\}|\w)\s*)\^\s*\{?\s*([A-Za-z])(?![A-Za-z])")
_NATURAL = re.compile(r"ℕ|\\mathbb\s*\{?\s*N")
_KINDS = frozenset(["IDENT", "NUMBER", "PLUS", "MINUS", "TIMES", "DOT", "LPAR", "RPAR"])
_FEW = ("2", "3")


@dataclass(frozen=True)
class ToldSizes:
    """For each size what it is short for, as marks; and the texts of the equations that say so. What is `meant` is
    said by none: where letters run to d/2, d = 2 h."""

    sizes: tuple[tuple[str, tuple[Lexeme, ...]], ...] = ()
    texts: frozenset[str] = frozenset()
    meant: tuple[str, ...] = ()

    def with_divided(self, sizes: Mapping[str, int], taken: set[str], numbered: set[str]) -> ToldSizes:
        """With sizes that are multiples of numbers, by letters that are not `taken`. One that is `numbered` stays."""
        told = {n for n, right in self.sizes for n in (n, *(t.text for t in right))}
        added, meant = list(self.sizes), list(self.meant)
        for (name, step), letter in zip(((n, s) for n, s in sorted(sizes.items()) if n not in told | numbered),
                                        free_letters(taken | told)):
            added.append((name, (Lexeme("NUMBER", str(step), 0), Lexeme("IDENT", letter, 0))))
            meant.append(f"{name} = {step} {letter}")
        return replace(self, sizes=tuple(added), meant=tuple(meant))


NOTHING_TOLD = ToldSizes()


def told_sizes(equations: Iterable[tuple[Equality, list[Lexeme]]], stream: Sequence[Statement]) -> ToldSizes:
    """What the equations of a document, each with its marks, tell of its sizes."""
    known = set(_lengths(stream))
    whole = {x for s in stream if isinstance(s, Declaration) and _NATURAL.search(s.kind.text)
             for n in s.names for x in _LETTER.findall(n.text)}
    found: dict[str, tuple[Lexeme, ...]] = {}
    texts: set[str] = set()
    several: set[str] = set()
    numbers: set[str] = set()
    for equation, tokens in equations:
        left = _ALONE.fullmatch(equation.members[0].text)
        if left is None or left[1] not in known or len(equation.members) != 2:
            continue
        at = next((k for k, t in enumerate(tokens) if t.kind == "REL"), len(tokens))
        right = tuple(_without_powers([t for t in tokens[at + 1:] if t.kind != "AMP"]))
        letters = {t.text for t in right if t.kind == "IDENT"}
        if not letters:
            numbers.add(left[1])        # m = 64
            continue
        several |= {left[1]} & found.keys()
        if letters <= (known | whole) - {left[1]} and all(t.kind in _KINDS for t in right):
            found[left[1]] = right
            texts.add(equation.piece.text)
        else:
            several.add(left[1])
    if numbers & {*found, *(t.text for right in found.values() for t in right)}:
        return ToldSizes((), frozenset(texts))
    told = dict(_the_longest(n, right) for n, right in found.items() if n not in several
                and not any(t.text in found for t in right))
    return ToldSizes(tuple(told.items()), frozenset(texts)) if told and len(told) == len(found) else NOTHING_TOLD


def _without_powers(tokens: list[Lexeme]) -> Iterator[Lexeme]:
    """K K for K²; an index has no powers."""
    for k, token in enumerate(tokens):
        before = [t.kind for t in tokens[max(0, k - 2):k]]
        raised = token.kind == "POWER" or (token.kind == "NUMBER" and before == ["IDENT", "SUP"])
        of = tokens[k - 1 - (token.kind == "NUMBER")] if raised and k else token
        if raised and of.kind == "IDENT" and token.text in _FEW:
            yield from (replace(of, at=token.at) for _ in range(int(token.text) - 1))
        elif token.kind != "SUP" or k + 1 == len(tokens) or tokens[k + 1].text not in _FEW:
            yield token


def _the_longest(name: str, right: tuple[Lexeme, ...]) -> tuple[str, tuple[Lexeme, ...]]:
    """Of m = n − k + 1, the n, which is m + k − 1: all that is one at least adds up then."""
    signs = [t.kind for t in right[1::2]]
    terms = right[::2]
    plain = len(right) % 2 == 1 and set(signs) <= {"PLUS", "MINUS"} and all(
        t.kind in ("IDENT", "NUMBER") for t in terms)
    minus = [sign == "MINUS" for sign in ("PLUS", *signs)]
    longer = [k for k, t in enumerate(terms) if t.kind == "IDENT" and not minus[k]]
    if not plain or len(longer) != 1 or not any(minus[k] for k, t in enumerate(terms) if t.kind == "IDENT"):
        return name, right
    first, turned = terms[longer[0]], [replace(terms[longer[0]], text=name)]
    for k, term in enumerate(terms):
        if k != longer[0]:
            kind, sign = ("PLUS", "+") if minus[k] else ("MINUS", "−")
            turned += [replace(term, kind=kind, text=sign, name=""), term]
    return first.text, tuple(turned)


def _lengths(stream: Iterable[Statement]) -> Iterator[str]:
    """The letters in declared shapes and at the ends of sums and ranges."""
    for statement in stream:
        if isinstance(statement, Declaration):
            yield from _LETTER.findall(statement.kind.text)
        elif isinstance(statement, Range):
            yield from _LETTER.findall(statement.high.text)
        elif isinstance(statement, Equality):
            yield from _END.findall(statement.piece.text)
            for condition in statement.conditions:
                yield from _LETTER.findall(condition.high.text) if isinstance(condition, Range) else ()


def written_out(tokens: list[Lexeme], told: ToldSizes) -> list[Lexeme]:
    """The marks, with what a size is short for in place of each."""
    if not told.sizes:
        return tokens
    sizes = dict(told.sizes)
    tokens = _with_labels(tokens, [n for n in sizes if "_" in n])
    kept: list[Lexeme] = []
    for k, token in enumerate(tokens):
        inside = sizes.get(token.text) if token.kind == "IDENT" else None
        if inside is None:
            kept.append(token)
            continue
        before = tokens[k - 1].kind if k else ""
        after = tokens[k + 1].kind if k + 1 < len(tokens) else ""
        marks = ("LBRACE", "{"), ("RBRACE", "}")
        if before not in ("SUB", "SUP"):
            marks = ("LPAR", "("), ("RPAR", ")")
        middle = [replace(t, at=token.at) for t in inside]
        if before == "LBRACE" and after == "RBRACE":
            kept += middle
        else:
            opening, closing = (replace(token, kind=kind, text=shown, name="") for kind, shown in marks)
            kept += [opening, *middle, closing]
    return kept


def _with_labels(tokens: list[Lexeme], names: list[str]) -> list[Lexeme]:
    """The marks, where the d, the _ and the model of one of these names are one mark."""
    kept: list[Lexeme] = []
    k = 0
    while k < len(tokens):
        name, end = next(((n, e) for n in names if (e := _end_of_label(tokens, k, n))), (tokens[k].text, k + 1))
        kept.append(replace(tokens[k], text=name))
        k = end
    return kept


def _end_of_label(tokens: list[Lexeme], k: int, name: str) -> int:
    """Where d_model ends that begins here; 0 where it does not."""
    base, _, label = name.partition("_")
    if tokens[k].text != base or k + 2 >= len(tokens) or tokens[k + 1].kind != "SUB":
        return 0
    if tokens[k + 2].kind != "LBRACE":
        return k + 3 if tokens[k + 2].text == label else 0
    end = next((e for e in range(k + 3, min(k + 16, len(tokens))) if tokens[e].kind == "RBRACE"), 0)
    return end + 1 if end and "".join(t.text for t in tokens[k + 3:end]) == label else 0
