"""What LaTeX commands stand for. Rows only."""

from __future__ import annotations

from derive.notation.names import GREEK

_VARIANTS = {"varepsilon": "ε", "epsilon": "ε", "varphi": "φ", "phi": "φ", "vartheta": "θ", "varrho": "ρ",
             "varsigma": "σ", "ell": "l"}
_WITHOUT_COMMAND = ("eps", "lam")

# letters
LETTERS = {word: symbol for word, symbol in GREEK.items() if word not in _WITHOUT_COMMAND} | _VARIANTS

# one mark each, as in plain text
MARKS = {
    "odot": "⊙", "circ": "∘", "oslash": "⊘", "cdot": "·", "times": "×", "ast": "*", "le": "≤", "leq": "≤", "lt": "<",
    "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥", "gt": ">", "ne": "≠", "neq": "≠", "top": "ᵀ",
    "intercal": "ᵀ", "partial": "∂", "nabla": "∇", "sum": "Σ", "prod": "∏", "ldots": "…", "dots": "…", "cdots": "…",
    "vdots": "…", "lbrack": "[", "rbrack": "]", "prime": "'", "colon": ":", "div": "/", "langle": "⟨", "rangle": "⟩",
    "infty": "∞", "lceil": "⌈", "rceil": "⌉",
}

# functions that have commands of their own
FUNCTIONS = frozenset(["exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "floor", "det"])

# nothing: spaces, sizes of brackets, styles
IGNORED = frozenset([",", ";", ":", "!", " ", ">", "left", "right", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr",
                     "big", "Big", "bigg", "Bigg", "mleft", "mright", "displaystyle", "textstyle", "limits", "nolimits",
                     "thinspace", "hspace*", "mathstrut", "middle"])
OPENERS = ("left", "bigl", "Bigl", "biggl", "Biggl", "big", "Big", "bigg", "Bigg")      # before a bracket of its own
WIDE = frozenset(["quad", "qquad"])

# commands around a name or a letter that change its looks only
STYLES = frozenset(["mathbf", "boldsymbol", "bm", "mathit", "mathcal", "mathsf", "mathbb", "vec", "symbf", "pmb",
                    "mathscr", "mathfrak", "mathop", "mathbin", "ensuremath"])
WORDS = frozenset(["mathrm", "text", "operatorname", "operatorname*", "textrm", "textbf", "textit", "mathtt", "mbox"])
ACCENTS = {"hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304", "tilde": "\u0303",
           "widetilde": "\u0303", "dot": "\u0307", "sbf": "\u0332", "underline": "\u0332",
           "mathring": "\u030a", "overrightarrow": "\u20d7", "overleftarrow": "\u20d6"}
BARS = {"lVert": "NORM", "rVert": "NORM", "Vert": "NORM", "|": "NORM", "lvert": "ABS", "rvert": "ABS", "vert": "ABS"}
FRACTIONS = frozenset(["frac", "tfrac", "dfrac", "cfrac"])
