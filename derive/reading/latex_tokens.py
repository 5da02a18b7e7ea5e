r"""The marks of a formula in LaTeX: `\delta^{(l)} = \left(W^{(l+1)}\right)^{\top} \, \delta^{(l+1)}`."""

from __future__ import annotations

import re

from derive.reading import latex_symbols as latex
from derive.reading.tokens import MINUS, PLUS, STAR, Tokenizer, behind_marks

_COMMAND = re.compile(r"\\(?:[A-Za-z]+\*?|.)", re.DOTALL)
_BLANK = re.compile(r"(?:\s|~|%[^\n]*\n?)+")
_BLANKS = re.compile(r"(?:\s|~|\\[,;:! >])*")
_MOMENT = re.compile(r"(?:Var|Cov)(?=\s*(?:\\left\s*)?[\[(])")      # without a command of their own
_BARE = re.compile(     # a function that is called without a command of its own
    r"(?:[Ss]oft[Mm]ax|[Ss]igmoid|[Tt]anh|[Rr]e[Ll][Uu]|ReLU|diag|exp|log|ln|sin|cos|max|min|sqrt|tr)"
    r"(?=(?:'|\^\\prime|\^\{\s*(?:'|\\prime)\s*\})*\s*(?:\\left\s*)?\()")
_LETTER = re.compile(r"[^\W\d_][\u0300-\u036f\u20d6\u20d7]*")
_LOW_DIGITS = "₀₁₂₃₄₅₆₇₈₉"
_CALLED = re.compile(r"(?:\\[!,])?(?:\\(?:left|[Bb]igg?l?)\s*)?\(|"
                     r"\^\{?\s*\d\s*\}?(?:\\left)?\(\s*[-−]?\\?[A-Za-z]+(?:_\w)?\s*(?:\\right)?\)")    # σ^2(u)
_PLACE = re.compile(r"\\arg\s{0,3}(?:\\[,!]\s{0,3})?\\(max|min)(?![A-Za-z])|"
                    r"\\(?:operatorname\*?|mathrm|text)\s{0,3}\{\s{0,3}arg(?:\s|\\[,;! ]){0,3}(max|min)\s{0,3}\}")
_ROW_SPACE = re.compile(r"(?:\*?\s*\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm|in|mu|\\[A-Za-z]+)\s*\])?")
_PRIMES = re.compile(r"'+|\^\\prime|\^\{(?:\\prime\s*)+\}")
_ENVIRONMENT = re.compile(r"\s*\{(\w+\*?)\}")
_SUBSCRIPT = re.compile(r"\s*_\s*(\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\\[A-Za-z]+(?:\s*\{[^{}]*\})?|[^\s{}\\])")
_WORD_COMMAND = re.compile(r"\\(?:mathrm|text|operatorname|textrm|mathit|mathsf|mathbf|boldsymbol|bm)\s*")
_ONES = frozenset(["mathbf", "boldsymbol", "mathbb", "bm"])


