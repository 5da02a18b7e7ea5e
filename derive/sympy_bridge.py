"""SymPy in and out: `from_sympy` reads formulas written with `Indexed`, `Sum`, `Piecewise` and functions; `to_sympy`
gives them back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any

import sympy

from derive.binding import Binding
from derive.expression import (
    Apply,
    Delta,
    Expr,
    Group,
    Guard,
    Node,
    Partial,
    Ref,
    Term,
    Value,
    apply,
    delta,
    expression,
    indicator,
    number,
    power,
    ref,
    total,
)
from derive.extremes import Greatest
from derive.functions import CONSTANTS, RULES
from derive.index import ONE, Letter, Poly, Size, exact, is_whole, poly
from derive.products import OrderedProduct
from derive.sympy_binders import IsMaximum, MatrixProduct, Maximum
from derive.sympy_functions import SYMPY_FUNCTIONS, normal_cdf, normal_pdf


class Unreadable(ValueError):
    """A SymPy object that has no meaning here; names it."""


_NAMES = {f: n for n, f in SYMPY_FUNCTIONS.items()}


def concat(letter: sympy.Idx, *blocks: tuple[Any, Any]) -> sympy.Expr:
    """The members of a concatenation [a, b, …] along `letter`:
    `concat(q, (lambda i: h[t - 1, i], H), (lambda k: x[t, k], D))`.

    Each block is a function of its own index, counted from 1, and its size.
    """
    pieces = []
    start: Any = 0
    for member, length in blocks:
        end = start + length
        pieces.append((member(letter - start), letter <= end))
        start = end
    return sympy.Piecewise(*pieces[:-1], (pieces[-1][0], True))


def name_of(symbol: Any) -> str:
    """The name of a symbol, a family or a member."""
    if isinstance(symbol, sympy.Indexed):
        symbol = symbol.base
    return str(symbol.label) if isinstance(symbol, sympy.IndexedBase) else str(symbol)


@dataclass(frozen=True)
class Scope:
    """What the letters and names of a SymPy expression stand for. `letters` maps an `Idx` to its letter."""

    letters: Mapping[Any, Letter]
    sizes: Mapping[str, Size]
    functions: frozenset[str] = frozenset()

    def binding(self, idx: Any, letter: Letter) -> Scope:
        return Scope({**self.letters, idx: letter}, self.sizes, self.functions)


def poly_from_sympy(e: Any, scope: Scope) -> Poly:
    """An index, a bound or an exponent.

    Raises:
        Unreadable: where it is no polynomial in letters and sizes.
    """
    if e.is_Rational:
        return poly(exact(Fraction(int(e.p), int(e.q))))
    if e in scope.letters:
        return poly(scope.letters[e])
    if e.is_Symbol and e.name in scope.sizes:
        return poly(scope.sizes[e.name])
    if isinstance(e, sympy.Indexed) and name_of(e) in scope.sizes:
        size = scope.sizes[name_of(e)]
        return poly(size.placed(tuple(poly_from_sympy(i, scope) for i in e.indices)))
    if e.is_Add:
        return sum((poly_from_sympy(a, scope) for a in e.args), poly(0))
    if e.is_Mul:
        product = poly(1)
        for a in e.args:
            product = product * poly_from_sympy(a, scope)
        return product
    if e.is_Pow and e.exp.is_Integer and 0 < e.exp < 9:
        product = poly(1)
        for _ in range(int(e.exp)):
            product = product * poly_from_sympy(e.base, scope)
        return product
    raise Unreadable(f"{e} is no polynomial in index letters and sizes")


def bound_from_sympy(e: Any, scope: Scope) -> Poly:
    """The end of a range.

    Raises:
        Unreadable: where it may be no whole number (n/2).
    """
    p = poly_from_sympy(e, scope)
    if not is_whole(p):
        raise Unreadable(f"a range may not end at {e}, which may be no whole number")
    return p


def _is_index(e: Any, scope: Scope) -> bool:
    return e in scope.letters or (e.is_Symbol and e.name in scope.sizes) or (
        isinstance(e, sympy.Indexed) and name_of(e) in scope.sizes)


def by_normal_law(e: Any) -> Any:
    """erf and roots of π by the distribution function Φ and the density φ of the standard normal law, simplified by
    SymPy: (1 + erf(x/√2))/2 is Φ(x), and √(2/π) is 2 φ(0)."""
    e = sympy.sympify(e)
    if e.has(sympy.erf):
        e = e.replace(sympy.erf, lambda u: 2 * normal_cdf(sympy.sqrt(2) * u) - 1)
    if any(p.base is sympy.pi and not p.exp.is_integer for p in e.atoms(sympy.Pow)):
        density = sympy.Dummy(positive=True)
        e = e.subs(sympy.pi, 1 / (2 * density**2)).xreplace({density: normal_pdf(sympy.Integer(0))})
    return e


def from_sympy(e: Any, scope: Scope) -> Expr:
    """A SymPy expression as an expression of ours.

    Raises:
        Unreadable: names the part that has no meaning.
    """
    e = sympy.sympify(e) if not isinstance(e, sympy.Basic) else e
    if e.is_Rational:
        return expression(exact(Fraction(int(e.p), int(e.q))))
    if e.is_Float:
        return expression(exact(Fraction(repr(float(e)))))
    if _is_index(e, scope):
        return number(poly_from_sympy(e, scope))
    if isinstance(e, sympy.Indexed):
        return ref(name_of(e), *(poly_from_sympy(i, scope) for i in e.indices))
    if e.is_Symbol:
        return ref(e.name)
    if e.is_Add:
        return Expr(t for a in e.args for t in from_sympy(a, scope).terms)
    if e.is_Mul:
        result = expression(1)
        for a in e.args:
            result = result * from_sympy(a, scope)
        return result
    if isinstance(e, sympy.exp):
        return apply("exp", from_sympy(e.args[0], scope))
    if e is sympy.pi:
        return apply("pi")
    if e.is_Pow and e.base is sympy.pi and not e.exp.is_integer:
        return _power_of_pi(poly_from_sympy(e.exp, scope))
    if isinstance(e, sympy.erf):
        return 2 * apply("normal_cdf", from_sympy(sympy.sqrt(2) * e.args[0], scope)) - 1
    if e.is_Pow:
        return power(from_sympy(e.base, scope), poly_from_sympy(e.exp, scope))
    if isinstance(e, sympy.Sum):
        return _sum(e, scope)
    if isinstance(e, (Maximum, IsMaximum)):
        return _greatest(e, scope)
    if isinstance(e, (sympy.Product, MatrixProduct)):
        return _product(e, scope)
    if isinstance(e, sympy.KroneckerDelta):
        a, b = (poly_from_sympy(x, scope) for x in e.args[:2])
        return expression(delta(a - b))
    if isinstance(e, sympy.Piecewise):
        return _piecewise(e, scope)
    if isinstance(e, sympy.Derivative):
        return expression(Partial(*(member_of(from_sympy(x, scope)) for x in (e.expr, e.variables[0]))))
    if isinstance(e, (sympy.Max, sympy.Min)):
        first, *others = (from_sympy(a, scope) for a in e.args)
        return reduce(lambda a, b: apply(_NAMES[type(e)], a, b), others, first)
    if isinstance(e, sympy.Function):
        return _function(e, scope)
    raise Unreadable(f"{type(e).__name__} {e} has no meaning here")


def _power_of_pi(exponent: Poly) -> Expr:
    """π = 1/(2 φ(0)²), by the density φ of the standard normal law: the root of 2 is not needed."""
    return power(expression(2), -exponent) * power(apply("normal_pdf", Expr()), exponent * -2)


def member_of(e: Expr) -> Ref:
    """The member that an expression consists of."""
    if len(e.terms) == 1 and not e.terms[0].binders and e.terms[0].coefficient == 1:
        if [x for _, x in e.terms[0].factors] == [ONE] and isinstance(e.terms[0].factors[0][0], Ref):
            return e.terms[0].factors[0][0]
    raise Unreadable(f"{e}: expected a name or a member of a family")


def _sum(e: Any, scope: Scope) -> Expr:
    letters = []
    for limit in reversed(e.limits):
        letter, scope = _bound(limit, scope)
        letters.append(letter)
    return total(from_sympy(e.function, scope), *letters)


def _bound(limit: Any, scope: Scope) -> tuple[Letter, Scope]:
    """The letter of a limit `(s, low, high)`, or of a letter with its own range, and the scope in which it is bound."""
    idx, low, high = limit if len(limit) == 3 else (limit[0], limit[0].lower, limit[0].upper)
    hint = scope.letters.get(idx)
    letter = Letter(str(idx), bound_from_sympy(low, scope), bound_from_sympy(high, scope), bool(hint and hint.family))
    return letter, scope.binding(idx, letter)


def _product(e: Any, scope: Scope) -> Expr:
    """∏ of numbers (outermost letter last in SymPy), or an entry of a product of matrices."""
    body, limits, ends = (e.function, list(reversed(e.limits)), ()) if isinstance(e, sympy.Product) else (
        e.args[0], list(e.args[1:4]), e.args[4:])
    indices = [poly_from_sympy(i, scope) for i in ends]
    letters = []
    for limit in limits:
        letter, scope = _bound(limit, scope)
        letters.append(letter)
    inside = from_sympy(body, scope)
    if indices:
        return expression(OrderedProduct(inside, letters[0], letters[1:], indices))
    for letter in reversed(letters):
        inside = expression(OrderedProduct(inside, letter))
    return inside


def _greatest(e: Any, scope: Scope) -> Expr:
    *places, body, limit = e.args
    letter, inside = _bound(limit, scope)
    return expression(Greatest(from_sympy(body, inside), letter, [poly_from_sympy(p, scope) for p in places]))


def _piecewise(e: Any, scope: Scope) -> Expr:
    """Σ over the pieces, each guarded by its own condition and by the negations of those before it."""
    result, before = Expr(), expression(1)
    for value, condition in e.args:
        holds, fails = _condition(condition, scope)
        result = result + before * holds * from_sympy(value, scope)
        before = before * fails
    return Expr(t for t in result.terms)


def _condition(c: Any, scope: Scope) -> tuple[Expr, Expr]:
    """[c] and [not c], for an inequality between index polynomials; between other values by a step, off its kink."""
    if c in (True, sympy.true):
        return expression(1), Expr()
    if isinstance(c, (sympy.Le, sympy.Ge, sympy.Lt, sympy.Gt)):
        low, high = (c.lhs, c.rhs) if isinstance(c, (sympy.Le, sympy.Lt)) else (c.rhs, c.lhs)
        if not _is_of_indices(low, scope) or not _is_of_indices(high, scope):
            above = apply("step", from_sympy(high, scope) - from_sympy(low, scope))
            return above, 1 - above
        gap = poly_from_sympy(high, scope) - poly_from_sympy(low, scope)
        gap = gap - 1 if isinstance(c, (sympy.Lt, sympy.Gt)) else gap
        return indicator(gap), indicator(-gap - 1)
    if isinstance(c, sympy.And):
        holds = expression(1)
        for part in c.args:
            holds = holds * _condition(part, scope)[0]
        return holds, 1 - holds
    raise Unreadable(f"the condition {c} is no inequality")


def _is_of_indices(e: Any, scope: Scope) -> bool:
    try:
        poly_from_sympy(sympy.sympify(e), scope)
    except Unreadable:
        return False
    return True


def _function(e: Any, scope: Scope) -> Expr:
    name = _NAMES.get(type(e), type(e).__name__)
    if name not in RULES and name not in SYMPY_FUNCTIONS and name.rstrip("'") not in scope.functions:
        raise Unreadable(f"the function '{name}' is unknown; declare it with page.function({name!r})")
    return apply(name, *(from_sympy(a, scope) for a in e.args))


# -- back to SymPy ------------------------------------------------------------------------------------------------
def poly_to_sympy(p: Poly, letters: dict[Letter, Any]) -> Any:
    total_ = sympy.Integer(0)
    for monomial, c in p.terms:
        product = sympy.Rational(c)
        for a in monomial:
            product *= _atom_to_sympy(a, letters)
        total_ += product
    return total_


def _atom_to_sympy(a: Size | Letter, letters: dict[Letter, Any]) -> Any:
    if isinstance(a, Letter):
        if a not in letters:
            letters[a] = sympy.Idx(_unused(a.name, letters), (poly_to_sympy(a.low, letters),
                                                              poly_to_sympy(a.high, letters)))
        return letters[a]
    if a.at:
        return sympy.IndexedBase(a.name, integer=True, positive=True)[tuple(poly_to_sympy(p, letters) for p in a.at)]
    return sympy.Symbol(a.name, integer=True, positive=True)


def _unused(name: str, letters: dict[Letter, Any]) -> str:
    taken = {str(v.label) for v in letters.values()}
    while name in taken:
        name += "_"
    return name


def to_sympy(e: Expr, positive: frozenset[str] = frozenset(), letters: dict[Letter, Any] | None = None) -> Any:
    """An expression as a SymPy one, bound letters renamed where two would look alike.

    `letters` gives the `Idx` of a letter, and is filled with those of the free letters: with it the result can be read
    back by `from_sympy`.
    """
    return _expr_to_sympy(e, {} if letters is None else letters, positive)


def _expr_to_sympy(e: Expr, letters: dict[Letter, Any], positive: frozenset[str]) -> Any:
    return sympy.Add(*(_term_to_sympy(t, letters, positive) for t in e.terms))


def _term_to_sympy(t: Term, letters: dict[Letter, Any], positive: frozenset[str]) -> Any:
    for a in sorted(t.free, key=lambda a: a.order):
        _atom_to_sympy(a, letters)
    inner = dict(letters)
    limits = []
    for b in t.binders:
        idx = _atom_to_sympy(b, inner)
        limits.append((idx, idx.lower, idx.upper))
    conditions = []
    product = sympy.Rational(t.coefficient)
    for n, x in t.factors:
        if isinstance(n, Guard):
            conditions.append(poly_to_sympy(n.condition, inner) >= 0)
            continue
        product *= sympy.Pow(_node_to_sympy(n, inner, positive), poly_to_sympy(x, inner))
    if conditions:
        product = sympy.Piecewise((product, sympy.And(*conditions)), (0, True))
    return sympy.Sum(product, *reversed(limits)) if limits else product


def _node_to_sympy(n: Node, letters: dict[Letter, Any], positive: frozenset[str]) -> Any:
    if isinstance(n, Ref):
        if n.indices:
            return sympy.IndexedBase(n.name, real=True)[tuple(poly_to_sympy(i, letters) for i in n.indices)]
        return sympy.Symbol(n.name, positive=True) if n.name in positive else sympy.Symbol(n.name, real=True)
    if isinstance(n, Value):
        return _atom_to_sympy(n.atom, letters)
    if isinstance(n, Apply) and n.function in CONSTANTS:
        return getattr(sympy, n.function)
    if isinstance(n, Apply):
        function = SYMPY_FUNCTIONS.get(n.function) or sympy.Function(n.function)
        return function(*(_expr_to_sympy(a, letters, positive) for a in n.arguments))
    if isinstance(n, Group):
        return _expr_to_sympy(n.body, letters, positive)
    if isinstance(n, Delta):
        return sympy.KroneckerDelta(poly_to_sympy(n.condition, letters), 0)
    if isinstance(n, OrderedProduct):
        return _product_to_sympy(n, letters, positive)
    if isinstance(n, Greatest):
        body, limits = _scheme_to_sympy(n, letters, positive)
        return Maximum(body, *limits) if n.place is None else IsMaximum(poly_to_sympy(n.place, letters), body, *limits)
    if isinstance(n, Partial):
        return sympy.Derivative(_node_to_sympy(n.of, letters, positive), _node_to_sympy(n.by, letters, positive),
                                evaluate=False)
    raise Unreadable(f"{n} has no form in SymPy")


def _product_to_sympy(n: OrderedProduct, letters: dict[Letter, Any], positive: frozenset[str]) -> Any:
    body, limits = _scheme_to_sympy(n, letters, positive)
    if not n.matrix:
        return sympy.Product(body, limits[0])
    return MatrixProduct(body, *limits, *(poly_to_sympy(i, letters) for i in n.indices))


def _scheme_to_sympy(n: Binding, letters: dict[Letter, Any], positive: frozenset[str]) -> tuple[Any, list[Any]]:
    """The body, and the limits of the letters that the node binds."""
    inner = dict(letters)
    limits = []
    for b in n.scheme.binders:
        idx = _atom_to_sympy(b, inner)
        limits.append((idx, idx.lower, idx.upper))
    return _expr_to_sympy(n.body, inner, positive), limits
