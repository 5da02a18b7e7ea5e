"""What an equation of a page does: whether it defines a name or names a derivative, updates or claims something, or
sets a condition. That turns on what stands above it, and on the words in front of it.
"""

from __future__ import annotations

import re

from derive.documents.functions.function_forms import (
    function_on_the_left,
    is_of_a_name,
    is_of_a_sum,
    is_of_numbers,
    is_operation,
    is_plain,
)
from derive.documents.functions.indexed_functions import indexed_function
from derive.documents.functions.keys import is_numbered, key, keys
from derive.documents.lines.entries import is_written_out
from derive.documents.lines.items import CLAIMED, CONDITION, DEFINED, NAMED, OPERATION, UNREADABLE, UPDATED, Item
from derive.documents.lines.marks import is_a_system
from derive.documents.lines.statements import Equality
from derive.documents.names.model import Equation
from derive.documents.names.sequences import gives_back, is_shifted
from derive.documents.outline.boundaries import begins, is_before, is_given, is_of_fixed_members, without_those_beside
from derive.documents.outline.equation_forms import (
    goes_on,
    is_another_member,
    is_behind,
    is_computed,
    is_to_a_name,
    left_of,
    letters_of_members,
    written_left,
)
from derive.documents.outline.given_anew import GivenAnew
from derive.documents.outline.question import Question
from derive.documents.outline.standing import Standing
from derive.documents.pages.places import INLINE
from derive.documents.program.survey import Surveyor
from derive.documents.roles.roles import derivative_by, ends_on_the_left, place_of, subject
from derive.documents.trees.bound_letters import bound_letters
from derive.documents.trees.indices import size_name
from derive.documents.trees.plain_numbers import gives_a_number, is_number
from derive.documents.trees.trees import walk, words

_WORDS = re.compile(r"[^\W\d_]")


