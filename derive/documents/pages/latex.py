r"""Where formulas stand in LaTeX: every environment of mathematics, `$…$`, `$$…$$`, `\(…\)`, `\[…\]`, and directives in
remarks: `% derive: …` on a line of its own.

Remarks, verbatim text and what stands outside of `\begin{document}…\end{document}` hold no formulas. Macros of the
document are put in (see `latex_macros`). Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derive.documents.pages.latex_macros import Expansion
from derive.documents.pages.places import DIRECTIVE, Place
from derive.documents.pages.spans import DISPLAY, INLINE

_MATH = ("equation", "align", "gather", "multline", "eqnarray", "alignat", "flalign", "xalignat", "displaymath", "math",
         "split", "dmath", "IEEEeqnarray", "empheq", "subarray")
_VERBATIM = r"(?:[vV]erbatim|lstlisting|minted|comment|alltt|filecontents|tikzpicture|pycode|python)\*?"
_HIDDEN = re.compile(rf"\\begin\s*\{{(?P<env>{_VERBATIM})\}}|"
                     r"\\(?:verb|lstinline)\*?(?:\[[^\]\n]*\])?(?P<verb>[^\w\s*{])|"
                     r"(?P<false>\\iffalse\b)|\\.|(?P<remark>%[^\n]*)", re.DOTALL)
_DIRECTIVE = re.compile(r"%+[ \t]*derive:")
_SIGN = re.compile(rf"\\begin\s*\{{(?P<env>(?:{'|'.join(_MATH)})\*?)\}}|\\[\[(]|\\.|\$\$?|%[^\n]*", re.DOTALL)
_WITH_ARGUMENTS = ("alignat", "xalignat", "IEEEeqnarray", "empheq")
_INTERTEXT = re.compile(r"\\(?:short)?intertext\s*\{(?:[^{}]|\{[^{}]*\})*\}|%[^\n]*")
_IN_DOLLARS = re.compile(r"\\.|\n[ \t]*\n|[{}$]", re.DOTALL)
_LONGEST = 8_000        # characters between single dollars
_CLOSING = {r"\[": (DISPLAY, r"\]"), r"\(": (INLINE, r"\)"), "$$": (DISPLAY, "$$")}
_HEADING = re.compile(r"(?m)^[ \t]*\\(chapter|section|subsection|subsubsection)\*?\{([^{}\n]*)\}")
_LEVELS = {"chapter": "#", "section": "##", "subsection": "###", "subsubsection": "####"}


def document(content: str) -> tuple[str, Sequence[int], list[Place]]:
    """The text with macros put in, where each of its characters stood, and its places. Lines stay lines. Headings are
    written as in Markdown."""
    expansion = Expansion(without_hidden(content))
    text = _inside_document(expansion.text)
    found = list(_places(text))
    return _HEADING.sub(_heading, text), expansion.origins, found


def without_hidden(text: str) -> str:
    """The text, blank where remarks that are no directives and verbatim text stand."""
    found: list[str] = []
    at = 0
    for start, end in _hidden(text):
        found += [text[at:start], blank(text[start:end])]
        at = end
    return "".join([*found, text[at:]])


def _hidden(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while (mark := _HIDDEN.search(text, at)) is not None:
        at = mark.end()
        closing = rf"\end{{{mark['env']}}}" if mark["env"] else r"\fi" if mark["false"] else mark["verb"]
        if closing:
            limit = len(text) if not mark["verb"] else (text.find("\n", at) + 1 or len(text))
            end = text.find(closing, at, limit)
            at = end + len(closing) if end >= 0 else limit
            yield mark.start(), at
        elif mark["remark"] and not (_DIRECTIVE.match(mark[0]) and _alone(text, mark.start())):
            yield mark.span()


def _alone(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1:at].strip()


def blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _inside_document(text: str) -> str:
    start, end = text.find(r"\begin{document}"), text.rfind(r"\end{document}")
    start = start + len(r"\begin{document}") if start >= 0 else 0
    end = end if end >= start else len(text)
    return blank(text[:start]) + text[start:end] + blank(text[end:])


def _heading(found: re.Match) -> str:
    """A heading of Markdown that is as long."""
    mark = _LEVELS[found[1]]
    return mark + " " * (found.start(2) - found.start() - len(mark)) + found[2] + " "


# -- formulas -----------------------------------------------------------------------------------------------------
def _places(text: str) -> Iterator[Place]:
    at = 0
    patience = 4 * len(text) + 10_000       # for dollars that close nothing because they stand in braces
    never: set[str] = set()
    while (sign := _SIGN.search(text, at)) is not None:
        at, shown = sign.end(), sign[0]
        if shown.startswith("%"):
            found = _DIRECTIVE.match(shown)
            if found:
                yield Place(DIRECTIVE, shown[found.end():], sign.start() + found.end())
        elif shown == "$":
            end = _dollar(text, at, nested=patience > 0)
            patience -= _LONGEST if end < 0 else 0
            if end >= 0 and text[at:end].strip():
                yield Place(INLINE, _formula(text[at:end]), at)
                at = end + 1
        elif sign["env"] or shown in _CLOSING:
            name = sign["env"]
            kind, closing = (INLINE if name == "math" else DISPLAY, rf"\end{{{name}}}") if name else _CLOSING[shown]
            end = -1 if closing in never else _closed(text, at, closing)
            if end < 0:
                never.add(closing)
                continue
            yield Place(kind, _formula(text[at:end], name or ""), at)
            at = end + len(closing)


def _closed(text: str, at: int, closing: str) -> int:
    r"""Where a display is closed; the bracket in `\\]` closes nothing."""
    end = text.find(closing, at)
    while end > at and closing.startswith("\\") and text[end - 1] == "\\":
        back = end
        while back > at and text[back - 1] == "\\":
            back -= 1
        if (end - back) % 2 == 0:
            return end
        end = text.find(closing, end + 1)
    return end


def _dollar(text: str, at: int, nested: bool) -> int:
    r"""Where `$…$` is closed; dollars in braces, as in `\text{if $b$}`, are inside it."""
    depth = 0
    for found in _IN_DOLLARS.finditer(text, at, at + _LONGEST):
        sign = found[0]
        if sign.startswith("\n"):
            return -1
        if nested and sign in ("{", "}"):
            depth += 1 if sign == "{" else -1
        if sign == "$" and depth <= 0:
            return found.start()
    return -1


def _formula(text: str, environment: str = "") -> str:
    """The formula without its environment's arguments, text between its lines and remarks; as long as before."""
    if environment.rstrip("*") in _WITH_ARGUMENTS:
        found = re.match(r"\s*(?:\[[^\]\n]*\]\s*)?\{[^{}\n]*\}", text)
        text = blank(text[:found.end()]) + text[found.end():] if found else text
    return _INTERTEXT.sub(lambda m: blank(m[0]), text)
