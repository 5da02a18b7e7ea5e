"""Convolutional networks as lists of layers: one description, from which a page states widths, sides and numbers of
weights layer by layer, and from which a library's own layers are built and measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Conv:
    """`width` square kernels, whose input channels and outputs are divided into `groups`."""

    width: int
    kernel: int
    stride: int = 1
    padding: int = 0
    groups: int = 1
    bias: bool = True
    fact: str | None = None


@dataclass(frozen=True)
class Pool:
    """The largest member of each square window."""

    kernel: int
    stride: int
    padding: int = 0
    fact: str | None = None


@dataclass(frozen=True)
class Linear:
    width: int
    fact: str | None = None


Layer = Conv | Pool | Linear


def conv_weights(kernel: Any, inputs: Any, outputs: Any, groups: int = 1, bias: bool = True) -> Any:
    """Numbers or symbols alike, as below."""
    return kernel**2 * (inputs / groups) * outputs + (outputs if bias else 0)


def linear_weights(inputs: Any, outputs: Any) -> Any:
    return inputs * outputs + outputs


def norm_weights(channels: Any) -> Any:
    """Gain and bias."""
    return 2 * channels


def places(layer: Conv | Pool, side: int) -> int:
    return (side + 2 * layer.padding - layer.kernel) // layer.stride + 1


@dataclass
class Stated:
    """What a page says of the layers: `c` channels, `k` kernels, `n` sides behind convolutions, `m` sides behind pools,
    `w` weights, `d` widths of linear layers, `work` multiply–adds. Convolutions count from 1, the image is 0; a pool
    has its convolution's number. What stays as it was has the name it had."""

    c: list[Any]
    k: list[Any]
    n: list[Any]
    m: dict[int, Any]
    w: list[Any]
    d: list[Any]
    work: list[Any]
    side: Any

    @property
    def total(self) -> Any:
        return sum(self.w)


def state(page: Any, layers: Sequence[Layer], channels: int, side: int, fact: str) -> Stated:
    """State every layer by its own numbers and by the names of what stands before it."""
    c, n = page.let("c_0", [], channels, fact=fact), page.let("n_0", [], side, fact=fact)
    now, earlier = Stated([c], [None], [n], {}, [], [], [], n), list[Conv]()
    for layer in layers:
        if isinstance(layer, Linear):
            _state_linear(page, layer, now)
            continue
        left = (side + 2 * layer.padding - layer.kernel) % layer.stride
        if isinstance(layer, Conv):
            _state_conv(page, layer, earlier, now, left)
            earlier.append(layer)
        else:
            j = len(now.n) - 1
            now.side = now.m[j] = page.let(f"m_{j}", [], _places(layer, layer.kernel, now.side, left), fact=layer.fact)
        side = places(layer, side)
    return now


def _places(layer: Conv | Pool, kernel: Any, side: Any, left: int) -> Any:
    return (side + 2 * layer.padding - kernel - left) / layer.stride + 1


def own_names(layer: Conv, earlier: Sequence[Conv]) -> set[str]:
    """What a page says anew of a convolution; the rest has the name that it has at the convolution before."""
    if not earlier:
        return set("cknw")
    last, kernel = earlier[-1], layer.kernel != earlier[-1].kernel
    keeps = layer.stride == 1 and 2 * layer.padding == layer.kernel - 1
    reads = earlier[-2].width if len(earlier) > 1 else None
    same = ((reads, last.width, last.kernel, last.groups, last.bias)
            == (last.width, layer.width, layer.kernel, layer.groups, layer.bias))
    own = {"c": layer.width != last.width, "k": kernel, "n": kernel or not keeps, "w": not same}
    return {name for name, anew in own.items() if anew}


def _state_conv(page: Any, layer: Conv, earlier: Sequence[Conv], now: Stated, left: int) -> None:
    j, own = len(now.n), own_names(layer, earlier)

    def named(letter: str, body: Any, before: Any) -> Any:
        return page.let(f"{letter}_{j}", [], body, fact=layer.fact) if letter in own else before

    now.k.append(named("k", layer.kernel, now.k[-1]))
    now.side = named("n", _places(layer, now.k[j], now.side, left), now.side)
    now.n.append(now.side)
    now.c.append(named("c", layer.width, now.c[-1]))
    weights = conv_weights(now.k[j], now.c[j - 1], now.c[j], layer.groups, layer.bias)
    now.w.append(named("w", weights, now.w[-1] if now.w else None))
    now.work.append((now.w[-1] - (now.c[j] if layer.bias else 0)) * now.side**2)


