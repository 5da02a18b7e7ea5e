"""Names, norms and groups with what stands above, below and behind them."""

from __future__ import annotations

from derive.index import ONE, Letter, Poly, poly
from derive.notation.layout import Entries, Entry, Extreme, Identity, Indicator, Number, Ones
from derive.reading.foundation import Foundation
from derive.reading.indices import arguments, letter_name
from derive.reading.members import spelled
from derive.reading.nodes import differential, is_transpose, is_two, plain
from derive.reading.syntax import Node
from derive.reading.tokens import INFINITY
from derive.reading.values import Value


class ScriptReader(Foundation):
    """Scripts: indices belong to names, powers and transposes to values."""

    def _ones(self, node: Node) -> Value:
        span = self.shapes.hole(node.at)
        return self._leaf(Ones(span), node.at, rows=span)

    def _scripted(self, node: Node) -> Value:
        base, scripts = node.parts
        if base.kind in ("name", "ident"):
            return self._with_scripts(base, scripts)
        if base.kind == "group" and len(base.parts[0]) == 1:
            return self._group_with_scripts(base.parts[0][0], base, scripts)
        if base.kind == "norm":
            return self._norm_with_scripts(base, scripts)
        if base.kind == "inner" and scripts[0].kind == "lowered" and _shown(scripts[0]) in ("F", "2"):
            return self._scripts_applied(self.value(base), list(scripts[1:]))
        if base.kind == "number" and base.parts[0].text == "1" and scripts[0].kind == "transpose":
            return self._scripts_applied(self._ones(base), list(scripts))
        length = self._length(scripts[0])
        if base.kind == "ones" and length is not None:
            ones = self._leaf(Ones((ONE, length)), base.at, rows=(ONE, length))
            return self._scripts_applied(ones, list(scripts[1:]))
        if base.kind == "ones" and scripts[0].kind in ("picked", "lowered"):
            return self._condition_with_scripts(scripts)
        return self._scripts_applied(self.value(base), list(scripts))

    def _with_scripts(self, base: Node, scripts: tuple[Node, ...]) -> Value:
        """A name, a size, a letter used as a number, I, or e^{…}."""
        mark = base.parts[0]
        letter = self.letters.find(mark.text)
        if base.kind == "name" and (letter is None or scripts):
            value, rest = self.members.read(mark.name, scripts, base.at)
            return self._scripts_applied(value, rest)
        known = self.indices.known(mark.text)
        width = self.indices.width(base, scripts[0]) if scripts else None
        if width is not None:
            return self._scripts_applied(self._leaf(Number(width), base.at), list(scripts[1:]))
        if known is not None:
            return self._scripts_applied(self._leaf(Number(known), base.at), list(scripts))
        if mark.text == "I":
            length = self._length(scripts[0]) if scripts else None
            span = self.shapes.hole(base.at) if length is None else (ONE, length)
            rest = list(scripts if length is None else scripts[1:])
            return self._scripts_applied(self._leaf(Identity(span), base.at, rows=span, columns=span), rest)
        if mark.text == "e" and scripts and scripts[0].kind == "raised":
            power = self.algebra.call("exp", [self.value(plain(scripts[0].parts[0]))], base.at)
            return self._scripts_applied(power, list(scripts[1:]))
        if mark.text == "δ" and scripts and scripts[0].kind == "lowered":
            return self._kronecker(scripts)
        raise self.members.unknown(spelled(base, scripts), base.at)

    def _length(self, script: Node) -> Poly | None:
        """The n of I_n and 𝟏_n, where it is a size."""
        inside = plain(script.parts[0]) if script.kind == "lowered" else None
        if inside is None or inside.kind not in ("ident", "name"):
            return None
        shown = inside.parts[0].text
        size = self.vocabulary.sizes.get(shown) if self.letters.find(shown) is None else None
        return None if size is None else self.indices.known(shown)

    def _kronecker(self, scripts: tuple[Node, ...]) -> Value:
        """δ_{ij} where no δ is defined."""
        i, j = (self.indices.poly(n) for n in self._two(scripts[0]))
        return self._scripts_applied(self._leaf(Indicator(i, "=", j), scripts[0].at), list(scripts[1:]))

    def _two(self, script: Node) -> list[Node]:
        found = self.indices.several(script.parts[0], 2)
        if len(found) != 2:
            raise self.source.error("Kronecker's δ has two indices", script.at)
        return found

    def _group_with_scripts(self, inner: Node, group: Node, scripts: tuple[Node, ...]) -> Value:
        """(∂L/∂W)_{ij} picks from the derivative; otherwise scripts apply to the value."""
        if inner.kind == "fraction" and scripts[0].kind in ("picked", "lowered"):
            of, by = map(differential, inner.parts)
            if of is not None and by is not None:
                base, own = by.parts if by.kind == "scripted" else (by, ())
                value, rest = self.members.derivative(of, Node("scripted", (base, own + scripts), by.at), inner.at)
                return self._scripts_applied(value, rest)
        letters = self._new_letters(scripts[0])
        if letters:
            return self._scripts_applied(self._entries(inner, letters, group.at), list(scripts[1:]))
        return self._scripts_applied(self._group(group), list(scripts))

    def _new_letters(self, script: Node) -> list[str]:
        """The row and the column letter of (W_{ij} h_j)_{i,j}, where neither stands for anything here."""
        items = arguments(script.parts[0]) if script.kind == "lowered" else ()
        names = [letter_name(n) for n in items]
        return [n for n in names if n] if len(names) == 2 and all(
            n is not None and self.indices.known(n) is None for n in names) else []

    def _entries(self, inner: Node, names: list[str], at: int) -> Value:
        """The matrix with these entries."""
        with self.letters.summing(names[0], at, None, None) as row:
            with self.letters.summing(names[1], at, None, None) as column:
                body = self.value(inner)
        if not body.is_scalar:
            raise self.source.error("a scalar is due in these parentheses: the entries of a matrix", at)
        return self.shapes.made(Entries(body.layout, row.letter, column.letter), at, [body],
                                rows=self.letters.range_of(row), columns=self.letters.range_of(column))

    def _condition_with_scripts(self, scripts: tuple[Node, ...]) -> Value:
        """𝟏[i = j], 𝟏_{i=j}"""
        items = scripts[0].parts[0] if scripts[0].kind == "picked" else arguments(scripts[0].parts[0])
        if len(items) != 1 or items[0].kind != "relation":
            raise self.source.error("a condition is due here", scripts[0].at)
        value = self._leaf(self.conditions.indicator(items[0]), scripts[0].at)
        return self._scripts_applied(value, list(scripts[1:]))

    def _scripts_applied(self, value: Value, scripts: list[Node]) -> Value:
        for script in scripts:
            value = self._script(value, script)
        return value

    def _script(self, x: Value, script: Node) -> Value:
        if script.kind == "transpose":
            return self.algebra.transpose(x, script.at)
        if script.kind in ("raised", "raised_entrywise"):
            inside = script.parts[0]
            if script.kind == "raised" and is_transpose(inside) and (
                    not x.is_scalar or inside.kind != "transpose" and self.indices.known("T") is None):
                return self.algebra.transpose(x, script.at)
            if self.members.has_names(inside) or self._is_ratio(inside):
                return self._real_power(x, inside, script.at)
            return self.algebra.power(x, self.indices.poly(plain(inside)), script.at, script.kind != "raised")
        places = self._places(x, script)
        if places:
            return self._entry(x, places, script.at)
        if script.kind == "picked":
            stack = self.value(Node("bracket", script.parts, script.at))
            return self.algebra.product([x, stack], ("",), script.at)
        if script.kind == "prime":
            raise self.source.error("a prime stands behind a function or belongs to a name", script.at)
        raise self.source.error("an index of something that is no name cannot be read", script.at)

    def _is_ratio(self, exponent: Node) -> bool:
        """Whether something is divided by a size in it: 1/n."""
        if exponent.kind == "fraction" and not self.indices.poly(exponent.parts[1]).constant:
            return True
        return any(map(self._is_ratio, exponent.below))

    def _real_power(self, x: Value, exponent: Node, at: int) -> Value:
        """p^γ, where γ is an input: exp(γ log p)"""
        power = self.value(exponent)
        if not power.is_scalar:
            raise self.source.error("an exponent is a number", plain(exponent).at)
        log = self.algebra.call("log", [x], at)
        return self.algebra.call("exp", [self.algebra.product([power, log], ("",), at)], at)

    def _places(self, x: Value, script: Node) -> list[Node]:
        """The indices in (A B)[i, j], (A B)_{ij}, (W x)_i: as many as there are axes; none where something else is
        meant."""
        if script.kind == "picked":
            items = list(script.parts[0]) if x.is_matrix and self.members.picks(script) else []
        else:
            items = self.indices.several(script.parts[0], x.rank) if script.kind == "lowered" else []
        return items if len(items) == x.rank else []

    def _entry(self, x: Value, items: list[Node], at: int) -> Value:
        places = [self.indices.poly(n) for n in items]
        for axis, place in zip([a for a in (x.rows, x.columns) if a is not None], places):
            low, high = map(self.shapes.resolved, axis)
            self.letters.use(Letter("k", low, high), low, high, place)
        return self.shapes.made(Entry(x.layout, tuple(places)), at, [x])

    def _inner(self, node: Node) -> Value:
        one, other = self._values(node.parts)
        return self.algebra.inner(one, other, node.at)

    def _norm(self, node: Node) -> Value:
        return self.algebra.root(self.algebra.norm_squared(self.value(node.parts[0]), node.at), node.at)

    def _norm_with_scripts(self, base: Node, scripts: tuple[Node, ...]) -> Value:
        body, rest = self.value(base.parts[0]), list(scripts)
        if rest[0].kind == "lowered":
            below = rest.pop(0).parts[0]
            kind = getattr(plain(below).parts[0], "text", "")
            if kind == "1" and not body.is_matrix:
                return self._scripts_applied(self.algebra.norm_one(body, base.at), rest)
            if kind == INFINITY and not body.is_matrix:
                sizes = self.algebra.call("abs", [body], base.at)
                return self._scripts_applied(self.extreme_entry(sizes, False, base.at), rest)
            if kind not in ("2", "F"):
                raise self.source.error("only the norms with 1 and ∞ (of a vector), 2 and F can be read", below.at)
        if rest and rest[0].kind == "raised" and is_two(rest[0].parts[0]):
            return self._scripts_applied(self.algebra.norm_squared(body, base.at), rest[1:])
        squared = self.algebra.norm_squared(body, base.at)
        return self._scripts_applied(self.algebra.root(squared, base.at), rest)


    def extreme_entry(self, x: Value, least: bool, at: int) -> Value:
        """max x is max_k x_k"""
        if x.is_scalar or x.is_matrix:
            raise self.source.error("the greatest or least entry is that of a vector", at)
        (low, high), *_ = [tuple(map(self.shapes.resolved, axis)) for axis in (x.rows, x.columns) if axis is not None]
        with self.letters.summing("k", at, low, high) as draft:
            entry = self.shapes.made(Entry(x.layout, (poly(draft.letter),)), at, [x])
        return self.shapes.made(Extreme(draft.letter, entry.layout, least), at, [entry])


def _shown(script: Node) -> str:
    """The one word in a script."""
    return getattr(plain(script.parts[0]).parts[0], "text", "")
