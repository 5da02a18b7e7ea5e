"""Small ways to damage a formula: a sign, a factor, a term, a name, an index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

NAME = r"(?<![\\A-Za-z_^{∂ℝ])(?!e\^)[A-Za-zα-ωΑ-ΡΤ-Ω][\u0300-\u036f]*[₀-₉]*(?![A-Za-z'′(\u0300-\u036f₀-₉])"
SCRIPT = re.compile(r"_\{[^{}]*\}|_\([^()]*\)|\^\{?\([^()]*\)\}?|\^\{\[[^\[\]]*\][^{}]*\}|_[A-Za-z0-9]+|_[+*]")
NAMED = re.compile(f"{NAME}(?P<indices>(?:{SCRIPT.pattern})*)(?![(_])")
SUM = re.compile(r"[Σ∑Π∏]|\\sum|\\prod")
BRACKETS = re.compile(r"(?P<opens>[{(\[⟨]|\\begin(?=\{)|\\langle)|(?P<closes>[})\]⟩]|\\end(?=\{)|\\rangle)")
RAISED = re.compile(r"(?:[ᵀ⊤²³]|\^(?:\\top|\\mathsf\{T\}|\w|\{[^{}]*\}))?")
FACTOR = re.compile(r"\s*(?:[^\W_]|[(√]|\\(?!right|end|[Bb]igg?r|[\\|]|cdot|odot|times|quad))")
BOUND = re.compile(r"(?:[Σ∑Π∏]|\\sum|\\prod)_\{?([A-Za-z])")
PLACES = (("ᵀ|\\^\\\\top|\\^T", "", "transpose"), (r"\^2|²", "", "square"), (r"(?<=[tl])\s*[-−+]\s*1", "", "index"),
          (r"(?<!sum)(?<![Σ∑])_t(?![a-z])", "_{t-1}", "index"), (r"\\odot|⊙", " ", "product"),
          (r"(?<![0-9,_])1\s*[-−]", "1 + ", "sign"), (r"\\frac\{1\}\{[a-zA-Z0-9]\}|\(?1/[a-z]\)?|½", "", "factor"),
          (r"(?<![\w.^_{}\[])2(?![\w.])", "3", "number"), (r"(?<=_)\{([a-z])([a-z])\}|(?<=_)([ij])([jk])(?![A-Za-z])",
                                                      r"{\2\4\1\3}", "indices"),
          (r"√|\\sqrt(?=\{)", "", "root"), (r"\^\{-1\}|⁻¹", "", "inverse"), (r"\^\{-1/2\}", "^{-1}", "root"),
          (r"(?<=\{)([a-z]\s*=\s*)1(?=\})", r"\g<1>2", "bound"), (r"\\?tanh", "σ", "function"),
          (r"\\log|\\ln|log(?![a-z_])|ln(?![a-z])", "exp", "function"), (r"\\?exp(?![a-z])", "log", "function"))


def depths(text: str) -> list[int]:
    """How many brackets and environments stand open at each character."""
    change = [0] * (len(text) + 1)
    for found in BRACKETS.finditer(text):
        change[found.start() if found["opens"] else found.end()] += 1 if found["opens"] else -1
    return list(accumulate(change))


def split(source: str) -> tuple[str, str]:
    """Left and right of the last sign of equality outside brackets."""
    depth = depths(source)
    at = max((i for i, char in enumerate(source) if char == "=" and depth[i] == 0), default=-1)
    return source[:at], source[at + 1:].strip()


def aligned(source: str) -> str:
    """The formula without the marks of alignment; those of matrices and cases stand in them."""
    return "".join(char for char, depth in zip(source, depths(source)) if char != "&" or depth > 0)


def terms(text: str) -> list[str]:
    """The summands outside all brackets, each with its sign."""
    depth, found, start = depths(text), list[str](), 0
    for i, char in enumerate(text):
        if char in "+−-" and depth[i] == 0 and i > start and text[:i].rstrip()[-1:] not in ("^", "_", "·", "=", "/"):
            found.append(text[start:i])
            start = i
    return [*found, text[start:]]


def replaced(text: str, found: re.Match[str], by: str) -> str:
    return text[:found.start()] + by + text[found.end():]


def left_out(text: str, found: re.Match[str]) -> str:
    """Without a factor and what stands above it; with a 1 where no other one stands behind it."""
    end = RAISED.match(text, found.end())
    assert end is not None
    return text[:found.start()] + ("" if FACTOR.match(text, end.end()) else "1") + text[end.end():]


def ways(right: str, latex: bool) -> Iterator[tuple[str, str]]:
    """(what was done, the right side damaged)."""
    yield "sign", (r"-\left( %s \right)" if latex else "−(%s)") % right
    yield "factor 2", (r"2 \left( %s \right)" if latex else "2 (%s)") % right
    parts = terms(right)
    if len(parts) > 1:
        for i in range(len(parts)):
            rest = "".join(parts[:i] + parts[i + 1:]).strip()
            yield "term", rest.removeprefix("+").strip()
            yield "sign of a term", "".join([*parts[:i], flipped(parts[i], i), *parts[i + 1:]])
    for pattern, by, name in PLACES:
        by = rf"\\{by}" if latex and by in ("exp", "log") else by
        for found in re.finditer(pattern, right):
            yield name, left_out(right, found) if name == "factor" else replaced(right, found, found.expand(by))
    found_names = names_in(right)
    for found in found_names:
        yield from (("name", replaced(right, found, n)) for n in others(found, found_names, bool(SUM.search(right))))
        yield "name left out", left_out(right, found)


def names_in(right: str) -> list[re.Match[str]]:
    """Each name with its indices."""
    scripts, bound = [s.span() for s in SCRIPT.finditer(right)], set(BOUND.findall(right))
    return [n for n in NAMED.finditer(right) if not right[:n.start()].rstrip().endswith(("\\partial", "Σ", "Π"))
            and n.group() not in bound and not any(start < n.start() < end for start, end in scripts)]


def others(name: re.Match[str], found: list[re.Match[str]], summed: bool) -> list[str]:
    """The other names that may stand in its place: under a sum with the same indices, as a letter of another sum would
    stand for nothing."""
    return sorted({n.group() for n in found if not summed or not n["indices"] or n["indices"] == name["indices"]}
                  - {name.group()})


def flipped(term: str, place: int) -> str:
    sign = term.strip()[:1]
    if sign in ("+", "−", "-"):
        return (" - " if sign == "+" else " + " if place else " ") + term.strip()[1:]
    return " - " + term.strip() + " "
