"""The normal form: two expressions with the same normal form are equal, for all sizes.

Expand, carry out deltas, start every sum at 1, split sums into connected components, name bound letters canonically,
collect.

What it takes for granted: real numbers; equality "off the poles", where no denominator is zero, and off the
kinks of step, relu and their like; square roots of what is not negative; every size at least its `least`. A difference
of normal forms says nothing: see `verify.exact`.
"""

from __future__ import annotations

from functools import cache
from itertools import permutations, product
from math import prod
from typing import Any

from derive.binding import Binding
from derive.bounds import nonnegative
from derive.components import (
    Component,
    balance,
    components,
    face_forward,
    shear,
    square_up,
    start_at_one,
    tighten,
    turned,
    use_free_delta,
    use_size_delta,
)
from derive.contract import contract_term
from derive.expression import (
    Apply,
    Expr,
    Factor,
    Group,
    Node,
    Ref,
    Term,
    Value,
    apply,
    expression,
    indicator,
    multiply_terms,
    number,
    term,
    total,
)
from derive.extremes import Greatest, is_chosen_once, simplified
from derive.functions import CONSTANTS, RULES
from derive.identities import rewritten
from derive.index import ONE, Letter, Number, Poly, exact, is_even, poly
from derive.inverses import Meetings, meet
from derive.powers import MAX_TERMS, TooLarge, power_of_sum, root_of, scaled
from derive.products import OrderedProduct, opened

MAX_ORDERS = 720            # orders tried for interchangeable bound letters

Words = dict[tuple[Any, ...], str]


class DivisionByZero(ArithmeticError):
    """A denominator is identically zero."""


