"""A small numeric evaluator of index expressions: it knows nothing of notation and nothing of normal forms."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

from derive.expression import Apply, Delta, Expr, Group, Guard, Node, Partial, Ref, Value
from derive.index import Letter, Poly, Size

FUNCTIONS = {"tanh": math.tanh, "exp": math.exp, "sigmoid": lambda u: (1 + math.tanh(u / 2)) / 2, "max": max}


class Numbers:
    """Random values for every member of every family, drawn when they are first asked for."""

    def __init__(self, sizes: Mapping[str, int], seed: int = 0):
        self.sizes, self.seed = sizes, seed
        self.drawn: dict[tuple[str, tuple[int, ...]], float] = {}

    def member(self, name: str, indices: tuple[int, ...]) -> float:
        key = (name, indices)
        if key not in self.drawn:
            self.drawn[key] = random.Random(f"{self.seed}/{name}/{indices}").uniform(0.3, 1.7)
        return self.drawn[key]

    def function(self, name: str, arguments: list[float]) -> float:
        known = FUNCTIONS.get(name)
        if known is not None:
            return known(*arguments)
        a, b = (random.Random(f"{self.seed}/{name}/{k}").uniform(0.5, 1.5) for k in range(2))
        return sum(a * (k + 1) * u + b * u * u for k, u in enumerate(arguments))

    def poly(self, p: Poly, at: Mapping[Letter, int]) -> float:
        total = 0
        for monomial, c in p.terms:
            for atom in monomial:
                c = c * (at[atom] if isinstance(atom, Letter) else self.size(atom, at))
            total += c
        return total

    def size(self, size: Size, at: Mapping[Letter, int]) -> int:
        key = f"{size.name}[{','.join(str(self.poly(p, at)) for p in size.at)}]" if size.at else size.name
        return self.sizes[key]

    def expr(self, e: Expr, at: Mapping[Letter, int]) -> float:
        return sum(self.term(t.coefficient, t.factors, t.binders, at) for t in e.terms)

    def term(self, coefficient, factors, binders, at: Mapping[Letter, int]) -> float:
        if binders:
            first, *rest = binders
            low, high = int(self.poly(first.low, at)), int(self.poly(first.high, at))
            return sum(self.term(coefficient, factors, tuple(rest), {**at, first: k}) for k in range(low, high + 1))
        conditions = [n for n, _ in factors if isinstance(n, (Guard, Delta))]
        if not all(self.holds(n, at) for n in conditions):
            return 0.0
        result = float(coefficient)
        for node, exponent in factors:
            if not isinstance(node, (Guard, Delta)):
                result *= self.power(self.node(node, at), float(self.poly(exponent, at)))
        return result

    @staticmethod
    def power(base: float, exponent: float) -> float:
        """A power, where 1/0 is 0: a value that both sides of a comparison agree on."""
        return 0.0 if base == 0 and exponent < 0 else base ** exponent

    def holds(self, node: Guard | Delta, at: Mapping[Letter, int]) -> bool:
        value = self.poly(node.condition, at)
        return value == 0 if isinstance(node, Delta) else value >= 0

    def node(self, node: Node, at: Mapping[Letter, int]) -> float:
        if isinstance(node, Ref):
            return self.member(node.name, tuple(int(self.poly(i, at)) for i in node.indices))
        if isinstance(node, Value):
            return float(at[node.atom] if isinstance(node.atom, Letter) else self.size(node.atom, at))
        if isinstance(node, Apply):
            return self.function(node.function, [self.expr(a, at) for a in node.arguments])
        if isinstance(node, Group):
            return self.expr(node.body, at)
        if isinstance(node, Partial):
            indices = tuple(int(self.poly(i, at)) for r in (node.of, node.by) for i in r.indices)
            return self.member(f"{node.of.name}/{node.by.name}", indices)
        raise TypeError(node)
