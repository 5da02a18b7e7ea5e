"""How the gradients of matrices lie on a page, as far as its own claims settle it."""

from __future__ import annotations

import re
from collections.abc import Callable

from derive.documents.lines.items import CLAIMED, Item
from derive.documents.outline.outline import Outline
from derive.documents.program.layouts import ROWS, TURNED
from derive.documents.trees.trees import walk
from verify.documents.outcome import Outcome
from verify.study import Study

_ALIKE = re.compile(        # in which all lie as what they are taken by
    r"\bgradients?\s+(?:\w+\s+){0,4}?(?:has|have|is of|are of|takes?)\s+the\s+(?:same\s+)?shape|"
    r"\bsame shape as (?:the|its|their) (?:variable|parameter|argument)|\bdenominator[\s-]+layout|分母布局|"
    r"梯度(?:\s*(?:的|与|和|同|其|都|均|总|各|参数|变量|自|本身|具有|形状|对应)){1,8}\s*"
    r"(?:同形|形状相同|相同的?形状|同样的?形状)", re.IGNORECASE)
_TOLD = re.compile(r"(?:numerator|denominator)[\s-]+layout|分[子母]布局", re.IGNORECASE)


def is_settled_otherwise(item: Item, outcome: Outcome, layout: str, outline: Outline, text: str,
                         judged: Callable[[Item], Outcome]) -> bool:
    """Whether the gradient of a matrix is read as transposed, where most of those of other matrices in its section lie
    as usual, and the document speaks of no layouts."""
    if layout not in (TURNED, ROWS) or not _matrices(item, outcome.study):
        return False
    if _ALIKE.search(text):
        return True
    if _TOLD.search(text):
        return False
    others = (i for i in outline.items if i.role == CLAIMED and i.scope == item.scope and i.section == item.section
              and not i.name and i.above & item.above and i.derived - i.above - item.derived)
    shown = [found.reading for i in others if (found := judged(i)).shown and _matrices(i, found.study)]
    return 2 * shown.count("") > len(shown)


def _matrices(item: Item, study: Study | None) -> set[str]:
    """The matrices by which a claim differentiates on its left side."""
    variables = study.page.program.variables if study is not None else {}
    left = {n.parts[0].text for side in item.sides[:1] for n in walk(side) if n.kind in ("name", "ident")}
    return {n for n in item.derived - item.above if n in variables and n in left
            and [a.family for a in variables[n].axes].count(False) == 2}
