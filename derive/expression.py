"""Expressions of index calculus: sums of products, with their sums over letters written in front.

    Expr  = Term + Term + …
    Term  = coefficient · node^exponent · node^exponent · … summed over bound letters
    Node  = Ref      W[l, i, j]          a member of a named family
          | Value    n, n[l], t          a size or a letter used as a number
          | Apply    tanh(…)             an elementwise function
          | Group    (… + …)             a parenthesised expression, kept as it was written
          | Delta    [p = 0]             Kronecker's delta
          | Guard    [p ≥ 0]             a range condition, worth 1 or 0
          | Partial  ∂M[J]/∂N[I]         a derivative that has not been carried out yet

Everything is immutable. Bound letters are globally unique: building a product or a sum renames them, so that no
letter is ever captured. A guard that is 0 makes its term 0, whatever the other factors are: they may then name
members that do not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Union

from derive.index import ONE, Letter, Number, Poly, PolyLike, Size, exact, floored, poly, primitive

Values = Mapping[Letter, Poly]


class Node:
    """A factor. `parts` are the polynomials and expressions it is made of."""

    __slots__ = ("parts", "free", "_hash", "_text")

    def __init__(self, *parts):
        self.parts = parts
        self.free: frozenset[Letter] = frozenset().union(*(p.free for p in self.children()))
        self._hash = hash((self.__class__, parts))
        self._text: str | None = None

    def children(self) -> Iterable:
        return self.parts

    def __eq__(self, other: object) -> bool:
        return self is other or (self.__class__ is other.__class__ and self._hash == other._hash
                                 and self.parts == other.parts)

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        if self._text is None:
            self._text = self._render()
        return self._text

    def __repr__(self) -> str:
        return str(self)

    def _render(self) -> str:
        raise NotImplementedError

    def substitute(self, values: Values) -> Node:
        if self.free.isdisjoint(values):
            return self
        return self.__class__(*(p.substitute(values) for p in self.parts))

    def expressions(self) -> tuple[Expr, ...]:
        """The expressions inside this node."""
        return ()

    def rebuild(self, expressions: tuple[Expr, ...]) -> Node:
        """The same node around other expressions."""
        return self

    def rebind(self, values: dict[Letter, Poly]) -> Node:
        """The same node with `values` put in and with new bound letters, at every level."""
        inner = self.expressions()
        if not inner:
            return self.substitute(values)
        return self.rebuild(tuple(Expr(t.rebind(values) for t in e.terms) for e in inner))


class Ref(Node):
    """A member of a named family: `W[l, i, j]`; a scalar has no indices."""

    __slots__ = ()

    def __init__(self, name: str, indices: Iterable[PolyLike] = ()):
        super().__init__(name, tuple(poly(i) for i in indices))

    @property
    def name(self) -> str:
        return self.parts[0]

    @property
    def indices(self) -> tuple[Poly, ...]:
        return self.parts[1]

    def children(self):
        return self.parts[1]

    def substitute(self, values: Values) -> Ref:
        if self.free.isdisjoint(values):
            return self
        return Ref(self.name, [p.substitute(values) for p in self.indices])

    def _render(self) -> str:
        return self.name + (f"[{','.join(map(str, self.indices))}]" if self.indices else "")


class Value(Node):
    """A size or a letter used as a number."""

    __slots__ = ()

    def __init__(self, atom: Size | Letter):
        super().__init__(atom)

    @property
    def atom(self) -> Size | Letter:
        return self.parts[0]

    def substitute(self, values: Values) -> Node:
        if self.free.isdisjoint(values):
            return self
        replaced = poly(self.atom).substitute(values)
        (monomial, c), *rest = replaced.terms or (((), 0),)
        if not rest and c == 1 and len(monomial) == 1:
            return Value(monomial[0])
        return Group(number(replaced))

    def _render(self) -> str:
        return str(self.atom)


class Apply(Node):
    """An elementwise function of its arguments. A prime in the name marks a derivative of an arbitrary function."""

    __slots__ = ()

    def __init__(self, function: str, arguments: Iterable[Expr]):
        super().__init__(function, tuple(arguments))

    @property
    def function(self) -> str:
        return self.parts[0]

    @property
    def arguments(self) -> tuple[Expr, ...]:
        return self.parts[1]

    def children(self):
        return self.parts[1]

    def substitute(self, values: Values) -> Apply:
        if self.free.isdisjoint(values):
            return self
        return Apply(self.function, [a.substitute(values) for a in self.arguments])

    def expressions(self) -> tuple[Expr, ...]:
        return self.arguments

    def rebuild(self, expressions: tuple[Expr, ...]) -> Apply:
        return Apply(self.function, expressions)

    def _render(self) -> str:
        return f"{self.function}({', '.join(map(str, self.arguments))})"


class Group(Node):
    """A parenthesised expression."""

    __slots__ = ()

    def __init__(self, body: Expr):
        super().__init__(body)

    @property
    def body(self) -> Expr:
        return self.parts[0]

    def expressions(self) -> tuple[Expr, ...]:
        return self.parts

    def rebuild(self, expressions: tuple[Expr, ...]) -> Group:
        return Group(*expressions)

    def _render(self) -> str:
        return f"({self.body})"


class Delta(Node):
    """1 where `condition` is zero, else 0. Build it with `delta`, which fixes the sign."""

    __slots__ = ()

    @property
    def condition(self) -> Poly:
        return self.parts[0]

    def substitute(self, values: Values) -> Node:
        return delta(self.condition.substitute(values))

    def _render(self) -> str:
        return f"[{self.condition}=0]"


class Guard(Node):
    """1 where `condition` is at least zero, else 0."""

    __slots__ = ()

    def __init__(self, condition: Poly):
        super().__init__(floored(condition))

    @property
    def condition(self) -> Poly:
        return self.parts[0]

    def _render(self) -> str:
        return f"[{self.condition}>=0]"


class Partial(Node):
    """The derivative of one member by another, not yet carried out: `∂M[J]/∂N[I]`, where the right side of the
    equation that defines M is differentiated once."""

    __slots__ = ()

    @property
    def of(self) -> Ref:
        return self.parts[0]

    @property
    def by(self) -> Ref:
        return self.parts[1]

    def _render(self) -> str:
        return f"d{self.of}/d{self.by}"


Factor = tuple[Node, Poly]


class Term:
    """A product with its sums. Zero is a term with coefficient 0."""

    __slots__ = ("coefficient", "factors", "binders", "free", "_hash", "_text")

    def __init__(self, coefficient: Number, factors: tuple[Factor, ...], binders: tuple[Letter, ...]):
        self.coefficient, self.factors, self.binders = coefficient, factors, binders
        free = frozenset().union(*(n.free for n, _ in factors), *(e.free for _, e in factors if e.free),
                                 *(b.free for b in binders))
        self.free: frozenset[Letter] = free - frozenset(binders) if binders else free
        self._hash = hash((coefficient, factors, binders))
        self._text: str | None = None

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Term) and self._hash == other._hash
                                 and self.coefficient == other.coefficient and self.factors == other.factors
                                 and self.binders == other.binders)

    def __hash__(self) -> int:
        return self._hash

    def substitute(self, values: Values) -> Term:
        """Replace free letters. Ranges of bound letters follow."""
        if self.free.isdisjoint(values):
            return self
        return term(self.coefficient, [(n.substitute(values), e.substitute(values)) for n, e in self.factors],
                    [b.substitute(values) for b in self.binders])

    def fresh(self) -> Term:
        """The same term with new bound letters, at every level."""
        return self.rebind({})

    def rebind(self, outer: dict[Letter, Poly]) -> Term:
        values = dict(outer)
        binders = []
        for b in self.binders:
            moved = b.substitute(values)
            new = moved.fresh()
            binders.append(new)
            values[b] = poly(new)
        if not values and not any(n.expressions() for n, _ in self.factors):
            return self
        return Term(self.coefficient, tuple((n.rebind(values), e.substitute(values)) for n, e in self.factors),
                    tuple(binders))

    def __str__(self) -> str:
        if self._text is None:
            body = "*".join(str(n) + ("" if e == ONE else f"^{{{e}}}") for n, e in self.factors)
            if self.binders:
                body = "S{" + ",".join(f"{b}:{b.low}..{b.high}" for b in self.binders) + "}" + (body or "1")
            c = self.coefficient
            self._text = (str(c) if not body else body if c == 1 else f"-{body}" if c == -1 else f"{c}*{body}")
        return self._text

    __repr__ = __str__


class Expr:
    """A sum of terms, in the order in which they were written."""

    __slots__ = ("terms", "free", "_hash")

    def __init__(self, terms: Iterable[Term] = ()):
        self.terms = tuple(t for t in terms if t.coefficient)
        self.free: frozenset[Letter] = frozenset().union(*(t.free for t in self.terms))
        self._hash = hash(self.terms)

    def __eq__(self, other: object) -> bool:
        """Equality of the writing, not of the meaning: see `derive.normal` for that."""
        return self is other or (isinstance(other, Expr) and self._hash == other._hash and self.terms == other.terms)

    def __hash__(self) -> int:
        return self._hash

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def substitute(self, values: Values) -> Expr:
        if self.free.isdisjoint(values):
            return self
        return Expr(t.substitute(values) for t in self.terms)

    def fresh(self) -> Expr:
        return Expr(t.fresh() for t in self.terms)

    def __add__(self, other: ExprLike) -> Expr:
        return Expr(self.terms + expression(other).terms)

    def __neg__(self) -> Expr:
        return Expr(Term(-t.coefficient, t.factors, t.binders) for t in self.terms)

    def __sub__(self, other: ExprLike) -> Expr:
        return self + -expression(other)

    def __mul__(self, other: ExprLike) -> Expr:
        return multiply(self, expression(other))

    def __truediv__(self, other: ExprLike) -> Expr:
        return self * expression(other) ** -1

    def __pow__(self, exponent: PolyLike) -> Expr:
        return power(self, poly(exponent))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: ExprLike) -> Expr:
        return expression(other) - self

    def __rtruediv__(self, other: ExprLike) -> Expr:
        return expression(other) / self

    def __str__(self) -> str:
        return " + ".join(map(str, self.terms)) or "0"

    __repr__ = __str__


ExprLike = Union[Expr, Term, Node, Poly, Letter, Size, int, Fraction]


def term(coefficient: Number, factors: Iterable[Factor], binders: Iterable[Letter] = ()) -> Term:
    """A term with equal factors merged and deltas and guards of numbers evaluated."""
    if coefficient == 0:
        return _ZERO_TERM
    merged: dict[Node, Poly] = {}
    for node, exponent in factors:
        if isinstance(node, (Delta, Guard)):
            value = node.condition.constant
            if value is None:
                merged[node] = ONE
            elif (value != 0) if isinstance(node, Delta) else (value < 0):
                return _ZERO_TERM
        elif node in merged:
            merged[node] = merged[node] + exponent
        else:
            merged[node] = exponent
    return Term(exact(coefficient), tuple((n, e) for n, e in merged.items() if e.terms), tuple(binders))


_ZERO_TERM = Term(0, (), ())
ZERO_EXPR = Expr()


def expression(value: ExprLike) -> Expr:
    """An expression from an expression, a term, a node, a size, a letter or a number."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, Term):
        return Expr((value,))
    if isinstance(value, Node):
        return Expr((term(1, ((value, ONE),)),))
    if isinstance(value, (Poly, Letter, Size)):
        return number(poly(value))
    return Expr((Term(exact(value), (), ()),))


