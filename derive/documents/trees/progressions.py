"""Numbers with dots: 1 + 3 + … + (2n − 1) is Σ_k (2k − 1), with k from 1 to n."""

from __future__ import annotations

from collections.abc import Sequence

from derive.documents.trees.members import letter_node
from derive.documents.trees.trees import written
from derive.reading.nodes import plain
from derive.reading.syntax import Node
from derive.reading.tokens import Lexeme


def progression(before: Sequence[Node], last: Node, letter: str) -> tuple[Node, Node, Node] | None:
    """The body, the first and the last value of the letter, where numbers rise by equal steps to a multiple of a word,
    with a number more or less; None for anything else, and for a last member that may not be one of them."""
    numbers = [_number(t) for t in before]
    end = _multiple(last)
    if len(numbers) < 2 or None in numbers or end is None:
        return None
    whole = [x for x in numbers if x is not None]
    steps = {b - a for a, b in zip(whole, whole[1:])}
    step, word, more = end
    if steps != {step} or step < 1 or (whole[0] - more) % step:
        return None
    body = _sum(_product(step, letter_node(letter, last.at)), more)
    return body, _digits((whole[0] - more) // step, last.at), word


def _number(node: Node) -> int | None:
    inner = plain(node)
    return int(inner.parts[0].text) if inner.kind == "number" and inner.parts[0].text.isdecimal() else None


def _multiple(node: Node) -> tuple[int, Node, int] | None:
    """The 2, n and −1 of 2n − 1."""
    inner, more = plain(node), 0
    if inner.kind == "sum" and len(inner.parts[1]) == 2 and not inner.parts[0][0]:
        number = _number(inner.parts[1][1])
        if number is None:
            return None
        inner, more = plain(inner.parts[1][0]), -number if inner.parts[0][1] else number
    factors: tuple[Node, ...] = inner.parts[0] if inner.kind == "product" else ()
    times = _number(factors[0]) if len(factors) == 2 else None
    word = plain(factors[1]) if times is not None else inner
    return None if word.kind != "ident" or not written(word) else (1 if times is None else times, word, more)


def _digits(number: int, at: int) -> Node:
    count = Node("number", (Lexeme("NUMBER", str(abs(number)), at),), at)
    return count if number >= 0 else Node("sum", ((True,), (count,)), at)


def _product(step: int, letter: Node) -> Node:
    return letter if step == 1 else Node("product", ((_digits(step, letter.at), letter), ("",)), letter.at)


def _sum(first: Node, more: int) -> Node:
    if not more:
        return first
    total = Node("sum", ((False, more < 0), (first, _digits(abs(more), first.at))), first.at)
    return Node("group", ((total,),), first.at)
