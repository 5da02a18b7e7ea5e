"""Work that a process can be asked for by name."""

from __future__ import annotations

import os
import signal
import time
from typing import Any


def double(x: int) -> int:
    return 2 * x


class Odd(Exception):
    """An error that cannot be unpickled."""

    def __init__(self, first: str, second: str):
        super().__init__(first)


def misbehave(how: Any) -> Any:
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "exit":
        os._exit(3)
    if how == "raise":
        raise ValueError("two\nlines")
    if how == "odd":
        raise Odd("spoken", "lost")
    if how == "leave":
        raise SystemExit(0)
    if how == "unpicklable":
        return lambda: None
    if how == "threads":
        return os.environ["OMP_NUM_THREADS"], os.environ["NPROC"]
    if isinstance(how, float):
        time.sleep(how)
    return how


def told_and_asleep(path: str) -> None:
    """Says who sleeps."""
    with open(path, "a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(120)
