"""What the entries of names tell: that y is a vector where y_1 stands beside x_1, and which letters below a name are
indices, and which are labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.documents.names.model import Survey, denominator, letter_of
from derive.documents.names.parsed import Parsed
from derive.documents.trees.bound_letters import bound_letters, letters_in
from derive.documents.trees.members import flat, scripted_parts
from derive.documents.trees.naming import Naming
from derive.documents.trees.part_labels import Labelled
from derive.documents.trees.trees import walk, words
from derive.reading.indices import arguments, letter_pieces
from derive.reading.nodes import is_transpose
from derive.reading.syntax import Node

_INDICES = frozenset("ijklmnt")


class Entries:
    """Looks at the names of a document that stand with indices; `paired` are those that have two, as matrices on their
    lines tell."""

    def __init__(self, survey: Survey, parsed: Parsed, naming: Naming):
        self.survey, self.parsed, self.naming = survey, parsed, naming
        self.paired: frozenset[str] = frozenset()

    def by_entries(self) -> Iterator[str]:
        """The y of y_1 = a x_1 + b x_2 after y = C x, where x is a vector: what an equation says of entries alone is
        about an entry."""
        whole = {letter_of(f.left) for _, f, _ in self.parsed.trees if f.left.kind == "ident"
                 and f.tree.kind == "relation" and letter_of(f.left) not in words(f.sides[1:])}
        made = self._made()
        for _, formula, _ in self.parsed.trees:
            base = letter_of(formula.left) if self.naming.is_numbered(formula.left) else ""
            right = [n for side in formula.sides[1:] for n in walk(side)]
            numbered = [n for n in right if self.naming.is_numbered(n)]
            entries = [n for n in numbered if letter_of(n) in self.naming.vectors | made]
            alone = {id(n.parts[0]) for n in numbered}
            if base in whole and entries and entries == numbered and not any(
                    n.kind == "ident" and id(n) not in alone and n.parts[0].text in self.naming.vectors for n in right):
                yield base
                yield from made & {letter_of(n) for n in entries}

    def products(self) -> Iterator[str]:
        """The A of A = T Tᵀ, where T is a matrix."""
        for _, formula, _ in self.parsed.trees:
            side = formula.sides[1] if formula.left.kind == "ident" and len(formula.sides) > 1 else formula.left
            if side.kind == "product" and all(letter_of(f) in self.naming.matrices and (
                    f.kind == "ident" or len(f.parts[1]) == 1 and (f.parts[1][0].kind == "transpose" or is_transpose(
                        f.parts[1][0].parts[0]))) for f in side.parts[0]):
                yield letter_of(formula.left)

    def _made(self) -> set[str]:
        """The y of y = C x, where C is a matrix and x a vector."""
        vectors, matrices = self.naming.vectors - self.naming.matrices, self.naming.matrices
        pairs = [(letter_of(f.left), *f.sides[1].parts[0]) for _, f, _ in self.parsed.trees if f.left.kind == "ident"
                 and len(f.sides) > 1 and f.sides[1].kind == "product" and len(f.sides[1].parts[0]) == 2]
        found: set[str] = set()
        while more := {name for name, of, by in pairs if letter_of(of) in matrices and by.kind == "ident"
                       and letter_of(by) in vectors | found} - found:
            found |= more
        return found

    def by_one(self) -> set[str]:
        """The w of w_1 after w = softmax(s), where nothing says what w_1 is besides, and w is not made of it."""
        relations = [f for _, f, _ in self.parsed.trees if f.tree.kind == "relation"]
        whole = {letter_of(f.left): f for f in relations if f.left.kind == "ident" and len(letter_of(f.left)) == 1}
        numbered = {letter_of(n) for _, f, _ in self.parsed.trees for n in walk(f.tree) if self.naming.is_numbered(n)}
        said = {letter_of(f.left) for f in relations if self.naming.is_numbered(f.left)}
        declared = {letter_of(n.tree) for _, _, names, _ in self.parsed.kinds for n in names}
        return {x for x in numbered & whole.keys() - said - declared if x not in words(whole[x].sides[1:])}

    def of_left(self, tree: Node, left: Node) -> frozenset[str]:
        """The c of V_{jc}, where V is a matrix: whatever two letters stand below it, both are indices. So are those of
        y_{aj} = V_{aj}², the a of v_a = Σ_j V_{aj}, and the b with which two vectors stand, π_b r_b, or by which
        something is differentiated, ∂J/∂θ_b."""
        known = self.naming.matrices | self.paired
        below = list(_letters_below(tree))
        of_arrays = {x for name, letters in below if name in known and len(letters) == 2 for x in letters}
        of_vectors = {(name, *letters) for name, letters in below if name in self.naming.vectors and len(letters) == 1}
        letters_of_vectors = [x for _, x in of_vectors]
        of_arrays |= {x for x in letters_of_vectors if letters_of_vectors.count(x) > 1}
        of_arrays |= {x for n in walk(left) if (by := denominator(n)) is not None and by.kind == "scripted"
                      for name, letters in _letters_below(by) if len(letters) == 1
                      and name in self.naming.vectors - self.naming.matrices for x in letters}
        two = of_arrays | self.survey.sums.keys()       # F_{ab}, where sums elsewhere run over a and b
        return frozenset(x for _, letters in _letters_below(left) for x in letters
                         if (two if len(letters) == 2 else of_arrays).issuperset(letters))

    def pairs(self) -> Iterator[str]:
        """The y of y_{aj} = V_{aj}², where V is a matrix."""
        for _, formula, _ in self.parsed.trees:
            below = list(_letters_below(formula.left)) if formula.left.kind == "scripted" else []
            if below and len(below[0][1]) == 2 and self.of_left(formula.tree, formula.left):
                yield below[0][0]

    def doubled(self) -> set[str]:
        """The Y of Y_{ij} = …"""
        return {base for _, f, _ in self.parsed.trees if f.left.kind == "scripted"
                for base, letters in _letters_below(f.left) if len(letters) == 2}

    def below_labelled(self) -> set[str]:
        """The p of P_p beside P_d, where no letter below P is an index, and p stands below nothing else."""
        trees = [f.tree for _, f, _ in self.parsed.trees]
        found = {x for x, bases in _bases_above(trees).items() if bases <= self.naming.labelled}
        return found.difference(_INDICES, *map(bound_letters, trees))

    def labelled(self) -> Iterator[Labelled]:
        """The c_p that is declared, or the P_s that is defined, beside a c and a P that are: where the letter is no
        usual index, counts nothing and stands below nothing else, it tells the state before, and another number."""
        relations = [f for _, f, _ in self.parsed.trees if f.tree.kind == "relation"]
        whole = {letter_of(f.left) for f in relations if f.left.kind == "ident"} - self.naming.vectors
        subjects = [n.tree for _, _, names, _ in self.parsed.kinds for n in names]
        subjects += [f.left for f in relations if f.left.kind == "scripted" and f.sides[1].kind != "number"]
        counted = {x for _, f, _ in self.parsed.trees for x in bound_letters(f.tree)}
        counted |= {x for x, ends in self.survey.ranges.items() if ends.high is not None}
        below = _bases_above((*subjects, *(f.tree for _, f, _ in self.parsed.trees)))
        for subject in subjects:
            for base, letters in _letters_below(subject):
                if base in whole and len(letters) == 1 and letters[0] not in _INDICES | counted \
                        and below[letters[0]] <= whole:
                    yield base, letters[0]


    def told_apart(self) -> Iterator[Labelled]:
        """The e, l and p of P_e = 2 d, P_l = 12 d² and P_p = d² + d, and the bn and pl of P_{bn} and P_{pl}: two or
        more, none of which counts something, or stands on the right side of its own equation; a declared b may."""
        counted = {x for _, f, _ in self.parsed.trees for x in bound_letters(f.tree)} | self.survey.ranges.keys()
        labels: dict[str, set[str]] = {}
        for node in (n for _, f, _ in self.parsed.trees for n in walk(f.tree)):
            for base, text in _label_below(node):
                labels.setdefault(base, set()).add(text)
        defined = {(base, text): formula for _, formula, _ in self.parsed.trees if formula.tree.kind == "relation"
                   for base, text in _label_below(formula.left)}
        declared = {letter_of(n.tree) for _, _, names, _ in self.parsed.kinds for n in names if n.tree.kind == "ident"}
        known = self.naming.vectors | {letter_of(f.left) for _, f, _ in self.parsed.trees if f.left.kind == "ident"}
        for base, texts in labels.items():
            if len(texts) > 1 and base not in known and all(
                    text and counted.isdisjoint(text) and (base, text) in defined and not _stand_in(
                        text, defined[base, text].sides[1], declared) for text in texts):
                yield from ((base, text) for text in texts)


def _label_below(node: Node) -> Iterator[Labelled]:
    """A name and the letters below it; no letters where anything else stands there."""
    if node.kind == "scripted" and node.parts[0].kind == "ident" and node.parts[1][0].kind == "lowered":
        text = flat(arguments(node.parts[1][0].parts[0]))
        yield node.parts[0].parts[0].text, text if text.isalpha() and text.isascii() and text.islower() else ""


def _stand_in(letters: str, side: Node, declared: set[str]) -> bool:
    """Whether one of some letters stands in a side, alone or in an index; one that is declared, in an index."""
    indices = {p for s in walk(side) if s.kind == "lowered" for n in walk(s) if n.kind in ("ident", "name")
               for p in letter_pieces(n.parts[0].text)}
    whole = {p for n in walk(side) if n.kind in ("ident", "name") for p in letter_pieces(n.parts[0].text)}
    return not (indices | whole - declared).isdisjoint(letters)


def _bases_above(trees: Iterable[Node]) -> dict[str, set[str]]:
    """The names below which each letter stands; the empty one where it stands beside another letter."""
    found: dict[str, set[str]] = {}
    for base, letters in (below for tree in trees for below in _letters_below(tree)):
        for x in letters:
            found.setdefault(x, set()).add(base if len(letters) == 1 else "")
    return found


def _letters_below(tree: Node) -> Iterator[tuple[str, list[str]]]:
    """The names with small letters below them, and the letters."""
    for node in walk(tree):
        parts = scripted_parts(node)
        if parts and parts[1] and parts[1][0].kind == "lowered":
            letters = [x for item in arguments(parts[1][0].parts[0]) for x in letters_in(item)]
            if all(x.isascii() and x.islower() for x in letters):
                yield parts[0].parts[0].text, letters
