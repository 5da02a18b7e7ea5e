"""A plain recursive evaluator of programs over balls, with derivatives by forward mode.

It shares the expression type with the engine and nothing else. Its sums are loops. Each member is evaluated once,
together with its slopes by the members that it is made of; a derivative of the loss is how the loss changes when one
member is varied, carried forward along these slopes.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from copy import copy
from fractions import Fraction
from typing import Any, NamedTuple, Union

import flint

from derive.expectation.laws import SHOWN, Moment
from derive.expression import Apply, Delta, Expr, Group, Guard, Node, Partial, Ref, Term, Value
from derive.extremes import Greatest
from derive.index import ONE, Letter, poly
from derive.products import OrderedProduct
from derive.program import Equation, Program, of_jacobian
from verify import balls, outcomes
from verify.balls import Dual, Undefined, ball
from verify.blocks import Member
from verify.jets import EPSILON, ETA, Jet
from verify.quadrature import Allowance
from verify.sampling import Sampler
from verify.sizes import Letters, NoMember, Sizes, SizeValues

PRECISION = 256



class Total(NamedTuple):
    """The total derivative of one name by the members of another."""

    of: str
    by: str


class Second(NamedTuple):
    """The derivative of the loss by the members of one name, differentiated by those of another."""

    of: str
    by: str


Meant = Union[str, tuple[str, str], Total, Second, Moment]
Derivatives = Mapping[str, Meant]
_ZERO = balls.ZERO
_UNIT = ball(1)


class Evaluator:
    """Values of a program's members at concrete sizes and exact inputs.

    `inputs` maps members `(name, indices)` to fractions. `derivatives` maps the name of a derivative to the name by
    which the loss is differentiated, to a pair `(of, by)` for the Jacobian of one equation, or to a `Total`; `∂x` and
    `∂p/∂z` need no entry. `definitions` are equations beside the program's. `read` collects the inputs that were used.

    Raises:
        Undefined: where the expression has no certain value at this input.
        NoMember: where it needs a member that does not exist.
    """

    def __init__(self, program: Program, sizes: SizeValues | Sizes, inputs: Mapping[Member, Fraction],
                 derivatives: Derivatives | None = None, definitions: Iterable[Equation] = (),
                 precision: int = PRECISION, seed: int = 0):
        self.program, self.seed = program, seed
        self.sizes = sizes if isinstance(sizes, Sizes) else Sizes(sizes)
        self.equations = {e.name: e for e in program.equations} | {e.name: e for e in definitions}
        self.derivatives = dict(derivatives or {})
        self.functions = {
            name: balls.USUAL_FUNCTIONS.get(called) or balls.TEST_FUNCTIONS[(k + seed) % len(balls.TEST_FUNCTIONS)]
            for k, (name, called) in enumerate(program.functions.items())}
        self._plans: dict[int, tuple[Term, list[list[Node]]]] = {}
        self.precision = precision
        self.values_only = False        # no slopes: members are complex, or no balls
        self.allowance: Allowance | None = None         # without one nothing is integrated
        self.sampler: Sampler | None = None             # nor sampled without one
        self.start(inputs)

    # -- what others call ------------------------------------------------------------------------------------------
    def start(self, inputs: Mapping[Member, Any]) -> None:
        """Start again with other inputs."""
        self.inputs = inputs
        self.varied: dict[Member, Any] = {}         # what is added to members, defined ones too
        self.read: set[Member] = set()
        self.differentiated = False                 # whether a derivative was asked for
        self._open: set[Member] = set()
        self.refine(self.precision)

    @property
    def work(self) -> int:
        """How many members and slopes were evaluated since the start."""
        return len(self._values) + sum(map(len, self._slopes.values()))

    def refine(self, precision: int) -> None:
        """Start again with another number of bits."""
        self.precision = precision
        self._values: dict[Member, Any] = {}
        self._slopes: dict[Member, balls.Slopes] = {}       # of defined members, each after those that it is made of
        self._gradients: dict[Member, Any] = {}
        self._goals: list[tuple[Member, Any]] | None = None

    def value(self, ref: Ref, letters: Letters | None = None) -> Any:
        """The ball of one member."""
        with flint.ctx.workprec(self.precision):
            return self._node(ref, letters or {}, False)[0]

    def expression(self, e: Expr, letters: Letters | None = None) -> Any:
        """The ball of an expression, its free letters being given."""
        with flint.ctx.workprec(self.precision):
            return self._expr(e, letters or {}, False)[0]

    def gradient(self, name: str, indices: tuple[int, ...] = ()) -> Any:
        """∂L/∂name[indices]: L is the loss, or Σ output · what arrives there."""
        with flint.ctx.workprec(self.precision):
            return self._gradient(name, indices)

    # -- members -----------------------------------------------------------------------------------------------------
    def _value(self, member: Member) -> Any:
        if member not in self._values:
            found = self._find(member)
            self._values[member] = found + self.varied[member] if member in self.varied else found
        return self._values[member]

    def _find(self, member: Member) -> Any:
        name, indices = member
        letters = self._covered(member)
        if letters is not None:
            return self._body(member, letters)
        if name in self.program.inverses:
            return self._inverse(name, member)
        if name in self.program.determinants:
            return self._matrix(self.program.determinants[name]).det()
        if member in self.inputs:
            self.read.add(member)
            return ball(self.inputs[member])
        if name in self.program.variables:
            raise NoMember(f"{written(member)} does not exist")
        return self._derivative(name, indices)

    def _inverse(self, name: str, member: Member) -> Any:
        """An entry of the inverse of a matrix of the program; all of its entries are kept."""
        row, column = self.program.variables[name].axes
        rows, columns = ([letters[a] for letters in self.sizes.assignments((a,))] for a in (row, column))
        if member[1][0] not in rows or member[1][1] not in columns or len(rows) != len(columns):
            raise NoMember(f"{written(member)} does not exist")
        try:
            inverse = self._matrix(self.program.inverses[name]).inv()
        except ZeroDivisionError:
            raise Undefined("a matrix without an inverse", certain=False) from None
        for k, i in enumerate(rows):
            for m, j in enumerate(columns):
                self._values[name, (i, j)] = inverse[k, m]
        return self._values[member]

    def _matrix(self, name: str) -> Any:
        """A square matrix of the program, or a Jacobian; inverses and determinants have values only."""
        ends = of_jacobian(name)
        sides = [[letters[a] for letters in self.sizes.assignments((a,))]
                 for end in ends or (name,) for a in self._axes(end)]
        if len(sides) != 2 or len(sides[0]) != len(sides[1]):
            raise Undefined(f"{name} is no square matrix")
        rows, columns = sides
        entries = [self._whole_change((ends[0], (i,)), (ends[1], (j,))) if ends else self._value((name, (i, j)))
                   for i in rows for j in columns]
        if not all(isinstance(x, flint.arb) for x in entries):
            raise Undefined("an inverse and a determinant have values only")
        return flint.arb_mat(len(rows), len(columns), entries)

    def _body(self, member: Member, letters: Letters) -> Any:
        """The right side, and its slopes where the member belongs to the program."""
        if member in self._open:
            raise Undefined(f"{written(member)} is defined by itself")
        self._open.add(member)
        try:
            sloping = member[0] in self.program.variables and not self.varied and not self.values_only
            value, slopes = self._expr(self.equations[member[0]].body, letters, sloping)
        finally:
            self._open.discard(member)
        self._slopes[member] = slopes or {}
        return value

    def _covered(self, member: Member) -> dict[Letter, int] | None:
        """The letters' values where an equation defines the member."""
        equation = self.equations.get(member[0])
        if equation is None or len(equation.letters) != len(member[1]):
            return None
        return self._within(equation.letters, member[1])

    def _within(self, axes: tuple[Letter, ...], indices: tuple[int, ...]) -> dict[Letter, int] | None:
        letters: dict[Letter, int] = {}
        for axis, index in zip(axes, indices):
            if index not in self.sizes.range(axis, letters):
                return None
            letters[axis] = index
        return letters

    # -- derivatives -------------------------------------------------------------------------------------------------
    def _derivative(self, name: str, indices: tuple[int, ...]) -> Any:
        moment = self.derivatives.get(name)
        if isinstance(moment, Moment):
            counts = tuple(len(self._axes(self._differentiated(n))) for n in moment.of)
            arguments = moment.arguments(tuple(map(poly, indices)), counts)
            return outcomes.moment(self, moment.function, tuple(arguments), {})
        of = moment or tuple(p.removeprefix("∂") for p in name.split("/") if p.startswith("∂"))
        if isinstance(of, tuple) and len(of) == 1:
            of = of[0]
        if isinstance(of, str):
            return self._gradient(of, indices)
        if len(of) != 2:
            raise NoMember(f"{name} is no name of this program, and no derivative")
        split = len(self._axes(of[0]))
        if isinstance(of, Second):
            return self._second((of.of, indices[:split]), (of.by, indices[split:]))
        take = self._whole_change if isinstance(of, Total) else self._partial
        return take((of[0], indices[:split]), (of[1], indices[split:]))

    def _differentiated(self, name: str) -> str:
        """The name that has the axes of a derivative of the loss."""
        of = self.derivatives.get(name, name)
        return of if isinstance(of, str) else name

    def _axes(self, name: str) -> tuple[Letter, ...]:
        if name not in self.program.variables:
            raise NoMember(f"{name} is no name of this program")
        return self.program.variables[name].axes

    def _exists(self, member: Member) -> None:
        if self.values_only:
            raise Undefined("a derivative where there are values only")
        self.differentiated = True
        axes = self._axes(member[0])
        if len(axes) != len(member[1]) or self._within(axes, member[1]) is None:
            raise NoMember(f"{written(member)} does not exist")

    def _gradient(self, name: str, indices: tuple[int, ...]) -> Any:
        member = (name, indices)
        if member not in self._gradients:
            self._exists(member)
            goals = self._loss()
            changes = self._changes(member)
            self._gradients[member] = sum((changes[goal] * weight for goal, weight in goals if goal in changes),
                                          ball(0))
        return self._gradients[member]

    def _loss(self) -> list[tuple[Member, Any]]:
        """The members that the loss sees, and how it changes with each; all of them evaluated."""
        if self._goals is not None:
            return self._goals
        program = self.program
        found: list[tuple[Member, Any]] = [((program.loss, ()), _UNIT)] if program.loss else []
        for output, arriving in program.outputs.items():
            for letters in self.sizes.assignments(self._axes(arriving)):
                indices = tuple(letters.values())
                found.append(((output, indices), self._value((arriving, indices))))
        for goal, _ in found:
            self._value(goal)
        self._goals = found
        return found

    def _changes(self, varied: Member) -> dict[Member, Any]:
        """How fast members change when one is varied, for all that do. The varied one is held to the variation."""
        changes = {varied: _UNIT}
        for member, slopes in self._slopes.items():
            if member == varied or changes.keys().isdisjoint(slopes):
                continue
            changes[member] = sum((slope * changes[of] for of, slope in slopes.items() if of in changes), ball(0))
        return changes

    def _whole_change(self, of: Member, by: Member) -> Any:
        """The derivative of one member by another, all paths taken."""
        self._exists(by)
        self._value(of)
        return self._changes(by).get(of, ball(0))

    def _second(self, one: Member, other: Member) -> Any:
        """The mixed second derivative of the loss: both members are varied at once."""
        self._exists(one)
        self._exists(other)
        evaluator = copy(self)
        evaluator.start(self.inputs)
        evaluator.varied[one] = EPSILON
        evaluator.varied[other] = evaluator.varied.get(other, 0) + ETA
        total = ball(0)
        for goal, weight in evaluator._loss():
            total = total + evaluator._value(goal) * weight
        self.read |= evaluator.read
        return Jet.of(total).both

    def _partial(self, of: Member, by: Member) -> Any:
        """The derivative of the right side of one equation, everything else on it held still."""
        self._exists(by)
        self._value(of)
        if of not in self._slopes:
            raise NoMember(f"{written(of)} has no equation")
        return self._slopes[of].get(by, ball(0))

    # -- expressions -------------------------------------------------------------------------------------------------
    def _expr(self, e: Expr, letters: Letters, sloping: bool) -> Dual:
        total = _ZERO
        for t in e.terms:
            total = balls.plus(total, self._sum(t, self._plan(t), 0, dict(letters), sloping))
        return total

    def _plan(self, t: Term) -> list[list[Node]]:
        """The guards and deltas of a term by the number of sums that must be opened before they are decided."""
        found = self._plans.get(id(t))
        if found is None:
            conditions: list[list[Node]] = [[] for _ in range(len(t.binders) + 1)]
            for node, _ in t.factors:
                if isinstance(node, (Guard, Delta)):
                    depth = max((k + 1 for k, b in enumerate(t.binders) if b in node.free), default=0)
                    conditions[depth].append(node)
            found = self._plans[id(t)] = (t, conditions)
        return found[1]

    def _sum(self, t: Term, plan: list[list[Node]], depth: int, letters: dict[Letter, int],
             sloping: bool) -> Dual:
        """A false condition ends the term before anything else is looked at: other factors may not exist."""
        for condition in plan[depth]:
            if not self._holds(condition, letters):
                return _ZERO
        if depth == len(t.binders):
            return self._product(t, letters, sloping)
        total = _ZERO
        binder = t.binders[depth]
        for value in self.sizes.range(binder, letters):
            letters[binder] = value
            total = balls.plus(total, self._sum(t, plan, depth + 1, letters, sloping))
        return total

    def _holds(self, condition: Node, letters: Letters) -> bool:
        value = self.sizes.poly(condition.parts[0], letters)
        return value == 0 if isinstance(condition, Delta) else value >= 0

    def _product(self, t: Term, letters: Letters, sloping: bool) -> Dual:
        product: Dual | None = None if t.coefficient == 1 else (ball(t.coefficient), None)
        for node, exponent in t.factors:
            if isinstance(node, (Guard, Delta)):
                continue
            factor = self._node(node, letters, sloping)
            if exponent is not ONE and exponent != ONE:
                factor = balls.power(factor, self.sizes.poly(exponent, letters))
            product = factor if product is None else balls.times(product, factor)
        return (_UNIT, None) if product is None else product

    def _node(self, node: Node, letters: Letters, sloping: bool) -> Dual:
        if isinstance(node, Ref):
            member = (node.name, tuple([self.sizes.whole(p, letters) for p in node.indices]))
            return self._value(member), {member: _UNIT} if sloping else None
        if isinstance(node, Value):
            atom = node.atom
            return ball(letters[atom] if isinstance(atom, Letter) else self.sizes.size(atom, letters)), None
        if isinstance(node, Apply):
            return self._apply(node, letters, sloping)
        if isinstance(node, Group):
            return self._expr(node.body, letters, sloping)
        if isinstance(node, OrderedProduct):
            return self._ordered(node, letters, sloping)
        if isinstance(node, Greatest):
            return self._greatest(node, letters, sloping)
        if isinstance(node, Partial):
            members = [(r.name, tuple(self.sizes.whole(p, letters) for p in r.indices)) for r in (node.of, node.by)]
            return self._partial(*members), None
        raise TypeError(f"{type(node).__name__} has no value")

    def _apply(self, node: Apply, letters: Letters, sloping: bool) -> Dual:
        if node.function in SHOWN:
            return outcomes.moment(self, node.function, node.arguments, letters), None
        if node.function in balls.CONSTANTS:
            return balls.CONSTANTS[node.function](), None
        name = node.function.rstrip("'")
        function = self.functions[name][1] if name in self.functions else balls.FUNCTIONS.get(name)
        if name in balls.CHOICES and len(node.arguments) == 2 and name == node.function:
            return balls.CHOICES[name](*(self._expr(a, letters, sloping) for a in node.arguments))
        if function is None or len(node.arguments) != 1:
            raise Undefined(f"there is no value for the function '{node.function}'")
        return balls.apply(function, len(node.function) - len(name), self._expr(node.arguments[0], letters, sloping))

    def _ordered(self, p: OrderedProduct, letters: Letters, sloping: bool) -> Dual:
        """One row of the product, times one factor after the other; a product of numbers has one entry."""
        row, column = [self.sizes.whole(i, letters) for i in p.indices] or (0, 0)
        values: dict[int, Dual] = {row: (_UNIT, None)}
        for s in reversed(self.sizes.range(p.letter, letters)):
            here = {**letters, p.letter: s}
            following: dict[int, Dual] = {}
            for place in self.sizes.assignments(p.matrix, here):
                i, j = [place[m] for m in p.matrix] or (0, 0)
                if i in values:
                    summand = balls.times(values[i], self._expr(p.body, place, sloping))
                    following[j] = balls.plus(following[j], summand) if j in following else summand
            values = following
        return values.get(column, _ZERO)

    def _greatest(self, node: Greatest, letters: Letters, sloping: bool) -> Dual:
        """The greatest of some numbers, with its slopes; or whether one of them is the greatest, which has none."""
        values = {s: self._expr(node.body, {**letters, node.letter: s}, sloping and not node.indices)
                  for s in self.sizes.range(node.letter, letters)}
        if not values:
            raise Undefined("the greatest of no numbers")
        if node.place is None:
            return functools.reduce(balls.CHOICES["max"], values.values())
        at = values.pop(self.sizes.whole(node.place, letters), None)
        is_above = at is not None and all(balls.is_above(at[0], other) for other, _ in values.values())
        return (_UNIT, None) if is_above else _ZERO


def written(member: Member) -> str:
    """`delta_f[2,1]`"""
    return member[0] + (f"[{','.join(map(str, member[1]))}]" if member[1] else "")
