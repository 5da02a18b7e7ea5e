"""Leaves the process as it was: what importing a library changes beside itself is put back."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator

import numpy


@contextlib.contextmanager
def same_warnings() -> Iterator[None]:
    """The filters of warnings stay what they are; SymPy adds one, which torch.autograd imports."""
    before = list(warnings.filters)
    try:
        yield
    finally:
        if list(warnings.filters) != before:
            warnings.filters[:] = before        # type: ignore[index]
            with warnings.catch_warnings():     # whose end makes Python look at them
                pass


@contextlib.contextmanager
def same_environment() -> Iterator[None]:
    """Variables of the environment, NumPy's random numbers and the filters of warnings stay what they are; importing
    JAX and torch changes all of them."""
    before, state = dict(os.environ), numpy.random.get_state()
    try:
        with same_warnings():
            yield
    finally:
        for name in [n for n in os.environ if os.environ[n] != before.get(n)]:
            del os.environ[name]
        os.environ.update(before)
        numpy.random.set_state(state)
