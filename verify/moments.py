"""Steps and claims about expectations, judged by what an expectation is on products of independent members.

E of a product of members of one family is a sum over the ways in which their indices may coincide: over all partitions
into classes, each class with equal indices and different classes with different ones. Both sides of a step, or of a
claim, are brought to that value. It shares the expressions and the normal form with the engine, but neither its rules
nor its integrals: the moments of a law are written here in closed form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import factorial

from derive.derivation import Derivation
from derive.expectation.laws import CONTINUOUS, SHOWN, RandomVariable, written_out
from derive.expression import (
    ZERO_EXPR,
    Apply,
    Expr,
    Factor,
    Group,
    Node,
    Ref,
    Term,
    apply,
    delta,
    expression,
    names,
    term,
    walk,
)
from derive.functions import RULES
from derive.index import ONE, poly
from derive.normal import Normalizer
from derive.program import Equation, Program
from derive.rewrite import unfold
from verify.atoms import shown_zero

INTEGRAL = "exact integral"
INDEPENDENCE, DECLARED, DENSITIES = "independence", "declared moments", "densities"
MOST_MEMBERS = 6            # members of one family in a product: 203 partitions


class Unknown(ArithmeticError):
    """An expectation without a value: says which, and what would have to be declared."""


@dataclass
class Moments:
    """Values of expressions with E, Var and Cov in what is declared about the random inputs of a program.

    `rests_on` says what may be used: nothing but independence (moments stay as they are: E[W²]), the declared
    moments, or densities too.
    `needed` collects the expectations that nothing declares, `integrals` the names whose density was used, `used` all
    random names that mattered.
    """

    program: Program
    definitions: Mapping[str, Equation]
    normalizer: Normalizer
    rests_on: str = DENSITIES
    needed: dict[str, None] = field(default_factory=dict)
    integrals: dict[str, None] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    @staticmethod
    def of(derivation: Derivation, normalizer: Normalizer) -> Moments:
        program = derivation.program
        derived = {d.name: d.equation for d in derivation.derivatives if d.moment is None}
        return Moments(program, {**program.defined, **derived}, normalizer)

    def resting_on(self, what: str) -> Moments:
        """The same, with other knowledge."""
        return replace(self, rests_on=what, needed={}, integrals={}, used=set())

    def value(self, e: Expr) -> Expr:
        """The expression without Var and Cov, and with E of single members only where nothing says what it is.

        Raises:
            Unknown: for E of something that is no sum of products, or has a kink where a law may have an atom.
            TooLarge, DivisionByZero: from the normal form.
        """
        self.needed.clear()
        self.integrals.clear()
        self.used.clear()
        counts = {n: len(axes) for n, axes in self.program.signatures.items()}
        counts |= {n: len(e.letters) for n, e in self.definitions.items()}
        return self._value(written_out(e, counts))

    def _value(self, e: Expr) -> Expr:
        return Expr(term(t.coefficient, [(self._node(n), x) for n, x in t.factors], t.binders) for t in e.terms)

    def _node(self, node: Node) -> Node:
        inner = tuple(self._value(x) for x in node.expressions())
        if isinstance(node, Apply) and node.function in SHOWN:
            return Group(self._moment(node.function, inner))
        return node.rebuild(inner) if inner else node

    def _moment(self, function: str, arguments: tuple[Expr, ...]) -> Expr:
        if function == "expectation":
            return self._expectation(arguments[0])
        x, y = arguments[0], arguments[-1]
        return self._expectation(x * y) - self._expectation(x) * self._expectation(y)

    def _expectation(self, e: Expr) -> Expr:
        """Σ over the terms of what is not random, times E of what is."""
        e = self._unfolded(e)
        self._require_no_atoms(e)
        result = Expr()
        for t in self.normalizer.normal(e).terms:
            random = [f for f in t.factors if self._members(f[0])]
            given = tuple(f for f in t.factors if f not in random)
            inner = self._product(random)
            result = result + Expr((Term(t.coefficient, (*given, (Group(inner), ONE)), t.binders),)).fresh()
        return result

    def _unfolded(self, e: Expr) -> Expr:
        for _ in range(len(self.definitions) + 1):
            here = {n: self.definitions[n] for n in names(e) if n in self.definitions}
            if not here:
                return e
            e = unfold(e, here)
        raise Unknown("E of a recurrence is not worked out")

    def _require_no_atoms(self, e: Expr) -> None:
        """Identities of functions with a kink hold off the kink: it must have the probability zero."""
        for node in walk(e):
            if isinstance(node, Apply) and node.function in RULES and RULES[node.function].kink:
                for member in self._members(node):
                    if self.program.random[member.name].law not in CONTINUOUS:
                        raise Unknown(f"{node.function} has a kink, and {member.name} may lie on it: declare its law")

    def _members(self, node: Node) -> set[Ref]:
        return {n for n in walk(expression(node)) if isinstance(n, Ref) and n.name in self.program.random}

    # -- products ------------------------------------------------------------------------------------------------------
    def _product(self, factors: list[Factor]) -> Expr:
        """E of a product: over the families one by one, which are independent."""
        families: dict[str, dict[Ref, list[Factor]]] = {}
        for factor in factors:
            members = self._members(factor[0])
            if len(members) != 1:
                raise Unknown(f"E of a function of several random members is not worked out: {factor[0]}")
            (member,) = members
            families.setdefault(member.name, {}).setdefault(member, []).append(factor)
        result = expression(1)
        for name, members_of in families.items():
            result = result * self._family(self.program.random[name], list(members_of.items()))
        return result

    def _family(self, variable: RandomVariable, members: list[tuple[Ref, list[Factor]]]) -> Expr:
        if len(members) > MOST_MEMBERS:
            raise Unknown(f"E of a product of {len(members)} members of {variable.name} is not worked out")
        self.used.add(variable.name)
        result = Expr()
        for classes in _partitions(len(members)):
            value = expression(1)
            for place, members_in in enumerate(classes):
                first = members[members_in[0]][0]
                for other in members_in[1:]:
                    value = value * _same(first, members[other][0])
                for earlier in classes[:place]:
                    value = value * (1 - _same(first, members[earlier[0]][0]))
                value = value * self._class(variable, first, [members[k] for k in members_in])
            result = result + value
        return result

    def _class(self, variable: RandomVariable, first: Ref, members: list[tuple[Ref, list[Factor]]]) -> Expr:
        """E of a product of functions of one member."""
        power, steps, others = 0, False, list[Factor]()
        for member, factors in members:
            for node, exponent in factors:
                moved = _renamed(node, member, first)
                whole = exponent.constant
                if moved == first and isinstance(whole, int) and whole > 0:
                    power += whole
                elif moved == Apply("step", [expression(first)]) and isinstance(whole, int) and whole > 0:
                    steps = True
                else:
                    others.append((moved, exponent))
        value = None if others else self._known(variable, power, steps)
        return self._unknown(variable, first, power, steps, others) if value is None else variable.at(
            value, first.indices)

    def _unknown(self, variable: RandomVariable, first: Ref, power: int, steps: bool, others: list[Factor]) -> Expr:
        """E of a function of one member, as it stands."""
        product = [*others, *([(first, poly(power))] if power else [])]
        product += [(Apply("step", [expression(first)]), ONE)] if steps else []
        atom = Apply("expectation", [self.normalizer.normal(Expr((term(1, product),)))])
        self.needed[f"E[{_text(variable, power, steps, bool(others))}]"] = None
        return expression(atom)

    # -- laws ----------------------------------------------------------------------------------------------------------
    def _known(self, variable: RandomVariable, power: int, steps: bool) -> Expr | None:
        """E[X^power], or E[X^power · step(X)], by what is declared or by the law."""
        if power == 0 and not steps:
            return expression(1)
        if self.rests_on == INDEPENDENCE or (steps and not variable.symmetric):
            return None
        if not steps and (power <= 2 or variable.law == "bernoulli"):
            declared = variable.declared(power)
            if declared is not None:
                return declared
        if self.rests_on != DENSITIES:
            return None
        found = {"normal": _normal, "uniform": _uniform}.get(variable.law)
        if found is None:
            return None
        self.integrals[variable.name] = None
        return found(variable, power, steps)


def _normal(variable: RandomVariable, power: int, steps: bool) -> Expr:
    """Σ C(p, q) μ^(p−q) σ^q (q − 1)!! over even q; half of it over the positive half for an even power, and
    σ^p (p − 1)!! · φ(0) for an odd one."""
    mean, variance = variable.mean, variable.variance
    assert mean is not None and variance is not None
    if steps and power % 2:
        return (2 ** ((power - 1) // 2) * factorial((power - 1) // 2)) * (
            variance ** Fraction(power, 2)) * apply("normal_pdf", ZERO_EXPR)
    result = Expr()
    for q in range(0, power + 1, 2):
        ways = Fraction(factorial(power), factorial(power - q) * factorial(q // 2) * 2 ** (q // 2))
        result = result + ways * _power(mean, power - q) * _power(variance, q // 2)
    return result * Fraction(1, 2) if steps else result


def _uniform(variable: RandomVariable, power: int, steps: bool) -> Expr:
    """(b^(p+1) − a^(p+1)) / ((p + 1)(b − a)), as Σ a^k b^(p−k) / (p + 1); over the positive half of −b … b it is
    b^p / (2 (p + 1))."""
    low, high = variable.low, variable.high
    assert low is not None and high is not None
    if steps:
        return Fraction(1, 2 * (power + 1)) * (_power(high, power))
    return Fraction(1, power + 1) * sum((_power(low, k) * _power(high, power - k) for k in range(power + 1)), Expr())


def _power(e: Expr, exponent: int) -> Expr:
    return e ** exponent if exponent else expression(1)


def _text(variable: RandomVariable, power: int, steps: bool, others: bool) -> str:
    if others:
        return f"… {variable.name} …"
    return variable.name + (f"^{power}" if power > 1 else "") + (f" step({variable.name})" if steps else "")


def _same(a: Ref, b: Ref) -> Expr:
    return Expr((term(1, [(delta(p - q), ONE) for p, q in zip(a.indices, b.indices)]),))


def _renamed(node: Node, member: Ref, first: Ref) -> Node:
    """The node with one member put for another, which is the only random one in it."""
    if node == member:
        return first
    inner = node.expressions()
    if not inner:
        return node
    return node.rebuild(tuple(
        Expr(term(t.coefficient, [(_renamed(n, member, first), x) for n, x in t.factors], t.binders) for t in e.terms)
        for e in inner))


def _partitions(count: int) -> Iterator[list[list[int]]]:
    """Every way to put 0 … count − 1 into classes."""
    if count == 0:
        yield []
        return
    for classes in _partitions(count - 1):
        for place in range(len(classes)):
            yield [*classes[:place], [*classes[place], count - 1], *classes[place + 1:]]
        yield [*classes, [count - 1]]


def same_value(a: Expr, b: Expr, moments: Moments) -> str | None:
    """How a = b was shown for all sizes and all random inputs that are as declared; None where it was not.

    Raises:
        Unknown, TooLarge, DivisionByZero: as `Moments.value`.
    """
    how = shown_zero(moments.value(a - b), moments.normalizer, moments.program)
    return how if how is None or not moments.integrals else INTEGRAL
