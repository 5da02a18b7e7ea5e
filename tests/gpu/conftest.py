"""A library is asked for by name, with the device it must have; where it has none, the test is skipped and says so."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")     # torch needs some of the memory too


@pytest.fixture
def require_cuda() -> Callable[[str], None]:
    from verify.backends import BackendError, find

    def require(library: str) -> None:
        try:
            find(library, "cuda")
        except BackendError as missing:
            pytest.skip(str(missing))
    return require
