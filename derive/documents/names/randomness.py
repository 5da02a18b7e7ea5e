"""Random quantities of a document: x_i ~ N(0, σ²), W ~ U[−a, a], r ~ Bernoulli(p), and E, Var and Cov of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from derive.documents.lines.statements import Law, Piece, Statement
from derive.documents.spelling.moments import with_averages
from derive.expectation.laws import RandomVariable
from derive.expression import Expr
from derive.index import Letter

_WORD = r"\\?(?:(?:mathcal|mathrm|text|textrm|operatorname|mathbf)\s*\{?\s*)?"
_LAWS = {"normal": "𝒩|N|Normal|Gaussian", "uniform": "𝒰|Uniform|Unif|U",
         "bernoulli": "Bernoulli|Bern|Ber", "moments": "Moments", "mean": "Moments"}
_KNOWN = {law: re.compile(rf"{_WORD}(?:{names})\s*\}}?\s*(?:\\left|\\big[lr]?)?\s*[(\[]")
          for law, names in _LAWS.items()}
_MOMENTS = re.compile(r"\\mathbb\s*\{?\s*E|\\(?:mathrm|operatorname|text)\s*\{\s*(?:E|Var|Cov)\s*\}|𝔼|"
                      r"(?<![A-Za-z])(?:Var|Cov)\s*[(\[]|(?<![A-Za-z])E\s*\[")
PARTS = {"normal": ("mean", "variance"), "uniform": ("low", "high"), "bernoulli": ("mean",),
         "moments": ("mean", "variance"), "mean": ("mean",)}      # the last two are no laws: nothing else is told


@dataclass(frozen=True)
class Random:
    """What a document says of a random name: its law, and the hidden names of what stands in its parentheses."""

    name: str
    law: str
    hidden: tuple[str, ...]

    def variable(self, letters: tuple[Letter, ...], values: dict[str, Expr]) -> RandomVariable:
        """The random variable; `values` are what the hidden names stand for."""
        given = dict(zip(PARTS[self.law], (values[h] for h in self.hidden)))
        law = "" if self.law in ("moments", "mean") else self.law
        return RandomVariable(self.name, letters, given.get("mean"), given.get("variance"), law, given.get("low"),
                              given.get("high"))


def law_of(piece: Piece) -> tuple[str, tuple[Piece, ...]] | None:
    """The law and what stands in its parentheses, or None for a law that is not known."""
    for law, pattern in _KNOWN.items():
        found = pattern.match(piece.text)
        if found is None:
            continue
        inside = re.sub(r"(?:\\right|\\big[lr]?)?\s*[)\]]\s*$", "", piece.text[found.end():])
        arguments = tuple(_cut(inside, piece.at + found.end()))
        if len(arguments) == len(PARTS[law]):
            return law, arguments
    return None


def _cut(text: str, at: int) -> Iterator[Piece]:
    depth = begin = 0
    for k, c in enumerate(f"{text},"):
        depth += (c in "([{") - (c in ")]}")
        if c == "," and (depth <= 0 or k == len(text)):
            yield Piece(text, at).cut(begin, k)
            begin = k + 1


def mentions_moments(found: Iterable[Statement]) -> bool:
    """Whether E, Var or Cov are written somewhere, or a law."""
    return any(isinstance(s, Law) or _MOMENTS.search(with_averages(s.piece.text)) for s in found)
