"""Pictures for entries: one file each, found by walking this folder. Nothing is registered anywhere.

A file has `ENTRIES`, the names of the entries beside which it stands; `TITLE`, `ACROSS` and `UP` in English and
Chinese; `LOGARITHMIC`, whether the upright axis is; and `curves()`, the points of each curve by its label. A label that
is a pair is in English and Chinese.
"""

from __future__ import annotations

import os
import re
from html import unescape
from importlib import import_module

from cli.errors import UserError
from cli.sheet.scripts import in_svg
from cli.sheet.words import Words

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

Curve = list[tuple[float, float]]
HERE = os.path.dirname(os.path.abspath(__file__))
CHINESE = os.path.join(os.path.dirname(HERE), "fonts", "NotoSerifSC-subset.otf")
INK = "#010203"             # stands for the colour of the text around the picture
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999933")    # Okabe & Ito 2008
STYLES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))


def pictures() -> dict[str, Any]:
    """The module of each picture, by its name."""
    names = sorted(name[:-3] for name in os.listdir(HERE) if name.endswith(".py") and name[0] != "_")
    return {name: import_module(f"{__name__}.{name}") for name in names}


def beside(entry: str) -> list[Any]:
    """The pictures of an entry."""
    return [picture for picture in pictures().values() if entry in picture.ENTRIES]


def require() -> None:
    """
    Raises:
        UserError: where matplotlib is not installed.
    """
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise UserError("pictures need matplotlib: pip install 'derive[plot]'") from None


def svg(picture: Any, language: str, ink: str = "currentColor") -> str:
    """A picture as an SVG element. The same picture has the same bytes; its text is text, and has the colour of the
    text around it."""
    from io import StringIO

    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.font_manager import fontManager

    fontManager.addfont(CHINESE)

    style: Any = {"svg.fonttype": "none", "svg.hashsalt": picture.__name__, "text.color": INK, "axes.edgecolor": INK,
             "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK, "font.size": 9, "axes.unicode_minus": True,
             "font.family": ["DejaVu Sans", "Noto Serif CJK SC"]}
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(5.6, 3.3), layout="constrained")
        axes = figure.add_subplot()
        for k, (label, points) in enumerate(picture.curves().items()):
            shown = label if isinstance(label, str) else say_pair(label, language)
            axes.plot(*zip(*points), label=shown, color=COLOURS[k % len(COLOURS)], linestyle=STYLES[k % len(STYLES)],
                      linewidth=1.4, marker="." if len(points) < 40 else None, markersize=3)
        axes.set_yscale("log" if picture.LOGARITHMIC else "linear")
        axes.set(title=_said(picture.TITLE, language), xlabel=_said(picture.ACROSS, language),
                 ylabel=_said(picture.UP, language))
        axes.grid(alpha=0.25)
        axes.legend(framealpha=0, labelcolor=INK, fontsize=8)
        out = StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawn = re.sub(r"\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", out.getvalue())    # of a pixel
    drawn = re.sub("(?<=>)[^<>]+(?=</text>)", lambda text: in_svg(unescape(text[0])), drawn)
    return drawn[drawn.index("<svg"):].replace(INK, ink).strip()


def say_pair(label: tuple[str, str], language: str) -> str:
    return f"{label[0]} / {label[1]}" if language == "both" else label[("en", "zh").index(language)]


def _said(words: Words, language: str) -> str:
    """In one language; pictures of a sheet in both have English words, where there is little room."""
    return words["en" if language == "both" else language]
