"""Documents judged in another process, which is killed where it takes too long: no document can hang the command.

Imported only where the cache has no answer.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import Any

JUDGE = "verify.documents.one_by_one"
START_SECONDS = 120         # for the imports, on a machine that is busy
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from cli.judge_server import main; main(sys.argv[2])"


class Limits:
    """Seconds for a statement and for a document, and megabytes of address space."""

    def __init__(self, statement: float = 20, document: float = 180, memory: int = 1024):
        self.statement, self.document, self.memory = statement, document, memory


class Unjudged(Exception):
    """Why a document could not be judged at all, in one line."""


class Judging:
    """Judges one document after the other. Used as a context manager: nothing is left running."""

    def __init__(self, limits: Limits | None = None, judge: str | None = None):
        self.limits = limits or Limits()
        self.judge = judge or JUDGE
        self._server: Server | None = None
        self._complete = True

    def __enter__(self) -> Judging:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server = None

    def rows(self, text: str) -> tuple[list[dict[str, Any]], bool]:
        """Every statement as a row, and whether all of them could be judged within the limits.

        Raises:
            Unjudged: where not even the statements are known.
        """
        if self._server is None:
            self._server = Server(self.judge)
        until = time.monotonic() + self.limits.document
        rows: list[dict[str, Any]] = []
        done, self._complete = 0, True
        while True:
            rows, done, why = self._run(text, rows, done, until)
            if done >= len(rows):
                return in_order(rows), self._complete
            self._complete = False
            rows[done] = undecided(rows[done], why)
            done += 1
            if time.monotonic() >= until:
                late = f"the document took longer than {self.limits.document:g} s"
                return in_order(rows[:done] + [undecided(r, late) for r in rows[done:]]), False

    def _run(self, text: str, rows: list[dict[str, Any]], start: int, until: float
             ) -> tuple[list[dict[str, Any]], int, str]:
        """Judge from a statement on: all rows, the first one that is not judged, and why not."""
        if self._server is None:
            self._server = Server(self.judge)
        self._server.send({"text": text, "start": start, "memory": self.limits.memory * 2**20,
                           "seconds": int(self.limits.document) + 5})
        done, why = start, "the judging process stopped"
        known = False               # whether this process has taken the document apart
        while True:
            left = until - time.monotonic()
            answer = self._server.answer(min(left, self.limits.statement) if known else left)
            if answer is None:
                self._stop()
                if not rows:
                    raise Unjudged(f"taking it apart took longer than {self.limits.document:g} s")
                return rows, done, f"took longer than {self.limits.statement:g} s"
            if "over" in answer:
                if answer.get("ended"):
                    self._stop()
                if not rows and answer["over"]:
                    raise Unjudged("the judging process stopped")
                return rows, done, why
            if "problem" in answer:
                raise Unjudged(answer["problem"])
            if "rows" in answer:
                rows, known = rows or answer["rows"], True
            elif "row" in answer:
                rows[answer["number"]], done = answer["row"], answer["number"] + 1
            elif "why" in answer:
                number, self._complete = answer["number"], False
                rows[number], done = undecided(rows[number], answer["why"]), number + 1
            elif "spent" in answer:
                why = f"needs more than {self.limits.memory} MB"


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda r: (r["line"], r["column"]))


def undecided(row: dict[str, Any], why: str) -> dict[str, Any]:
    return {**row, "verdict": "undecided", "evidence": {**row["evidence"], "detail": why}}


class Server:
    """The other process. It sees the same modules as this one, and none of the folder that it is started in."""

    def __init__(self, judge: str):
        quiet = None if os.environ.get("DERIVE_TRACEBACK") else subprocess.DEVNULL
        self._process = subprocess.Popen([sys.executable, "-P", "-c", _START, json.dumps(sys.path), judge],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet,
                                         start_new_session=True)
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            first = self.answer(START_SECONDS)
        except KeyboardInterrupt:
            self.kill()
            raise
        if first is None or "ready" not in first:
            self.kill()
            raise Unjudged((first or {}).get("failed") or "the judging process does not start")

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as answers:
            for line in answers:
                try:
                    answer = json.loads(line)
                except ValueError:      # half a line of a process that was killed
                    continue
                self._answers.put(answer)
        self._answers.put({"over": 1, "ended": True})

    def send(self, job: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(job).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass                        # the end of the answers says so

    def answer(self, seconds: float) -> dict[str, Any] | None:
        """The next answer; None where there is none in time."""
        try:
            return self._answers.get(timeout=max(seconds, 0))
        except queue.Empty:
            return None

    def kill(self) -> None:
        """End it, with the process that judges."""
        try:
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        except ProcessLookupError:
            pass
        self._process.wait()
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()
            except BrokenPipeError:
                pass
