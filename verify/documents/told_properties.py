"""A claim that is refuted, read with the properties that the text gives to its names in words: for a symmetric A."""

from __future__ import annotations

from dataclasses import replace

from derive.documents.lines.items import ASSUMED, Item
from derive.documents.lines.properties import DEFINITE, REGULAR, kind_of
from derive.documents.lines.statements import Piece, Property
from verify.documents.attempts import Attempt
from verify.documents.fairness.properties import INVERTIBLE, says, words_for
from verify.documents.outcome import Outcome
from verify.documents.slices import Slices

_COVARIANCE = "Σ"


def with_properties(item: Item, needed: list[Item], layout: str, outcome: Outcome, slices: Slices) -> Outcome:
    """What comes of the claim with them; `outcome` where there are none, or none that can be read."""
    example = outcome.verdict.counterexample if outcome.verdict is not None else None
    if outcome.study is None or example is None:
        return outcome
    given = {name.partition("[")[0] for name in example.inputs}
    text = slices.source.text
    words = {name: word for name, word in words_for(given, outcome.study, text, item.at) if word}
    told = {name: kind for name, word in words.items() if (kind := kind_of(word)) is not None}
    certain = all(says(name, words[name], text, item.at) for name in told)
    program = outcome.study.page.program
    if _COVARIANCE in given and len(program.variables[_COVARIANCE].axes) == 2:
        told.setdefault(_COVARIANCE, DEFINITE)
    regular = {name for name, word in words.items() if INVERTIBLE.match(word)} - told.keys()
    told |= dict.fromkeys(regular, REGULAR)         # such a matrix has an inverse: what fails with it fails
    if not told:
        return outcome
    piece = item.statement.piece
    said = [replace(item, role=ASSUMED, statement=Property(piece, Piece(_written(name), piece.at), kind))
            for name, kind in sorted(told.items())]
    found = Attempt(slices, item, [*said, *needed], layout).outcome()
    if found.verdict is None or (found.shown and (regular or not certain)):
        return outcome
    found.reading = " and ".join(f"{name} {kind}" for name, kind in sorted(told.items()))
    return found


def _written(name: str) -> str:
    """A name as a page would write it: W_hh is W_{hh}."""
    base, mark, label = name.partition("_")
    return f"{base}_{{{label}}}" if mark and len(label) > 1 else name
