"""Cases as plain text writes them, in one form: `f(x) = {x, x > 0; 0, x ≤ 0`.

They stand in lines of their own, `f(x) = x if x > 0` and `f(x) = 0 if x ≤ 0`, in one line, `f(x) = x if x > 0 else 0`,
or behind braces. Texts are changed character by character, so that every position stays what it was.
"""

from __future__ import annotations

import re

MOST_CASES = 4              # behind braces, one on each line
_GAP = r"[ \t]{1,40}"
_IF = rf"{_GAP}(?:if|when|for){_GAP}|,[ \t]{{0,9}}(?:if{_GAP}|for{_GAP}|当|若)?|[ \t]{{2,40}}|[ \t](?=\()"
_CONDITION = r"\(?(?:if |for )?[^=\n()]{1,40}[<>≤≥][^=\n()]{1,40}\)?|otherwise|else|否则"
_LINE = re.compile(rf"(?m)^(?P<left>[^\W\d]\w{{0,20}}\([^()=\n]{{1,20}}\) ?)= (?P<body>[^=\n<>≤≥{{]{{1,80}}?)"
                   rf"(?P<if>{_IF})(?P<condition>{_CONDITION})[ \t]{{0,9}}(?P<end>\n|$)")
_CHOICE = re.compile(r"(?m)= (?P<first>[^=\n<>≤≥{]{1,80}?) if (?P<condition>[^=\n<>≤≥]{1,40}[<>≤≥][^=\n]{1,40}?) else "
                     r"(?P<second>[^=\n<>≤≥]{1,80})$")
_BRACES = re.compile(r"(?m)(= \{[^{}\n]{1,80})\n([ \t]{0,40})[{|](?=[^{}=\n]{1,80}(?:[<>≤≥]|otherwise))")
_OPEN = re.compile(r"(?m)(?<==)([ \t]{0,9})\{(?=[^{}\n]{0,400}$)")


def with_cases(text: str) -> str:
    """The lines of a fence with their cases in one form."""
    text = _CHOICE.sub(_chosen, text)
    for _ in range(MOST_CASES):
        text = _BRACES.sub(lambda m: f"{m[1]};{m[2]} ", text)
    return _together(text)


def without_open_braces(text: str) -> str:
    """The text in which a brace is none that opens cases and is closed nowhere on its line."""
    return _OPEN.sub(lambda m: m[1] + " ", text)


def _chosen(found: re.Match) -> str:
    """`= a if c else b`"""
    return f"={{{found['first']} ,  {found['condition']} ;    {found['second']}"


def _together(text: str) -> str:
    """Lines that say in which case a function is what, as one."""
    kept: list[str] = []
    at = 0
    lines = list(_LINE.finditer(text))
    for k, line in enumerate(lines):
        alike = [other is not None and "".join(other["left"].split()) == "".join(line["left"].split())
                 for other in (lines[k - 1] if k and lines[k - 1].end() == line.start() else None,
                               lines[k + 1] if k + 1 < len(lines) and lines[k + 1].start() == line.end() else None)]
        if any(alike):
            left = " " * (len(line["left"]) + 2) if alike[0] else f"{line['left']}={{"
            end = ";" if alike[1] else line["end"]
            kept += [text[at:line.start()], left, line["body"], _padded(line), end]
            at = line.end()
    return "".join([*kept, text[at:]])


def _padded(line: re.Match) -> str:
    """The condition of a line behind a comma."""
    condition = re.sub(r"^\(|\)$|\b(?:if|for)(?=[ \t])", lambda m: " " * len(m[0]), line["condition"])
    if condition.strip() in ("otherwise", "else", "否则"):
        condition = " " * len(condition)
        return " " * (len(line["if"]) + len(condition)) + _rest(line)
    return "," + " " * (len(line["if"]) - 1) + condition + _rest(line)


def _rest(line: re.Match) -> str:
    return " " * (line.start("end") - line.end("condition"))