def _state_linear(page: Any, layer: Linear, now: Stated) -> None:
    reads = now.d[-1] if now.d else now.c[-1] * now.side**2
    now.d.append(page.let(f"d_{len(now.d) + 1}", [], layer.width, fact=layer.fact))
    now.w.append(page.let(f"w_{len(now.w) + 1}", [], linear_weights(reads, now.d[-1]), fact=layer.fact))
    now.work.append(now.w[-1] - now.d[-1])


Measure = tuple[tuple[int, ...], int, int]


def measured(layers: Sequence[Layer], channels: int, side: int, made: Iterable[Measure]) -> dict[str, int]:
    """The names of `state` with what a library's layers say: the shape (channels, side, …) behind each,
    the side of its kernels, the number of its weights."""
    found = {"c_0": channels, "n_0": side}
    earlier: list[Conv] = []
    linear = 0
    for layer, (shape, kernel, weights) in zip(layers, made, strict=True):
        if isinstance(layer, Conv):
            values, own = {"c": shape[0], "n": shape[1], "k": kernel, "w": weights}, own_names(layer, earlier)
            earlier.append(layer)
            found |= {f"{name}_{len(earlier)}": values[name] for name in own}
        elif isinstance(layer, Pool):
            found[f"m_{len(earlier)}"] = shape[1]
        else:
            linear += 1
            found |= {f"d_{linear}": shape[0], f"w_{len(earlier) + linear}": weights}
    return found


def by_torch(torch: Any, layers: Sequence[Layer], channels: int, side: int) -> Iterator[Measure]:
    """Shapes and weights of torch.nn.Conv2d, MaxPool2d and Linear, run on torch's device without numbers."""
    nn, x = torch.nn, torch.empty(1, channels, side, side, device="meta")
    for layer in layers:
        with torch.device("meta"):
            if isinstance(layer, Conv):
                module = nn.Conv2d(x.shape[1], layer.width, layer.kernel, layer.stride, layer.padding,
                                   groups=layer.groups, bias=layer.bias)
            elif isinstance(layer, Pool):
                module = nn.MaxPool2d(layer.kernel, layer.stride, layer.padding)
            else:
                x = x.flatten(1)
                module = nn.Linear(x.shape[1], layer.width)
        x = module(x)
        kernel = module.weight.shape[-1] if isinstance(layer, Conv) else 0
        yield tuple(x.shape[1:]), kernel, sum(p.numel() for p in module.parameters())


def by_flax(jax: Any, layers: Sequence[Layer], channels: int, side: int) -> Iterator[Measure]:
    """The same of flax.linen.Conv, max_pool and Dense, whose channels come last."""
    from flax import linen

    def shaped(run: Any, x: Any) -> Any:
        return jax.eval_shape(run, x)

    key, x = jax.random.PRNGKey(0), jax.ShapeDtypeStruct((1, side, side, channels), jax.numpy.float32)
    for layer in layers:
        if isinstance(layer, Pool):
            window, stride, pad = (layer.kernel,) * 2, (layer.stride,) * 2, ((layer.padding,) * 2,) * 2
            x, weights = shaped(lambda a, w=window, s=stride, p=pad: linen.max_pool(a, w, s, p), x), {}
        else:
            if isinstance(layer, Conv):
                module: Any = linen.Conv(layer.width, (layer.kernel,) * 2, layer.stride, layer.padding,
                                         feature_group_count=layer.groups, use_bias=layer.bias)
            else:
                x, module = shaped(lambda a: a.reshape(len(a), -1), x), linen.Dense(layer.width)
            x, weights = jax.eval_shape(module.init_with_output, key, x)
        kernel = weights["params"]["kernel"].shape[0] if isinstance(layer, Conv) else 0
        yield (x.shape[-1], *x.shape[1:-1]), kernel, sum(leaf.size for leaf in jax.tree_util.tree_leaves(weights))
