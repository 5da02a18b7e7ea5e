"""From internal names to displayed ones: `delta_f` is δ_f and \\delta_{f}, `x_hat` is x̂ and \\hat{x}."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eps": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "lam": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}
_COMMANDS = {symbol: "\\" + word for word, symbol in GREEK.items() if word not in ("eps", "lam")}
_COMMANDS |= {"ε": r"\varepsilon", "φ": r"\varphi", "ϕ": r"\phi", "ϵ": r"\epsilon", "∂": r"\partial", "ℓ": r"\ell",
              "∇": r"\nabla", "∞": r"\infty"}

ACCENTS = {"hat": ("\u0302", r"\hat"), "bar": ("\u0304", r"\bar"), "tilde": ("\u0303", r"\tilde"),
           "dot": ("\u0307", r"\dot"), "rightarrow": ("\u20d7", r"\overrightarrow"),
           "leftarrow": ("\u20d6", r"\overleftarrow")}
_MARKS = dict(ACCENTS.values())

_FUNCTIONS = {"sigmoid": "σ", "normal_cdf": "Φ", "normal_pdf": "φ", "relu": "ReLU"}
MOMENTS = {"expectation": ("E", r"\mathbb{E}"), "variance": ("Var", r"\operatorname{Var}"),
           "covariance": ("Cov", r"\operatorname{Cov}")}
_OPERATORS = frozenset(["exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "arg", "det"])

_ESCAPES = {"\\": r"\backslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "%": r"\%", "&": r"\&", "#": r"\#",
            "_": r"\_", "^": r"\hat{}", "~": r"\sim{}", "<": r"\lt{}", ">": r"\gt{}", "|": r"\vert{}", " ": r"\ ",
            "'": r"{}'"}
_SAFE = re.compile(r"[A-Za-z0-9/]")


def _split(name: str) -> tuple[str, list[str], list[str], str]:
    """Base, accents, subscripts, primes."""
    core = name.rstrip("'′")
    base, *rest = core.split("_") if "_" in core.strip("_") else [core]
    accents = [part for part in rest if part in ACCENTS]
    return base, accents, [part for part in rest if part not in ACCENTS], "'" * (len(name) - len(core))


class Parts(NamedTuple):
    """What a displayed name is made of: `W1_hat_f'` has the base W, an accent, the subscripts 1 and f, and a prime."""

    base: str
    accents: tuple[str, ...]
    subscripts: tuple[str, ...]
    primes: str


@cache
def parts(name: str) -> Parts:
    """The name taken apart, greek words as letters. Digits behind a base and marks over it count as what they are."""
    base, accents, subscripts, primes = _split(name)
    found = re.fullmatch(r"([A-Za-z]+)(\d+)", base)
    digits = [] if found is None else [found[2]]
    base = base if found is None else found[1]
    marks = {mark: accent for accent, (mark, _) in ACCENTS.items()}
    while len(base) > 1 and base[-1] in marks:
        accents = [marks[base[-1]], *accents]
        base = base[:-1]
    return Parts(GREEK.get(base, base), tuple(accents), tuple(GREEK.get(s, s) for s in digits + subscripts), primes)


@cache
def unicode_name(name: str) -> str:
    """The name as plain text: greek words become letters, accents become combining marks."""
    base, accents, subscripts, primes = _split(name)
    shown = GREEK.get(base, base) + "".join(ACCENTS[a][0] for a in accents)
    if subscripts:
        shown += "_" + ",".join(GREEK.get(s, s) for s in subscripts)
    return shown + primes


@cache
def latex_name(name: str) -> str:
    """The name as LaTeX. Every character that is not known to be safe is escaped."""
    base, accents, subscripts, primes = _split(name)
    shown, digits = _latex_base(base)
    for accent in accents:
        shown = f"{ACCENTS[accent][1]}{{{shown}}}"
    subscripts = digits + subscripts
    if subscripts:
        shown += "_{" + ",".join(_latex_word(s) for s in subscripts) + "}"
    return shown + primes


def unicode_function(name: str) -> str:
    """The name of an elementwise function as plain text."""
    core = name.rstrip("'")
    return _FUNCTIONS.get(core, unicode_name(core)) + name[len(core):]


def function_word(name: str) -> str:
    """The displayed name of an elementwise function, without its primes: `σ`, `tanh`, `ReLU`."""
    core = name.rstrip("'")
    return _FUNCTIONS.get(core, GREEK.get(core, core))


def latex_function(name: str) -> str:
    """The name of an elementwise function as LaTeX."""
    core = name.rstrip("'")
    shown = _FUNCTIONS.get(core, core)
    if shown in _OPERATORS:
        return f"\\{shown}" + name[len(core):]
    if len(shown) > 1 and shown.isascii() and shown.isalpha() and shown not in GREEK:
        return rf"\operatorname{{{shown}}}" + name[len(core):]
    return latex_name(shown) + name[len(core):]


def is_scripted(name: str) -> bool:
    """Whether the displayed name ends in a mark above the line, where another one would be misread."""
    return name.endswith(("'", "′"))


def _latex_base(base: str) -> tuple[str, list[str]]:
    """A base and the digits at its end: W1 is set as W with subscript 1."""
    found = re.fullmatch(r"([A-Za-z]+)(\d+)", base)
    if found:
        return _latex_word(found[1]), [found[2]]
    return _latex_word(base), []


def _latex_word(word: str) -> str:
    symbol = GREEK.get(word, word)
    if len(symbol) > 1 and symbol.isascii() and symbol.isalpha():
        return rf"\mathrm{{{symbol}}}"
    return _escape(symbol)


def _escape(text: str) -> str:
    shown: list[str] = []
    for character in text:
        if character in _MARKS and shown:
            shown.append(f"{_MARKS[character]}{{{shown.pop()}}}")
        elif character in _COMMANDS:
            shown.append(_COMMANDS[character])
        elif _SAFE.fullmatch(character):
            shown.append(character)
        else:
            shown.append(_ESCAPES.get(character) or _escape_other(character))
    return _join_commands(shown)


def _escape_other(character: str) -> str:
    return rf"\text{{{character}}}" if character.isprintable() else r"\text{?}"


def _join_commands(parts: list[str]) -> str:
    """Concatenate; a command must not run into the letter after it."""
    text = ""
    for part in parts:
        if part[0].isalpha() and re.search(r"\\[A-Za-z]+$", text):
            text += " "
        text += part
    return text
