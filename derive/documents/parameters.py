"""Functions with their parameters below them, h_θ(x) = θᵀ x, and members with what they are made of behind them,
p_i(τ) = …. Where nothing else stands below the letter, or behind it, that is h(x) and p_i: the θ and the τ on the right
are those of the document. The activation f_l of a layer, which is called with what that layer has, is f."""

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
_LAYERED = re.compile(     # f_l'(z^{(l)})
    r"(?<![A-Za-z\\])(?P<of>[fghφϕσ]|\\(?:sigma|phi|varphi)(?![A-Za-z]))(?P<primes>'*)\s*"
    r"_\s*(?:\{(?P<braced>[^{}]{1,9})\}|(?P<below>[A-Za-z0-9]))(?P<more>'*)\s*(?P<opening>(?:\\left\s*)?\()"
    r"(?=\s*(?:\\(?:mathbf|boldsymbol|bm)\s*\{\w\}|\w)\s*\^\s*\{?\s*[(\[](?P<layer>[^()\[\]]{1,9})[)\]])")
# f_l(·), a mention
_ANYTHING = re.compile(r"(?<!\w)\w{1,9}\s?(?:_\s?(?:\w|\{[^{}]{1,9}\}))?\s?\(\s?(?:\\cdot|·)\s?\)")
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


def of_layers(formulas: Iterable[str]) -> frozenset[str]:
    """The letters of functions f_l that stand with the layer of their argument and in no other way."""
    formulas = [_ANYTHING.sub("", text) for text in formulas]
    every = {layered["of"] for text in formulas for layered in _LAYERED.finditer(text)}
    return frozenset(of for of in every if not any(
        re.search(rf"(?<![A-Za-z\\]){re.escape(of)}'*\s*_", _LAYERED.sub(_called_alone, text)) for text in formulas))


def _called_alone(layered: re.Match[str]) -> str:
    if (layered["braced"] or layered["below"]).strip() != layered["layer"].strip():
        return layered[0]
    short = layered["of"] + layered["primes"] + layered["more"] + layered["opening"]
    return short + " " * (len(layered[0]) - len(short))


def without_parameters(text: str, letters: Collection[str], members: Collection[str], layered: Collection[str]) -> str:
    """The formula with h(x) in place of h_θ(x), p_i in place of p_i(τ), and f(z^{(l)}) in place of f_l(z^{(l)}); as
    long as it was."""
    def moved(call: re.Match[str]) -> str:
        short = call["of"] + call["opening"]
        return short + " " * (len(call[0]) - len(short)) if call["of"] in letters else call[0]

    def alone(member: re.Match[str]) -> str:
        short = member[0][:member.start("call") - member.start()]
        return short.ljust(len(member[0])) if member["of"] in members else member[0]

    text = _LAYERED.sub(lambda m: _called_alone(m) if m["of"] in layered else m[0], text) if layered else text
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
