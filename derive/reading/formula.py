"""Reading one formula: text to marks, marks to a tree, the tree to a layout, the layout to an index expression."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from derive.expectation.laws import SHOWN, moment_family
from derive.expression import Expr, Partial, Ref
from derive.index import ONE, Letter, Poly, poly
from derive.notation.layout import (
    Call,
    Condition,
    Equation,
    Layout,
    Name,
    Number,
    Partial as PartialLayout,
    Power,
    Second,
    Transpose,
)
from derive.notation.meaning import meaning
from derive.notation.tensor import ShapeError
from derive.powers import TooLarge
from derive.reading.elaborate import Elaboration
from derive.reading.errors import ReadingError, ShapeMismatch
from derive.reading.latex_tokens import LatexTokenizer
from derive.reading.letters import Limits
from derive.reading.parser import parse
from derive.reading.settle import settled, settled_condition
from derive.reading.source import Source
from derive.reading.syntax import Node
from derive.reading.tokens import without_loose_gaps
from derive.reading.unicode_tokens import UnicodeTokenizer
from derive.reading.values import Value
from derive.reading.vocabulary import Scope

FORMS = {"unicode": UnicodeTokenizer, "latex": LatexTokenizer}


@dataclass(frozen=True)
class Reading:
    """What a formula says.

    `layout` is an `Equation`, or a side alone. `right` is the value of the right side (or of the side alone), entry by
    entry at `rows`, and `left` that of the left side. `member` is what stands alone on the left side, if anything
    does. `letters` are the letters that stand free, by name, each with the range for which the formula is stated.
    """

    layout: Layout
    right: Expr
    rows: tuple[Letter, ...] = ()
    left: Expr | None = None
    member: Ref | None = None
    condition: Condition | None = None
    letters: dict[str, Letter] = field(default_factory=dict)


def read(text: str, scope: Scope, form: str | None = None) -> Reading:
    """An equation or an expression, in Unicode or LaTeX (`form`; LaTeX where there is a backslash).

    Raises:
        ReadingError: with line and column; `UnknownName` and `ShapeMismatch` are kinds of it. Nothing else, and in
            bounded time, whatever the text is.
    """
    readings = read_chain(text, scope, form)
    if len(readings) != 1:
        raise ReadingError("a chain of equations; read it with read_chain")
    return readings[0]


def read_chain(text: str, scope: Scope, form: str | None = None) -> list[Reading]:
    """`a = b = c` as a = b and a = c; one reading where there is one equation or none.

    Raises:
        ReadingError: as for `read`.
    """
    source = Source(text)
    tree = _tree(source, scope, form)
    with _placed(source, tree.at):
        members, condition = _sides(tree, source)
        if len(members) == 1:
            return [_Formula(scope, source).alone(members[0])]
        return [_Formula(scope, source).equation(members[0], right, condition) for right in members[1:]]


def read_sides(left: Node, right: Node, source: Source, scope: Scope, limits: Mapping[str, Limits],
               stated: tuple[Node, ...] = (), numbers: Iterable[str] = ()) -> Reading:
    """An equation of which the trees are there already, with the ranges that are stated elsewhere for its letters, and
    the condition that stands beside it. `numbers` are letters that stand on its left as numbers too, t a_t.

    Raises:
        ReadingError: as for `read`.
    """
    with _placed(source, left.at):
        right, condition = _behind(right)
        formula = _Formula(scope, source, limits)
        for letter in numbers:
            formula.elaboration.letters.make(letter, left.at)
        return formula.equation(left, right, condition or stated)


@contextmanager
def _placed(source: Source, at: int) -> Iterator[None]:
    """Whatever goes wrong with a formula, as an error that says where."""
    try:
        yield
    except ShapeError as error:
        raise source.error(str(error), at, ShapeMismatch) from None
    except TooLarge as error:
        raise source.error(str(error), at) from None
    except ZeroDivisionError:
        raise source.error("a division by 0", at) from None
    except RecursionError:
        raise source.error("the formula is nested too deeply", at) from None


def _tree(source: Source, scope: Scope, form: str | None) -> Node:
    if not source.text.strip():
        raise source.error("there is no formula", 0)
    chosen = form or ("latex" if "\\" in source.text else "unicode")
    tokens = FORMS[chosen](source, scope.vocabulary).tokens()
    return parse(without_loose_gaps(tokens), source)


def _sides(tree: Node, source: Source) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """The members of a chain, and the condition under which it holds."""
    condition: tuple[Node, ...] = ()
    if tree.kind == "conditional":
        tree, condition = tree.parts
    if tree.kind != "relation":
        return (tree,), condition
    members, signs = tree.parts
    if set(signs) != {"="}:
        raise source.error("an equation is due, not an inequality", tree.at)
    if not condition:
        last, condition = _behind(members[-1])
        members = (*members[:-1], last)
    return members, condition


def _behind(side: Node) -> tuple[Node, tuple[Node, ...]]:
    """A condition in parentheses at the end: `W h (t ≥ 1)`."""
    if side.kind == "sum":
        last, condition = _behind(side.parts[1][-1])
        return Node("sum", (side.parts[0], (*side.parts[1][:-1], last)), side.at), condition
    if side.kind == "product":
        *front, last = side.parts[0]
        if last.kind == "group" and len(last.parts[0]) == 1 and last.parts[0][0].kind in ("relation", "span"):
            rest = front[0] if len(front) == 1 else Node("product", (tuple(front), side.parts[1][:-1]), side.at)
            return rest, last.parts[0]
    return side, ()


class _Formula:
    """One equation or expression on its way."""

    def __init__(self, scope: Scope, source: Source, limits: Mapping[str, Limits] | None = None):
        self.scope, self.source = scope, source
        self.elaboration = Elaboration(scope, source, limits)

    def alone(self, node: Node) -> Reading:
        value = self.elaboration.value(node)
        values = self._settled()
        layout = settled(value.layout, values)
        rows = self._rows(value, layout, values)
        right = meaning(layout, rows, self.elaboration.members.signatures)
        return Reading(layout, right, rows, letters=self._letters(values))

    def equation(self, left: Node, right: Node, condition: tuple[Node, ...]) -> Reading:
        one = self.elaboration.value(left)
        is_member = isinstance(one.layout, (Name, PartialLayout, Second)) or _is_moment(one.layout)
        when = self.elaboration.conditions.listed(_opened(condition), right) if condition else None
        self.elaboration.letters.open = not is_member
        other = self.elaboration.value(right)
        other = self._compared(one, other)
        if one.rows is None and one.columns is not None:
            one, other = _as_column(one), _as_column(other)
        values = self._settled()
        limits = None if when is None else settled_condition(when, values)
        layout = Equation(settled(one.layout, values), settled(other.layout, values), limits)
        rows = self._rows(one, layout.left, values)
        sides = [meaning(x, rows, self.elaboration.members.signatures) for x in (layout.left, layout.right)]
        member = _member(sides[0], self.scope) if is_member else None
        return Reading(layout, sides[1], rows, sides[0], member, layout.condition, self._letters(values))

    def _compared(self, one: Value, other: Value) -> Value:
        """The right side over the axes of the left one; 0 stands for every shape, 1 for 𝟏, and σ² for the variance of
        each entry."""
        if other.plain and not one.is_scalar and _number(other) == ONE:
            return self.elaboration.shapes.filled(other, one)
        if other.plain or (one.plain and not other.is_scalar):
            zero = [v for v in (one, other) if v.plain and not _number(v).terms]
            if not zero and not (one.is_scalar and other.is_scalar):
                raise self.elaboration.shapes.error("the sides have different shapes: a number is no vector", other.at)
            return replace(other, rows=one.rows, columns=one.columns)
        if _is_moment(one.layout) and other.is_scalar and not one.is_scalar:
            return self.elaboration.shapes.filled(other, one)
        other = self.elaboration.shapes.turned_to(other, one)
        self.elaboration.shapes.same(one, other, "the sides have different shapes")
        return other

    def _settled(self) -> dict[Letter, Poly]:
        """The last value of every letter and every size that was left open."""
        letters = self.elaboration.letters.settled()
        sizes = self.elaboration.shapes.settled()
        return letters | {hole: p.substitute(letters) for hole, p in sizes.items()}

    def _rows(self, value: Value, layout: Layout, values: dict[Letter, Poly]) -> tuple[Letter, ...]:
        """Letters for the axes of a side."""
        names = self._axis_names(layout)
        rows = []
        for k, axis in enumerate(a for a in (value.rows, value.columns) if a is not None):
            low, high = (self.elaboration.shapes.resolved(p).substitute(values) for p in axis)
            rows.append(Letter(names[k] if k < len(names) else "ij"[k], low, high))
        return tuple(rows)

    def _axis_names(self, layout: Layout) -> list[str]:
        if isinstance(layout, Call) and _is_moment(layout):
            layout = layout.arguments[0]
        if isinstance(layout, Power):
            layout = layout.base
        signature = self.elaboration.members.signatures.get(layout.internal, ()) if isinstance(layout, Name) else ()
        return [a.name for a in signature if not a.family]

    def _letters(self, values: dict[Letter, Poly]) -> dict[str, Letter]:
        found = {}
        for name, draft in self.elaboration.letters.free.items():
            letter = values.get(draft.letter, poly(draft.letter)).letter
            if letter is not None:
                found[name] = letter
        return found


def _as_column(x: Value) -> Value:
    """A row as the column that it is the transpose of: rows have no index form of their own."""
    inner = x.layout.body if isinstance(x.layout, Transpose) else Transpose(x.layout)
    return replace(x, layout=inner, rows=x.columns, columns=None)


def _opened(condition: tuple[Node, ...]) -> tuple[Node, ...]:
    """A condition without its parentheses."""
    if len(condition) == 1 and condition[0].kind == "group":
        return condition[0].parts[0]
    return condition


def _number(value: Value) -> Poly:
    return value.layout.value if isinstance(value.layout, Number) else poly(1)


def _is_moment(x: Layout) -> bool:
    return isinstance(x, Call) and x.function in SHOWN


def _member(left: Expr, scope: Scope) -> Ref | None:
    """The member that an expression consists of; E[x²], Var[y] and Cov[y, z] are members of families too."""
    if len(left.terms) != 1 or len(left.terms[0].factors) != 1:
        return None
    node = left.terms[0].factors[0][0]
    family = moment_family(node)
    if family is not None:
        return Ref(*family) if family[0] in scope.signatures else None
    return node if isinstance(node, Ref) and not isinstance(node, Partial) else None
