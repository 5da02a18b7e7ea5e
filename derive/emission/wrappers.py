"""Handing forward and backward to autodiff: `torch.autograd.Function` and `jax.custom_vjp`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.emission.functions import INDENT
from derive.emission.identifiers import plain

if TYPE_CHECKING:
    from derive.emission.module import Gradient, Module


def class_name(name: str) -> str:
    """`batch_norm` as the name of a class."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_")) or "Formula"


def torch_wrapper(module: Module, gradients: list[Gradient], saved: list[str]) -> tuple[str, str]:
    """A subclass of `torch.autograd.Function` and the function to call. What the forward pass keeps is no function of
    its inputs to autograd: a second derivative would silently lack a part, so that torch is told to refuse one."""
    name, called = module.names.of(("module", "class"), class_name(module.name)), module.name
    dicts = [module.names.of(a.key, a.key) for a in module.arguments if a.outer]
    given = [module.names.of(a.key, a.key) for a in module.arguments] + module.number_names()
    arriving, arguments = arrivals(module), ", ".join(given)
    flat = [g for g in given if g not in dicts]
    keys = [f"{d}_keys" for d in dicts]
    parameters = ", ".join([*flat, *keys, *(["*members"] if dicts else [])])
    unpacked = [f"{d} = dict(zip({k}, members{_from(keys[:n])}))" for n, (d, k) in enumerate(zip(dicts, keys))]
    plainly = not dicts and all(module.is_array(n) for n in saved)
    keep = "ctx.save_for_backward(*saved)" if plainly else "ctx.saved = saved"
    numbers = [f"ctx.{n} = {n}" for n in module.number_names()]
    outs = ", ".join(module.names.of(n, n) for n in module.outputs)
    shown = outs if len(module.outputs) == 1 else f"({outs})"
    call = ", ".join(["ctx.saved_tensors" if plainly else "ctx.saved", *([] if module.program.loss else arriving),
                      *(f"ctx.{n}" for n in module.number_names())])
    found = ", ".join(g.variable for g in gradients)
    back = {g.by: g.variable for g in gradients}
    results = [_scaled(back[a.key], module) if a.key in back else "None" for a in module.arguments if not a.outer]
    results += ["None"] * (len(module.number_names()) + len(keys))
    for a, d in [(a, module.names.of(a.key, a.key)) for a in module.arguments if a.outer]:
        results.append(f"*({_scaled(back[a.key] + '[k]', module)} for k in ctx.{d}_keys)" if a.key in back
                       else f"*(None for _ in ctx.{d}_keys)")
    handed = [*flat, *(f"tuple({d})" for d in dicts), *(f"*{d}.values()" for d in dicts)]
    counts = [f"ctx.{d}_keys = {d}_keys" for d in dicts]
    body = [f"class {name}(torch.autograd.Function):",
            f'{INDENT}"""{called} for autograd; call {called}(…)."""', "",
            f"{INDENT}@staticmethod", f"{INDENT}def forward(ctx, {parameters}):",
            *_lines([*unpacked, f"{shown}, saved = {called}_forward({arguments})", keep, *numbers, *counts,
                     f"return {outs}"]), "",
            f"{INDENT}@staticmethod", f"{INDENT}@torch.autograd.function.once_differentiable",
            f"{INDENT}def backward(ctx, {', '.join(arriving)}):",
            *_lines([f"{found} = {called}_backward({call})", f"return {', '.join(results)}"]), "", "",
            f"def {called}({arguments}):",
            f'{INDENT}"""{outs}; its gradients are those of {called}_backward."""',
            f"{INDENT}return {name}.apply({', '.join(handed)})"]
    return "\n".join(body), called


def _from(keys: list[str]) -> str:
    return f"[{' + '.join(f'len({k})' for k in keys)}:]" if keys else ""


def jax_wrapper(module: Module, gradients: list[Gradient], saved: list[str]) -> tuple[str, str]:
    """A function with `jax.custom_vjp`."""
    called = module.name
    given = [module.names.of(a.key, a.key) for a in module.arguments]
    numbers = module.number_names()
    arguments, arriving = ", ".join([*given, *numbers]), arrivals(module)
    fixed = tuple(range(len(given), len(given) + len(numbers)))
    decorator = f"@functools.partial(jax.custom_vjp, nondiff_argnums={fixed})" if fixed else "@jax.custom_vjp"
    outs = ", ".join(module.names.of(n, n) for n in module.outputs)
    call = ", ".join(["saved", *([] if module.program.loss else arriving), *numbers])
    back = {g.by: g.variable for g in gradients}
    results = ["None" if a.key not in back else f"{{k: {_scaled(back[a.key] + '[k]', module)} for k in {back[a.key]}}}"
               if a.outer else _scaled(back[a.key], module) for a in module.arguments]
    found, result = ", ".join(g.variable for g in gradients), ", ".join(results) + ("," if len(results) == 1 else "")
    unpack = [f"{', '.join(arriving)} = arriving"] if len(arriving) > 1 else []
    body = [decorator, f"def {called}({arguments}):",
            f'{INDENT}"""{outs}; its gradients are those of {called}_backward."""',
            f"{INDENT}return {called}_forward({arguments})[0]", "", "",
            f"def _backward({', '.join([*numbers, 'saved', 'arriving' if unpack else arriving[0]])}):",
            *(INDENT + line for line in [*unpack, f"{found} = {called}_backward({call})", f"return {result}"]), "", "",
            f"{called}.defvjp({called}_forward, _backward)"]
    return "\n".join(body), called


def arrivals(module: Module) -> list[str]:
    """The gradients that arrive: one for each output."""
    if module.program.loss:
        return [module.names.of(("arriving", module.program.loss), f"grad_{plain(module.program.loss)}")]
    return [module.names.of(v, f"grad_{plain(o)}") for o, v in module.program.outputs.items()]


def _scaled(gradient: str, module: Module) -> str:
    return f"{arrivals(module)[0]} * {gradient}" if module.program.loss else gradient


def _lines(lines: list[str]) -> list[str]:
    return [INDENT * 2 + line for line in lines]
