"""Refutations that turn on what the document leaves open."""

from __future__ import annotations

import re

from derive.documents.lines.items import CLAIMED
from verify.documents.conventions import either
from verify.documents.fairness.lengths import loose_size
from verify.documents.fairness.properties import if_shares, told_in_words
from verify.documents.fairness.refutation import Refutation
from verify.documents.fairness.rules import Rule, collector
from verify.documents.shape_errors import BY_SHAPES

RULES: list[Rule] = []
rule = collector(RULES)
_ONE_OVER = re.compile(r"[\w)}\]ᵀ⊤]\s+1\s*/\s*[\w(]")
SHARES = re.compile(r"\s*(?:\\sum(?![A-Za-z])|[∑Σ]).*=\s*1\s*", re.DOTALL)


@rule
def _property_in_words(of: Refutation) -> str:
    """The text calls a matrix orthogonal, or a vector a distribution."""
    told = "" if of.of_numbers else told_in_words(
        of.given - of.used, of.study, of.text, of.item.at, of.example.inputs if of.example is not None else {})
    return f"{told}: say so in a directive" if told else ""


@rule
def _shares_in_a_formula(of: Refutation) -> str:
    """The text says Σ_i y_i = 1 of an input, which is no assumption as long as no directive says so."""
    told = {n for i in of.scope if i.role == CLAIMED and SHARES.fullmatch(i.statement.piece.text) for n in i.uses}
    names = sorted(told & of.given - of.used)
    return if_shares(names, of.study) if names and of.study is not None else ""


@rule
def _length_of_an_axis(of: Refutation) -> str:
    """A size that stands in the claim as a number may be the length of something in it."""
    return "" if of.of_numbers else loose_size(of)


@rule
def _one_or_ones(of: Refutation) -> str:
    """Of (P − Y)ᵀ 1 / N, the 1 may be the vector of ones."""
    by_shapes = of.verdict.by == BY_SHAPES and _ONE_OVER.search(of.item.statement.piece.text)
    return "1 may be the vector of ones" if by_shapes else ""


@rule
def _row_or_column(of: Refutation) -> str:
    """A definition may be read under a convention too."""
    return either(of.item, of.needed, of.study, of.outline)
