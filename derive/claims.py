"""What an entry states about its program, and whose implementations it is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from derive.expression import Expr, Ref
from derive.notation.layout import Equation as OnPage

EQUAL = "="
ORDER = ("≤", "≥", "<", ">")
STRICT = ("<", ">")
TURNED = {"≤": "≥", "≥": "≤", "<": ">", ">": "<"}


@dataclass(frozen=True)
class Claim:
    """`left = right`, or an inequality, for every value of the letters that stand free. The left side is a member of a
    family, or any expression. `written` is the equation as somebody wrote it. `gap` is the larger side of an inequality
    minus the smaller one, written so that its sign can be seen. `where` is one at the inputs of which it says
    something, and zero at others; None where it is about all."""

    fact: str
    left: Ref | Expr
    right: Expr
    by: str = "normal form"
    written: OnPage | None = None
    relation: str = EQUAL
    gap: Expr | None = None
    where: Expr | None = None

    @property
    def upwards(self) -> bool:
        """Whether the right side is the larger one."""
        return self.relation in ("≤", "<")

    def with_gap(self, gap: Expr) -> Claim:
        """The equation that says that the sides of an inequality are apart by `gap`."""
        return replace(self, right=self.right - gap if self.upwards else self.right + gap, relation=EQUAL, gap=None)


@dataclass(frozen=True)
class Mistake:
    """A wrong right side for `left`, and why people write it. `fact` is the one that is stated so, and false."""

    left: Ref
    wrong: Expr
    why: dict[str, str]
    relation: str = EQUAL
    fact: str | None = None


@dataclass(frozen=True)
class Reference:
    """Somebody else's implementation. `run(library, values)` returns the program's outputs by name.

    `values` maps input names (`x`, `h[0]`) to arrays of that library, and sizes to whole numbers; a name whose other
    axes depend on a family letter maps to a dict from the letter's value to an array.
    """

    backend: str
    against: str
    run: Callable[[Any, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Experiment:
    """Somebody else's code, run and watched: what a fact says of a training run or of a library's behaviour, which no
    formula says. `run(library, see)` tells `see`, a `verify.experiments.Watch`, what it found."""

    fact: str
    backend: str
    against: str
    run: Callable[[Any, Any], None]
