"""Names that a sentence introduces without a shape: "for any constant $c$", "for a unit vector $u$", "对任意向量 $x$"
(for any vector x)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derive.documents.pages.places import INLINE, Place
from derive.notation.names import GREEK

_NAME = r"(?:[A-Za-zα-ωΑ-Ω]|\\[A-Za-z]+|\\(?:mathbf|boldsymbol|bm|vec)\s*\{[A-Za-z]\})"
_NAMES = re.compile(rf"\s*{_NAME}(?:\s*,\s*{_NAME})*\s*")
_NUMBERS = r"(?:targets?|labels?|step sizes?|(?:learning )?rates?|temperature|margin|threshold|coefficients?)"
_KINDS = (r"(?:vectors?|scalars?|constants?|(?:real )?numbers?|matrix|matrices|points?|directions?|"
          rf"{_NUMBERS})")
_INTRODUCED = re.compile(
    rf"\b(?:an?|any|every|each|all|some|two|arbitrary)\s+(?:[a-z-]+\s+){{0,2}}?{_KINDS}[\s$]*\Z|"
    r"\b[Ff]or\s+(?:any|every|each|all)[\s$]*\Z|\b(?:and|for|with|of)\s+(?:two\s+)?constants?[\s$]*\Z|"
    rf"(?:\b(?:with|and|its)|[,;])\s+(?:(?:the|its|an?)\s+)?{_NUMBERS}[\s$]*\Z|"
    r"(?:任意|任一|任何|每个|所有|一个|某个|给定)[的\u4e00-\u9fff]{0,6}[\s$]*\Z|(?:标量|目标值?|标签|学习率|步长|温度|阈值|系数)[\s$]*\Z")
_GOES_ON = re.compile(r"[\s$]*(?:,|，|、|and|和|与)[\s$]*\Z")
_LETTER = re.compile(r"\\([A-Za-z]+)\s*(?:\{([A-Za-z])\})?|([A-Za-zα-ωΑ-Ω])")
_BEFORE = 60        # characters in front of a formula that are looked at


def mentioned(text: str, places: Sequence[Place]) -> Iterator[tuple[int, str]]:
    """Where such names stand, and the names."""
    end, introduced = 0, False
    for place in places:
        if place.kind == INLINE and _NAMES.fullmatch(place.text):
            between = text[max(end, place.start - _BEFORE):place.start]
            introduced = bool(_INTRODUCED.search(between) or (introduced and _GOES_ON.fullmatch(between)))
            if introduced:
                yield from ((place.start, name) for name in _letters(place.text))
        else:
            introduced = False
        end = place.start + len(place.text)


def _letters(names: str) -> Iterator[str]:
    for found in _LETTER.finditer(names):
        name = found[3] or found[2] or GREEK.get(found[1], "")
        if name:
            yield name
