"""What stands in an index, a bound or an exponent: polynomials in letters and sizes."""

from __future__ import annotations

import unicodedata
from fractions import Fraction

from derive.index import ONE, Poly, exact, poly
from derive.reading.errors import ReadingError, UnknownName, nearest_names, unknown_message
from derive.reading.letters import Letters
from derive.reading.source import Source
from derive.reading.syntax import Node
from derive.reading.tokens import Lexeme
from derive.reading.vocabulary import Vocabulary

MAX_POWER = 64
LINES = frozenset("ijkmnpq")    # letters that count rows and samples; W_t and W_l are matrices of their own
MAX_TERMS = 200


class NoIndex(ReadingError):
    """Something that is no polynomial in letters and sizes."""


class Indices:
    """Reads index positions."""

    def __init__(self, source: Source, vocabulary: Vocabulary, letters: Letters):
        self.source, self.vocabulary, self.letters = source, vocabulary, letters

    def poly(self, node: Node) -> Poly:
        """The polynomial that a node stands for.

        Raises:
            NoIndex: where it stands for none.
            UnknownName: for a name that is neither a letter nor a size, where no new letter may stand.
        """
        method = getattr(self, f"_{node.kind}", None)
        if method is None:
            raise self._error(node)
        return method(node)

    def _error(self, node: Node, message: str = "an index is made of letters, sizes and whole numbers") -> ReadingError:
        return self.source.error(message, node.at, NoIndex)

    # -- one method for each kind --------------------------------------------------------------------------------
    def _ident(self, node: Node) -> Poly:
        return self.named(node.parts[0].text, node.at)

    def _name(self, node: Node) -> Poly:
        """A letter that looks like a name of the program."""
        shown = node.parts[0].text
        if not self.letters.open and self.known(shown) is None:
            raise self._error(node)
        return self.named(shown, node.at)

    def named(self, shown: str, at: int) -> Poly:
        """A letter or a size; several letters side by side are their product."""
        found = self.known(shown)
        if found is not None:
            return found
        pieces = letter_pieces(shown)
        known = [self.known(p) for p in pieces]
        if len(pieces) > 1:
            if all(p is not None for p in known):
                return _product([p for p in known if p is not None])
            raise self.unknown(shown, at)
        return poly(self.letters.make(shown, at))

    def known(self, shown: str) -> Poly | None:
        letter = self.letters.find(shown)
        if letter is not None:
            return poly(letter)
        size = self.vocabulary.sizes.get(shown)
        return None if size is None else poly(size)

    def unknown(self, shown: str, at: int) -> ReadingError:
        nearest = nearest_names(shown, self.vocabulary.candidates)
        return self.source.error(unknown_message(shown, nearest), at, UnknownName, nearest=nearest)

    def _number(self, node: Node) -> Poly:
        return poly(exact(Fraction(node.parts[0].text)))

    def _group(self, node: Node) -> Poly:
        if len(node.parts[0]) != 1:
            raise self._error(node)
        return self.poly(node.parts[0][0])

    _braces = _group

    def _sum(self, node: Node) -> Poly:
        total = poly(0)
        for minus, part in zip(*node.parts):
            p = self.poly(part)
            total = total - p if minus else total + p
        return self._bounded(total, node)

    def _product(self, node: Node) -> Poly:
        return self._multiplied([self.poly(part) for part in node.parts[0]], node)

    def _multiplied(self, factors: list[Poly], node: Node) -> Poly:
        result = ONE
        for p in factors:
            if len(result.terms) * len(p.terms) > MAX_TERMS:
                raise self._error(node, "an index with too many terms")
            result = result * p
        return self._bounded(result, node)

    def _bounded(self, p: Poly, node: Node) -> Poly:
        if len(p.terms) > MAX_TERMS or any(len(monomial) > MAX_POWER for monomial, _ in p.terms):
            raise self._error(node, "an index with too many terms")
        if any(abs(c.numerator) > 10 ** 30 or c.denominator > 10 ** 30 for _, c in p.terms):
            raise self._error(node, "an index with too large numbers")
        return p

    def _fraction(self, node: Node) -> Poly:
        above, below = map(self.poly, node.parts)
        if not below.constant:
            raise self._error(node, "an index is divided by numbers only")
        return self._bounded(above * (1 / Fraction(below.constant)), node)

    def _scripted(self, node: Node) -> Poly:
        """A width n[l], n_l, or a whole power."""
        base, scripts = node.parts
        letter = letter_name(node)
        if letter is not None and self.known(letter) is None and base.kind == "name" and not self.letters.open:
            raise self._error(node)
        if letter is not None and (letter in self.vocabulary.sizes or
                                   self.vocabulary.sizes.get(base.parts[0].text) is None):
            return self.named(letter, node.at)      # d_k, also beside d
        width = self.width(base, scripts[0])
        if width is not None:
            base_value, scripts = width, scripts[1:]
        else:
            base_value = self.poly(base)
        for script in scripts:
            base_value = self._raised(base_value, script, node)
        return base_value

    def width(self, base: Node, script: Node) -> Poly | None:
        """A size that depends on letters."""
        if base.kind not in ("ident", "name") or script.kind not in ("lowered", "picked"):
            return None
        size = self.vocabulary.sizes.get(base.parts[0].text)
        if size is None or self.letters.find(base.parts[0].text) is not None:
            return None
        items = script.parts[0] if script.kind == "picked" else arguments(script.parts[0])
        return poly(size.placed(tuple(map(self.poly, items))))

    def _raised(self, base: Poly, script: Node, node: Node) -> Poly:
        exponent = self.poly(script.parts[0]).constant if script.kind == "raised" else None
        if exponent is None or exact(exponent) != int(exponent) or not 0 <= exponent <= MAX_POWER:
            raise self._error(script, "a power in an index is a whole number")
        return self._multiplied([base] * int(exponent), node)

    # -- several -------------------------------------------------------------------------------------------------
    def several(self, node: Node, wanted: int) -> list[Node]:
        """The indices in a script: `i, j`, or `ij` where `wanted` letters are due."""
        items = list(arguments(node))
        if len(items) == wanted or len(items) != 1:
            return items
        (only,) = items
        if only.kind == "product" and len(only.parts[0]) == wanted and not any(only.parts[1]):
            return list(only.parts[0])
        if only.kind == "ident" and self.known(only.parts[0].text) is None:
            pieces = letter_pieces(only.parts[0].text)
            if len(pieces) == wanted:
                return _spread(pieces, only.at)
        return items


