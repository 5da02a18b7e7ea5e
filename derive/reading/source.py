"""The text of a formula in one normal form, with the way back to where each character stood."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from derive.reading.errors import ReadingError

MAX_LENGTH = 10_000
FILLER = "\ue000"       # stands for nothing: it keeps the places of what comes behind
_FOLDED = {"ϵ": "ε", "ϕ": "φ", "ϑ": "θ", "ϱ": "ρ", "ℓ": "l", "′": "'", "’": "'", "″": "''", "½": "(1/2)",
           "⅓": "(1/3)", "⅔": "(2/3)", "¼": "(1/4)", "¾": "(3/4)", "⅕": "(1/5)", "⅖": "(2/5)", "⅗": "(3/5)",
           "⅘": "(4/5)", "⅙": "(1/6)", "⅚": "(5/6)", "⅛": "(1/8)", "⅜": "(3/8)", "⅝": "(5/8)", "⅞": "(7/8)",
           "ℒ": "L", "∗": "*", "⋆": "*", "∥": "‖", "@": "·", "≠": "≠"}
_MATHEMATICAL = range(0x1D400, 0x1D7CE)    # bold, italic and script letters, without the digits: 𝟏 is a vector


class Source:
    """A formula, canonically decomposed: ŷ is y and a mark, whichever way it was typed. Compatibility characters stay
    as they are, because ᵀ is no T."""

    def __init__(self, given: str):
        if len(given) > MAX_LENGTH:
            raise ReadingError(f"the formula is longer than {MAX_LENGTH} characters")
        self.given = given
        self.text = ""
        self._places: list[int] = []
        parts = []
        for place, character in enumerate(given):
            folded = _fold(character)
            parts.append(folded)
            self._places += [place] * len(folded)
        self.text = "".join(parts)
        self._places.append(len(given))

    def place(self, at: int) -> tuple[int, int]:
        """Line and column, from 1, of a position in the normal form."""
        before = self.given[:self._places[min(at, len(self._places) - 1)]]
        return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1

    def error(self, message: str, at: int, kind: type[ReadingError] = ReadingError, expected: tuple[str, ...] = (),
              nearest: tuple[str, ...] = ()) -> ReadingError:
        return kind(message, *self.place(at), expected, nearest)


@lru_cache(8192)
def folded(text: str) -> str:
    """A displayed name as it stands in a source."""
    return "".join(map(_fold, text))


@lru_cache(1024)
def _fold(character: str) -> str:
    if character == FILLER:
        return ""
    if character in _FOLDED:
        return _FOLDED[character]
    if ord(character) in _MATHEMATICAL:
        return unicodedata.normalize("NFKC", character)
    return unicodedata.normalize("NFD", character)
