"""From statements to an outline: chains taken apart, and of each equation whether it defines, claims, or sets a
condition. Names are resolved for the document as a whole, as far as it can be read.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from derive.documents import statements as said
from derive.documents.called import call
from derive.documents.families import items, recurrences
from derive.documents.gradients import below
from derive.documents.model import Elsewhere, Equation, ignored, letter_of, relation_range
from derive.documents.outline import (
    ASSUMED,
    CLAIMED,
    CONDITION,
    DECLARED,
    DEFINED,
    NAMED,
    OPERATION,
    ORDERED,
    SKIPPED,
    UNREADABLE,
    UPDATED,
    WANTED,
    Item,
    Outline,
)
from derive.documents.places import DIRECTIVE, INLINE, Place
from derive.documents.problems import Unreadable
from derive.documents.roles import derivative_by, place_of, subject
from derive.documents.rows import Link, links
from derive.documents.statements import Statement
from derive.documents.survey import Surveyor
from derive.documents.trees import Formula, walk
from derive.documents.words import Words, words_before
from derive.reading.syntax import Node

_ROLES = {said.Declaration: DECLARED, said.Law: DECLARED, said.Relation: ASSUMED, said.Range: ASSUMED,
          said.Assume: ASSUMED, said.Wanted: WANTED, said.Skipped: SKIPPED, said.Order: ORDERED,
          said.Used: ORDERED}
_CHAPTER = re.compile(      # headings, and titles in bold or italics on lines of their own
    r"(?m)^(?:#{1,6}[ \t]|(?:[-*+]|\d+[.)])?[ \t]*(?P<mark>\*{1,3}|_{1,3})(?=\S)[^\n]{1,80}(?P=mark)"
    r"[^\S\n]*[:：]?[^\S\n]*$)")
_SECTION = re.compile(r"(?m)^#{1,3}[ \t]")
_PART = re.compile(r"(?m)^#{1,6}[ \t]")
_INDEX = re.compile(r"(.+?)_(?!in$|st$)[ijklmnpqrstτ]{1,2}$")
_NUMBER = re.compile(r"(.+?)_\d$")
_AROUND_A_DISPLAY = " \t\r\n$`[\\"
_FOR = re.compile(r"[\s$`)\\,，]*(?:\(?\s*(?:for|when(?:ever)?|if|where|provided)(?:\s+(?:all|any|every|each))?|"
                  r"（?(?:对于?|当|若|其中)(?:所有|任意)?|[(（])[\s$`\\]*")
_SINGLE = re.compile(r"(?<![A-Za-z\\])[a-zτ](?![A-Za-z])")
_BLANK_LINE = re.compile(r"\n[ \t]*(?=\n)")
_A_NUMBER = re.compile(r"\s*[-−]?\d+(?:\.\d+)?(?:\s*/\s*\d+)?\s*")
_EQUALS = re.compile(r"\S(?=\s*$)")


def outline(stream: Sequence[Statement], text: str, found: Sequence[Place]) -> Outline:
    """The outline of what `statements(places(text)).every` holds."""
    items = list(_with_ranges_behind(list(_items(with_entries(stream, text), text, found)), text))
    sizes, widths, names = set[str](), set[str](), set[str]()
    seen: dict[tuple[int, str], int] = {}
    single: dict[str, str] = {}
    linked: list[tuple[Link, list[Item]]] = []
    for scope in {i.scope for i in items}:
        sorter = _Sorter([i for i in items if i.scope == scope])
        sorter.sort()
        sizes |= sorter.surveyor.survey.sizes.keys() - {i.name for i in items}
        widths |= sorter.surveyor.survey.widths
        seen.update({(scope, name): number for name, number in sorter.seen.items()})
        names |= sorter.surveyor.known
        single |= below(sorter.surveyor.survey.equations)
        linked += sorter.linked(text)
    whole = Elsewhere(frozenset(sizes), frozenset(names), single)
    return Outline(items, whole.sizes, frozenset(widths), seen, whole, tuple(linked))


def with_entries(stream: Sequence[Statement], text: str) -> Sequence[Statement]:
    """The statements with the entries that they use."""
    if not any(isinstance(s, said.Order) and s.what == "use" for s in stream):
        return stream
    from derive.documents.used import brought_in

    return list(brought_in(stream, text))


def _items(stream: Sequence[Statement], text: str, found: Sequence[Place]) -> Iterator[Item]:
    starts = [p.start for p in found]
    chapters = [m.start() for m in _CHAPTER.finditer(text)]
    sections = [m.start() for m in _SECTION.finditer(text)]
    parts = [m.start() for m in _PART.finditer(text)]
    blanks = [m.start() for m in _BLANK_LINE.finditer(text)]
    number, scope = 0, 0
    expected: tuple[str, Place | None] | None = None        # why, and in which place
    before: Place | None = None
    for statement in stream:
        place = found[max(0, bisect_right(starts, statement.piece.at) - 1)]
        if isinstance(statement, said.Order):
            scope += statement.what == "new scope"
            if statement.what.startswith("expect"):
                expected = statement.rest, None
        elif expected is not None and place.kind != DIRECTIVE:
            expected = (expected[0], place) if expected[1] in (None, place) else None
        words = words_before(text, place.start) if place is not before and place.kind != DIRECTIVE else Words()
        for k, (part, at) in enumerate(_parts(statement)):
            role = _ROLES.get(type(part), UNREADABLE)
            item = Item(number, part, role, place, scope, at=at, chained=k > 0, words=words)
            if isinstance(statement, said.Used):
                item.used, item.chained = statement.name if k else "", False
            item.chapter, item.section = bisect_right(chapters, place.start), bisect_right(sections, place.start)
            item.part = bisect_right(parts, place.start)
            item.paragraph = bisect_left(blanks, _text_above(text, place))
            item.problem = part.why if isinstance(part, said.Refused) else ""
            if isinstance(part, said.Used) and part.problem:
                item.role, item.problem = UNREADABLE, part.problem
            item.expected = expected[0] if expected and place.kind != DIRECTIVE else None
            yield item
            number += 1
        before = place


def _with_ranges_behind(items: list[Item], text: str) -> Iterator[Item]:
    """In a sentence, `G_t = r_t + γ G_{t+1}` for `t < T`: the range belongs to the equation in front of it."""
    for k, item in enumerate(items):
        if k + 1 < len(items) and isinstance(item.statement, said.Equality) and item.place.kind == INLINE:
            behind = items[k + 1]
            between = text[item.statement.piece.at + len(item.statement.piece.text):behind.statement.piece.at]
            letters = _SINGLE.findall(behind.statement.piece.text)
            if isinstance(behind.statement, (said.Range, said.Relation)) and behind.place.kind == INLINE \
                    and behind.place is not item.place and _FOR.fullmatch(between) \
                    and any(_is_index(x, item.statement.piece.text) for x in letters):
                item.statement = replace(item.statement, conditions=(*item.statement.conditions, behind.statement))
                behind.only = item.place.start
        yield item


def _is_index(letter: str, formula: str) -> bool:
    """Whether a letter stands below a name in a formula, or above one in parentheses."""
    alone = rf"(?<![A-Za-z\\]){letter}(?![A-Za-z])"
    return bool(re.search(rf"_\s*(?:{letter}|\{{[^{{}}]*{alone})|\^\s*\{{?\s*[(\[][^()\[\]]*{alone}", formula))


def _text_above(text: str, place: Place) -> int:
    """Where the text ends that a display goes on with; inside a sentence, where the formula stands."""
    if place.kind == INLINE:
        return place.start
    return len(text[:place.start].rstrip(_AROUND_A_DISPLAY))


def _parts(statement: Statement) -> Iterator[tuple[Statement, int]]:
    """A chain a = b = c as a = b and a = c, with where each is shown; every character keeps its place. A used entry is
    what it says."""
    if isinstance(statement, said.Used):
        yield from ((s, statement.piece.at) for s in (statement, *statement.brought))
        return
    yield_whole = not isinstance(statement, said.Equality) or len(statement.members) < 3
    if yield_whole:
        yield statement, statement.piece.at
        return
    assert isinstance(statement, said.Equality)
    first, *rest = statement.members
    whole = statement.piece
    end = first.at - whole.at + len(first.text)
    for member in rest:
        start = member.at - whole.at
        between = _EQUALS.sub("=", re.sub(r"[^\n]", " ", whole.text[end:start])[:-1] + "=") if member is not rest[0] \
            else whole.text[end:start]
        piece = said.Piece(whole.text[:end] + between + whole.text[start:start + len(member.text)], whole.at)
        part = said.Equality(piece, (first, member), statement.conditions, statement.update)
        yield part, whole.at if member is rest[0] else member.at


class _PageSurveyor(Surveyor):
    """A survey in which calls of the document's functions stay as they are written: a function may be defined twice."""

    def _put_in(self, defined: set[str]) -> None:
        self.defined = defined


