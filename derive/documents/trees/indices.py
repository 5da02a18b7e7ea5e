"""Indices and sizes as polynomials, from trees whose letters may be sizes, letters with ranges, or layers' widths."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from derive.index import ONE, Letter, Poly, Size, exact, poly
from derive.reading.indices import arguments, letter_pieces
from derive.reading.nodes import plain
from derive.reading.syntax import Node

MAX_TERMS = 60


class NoIndex(ValueError):
    """Something that is no polynomial in letters and sizes; `at` is where."""

    def __init__(self, message: str, at: int):
        super().__init__(message)
        self.at = at


class Polynomials:
    """Reads trees as polynomials. With `making`, words that are not known become sizes."""

    def __init__(self, letters: Mapping[str, Letter], sizes: dict[str, Size], widths: frozenset[str] = frozenset(),
                 making: bool = False):
        self.letters, self.sizes, self.widths, self.making = letters, sizes, widths, making

    def of(self, node: Node) -> Poly:
        """The polynomial.

        Raises:
            NoIndex: for anything else, and for polynomials with very many terms.
        """
        method = getattr(self, f"_{node.kind}", None)
        if method is None:
            raise NoIndex("an index is made of letters, sizes and whole numbers", node.at)
        found = method(node)
        if len(found.terms) > MAX_TERMS:
            raise NoIndex("an index with too many terms", node.at)
        return found

    def _number(self, node: Node) -> Poly:
        return poly(exact(Fraction(node.parts[0].text)))

    def _ident(self, node: Node) -> Poly:
        return self.named(node.parts[0].text, node.at)

    _name = _ident

    def named(self, shown: str, at: int) -> Poly:
        """A letter, a size, or several of them side by side."""
        if shown in self.letters:
            return poly(self.letters[shown])
        if shown in self.sizes or self.making:
            return poly(self.sizes.setdefault(shown, Size(shown)))
        pieces = letter_pieces(shown)
        if len(pieces) > 1 and all(p in self.letters or p in self.sizes for p in pieces):
            result = ONE
            for p in pieces:
                result = result * self.named(p, at)
            return result
        raise NoIndex(f"{shown} is neither a letter with a range nor a size", at)

    def _group(self, node: Node) -> Poly:
        if len(node.parts[0]) != 1:
            raise NoIndex("one index is due here", node.at)
        return self.of(node.parts[0][0])

    _braces = _bracket = _group

    def _sum(self, node: Node) -> Poly:
        total = poly(0)
        for minus, part in zip(*node.parts):
            total = total - self.of(part) if minus else total + self.of(part)
        return total

    def _product(self, node: Node) -> Poly:
        result = ONE
        for part in node.parts[0]:
            result = result * self.of(part)
            if len(result.terms) > MAX_TERMS:
                raise NoIndex("an index with too many terms", node.at)
        return result

    def _fraction(self, node: Node) -> Poly:
        above, below = map(self.of, node.parts)
        if not below.constant:
            raise NoIndex("an index is divided by numbers only", node.at)
        return above * (1 / Fraction(below.constant))

    def _scripted(self, node: Node) -> Poly:
        """A width n_l, n^{(l)}, n[l]; a size with a label, d_k; a power of a number."""
        base, scripts = node.parts
        shown = base.parts[0].text if base.kind in ("ident", "name") else ""
        if shown and len(scripts) == 1 and scripts[0].kind in ("lowered", "raised", "picked"):
            items = scripts[0].parts[0] if scripts[0].kind == "picked" else arguments(scripts[0].parts[0])
            if shown in self.widths:
                return poly(Size(shown, tuple(map(self.of, items))))
            label = size_name(node)
            if label and scripts[0].kind == "lowered":
                return self.named(label, node.at)
        raise NoIndex("an index is made of letters, sizes and whole numbers", node.at)


def size_name(node: Node) -> str:
    """d_k, d_model, n_in: a size with a label; empty for anything else."""
    base, scripts = node.parts if node.kind == "scripted" else (node, ())
    if base.kind not in ("ident", "name") or len(scripts) > 1 or any(s.kind != "lowered" for s in scripts):
        return ""
    shown = base.parts[0].text
    for script in scripts:
        items = [plain(i) for i in arguments(script.parts[0])]
        if not all(i.kind in ("ident", "name", "number") for i in items):
            return ""
        shown += "_" + ",".join(i.parts[0].text for i in items)
    return shown
