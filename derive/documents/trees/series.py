"""Sums, products and lists with dots: x_1 + … + x_n is Σ_k x_k, W_L W_{L−1} ⋯ W_1 is the product that falls from L to
1, and (z_1, …, z_n) is the vector of these entries.

What changes from member to member is found by holding the members before and behind the dots against each other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from derive.documents.trees.members import letter_node
from derive.documents.trees.progressions import progression
from derive.documents.trees.trees import Formula, changed, walk, written
from derive.reading.nodes import plain
from derive.reading.syntax import Node
from derive.reading.tokens import Lexeme

_LETTERS = "ksrqujiphg"
_LONGEST = 4        # factors of one member of a product


@dataclass(frozen=True)
class End:
    """An index: a word, a number, or a word and a number more or less."""

    word: str
    more: int

    def after(self, steps: int) -> End:
        return replace(self, more=self.more + steps)

    def node(self, at: int) -> Node:
        count = Node("number", (Lexeme("NUMBER", str(abs(self.more)), at),), at)
        if not self.word:
            return count if self.more >= 0 else Node("sum", ((True,), (count,)), at)
        letter = letter_node(self.word, at)
        return Node("sum", ((False, self.more < 0), (letter, count)), at) if self.more else letter


class _NoSeries(Exception):
    """Members that do not follow from each other."""


def with_series(formula: Formula, sizes: Collection[str] = ()) -> Formula:
    """The formula with its dots put into words, by a letter that is none of the sizes; those that cannot be stay."""
    if not any(n.kind == "dots" for n in walk(formula.tree)):
        return formula
    used = {n.parts[0].text for n in walk(formula.tree) if n.kind in ("ident", "name")} | set(sizes)
    letter = next((c for c in _LETTERS if not any(c in word for word in used)), None)
    if letter is None:
        return formula
    tree = changed(formula.tree, lambda n: _without_dots(n, letter))
    return formula if tree is formula.tree else replace(formula, tree=tree)


def _without_dots(node: Node, letter: str) -> Node | None:
    parts = node.parts[0] if node.parts and isinstance(node.parts[0], tuple) else ()
    if node.kind in ("lowered", "raised", "picked"):
        return node
    if node.kind == "apply":
        return None
    try:
        if node.kind == "sum" and any(t.kind == "dots" for t in node.parts[1]):
            return _sum(node, letter)
        if node.kind in ("product", "entrywise") and any(f.kind == "dots" for f in parts):
            return _product(node, letter)
        if node.kind in ("group", "bracket") and any(i.kind == "dots" for i in parts):
            return _list(parts, node.at, letter)
    except _NoSeries:
        return node
    return None


def _sum(node: Node, letter: str) -> Node:
    minus, terms = node.parts
    place = next(k for k, t in enumerate(terms) if t.kind == "dots")
    if place == 0 or place + 1 == len(terms) or minus[place] or minus[place + 1]:
        raise _NoSeries
    numbers = progression(terms[:place], terms[place + 1], letter)
    if numbers is not None and not any(minus[:place + 2]):
        body, start, end = numbers
        whole = Node("big_sum", (_between(letter, start, end, node.at), body), node.at)
        rest = terms[place + 2:]
        return whole if not rest else Node("sum", ((False, *minus[place + 2:]), (whole, *rest)), node.at)
    run = _Run(list(terms[:place]), terms[place + 1], letter)
    first = place - run.count
    if any(minus[first + 1:place + 1]) or (minus[first] and first):
        raise _NoSeries
    low, high = run.ends if not run.falls else run.ends[::-1]
    whole = Node("big_sum", (_bounds(letter, low, high, node.at), run.body), terms[first].at)
    signs, kept = (*minus[:first + 1], *minus[place + 2:]), (*terms[:first], whole, *terms[place + 2:])
    return whole if signs == (False,) else Node("sum", (signs, kept), node.at)


def _product(node: Node, letter: str) -> Node:
    factors, signs = node.parts
    place = next(k for k, f in enumerate(factors) if f.kind == "dots")
    for length in range(1, _LONGEST + 1):
        last = factors[place + 1:place + 1 + length]
        if place < length or len(last) < length:
            break
        before = [factors[k:k + length] for k in range(place % length, place, length)]
        try:
            run = _Run([_grouped(node, m) for m in before], _grouped(node, last), letter)
        except _NoSeries:
            continue
        first = place - run.count * length
        low, high = run.ends
        scripts = _falling(letter, low, high, node.at) if run.falls else _bounds(letter, low, high, node.at)
        whole = Node("group", ((Node("big_product", (scripts, run.body), node.at),),), factors[first].at)
        kept = (*factors[:first], whole, *factors[place + 1 + length:])
        between = (*signs[:first], *signs[place + length:])
        return whole if len(kept) == 1 else Node(node.kind, (kept, between), node.at)
    raise _NoSeries


def _grouped(node: Node, factors: Sequence[Node]) -> Node:
    return factors[0] if len(factors) == 1 else Node(node.kind, (tuple(factors), ("",) * (len(factors) - 1)),
                                                     factors[0].at)


def _list(items: tuple[Node, ...], at: int, letter: str) -> Node:
    """All items, the dots last but one."""
    if [i.kind for i in items].count("dots") != 1 or len(items) < 3 or items[-2].kind != "dots":
        raise _NoSeries
    run = _Run(list(items[:-2]), items[-1], letter)
    if run.count != len(items) - 2 or run.falls:
        raise _NoSeries
    return Node("listed", (_bounds(letter, *run.ends, at), run.body), at)


def _bounds(letter: str, low: End, high: End, at: int) -> tuple[Node, ...]:
    """{k=low}^{high}"""
    return _between(letter, low.node(at), high.node(at), at)


def _between(letter: str, low: Node, high: Node, at: int) -> tuple[Node, ...]:
    below = Node("relation", ((letter_node(letter, at), low), ("=",)), at)
    return Node("lowered", (below,), at), Node("raised", (high,), at)


def _falling(letter: str, high: End, low: End, at: int) -> tuple[Node, ...]:
    """{high ≥ k ≥ low}"""
    below = Node("relation", ((high.node(at), letter_node(letter, at), low.node(at)), ("≥", "≥")), at)
    return (Node("lowered", (below,), at),)


class _Run:
    """The members before the dots that belong to the series, as many as there are, and the last one behind them.

    `body` is what all of them are with `letter` in place of what changes; `ends` are its first and its last value.
    """

    def __init__(self, before: list[Node], last: Node, letter: str):
        nearest = before[-1]
        self.letter = letter
        self.pairs: dict[tuple[End, End], None] = {}
        self._compare(nearest, last)
        if not self.pairs:
            raise _NoSeries
        first, end = next(iter(self.pairs))
        if any((a.word, z.word) != (first.word, end.word) or a.more - first.more != z.more - end.more
               for a, z in self.pairs):
            raise _NoSeries
        self.falls = bool(first.word and not end.word) or (first.word == end.word and first.more > end.more)
        self.start, self.step = first, -1 if self.falls else 1
        self.body = self._with(nearest, last)
        self.count = 1
        for member in reversed(before[:-1]):
            if not self._follows(member, first.after(-self.step * self.count)):
                if self._is_alike(member, nearest):
                    raise _NoSeries         # x_1 + x_3 + … + x_n leaves members out
                break
            self.count += 1
        self.ends = first.after(-self.step * (self.count - 1)), end

    def _compare(self, a: Node, z: Node) -> None:
        """Collect the places where two members differ, which have to be indices."""
        if written(a) == written(z):
            return
        ends = index_end(a), index_end(z)
        if ends[0] is not None and ends[1] is not None and ends[0] != ends[1]:
            self.pairs[ends[0], ends[1]] = None
            return
        if a.kind != z.kind or len(a.parts) != len(z.parts):
            raise _NoSeries
        for one, other in zip(_flat(a), _flat(z), strict=False):
            if isinstance(one, Node) and isinstance(other, Node):
                self._compare(one, other)
            elif isinstance(one, Node) or isinstance(other, Node) or str(one) != str(other):
                raise _NoSeries
        if len(_flat(a)) != len(_flat(z)):
            raise _NoSeries

    def _with(self, a: Node, z: Node) -> Node:
        """The member with the letter where it differs from the last one."""
        if written(a) == written(z):
            return a
        ends = index_end(a), index_end(z)
        if ends in self.pairs:
            assert ends[0] is not None
            return End(self.letter, ends[0].more - self.start.more).node(a.at)
        parts = tuple(self._with_part(p, q) for p, q in zip(a.parts, z.parts))
        return Node(a.kind, parts, a.at)

    def _with_part(self, p: object, q: object) -> object:
        if isinstance(p, Node) and isinstance(q, Node):
            return self._with(p, q)
        if isinstance(p, tuple) and isinstance(q, tuple):
            return tuple(self._with_part(x, y) for x, y in zip(p, q))
        return p

    def _is_alike(self, member: Node, nearest: Node) -> bool:
        """Whether a member differs from another one by its index only."""
        kept, self.pairs = self.pairs, {}
        try:
            self._compare(member, nearest)
            return bool(self.pairs) and all(a.word == self.start.word for a, _ in self.pairs)
        except _NoSeries:
            return False
        finally:
            self.pairs = kept

    def _follows(self, member: Node, value: End) -> bool:
        """Whether a member is the body at a value; x and 1 are x^1 and x^0."""
        def change(n: Node) -> Node | None:
            end = index_end(n)
            if end is not None and end.word == self.letter:
                return replace(value, more=value.more + end.more).node(n.at)
            return None
        expected = written(changed(self.body, change))
        if expected == written(member):
            return True
        base, scripts = self.body.parts if self.body.kind == "scripted" else (self.body, ())
        raised = scripts[0].parts[0] if [s.kind for s in scripts] == ["raised"] else None
        if raised is None or index_end(raised) != End(self.letter, 0) or value.word or value.more not in (0, 1):
            return False
        return written(member) == written(base) if value.more else index_end(member) == End("", 1)


def _flat(node: Node) -> list[object]:
    found: list[object] = []
    for part in node.parts:
        found += part if isinstance(part, tuple) else [part]
    return found


def index_end(node: Node) -> End | None:
    """A node as an index: n, 3, n − 1."""
    inner = plain(node)
    if inner.kind == "number" and inner.parts[0].text.isdecimal():
        return End("", int(inner.parts[0].text))
    if inner.kind == "ident" and len(inner.parts[0].text) <= 2:
        return End(inner.parts[0].text, 0)
    if inner.kind == "sum" and len(inner.parts[1]) == 2 and not inner.parts[0][0]:
        first, second = map(index_end, inner.parts[1])
        if first is not None and second is not None and first.word and not first.more and not second.word:
            return first.after(-second.more if inner.parts[0][1] else second.more)
    return None
