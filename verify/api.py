"""The Python interface: prove what a page wants, and compare it with torch and JAX."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from derive import catalogue
from derive.derivation import Derivative
from derive.entry import Entry, Page
from derive.notation import equation, latex, mathml, text
from derive.notation.layout import Layout
from derive.sympy_bridge import to_sympy
from verify.draws import numeric_sizes
from verify.regimes import PLAIN
from verify.study import Study, study
from verify.verdict import Check


def prove(page: Page) -> Proof:
    """Derive what the page wants, check every step, prove its claims, refute its mistakes.

    Raises:
        ProgramError: for a page without meaning; names the equation.
        MissingRule: for a function without a derivative rule.
    """
    name = page.program.name
    return Proof(study(_Written(name, {"en": name, "zh": name}, "", "", {}, lambda _: None, referenced=False,
                                written=page)))


def entry(name: str) -> Proof:
    """An entry of the catalogue, derived and proved afresh.

    Raises:
        UnknownEntry: with the nearest names.
        Problem: for a file of the catalogue that cannot be used.
    """
    return Proof(study(catalogue.load(name)))


@dataclass
class _Written(Entry):
    """An entry whose page stands already."""

    written: Page | None = None

    def page(self) -> Page:
        assert self.written is not None
        return self.written


@dataclass(frozen=True)
class Proof:
    """What was derived, with the verdict on every step. Printed, it is the results in textbook notation."""

    study: Study

    @property
    def passed(self) -> bool:
        """Every step proved, every claim shown, every mistake refuted."""
        return self.study.passed

    def gradient(self, name: str) -> Any:
        """The derivative of the loss by a name, as a SymPy expression in the page's letters.

        Raises:
            KeyError: where it was not derived.
        """
        return to_sympy(self._of(name).equation.body, self.study.page.program.positive)

    def steps(self, name: str) -> list[tuple[str, str, str]]:
        """Rule, right side and verdict of each step of a derivative.

        Raises:
            KeyError: where it was not derived.
        """
        return [(s.rule, self._line(s.left, s.after), s.verdict) for s in self._of(name).steps]

    def compare(self, *backends: str, seeds: tuple[int, ...] = (0, 1), device: str = "cpu", dtype: str = "float64",
                **sizes: int) -> Comparison:
        """The derived gradients against the autodiff of `torch` and `jax` (both unless named), at `sizes` or, without
        any, at two sets of pairwise distinct ones.

        Raises:
            LibraryError, DeviceError, DtypeError: for a backend that cannot be used.
            NoMember: for a size without a value.
        """
        from verify.numeric import checks  # imports NumPy

        entry = self.study.entry
        entry.cases[:] = [sizes] if sizes else numeric_sizes(self.study.page.program)
        return Comparison(tuple(checks(entry, self.study.page, self.study.derivation, backends=backends or (
            "torch", "jax"), seeds=seeds, device=device, dtype=dtype)))

    def _of(self, name: str) -> Derivative:
        return self.study.derivation.of(name)

    def _line(self, left: Any, right: Any, condition: Any = None) -> str:
        return text(self._layout(left, right, condition), short_sums=True)

    def _layout(self, left: Any, right: Any, condition: Any = None) -> Layout:
        program, when = self.study.page.program, None
        if condition is not None:
            when = (condition.letter, condition.low, condition.high)
        return equation(left, right, self.study.derivation.signatures, condition=when, loss=program.loss_symbol)

    def _results(self) -> list[Layout]:
        return [self._layout(c.left, c.right, c.condition) for d in self.study.derivation.shown for c in d.cases]

    def _repr_latex_(self) -> str:
        """The results, as notebooks show them."""
        lines = r" \\ ".join(latex(x, short_sums=True) for x in self._results())
        return rf"$$\begin{{gathered}} {lines} \end{{gathered}}$$" if lines else ""

    def _repr_html_(self) -> str:
        """The results as MathML, and below them what was checked. Every text is escaped."""
        formulas = "".join(f'<p><math display="block" aria-label="{escape(text(x, short_sums=True))}"><mrow>'
                           f"{mathml(x, short_sums=True)}</mrow></math></p>" for x in self._results())
        return formulas + "".join(f"<p>{escape(line)}</p>" for line in self._tally())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        forms = {"text/plain": str(self), "text/latex": self._repr_latex_(), "text/html": self._repr_html_()}
        return {kind: shown for kind, shown in forms.items()
                if shown and (not include or kind in include) and kind not in (exclude or ())}

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for d in self.study.derivation.shown:
            yield from (self._line(c.left, c.right, c.condition) for c in d.cases)
        yield from self._tally()

    def _tally(self) -> Iterator[str]:
        """What was checked, in a line each."""
        steps = [s for d in self.study.derivation.derivatives for s in d.steps]
        yield f"{sum(s.verdict == 'proved' for s in steps)}/{len(steps)} steps proved"
        if self.study.claims:
            yield f"{sum(v.passed for _, v in self.study.claims)}/{len(self.study.claims)} claims shown"
        if self.study.assumptions:
            yield "assuming " + ", ".join(self.study.assumptions)


@dataclass(frozen=True)
class Comparison:
    """Numeric checks, all of them."""

    checks: tuple[Check, ...]

    @property
    def told(self) -> tuple[Check, ...]:
        """The checks that told anything: some regimes have no value (see `verify.regimes`)."""
        return tuple(c for c in self.checks if c.no_value is None)

    @property
    def passed(self) -> bool:
        """Every check that told anything passed, and there was one with ordinary numbers. NaN, empty and skipped do not
        pass."""
        return any(c.regime == PLAIN.name for c in self.told) and all(c.passed for c in self.told)

    @property
    def worst(self) -> float | None:
        """The largest relative error; None where a check has none."""
        errors = [c.max_relative_error for c in self.told]
        return None if not errors or None in errors else max(e for e in errors if e is not None)

    def __str__(self) -> str:
        against = ", ".join(dict.fromkeys(c.against for c in self.told))
        worst = "no number" if self.worst is None else f"{self.worst:.1e}"
        return f"{sum(c.passed for c in self.told)}/{len(self.told)} checks passed against {against}: {worst}"
