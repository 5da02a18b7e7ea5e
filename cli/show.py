"""`derive NAME`: the results and the verdict; with `--show`, every step."""

from __future__ import annotations

import gc
import sys

from cli import numbers, terminal
from cli.cache import Cache
from cli.errors import UserError, nearest_line
from cli.lookup import look_up
from cli.page import Options, numeric_blocks, symbolic_blocks
from cli.summary import passed, summary
from derive import catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from collections.abc import Iterator
    from typing import Any


def show(arguments: Any) -> int:
    """Print one entry, or all that belong to a section or a topic. 0: nothing failed; 1: something did."""
    if arguments.batch:
        raise UserError("--batch goes with --emit numpy, torch or jax")
    found = look_up(arguments.name)
    if arguments.only is not None and len(found.heads) > 1:
        raise UserError(f"--only goes with one entry: '{arguments.name}' stands for "
                        f"{', '.join(h.name for h in found.heads)}")
    if arguments.device == "cuda" and not arguments.no_numbers:
        numbers.require_device(arguments.device, arguments.dtype)
    cache = Cache.opened(not arguments.no_cache)
    pages = (_page(head, found.fact, cache, arguments) for head in found.heads)
    if arguments.format == "json":
        return _print_json(pages, len(found.heads), arguments)
    terminal.warn_of_lost_characters()
    renderer, good = renderer_for(arguments.format, arguments.lang), True
    sys.stdout.write(renderer.start())
    for number, (page, options) in enumerate(pages):
        sys.stdout.write("\n" if number else "")
        _print_blocks(page, options, arguments, renderer)
        good &= passed(page.document, options.device, options.dtype)
    sys.stdout.write(renderer.finish())
    return 0 if good else 1


def _page(head: Any, fact: str | None, cache: Cache, arguments: Any) -> tuple[Page, Options]:
    page = Page(head, cache, arguments)
    return page, Options(language=arguments.lang, notation=arguments.notation, show=arguments.show,
                         only=_only(page.document, arguments.only), fact=fact, device=arguments.device,
                         dtype=arguments.dtype, cached=page.cached)


def find_page(name: str) -> Any:
    """The one page that a name stands for.

    Raises:
        UserError: as `look_up`, and for a name that stands for several.
    """
    found = look_up(name)
    if len(found.heads) > 1:
        raise UserError(f"'{name}' stands for several entries; name one of {', '.join(h.name for h in found.heads)}")
    return found.heads[0]


class Page:
    """One entry's document, from the cache or newly made, and the study where numbers need it."""

    def __init__(self, head: Any, cache: Cache, arguments: Any):
        self.head, self.cache, self.arguments = head, cache.of(head), arguments
        found = self.cache.read(head.name)
        self.cached = found is not None
        self._study: Any = None
        self.document: dict[str, Any] = found if found is not None else self._make()

    def _make(self) -> dict[str, Any]:
        """Derive and prove. SymPy's objects live as long as the process: collecting garbage among them, now and at
        exit, would take a fifth of the whole time."""
        gc.disable()
        from cli.studies import document_of

        if self.cache.folder is None:    # draw only what will be printed
            wanted = (self.arguments.notation,), self.arguments.format != "text"
            document, self._study = document_of(self.head, *wanted)
        else:
            document, self._study = document_of(self.head)
        gc.freeze()
        gc.enable()
        return document

    def run_numbers(self, backends: list[str], device: str, dtype: str, progress: Any) -> None:
        """Compare afresh, and keep what came out."""
        if self._study is None:
            from cli.studies import study_of

            self._study = study_of(self.head)
        numbers.run(self.document, self._study, backends, device, dtype, progress)

    def keep(self) -> None:
        self.cache.write(self.head.name, self.document, summary(self.document))


def command_of(head: Any) -> str:
    """The command that makes the numbers."""
    return getattr(head, "command", f"derive verify {head.name}")


def _only(document: dict[str, Any], wanted: str | None) -> str | None:
    """The internal name of the derivative that `--only` asks for: `W_f`, `∂W_f`, `dW_f`, `delta_f`, `δ_f`."""
    if wanted is None:
        return None
    for d in document["derivatives"]:
        if wanted in d["aliases"]:
            return d["name"]
    known = [alias for d in document["derivatives"] if d["shown"] for alias in d["aliases"]]
    by_name = {alias: d["aliases"][0] for d in document["derivatives"] for alias in d["aliases"]}
    close = list(dict.fromkeys(by_name[n] for n in catalogue.nearest(wanted, known, 6)))[:3]
    shown = ", ".join(d["aliases"][0] for d in document["derivatives"] if d["shown"])
    raise UserError(nearest_line(f"{document['called']} has no gradient '{wanted}'", close, f"there are {shown}"))


def _wanted_numbers(page: Page, options: Options, arguments: Any) -> list[str]:
    """The backends to run now. Sets the line that says what is not run."""
    absent = [b for b in numbers.BACKENDS if b not in numbers.available()]
    lacking = numbers.missing(page.document, options.device, options.dtype)
    if arguments.no_numbers and (lacking or absent):
        options.pending = numbers.not_run_line(command_of(page.head), [], options.language)
        return []
    if absent:
        options.pending = numbers.not_run_line(command_of(page.head), absent, options.language)
    return lacking


def _run(page: Page, options: Options, backends: list[str]) -> None:
    from cli.progress import Progress

    with Progress(len(backends)) as progress:
        page.run_numbers(backends, options.device, options.dtype, progress)
    options.fresh.update(backends)


def _print_blocks(page: Page, options: Options, arguments: Any, renderer: Any) -> None:
    """The symbolic part at once; then the numbers, which may take a while."""
    backends = _wanted_numbers(page, options, arguments)
    out = sys.stdout
    try:
        out.write("".join(map(renderer.render, symbolic_blocks(page.document, options))))
        out.flush()
    finally:
        if not page.cached:    # also where the reader has gone: `derive lstm --show | head`
            page.keep()
    if backends:
        _run(page, options, backends)
        page.keep()
    out.write("".join(map(renderer.render, numeric_blocks(page.document, options))))
    out.flush()


def _print_json(pages: Iterator[tuple[Page, Options]], count: int, arguments: Any) -> int:
    """One object, or one with all of them."""
    from cli.render_json import as_json

    made, good = [], True
    for page, options in pages:
        backends = _wanted_numbers(page, options, arguments)
        if backends:
            _run(page, options, backends)
        if backends or not page.cached:
            page.keep()
        made.append(as_json(page.document, options))
        good &= passed(page.document, options.device, options.dtype)
    terminal.print_json(made[0] if count == 1 else {"version": 1, "entries": made})
    return 0 if good else 1


def renderer_for(form: str, language: str) -> Any:
    """What prints blocks in this format."""
    if form == "markdown":
        from cli.render_markdown import MarkdownRenderer

        return MarkdownRenderer(language)
    if form == "latex":
        from cli.render_latex import LatexRenderer

        return LatexRenderer(language)
    from cli.render_text import TextRenderer

    return TextRenderer(terminal.width(sys.stdout), terminal.colour(sys.stdout), language)
