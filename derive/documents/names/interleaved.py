"""Members that are defined by turns: y_{2i−1} = a_i and y_{2i} = b_i for i = 1, …, n are y_k = Σ_i [k = 2i − 1] a_i +
Σ_i [k = 2i] b_i for k = 1, …, 2n."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from derive.documents.lines.statements import Equality
from derive.documents.names.model import Range, letter_of
from derive.documents.names.parsed import Parsed
from derive.documents.trees.members import letter_node, number_node, scripted_parts
from derive.documents.trees.strides import Stride, stride
from derive.documents.trees.trees import Formula, walk, written
from derive.reading.indices import arguments, letter_pieces
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
        ranged = _range(parsed, turns)
        if len(turns) == step == len({t.stride.offset % step for t in turns}) and ranged is not None:
            _put_together(parsed, turns, ranged)
            left_out |= {t.number for t in turns[1:]}
    parsed.trees = [t for k, t in enumerate(parsed.trees) if k not in left_out]


def _turns(parsed: Parsed) -> Iterator[_Turn]:
    for number, (statement, formula, _) in enumerate(parsed.trees):
        if not isinstance(statement, Equality) or statement.claimed or len(formula.sides) != 2:
            continue
        base, scripts = scripted_parts(formula.left) or (None, ())
        found = [(s, k, of) for s, script in enumerate(scripts) for k, index in enumerate(_items(script))
                 if (of := stride(index)) is not None]
        if base is not None and len(found) == 1 and found[0][2].step <= MOST_TURNS:
            script, place, of = found[0]
            name = base.parts[0].text, *(written(i) for s, one in enumerate(scripts)
                                         for k, i in enumerate(_items(one)) if (s, k) != (script, place))
            yield _Turn(number, formula, of, script, place, (*name, str(script), str(place)))


def _items(script: Node) -> tuple[Node, ...]:
    """The indices of a script."""
    return script.parts[0] if script.kind == "picked" else arguments(script.parts[0])


def _range(parsed: Parsed, turns: list[_Turn]) -> Range | None:
    """The range of the letter, as it is stated; where it is not, there are as many members as an index is divided by:
    d of 10000^{2i/d}."""
    letter = turns[0].stride.letter
    stated = [r for t in turns for r in parsed.trees[t.number][2] if r.letter == letter]
    stated += [parsed.ranges[letter]] if letter in parsed.ranges else []
    told = next((r for r in stated if r.low is not None and r.high is not None), None)
    counts = (_divided_by(n, t.stride) for t in turns for n in walk(t.formula.sides[1]))
    count = None if stated else next(filter(None, counts), None)
    if told is not None or count is None:
        return told
    offsets, at = [t.stride.offset for t in turns], count.at
    parts = Node("fraction", (count, number_node(turns[0].stride.step, at)), at)
    from_zero = min(offsets) == 0       # 2i and 2i + 1, from 0 on
    return Range(letter, (number_node(int(not from_zero), at), 0), (parts, -int(from_zero)))


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


def _put_together(parsed: Parsed, turns: list[_Turn], ranged: Range) -> None:
    first, step = turns[0], turns[0].stride.step
    at = first.formula.tree.at
    letter = letter_node(_free_letter(parsed), at)
    offsets = [t.stride.offset for t in turns]
    low, high = (_moved(end, step, more) for end, more in ((ranged.low, min(offsets)), (ranged.high, max(offsets))))
    terms = tuple(_sum(t, letter, ranged, at) for t in turns)
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


def _moved(end: tuple[Node, int] | None, step: int, more: int) -> tuple[Node, int]:
    """An end of the range of `step` · letter + `more`."""
    assert end is not None
    node, added = end
    return _product(step, Node("group", ((node,),), node.at), node.at), step * added + more


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
