"""Which library a function is written in."""

from __future__ import annotations

import functools
import inspect
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from verify.backends.callables import MOST_FUNCTIONS, names_in

LIBRARIES = ("torch", "jax", "numpy")
MODULES = {"torch": "torch", "jax": "jax", "jaxlib": "jax", "numpy": "numpy"}


def library_of(forward: Callable[..., Any], backward: Callable[..., Any], inputs: Mapping[str, Any]) -> str:
    """`torch`, `jax` or `numpy`: by the example arrays, else by the modules that the functions use. Functions without
    any, made of operators alone, are called with torch arrays, or what else is installed."""
    found = {_of_value(v) for v in inputs.values()} - {""}
    if found - {"numpy"}:
        return min(found - {"numpy"}, key=LIBRARIES.index)
    used = set(_used(forward, set())) or set(_used(backward, set()))
    return next((name for name in LIBRARIES if name in used), "numpy" if found else _installed())


def _of_value(value: Any) -> str:
    return MODULES.get(type(value).__module__.partition(".")[0], "")


def _installed() -> str:
    from importlib.util import find_spec

    loaded = [n for n in LIBRARIES if n in sys.modules]
    return next((n for n in (*loaded, *LIBRARIES) if find_spec(n) is not None and n != "numpy"), "numpy")


def _used(function: Any, seen: set[int]) -> Iterator[str]:
    """The libraries that a function, and the functions that it calls, refer to."""
    while isinstance(function, functools.partial):
        yield from filter(None, map(_module, (*function.args, *function.keywords.values())))
        function = function.func
    function = getattr(function, "__func__", function)
    if not isinstance(function, types.FunctionType):
        function = vars(type(function)).get("forward") or vars(type(function)).get("__call__")
    if not isinstance(function, types.FunctionType) or id(function) in seen or len(seen) > MOST_FUNCTIONS:
        return
    seen.add(id(function))
    for value in _mentioned(function):
        if _module(value):
            yield _module(value)
        elif isinstance(value, types.FunctionType):
            yield from _used(value, seen)


def _module(value: Any) -> str:
    """The library that a value is, or comes from, or whose class it has; empty for others."""
    kinds = value.__mro__ if isinstance(value, type) else type(value).__mro__
    own = value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", "")
    names = (name.partition(".")[0] for name in (own, *(k.__module__ for k in kinds)) if isinstance(name, str))
    return next((found for name in names if (found := MODULES.get(name, ""))), "")


def by_position(forward: Callable[..., Any], names: list[str]) -> Callable[..., Any]:
    """The function, or one that hands on its arguments in this order, where it takes them by position only."""
    if isinstance(forward, types.FunctionType):     # without a signature, which takes as long as a forward pass
        code = forward.__code__
        alone = code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS) == inspect.CO_VARARGS
        placed = bool(code.co_posonlyargcount or alone and not code.co_argcount + code.co_kwonlyargcount)
    else:
        placed = type(forward).__name__ == "ufunc"
    if placed:
        return lambda **arrays: forward(*(arrays[n] for n in names))
    return forward


def _mentioned(function: types.FunctionType) -> Iterator[Any]:
    names = names_in(function.__code__)
    yield from (function.__globals__[n] for n in names if n in function.__globals__)
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:      # a function that is being defined
            continue
