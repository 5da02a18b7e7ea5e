"""Members that are defined by turns: y_{2i−1} = a_i and y_{2i} = b_i for i = 1, …, n are y_k = Σ_i [k = 2i − 1] a_i +
Σ_i [k = 2i] b_i for k = 1, …, 2n."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from derive.documents.lines.statements import Equality
from derive.documents.names.model import Range, letter_of
from derive.documents.names.parsed import Parsed
from derive.documents.trees.members import letter_node, number_node, scripted_parts
from derive.documents.trees.strides import Stride, is_whole, stride
from derive.documents.trees.trees import Formula, walk, written
from derive.reading.indices import arguments, letter_pieces
from derive.reading.nodes import plain
from derive.reading.syntax import Node

_LETTERS = "kjqpsruvabcdegh"
MOST_TURNS = 8


@dataclass(frozen=True)
class _Turn:
    """A definition of every `stride.step`-th member; `name` is its left side without the index at `place`."""

    number: int         # among all trees
    formula: Formula
    stride: Stride
    script: int
    place: int
    name: tuple[str, ...]


def put_interleaved_in(parsed: Parsed) -> None:
    """Writes definitions by turns as one definition of all members."""
    groups: dict[tuple, list[_Turn]] = {}
    for turn in _turns(parsed):
        groups.setdefault((turn.name, turn.stride.step, turn.stride.letter), []).append(turn)
    left_out: set[int] = set()
    for turns in groups.values():
        step = turns[0].stride.step
        ranges = [_range(parsed, t, turns) for t in turns]
        known = [r for r in ranges if r is not None]
        if len(turns) != step or len(known) != step:
            continue
        low, high = (_joined([(getattr(r, side), t.stride) for r, t in zip(known, turns)]) for side in ("low", "high"))
        if low is not None and high is not None:
            _put_together(parsed, turns, known, low[0], high[1])
            left_out |= {t.number for t in turns[1:]}
    parsed.trees = [t for k, t in enumerate(parsed.trees) if k not in left_out]


def _turns(parsed: Parsed) -> Iterator[_Turn]:
    for number, (statement, formula, _) in enumerate(parsed.trees):
        if not isinstance(statement, Equality) or statement.claimed or len(formula.sides) != 2:
            continue
        base, scripts = scripted_parts(formula.left) or (None, ())
        found = [(s, k, of) for s, script in enumerate(scripts) for k, index in enumerate(_items(script))
                 if (of := stride(index)) is not None]
        if base is not None and len(found) == 1 and found[0][2].step <= MOST_TURNS \
                and found[0][2].letter not in parsed.sizes:
            script, place, of = found[0]
            name = base.parts[0].text, *(written(i) for s, one in enumerate(scripts)
                                         for k, i in enumerate(_items(one)) if (s, k) != (script, place))
            yield _Turn(number, formula, of, script, place, (*name, str(script), str(place)))


def _items(script: Node) -> tuple[Node, ...]:
    """The indices of a script."""
    return script.parts[0] if script.kind == "picked" else arguments(script.parts[0])


def _range(parsed: Parsed, turn: _Turn, turns: list[_Turn]) -> Range | None:
    """The range of the letter, as it is stated; where it is not, there are as many members as an index is divided by:
    d of 10000^{2i/d}."""
    letter = turn.stride.letter
    stated = [r for t in (turn, *turns) for r in parsed.trees[t.number][2] if r.letter == letter]
    stated += [parsed.ranges[letter]] if letter in parsed.ranges else []
    told = next((r for r in stated if r.low is not None and r.high is not None), None)
    counts = (_divided_by(n, t.stride) for t in turns for n in walk(t.formula.sides[1]))
    count = None if stated else next(filter(None, counts), None)
    if told is not None or count is None:
        return told
    parts = Node("fraction", (count, number_node(turn.stride.step, count.at)), count.at)
    from_zero = min(t.stride.offset for t in turns) == 0        # 2i and 2i + 1, from 0 on
    return Range(letter, (number_node(int(not from_zero), count.at), 0), (parts, -int(from_zero)))


def _joined(ends: list[tuple[tuple[Node, int], Stride]]) -> tuple[tuple[Node, int], tuple[Node, int]] | None:
    """The first and the last of the members at these ends of ranges; None where they are not one behind the other."""
    known = [(_without_number(*end), of) for end, of in ends]
    bases = {written(base) if base is not None else "" for (base, _), _ in known}
    numbers = sorted(of.step * more + of.offset for (_, more), of in known)
    if len(bases) > 1 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return None
    (base, _), of = known[0]
    at = ends[0][0][0].at
    node = number_node(0, at) if base is None else _product(of.step, Node("group", ((base,),), at), at)
    return (node, numbers[0]), (node, numbers[-1])


def _without_number(node: Node, more: int) -> tuple[Node | None, int]:
    """m − 1 as m and what is added to it, 1 as nothing and 1."""
    inner = plain(node)
    if inner.kind == "sum" and len(inner.parts[1]) == 2 and is_whole(inner.parts[1][1]) and not inner.parts[0][0]:
        number = int(inner.parts[1][1].parts[0].text)
        inner, more = plain(inner.parts[1][0]), more - number if inner.parts[0][1] else more + number
    return (None, more + int(inner.parts[0].text)) if is_whole(inner) else (inner, more)


def _divided_by(node: Node, index: Stride) -> Node | None:
    """The d of 2i/d, which is read as 2 (i/d) too."""
    if node.kind == "product" and len(node.parts[0]) == 2 and node.parts[0][1].kind == "fraction":
        number, (above, below) = node.parts[0][0], node.parts[0][1].parts
        inner = Node("product", ((number, above), ("",)), node.at)
        return _divided_by(Node("fraction", (inner, below), node.at), index)
    if node.kind != "fraction":
        return None
    above, below = node.parts
    of = stride(above)
    return below if of is not None and (of.step, of.letter) == (index.step, index.letter) else None


def _put_together(parsed: Parsed, turns: list[_Turn], ranged: list[Range], low: tuple[Node, int],
                  high: tuple[Node, int]) -> None:
    first, at = turns[0], turns[0].formula.tree.at
    letter = letter_node(_free_letter(parsed), at)
    terms = tuple(_sum(t, letter, r, at) for t, r in zip(turns, ranged))
    right = Node("sum", ((False,) * len(terms), terms), at)
    tree = Node("relation", ((_with_index(first, letter), right), ("=",)), at)
    statement, _, ranges = parsed.trees[first.number]
    ranges = [r for r in ranges if r.letter != first.stride.letter]
    parsed.trees[first.number] = (statement, replace(first.formula, tree=tree),
                                  [*ranges, Range(letter_of(letter), low, high)])


def _free_letter(parsed: Parsed) -> str:
    """A letter that stands nowhere."""
    used: Collection[str] = {x for _, f, _ in parsed.trees for n in walk(f.tree) if n.kind in ("ident", "name")
                             for x in (n.parts[0].text, *letter_pieces(n.parts[0].text))}
    return next((x for x in _LETTERS if x not in used and x not in parsed.sizes and x not in parsed.ranges), "κ")


def _product(step: int, node: Node, at: int) -> Node:
    return Node("product", ((number_node(step, at), node), ("·",)), at)


def _sum(turn: _Turn, letter: Node, ranged: Range, at: int) -> Node:
    """Σ_i [k = 2i − 1] a_i."""
    own = letter_node(turn.stride.letter, at)
    index, offset = _product(turn.stride.step, own, at), turn.stride.offset
    if offset:
        index = Node("sum", ((False, offset < 0), (index, number_node(abs(offset), at))), at)
    bracket = Node("bracket", ((Node("relation", ((letter, index), ("=",)), at),),), at)
    body = Node("product", ((bracket, Node("group", ((turn.formula.sides[1],),), at)), ("·",)), at)
    low, high = map(_end, (ranged.low, ranged.high))
    begins = Node("lowered", (Node("braces", ((Node("relation", ((own, low), ("=",)), at),),), at),), at)
    ends = Node("raised", (Node("braces", ((high,),), at),), at)
    return Node("big_sum", ((begins, ends), body), at)


def _end(end: tuple[Node, int] | None) -> Node:
    assert end is not None
    node, added = end
    return Node("sum", ((False, added < 0), (node, number_node(abs(added), node.at))), node.at) if added else node


def _with_index(turn: _Turn, letter: Node) -> Node:
    """The left side, with a letter for the index that counts in steps."""
    base, scripts = turn.formula.left.parts
    script = scripts[turn.script]
    items = tuple(letter if k == turn.place else i for k, i in enumerate(_items(script)))
    inside = items if script.kind == "picked" else Node("braces", (items,), script.at)
    if script.kind == "raised":
        inside = Node("braces", ((Node("group", (items,), script.at),),), script.at)
    made = Node(script.kind, (inside,), script.at)
    return Node("scripted", (base, tuple(made if k == turn.script else s for k, s in enumerate(scripts))),
                turn.formula.left.at)
