"""Of which name a sentence says a property: "H is an orthogonal projection, and leaves the columns of X alone" says
nothing of X. Where the grammar does not tell, a word may be said of every name in its sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

SHOWN = re.compile(r"\$([^$\n]{1,80})\$|`([^`\n]{1,80})`|\\\((.{1,80}?)\\\)")
_OF_OTHER_THINGS = re.compile(      # "orthogonal" that makes no matrix orthogonal; the diagonal factor is a diag(…)
    r"(?<=\bthe )diagonal(?= (?:matrix|factor|term)\b)|"
    r"orthogonal(?=(?:ly)?\s+(?:to|projections?|projectors?|complements?|decompositions?|subspaces?)\b)|"
    r"正交(?=投影|补|分解|于)|(?<=梯度)正交|(?<=方向)正交|(?<=残差)正交", re.IGNORECASE)
_WITH = re.compile(r"与[^,，。;；:：]{1,20}$")           # 残差与列空间正交: two things, to each other
_ONTO = re.compile(r"\s*(?:matri(?:x|ces)\s+)?(?:on|onto|to|into)\b|\s*到", re.IGNORECASE)
PROJECTION = re.compile(r"projection|投影", re.IGNORECASE)
_WEIGHTS = re.compile(r"(?<![是为])(?<!正交)(?<!一个)投影(?!矩阵|阵|算子|变换)")       # 值投影 V: weights
_LEARNED = re.compile(r"\b(?:input|output|linear|query|keys?|values?|up|down|learned|learnt|trainable|final|vocabulary|"
                      r"embedding|head|residual|skip|shortcut)[\s-]+$", re.IGNORECASE)       # the output projection
_OF_A_MATRIX = re.compile(r"正交(?:矩阵|阵|的|方阵)|(?<=[是为均都])正交")
_COPULA = re.compile(r"\s*(?:is|are|be|being|must be|是|为|都是|均为)(?![a-z])")
_LEFT_OUT = re.compile(r"\s*(?:is|are)\s*(?:too|as well|not|also)?\s*(?:[,.;:)]|$)")
_OWNER = re.compile(r"\s*的")
_JOINED = re.compile(r"\s*(?:,|、)?\s*(?:and|or|和|与|及)?\s*")
_BEHIND = re.compile(r"\s*(?:square\s+)?(?:matri(?:x|ces)|factors?|矩阵|阵)?(?:\s|,|、|and|和|与|及)*", re.IGNORECASE)
_OF_WHAT_FOLLOWS = re.compile(r"\s*(?:matri(?:x|ces)|矩阵|阵)", re.IGNORECASE)
_JOINED_BEHIND = re.compile(r"\s*(?:matri(?:x|ces)|factors?|矩阵|阵)?\s*(?:and|和|与|及)(?![a-z])", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:，；：]|\b(?:so|that|since|because|hence|therefore|thus|where)\b")
_DENIED = re.compile(r"\b(?:not|never|no|nobody|nowhere|without|non|neither|nor|need|whether|unless)\b|"
                     r"n't\b|是否|除非|没", re.IGNORECASE)
_IF = re.compile(r"\bif\b|若|如果", re.IGNORECASE)
_NOT_SO = re.compile(r"[^,;，；]*不(?:成立|满足|一定)")
_NOT = re.compile(r"(?:\b(?:not|never|nobody|no one|nowhere|neither|nor)\b|n't\b|不|非|未|无|没)[^,;，；]*$",
                  re.IGNORECASE)
_NO_PROPERTY = re.compile(r"\s*(?:part|parts|component|case|部分)\b")
_SAID = re.compile(r"\s*(?:(?:is|are|be|being|to be|must be|是|为|都是|均为)(?![a-z]))?\s*(?:a|an|real|实|个)?\s*",
                   re.IGNORECASE)
_EACH_OTHER = re.compile(r"\b(?P<one>[a-z-]+)\s+and\s+(?:the\s+)?(?P<other>[a-z-]+)\s+(?:are|become|stay)\s+"
                         r"(?:mutually\s+)?$", re.IGNORECASE)
_MADE_OF_VECTORS = re.compile(r"\b(?:columns?|rows?|matri(?:x|ces)|factors?|blocks?|ones|it|its|they|both)\b",
                              re.IGNORECASE)


@dataclass(frozen=True)
class Sentence:
    """A sentence: its words with blanks for the formulas, and each formula with its place."""

    words: str
    formulas: tuple[tuple[int, int, str], ...]

    @staticmethod
    def of(text: str) -> Sentence:
        words = SHOWN.sub(lambda m: " " * len(m[0]), text)
        return Sentence(words, tuple((m.start(), m.end(), next(filter(None, m.groups()))) for m in
                                     SHOWN.finditer(text)))

    def may_say(self, word: re.Match, names: Callable[[str], bool]) -> bool:
        """Whether a word for matrices may be said of a name; `names` tells whether a formula has it."""
        if _OF_OTHER_THINGS.match(self.words, word.start()) or self._of_two_vectors(word):
            return False
        if word[0] == "正交" and _WITH.search(self.words[:word.start()]) and not _OF_A_MATRIX.match(
                self.words, word.start()):
            return False
        if _NOT.search(self.words[:word.start()]) or _NO_PROPERTY.match(self.words, word.end()):
            return False
        if _WEIGHTS.match(self.words, word.start()) \
                or PROJECTION.fullmatch(word[0]) and _LEARNED.search(self.words[:word.start()]) \
                or PROJECTION.fullmatch(word[0]) and self._of_what_it_defines(word, names):
            return False
        own = [f for f in self.formulas if names(f[2])]
        if self._of_another_thing(word) and not any(f[1] <= word.start() for f in own):
            return False
        behind = [f for f in self.formulas if f[0] >= word.end() and _BEHIND.fullmatch(self.words, word.end(), f[0])]
        if any(f in own for f in behind) or any(_LEFT_OUT.match(self.words, f[1]) for f in own):
            return True
        if behind and _OF_WHAT_FOLLOWS.match(self.words, word.end()):
            return False            # the input X, and projection matrices W_Q, W_K
        subject = self._subject(word)
        about = [f for f in subject if names(f[2].partition("=")[0])]       # H = X (XᵀX)⁻¹ Xᵀ is a projection
        if subject and not about and not any(subject[-1][1] <= f[0] < word.start() and not
                                             _OWNER.match(self.words, f[1]) for f in own):
            return False
        return not (PROJECTION.fullmatch(word[0]) and _ONTO.match(self.words, word.end())
                    and all(f[0] >= word.end() for f in own))

    def _of_another_thing(self, word: re.Match) -> bool:
        """Whether the word is joined to what stands behind it: the diagonal matrix and W do not commute."""
        joined = _JOINED_BEHIND.match(self.words, word.end())
        return joined is not None and not any(word.end() <= f[0] < joined.end() for f in self.formulas)

    def _of_what_it_defines(self, word: re.Match, names: Callable[[str], bool]) -> bool:
        """Whether the formula right behind a word defines something else: the projection z = X u says nothing of X."""
        behind = (f[2] for f in self.formulas if f[0] >= word.end() and _BEHIND.fullmatch(self.words, word.end(), f[0]))
        left, sign, _ = next(behind, "").partition("=")
        return bool(sign) and not names(left)

    def says(self, word: re.Match, names: Callable[[str], bool], own: bool = False) -> bool:
        """Whether a word is said of a name and of nothing else: "for a symmetric A", "A is symmetric"; in a claim's
        `own` sentence also "if A is symmetric, …"."""
        denied = _DENIED.search(self.words) or _NOT.search(self.words[:word.start()]) \
            or _NOT_SO.match(self.words, word.end()) or (_IF.search(self.words) and not own)
        if denied or _NO_PROPERTY.match(self.words, word.end()):
            return False
        of = [f for f in self.formulas if names(f[2])]
        if self._of_another_thing(word):
            of = [f for f in of if f[1] <= word.start()]
        before = any(f[0] >= word.end() and _BEHIND.fullmatch(self.words, word.end(), f[0]) for f in of)
        return before or any(_SAID.fullmatch(self.words, f[1], word.start()) for f in of)

    def _subject(self, word: re.Match) -> list[tuple[int, int, str]]:
        """The formulas of which "is" or "are" says the word: the last ones above it; empty where there are none."""
        before = [f for f in self.formulas if f[1] <= word.start()]
        last = next((k for k in reversed(range(len(before))) if _COPULA.match(self.words, before[k][1])), None)
        if last is None:
            return []
        first = last
        while first and _JOINED.fullmatch(self.words, before[first - 1][1], before[first][0]):
            first -= 1
        return before[first:last + 1]

    def _of_two_vectors(self, word: re.Match) -> bool:
        """Fit and residual are orthogonal: to each other."""
        begin = max((m.end() for m in _CLAUSE.finditer(self.words, 0, word.start())), default=0)
        found = _EACH_OTHER.search(self.words[begin:word.start()])
        return word[0].lower() == "orthogonal" and found is not None \
            and not _MADE_OF_VECTORS.search(self.words[begin:word.start()]) \
            and not any(begin <= f[0] < word.start() for f in self.formulas)
