"""The class of an example: where c is said to be one, L = −log p_c is a loss for each class, L^{(c)}, and so is all
that is made of L.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from derive.documents.spelling.second_derivatives import closed
from derive.reading.tokens import Lexeme

_CLASS = r"(?:class|label|category|target|token|word|类别|类|标签|标记|下标|索引|编号|序号)"
_OF = r"of\s+(?:the|an)\s+\w{1,12}(?:\s+\w{1,12})?"        # … of the next word
_IS = re.compile(
    rf"(?:\b|(?<=[\u4e00-\u9fff])){_CLASS}(?:\s+(?:index|label|number|{_OF}|is|be|has|have|the|are|by|with)){{0,4}}"
    r"\s*(?:为|是|记为|记作|用|索引)?\s*[:：]?\s*\$\s*([a-z])\s*(?:\$|\\in\b|∈)", re.IGNORECASE)
_THE = r"(?:the|its|their|index|of|true|correct|right|given|observed|target|ground[- ]truth|gold)"
_CALLED = re.compile(
    rf"\$\s*([a-z])\s*(?:\\in[^$]{{1,40}}|∈[^$]{{1,40}})?\$\s*(?:is|be|denotes?|was|for|,)?\s*(?:{_THE}\s+){{0,5}}{_CLASS}\b|"
    r"\$\s*([a-z])\s*\$\s*(?:为|是|表示|代表|记)[^$。，]{0,8}(?:类别|类|标签)|"
    r"第\s*\$\s*([a-z])\s*\$\s*类", re.IGNORECASE)
_PLAINLY = re.compile(       # the correct class c, where c is the label, without a sign of mathematics
    rf"\b{_CLASS}\s+(?:(?:index|label)\s+)?([cy])(?![\w'’$^_(-])|"
    rf"(?<![\w$\\])([cy])\s+(?:is|be|denotes|for)\s+(?:{_THE}\s+){{1,4}}{_CLASS}\b", re.IGNORECASE)
_UP_TO = r"(?:≤|\\leq?(?![a-z])|\\leqslant)"
_BETWEEN = re.compile(rf"(?<![\w.])1\s*{_UP_TO}\s*([cy])\s*{_UP_TO}\s*[A-Z](?!\w)|"
                      r"(?<![\w\\])([cy])\s*(?:∈|\\in)\s*\\?\{\s*1\s*,[^{}]{1,24},\s*[A-Z]\s*\\?\}")
_SUMS = frozenset(["SUM", "PROD"])
_VECTOR = r"\$\s*(?:\\(?:mathbf|boldsymbol|vec)\s*\{?\s*)?([a-z])\s*\}?\s*"
_ONE_HOT = re.compile(rf"{_VECTOR}(?:\\in[^$]{{1,40}}|∈[^$]{{1,40}})?\$[^$.。]{{0,40}}(?:\bone[- ]hot\b|独热)|"
                      rf"(?:\bone[- ]hot\b|独热)[^$.。]{{0,30}}{_VECTOR}(?:\$|\\in\b|∈)", re.IGNORECASE)
_TARGETS = frozenset("yt")
UNIT = "ϙ"          # the name of e_c, which is no e
_BRACES = frozenset(["LBRACE", "RBRACE"])


@dataclass(frozen=True)
class Classes:
    """The letter of the class, the names of what there is one of for each class, and those of them that are e_c;
    without a letter, nothing is."""

    letter: str = ""
    names: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()


NO_CLASS = Classes()


def classes(text: str, equations: Iterable[list[Lexeme]], others: Iterable[list[Lexeme]]) -> Classes:
    """What a document says of the class of an example: which letter the `text` calls so, where that stands in indices
    and conditions only, and what its `equations` make of it. `others` are all other statements."""
    every, rest = list(equations), list(others)
    for letter in dict.fromkeys(_told(text)):
        if all(_is_index(tokens, letter) for tokens in every) and not any(_binds(t, letter) for t in (*every, *rest)):
            if names := _made_of(letter, every):
                units = {UNIT} if any(_is_unit(t, k, letter) for t in every for k in range(len(t))) else set()
                units |= _one_hot(text, letter, every) - {letter}
                names = _made_of(letter, every, units)
                return Classes(letter, frozenset(names), frozenset(units))
    return NO_CLASS


def _told(text: str) -> Iterator[str]:
    for found in (m for said in (_IS, _CALLED, _BETWEEN, _PLAINLY) for m in said.finditer(text)):
        yield next(x for x in found.groups() if x)


def _one_hot(text: str, letter: str, equations: list[list[Lexeme]]) -> set[str]:
    """The targets that the text calls one-hot, and other vectors of which it says so with the class beside it, where
    no equation says what they are."""
    told = {name for found in _ONE_HOT.finditer(text) for name in [next(x for x in found.groups() if x)]
            if name in _TARGETS or re.match(rf"[^$.。]{{0,40}}\$\s*{letter}\s*\$", text[found.end():])}
    return told - {name for tokens in equations for name, _ in [_defined(tokens, "")]}


def _is_index(tokens: list[Lexeme], letter: str) -> bool:
    """Whether the letter stands below names and in conditions such as [k = c] and k ≠ c only."""
    depth: list[bool] = []      # for each open bracket, whether what stands in it is an index or a condition
    for k, token in enumerate(tokens):
        before = tokens[k - 1].kind if k else ""
        if token.kind in ("LBRACE", "LPAR", "LBRACKET", "INDEX"):
            inside = before in ("SUB", "ONES") or token.kind == "INDEX"
            depth.append(inside or bool(depth and depth[-1]) or _is_condition(tokens, k))
        elif token.kind in ("RBRACE", "RPAR", "RBRACKET") and depth:
            depth.pop()
        elif token.text == letter and before != "SUB" and not (depth and depth[-1]):
            beside = {t.text for t in (tokens[k - 1:k] if k else []) + tokens[k + 1:k + 2]}
            of_a_case = k > 2 and before == "REL" and tokens[k - 3].kind == "AMP" and tokens[k - 2].kind == "IDENT"
            if len(tokens) > 3 and not of_a_case and not beside & {"≠", "∈"}:
                return False
    return True


def _is_condition(tokens: list[Lexeme], k: int) -> bool:
    """Whether a bracket holds two letters with a relation between them."""
    inside = [t for t in tokens[k + 1:k + 5] if t.kind not in _BRACES]
    return len(inside) > 3 and inside[0].kind == inside[2].kind == "IDENT" and inside[1].kind == "REL" \
        and inside[3].kind in ("RPAR", "RBRACKET")


def _binds(tokens: list[Lexeme], letter: str) -> bool:
    """Whether a sum runs over the letter."""
    for k, token in enumerate(tokens):
        if token.kind in _SUMS:
            below = [t for t in tokens[k + 1:k + 4] if t.kind not in (*_BRACES, "SUB")]
            if below and below[0].text == letter:
                return True
    return False


def _made_of(letter: str, equations: list[list[Lexeme]], units: Iterable[str] = ()) -> set[str]:
    """The names that stand alone on the left, with other indices at most, and are made of the letter or of each
    other; and the `units`, which are."""
    found = set(units)
    indices = {t.text for tokens in equations for k, t in enumerate(tokens) if k and tokens[k - 1].kind == "SUB"
               or k > 1 and tokens[k - 1].kind == "LBRACE" and tokens[k - 2].kind == "SUB"}
    pairs = [(name, {t.text for t in right if t.kind == "IDENT"}) for tokens in equations
             for name, right in [_defined(tokens, letter)] if name and name not in indices]     # at j = c
    while more := {name for name, right in pairs if right & (found | {letter})} - found:
        found |= more
    return found


def _defined(tokens: list[Lexeme], letter: str) -> tuple[str, list[Lexeme]]:
    """The name that an equation may define and what it says of it; no name where the letter stands on the left."""
    at = next((k for k, t in enumerate(tokens) if t.kind == "REL"), len(tokens))
    left, right = [t for t in tokens[:at] if t.kind != "AMP"], tokens[at + 1:]
    if not left or left[0].kind != "IDENT" or any(t.text == letter for t in left) or not right:
        return "", []
    end = (closed(left, 2) or 3) if len(left) > 2 and left[1].kind == "SUB" else 1
    return (left[0].text, right) if end == len(left) and tokens[at].text == "=" else ("", [])


def of_a_class(tokens: list[Lexeme], of: Classes) -> list[Lexeme]:
    """The marks, where L is L^{(c)}."""
    if not of.letter:
        return tokens
    kept: list[Lexeme] = []
    end = 0
    for k, token in enumerate(tokens):
        if k < end:
            continue
        before = tokens[k - 1].kind if k else ""
        if UNIT in of.names and (behind := _is_unit(tokens, k, of.letter)):
            token, end = replace(token, text=UNIT), behind
        after = tokens[max(end, k + 1)].kind if max(end, k + 1) < len(tokens) else ""
        if token.kind != "IDENT" or token.text not in of.names or before == "SUB":
            kept.append(token)
            continue
        script = [replace(token, kind=kind, text=text, name="") for kind, text in (
            ("SUP", "^"), ("LBRACE", "{"), ("LPAR", "("), ("IDENT", of.letter), ("RPAR", ")"), ("RBRACE", "}"))]
        whole = [token, *script]
        if after in ("SUP", "PRIME", "POWER", "TRANSPOSE"):
            opening, closing = (replace(token, kind=kind, text=text, name="") for kind, text in
                                (("LPAR", "("), ("RPAR", ")")))
            whole = [opening, *whole, closing]
        kept += whole
    return kept


def _is_unit(tokens: list[Lexeme], k: int, letter: str) -> int:
    """Where an e_c that begins here ends; 0 where none does."""
    if tokens[k].text != "e" or k + 2 >= len(tokens) or tokens[k + 1].kind != "SUB":
        return 0
    end = closed(tokens, k + 2) or k + 3
    inside = [t.text for t in tokens[k + 2:end] if t.kind not in _BRACES]
    return end if inside == [letter] else 0
