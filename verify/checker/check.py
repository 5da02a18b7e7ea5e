"""`verify.check`: a backward pass against somebody else's differentiation of its forward pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from verify.backends.callables import find_callables
from verify.backends.traces import same_warnings
from verify.checker.course import Course
from verify.checker.declarations import Example
from verify.checker.libraries import by_position, library_of
from verify.checker.point import Pair
from verify.checker.report import UNDECIDED, Finding, Report
from verify.checker.requirements import DTYPES, declaration, require, wanted


def check(forward: Callable[..., Any], backward: Callable[..., Any], inputs: Mapping[str, Any], *,
          wrt: Sequence[str] | None = None, draws: int = 3, seed: int = 0, dtype: str | None = None,
          library: str | None = None, device: str = "cpu", sizes: Sequence[Mapping[str, int]] | None = None,
          surrogate: bool = False) -> Report:
    """Whether a backward pass written by hand gives the gradients of a forward pass.

    `forward(**inputs)` returns an array, or tuples, lists and dicts of arrays, one in another;
    `backward(inputs, cotangents)` returns a dict from input name to gradient, where `cotangents` has the structure of
    what `forward` returns. Both are functions of NumPy, torch or JAX. `inputs` maps each name to an example array, or
    to `verify.array(…)`, which is drawn at several sizes; plain numbers and anything else are handed on as they are.

    `wrt` are the inputs whose gradients are due: all floating arrays, unless it is given; those by masks and one-hot
    rows, examples of zeros and ones, may then be left out. `draws` is the number of draws, from `seed` on; named sizes
    are pairwise distinct, and are then tried as 1 and as equal. `dtype` is float64, unless the examples are float32;
    float32 is checked after float64, which tells a formula more sharply. `sizes` are sets of sizes to use in place of
    our own.

    The gradients are compared with torch.autograd or jax.vjp in float64, at tolerances that follow from the dtype, the
    number of terms and how strongly rounding acts on this computation. Differences of the forward pass confirm that
    this is its derivative, once at each set of sizes and wherever a gradient seems wrong; where it is not (a part is
    detached, or has a wrong rule of its own), the gradients are compared with extrapolated differences. With
    `surrogate` they are compared with the library's derivative all the same, as a straight-through estimator needs it.

    Raises:
        TypeError, ValueError: where the call itself makes no sense.
        verify.backends.LibraryError, DeviceError: where the library or the device is missing.
    """
    require(forward, backward, inputs, draws=draws, seed=seed, dtype=dtype, library=library, device=device, sizes=sizes)
    chosen = library or library_of(forward, backward, inputs)
    calls = find_callables(chosen, device)
    declared = {n: declaration(n, v, calls) for n, v in inputs.items()}
    names = wanted(wrt, declared)
    report = Report()
    empty = [n for n, d in declared.items() if isinstance(d, Example) and not d.values.size]
    if empty:
        report.findings.append(Finding(UNDECIDED, empty[0], "the example is empty: nothing can be compared", {}, seed,
                                       dtype or DTYPES[0]))
        return report
    single = any(isinstance(d, Example) and d.dtype == "float32" for d in declared.values())
    dtypes = DTYPES if dtype == "float32" or dtype is None and single else DTYPES[:1]
    fixed = {n for n, d in declared.items() if isinstance(d, Example) and d.kind == "fixed"} if wrt is None else ()
    pair = Pair(by_position(forward, list(inputs)), backward, declared, names, calls, frozenset(fixed))
    course = Course(pair, report, surrogate)
    with same_warnings(), calls.kept():
        for kind in dtypes:
            course.run(draws, seed, kind, list(sizes or []))
    return report


def assert_gradient(forward: Callable[..., Any], backward: Callable[..., Any], inputs: Mapping[str, Any],
                    **options: Any) -> None:
    """The same as `check`, for pytest.

    Raises:
        AssertionError: with the report, where a gradient is not right.
    """
    report = check(forward, backward, inputs, **options)
    if not report:
        raise AssertionError(str(report))
