"""Shapes of names that nobody declares: axes with unknown sizes, which equations fill in.

A size that is not known yet is a `Size` named `?…`, which may depend on a family's letter as the width of a layer does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count

from derive.bounds import coefficient_sign, nonnegative
from derive.documents.names.named import Named
from derive.documents.problems import Unreadable
from derive.documents.shapes.families import Families
from derive.documents.shapes.letter_ranges import extreme
from derive.documents.trees.indices import NoIndex, Polynomials
from derive.index import ONE, Letter, Poly, Size, poly
from derive.notation.layout import Name, Product
from derive.reading.letters import Draft, Letters
from derive.reading.source import Source
from derive.reading.values import Axis, Shapes, Value, longer

MARK = "?"
_WEIGHTS = frozenset("WUVΘ")
Signatures = dict[str, tuple[Letter, ...]]
_numbers = count(1)


def is_open(atom: object) -> bool:
    return isinstance(atom, Size) and atom.name.startswith(MARK)


def _is_member(size: Size) -> bool:
    """Whether it is the size at one place, n[L]: y takes it in h^{(L)} − y, and does not give it its own."""
    return bool(size.at) and not any(index.free for index in size.at)


class OpenShapes(Shapes):
    """Shapes that also fill in the sizes of names. Used for all equations of a document, one after the other."""

    def __init__(self) -> None:
        super().__init__(Source(""))
        self.found: dict[str, tuple[tuple[Letter, ...], Poly]] = {}
        self.pinned: dict[Size, Poly] = {}      # sizes of single members, such as a^(0), where those of others are open
        self.by_ends = set[str]()               # open sizes that the ends of others have told

    def resolved(self, p: Poly) -> Poly:
        for _ in range(100):
            before, p = p, self._filled(super().resolved(p))
            if p == before:
                break
        return p

    def is_unknown(self, p: Poly) -> bool:
        return super().is_unknown(p) or any(map(is_open, p.atoms()))

    def is_of_columns(self, x: Value, like: Value) -> bool:
        """A bias of unknown length is as long as what the weights give: of X W + b, the columns."""
        factors = like.layout.factors if isinstance(like.layout, Product) else ()
        weights = [isinstance(f, Name) and f.internal[0] in _WEIGHTS for f in factors]
        unknown = x.rows is not None and any(self.is_unknown(self.resolved(p)) for p in x.rows)
        return unknown and bool(weights) and weights[-1] and not weights[0]

    def _filled(self, p: Poly) -> Poly:
        """Known values in place of open sizes."""
        if not self.found and not self.pinned:
            return p
        if not any(isinstance(a, Size) and (a.name in self.found or a in self.pinned) for a in p.atoms()):
            return p
        total = poly(0)
        for monomial, c in p.terms:
            product = poly(c)
            for atom in monomial:
                product = product * self._value(atom)
            total = total + product
        return total

    def _value(self, atom: Size | Letter) -> Poly:
        if not isinstance(atom, Size) or atom.name not in self.found:
            return self.pinned.get(atom, poly(atom)) if isinstance(atom, Size) else poly(atom)
        letters, body = self.found[atom.name]
        return body.substitute(dict(zip(letters, atom.at)))

    def fits(self, a: Axis, b: Axis) -> bool:
        if a is None or b is None or super().fits(a, b):
            return a is b or (a is not None and b is not None)
        difference = self.resolved(longer(a, b))
        if self._same_at_all_steps(difference):
            return True
        sizes = [a for a in difference.atoms() if isinstance(a, Size) and is_open(a)]
        return any(self._fill(atom, difference) for atom in sorted(sizes, key=lambda x: (_is_member(x), x.order)))

    def _same_at_all_steps(self, difference: Poly) -> bool:
        """A size that is the same at t and at t + 1 does not depend on t."""
        atoms = [a for a in difference.atoms() if isinstance(a, Size)]
        names = {a.name for a in atoms}
        if len(atoms) != 2 or len(names) != 1 or not is_open(atoms[0]):
            return False
        if dict(difference.terms) not in ({(atoms[0],): 1, (atoms[1],): -1}, {(atoms[0],): -1, (atoms[1],): 1}):
            return False
        letters = tuple(Letter("t", 1, 1) for _ in atoms[0].at)
        self.found[atoms[0].name] = (letters, poly(Size(f"{atoms[0].name}.")))
        return True

    def _fill(self, atom: Size, difference: Poly) -> bool:
        """Solve for an open size, where its value depends on nothing but its own letters."""
        own = poly(atom)
        c = dict(difference.terms).get((atom,))
        rest = difference - own * (c or 0)
        if c not in (1, -1) or any(isinstance(x, Size) and x.name == atom.name for x in rest.atoms()):
            return False
        value = rest * -c
        letters: list[Letter] = []
        for index in atom.at:
            letter = next((x for x in index.free if index.coefficient(x) == 1), None)
            if letter is None:
                return self._pin(atom, value)
            own_letter = Letter(letter.name, 1, 1)
            value = value.substitute({letter: poly(own_letter) - (index - letter)})
            letters.append(own_letter)
        if not value.free <= frozenset(letters):
            return False
        before = [(a, p) for a, p in self.pinned.items() if a.name == atom.name]
        if any(value.substitute(dict(zip(letters, a.at))) != p for a, p in before if not self.is_unknown(p)):
            return False
        self.found[atom.name] = (tuple(letters), value)
        return True

    def _pin(self, atom: Size, value: Poly) -> bool:
        """Keep the size of one member of a family."""
        if value.free or any(index.free for index in atom.at):
            return False
        self.pinned[atom] = value
        return True

    @staticmethod
    def turned(x: Value) -> Value:
        """The shape of the transpose."""
        return replace(x, rows=x.columns, columns=x.rows)

    def settle_letters(self, letters: Letters) -> bool:
        """A letter says how long the axes are that it runs over. False where they cannot be equally long."""
        for draft in letters.every:
            further = {(low, high) for low, high, index in draft.uses if index.letter is None
                       and nonnegative(index - draft.letter - 1)}      # x ends where x_{i+1} does, not where x_i does
            whole = [(low, high) for low, high, index in draft.uses
                     if index.letter == draft.letter and (low, high) not in further]
            pairs = list(zip(whole, whole[1:]))
            limits = letters.limits.get(draft.name) if draft.bound and any(map(self._has_open, whole)) else None
            low, high = (draft.low, draft.high) if limits is None else (limits.low, limits.high)
            if low is not None and high is not None and not high.free:      # Σ_{j=1}^{i} tells no length
                stated = low, high
                begins = low == ONE             # s_i for i = 1, …, n − 1 has n − 1 entries, however many x_i has
                later = low.constant is not None and low.constant > 1       # that for i = 2, …, n − 1 has others
                pairs = [(stated, other) for other in whole] if begins else \
                    pairs if later else list(zip([stated, *whole], whole))
            for first, other in pairs:
                if self._has_open(first) or self._has_open(other):
                    if not self.fits(first, other):
                        return False
        return True

    def settle_ends(self, letters: Letters) -> None:
        """Of y_i = Σ_{k=1}^{K} w_k x_{i+k−1}, x ends where the largest index does."""
        drafts = {draft.letter: draft for draft in letters.every}
        axes: dict[tuple[Poly, Poly], dict[Poly, None]] = {}
        for draft in letters.every:
            for low, high, index in draft.uses:
                axes.setdefault((low, high), {})[index] = None
        for (low, high), indices in axes.items():
            if all(index.letter is not None for index in indices) or not self._reaches(low, indices, letters, drafts):
                continue
            last = extreme([self._end(index, letters, drafts, True) for index in indices], 1)
            if last is not None:
                self._fill_end(high, last)

    def _reaches(self, low: Poly, indices: Iterable[Poly], letters: Letters, drafts: Mapping[Letter, Draft]) -> bool:
        """Whether one of some indices begins where an axis does."""
        firsts = (self._end(index, letters, drafts, False) for index in indices)
        return any(first is not None and self.resolved(first - low) == poly(0) for first in firsts)

    def _fill_end(self, high: Poly, last: Poly) -> None:
        difference = self.resolved(high - last)
        for end in (high, last) if difference != poly(0) else ():
            atoms = [a for a in self.resolved(end).atoms() if isinstance(a, Size) and is_open(a)]
            filled = next((a for a in atoms if self._fill(a, difference)), None)
            if filled is not None:
                self.by_ends.add(filled.name)
                return

    def _end(self, index: Poly, letters: Letters, drafts: Mapping[Letter, Draft], upper: bool) -> Poly | None:
        """The least or the largest value of an index; None where its letters have no known ranges."""
        values: dict[Letter, Poly] = {}
        for letter in index.free:
            draft, sign = drafts.get(letter), coefficient_sign(index, letter)
            ends = self._range(draft, letters) if draft is not None else None
            if ends is None or sign is None:
                return None
            values[letter] = ends[upper == (sign > 0)]
        return index.substitute(values)

    @staticmethod
    def _range(draft: Draft, letters: Letters) -> tuple[Poly, Poly] | None:
        if draft.low is not None and draft.high is not None:
            return draft.low, draft.high
        whole = [(low, high) for low, high, index in draft.uses if index.letter == draft.letter]
        limits = letters.limits.get(draft.name)
        return (limits.low, limits.high) if limits is not None else whole[0] if whole else None

    def _has_open(self, axis: tuple[Poly, Poly]) -> bool:
        return any(is_open(x) for end in axis for x in self.resolved(end).atoms())


class Signer:
    """Makes the signatures of names: declared axes, and open ones for the others."""

    def __init__(self, families: Families, sizes: Mapping[str, Size]):
        self.families, self.sizes = families, dict(sizes)
        self.open: dict[tuple[str, int], Signatures] = {}

    def signature(self, named: Named, rank: int) -> tuple[Letter, ...]:
        """The axes of a name; the same open sizes whenever it is asked for one rank."""
        if named.declared is not None:
            return (*named.families, *self._declared(named))
        key = (named.name, rank)
        if key not in self.open:
            at = () if named.even else tuple(poly(f) for f in named.families)
            axes = [Letter("ijk"[k], ONE, poly(Size(f"{MARK}{named.name}.{k}.{next(_numbers)}", at)))
                    for k in range(rank)]
            self.open[key] = {named.name: (*named.families, *axes)}
        return self.open[key][named.name]

    def _declared(self, named: Named) -> list[Letter]:
        declared = named.declared
        assert declared is not None
        letters = self._letters(named)
        sides = declared.dimensions
        if named.rank == 1 and len(sides) == 2:
            sides = sides[1:] if named.row else sides[:1]
        axes = []
        for k, side in enumerate(sides[-2:]):
            try:
                length = Polynomials({}, dict(self.sizes), frozenset(self.families.survey.widths)).of(side.tree) \
                    if not letters else self._with_letters(side.tree, letters)
            except NoIndex as error:
                raise Unreadable(str(error), side.at(error.at)) from None
            axes.append(Letter("ijk"[k], ONE, self._at_all_layers(named, length)))
        return axes

    def _at_all_layers(self, named: Named, length: Poly) -> Poly:
        """a^{(0)} ∈ ℝ^{n_0} says that a^{(l)} has the width n_l."""
        assert named.declared is not None
        for item, family in zip(named.declared.member.indices, named.families):
            if item.kind == "number":
                for atom in [a for a in length.atoms() if isinstance(a, Size)]:
                    if atom.at == (poly(int(float(item.parts[0].text))),):
                        moved = poly(Size(atom.name, (poly(family),), atom.least))
                        length = length - poly(atom) + moved if length == poly(atom) else length
        return length

    def _with_letters(self, tree, letters: dict[str, tuple[Letter, Poly]]) -> Poly:
        drafts = {name: draft for name, (draft, _) in letters.items()}
        found = Polynomials(drafts, dict(self.sizes), frozenset(self.families.survey.widths)).of(tree)
        return found.substitute(dict(letters.values()))

    def _letters(self, named: Named) -> dict[str, tuple[Letter, Poly]]:
        """What the letters of a declaration stand for: of a^{(l−1)} ∈ ℝ^{n_{l−1}}, l is one more than the family's."""
        assert named.declared is not None
        found: dict[str, tuple[Letter, Poly]] = {}
        for item, family in zip(named.declared.member.indices, named.families):
            name = family.name
            draft = Letter(name, 1, 1)
            try:
                index = Polynomials({name: draft}, dict(self.sizes)).of(item)
            except NoIndex:
                continue
            if index.coefficient(draft) == 1:
                found[name] = (draft, poly(family) - (index - draft))
        return found
