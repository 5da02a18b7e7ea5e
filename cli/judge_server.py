"""The process that judges documents: `cli.judging` starts it, sends jobs and may kill it at any time.

A job is a line of JSON on stdin, `{"name", "content", "start", "run", "seconds", "memory"}`; the answers are lines of
JSON:

    {"ready": true}                 once, when everything is imported
    {"rows": [row, …]}              every statement, before any is judged
    {"number": n, "row": row}       one statement, judged; in order, from `start` on
    {"number": n, "why": text}      it could not be judged
    {"number": n, "spent": true}    there was not enough memory for it: this job is over
    {"problem": text}               the document could not be taken apart: this job is over
    {"code": {…}}                   what is known about its code; where the job says `run`, it has been run, and nothing
                                    else is judged
    {"over": status}                nothing more comes; status 0 where all was judged

Where processes can be forked, each job has one of its own with limits of memory and time, and a second one for half of
a long document.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import queue
import sys
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from itertools import accumulate, chain
from typing import Any

from cli import code_rows
from cli.code_rows import place_of

ENOUGH = 20         # statements, of which half are worth another process
CLAIM = 4           # a claim takes as long as so many other statements
COLLECTED = 50_000, 20, 20      # new objects before cycles are looked for, which takes a tenth of the time otherwise


def main(module: str) -> None:
    """Serve until stdin ends. What libraries print does not get among the answers."""
    answers = os.dup(1)
    os.dup2(2, 1)

    def send(answer: dict[str, Any]) -> None:
        data = memoryview(json.dumps(answer, default=str).encode() + b"\n")
        while data:
            data = data[os.write(answers, data):]

    try:
        judge = importlib.import_module(module)
    except Exception as error:
        send({"failed": f"{type(error).__name__}: {error}"})
        return
    gc.freeze()
    gc.set_threshold(*COLLECTED)
    send({"ready": True})
    for line in sys.stdin.buffer:
        status = apart(partial(work, json.loads(line), judge, send))
        os.write(answers, b"\n")    # whoever was killed may have left half a line
        send({"over": status})


def apart(task: Any) -> int:
    """Run a task in a process of its own where there are any; its exit status, negative for a signal."""
    if not hasattr(os, "fork"):
        task()
        return 0
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 1
    try:
        task()
        status = 0
    finally:
        os._exit(status)


def work(job: dict[str, Any], judge: Any, send: Any) -> None:
    """Judge the statements of one document from `start` on."""
    limit(job["memory"], job["seconds"], job["run"])
    name, content = job["name"], job["content"]
    try:
        if job["run"]:
            send({"code": code_rows.after_running(name, content)})
            return
        document = judge.sourced(name, content)
        rows = [row_of(s) for s in document.statements()]
    except MemoryError:
        send({"problem": f"{name}: it needs too much memory"})
        return
    except getattr(judge, "SourceError", ()) as error:      # it names the file, and the place where it is wrong
        send({"problem": str(error)})
        return
    except Exception as error:
        send({"problem": f"{name}: {problem_text(error)}"})
        return
    send({"rows": rows})
    if job["start"] == 0:
        send({"code": _read(name, content)})
    numbers = range(job["start"], len(rows))
    first, rest = numbers, None
    if len(numbers) >= ENOUGH and hasattr(os, "fork") and (os.cpu_count() or 1) > 1:
        first = numbers[:half([rows[n]["kind"] for n in numbers])]
        rest = Beside(partial(_judged, document, numbers[len(first):]))
    for answer in chain(_judged(document, first), rest or ()):
        send(answer)
        if "spent" in answer:
            return
    done = len(first) + (rest.count if rest is not None else 0)
    for answer in _judged(document, numbers[done:]):        # what a process that ended too early has left
        send(answer)


def half(kinds: list[str]) -> int:
    """How many statements take half of the time, about."""
    taken = list(accumulate(CLAIM if kind == "claim" else 1 for kind in kinds))
    return bisect_left(taken, taken[-1] / 2) + 1


def _judged(document: Any, numbers: range) -> Iterator[dict[str, Any]]:
    """The answers on some statements, up to the first for which there is not enough memory."""
    for number in numbers:
        try:
            answer = {"number": number, "row": row_of(document.sourced(number))}
            json.dumps(answer, default=str)
        except MemoryError:
            yield {"number": number, "spent": True}
            return
        except Exception as error:
            answer = {"number": number, "why": problem_text(error)}
        yield answer


class Beside:
    """Answers that another process makes at the same time, in order. It ends with this one's process group; `count`
    says how many answers it has given."""

    def __init__(self, answers: Callable[[], Iterator[dict[str, Any]]]):
        reading, writing = os.pipe()
        self.count = 0
        self._process = os.fork()
        if not self._process:
            status = 1
            try:
                os.close(reading)
                with open(writing, "wb", buffering=0) as pipe:
                    for answer in answers():
                        if "spent" in answer:       # the first process tries again, and tells
                            break
                        pipe.write(json.dumps(answer, default=str).encode() + b"\n")
                status = 0
            finally:
                os._exit(status)
        os.close(writing)
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._listen, args=(reading,), daemon=True).start()

    def _listen(self, reading: int) -> None:
        """Empties the pipe, so that the other process never waits."""
        with open(reading, "rb") as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put(b"")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while (line := self._lines.get()).endswith(b"\n"):
            self.count += 1
            yield json.loads(line)
        os.waitpid(self._process, 0)


def _read(name: str, content: str) -> dict[str, Any] | None:
    """What is known about the code without running it; what goes wrong with that costs no statement its verdict."""
    try:
        return code_rows.after_reading(name, content)
    except Exception as error:
        return code_rows.not_read(problem_text(error))


def problem_text(error: Exception) -> str:
    """An error of this program, not of a document."""
    return f"internal error: {type(error).__name__}: {error}"


def limit(memory: int, seconds: int, may_rise: bool = False) -> None:
    """No more address space, and no more processor time, than that; what this process starts may have its own limits
    where they may rise."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, hard if may_rise else least))


def row_of(stated: Any) -> dict[str, Any]:
    """A statement as it stands in the cache and in `--json`."""
    finding = stated.finding
    found = finding.counterexample
    return {**place_of(stated.location), "source": finding.source, "kind": finding.kind,
            "verdict": finding.verdict, "subject": finding.subject,
            "evidence": {"by": finding.by, "detail": finding.detail, "reading": finding.reading,
                         "notes": list(finding.notes), "expected": finding.expected},
            "counterexample": None if found is None else asdict(found),
            "correction": None if finding.correction is None else "; ".join(finding.correction["text"]),
            "recognised": finding.recognised, "mistake": finding.mistake}
