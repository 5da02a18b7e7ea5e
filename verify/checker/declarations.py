"""What the inputs of a function are: arrays to be drawn, with named sizes, or examples to be varied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf, isfinite
from numbers import Real
from typing import Any

import numpy

MASKING = -1e4          # what is so low, or lower, masks a number that it is added to

Side = str | int
Bound = float | str | None


@dataclass(frozen=True)
class Declared:
    """An input to draw; see `array`."""

    shape: tuple[Side, ...]
    low: Bound = None
    high: Bound = None
    positive: bool = False
    integer: bool = False
    simplex: bool = False


def array(*shape: Side, low: Bound = None, high: Bound = None, positive: bool = False, integer: bool = False,
          simplex: bool = False) -> Declared:
    """An input of `verify.check` that is drawn anew, at several sizes.

    `shape` names sizes (`"batch", "n"`) or gives numbers; one name is one size in all inputs. Without bounds the
    entries are normal numbers; with `low` and `high` they lie between them; `positive` ones are above zero, and a
    positive number without a shape, such as ε, is once of order one and once tiny. `integer` makes whole numbers from
    `low` (0) up to, but without, `high`, which may name a size: `array("batch", high="classes", integer=True)` are
    labels. With `simplex` the last axis holds positive numbers that sum to one.

    Raises:
        TypeError, ValueError: for a size that is neither a name nor a positive number; for bounds that are no finite
            numbers, or exclude all.
    """
    for side in shape:
        if not isinstance(side, (str, int)) or isinstance(side, bool):
            raise TypeError(f"a size is a name or a whole number, not {side!r}")
        if isinstance(side, str) and not side.strip():
            raise ValueError("the name of a size is empty")
        if isinstance(side, int) and side < 1:
            raise ValueError(f"a size is at least 1, not {side}")
    if simplex and (not shape or integer or low is not None or high is not None):
        raise ValueError("simplex needs an axis to sum over, and has neither bounds nor whole numbers")
    _require_bounds(low, high, positive, integer)
    low = 0.0 if positive and low is None and high is not None else low
    return Declared(shape, low, high, positive or simplex, integer, simplex)


def _require_bounds(low: Any, high: Any, positive: bool, integer: bool) -> None:
    for name, bound in (("low", low), ("high", high)):
        if bound is None or isinstance(bound, str) and bound.strip() and integer:
            continue
        if isinstance(bound, str):
            raise ValueError(f"{name}={bound!r}: a bound that names a size belongs to integers")
        if not isinstance(bound, Real) or isinstance(bound, bool) or not isfinite(bound):
            raise ValueError(f"{name} is a finite number, not {bound!r}")
        if integer and bound % 1:
            raise ValueError(f"{name} is a whole number, not {bound!r}, where integer=True")
    if integer and high is None:
        raise ValueError("integers need high=…, the number (or the size) that they stay below")
    if integer and positive:
        raise ValueError("positive=True is for real numbers; whole ones that are positive have low=1")
    if isinstance(low, Real) and isinstance(high, Real) and not low < high:
        raise ValueError(f"nothing lies between {low} and {high}")
    if positive and isinstance(low, Real) and low < 0:
        raise ValueError(f"positive=True and low={low} contradict each other")
    if positive and isinstance(high, Real) and high <= 0:
        raise ValueError(f"nothing positive lies below {high}")


@dataclass(frozen=True)
class Example:
    """An array that the user gave: its values, in which floating dtype they came, and what all draws like it must keep.
    """

    values: Any
    dtype: str = ""

    @cached_property
    def floating(self) -> bool:
        return bool(self.values.dtype.kind == "f")

    @cached_property
    def kind(self) -> str:
        """`fixed` are whole numbers, masks or one-hot rows of zeros and ones, masks that are added (of zeros and one
        very negative number), and what has −∞ in it: they stay as they are. Rows of a `simplex` sum to one. What
        is `positive` stays so, and the rest is `free`."""
        values, least = self.values, self.least
        if not self.floating:
            return "fixed"
        if values.ndim and (least <= MASKING and (least == -inf or ((values == 0) | (values == least)).all())
                            or least == 0 and ((values == 0) | (values == 1)).all() and self.mean > 0):
            return "fixed"
        if values.ndim and least >= 0 and numpy.allclose(values.sum(-1), 1, atol=1e-5):
            return "simplex"
        return "positive" if least > 0 else "free"

    @cached_property
    def least(self) -> float:
        """The least number; not a number where one of them is none."""
        return float(self.values.min()) if self.values.size else 0.0

    @cached_property
    def mean(self) -> float:
        return float(self.values.sum()) / self.values.size

    @cached_property
    def spread(self) -> float:
        """How far its values are from each other, or from zero."""
        off = (self.values - self.mean).ravel()
        return float(off.dot(off) / off.size) ** 0.5 or float(abs(self.values).max()) or 1.0


def is_floating(declaration: Any) -> bool:
    """Whether a gradient by this input exists."""
    if isinstance(declaration, Declared):
        return not declaration.integer
    return isinstance(declaration, Example) and declaration.floating


def size_names(inputs: Mapping[str, Any]) -> list[str]:
    """The names of all sizes, in reading order."""
    sides = [s for d in inputs.values() if isinstance(d, Declared) for s in (*d.shape, d.low, d.high)]
    return list(dict.fromkeys(s for s in sides if isinstance(s, str)))
