"""A program: the named equations of a forward computation, in reading order, with symbolic sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from derive.binding import Binding
from derive.bounds import nonnegative
from derive.expectation.laws import RandomVariable
from derive.expression import Apply, Delta, Expr, Group, Guard, Ref, Term, names, ref, total
from derive.graph import closure
from derive.index import Label, Letter, Poly, Size, poly
from derive.inverses import Place
from derive.normal import Normalizer


class ProgramError(ValueError):
    """A program that has no meaning: says which equation, and what to do. Of an index that may leave its range,
    `distance` is how far it is from the end, which may be below zero."""

    def __init__(self, message: str, distance: Poly | None = None):
        super().__init__(message)
        self.distance = distance


@dataclass(frozen=True)
class Variable:
    """A named family of real numbers.

    `axes` are the letters of its indices with their full ranges; a range may mention an earlier axis (`i = 1…n[l]`).
    Every member is positive, or positive and below one, or one of a few numbers, where that is declared. Checks look
    at positive ones from `at_least` on only.
    """

    name: str
    axes: tuple[Letter, ...] = ()
    positive: bool = False
    below_one: bool = False
    among: tuple[Fraction, ...] = ()
    at_least: Fraction = Fraction(0)

    def member(self, *indices: Poly | Letter) -> Ref:
        return Ref(self.name, indices or self.axes)


@dataclass(frozen=True)
class Equation:
    """`name[letters] = body`, for every value of the letters within their ranges."""

    name: str
    letters: tuple[Letter, ...]
    body: Expr

    @property
    def left(self) -> Ref:
        return Ref(self.name, self.letters)

    def at(self, indices: tuple[Poly, ...]) -> Expr:
        """The right side for one member, with new bound letters."""
        return self.body.substitute(dict(zip(self.letters, indices))).fresh()


@dataclass(frozen=True)
class SumsToOne:
    """The assumption that a family sums to one over its last axis (a probability vector)."""

    name: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def text(self, called: Callable[[str], str] = str) -> str:
        return f"Σ {called(self.name)} = 1"

    def sides(self, program: Program) -> tuple[Expr, Expr]:
        *outer, last = program.variables[self.name].axes
        return total(ref(self.name, *outer, last), last), Expr() + 1


BY_COLUMNS, BY_ROWS = "columns", "rows"


@dataclass(frozen=True)
class Inverse:
    """The assumption that a square matrix is the inverse of another one. An orthogonal matrix is the inverse of its
    transpose, which has no name: `name` and `of` are the same then. Of a matrix that need not be square, the columns
    or the rows are orthonormal: its transpose is an inverse from one `side`."""

    name: str
    of: str
    side: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, self.of)

    @property
    def orthogonal(self) -> bool:
        return self.name == self.of

    def text(self, called: Callable[[str], str] = str) -> str:
        name = called(self.name)
        if self.side == BY_ROWS:
            return f"{name} {name}ᵀ = I"
        return f"{name}ᵀ {name} = I" if self.orthogonal else f"{called(self.of)} {name} = I"

    @property
    def meetings(self) -> list[tuple[Place, Place]]:
        """Which index of which matrix a sum runs over that makes one of them the inverse of the other."""
        if self.orthogonal:
            axes = {BY_COLUMNS: (0,), BY_ROWS: (1,)}.get(self.side, (0, 1))
            return [((self.name, axis), (self.name, axis)) for axis in axes]
        return [((self.of, 1), (self.name, 0)), ((self.name, 1), (self.of, 0))]


Assumption = SumsToOne | Inverse


def of_jacobian(name: str) -> tuple[str, ...]:
    """The two names in ∂y/∂z; nothing where it is no such name."""
    of, _, by = name.partition("/")
    return (of[1:], by[1:]) if of.startswith("∂") and by.startswith("∂") else ()


@dataclass(frozen=True)
class Below:
    """A product of scalar inputs lies below a number: η λ < 1. A name that stands in it twice is squared."""

    names: tuple[str, ...]
    limit: Fraction


@dataclass(frozen=True)
class Beyond:
    """A scalar input lies above, or else below, a sum of others with coefficients and a number: ρ > 1 + ε."""

    name: str
    above: bool
    terms: tuple[tuple[str, Fraction], ...]
    constant: Fraction

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *(n for n, _ in self.terms))


@dataclass
class Program:
    """Definitions in reading order. What is never defined is an input.

    `outputs` maps the name of an output to the name of the cotangent that arrives there from an arbitrary loss.
    A program has outputs or a `loss` (the name of a scalar equation), never both. `loss_symbol` is what the loss is
    called in print. `functions` maps the arbitrary differentiable functions that the program mentions to the
    function that stands in for each in numeric checks. `abbreviations` are names that matrix notation writes out, such
    as a concatenation [h, x]. `random` are the random inputs, independent of each other. `inverses` maps names without
    a definition to the matrices whose inverses they are, and `determinants` to those whose determinants, which may be
    Jacobians ∂y/∂z: they have values, and no derivatives. `ordered` are pairs of scalar inputs of which the first is
    less than the second, `below` products of such that lie below numbers, `beyond` those that lie above or below sums
    of others, and `longer` what is not negative: n − 2 k, where n ≥ 2 k is known of sizes.
    """

    name: str
    variables: dict[str, Variable] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    sizes: dict[str, Size] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    loss: str | None = None
    loss_symbol: str = "L"
    assumptions: list[Assumption] = field(default_factory=list)
    functions: dict[str, str] = field(default_factory=dict)
    abbreviations: set[str] = field(default_factory=set)
    random: dict[str, RandomVariable] = field(default_factory=dict)
    inverses: dict[str, str] = field(default_factory=dict)
    determinants: dict[str, str] = field(default_factory=dict)
    ordered: list[tuple[str, str]] = field(default_factory=list)
    below: list[Below] = field(default_factory=list)
    beyond: list[Beyond] = field(default_factory=list)
    longer: list[Poly] = field(default_factory=list)

    def equation(self, name: str) -> Equation | None:
        return next((e for e in self.equations if e.name == name), None)

    @property
    def labels(self) -> dict[str, Label]:
        """The inputs that are whole numbers, by name."""
        return {n: s for n, s in self.sizes.items() if isinstance(s, Label)}

    @property
    def defined(self) -> dict[str, Equation]:
        return {e.name: e for e in self.equations}

    @property
    def signatures(self) -> dict[str, tuple[Letter, ...]]:
        return {v.name: v.axes for v in self.variables.values()}

    @property
    def positive(self) -> frozenset[str]:
        return frozenset(v.name for v in self.variables.values() if v.positive)

    def normalizer(self, assuming: bool = True) -> Normalizer:
        """Normal forms under the declared domains, and under the equality assumptions unless told otherwise."""
        below_one = frozenset(v.name for v in self.variables.values() if v.below_one)
        taken = self.assumptions if assuming else []
        sums = {a.name: self.variables[a.name].axes for a in taken if isinstance(a, SumsToOne)}
        meetings = {frozenset(pair): (self.variables[a.name].axes[0], a.text())
                    for a in taken if isinstance(a, Inverse) for pair in a.meetings}
        return Normalizer(self.positive, sums, below_one, meetings)

    @property
    def inputs(self) -> list[str]:
        """The names without a definition, without the cotangents that arrive."""
        arriving = set(self.outputs.values())
        return [n for n in self.variables if n not in self.defined and n not in arriving]

    def boundary(self, name: str) -> list[Ref]:
        """The members of a defined family that no equation defines: initial states such as `h[0]`.

        They lie before or after the equation's range on one axis; several (`h[0]`, `h[-1]`) come innermost first.
        """
        equation = self.defined.get(name)
        if equation is None:
            return []
        members: list[Ref] = []
        values: dict[Letter, Poly] = {}
        for k, (axis, letter) in enumerate(zip(self.variables[name].axes, equation.letters)):
            values[axis], axis = poly(letter), axis.substitute(values)
            before = (letter.low - axis.low).constant
            after = (axis.high - letter.high).constant
            if before is None or after is None:
                raise ProgramError(f"{name}: the range of {letter.name} does not fit the axis "
                                   f"{axis.low}…{axis.high}; give both ends up to a number")
            places = [letter.low - d for d in range(1, int(before) + 1)]
            places += [letter.high + d for d in range(1, int(after) + 1)]
            members += [Ref(name, [*equation.letters[:k], p, *equation.letters[k + 1:]]) for p in places]
        return members

    def needed(self, name: str) -> set[str]:
        """The names on the right side of its equation."""
        equation = self.equation(name)
        return names(equation.body) if equation is not None else set()

    def made_of(self, start: Iterable[str]) -> set[str]:
        """All names on which the values of some depend, and these; an inverse depends on the matrix, and the
        determinant of a Jacobian on both of its names."""
        whole = self.inverses | self.determinants
        return closure(start, lambda n: self.needed(n) | (set(of_jacobian(whole[n]) or (whole[n],)) if n in whole
                                                          else set()))

    def users(self, name: str) -> list[Equation]:
        """The equations whose right side mentions `name`."""
        return [e for e in self.equations if name in names(e.body)]

    def add(self, equation: Equation) -> None:
        """Append a definition; refuses a second one, unknown names, and members that do not exist.

        Raises:
            ProgramError: names the equation, the offending member, and the range that it leaves.
        """
        if equation.name in self.defined:
            raise ProgramError(f"{equation.name} is defined twice; a name is given once")
        if equation.name not in self.variables:
            raise ProgramError(f"{equation.name} is not declared")
        known = set(equation.letters)
        loose = sorted(a.name for a in equation.body.free if a not in known)
        if loose:
            raise ProgramError(f"{equation.name}: the letter {loose[0]} is on the right side only; sum over it")
        check_members(equation.body, self.variables, equation.name, tuple(self.longer))
        self.equations.append(equation)
        for name in names(equation.body):
            self.set_apart(name)

    def set_apart(self, output: str) -> None:
        """Where an equation uses an output, what arrives there (v_y) is not the output's whole derivative (∂y)."""
        arriving = f"v_{output}"
        if self.outputs.get(output) == f"∂{output}" and self.users(output):
            if arriving in self.variables:
                raise ProgramError(f"{output} is an output that others use: name what arrives, "
                                   f"page.output({output}, arriving=…)")
            self.outputs[output] = arriving
            self.variables[arriving] = replace(self.variables.pop(f"∂{output}"), name=arriving)


