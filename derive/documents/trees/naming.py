"""Which subscripts are indices and which are part of a name: t in h_t and f in W_f.

A capital superscript on a name that is declared or defined so (W^Q) is a label. A subscript is an index where something
binds it: a sum, a stated range, or a letter on the left side of its equation.
What nothing binds is a label, and labels of one base (W_f, W_o) make W_i a label too. A number is an index where the
base has other indices (h_0 beside h_t), otherwise a label (W_1, W_2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from derive.documents.trees.bound_letters import letters_in
from derive.documents.trees.members import Context, Member, enclosed, flat, letter_node, scripted_parts
from derive.documents.trees.superscripts import Superscripts
from derive.documents.trees.trees import walk
from derive.reading.indices import arguments, letter_pieces
from derive.reading.nodes import is_transpose, plain
from derive.reading.syntax import Node
from derive.reading.tokens import Lexeme

_STEPS = frozenset("tτl")


@dataclass
class Naming:
    """Collects evidence from all equations, then says which member a letter with scripts is."""

    sizes: set[str] = field(default_factory=set)
    superscripts: Superscripts = field(default_factory=Superscripts)
    _labels: set[tuple[str, str]] = field(default_factory=set)
    _declared: set[tuple[str, str]] = field(default_factory=set)    # names with a number that are declared
    _labelled: set[str] = field(default_factory=set)        # bases that have a label of one letter
    _above: set[tuple[str, str]] = field(default_factory=set)       # (base, label) of W^Q
    _indexed: set[tuple[str, str]] = field(default_factory=set)     # (base, "above" or "below") with index letters
    _counted: set[tuple[str, str]] = field(default_factory=set)     # (base, letter) of u_k below a sum over k
    _raised: set[str] = field(default_factory=set)          # bases with a bare superscript on a left side: a^l
    _whole: set[str] = field(default_factory=set)           # names that stand alone on a left side
    vectors: set[str] = field(default_factory=set)          # names with axes that are declared without an index
    matrices: set[str] = field(default_factory=set)         # those of them with rows and columns
    lines: set[str] = field(default_factory=set)            # those with one row or one column: Y ∈ ℝ^{1×m}
    bare: set[str] = field(default_factory=set)             # names that stand without an index somewhere
    numbers: set[str] = field(default_factory=set)          # names of numbers, as 0 < γ < 1 tells
    fractions: set[str] = field(default_factory=set)        # names of numbers that need not be whole
    one_label: set[str] = field(default_factory=set)        # names of which a single label tells that they have some
    _pairs: set[str] = field(default_factory=set)           # names with two letters below them: W_{ij}
    _of_one: set[str] = field(default_factory=set)          # names with a number in front of a letter: α_{1,i}
    _of_several: set[str] = field(default_factory=set)      # names with a letter in front
    _settled: bool = False
    _stepped: set[str] = field(default_factory=set)         # names that stand with t or l: G_t
    _maybe: set[tuple[str, str]] = field(default_factory=set)       # indices that only left sides bind

    # -- evidence ------------------------------------------------------------------------------------------------
    def learn(self, tree: Node, context: Context, subjects: Iterable[Node] = ()) -> None:
        """`subjects` are the names that this statement defines or declares."""
        for subject in subjects:
            parts = scripted_parts(subject)
            if subject.kind == "ident":
                self._whole.add(subject.parts[0].text)
            base = parts[0].parts[0].text if parts else ""
            for script in parts[1] if parts and base not in self.numbers else ():
                bare = script.kind == "raised" and plain(script.parts[0]).kind in ("ident", "sum") \
                    and bool(letters_in(script.parts[0]))
                if bare and not is_transpose(script.parts[0]):
                    label = self._raised_label(script)
                    if label:
                        self._above.add((base, label))
                    elif base not in self._whole:       # y^p = …, where y is defined, is a power
                        self._raised.add(base)
        for node in walk(tree):
            parts = scripted_parts(node)
            if parts and node.kind == "scripted":
                self._learn(parts[0].parts[0].text, parts[1], context)

    def _raised_label(self, script: Node) -> str:
        """The Q of W^Q, the out of W^{out}: a capital letter or a word, and no size; empty for anything else."""
        inside = plain(script.parts[0])
        shown = inside.parts[0].text if inside.kind in ("ident", "name") else ""
        return shown if (shown.isupper() or len(letter_pieces(shown)) > 1) and shown not in self.sizes else ""

    def declare(self, tree: Node) -> None:
        """W_1 that is declared is a name, also beside W; x_0 beside x_t is its first member."""
        base, scripts = tree.parts if tree.kind == "scripted" else (tree, ())
        if len(scripts) == 1 and scripts[0].kind == "lowered" and _numeric(_items(scripts[0])):
            self._declared.add((base.parts[0].text, flat(_items(scripts[0]))))

    def label(self, size: str) -> None:
        """The k of a size d_k, which stands in a shape somewhere, is no index."""
        base, _, label = size.partition("_")
        if label and "," not in label:
            self._labels.add((base, label))
            self._labelled.add(base)

    def _learn(self, base: str, scripts: tuple[Node, ...], context: Context) -> None:
        for script in scripts:
            if script.kind == "lowered":
                items = _items(script)
                if self._is_entry(base, items):
                    continue
                if _begins_with_number(items) and self._are_indices(items, context.letters):
                    self._of_one.add(base)
                    continue
                if self._are_indices(items, context.letters):
                    self._of_several.add(base)
                if self._are_indices(items, context.letters) and len(_one_by_one(items, context.letters)) == 2:
                    self._pairs.add(base)
                if self._are_indices(items, context.bound):
                    self._indexed.add((base, "below"))
                    self._counted |= {(base, x) for item in items for x in letters_in(item)}
                elif self._is_size(items):
                    continue
                elif not self._are_indices(items, context.letters) and not _numeric(items):
                    self._labels.add((base, flat(items)))
                    if len(items) == 1 and len(letter_pieces(flat(items))) == 1:
                        self._labelled.add(base)
                elif not _numeric(items):
                    self._maybe.add((base, "below"))
                    self._stepped |= {base} if {x for i in items for x in letters_in(i)} & _STEPS else set()
            elif script.kind == "raised" and enclosed(script) and not _numeric(_items(script)) \
                    and base not in self.numbers and self.fractions.isdisjoint(
                        x for i in _items(script) for x in letters_in(i)):
                self._indexed.add((base, "above"))

    @property
    def whole(self) -> frozenset[str]:
        """The names that stand alone on a left side."""
        return frozenset(self._whole)

    @property
    def labelled(self) -> frozenset[str]:
        """The names with several labels of one letter, and no indices: the p_y of p_i and p_j tells nothing. Those for
        which one is enough are among them."""
        single = [base for base, text in self._labels if text.isalpha() and len(letter_pieces(text)) == 1]
        several = {x for x in single if (x, "below") not in self._indexed
                   and (single.count(x) > 1 or x in self._numbers_maybe)}       # P_d, beside P_s and P_p
        return frozenset(several | self.one_label)

    @property
    def _numbers_maybe(self) -> set[str]:
        """Capital letters with letters below them that no sum binds, and that are no steps."""
        return {x for x, place in self._maybe if place == "below" and x.isupper()} - self._stepped

    @property
    def numbered(self) -> frozenset[str]:
        """The h_0 that is declared where h is defined as a whole, and no h_t stands anywhere: it is no member of h."""
        return frozenset(f"{base}_{number}" for base, number in self._declared
                         if base in self._whole and (base, "below") not in self._indexed)

    def take(self, labelled: frozenset[str], labels: frozenset[tuple[str, str]]) -> None:
        """Names that have such labels elsewhere in the document, and labels of names there."""
        self._labelled |= labelled
        self._labels |= labels

    def settle(self) -> None:
        """Letters bound by left sides only are indices, unless their base has labels."""
        self._of_one -= self._of_several | self.matrices
        self._settled = True
        for base, place in self._maybe:
            if base not in self._labelled:
                self._indexed.add((base, place))
        self._labels |= {(base, text) for base, text in self._declared
                         if (base, "below") not in self._indexed or base in self.vectors & self.bare}

    def _are_indices(self, items: tuple[Node, ...], letters: frozenset[str]) -> bool:
        """Whether every letter in these scripts is bound, and there is one. The dist of s_dist is a word, where d is a
        size."""
        found = [x for item in items for x in letters_in(item)]
        word = len(items) == 1 and plain(items[0]).kind == "ident" and len(found) > 2
        return bool(found) and any(x in letters for x in found) and all(
            x in letters or (x in self.sizes and not word) for x in found) and all(map(_is_index, items))

    def _is_entry(self, base: str, items: tuple[Node, ...]) -> bool:
        """Whether w_{0,i} is an entry of w_0, which is declared, and α_{1,i} one of α_1, where no letter stands in its
        place."""
        return len(items) > 1 and _numeric(items[:1]) and (
            (base, flat(items[:1])) in self._declared or self._settled and base in self._of_one)

    def _is_size(self, items: tuple[Node, ...]) -> bool:
        """h_T, a_{T−1}: the member at the end, where h has other indices."""
        found = [n.parts[0].text for item in items for n in walk(item) if n.kind in ("ident", "name")]
        single = all(plain(i).kind in ("ident", "name", "sum") for i in items)
        return bool(found) and single and all(x in self.sizes and len(letter_pieces(x)) == 1 for x in found)

    def has_members_only(self, base: str) -> bool:
        """Whether a name stands with an index only, where something is said of it: e_h, π_k."""
        return (base, "below") in self._indexed and base not in self._whole and base not in self.vectors

    def is_numbered(self, node: Node) -> bool:
        """Whether nothing but a number stands below a name, y_1, and the name with it is not declared."""
        base, scripts = node.parts if node.kind == "scripted" else (node, ())
        return base.kind == "ident" and bool(scripts) and scripts[0].kind == "lowered" \
            and _numeric(_items(scripts[0])) and (base.parts[0].text, flat(_items(scripts[0]))) not in self._declared

    def is_raised(self, node: Node) -> bool:
        """Whether a bare superscript of this name is an index: a^l"""
        parts = scripted_parts(node)
        return parts is not None and parts[0].parts[0].text in self._families

    @property
    def _families(self) -> set[str]:
        """The names of which a bare superscript is an index."""
        return (self._raised | self.superscripts.counted) - self.numbers

    # -- the outcome ---------------------------------------------------------------------------------------------
    def member(self, node: Node, context: Context) -> Member | None:
        """The name with its indices that a node stands for; None for anything else."""
        parts = scripted_parts(node)
        if parts is None:
            return None
        base, scripts = parts[0].parts[0].text, parts[1]
        labels, rest = list[str](), list[Node]()
        above, below = tuple[Node, ...](), tuple[Node, ...]()
        lowered = False
        for k, script in enumerate(scripts):
            if script.kind == "lowered" and not (below or lowered) and k < 2:
                items, lowered = _items(script), True
                if self._is_entry(base, items):
                    labels.append(flat(items[:1]))
                    items = items[1:]
                    below = _one_by_one(items, context.letters)
                elif self.is_label(base, items, context):
                    labels.append(flat(items))
                else:
                    below = _one_by_one(items, context.letters | (self.sizes if base in self.matrices else set()))
                    below = two_digits(below) if base in self.matrices or base in self._pairs else below
                    below = self._corner(base, items, context.letters) or below
            elif script.kind == "raised" and k < 2 and self._has_label(base, script):
                labels.append(flat(_items(script)))
            elif script.kind == "raised" and not above and k < 2 and self._is_family(base, script, context):
                counted = (base, "above") in self._indexed or base in self._families
                if _numeric(_items(script)) and not counted:
                    labels.append(flat(_items(script)))
                else:
                    above = _items(script)
            elif script.kind == "picked" and not below and self._are_indices(script.parts[0], context.letters):
                below = script.parts[0]
            else:
                rest = list(scripts[k:])
                break
        return Member("_".join([base, *([",".join(labels)] if labels else [])]), above, below, tuple(rest), node.at)

    def _has_label(self, base: str, script: Node) -> bool:
        """W^Q: a label that a left side or a declaration shows, or a capital letter on a capital letter."""
        label = self._raised_label(script)
        if (base, flat(_items(script))) in self.superscripts.labelled and not enclosed(script):
            return True
        capitals = base.isupper() and len(base) == 1 and label.isupper() and label != "T"
        return (base, label) in self._above or (capitals and not is_transpose(script.parts[0]))

    def is_label(self, base: str, items: tuple[Node, ...], context: Context) -> bool:
        if not items or not all(map(_is_index, items)):
            return False
        text = flat(items)
        if not text or self._is_corner(base, items, context.letters):
            return False
        if _numeric(items):
            named = (base, text) in self._labels
            return named or ((base, "below") not in self._indexed and base not in self.vectors)
        if self._is_size(items):
            return base in self._labelled or (base, "below") not in self._indexed
        if (base, text) in self._labels:
            return not self._are_indices(items, context.bound)
        single = len(items) == 1 and len(letter_pieces(text)) == 1
        counted = (base, text) in self._counted or self._are_indices(items, context.bound)
        if base in self._labelled and single and not counted:
            return True
        if (base, "below") in self._indexed:
            return False
        return not self._are_indices(items, context.letters)

    def _is_corner(self, base: str, items: tuple[Node, ...], letters: frozenset[str]) -> bool:
        """Whether two letters stand below a matrix, each of them an index or a size, K_{kk}, or one of the two is a
        digit: X_{1n}, X_{m,1}."""
        if self._corner(base, items, letters):
            return True
        found = letters_in(items[0]) if base in self.matrices and len(items) == 1 else []
        known = all(x in letters or x in self.sizes for x in found)
        return len(found) == 2 and known and plain(items[0]).kind in ("ident", "product")

    def _corner(self, base: str, items: tuple[Node, ...], letters: frozenset[str]) -> tuple[Node, ...]:
        """The 1 and the n of X_{1n}, where X is a matrix; nothing for others. The one index of Y_{1i} is that of a row.
        """
        return _with_a_digit(items, letters | self.sizes) if base in self.matrices - self.lines else ()

    def _is_family(self, base: str, script: Node, context: Context) -> bool:
        if is_transpose(script.parts[0]):
            return False
        if enclosed(script):
            items = _items(script)
            found = [x for i in items for x in letters_in(i)]
            power = not found and not _numeric(items) or not self.fractions.isdisjoint(found)       # t^(−1/2), p^(q−1)
            return all(map(_is_index, items)) and not power and base not in self.numbers
        if _numeric(_items(script)):
            return self.superscripts.has_numbers(base)
        return base in self._families


def _with_a_digit(items: tuple[Node, ...], letters: Collection[str]) -> tuple[Node, ...]:
    """A digit and a letter or size as two indices, in either order; nothing for others."""
    product = len(items) == 1 and items[0].kind == "product" and not any(items[0].parts[1])
    parts = tuple(map(plain, items[0].parts[0] if product else items))
    digits = [p.kind == "number" and len(p.parts[0].text) == 1 for p in parts]
    fits = all(digit or (p.kind == "ident" and p.parts[0].text in letters) for p, digit in zip(parts, digits))
    return parts if len(digits) == 2 and sum(digits) == 1 and fits else ()


def _one_by_one(items: tuple[Node, ...], letters: frozenset[str]) -> tuple[Node, ...]:
    """W_{ij} has two indices: letters side by side, each of them bound."""
    if len(items) != 1:
        return items
    (only,) = items
    parts = only.parts[0] if only.kind == "product" and not any(only.parts[1]) else (only,)
    if not all(p.kind in ("ident", "name") for p in parts):
        return items
    pieces = [p for n in parts for p in letter_pieces(n.parts[0].text)]
    return tuple(letter_node(p, only.at) for p in pieces) if all(p in letters for p in pieces) else items


def _items(script: Node) -> tuple[Node, ...]:
    return arguments(script.parts[0])


def _is_index(node: Node) -> bool:
    """Whether nothing stands here but letters, numbers and their sums and products, or the colon of a whole axis."""
    return all(n.kind in ("ident", "name", "number", "sum", "product", "group", "braces", "fraction", "scripted",
                          "lowered", "prime", "everything") for n in walk(node))


def _begins_with_number(items: tuple[Node, ...]) -> bool:
    return len(items) == 2 and _numeric(items[:1]) and not _numeric(items[1:])


def _numeric(items: tuple[Node, ...]) -> bool:
    return bool(items) and all(plain(i).kind == "number" for i in items)


def two_digits(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """The 12 of A_{12} as two indices."""
    inner = plain(items[0]) if len(items) == 1 else None
    if inner is None or inner.kind != "number" or len(inner.parts[0].text) != 2 or not inner.parts[0].text.isdecimal():
        return items
    return tuple(Node("number", (Lexeme("NUMBER", digit, inner.at),), inner.at) for digit in inner.parts[0].text)
