"""`derive sheet`: chooses the entries, and writes the sheet in one format."""

from __future__ import annotations

import os
import shlex
import sys
import time
from importlib import import_module

from cli import terminal
from cli.cache import Cache
from cli.errors import UserError
from cli.sheet import pictures
from cli.sheet.contents import Choice, Sheet, sheet
from cli.sheet.documents import documents, wanted, warn_of_missing_numbers
from cli.sheet.words import LANGUAGES, Words, word

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

# The modules that write each format: `render(sheet)`, or `render(sheet, paper, columns)` where there are pages.
RENDERERS = {"html": "cli.sheet.html", "md": "cli.sheet.markdown", "tex": "cli.sheet.latex", "typ":
             "cli.sheet.typst_source", "pdf": "cli.sheet.pdf", "ipynb": "cli.sheet.notebook"}
MOST_TITLES = 3             # of entries in the title of a sheet; of more the names on the command line stand there
PAGED = ("pdf", "tex", "typ")


def run(arguments: Any) -> int:
    """0: the sheet was written; 1: something on it is refuted that nobody states, or failed.

    Raises:
        UserError: for an unknown name or format, or a file that cannot be written.
    """
    chosen, form = wanted(arguments.names, arguments.all), _format(arguments)
    if arguments.pictures:
        pictures.require()
    found = documents(chosen, Cache.opened(not arguments.no_cache))
    warn_of_missing_numbers(found, arguments.all)
    choice = Choice(arguments.steps or ("all" if form == "html" else "none"), arguments.only_verified,
                    arguments.pictures)
    made = sheet(found, _title(arguments, [head for head, _ in chosen]), arguments.lang, choice, date(),
                 _command(arguments))
    content = content_of(made, form, arguments.paper, arguments.columns)
    _write(content, arguments.output)
    if arguments.json and arguments.output:
        terminal.print_json(_told(made, form, arguments.output, len(content)))
    return 1 if any(row.verdict == "failed" for entry in made.entries for row in entry.rows) else 0


def content_of(made: Sheet, form: str, paper: str = "a4", columns: int = 1) -> bytes:
    """The sheet as the content of a file."""
    renderer = import_module(RENDERERS[form])
    content = renderer.render(made, paper, columns) if form in PAGED else renderer.render(made)
    return content if isinstance(content, bytes) else content.encode()


def _format(arguments: Any) -> str:
    ending = os.path.splitext(arguments.output or "")[1].lower().lstrip(".")
    form = arguments.format or {"markdown": "md", "htm": "html"}.get(ending, ending)
    if form not in RENDERERS:
        raise UserError(f"{arguments.output or 'stdout'} tells no format; write -o FILE.{{{','.join(RENDERERS)}}}, "
                        "or say --format")
    if not arguments.output and (arguments.json or form == "pdf" and sys.stdout.isatty()):
        raise UserError("-o FILE says where to write the sheet")
    return form


def date() -> str:
    """Today in UTC, or the day of SOURCE_DATE_EPOCH, so that a sheet can be made again byte for byte.

    Raises:
        UserError: where that is no number.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch and not (epoch.isascii() and epoch.isdigit() and len(epoch) < 12):
        raise UserError(f"SOURCE_DATE_EPOCH is '{epoch}', which is no number of seconds since 1970")
    return time.strftime("%Y-%m-%d", time.gmtime(int(epoch) if epoch else None))


def _title(arguments: Any, heads: list[Any]) -> Words:
    if arguments.title:
        return dict.fromkeys(LANGUAGES, arguments.title)
    if arguments.all:
        return word("catalogue")
    few = len(heads) <= MOST_TITLES
    name = {k: ", ".join([head.title[k] for head in heads] if few else arguments.names) for k in LANGUAGES}
    return {k: f"{word('sheet')[k]}: {name[k]}" for k in LANGUAGES}


def _command(arguments: Any) -> str:
    """The command that makes this sheet."""
    words = ["derive", "sheet", *(["--all"] if arguments.all else arguments.names)]
    for option in ("output", "format", "steps", "title"):
        value = getattr(arguments, option)
        words += [f"--{option}", os.path.basename(value) if option == "output" else value] if value else []
    words += ["--lang", arguments.lang] if arguments.lang != "en" else []
    words += ["--only-verified"] if arguments.only_verified else []
    words += ["--pictures"] if arguments.pictures else []
    words += ["--paper", arguments.paper] if arguments.paper != "a4" else []
    words += ["--columns", str(arguments.columns)] if arguments.columns != 1 else []
    return " ".join(map(shlex.quote, words))


def _write(content: bytes, path: str | None) -> None:
    if not path:
        sys.stdout.buffer.write(content)
        return
    try:
        with open(path, "wb") as file:
            file.write(content)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error


def _told(made: Sheet, form: str, path: str, size: int) -> dict[str, Any]:
    """`{"version": 1, "file", "format", "bytes", "entries", "formulas", "verdicts": {verdict: rows}, "left_out"}`"""
    rows = [row for entry in made.entries for row in entry.rows]
    verdicts: dict[str, int] = {}
    for row in rows:
        verdicts[row.verdict] = verdicts.get(row.verdict, 0) + 1
    return {"version": 1, "file": path, "format": form, "bytes": size, "entries": len(made.entries),
            "formulas": sum(len(row.formulas) for row in rows), "verdicts": verdicts,
            "stated_wrongly": len(made.stated),
            "left_out": sum(entry.left_out for entry in made.entries)}
