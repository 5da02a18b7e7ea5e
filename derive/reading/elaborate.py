"""From the tree of marks to a layout: what names, letters and brackets stand for, by what is declared."""

from __future__ import annotations

from dataclasses import replace

from derive.index import ONE, Poly
from derive.notation.layout import (
    BigProduct,
    BigSum,
    Cases,
    Condition,
    Entries,
    Extreme,
    Indicator,
    IsGreatest,
    Layout,
    Negate,
    Number,
)
from derive.reading.errors import ShapeMismatch
from derive.reading.functions import FunctionReader
from derive.reading.indices import arguments
from derive.reading.nodes import differential, plain
from derive.reading.syntax import PLACES, Node
from derive.reading.tokens import Lexeme
from derive.reading.values import Value


class Elaboration(FunctionReader):
    """Reads one formula: atoms, sums, products, derivatives and cases."""

    # -- atoms -------------------------------------------------------------------------------------------------------
    def _number(self, node: Node) -> Value:
        return self._leaf(Number(self.indices.poly(node)), node.at, plain=True)

    def _name(self, node: Node) -> Value:
        return self._with_scripts(node, ())

    _ident = _name

    def _bracket(self, node: Node) -> Value:
        """A condition [i = j], a stacked vector [h, x], or plain brackets."""
        items = node.parts[0]
        if len(items) == 1 and items[0].kind == "relation":
            places = [n for n in items[0].parts[0] if n.kind in PLACES]
            if places:
                return self._is_extreme(items[0], places)
            return self._leaf(self.conditions.indicator(items[0]), node.at)
        if len(items) == 1:
            return super()._group(node)
        if all(i.kind == "bracket" for i in items):
            return self._matrix(Node("matrix", tuple(Node("row", (i.parts[0],), i.at) for i in items), node.at))
        values = self._values(items)
        if any(v.is_matrix for v in values):
            return self._blocks(values, ";" in self.source.text[items[0].at:items[1].at], node.at)
        return self.algebra.stack(values, node.at)

    def _blocks(self, values: list[Value], below: bool, at: int) -> Value:
        """[A, B] has its blocks side by side, and [A; B] one below the other; where only one way fits, it is meant."""
        ways = ([[v] for v in values], [values])
        first, other = ways if below else ways[::-1]
        kept = dict(self.shapes.sizes)
        try:
            return self.algebra.matrix(first, at)
        except ShapeMismatch as error:
            self.shapes.sizes = kept
            try:
                return self.algebra.matrix(other, at)
            except ShapeMismatch:
                raise error from None

    def _group(self, node: Node) -> Value:
        """(a, b) is a vector; one thing in parentheses or braces is itself."""
        items = node.parts[0]
        return super()._group(node) if len(items) == 1 else self.algebra.stack(self._values(items), node.at)

    def _listed(self, node: Node) -> Value:
        """(x_1, …, x_n), which is a row as well as a column."""
        scripts, body = node.parts
        ((name, low, high),) = self.conditions.summed(scripts, node.at)
        with self.letters.summing(name, node.at, low, high) as draft:
            entry = self.value(body)
        if not entry.is_scalar:
            raise self.source.error("numbers are due in this list", node.at)
        rows = self.letters.range_of(draft)
        return replace(self.shapes.made(Entries(entry.layout, draft.letter), node.at, [entry], rows=rows), loose=True)

    def _dots(self, node: Node) -> Value:
        raise self.source.error("what the dots stand for cannot be told from the members beside them; write Σ or ∏",
                                node.at)

    def _matrix(self, node: Node) -> Value:
        """A matrix that is written out, row by row."""
        return self.algebra.matrix([self._values(row.parts[0]) for row in node.parts], node.at)

    # -- sums and products -------------------------------------------------------------------------------------------
    def _sum(self, node: Node) -> Value:
        minus, terms = node.parts
        return self.algebra.add(self._values(terms), minus, node.at)

    def _product(self, node: Node) -> Value:
        factors, signs = node.parts
        return self.algebra.product(self._values(factors), signs, node.at)

    def _entrywise(self, node: Node) -> Value:
        factors, signs = node.parts
        return self.algebra.entrywise(self._values(factors), signs, node.at)

    def _fraction(self, node: Node) -> Value:
        above, below = node.parts
        derivative = self._derivative(above, below, node.at)
        if derivative is not None:
            return derivative
        return self.algebra.fraction(self.value(above), self.value(below), node.at)

    def _derivative(self, above: Node, below: Node, at: int) -> Value | None:
        if plain(above).kind == "second":
            return self._second_derivative(plain(above), plain(below), at)
        of, by = differential(above), differential(below)
        if of is None or by is None:
            return None
        value, rest = self.members.derivative(of, by, at, immediate=plain(above).kind == "immediate")
        return self._scripts_applied(value, rest)

    def _second_derivative(self, above: Node, below: Node, at: int) -> Value:
        """∂²L/∂x∂yᵀ"""
        names = [differential(n) for n in below.parts[0]] if below.kind == "product" else []
        if len(names) != 2 or names[0] is None or names[1] is None:
            raise self.source.error("below ∂² two differentials are due: ∂²L/∂x∂y", at)
        return self.members.second_derivative(above.parts[0], names[0], names[1], at)

    def _nabla(self, node: Node) -> Value:
        """∇_W L"""
        scripts, operand = node.parts
        if len(scripts) != 1 or scripts[0].kind != "lowered":
            raise self.source.error("∇ needs one name below it", node.at)
        (by,) = arguments(scripts[0].parts[0])
        value, rest = self.members.derivative(operand, self._retyped(by), node.at)
        return self._scripts_applied(value, rest)

    def _retyped(self, node: Node) -> Node:
        """A word in a subscript, taken for a name."""
        shown = node.parts[0].text if node.kind == "ident" else ""
        name = self.vocabulary.names.get(shown)
        return node if name is None else Node("name", (Lexeme("NAME", shown, node.at, name),), node.at)

    def _big_sum(self, node: Node) -> Value:
        scripts, body = node.parts
        return self._summed(self.conditions.summed(scripts, node.at), scripts, body, node.at)

    def _summed(self, ranges: list[tuple[str, Poly | None, Poly | None]], scripts: tuple[Node, ...], body: Node,
                at: int) -> Value:
        if not ranges:
            return self._without(self.conditions.left_out(scripts), self.value(body), at)
        (name, low, high), *rest = ranges
        with self.letters.summing(name, at, low, high) as draft:
            inside = self._summed(rest, scripts, body, at)
        return self.shapes.made(BigSum(draft.letter, inside.layout, low is None), at, [inside], inside)

    def _without(self, left_out: list[Indicator], body: Value, at: int) -> Value:
        """(1 − [j = i]) times what is summed, for each j ≠ i."""
        for indicator in left_out:
            parts = [self._leaf(Number(ONE), at, plain=True), self._leaf(indicator, at)]
            body = self.algebra.product([self.algebra.add(parts, (False, True), at), body], ("",), at)
        return body

    def _big_product(self, node: Node) -> Value:
        scripts, body = node.parts
        (name, low, high), falls = self.conditions.multiplied(scripts, node.at)
        with self.letters.summing(name, node.at, low, high) as draft:
            inside = self.value(body)
        layout = BigProduct(draft.letter, inside.layout, falls)
        return self.shapes.made(layout, node.at, [inside], inside, longer=2)

    def _extreme(self, node: Node, least: bool) -> Value:
        scripts, body = node.parts
        if self.conditions.leaves_out(scripts):
            raise self.source.error("the greatest or least of all but one cannot be read", node.at)
        return self._greatest_over(self.conditions.summed(scripts, node.at), body, least, node.at)

    def _greatest_over(self, ranges: list[tuple[str, Poly | None, Poly | None]], body: Node, least: bool,
                       at: int) -> Value:
        if not ranges:
            return self.value(body)
        (name, low, high), *rest = ranges
        with self.letters.summing(name, at, low, high) as draft:
            inside = self._greatest_over(rest, body, least, at)
        return self.shapes.made(Extreme(draft.letter, inside.layout, least), at, [inside], inside)

    def _is_extreme(self, relation: Node, places: list[Node]) -> Value:
        """[k = argmax_j x_j]"""
        members, signs = relation.parts
        index = [n for n in members if n not in places]
        if signs != ("=",) or len(index) != 1:
            raise self.source.error("an index is due on the other side of argmax: [k = argmax_j x_j]", relation.at)
        scripts, body = places[0].parts
        ranges = self.conditions.summed(scripts, places[0].at)
        if len(ranges) != 1 or self.conditions.leaves_out(scripts):
            raise self.source.error("argmax is over one letter", places[0].at)
        (name, low, high), place = ranges[0], self.indices.poly(index[0])
        with self.letters.summing(name, places[0].at, low, high) as draft:
            inside = self.value(body)
        if not inside.is_scalar:
            raise self.source.error("argmax is the place of a number", body.at)
        of = Negate(inside.layout) if places[0].kind == "place_of_least" else inside.layout
        return self.shapes.made(IsGreatest(place, draft.letter, of), relation.at, [inside])

    def _place_of_greatest(self, node: Node) -> Value:
        raise self.source.error("argmax is read in brackets: [k = argmax_j x_j]", node.at)

    _place_of_least = _place_of_greatest

    def _greatest(self, node: Node) -> Value:
        return self._extreme(node, least=False)

    def _least(self, node: Node) -> Value:
        return self._extreme(node, least=True)

    # -- cases -------------------------------------------------------------------------------------------------------
    def _cases(self, node: Node) -> Value:
        rows: list[tuple[Layout, Condition | None]] = []
        values: list[Value] = []
        for case in node.parts[0]:
            body, condition = case.parts
            value = self.value(body)
            if values:
                self.shapes.same(values[0], value, "cases of different shapes")
            values.append(value)
            when = None if condition is None else self.conditions.condition(plain(condition))
            rows.append((value.layout, when))
        return self.shapes.made(Cases(tuple(rows)), node.at, values, values[0])

