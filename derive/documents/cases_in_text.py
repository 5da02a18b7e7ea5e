"""Cases as plain text writes them, in one form: `f(x) = {x, x > 0; 0, x ≤ 0`.

They stand in lines of their own, `f(x) = x if x > 0` and `f(x) = 0 if x ≤ 0`, in one line, `f(x) = x if x > 0 else 0`,
or behind braces. Texts are changed character by character, so that every position stays what it was.
"""

from __future__ import annotations

import re

_IF = (r"[ \t]*,?[ \t]+(?:if|when|for)[ \t]+|[ \t]*[,，][ \t]*(?:当|若)[ \t]*|[ \t]*,?[ \t]{2,}|"
       r"[ \t]*,?[ \t]+(?=\()")
_CONDITION = r"\(?(?:if[ \t]+|for[ \t]+)?[^=\n()]*[<>≤≥][^=\n()]*\)?|otherwise|else|否则"
_LINE = re.compile(rf"(?m)^(?P<left>[ \t]*[^\W\d]\w*\([^()=\n]*\)[ \t]*)=[ \t](?P<body>[^=\n<>≤≥{{]+?)"
                   rf"(?P<if>{_IF})(?P<condition>{_CONDITION})[ \t]*(?P<end>\n|$)")
_CHOICE = re.compile(r"(?m)=[ \t](?P<first>[^=\n<>≤≥{]+?)[ \t]if[ \t](?P<condition>[^=\n]*[<>≤≥][^=\n]*?)[ \t]else[ \t]"
                     r"(?P<second>[^=\n<>≤≥]+)$")
_BRACES = re.compile(r"(?m)(=[ \t]*\{[^{}\n]*)\n([ \t]*)[{|](?=[^{}=\n]*[<>≤≥]|[^{}=\n]*otherwise)")
_OPEN = re.compile(r"(?m)(?<==)([ \t]*)\{(?=[^{}\n]*$)")


def with_cases(text: str) -> str:
    """The lines of a fence with their cases in one form."""
    text = _CHOICE.sub(_chosen, text)
    while (joined := _BRACES.sub(lambda m: f"{m[1]};{m[2]} ", text)) != text:
        text = joined
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
