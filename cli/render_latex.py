"""Blocks as a LaTeX document for lualatex or xelatex. Everything that is no formula is escaped."""

from __future__ import annotations

from collections.abc import Callable

from cli.spans import escaped, latex_equation
from cli.words import verdict

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

_ESCAPES = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "%": r"\%", "&": r"\&", "#": r"\#",
            "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
            ">": r"\textgreater{}", "|": r"\textbar{}", "[": "{[}", "]": "{]}"}
_MATHS = {"−": "-", "×": r"\times", "·": r"\cdot", "≤": r"\le", "≥": r"\ge", "∂": r"\partial", "Σ": r"\Sigma",
          "ᵀ": r"^{\top}", "⊙": r"\odot", "√": r"\sqrt{\ }", "∞": r"\infty", "≠": r"\ne",
          "→": r"\to", "∈": r"\in", "σ": r"\sigma", "Φ": r"\Phi", "φ": r"\varphi", "δ": r"\delta", "μ": r"\mu",
          "ε": r"\varepsilon", "γ": r"\gamma", "β": r"\beta", "∇": r"\nabla", "‖": r"\Vert ", "½": r"\tfrac12",
          "¼": r"\tfrac14", "α": r"\alpha", "λ": r"\lambda", "η": r"\eta", "θ": r"\theta", "ρ": r"\rho",
          "τ": r"\tau", "κ": r"\kappa", "π": r"\pi", "ω": r"\omega", "Δ": r"\Delta", "∏": r"\prod", "∑": r"\sum",
          "∝": r"\propto", "≈": r"\approx", "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil",
          "⊤": r"\top", "ᵢ": "_i", "ⱼ": "_j", "ₜ": "_t", "₋": "_-", "⁻": "^-",
          "ⁿ": "^n", "∘": r"\circ", "↦": r"\mapsto", "⇒": r"\Rightarrow", "←": r"\leftarrow",
          "ℓ": r"\ell", "χ": r"\chi", "ψ": r"\psi", "ξ": r"\xi", "ζ": r"\zeta", "Λ": r"\Lambda",
          "✓": r"\checkmark", "⊥": r"\perp", "′": "{}'", "″": "{}''", "‴": "{}\u0027\u0027\u0027", "𝟏": r"\mathbf{1}",
          "𝒰": r"\mathcal{U}", "𝒩": r"\mathcal{N}", "⟨": r"\langle", "⟩": r"\rangle", "⁺": "^+", "⅛": r"\tfrac18",
          "ᵗ": "^t", "ˢ": "^s", "ν": r"\nu", "⋯": r"\cdots", "⋆": r"\star", "Π": r"\Pi", "Θ": r"\Theta", "∗": "*",
          "ℝ": r"\mathbb{R}", "\u0302": r"\hat{\ }", "\u0307": r"\dot{\ }", "\u0308": r"\ddot{\ }",
          **{c: f"^{digit}" for digit, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
          **{c: f"_{digit}" for digit, c in enumerate("₀₁₂₃₄₅₆₇₈₉")}}
_PREAMBLE = r"""\documentclass{article}
\usepackage{amsmath,amssymb}
\usepackage{iftex}
\iftutex\usepackage{fontspec}\fi
"""
_CHINESE = "\\usepackage{ctex}\n"


def escape(text: str) -> str:
    """Plain text that LaTeX prints as it is; mathematical signs go into math mode."""
    return "".join(_ESCAPES.get(c) or (f"${_MATHS[c]}$" if c in _MATHS else c) for c in text.replace("\n", " "))


class LatexRenderer:
    """Each block as LaTeX source; `start` and `finish` make it a document."""

    def __init__(self, language: str = "en"):
        self.language = language
        self._draw: dict[str, Callable[..., str]] = {
            "title": lambda text, source: f"\\section*{{{escape(text)}}}\n\\noindent {escape(source)}\n",
            "heading": lambda text: f"\n\\subsection*{{{escape(text)}}}\n",
            "name": lambda spans: f"\n\\subsubsection*{{{self.spans(spans)}}}\n",
            "line": lambda spans: f"\n\\noindent {self.spans(spans)}\n",
            "bullet": lambda spans: f"\n\\noindent\\textbullet\\ {self.spans(spans)}\n",
            "equation": self.equation, "step": self.step, "table": self.table}

    def start(self) -> str:
        return _PREAMBLE + (_CHINESE if self.language == "zh" else "") + "\\begin{document}\n"

    @staticmethod
    def finish() -> str:
        return "\n\\end{document}\n"

    def render(self, block: tuple) -> str:
        kind, *payload = block
        return self._draw[kind](*payload)

    @staticmethod
    def spans(spans: list) -> str:
        return escaped(spans, escape)

    def judged(self, judged: str) -> str:
        return f"\\hfill\\textit{{{escape(verdict(judged, self.language))}}}" if judged else ""

    def equation(self, side: dict[str, Any], ranges: list[str] | None, judged: str) -> str:
        mark = f"\\noindent{self.judged(judged)}\n" if judged else ""
        return f"\\[ {latex_equation(side, ranges)} \\]\n{mark}"

    def step(self, number: int, rule: list, uses: list, judged: str, side: dict[str, Any], chained: bool,
             before: dict[str, Any] | None) -> str:
        words = self.spans([*rule, *(["; ", *uses] if uses else [])])
        shown = latex_equation(side, with_left=not chained)
        return f"\n\\noindent {number}. {words}{self.judged(judged)}\n\\[ {shown} \\]\n"

    @staticmethod
    def table(rows: list[list[str]]) -> str:
        if not rows:
            return ""
        lines = " \\\\\n".join(" & ".join(map(escape, row)) for row in rows)
        return f"\n\\noindent\\begin{{tabular}}{{{'l' * len(rows[0])}}}\n{lines}\n\\end{{tabular}}\n"

