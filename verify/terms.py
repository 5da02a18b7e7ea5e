"""Expressions on arrays: each term becomes a product of labelled arrays that is contracted at once.

The functions here are generators: they ask for members by `(name, outer indices)` and are sent the arrays.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy

from derive.expression import Apply, Delta, Expr, Group, Guard, Node, Ref, Term, Value, delta
from derive.extremes import Greatest
from derive.functions import CONSTANTS, RULES
from derive.index import ONE, Letter, Poly, poly
from derive.products import OrderedProduct
from verify.contraction import Product, powered
from verify.grids import Labels, LoweringError, Mask, Scope, aligned, index_grids, mentioned

if TYPE_CHECKING:
    from verify.backends.base import Backend
    from verify.lowering import Lowering

Evaluation = Generator[tuple[str, tuple[int, ...]], Any, Any]


def evaluate_expression(lowering: Lowering, e: Expr, out: Labels, scope: Scope) -> Evaluation:
    """The array with axes `out`, or None where it is certainly zero."""
    total = None
    for t in e.terms:
        value = yield from _term(lowering, t, out, scope)
        if value is not None:
            total = value if total is None else total + value
    return total


def _term(lowering: Lowering, t: Term, out: Labels, scope: Scope) -> Evaluation:
    """A condition on fixed letters that fails ends the term before anything is asked for."""
    undecided: list[Guard | Delta] = []
    later = scope.spans.keys() | set(t.binders)
    for node, _ in t.factors:
        if isinstance(node, (Guard, Delta)):
            if not later.isdisjoint(mentioned(node.condition)):
                undecided.append(node)
            elif not _holds(node, scope):
                return None
    looped = next((b for b in t.binders if _is_looped(lowering, b, t)), None)
    if looped is not None:
        return (yield from _loop(lowering, t, looped, out, scope))
    for binder in t.binders:
        values, bounds = _span(binder, scope)
        scope = scope.spanning({binder: values})
        undecided += bounds
    masks = [scope.mask(node) for node in undecided]
    if any(not m.values.any() for m in masks) or any(not scope.spans[b] for b in t.binders):
        return None
    masks = [m for m in masks if not m.values.all()]
    whole = Product(lowering.backend, float(t.coefficient), [(m.values, m.labels) for m in masks])
    yield from _factors(lowering, t, whole, scope.under(masks))
    return whole.contract(out, t.binders, scope)


def _holds(node: Guard | Delta, scope: Scope) -> bool:
    value = scope.value(node.condition)
    return value == 0 if isinstance(node, Delta) else value >= 0


# -- sums ---------------------------------------------------------------------------------------------------------
def _is_looped(lowering: Lowering, binder: Letter, t: Term) -> bool:
    """Whether a sum takes its letter one value at a time: it picks members of families, or other sums depend on it."""
    return (binder.family or any(binder in b.free for b in t.binders if b != binder)
            or any(_picks(lowering, node, binder) for node, _ in t.factors))


def _picks(lowering: Lowering, node: Node, letter: Letter) -> bool:
    if letter not in node.free:
        return False
    if isinstance(node, Ref):
        return any(letter in mentioned(node.indices[k]) for k in lowering.outer(node.name))
    return any(_picks(lowering, inner, letter) for e in node.expressions() for t in e.terms for inner, _ in t.factors)


def _loop(lowering: Lowering, t: Term, letter: Letter, out: Labels, scope: Scope) -> Evaluation:
    values, bounds = _span(letter, scope)
    factors = t.factors + tuple((node, ONE) for node in bounds)
    inner = Term(t.coefficient, factors, tuple(b for b in t.binders if b != letter))
    total = None
    for value in values:
        found = yield from _term(lowering, inner, out, scope.fixing(letter, value))
        if found is not None:
            total = found if total is None else total + found
    return total


def _span(letter: Letter, scope: Scope) -> tuple[range, list[Guard]]:
    """The values of a letter; where its range depends on letters that are axes, all that occur, and the conditions
    that choose among them."""
    labels = scope.labels([*mentioned(letter.low), *mentioned(letter.high)])
    if not labels:
        return scope.sizes.range(letter, scope.fixed), []
    low, high = scope.grid(letter.low, labels), scope.grid(letter.high, labels)
    if not low.size:
        return range(0), []
    return (range(int(low.min()), int(high.max()) + 1),
            [Guard(poly(letter) - letter.low), Guard(letter.high - poly(letter))])


# -- factors ------------------------------------------------------------------------------------------------------
def _factors(lowering: Lowering, t: Term, whole: Product, scope: Scope) -> Evaluation:
    for node, exponent in t.factors:
        if isinstance(node, (Guard, Delta)):
            continue
        if isinstance(node, Value):
            _number(node, exponent, whole, scope)
            continue
        array, labels = yield from _node(lowering, node, scope)
        if exponent != ONE:
            by = scope.labels(mentioned(exponent))
            array = _harmless(lowering, array, labels, scope)
            array, labels = powered(lowering.backend, array, labels, scope.grid(exponent, by), by, scope)
        whole.arrays.append((array, labels))


def _number(node: Value, exponent: Poly, whole: Product, scope: Scope) -> None:
    """A letter or size used as a number. Where it has no value (1/0), a condition must exclude it."""
    base = poly(node.atom)
    labels = scope.labels([*mentioned(base), *mentioned(exponent)])
    with numpy.errstate(divide="ignore", invalid="ignore"):
        values = scope.grid(base, labels).astype(float) ** scope.grid(exponent, labels)
    bad = ~numpy.isfinite(values)
    if scope.unguarded(labels, bad):
        raise LoweringError(f"{node}^{exponent} has no value")
    if labels:
        whole.constants.append((numpy.where(bad, 0.0, values), labels))
    else:
        whole.scale *= float(values)
        whole.divided |= abs(values) < 1


def _node(lowering: Lowering, node: Node, scope: Scope) -> Evaluation:
    """An array and its labels."""
    if isinstance(node, Ref):
        return (yield from _ref(lowering, node, scope))
    labels = scope.labels(node.free)
    if isinstance(node, Group):
        return (yield from _whole(lowering, node.body, labels, scope)), labels
    if isinstance(node, Apply):
        return (yield from _apply(lowering, node, labels, scope)), labels
    if isinstance(node, OrderedProduct):
        return (yield from _ordered(lowering, node, labels, scope)), labels
    if isinstance(node, Greatest):
        return (yield from _greatest(lowering, node, labels, scope)), labels
    raise LoweringError(f"{node} has no value on arrays")


def _whole(lowering: Lowering, e: Expr, labels: Labels, scope: Scope) -> Evaluation:
    found = yield from evaluate_expression(lowering, e, labels, scope)
    return lowering.backend.zeros(scope.shape(labels)) if found is None else found


def _apply(lowering: Lowering, node: Apply, labels: Labels, scope: Scope) -> Evaluation:
    if node.function in CONSTANTS:
        return lowering.backend.zeros(scope.shape(labels)) + getattr(math, node.function)
    name = node.function.rstrip("'")
    standing_in = lowering.program.functions.get(name, name)
    arity = RULES[standing_in].arguments if standing_in in RULES else 1
    if standing_in not in lowering.backend.functions or len(node.arguments) != arity:
        raise LoweringError(f"the function '{node.function}' has no value on arrays")
    if node.function == name:
        values = []
        for argument in node.arguments:
            value = yield from _whole(lowering, argument, labels, scope)
            values.append(_harmless(lowering, value, labels, scope))
        return lowering.backend.functions[standing_in](*values)
    if node.function != name + "'" or len(node.arguments) != 1:
        raise LoweringError(f"{node.function}: only first derivatives of arbitrary functions are evaluated")
    return (yield from _whole(lowering, RULES[standing_in].derivative(node.arguments[0]), labels, scope))


def _harmless(lowering: Lowering, array: Any, labels: Labels, scope: Scope) -> Any:
    """The array with 1 where a condition excludes the place: 0 · (1/0) is not 0, nor is its derivative."""
    used = scope.used(labels)
    return array if used is None or used.all() else lowering.backend.where(used, array)


# -- ordered products ---------------------------------------------------------------------------------------------
def _ordered(lowering: Lowering, p: OrderedProduct, labels: Labels, scope: Scope) -> Evaluation:
    """A row of the product over `labels`, times one factor after the other, the leftmost first."""
    values, bounds = _span(p.letter, scope)
    rows, columns = p.matrix[:1], p.matrix[1:]
    row = None if p.matrix else Product(lowering.backend).contract(labels, (), scope)
    for value in reversed(values):
        here = scope.fixing(p.letter, value)
        masks = [here.mask(bound) for bound in bounds]
        if not all(m.values.any() for m in masks):
            continue
        here = here.under(masks).spanning({m: here.sizes.range(m, here.fixed) for m in p.matrix})
        if row is None:
            row = _one_hot(lowering, delta(p.indices[0] - rows[0]), labels + rows, here)
        inner = here.labels(p.body.free)
        factor = yield from _whole(lowering, p.body, inner, here)
        product = Product(lowering.backend, arrays=[(row, labels + rows), (factor, inner)])
        result = product.contract(labels + columns, rows, here)
        row = _where(lowering, masks, result, row, (labels, columns, rows), here) if masks else result
        scope = scope.spanning({a: here.spans[b] for a, b in zip(rows, columns)})
    if row is None:
        return _one_hot(lowering, delta(p.indices[0] - p.indices[1]), labels, scope)
    if not p.matrix:
        return row
    picked = scope.mask(delta(p.indices[1] - rows[0]))
    return Product(lowering.backend, 1.0, [(picked.values, picked.labels)], [(row, labels + rows)]).contract(
        labels, rows, scope)


def _one_hot(lowering: Lowering, condition: Delta, labels: Labels, scope: Scope) -> Any:
    mask = scope.mask(condition)
    return _constant(lowering, mask.values, mask.labels, labels, scope)


def _constant(lowering: Lowering, values: Any, own: Labels, labels: Labels, scope: Scope) -> Any:
    """Numbers over their own axes, as an array over `labels`."""
    return Product(lowering.backend, 1.0, [(values, own)]).contract(labels, (), scope)


def _where(lowering: Lowering, masks: list[Mask], new: Any, old: Any, axes: tuple[Labels, Labels, Labels],
           scope: Scope) -> Any:
    """`new` where all masks hold, else `old`."""
    labels, columns, rows = axes
    if scope.shape(columns) != scope.shape(rows):
        raise LoweringError("a product of matrices of different shapes between ends that differ from entry to entry")
    inside = functools.reduce(lambda a, b: a & b, (aligned(m.values, m.labels, labels) for m in masks))
    inside = numpy.broadcast_to(inside, scope.shape(labels))
    kept = [Product(lowering.backend, 1.0, [(part.astype(float), labels)], [(array, labels + columns)]).contract(
        labels + columns, (), scope) for part, array in ((inside, new), (~inside, old))]
    return kept[0] + kept[1]


# -- members ------------------------------------------------------------------------------------------------------
def _ref(lowering: Lowering, node: Ref, scope: Scope) -> Evaluation:
    places = lowering.outer(node.name)
    if len(lowering.axes[node.name]) != len(node.indices):
        raise LoweringError(f"{node}: {node.name} has {len(lowering.axes[node.name])} indices")
    chosen = [node.indices[k] for k in places]
    rest = [p for k, p in enumerate(node.indices) if k not in places]
    if scope.labels(a for p in chosen for a in mentioned(p)):
        return (yield from _stacked(lowering, node, chosen, rest, scope))
    outer = tuple(scope.sizes.whole(p, scope.fixed) for p in chosen)
    array = yield node.name, outer
    return _picked(lowering, array, rest, lowering.span(node.name, outer), str(node), scope)


def _picked(lowering: Lowering, array: Any, indices: list[Poly], spans: list[range], where: str,
            scope: Scope) -> tuple[Any, Labels]:
    """The members of an array at `indices`: the array itself where these are letters that run over its axes."""
    letters = [p.letter for p in indices]
    if len(set(letters)) == len(letters) and all(a is not None and scope.spans.get(a) == s
                                                 for a, s in zip(letters, spans)):
        return array, tuple(a for a in letters if a is not None)
    labels, places = index_grids(scope, indices, [s.start for s in spans], [len(s) for s in spans], where)
    return lowering.backend.take(array, places if labels else [int(p) for p in places]), labels


def _stacked(lowering: Lowering, node: Ref, chosen: list[Poly], rest: list[Poly], scope: Scope) -> Evaluation:
    """Members of a family whose place depends on an axis: all members side by side, then picked. Members of different
    shapes are widened to what all of them cover."""
    places = lowering.outer(node.name)
    axes = [lowering.axes[node.name][k] for k in places]
    inner = [a for k, a in enumerate(lowering.axes[node.name]) if k not in places]
    if any(a in b.free for a in axes for b in axes if a != b):
        raise LoweringError(f"{node}: places that depend on each other, picked by an index that is summed as an axis")
    spans = [scope.sizes.range(a, {}) for a in axes]
    found, shapes = [], []
    for letters in scope.sizes.assignments(axes):
        outer = tuple(letters.values())
        found.append((yield node.name, outer))
        shapes.append(lowering.span(node.name, outer))
    whole = [range(min(s.start for s in own), max(s.stop for s in own)) for own in zip(*shapes)]
    backend = lowering.backend
    found = [array if own == whole else _widened(backend, array, own, whole) for array, own in zip(found, shapes)]
    _require_members(node, dict(zip(axes, chosen)), list(zip(inner, rest)), scope)
    array = backend.reshape(backend.stack(found), [*map(len, spans), *map(len, whole)])
    return _picked(lowering, array, chosen + rest, spans + whole, str(node), scope)


def _widened(backend: Backend, array: Any, own: list[range], whole: list[range]) -> Any:
    """An array on larger ranges; what stands outside of its own is never used."""
    if not all(own):
        return backend.zeros([len(s) for s in whole])
    places = [numpy.clip(numpy.arange(w.start, w.stop), s.start, s.stop - 1) - s.start for s, w in zip(own, whole)]
    return backend.take(array, numpy.ix_(*places))


def _require_members(node: Ref, outer: dict[Letter, Poly], inner: list[tuple[Letter, Poly]], scope: Scope) -> None:
    """Raises LoweringError where a place is used that lies outside of its member's own range."""
    for axis, index in inner:
        moved = axis.substitute(outer)
        labels = scope.labels([*mentioned(index), *mentioned(moved.low), *mentioned(moved.high)])
        bad = (scope.grid(index - moved.low, labels) < 0) | (scope.grid(moved.high - index, labels) < 0)
        if scope.unguarded(labels, bad):
            raise LoweringError(f"{node}: an index leaves the range of {axis.name} there")


# -- the greatest ------------------------------------------------------------------------------------------------
def _greatest(lowering: Lowering, node: Greatest, labels: Labels, scope: Scope) -> Evaluation:
    """One number after the other, with the greatest so far and where it is."""
    values, bounds = _span(node.letter, scope)
    if bounds or not values:
        raise LoweringError(f"{node}: the greatest over a range that is empty or differs from entry to entry")
    functions = lowering.backend.functions
    greatest: Any = None
    at: Any = None
    for value in values:
        here = scope.fixing(node.letter, value)
        array = yield from _whole(lowering, node.body, labels, here)
        array = _harmless(lowering, array, labels, here)
        if greatest is None:
            greatest, at = array, array * 0 + value
        else:
            at = at + (value - at) * functions["step"](array - greatest)
            greatest = functions["max"](greatest, array)
    if node.place is None:
        return greatest
    place = _constant(lowering, scope.grid(node.place, labels).astype(float), labels, labels, scope)
    return 1 - functions["abs"](functions["sign"](at - place))
