"""What an entry says once it is written: a program, what is wanted of it, and what is claimed. Needs no SymPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from derive.claims import Claim, Experiment, Mistake, Reference
from derive.derivation import Derivation
from derive.expectation.engine import expectations
from derive.expectation.laws import Moment
from derive.program import Program
from derive.reverse import differentiate
from derive.second import second_derivatives


@dataclass
class StatedPage:
    """A program, and what is wanted, claimed and got wrong about it. A `derive.entry.Page` is written with SymPy.

    `vanishing` are derivatives that are zero, as nothing leads from the second name to the first one.
    """

    program: Program
    wanted: dict[str, str] = field(default_factory=dict)
    inlined: set[str] = field(default_factory=set)
    jacobians: list[tuple[str, str]] = field(default_factory=list)
    totals: list[tuple[str, str]] = field(default_factory=list)
    seconds: list[tuple[str, str]] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    facts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    conventions: list[dict[str, str]] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)
    constants: set[str] = field(default_factory=set)
    vanishing: list[tuple[str, str]] = field(default_factory=list)

    def derive(self) -> Derivation:
        """Everything that is wanted, derived; nothing of it is checked yet (see `verify.steps`)."""
        derivation = differentiate(self.program, self.wanted, self.jacobians, self.inlined, self.totals)
        derivation.derivatives += second_derivatives(derivation, self.seconds)
        derivation.derivatives += expectations(derivation, self.moments)
        return derivation


@dataclass
class Entry:
    """A catalogue entry: its literal head, and the function that writes its page."""

    name: str
    title: dict[str, str]
    section: str
    source: str
    facts: dict[str, dict[str, Any]]
    write: Callable[[Any], None]
    references: list[Reference] = field(default_factory=list)
    experiments: list[Experiment] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    referenced: bool = True                                     # whether somebody else's implementation is due
    inferred: list[str] = field(default_factory=list)           # shapes that nobody declared, as they were read

    def page(self) -> StatedPage:
        """A freshly written page."""
        from derive.entry import Page  # SymPy takes longer to import than a document to read

        page = Page(Program(self.name))
        self.write(page)
        return page

    def reference(self, backend: str, against: str):
        """Decorator: a function `(library, values) -> outputs` that calls somebody else's implementation."""
        def register(run):
            self.references.append(Reference(backend, against, run))
            return run
        return register

    def experiment(self, backend: str, against: str, fact: str):
        """Decorator: a function `(library, see)` that runs somebody else's code and says what is to be seen:

            see(found, "<", due, en="…", zh="…")             what is expected, and must hold
            see.wrongly(found, "<", due, en="…", zh="…")     what people expect, and must not hold

        Each experiment needs one of each. `see.seed` is the seed of its random numbers.
        """
        def register(run):
            self.experiments.append(Experiment(fact, backend, against, run))
            return run
        return register

    def sized(self, **sizes: Any) -> None:
        """Sizes at which the numeric checks run: pairwise distinct. A width is a list, from its first layer on."""
        self.cases.append(sizes)
