"""Names in the middle of words, such as c_{t−1} and x^(l): what stands below and above a letter is set so."""

from __future__ import annotations

import re
from html import escape

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from collections.abc import Callable

# A name of one letter has something below it; the underscore of a longer name is a program's.
_LETTER = "A-Za-zα-ωΑ-Ω"
_SCRIPT = re.compile(
    rf"(?:(?<=[^{_LETTER}_][{_LETTER}])|(?<=\A[{_LETTER}]))_(\{{[^{{}}]*\}}|[A-Za-z0-9]+)(?![_A-Za-z0-9])"
    r"|(?<=\S)\^(\{[^{}]*\}|\([^()]*\)|[A-Za-z0-9]+)")


def typeset(text: str, plain: Callable[[str], str], below: str, above: str, joint: str = "") -> str:
    """The text in a format: `plain` writes what is no script, and `below` and `above` have {} where a script stands, as
    `plain` writes it."""
    parts, end = list[str](), 0
    for found in _SCRIPT.finditer(text):
        script = (found[1] or found[2]).removeprefix("{").removesuffix("}")
        parts += [plain(text[end:found.start()]), (below if found[1] else above).format(plain(script))]
        end = found.end()
    return joint.join([*parts, plain(text[end:])])


def in_svg(text: str) -> str:
    """What stands in a `<text>` of an SVG."""
    return typeset(text, escape, '<tspan baseline-shift="sub" font-size="70%">{}</tspan>',
                   '<tspan baseline-shift="super" font-size="70%">{}</tspan>')
