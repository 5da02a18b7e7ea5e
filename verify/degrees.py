"""The degree of an expression in a random family, for sums over nodes that are exact for polynomials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derive.expectation.laws import RandomVariable
from derive.expression import Apply, Expr, Group, Node, Ref
from derive.functions import RULES
from verify.balls import Undefined

if TYPE_CHECKING:
    from verify.evaluator import Evaluator

MOST_DEGREE = 12


class Degrees:
    """The degree of an expression in the members of a family with a density, where it is a polynomial on either side
    of the middle of each."""

    def __init__(self, evaluator: Evaluator):
        self.evaluator, self.random = evaluator, evaluator.program.random
        self.open: dict[str, int] = {}      # the degree of what is being looked at, as far as it is known

    def of(self, e: Expr, variable: RandomVariable) -> int:
        found = max((sum(self._factor(n, x, variable) for n, x in t.factors) for t in e.terms), default=0)
        if found > MOST_DEGREE:
            raise Undefined(f"a polynomial of degree {found} in {variable.name}")
        return found

    def _factor(self, node: Node, exponent: Any, variable: RandomVariable) -> int:
        degree = self._node(node, variable)
        whole = exponent.constant
        if degree == 0 and not self._depends(node, variable):
            return 0
        if not isinstance(whole, int) or whole < 0:
            raise Undefined(f"{node}^{exponent} is no polynomial in {variable.name}")
        return degree * whole

    def _node(self, node: Node, variable: RandomVariable) -> int:
        if isinstance(node, Ref):
            return 1 if node.name == variable.name else self._name(node.name, variable)
        if isinstance(node, Group):
            return self.of(node.body, variable)
        if not self._depends(node, variable):
            return 0
        if isinstance(node, Apply) and node.function in RULES and RULES[node.function].kink and len(
                node.arguments) == 1 and variable.symmetric and self._is_product(node.arguments[0]):
            return self.of(node.arguments[0], variable) if node.function in ("relu", "abs") else 0
        raise Undefined(f"no exact sum over outcomes for {node}")

    def _name(self, name: str, variable: RandomVariable) -> int:
        """Of a definition; of a derivative that of what is differentiated. What is defined by itself, as m_t is by
        m_{t−1}, has the least degree with which its definition agrees, if there is one."""
        if name in self.open:
            return self.open[name]
        found = 0
        try:
            while self.open.get(name) != found:
                self.open[name] = found
                found = self._once(name, variable)
        finally:
            self.open.pop(name, None)
        return found

    def _once(self, name: str, variable: RandomVariable) -> int:
        equation = self.evaluator.equations.get(name)
        if equation is not None:
            return self.of(equation.body, variable)
        program = self.evaluator.program
        if name in program.variables:
            return 0
        goals = [program.loss] if program.loss else list(program.outputs)
        return max(self._name(goal, variable) + (program.outputs.get(goal) == variable.name) for goal in goals)

    def _depends(self, node: Node, variable: RandomVariable) -> bool:
        names, seen = [n.name for n in _refs(node)], set()
        while names:
            name = names.pop()
            if name == variable.name or name not in self.evaluator.program.variables:
                return True
            equation = self.evaluator.equations.get(name)
            if name not in seen and equation is not None:
                names += [n.name for t in equation.body.terms for node, _ in t.factors for n in _refs(node)]
            seen.add(name)
        return False

    def _is_product(self, e: Expr) -> bool:
        """Whether the sign changes in the middle of each law alone: one product, without sums."""
        if len(e.terms) != 1 or e.terms[0].binders:
            return False
        for node, _ in e.terms[0].factors:
            equation = self.evaluator.equations.get(node.name) if isinstance(node, Ref) else None
            if equation is not None and not self._is_product(equation.body):
                return False
            if not isinstance(node, Ref) and any(n.name in self.random for n in _refs(node)):
                return False
        return True


def _refs(node: Node) -> list[Ref]:
    found = [node] if isinstance(node, Ref) else []
    return found + [r for e in node.expressions() for t in e.terms for n, _ in t.factors for r in _refs(n)]

