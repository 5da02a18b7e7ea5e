"""`derive check FILE…`: which equations of a document hold, which do not, and why."""

from __future__ import annotations

import sys

from cli import terminal
from cli.cache import Cache
from cli.check_files import ENDINGS, Source, documents, snapshot
from cli.errors import Problems, UserError
from cli.findings import Report, clean, failures

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

FOR_PEOPLE = ("text", "concise")
POLL = 0.3                  # seconds between two looks at the files


def run(arguments: Any) -> int:
    """Print what is found. 0: nothing failed; 1: something did; 2: a document could not be read.

    Raises:
        UserError: where there is nothing to print, or the call is wrong.
    """
    form = _format(arguments)
    _protect(arguments)
    with Checker(not arguments.no_cache, arguments.run_code) as checker:
        if not arguments.watch:
            return _once(checker, form, arguments)
        if form not in FOR_PEOPLE:
            raise UserError("--watch goes with --format text or concise")
        _watch(checker, form, arguments)
    return 0


def _format(arguments: Any) -> str:
    if arguments.json and arguments.format not in (None, "json"):
        raise UserError(f"--json and --format {arguments.format} exclude each other")
    return "json" if arguments.json else arguments.format or "text"


def _protect(arguments: Any) -> None:
    """`--junit notes.md` is a slip that would cost the document."""
    if arguments.junit is not None and arguments.junit.lower().endswith(ENDINGS):
        raise UserError(f"--junit {arguments.junit} would overwrite a document; name an .xml file")


def _once(checker: Checker, form: str, arguments: Any) -> int:
    names, problems, left_out = documents(arguments.files)
    reports = [checker.report(name) for name in names]
    problems += [r.problem for r in reports if r.problem]
    if not any(r.source for r in reports) and form in (*FOR_PEOPLE, "json"):
        raise Problems([f"derive: {clean(p)}" for p in problems])
    if arguments.junit is not None:
        _write_junit(reports, arguments)
    if form in FOR_PEOPLE:
        terminal.warn_of_lost_characters()
    sys.stdout.write(_rendered(reports, form, arguments))
    sys.stdout.flush()
    for line in [*problems, *left_out]:
        print(f"derive: {clean(line)}", file=sys.stderr)
    return 2 if problems else 1 if failures(reports, arguments.strict) else 0


def _rendered(reports: list[Report], form: str, arguments: Any) -> str:
    strict, say, unicode = arguments.strict, arguments.lang, terminal.unicode_output(sys.stdout)
    if form == "json":
        from cli.findings_json import as_json

        return as_json(reports, unicode)
    if form == "sarif":
        from cli.findings_sarif import as_sarif

        return as_sarif(reports, strict, say, unicode)
    if form == "github":
        from cli.findings_github import as_github

        return as_github(reports, strict, say)
    from cli.findings_text import TextReport, concise

    readable = [r for r in reports if not r.problem]
    if form == "concise":
        return concise(readable, strict, say, arguments.verbose)
    return TextReport(strict, say, terminal.width(sys.stdout), terminal.colour(sys.stdout),
                      arguments.verbose).render(readable)


def _write_junit(reports: list[Report], arguments: Any) -> None:
    from cli.findings_junit import as_junit

    try:
        with open(arguments.junit, "w", encoding="utf-8") as file:
            file.write(as_junit(reports, arguments.strict, arguments.lang))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UserError(f"{clean(arguments.junit)} cannot be written: {why}") from error


def _watch(checker: Checker, form: str, arguments: Any) -> None:
    """Check again whenever a document changes, until interrupted."""
    import time

    seen = None
    while True:
        state = snapshot(arguments.files)
        if state != seen:
            seen = state
            print(f"--- {time.strftime('%H:%M:%S')}")
            try:
                _once(checker, form, arguments)
            except UserError as error:      # a file that is just being written is there again soon
                print(error, file=sys.stderr)
            sys.stdout.flush()
        time.sleep(POLL)


class Checker:
    """Reports on documents: from the cache, or judged in another process, which is started when it is needed."""

    def __init__(self, cached: bool, run_code: bool = False):
        self.cache = Cache.opened(cached, entries=True)
        self.run_code = run_code
        self.judging: Any = None

    def __enter__(self) -> Checker:
        return self

    def __exit__(self, *_: object) -> None:
        if self.judging is not None:
            self.judging.__exit__()

    def report(self, path: str) -> Report:
        """What is known about one document; never raises."""
        try:
            source = Source(path)
        except UserError as error:
            return Report(path, [], problem=str(error))
        found = self.cache.read(source.name)
        if found is not None:
            return self._with_code(Report(path, found["rows"], source, code=found["code"]))
        return self._with_code(self._judged(source))

    def _judged(self, source: Source) -> Report:
        from cli.judging import Unjudged

        try:
            rows, complete, code = self._process().rows(source.path, source.text)
        except Unjudged as error:
            return Report(source.path, [], problem=str(error))
        if complete:
            self.cache.write(source.name, {"name": source.name, "rows": rows, "code": code}, {})
        return Report(source.path, rows, source, code=code)

    def _with_code(self, report: Report) -> Report:
        """The same after the document's code was run, where that is asked for: what it does is never kept."""
        if not self.run_code or report.source is None:
            return report
        from cli.code_rows import not_run
        from cli.judging import Unjudged

        try:
            report.code = self._process().code(report.path, report.source.text)
        except Unjudged as error:
            report.code = not_run(str(error))
        return report

    def _process(self) -> Any:
        if self.judging is None:
            from cli.judging import Judging

            self.judging = Judging()
        return self.judging
