"""The Python blocks of a document, run in one child process: one namespace, limits of time and memory, no network.

What the child may do is limited in three ways. The kernel limits its time, memory and files, and where the system
permits it (`unshare`) gives it no network at all. Python refuses sockets, processes and writing outside of its folder;
that stops accidents and simple malice, and is no sandbox: native code that a block loads is not held by it. Documents
that may be hostile belong into a container.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from derive.documents.pages.code import CodeBlock

OK, ERROR, NOT_RUN, UNREADABLE = "ok", "error", "not run", "unreadable"
CHILD = Path(__file__).with_name("code_child.py")
SECONDS, MEMORY = 30.0, 4 << 30
MOST_BLOCKS, MOST_CHARACTERS, MOST_ANSWER = 500, 400_000, 4_000_000
KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TZ")


@dataclass
class Ran:
    """What became of a block: ok, error, not run (an earlier block took all the time, or ended the process),
    unreadable (no Python). `line` is where it failed, in the file or the cell; `unknown` are names that it uses and
    that nothing defines or imports, each with its line. `output` is what it printed, cut."""

    block: CodeBlock
    status: str = NOT_RUN
    message: str = ""
    line: int | None = None
    output: str = ""
    unknown: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class CodeRun:
    """`answers` has, for each call that was asked for, `{"value": …}` or `{"error": …}`; `network` says what kept the
    child from the network; `problem` why the run ended early."""

    blocks: list[Ran]
    answers: list[dict[str, Any]]
    network: str
    problem: str = ""

    @property
    def passed(self) -> bool:
        """Whether every block ran without an error."""
        return all(b.status == OK for b in self.blocks)


def run_blocks(blocks: Sequence[CodeBlock], calls: Sequence[dict[str, Any]] = (), seconds: float = SECONDS,
               memory: int = MEMORY, run: bool = True) -> CodeRun:
    """Runs the blocks one after the other; a block that fails does not stop those after it. With `run` false they are
    only read. `calls` are `{"function": name, "arguments": [nested lists of numbers]}`, made after the last block.
    Never raises for what a document holds."""
    made = CodeRun([Ran(b) for b in blocks], [], "")
    if len(blocks) > MOST_BLOCKS or sum(len(b.text) for b in blocks) > MOST_CHARACTERS:
        made.problem = f"more than {MOST_BLOCKS} blocks or {MOST_CHARACTERS} characters of code"
        return made
    made.network = "a network of its own, without connections" if apart() else "refused by Python only"
    job = {"blocks": [b.text for b in blocks], "calls": list(calls), "memory": memory, "run": run, "seconds": seconds}
    with tempfile.TemporaryDirectory(prefix="derive-code-") as folder:
        rows, made.problem = _talk([*apart(), sys.executable, "-I", "-B", str(CHILD)], json.dumps(job), folder, seconds)
    for row in rows:
        _take(made, row)
    return made


@cache
def apart() -> tuple[str, ...]:
    """The command that runs another one without a network, where the system permits it."""
    command = (shutil.which("unshare") or "", "--user", "--net", "--")
    if not command[0] or sys.platform != "linux":
        return ()
    try:
        tried = subprocess.run([*command, "true"], capture_output=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return command if tried.returncode == 0 else ()


def _talk(command: list[str], job: str, folder: str, seconds: float) -> tuple[list[dict[str, Any]], str]:
    """The child's rows, and why there are no more."""
    environment = {k: os.environ[k] for k in KEPT if k in os.environ}
    environment |= {"HOME": folder, "TMPDIR": folder, "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1",
                    "PYTHONHASHSEED": "0"}
    answer_path = os.path.join(folder, ".answer")
    descriptor = os.open(answer_path, os.O_CREAT | os.O_RDWR, 0o600)
    problem = ""
    try:
        child = subprocess.Popen([*command, str(descriptor)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, cwd=folder, env=environment, pass_fds=(descriptor,),
                                 start_new_session=True, text=True, encoding="utf-8")
        try:
            child.communicate(job, timeout=seconds + 2)
        except subprocess.TimeoutExpired:
            problem = f"the code took longer than {seconds:g} seconds"
        finally:
            _end(child)
        if not problem and child.returncode:
            problem = _ended(child.returncode, seconds)
        os.lseek(descriptor, 0, os.SEEK_SET)
        answer = os.read(descriptor, MOST_ANSWER)
    finally:
        os.close(descriptor)
    return _rows(answer), problem


def _end(child: subprocess.Popen) -> None:
    """Ends the child and all that it started in its session."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        child.kill()
    child.communicate()


def _ended(code: int, seconds: float) -> str:
    if -code in (signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL):
        return f"the code took longer than {seconds:g} seconds, or too much memory"
    return f"the process ended by itself with code {code}"


def _rows(answer: bytes) -> list[dict[str, Any]]:
    """Lines of JSON, as far as they are whole: a block can write into them."""
    rows = []
    for line in answer.decode("utf-8", "replace").splitlines():
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            rows.append(row)
    return rows


def _take(made: CodeRun, row: dict[str, Any]) -> None:
    if "answer" in row and isinstance(row["answer"], dict):
        made.answers.append(row["answer"])
        return
    number = row.get("block")
    if not isinstance(number, int) or not 0 <= number < len(made.blocks):
        return
    ran = made.blocks[number]
    if row.get("status") in (OK, ERROR, NOT_RUN, UNREADABLE):
        ran.status = row["status"]
    ran.message, ran.output = str(row.get("message", ran.message))[:2_000], str(row.get("output", ran.output))[:20_000]
    if isinstance(row.get("line"), int):
        ran.line = row["line"] + ran.block.line - 1
    for pair in row.get("unknown") or ():
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], int):
            ran.unknown.append((pair[0], pair[1] + ran.block.line - 1))
