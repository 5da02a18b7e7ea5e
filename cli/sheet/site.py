"""`derive site`: the catalogue as a static site, a page for each entry in each language.

    index.html                  the entries in both languages, with a search over names, titles and facts
    en/NAME.html zh/NAME.html   one entry: formulas, steps, conventions, mistakes with counterexamples, related entries
    sheet.css sheet.js math.woff2

The folder keeps a list of what was written, so that a later run removes what is no longer there and nothing else.
"""

from __future__ import annotations

import os
from html import escape

from cli import terminal
from cli.cache import Cache
from cli.errors import UserError
from cli.progress import Progress
from cli.sheet import html, html_file, pictures
from cli.sheet.command import date
from cli.sheet.contents import Choice, EntryPart, entry_part
from cli.sheet.documents import documents, wanted, warn_of_missing_numbers
from cli.sheet.words import LANGUAGES, word

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from collections.abc import Iterator
    from typing import Any

WRITTEN = ".derive-site"
NAMES = {"en": "English", "zh": "中文"}


def run(arguments: Any) -> int:
    """0: the site was written; 1: an entry on it failed its checks.

    Raises:
        UserError: for a folder that holds anything else, or cannot be written; where matplotlib is not installed.
    """
    _require_own(arguments.output)
    pictures.require()
    chosen = wanted([], everything=True)
    found = documents(chosen, Cache.opened(not arguments.no_cache))
    warn_of_missing_numbers(found, everything=True)
    topics = {head.name: head.topic for head, _ in chosen}
    files: dict[str, bytes] = {}
    with Progress(2 * len(found)) as progress:
        for name, content in site([document for document, _ in found], topics, date()):
            files[name] = content
            if name.startswith(LANGUAGES):
                progress.next(name)
    _write(arguments.output, files)
    if arguments.json:
        terminal.print_json({"version": 1, "folder": arguments.output, "files": sorted(files),
                             "bytes": sum(map(len, files.values()))})
    return 0


def site(found: list[dict[str, Any]], topics: dict[str, str], day: str) -> Iterator[tuple[str, bytes]]:
    """Each file of the site with its content."""
    parts = [entry_part(document, Choice("all", pictures=True)) for document in found]
    for name in ("sheet.css", "sheet.js"):
        yield name, html_file.asset(name).encode()
    with open(os.path.join(html_file.HERE, html_file.FONT), "rb") as file:
        yield "math.woff2", file.read()
    yield "index.html", _linked(word("catalogue")["en"], "en", _index(parts, day), "").encode()
    for part in parts:
        related = [other for other in parts if topics[other.name] == topics[part.name] and other is not part]
        for language in LANGUAGES:
            body = "\n".join(_entry(part, related, language, day))
            yield f"{language}/{part.name}.html", _linked(part.title[language], language, body, "../").encode()


def _linked(title: str, language: str, body: str, up: str) -> str:
    """A page of the site: style, script and font are files beside it, and nothing else may be loaded."""
    policy = ("default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self'; script-src 'self'; "
              "img-src 'self' data:")
    return (f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(title)}</title>\n"
            f'<style>@font-face {{ font-family: "Sheet Math"; src: url({up}math.woff2) format("woff2"); }}</style>\n'
            f'<link rel="stylesheet" href="{up}sheet.css">\n</head>\n<body>\n{body}\n'
            f'<script src="{up}sheet.js"></script>\n</body>\n</html>\n')


def _index(parts: list[EntryPart], day: str) -> str:
    """Every entry with its facts, in both languages."""
    page = html.Page("both")
    lines = [f'<a class="skip" href="#main">{page.say(word("skip"))}</a><header><h1>{page.say(word("catalogue"))}</h1>',
             f'<p class="soft">derive · {escape(day)} · {len(parts)} {page.say(word("entries"))}</p>',
             page.search(), '</header><main id="main">']
    sections: dict[str, list[EntryPart]] = {}
    for part in parts:
        sections.setdefault(part.section, []).append(part)
    for section, entries in sections.items():
        lines.append(f'<section><h2>{page.section(section)}</h2>')
        lines += [_card(page, part) for part in entries]
        lines.append("</section>")
    return "\n".join([*lines, "</main>"])


