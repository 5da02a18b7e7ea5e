"""The marks of a formula in plain Unicode text: `δ^(l) = ((W^(l+1))ᵀ δ^(l+1)) ⊙ σ'(z^(l))`."""

from __future__ import annotations

import re

from derive.reading.tokens import RAISED, SYMBOLS, Tokenizer, behind_marks

_RAISED_OR_LOWERED = "ᵀ⊤⁰¹²³⁴-⁹ₐ-ₜ₀-₉ᵢ-ᵪⱼⁿⁱᵃ-ᵍʰʲˡʳˢˣʸᵏᵐᵒᵖᵗᵘᵛᶜᶻᴸᴺᴷ"
_WORD = rf"(?![{_RAISED_OR_LOWERED}])[^\W\d_](?:(?![{_RAISED_OR_LOWERED}])[^\W_]|[\u0300-\u036f\u20d6\u20d7])*"
_NAME = re.compile(rf"{_WORD}'*(?:_(?:{_WORD}|\d+)(?:,(?:{_WORD}|\d+))*'*)*")
_CALLED = re.compile(r"\(|[²³]\(\s*[-−]?[^\W\d][\w\u0300-\u036f\u20d6\u20d7]*\s*\)")       # σ(…), and σ²(u)
_INDEX_WORD = re.compile(rf"{_WORD}'*")
_CHARACTER = re.compile(r"[^\W\d_][\u0300-\u036f\u20d6\u20d7]*'*")
_RAISED = re.compile(r"⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_LOWERED = re.compile(r"[₀-₉ₐ-ₜᵢ-ᵪⱼ₊₋₌₍₎]+")
_ABOVE = re.compile(r"[⁰¹²³⁴-⁹ⁿⁱᵃ-ᵍʰʲˡʳˢˣʸᵏᵐᵒᵖᵗᵘᵛᶜᶻᴸᴺᴷ⁺⁻⁼⁽⁾]+")
_PLAIN = dict(zip("₀₁₂₃₄₅₆₇₈₉ₐₑₒₓₕₖₗₘₙₚₛₜᵢᵣᵤᵥⱼᵦᵧᵨᵩᵪ₊₋₌₍₎", "0123456789aeoxhklmnpstiruvjβγρφχ+−=()")) | dict(zip(
    "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿⁱᵃᵇᵈᵉᵍʰʲˡʳˢˣʸᵏᵐᵒᵖᵗᵘᵛᶜᶻᴸᴺᴷ⁺⁻⁼⁽⁾", "0123456789niabdeghjlrsxykmoptuvczLNK+−=()"))
_SMALL = re.compile(r"\d+|.")
_SPACE = re.compile(r"\s+")
WIDE = 4                    # spaces that separate a condition


class UnicodeTokenizer(Tokenizer):
    """Words are the longest names that are known; an unknown word of known letters is their product."""

    def step(self) -> None:
        character, start = self.text[self.at], self.at
        if character.isspace():
            self.at = _SPACE.match(self.text, start).end()    # type: ignore[union-attr]
            if self.at - start >= WIDE:
                self.gap(start)
        elif character in "0123456789":
            self.number()
        elif self.above() or (character in RAISED_MARKS and self.raised()):
            pass
        elif _LOWERED.match(self.text, start):
            self.lowered()
        elif character in "‖|":
            self.at += 1
            self.bars("NORM" if character == "‖" else "ABS", start)
        elif character == "'":
            self.at += 1
            self.add("PRIME", start)
        elif character == "⊙" and self._entrywise_power():
            self.at += 1
            self.add("ENTRYMARK", start)
        elif character.isalpha() and character not in "Σᵀ":
            self.word()
        else:
            self.mark(character)

    def mark(self, character: str) -> None:
        start = self.at
        self.at += 1
        if character == "{" and self.last not in ("SUP", "SUB"):
            self.add("CASES_OPEN", start)
        elif self.text.startswith("...", start):
            self.at += 2
            self.add("DOTS", start)
        elif character == "}" and self.open[-1:] == ["CASES_OPEN"]:
            self.add("CASES_CLOSE", start)
        else:
            self.symbol(character, start)

    def finish(self) -> None:
        if self.open == ["CASES_OPEN"]:
            self.add("CASES_CLOSE", self.at)

    def raised(self) -> bool:
        found = _RAISED.match(self.text, self.at)
        if found is None:
            return self._inverse_transpose()
        self.at = found.end()
        self.add("POWER", found.start(), text=found[0].translate(RAISED))
        return True

    def _inverse_transpose(self) -> bool:
        """A⁻ᵀ is A^{−ᵀ}"""
        start, marks = self.at, self.text[self.at:self.at + 2]
        if marks not in ("⁻ᵀ", "⁻⊤"):
            return False
        self.at += 2
        for kind, text in (("SUP", "^"), ("LBRACE", "{"), ("MINUS", "−"), ("TRANSPOSE", "ᵀ"), ("RBRACE", "}")):
            self.add(kind, start, text=text)
        return True

    def lowered(self) -> None:
        """x₁ is x_1, Wᵢⱼ is W_{ij}, and hₜ₋₁ is h_{t−1}."""
        found = _LOWERED.match(self.text, self.at)
        assert found is not None
        self.small("SUB", found)

    def above(self) -> bool:
        """xⁿ is x^n, and a⁽ˡ⁾ is a^(l); digits alone are a power."""
        found = _ABOVE.match(self.text, self.at)
        if found is None or not any(c.isalpha() or c == "⁽" for c in found[0]):
            return False
        self.small("SUP", found)
        return True

    def small(self, kind: str, found: re.Match) -> None:
        """Small letters, digits and signs as the script that they are."""
        start, plain = found.start(), "".join(_PLAIN.get(c, c) for c in found[0])
        self.at = start + 1
        self.add(kind, start)
        pieces = list(_SMALL.finditer(plain))
        braced = len(pieces) > 1 and not (plain[0] == "(" and plain[-1] == ")")
        if braced:
            self.add("LBRACE", start, text="{")
        for piece in pieces:
            self.at = start + piece.end()
            self.add("NUMBER" if piece[0].isdecimal() else SYMBOLS.get(piece[0], "IDENT"), start + piece.start(),
                     text=piece[0])
        if braced:
            self.add("RBRACE", found.end() - 1, text="}")

    def _entrywise_power(self) -> bool:
        """Whether this ⊙ belongs to a power: a⊙², a⊙^{1/2}."""
        after = self.text[self.at + 1:self.at + 2]
        return bool(after) and after in "^" + "".join(RAISED_MARKS)

    # -- words ---------------------------------------------------------------------------------------------------
    def word(self) -> None:
        if self.last in ("SUP", "SUB"):
            self._index_word()
            return
        start = self.at
        found = _NAME.match(self.text, start)
        if found is None:
            self.at += 1
            self.symbol(self.text[start], start)
            return
        if self.text.startswith("otherwise", start):
            self.at = start + len("otherwise")
            if self.open[-1:] == ["CASES_OPEN"]:
                self.gap(start)
            self.add("OTHERWISE", start)
            return
        if found[0] == "if" and self.open[-1:] == ["CASES_OPEN"]:
            self.at = start + len("if")
            self.gap(start)
            return
        if self.moment(found[0], start, found.end()):
            return
        if not self._known(found[0], start):
            self._pieces(start)

    def _index_word(self) -> None:
        start = self.at
        found = _INDEX_WORD.match(self.text, start)
        self.at = found.end() if found else start + 1
        self.add("IDENT", start)

    def _known(self, word: str, start: int) -> bool:
        """The longest known name that the word begins with, cut only where a subscript or a prime begins."""
        for length in _cuts(word):
            shown = word[:length]
            called = bool(_CALLED.match(self.text, behind_marks(self.text, start + length)))
            kind, name = self.vocabulary.kind(shown, called)
            if kind != "IDENT" or self.vocabulary.knows(shown):
                self.at = start + length
                self.add(kind, start, name)
                return True
        return False

    def _pieces(self, start: int) -> None:
        """An unknown word: letters side by side where each of them is known, or else a letter or an unknown name."""
        found = _INDEX_WORD.match(self.text, start)
        assert found is not None
        pieces = [m[0] for m in _CHARACTER.finditer(found[0])]
        if len(pieces) > 1 and "".join(pieces) == found[0] and all(map(self.vocabulary.knows, pieces)):
            for piece in pieces:
                self.at += len(piece)
                kind, name = self.vocabulary.kind(piece, self.text.startswith("(", self.at))
                self.add(kind, self.at - len(piece), name)
            return
        self.at = found.end()
        self.add("IDENT", start)


def _cuts(word: str) -> list[int]:
    """The lengths of the beginnings of a word that may be names, the longest first."""
    ends = {len(word)} | {k for k, c in enumerate(word) if k and c in "_',"}
    return sorted((e for e in ends if not word[:e].endswith((",", "_"))), reverse=True)


RAISED_MARKS = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
