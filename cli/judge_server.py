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

Where processes can be forked, each job has one of its own with limits of memory and time.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from dataclasses import asdict
from functools import partial
from typing import Any

from cli import code_rows
from cli.code_rows import place_of


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
    for number in range(job["start"], len(rows)):
        try:
            answer = {"number": number, "row": row_of(document.sourced(number))}
            json.dumps(answer, default=str)
        except MemoryError:
            send({"number": number, "spent": True})
            return
        except Exception as error:
            answer = {"number": number, "why": problem_text(error)}
        send(answer)


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