def number(p: Poly) -> Expr:
    """A polynomial in letters and sizes, used as a scalar value."""
    return Expr(term(c, [(Value(a), ONE) for a in m]) for m, c in p.terms)


def ref(name: str, *indices: PolyLike) -> Expr:
    return expression(Ref(name, indices))


def apply(function: str, *arguments: ExprLike) -> Expr:
    return expression(Apply(function, [expression(a) for a in arguments]))


def delta(condition: Poly) -> Delta:
    """Kronecker's delta of `condition = 0`; `condition` and its multiples give the same node."""
    condition = primitive(condition)
    if condition.offset % 1 and condition.terms[1:]:
        return Delta(ONE)                   # 2i = 2j + 1 never holds
    return Delta(-condition if condition.terms and condition.terms[-1][1] < 0 else condition)


def indicator(condition: Poly) -> Expr:
    """[condition ≥ 0] as an expression."""
    return expression(Guard(condition))


def multiply_terms(a: Term, b: Term) -> Term:
    """The product; bound letters of `a` and `b` must differ already."""
    return term(a.coefficient * b.coefficient, a.factors + b.factors, a.binders + b.binders)


def multiply(a: Expr, b: Expr) -> Expr:
    """The product. Factors of several terms stay grouped; single terms merge."""
    if not a.terms or not b.terms:
        return ZERO_EXPR
    return Expr((multiply_terms(_as_term(a), _as_term(b)),))


