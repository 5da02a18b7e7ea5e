"""What a page writes behind and below a name although it is always the same: of members p_i(τ), where nothing else
stands behind any of them, the τ is the one of the document; the activation f_l of a layer, which is called with what
that layer has, is f."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_LETTER = r"(?:[A-Za-zα-ωΑ-Ω]|\\(?:pi|mu|phi|psi|rho|Phi|Psi)(?![A-Za-z]))"
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
_CALL = re.compile(rf"(?<![A-Za-z\\_^])(?P<of>[A-Za-z])(?P<call>\s*(?:\\left\s*)?\((?P<names>\s*{_ARGUMENT}"
                   rf"(?:\s*,\s*{_ARGUMENT}){{0,5}}\s*)(?:\\right\s*)?\))")
_LISTED = re.compile(r"(?P<of>\\ell(?![A-Za-z])|ℓ|(?<![A-Za-z\\_^])[fLJ])\s*\(\s*(?P<base>\\?[A-Za-z]{1,8})\s*_\s*"
                     r"\{?\s*1\s*\}?\s*,\s*(?:\\[lc]?dots|…|\.\.\.)\s*,\s*(?P=base)\s*_\s*(?:\{\s*\w\s*\}|\w)\s*\)")
_BARE = re.compile(r"\s*&?\s*(?P<of>[A-Za-z])\s*&?\s*(?::=|=|≔|\\coloneqq)")
_RELATION = re.compile(r":?=|:=|≔|\\coloneqq")


def members_of(formulas: Iterable[str]) -> frozenset[str]:
    """The letters of members that have the same names behind them wherever they stand: p of p_i(τ)."""
    texts = [text for text in formulas if "(" in text]
    found: dict[str, set[str]] = {}
    for text in texts:
        for member in _MEMBER.finditer(text):
            found.setdefault(member["of"], set()).add(re.sub(r"\s", "", member["names"]))
    defined = {of for text in texts if (of := _defined(text.lstrip(" &\n$")))}
    return frozenset(of for of in defined if len(found[of]) == 1 and not _is_called_otherwise(of, texts))


def _defined(text: str) -> str:
    """The letter of the members that an equation defines: the names behind it stand on its right."""
    member = _MEMBER.match(text)
    right = text[member.end():] if member is not None else ""
    names = re.split(r"[\s,;]+", member["names"].strip()) if member is not None else []
    return member["of"] if member and _RELATION.match(right.lstrip(" &")) and all(n in right for n in names) else ""


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


def of_a_list(text: str) -> str:
    """ℓ(y) in place of ℓ(y_1, …, y_m), as long as it was."""
    return _LISTED.sub(lambda m: f"{m['of']}({m['base']})".ljust(len(m[0])), text)


def also_bare(formulas: Iterable[str]) -> frozenset[str]:
    """The letters of functions that are defined with their arguments, f(x, y, z) = (x + y) z, stand alone on the left
    of another equation, f = q z, and are called in no other way."""
    texts = [text for text in formulas if "=" in text or "(" in text]
    bare = {m["of"] for text in texts if (m := _BARE.match(text))}
    defined = {m["of"] for text in texts if bare and (m := _CALL.match(text.lstrip(" &\n$")))
               and _RELATION.match(text.lstrip(" &\n$")[m.end():].lstrip(" &"))}
    return frozenset(of for of in bare & defined if len({
        re.sub(r"\s", "", m["names"]) for text in texts for m in _CALL.finditer(text) if m["of"] == of}) == 1
        and not any(re.search(rf"(?<![A-Za-z\\_^]){of}\s*(?:'|(?:\\left\s*)?\()", _CALL.sub("", text))
                    for text in texts))


def without_parameters(text: str, members: Collection[str], layered: Collection[str],
                       bare: Collection[str] = ()) -> str:
    """The formula with p_i in place of p_i(τ), f(z^{(l)}) in place of f_l(z^{(l)}), and f in place of f(x, y); as long
    as it was."""
    def alone(member: re.Match[str]) -> str:
        short = member[0][:member.start("call") - member.start()]
        return short.ljust(len(member[0])) if member["of"] in members else member[0]

    text = _LAYERED.sub(lambda m: _called_alone(m) if m["of"] in layered else m[0], text) if layered else text
    text = _CALL.sub(lambda m: m["of"].ljust(len(m[0])) if m["of"] in bare else m[0], text) if bare else text
    return _MEMBER.sub(alone, text) if members else text


def _is_called_otherwise(of: str, formulas: Iterable[str]) -> bool:
    """Whether a letter is called with other things, p_i(2 τ), or has a prime; p_i(1 − p_i) is a product."""
    called = re.compile(rf"(?<![A-Za-z\\]){re.escape(of)}\s*(?:_\s*(?:\{{[^{{}}]*\}}|\w))?\s*"
                        r"(?:'|(?:\\left\s*)?\([^()+−-]*\))")
    return any(called.search(_MEMBER.sub("", text)) for text in formulas)
