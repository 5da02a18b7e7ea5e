"""Rewriting that keeps the value: unfold definitions, open and collect terms, pull out common factors.

What these return is checked by others; nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from derive.binding import Binding
from derive.bounds import nonnegative
from derive.contract import contract, contract_term
from derive.expression import (
    Apply,
    Delta,
    Expr,
    Group,
    Guard,
    Node,
    Ref,
    Term,
    multiply_terms,
    names,
    term,
    walk,
)
from derive.index import ONE, Letter, Number, Poly, poly
from derive.normal import Normalizer
from derive.program import Equation


# -- definitions --------------------------------------------------------------------------------------------------
def unfold(e: Expr, definitions: Mapping[str, Equation], facts: tuple[Poly, ...] = (),
           chosen: Callable[[Ref], bool] | None = None) -> Expr:
    """Replace members of defined families by their right sides (only those that are `chosen`, where that is given).

    A member is replaced only where the equation certainly holds for it: `h[t−1]` with t ≥ 1 may be the initial state,
    which nothing defines, and stays.
    """
    if definitions.keys().isdisjoint(names(e)):
        return e

    def written(node: Node, here: tuple[Poly, ...]) -> Node:
        if isinstance(node, Ref):
            equation = definitions.get(node.name)
            if equation is None or (chosen is not None and not chosen(node)):
                return node
            return Group(equation.at(node.indices)) if holds_at(equation, node.indices, here) else node
        inner = node.expressions()
        return node.rebuild(tuple(unfold(x, definitions, here, chosen) for x in inner)) if inner else node

    result = []
    for t in e.terms:
        here = facts + tuple(n.condition for n, _ in t.factors if isinstance(n, Guard))
        result.append(term(t.coefficient, [(written(n, here), x) for n, x in t.factors], t.binders))
    return Expr(result)


def holds_at(equation: Equation, indices: tuple[Poly, ...], facts: tuple[Poly, ...] = ()) -> bool:
    """Whether the equation certainly covers this member, whose letters have values within their ranges."""
    values: dict[Letter, Poly] = {}
    facts += tuple(a.count - 1 for p in indices for a in p.atoms() if isinstance(a, Letter) and a.count.free)
    for letter, index in zip(equation.letters, indices):
        moved = letter.substitute(values)
        if not (nonnegative(index - moved.low, facts) and nonnegative(moved.high - index, facts)):
            return False
        values[letter] = index
    return True


# -- shape --------------------------------------------------------------------------------------------------------
def contract_all(e: Expr) -> Expr:
    """Contract deltas and decide guards at every level; drop what became zero; open groups of one term."""
    result = []
    for t in contract(e).terms:
        inner = contract_term(_open(term(t.coefficient, [(_contract_node(n), x) for n, x in t.factors], t.binders)))
        if not any(isinstance(n, Group) and not n.body.terms and _positive(x) for n, x in inner.factors):
            result += _spliced(inner)
    return Expr(result)


def _spliced(t: Term) -> list[Term]:
    """The terms of a group that stands alone."""
    if len(t.factors) == 1 and isinstance(t.factors[0][0], Group) and t.factors[0][1] == ONE and not t.binders:
        return [Term(t.coefficient * u.coefficient, u.factors, u.binders) for u in t.factors[0][0].body.terms]
    return [t]


def _positive(x: Poly) -> bool:
    return x.constant is not None and x.constant > 0


def _contract_node(node: Node) -> Node:
    inner = node.expressions()
    return node.rebuild(tuple(contract_all(e) for e in inner)) if inner else node


def _open(t: Term) -> Term:
    """Groups of a single term lose their parentheses."""
    if not any(isinstance(n, Group) and len(n.body.terms) == 1 and x == ONE for n, x in t.factors):
        return t
    result = Term(t.coefficient, (), t.binders)
    for n, x in t.factors:
        if isinstance(n, Group) and len(n.body.terms) == 1 and x == ONE:
            result = multiply_terms(result, n.body.terms[0].fresh())
        else:
            result = multiply_terms(result, Term(1, ((n, x),), ()))
    return result


def distribute(e: Expr) -> Expr:
    """Multiply out the groups that carry guards or deltas, so that each term has its own conditions."""
    work, result = list(e.terms), []
    while work:
        t = work.pop(0)
        hit = next(((n, x) for n, x in t.factors if isinstance(n, Group) and x == ONE and _conditional(n.body)), None)
        if hit is None:
            result.append(t)
            continue
        place = t.factors.index(hit)
        before = Term(t.coefficient, t.factors[:place], t.binders)
        after = Term(1, t.factors[place + 1:], ())
        work = [multiply_terms(multiply_terms(before, inner.fresh()), after) for inner in hit[0].body.terms] + work
    return Expr(result)


def _conditional(e: Expr) -> bool:
    return any(isinstance(n, (Guard, Delta)) for t in e.terms for n, _ in t.factors)


def collect(e: Expr, normalizer: Normalizer) -> Expr:
    """Merge terms that differ only in the names of bound letters, keeping the first one's writing."""
    found: dict[Expr, Term] = {}
    for t in e.terms:
        key = normalizer.normal(Expr((Term(1, t.factors, t.binders),)))
        old = found.get(key)
        found[key] = t if old is None else Term(old.coefficient + t.coefficient, old.factors, old.binders)
    return e if len(found) == len(e.terms) else Expr(found.values())


