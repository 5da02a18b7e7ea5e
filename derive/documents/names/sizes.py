"""Which words of a document are sizes, and which are widths that depend on a layer: those of shapes and bounds."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from derive.documents.lines import statements as said
from derive.documents.lines.declarations import Kind
from derive.documents.lines.statements import Statement
from derive.documents.names.model import Range, Survey, letter_of
from derive.documents.trees.bound_letters import bound_letters, index_letters, letters_in
from derive.documents.trees.indices import size_name
from derive.documents.trees.members import enclosed, scripted_parts
from derive.documents.trees.trees import Formula, walk, words
from derive.reading.indices import arguments, letter_pieces
from derive.reading.nodes import plain
from derive.reading.syntax import BINDERS, Node

MOST_STEPS = 6          # that a number in an index asks for
Trees = list[tuple[Statement, Formula, list[Range]]]
DeclaredKinds = list[tuple[said.Declaration, Kind, list[Formula], list[Formula]]]


class SizeFinder:
    """Looks through declarations, ranges and the bounds of sums."""

    def __init__(self, survey: Survey, kinds: DeclaredKinds, trees: Trees):
        self.survey, self.kinds, self.trees = survey, kinds, trees
        self._of_steps: set[str] | None = None
        self._of_sums: set[str] | None = None

    def find(self) -> None:
        """Writes sizes and widths into the survey."""
        sizes = self.survey.sizes
        for _, what, names, sides in self.kinds:
            letters = {x for n in names for x in index_letters(n.tree)}
            if what.dimensions is None:
                counted = {size_name(n.tree) or letter_of(n.tree): 1 for n in names if not self._is_a_start(n.tree)}
                counted.pop(self.survey.of_a_class, None)       # c ∈ ℕ, the class of an example
                sizes.update(counted)
                self.survey.counts |= counted.keys()
            self._first_layer(names, sides)
            self._last_listed(names)
            for side in sides:
                self._in_side(side.tree, letters)
        ranged = [(r, set(self.survey.ranges), set[str]()) for r in self.survey.ranges.values()]
        for _, formula, ranges in self.trees:
            own = index_letters(formula.left)
            letters = own | set(self.survey.ranges) | {r.letter for r in ranges}
            ranged += [(r, letters, own) for r in ranges]
        for found, letters, own in ranged:
            for end in (found.low, found.high):
                self._in_side(end[0] if end else None, letters, own)
        members, shifted = self._stated_for_members(), self._shifted()
        for _, formula, ranges in self.trees:
            stated = {r.letter for r in (*self.survey.ranges.values(), *ranges) if r.high is not None}
            stated |= members.get(letter_of(formula.left), set()) | shifted.get(letter_of(formula.left), set())
            for node in walk(formula.tree):
                if node.kind in BINDERS:
                    self._in_bounds(node, index_letters(formula.left, frozenset(stated)), stated)
        self._ends()
        self._widths_first()
        self._reached()

    def _stated_for_members(self) -> dict[str, set[str]]:
        """For each name the letters whose range stands beside an equation for it: a_k = a_{k−1} + g_k (k = 1, …, K)."""
        found: dict[str, set[str]] = {}
        for _, formula, ranges in self.trees:
            own = {r.letter for r in ranges if r.high is not None} & words(formula.sides[:1])
            found.setdefault(letter_of(formula.left), set()).update(own)
        return found

    def _shifted(self) -> dict[str, set[str]]:
        """For each name the letters that stand shifted below it: the n of Q_n = Σ_{i=1}^{n} R_i / n beside Q_{n−1}."""
        found: dict[str, set[str]] = {}
        for node in (n for _, f, _ in self.trees for n in walk(f.tree) if n.kind == "scripted"):
            for item in (i for s in node.parts[1] if s.kind == "lowered" for i in arguments(s.parts[0])):
                if item.kind == "sum" and any(plain(t).kind == "number" for t in item.parts[1]):
                    found.setdefault(letter_of(node), set()).update(letters_in(item))
        return found

    def _is_a_start(self, name: Node) -> bool:
        """Whether c_0 ∈ ℕ is where c_l = c_{l−1} + g begins."""
        first = name.parts[1][0] if name.kind == "scripted" and name.parts[1] else None
        if first is None or first.kind not in ("lowered", "raised") or plain(first.parts[0]).kind != "number":
            return False
        base = letter_of(name)
        return any(letter_of(f.left) == base and index_letters(f.left) and f.sides[1:] and base in words(f.sides[1:])
                   for _, f, _ in self.trees)

    def _last_listed(self, names: list[Formula]) -> None:
        """The n of x_1, …, x_n ∈ ℝ^d."""
        if len(names) < 2 or letter_of(names[0].tree) != letter_of(names[-1].tree):
            return
        scripts = [s for n in (names[0], names[-1]) if n.tree.kind == "scripted" for s in n.tree.parts[1]]
        indices = [plain(s.parts[0]) for s in scripts if s.kind in ("lowered", "raised")]
        if [i.kind for i in indices] == ["number", "ident"]:
            self.survey.sizes.setdefault(indices[1].parts[0].text, 1)

    def _ends(self) -> None:
        """h_T and a^{(L)}, beside h_t and a^{(l)}, name the last member: T and L are sizes."""
        scripts: dict[str, set[str]] = {}
        for node in (n for _, formula, _ in self.trees for n in walk(formula.tree)):
            if node.kind == "scripted" and scripted_parts(node):
                inside = [s for s in node.parts[1] if s.kind == "lowered" or (
                    s.kind == "raised" and (enclosed(s) or words([s]) & {"l", "L"}))]
                scripts.setdefault(letter_of(node), set()).update(words(inside))
        for inside_of_one in scripts.values():
            for letter, size in (("t", "T"), ("l", "L")):
                if {letter, size} <= inside_of_one:
                    self.survey.sizes.setdefault(size, 1)

    def _reached(self) -> None:
        """Where m_2 stands beside m_t, and e_{2,1} beside e_{t,s}, there are two steps at least."""
        indices: dict[tuple[str, int], list[Node]] = {}
        said = [*(f.tree for _, f, _ in self.trees), *(n.tree for _, _, names, _ in self.kinds for n in names)]
        for node in (n for tree in said for n in walk(tree)):
            if node.kind == "scripted" and scripted_parts(node) and len(node.parts[1]) >= 1:
                script = node.parts[1][0]
                if script.kind == "lowered" or (script.kind == "raised" and enclosed(script)):
                    for place, item in enumerate(arguments(script.parts[0])):
                        indices.setdefault((letter_of(node), place), []).append(plain(item))
        ends = {r.letter: r.high[0] for r in (*self.survey.ranges.values(), *(r for _, _, rs in self.trees for r in rs))
                if r.high is not None and r.high[1] == 0}
        every = words(f.tree for _, f, _ in self.trees)
        for found in indices.values():
            letters = words(found)
            most = max((int(i.parts[0].text) for i in found if i.kind == "number" and i.parts[0].text.isdecimal()),
                       default=0)
            for letter in letters & {"t", "l", *ends} if 2 <= most <= MOST_STEPS else ():
                end = ends.get(letter)
                size = letter.upper() if end is None else end.parts[0].text if end.kind == "ident" else ""
                if size in self.survey.sizes or (size and end is None and size not in every):
                    self.survey.sizes[size] = max(self.survey.sizes.get(size, 1), most)

    def _first_layer(self, names: list[Formula], sides: list[Formula]) -> None:
        """a^{(0)} ∈ ℝ^{n_0}, where a^{(l)} stands elsewhere: n is a width."""
        for name in names:
            parts = scripted_parts(name.tree)
            raised = [plain(i) for s in parts[1] if s.kind == "raised" for i in arguments(s.parts[0])] if parts else []
            if parts and len(raised) == 1 and raised[0].kind == "number" and self._has_layers(parts[0].parts[0].text):
                for side in sides:
                    if size_name(side.tree) == f"{letter_of(side.tree)}_{raised[0].parts[0].text}":
                        self.survey.widths.add(letter_of(side.tree))

    def _has_layers(self, base: str) -> bool:
        """Whether a name has letters above it somewhere."""
        return any(node.kind == "scripted" and letter_of(node) == base and "l" in index_letters(node)
                   for _, formula, _ in self.trees for node in walk(formula.tree))

    def _in_bounds(self, node: Node, left: set[str], stated: set[str]) -> None:
        """The upper end of Σ_{i=1}^{n}; of Z_i = Σ_{j=1}^{i} S_{ij}, the i on the `left` is none, nor is one of which
        the range is `stated`, or over which another sum runs."""
        bound = bound_letters(node) | set(self.survey.ranges) | stated
        own = left & (index_letters(node.parts[1]) | stated | self._bound())
        for script in node.parts[0]:
            if script.kind == "raised":
                self._in_side(plain(script.parts[0]), bound | index_letters(node.parts[1]) | self._steps(), own)

    def _bound(self) -> set[str]:
        """The letters that the sums of all formulas bind."""
        if self._of_sums is None:
            self._of_sums = {x for _, f, _ in self.trees for x in bound_letters(f.tree)}
        return self._of_sums

    def _steps(self) -> set[str]:
        """The letters of time and of layers; l is none where it is no index anywhere."""
        if self._of_steps is None:
            used = {x for _, f, _ in self.trees for x in index_letters(f.tree) | bound_letters(f.tree)}
            self._of_steps = {x for x in "tτls" if x != "l" or x in used | set(self.survey.ranges)}
        return self._of_steps

    def _in_side(self, node: Node | None, letters: set[str], own: Collection[str] = ()) -> None:
        """Everything in a shape or a bound that is no letter is a size; what depends on a letter is a width. `own` are
        letters that are indices of what an equation is about."""
        if node is None:
            return
        if node.kind == "scripted":
            items = [i for s in node.parts[1] if s.kind in ("lowered", "raised") for i in arguments(s.parts[0])]
            inside = {p for i in items for p in letters_in(i)}
            base = letter_of(node)
            if base in self.survey.widths or inside & letters:
                self.survey.widths.add(base)
                self.survey.sizes.pop(base, None)
            elif size_name(node):
                self.survey.sizes.setdefault(size_name(node), 1)
            return
        word = node.parts[0].text if node.kind == "ident" else ""
        if word and word not in own and (word not in letters or word not in self._steps()):
            self.survey.sizes.setdefault(word, 1)
        for child in node.below:
            self._in_side(child, letters, own)

    def _widths_first(self) -> None:
        """n_0 and n_L are widths where n_l is one."""
        for name in list(self.survey.sizes):
            if name.partition("_")[0] in self.survey.widths:
                del self.survey.sizes[name]


def own_letters(kinds: DeclaredKinds, trees: Iterable[Node]) -> set[str]:
    """Letters that run along an axis which is called by the capital: d in w_d and X_{nd} of w ∈ ℝ^D, X ∈ ℝ^{N×D}."""
    lengths = {letter_of(n.tree): [size_name(s.tree) or "" for s in sides] for _, _, names, sides in kinds
               for n in names if n.tree.kind == "ident"}
    found: set[str] = set()
    for node in (n for tree in trees for n in walk(tree) if n.kind == "scripted"):
        sides = lengths.get(letter_of(node), []) if scripted_parts(node) else []
        for script in node.parts[1]:
            inside = [n.parts[0].text for n in walk(script) if n.kind == "ident"] if script.kind == "lowered" else []
            pieces = [p for word in inside for p in letter_pieces(word)]
            if sides and len(pieces) == len(sides):
                found |= {p for p, side in zip(pieces, sides) if p.islower() and p.upper() == side}
    return found
