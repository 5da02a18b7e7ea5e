"""E, Var and Cov as pages write them."""

from __future__ import annotations

import re

_CALLED = re.compile(r"(?:\\(?:mathbb|mathrm|operatorname|text)\s*\{?\s*(?:E|Var|Cov)\s*\}?|𝔼|"
                     r"(?<![A-Za-z\\{])(?:Var|Cov))\s*(?:\\left\s*)?(\()")


def bracketed(text: str) -> str:
    """Var(x) as Var[x]; as long as it was."""
    for found in list(_CALLED.finditer(text)):
        end = _closing(text, found.start(1))
        if end is not None:
            text = f"{text[:found.start(1)]}[{text[found.end(1):end]}]{text[end + 1:]}"
    return text


def _closing(text: str, at: int) -> int | None:
    depth = 0
    for k in range(at, len(text)):
        depth += (text[k] == "(") - (text[k] == ")")
        if depth == 0:
            return k
    return None
