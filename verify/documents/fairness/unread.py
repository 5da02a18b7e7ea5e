"""Refutations that rest on what could not be read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from derive.documents.functions.assumed import HIDDEN
from derive.documents.functions.keys import keys, known_as
from derive.documents.lines.items import ASSUMED, CONDITION, DEFINED, NAMED, UNREADABLE, Item
from derive.documents.lines.statements import Equality, Relation
from derive.documents.program.program import DocumentEntry
from verify.documents.fairness.cases_in_words import fails
from verify.documents.fairness.fulfilled import ORIENTED, has
from verify.documents.fairness.points import parameters
from verify.documents.fairness.refutation import Refutation
from verify.documents.fairness.rules import Rule, collector
from verify.documents.fairness.unread_laws import unread_law
from verify.documents.given_numbers import fulfils

RULES: list[Rule] = []
rule = collector(RULES)
_ABSOLUTE = re.compile(r"(?<!\\)\||\\[lr]?vert")       # |r| ≤ δ tells of a case, ‖z‖ > λ does not
_DETERMINANT = re.compile(r"\s*\\?(?:operatorname\{)?det\}?\s*\(?\s*([A-Z])\s*\)?\s*>\s*0\s*")
_NUMBER = re.compile(r"\s*\d+(?:\.\d+)?\s*")


@rule
def _loss_that_is_defined(of: Refutation) -> str:
    """An arbitrary loss was tried in place of the page's own."""
    if of.given & HIDDEN and any(i.name == "l" for i in of.scope):
        return "l is defined, but not by what could be read"
    return ""


@rule
def _rests_on_what_is_unread(of: Refutation) -> str:
    """A name of the claim, or of a definition below it, has a definition that cannot be read."""
    unread = {i.name for i in of.scope if i.role == UNREADABLE and i.name}
    unread -= {n for i in of.needed if i.role in (DEFINED, NAMED) for n in known_as(i.name)}
    unread -= parameters(of.item)
    rests = sorted(unread & {n for i in of.needed for n in keys(i.names) | i.names})
    return f"{rests[0]} is defined, but not by what could be read" if rests else ""


@rule
def _law_that_is_unread(of: Refutation) -> str:
    """A moment turns on the laws of all that stands below it."""
    return unread_law(of.item, of.needed, of.scope, of.study)


@rule
def _assumption_that_is_unread(of: Refutation) -> str:
    """The input may be one that the document rules out."""
    claim = of.item.statement
    kept = {c.piece for c in claim.conditions} if isinstance(claim, Equality) else set()
    unread = [text for i in unread_assumptions(of.scope, of.given, of.item) if not fulfils(of.example, i)
              and i.statement.piece not in kept for text in [" ".join(i.statement.piece.text.split())]]
    return f"the text assumes {unread[0]}, which could not be read" if unread else ""


def unread_assumptions(scope: Iterable[Item], given: set[str], item: Item) -> list[Item]:
    """The relations above an item that could not be read, and are about names to which an input gives values."""
    return [i for i in scope if i.role == UNREADABLE and isinstance(i.statement, Relation) and i.uses & given
            and i.number < item.number and not _ABSOLUTE.search(i.statement.piece.text)]


@rule
def _assumption_about_what_is_computed(of: Refutation) -> str:
    """Of η < 2/L, where the page computes L, no input is known to keep to it."""
    entry = of.study.entry if of.study is not None else None
    unkept = entry.unkept if isinstance(entry, DocumentEntry) else []
    return f"the text assumes something of {unkept[0]}, to which the input need not keep" if unkept else ""


@rule
def _assumption_that_fails(of: Refutation) -> str:
    """Of p ≥ 1 an input is told that p is positive, and no more."""
    said = [i for i in of.scope if i.role == ASSUMED and not i.told and i.number < of.item.number]
    stated = (i.statement for i in said if not i.letter or not any(
        j.number > i.number and j.letter == i.letter for j in said))        # 0 ≤ t ≤ w, and further down w ≤ t ≤ N
    assumed = (s.piece.text for s in stated if isinstance(s, Relation)
               and any(_NUMBER.fullmatch(m.text) for m in s.members))
    broken = next((t for t in assumed if of.example is not None and fails(t, of.example)), "")
    return f"the input is none of those with {' '.join(broken.split())}" if broken else ""


@rule
def _size_that_is_told(of: Refutation) -> str:
    """Of n = C K², where x ∈ ℝ^n, nothing that draws C and K keeps to it."""
    read = {i.number for i in of.needed}
    for item in (i for i in of.scope if i.number not in read):
        statement = item.statement
        if item.role == CONDITION and isinstance(statement, Equality) and item.names and item.names <= of.given \
                and statement.members[0].text.strip() in of.outline.sizes:
            return f"the text sets {' '.join(statement.piece.text.split())}"
    return ""


@rule
def _determinant_that_is_not_positive(of: Refutation) -> str:
    """det X > 0 is kept to by nothing that draws inputs."""
    inputs = of.example.inputs if of.example is not None else {}
    for item in of.scope:
        said = _DETERMINANT.fullmatch(item.statement.piece.text) if item.role == ASSUMED else None
        if said and said[1] in inputs and not has(ORIENTED, inputs[said[1]]):
            return f"the input is none of those with {' '.join(said[0].split())}"
    return ""
