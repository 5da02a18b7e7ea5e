"""What the inequalities of a document say: ranges of letters, least sizes, and which names are positive."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction

from derive.documents.lines.properties import NEGATIVE, between
from derive.documents.names.bounded_products import bounded
from derive.documents.names.lexicon import Lexicon
from derive.documents.names.linear_bounds import beyond
from derive.documents.names.model import Range, Survey, collected, letter_of, number_of, one_by_one
from derive.documents.names.parsed import Parsed
from derive.documents.problems import Unreadable
from derive.documents.spelling.label_words import USUAL
from derive.documents.trees.bound_letters import bound_letters, is_divided
from derive.documents.trees.indices import NoIndex, Polynomials, size_name
from derive.documents.trees.members import enclosed, number_node, scripted_parts
from derive.documents.trees.trees import Formula, walk, words
from derive.graph import closure
from derive.index import Size
from derive.notation.names import GREEK
from derive.reading.syntax import Node

ONLY = "only assumptions such as ε > 0, 0 < β < 1, p < q, ρ > 1 + ε, n ≥ 2 and ranges of letters can be read"
_GREEK = frozenset(GREEK.values()) - USUAL


class Inequalities:
    """Reads inequalities into a survey."""

    def __init__(self, survey: Survey, parsed: Parsed, lexicon: Lexicon, sizes: Collection[str]):
        """`sizes` are those of other parts of the document, of which nothing need be known here."""
        self.survey, self.parsed, self.lexicon, self.others = survey, parsed, lexicon, sizes
        self._below_one: set[str] = set()
        self._above: dict[str, tuple[Fraction, Formula, int]] = {}      # which number a name lies above, and where

    def read(self) -> None:
        self._below_one = self._between_zero_and_one()
        self.lexicon.naming.fractions |= self._below_one | set(self._fractions())
        indices = self._index_words()
        for _, formula in self.parsed.bounds:
            with collected(self.survey.problems):
                for of, sign, by in one_by_one(formula.tree):
                    self._read(of, sign, by, indices, formula)
        for low, formula, at in self._above.values():
            if low < 0:     # and below nothing
                self.survey.problems.append(Unreadable(ONLY, formula.at(at)))

    def _between_zero_and_one(self) -> set[str]:
        """The q of 0 < q < 1: no whole number lies there."""
        beside: dict[str, set[tuple[str, float]]] = {}
        for name, sign, number in self._ends():
            beside.setdefault(name, set()).add((sign, number))
        return {name for name, ends in beside.items() if {(">", 0), ("<", 1)} <= ends}

    def _fractions(self) -> Iterator[str]:
        """The γ of γ > 1, which is no index."""
        yield from (name for name, sign, _ in self._ends() if sign == ">" and name in _GREEK)

    def _ends(self) -> Iterator[tuple[str, str, float]]:
        """The letters above or below a number."""
        for _, formula in self.parsed.bounds:
            for of, sign, by in one_by_one(formula.tree):
                name, number = letter_of(of) if of.kind == "ident" else "", number_of(by)
                if name and number is not None and sign in "<>":
                    yield name, sign, number

    def _index_words(self) -> set[str]:
        """Everything that stands in an index: the l of a^l where a is a family so, but no exponent."""
        found: set[str] = set()
        for _, formula, _ in self.parsed.trees:
            for node in walk(formula.tree):
                if node.kind in ("lowered", "picked"):
                    found |= words([node])
                elif node.kind == "scripted":
                    for script in node.parts[1]:
                        if script.kind == "raised" and letter_of(node) not in self.lexicon.naming.numbers and (
                                self._may_count(script) or self.lexicon.naming.is_raised(node)):
                            found |= words([script])
            found |= bound_letters(formula.tree)
        return found - {label for _, label in self.lexicon.before}

    def _may_count(self, script: Node) -> bool:
        """Whether a superscript stands in parentheses, and holds what may be whole numbers."""
        return enclosed(script) and not is_divided(script) and words([script]).isdisjoint(
            self.lexicon.naming.fractions)

    def _read(self, of: Node, sign: str, by: Node, indices: set[str], formula: Formula) -> None:
        name = size_name(of) or (letter_of(of) if scripted_parts(of) else "")
        number = number_of(by)
        if name in self.survey.sizes:
            if number is not None and sign in "≥>":
                self.survey.sizes[name] = max(1, int(number) + (sign == ">"))
            elif number is None and sign in "≥>≤<" and self._is_of(self.survey.sizes, by):
                pair = (of, by) if sign in "≥>" else (by, of)
                self.survey.longer.append((*pair, int(sign in "<>")))
        elif name in self.others and name not in self.survey.declared and (
                number is not None or self._is_of({*self.others, *self.survey.sizes}, by)):
            if number is not None and sign in "≥>":
                self.survey.least[name] = max(1, int(number) + (sign == ">"))
        elif name in indices - self._below_one and len(name) == 1 and name not in self.survey.declared and not (
                sign == ">" and number == 0 and name not in USUAL):      # the β > 0 of F_β
            self._bound(name, sign, by)
        elif number is not None:
            self._beside_a_number(of, sign, by, number, formula)
        else:
            self._ordered(of, sign, by, formula)

    @staticmethod
    def _is_of(sizes: Iterable[str], node: Node) -> bool:
        """Whether it is made of these sizes and numbers: 2 d k."""
        try:
            Polynomials({}, {n: Size(n) for n in sizes}).of(node)
        except NoIndex:
            return False
        return True

    def _bound(self, letter: str, sign: str, by: Node) -> None:
        """One end of the range of a letter."""
        if not self._is_end(by):
            return
        found = self.survey.ranges.setdefault(letter, Range(letter))
        if sign in "≥>":
            found.low = (by, int(sign == ">"))
        elif sign in "≤<":
            found.high = (by, -int(sign == "<"))

    def _beside_a_number(self, of: Node, sign: str, by: Node, number: float, formula: Formula) -> None:
        """ε > 0, p ≥ 2 and η < 0, β < 1 or α < 2 behind 0 < β and 0 < α, and η λ < 1."""
        member = self.lexicon.member(of, [])
        if sign == "≠":
            return
        if member is None:
            return self._product_below(of, sign, by, formula)
        name, end = member.name, Fraction(str(number))
        if sign in ">≥":
            self._above[name] = end, formula, of.at
            if end >= 0:
                self.survey.positive.setdefault(name, False)
                self.survey.at_least[name] = max(end, self.survey.at_least.get(name, end))
        elif end == 1 and (lesser := self._lesser(name) & self.survey.positive.keys()):
            self.survey.positive.update(dict.fromkeys((*lesser, name), True))
        elif name in self._above and self._above[name][0] < end and not member.rest:
            self.survey.properties[name] = between(self._above.pop(name)[0], end), formula
        elif end == 0 and not member.rest:
            self.survey.properties[name] = NEGATIVE, formula
        else:
            raise Unreadable(ONLY, formula.at(of.at))

    def _ordered(self, of: Node, sign: str, by: Node, formula: Formula) -> None:
        """p < q, of two names without indices, or η < 2/L."""
        one, other = self.lexicon.member(of, []), self.lexicon.member(by, [])
        if one is None or other is None:
            return self._product_below(of, sign, by, formula)
        if any(m.indices or m.rest for m in (one, other)) or sign not in "<≤>≥":
            raise Unreadable(ONLY, formula.at(of.at))
        self.survey.ordered.append((one.name, other.name) if sign in "<≤" else (other.name, one.name))

    def _product_below(self, of: Node, sign: str, by: Node, formula: Formula) -> None:
        """A product of names below a number, η λ < 1 or η < 2/L, or a name beyond a sum of others, ρ > 1 + ε; that a
        product of positive names is positive says nothing."""
        above = of if sign == ">" and number_of(by) == 0 else by if sign == "<" and number_of(of) == 0 else None
        if above is not None and (_is_determinant(above) or self._is_positive(above)):
            return
        below = bounded(of, sign, by, lambda node: self.lexicon.member(node, []))
        if below is not None:
            return self.survey.below.append(below)
        found = beyond(of, sign, by, lambda node: self.lexicon.member(node, []))
        if found is None:
            raise Unreadable(ONLY, formula.at(of.at))
        self.survey.beyond.append((found, formula.piece.at))

    def _is_positive(self, node: Node) -> bool:
        """Whether a product is one of positive names."""
        found = bounded(node, "<", number_node(1, node.at), lambda n: self.lexicon.member(n, []))
        return found is not None and all(name in self.survey.positive for name in found.names)

    def _lesser(self, name: str) -> set[str]:
        """The name, and those that were said to be less: with 0 < p < q, all of them are below one where q is."""
        return closure([name], lambda n: [low for low, high in self.survey.ordered if high == n])

    def _is_end(self, node: Node) -> bool:
        """Whether a letter may run to it: numbers, sizes, and capital letters, which are sizes then."""
        found = [n.parts[0].text for n in walk(node) if n.kind == "ident"]      # in the order in which they stand
        if not all(w in self.survey.sizes or (len(w) == 1 and w.isupper()) for w in found):
            return False
        self.survey.sizes.update({w: self.survey.sizes.get(w, 1) for w in found})
        self.lexicon.naming.sizes |= set(found)
        return True


def _is_determinant(node: Node) -> bool:
    """Whether it is det X: that it is positive is held against the inputs that refute something."""
    return node.kind == "apply" and node.parts[0].name == "det"
