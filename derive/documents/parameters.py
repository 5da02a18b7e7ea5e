"""Functions with their parameters below them, h_θ(x) = θᵀ x, and members with what they are made of behind them,
p_i(τ) = …. Where nothing else stands below the letter, or behind it, that is h(x) and p_i: the θ and the τ on the right
are those of the document."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_LETTER = r"(?:[A-Za-zα-ωΑ-Ω]|\\(?:pi|mu|phi|psi|rho|Phi|Psi)(?![A-Za-z]))"
_BELOW = (r"(?:[θϑφψωβΘWwv]|\\(?:theta|vartheta|phi|varphi|psi|omega|beta|Theta)(?![A-Za-z])|"
          r"\\(?:mathbf|boldsymbol)\{[Ww]\})")
_CALL = re.compile(rf"(?<![A-Za-z\\])(?P<of>{_LETTER})\s*_\s*(?:\{{\s*(?P<braced>{_BELOW})\s*\}}|(?P<below>{_BELOW}))"
                   r"\s*(?P<opening>(?:\\(?:left|bigl?|Bigl?)\s*)?\()")
_ARGUMENT = r"(?:[A-Za-zα-ωΑ-Ω]|\\(?!left|right)[A-Za-z]+)"
_MEMBER = re.compile(rf"(?<![A-Za-z\\])(?P<of>{_LETTER})\s*_\s*(?:\{{\s*[a-z]+\s*\}}|[a-z])"
                     rf"(?P<call>\s*(?:\\left\s*)?\((?P<names>\s*{_ARGUMENT}(?:\s*[,;]\s*{_ARGUMENT})*\s*)"
                     r"(?:\\right\s*)?\))")
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


def members_of(formulas: Iterable[str]) -> frozenset[str]:
    """The letters of members that have the same names behind them wherever they stand: p of p_i(τ)."""
    texts = [text for text in formulas if "(" in text]
    found: dict[str, set[str]] = {}
    for text in texts:
        for member in _MEMBER.finditer(text):
            found.setdefault(member["of"], set()).add(re.sub(r"\s", "", member["names"]))
    defined = {m["of"] for text in texts if (m := _MEMBER.match(text.lstrip(" &\n$"))) is not None
               and _RELATION.match(text.lstrip(" &\n$")[m.end():].lstrip(" &"))
               and all(name in text.lstrip(" &\n$")[m.end():] for name in re.split(r"[\s,;]+", m["names"].strip()))}
    return frozenset(of for of in defined if len(found[of]) == 1 and not _is_called_otherwise(of, texts))


def without_parameters(text: str, letters: Collection[str], members: Collection[str]) -> str:
    """The formula with h(x) in place of h_θ(x), and p_i in place of p_i(τ); as long as it was."""
    def moved(call: re.Match[str]) -> str:
        short = call["of"] + call["opening"]
        return short + " " * (len(call[0]) - len(short)) if call["of"] in letters else call[0]

    def alone(member: re.Match[str]) -> str:
        short = member[0][:member.start("call") - member.start()]
        return short.ljust(len(member[0])) if member["of"] in members else member[0]

    text = _CALL.sub(moved, text) if letters else text
    return _MEMBER.sub(alone, text) if members else text


def _is_called_otherwise(of: str, formulas: Iterable[str]) -> bool:
    """Whether a letter is called with other things, p_i(2 τ), or has a prime; p_i(1 − p_i) is a product."""
    called = re.compile(rf"(?<![A-Za-z\\]){re.escape(of)}\s*(?:_\s*(?:\{{[^{{}}]*\}}|\w))?\s*"
                        r"(?:'|(?:\\left\s*)?\([^()+−-]*\))")
    return any(called.search(_MEMBER.sub("", text)) for text in formulas)


def _defined(text: str) -> str:
    """The letter that an equation defines: names stand in its parentheses, and the parameter on the right."""
    call, sides = _CALL.match(text), _RELATION.split(text, maxsplit=1)
    if call is None or len(sides) != 2 or (call["braced"] or call["below"]) not in sides[1]:
        return ""
    return call["of"] if _NAMES.fullmatch(sides[0][call.end():]) else ""


def _stands_otherwise(of: str, formulas: Iterable[str]) -> bool:
    alone = re.compile(rf"(?<![A-Za-z\\]){re.escape(of)}(?![A-Za-z])")
    return any(alone.search(_CALL.sub(lambda call: "" if call["of"] == of else call[0], text)) for text in formulas)