def _as_term(e: Expr) -> Term:
    if len(e.terms) == 1:
        return e.terms[0].fresh()
    return Term(1, ((Group(e.fresh()), ONE),), ())


def power(base: Expr, exponent: Poly) -> Expr:
    """`base ** exponent`. Only whole exponents, or a single factor, are distributed: (ab)^(1/2) is not
    a^(1/2) b^(1/2) unless both are positive."""
    if exponent == ONE:
        return base
    if len(base.terms) == 1 and not base.terms[0].binders:
        (t,) = base.terms
        c = exponent.constant
        if c is not None and exact(c) == c and isinstance(exact(c), int):
            return Expr((term(Fraction(t.coefficient) ** int(c), [(n, e * exponent) for n, e in t.factors]),))
        if t.coefficient == 1 and len(t.factors) == 1 and t.factors[0][1] == ONE:
            return Expr((term(1, [(t.factors[0][0], exponent)]),))
    if not base.terms and exponent.constant is not None and exponent.constant > 0:
        return ZERO_EXPR
    return Expr((Term(1, ((Group(base), exponent),), ()),))


def total(e: ExprLike, *letters: Letter) -> Expr:
    """The sum of `e` over `letters`, outermost first. The letters are renamed: they stay free outside."""
    values: dict[Letter, Poly] = {}
    binders = []
    for letter in letters:
        new = letter.substitute(values).fresh()
        values[letter] = poly(new)
        binders.append(new)
    return Expr(Term(t.coefficient, t.factors, tuple(binders) + t.binders)
                for t in (s.substitute(values).fresh() for s in expression(e)))


