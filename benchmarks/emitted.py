"""How long emitted code takes, against autodiff of the same formula and against built-in kernels:
`python benchmarks/emitted.py [ROUNDS]`.

Backward passes and whole steps (forward and backward) in float32 on the CPU, in torch and in jitted JAX. All take turns
within a round; medians are printed as milliseconds, and as ratios to the emitted code (above 1: the emitted code is
faster). Exit status 1 where the backward pass of batch or layer normalisation is not faster than autodiff's.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import jax
import numpy
import torch

from derive import catalogue
from verify.emitted import emitted, emitted_batch
from verify.study import study

BARS = ("batch_norm", "layer_norm")
Timed = dict[str, Callable[[], Any]]


def arrays(*shapes: tuple[int, ...], scale: float = 1.0) -> list[Any]:
    generator = numpy.random.default_rng(0)
    return [(scale * generator.standard_normal(shape)).astype("float32") for shape in shapes]


def lstm_inputs() -> list[Any]:
    hidden, width = 128, 64
    weights = [a for _ in range(4) for a in arrays((hidden, hidden + width), (hidden,), scale=0.1)]
    return [*arrays((32, 1, width)), *weights, *arrays((32, hidden), (32, hidden))]


def label_inputs() -> list[Any]:
    labels = numpy.random.default_rng(1).integers(0, 1000, 256)
    return [*arrays((256, 512), (1000, 512), (1000,), scale=0.1), labels]


# name: the inputs; whether the code is for a batch; the same by a kernel of torch
CASES: dict[str, tuple[Callable[[], list[Any]], bool, Callable[..., Any]]] = {
    "batch_norm": (lambda: [*arrays((256, 4096), (256,), (256,)), numpy.float32(1e-5)], True,
                   lambda x, g, b, e: torch.nn.functional.batch_norm(x.T, None, None, g, b, True, eps=float(e)).T),
    "layer_norm": (lambda: [*arrays((2048, 768), (768,), (768,)), numpy.float32(1e-5)], True,
                   lambda x, g, b, e: torch.nn.functional.layer_norm(x, (768,), g, b, float(e))),
    "cross_entropy_labels": (label_inputs, False, lambda x, w, c, y: torch.nn.functional.cross_entropy(
        torch.nn.functional.linear(x, w, c), y)),
    "lstm": (lstm_inputs, True, lambda *a: _lstm_kernel(*a)),
    "attention": (lambda: arrays((512, 64), (512, 64), (512, 64), (512, 512)), False,
                  lambda q, k, v, m: torch.nn.functional.scaled_dot_product_attention(
                      q[None], k[None], v[None], m[None])[0]),
}


def _lstm_kernel(x: Any, wf: Any, bf: Any, wi: Any, bi: Any, wg: Any, bg: Any, wo: Any, bo: Any, c: Any, h: Any) -> Any:
    hidden = h.shape[1]
    weights = torch.cat([wi, wf, wg, wo])
    found = torch.lstm_cell(x[:, 0], (h, c), weights[:, hidden:], weights[:, :hidden], torch.cat([bi, bf, bg, bo]),
                            torch.zeros(4 * hidden))
    return found[0][:, None]


def torch_timed(name: str, text: str, inputs: list[Any], kernel: Callable[..., Any]) -> tuple[Timed, Timed]:
    """Backward passes, and whole steps."""
    space: dict[str, Any] = {}
    exec(text, space)
    given = [torch.as_tensor(a) for a in inputs]
    leaves = [a.clone().requires_grad_() if a.is_floating_point() and a.ndim else a for a in given]
    wanted = [a for a in leaves if a.requires_grad]
    if name == "attention":
        wanted = wanted[:3]
    forward, backward, wrapped = (space[f"{name}{end}"] for end in ("_forward", "_backward", ""))
    outputs, saved = forward(*given)
    arriving = torch.ones_like(outputs)
    cotangents = [] if outputs.ndim == 0 else [arriving]

    def by_autograd(function: Callable[..., Any]) -> Callable[[], Any]:
        built = function(*leaves)
        return lambda: torch.autograd.grad(built, wanted, arriving, retain_graph=True)

    def step(function: Callable[..., Any]) -> Callable[[], Any]:
        return lambda: torch.autograd.grad(function(*leaves), wanted, arriving)

    def plain(*a: Any) -> Any:
        return forward(*a)[0]
    return ({"emitted": lambda: backward(saved, *cotangents), "autodiff": by_autograd(plain),
             "kernel": by_autograd(kernel)},
            {"emitted": step(wrapped), "autodiff": step(plain), "kernel": step(kernel)})


def jax_timed(name: str, text: str, inputs: list[Any]) -> tuple[Timed, Timed]:
    space: dict[str, Any] = {}
    exec(text, space)
    given = [jax.numpy.asarray(a) for a in inputs]
    forward, backward, wrapped = (space[f"{name}{end}"] for end in ("_forward", "_backward", ""))
    places = [k for k, a in enumerate(given) if a.ndim and jax.numpy.issubdtype(a.dtype, jax.numpy.floating)]
    places = places[:3] if name == "attention" else places

    def of(function: Callable[..., Any]) -> Callable[..., Any]:
        def chosen(*wanted: Any) -> Any:
            every = list(given)
            for k, a in zip(places, wanted):
                every[k] = a
            return function(*every)
        return chosen

    def plain(*a: Any) -> Any:
        return forward(*a)[0]
    wanted = [given[k] for k in places]
    outputs, saved = jax.jit(forward)(*given)
    arriving = jax.numpy.ones_like(outputs)
    cotangents = [] if outputs.ndim == 0 else [arriving]
    _, pull = jax.vjp(of(plain), *wanted)
    by_hand, by_autodiff = jax.jit(backward), jax.jit(lambda p, g: p(g))
    steps = {which: jax.jit(lambda w, g, f=f: jax.vjp(of(f), *w)[1](g)) for which, f in
             (("emitted", wrapped), ("autodiff", plain))}
    ready = jax.block_until_ready
    return ({"emitted": lambda: ready(by_hand(saved, *cotangents)),
             "autodiff": lambda: ready(by_autodiff(pull, arriving))},
            {which: (lambda s=s: ready(s(wanted, arriving))) for which, s in steps.items()})


def medians(timed: Timed, rounds: int) -> dict[str, float]:
    """Milliseconds; all take turns, and a first turn of each is not counted."""
    times: dict[str, list[float]] = {which: [] for which in timed}
    for turn in range(rounds + 3):
        for which, call in timed.items():
            start = time.perf_counter()
            call()
            if turn >= 3:
                times[which].append(time.perf_counter() - start)
    return {which: 1000 * statistics.median(t) for which, t in times.items()}


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, torch "
          f"{torch.__version__}, jax {jax.__version__}, float32, {rounds} rounds")
    print(f"{'':<34}{'emitted':>11}{'autodiff':>11}{'ratio':>7}{'kernel':>11}{'ratio':>7}")
    slow = []
    for name, (inputs, batch, kernel) in CASES.items():
        found = study(catalogue.load(name))
        write = emitted_batch if batch else emitted
        for library in ("torch", "jax"):
            text = write(found, library).text
            both = (torch_timed(name, text, inputs(), kernel) if library == "torch"
                    else jax_timed(name, text, inputs()))
            for what, timed in zip(("backward", "step"), both):
                took = medians(timed, rounds)
                ratio = took["autodiff"] / took["emitted"]
                line = (f"{f'{name} {library} {what}':<34}{took['emitted']:>8.3f} ms"
                        f"{took['autodiff']:>8.3f} ms{ratio:>7.2f}")
                if "kernel" in took:
                    line += f"{took['kernel']:>8.3f} ms{took['kernel'] / took['emitted']:>7.2f}"
                print(line, flush=True)
                if name in BARS and what == "backward" and ratio <= 1:
                    slow.append(f"{name} in {library}")
    for line in slow:
        print(f"{line}: not faster than autodiff", file=sys.stderr)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