def _card(page: html.Page, part: EntryPart) -> str:
    """An entry on the index: links to its pages, and what it says, for the search."""
    links = " · ".join(f'<a href="{language}/{part.name}.html" lang="{language}">{escape(part.title[language])}</a>'
                       for language in LANGUAGES)
    facts = ", ".join(page.prose(row.title) for row in part.rows if row.fact)
    words = escape(" ".join([part.name, *(row.fact for row in part.rows)]))
    return (f'<section class="row" id="{html.anchor(part.name)}" data-words="{words}"><h3>{links}</h3>'
            f'<p class="soft">{facts}</p></section>')


def _entry(part: EntryPart, related: list[EntryPart], language: str, day: str) -> Iterator[str]:
    page = html.Page(language, level=2)
    other = LANGUAGES[1 - LANGUAGES.index(language)]
    yield (f'<a class="skip" href="#main">{page.say(word("skip"))}</a><header><nav class="soft" '
           f'aria-label="{page.say(word("home"))}"><a href="../index.html">{page.say(word("home"))}</a> · '
           f'<a href="../{other}/{part.name}.html" lang="{other}" hreflang="{other}">{NAMES[other]}</a></nav>'
           f"<h1>{page.prose(part.title)}</h1></header>")
    yield '<main id="main">'
    yield f'<p class="source">{page.say(word("source"))}: {escape(part.source)}</p>'
    yield from page.graph(part)
    for row in part.rows:
        yield from page.row(row)
    yield from page.pictures(part)
    if part.mistakes:
        yield f"<h2>{page.say(word('mistakes'))}</h2>"
    for mistake in part.mistakes:
        yield '<section class="row">'
        yield from page.mistake(mistake)
        yield "</section>"
    yield from page.remarks("conventions", [page.prose(words) for words in part.conventions])
    yield from page.remarks("assumptions", [page.prose(words) for words in part.assumptions])
    yield f'</main><footer><p class="soft">derive · {escape(day)}</p>'
    if related:
        links = "".join(f'<li><a href="{r.name}.html">{page.prose(r.title)}</a></li>' for r in related)
        title = page.say(word("related"))
        yield f'<nav aria-label="{title}"><h2>{title}</h2><ul>{links}</ul></nav>'
    yield "</footer>"


# -- files ----------------------------------------------------------------------------------------------------------
def _require_own(folder: str) -> None:
    """Refuses a folder that holds what this command did not write."""
    if os.path.isfile(folder):
        raise UserError(f"{folder} is a file; -o names a folder")
    if os.path.isdir(folder) and os.listdir(folder) and not os.path.exists(os.path.join(folder, WRITTEN)):
        raise UserError(f"{folder} holds other files, and is left as it is; name a new or an empty folder")


def _write(folder: str, files: dict[str, bytes]) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
        for name in _written(folder) - set(files):
            os.unlink(os.path.join(folder, name))
        for name, content in files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
        with open(os.path.join(folder, WRITTEN), "w", encoding="utf-8") as file:
            file.write("".join(f"{name}\n" for name in sorted(files)))
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}: {error.filename}") from error


def _written(folder: str) -> set[str]:
    """What an earlier run wrote and still stands there, by the list that it left; nothing outside the folder."""
    try:
        with open(os.path.join(folder, WRITTEN), encoding="utf-8") as file:
            names = file.read().splitlines()
    except FileNotFoundError:
        return set()
    root = os.path.realpath(folder)
    inside = [n for n in names if os.path.realpath(os.path.join(folder, n)).startswith(root + os.sep)]
    return {n for n in inside if os.path.isfile(os.path.join(folder, n))}
