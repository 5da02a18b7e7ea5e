"""A sheet as a Jupyter notebook: cells show the formulas, and cells run the checks again."""

from __future__ import annotations

import json

from cli.render_markdown import escape
from cli.sheet.contents import Sheet
from cli.sheet.markdown import Lines
from cli.sheet.words import say, word

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from collections.abc import Iterator
    from typing import Any


class Cells(Lines):
    """Jupyter knows no fences named `math`: formulas stand between dollars."""

    @staticmethod
    def formula(latex: str) -> str:
        return f"$$\n{latex}\n$$\n"

    @staticmethod
    def inline(forms: list[str]) -> str:
        return f"${forms[1]}$" if forms[1] else escape(forms[0])


def render(sheet: Sheet) -> str:
    cells = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(_cells(sheet))]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
              "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False,
                      indent=1) + "\n"


def _cells(sheet: Sheet) -> Iterator[dict[str, Any]]:
    lines = Cells(sheet.language)
    yield _text([f"# {lines.say(sheet.title)}\n", f"derive · {escape(sheet.date)}\n"])
    yield _code(["from verify.api import entry"])
    for section, entries in sheet.sections.items():
        yield _text([f"## {lines.say(word('section'))} {escape(section)}"])
        for part in entries:
            yield _text(lines.entry(part))
            yield _code([f"# {say(word('rerun'), sheet.language)}", f"proof = entry({part.name!r})",
                         "assert proof.passed", "proof"])
    if sheet.stated:
        yield _text(lines.stated(sheet.stated))
    yield _text(lines.appendix(sheet))


def _text(lines: Iterator[str] | list[str]) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": "\n".join(lines)}


def _code(lines: list[str]) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": "\n".join(lines), "execution_count": None, "outputs": []}