class _Sorter:
    """Sorts the statements of one scope."""

    def __init__(self, items: list[Item]):
        self.items = items
        self.meant: dict[str, list[Item]] = {}      # the definitions of each name that stand so far
        self.seen: dict[str, int] = {}              # where each name stands first
        self.trees: dict[int, Formula] = {}
        self.variants: dict[str, int] = {}

    def sort(self) -> None:
        said_here = [i.statement for i in self.items if i.role not in (SKIPPED, ORDERED) and not i.problem]
        surveyor = _PageSurveyor(said_here)
        try:
            survey = surveyor.run()
            equations = survey.equations
            problems = survey.problems
        except Unreadable as problem:
            equations, problems = surveyor.survey.equations, [*surveyor.survey.problems, problem]
        self.surveyor = surveyor
        found = {id(e.formula.piece): e for e in equations}
        trees = self.trees = {id(f.piece): f for _, f, _ in surveyor.trees}
        for item in self.items:
            if item.role == DECLARED:
                self._declared(item)
            elif isinstance(item.statement, said.Range):
                item.letter = self._letter(item.statement.letter)
            elif isinstance(item.statement, said.Relation):
                item.letter, both = self._ranged(item.statement)
                if item.letter and not both and item.only is None:
                    item.only = self._next_display(item)
                item.uses = frozenset(self._names_in(item.statement.piece))
                item.problem = _told(item.statement, problems)
                item.role = UNREADABLE if item.problem else item.role
            elif isinstance(item.statement, (said.Equality, said.Wanted, said.Assume)):
                equation = found.get(id(item.statement.piece))
                formula = trees.get(id(item.statement.piece))
                if formula is not None:
                    item.sizes = frozenset(n.parts[0].text for n in walk(formula.tree) if n.kind == "ident"
                                           and n.parts[0].text in surveyor.survey.sizes)
                if equation is None or len(equation.names) < 2 and isinstance(item.statement, said.Equality):
                    item.role = UNREADABLE
                    item.problem = _told(item.statement, problems) or "this cannot be read"
                    item.name = self._left_name(item.statement)
                    self._by_letters(item, formula)
                    item.sides = formula.tree.parts[0] if formula and formula.tree.kind == "relation" else ()
                else:
                    self._equation(item, equation)
            for name in item.names | ({item.name} if item.name else set()):
                self.seen.setdefault(name, item.number)

    def linked(self, text: str) -> Iterator[tuple[Link, list[Item]]]:
        """Samples that may be rows of a matrix, each with a definition that says so."""
        for link in links(self.surveyor.kinds, [f.tree for f in self.trees.values()], text):
            beside = next((i for i in self.items if i.statement is link.beside), None)
            if beside is not None and link.name not in self.meant:
                made = replace(beside, statement=link.statement, role=DEFINED, name=link.name, declared=(),
                               uses=frozenset([link.name, link.matrix]))
                shape = [replace(beside, statement=link.shape, declared=(link.name,), uses=frozenset([link.name]))
                         ] if link.shape is not None else []
                yield link, [beside, *shape, made]

    # -- declarations and assumptions ----------------------------------------------------------------------------
    def _declared(self, item: Item) -> None:
        statement = item.statement
        if isinstance(statement, said.Law):
            self._law(item, statement)
            return
        assert isinstance(statement, said.Declaration)
        for what, names in ((k, n) for s, k, n, _ in self.surveyor.kinds if s is statement):
            members = [self.surveyor.member_of(n.tree) for n in names]
            if what.dimensions is not None:
                item.declared = tuple(key(m.name) if m else "" for m in members)
                item.uses = frozenset(n for n in item.declared if n)
            return
        item.role = UNREADABLE
        item.problem = _told(statement, self.surveyor.survey.problems) or "this declaration cannot be read"

    def _letter(self, piece: said.Piece) -> str:
        with ignored():
            return letter_of(self.surveyor.reader.formula(piece).tree)
        return ""

    def _ranged(self, statement: said.Relation) -> tuple[str, bool]:
        """The letter that a relation such as 1 ≤ t ≤ T bounds, and whether it does so on both sides."""
        formula = next((f for s, f in self.surveyor.bounds if s is statement), None)
        found = relation_range(formula.tree) if formula is not None else None
        if found is None or found.letter not in self.surveyor.survey.ranges:
            return "", False
        return found.letter, found.low is not None and found.high is not None

    def _next_display(self, item: Item) -> int:
        """Where the next display begins: "for t < T" in a sentence is about that one."""
        return next((i.place.start for i in self.items if i.number > item.number and i.place.kind != INLINE),
                    item.place.start)

    def _law(self, item: Item, statement: said.Law) -> None:
        found = [self.surveyor.member_of(f.tree) for s, _, f, _ in self.surveyor.laws if s is statement]
        item.problem = _told(statement, self.surveyor.survey.problems)
        item.role = UNREADABLE if item.problem else DECLARED
        item.declared = tuple(key(m.name) if m else "" for m in found)
        item.uses = frozenset(n for n in item.declared if n)

    def _names_in(self, piece: said.Piece) -> Iterable[str]:
        formula = next((f for s, f in self.surveyor.bounds if s.piece is piece), None)
        for node in walk(formula.tree) if formula else ():
            member = self.surveyor.member_of(node)
            if member is not None and member.name not in self.surveyor.survey.sizes:
                yield key(member.name)

    def _left_name(self, statement: Statement) -> str:
        """The name or function on the left of an equation of which the rest cannot be read; empty for anything else."""
        if not isinstance(statement, said.Equality):
            return ""
        with ignored():
            left = self.surveyor.reader.formula(statement.members[0]).tree
            if left.kind == "apply":
                return left.parts[0].text
            factors: list[Node] = list(left.parts[0]) if left.kind == "product" else [left]
            called = len(factors) == 2 and factors[1].kind == "group"
            member = self.surveyor.member_of(factors[0]) if called or len(factors) == 1 else None
            return key(member.name) if member is not None and not member.rest else ""
        return ""

    def _by_letters(self, item: Item, formula: Formula | None) -> None:
        """The names of an equation that the page as a whole does not explain, as far as letters tell them."""
        if formula is not None:
            found = {m.name for n in walk(formula.tree) if (m := self.surveyor.member_of(n)) is not None}
            item.uses = keys(found)

    # -- equations -----------------------------------------------------------------------------------------------
    def _equation(self, item: Item, equation: Equation) -> None:
        item.sides = equation.members
        pairs = [pair for side in equation.names for pair in side]
        item.derived = keys(m.name for m, role in pairs if role != "value")
        item.above = keys(m.name for m, role in pairs if role == "numerator")
        item.bare = frozenset(m.name for m, _ in pairs) - keys(m.name for m, _ in pairs if items(m))
        item.stepwise = any(recurrences(equation))
        called = {called_as(n) for n in walk(equation.formula.tree) if n.kind == "apply"
                  and n.parts[0].text.rstrip("'") in self.surveyor.defined}
        item.uses = keys({m.name for m, role in pairs if role == "value"}) | called
        if item.role != CLAIMED and isinstance(item.statement, said.Equality):
            item.role = self._role(item, equation)
        if item.role in (DEFINED, NAMED):
            item.variant = self.variants.get(item.name, 0)
            for name in keys([item.name]):
                self.meant.setdefault(name, []).append(item)

    def _role(self, item: Item, equation: Equation) -> str:
        statement = item.statement
        assert isinstance(statement, said.Equality)
        function = self._function(item, equation)
        member = subject(equation)
        weak = item.words.condition and item.place.kind == INLINE and member is not None and not item.derived
        condition = item.words.asked or weak
        right = set(keys(m.name for m, role in equation.names[1] if role == "value"))
        if function:
            item.name, right = function, set(item.uses - {function})
        elif member is not None:
            item.name, item.member = key(member.name), place_of(member)
            if item.name != member.name:
                item.member = ("", *item.member)
        else:
            return CONDITION if condition else self._free(equation, item)
        if item.used:
            return DEFINED
        itself = item.name in {key(m.name) for m, role in equation.names[1] if role == "value"}
        if statement.update and itself:
            return UPDATED
        if item.name in self.surveyor.survey.sizes and not item.member:
            return CONDITION
        numbers = self._of_numbers(item) if function else False
        if numbers and (self.meant.get(item.name) or any(i.role == UNREADABLE and i.name == function.partition("(")[0]
                                                         for i in self.items)):
            return CLAIMED
        if function and (function in {a.name for a in self.surveyor.assumed} or self._is_called_otherwise(item)):
            return CLAIMED
        standing = [i for i in self.meant.get(item.name, []) if i.name == item.name or item.member]     # m is no m_1
        if not standing and item.place.kind == INLINE and item.name in self.seen and not item.member and not function \
                and _A_NUMBER.fullmatch(statement.members[-1].text):
            item.setting = True
            return CONDITION
        if not standing:
            if condition and self._sets_a_condition(item, right):
                return CONDITION
            item.onward = condition and item.name in self.seen and not item.words.explains
            if itself and not item.member and not function:
                return UPDATED
            exact = right & {key(m.name) for m, role in equation.names[1] if role == "value"}
            if item.name in self.seen and not item.member and self._rests_on(exact, item.name):
                return CLAIMED
            return self._defining(equation, function)
        if function and not all(self._is_plain(i) for i in standing):
            return self._defining(equation, function)       # PE(pos, 2i) and PE(pos, 2i + 1)
        if function and not self._is_plain(item):
            return CLAIMED
        another = bool(item.member) and item.member not in {i.member for i in standing}
        general = any(not any(i.member) for i in standing)
        if general and any(item.member) and not self._is_before(equation):
            return CLAIMED
        if another and (any(item.member) or all(any(i.member) for i in standing)) and not item.chained:
            return self._defining(equation, function)
        if condition:
            return CONDITION
        if standing[0].role == NAMED and standing[0].part == item.part and not derivative_by(equation.members[1]):
            return CLAIMED
        if item.chained or not self._competes(item, right, standing):
            return CLAIMED
        self.variants[item.name] = self.variants.get(item.name, 0) + 1
        self.meant[item.name] = []
        return self._defining(equation, function)

    def _sets_a_condition(self, item: Item, right: set[str]) -> bool:
        """Whether `if b = 0` speaks of a case; `where x̄ = …` says what a name above means, and `let p = σ(θ)` with a θ
        that is new gives p another form."""
        alone = not item.names - {item.name}
        if item.name not in self.seen or alone:
            return alone and (item.name in self.seen or not item.sizes)
        if item.words.asked:
            return True
        return not (item.words.explains or (item.words.introduces and right - {item.name} - self.seen.keys()))

    @staticmethod
    def _defining(equation: Equation, function: str) -> str:
        return NAMED if not function and derivative_by(equation.members[1]) else DEFINED

    @staticmethod
    def _is_before(equation: Equation) -> bool:
        """Whether h_0 = … defines a member before those of h_t = …: its index is 0."""
        member = subject(equation)
        found = [n for n in items(member) if n.kind == "number"] if member is not None else []
        label = member.name.rpartition("_")[2] if member is not None else ""
        return any(float(n.parts[0].text) < 1 for n in found) or label == "0"

    def _is_plain(self, item: Item) -> bool:
        """Whether a function is defined for arguments that are letters: f(x), not f(2 i)."""
        tree = self.trees[id(item.statement.piece)].tree
        if tree.parts[0][0].kind != "apply":
            return True
        arguments = tree.parts[0][0].parts[2]
        given = arguments.parts[0] if arguments.kind == "group" else (arguments,)
        return all(n.kind == "ident" for n in given)

    def _of_numbers(self, item: Item) -> bool:
        """Whether it is a value of a function: O(32, 5, 0, 1) = 28."""
        given = (call(self.trees[id(item.statement.piece)].tree.parts[0][0]) or ("", ()))[1]
        return bool(given) and all(a.kind == "number" for a in given)

    def _is_called_otherwise(self, item: Item) -> bool:
        """Whether a function is called with −x or x + y, or one that is defined with a name that is, which defines
        nothing."""
        left = self.trees[id(item.statement.piece)].tree.parts[0][0]
        given = (call(left) or ("", ()))[1]
        if item.name in self.meant and any(a.kind == "ident" and a.parts[0].text in self.meant for a in given):
            return True
        return any(a.kind == "sum" and (len(a.parts[0]) == 1 or not any(n.kind == "number" for n in a.parts[1]))
                   for a in given)

    def _free(self, equation: Equation, item: Item) -> str:
        """An equation without a name on its left: a claim, or the definition of an operation, (f * g)[n] = …"""
        left = equation.formula.tree.parts[0][0]
        base, scripts = left.parts if left.kind == "scripted" else (left, ())
        operated = base.kind == "group" and any(s.kind == "picked" for s in scripts)
        both = left.kind == "product" and [n.kind for n in left.parts[0]] == ["group", "group"]
        if operated or (both and "*" in str(left.parts[0][0].parts)):
            return OPERATION
        return CLAIMED

    def _function(self, item: Item, equation: Equation) -> str:
        """The function that an equation f(x) = … is about."""
        left = equation.formula.tree.parts[0][0] if equation.formula.tree.kind == "relation" else None
        if left is None or left.kind != "apply" or left.parts[0].text not in self.surveyor.defined:
            return ""
        if left.parts[1] or left.parts[2].kind == "scripted":
            return ""           # R(φ)ᵀ
        return called_as(left)

    def _rests_on(self, names: Iterable[str], name: str) -> bool:
        """Whether some names are computed from another one."""
        work, seen = list(names), set[str]()
        while work:
            current = work.pop()
            if current not in seen:
                seen.add(current)
                work += [n for i in self.meant.get(current, ()) for n in i.uses]
        return name in seen

    def _competes(self, item: Item, right: Iterable[str], standing: list[Item]) -> bool:
        """Whether a second equation for a name defines it anew: it speaks of something that came after the first one
        and was not computed from it, or it is said to be an alternative."""
        if item.words.alternative or (item.chapter != standing[0].chapter and not item.words.conclusion):
            return True
        since = standing[-1].number
        work, seen = list(right), set[str]()
        while work:
            name = work.pop()
            if name in seen or name == item.name:
                continue
            seen.add(name)
            if self.seen.get(name, item.number) > since and not self._rests_on([name], item.name):
                return True
            work += [n for i in self.meant.get(name, ()) for n in i.uses]
        return False


def key(name: str) -> str:
    """A name without what may be an index: h for h_t. What is a label in one formula is an index in another one, and a
    document that does not declare its names tells neither for certain."""
    found = _INDEX.match(name)
    return found[1] if found else name


def keys(names: Iterable[str]) -> frozenset[str]:
    """The names, and of each with a number the name without it: h_0 may be a member of h."""
    found = {key(n) for n in names}
    return frozenset(found | {m[1] for n in found if (m := _NUMBER.match(n))})


def called_as(node: Node) -> str:
    """A function with the number of its arguments, where there is more than one: H(p) is no H(p, q)."""
    _, given = call(node) or ("", ())
    name = node.parts[0].text.rstrip("'")
    return name if len(given) == 1 else f"{name}({len(given)})"


def _told(statement: Statement, problems: Iterable[Unreadable]) -> str:
    piece = statement.piece
    return next((p.message for p in problems if piece.at <= p.at <= piece.at + len(piece.text)), "")


__all__ = ["outline"]
