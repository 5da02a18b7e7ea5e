r"""Habits of typing that LaTeX does not know: 1,048,576, W1 for W₁, x\_i and \\\\ where Markdown wants a backslash.

Texts are changed character by character, so that every position stays what it was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.documents.lines.sets import without_sets

LOSS = "Ψ"          # the loss L of a page on which L is the last layer too
FAR = 300           # characters in which a list begins
_THOUSANDS = re.compile(r"(?<![\d.,\w])\d{1,3}(?:,\d{3})+(?![\d\w]|,\d)|(?<![\d.,\w])\d{1,3}(?:\{,\}\d{3})+(?!\d)")
_ESCAPED = re.compile(r"(\\(?:text|mathrm|operatorname|texttt|mbox)\s*\{[^{}]*\})|\\_")
_ROWS = re.compile(r"(?<!\\)\\\\\\\\(?!\\)")
_SPACE = re.compile(r"\\[hv]space\*?\s*\{[^{}]{0,12}\}")
_PRIME = re.compile(r"\^\s*\{\s*('+)\s*\}")
_BRACED_LEFT = re.compile(r"(?m)^(\s*&?\s*)\{(\s*\\?[A-Za-z]+\s*(?:\{(?:[^{}=]|\{[^{}=]*\})*\})?\s*)\}(?=\s*&?\s*=)")
_LAW = re.compile(r"(\\math(?:cal|rm|bb)?\s*\{\s*[NU]\s*\})\\!(?=\s*\\left)")
_PART = r"[^{}]{0,80}(?:\{[^{}]{0,80}\}[^{}]{0,80}){0,4}?"
_OVER = re.compile(rf"\{{({_PART})\\over(?![A-Za-z])\s({_PART})\}}")
_DIVERGENCE = re.compile(r"(?<=\()([^()|]{1,20})\|\|([^()|]{1,20})(?=\))")
_PRIMED = re.compile(r"(?<![A-Za-z\\])([A-Za-z])(_\{[^{}]*\}|_\w)('+)(?!\s*(?:\\left)?\()")
_INDICATOR = re.compile(r"(\\math(?:bb|bbm|bf)\s*(?:\{\s*1\s*\}|1)|\\mathbbm\{1\}|𝟙|𝟏)\s*\("
                        r"([^()]{0,80}(?:[<>=≤≥≠]|\\(?:leq?|geq?|neq?|lt|gt)(?![A-Za-z]))[^()]{0,80})\)")
_DOTS = re.compile(r"(\\[lc]?dots\s*|…\s*),(?=\s*(?:=|\)|\\right|\]))")
_LAST_LAYER = re.compile(r"[A-Za-z]\s*\^\s*\{?\s*[\[(]?\s*L\s*[\])]?\s*\}?(?![A-Za-z])|(?:dots|…)\s*,?\s*L(?![A-Za-z])")
_LOSS = re.compile(r"((?:\\partial|∂|\\nabla(?:_\w|_\{[^{}]*\})?|∇(?:_\w|_\{[^{}]*\})?)\s*)[Lℒ](?![A-Za-z_^(])|"
                   r"(?m:^(\s*&?\s*)[Lℒ](?=\s*&?\s*=))")
_NUMBERED = re.compile(r"(?<![A-Za-z\\^_\d.{])(d?[A-Za-z])([1-9])(?![\d.,]?\d|[A-Za-z(])|"
                       r"(?<=[{])(d?[A-Za-z])([1-9])(?![\d.,]?\d|[A-Za-z(])")
_LEFT = re.compile(r"\s*&?\s*d?[A-Za-z][1-9]\s*&?\s*=(?!=)")
_BELOW = str.maketrans("123456789", "₁₂₃₄₅₆₇₈₉")


def without_habits(texts: Sequence[str]) -> list[str]:
    """The formulas of a document in the spelling of LaTeX; each as long as it was."""
    numbered = any(_LEFT.match(line) for text in texts for line in text.splitlines())
    texts = [_respelled(text, numbered) for text in texts]
    if any(map(_LOSS.search, texts)) and any(map(_LAST_LAYER.search, texts)) and not any(LOSS in t for t in texts):
        texts = [_LOSS.sub(lambda m: f"{m[1] or m[2] or ''}{LOSS}", text) for text in texts]
    return texts


def _respelled(text: str, numbered: bool) -> str:
    if "," in text:
        text = _THOUSANDS.sub(lambda m: m[0] if _is_in_a_list(text, m.start()) else _as_one_number(m[0]), text)
    if "\\_" in text:
        text = _ESCAPED.sub(lambda m: m[1] or " _", text)
    if "\\\\\\\\" in text:
        text = _ROWS.sub(lambda m: "\\\\  ", text)
    if "space" in text:
        text = _SPACE.sub(lambda m: "\\quad".ljust(len(m[0])) if len(m[0]) >= 5 else m[0], text)
    if "over" in text:
        text = _OVER.sub(lambda m: _fraction(m[1], m[2], len(m[0])) or m[0], text)
    text = _DIVERGENCE.sub(r"\1 ;\2", _LAW.sub(r"\1  ", text))
    text = text.replace(">=", "≥ ").replace("<=", "≤ ") if "=" in text else text
    text = _DOTS.sub(r"\1 ", text)
    text = _INDICATOR.sub(r"\1[\2]", text)
    if "'" in text:
        text = _PRIMED.sub(r"\1\3\2", text)
        text = _PRIME.sub(lambda m: m[1].ljust(len(m[0])), text)
    text = _BRACED_LEFT.sub(r"\1 \2 ", without_sets(text))
    if numbered:
        text = _NUMBERED.sub(lambda m: f"{m[1] or m[3]}{(m[2] or m[4]).translate(_BELOW)}", text)
    return text


def _fraction(above: str, below: str, length: int) -> str:
    """{a over b}, where that is long enough."""
    made = f"\\frac{{{above.strip()}}}{{{below.strip()}}}"
    return made.ljust(length) if len(made) <= length else ""


def _is_in_a_list(text: str, at: int) -> bool:
    """Whether commas separate entries there: [1,100,200] and O(32,500)."""
    start = max(0, at - FAR)
    return any(text.count(a, start, at) > text.count(b, start, at) for a, b in ("()", "[]"))


def _as_one_number(text: str) -> str:
    return re.sub(r"\D", "", text).ljust(len(text))
