"""A progress bar on stderr, drawn by rich where stderr is a terminal; elsewhere nothing is printed."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any


class Progress:
    """`next(what)` begins a part; `step(done, total)` moves within it. Used as a context manager."""

    def __init__(self, parts: int, wanted: bool = True):
        self.parts, self.done = max(parts, 1), -1
        self._bar: Any = None
        self._task: Any = None
        self._wanted = wanted and sys.stderr.isatty()

    def __enter__(self) -> Progress:
        if self._wanted:
            from rich.console import Console
            from rich.progress import BarColumn, Progress as Bar, TextColumn, TimeElapsedColumn

            self._bar = Bar(TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn(),
                            console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("", total=self.parts)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def next(self, what: str) -> None:
        self.done += 1
        if self._bar is not None:
            self._bar.update(self._task, completed=self.done, description=what)

    def step(self, done: int, total: int) -> None:
        if self._bar is not None and total:
            self._bar.update(self._task, completed=self.done + done / total)


class Silent(Progress):
    """Shows nothing, and can be sent to another process."""

    def __init__(self) -> None:
        super().__init__(1, wanted=False)


SILENT = Silent()
