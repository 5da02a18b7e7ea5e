"""Which words of a document are names, as all of its formulas together tell: those that it declares or defines, and
letters that stand on their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.documents.lines.entries import is_matrix, is_written_out
from derive.documents.names.entries import Entries
from derive.documents.names.model import (
    Range,
    Survey,
    denominator,
    letter_of,
    number_of,
    numerator,
    one_by_one,
    texts,
)
from derive.documents.names.parsed import Parsed
from derive.documents.names.sizes import own_letters
from derive.documents.spelling.label_words import USUAL
from derive.documents.spelling.two_letters import ABBREVIATIONS
from derive.documents.trees.bound_letters import (
    bound_letters,
    entry_letters,
    index_letters,
    letters_in,
    listed_letters,
)
from derive.documents.trees.deviations import deviations
from derive.documents.trees.euler import is_exponential, is_to_a_value
from derive.documents.trees.members import Context, Member, scripted_parts
from derive.documents.trees.naming import Naming
from derive.documents.trees.part_labels import Labelled, only_labels, part_labels
from derive.documents.trees.rewriting import CONSTANTS, is_square
from derive.documents.trees.superscripts import raised
from derive.documents.trees.trees import walk, words, written
from derive.notation.names import GREEK
from derive.reading.indices import arguments, letter_pieces
from derive.reading.nodes import differential
from derive.reading.syntax import Node

_UPRIGHT = re.compile(r"\\(?:mathrm|text|operatorname|mathit)\s*\{([A-Z]{2,6})\}")       # TP and FP are no products
_GREEK = frozenset(GREEK.values())
_FACTORS = frozenset("αβγεζηθκλμρτω")          # small Greek letters that make no word with a letter behind them


class Lexicon:
    """The names of a document; `called` are the functions that it defines. `known` are all words that are names,
    `certain` those that it declares or defines."""

    def __init__(self, survey: Survey, parsed: Parsed, called: frozenset[str]):
        self.survey, self.parsed, self.called = survey, parsed, called
        self.naming = Naming()
        self.entries = Entries(survey, parsed, self.naming)
        self.summed: frozenset[str] = frozenset()
        self.single: frozenset[str] = frozenset()       # names of one letter that are no index anywhere
        self.certain: set[str] = set()
        self.known: set[str] = set()
        self.parts: frozenset[Labelled] = frozenset()
        self.before: frozenset[Labelled] = frozenset()  # c_p beside c
        self.told_apart: frozenset[Labelled] = frozenset()
        self.deviations: frozenset[str] = frozenset()   # names of which the squares alone are defined

    def learn(self) -> None:
        """What the formulas tell about subscripts. Sizes and ranges are known by now."""
        trees, kinds = self.parsed.trees, self.parsed.kinds
        self.summed = frozenset(x.rstrip("'") for _, f, _ in trees for x in bound_letters(f.tree)) | {
            r.letter for _, _, ranges in trees for r in ranges if len(r.letter) == 1} \
            | own_letters(kinds, [f.tree for _, f, _ in trees])
        self.summed |= {x for _, f, _ in trees for x in listed_letters(f.tree)}
        self.summed |= self._beside_bound_ones() | self._of_entries()
        self.single = frozenset(self._of_one_letter())
        declared = {letter_of(n.tree) for _, _, names, sides in kinds if sides for n in names}
        counted = self.summed | self.survey.ranges.keys()
        self.parts = frozenset(p for p in part_labels([f for _, f, _ in trees], declared) if p[1] not in counted)
        self.naming.sizes |= set(self.survey.sizes)
        self.naming.numbers |= {letter_of(of) for _, f in self.parsed.bounds for of, _, by in one_by_one(f.tree)
                                if of.kind == "ident" and number_of(by) is not None} - {
                                    x for x, ends in self.survey.ranges.items() if ends.high is not None}
        self.naming.superscripts.learn([(f.tree, f.left) for _, f, _ in trees], self.summed | set(self.survey.ranges))
        for _, _, names, sides in kinds:
            for name in names:
                if name.tree.kind == "ident" and sides:
                    self.naming.vectors.add(letter_of(name.tree))
                    self.naming.matrices |= {letter_of(name.tree)} if len(sides) == 2 else set()
                    self.naming.lines |= {letter_of(name.tree)} if "1" in texts(sides) else set()
                self.naming.declare(name.tree)
                self.naming.learn(name.tree, self.context(name.tree, name.tree, []), [name.tree])
        self.before = frozenset(self.entries.labelled())
        self.told_apart = frozenset(self.entries.told_apart())
        for base, label in self.before | self.told_apart:
            self.naming.label(f"{base}_{label}")
        self.naming.one_label |= {base for base, _ in self.before}
        numbered = {letter_of(f.left) for _, f, _ in trees if f.left.kind == "scripted" and scripted_parts(f.left)}
        self.naming.vectors |= {letter_of(f.left) for _, f, _ in trees if f.left.kind == "ident"
                                and numerator(f.sides[-1]) is not None} - numbered     # g_1 of g = ∂L/∂y
        written = {letter_of(f.left): f.sides[1] for _, f, _ in trees if f.left.kind == "ident" and len(f.sides) > 1
                   and is_written_out(f.sides[1])}
        self.naming.vectors |= written.keys()
        self.naming.matrices |= {n for n, side in written.items() if is_matrix(side)}
        turned = {letter_of(f.left) for _, f, _ in trees if f.left.kind == "ident" and len(f.sides) > 1
                  and f.sides[1].kind == "scripted" and letter_of(f.sides[1]) in self.naming.matrices
                  and f.sides[1].parts[1][0].kind in ("raised", "transpose")}       # Λ = C⁻¹
        turned |= set(self.entries.products())
        self.naming.matrices |= turned
        self.naming.vectors |= turned
        self.entries.paired = frozenset(self.entries.pairs())
        of_matrices = self.naming.matrices | self.entries.paired | self.entries.doubled()
        self.naming.matrices |= {letter_of(f.left) for _, f, _ in trees if f.left.kind == "ident"
                                 and (by := denominator(f.sides[-1])) is not None
                                 and letter_of(by) in of_matrices}      # G_{11} of G = ∂L/∂Y
        self.naming.vectors |= set(self.entries.by_entries())
        self.naming.vectors |= self.entries.by_one()
        self.naming.vectors |= {letter_of(f.left) for _, f, _ in trees if f.left.kind == "ident"
                                and len(f.sides) > 1 and _is_softmax(f.sides[1])}
        self.naming.bare |= {x for _, f, _ in trees for x in _without_indices(f.tree)}
        for _, formula, ranges in trees:
            self.naming.learn(formula.tree, self.context(formula.tree, formula.left, ranges), [formula.left])
        self.naming.settle()

    def _beside_bound_ones(self) -> set[str]:
        """The a of A_a beside Σ_b A_b after A ∈ ℝ^K, where nothing says what A_a is."""
        arrays = {letter_of(n.tree) for _, _, names, sides in self.parsed.kinds if sides
                  for n in names if n.tree.kind == "ident"}
        own = {written(n.tree) for _, _, names, _ in self.parsed.kinds for n in names}
        own |= {written(f.left) for _, f, _ in self.parsed.trees if f.tree.kind == "relation"}
        letters: dict[str, set[str]] = {}
        for node in (n for _, f, _ in self.parsed.trees for n in walk(f.tree) if n.kind == "scripted"):
            items = arguments(node.parts[1][0].parts[0]) if node.parts[1][0].kind == "lowered" else ()
            if letter_of(node) in arrays and len(items) == 1 and items[0].kind == "ident" and written(node) not in own:
                letters.setdefault(letter_of(node), set()).add(letter_of(items[0]))
        return {x for some in letters.values() if some & self.summed for x in some if len(x) == 1 and x.islower()}

    def _of_entries(self) -> set[str]:
        """The c of Σ_p Y_{cp}, where Y stands alone elsewhere, and c is no name."""
        alone = [f.left for _, f, _ in self.parsed.trees if f.tree.kind == "relation"]
        alone += [n.tree for _, _, names, _ in self.parsed.kinds for n in names]
        whole = {letter_of(n) for n in alone if n.kind == "ident"}
        found: set[str] = set()
        for _, formula, _ in self.parsed.trees:
            bound = bound_letters(formula.tree)
            for node in walk(formula.tree) if bound else ():
                script = node.parts[1][0] if node.kind == "scripted" and letter_of(node) in whole else node
                if script.kind == "lowered" and script is not node:
                    letters = [x for i in arguments(script.parts[0]) for x in letters_in(i)]
                    if len(letters) == 2 and len(bound.intersection(letters)) == 1:
                        found |= set(filter(str.islower, letters))
        return found - whole - self.survey.sizes.keys()

    def _of_one_letter(self) -> Iterator[str]:
        """The s of s = W x + b, unless sums, ranges or steps s + 1 make an index of it."""
        stepped = {x for _, f, _ in self.parsed.trees for n in walk(f.tree) if n.kind == "lowered"
                   for inner in walk(n) if inner.kind == "sum" for x in words([inner])}
        defined = [f.left for _, f, _ in self.parsed.trees if f.tree.kind == "relation" and f.sides[1].kind != "number"]
        declared = [n.tree for _, what, names, _ in self.parsed.kinds for n in names if what.dimensions is not None]
        for node in (*defined, *declared):
            if node.kind == "ident" and len(letter_of(node)) == 1:
                yield from {letter_of(node)} - self.summed - stepped - set(self.survey.ranges) - set(self.survey.sizes)

    def settle(self) -> None:
        """Says which words are names. What is declared and what is above zero is known by now."""
        known, squares = self._declared_or_defined()
        self.deviations = frozenset(deviations(known, squares, self._derived(), self.survey.positive))
        known |= self.survey.positive.keys() & ABBREVIATIONS        # TP > 0
        known |= self._capitals(known)
        letters = known | self._letters()
        known |= {x for x in self.survey.positive if not _is_product(x, letters)} - self.deviations     # y s > 1
        upright = {w for _, f, _ in self.parsed.trees for w in _UPRIGHT.findall(f.piece.text)}
        known |= upright & words(f.tree for _, f, _ in self.parsed.trees) - self.called
        self.certain = known | squares
        self.known = (self.certain | self._letters()) - (self.survey.sizes.keys() - known)

    def _derived(self) -> set[str]:
        """The names by which something is differentiated, and those that are."""
        inside = [of for _, f, _ in self.parsed.trees for n in walk(f.tree) if (of := differential(n)) is not None]
        inside += [s for _, f, _ in self.parsed.trees for n in walk(f.tree) if n.kind == "nabla" for s in n.parts[0]]
        return {m.name for node in inside for n in walk(node) if scripted_parts(n)
                and (m := self.member(n, [])) is not None and not (m.rest and is_square(m.rest[0]))}

    @property
    def labels(self) -> frozenset[str]:
        """Letters that are no index anywhere, as far as the document tells, and the P_n beside P_a and P_f."""
        beside = {f"{base}_{x}" for base in self.naming.labelled for x in USUAL}
        return self.single | {x for _, x in self.parts | self.before} | self.entries.below_labelled() | beside

    # -- contexts and members ------------------------------------------------------------------------------------
    def context(self, tree: Node, left: Node, ranges: list[Range]) -> Context:
        bound = bound_letters(tree) | {r.letter for r in ranges} | {
            x for x, ends in self.survey.ranges.items()     # the g of g > 1 is a number
            if ends.high is not None or x in USUAL or x == self.survey.of_a_class}
        sizes = set(self.survey.sizes)
        entries = self.entries.of_left(tree, left)
        letters = index_letters(left, self.summed | entries, self.single, self.naming.numbers) - self._exponents(left)
        return Context(frozenset(bound) - sizes, frozenset(letters - only_labels(tree, self.parts)) - sizes)

    def _exponents(self, left: Node) -> set[str]:
        """The p of y^p = …, after y = … and p > 1; the t and s of γ^{t+s}, where all are numbers and no indices."""
        found = {shown for base, shown in raised(left) if base in self.naming.whole and shown in self.naming.numbers}
        powers = [n for n in walk(left) if n.kind == "scripted" and letter_of(n) in self.naming.numbers]
        if powers:
            below = words(n for _, f, _ in self.parsed.trees for n in walk(f.tree) if n.kind in ("lowered", "picked"))
            found |= words(s for n in powers for s in n.parts[1] if s.kind == "raised") & self.naming.numbers - below
        return found

    def certain_context(self, tree: Node, left: Node, ranges: list[Range]) -> Context:
        """With the letters that stand in indices on the left only; the i of a_i, where that is a name, is none."""
        context = self.context(tree, left, ranges)
        inside: set[str] = set()
        for node in walk(left):
            inside |= entry_letters(node)
            if scripted_parts(node):
                member = self.naming.member(node, context)
                if member is not None and node.kind == "scripted":
                    parts = [*member.above, *member.below, *member.rest]
                    inside |= {p for item in parts for n in walk(item) if n.kind in ("ident", "name")
                               for p in letter_pieces(n.parts[0].text)}
        return Context(context.bound, context.left & inside)

    def member(self, node: Node, ranges: list[Range]) -> Member | None:
        """The name that a tree on its own stands for, with its indices."""
        return self.naming.member(node, self.context(node, node, ranges))

    # -- words ---------------------------------------------------------------------------------------------------
    def _declared_or_defined(self) -> tuple[set[str], set[str]]:
        """The names that are, and the σ² of which nothing defines σ."""
        known = {m.name for _, what, names, _ in self.parsed.kinds for n in names
                 if (m := self.member(n.tree, [])) and (what.dimensions is not None or m.name not in self.survey.sizes)}
        random = {m.name for _, _, name, _ in self.parsed.laws if (m := self.member(name.tree, [])) and not m.rest}
        known |= random - ({"e"} if any(is_to_a_value(n) for _, f, _ in self.parsed.trees for n in walk(f.tree))
                           else set())
        squares = set()
        for _, formula, ranges in self.parsed.trees:
            names = formula.tree.kind == "relation" and not is_exponential(formula.left)
            member = self.member(formula.left, ranges) if names else None
            if member and member.rest and is_square(member.rest[0]) and member.name not in known:
                squares.add(f"{member.name}²")
            elif member and not _is_of(member.name, known):
                known.add(member.name)
        return known, squares

    def _letters(self) -> set[str]:
        """Letters that stand on their own, and are no sizes or constants."""
        used = words(f.tree for _, f, _ in self.parsed.trees)
        used |= {u[0] for u in used if len(u) == 2 and u[1] == "I" and u[0] in _GREEK}      # λI
        used |= {x for u in used if len(u) == 2 and u[0] in _FACTORS and u[1].isascii() for x in u}     # βv
        single = {u for u in used if len(letter_pieces(u)) == 1 and u not in CONSTANTS and u not in self.survey.sizes
                  and u != "π"}
        return single | {"δ"} if any(_has_bare_delta(f.tree) for _, f, _ in self.parsed.trees) else single

    def _capitals(self, known: set[str]) -> set[str]:
        """The letters of words such as XW and QΛQ, which nothing defines or calls: products of matrices."""
        found: set[str] = set()
        for _, formula, _ in self.parsed.trees:
            called = {f.at for n in walk(formula.tree) if n.kind == "product"
                      for f, after in zip(n.parts[0], n.parts[0][1:]) if after.kind == "group"}
            for node in walk(formula.tree):
                word = node.parts[0].text if node.kind == "ident" else ""
                pieces = letter_pieces(word)
                if 1 < len(pieces) <= 3 and word.isupper() and word not in known | self.called \
                        and node.at not in called:
                    found |= set(pieces) - set(self.survey.sizes)
        return found


def _is_of(word: str, declared: set[str]) -> bool:
    """Whether a word is a product of names that are declared: AB = BA."""
    pieces = letter_pieces(word)
    return len(pieces) > 1 and word.isupper() and "_" not in word and declared.issuperset(pieces)


def _is_product(word: str, known: set[str]) -> bool:
    """Whether a word is made of two letters or more that are names."""
    pieces = letter_pieces(word)
    return len(pieces) > 1 and "_" not in word and known.issuperset(pieces)


def _without_indices(tree: Node) -> Iterator[str]:
    """The words that stand without an index."""
    indexed = {id(n.parts[0]) for n in walk(tree) if n.kind == "scripted"
               and any(s.kind in ("lowered", "picked") for s in n.parts[1])}
    yield from (n.parts[0].text for n in walk(tree) if n.kind == "ident" and id(n) not in indexed)


def _has_bare_delta(tree: Node) -> bool:
    """Whether δ stands without an index: it is no Kronecker's."""
    return "δ" in _without_indices(tree)


def _is_softmax(node: Node) -> bool:
    return node.kind == "apply" and node.parts[0].text == "softmax"
