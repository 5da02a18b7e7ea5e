"""Bounds of index polynomials: what is at least zero for all values of its letters, labels and sizes."""

from __future__ import annotations

from collections.abc import Iterable

from derive.index import Label, Letter, Monomial, Number, Poly, poly


def nonnegative(p: Poly, facts: Iterable[Poly] = ()) -> bool:
    """True only if `p >= 0` for every value of its letters within their ranges and every size at least its `least`.

    Sound and incomplete: False says nothing. `facts` are polynomials known to be non-negative here (the guards that
    stand beside the one in question).
    """
    if _bounded_below(p, 12):
        return True
    return any(_bounded_below(p - fact, 12) for fact in facts)


def _bounded_below(p: Poly, depth: int) -> bool:
    if p.constant is not None:
        return p.constant >= 0
    if depth == 0:
        return False
    letters = [a for a in p.atoms() if isinstance(a, Letter)]
    # innermost letters first: those whose range depends on others
    for letter in sorted(letters, key=lambda a: (-len(a.free), a.order)):
        sign = coefficient_sign(p, letter)
        if sign is not None:
            bound = letter.low if sign > 0 else letter.high
            return _bounded_below(p.substitute({letter: bound}), depth - 1)
    for label in [a for a in p.atoms() if isinstance(a, Label)]:
        sign = coefficient_sign(p, label)
        if sign is not None:
            return _bounded_below(_put(p, label, poly(label.least) if sign > 0 else label.high), depth - 1)
    return not letters and _nonnegative_in_sizes(p)


def _put(p: Poly, label: Label, value: Poly) -> Poly:
    """A polynomial that is linear in the label, with a value in its place."""
    rest = Poly({m: c for m, c in p.terms if label not in m})
    return rest + value * Poly({tuple(a for a in m if a != label): c for m, c in p.terms if label in m})


def coefficient_sign(p: Poly, letter: Letter | Label) -> int | None:
    """The sign of the coefficient of `letter` where `p` is linear in it and the sign is known; else None."""
    rest = Poly({tuple(a for a in m if a != letter): c for m, c in p.terms if m.count(letter) == 1})
    if any(m.count(letter) > 1 or any(a != letter and letter in a.free for a in m) for m, _ in p.terms):
        return None
    if not rest.terms or any(isinstance(a, Letter) for a in rest.atoms()):
        return None
    if _nonnegative_in_sizes(rest):
        return 1
    return -1 if _nonnegative_in_sizes(-rest) else None


def _nonnegative_in_sizes(p: Poly) -> bool:
    """Write each size as its least value plus a non-negative rest; non-negative coefficients then suffice."""
    total: dict[Monomial, Number] = {}
    for m, c in p.terms:
        expanded: dict[Monomial, Number] = {(): c}
        for size in m:
            if isinstance(size, Letter):
                return False
            step: dict[Monomial, Number] = {}
            for n, d in expanded.items():
                step[n] = step.get(n, 0) + d * size.least
                key = tuple(sorted((*n, size), key=lambda a: a.order))
                step[key] = step.get(key, 0) + d
            expanded = step
        for n, d in expanded.items():
            total[n] = total.get(n, 0) + d
    return all(c >= 0 for c in total.values())
