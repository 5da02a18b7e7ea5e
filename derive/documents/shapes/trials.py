"""An equation read on trial: with ranks that its names may have, to see whether it has a meaning then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from string import ascii_letters

from derive.documents.names.model import Equation
from derive.documents.shapes.shapes import OpenShapes
from derive.documents.trees.trees import walk
from derive.index import Poly
from derive.notation.layout import Name
from derive.notation.tensor import ShapeError
from derive.reading import Scope
from derive.reading.algebra import Algebra
from derive.reading.elaborate import Elaboration
from derive.reading.indices import arguments, letter_pieces
from derive.reading.letters import Limits
from derive.reading.nodes import differential
from derive.reading.syntax import Node
from derive.reading.values import Axis, Value

_DIVISOR = 4        # how unusual it is to divide by a matrix


class CountingShapes(OpenShapes):
    """Counts what is unusual."""

    def __init__(self) -> None:
        super().__init__()
        self.unusual = 0

    def filled(self, x: Value, like: Value) -> Value:
        """The b of X W + b is a vector more often than a number; ε is a number."""
        self.unusual += 1 + (like.is_matrix and isinstance(x.layout, Name) and x.layout.internal[0] in ascii_letters)
        return super().filled(x, like)

    def _bias(self, x: Value, like: Value, what: str) -> Value:
        self.unusual += 1
        return super()._bias(x, like, what)


class LooseShapes(CountingShapes):
    """Takes axes to be equally long: what has no meaning even then has none, whatever stands beside it."""

    def fits(self, a: Axis, b: Axis) -> bool:
        return (a is None) == (b is None)

    def is_square(self, x: Value) -> bool | None:
        return super().is_square(x) is not False


class CountingAlgebra(Algebra):
    shapes: CountingShapes

    def transpose(self, x: Value, at: int) -> Value:
        """Nobody transposes a number: the θ of θᵀx is a vector, in spite of its look."""
        self.shapes.unusual += 2 * x.is_scalar
        return super().transpose(x, at)

    def power(self, x: Value, exponent: Poly, at: int, entrywise: bool = False) -> Value:
        """x^T of a scalar was meant as a transpose. A matrix may turn out to be square or not: its powers are as large
        as it is, and more often the name is that of a number."""
        self.shapes.unusual += x.is_scalar and any(str(a).partition("#")[0] == "T" for a in exponent.atoms())
        open_yet = x.is_matrix and self.shapes.is_square(x) is None and exponent.constant is not None \
            and exponent.constant > 0
        self.shapes.unusual += 3 * open_yet
        return super().power(x, exponent, at, entrywise or open_yet)

    def hadamard(self, a: Value, b: Value, at: int) -> Value:
        self.shapes.unusual += a.is_scalar or b.is_scalar
        return super().hadamard(a, b, at)

    def fraction(self, a: Value, b: Value, at: int) -> Value:
        """Nobody divides by a matrix."""
        self.shapes.unusual += _DIVISOR if b.rows is not None and b.columns is not None else 0
        return super().fraction(a, b, at)

    def stack(self, parts: list[Value], at: int) -> Value:
        """Vectors are stacked more often than numbers that have names."""
        self.shapes.unusual += sum(p.is_scalar and isinstance(p.layout, Name) for p in parts)
        return super().stack(parts, at)

    def matrix(self, rows: list[list[Value]], at: int) -> Value:
        """A matrix is made of numbers, or of matrices."""
        self.shapes.unusual += sum(p.rank == 1 for row in rows for p in row)
        return super().matrix(rows, at)

    def norm_squared(self, x: Value, at: int) -> Value:
        self.shapes.unusual += x.is_scalar
        return super().norm_squared(x, at)


class Trial:
    """Both sides of an equation, with sizes filled in where it tells them."""

    def __init__(self, equation: Equation, scope: Scope, shapes: OpenShapes, limits: dict[str, Limits]):
        self.source, self.shapes, self.sides = equation.formula.source, shapes, equation.members
        shapes.source = self.source
        self.elaboration = Elaboration(scope, self.source, limits, shapes)
        if isinstance(shapes, CountingShapes):
            self.elaboration.algebra = CountingAlgebra(shapes)
        letters = self.elaboration.letters
        for node in walk(equation.members[0]):      # in α_t = α_0 (1 − t/T), t is a value too
            if node.kind == "ident" and node.parts[0].text in equation.context.left - sizes_of(scope):
                if letters.find(node.parts[0].text) is None:
                    letters.make(node.parts[0].text, node.at)

    def value(self, node: Node) -> Value:
        """Raises ReadingError where a side has no meaning."""
        try:
            return self.elaboration.value(node)
        except ShapeError as error:
            raise self.source.error(str(error), node.at) from None
        except ZeroDivisionError:
            raise self.source.error("a division by 0", node.at) from None
        except RecursionError:
            raise self.source.error("the formula is nested too deeply", node.at) from None

    def settle(self) -> None:
        """A letter says how long the axes are over which it runs."""
        if not self.shapes.settle_letters(self.elaboration.letters):
            raise self.source.error("a letter runs over two lengths", 0)
        self.shapes.settle_ends(self.elaboration.letters)


    def tie(self, of_a_class: str) -> None:
        """The k of [k = c] runs over all classes."""
        limits = self.elaboration.letters.limits.get(of_a_class)
        beside = set(_beside(of_a_class, self.sides)) if limits is not None else set()
        for draft in self.elaboration.letters.every if beside else ():
            whole = [(low, high) for low, high, index in draft.uses if index.letter == draft.letter]
            if draft.name in beside and limits is not None and whole:
                self.shapes.fits((limits.low, limits.high), whole[0])


def _beside(letter: str, sides: Iterable[Node]) -> Iterator[str]:
    """The letters that are compared with this one: k in [k = c] and δ_{kc}."""
    for node in (n for side in sides for n in walk(side)):
        names: list[str] = []
        if node.kind == "relation" and node.parts[1] == ("=",):
            names = [n.parts[0].text for n in node.parts[0] if n.kind in ("ident", "name")]
        elif node.kind == "scripted" and node.parts[0].kind in ("ident", "name") and node.parts[0].parts[0].text == "δ":
            names = [x for s in node.parts[1] if s.kind == "lowered" for i in arguments(s.parts[0])
                     if i.kind in ("ident", "name") for x in letter_pieces(i.parts[0].text)]
        if len(names) == 2 and letter in names:
            yield from set(names) - {letter}


def sizes_of(scope: Scope) -> frozenset[str]:
    return frozenset(scope.sizes)


def fit(shapes: OpenShapes, left: Value, right: Value) -> None:
    """Both sides of an equation have one shape; a number or 0 fits any."""
    if right.plain or left.plain:
        return
    right = shapes.turned_to(right, left)
    shapes.same(left, right, "the sides have different shapes")


def parts_of(node: Node) -> Iterator[Node]:
    """The pieces of a side, innermost first, whose values do not depend on what stands around them."""
    for inner in _operands(node):
        yield from parts_of(inner)
    if node.kind in ("sum", "product", "entrywise", "fraction", "apply"):
        yield node


def _operands(node: Node) -> tuple[Node, ...]:
    if node.kind == "sum":
        return node.parts[1]
    if node.kind in ("product", "entrywise", "group", "braces"):
        return node.parts[0]
    if node.kind == "fraction" and not any(differential(p) or p.kind == "second" for p in node.parts):
        return node.parts
    return node.parts[2].parts[0] if node.kind == "apply" and node.parts[2].kind == "group" else ()
