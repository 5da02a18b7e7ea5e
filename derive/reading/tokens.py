"""The marks of a formula, the same for text and for LaTeX, and what the two tokenizers share."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from derive.reading.errors import ReadingError
from derive.reading.source import Source
from derive.reading.syntax import EXTREMES
from derive.reading.vocabulary import Vocabulary

_IMMEDIATE = re.compile(r"⁺|\^\s*(\+|\{\s*\+\s*\})")    # ∂⁺, \partial^{+}
_BRACKET = re.compile(r"\s*(?:\\left\s*)?\[")
_NOTHING_TO_SUM = re.compile(r"\s*(?:$|[)|=∈,;⁻ᵀ⊤+\]]|\^\s*(?:\{?\s*[-−]|T|⊤))")
_SECOND = re.compile(r"²|\^\s*(2|\{\s*2\s*\})")         # ∂²L/∂x∂y, \partial^{2}
STAR, PLUS, MINUS = "\u0359", "\u031f", "\u0320"      # behind a name: another name, as ŵ is one
MAX_TOKENS = 4_000
MAX_DEPTH = 40              # brackets one inside another
MAX_DIGITS = 18

INFINITY = "∞"

SYMBOLS = {
    "+": "PLUS", "−": "MINUS", "-": "MINUS", "⊙": "ENTRY", "∘": "ENTRY", "⊘": "ENTRY", "·": "TIMES", "⋅": "TIMES",
    "*": "TIMES", "×": "TIMES", "/": "SLASH", "=": "REL", "≤": "REL", "≥": "REL", "<": "REL", ">": "REL", "≠": "REL",
    ",": "COMMA", ";": "SEMI", ":": "COLON", "…": "DOTS", "(": "LPAR", ")": "RPAR", "[": "LBRACKET", "]": "RBRACKET",
    "{": "LBRACE", "}": "RBRACE", "^": "SUP", "_": "SUB", "ᵀ": "TRANSPOSE", "⊤": "TRANSPOSE", "√": "ROOT",
    "∂": "DIFF", "∇": "NABLA", "𝟏": "ONES", "𝟙": "ONES", "Σ": "SUM", "∑": "SUM", "∏": "PROD", "&": "AMP",
    "⟨": "LANGLE", "⟩": "RANGLE", "⌊": "FLOOR_OPEN", "⌋": "FLOOR_CLOSE", "⌈": "CEILING_OPEN",
    "⌉": "CEILING_CLOSE", INFINITY: "IDENT",
}
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
OPENING = {"LPAR": "RPAR", "LBRACKET": "RBRACKET", "INDEX": "RBRACKET", "LBRACE": "RBRACE", "NORM_OPEN": "NORM_CLOSE",
           "ABS_OPEN": "ABS_CLOSE", "MOMENT": "RBRACKET", "LANGLE": "RANGLE", "CASES_OPEN": "CASES_CLOSE",
           "MATRIX_OPEN": "MATRIX_CLOSE", "FLOOR_OPEN": "FLOOR_CLOSE", "CEILING_OPEN": "CEILING_CLOSE"}
CLOSING = frozenset(OPENING.values())
ENDS = frozenset(["NAME", "IDENT", "NUMBER", "ONES", "TRANSPOSE", "POWER", "PRIME", *CLOSING])
STARTS = frozenset(["NAME", "IDENT", "FUNCTION", "NUMBER", "ONES", "SUM", "PROD", "ROOT", "FRAC", "DIFF",
                    "IMMEDIATE", "SECOND", "SECOND_ABOVE", "NABLA", "OTHERWISE", "EXTREME", *OPENING])


@dataclass(frozen=True)
class Lexeme:
    """One mark. `name` is the internal name of a NAME or FUNCTION; `tight` says that nothing stands before it, not
    even a space."""

    kind: str
    text: str
    at: int
    name: str = ""
    tight: bool = False

    def __str__(self) -> str:
        return self.text


class Tokenizer:
    """Reads marks from left to right. A form overrides `step`, which reads one mark at `self.at`."""

    def __init__(self, source: Source, vocabulary: Vocabulary):
        self.source, self.text, self.vocabulary = source, source.text, vocabulary
        self.at = 0
        self.found: list[Lexeme] = []
        self.open: list[str] = []

    def tokens(self) -> list[Lexeme]:
        """All marks.

        Raises:
            ReadingError: for a character that has no meaning, and for texts that are too long or too deep.
        """
        while self.at < len(self.text):
            self.step()
        self.finish()
        return self.found

    def step(self) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        """What is left to do at the end of the text."""

    @property
    def last(self) -> str:
        return self.found[-1].kind if self.found else ""

    def add(self, kind: str, start: int, name: str = "", text: str | None = None) -> None:
        """Append the mark that ends at `self.at`, and keep count of brackets."""
        if len(self.found) >= MAX_TOKENS:
            raise self.error(f"the formula has more than {MAX_TOKENS} marks", start)
        if kind in OPENING:
            self.open.append(kind)
            if len(self.open) > MAX_DEPTH:
                raise self.error(f"more than {MAX_DEPTH} brackets one inside another", start)
        elif kind in CLOSING:
            self._close(kind, start)
        elif kind == "SUB" and self.last == "FUNCTION" and self.found[-1].text in EXTREMES:
            self.found[-1] = replace(self.found[-1], kind="EXTREME")
        shown = self.text[start:self.at] if text is None else text
        self.found.append(Lexeme(kind, shown, start, name, start > 0 and not self.text[start - 1].isspace()))

    def _close(self, kind: str, start: int) -> None:
        if not self.open or OPENING[self.open[-1]] != kind:
            raise self.error(f"'{self.text[start]}' closes nothing", start)
        self.open.pop()

    def symbol(self, character: str, start: int) -> None:
        """A mark of one character; `self.at` is behind it."""
        kind = SYMBOLS.get(character)
        if kind is None:
            raise self.error(f"the character '{character}' has no meaning here", start)
        if character == "Σ" and self._is_covariance():
            kind, name = self.vocabulary.kind("Σ", False)
            self.add(kind, start, name)
        elif kind == "AMP" and not {"CASES_OPEN", "MATRIX_OPEN"} & set(self.open):
            pass    # alignment
        elif kind == "DIFF" and (two := _SECOND.match(self.text, self.at)):
            self.at = two.end()
            self.add("SECOND" if two[0] == "²" else "SECOND_ABOVE", start)
        elif kind == "DIFF" and (plus := _IMMEDIATE.match(self.text, self.at)):
            self.at = plus.end()
            self.add("IMMEDIATE", start)
        elif kind == "LBRACKET" and self.indexes(start):
            self.add("INDEX", start)
        else:
            self.add(kind, start, text={"-": "−", "⋅": "·"}.get(character, character))

    def _is_covariance(self) -> bool:
        """Whether a Σ is a name: where it is one, and nothing stands below it, or where there is nothing to sum."""
        if self.text.startswith("_", self.at):
            return False
        return self.vocabulary.is_name("Σ") or bool(_NOTHING_TO_SUM.match(self.text, self.at))

    def indexes(self, start: int) -> bool:
        """Whether a bracket here follows something that it may pick from."""
        return self.last in ENDS and (self.last != "NUMBER" or self.numbered) and start > 0 \
            and not self.text[start - 1].isspace()

    @property
    def numbered(self) -> bool:
        """Whether the last mark is the number of a name: Z_2"""
        return len(self.found) > 2 and self.found[-2].kind == "SUB"

    def moment(self, shown: str, start: int, end: int) -> bool:
        """E[, Var[ and Cov[ where the page has random inputs; the bracket belongs to the mark."""
        function = self.vocabulary.moments.get(shown)
        found = _BRACKET.match(self.text, end) if function is not None else None
        if function is None or found is None:
            return False
        self.at = found.end()
        self.add("MOMENT", start, function)
        return True

    def bars(self, kind: str, start: int) -> None:
        """A bar that opens and closes alike: ‖x‖, |x|."""
        inside = bool(self.open) and self.open[-1] == f"{kind}_OPEN"
        self.add(f"{kind}_CLOSE" if inside else f"{kind}_OPEN", start)

    def number(self) -> None:
        """Digits, with a decimal point that has digits on both sides."""
        start, text = self.at, self.text
        while self.at < len(text) and text[self.at] in "0123456789":
            self.at += 1
        if text[self.at:self.at + 1] == "." and text[self.at + 1:self.at + 2].isdecimal():
            self.at += 1
            while self.at < len(text) and text[self.at] in "0123456789":
                self.at += 1
        if self.at - start > MAX_DIGITS:
            raise self.error(f"a number of more than {MAX_DIGITS} digits", start)
        after = text[self.at:self.at + 1]
        if self.last == "SLASH" and (after.isalpha() or after == "\\") and after != "ᵀ":
            raise self.error(f"/{text[start:self.at]}{after} can be read in two ways; put parentheses", start)
        self.add("NUMBER", start)

    def gap(self, start: int) -> None:
        """A wide space separates a condition, where one thing has ended and another begins."""
        if self.last in ENDS and self.open[-1:] != ["MATRIX_OPEN"]:
            self.add("GAP", start)

    def error(self, message: str, at: int, expected: tuple[str, ...] = ()) -> ReadingError:
        return self.source.error(message, at, expected=expected)


def behind_marks(text: str, at: int) -> int:
    """Where a name goes on at whose end marks such as the + of D_+ were put in place of longer ones, with blanks."""
    if text[at - 1:at] not in (STAR, PLUS, MINUS):
        return at
    return len(text) - len(text[at:].lstrip(" "))


def without_loose_gaps(tokens: list[Lexeme]) -> list[Lexeme]:
    """The marks, where a wide space beside an operator is only a space; one before `−1 ≤ t` stays."""
    kept = []
    for k, token in enumerate(tokens):
        following = [t.kind for t in tokens[k + 1:k + 4]]
        starts = bool(following) and (following[0] in STARTS or (following[0] == "MINUS" and following[2:] == ["REL"]))
        if token.kind != "GAP" or starts:
            kept.append(token)
    return kept
