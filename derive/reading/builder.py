"""From rules of the grammar to nodes. One method for each alias of `derive.reading.grammar`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derive.reading.syntax import EXTREMES, MAX_FACTORS, MAX_TERMS, Node, TooDeep, walk
from derive.reading.tokens import Lexeme

Children = list[Any]


def _at(child: Any) -> int:
    return child.at


class Builder:
    """Each method takes the children of a rule, marks included, and returns a node."""

    # -- lists that the grammar grows from one side ----------------------------------------------------------------
    def start(self, children: Children) -> Node:
        return children[0]

    same = sign = start

    def nothing(self, children: Children) -> None:
        return None

    separator = case_if = row_end = next_cell = nothing

    def relation(self, children: Children) -> Node:
        if len(children) == 1:
            return children[0]
        if len(children) > MAX_FACTORS:
            raise TooDeep(_at(children[-1]))
        return Node("relation", (tuple(children[::2]), tuple(c.text for c in children[1::2])), _at(children[0]))

    def sum(self, children: Children) -> Node:
        signed: list[tuple[str, Node]] = []
        sign = ""
        for child in children:
            if isinstance(child, Lexeme):
                sign = child.text
            else:
                signed.append((sign, child))
                sign = ""
        if len(signed) == 1 and signed[0][0] != "−":
            return signed[0][1]
        if len(signed) > MAX_TERMS:
            raise TooDeep(signed[MAX_TERMS][1].at)
        return Node("sum", (tuple(s == "−" for s, _ in signed), tuple(n for _, n in signed)), _at(children[0]))

    def entrywise(self, children: Children) -> Node:
        left, mark, right = children
        if right.kind == "entrywise":
            if len(right.parts[0]) >= MAX_FACTORS:
                raise TooDeep(left.at)
            return Node("entrywise", ((left, *right.parts[0]), (mark.text, *right.parts[1])), left.at)
        return Node("entrywise", ((left, right), (mark.text,)), left.at)

    def first(self, children: Children) -> Node:
        return children[0]

    def beside(self, children: Children) -> Node:
        return self._product(children[0], "", children[1])

    def times(self, children: Children) -> Node:
        return self._product(children[0], children[1].text, children[2])

    tailed, tailed_times = beside, times

    @staticmethod
    def _product(left: Node, sign: str, right: Node) -> Node:
        if left.kind == "product":
            if len(left.parts[0]) >= MAX_FACTORS:
                raise TooDeep(right.at)
            return Node("product", ((*left.parts[0], right), (*left.parts[1], sign)), left.at)
        return Node("product", ((left, right), (sign,)), left.at)

    # -- what stands in front of something ---------------------------------------------------------------------------
    def big_sum(self, children: Children) -> Node:
        return Node("big_sum", (children[1], children[2]), _at(children[0]))

    def big_signed(self, children: Children) -> Node:
        """Σ_j −p_j log p_j"""
        body = self.sum([children[2], children[3]])
        return Node("big_sum", (children[1], body), _at(children[0]))

    def operated(self, children: Children) -> Node:
        """A derivative that stands before what is differentiated reaches as far as a sum does."""
        return Node("nabla", (children[1], Node("group", ((children[2],),), children[2].at)), _at(children[0]))

    def big_product(self, children: Children) -> Node:
        return Node("big_product", (children[1], children[2]), _at(children[0]))

    def extreme(self, children: Children) -> Node:
        """max_j x_j, and max_{a} Q(s, a), which is over no index and stays a function."""
        mark, scripts, body = children
        letters = {n.parts[0].text for s in scripts if s.kind == "lowered" for n in walk(s) if n.kind == "ident"}
        if letters & {n.parts[0].text for s in walk(body) if s.kind in ("lowered", "raised", "picked")
                      for n in walk(s) if n.kind == "ident"}:
            return Node(EXTREMES[mark.text], (scripts, body), _at(mark))
        argument = body if body.kind == "group" else Node("group", ((body,),), body.at)
        return self.apply([replace(mark, kind="FUNCTION"), scripts, argument])

    def extreme_signed(self, children: Children) -> Node:
        """max_j −x_j"""
        return self.extreme([*children[:2], self.sum(children[2:])])

    def apply(self, children: Children) -> Node:
        return Node("apply", tuple(children), _at(children[0]))

    def root(self, children: Children) -> Node:
        return Node("root", (children[1],), _at(children[0]))

    def nth_root(self, children: Children) -> Node:
        """A power with the exponent 1/n."""
        at = _at(children[0])
        one = Node("number", (Lexeme("NUMBER", "1", at),), at)
        power = Node("fraction", (one, Node("braces", (children[2],), at)), at)
        body = Node("group", ((children[4],),), _at(children[4]))
        return Node("scripted", (body, (Node("raised", (power,), at),)), at)

    def differential(self, children: Children) -> Node:
        return Node("differential", (children[1],), _at(children[0]))

    def immediate(self, children: Children) -> Node:
        return Node("immediate", (children[1],), _at(children[0]))

    def second(self, children: Children) -> Node:
        return Node("second", (children[1],), _at(children[0]))

    def hessian(self, children: Children) -> Node:
        """∂²L/∂x∂y and ∂²L/∂x² as the fraction that it is in LaTeX."""
        above = Node("second", (children[1],), _at(children[0]))
        below = Node("product", (tuple(children[3:]), ("",)), children[3].at) if children[4:] else children[3]
        return Node("fraction", (above, below), _at(children[0]))

    def nabla(self, children: Children) -> Node:
        return Node("nabla", (children[1], children[2]), _at(children[0]))

    def divide(self, children: Children) -> Node:
        return Node("fraction", (children[0], children[2]), children[0].at)

    def fraction(self, children: Children) -> Node:
        return Node("fraction", (children[1], children[2]), _at(children[0]))

    # -- scripts -----------------------------------------------------------------------------------------------------
    def scripted(self, children: Children) -> Node:
        base, scripts = children
        return Node("scripted", (base, scripts), base.at) if scripts else base

    def scripts(self, children: Children) -> tuple[Node, ...]:
        return tuple(children)

    def raised(self, children: Children) -> Node:
        return Node("raised", (children[1],), _at(children[0]))

    def lowered(self, children: Children) -> Node:
        return Node("lowered", (children[1],), _at(children[0]))

    def transpose(self, children: Children) -> Node:
        return Node("transpose", (), _at(children[0]))

    def inverse_transpose(self, children: Children) -> Node:
        """A^{−⊤} as A^{−T}"""
        at = _at(children[0])
        letter = Node("ident", (Lexeme("IDENT", "T", at),), at)
        return Node("raised", (Node("sum", ((True,), (letter,)), at),), at)

    def raised_entrywise(self, children: Children) -> Node:
        return Node("raised_entrywise", (children[3],), _at(children[0]))

    def marked_entrywise(self, children: Children) -> Node:
        last = children[-1]
        return Node("raised_entrywise", (self.number([last]) if isinstance(last, Lexeme) else last,), _at(children[0]))

    def power(self, children: Children) -> Node:
        return Node("raised", (self.number(children),), _at(children[0]))

    def prime(self, children: Children) -> Node:
        return Node("prime", (), _at(children[0]))

    def picked(self, children: Children) -> Node:
        return Node("picked", (children[1],), _at(children[0]))

    # -- atoms -------------------------------------------------------------------------------------------------------
    def name(self, children: Children) -> Node:
        return Node("name", (children[0],), _at(children[0]))

    def ident(self, children: Children) -> Node:
        return Node("ident", (children[0],), _at(children[0]))

    def number(self, children: Children) -> Node:
        return Node("number", (children[0],), _at(children[0]))

    def ones(self, children: Children) -> Node:
        return Node("ones", (), _at(children[0]))

    def group(self, children: Children) -> Node:
        return Node("group", (children[1],), _at(children[0]))

    def braces(self, children: Children) -> Node:
        """What LaTeX holds together: {(t)} is (t), and {t} is t."""
        return Node("braces", (children[1],), _at(children[0]))

    def bracket(self, children: Children) -> Node:
        return Node("bracket", (children[1],), _at(children[0]))

    def floor(self, children: Children) -> Node:
        at = _at(children[0])
        mark = Lexeme("FUNCTION", "floor", at, "floor")
        return Node("apply", (mark, (), Node("group", ((children[1],),), _at(children[1]))), at)

    def ceiling(self, children: Children) -> Node:
        """⌈x⌉ is −⌊−x⌋."""
        start, inside, end = children
        turned = Node("sum", ((True,), (Node("group", ((inside,),), _at(inside)),)), _at(inside))
        below = Node("sum", ((True,), (self.floor([start, turned, end]),)), _at(start))
        return Node("group", ((below,),), _at(start))

    def norm(self, children: Children) -> Node:
        return Node("norm", (children[1],), _at(children[0]))

    def absolute(self, children: Children) -> Node:
        return Node("absolute", (children[1],), _at(children[0]))

    def inner(self, children: Children) -> Node:
        return Node("inner", (children[1], children[3]), _at(children[0]))

    def moment(self, children: Children) -> Node:
        return Node("moment", (children[0], children[1]), _at(children[0]))

    def cases(self, children: Children) -> Node:
        return Node("cases", (tuple(c for c in children if isinstance(c, Node)),), _at(children[0]))

    def case(self, children: Children) -> Node:
        return Node("case", (children[0], children[2]), children[0].at)

    def first_of(self, children: Children) -> Node:
        """A condition, without the comma behind it."""
        return children[0]

    def case_otherwise(self, children: Children) -> Node:
        return Node("case", (children[0], None), children[0].at)

    def matrix(self, children: Children) -> Node:
        """Rows of equally many cells; a \\\\ behind the last row begins none."""
        rows = [c for c in children if isinstance(c, Node)]
        if len(rows) > 1 and [cell.kind for cell in rows[-1].parts[0]] == ["empty"]:
            rows.pop()
        if sum(len(row.parts[0]) for row in rows) > MAX_FACTORS:
            raise TooDeep(_at(children[0]))
        return Node("matrix", tuple(_filled(row) for row in rows), _at(children[0]))

    def row(self, children: Children) -> Node:
        cells = tuple(c for c in children if isinstance(c, Node))
        return Node("row", (cells,), cells[0].at)

    def empty(self, children: Children) -> Node:
        return Node("empty", (), 0)

    # -- what stands in brackets -------------------------------------------------------------------------------------
    def items(self, children: Children) -> tuple[Node, ...]:
        if len(children) > 2 * MAX_FACTORS:
            raise TooDeep(children[0].at)
        return tuple(c for c in children if isinstance(c, Node))

    def item(self, children: Children) -> Node:
        """1…T, which reads as a product, is a span."""
        return _spanned(children[0])

    def span(self, children: Children) -> Node:
        return Node("span", (children[0], children[2]), children[0].at)

    def everything(self, children: Children) -> Node:
        return Node("everything", (), _at(children[0]))

    def dots(self, children: Children) -> Node:
        return Node("dots", (), _at(children[0]))

    def conditional(self, children: Children) -> Node:
        """A formula with the condition under which it holds."""
        condition = children[2] if isinstance(children[2], tuple) else (children[2],)
        return Node("conditional", (children[0], condition), children[0].at)


def _filled(row: Node) -> Node:
    """An empty place of a matrix holds 0."""
    zero = Node("number", (Lexeme("NUMBER", "0", row.at),), row.at)
    return Node("row", (tuple(zero if cell.kind == "empty" else cell for cell in row.parts[0]),), row.at)


def _spanned(node: Node) -> Node:
    """A span where dots stand between two ends: 1…T, t = 1…T, H+1…2H."""
    if node.kind == "relation":
        *front, last = node.parts[0]
        ends = _ends(last)
        if ends is None:
            return node
        return Node("span", (Node("relation", ((*front, ends[0]), node.parts[1]), node.at), ends[1]), node.at)
    ends = _ends(node)
    return node if ends is None else Node("span", ends, node.at)


def _ends(node: Node) -> tuple[Node, Node] | None:
    """What stands on both sides of the dots in a product, or in one term of a sum."""
    if node.kind == "product":
        factors, signs = node.parts
        place = next((k for k, f in enumerate(factors) if f.kind == "dots"), 0)
        if not 0 < place < len(factors) - 1 or any(f.kind == "dots" for f in factors[place + 1:]):
            return None
        return _beside(factors[:place], signs[:place - 1]), _beside(factors[place + 1:], signs[place + 1:])
    if node.kind != "sum":
        return None
    minus, terms = node.parts
    found = [(k, e) for k, term in enumerate(terms) if (e := _ends(term)) is not None]
    if len(found) != 1:
        return None
    ((place, (low, high)),) = found
    first, last = (*terms[:place], low), (high, *terms[place + 1:])
    return _added(minus[:place + 1], first), _added((False, *minus[place + 1:]), last)


def _beside(factors: tuple[Node, ...], signs: tuple[str, ...]) -> Node:
    return factors[0] if len(factors) == 1 else Node("product", (factors, signs), factors[0].at)


def _added(minus: tuple[bool, ...], terms: tuple[Node, ...]) -> Node:
    return terms[0] if minus == (False,) else Node("sum", (minus, terms), terms[0].at)
