"""Laws that cannot be read, of names on which a claim about moments rests."""

from __future__ import annotations

from collections.abc import Iterable

from derive.documents.lines.items import UNREADABLE, Item
from derive.documents.lines.statements import Law
from derive.documents.outline.outline import given_in
from verify.study import Study


def unread_law(item: Item, needed: Iterable[Item], scope: Iterable[Item], study: Study | None) -> str:
    """Why a verdict on a moment is none, in words; empty where every law that it turns on was read."""
    if study is None or not study.page.program.random:
        return ""
    unread = {n for i in scope if i.role == UNREADABLE and isinstance(i.statement, Law) for n in i.uses}
    rests = sorted(unread & {n for i in needed for n in i.names} - given_in(item))
    return f"{rests[0]} has a law that could not be read" if rests else ""
