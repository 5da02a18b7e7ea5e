"""Names that have no influence on what is differentiated, by what could be read."""

from __future__ import annotations

from derive.documents.functions.keys import keys
from derive.documents.lines.items import DEFINED, UNREADABLE, Item
from derive.graph import closure
from derive.program import Program
from verify.study import Study


def may_depend(study: Study | None, scope: list[Item]) -> str:
    """Why a derivative that comes out as zero may be none, in words: ŷ stands for a number in J = (ŷ − y)², and may be
    computed from b. It is none where something else of the document is computed from all of them at once, and none of
    them has a definition that cannot be read."""
    unread = {i.name for i in scope if i.role == UNREADABLE and i.name}
    for above, by in study.page.vanishing if study is not None else ():
        needed = {by} | _inputs(study.page.program, above) if study is not None else set[str]()
        if keys(unread) & keys(needed):
            return f"{min(keys(unread) & keys(needed))} is defined, but not by what could be read"
        if not any(needed <= made_of for made_of in _made_of(scope)):
            return f"{by} has no influence on {above} by what could be read"
    return ""


def _inputs(program: Program, name: str) -> set[str]:
    """The inputs from which a name is computed."""
    return program.made_of([name]) & set(program.inputs) - program.inverses.keys() - program.determinants.keys()


def _made_of(scope: list[Item]) -> list[set[str]]:
    """All names from which each definition of the document is computed."""
    uses: dict[str, set[str]] = {}
    for item in scope:
        if item.role == DEFINED and item.name:
            uses.setdefault(item.name, set()).update(item.uses)
    return [closure([name], lambda n: uses.get(n, ())) for name in uses]
