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
from typing import Any, NamedTuple

JUDGE = "verify.documents.sourced"
START_SECONDS = 120         # for the imports, on a machine that is busy
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from cli.judge_server import main; main(sys.argv[2])"


class Limits:
    """Seconds for a statement and for a document, and megabytes of address space."""

    def __init__(self, statement: float = 20, document: float = 180, memory: int = 1024):
        self.statement, self.document, self.memory = statement, document, memory


class Unjudged(Exception):
    """Why a document could not be judged at all, in one line that names it."""


class Judged(NamedTuple):
    """Every statement as a row; whether all of them could be judged within the limits; what is known of the code."""

    rows: list[dict[str, Any]]
    complete: bool
    code: dict[str, Any] | None


class Judging:
    """Judges one document after the other. Used as a context manager: nothing is left running."""

    def __init__(self, limits: Limits | None = None, judge: str | None = None):
        self.limits = limits or Limits()
        self.judge = judge or JUDGE
        self._server: Server | None = None
        self._complete = True
        self._code: dict[str, Any] | None = None

    def __enter__(self) -> Judging:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server = None

    def rows(self, name: str, content: str) -> Judged:
        """What is found in the document of this name; its code is read, not run.

        Raises:
            Unjudged: where not even the statements are known.
        """
        self._started(name)
        until = time.monotonic() + self.limits.document
        rows: list[dict[str, Any]] = []
        done, self._complete, self._code = 0, True, None
        while True:
            rows, done, why = self._run(name, content, rows, done, until)
            if done >= len(rows):
                return Judged(in_order(rows), self._complete, self._code)
            self._complete = False
            rows[done] = undecided(rows[done], why)
            done += 1
            if time.monotonic() >= until:
                late = f"the document took longer than {self.limits.document:g} s"
                return Judged(in_order(rows[:done] + [undecided(r, late) for r in rows[done:]]), False, self._code)

    def code(self, name: str, content: str) -> dict[str, Any]:
        """What became of the document's code, which is run.

        Raises:
            Unjudged: where that is not known.
        """
        server = self._started(name)
        server.send(self._job(name, content, run=True))
        until = time.monotonic() + self.limits.document
        found: dict[str, Any] = {}
        while True:
            answer = server.answer(until - time.monotonic())
            if answer is None or answer.get("ended"):
                self._stop()
            if answer is None:
                raise Unjudged(f"{name}: its code took longer than {self.limits.document:g} s")
            if "over" in answer:
                if "code" not in found:
                    raise Unjudged(found.get("problem") or f"{name}: the process that runs the code stopped")
                return found["code"]
            found |= answer

    def _started(self, name: str) -> Server:
        if self._server is None:
            try:
                self._server = Server(self.judge)
            except Unjudged as error:
                raise Unjudged(f"{name}: {error}") from error
        return self._server

    def _job(self, name: str, content: str, start: int = 0, run: bool = False) -> dict[str, Any]:
        return {"name": name, "content": content, "start": start, "run": run, "memory": self.limits.memory * 2**20,
                "seconds": int(self.limits.document) + 5}

    def _run(self, name: str, content: str, rows: list[dict[str, Any]], start: int, until: float
             ) -> tuple[list[dict[str, Any]], int, str]:
        """Judge from a statement on: all rows, the first one that is not judged, and why not."""
        server = self._started(name)
        server.send(self._job(name, content, start))
        done, why = start, "the judging process stopped"
        known = False               # whether this process has taken the document apart
        problem = f"{name}: the judging process stopped"
        while True:
            left = until - time.monotonic()
            answer = server.answer(min(left, self.limits.statement) if known else left)
            if answer is None:
                self._stop()
                if not rows:
                    raise Unjudged(f"{name}: taking it apart took longer than {self.limits.document:g} s")
                return rows, done, f"took longer than {self.limits.statement:g} s"
            if "over" in answer:
                if answer.get("ended"):
                    self._stop()
                if not rows and not known:
                    raise Unjudged(problem)
                return rows, done, why
            if "problem" in answer:
                problem = answer["problem"]
            elif "rows" in answer:
                rows, known = rows or answer["rows"], True
            elif "code" in answer:
                self._code = answer["code"]
            elif "row" in answer:
                rows[answer["number"]], done = answer["row"], answer["number"] + 1
            elif "why" in answer:
                number, self._complete = answer["number"], False
                rows[number], done = undecided(rows[number], answer["why"]), number + 1
            elif "spent" in answer:
                why = f"needs more than {self.limits.memory} MB"


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda r: (r.get("cell", 0), r["line"], r["column"]))


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
