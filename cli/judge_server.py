"""The process that judges documents: `cli.judging` starts it, sends jobs and may kill it at any time.

A job is a line of JSON on stdin, `{"text", "start", "seconds", "memory"}`; the answers are lines of JSON:

    {"ready": true}                 once, when everything is imported
    {"rows": [row, …]}              every statement, before any is judged
    {"number": n, "row": row}       one statement, judged; in order, from `start` on
    {"number": n, "why": text}      it could not be judged
    {"number": n, "spent": true}    there was not enough memory for it: this job is over
    {"problem": text}               the document could not be taken apart: this job is over
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
    limit(job["memory"], job["seconds"])
    try:
        document = judge.OneByOne(job["text"])
        rows = [row_of(f) for f in document.unjudged()]
    except MemoryError:
        send({"problem": "it needs too much memory"})
        return
    except Exception as error:
        send({"problem": problem_text(error)})
        return
    send({"rows": rows})
    for number in range(job["start"], len(rows)):
        try:
            answer = {"number": number, "row": row_of(document.finding(number))}
            json.dumps(answer, default=str)
        except MemoryError:
            send({"number": number, "spent": True})
            return
        except Exception as error:
            answer = {"number": number, "why": problem_text(error)}
        send(answer)


def problem_text(error: Exception) -> str:
    """Where the document is wrong; anything else is an error of this program."""
    problems = getattr(error, "problems", None)
    if problems:
        return f"{problems[0].line}:{problems[0].column}: {problems[0].message}"
    return f"internal error: {type(error).__name__}: {error}"


def limit(memory: int, seconds: int) -> None:
    """No more address space, and no more processor time, than that."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


def row_of(finding: Any) -> dict[str, Any]:
    """A finding as it stands in the cache and in `--json`."""
    found = finding.counterexample
    return {"line": finding.line, "column": finding.column, "source": finding.source, "kind": finding.kind,
            "verdict": finding.verdict, "subject": finding.subject,
            "evidence": {"by": finding.by, "detail": finding.detail, "reading": finding.reading,
                         "notes": list(finding.notes), "expected": finding.expected},
            "counterexample": None if found is None else asdict(found),
            "correction": None if finding.correction is None else "; ".join(finding.correction["text"])}
