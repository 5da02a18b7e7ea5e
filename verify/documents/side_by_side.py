"""Claims with factors side by side that have no product: (Wᵀ δ) (1 − h²) in place of (Wᵀ δ) ⊙ (1 − h²), and P zᵀ."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from derive.documents.lines.items import Item
from derive.documents.outline.outline import Outline
from derive.documents.trees.beside import WAYS
from derive.reading.algebra import COLUMNS_FIRST, ENTRYWISE, INNER, OUTER, SCALED, TURNED
from derive.reading.syntax import Node, walk
from verify.documents.outcome import Outcome
from verify.documents.shape_errors import by_shapes
from verify.documents.slices import Given
from verify.verdict import UNDECIDED, Verdict

_COLUMNS = re.compile(r"two columns side by side have no product")
_NO_PRODUCT = re.compile(r"(a (?:row|column|matrix) .+) and (a (?:row|column|matrix) .+) have no product")
_TRANSPOSED = "{} and {} have no product; it holds with the transpose of the vector"
_ON_A_DIAGONAL = "{} and {} have no product; it holds with diag of the vector"
_WRITTEN_BESIDE = "{} and {} have no product; it holds with what this document writes elsewhere: ᵀ"
_WITH_SIGN = frozenset("⊙∘*")
_NOTE = "two columns side by side have no product; it holds with ⊙ or a transpose between them"
_WRITTEN = "two columns side by side have no product; it holds with what this document writes elsewhere: {}"


def side_by_side(problem: str, again: Callable[[Given], Outcome], item: Item, outline: Outline) -> Outcome | None:
    """Refuted where a claim holds in no way to multiply its columns, or in one that the document has a sign for and
    writes, and the document says how long everything is; open where it holds in another. None for another claim.
    `again` reads the claim with parts of its interpretation given."""
    if not _COLUMNS.match(problem) or any(n.kind == "moment" for side in item.sides for n in walk(side)):
        return None         # Var(w) Var(x) may be meant of any one w_i and x_i
    tried = []
    for way in WAYS:
        tried.append(again({"beside": way}))
        if tried[-1].shown:
            return Outcome(_left_out(way.removeprefix(COLUMNS_FIRST), tried[-1], item, outline))
    if not _decided(tried):
        return None
    return Outcome(by_shapes("two columns side by side have no product", "a column", "a column"))


def _left_out(way: str, shown: Outcome, item: Item, outline: Outline) -> Verdict:
    """The verdict on a claim that holds in this way to multiply its columns. a (1 − a) is of each entry of a: written
    without a sign also by those who write one elsewhere."""
    signs = dict.fromkeys("ᵀ" if sign in (INNER, OUTER) else sign for sign in way)
    if set(signs) <= _written(item, outline) and not _guessed(shown, item) and not (
            ENTRYWISE in way and _of_one_vector(item, shown)):
        return by_shapes(_WRITTEN.format(", ".join(signs)), "a column", "a column")
    return Verdict(UNDECIDED, detail=_NOTE)


def _written(item: Item, outline: Outline) -> set[str]:
    """The signs of products of vectors that stand in the scope of an item."""
    return {sign for other in outline.items if other.scope == item.scope for sign in _signs(other)}


def _guessed(outcome: Outcome, item: Item) -> bool:
    """Whether nobody declares the shape of a vector that stands in an item; a gradient is as long as its name."""
    names = {n for side in item.sides for n in _names(side)} - item.derived
    return any("^" in told and "×" not in told and told.partition(" ")[0] in names for told in outcome.inferred)


def _signs(item: Item) -> Iterator[str]:
    """Of products with a sign: ⊙ between factors, and ᵀ of what is no matrix by its name."""
    for node in (n for side in item.sides for n in walk(side)):
        if node.kind == "entrywise" and _WITH_SIGN.intersection(node.parts[1]):
            yield ENTRYWISE
        elif node.kind == "scripted" and any(s.kind == "transpose" for s in node.parts[1]):
            if node.parts[0].kind not in ("name", "ident") or node.parts[0].parts[0].text[:1].islower():
                yield "ᵀ"


def _of_one_vector(item: Item, outcome: Outcome) -> bool:
    """Whether a product without signs has one vector only in its factors, and no gradient."""
    variables = outcome.study.page.program.variables if outcome.study is not None else {}
    products = (n for side in item.sides for n in walk(side) if n.kind == "product" and "" in n.parts[1])
    return any(len({n for n in _names(node) if n not in variables or variables[n].axes}) == 1
               for node in products if not any(n.kind in ("differential", "nabla") for n in walk(node)))


def _names(node: Node) -> Iterator[str]:
    return (n.parts[0].text for n in walk(node) if n.kind in ("name", "ident"))


def turned(problem: str, again: Callable[[Given], Outcome], item: Item, outline: Outline) -> Outcome | None:
    """Refuted where a claim with a vector beside a matrix of the other orientation fails with its transpose too, and
    the document says how long everything is; also for d P v where it holds with that, and the document writes ᵀ. Open
    for A vᵀ, and in other documents. None for another claim."""
    found = _NO_PRODUCT.fullmatch(problem)
    if found is not None and found[1].startswith("a column") and again({"beside": SCALED}).shown:
        return Outcome(Verdict(UNDECIDED, detail=_ON_A_DIAGONAL.format(found[1], found[2])))
    outcome = again({"beside": TURNED}) if found else Outcome()
    if found is None or not (outcome.shown or _decided([outcome])):
        return None
    if outcome.shown and found[1].startswith("a column") and "ᵀ" in _written(item, outline) \
            and not _guessed(outcome, item):
        return Outcome(by_shapes(_WRITTEN_BESIDE.format(found[1], found[2]), found[1], found[2]))
    if outcome.shown:
        return Outcome(Verdict(UNDECIDED, detail=_TRANSPOSED.format(found[1], found[2])))
    return Outcome(by_shapes(problem, found[1], found[2]))


def _decided(tried: list[Outcome]) -> bool:
    """Whether a claim is refuted in each way in which it has a meaning, with no shape that nobody declares."""
    refuted = tried[0].refuted and all(o.refuted or o.verdict is None for o in tried)
    return refuted and not any("^" in shape for o in tried for shape in o.inferred)