def check_members(e: Expr, variables: Mapping[str, Variable], where: str, facts: tuple[Poly, ...] = ()) -> None:
    """Every member must exist: each index provably within its axis, given the letters' ranges and the guards beside
    it. A sum to t may not pick from a family of size n.

    Raises:
        ProgramError: for an unknown name, a wrong number of indices, or an index that may leave its range.
    """
    for t in e.terms:
        here = facts + tuple(n.condition for n, _ in t.factors if isinstance(n, Guard))
        fixed = _fixed(t)
        for node, _ in t.factors:
            if isinstance(node, Ref):
                _check_ref(_at(node, fixed) if fixed else node, variables, where, here)
            elif isinstance(node, (Apply, Group, Binding)):
                for inner in node.expressions():
                    check_members(inner, variables, where, here)


def _fixed(t: Term) -> dict[Letter, Poly]:
    """The letters to which a term gives one value: l = 0 beside [l = 0]."""
    found: dict[Letter, Poly] = {}
    for condition in (n.condition for n, _ in t.factors if isinstance(n, Delta)):
        for letter in condition.free if len(condition.free) == 1 else ():
            value = condition.solve(letter)
            if value is not None:
                found[letter] = value
    return found


def _at(node: Ref, fixed: Mapping[Letter, Poly]) -> Ref:
    """The member at these values; letters whose ranges depend on them have the ranges that they leave."""
    values = dict(fixed)
    for letter in sorted(node.free - fixed.keys(), key=lambda a: a.order):
        moved = letter.substitute(fixed)
        if moved != letter:
            values[letter] = poly(moved)
    found = node.substitute(values)
    return found if isinstance(found, Ref) else node


def _check_ref(node: Ref, variables: Mapping[str, Variable], where: str, facts: tuple[Poly, ...]) -> None:
    variable = variables.get(node.name)
    if variable is None:
        raise ProgramError(f"{where}: {node.name} is not declared")
    if len(variable.axes) != len(node.indices):
        raise ProgramError(f"{where}: {node.name} has {len(variable.axes)} indices, not {len(node.indices)}")
    values: dict[Letter, Poly] = {}
    for axis, index in zip(variable.axes, node.indices):
        moved = axis.substitute(values)
        for distance in (index - moved.low, moved.high - index):
            if not nonnegative(distance, facts):
                raise ProgramError(f"{where}: {node.name}[…{plain(index)}…] may leave its range "
                                   f"{plain(moved.low)}…{plain(moved.high)}{_runs(index)}", distance)
        values[axis] = index


def _runs(index: Poly) -> str:
    """How far an index runs that is a letter."""
    letter = index.letter
    return f": {letter.name} = {plain(letter.low)}…{plain(letter.high)}" if letter is not None else ""


def plain(p: Poly) -> str:
    """An index polynomial for a message, with the letters' printed names."""
    text = str(p)
    for letter in p.free:
        text = text.replace(str(letter), letter.name)
    return text
