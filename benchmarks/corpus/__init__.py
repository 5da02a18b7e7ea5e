"""Backward passes as people write them by hand, right, and wrong in ways in which people get them wrong.

A formula is a file: `forward(np, …)` and `backward(np, inputs, g)` for an `np` that is NumPy, torch or jax.numpy,
`INPUTS`, and `WRONG`: replacements in the text of `backward`, each a mistake of its own. What stands in `SAME` changes
the text and not the value.
"""

from __future__ import annotations

import ast
import functools
import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Formula:
    name: str
    module: ModuleType

    @property
    def inputs(self) -> dict[str, Any]:
        return self.module.INPUTS

    @property
    def wrt(self) -> list[str] | None:
        return getattr(self.module, "WRT", None)

    def forward(self, np: Any) -> Callable[..., Any]:
        return functools.partial(self.module.forward, np)

    def backward(self, np: Any) -> Callable[..., Any]:
        return functools.partial(self.module.backward, np)

    def wrong(self) -> Iterator[tuple[str, Callable[[Any], Callable[..., Any]]]]:
        """Each mistake: what was replaced by what, and the backward pass with it for a library."""
        return self._changed(self.module.WRONG)

    def same(self) -> Iterator[tuple[str, Callable[[Any], Callable[..., Any]]]]:
        """Each change that changes no value."""
        return self._changed(getattr(self.module, "SAME", ()))

    def _changed(self, replacements: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, Callable[[Any], Any]]]:
        text = self._source()
        for old, new in replacements:
            if text.count(old) != 1:
                raise ValueError(f"{self.name}: {old!r} stands {text.count(old)} times in backward")
            space = dict(vars(self.module))
            exec(compile(text.replace(old, new), f"<{self.name}: {new}>", "exec"), space)      # our own text
            yield f"{old} → {new}", functools.partial(functools.partial, space["backward"])

    def _source(self) -> str:
        text = (FOLDER / f"{self.name}.py").read_text(encoding="utf-8")
        node = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == "backward")
        return ast.get_source_segment(text, node) or ""


def formulas() -> list[Formula]:
    names = sorted(p.stem for p in FOLDER.glob("*.py") if p.stem != "__init__")
    return [Formula(n, importlib.import_module(f"benchmarks.corpus.{n}")) for n in names]
