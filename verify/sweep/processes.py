"""An executor whose workers are processes of this machine, each of which may die without taking another down.

`concurrent.futures.ProcessPoolExecutor` gives up all that runs when one process dies. Here every thread of a pool owns
one process and talks to it through a pipe: who died is known, and the next job gets a new process.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from verify.sweep import SweepError, line_of

# Read by OpenMP, MKL and OpenBLAS (torch, NumPy), and by XLA on the CPU, when they are loaded.
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC")
SHARED = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}     # else the first process takes most of a GPU's memory


class WorkerDied(SweepError):
    """The process that ran the job ended before it answered."""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Processes(Executor):
    """At most `count` processes, started when they are needed, with the cores divided among them. They are not forked:
    the threads of torch and JAX do not survive that. What is handed over, and what comes back, is pickled.

    As a context manager, nothing is left of them at its end: after an error or Ctrl-C they are killed.
    """

    def __init__(self, count: int):
        limit = str(max(1, cores() // count))
        self._environment = {**dict.fromkeys(THREADS, limit), **SHARED}
        self._context = multiprocessing.get_context("spawn")
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="sweep", initializer=_without_interrupts)
        self._own = threading.local()
        self._lock = threading.Lock()
        self._alive: dict[Any, Any] = {}        # process -> our end of its pipe
        self._closed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        return self._threads.submit(self._answer, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        if wait:
            self.kill()

    def kill(self) -> None:
        """End every process at once; what they ran fails."""
        with self._lock:
            self._closed = True
            for process in self._alive:
                process.kill()
            for process, pipe in self._alive.items():
                process.join()
                pipe.close()
            self._alive.clear()

    def __exit__(self, kind: Any, *_: object) -> None:
        if kind is not None:
            self.kill()
        self.shutdown(cancel_futures=True)

    # -- in the threads ----------------------------------------------------------------------------------------------
    def _answer(self, fn: Callable[..., Any], args: tuple, kwargs: dict[str, Any]) -> Any:
        request = pickle.dumps((fn, args, kwargs))
        process, pipe = getattr(self._own, "process", None) or self._started()
        try:
            pipe.send_bytes(request)
            answer = pipe.recv_bytes()
        except (EOFError, OSError):
            raise WorkerDied(f"the process that ran it died{self._buried(process)}") from None
        good, value = pickle.loads(answer)
        if good:
            return value
        raise value

    def _started(self) -> tuple[Any, Any]:
        with self._lock:        # starting and joining look at all children
            if self._closed:
                raise SweepError("the sweep was stopped")
            pipe, far = self._context.Pipe()
            process = self._context.Process(target=serve, args=(far, self._environment), daemon=True)
            process.start()
            far.close()
            self._alive[process] = pipe
        self._own.process = process, pipe
        return process, pipe

    def _buried(self, process: Any) -> str:
        """How it died, in brackets."""
        self._own.process = None
        with self._lock:
            pipe = self._alive.pop(process, None)
            if pipe is None:        # killed by us
                return ""
            process.kill()
            process.join()
            pipe.close()
        code = process.exitcode
        return f" ({signal.Signals(-code).name})" if code and code < 0 else f" (exit status {code})"


def _without_interrupts() -> None:
    """Ctrl-C goes to every process of the terminal: a process started by this thread is deaf to it from its first
    moment on, and waits for being killed."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


# -- in the processes ------------------------------------------------------------------------------------------------
def serve(pipe: Any, environment: dict[str, str]) -> None:
    """Answer until the pipe is closed."""
    for name, value in environment.items():
        os.environ.setdefault(name, value)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            request = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        pipe.send_bytes(_answered(request))


def _end_with_parent() -> None:
    """No job outlives who asked for it, whatever became of them."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _answered(request: bytes) -> bytes:
    try:
        fn, args, kwargs = pickle.loads(request)
        return pickle.dumps((True, fn(*args, **kwargs)))
    except BaseException as error:
        return _pickled(error)


def _pickled(error: BaseException) -> bytes:
    """The error, or what it says where it cannot travel."""
    try:
        content = pickle.dumps((False, error))
        pickle.loads(content)
        return content
    except Exception:
        return pickle.dumps((False, SweepError(line_of(error))))
