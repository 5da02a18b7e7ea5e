"""Under which conventions the marks of a claim may be read: W_j, A², A^T of a matrix, and how derivatives lie."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.documents.lines.items import DEFINED, Item
from derive.documents.outline.outline import Outline
from derive.documents.program.layouts import ENTRIES, LAYOUTS, LINES, PICKED, STEPS
from verify.study import Study

_LINE = re.compile(r"[\[,{]\s*[:*]\s*[\],}]|[:·]\s*\}|\{\s*[:·]|\\cdot\s*[,}]")       # W_{i,:}, W[:, j], W_{i·}
_ONE = re.compile(r"[A-Z]\}?(?:_\s*(?:\{\s*[a-z]\s*\}|[a-z])|[ᵢⱼₖ])(?![,\w])")               # W_j
_LABEL = re.compile(r"[^a-z]+")
_POWER = re.compile(r"(?:[A-Z]\}?|[)\]])\s*(?:\^|[²³])")       # A², (A + B)^2
_ENTRIES = re.compile(r"[A-Z]\}?\s*(?:\^\s*\{?\s*[2-9]|[²³])")      # A², which may be that of its entries
_STEP = re.compile(r"\^\s*\{?\s*T(?![A-Za-z])")                  # A^T


def layouts(item: Item, outline: Outline) -> Iterator[str]:
    """How a claim may lie on the page: the contract's own way first (see `derive.documents.program.layouts`)."""
    text = item.statement.piece.text
    yield ""
    yield from (LINES,) if _LINE.search(text) else ()
    yield from (ENTRIES,) if _POWER.search(text) and not _is_map(text, item, outline) else ()
    yield from (STEPS,) if "T" in outline.sizes and _STEP.search(text) else ()
    yield from (PICKED,) if _ONE.search(text) else ()
    yield from LAYOUTS if item.derived and not item.name else ()


def _is_map(text: str, item: Item, outline: Outline) -> bool:
    """Whether the document takes a matrix of which a power stands in a claim for a map: it has A⁻¹, det A or tr A, or
    says that S³ = I."""
    names = {m[0][0] for m in _ENTRIES.finditer(text)}
    return any(re.search(rf"{n}\}}?\s*(?:\^\s*\{{?\s*-\s*1|⁻¹)|(?:det|tr|trace)\}}?\s*[({{]?\s*{n}(?![A-Za-z_])|"
                         rf"{n}\}}?\s*(?:\^\s*\{{?\s*\w\s*\}}?|[²³])\s*=\s*I(?![A-Za-z_])",
                         i.statement.piece.text) for n in names for i in outline.items if i.scope == item.scope)


def either(item: Item, needed: list[Item], study: Study | None, outline: Outline) -> str:
    """A definition with W_j, which may be a row or a column of W, or with a power of W, which may be one of its
    entries."""
    variables = study.page.program.variables if study is not None else {}
    matrices = {n for n, v in variables.items() if [a.family for a in v.axes] == [False, False]}
    for other in needed:
        if other.role == DEFINED and other is not item and other.number != item.number:
            for name in matrices & {m[0][0] for m in _ONE.finditer(other.statement.piece.text)
                                    if f"{m[0][0]}_{_LABEL.sub('', m[0][1:])}" not in variables}:
                return f"{name} with one index may be a row or a column"
            for name in matrices & {m[0][0] for m in _ENTRIES.finditer(other.statement.piece.text)}:
                if len({a.count for a in variables[name].axes}) == 1 and not _is_map(f"{name}²", item, outline):
                    return f"a power of {name} may be taken entry by entry"
    return ""
