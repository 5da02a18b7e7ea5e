"""What a call of `verify.check` must fulfil; what does not is told before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from numbers import Integral
from typing import Any

import numpy

from verify.backends.callables import Callables
from verify.checker.declarations import Declared, Example, is_floating, size_names
from verify.checker.libraries import LIBRARIES

DTYPES = ("float64", "float32")
DEVICES = ("cpu", "cuda")


def require(forward: Any, backward: Any, inputs: Any, *, draws: Any, seed: Any, dtype: Any, library: Any, device: Any,
            sizes: Any) -> None:
    """Raises TypeError or ValueError where the arguments of a check make no sense."""
    if not callable(forward) or not callable(backward):
        raise TypeError("forward and backward are functions")
    if not isinstance(inputs, Mapping) or not all(isinstance(n, str) for n in inputs):
        raise TypeError("inputs is a dict from names to arrays, or to verify.array(…)")
    if not inputs:
        raise ValueError("there are no inputs")
    if not isinstance(draws, Integral) or draws < 1:
        raise ValueError(f"draws is at least 1, not {draws!r}")
    if not isinstance(seed, Integral) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"seed is a whole number from 0 on, not {seed!r}")
    if dtype is not None and dtype not in DTYPES:
        raise ValueError(f"dtype is one of {', '.join(DTYPES)}, not {dtype!r}")
    if library is not None and library not in LIBRARIES:
        raise ValueError(f"library is one of {', '.join(LIBRARIES)}, not {library!r}")
    if device not in DEVICES:
        raise ValueError(f"device is one of {', '.join(DEVICES)}, not {device!r}")
    if sizes is not None:
        _require_sizes(sizes, size_names(inputs))


def _require_sizes(sizes: Any, names: list[str]) -> None:
    if isinstance(sizes, (Mapping, str)) or not isinstance(sizes, Sequence) or not len(sizes):
        raise ValueError("sizes is a list of dicts, one or more, such as [{'batch': 3, 'n': 4}]; leave it out for ours")
    for k, chosen in enumerate(sizes):
        if not isinstance(chosen, Mapping):
            raise ValueError(f"sizes[{k}] is a dict from the names of sizes to numbers, not {chosen!r}")
        unknown, missing = [n for n in chosen if n not in names], [n for n in names if n not in chosen]
        if unknown:
            raise ValueError(f"sizes[{k}] names {unknown[0]!r}, which is no size of an input "
                             f"({', '.join(names) or 'none has a name'})")
        if missing:
            raise ValueError(f"sizes[{k}] does not say how large {missing[0]!r} is")
        for name, size in chosen.items():
            if not isinstance(size, Integral) or isinstance(size, bool) or size < 1:
                raise ValueError(f"sizes[{k}][{name!r}] is a whole number from 1 on, not {size!r}")


def declaration(name: str, value: Any, calls: Callables) -> Any:
    """Arrays become examples; the rest is what it is.

    Raises:
        ValueError: for an array of which no real numbers can be read.
    """
    if isinstance(value, (Declared, bool, int, float, str)) or value is None:
        return value
    trouble = calls.unreadable(value)
    if trouble:
        raise ValueError(f"the example {name} is {trouble}")
    try:
        plain = calls.numpy(value) if not isinstance(value, numpy.ndarray) else numpy.asarray(value)
    except TypeError:
        return value
    kind = calls.dtype(value)
    whole = "int" in kind or "bool" in kind
    found = Example(plain.astype(bool if "bool" in kind else "int64") if whole else plain.astype("float64"), kind)
    if found.floating and isnan(found.least):
        raise ValueError(f"the example {name} has NaN in it")
    return found


def wanted(wrt: Sequence[str] | None, inputs: Mapping[str, Any]) -> list[str]:
    """The inputs by which gradients are due.

    Raises:
        TypeError, ValueError: where there is none, or where there is no gradient by one that is named.
    """
    if isinstance(wrt, str):
        raise TypeError("wrt is a list of names")
    numbers = [n for n, d in inputs.items() if isinstance(d, float)]
    advice = "is a number of Python, which is handed on as it is; an array without axes, numpy.array(…) or " \
             "torch.tensor(…), has a gradient"
    names = [n for n, d in inputs.items() if is_floating(d)] if wrt is None else list(wrt)
    for name in names:
        if name not in inputs:
            raise ValueError(f"wrt names {name!r}, which is no input")
        if not is_floating(inputs[name]):
            raise ValueError(f"there is no gradient by {name!r}: it "
                             + (advice if name in numbers else "is no array of floating numbers"))
    if not names:
        raise ValueError("no input is an array of floating numbers: there is nothing to differentiate by"
                         + (f"; {numbers[0]} {advice}" if numbers else ""))
    return names
