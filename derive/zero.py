"""Is an expression zero? Normal form first, then common denominators, aligned sums, and functions written by exp.

Each of these only ever answers "yes, for all sizes" or "not shown".
"""

from __future__ import annotations

from fractions import Fraction

from derive.alignment import PEELED, align_guards, align_products, align_sums, cut_sums, split_diagonals
from derive.cases import each_case
from derive.expression import Apply, Expr, Group, Node, Term, map_terms, term
from derive.functions import RULES
from derive.index import ZERO, Letter, Number, Poly, exact, poly
from derive.normal import DivisionByZero, Normalizer
from derive.powers import TooLarge

DEPTH = 8                   # denominators cleared one inside another


def is_zero(e: Expr, normalizer: Normalizer, depth: int = 2) -> str | None:
    """How it was shown that `e` is zero off the poles, or None where it was not shown.

    `depth` is how often a letter's range may be split into cases, one inside another.
    """
    try:
        z = normalizer.normal(e)
        if not z.terms:
            return "normal form"
        if _clears(z, normalizer, DEPTH):
            return "common denominator"
        if _vanishes_aligned(z, normalizer):
            return "sums aligned at their ends"
        for cut in (split_diagonals(z, False), split_diagonals(z, True), *cut_sums(z)):
            aligned = normalizer.normal(cut)
            if aligned != z and _vanishes_aligned(aligned, normalizer):
                return "sums cut where others end"
        aligned = align_products(z, normalizer)
        if aligned != z and (not aligned.terms or _clears(aligned, normalizer, DEPTH)):
            return "products aligned at their ends"
        aligned = _settled(z, normalizer)
        if aligned != z and (not aligned.terms or _clears(aligned, normalizer, DEPTH)):
            return "conditions split where others end"
        if depth and _vanishes_in_each_case(z, normalizer, depth - 1):
            return "case by case"
        written = normalizer.normal(by_exponentials(z))
        if written != z and (not written.terms or _clears(written, normalizer, DEPTH)):
            return "functions written by exp"
    except (TooLarge, DivisionByZero):
        pass
    return None


def _settled(z: Expr, normalizer: Normalizer) -> Expr:
    """Conditions written by those next to them, until they no longer change."""
    for _ in range(PEELED):
        aligned = normalizer.normal(align_guards(z))
        if aligned == z:
            break
        z = aligned
    return z


def _vanishes_in_each_case(z: Expr, normalizer: Normalizer, depth: int) -> bool:
    cases = [normalizer.normal(c) for c in each_case(z)]
    return bool(cases) and all(any(is_zero(written, normalizer, depth) is not None for written in (
        c, align_sums(c), align_sums(c, True))) for c in cases)


def _vanishes_aligned(z: Expr, normalizer: Normalizer) -> bool:
    for aligned in (normalizer.normal(align_sums(z, first)) for first in (False, True)):
        if not aligned.terms or (aligned != z and _clears(aligned, normalizer, DEPTH)):
            return True
    return False


def _clears(z: Expr, normalizer: Normalizer, depth: int) -> bool:
    """Whether a normal form vanishes once denominators are multiplied out.

    For one denominator G at a time: terms whose powers of G differ by a whole number are brought over a common power;
    it suffices that each such class vanishes. Denominators under a sum are treated the same way, under the sum.
    """
    if not z.terms:
        return True
    if depth == 0:
        return False
    for group in _denominators(z):
        classes: dict[Poly, list[tuple[Term, Number]]] = {}
        for t in z.terms:
            kind, whole = _split_power(_free_power(t, group))
            classes.setdefault(kind, []).append((t, whole))
        if len(classes) == 1 and ZERO in classes and all(x >= 0 for _, x in classes[ZERO]):
            continue
        return all(_clears(normalizer.normal(_over_common_power(group, members)), normalizer, depth - 1)
                   for members in classes.values())
    return _clears_under_sums(z, normalizer, depth)


def _free_power(t: Term, group: Node) -> Poly:
    """The power of `group` that may be divided out of a term: one that its sums do not bind, else none."""
    return next((e for n, e in t.factors if n == group and e.free.isdisjoint(t.binders)), ZERO)


def _split_power(exponent: Poly) -> tuple[Poly, Number]:
    """What the exponent is up to a whole number, and that number: t − 1/2 is t + 1/2 and −1."""
    whole = Fraction(exponent.offset).__floor__()
    return exponent - whole, whole


def _denominators(z: Expr) -> list[Node]:
    """Groups with a negative, broken or symbolic power that no sum binds."""
    found: dict[Node, None] = {}
    for t in z.terms:
        bound = frozenset(t.binders)
        for n, x in t.factors:
            c = x.constant
            if isinstance(n, Group) and (c is None or c < 0 or isinstance(c, Fraction)):
                if n.free.isdisjoint(bound) and x.free.isdisjoint(bound):
                    found[n] = None
    return list(found)


def _over_common_power(group: Node, members: list[tuple[Term, Number]]) -> Expr:
    """The members divided by the least power that they share up to whole numbers."""
    least = min(x for _, x in members)
    terms = []
    for t, x in members:
        rest = [(n, e) for n, e in t.factors if n != group or not e.free.isdisjoint(t.binders)]
        extra = [(group, poly(exact(Fraction(x) - least)))] if x != least else []
        terms.append(term(t.coefficient, rest + extra, t.binders))
    return Expr(terms)


def _clears_under_sums(z: Expr, normalizer: Normalizer, depth: int) -> bool:
    """Sums over equal ranges vanish where their summands do."""
    classes: dict[tuple[str, ...], list[Term]] = {}
    for t in z.terms:
        classes.setdefault(tuple(str(b.high) for b in t.binders), []).append(t)
    if () in classes or not all(any(isinstance(n, Group) for t in ts for n, _ in t.factors) for ts in classes.values()):
        return False
    for terms in classes.values():
        letters = [Letter("", b.low, b.high, key=(-3, depth, k)) for k, b in enumerate(terms[0].binders)]
        if any(o in b.free for b in terms[0].binders for o in terms[0].binders if o != b):
            return False
        body = []
        for t in terms:
            values = {b: poly(new) for b, new in zip(t.binders, letters)}
            body.append(term(t.coefficient, [(n.substitute(values), x.substitute(values)) for n, x in t.factors]))
        if not _clears(normalizer.normal(Expr(body)), normalizer, depth - 1):
            return False
    return True


def by_exponentials(e: Expr) -> Expr:
    """tanh, sigmoid and their like as rational functions of exp."""
    def change(t: Term) -> Expr:
        return Expr((term(t.coefficient, [(_by_exponential(n), x) for n, x in t.factors], t.binders),))
    return map_terms(e, change)


def _by_exponential(node: Node) -> Node:
    rule = RULES.get(node.function) if isinstance(node, Apply) else None
    if isinstance(node, Apply) and rule is not None and rule.exponential is not None:
        return Group(rule.exponential(node.arguments[0]))
    return node
