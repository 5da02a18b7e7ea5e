"""Where the jobs of `derive verify` run: in this process, in others (`--jobs`), or on a cluster (`--executor`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from typing import Any

from cli.errors import UserError
from cli.progress import SILENT, Progress
from verify.sweep import Here, Outcome, SweepError, swept


def elsewhere(arguments: Any, count: int = 2) -> bool:
    """Whether so many jobs run outside of this process."""
    return bool(arguments.executor) or (_processes(arguments, count) > 1)


def through(arguments: Any, work: Callable[..., Any], jobs: Sequence[Any], parts: int = 1,
            finished: Callable[[int, Outcome], Any] = lambda k, outcome: None) -> list[Outcome]:
    """`work(job, progress)` for every job, and what came of each, in their order. `work` is a function of a module, and
    moves the bar by `parts` where it runs in this process; elsewhere the bar moves when a job ends.

    Raises:
        UserError: what a job raises, and where the executor cannot be used.
    """
    if not elsewhere(arguments, len(jobs)):
        with Progress(len(jobs) * parts) as progress:
            return swept(partial(work, progress=progress), jobs, Here(), ahead=1, stops=(UserError,), finished=finished)
    try:
        with _opened(arguments, len(jobs)) as (executor, ahead), Progress(len(jobs)) as progress:
            progress.next("")

            def ended(k: int, outcome: Outcome) -> None:
                progress.next(getattr(jobs[k], "name", ""))
                finished(k, outcome)

            return swept(partial(work, progress=SILENT), jobs, executor, ahead=ahead, stops=(UserError,),
                         finished=ended)
    except SweepError as error:
        raise UserError(str(error)) from error


@contextmanager
def _opened(arguments: Any, count: int) -> Iterator[tuple[Executor, int | None]]:
    if arguments.executor:
        from cli.jobs import LOADED, sources
        from verify.sweep.cluster import cluster

        with cluster(arguments.executor, sources, LOADED) as executor:
            yield executor, None
        return
    from verify.sweep.processes import Processes

    number = _processes(arguments, count)
    with Processes(number) as executor:
        yield executor, number


def _processes(arguments: Any, count: int) -> int:
    from verify.sweep.processes import cores

    wanted = arguments.jobs or 1
    return min(cores() if wanted == "auto" else wanted, count)
