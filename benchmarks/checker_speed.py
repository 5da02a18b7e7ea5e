"""How long `verify.check` takes against torch.autograd.gradcheck: `python benchmarks/checker_speed.py [--quick]`.

The layers of `checked_layers`, float64, example arrays, default arguments everywhere. All three take turns within a
round and medians count; a gradcheck of more than a second runs once, in a process of its own, for ten minutes at most,
and not at all where its Jacobians do not fit into memory. Exit status 1 where a bar is missed.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import torch

import verify
from benchmarks.checked_layers import LAYERS, Layer

BARS = {8: 50, 64: 300, 256: 1000}      # how many times faster than gradcheck
LIMIT = 600.0                           # seconds
ROUNDS = 15


def seconds(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    if not call():
        raise AssertionError("a right backward pass was rejected")
    return time.perf_counter() - start


def medians(calls: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """All take turns; a first turn is not counted."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds + 1):
        for name, call in calls.items():
            took = seconds(call)
            if turn:
                times[name].append(took)
    return {name: statistics.median(t) for name, t in times.items()}


def jacobians(layer: Layer, size: int) -> float:
    """Bytes of what gradcheck holds at once: two Jacobians of each output by the largest input."""
    inputs = layer.inputs(size)
    outputs = layer.forward(**inputs)
    count = sum(o.numel() for o in (outputs if isinstance(outputs, tuple) else (outputs,)))
    return 2.0 * 8 * count * sum(a.numel() for a in inputs.values())


def _slow(name: str, size: int, answer: Any) -> None:
    function, inputs = LAYERS[name].function(size)
    torch.autograd.gradcheck(function, inputs, fast_mode=True)      # a first call is slower
    answer.put(seconds(lambda: torch.autograd.gradcheck(function, inputs)))


def slow_gradcheck(name: str, size: int) -> float | str:
    """Seconds of one gradcheck, or why there are none."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    needed = jacobians(LAYERS[name], size)
    if needed > 0.7 * memory:
        return f"its Jacobians need {needed / 2**30:.0f} GB"
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    process = context.Process(target=_slow, args=(name, size, answer))
    process.start()
    process.join(LIMIT)
    if process.is_alive():
        process.kill()
        return f"over {LIMIT:.0f} s"
    return f"it ended with {process.exitcode}" if process.exitcode else float(answer.get())


def row(name: str, size: int, quick: bool) -> tuple[str, list[str]]:
    """A line of the table, and the bars that were missed."""
    layer = LAYERS[name]
    function, leaves = layer.function(size)
    inputs = layer.inputs(size)
    took = medians({"check": lambda: verify.check(layer.forward, layer.backward, inputs),
                    "fast": lambda: torch.autograd.gradcheck(function, leaves, fast_mode=True)}, ROUNDS)
    slow: float | str = "not run" if quick and size > 64 else slow_gradcheck(name, size)
    missed = [f"{name} at {size}: slower than gradcheck(fast_mode=True)"] if took["check"] > took["fast"] else []
    cells = [name, str(size), f"{1000 * took['check']:.1f} ms", f"{1000 * took['fast']:.1f} ms",
             f"{took['fast'] / took['check']:.1f}×"]
    if isinstance(slow, str):
        cells += [slow, "–"]
    else:
        ratio = slow / took["check"]
        cells += [f"{slow:.2f} s", f"{math.floor(ratio)}×"]
        missed += [f"{name} at {size}: {ratio:.0f} times faster than gradcheck, not {BARS[size]}"] \
            if ratio < BARS[size] else []
    return "| " + " | ".join(cells) + " |", missed


def speed_table(quick: bool) -> list[str]:
    """Prints the table; returns the bars that were missed."""
    print("| layer | size | verify.check | gradcheck fast_mode | ratio | gradcheck | ratio |\n|" + "---|" * 7)
    missed: list[str] = []
    for name in LAYERS:
        for size in BARS:
            line, below = row(name, size, quick)
            print(line, flush=True)
            missed += below
    return missed


if __name__ == "__main__":
    problems = speed_table("--quick" in sys.argv[1:])
    print("\n".join(problems), file=sys.stderr)
    sys.exit(1 if problems else 0)
