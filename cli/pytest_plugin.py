"""`pytest --derive course/`: each statement of a Markdown page, a notebook or a LaTeX file is a test.

A refuted claim fails, what is undecided or cannot be read is skipped with the reason (`--derive-strict`: fails).
Nothing heavy is imported unless `--derive` is given. A statement is judged where its test runs; all statements of a
document that run in one process share what is known about it. `-k` knows no ∂: `-k dL/dW` finds ∂L/∂W.
"""

from __future__ import annotations

from pathlib import Path

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from verify.documents.sourced import Sourced

KINDS = ("claim", "definition", "update", "derivative", "declaration", "assumption", "condition", "formula")
ENDINGS = (".md", ".markdown", ".ipynb", ".tex")
NAMED_ONLY = (".txt",)          # documents only where they are named on the command line
MOST_BYTES = {".ipynb": 50_000_000}
LONGEST_LABEL = 60


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("derive", "formulas of documents")
    group.addoption("--derive", action="store_true", help="check the formulas of Markdown, notebooks and LaTeX files")
    group.addoption("--derive-strict", action="store_true", help="fail what is undecided or cannot be read")
    group.addoption("--derive-timeout", type=float, default=60, metavar="SECONDS",
                    help="give a statement up after so long (default: 60)")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "derive: a statement of a document, checked by derive")
    for kind in KINDS:
        config.addinivalue_line("markers", f"derive_{kind}: a statement of a document: {kind}")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> DocumentFile | None:
    if not parent.config.getoption("--derive"):
        return None
    ending = file_path.suffix.lower()
    named = ending in NAMED_ONLY and parent.session.isinitpath(file_path)
    return DocumentFile.from_parent(parent, path=file_path) if ending in ENDINGS or named else None


class DocumentFile(pytest.File):
    """One document."""

    def collect(self) -> Iterator[StatementItem]:
        from verify.documents.sourced import SourceError, sourced

        try:
            document = sourced(self.path.name, self._content())
        except SourceError as error:
            raise self.CollectError(f"{self.nodeid}: {_printable(str(error))}") from None
        seen: dict[str, int] = {}
        for number, statement in enumerate(document.statements()):
            name = _label(statement)
            seen[name] = count = seen.get(name, 0) + 1
            item = StatementItem.from_parent(self, name=name if count == 1 else f"{name} ({count})")
            item.document, item.number, item.stood = document, number, statement
            item.extra_keyword_matches.add(name.replace("∂", "d").replace("∇", "grad"))
            item.add_marker("derive")
            item.add_marker(f"derive_{statement.finding.kind}")
            yield item

    def _content(self) -> str:
        most = MOST_BYTES.get(self.path.suffix.lower(), 1_000_000)
        with self.path.open("rb") as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise self.CollectError(f"{self.nodeid}: larger than {most} bytes; split the document")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self.CollectError(f"{self.nodeid}: byte {error.start} is no UTF-8") from None


class StatementItem(pytest.Item):
    """One statement: `notes.md::L12 ∂L/∂W = x δᵀ`"""

    document: Any
    number: int
    stood: Sourced

    def runtest(self) -> None:
        from verify.documents.allowed_time import TooLong, allowed_time

        try:
            with allowed_time(self.config.getoption("--derive-timeout")):
                found = self.document.sourced(self.number)
        except TooLong:
            self._open("undecided", "it takes too long; see --derive-timeout")
            return
        if found.finding.failed:
            raise StatementFailed(found)
        if found.finding.expected is not None:
            return
        if found.finding.verdict in ("undecided", "unsupported"):
            self._open(found.finding.verdict, found.finding.detail, found)
        elif found.finding.verdict == "skipped":
            pytest.skip(_printable(found.finding.detail) or "a directive says so")

    def _open(self, verdict: str, why: str, found: Sourced | None = None) -> None:
        if self.config.getoption("--derive-strict"):
            raise StatementFailed(found or self.stood, f"{verdict}: {why}")
        pytest.skip(f"{verdict}: {_printable(why) or 'no reason is known'}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo, style: Any = None) -> Any:
        if isinstance(excinfo.value, StatementFailed):
            return excinfo.value.shown(str(self.path.relative_to(self.config.rootpath)
                                           if self.path.is_relative_to(self.config.rootpath) else self.path))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.stood.location.line - 1, self.name


class StatementFailed(Exception):
    """A statement that fails, and why."""

    def __init__(self, found: Sourced, why: str = ""):
        super().__init__(why or found.finding.verdict)
        self.found, self.why = found, why

    def shown(self, path: str) -> str:
        from verify.documents.shown import shown

        return "\n".join(map(_printable, shown(self.found, path, self.why)))


def _label(statement: Sourced) -> str:
    """What a test is called: characters that show and that neither a shell nor pytest takes for its own."""
    finding, location = statement.finding, statement.location
    said = _printable(finding.subject or finding.source).replace("::", ":")
    said = " ".join("".join(c for c in said if c not in "\\[]{}$`\"'").split())[:LONGEST_LABEL].strip()
    return f"{f'cell {location.cell} ' if location.cell is not None else ''}L{location.line} {said or finding.kind}"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)
