r"""Macros of a LaTeX document put in where they stand: `\newcommand{\R}{\mathbb{R}}`, `\def\d#1#2{…}`,
`\DeclareMathOperator`. What is too long, too deep or written in another way stays as it is, and the reader of formulas
names it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_BODY = 600
MOST_ADDED = 200_000        # characters that all macros of a document add
MOST_PUT_IN = 20_000
DEEPEST = 12
_NAME = r"\\(?:[A-Za-z@]+|[^A-Za-z\s])"
_COMMAND = re.compile(r"\\(?:[A-Za-z@]+|.)", re.DOTALL)
_NEW = re.compile(rf"\\(?:re)?(?:new|provide)command\*?\s*(?:\{{\s*({_NAME})\s*\}}|({_NAME}))\s*"
                  r"(?:\[(\d)\]\s*)?(?:\[([^\]\n]{0,80})\]\s*)?(?=\{)")
_DEF = re.compile(rf"\\(?:long\s*)?[gex]?def\s*({_NAME})((?:#\d)*)(?=\{{)")
_OPERATOR = re.compile(rf"\\DeclareMathOperator(\*?)\s*(?:\{{\s*({_NAME})\s*\}}|({_NAME}))\s*(?=\{{)")
_XPARSE = re.compile(rf"\\(?:New|Renew|Provide|Declare)DocumentCommand\s*\{{?\s*({_NAME})\s*\}}?\s*"
                     r"\{((?:\s*m)*)\s*\}\s*(?=\{)")
_KNOWN = re.compile(r"\\(?:(?:re)?(?:new|provide)command|long|[gex]?def\b|Declare|New|Renew|Provide)")
_BLANKS = re.compile(r"\s*")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_NO_ARGUMENTS = frozenset(["", "}", "$", "&", "\\\\", r"\]", r"\)", r"\[", r"\(", r"\begin", r"\end", r"\right"])
_PARAMETER = re.compile(r"#(\d)")


@dataclass(frozen=True)
class Macro:
    """`body` with `#1` … `#count`; the first has a default where one is given."""

    body: str
    count: int = 0
    default: str | None = None


class Groups:
    """Where the groups in braces of a text end."""

    def __init__(self, text: str):
        self.text = text
        self.ends: dict[int, int] | None = None

    def end(self, at: int, longest: int) -> int:
        """Behind the brace that closes the one at `at`; -1 where it is too far."""
        if self.ends is None:
            self.ends = {}
            opened: list[int] = []
            for found in _BRACES.finditer(self.text):
                if found[0] == "{":
                    opened.append(found.start())
                elif found[0] == "}" and opened:
                    self.ends[opened.pop()] = found.end()
        end = self.ends.get(at, -1)
        return end if end - at <= longest else -1


class Expansion:
    """A text with its macros put in. `origins[k]` is where character k stood: of what a macro adds, where the macro
    stands. A macro leaves as many line ends as stood in its arguments."""

    def __init__(self, text: str):
        self.macros: dict[str, Macro] = {}
        self.left, self.uses = MOST_ADDED, MOST_PUT_IN
        self.text, self.origins = self._expanded(text, range(len(text)), 0)

    def _expanded(self, text: str, origins: Sequence[int], depth: int) -> tuple[str, array]:
        found: list[str] = []
        places = array("q")
        groups = Groups(text)
        at = position = 0
        while (command := _COMMAND.search(text, position)) is not None:
            start, position = command.span()
            if depth == 0 and _KNOWN.match(text, start):
                end = self._defined(groups, start)
                found += [text[at:start], re.sub(r"[^\n]", " ", text[start:end])]
                places.extend(origins[at:end])
                at, position = end, max(position, end)
                continue
            macro = self.macros.get(command[0])
            if macro is None or depth >= DEEPEST or self.uses <= 0:
                continue
            made = self._put_in(macro, groups, origins, start, position, depth)
            if made is None:
                continue
            body, stood, position = made
            found += [text[at:start], body]
            places.extend(origins[at:start])
            places.extend(stood)
            at = position
        places.extend(origins[at:])
        return "".join([*found, text[at:]]), places

    def _put_in(self, macro: Macro, groups: Groups, origins: Sequence[int], start: int, at: int,
                depth: int) -> tuple[str, array, int] | None:
        """What stands in the place of a macro, where that stood, and where the text goes on."""
        text = groups.text
        self.uses -= 1
        taken = _arguments(macro, groups, at)
        if taken is None:
            return None
        arguments, end = taken
        pieces: list[str] = []
        places = array("q")
        for k, piece in enumerate(_PARAMETER.split(macro.body)):
            if k % 2 == 0:
                pieces.append(piece)
                places.extend([origins[start]] * len(piece))
            elif int(piece) <= macro.count:
                begin, stop, given = arguments[int(piece) - 1]
                pieces.append(text[begin:stop] if given is None else given)
                places.extend(origins[begin:stop] if given is None else [origins[start]] * len(given))
        made = "".join(pieces)
        self.left -= max(0, len(made) - (end - start))
        if self.left < 0:
            return None
        # a command must not grow together with what follows
        if re.search(r"\\[A-Za-z@]+$", made) and text[end:end + 1].isalpha():
            made += " "
            places.append(origins[start])
        body, stood = self._expanded(made.replace("\n", " "), places, depth + 1)
        lines = text.count("\n", start, end)
        stood.extend([origins[start]] * lines)
        return body + "\n" * lines, stood, end

    def _defined(self, groups: Groups, start: int) -> int:
        """Behind a definition, which is remembered; `start` where none stands."""
        for pattern in (_NEW, _DEF, _OPERATOR, _XPARSE):
            found = pattern.match(groups.text, start)
            if found is None:
                continue
            end = groups.end(found.end(), LONGEST_BODY)
            if end < 0:
                return start
            body = groups.text[found.end() + 1:end - 1].strip()
            name, macro = _macro(pattern, found, body)
            if not (found[0].startswith(r"\provide") and name in self.macros):
                self.macros[name] = macro
            return end
        return start


def _macro(pattern: re.Pattern, found: re.Match, body: str) -> tuple[str, Macro]:
    if pattern is _NEW:
        return found[1] or found[2], Macro(body, int(found[3] or 0), found[4])
    if pattern is _DEF:
        return found[1], Macro(body, found[2].count("#"))
    if pattern is _OPERATOR:
        return found[2] or found[3], Macro(rf"\operatorname{found[1]}{{{body}}}")
    return found[1], Macro(body, found[2].count("m"))


def _arguments(macro: Macro, groups: Groups, at: int) -> tuple[list[tuple[int, int, str | None]], int] | None:
    """The two ends of each argument, or what stands for it; and where they end together. None where one is missing."""
    text = groups.text
    found: list[tuple[int, int, str | None]] = []
    for k in range(macro.count):
        begin = _BLANKS.match(text, at).end()    # type: ignore[union-attr]
        if k == 0 and macro.default is not None:
            end = text.find("]", begin, begin + LONGEST_BODY) if text.startswith("[", begin) else -1
            found.append((begin + 1, end, None) if end >= 0 else (at, at, macro.default))
            at = end + 1 if end >= 0 else at
        elif text.startswith("{", begin):
            end = groups.end(begin, 4 * LONGEST_BODY)
            if end < 0:
                return None
            found.append((begin + 1, end - 1, None))
            at = end
        else:
            command = _COMMAND.match(text, begin)
            at = command.end() if command else begin + 1
            if at > len(text) or text[begin:at] in _NO_ARGUMENTS:
                return None
            found.append((begin, at, None))
    return found, at
