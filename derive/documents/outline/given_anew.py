"""Names that a page gives again, and means otherwise from there on: another function f, the next point of a list,
another forward pass, other steps."""

from __future__ import annotations

import re
from collections.abc import Mapping

from derive.documents.lines.items import DEFINED, Item
from derive.documents.names.sequences import SEQUENCES
from derive.documents.outline.equation_forms import letters_of_members
from derive.documents.outline.question import Question
from derive.documents.pages.places import INLINE
from derive.documents.trees.trees import walk, words
from derive.reading.syntax import Node

MOST_LETTERS = 10       # between two equations that are about one function, f(x) = 3 − x², and f(x) = …
_WORDS = re.compile(r"[^\W\d_]")
_FORMULA = re.compile(r"\$\$?[^$]{1,600}\$\$?|\\\\?\(.{1,300}?\\\\?\)")
_POINT = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]")


class GivenAnew:
    """Tells second equations that give a name anew from claims about the first one; `left_sides` are trees, by the
    pieces of their equations."""

    def __init__(self, every: list[Item], text: str, left_sides: Mapping[int, Node]):
        self.items, self.text, self.left_sides = every, text, left_sides

    def is_given(self, question: Question, standing: list[Item]) -> bool:
        """Whether an equation gives anew what `standing` defines."""
        return self._is_another_function(question, standing) or self._is_a_recursion_anew(question, standing) \
            or self._is_in_another_list_item(question, standing) or self._is_in_a_pass_anew(question, standing)

    def _is_another_function(self, question: Question, standing: list[Item]) -> bool:
        """Whether a sentence gives a function of that name again, f(x) = x cos(c x), and does not say that it
        follows."""
        item, first = question.item, standing[-1].statement.piece
        if not question.function or (item.words.conclusion and not item.words.example) or item.words.negated:
            return False
        left = self.left_sides.get(id(first))
        known = {n.parts[0].text for side in standing[-1].sides[1:] for n in walk(side) if n.kind in ("name", "ident")}
        if (known - words([left] if left is not None else [])) & words([question.left]) or _calls_itself(question):
            return False        # H(δ) = δ² is a value, and D(p, q) = D(q, p) a claim
        between = _FORMULA.sub(" ", self.text[first.at + len(first.text):item.statement.piece.at].lstrip(" $\n"))
        if len(_WORDS.findall(between)) < MOST_LETTERS:
            return False
        return True

    def _is_in_a_pass_anew(self, question: Question, standing: list[Item]) -> bool:
        """Whether it stands in a block that says again, word by word, how something else is computed: another forward
        pass, H = σ(X W_1 + b_1), O = H W_2 + b_2 after H = X W_1 + b_1, O = H W_2 + b_2. It is doubtful."""
        item, block = question.item, question.item.place
        below = [i for i in self.items if i.place is block and i.number > item.number]
        first = [i for i in self.items if i.place is standing[-1].place and i is not standing[-1]]
        again = {_bare(i) for i in first if i.role == DEFINED and item.name in i.uses}
        if block.kind == INLINE or standing[-1].place is block or not any(_bare(i) in again for i in below):
            return False
        item.doubtful = True
        return True

    def _is_in_another_list_item(self, question: Question, standing: list[Item]) -> bool:
        """Whether a point of a list gives a name again that another point gives: α = α_0 / (1 + k t)."""
        item, first = question.item, standing[-1]
        points = [self._point(i) for i in (item, first)]
        if question.function or item.place.kind != INLINE or item.words.conclusion or None in points \
                or points[0] == points[1] or item.section != first.section:
            return False
        item.doubtful = True
        return True

    def _point(self, item: Item) -> int | None:
        """Where the point of a list begins in which an item stands; None for one that stands in none."""
        start = self.text.rfind("\n", 0, item.statement.piece.at) + 1
        return start if _POINT.match(self.text, start) else None

    def _is_a_recursion_anew(self, question: Question, standing: list[Item]) -> bool:
        """Whether it gives the steps of what stands without any, z_t = z_{t−1} − Λ z_{t−1} after z = O (x − c), since t
        counts no entries; or other steps, in a block that has just given others to a name on its right."""
        item, letters = question.item, letters_of_members(question.equation)
        if not (question.itself and item.member and letters and letters <= SEQUENCES):
            return False
        return not any(i.member for i in standing) or any(
            i.place is item.place and i.number < item.number and i.role == DEFINED and i.variant
            and i.name in question.values for i in self.items)


def _calls_itself(question: Question) -> bool:
    """Whether a function stands on the right of its equation too."""
    name = question.function.partition("(")[0]
    right = question.equation.formula.tree.parts[0][1:]
    return any(n.parts[0].text == name for side in right for n in walk(side) if n.kind == "apply")


def _bare(item: Item) -> str:
    """An equation without blanks and what ends it."""
    return re.sub(r"[\s&.,]|\\\\", "", item.statement.piece.text)
