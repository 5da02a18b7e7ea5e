"""A sheet as PDF, by Typst: no TeX, no fonts of the system, and the same bytes for the same sheet."""

from __future__ import annotations

import os

from cli.errors import UserError
from cli.sheet import typst_source
from cli.sheet.html_file import HERE

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from cli.sheet.contents import Sheet


def render(sheet: Sheet, paper: str = "a4", columns: int = 1) -> bytes:
    """
    Raises:
        UserError: where typst is not installed.
    """
    return compiled(typst_source.render(sheet, paper, columns))


def compiled(source: str) -> bytes:
    """Typst source as PDF. Only the fonts of this folder and those within Typst are used.

    Raises:
        UserError: where typst is not installed.
    """
    try:
        import typst
    except ImportError:
        raise UserError("PDF needs typst: pip install 'derive[pdf]'; or write .html, .md, .tex or .typ") from None
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[os.path.join(HERE, "fonts")])
    return typst.compile(source.encode(), format="pdf", font_paths=fonts)