class Normalizer:
    """Normal forms under assumptions: names that are positive, names between 0 and 1 (which are positive too),
    families that sum to one over their last axis, and matrices that are each other's inverses.

    `sums_to_one` maps such a name to its axes, `meetings` two indices of such matrices to their range and to the
    assumption (see `derive.inverses`). `used` collects the assumptions that were needed since it was last cleared.
    """

    def __init__(self, positive: frozenset[str] = frozenset(),
                 sums_to_one: dict[str, tuple[Letter, ...]] | None = None,
                 below_one: frozenset[str] = frozenset(), meetings: Meetings | None = None):
        self.positive, self.below_one = positive, below_one
        self.sums_to_one, self.meetings = sums_to_one or {}, meetings or {}
        self.used: set[str] = set()
        self._cache: dict[tuple[Expr, int], tuple[Expr, frozenset[str]]] = {}

    def normal(self, e: Expr, level: int = 0) -> Expr:
        """The normal form. Raises TooLarge, DivisionByZero."""
        key = (e, level)
        if key not in self._cache:
            outer, self.used = self.used, set()
            result = self._normal(e, level)
            self._cache[key] = (result, frozenset(self.used))
            self.used = outer
        result, used = self._cache[key]
        self.used |= used
        return result

    @property
    def assumes_equations(self) -> bool:
        return bool(self.sums_to_one or self.meetings)

    def equal(self, a: Expr, b: Expr) -> bool:
        """Whether both have the same normal form. True is a proof."""
        return not self.normal(a - b).terms

    def _normal(self, e: Expr, level: int) -> Expr:
        collected: dict[Term, Number] = {}
        work = list(e.terms)
        steps = 0
        while work:
            steps += 1
            if steps > MAX_TERMS:
                raise TooLarge(f"more than {MAX_TERMS} terms")
            t = contract_term(work.pop(), triangles=False)
            if not t.coefficient:
                continue
            expanded = self._expand(t, level)
            if expanded is not None:
                work.extend(expanded)
                continue
            t, again = self._canonical(t, level)
            if again:
                work.append(t)
            elif t.coefficient:
                key = Term(1, t.factors, t.binders)
                collected[key] = collected.get(key, 0) + t.coefficient
        kept = sorted(((k, c) for k, c in collected.items() if c), key=lambda kc: str(kc[0]))
        return Expr(Term(exact(c), k.factors, k.binders) for k, c in kept)

    # -- expansion to sums of products ---------------------------------------------------------------------------
    def _expand(self, t: Term, level: int) -> list[Term] | None:
        """One rewriting towards a sum of products, or None where there is nothing left to do."""
        for place, (node, exponent) in enumerate(t.factors):
            inner = node.expressions()
            if not inner:
                continue
            rest = t.factors[:place] + t.factors[place + 1:]
            fresh = self._renamed(node, level)
            if isinstance(fresh, Group):
                result = self._open_group(fresh.body, exponent)
            elif isinstance(fresh, OrderedProduct):
                opening = opened(fresh, exponent)
                result = None if opening is None else list(opening.terms)
            elif isinstance(fresh, Greatest):
                simpler = simplified(fresh, exponent, self.is_positive)
                result = None if simpler is None else list(simpler.terms)
            elif isinstance(fresh, Apply) and fresh.function == "log" and exponent == ONE:
                result = self._split_logarithm(fresh)
            elif isinstance(fresh, Apply):
                result = rewritten(fresh, exponent, self.is_positive)
            else:
                result = None
            if result is not None:
                return [r for piece in result
                        if (r := multiply_terms(Term(t.coefficient, rest, t.binders), piece.fresh())).coefficient]
            if fresh != node:
                return [term(t.coefficient, (*rest, (fresh, exponent)), t.binders)]
        return None

    def _open_group(self, body: Expr, exponent: Poly) -> list[Term] | None:
        """The terms that (body)^exponent stands for, where it can be written out; None where it is an atom."""
        c = exponent.constant
        if not body.terms:
            if c is not None and c > 0:
                return []
            raise DivisionByZero(f"0^{exponent}")
        whole = c is not None and isinstance(exact(c), int)
        if c is not None and whole and c > 0:
            return power_of_sum(body, int(c))
        if len(body.terms) > 1:
            return scaled(body, exponent) if c is not None else None
        (t,) = body.terms
        return self._open_product(t, exponent, whole)

    def _open_product(self, t: Term, exponent: Poly, whole: bool) -> list[Term] | None:
        """(c · f · g · Σ …)^exponent: what may leave the power does; 1^exponent is 1."""
        if t == Term(1, (), ()):
            return [t]
        if t.coefficient < 0 and is_even(exponent):
            return [term(1, [(Group(expression(Term(-t.coefficient, t.factors, t.binders))), exponent)])]
        bound = frozenset(t.binders)
        leaving = [(n, x) for n, x in t.factors
                   if (n.free | x.free).isdisjoint(bound) and (whole or self.is_positive(n))]
        content, root = root_of(t.coefficient, exponent) if exponent.constant is not None else (1, [])
        staying = tuple(f for f in t.factors if f not in leaving)
        inner = Term((1 if t.coefficient > 0 else -1) if exponent.constant is not None and not whole
                     else 1 if exponent.constant is not None else t.coefficient, staying, t.binders)
        if not leaving and inner == t and content == 1:
            return None
        outside = [(n, x * exponent) for n, x in leaving] + root
        if inner.factors or inner.binders or inner.coefficient != 1:
            outside.append((Group(expression(inner)), exponent))
        if not leaving and outside == [(Group(expression(t)), exponent)] and content == 1:
            return None
        return [term(content, outside)]

    def _split_logarithm(self, node: Apply) -> list[Term] | None:
        """log of a product of positive factors is the sum of their logs, log ∏ is Σ log, log exp u is u."""
        (body,) = node.arguments
        if len(body.terms) != 1 or body.terms[0].coefficient <= 0:
            return None
        (t,) = body.terms
        if t.binders:
            return self._split_logarithm_of_sums(t)
        split = [(n, x) for n, x in t.factors if self.is_positive(n)]
        rest = Term(t.coefficient, tuple(f for f in t.factors if f not in split), ())
        if not split or (len(split) == 1 and not rest.factors and rest.coefficient == 1
                         and split[0][1] == ONE and _is_atom_of_log(split[0][0])):
            return None
        pieces: list[Term] = []
        for n, x in split:
            pieces += (number(x) * _logarithm(n)).terms
        if rest.factors or rest.coefficient != 1:
            pieces.append(term(1, [(Apply("log", [expression(rest)]), ONE)]))
        return pieces

    def _split_logarithm_of_sums(self, t: Term) -> list[Term] | None:
        """log of a · (Σ …) · (Σ …), where all of these are positive."""
        constant, parts = components(t)
        factors = [expression(term(1, [f])) for f in constant]
        factors += [expression(Term(1, tuple(fs), tuple(bs))) for bs, fs in parts]
        if len(factors) == 1 or not all(self.is_positive(Group(f)) for f in factors):
            return None
        logs = [apply("log", f) for f in factors] + ([] if t.coefficient == 1 else [apply("log", expression(
            t.coefficient))])
        return [piece for log in logs for piece in log.terms]

    def is_positive(self, node: Node) -> bool:
        """Whether a factor is positive by the assumptions, for all inputs."""
        if isinstance(node, Ref):
            return node.name in self.positive
        if isinstance(node, Value):
            return nonnegative(poly(node.atom) - 1)
        if isinstance(node, Apply):
            rule = RULES.get(node.function)
            return node.function in CONSTANTS or rule is not None and rule.positive
        if isinstance(node, OrderedProduct):
            return not node.matrix and self._is_sum_of_positives(node.body)
        if isinstance(node, Greatest):
            return not node.indices and self._is_sum_of_positives(node.body)
        return isinstance(node, Group) and (self._is_complement(node.body) or self._is_sum_of_positives(node.body))

    def _is_complement(self, e: Expr) -> bool:
        """2 − β^t − βγ: a number, less at most as many products of what is below one (and t at least 1)."""
        numbers = [t.coefficient for t in e.terms if not t.factors and not t.binders]
        rest = [t for t in e.terms if t.factors or t.binders]
        return (len(numbers) == 1 and bool(rest) and numbers[0] + sum(t.coefficient for t in rest) >= 0
                and all(t.coefficient < 0 and self.is_below_one(t) for t in rest))

    def is_below_one(self, t: Term) -> bool:
        """Whether a product, without its coefficient, is made of what is declared to be below one."""
        return bool(t.factors) and not t.binders and all(
            isinstance(n, Ref) and n.name in self.below_one and nonnegative(x - 1) for n, x in t.factors)

    def _is_sum_of_positives(self, e: Expr) -> bool:
        """Whether no term can be negative, and one is positive: Σ x² + ε."""
        terms = [(t, [n for n, x in t.factors if not self.is_positive(n) and not is_even(x)]) for t in e.terms]
        return bool(terms) and all(t.coefficient > 0 and not doubtful for t, doubtful in terms) and any(
            all(self.is_positive(n) for n, _ in t.factors) and all(nonnegative(b.count - 1) for b in t.binders)
            for t, _ in terms)

    # -- canonical names -----------------------------------------------------------------------------------------
    def _canonical(self, t: Term, level: int) -> tuple[Term, bool]:
        """The term with canonical bound letters and its factors in order, and whether it needs another round."""
        spread = use_free_delta(t) or use_size_delta(t)
        if spread is not None:
            return spread, True
        changed = square_up(t) or shear(t) or tighten(t) or start_at_one(t) or face_forward(t)
        if changed is not None:
            return changed, True
        met = meet(t, self.meetings) if self.meetings else None
        if met is not None:
            self.used.add(met[1])
            return met[0], True
        constant, parts = components(t)
        for place, (binders, factors) in enumerate(parts):
            if not factors and len(binders) == 1:
                return self._replace(t, parts, place, constant, _count(binders[0])), True
            if self._sums_to_one(binders, factors) or is_chosen_once(binders, factors):
                return self._replace(t, parts, place, constant, expression(1)), True
        other_way = self._the_other_way(t, parts, level)
        return (other_way, True) if other_way is not None else self._name(t, constant, parts, level)

    def _the_other_way(self, t: Term, parts: list[Component], level: int) -> Term | None:
        """Where a letter counts up as often as down, Σ g[s] h[t − s], the direction with the smaller key is taken."""
        for binders, factors in parts:
            if len(binders) == 1 and balance(factors, binders[0]) == 0:
                (b,) = binders
                whole = Term(1, tuple(factors), (b,))
                back = turned(whole, b)
                if self._key((list(back.binders), list(back.factors)), {back.binders[0]: 0}, level, {}) < self._key(
                        (binders, factors), {b: 0}, level, {}):
                    return turned(t, b)
        return None

    def _replace(self, t: Term, parts: list[Component], place: int, constant: list[Factor], value: Expr) -> Term:
        rest = parts[:place] + parts[place + 1:]
        factors = constant + [f for _, fs in rest for f in fs] + [(Group(value), ONE)]
        return term(t.coefficient, factors, [b for bs, _ in rest for b in bs])

    def _sums_to_one(self, binders: list[Letter], factors: list[Factor]) -> bool:
        if len(binders) != 1 or len(factors) != 1 or factors[0][1] != ONE or not isinstance(factors[0][0], Ref):
            return False
        node, b = factors[0][0], binders[0]
        axes = self.sums_to_one.get(node.name)
        if axes is None or node.indices[-1] != poly(b) - 1 + axes[-1].low:
            return False
        values = dict(zip(axes[:-1], node.indices[:-1]))
        if any(b in p.free for p in node.indices[:-1]) or b.count != axes[-1].count.substitute(values):
            return False
        self.used.add(f"Σ {node.name} = 1")
        return True

    def _name(self, t: Term, constant: list[Factor], parts: list[Component], level: int) -> tuple[Term, bool]:
        ordered = [self._order(c, level, keyed=len(parts) > 1) for c in parts]
        names: dict[Letter, Poly] = {}
        binders: list[Letter] = []
        for _, order in sorted(ordered, key=lambda ko: ko[0]):
            for b in order:
                new = Letter("", b.low.substitute(names), b.high.substitute(names), b.family,
                             (-1, level, len(binders)))
                names[b] = poly(new)
                binders.append(new)
        coefficient: Number = t.coefficient
        factors: list[Factor] = []
        for n, x in constant + [f for c in parts for f in c[1]]:
            node = self._renamed(n.substitute(names), level)
            x = x.substitute(names)
            apart_from_lead = None
            if isinstance(node, Group) and len(node.body.terms) > 1 and x.constant is not None:
                apart_from_lead = scaled(node.body, x)
            for apart in apart_from_lead or [term(1, [(node, x)])]:
                coefficient = coefficient * apart.coefficient
                factors += apart.factors
        merged = term(coefficient, factors, binders)
        again = len(merged.factors) != len(factors)
        return Term(merged.coefficient, tuple(sorted(merged.factors, key=str)), merged.binders), again

    def _renamed(self, node: Node, level: int) -> Node:
        """The node with its expressions in normal form."""
        inner = node.expressions()
        if not inner:
            return node
        if isinstance(node, Binding):
            node = node.canonical(level)
            inner = node.expressions()
        return node.rebuild(tuple(self.normal(e, level + 1) for e in inner))

    def _order(self, component: Component, level: int, keyed: bool) -> tuple[str, list[Letter]]:
        """A key that does not depend on the letters' names (only where it is asked for), and the letters in the order
        that gives it."""
        binders, _ = component
        colours = _colours_by_range(binders)
        words: Words = {}
        while len(set(colours.values())) < len(binders):
            keys = {b: (colours[b], self._key(component, colours | {b: -1}, level, words)) for b in binders}
            ranked = sorted(set(keys.values()))
            refined = {b: ranked.index(keys[b]) for b in binders}
            if refined == colours:
                break
            colours = refined
        classes = [[b for b in binders if colours[b] == c] for c in sorted(set(colours.values()))]
        if prod(_factorial(len(c)) for c in classes) > MAX_ORDERS:
            classes = [[b] for c in classes for b in c]
        orders = [[b for c in choice for b in c] for choice in product(*(permutations(c) for c in classes))]
        if len(orders) == 1 and not keyed:
            return "", orders[0]
        return min(((self._key(component, {b: k for k, b in enumerate(o)}, level, words), o) for o in orders),
                   key=lambda ko: ko[0])

    def _key(self, component: Component, marks: dict[Letter, int], level: int, words: Words) -> str:
        """`words` keeps how a factor reads with these marks on its letters: most marks stay from call to call."""
        binders, factors = component
        names = {b: _mark(level, m) for b, m in marks.items()}
        found = []
        for place, (n, x) in enumerate(factors):
            own = place, *((b.key, marks[b]) for b in binders if b in n.free or b in x.free)
            if own not in words:
                words[own] = self._word(n, x, names, level)
            found.append(words[own])
        ranges = sorted(f"{names[b]}:{b.high.substitute(names)}" for b in binders)
        return "&".join(sorted(found)) + "|" + ",".join(ranges)

    def _word(self, n: Node, x: Poly, names: dict[Letter, Poly], level: int) -> str:
        node = n.substitute(names)
        try:
            node = self._renamed(node, level)
        except (DivisionByZero, TooLarge):
            pass
        return f"{node}^{x.substitute(names)}"


