"""What a document speaks of, as data, and small questions about trees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from derive.documents.lines.declarations import Kind
from derive.documents.lines.statements import Piece
from derive.documents.names.randomness import Random
from derive.documents.problems import Unreadable
from derive.documents.spelling.classes import NO_CLASS, Classes
from derive.documents.spelling.told_sizes import NOTHING_TOLD, ToldSizes
from derive.documents.trees.members import Context, Member, scripted_parts
from derive.documents.trees.superscripts import Superscripts
from derive.documents.trees.trees import Formula
from derive.program import Below, Beyond
from derive.reading.errors import ReadingError
from derive.reading.nodes import differential
from derive.reading.syntax import Node

ORDER = frozenset("≤<≥>≠")
LOSSES = ("L", "J", "C", "E", "loss", "Loss", "cost", "l")


@dataclass
class Range:
    """`low ≤ letter ≤ high`; an end that is not given is None."""

    letter: str
    low: tuple[Node, int] | None = None         # a tree, and what is added to it
    high: tuple[Node, int] | None = None
    node: Node | None = None                    # how it was written, where that is a relation
    own: bool = True                            # whether it stands on the line of its equation


@dataclass
class Declared:
    """`x_t ∈ ℝ^d`: the member that is declared, and the sides of its shape; `last` is the x_n of x_1, …, x_n ∈ ℝ^d."""

    member: Member
    dimensions: tuple[Formula, ...]
    kind: Kind
    at: int
    last: Member | None = None


@dataclass
class Equation:
    """An equation of the document, with resolved names. `members` are its sides, and `names` the names in each, with
    their roles."""

    formula: Formula
    members: tuple[Node, ...]
    context: Context
    ranges: list[Range]
    names: list[list[tuple[Member, str]]] = field(default_factory=list)
    wanted: bool = False        # a derivative without a claim
    assumed: bool = False
    update: bool = False
    claimed: bool = False       # it is a claim, whatever stands on its left
    apart: list[Node] = field(default_factory=list)     # i ≠ j: where it is stated only
    steps: list[Node] = field(default_factory=list)     # of the values for which it is stated only
    layout: str = ""            # how its derivatives lie (see `layouts`)
    relation: str = "="         # what is claimed to stand between its two sides

    @property
    def at(self) -> int:
        return self.formula.piece.at

    @property
    def seen(self) -> list[tuple[Member, str]]:
        """The names in the first two sides: all of a definition."""
        return [n for side in self.names[:2] for n in side]


@dataclass(frozen=True)
class Elsewhere:
    """What a document as a whole says about words of one of its parts: which are `sizes`, which are `names`, by what a
    name is differentiated in ∇L, which does not say it (`below`), and up to which size the sums over a letter run
    (`ends`), of what an arbitrary loss depends on the `last` member only, the letter of the one `step` of which it
    speaks, which names are `labelled` by single letters, W_f and W_o, so that W_i is too, what there is one of for
    each class of an example (`classes`), which sizes are `told` by others, which names have `gates` above them,
    how large sizes are at `least`, which of their letters name something else too (`named`), also where they are
    `bold`, and which `labels` tell the P_{bn} of a block from its P_{pl}."""

    sizes: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    below: Mapping[str, str] = field(default_factory=dict)
    ends: Mapping[str, str] = field(default_factory=dict)
    superscripts: Superscripts = field(default_factory=Superscripts)
    last: frozenset[str] = frozenset()
    step: str = ""
    labelled: frozenset[str] = frozenset()
    classes: Classes = NO_CLASS
    told: ToldSizes = NOTHING_TOLD
    gates: frozenset[str] = frozenset()
    least: Mapping[str, int] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    labels: frozenset[tuple[str, str]] = frozenset()
    bold: frozenset[str] = frozenset()


NOTHING = Elsewhere()


@dataclass
class Survey:
    """Everything that the statements say, before any shape is known."""

    equations: list[Equation] = field(default_factory=list)
    declared: dict[str, Declared] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)         # with the least value of each
    counts: set[str] = field(default_factory=set)               # those that are declared: T ∈ ℕ
    widths: set[str] = field(default_factory=set)
    ranges: dict[str, Range] = field(default_factory=dict)
    positive: dict[str, bool] = field(default_factory=dict)     # names above zero, and whether they are below one
    at_least: dict[str, Fraction] = field(default_factory=dict)         # of positive names: p ≥ 2
    random: dict[str, Random] = field(default_factory=dict)
    functions: tuple[str, ...] = ()
    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict)    # of functions that are defined in words
    several: bool = False       # x_n, which nothing declares, is the n-th of several vectors
    ends: Mapping[str, str] = field(default_factory=dict)       # of letters, where nothing here tells them
    sums: Mapping[str, str] = field(default_factory=dict)       # up to which size those of the document run
    ordered: list[tuple[str, str]] = field(default_factory=list)        # pairs of names, the lesser one first
    below: list[Below] = field(default_factory=list)            # products that lie below numbers
    beyond: list[tuple[Beyond, int]] = field(default_factory=list)      # ρ > 1 + ε, and where that stands
    longer: list[tuple[Node, Node, int]] = field(default_factory=list)  # pairs of lengths: n ≥ k, n > 2 k
    properties: dict[str, tuple[str, Formula]] = field(default_factory=dict)    # kinds of names, and where it is said
    arguments: set[str] = field(default_factory=set)        # letters with which these are called
    least: dict[str, int] = field(default_factory=dict)         # of sizes of other parts of the document: n ≥ 2
    of_a_class: str = ""        # the letter of the class of an example
    problems: list[Unreadable] = field(default_factory=list)


def relation_range(tree: Node) -> Range | None:
    """`1 ≤ t < T`, `t ≥ 1`; None for what gives no range."""
    if tree.kind != "relation" or not set(tree.parts[1]) <= ORDER | {"="}:
        return None
    found: Range | None = None
    for of, sign, by in one_by_one(tree):
        if sign == "≠" or not scripted_parts(of) or of.kind != "ident":
            continue
        found = found or Range(letter_of(of), node=tree)
        if sign in "≥>=":
            found.low = (by, int(sign == ">"))
        if sign in "≤<=":
            found.high = (by, -int(sign == "<"))
    return found


_TURNED = {"≤": "≥", "<": ">", "≥": "≤", ">": "<", "=": "=", "≠": "≠"}


def one_by_one(tree: Node) -> Iterator[tuple[Node, str, Node]]:
    """The relations of a chain, the letter or name first: 0 < β < 1 is β > 0 and β < 1."""
    if tree.kind != "relation":
        return
    members, signs = tree.parts
    for left, sign, right in zip(members, signs, members[1:]):
        turned = scripted_parts(left) is None or (len(members) == 3 and left is members[0])
        yield (right, _TURNED[sign], left) if turned else (left, sign, right)


def letter_of(node: Node) -> str:
    parts = scripted_parts(node)
    return parts[0].parts[0].text if parts else ""


def number_of(node: Node) -> float | None:
    if node.kind == "sum" and node.parts[0] == (True,):     # −1
        inner = number_of(node.parts[1][0])
        return None if inner is None else -inner
    return float(node.parts[0].text) if node.kind == "number" else None


def texts(sides: Iterable[Formula]) -> list[str]:
    return ["".join(s.piece.text.split()) for s in sides]


def shortened(text: str, most: int = 40) -> str:
    """Part of a document for a message: one line, printable."""
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return line if len(line) <= most else line[:most - 1] + "…"


def position(piece: Piece, error: ReadingError) -> int:
    """Where in the document an error in a piece is."""
    lines = piece.text.split("\n")
    return piece.at + sum(len(x) + 1 for x in lines[:error.line - 1]) + error.column - 1


class collected:
    """Keeps a problem instead of stopping at it."""

    def __init__(self, problems: list[Unreadable]):
        self.problems = problems

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, Unreadable):
            self.problems.append(error)
            return True
        return False


def stop_at(problems: list[Unreadable]) -> None:
    """Raises the last of some problems, and leaves the others."""
    if problems:
        raise problems.pop()


class ignored:
    """For questions that may have no answer."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        return isinstance(error, ReadingError)


def denominator(node: Node) -> Node | None:
    """By what is differentiated, where a side is ∂L/∂W."""
    return differential(node.parts[1]) if numerator(node) is not None and node.kind == "fraction" else None


def numerator(node: Node) -> Node | None:
    """What is differentiated, where a side is a derivative: ∂L/∂W, ∇_W L."""
    if node.kind == "fraction" and differential(node.parts[0]) is not None and differential(node.parts[1]) is not None:
        return differential(node.parts[0])
    return node.parts[1] if node.kind == "nabla" else None
