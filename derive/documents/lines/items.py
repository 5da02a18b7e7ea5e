"""What one statement of a document does among the others."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.documents.lines.statements import Statement
from derive.documents.lines.words import Words
from derive.documents.pages.places import Place
from derive.reading.syntax import Node

DECLARED, ASSUMED, DEFINED, NAMED, CLAIMED, UPDATED = "declared", "assumed", "defined", "named", "claimed", "updated"
OPERATION = "operation"
WANTED, CONDITION, UNREADABLE, SKIPPED, ORDERED = "wanted", "condition", "unreadable", "skipped", "ordered"


@dataclass
class Item:
    """One statement; of a chain, one equation.

    `name` is what it defines; `uses` are the names on its sides (of a declaration, the names that it declares, one for
    each of `statement.names` in `declared`), `derived` those that are differentiated or differentiated by, `above` the
    former of them. `variant` counts definitions of one name that compete with each other; a `doubtful` one may be a
    wrong claim about the first, for nothing in it is new. `problem` says why it cannot be read; `expected` why it is
    wrong on purpose.
    """

    number: int
    statement: Statement
    role: str
    place: Place
    scope: int = 0
    name: str = ""
    member: tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()      # the names that stand in it without an index
    stepwise: bool = False                  # a recurrence: w_k = w_{k−1} − η g
    declared: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()     # of a law, the names in its parentheses
    sizes: frozenset[str] = frozenset()     # the sizes of the document that stand in it
    letter: str = ""                # the letter of which it tells the range
    only: int | None = None         # where the one place begins for which it tells it; None for all that follow
    told: bool = False              # a condition of the equation beside it, and of nothing else
    leads: int | None = None        # where the display begins to which a sentence goes on from a range
    partial: bool = False           # a range that leaves out some values of its letter
    variant: int = 0
    doubtful: bool = False
    problem: str = ""
    at: int = 0                     # where it is shown: of a chain, the member that it is about
    chained: bool = False           # a later equation of a chain
    chapter: int = 0                # under which heading or title it stands
    section: int = 0                # under which heading of the first three levels
    paragraph: int = 0              # how many blank lines stand above it
    part: int = 0                   # under which heading of any level
    setting: bool = False           # a number for an input, in a sentence: with k = 3
    onward: bool = False            # a definition that means nothing to what stands above it
    case: bool = False              # … nor to what stands under another heading: if Σ = σ² I
    words: Words = field(default_factory=Words)
    expected: str | None = None
    sides: tuple[Node, ...] = ()    # of an equation, with resolved names as far as it can be read
    used: str = ""                  # the entry of the catalogue that says it, which the page does not

    @property
    def names(self) -> frozenset[str]:
        return self.uses | self.derived
