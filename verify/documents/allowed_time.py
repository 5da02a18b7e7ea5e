"""A limit of time for what runs in the main thread, where the system has timers."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TooLong(BaseException):
    """The time is over. No `except Exception` stops it."""


@contextmanager
def allowed_time(seconds: float) -> Iterator[None]:
    """Raises TooLong in the block after so many seconds. Without a timer, in another thread, or where somebody else
    uses the timer, the block takes the time that it takes."""
    free = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not free or seconds <= 0 or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return

    def over(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
