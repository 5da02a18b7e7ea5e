"""Functions with their parameters below them: h_θ(x) = θᵀ x. Where nothing else stands below the letter, h_θ(x) is
h(x): the θ of its body is the one of the document."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_LETTER = r"(?:[A-Za-zα-ωΑ-Ω]|\\(?:pi|mu|phi|psi|rho|Phi|Psi)(?![A-Za-z]))"
_BELOW = (r"(?:[θϑφψωβΘWwv]|\\(?:theta|vartheta|phi|varphi|psi|omega|beta|Theta)(?![A-Za-z])|"
          r"\\(?:mathbf|boldsymbol)\{[Ww]\})")
_CALL = re.compile(rf"(?<![A-Za-z\\])(?P<of>{_LETTER})\s*_\s*(?:\{{\s*(?P<braced>{_BELOW})\s*\}}|(?P<below>{_BELOW}))"
                   r"\s*(?P<opening>(?:\\(?:left|bigl?|Bigl?)\s*)?\()")
_NAMES = re.compile(r"[^()=+]*?(?:\\right\s*)?\)\s*&?\s*")       # … and the end of the parentheses
_RELATION = re.compile(r":?=|:=|≔|\\coloneqq")


def parametrised(formulas: Iterable[str]) -> frozenset[str]:
    """The letters that are defined so, and stand in no other way: h of h_θ(x) = θᵀ x."""
    texts = [text for text in formulas if "(" in text]
    found: dict[str, set[str]] = {}
    for text in texts:
        for call in _CALL.finditer(text):
            found.setdefault(call["of"], set()).add(call["braced"] or call["below"])
    defined = {of for text in texts if (of := _defined(text.lstrip(" &\n$")))}
    return frozenset(of for of in defined if len(found[of]) == 1 and not _stands_otherwise(of, formulas))


def without_parameters(text: str, letters: Collection[str]) -> str:
    """The formula with h(x) in place of h_θ(x); as long as it was."""
    def moved(call: re.Match[str]) -> str:
        short = call["of"] + call["opening"]
        return short + " " * (len(call[0]) - len(short)) if call["of"] in letters else call[0]

    return _CALL.sub(moved, text) if letters else text


def _defined(text: str) -> str:
    """The letter that an equation defines: names stand in its parentheses, and the parameter on the right."""
    call, sides = _CALL.match(text), _RELATION.split(text, maxsplit=1)
    if call is None or len(sides) != 2 or (call["braced"] or call["below"]) not in sides[1]:
        return ""
    return call["of"] if _NAMES.fullmatch(sides[0][call.end():]) else ""


def _stands_otherwise(of: str, formulas: Iterable[str]) -> bool:
    alone = re.compile(rf"(?<![A-Za-z\\]){re.escape(of)}(?![A-Za-z])")
    return any(alone.search(_CALL.sub(lambda call: "" if call["of"] == of else call[0], text)) for text in formulas)
