"""One term: a product of arrays, summed over letters. Written with @ where it is a product of matrices."""

from __future__ import annotations

from derive.emission.code import ATOM, PRODUCT, Code, Labels, quotient
from derive.emission.numbers import Frame
from derive.index import Letter


def contracted(over: list[Code], under: list[Code], summed: Labels, inside: Frame, frame: Frame) -> Code:
    """`over` divided by `under`, summed over the letters `summed`; factors without a summed letter stay outside."""
    loose_over = [c for c in over if not set(c.labels) & set(summed)]
    loose_under = [c for c in under if not set(c.labels) & set(summed)]
    tied = [(c, True) for c in over if c not in loose_over] + [(c, False) for c in under if c not in loose_under]
    for letter in summed:
        if not any(letter in c.labels for c, _ in tied):
            loose_over.append(frame.number(letter.count))
    while tied:
        part, tied = _connected(tied, set(summed))
        loose_over.append(_component(_merged(part, inside), set(summed), inside))
    return quotient(loose_over, loose_under, frame)


def _connected(tied: list[tuple[Code, bool]], summed: set[Letter]) -> tuple[list[tuple[Code, bool]],
                                                                            list[tuple[Code, bool]]]:
    """The factors that share summed letters with the first one, and the rest."""
    part, rest = tied[:1], tied[1:]
    while True:
        reached = {a for c, _ in part for a in c.labels} & summed
        more = [p for p in rest if set(p[0].labels) & reached]
        if not more:
            return part, rest
        part, rest = part + more, [p for p in rest if p not in more]


def _merged(part: list[tuple[Code, bool]], inside: Frame) -> list[Code]:
    """Factors with the same axes multiplied; a divisor goes to a factor that has its axes."""
    groups: list[tuple[set[Letter], list[Code], list[Code]]] = []
    for code, up in sorted(part, key=lambda p: (not p[1], p[0].logical, -len(p[0].labels))):
        own = set(code.labels)
        home = next((g for g in groups if g[0] == own or (own < g[0] and (not up or code.logical))), None)
        if home is None:
            home = (own, [], [])
            groups.append(home)
        (home[1] if up else home[2]).append(code)
    merged = []
    for _, over, under in groups:
        if all(c.logical for c in over) and not under:
            over = [inside.numeric(quotient(over, [], inside))]
        merged.append(quotient(over, under, inside))
    return merged


def _component(groups: list[Code], summed: set[Letter], inside: Frame) -> Code:
    kept = tuple(a for a in inside.axes if a not in summed and any(a in g.labels for g in groups))
    if len(groups) == 2:
        found = _matrix_product(groups[0], groups[1], summed, kept)
        if found is not None:
            return found
        small, large = sorted(groups, key=lambda g: len(g.labels))
        if set(small.labels) <= set(large.labels) and not _worth(small, large, summed):
            groups = [quotient([large, small], [], inside)]
    if len(groups) == 1:
        (code,) = groups
        places = [k for k, a in enumerate(code.labels) if a in summed]
        if len(places) == len(code.labels):
            return Code(f"{code.within(ATOM)}.sum()", ATOM)
        shown = str(places[0]) if len(places) == 1 else f"({', '.join(map(str, places))})"
        return Code(f"{code.within(ATOM)}.sum({shown})", ATOM, tuple(a for a in code.labels if a not in summed))
    return _einsum(groups, kept, inside)


def _worth(small: Code, large: Code, summed: set[Letter]) -> bool:
    """Whether einsum sees a product of matrices: the smaller array does not have all kept letters."""
    return not set(large.labels) - summed <= set(small.labels)


def _matrix_product(a: Code, b: Code, summed: set[Letter], kept: Labels) -> Code | None:
    """A @ B where both have the one summed letter, and at most one letter each that the other does not have."""
    shared = set(a.labels) & set(b.labels)
    own = [tuple(x for x in c.labels if x not in shared) for c in (a, b)]
    if len(shared) != 1 or not shared <= summed or any(len(o) > 1 for o in own) or set(own[0] + own[1]) & summed:
        return None
    if own[1] and (not own[0] or kept.index(own[1][0]) < kept.index(own[0][0])) and own[0]:
        a, b, own = b, a, own[::-1]
    left = a.within(PRODUCT + 1) if len(a.labels) == 1 or a.labels[1] in shared else f"{a.within(ATOM)}.T"
    right = b.within(PRODUCT + 1) if b.labels[0] in shared else f"{b.within(ATOM)}.T"
    return Code(f"{left} @ {right}", PRODUCT, own[0] + own[1])


def _einsum(groups: list[Code], kept: Labels, inside: Frame) -> Code:
    given: dict[Letter, str] = {}
    for a in [a for g in groups for a in g.labels]:
        if a not in given:
            choices = [a.name.lower(), *"abcdefghijklmnopqrstuvwxyz"]
            given[a] = next(c for c in choices if len(c) == 1 and c.isascii() and c.isalpha()
                            and c not in given.values())
    pattern = ",".join("".join(given[a] for a in g.labels) for g in groups)
    pattern += "->" + "".join(given[a] for a in kept)
    return Code(inside.dialect.einsum(pattern, groups), ATOM, kept)
