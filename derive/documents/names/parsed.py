"""The statements of a document as trees, before anything is known of their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from derive.documents.lines import statements as said
from derive.documents.lines.declarations import Kind, kind
from derive.documents.lines.properties import COLUMNS
from derive.documents.lines.statements import Piece, Statement
from derive.documents.names.model import Elsewhere, Range, letter_of, position, relation_range, shortened
from derive.documents.names.samples import with_columns
from derive.documents.names.sizes import DeclaredKinds, Trees
from derive.documents.names.sizes_apart import as_size, with_counts
from derive.documents.names.value_conditions import is_of_a_positive, is_of_values, steps_of, where
from derive.documents.problems import Unreadable
from derive.documents.trees.bare_functions import with_arguments
from derive.documents.trees.bound_letters import bound_letters, index_letters
from derive.documents.trees.called_losses import without_arguments
from derive.documents.trees.indicators import with_steps
from derive.documents.trees.indices import size_name
from derive.documents.trees.infinite_sums import Ratio, summed
from derive.documents.trees.members import letter_node, scripted_parts
from derive.documents.trees.ones import with_ones
from derive.documents.trees.places import with_places
from derive.documents.trees.series import with_series
from derive.documents.trees.softmax_of_members import over_letters
from derive.documents.trees.sums import with_letters
from derive.documents.trees.trees import Formula, Reader, changed, walk, words
from derive.reading.errors import ReadingError
from derive.reading.functions import SOFTMAX_OF_COLUMNS
from derive.reading.indices import letter_pieces
from derive.reading.syntax import BINDERS, Node

_FOR_ALL = re.compile(r"\s*(?:∀|\\forall(?![A-Za-z]))")


class Parsed:
    """What was parsed so far. `trees` are equations and wanted derivatives, `ranges` those that are stated alone;
    `positives` are letters above zero, and whether they are below one; `apart` has the i ≠ j of a statement,
    `steps` the values for which it is stated. `sizes` are words that may be sizes, and count nothing; lengths
    with the letters `named`, which are those of vectors too, are underlined."""

    def __init__(self, reader: Reader, ranges: dict[str, Range], sizes: frozenset[str], named: frozenset[str]):
        self.reader, self.ranges, self.sizes, self.named = reader, ranges, sizes, named
        self.trees: Trees = []
        self.kinds: DeclaredKinds = []
        self.bounds: list[tuple[said.Relation, Formula]] = []
        self.laws: list[tuple[said.Law, str, Formula, tuple[str, ...]]] = []
        self.positives: list[tuple[Node, bool]] = []
        self.properties: list[tuple[said.Property, Formula]] = []
        self.by_columns = False         # whether softmax is of each column of a matrix
        self.apart: dict[int, list[Node]] = {}
        self.ratios: list[Ratio] = []
        self.partial: list[Formula] = []
        self.steps: dict[int, list[Node]] = {}

    def formula(self, piece: Piece) -> Formula:
        """Raises Unreadable, with the position in the document."""
        try:
            formula, ratios = summed(self.reader.formula(piece))
        except ReadingError as error:
            raise Unreadable(error.message, position(piece, error)) from None
        self.ratios += ratios
        return replace(formula, tree=with_counts(formula.tree, self.named)) if self.named else formula

    def add(self, statement: Statement) -> None:
        """Parses a statement; laws come later (`put_law`)."""
        if isinstance(statement, said.Declaration):
            self.declare(statement)
        elif isinstance(statement, said.Range):
            found = self._range(statement)
            self.ranges[found.letter] = found
        elif isinstance(statement, said.Relation):
            self.bounds.append((statement, self.formula(statement.piece)))
        elif isinstance(statement, said.Property):
            if statement.kind == COLUMNS:
                self.by_columns = True
            else:
                self.properties.append((statement, self.formula(statement.name)))
        elif isinstance(statement, (said.Equality, said.Wanted, said.Assume)):
            conditions = statement.conditions if isinstance(statement, said.Equality) else ()
            formula = with_letters(with_series(self.formula(statement.piece), self.sizes))
            formula = replace(formula, tree=without_arguments(formula.tree))
            formula = replace(formula, tree=with_places(formula.tree, (f for _, f, _ in self.trees)))
            formula = with_columns(formula, [f.left for _, f, _ in self.trees], self._rows())
            formula = with_arguments(replace(formula, tree=with_ones(with_steps(formula.tree))), self.reader.vocabulary)
            self.apart[id(statement.piece)] = [self.formula(c.piece).tree for c in conditions
                                               if isinstance(c, said.Relation) and c.signs == ("≠",)
                                               and _is_of_indices(c, formula.tree)]
            same = {c.letter.text.strip(): c.low.text.strip() for c in conditions
                    if isinstance(c, said.Range) and _is_same(c)}
            if same:
                formula = replace(formula, tree=changed(formula.tree, lambda n: _as_another(n, same)))
            values = self._on_values(conditions, formula.tree)
            above = {id(c) for c in statement.above} if isinstance(statement, said.Equality) else set[int]()
            ranges = [replace(r, own=id(c) not in above) for c in conditions if not _is_same(c) and c not in values
                      and (r := self._condition(c, formula.tree)) is not None]
            formula = self._where(statement, formula, values)
            self.trees.append((statement, formula, ranges))

    def turn_softmax(self, members: bool) -> None:
        """Takes softmax of columns, where a directive says so, and of `members`."""
        if members:
            self.trees = [(s, over_letters(f), r) for s, f, r in self.trees]
        if self.by_columns:
            self.trees = [(s, replace(f, tree=changed(f.tree, _of_columns)), r) for s, f, r in self.trees]

    def take_families(self, elsewhere: Elsewhere) -> None:
        """k_l ∈ ℕ with l = 1, …, L says of a family that it is positive, unless a shape or a bound is made of it. Of a
        part, the whole document tells."""
        counts = [n.tree for _, what, names, _ in self.kinds if what.dimensions is None for n in names]
        if not any(map(index_letters, counts)):
            return
        counted = set(self.ranges) | {x for _, f, _ in self.trees for x in bound_letters(f.tree)}
        ends = [s.tree for _, _, _, sides in self.kinds for s in sides]
        ends += [s for _, f, _ in self.trees for n in walk(f.tree) if n.kind in BINDERS for s in n.parts[0]]
        ends += [end[0] for r in (*self.ranges.values(), *(r for _, _, ranges in self.trees for r in ranges))
                 for end in (r.low, r.high) if end is not None]
        used = {letter_of(n) for end in ends for n in walk(end) if n.kind == "scripted"}
        for k, (statement, what, names, sides) in enumerate(self.kinds):
            families = [n for n in names if (letters := index_letters(n.tree))
                        and (elsewhere.names or letters & counted)
                        and size_name(n.tree) not in elsewhere.sizes and letter_of(n.tree) not in used]
            if what.dimensions is None and len(families) == len(names):
                self.kinds[k] = (statement, Kind((), positive=True), names, sides)

    def _rows(self) -> set[str]:
        """Capital letters that are declared as rows, Y ∈ ℝ^{1×m}, where nothing is said of the small ones."""
        every = [(letter_of(n.tree), sides) for _, _, names, sides in self.kinds for n in names]
        return {name for name, sides in every if len(sides) == 2 and sides[0].piece.text.strip() == "1"
                and name.lower() not in {other for other, _ in every}}

    def declare(self, statement: said.Declaration) -> None:
        what = kind(statement.kind)
        if tells_nothing(statement):
            return
        if what is None:
            raise Unreadable(f"the set '{shortened(statement.kind.text)}' cannot be read; write ℝ, ℝ^n, ℝ^{{m×n}} or ℕ",
                             statement.kind.at)
        names = [f for n in statement.names if (f := self.formula(n)).tree.kind != "ones"]
        sides = [self._side(d) for d in what.dimensions or ()]
        for name in names:
            if scripted_parts(name.tree) is None:
                raise Unreadable("a name is declared here: x ∈ ℝ^n", name.at(name.tree.at))
        self.kinds.append((statement, what, names, sides))

    def _side(self, piece: Piece) -> Formula:
        """A side of a shape; the m k of ℝ^{mk}, where both are sizes elsewhere."""
        side = self.formula(piece)
        side = replace(side, tree=as_size(side.tree, self.named))
        letters = letter_pieces(letter_of(side.tree)) if side.tree.kind == "ident" else []
        if len(letters) < 2 or not self.sizes.issuperset(letters):
            return side
        factors = tuple(letter_node(x, side.tree.at) for x in letters)
        return replace(side, tree=Node("product", (factors, ("",) * (len(factors) - 1)), side.tree.at))

    def define(self, formula: Formula, ranges: list[Range]) -> None:
        """Adds an equation that the document does not write so."""
        self.trees.append((said.Equality(formula.piece, (formula.piece, formula.piece)), formula, ranges))

    def hide(self, called: str, formula: Formula, scripts: tuple[Node, ...] = (),
             conditions: Iterable[Statement] = ()) -> None:
        """Defines a hidden name, with scripts, as a formula, for what its letters range over."""
        base = letter_node(called, formula.tree.at)
        left = Node("scripted", (base, scripts), base.at) if scripts else base
        ranges = [r for c in conditions if (r := self._condition(c, formula.tree)) is not None]
        self.define(replace(formula, tree=Node("relation", ((left, formula.tree), ("=",)), base.at)), ranges)

    def _range(self, statement: said.Range) -> Range:
        """A range, also where it is counted downwards: t = T, …, 1."""
        letter = self.formula(statement.letter).tree
        low, high = (as_size(self.formula(p).tree, self.named) for p in (statement.low, statement.high))
        if high.kind == "number" and (low.kind != "number" or float(low.parts[0].text) > float(high.parts[0].text)):
            low, high = high, low
        return Range(letter_of(letter), (low, 0), (high, 0))

    def _on_values(self, conditions: Iterable[Statement], tree: Node) -> dict[Statement, Node]:
        """The conditions that are about values, as trees."""
        sizes = words(s.tree for _, _, _, sides in self.kinds for s in sides)
        found = {c: self.formula(c.piece).tree for c in conditions if isinstance(c, said.Relation)}
        return {c: t for c, t in found.items() if isinstance(c, said.Case) or is_of_values(t, tree, sizes)}

    def _where(self, statement: Statement, formula: Formula, values: Mapping[Statement, Node]) -> Formula:
        """A claim where its conditions on values hold. A function that is defined for some values only is `partial`."""
        if not values or not isinstance(statement, said.Equality):
            return formula
        if statement.claimed:
            self.steps[id(statement.piece)] = steps = [s for c in values.values() for s in steps_of(c)]
            return replace(formula, tree=where(formula.tree, steps))
        if formula.left.kind == "apply" and words([formula.left]) & words(values.values()):
            self.partial.append(formula)
        return formula

    def _condition(self, statement: Statement, tree: Node) -> Range | None:
        """The range that a condition gives to a letter of an equation; `λ > 0` behind `R = λ Ω` is an assumption."""
        if isinstance(statement, said.Range):
            return self._range(statement)
        assert isinstance(statement, said.Relation)
        formula = self.formula(statement.piece)
        found = relation_range(formula.tree)
        if found is not None and (found.high is None or is_of_a_positive(formula.tree)) \
                and (found.letter in self.sizes or not _is_index(found.letter, tree)):
            self.bounds.append((statement, formula))
            return None
        if found is None and "≠" not in statement.signs:
            raise Unreadable("the condition behind this equation could not be read", statement.piece.at)
        return found


def tells_nothing(statement: said.Declaration) -> bool:
    """Whether it is ∀x ∈ K, for a set K of which nothing is said."""
    return kind(statement.kind) is None and bool(_FOR_ALL.match(statement.piece.text))


def _is_same(condition: Statement) -> bool:
    """The condition i = j, of two indices."""
    if not isinstance(condition, said.Range) or condition.low != condition.high:
        return False
    letters = condition.low.text.strip(), condition.letter.text.strip()
    return letters[0].isalpha() and all(len(x) == 1 for x in letters)


def _as_another(node: Node, same: Mapping[str, str]) -> Node | None:
    """The letter that another one is the same as."""
    shown = node.parts[0].text if node.kind == "ident" else ""
    return letter_node(same[shown], node.at) if shown in same else None


def _is_of_indices(apart: said.Relation, tree: Node) -> bool:
    """Whether i ≠ j and j ≠ 1 are about indices of a formula; x ≠ 0 is about a value."""
    shown = [m.text.strip() for m in apart.members]
    return all(x.isdecimal() or _is_index(x, tree) for x in shown)


def _is_index(letter: str, tree: Node) -> bool:
    """Whether a letter stands in a script or in a bound of a formula, or not in the formula at all."""
    scripts = words(n for n in walk(tree) if n.kind in ("lowered", "raised", "picked"))
    return letter in scripts or letter not in words([tree])


def _of_columns(node: Node) -> Node | None:
    if node.kind != "apply" or node.parts[0].name != "softmax":
        return None
    mark, scripts, argument = node.parts
    return Node("apply", (replace(mark, name=SOFTMAX_OF_COLUMNS), scripts, changed(argument, _of_columns)), node.at)
