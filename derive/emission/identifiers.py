"""Names of the calculus as identifiers of Python: ∂W_f is dW_f, δ is delta; no two names share one."""

from __future__ import annotations

import keyword
import re
import unicodedata

from derive.notation.names import ACCENTS, GREEK

_WORDS = {symbol: word for word, symbol in GREEK.items() if word not in ("eps", "lam")}
_WORDS |= {"∂": "d", "∇": "grad_", "ℓ": "ell", "'": "_prime", "′": "_prime", "/": "_by_", "²": "_2",
           "ϕ": "phi", "ϵ": "epsilon",
           **{mark: f"_{word}" for word, (mark, _) in ACCENTS.items()}}


class Identifiers:
    """Hands out identifiers: the same for the same key, another for every other key."""

    def __init__(self, taken: frozenset[str] = frozenset()):
        self._given: dict[object, str] = {}
        self._taken = set(taken)

    def of(self, key: object, like: str) -> str:
        if key not in self._given:
            wanted = plain(like)
            while wanted in self._taken:
                wanted += "_"
            self._taken.add(wanted)
            self._given[key] = wanted
        return self._given[key]


def plain(name: str) -> str:
    """The nearest identifier in ASCII."""
    text = "".join(_WORDS.get(c, c) for c in unicodedata.normalize("NFD", name))
    text = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_") or "value"
    text = f"_{text}" if text[0].isdigit() else text
    return text + "_" if keyword.iskeyword(text) else text
