"""How statements are read where they leave it open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.documents.names.model import NOTHING, Elsewhere
from derive.documents.roles.inverses import CERTAIN


@dataclass(frozen=True)
class Interpretation:
    """One way to read statements.

    Where nothing is asked for, all gradients are, but not in `checking`, where claims alone count and a gradient in a
    definition is held. `guess` takes one of the shapes that are equally good for a name, where they would be refused.
    `elsewhere` is what the rest of the document tells about words, `above` are names that stand in formulas above.
    With `vectors`, x_n is the n-th of several things that may be vectors, where nothing declares it.
    `alike` are groups of sizes that are taken to be one, `beside` is how columns side by side in a claim are
    multiplied. With `ends`, letters of which nothing else tells the range run as far as the sums over them do
    elsewhere.
    `told` are names by which the text around it differentiates: an arbitrary loss depends on them.
    `length` is a size of it that the first axis has of which nothing tells the length. `inverting` says what may be a
    matrix that is inverted. With `jacobians`, a name of ∂p/∂z is that derivative, and no gradient. `existing` says
    what sums in a claim leave out where a member does not exist. Random names that are `held` are given: moments are
    those of the others. With `asking`, a claim tells the lengths of which nothing else does; with `reaching`, what it
    uses of a family is defined as the rest of it is: e_0, after e_t = w_t − s. Sizes are at `least` as large as members
    ask for: beside x_i with 1 ≤ i ≤ n − 2, x_1 says that n ≥ 3. With `members`, softmax(e_{ti}) is one of several.
    """

    checking: bool = False
    guess: int | None = None
    elsewhere: Elsewhere = NOTHING
    above: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    length: str = ""
    inverting: str = CERTAIN
    ends: bool = False
    vectors: bool = False
    alike: tuple[frozenset[str], ...] = ()
    beside: str = ""
    jacobians: bool = False
    existing: str = ""
    held: frozenset[str] = frozenset()
    asking: bool = False
    reaching: bool = False
    members: bool = False
    least: Mapping[str, int] = field(default_factory=dict)


PLAIN = Interpretation()
CHECKING = Interpretation(checking=True)
