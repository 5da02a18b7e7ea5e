"""verify.check beside torch.autograd.gradcheck and jax.test_util.check_grads: what each finds, and how long it takes.

    python benchmarks/checker.py kills              wrong variants found, right ones rejected
    python benchmarks/checker.py rejections [N]     right ones at N draws of values, float64 and float32
    python benchmarks/checker.py speed [NAME…]      LSTM cell, batch normalisation and attention at sizes 8, 64, 256,
                                                    beside the passes alone that three draws take, on one thread

gradcheck is called as people call it: double inputs, defaults, through a torch.autograd.Function made of the two
functions; check_grads with order 1 and reverse mode, through a custom_vjp.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import jax
import jax.numpy
import jax.test_util
import numpy
import torch

import verify
from benchmarks.corpus import Formula, formulas
from verify.checker.draws import Draw, drawn

SECONDS = 600.0           # for one call of gradcheck


def wrapped(forward: Callable[..., Any], backward: Callable[..., Any], names: list[str], wrt: list[str],
            fixed: dict[str, Any]) -> Callable[..., Any]:
    """The pair as a torch function, whose backward pass is the hand-written one."""
    like: list[Any] = []

    class Pair(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, *arrays: Any) -> Any:
            context.save_for_backward(*arrays)
            output = forward(**fixed, **dict(zip(names, arrays)))
            like[:] = [output]
            return tuple(output.values()) if isinstance(output, dict) else output

        @staticmethod
        def backward(context: Any, *g: Any) -> Any:
            inputs = {**fixed, **dict(zip(names, context.saved_tensors))}
            arriving = dict(zip(like[0], g)) if isinstance(like[0], dict) else g if isinstance(like[0], tuple) else g[0]
            found = backward(inputs, arriving)
            return tuple(found[n] if n in wrt else None for n in names)
    return Pair.apply


def by_gradcheck(formula: Formula, backward: Callable[..., Any], values: dict[str, Any], fast: bool = False) -> bool:
    wrt = formula.wrt or [n for n, v in values.items() if v.dtype == float]
    names = [n for n, v in values.items() if v.dtype == float]
    fixed = {n: torch.tensor(v) for n, v in values.items() if n not in names}
    arrays = [torch.tensor(values[n], requires_grad=n in wrt) for n in names]
    function = wrapped(formula.forward(torch), backward, names, wrt, fixed)
    try:
        return bool(torch.autograd.gradcheck(function, arrays, raise_exception=False, fast_mode=fast))
    except Exception:       # a variant that raises is found
        return False


def bare(formula: Formula, backward: Callable[..., Any], values: dict[str, Any], draws: int = 3) -> bool:
    """What a comparison at so many draws cannot do without: torch's gradients of the forward pass, and the backward
    pass by hand; nothing is drawn, converted or compared."""
    wrt = formula.wrt or [n for n, v in values.items() if v.dtype == float]
    forward = formula.forward(torch)
    for _ in range(draws):
        arrays = {n: torch.from_numpy(v.copy()).requires_grad_(n in wrt) for n, v in values.items()}
        output = forward(**arrays)
        outputs = list(output.values()) if isinstance(output, dict) else \
            list(output) if isinstance(output, tuple) else [output]
        arriving = [torch.ones_like(o) for o in outputs]
        torch.autograd.grad(outputs, [arrays[n] for n in wrt], arriving)
        backward({n: a.detach() for n, a in arrays.items()}, dict(zip(output, arriving)) if isinstance(output, dict)
                 else tuple(arriving) if isinstance(output, tuple) else arriving[0])
    return True


def by_check_grads(formula: Formula, backward: Callable[..., Any], values: dict[str, Any]) -> bool:
    wrt = formula.wrt or [n for n, v in values.items() if v.dtype == float]
    fixed = {n: jax.numpy.asarray(v) for n, v in values.items() if n not in wrt}
    forward = formula.forward(jax.numpy)

    @jax.custom_vjp
    def function(*arrays: Any) -> Any:
        return forward(**fixed, **dict(zip(wrt, arrays)))

    def backwards(arrays: Any, g: Any) -> Any:
        found = backward({**fixed, **dict(zip(wrt, arrays))}, g)
        return tuple(found[n] for n in wrt)
    function.defvjp(lambda *arrays: (function(*arrays), arrays), backwards)
    try:
        jax.test_util.check_grads(function, [jax.numpy.asarray(values[n]) for n in wrt], order=1, modes=["rev"])
    except Exception:       # what it finds is an exception, and so is a variant that raises
        return False
    return True


def values_of(formula: Formula) -> dict[str, Any]:
    """Normal numbers at the sizes of the first draw of verify.check."""
    from verify.checker.draws import plan

    first = next(iter(plan(formula.inputs, 1, 0, None)))
    return at_sizes(formula, first.sizes)


def at_sizes(formula: Formula, sizes: Mapping[str, int]) -> dict[str, Any]:
    draw = Draw(sizes, 0)
    return drawn(formula.inputs, draw, draw.numbers(numpy.random.default_rng()))


def kills() -> None:
    print("| formula | wrong variants | verify.check | gradcheck | check_grads | right ones rejected (each) |")
    print("|---|---|---|---|---|---|")
    totals = [0, 0, 0, 0]
    seconds = [0.0, 0.0, 0.0]
    rejected = [0, 0, 0]
    for formula in formulas():
        values = values_of(formula)
        ways: list[tuple[Any, Callable[[Any], bool]]] = [
            (torch, lambda b, f=formula: bool(verify.check(f.forward(torch), b, f.inputs, wrt=f.wrt))),
            (torch, lambda b, f=formula, v=values: by_gradcheck(f, b, v)),
            (jax.numpy, lambda b, f=formula, v=values: by_check_grads(f, b, v))]
        wrong, right = list(formula.wrong()), [formula.backward, *(made for _, made in formula.same())]
        found, bad = [], []
        for k, (library, passes) in enumerate(ways):
            with jax.enable_x64(True), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                start = time.perf_counter()
                found.append(sum(not passes(made(library)) for _, made in wrong))
                bad.append(sum(not passes(made(library)) for made in right))
                seconds[k] += time.perf_counter() - start
        rejected = [a + b for a, b in zip(rejected, bad)]
        totals = [a + b for a, b in zip(totals, [len(wrong), *found])]
        print(f"| {formula.name} | {len(wrong)} | {' | '.join(map(str, found))} | {' / '.join(map(str, bad))} |")
    print(f"| all | {' | '.join(map(str, totals))} | {' / '.join(map(str, rejected))} |")
    print("seconds: " + ", ".join(f"{s:.1f}" for s in seconds))


def rejections(count: int) -> None:
    print("| formula | draws | rejected, float64 | rejected, float32 |\n|---|---|---|---|")
    every = formulas()
    for formula in every:
        share, found = -(-count // len(every)), []
        for dtype in ("float64", "float32"):
            report = [verify.check(formula.forward(torch), formula.backward(torch), formula.inputs, wrt=formula.wrt,
                                   draws=50, seed=1000 + 60 * k, dtype=dtype) for k in range(-(-share // 50))]
            found.append(sum(not r for r in report))
        print(f"| {formula.name} | {50 * -(-share // 50)} | {found[0]} | {found[1]} |", flush=True)


def speed(names: tuple[str, ...] = ("lstm_cell", "batch_norm", "attention")) -> None:
    torch.set_num_threads(1)
    print("| | size | verify.check | gradcheck | ratio | gradcheck(fast_mode=True) | ratio | bare passes "
          "| gradcheck beside them |")
    print("|---|---|---|---|---|---|---|---|---|")
    by_name = {f.name: f for f in formulas()}
    for name in names:
        before = 0.0
        for size in (8, 64, 256):
            before = timed(by_name[name], size, before)


def timed(formula: Formula, size: int, before: float) -> float:
    """A row; gradcheck is left out where the size before says that it takes over ten minutes."""
    values = at_sizes(formula, dict.fromkeys(("batch", "n", "d", "e"), size))
    arrays = {n: torch.tensor(v) for n, v in values.items()}
    forward, backward = formula.forward(torch), formula.backward(torch)
    slow = before * 100 >= SECONDS
    calls: list[Callable[[], Any]] = [
        lambda: verify.check(forward, backward, arrays, wrt=formula.wrt),
        lambda: by_gradcheck(formula, backward, values, fast=True),
        lambda: bare(formula, backward, values)]
    if not slow:
        calls.append(lambda: by_gradcheck(formula, backward, values))
    ours, fast, floor, *rest = medians(calls, *((9, 9) if size == 8 else (1, 25)))
    shown = f"{rest[0]:.2f} s | {rest[0] / ours:.0f}×" if rest else "over ten minutes | "
    print(f"| {formula.name} | {size} | {ours * 1e3:.1f} ms | {shown} | {fast * 1e3:.1f} ms | {fast / ours:.2f}× | "
          f"{floor * 1e3:.1f} ms | {f'{rest[0] / floor:.0f}×' if rest else ''} |", flush=True)
    return rest[0] if rest else SECONDS


def medians(calls: list[Callable[[], Any]], rounds: int, turns: int) -> list[float]:
    """Seconds for each call: the first three take `turns` turns before each call of the fourth."""
    seconds: list[list[float]] = [[] for _ in calls]
    for call in calls[:3]:
        assert call()
    for _ in range(rounds):
        for k in [*(k for _ in range(turns) for k in (0, 1, 2)), *range(3, len(calls))]:
            start = time.perf_counter()
            assert calls[k]()
            seconds[k].append(time.perf_counter() - start)
    return [statistics.median(s) for s in seconds]


if __name__ == "__main__":
    what, *rest = sys.argv[1:] or ["kills"]
    if what == "speed":
        speed(*([tuple(rest)] if rest else []))
    elif what == "rejections":
        rejections(int(rest[0]) if rest else 10_000)
    else:
        kills()
