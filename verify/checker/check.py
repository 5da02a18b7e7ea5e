"""`verify.check`: a backward pass against somebody else's differentiation of its forward pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy

from verify.backends.callables import Callables, find_callables
from verify.checker.declarations import Declared, Example, is_floating
from verify.checker.draws import Draw, plan
from verify.checker.libraries import LIBRARIES, library_of
from verify.checker.point import Pair, Point, Refused
from verify.checker.report import PASSED, UNDECIDED, WRONG, Finding, Report
from verify.checker.tolerance import TOLD
from verify.checker.trial import called, detached, findings

DTYPES = ("float64", "float32")
RETRIES = 4             # other numbers, where these lie at a kink or give no finite value
DECISIVE = 1000         # how far beyond its tolerance a gradient must be off where numbers are large
MORE_SIZES = 6          # other sizes, where the forward pass refuses these


def check(forward: Callable[..., Any], backward: Callable[..., Any], inputs: Mapping[str, Any], *,
          wrt: Sequence[str] | None = None, draws: int = 3, seed: int = 0, dtype: str | None = None,
          library: str | None = None, device: str = "cpu", sizes: Sequence[Mapping[str, int]] | None = None) -> Report:
    """Whether a backward pass written by hand gives the gradients of a forward pass.

    `forward(**inputs)` returns an array, a tuple or a dict of arrays; `backward(inputs, cotangents)` returns a dict
    from input name to gradient, where `cotangents` has the structure of what `forward` returns. Both are plain
    functions of NumPy, torch or JAX. `inputs` maps each name to an example array, or to `verify.array(…)`, which is
    drawn at several sizes; plain numbers and anything else are handed on as they are.

    `wrt` are the inputs whose gradients are due: all floating arrays, unless it is given; those by masks and one-hot
    rows, examples of zeros and ones, may then be left out. `draws` is the number of draws, from `seed` on; named sizes
    are pairwise distinct, and are then tried as 1 and as equal. `dtype` is float64, unless the examples are float32;
    float32 is checked after float64, which tells a formula more sharply. `sizes` are sets of sizes to use in place of
    our own.

    The gradients are compared with torch.autograd or jax.vjp in float64, at tolerances that follow from the dtype, the
    number of terms and how strongly rounding acts on this computation.

    Raises:
        TypeError, ValueError: where the call itself makes no sense.
        verify.backends.LibraryError, DeviceError: where the library or the device is missing.
    """
    _require(forward, backward, inputs, draws, dtype, library)
    chosen = library or library_of(forward, backward, inputs)
    calls = find_callables(chosen, device)
    declared = {n: _declaration(v, calls) for n, v in inputs.items()}
    names = _wanted(wrt, declared)
    report = Report()
    empty = [n for n, d in declared.items() if isinstance(d, Example) and not d.values.size]
    if empty:
        report.findings.append(Finding(UNDECIDED, empty[0], "the example is empty: nothing can be compared", {}, seed,
                                       dtype or DTYPES[0]))
        return report
    single = any(isinstance(d, Example) and d.dtype == "float32" for d in declared.values())
    dtypes = DTYPES if dtype == "float32" or dtype is None and single else DTYPES[:1]
    fixed = {n for n, d in declared.items() if isinstance(d, Example) and d.kind == "fixed"} if wrt is None else ()
    pair = Pair(forward, backward, declared, names, calls, frozenset(fixed))
    with calls.kept():
        for kind in dtypes:
            _at_every_draw(pair, draws, seed, kind, list(sizes or []), report)
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


def _at_every_draw(pair: Pair, draws: int, seed: int, dtype: str, sizes: list[Mapping[str, int]],
                   report: Report) -> None:
    for draw in plan(pair.inputs, draws, seed, sizes):
        try:
            found = _near(pair, draw, dtype, report, 0 if sizes or draw.edge else MORE_SIZES)
        except Refused as problem:
            if draw.edge:
                report.notes.append(f"{draw.edge} left out: {problem}")
                continue
            found = [Finding(UNDECIDED, "", str(problem), draw.sizes, draw.seed, dtype)]
        report.findings += found
        if any(f.verdict != PASSED for f in found):
            return


def _near(pair: Pair, draw: Draw, dtype: str, report: Report, turns: int) -> list[Finding]:
    """The findings at this draw, or at one near it where the forward pass has finite values and is at no kink.

    Raises:
        Refused: where there is none.
    """
    reasons: list[Refused] = []
    zero: list[Finding] = []
    for other in draw.others(RETRIES, turns):
        try:
            point = Point(pair, other, dtype)
            found = findings(point)
            doubts = [] if report.findings or any(f.verdict != PASSED for f in found) else [detached(point)]
        except Refused as problem:
            reasons.append(problem)
            continue
        report.reference = report.reference or point.expected.by
        if other.far and any(map(_shaky, found)):
            reasons.append(Refused("overflow or rounding is too strong here to tell"))
            continue
        if any(f.verdict == WRONG and f.found is not None for f in found):
            report.call = called(point)
        if not any(point.scales.values()) and not any(f.verdict == WRONG for f in found):
            zero = zero or [*found, *(d for d in doubts if d)]     # nothing is told where nothing matters: once more
            continue
        doubt = next((f for f in found if f.verdict == UNDECIDED and f.name), None)
        if doubt is None or any(f.verdict == WRONG for f in found):
            report.notes += [f"other numbers or sizes were drawn: {reasons[0]}"] if reasons and not draw.far else []
            return [*found, *(d for d in doubts if d)]
        reasons.append(Refused(str(doubt)))
    if zero:
        return zero
    raise reasons[0]


def _shaky(f: Finding) -> bool:
    """Whether a gradient may be off where numbers are large although the formula is right: by overflow, or by rounding,
    which acts in jumps where a function is saturated."""
    return f.verdict == WRONG and (f.tolerance is None or f.error is None or f.tolerance > TOLD[f.dtype]
                                   or f.error < DECISIVE * f.tolerance)


def _require(forward: Any, backward: Any, inputs: Any, draws: Any, dtype: Any, library: Any) -> None:
    if not callable(forward) or not callable(backward):
        raise TypeError("forward and backward are functions")
    if not isinstance(inputs, Mapping) or not all(isinstance(n, str) for n in inputs):
        raise TypeError("inputs is a dict from names to arrays, or to verify.array(…)")
    if not inputs:
        raise ValueError("there are no inputs")
    if not isinstance(draws, int) or draws < 1:
        raise ValueError("draws is at least 1")
    if dtype is not None and dtype not in DTYPES:
        raise ValueError(f"dtype is one of {', '.join(DTYPES)}, not {dtype!r}")
    if library is not None and library not in LIBRARIES:
        raise ValueError(f"library is one of {', '.join(LIBRARIES)}, not {library!r}")


def _declaration(value: Any, calls: Callables) -> Any:
    """Arrays become examples; the rest is what it is."""
    if isinstance(value, (Declared, bool, int, float, str)) or value is None:
        return value
    try:
        plain = calls.numpy(value) if not isinstance(value, numpy.ndarray) else numpy.asarray(value)
    except TypeError:
        return value
    kind = calls.dtype(value)
    whole = "int" in kind or "bool" in kind
    return Example(plain.astype(bool if "bool" in kind else "int64") if whole else plain.astype("float64"), kind)


def _wanted(wrt: Sequence[str] | None, inputs: Mapping[str, Any]) -> list[str]:
    if isinstance(wrt, str):
        raise TypeError("wrt is a list of names")
    names = [n for n, d in inputs.items() if is_floating(d)] if wrt is None else list(wrt)
    for name in names:
        if name not in inputs:
            raise ValueError(f"wrt names {name!r}, which is no input")
        if not is_floating(inputs[name]):
            raise ValueError(f"there is no gradient by {name!r}: it is no array of floating numbers")
    if not names:
        raise ValueError("no input is an array of floating numbers: there is nothing to differentiate by")
    return names
