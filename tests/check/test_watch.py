"""`--watch` checks again on every change, survives what is wrong with a file, and leaves on Ctrl-C with 130."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.check.samples import RIGHT, WRONG


class Reader:
    def __init__(self, process):
        self.process = process
        os.set_blocking(process.stdout.fileno(), False)
        self.text = ""

    def until(self, *parts: str) -> str:
        """What is printed until all parts stand there, in this order."""
        end = time.monotonic() + 120
        while time.monotonic() < end:
            self.text += self._more()
            at = 0
            for part in parts:
                at = self.text.find(part, at) + 1
                if not at:
                    break
            else:
                found, self.text = self.text, ""
                return found
            assert self.process.poll() is None, self.process.stderr.read()
            time.sleep(0.05)
        raise AssertionError(f"{parts} not in {self.text!r}")

    def _more(self) -> str:
        try:
            return os.read(self.process.stdout.fileno(), 2**16).decode("utf-8", "replace")
        except BlockingIOError:
            return ""


def children(process) -> list[str]:
    with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
        return file.read().split()


def test_watch(start, folder):
    page = folder / "notes.md"
    page.write_text(WRONG, encoding="utf-8")
    process = start("notes.md", "--watch")
    try:
        read = Reader(process)
        read.until("---", "notes.md:9:1: ✗ refuted", "FAILED: 1\n")
        page.write_text(RIGHT, encoding="utf-8")
        assert "refuted" not in read.until("---", "Nothing failed\n")
        page.unlink()
        read.until("---")
        page.write_text(WRONG, encoding="utf-8")
        read.until("---", "FAILED: 1\n")
        left = children(process)
        assert left
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 130 and "Traceback" not in err and "there is no file notes.md" in err
        assert not any(os.path.exists(f"/proc/{child}") for child in left)
    finally:
        process.kill()


def test_a_run_that_is_interrupted(start, folder):
    (folder / "notes.md").write_text("".join(f"$$ a_{k} = (b + {k})^9 $$\n" for k in range(400)), encoding="utf-8")
    process = start("notes.md", "--no-cache")
    try:
        end = time.monotonic() + 60
        while not children(process) and time.monotonic() < end:
            time.sleep(0.02)
        left = children(process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 130 and not out and "Traceback" not in err and left
        while any(os.path.exists(f"/proc/{child}") for child in left):     # one that was just starting ends by itself
            assert time.monotonic() < end
            time.sleep(0.02)
    finally:
        process.kill()


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_watch_is_for_people(check, folder, form):
    (folder / "notes.md").write_text(RIGHT, encoding="utf-8")
    status, out, err = check("notes.md", "--watch", "--format", form)
    assert status == 2 and not out and "--watch goes with" in err
