"""Sums over a set, Σ_{i ∈ B} a_i, and the number of its elements |B|: any part of all i, Σ_i ϰ_i a_i and Σ_i ϰ_i with
a ϰ_i that says whether i belongs to it. What holds for all numbers ϰ_i holds for every set.

Of Σ_{x ∈ B} x, the elements are the x_i. A set that depends on something, N(i), is none of these.
"""

from __future__ import annotations

import re

MOST_SUMS = 40              # in one row
MEMBER = "ϰ"                # a letter that no page uses
_SET = r"(?:\\math(?:cal|scr|bb)\s*(?:\{\s*[A-Z]\s*\}|[A-Z])|[A-Z]|[𝓐-𝓩ℬ𝒜-𝒵])(?:\s*_\s*(?:\w|\{\w\}))?(?!\s*(?:\(|\^))"
_NAME = r"(?:\\(?:mathbf|boldsymbol|bm|vec)\s*(?:\{\s*[A-Za-z]\s*\}|\s[a-z])|[a-z])"
_VARIABLES = rf"{_NAME}(?:\s*,\s*{_NAME})?"
_SUM = re.compile(rf"(?P<sum>\\sum|Σ|∑)\s*(?:\\limits)?\s*_\s*\{{\s*\(?\s*(?P<of>{_VARIABLES})\s*\)?\s*"
                  rf"(?:\\in(?![A-Za-z])|∈)\s*(?P<set>{_SET})\s*\}}")
_SIZE = re.compile(rf"(?:\\left\s*)?(?:\||\\lvert|\\vert)\s*(?P<set>{_SET})\s*(?:\\right\s*)?(?:\||\\rvert|\\vert)")
_INDICES = frozenset("ijklmns")


def without_sets(text: str) -> str:
    """A formula with such sums written out, row by row; each as long as it was, and as it was where that is too
    short."""
    if "in" not in text and "∈" not in text:
        return text
    return "\n".join(map(_row, text.split("\n")))


def _row(row: str) -> str:
    found = list(_SUM.finditer(row))
    if not 0 < len(found) <= MOST_SUMS:
        return row
    made = row
    for m in reversed(found):
        names = [n.strip() for n in m["of"].split(",")]
        index = names[0] if len(names) == 1 and names[0] in _INDICES else "i"
        behind = made[m.end():]
        if index != names[0]:
            for name in names:
                alone = re.compile(rf"(?<![A-Za-z\\_]){re.escape(name)}(?![A-Za-z])(?!\s*[_^])")
                behind = alone.sub(rf"\g<0>_{index}", behind)
        made = f"{made[:m.start()]}{m['sum']}_{index}{MEMBER}_{index} {behind}"
    sets = {"".join(m["set"].split()).partition("_")[0] for m in found}
    made = _SIZE.sub(lambda m: f"(\\sum_i{MEMBER}_i)" if "".join(m["set"].split()).partition("_")[0] in sets
                     else m[0], made)
    return made.ljust(len(row)) if len(made) <= len(row) else row
