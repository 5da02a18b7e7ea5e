"""Relations and separators at the top level of a text, outside of all brackets, in Unicode and in LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SIGNS = {
    "=": "=", "≔": ":=", ":=": ":=", r"\coloneqq": ":=", "←": ":=", r"\leftarrow": ":=", r"\gets": ":=",
    "∈": "∈", r"\in": "∈", "~": "~", "∼": "~", r"\sim": "~", "≤": "≤", r"\le": "≤", r"\leq": "≤", r"\leqslant": "≤",
    "<": "<", r"\lt": "<", "≥": "≥", r"\ge": "≥", r"\geq": "≥", r"\geqslant": "≥", ">": ">", r"\gt": ">",
    "≠": "≠", r"\ne": "≠", r"\neq": "≠", "≈": "≈", r"\approx": "≈", "→": "→", r"\to": "→", r"\mapsto": "→",
    "↦": "→", r"\rightarrow": "→", "∝": "∝", r"\propto": "∝",
    ",": ",", "，": ",", ";": ",", "；": ",", r"\\": "row", r"\quad": "gap", r"\qquad": "gap", "\n": "line",
    "..": "…", "…": "…", r"\dots": "…", r"\ldots": "…", r"\cdots": "…", "...": "…", "⋯": "…",
}
RELATIONS = frozenset(["=", ":=", "∈", "~", "≤", "<", "≥", ">", "≠", "≈", "→", "∝"])
_WORDS = (r"and|where|with|for all|for every|for each|for|if|when|so that|so|thus|hence|therefore|"
          r"其中|以及|对所有|对|和|且|当|故|则")
_PIECE = re.compile(
    r"\\begin\s*\{(?P<begin>\w+\*?)\}|\\end\s*\{\w+\*?\}|"
    rf"\\(?:text|textrm|mathrm|mbox|textit)\s*\{{\s*[,;.]?\s*(?P<word>{_WORDS})\b[^{{}}$]*\}}|"
    r"\\(?:text|textrm|mbox|textit)\s*\{(?P<prose>"
    r"[^{}$\n]{0,80}?(?:[\u3400-\u9fff]|[A-Za-z]{2,20}:?(?: \d{1,2}:?)? [A-Za-z]{2,20})[^{}$\n]{0,80})\}"
    r"(?!\s*(?:[=_^()+/}\]&−-]|\\(?:cdot|times|approx|leq?|geq?|in)(?![A-Za-z])))|"
    rf"(?<![\w\\])(?P<member>in(?=\s*(?:ℝ|ℕ|R\s*\^)))|"
    rf"(?<![\w\\])(?P<plain>{_WORDS})(?![\w(_^])|(?P<row>\\\\(?:\[[^\]\n]*\])?)|(?P<command>\\(?:[A-Za-z]+|.))|"
    r"(?P<gap>[ \t]{2,30}(?=[a-zτ](?: ?, ?[a-z]){0,3} ?(?:= ?\d ?(?:,|\.\.|…)|∈ ?\{)))|"       # in front of i = 1, …, n
    r"(?P<sign>:=|\.\.\.?|.)", re.DOTALL)
_OPERATOR = re.compile(r"(?:[=+*/(\[{,−-]|\\(?:cdot|times|leq?|geq?|approx))\s*$")
_BY_GROUP = {"member": "∈", "word": "word", "prose": "word", "plain": "word", "row": "row", "gap": "gap"}
_OPEN, _CLOSE = frozenset("([{⟨"), frozenset(")]}⟩")


@dataclass(frozen=True)
class Mark:
    """A sign at the top level: `text[start:end]`."""

    sign: str
    start: int
    end: int


def marks(text: str) -> Iterator[Mark]:
    """Every relation and separator outside of brackets and cases, from left to right."""
    depth = 0
    for found in _PIECE.finditer(text):
        shown = found[0]
        if shown.startswith((r"\begin", r"\end")) and (found["begin"] or shown.startswith(r"\end")):
            depth = max(0, depth + (1 if found["begin"] else -1))
        elif shown in _OPEN or shown in (r"\{", r"\langle", r"\lbrack"):
            depth += 1
        elif shown in _CLOSE or shown in (r"\}", r"\rangle", r"\rbrack"):
            depth = max(0, depth - 1)
        elif depth == 0:
            sign = _BY_GROUP.get(found.lastgroup or "") or SIGNS.get(shown)
            if found["prose"] and _OPERATOR.search(text, 0, found.start()):
                sign = None         # 1 − \text{keep rate}
            if sign is not None:
                yield Mark(sign, *found.span())


def relations(text: str) -> list[Mark]:
    return [m for m in marks(text) if m.sign in RELATIONS]


_LAYOUT = re.compile(r"\\(?:begin|end)\s*\{(?:aligned|align|split|equation|gathered|gather|alignedat|array|eqnarray|"
                     r"multline)\*?\}(?:\{[^{}\n]*\})?|\\(?:label|tag|eqref|ref)\*?\s*\{[^{}\n]*\}|\\nonumber|\\notag")
_EQUALS = re.compile(r"\\(?:stackrel|overset)\s*\{(?:[^{}]|\{[^{}]*\})*\}\s*\{\s*:?=\s*\}|\\triangleq|\\equiv|≜|≡")
_TEXT = r"\\(?:text|textrm|textit|mbox)\s*"
_REMARK = re.compile(rf"{_TEXT}\{{(?!\s*[,;.]?\s*(?:{_WORDS})\b)(?!\s*\w+\s*\}})[^{{}}\n]*\}}"
                     r"(?=\s*(?:[.,;]|\\\\|\\end|\\q?quad|$))|"
                     rf"&\s*{_TEXT}\{{[^{{}}\n]*\}}(?=\s*(?:\\\\|\\end|$))")
_COMMENT = re.compile(r"(?<![\\\w&])(?:#|//)[^\n]*")


_BIG = re.compile(r"\\[Bb]igg?[lr]?\s{0,3}(\(|(?=[)\[\]]))")      # how large brackets are


def cleaned(text: str, comments: bool = False) -> str:
    """The text without what only sets it: environments, labels, numbers of equations, remarks, marks of a definition;
    every character that stays keeps its place. `comments` drops `# …` and `// …` too."""
    text = _REMARK.sub(_blank, _LAYOUT.sub(_blank, without_a_system(without_braces(text))))
    text = _BIG.sub(_bracket_first, _EQUALS.sub(lambda m: "=" + " " * (len(m[0]) - 1), text))
    return _COMMENT.sub(_blank, text) if comments else text


def _bracket_first(found: re.Match[str]) -> str:
    r"""D\bigl(x) is the call D(x), as D\left(x) is."""
    return found[1] + re.sub(r"[^\n]", " ", found[0][len(found[1]):])


_SYSTEM = re.compile(
    r"(?P<before>(?:\s|\\begin\s*\{equation\*?\})*)(?P<open>\\left\s*\\\{|\\left\s*\\lbrace|\\begin\s*\{d?cases\})"
    r"(?P<rows>.*)(?P<close>\\right\s*\.|\\end\s*\{d?cases\})(?:\s|[.,;]|\\end\s*\{equation\*?\})*", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\begin\s*\{d?cases\}|\\right(?![A-Za-z])")


def is_a_system(text: str) -> bool:
    r"""Whether equations stand behind one brace, as in \begin{cases} x = … \\ y = … \end{cases}: nothing on its left
    makes a function with cases of it."""
    found = _SYSTEM.fullmatch(text)
    return found is not None and not _ENVIRONMENT.search(found["rows"])


def without_a_system(text: str) -> str:
    """A system of equations without the brace in front of it."""
    found = _SYSTEM.fullmatch(text)
    if found is None or not is_a_system(text):
        return text
    for part in ("open", "close"):
        text = text[:found.start(part)] + " " * len(found[part]) + text[found.end(part):]
    return text


_BRACE = re.compile(r"\\(?:under|over)brace\s*(?=\{)")


def without_braces(text: str) -> str:
    r"""What \underbrace{x}_{why} stands under, without the brace and what is written at it."""
    for found in reversed(list(_BRACE.finditer(text))):
        end = _closing(text, found.end())
        label = re.compile(r"\s*[_^]\s*").match(text, end)
        if label and text[label.end():label.end() + 1] == "{":
            last = _closing(text, label.end())
            text = text[:end] + re.sub(r"[^\n]", " ", text[end:last]) + text[last:]
        text = text[:found.start()] + " " * (found.end() - found.start()) + text[found.end():]
    return text


def _closing(text: str, at: int) -> int:
    """Behind the brace that closes the one at `at`; the end where none does."""
    depth = 0
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, at):
        depth += (found[0] == "{") - (found[0] == "}")
        if depth == 0:
            return found.end()
    return len(text)


def _blank(found: re.Match) -> str:
    return re.sub(r"[^\n]", " ", found[0])
