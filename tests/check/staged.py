"""A judge whose documents say what goes wrong: one statement a line."""

from __future__ import annotations

import os
import time

from derive.documents import DocumentError, Problem
from verify.documents.finding import Finding


class OneByOne:
    def __init__(self, text: str):
        self.lines = text.split("\n")
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
            raise DocumentError([Problem(2, 3, "too many statements")])
        elif line == "print":
            print('{"over": 0}', flush=True)

    def unjudged(self) -> list[Finding]:
        return [Finding(k, 1, line, "claim", "undecided") for k, line in enumerate(self.lines, start=1)]

    def finding(self, number: int) -> Finding:
        self._act(self.lines[number])
        return Finding(number + 1, 1, self.lines[number], "claim", "proved", subject=str(os.getpid()))
