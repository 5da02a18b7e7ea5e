"""A job may fail in any way that it likes: it is one outcome with a fault, and the others are as they would be."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor

import pytest

from tests.sweep.work import double, misbehave
from verify.sweep import Here, Outcome, swept

JOBS = [0.2, "a", "raise", 0.1, "odd", "leave", "b"]


def executors() -> list[Executor]:
    return [Here(), ThreadPoolExecutor(3)]


@pytest.mark.parametrize("executor", executors(), ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("ahead", [None, 1, 2])
def test_outcomes_are_in_the_order_of_the_jobs(executor, ahead):
    found = swept(misbehave, JOBS, executor, ahead=ahead)
    assert [o.value for o in found] == [0.2, "a", None, 0.1, None, None, "b"]
    assert [o.fault for o in found if o.fault] == ["ValueError: two lines", "Odd: spoken", "SystemExit: 0"]


def test_no_jobs_are_no_outcomes():
    assert swept(double, [], Here()) == []


def test_every_end_is_told_once():
    told = {}
    swept(misbehave, JOBS, ThreadPoolExecutor(3), finished=lambda k, outcome: told.update({k: outcome}))
    assert sorted(told) == list(range(len(JOBS))) and told[2].value is None and told[1] == Outcome("a")


def test_what_stops_the_sweep_is_raised_at_once():
    ran = []

    def work(job):
        ran.append(job)
        return misbehave(job)

    with pytest.raises(ValueError, match="two"):
        swept(work, ["a", "raise", "b"], Here(), ahead=1, stops=(ValueError,))
    assert ran == ["a", "raise"]


class Odd(Executor):
    """Cancels the first job, takes no third."""

    count = 0

    def submit(self, fn, /, *arguments, **options):
        self.count += 1
        if self.count == 3:
            raise RuntimeError("full")
        future: Future = Future()
        if self.count == 1:
            future.cancel()
            future.set_running_or_notify_cancel()
        else:
            future.set_result(fn(*arguments))
        return future


def test_an_executor_that_gives_up_jobs_fails_those_alone():
    first, second, third, fourth = swept(double, [1, 2, 3, 4], Odd())
    assert "gave it up" in first.fault and third.fault == "RuntimeError: full"
    assert (second, fourth) == (Outcome(4), Outcome(8))


def test_an_interruption_cancels_what_waits():
    futures = []

    class Keeps(Executor):
        def submit(self, fn, /, *arguments, **options):
            futures.append(Future())
            if len(futures) == 3:
                raise KeyboardInterrupt
            return futures[-1]

    with pytest.raises(KeyboardInterrupt):
        swept(double, [1, 2, 3], Keeps())
    assert [f.cancelled() for f in futures] == [True, True, False]
