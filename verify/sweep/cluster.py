"""A Dask cluster as an executor. Only here is `distributed` imported, and only when a cluster is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from verify.sweep import SweepError, line_of

WAIT = 10           # seconds for a scheduler to answer, and for a worker to be there


def address_of(url: str) -> str:
    """`dask://HOST:PORT` as Dask writes it: `tcp://HOST:PORT`.

    Raises:
        SweepError: for anything else.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:          # a port that is no number, a bracket that is not closed
        host = port = None
    if host is None or not port or url.lower() != f"dask://{_bracketed(host)}:{port}":
        raise SweepError(f"an executor is written dask://HOST:PORT, not '{url}'")
    return f"tcp://{_bracketed(host)}:{port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@contextmanager
def cluster(url: str, probe: Callable[[], Any], expected: Any) -> Iterator[Executor]:
    """The workers of a running scheduler, each of which must answer `probe()` with what is expected.

    Raises:
        SweepError: where the library, the scheduler or its workers are missing, or a worker answers something else.
    """
    address = address_of(url)
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise SweepError(f"{error.name} is not installed: pip install 'derive[cluster]'") from error
    _quiet()
    try:
        client = Client(address, timeout=WAIT, set_as_default=False)
    except Exception as error:      # whatever the network has in store
        raise SweepError(f"no Dask scheduler answers at {url} within {WAIT} seconds") from error
    try:
        _require_workers(client, url, probe, expected)
        yield client.get_executor(pure=False)       # pure: an earlier answer would do
    finally:
        with suppress(Exception):                   # a scheduler that has gone
            client.close(timeout=WAIT)


def _quiet() -> None:
    """What goes wrong is said once, as a fault: not in tracebacks of the library on stderr too."""
    import logging

    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)


def _require_workers(client: Any, url: str, probe: Callable[[], Any], expected: Any) -> None:
    try:
        client.wait_for_workers(1, timeout=WAIT)
    except Exception as error:
        raise SweepError(f"the Dask scheduler at {url} has no worker") from error
    for worker, answer in client.run(probe, on_error="return").items():
        if isinstance(answer, BaseException):
            raise SweepError(f"the worker {worker} cannot run derive: {line_of(answer)}")
        if answer != expected:
            raise SweepError(f"the worker {worker} has another state of derive's sources: install one and the same on "
                             "both sides, and start the workers again")
