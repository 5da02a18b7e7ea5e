"""Many small jobs through anything with the interface of `concurrent.futures.Executor`, and what came of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from typing import Any


class SweepError(Exception):
    """An executor that cannot be used; one clear line."""


@dataclass(frozen=True)
class Outcome:
    """What a job returned, or one line that says why it returned nothing."""

    value: Any = None
    fault: str | None = None


def swept(work: Callable[[Any], Any], jobs: Sequence[Any], executor: Executor, *, ahead: int | None = None,
          stops: tuple[type[Exception], ...] = (), finished: Callable[[int, Outcome], Any] = lambda k, outcome: None
          ) -> list[Outcome]:
    """`work(job)` for every job: the outcomes, in the order of the jobs.

    A job that raises, is cancelled, or whose worker dies is an outcome with a fault; the others go on. At most `ahead`
    jobs are handed over at a time. `finished(k, outcome)` is called in this thread, as jobs end.

    Raises:
        what is listed in `stops`, as soon as a job raises it; what has not begun is cancelled then, as it is after
        any other interruption.
    """
    waiting = deque(range(len(jobs)))
    running: dict[Future, int] = {}
    found: dict[int, Outcome] = {}

    def ended(k: int, outcome: Outcome) -> None:
        found[k] = outcome
        finished(k, outcome)

    try:
        while waiting or running:
            while waiting and len(running) < (ahead or len(jobs)):
                k = waiting.popleft()
                try:
                    running[executor.submit(work, jobs[k])] = k
                except Exception as error:      # an executor that takes no more
                    ended(k, Outcome(fault=line_of(error)))
            for future in wait(running, return_when=FIRST_COMPLETED).done if running else ():
                ended(running.pop(future), outcome_of(future, stops))
    except BaseException:
        for future in running:
            future.cancel()
        raise
    return [found[k] for k in range(len(jobs))]


def outcome_of(future: Future, stops: tuple[type[Exception], ...] = ()) -> Outcome:
    if future.cancelled():
        return Outcome(fault="the executor gave it up: is it still there?")
    error = future.exception()
    if isinstance(error, stops):
        raise error
    return Outcome(fault=line_of(error)) if error is not None else Outcome(future.result())


def line_of(error: BaseException) -> str:
    """One line; an error of this package speaks for itself."""
    text = " ".join(str(error).split())
    return text if isinstance(error, SweepError) else f"{type(error).__name__}: {text}" if text else repr(error)


class Here(Executor):
    """Runs each job in this thread, while it is handed over."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        future: Future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except (Exception, SystemExit) as error:
            future.set_exception(error)
        return future


__all__ = ["Here", "Outcome", "SweepError", "line_of", "outcome_of", "swept"]
