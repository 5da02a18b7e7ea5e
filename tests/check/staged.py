"""A judge whose documents say what goes wrong: one statement a line."""

from __future__ import annotations

import os
import time

from derive.documents.pages.sources import Location
from verify.documents.finding import Finding
from verify.documents.sourced import Sourced, SourceError


def sourced(name: str, content: str) -> Staged:
    return Staged(name, content)


class Staged:
    def __init__(self, name: str, content: str):
        self.name, self.lines = name, content.split("\n")
        self._act(self.lines[0].removeprefix("at once: "), self.lines[0].startswith("at once: "))

    def _act(self, line: str, now: bool = True) -> None:
        if not now:
            return
        if line == "hang":
            time.sleep(1_000)
        elif line == "compute":
            while True:
                pass
        elif line == "eat":
            self.eaten = [bytes(2**20) for _ in range(2**14)]
        elif line == "die":
            os.kill(os.getpid(), 9)
        elif line == "raise":
            raise RecursionError("too deep")
        elif line == "refuse":
            raise SourceError(f"{self.name}:2:3: too many statements")
        elif line == "print":
            print('{"over": 0}', flush=True)

    def statements(self) -> list[Sourced]:
        return [self._made(k, "undecided") for k in range(len(self.lines))]

    def sourced(self, number: int) -> Sourced:
        self._act(self.lines[number])
        return self._made(number, "proved")

    def _made(self, number: int, verdict: str) -> Sourced:
        line = self.lines[number]
        return Sourced(Finding(number + 1, 1, line, "claim", verdict, subject=str(os.getpid())),
                       Location(None, number + 1, 1), line)