def letter_name(node: Node) -> str | None:
    """The name of the letter that a node may stand for: i, i_1, j_{2}'."""
    base, scripts = node.parts if node.kind == "scripted" else (node, ())
    if base.kind not in ("ident", "name"):
        return None
    name = base.parts[0].text
    for k, script in enumerate(scripts):
        inner = arguments(script.parts[0]) if script.kind == "lowered" and k == 0 else ()
        if script.kind == "prime":
            name += "'"
        elif len(inner) == 1 and inner[0].kind in ("ident", "name", "number"):
            name += f"_{inner[0].parts[0].text}"
        else:
            return None
    return name


def arguments(node: Node) -> tuple[Node, ...]:
    """What stands in the brackets of a script, or the one thing that stands there without any."""
    if node.kind == "braces" and len(node.parts[0]) == 1 and node.parts[0][0].kind in ("group", "bracket"):
        return node.parts[0][0].parts[0]
    return node.parts[0] if node.kind in ("braces", "group", "bracket") else (node,)


def _spread(letters: list[str], at: int) -> list[Node]:
    """A node for each letter of a word that begins at `at`."""
    nodes = []
    for letter in letters:
        nodes.append(Node("ident", (Lexeme("IDENT", letter, at),), at))
        at += len(letter)
    return nodes


def letter_pieces(word: str) -> list[str]:
    """The letters of a word, each with its marks and primes."""
    pieces: list[str] = []
    for character in word:
        follows = character in "'_" or character.isdecimal() or unicodedata.combining(character)
        if pieces and (follows or pieces[-1].endswith("_")):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _product(factors: list[Poly]) -> Poly:
    result = ONE
    for p in factors:
        result = result * p
    return result


