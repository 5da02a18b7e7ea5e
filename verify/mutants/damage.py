"""What goes wrong in a formula: an expression with one place changed, at every place and in every way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from derive.expression import Apply, Expr, Group, Guard, Node, Partial, Ref, Term, Value, expression, number
from derive.extremes import Greatest
from derive.index import ONE, Letter, Poly, Size, poly

SIGN, FACTOR, NUMBER, SUMMAND, POWER = "sign", "a factor left out", "a number", "a summand left out", "a power"
SUM, TRANSPOSED, OPERAND, SHIFT = "a sum left out", "transposed", "another operand", "an index shifted"
FUNCTION, EPSILON, NORMALISER, ADDED = "another function", "the place of ε", "1/(n − 1) for 1/n", "1 added"
CONDITION = "a condition left out"

OTHER_FUNCTIONS = {
    "tanh": "sigmoid", "sigmoid": "tanh", "exp": "cosh", "log": "tanh", "softplus": "relu", "relu": "abs",
    "abs": "relu", "step": "sign", "floor": "abs", "sign": "step", "max": "min", "min": "max",
    "sin": "cos", "cos": "sin",
    "tan": "sin", "sinh": "cosh", "cosh": "sinh", "normal_cdf": "sigmoid", "normal_pdf": "normal_cdf"}

Signatures = Mapping[str, tuple[Letter, ...]]
Change = tuple[str, Expr]


def damaged(e: Expr, signatures: Signatures) -> Iterator[Change]:
    """Each way with what it makes of the expression. `signatures` are the axes of all names that may be mistaken for
    each other."""
    yield from Damage(signatures).of(e)
    yield ADDED, e + 1


class Damage:
    def __init__(self, signatures: Signatures):
        self.signatures = signatures

    def of(self, e: Expr) -> Iterator[Change]:
        """One term changed, or left out."""
        for k, t in enumerate(e.terms):
            before, after = e.terms[:k], e.terms[k + 1:]
            if len(e.terms) > 1:
                yield SUMMAND, Expr((*before, *after))
            for way, changed in self._term(t):
                yield way, Expr((*before, *changed.terms, *after))

    def _term(self, t: Term) -> Iterator[Change]:
        yield SIGN, Expr((Term(-t.coefficient, t.factors, t.binders),))
        sign = 1 if t.coefficient > 0 else -1
        yield NUMBER, Expr((Term(sign if abs(t.coefficient) != 1 else 2 * sign, t.factors, t.binders),))
        for k, (node, exponent) in enumerate(t.factors):
            def instead(*factors: tuple[Node, Poly], k: int = k) -> Expr:
                return Expr((Term(t.coefficient, (*t.factors[:k], *factors, *t.factors[k + 1:]), t.binders),))
            yield FACTOR if not isinstance(node, Guard) else CONDITION, instead()
            if isinstance(node, Guard):
                continue
            if exponent != ONE:
                yield POWER, instead((node, ONE))
                if isinstance(node, Value) and isinstance(node.atom, Size) and exponent == -ONE:
                    yield NORMALISER, instead((Group(number(poly(node.atom) - 1)), exponent))
                for moved in _epsilon_outside(node, exponent):
                    yield EPSILON, instead((Group(moved), ONE))
            for way, other in self._node(node):
                yield way, instead((other, exponent))
        for b in t.binders:
            rest = Term(t.coefficient, t.factors, tuple(a for a in t.binders if a != b))
            yield SUM, Expr((rest.substitute({b: b.low}),))

    def _node(self, node: Node) -> Iterator[tuple[str, Node]]:
        if isinstance(node, Ref):
            yield from self._ref(node)
        if isinstance(node, Partial):
            return
        if isinstance(node, Apply) and node.function in OTHER_FUNCTIONS:
            yield FUNCTION, Apply(OTHER_FUNCTIONS[node.function], node.arguments)
        inner = node.expressions()
        for k, e in enumerate(inner):
            for way, changed in self.of(e):
                made = node.rebuild((*inner[:k], changed, *inner[k + 1:]))
                if not isinstance(made, Greatest) or made.letter in made.body.free:     # else all are the greatest
                    yield way, made

    def _ref(self, node: Ref) -> Iterator[tuple[str, Node]]:
        axes = self.signatures.get(node.name)
        if axes is None:
            return
        shape = _ranges(axes)
        for name, others in self.signatures.items():
            if name != node.name and _ranges(others) == shape:
                yield OPERAND, Ref(name, node.indices)
        for j, k in combinations(range(len(axes)), 2):
            if axes[j].free == {axes[j]} and shape[j] == shape[k] and node.indices[j] != node.indices[k]:
                turned = list(node.indices)
                turned[j], turned[k] = turned[k], turned[j]
                yield TRANSPOSED, Ref(node.name, turned)
        for k, (axis, index) in enumerate(zip(axes, node.indices)):
            if axis.family or index.letter is None and index.free:
                for step in (-1, 1):
                    yield SHIFT, Ref(node.name, [*node.indices[:k], index + step, *node.indices[k + 1:]])


def _ranges(axes: tuple[Letter, ...]) -> list[tuple[str, str, bool]]:
    """What the axes of two names must share: the ranges and the kind."""
    return [(str(a.low), str(a.high), a.family) for a in axes]


def _epsilon_outside(node: Node, exponent: Poly) -> Iterator[Expr]:
    """(v + ε)^(1/2) as v^(1/2) + ε: for each number in the sum."""
    body = node.expressions()[0] if isinstance(node, Group) else Expr()
    for k, t in enumerate(body.terms):
        alone = len(t.factors) == 1 and isinstance(t.factors[0][0], Ref) and not t.factors[0][0].indices
        rest = Expr((*body.terms[:k], *body.terms[k + 1:]))
        if alone and rest.terms:
            yield Expr((Term(1, ((Group(rest), exponent),), ()),)) + expression(t)
