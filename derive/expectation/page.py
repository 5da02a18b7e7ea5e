"""What a page says about random quantities."""

from __future__ import annotations

from typing import Any

from derive import sympy_bridge as bridge
from derive.expectation.laws import FUNCTIONS, LAWS, Moment, RandomVariable
from derive.expression import Expr, names
from derive.index import Letter
from derive.program import Program, ProgramError
from derive.rewrite import unfold


class RandomQuantities:
    """The part of a page that is about random inputs, and about E, Var and Cov."""

    program: Program
    moments: list[Moment]
    symbols: dict[str, Any]

    def random(self, name: str, *axes: Any, mean: Any = 0, variance: Any = None, law: str = "", low: Any = None,
               high: Any = None) -> Any:
        """A random input: its entries are independent of each other and of every other random input.

        Known are its `mean` and its `variance` alone, unless a `law` is given: `normal` (with both), `uniform` (from
        `low` to `high`), `bernoulli` (1 with the probability `mean`, else 0). A gradient that arrives from outside
        under a name of its own becomes random by its name.

        Raises:
            ProgramError: where what the law needs is missing, or is not certainly positive.
        """
        if name not in self.program.outputs.values():
            self.input(name, *axes)
        if law not in LAWS:
            raise ProgramError(f"{name}: there is no law '{law}'; known are {', '.join(LAWS[1:])}")
        letters = self.program.variables[name].axes
        if law == "uniform":
            found = RandomVariable(name, letters, None, None, law, self._given(name, "low", low, letters),
                                   self._given(name, "high", high, letters))
            self._positive(name, "the width", bridge.sympy.sympify(high) - bridge.sympy.sympify(low))
        else:
            spread = None if law == "bernoulli" else self._given(name, "variance", variance, letters)
            found = RandomVariable(name, letters, self._given(name, "mean", mean, letters), spread, law)
            if spread is not None:
                self._positive(name, "the variance", variance)
        self.program.random[name] = found
        return self.symbols[name]

    def _given(self, name: str, what: str, value: Any, letters: tuple[Letter, ...]) -> Expr:
        if value is None:
            raise ProgramError(f"{name}: give the {what}")
        found = self.read(value)
        loose = sorted(a.name for a in found.free - set(letters))
        if loose or not names(found).isdisjoint(self.program.random):
            problem = f"the letter {loose[0]}" if loose else "another random name"
            raise ProgramError(f"{name}: the {what} depends on {problem}; "
                               "only its own letters, sizes and numbers that are not random may stand there")
        return found

    def _positive(self, name: str, what: str, value: Any) -> None:
        normalizer = self.program.normalizer()
        found = self.read(value)
        for equation in reversed(self.program.equations):
            found = unfold(found, {equation.name: equation})
        found = normalizer.normal(found)
        if not found.terms or not all(t.coefficient > 0 and all(normalizer.is_positive(n) for n, _ in t.factors)
                                      for t in found.terms):
            raise ProgramError(f"{name}: {what} must be positive for every input; declare its names positive=True")

    # -- moments -------------------------------------------------------------------------------------------------------
    def expected(self, symbol: Any, power: int = 1, fact: str | None = None) -> Any:
        """Derive E[x], or E[x^power]. Returns its symbol, for use in claims."""
        return self._moment(Moment("E", (bridge.name_of(symbol),), power), fact)

    def variance(self, symbol: Any, fact: str | None = None) -> Any:
        """Derive Var[x]. Returns its symbol."""
        return self._moment(Moment("Var", (bridge.name_of(symbol),)), fact)

    def covariance(self, one: Any, other: Any, fact: str | None = None) -> Any:
        """Derive Cov[x, y], the axes of x first. Returns its symbol."""
        return self._moment(Moment("Cov", (bridge.name_of(one), bridge.name_of(other))), fact)

    def _moment(self, moment: Moment, fact: str | None) -> Any:
        for kind in FUNCTIONS:
            if kind in self.program.variables or kind in self.program.sizes:
                raise ProgramError(f"{kind} is the name of something else here: {kind}[…] would be read in two ways")
        if moment not in self.moments:
            self.moments.append(moment)
        axes = tuple(a for n in moment.of for a in self._axes_of(n))
        self._symbol(moment.name, axes)
        self._tag(fact, "moment", moment.name)
        return self.symbols[moment.name]

    def _axes_of(self, name: str) -> tuple[Letter, ...]:
        """The axes of a name, or of the derivative that has this name."""
        if name in self.program.variables:
            return self.program.variables[name].axes
        of = next((n for n, called in self.wanted.items() if called == name), None)
        if of is None:
            raise ProgramError(f"{name} is neither a name of this program nor a wanted derivative")
        return self.program.variables[of].axes

    # -- what the rest of the page gives -------------------------------------------------------------------------------
    wanted: dict[str, str]

    def input(self, name: str, *axes: Any) -> Any:
        raise NotImplementedError

    def read(self, body: Any) -> Expr:
        raise NotImplementedError

    def _symbol(self, name: str, axes: tuple[Letter, ...], positive: bool = False) -> None:
        raise NotImplementedError

    def _tag(self, fact: str | None, kind: str, what: str) -> None:
        raise NotImplementedError