class EquationRoles:
    """Gives the equations of a scope their roles, in reading order. `surveyor` has surveyed them all."""

    def __init__(self, surveyor: Surveyor, every: list[Item], standing: Standing, text: str):
        self.surveyor, self.items, self.standing, self.text = surveyor, every, standing, text
        self.equations: dict[int, Equation] = {}        # those that were asked for
        trees = {id(f.piece): f.tree for _, f, _ in surveyor.parsed.trees if f.tree.kind == "relation"}
        self.left_sides = {at: tree.parts[0][0] for at, tree in trees.items()}
        self._ranges = without_those_beside(self.surveyor.survey.ranges, every)
        self.letters = {w for left in self.left_sides.values() if left.kind == "apply" for w in words([left])}
        self.letters |= {x for tree in trees.values() for x in bound_letters(tree)}
        self.ends = ends_on_the_left(surveyor.survey)
        self.anew = GivenAnew(every, text, self.left_sides)
        self.inputs = surveyor.survey.declared.keys() | surveyor.survey.positive.keys()
        self.indexed = {at for at, tree in trees.items() if indexed_function(tree)}

    def role(self, item: Item, equation: Equation) -> str:
        """The role of an equation; its name and member are set."""
        self.equations[item.number] = equation
        question = self._question(item, equation)
        standing = self.standing.of(item) if item.name else []
        found = self._role(question, standing)
        solved = found != CLAIMED or item.derived or standing or not is_a_system(item.place.text)
        return found if solved else CONDITION

    def _role(self, question: Question, standing: list[Item]) -> str:
        item = question.item
        length = self._size_with_a_number(question) if not item.name or item.name == size_name(question.left) else ""
        if length:
            item.name, item.setting = length, True
            return CONDITION
        if not item.name:
            if not item.names and not item.sizes:
                return CLAIMED      # 5² · 192 = 4800, also behind "needs"
            sets_a_size = size_name(question.left) in self.surveyor.survey.sizes
            told = item.words.of_a_thing or item.derived and not is_number(item.sides[-1])      # ∂L/∂w = 0 is asked for
            if question.condition and not (told and self._is_said_to_hold(item)) or sets_a_size:
                return CONDITION
            return OPERATION if is_operation(question.left) else CLAIMED
        at_once = self._at_once(question)
        if at_once:
            return at_once
        if self._gives_back(question):
            return CLAIMED
        return self._another(question, standing) if standing else self._first(question)

    def _question(self, item: Item, equation: Equation) -> Question:
        found = Question(item, equation, function_on_the_left(equation.formula.tree, self.surveyor.called))
        member = subject(equation)
        size = size_name(equation.formula.left)
        size = size if member is None and size in self.surveyor.survey.sizes else ""
        weak = item.words.condition and item.place.kind == INLINE and bool(member or size) and not item.derived
        found.condition = item.words.asked or weak
        values = [m.name for m, role in equation.names[1] if role == "value"]
        labels = self.standing.labels
        found.values, found.right = frozenset(key(v, labels) for v in values), set(keys(values, labels))
        if found.function:
            item.name, found.right = found.function, set(item.uses - {found.function})
        elif member is not None:
            item.name, item.member = key(member.name, labels), place_of(member, self.ends)
            if item.name != member.name:
                item.member = ("", *item.member)
        elif weak:
            item.name = size
        return found

    def _size_with_a_number(self, question: Question) -> str:
        """The size that gets a number, n = 64 beside x ∈ ℝ^n; empty where something else says how long it is."""
        size = size_name(question.left)
        if size not in self.surveyor.survey.sizes or not gives_a_number(question.item):
            return ""
        others = (e for e in self.surveyor.survey.equations if e is not question.equation)
        return "" if any(size_name(left_of(e)) == size and not is_number(e.members[-1]) for e in others) else size

    def _at_once(self, question: Question) -> str:
        """The role that does not turn on the definitions of the name; empty where it does."""
        item, function = question.item, question.function
        if item.used:
            return question.defining
        case = item.place.kind == INLINE and gives_a_number(item) and not self.standing.of(item)
        if item.words.negated and not case:         # similar (y = 1) or not (y = 0) speaks of two cases
            return CLAIMED
        if isinstance(item.statement, Equality) and item.statement.update and question.itself:
            return UPDATED
        if item.name in self.surveyor.survey.sizes and not item.member:
            return CONDITION
        if function and (self._is_value(question) or function in {a.name for a in self.surveyor.assumed}
                         or self._is_called_otherwise(question)):
            return CLAIMED
        return ""

    def _is_value(self, question: Question) -> bool:
        """Whether it gives a function at numbers, and the function stands above: O(32, 5, 0, 1) = 28; of one that could
        not be read, whether it says anything."""
        base = question.function.partition("(")[0]
        if any(i.role == UNREADABLE and i.name == base and i.number < question.item.number for i in self.items):
            return True
        return is_of_numbers(question.left) and bool(self.standing.meant.get(question.item.name))

    def _is_called_otherwise(self, question: Question) -> bool:
        """Whether a function is called with −x or x + y, or one that is defined with a name that is, which defines
        nothing."""
        meant = self.standing.meant
        return question.item.name in meant and is_of_a_name(question.left, meant) or is_of_a_sum(question.left)

    def _gives_back(self, question: Question) -> bool:
        """Whether it tells an input by what was computed from it: x_t = Σ_k y_k, after y_t = x_t − x_{t−1}."""
        name = question.item.name
        if name not in self.inputs or not any(m.indices for m, _ in question.equation.names[0]):
            return False
        between = self.standing.between(question.right & question.values - {name}, name) - {name}
        return bool(between) and gives_back(question.equation, name, between, self.surveyor.survey.equations)

    def _first(self, question: Question) -> str:
        """The role of an equation for a name without a definition."""
        item = question.item
        seen = item.name in self.standing.seen
        alone = not item.member and not question.function
        if alone and item.place.kind == INLINE and item.name in self.letters and is_to_a_name(question.equation):
            return CONDITION        # at t = w, where η(t) is a function; the term j = c
        if alone and item.place.kind == INLINE and not item.words.introduces and is_to_a_name(question.equation) \
                and {item.name, *question.values} <= self.inputs:
            return CONDITION        # away from y = f, with y > 0 and f > 0
        if seen and alone and item.place.kind == INLINE and gives_a_number(item):
            item.setting = not item.words.asked
            return CONDITION
        if question.condition and self._sets_a_condition(item, question.right, question.equation):
            item.setting = alone and not item.words.asked and item.place.kind == INLINE and gives_a_number(item)
            return CONDITION
        if seen and alone and item.words.solved:
            return CONDITION        # setting the gradient to zero gives w = …
        item.onward = question.condition and seen and not item.words.explains
        item.case = item.onward and item.words.asked
        if question.itself and alone:
            return UPDATED
        own = words([question.left]) if question.function else set()       # the n of f(n) = …
        own |= {item.name} if is_of_fixed_members(question.equation) else set()
        own |= {n for n in question.values if alone and is_numbered(n, item.name)}      # q = q_1 + q_2
        if question.function:       # η(t) is no η_0, by which it may be given
            own |= {n for n in question.right if n.rpartition("_")[0] == question.function}
        circle = self.standing.between(question.right & question.values - own, item.name) if seen else set()
        if circle and not any(item.member) and not is_shifted(circle, self.surveyor.survey.equations):
            return CLAIMED
        return question.defining

    def _another(self, question: Question, standing: list[Item]) -> str:
        """The role of an equation for a name that has definitions."""
        item, function = question.item, question.function
        if is_behind(question.left, standing):     # z^{(L)} = … after z^{(l)} = … for l < L
            return CLAIMED if goes_on(item, standing[-1]) else question.defining
        before = next((i for i in self.items if i.number == item.number - 1 and i.paragraph == item.paragraph), None)
        among = before is not None and before.role == CONDITION and gives_a_number(before)
        among = among or item.paragraph != standing[-1].paragraph and not item.words.conclusion
        if (question.condition or among) and not function and not item.member and all(
                i.place.kind == INLINE and gives_a_number(i) and not any(i.member) for i in (item, *standing)):
            for other in (item, *standing):     # when m = 256 …; when m = 10 …
                other.role, other.setting = CONDITION, True
            self.standing.begin_anew(item.name)
            return CONDITION
        if function and not all(is_plain(self.left_sides[id(i.statement.piece)], True) for i in standing):
            return question.defining       # PE(pos, 2i) and PE(pos, 2i + 1)
        if function and not is_plain(question.left, indexed=True):
            return CLAIMED
        if any(id(i.statement.piece) in self.indexed for i in standing):
            return CLAIMED                  # R_0 = I, where R_m is a matrix for every m
        start = any(self._begins(question.equation, i) for i in standing)
        if any(item.member) and any(not any(i.member) for i in standing) and not start \
                and (not is_before(question.equation) or any(self._is_given(question.equation, i) for i in standing)):
            return CLAIMED
        if is_another_member(item, standing) and not item.chained:
            return question.defining
        if question.condition and self._is_said_to_hold(item):
            return CLAIMED
        if question.condition:
            return CONDITION
        if standing[0].role == NAMED and not derivative_by(question.equation.members[1]) \
                and (standing[0].part == item.part or self._is_of_the_same(question, standing[0])):
            return CLAIMED
        if item.chained or self._is_one_of_two(item) or not (
                self.anew.is_given(question, standing) or self.standing.competes(item, question.right, standing)):
            return CLAIMED
        self.standing.begin_anew(item.name)
        return question.defining

    def _is_said_to_hold(self, item: Item) -> bool:
        """Whether it is what something satisfies that the text computes; an input that satisfies it is told. Inside a
        sentence it has to be about what is computed, and said of a thing."""
        if item.place.kind == INLINE:
            known, names = self.standing.meant, [n.parts[0].text for n in walk(item.sides[0]) if n.kind == "name"]
            about = [bool(known.get(n)) or n in self.surveyor.survey.random for n in names]
            return item.words.fulfils and item.words.of_a_thing and bool(about) and all(about)
        return item.words.fulfils and any(self.standing.meant.get(n) for n in item.names)

    def _is_one_of_two(self, item: Item) -> bool:
        """Whether two equations for the name stand one right below the other: both say what it is, and neither means
        something else."""
        left = written_left(item)
        for other in (i for i in self.items if abs(i.number - item.number) == 1 and not i.chained):
            first, second = sorted((item, other), key=lambda i: i.number)
            end = first.statement.piece.at + len(first.statement.piece.text)
            between = self.text[end:second.statement.piece.at]
            if left and written_left(other) == left and item.place.kind != INLINE \
                    and not _WORDS.search(between):
                return True
        return False

    def _is_of_the_same(self, question: Question, named: Item) -> bool:
        """Whether what stands under another heading for a derivative with a name speaks of nothing else than what was
        said above: δ = h ⊙ (1 − h) ⊙ Wᵀγ among mistakes. Of an arbitrary loss, it has gradients on its right then."""
        meant, item = self.standing.meant, question.item
        gradients = any(i.role == NAMED for n in question.right for i in meant.get(n, ()))
        return all(n in self.standing.seen and not any(
            i.chapter == item.chapter != named.chapter for i in meant.get(n, ())) for n in question.right) \
            and (gradients or question.itself or any(meant.get(n) for n in named.above))

    def _begins(self, equation: Equation, standing: Item) -> bool:
        """Whether an equation gives the member with which a definition that stands, a recursion, begins."""
        recursion = self.equations.get(standing.number)
        return recursion is not None and begins(equation, recursion, self._ranges)

    def _is_given(self, equation: Equation, standing: Item) -> bool:
        """Whether the range of a definition that stands holds the member that an equation is about."""
        steps = self.equations.get(standing.number)
        return steps is not None and is_given(equation, steps, self._ranges)

    def _is_explained(self, item: Item, equation: Equation) -> bool:
        """Whether it says what a name means that its sentence has just brought in, by names that are known."""
        first = self.standing.seen.get(item.name)
        before = next((i for i in self.items if i.number == first), None)
        known = self.standing.seen.keys() - {item.name}
        return before is not None and before.paragraph == item.paragraph and before.role in (DEFINED, NAMED) \
            and is_computed(equation.members[1]) and item.names - {item.name} <= known

    def _is_step(self, item: Item, equation: Equation) -> bool:
        """Whether an equation is about one member, h_0, of what the page defines step by step."""
        member = subject(equation)
        return any(item.member) and member is not None and any(
            e is not equation and (s := subject(e)) is not None and s.name == member.name
            and not any(place_of(s, self.ends))
            for e in self.surveyor.survey.equations)

    def _sets_a_condition(self, item: Item, right: set[str], equation: Equation) -> bool:
        """Whether `if b = 0` speaks of a case; `where x̄ = …` says what a name above means, `let p = σ(θ)` with a θ that
        is new gives p another form, and so does `if p = σ(θ)` where nothing on its right was seen."""
        seen = self.standing.seen
        alone = not item.names - {item.name}
        if is_written_out(equation.formula.tree.parts[0][1]):
            return False        # let x = (1, 2, 3)
        if (not item.words.asked or item.words.fulfils) and self._is_step(item, equation):
            return False        # let h_0 = 0
        if not item.words.asked and letters_of_members(equation) & words(equation.members[1:]) \
                and (alone or is_computed(equation.members[1])):
            return False        # let m_{ij} = 1[j ≤ i], with y_i = Σ_j w_j x_{i+j−1}
        if not item.words.asked and self._is_explained(item, equation):
            return False        # ŷ = H y with H = X (XᵀX)⁻¹ Xᵀ
        if item.name not in seen or alone:
            return alone and (item.name in seen or not item.sizes)
        if item.words.asked:
            return bool((right - {item.name}) & seen.keys()) or item.words.fulfils
        if any(item.name in i.above for i in self.items if i.number < item.number):
            return False        # δ = ∂L/∂h with L = …: what was differentiated is no input
        return not (item.words.explains or (item.words.introduces and right - {item.name} - seen.keys()))
