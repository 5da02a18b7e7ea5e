"""Sizes that a claim may mean as the length of an axis, where nothing tells the length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from derive.documents.lines.items import DEFINED, Item
from derive.documents.names.sequences import index_letters_of
from derive.documents.program.program import DocumentEntry
from derive.documents.trees.members import enclosed
from derive.documents.trees.trees import walk
from derive.expression import expression
from derive.index import Size
from derive.reading.nodes import plain
from verify.documents.fairness.refutation import Refutation
from verify.study import Study
from verify.verdict import Counterexample

_OF_ARRAYS = re.compile(r"[ᵀ⊤‖𝟏𝟙Σ∑]|\\(?:top|[|]|[Vl]Vert|math(?:bf|bb(?!\s*\{?\s*[RNZ]))|boldsymbol|sum|E\b)|\^\{?T|"
                        r"\btr\b|\btrace|diag|\bI\b|E\[|Var")
_KINDS = ("a column", "a row", "a matrix")
_TIME = frozenset("tτ")
_WORDS = frozenset(["a", "and", "against", "column", "row", "matrix", "scalar", "of"])


def lengths(study: Study) -> set[str]:
    """The sizes that are lengths of axes."""
    return {a.name for v in study.page.program.variables.values() for x in v.axes for a in x.count.atoms()
            if isinstance(a, Size)}


def loose_size(of: Refutation) -> str:
    """A size of the page that is a number in the claim, beside axes of which nothing tells the length; in words."""
    if of.study is None:
        name = _size_that_does_not_fit(of)
        return f"{name} may be the length that does not fit" if name else ""
    if of.example is not None and all_ones(of.example.sizes):
        return ""       # where all lengths are one, it makes no difference which of them it is
    variables = of.study.page.program.variables
    known = lengths(of.study)
    scalars = not any(v.axes for v in variables.values())
    if scalars and not any(_OF_ARRAYS.search(i.statement.piece.text) for i in of.needed):
        return ""       # counts, of multiplications and parameters
    numbers = all(a.family for v in variables.values() for a in v.axes)
    if numbers and not of.study.page.program.random and not _invented(of.study):
        return ""       # numbers, as the page says of each
    written = {n for i in of.needed for n in i.sizes} & of.outline.sizes
    loose = sorted(written - known - (_summed(of.study) if scalars else set()))
    if not loose or (known and not known - of.outline.sizes):
        return ""
    return f"{loose[0]} may be the length of an axis: declare the shapes"


def _invented(study: Study) -> bool:
    """Whether the shape of a name is the reader's own guess."""
    return not isinstance(study.entry, DocumentEntry) or bool(study.entry.inferred)


def all_ones(sizes: dict[str, Any]) -> bool:
    return bool(sizes) and all(set(n) == {1} if isinstance(n, list) else n == 1 for n in sizes.values())


def _size_that_does_not_fit(of: Refutation) -> str:
    """A size in a definition, beside a size of our own in the shapes that do not go together."""
    if of.example is None:
        return ""
    counting = sorted(of.item.sizes & _in_steps(of.item))
    if counting:
        return counting[0]
    numbers = {n for i in of.needed if i.role == DEFINED for n in i.sizes & _outside_of_indices(i)} & of.outline.sizes
    if _of_two_kinds(of.example):
        numbers -= {end for i in of.needed for end in _ends_of_time(i)}
    shapes = f"{of.example.left} {of.example.right}"
    words = set(re.findall(r"[^\W\d]\w*", re.sub(r"\[[^\]]*\]", "", shapes)))
    invented = words - of.outline.sizes - of.outline.widths - _WORDS
    return min(numbers) if numbers and invented else ""


def _outside_of_indices(item: Item) -> set[str]:
    """The letters of an equation that stand in more than indices: n of 1/n, and not L of a^{(L)}."""
    found, work = set[str](), list(item.sides)
    while work:
        node = work.pop()
        if node.kind in ("ident", "name"):
            found.add(node.parts[0].text)
        work.extend(n for n in node.below if n.kind not in ("lowered", "picked") and not (
            n.kind == "raised" and enclosed(n)))
    return found


def _in_steps(item: Item) -> set[str]:
    """The k of w_{k+1}: a size that counts, of which the page says nothing but where a sum ends."""
    return {x for side in item.sides[:1] for n in walk(side) if n.kind == "lowered"
            for inner in walk(n) if inner.kind == "sum" for x in index_letters_of(inner)}


def _of_two_kinds(example: Counterexample) -> bool:
    """Whether one side is a column or a row, and the other one a matrix."""
    kinds = {next((k for k in _KINDS if side.startswith(k)), "") for side in (example.left, example.right)}
    return len(kinds) == 2 and "a matrix" in kinds and "" not in kinds


def _ends_of_time(item: Item) -> Iterator[str]:
    """The T of Σ_{t=1}^{T}: how many steps there are, which is the length of nothing that stands at one of them."""
    for node in (n for side in item.sides for n in walk(side) if n.kind == "big_sum"):
        scripts = {s.kind: plain(s.parts[0]) for s in node.parts[0] if s.kind in ("lowered", "raised")}
        low, high = scripts.get("lowered"), scripts.get("raised")
        if low is not None and high is not None and high.kind == "ident" and _TIME & set(index_letters_of(low)):
            yield high.parts[0].text


def _summed(study: Study) -> set[str]:
    """The sizes to which sums run, in the claim and in the definitions on which it rests."""
    sides = [side for claim, _ in study.claims for side in (expression(claim.left), claim.right)]
    return {a.name for side in (*sides, *(e.body for e in study.page.program.equations))
            for t in side.terms for letter in t.binders for a in letter.count.atoms() if isinstance(a, Size)}