def factor(e: Expr) -> Expr:
    """Pull out the factors that all terms share (none that a sum binds). Functions go behind: (Wᵀδ) ⊙ σ'(z)."""
    if len(e.terms) < 2:
        return e
    common = _free_factors(e.terms[0])
    for t in e.terms[1:]:
        mine = _free_factors(t)
        common = {n: p for n, x in common.items() if n in mine and (p := _shared_power(x, mine[n]))}
    content = _content([t.coefficient for t in e.terms])
    if not common and content == 1:
        return e
    inner = Expr(term(Fraction(t.coefficient) / content,
                      [(n, x - common[n]) if n in common else (n, x) for n, x in t.factors], t.binders)
                 for t in e.terms)
    front = [(n, poly(p)) for n, p in common.items() if not isinstance(n, Apply)]
    behind = [(n, poly(p)) for n, p in common.items() if isinstance(n, Apply)]
    return Expr((term(content, [*front, (Group(inner), ONE), *behind]),))


def _free_factors(t: Term) -> dict[Node, Number]:
    bound = frozenset(t.binders)
    return {n: x.constant for n, x in t.factors
            if x.constant is not None and n.free.isdisjoint(bound) and not isinstance(n, (Guard, Delta))}


def _shared_power(a: Number, b: Number) -> Number:
    if a > 0 and b > 0:
        return min(a, b)
    return max(a, b) if a < 0 and b < 0 else 0


def _content(coefficients: list[Number]) -> Number:
    """The common size of the coefficients (with the sign where they all agree), else 1."""
    first = coefficients[0]
    if all(c == first for c in coefficients):
        return first
    size = first if first > 0 else -first
    return size if all(c in (size, -size) for c in coefficients) else 1


def cost(e: Expr) -> float:
    """How much there is to read."""
    total = 0.0
    for t in e.terms:
        total += 0.25 + len(t.binders) + 0.5 * (t.coefficient not in (1, -1)) + 0.5 * (not t.factors)
        for n, x in t.factors:
            total += 0.5 * (x != ONE) + _node_cost(n)
    return total


def _node_cost(n: Node) -> float:
    if isinstance(n, Group):
        return cost(n.body)
    if isinstance(n, (Apply, Binding)):
        return 0.5 + sum(map(cost, n.expressions()))
    return 1.0


def renamed(e: Expr, letters: tuple[Letter, ...], axes: Mapping[str, tuple[Letter, ...]]) -> Expr:
    """Give canonical bound letters the printed names of the program's letters with the same range, or of the axis
    that they index."""
    result = []
    for t in e.terms:
        values: dict[Letter, Poly] = {}
        binders = []
        for b in t.binders:
            moved = b.substitute(values)
            new = _named(moved, letters, _indexed(t, b, axes)) if b.key[0] < 0 else moved
            values[b] = poly(new)
            binders.append(new)
        factors = [(_renamed_node(n.substitute(values), letters, axes), x.substitute(values)) for n, x in t.factors]
        result.append(term(t.coefficient, factors, binders))
    return Expr(result)


def _renamed_binding(p: Binding, letters: tuple[Letter, ...], axes: Mapping[str, tuple[Letter, ...]]) -> Binding:
    """A product counted as its members are: over s = k+1…t rather than over 1…t−k."""
    old, (t, *_) = p.letter, p.body.terms or (Term(1, (), ()),)
    shift = next((i - old for n in walk(p.body) if isinstance(n, Ref) for i in n.indices
                  if i.coefficient(old) == 1 and (i - old).free <= p.free), poly(0))
    moved = Letter("", old.low + shift, old.high + shift, old.family, old.key)
    letter = _named(moved, letters, _indexed(t, old, axes))
    return p.counted(letter, shift, lambda k, m: _named(m, letters, _indexed(t, p.scheme.binders[k + 1], axes)))


def _named(b: Letter, letters: tuple[Letter, ...], axis: Letter | None) -> Letter:
    for like in letters:
        if like.low == b.low and like.high == b.high and (axis is None or like.family == axis.family):
            return like.fresh()
    for like in letters:
        if like.high - like.low == b.high - b.low or like.high == b.high:
            return like.fresh(b.low, b.high)
    return axis.fresh(b.low, b.high) if axis is not None else Letter("k", b.low, b.high, b.family)


def _indexed(t: Term, b: Letter, axes: Mapping[str, tuple[Letter, ...]]) -> Letter | None:
    """The first axis that a bound letter indexes, up to a shift."""
    for n in walk(Expr((t,))):
        if isinstance(n, Ref) and len(axes.get(n.name, ())) == len(n.indices):
            for axis, p in zip(axes.get(n.name, ()), n.indices):
                if p.coefficient(b) == 1 and (p - b).free.isdisjoint(t.binders):
                    return axis
    return None


def _renamed_node(node: Node, letters: tuple[Letter, ...], axes: Mapping[str, tuple[Letter, ...]]) -> Node:
    inner = node.expressions()
    if isinstance(node, Binding) and node.letter.key[0] < 0:
        node = _renamed_binding(node, letters, axes)
        inner = node.expressions()
    return node.rebuild(tuple(renamed(e, letters, axes) for e in inner)) if inner else node