@cache
def _mark(level: int, m: int) -> Poly:
    return poly(Letter("", 0, 0, key=(-2, 7000 + level, 1 + m)))


def _factorial(n: int) -> int:
    return prod(range(1, n + 1))


def _colours_by_range(binders: list[Letter]) -> dict[Letter, int]:
    """Letters told apart by their ranges alone; a letter comes after those on which its range depends."""
    if len(binders) == 1:
        return {binders[0]: 0}
    masked = {b: poly(Letter("", 0, 0, key=(-2, 6999, 0))) for b in binders}
    ranges = {b: (sum(1 for o in binders if o in b.free), str(b.high.substitute(masked))) for b in binders}
    ranked = sorted(set(ranges.values()))
    return {b: ranked.index(ranges[b]) for b in binders}


def _count(b: Letter) -> Expr:
    """How many values a letter has: none where its range is empty."""
    return number(b.count) if nonnegative(b.count) else number(b.count) * indicator(b.count)


def _is_atom_of_log(n: Node) -> bool:
    return not (isinstance(n, OrderedProduct) or isinstance(n, Apply) and n.function == "exp")


def _logarithm(n: Node) -> Expr:
    """The logarithm of a positive factor."""
    if isinstance(n, Apply) and n.function == "exp":
        return n.arguments[0]
    if isinstance(n, OrderedProduct):
        return total(apply("log", n.body), n.letter)
    return apply("log", expression(n))
