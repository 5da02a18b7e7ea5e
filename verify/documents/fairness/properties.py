"""Properties that a text gives to a name in words: "for an orthogonal matrix U", "a one-hot label y". Only a directive
makes them known, but a claim that may rest on one is not refuted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from unicodedata import combining

from derive.notation.names import GREEK
from derive.program import Program, SumsToOne
from verify.documents.fairness.fulfilled import has
from verify.documents.fairness.said_of import PROJECTION, Sentence
from verify.study import Study, by_arithmetic, derivative_names
from verify.verdict import REFUTED

_OF_MATRICES = re.compile(
    r"\b(?:orthogonal|orthonormal|unitary|(?:skew-?)?symmetric|hermitian|positive[- ](?:semi-?)?definite|psd|"
    r"invertible|non-?singular|(?:doubly )?stochastic|idempotent|projection|permutation|diagonal|triangular|"
    r"degree matrix|eigenvectors?|singular vectors?|whitened)\b|"
    r"正交(?!性)|酉|对称|正定|可逆|非奇异|随机矩阵|幂等|投影|置换|(?<![精似梯])度矩阵|对角阵|对角矩阵|三角|特征向量|奇异向量|白化",
    re.IGNORECASE)
INVERTIBLE = re.compile(r"invertible|non-?singular|可逆|非奇异", re.IGNORECASE)
_OF_VECTORS = re.compile(
    r"\b(?:unit(?:[- ](?:vectors?|norm|length|variance))|normali[sz]ed|standardi[sz]ed|centered|centred|zero[- ]mean|"
    r"mean[- ]zero|eigenvectors?|binary)\b|单位(?:长度的)?向量|归一化的|标准化的|中心化的|零均值的?|特征向量|二值",
    re.IGNORECASE)
_OF_NUMBERS = re.compile(r"\b(?:binary|zero[- ]mean|mean[- ]zero|standardi[sz]ed)\b|二值|零均值的?|标准化的",
                         re.IGNORECASE)
_OF_POINTS = re.compile(r"\b(?:optim(?:al|um|iser|izer)|minimi[sz]er|maximi[sz]er|stationary|converged|fixed point|"
                        r"solution)\b|最优(?![解点]处)|极小|极大|驻点|不动点|收敛到|"
                        r"(?<![分化注讲详求理图式优])解(?![码释析耦读决缠为法说除压调])", re.IGNORECASE)
_OF_SHARES = re.compile(r"\b(?:one-?hot|probabilit(?:y|ies)|distributions?|labels?|simplex|weights sum)\b|"
                        r"独热|概率|分布|标签|单纯形", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?;])\s|[。！？；]|\n[ \t]*\n|\n[ \t]*(?:[-*+#>]|\d+[.)])[ \t]")
_SPELLED = {symbol: f"\\{word}" for word, symbol in GREEK.items()}
_FONT = re.compile(r"\\(?:math[a-z]+|bm|boldsymbol|vec)\s*\{?\s*")
_SET = re.compile(r"\\mathbb\s*(?:\{\s*[A-Z]\s*\}|[A-Z])")
_AT_ONCE = 10       # characters between a word and the name behind it
_BESIDE = 30        # characters between a word and a matrix that it may be about


def told_in_words(names: set[str], study: Study | None, text: str, at: int, inputs: Mapping[str, Any]) -> str:
    """What the text says in words, above position `at` or in its sentence, of a name in a claim that is refuted; empty
    where the claim cannot rest on it, and where these inputs are as it says."""
    if study is None:
        return ""
    shares: set[str] = set()
    for name, word in words_for(names, study, text, at):
        if word and not has(word, inputs.get(name)):
            return f"the text calls {name} {word}"
        if word:
            continue
        shares.add(name)
    return if_shares(sorted(shares), study)


def words_for(names: set[str], study: Study, text: str, at: int) -> Iterator[tuple[str, str]]:
    """Each of the names with each word that the text says of it, the first of a sentence last; without one, where the
    text speaks of probabilities. What a directive has told of a name is known."""
    program = study.page.program
    ranks = {n: sum(not a.family for a in v.axes) for n, v in program.variables.items()}
    known = {n for a in program.assumptions for n in a.names}
    inverted = _inverted(program)
    for sentence in _sentences(text, at):
        said = Sentence.of(sentence)
        for name in sorted(names & ranks.keys() - known):
            if not any(_has(name, formula) for *_, formula in said.formulas):
                continue
            words = list(_words(name, ranks[name], said, name in inverted))
            yield from ((name, word) for word in reversed(words))
            if not words and ranks[name] and _are_shares(name, ranks[name], said):
                yield name, ""


def says(name: str, word: str, text: str, at: int) -> bool:
    """Whether a sentence above position `at`, or the one there, says the word of the name, and of nothing else."""
    every = list(_sentences(text, at))
    for k, sentence in enumerate(every):
        said, own = Sentence.of(sentence), k + 1 == len(every)
        if any(m[0].lower() == word and said.says(m, partial(_has, name), own)
               for m in _OF_MATRICES.finditer(said.words)):
            return True
    return False


def _are_shares(name: str, rank: int, said: Sentence) -> bool:
    """Whether a sentence speaks of probabilities: of a matrix, right beside it."""
    words = list(_OF_SHARES.finditer(said.words))
    return bool(words) and (rank < 2 or any(
        -_BESIDE < at - w.end() < _BESIDE or -_BESIDE < w.start() - end < _BESIDE
        for w in words for at, end, formula in said.formulas if _has(name, formula)))


def _inverted(program: Program) -> set[str]:
    """The names of which the inverse is computed: there is one wherever something is compared."""
    every = set(program.inverses.values())
    return every | {n for e in program.equations if e.name in every and len(needed := program.needed(e.name)) == 1
                    for n in needed}


def _words(name: str, rank: int, said: Sentence, has_inverse: bool = False) -> Iterator[str]:
    """The words for properties that a sentence may say of a name."""
    places = [at for at, _, formula in said.formulas if _begins_with(name, formula)]
    if rank == 2:
        yield from (m[0].lower() for m in _OF_MATRICES.finditer(said.words) if said.may_say(m, partial(_has, name))
                    and not (has_inverse and INVERTIBLE.match(m[0]))
                    and not (name[0] in "WU" and PROJECTION.fullmatch(m[0])))       # weights, which project to queries
    for pattern in (_OF_VECTORS if rank else _OF_NUMBERS, _OF_POINTS):
        yield from (m[0].lower() for m in pattern.finditer(said.words) if any(
            0 <= p - m.end() < _AT_ONCE for p in places))


def if_shares(names: list[str], study: Study) -> str:
    """Whether the claim is refuted no more where some names, which the text calls probabilities, sum to one."""
    program = study.page.program
    known = {n for a in program.assumptions for n in a.names}
    names = [n for n in names if n not in known and n not in program.random and program.equation(n) is None]
    if not names or len(study.claims) != 1:
        return ""
    claim = study.claims[0][0]
    narrowed = replace(program, assumptions=[*program.assumptions, *map(SumsToOne, names)])
    found = by_arithmetic(claim, study.derivation, derivative_names(study.derivation), narrowed)
    return f"it may hold where the entries of {names[0]} sum to one" if found.verdict != REFUTED else ""


def _sentences(text: str, at: int) -> Iterator[str]:
    start = 0
    for found in SENTENCE.finditer(text):
        if start > at:
            return
        yield text[start:found.end()]
        start = found.end()
    if start <= at:
        yield text[start:]


def _has(name: str, formula: str) -> bool:
    """Whether a name stands in a formula; no R does in \\mathbb{R}."""
    return bool(re.search(_as_written(name), _SET.sub("", formula)))


def _begins_with(name: str, formula: str) -> bool:
    return bool(re.match(rf"\s*(?:{_FONT.pattern})?(?:{_as_written(name)})", formula))


def _as_written(name: str) -> str:
    """A pattern for a name without its index: x̂ is written \\hat{x} too."""
    base = name.partition("_")[0]
    plain = "".join(c for c in base if not combining(c))
    if plain != base:
        return rf"{re.escape(base)}|\\(?!math)[a-z]+\s*\{{?\s*(?:{_FONT.pattern})?(?:{_as_written(plain)})"
    alone = rf"(?<![A-Za-z\\]){re.escape(base)}(?![A-Za-z\u0300-\u036f])"
    return rf"{re.escape(_SPELLED[base])}(?![A-Za-z])|{re.escape(base)}" if base in _SPELLED else alone
