"""Processes of this machine die, answer nonsense, or are left behind by who asked: nothing of that goes unnoticed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.sweep.work import misbehave
from verify.sweep import swept
from verify.sweep.processes import Processes, cores

PROJECT = Path(__file__).resolve().parents[2]
SLEEPERS = """
import sys
from tests.sweep.work import told_and_asleep
from verify.sweep import swept
from verify.sweep.processes import Processes

try:
    with Processes(2) as executor:
        swept(told_and_asleep, [sys.argv[1]] * 5, executor, ahead=2)
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_a_process_that_dies_takes_its_own_job_along_and_no_other():
    with Processes(2) as executor:
        jobs = ["a", "killed", 0.1, "exit", "raise", "odd", "leave", "unpicklable", "b", "threads"]
        found = swept(misbehave, jobs, executor, ahead=2)
    assert [o.value for o in found if o.fault is None] == ["a", 0.1, "b", (str(max(1, cores() // 2)),) * 2]
    died, left, *faults, unpicklable = [o.fault for o in found if o.fault]
    assert died == "the process that ran it died (SIGKILL)" and left == "the process that ran it died (exit status 3)"
    assert faults == ["ValueError: two lines", "Odd: spoken", "SystemExit: 0"]
    assert "lambda" in unpicklable


def test_a_job_that_cannot_be_sent_fails_alone():
    with Processes(1) as executor:
        bad, good = swept(misbehave, [lambda: None, "a"], executor)
    assert "pickle" in bad.fault.lower() and good.value == "a"


def gone(process: int) -> bool:
    """Whether it has ended; one that nobody has asked for its exit status has."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def until(holds, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="this system has no /proc to look for processes in")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
def test_nothing_outlives_who_asked_for_it(tmp_path, number):
    told = tmp_path / "told"
    told.touch()
    run = subprocess.Popen([sys.executable, "-c", SLEEPERS, str(told)], cwd=PROJECT, start_new_session=True,
                           stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(PROJECT)})
    try:
        assert until(lambda: len(told.read_text().split()) == 2)
        os.killpg(run.pid, number) if number == signal.SIGINT else os.kill(run.pid, number)
        assert run.wait(20) == (130 if number == signal.SIGINT else -signal.SIGKILL)
        assert until(lambda: all(gone(int(p)) for p in told.read_text().split()), 20)
        assert run.stderr.read() == b""
    finally:
        run.kill()
        run.wait()