class LatexTokenizer(Tokenizer):
    """Single letters are names; words stand in \\mathrm, \\text or \\operatorname. Spaces mean nothing."""

    def step(self) -> None:
        character, start = self.text[self.at], self.at
        blank = _BLANK.match(self.text, start)
        if blank:
            self.at = blank.end()
        elif character == "\\":
            self.command()
        elif character in "0123456789":
            self.digits()
        elif character in "|‖":
            self.at += 1
            self.bars("ABS" if character == "|" else "NORM", start)
        elif character == "'":
            self.at += 1
            self.add("PRIME", start)
        elif character in _LOW_DIGITS:
            self.at += 1
            self.add("SUB", start)
            self.add("NUMBER", start, text=str(_LOW_DIGITS.index(character)))
        elif self.text.startswith("{}", start):
            self.at += 2
        elif character.isalpha() and character not in "Σᵀ⊤":
            bare = None if self.text[start - 1:start].isalpha() else _BARE.match(self.text, start)
            found = bare or _MOMENT.match(self.text, start) or _LETTER.match(self.text, start)
            self.named(found[0] if found else character, start, found.end() if found else start + 1)
        elif self.text.startswith("...", start):
            self.at += 3
            self.add("DOTS", start)
        else:
            self.at += 1
            self.symbol(character, start)

    def digits(self) -> None:
        r"""A number; of x^23 and \frac12 one digit."""
        if self.last in ("SUP", "SUB", "FRAC") or (len(self.found) > 1 and self.found[-2].kind == "FRAC"
                                                   and self.last == "NUMBER"):
            self.at += 1
            self.add("NUMBER", self.at - 1)
        else:
            self.number()

    # -- commands ----------------------------------------------------------------------------------------------------
    def command(self) -> None:
        start = self.at
        found = _COMMAND.match(self.text, start)
        if found is None:
            raise self.error("a backslash at the end", start)
        word, self.at = found[0][1:], found.end()
        place = _PLACE.match(self.text, start)
        if place is not None:
            self.named(f"arg{place[1] or place[2]}", start, place.end())
            return
        if len(word) > 1 and word.endswith("*") and word not in latex.IGNORED | latex.WORDS:
            word, self.at = word[:-1], self.at - 1
        if word in latex.IGNORED:
            self.skipped(word)
        elif word in latex.WIDE:
            self.gap(start)
        elif word == "\\":
            self.add("ROW", start)
            self.at = _ROW_SPACE.match(self.text, self.at).end()    # type: ignore[union-attr]
        elif word in "{}":
            self.symbol({"{": "(", "}": ")"}[word], start)
        elif word in latex.MARKS:
            self.marked(latex.MARKS[word], start)
        elif word in latex.BARS:
            self.bars(latex.BARS[word], start)
        elif word in latex.FRACTIONS:
            self.add("FRAC", start)
        elif word == "sqrt":
            self.root(start)
        elif word in ("begin", "end"):
            self.environment(word, start)
        else:
            self.lettered(word, start)

    def lettered(self, word: str, start: int) -> None:
        """Commands that make names."""
        if word in latex.LETTERS:
            self.named(latex.LETTERS[word], start, self.at)
        elif word in latex.FUNCTIONS:
            self.named(word, start, self.at)
        elif word in latex.ACCENTS or word in latex.STYLES or word in latex.WORDS:
            shown, end = self.dressed(word, self.at, start, 0)
            if shown == "1" and word in _ONES:
                self.at = end
                self.add("ONES", start)
            elif shown == "0":
                self.at = end
                self.add("NUMBER", start, text=shown)
            elif shown.strip(" .,;") == "otherwise":
                self.at = end
                self.add("OTHERWISE", start)
            elif word in latex.WORDS and shown.strip() in ("", "if", "for", "where", ",", "T"):
                self.at = end
                self.transposed_or_nothing(shown.strip(), start)
            else:
                self.named(shown, start, end)
        else:
            raise self.error(f"the command \\{word} is not known", start)

    def transposed_or_nothing(self, shown: str, start: int) -> None:
        if shown == "T":
            self.add("TRANSPOSE" if self.last in ("SUP", "LBRACE") else "IDENT", start, text="T")

    def marked(self, mark: str, start: int) -> None:
        if mark == "'":
            self.add("PRIME", start)
        else:
            self.symbol(mark, start)

    def skipped(self, word: str) -> None:
        r"""\left and \right take their delimiter along; a dot is none."""
        if word in ("left", "right", "middle") and self.text.startswith(".", self.at):
            self.at += 1

    def indexes(self, start: int) -> bool:
        r"""A bracket right behind a name picks from it; \left[ and a bracket behind a space do not."""
        return self.last in ("NAME", "IDENT", "RBRACE", "RPAR", "PRIME", "NUMBER", "ONES") \
            and (self.last != "NUMBER" or self.numbered) and not self.text[:start].endswith(latex.OPENERS) \
            and not _spaced(self.text, start)

    def root(self, start: int) -> None:
        self.add("ROOT_OF" if self.text.startswith("[", self.at) else "ROOT", start, text="√")

    def environment(self, word: str, start: int) -> None:
        found = _ENVIRONMENT.match(self.text, self.at)
        if found is None:
            raise self.error("the name of an environment is due", start)
        self.at = found.end()
        if found[1].rstrip("*") in ("cases", "dcases"):
            self.add("CASES_OPEN" if word == "begin" else "CASES_CLOSE", start)
        elif found[1] in ("matrix", "bmatrix", "pmatrix", "smallmatrix"):
            self.add("MATRIX_OPEN" if word == "begin" else "MATRIX_CLOSE", start)
        elif found[1] not in ("aligned", "split", "equation", "equation*", "align", "align*", "gathered"):
            raise self.error(f"the environment {found[1]} cannot be read", start)

    # -- names -------------------------------------------------------------------------------------------------------
    def dressed(self, word: str, at: int, start: int, depth: int) -> tuple[str, int]:
        r"""What \hat{x}, \mathbf{x} or \mathrm{hh} shows, and where it ends."""
        if depth > 4:
            raise self.error("too many accents and styles one inside another", start)
        at = _BLANKS.match(self.text, at).end()    # type: ignore[union-attr]
        braced = self.text.startswith("{", at)
        shown, at = self.inside(at + 1 if braced else at, start, depth, braced)
        if braced:
            at = _BLANKS.match(self.text, at).end()    # type: ignore[union-attr]
            if not self.text.startswith("}", at):
                raise self.error(f"\\{word} is for one name", start)
            at += 1
        return shown + latex.ACCENTS.get(word, ""), at

    def inside(self, at: int, start: int, depth: int, braced: bool) -> tuple[str, int]:
        """One name, or a word in braces."""
        found = _COMMAND.match(self.text, at)
        if found is not None:
            word = found[0][1:]
            if word in latex.LETTERS:
                return latex.LETTERS[word], found.end()
            if word in latex.ACCENTS or word in latex.STYLES or word in latex.WORDS:
                return self.dressed(word, found.end(), start, depth + 1)
            raise self.error("a name is due here", at)
        end = at
        while braced and end < len(self.text) and self.text[end] not in "{}\\$_^":
            end += 1
        end = end if braced else at + 1
        return self.text[at:end], end

    def named(self, shown: str, start: int, end: int) -> None:
        """The name that begins here, with the subscript that belongs to it, if that makes a known name."""
        if self.moment(shown, start, end):
            return
        if self.text[end:end + 1] in (STAR, PLUS, MINUS):
            shown, end = shown + self.text[end], end + 1
        core_end = end
        primes = ""
        found = _PRIMES.match(self.text, end)
        if found:
            primes = "'" * max(found[0].count("'"), found[0].count("prime"))
            end = found.end()
        for text, stop in self.with_subscript(shown, core_end, primes, end):
            if text in self.vocabulary.names or self.vocabulary.kind(text, False)[0] == "FUNCTION":
                self.at = stop
                self.finished(text, start, stop)
                return
        self.at = end
        self.finished(shown + primes, start, end)

    def with_subscript(self, shown: str, core_end: int, primes: str, end: int) -> list[tuple[str, int]]:
        """Names that may stand here, the longest first: g'_f, g_f', g_f."""
        candidates = []
        for begin, before in ((end, primes), (core_end, "")):
            found = _SUBSCRIPT.match(self.text, begin)
            flat = _flat(found[1]) if found else None
            if found and flat:
                text = f"{shown}{before}_{flat}"
                after = re.compile("'+").match(self.text, found.end())
                if after:
                    candidates.append((f"{shown}_{flat}{before}{after[0]}", after.end()))
                candidates += [(text, found.end())] + ([(f"{shown}_{flat}{before}", found.end())] if before else [])
        return candidates

    def finished(self, shown: str, start: int, end: int) -> None:
        kind, name = self.vocabulary.kind(shown, self.called(end))
        self.add(kind, start, name, text=shown)

    def called(self, at: int) -> bool:
        return bool(_CALLED.match(self.text, behind_marks(self.text, at)))


def _flat(subscript: str) -> str | None:
    r"""A subscript as it stands in a displayed name: \mathrm{hh} is hh, \beta is β; None where it is no word."""
    text = subscript[1:-1] if subscript.startswith("{") else subscript
    text = _WORD_COMMAND.sub("", text).replace("{", "").replace("}", "")
    text = re.sub(r"\\([A-Za-z]+)\s*", lambda m: latex.LETTERS.get(m[1], "\\"), text).replace(" ", "")
    return None if "\\" in text or not text else text


def _spaced(text: str, at: int) -> bool:
    r"""Whether a space of any kind stands before this place."""
    return at == 0 or text[at - 1].isspace() or text[at - 1] == "~" or text[max(0, at - 2):at] in (
        r"\,", r"\;", r"\:", r"\!", r"\ ")