def walk(e: Expr) -> Iterator[Node]:
    """Every node of an expression, outermost first."""
    for t in e.terms:
        for n, _ in t.factors:
            yield n
            for inner in n.expressions():
                yield from walk(inner)


def subterms(e: Expr) -> Iterator[Term]:
    """Every term of an expression, at every level."""
    for t in e.terms:
        yield t
        for n, _ in t.factors:
            for inner in n.expressions():
                yield from subterms(inner)


def letters_of(member: Ref) -> tuple[Letter, ...]:
    """The letters of a member whose indices are all plain letters."""
    return tuple(p.letter for p in member.indices if p.letter is not None)


def names(e: Expr) -> set[str]:
    """The names of all families that occur."""
    return {n.name for n in walk(e) if isinstance(n, Ref)}


def map_terms(e: Expr, change: Callable[[Term], Expr]) -> Expr:
    """Apply `change` to each term, innermost expressions first."""
    result: list[Term] = []
    for t in e.terms:
        inner = term(t.coefficient, [(_map_node(n, change), x) for n, x in t.factors], t.binders)
        result.extend(change(inner).terms)
    return Expr(result)


def _map_node(node: Node, change: Callable[[Term], Expr]) -> Node:
    inner = node.expressions()
    return node.rebuild(tuple(map_terms(e, change) for e in inner)) if inner else node
