"""What is declared about random inputs, and the names of moments.

The entries of all random inputs are independent of each other: across names, and across the members of a family. Of an
input without a law nothing is known but its mean and its variance.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.expression import Apply, Expr, Node, Ref, expression, ref, term, walk
from derive.index import Letter, Poly, poly

FUNCTIONS = {"E": "expectation", "Var": "variance", "Cov": "covariance"}
SHOWN = {function: kind for kind, function in FUNCTIONS.items()}
LAWS = ("", "normal", "uniform", "bernoulli")
CONTINUOUS = frozenset(["normal", "uniform"])


@dataclass(frozen=True)
class RandomVariable:
    """A family of independent random numbers. `mean` and `variance` may mention the letters; a uniform law has the
    ends `low` and `high`, a Bernoulli law (0 or 1) the mean p, and neither declares a variance."""

    name: str
    letters: tuple[Letter, ...]
    mean: Expr | None
    variance: Expr | None
    law: str = ""
    low: Expr | None = None
    high: Expr | None = None

    def at(self, e: Expr, indices: tuple[Poly, ...]) -> Expr:
        """What an expression in the family's letters is for one member."""
        return e.substitute(dict(zip(self.letters, indices))).fresh()

    def declared(self, power: int) -> Expr | None:
        """E[X^power] by what is declared; None where only an integral says it, or nothing does."""
        if self.law == "bernoulli":
            return self.mean
        if power == 1:
            return self.mean
        if power == 2 and self.mean is not None and self.variance is not None:
            return self.variance + self.mean ** 2
        return None

    @property
    def symmetric(self) -> bool:
        """Whether the law is certainly the same for X and −X."""
        if self.law == "normal":
            return self.mean is not None and not self.mean.terms
        return self.law == "uniform" and self.low is not None and self.high is not None and self.low == -self.high


@dataclass(frozen=True)
class Moment:
    """E[x], E[x²], Var[y] or Cov[y, z]: its kind, the names it is about, and the power of the name in E[x^power]."""

    kind: str
    of: tuple[str, ...]
    power: int = 1

    @property
    def name(self) -> str:
        """The name of the family: `E x`, `E x^2`, `Var y`, `Cov y z`."""
        return " ".join((self.kind, *self.of)) + (f"^{self.power}" if self.power != 1 else "")

    @property
    def function(self) -> str:
        return FUNCTIONS[self.kind]

    def arguments(self, indices: tuple[Poly, ...], counts: tuple[int, ...]) -> list[Expr]:
        """The members that it is about; `counts` are the numbers of their indices."""
        found, start = [], 0
        for name, count in zip(self.of, counts):
            found.append(ref(name, *indices[start:start + count]) ** poly(self.power))
            start += count
        return found


def moment_named(name: str) -> Moment | None:
    """The moment that a family's name stands for, if any."""
    kind, space, rest = name.partition(" ")
    if not space or kind not in FUNCTIONS:
        return None
    names, _, power = rest.partition("^")
    return Moment(kind, tuple(names.split(" ")), int(power or 1))


def moment_family(node: Node) -> tuple[str, tuple[Poly, ...]] | None:
    """The family's name and the indices where a node is E[x_i], E[x_i^k], Var[y_i] or Cov[y_i, z_k]."""
    if not isinstance(node, Apply) or node.function not in SHOWN:
        return None
    names: list[str] = []
    indices: tuple[Poly, ...] = ()
    power = 1
    for argument in node.arguments:
        terms = argument.terms
        if len(terms) != 1 or terms[0].coefficient != 1 or terms[0].binders or len(terms[0].factors) != 1:
            return None
        member, exponent = terms[0].factors[0]
        whole = exponent.constant
        if not isinstance(member, Ref) or not isinstance(whole, int) or whole < 1:
            return None
        if whole != 1 and node.function != "expectation":
            return None
        names.append(member.name)
        indices += member.indices
        power = whole
    return Moment(SHOWN[node.function], tuple(names), power).name, indices


def mentions_moments(e: Expr) -> bool:
    """Whether an expectation, a variance or a covariance occurs, by itself or as a family."""
    return any((isinstance(n, Apply) and n.function in SHOWN) or (isinstance(n, Ref) and moment_named(n.name))
               for n in walk(e))


def outside_moments(e: Expr) -> frozenset[str]:
    """The names that stand in an expression, and not within its moments."""
    found: set[str] = set()
    for node in (n for t in e.terms for n, _ in t.factors):
        if isinstance(node, Ref):
            found |= set() if moment_named(node.name) else {node.name}
        elif not (isinstance(node, Apply) and node.function in SHOWN):
            found |= {n for x in node.expressions() for n in outside_moments(x)}
    return frozenset(found)


def written_out(e: Expr, counts: dict[str, int]) -> Expr:
    """Members of moment families as E[…], Var[…] and Cov[…] of members; `counts` are the numbers of their indices."""
    def node_of(node: Node) -> Node:
        moment = moment_named(node.name) if isinstance(node, Ref) else None
        if moment is not None and isinstance(node, Ref):
            return Apply(moment.function, moment.arguments(node.indices, tuple(counts[n] for n in moment.of)))
        inner = node.expressions()
        return node.rebuild(tuple(written_out(x, counts) for x in inner)) if inner else node

    if not any(moment_named(n.name) for n in walk(e) if isinstance(n, Ref)):
        return e
    return Expr(term(t.coefficient, [(node_of(n), x) for n, x in t.factors], t.binders) for t in e.terms)


def expected(e: Expr) -> Expr:
    """E[e]"""
    return expression(Apply("expectation", [e]))
