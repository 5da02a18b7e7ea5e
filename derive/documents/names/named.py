"""A name of a document with all that tells its axes."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.documents.names.model import Declared, Equation
from derive.documents.trees.members import Member
from derive.index import Letter


@dataclass
class Named:
    """A name of the document. `rank` counts the axes that are no families; None where that is not known yet."""

    name: str
    uses: list[tuple[Member, Equation]] = field(default_factory=list)
    declared: Declared | None = None
    families: list[Letter] = field(default_factory=list)
    rank: int | None = None
    row: bool = False           # ℝ^{1×n}: kept as a vector, read as its transpose
    even: bool = False          # an array of three indices or more, as a family of matrices of one shape

    @property
    def at(self) -> int:
        if self.declared is not None:
            return self.declared.at
        member, equation = self.uses[0]
        return equation.formula.at(member.at)

    @property
    def members(self) -> list[Member]:
        """How it is used and declared."""
        return [m for m, _ in self.uses] + ([self.declared.member] if self.declared else [])
