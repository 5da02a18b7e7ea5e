"""Claims and assumptions of a document, read when its program is there."""

from __future__ import annotations

from contextlib import suppress

from derive.claims import EQUAL, Claim
from derive.derivation import jacobian_name, total_name
from derive.documents.names.macros import expanded
from derive.documents.names.model import Equation, position
from derive.documents.problems import Unreadable
from derive.documents.program.existing import where_they_exist
from derive.documents.program.layouts import laid_out, layout_of
from derive.documents.program.reader import DocumentReader
from derive.documents.roles.roles import Definition, Stated
from derive.documents.shapes.row_names import with_rows
from derive.documents.trees.beside import multiplied
from derive.documents.trees.bound_letters import bound_letters, letters_as_numbers
from derive.documents.trees.indices import NoIndex, Polynomials
from derive.documents.trees.trees import walk as walk_tree
from derive.expression import Expr, Ref, Term, delta, expression, map_terms, names, walk
from derive.index import Letter, Poly, apart, poly
from derive.notation.layout import Equation as OnPage
from derive.program import Equation as Abbreviation, ProgramError, SumsToOne, Variable, check_members
from derive.reading import ReadingError, Scope
from derive.reading.errors import ShapeMismatch
from derive.reading.formula import Reading, read_sides
from derive.reading.indices import arguments
from derive.reading.letters import Limits
from derive.reading.nodes import plain
from derive.reading.syntax import Node
from derive.reading.tokens import Lexeme
from derive.rewrite import unfold
from derive.stated import StatedPage


def rising(equation: Equation) -> tuple[Node, ...]:
    """k ≤ t, where a product runs from k + 1 to t and nothing else is said of k, which is free."""
    bound = {x for side in equation.members for x in bound_letters(side)}
    for side in equation.members:
        for node in walk_tree(side):
            if node.kind != "big_product":
                continue
            low = next((i.parts[0][1] for s in node.parts[0] if s.kind == "lowered" for i in arguments(s.parts[0])
                        if i.kind == "relation" and len(i.parts[0]) == 2), None)
            high = next((plain(s.parts[0]) for s in node.parts[0] if s.kind == "raised"), None)
            if high is None or low is None or high.kind != "ident":
                continue
            if low.kind != "sum" or low.parts[0] != (False, False):
                continue
            first, more = low.parts[1]
            if first.kind == "ident" and more.kind == "number" and first.parts[0].text not in bound:
                return (Node("relation", ((first, high), ("≤",)), side.at),)
    return ()


class NoSuchMember(Unreadable):
    """A claim speaks of members that do not exist."""


class ClaimReader:
    """Reads equations that define nothing. `called` are the document's own names of derivatives."""

    def __init__(self, reader: DocumentReader, page: StatedPage, called: dict[str, str]):
        self.reader, self.page, self.program, self.called = reader, page, page.program, called
        signatures = dict(self.program.signatures)
        for by, name in called.items():
            if by in signatures:
                signatures[name] = signatures[by]
        for of, by in page.jacobians:
            signatures[jacobian_name(of, by)] = signatures[of] + apart(signatures[by])
        for of, by in page.totals:
            signatures[total_name(of, by)] = signatures[of] + apart(signatures[by])
        for of, by in page.seconds:
            if of in signatures and by in signatures:
                signatures[total_name(f"∂{of}", by)] = signatures[of] + apart(signatures[by])
        for definition in reader.short:
            signatures[definition.name] = reader.signatures[definition.name]
        self.short: dict[str, Abbreviation] = {}
        told = reader.scope.from_zero
        from_zero = {**told, **{name: told[by] for by, name in called.items() if by in told}}
        self.scope = Scope(signatures, self.program.sizes, self.program.functions, self.program.loss_symbol,
                           from_zero=from_zero)

    # -- assumptions ---------------------------------------------------------------------------------------------
    def assume(self, stated: list[Equation]) -> None:
        """`Σ_k y_k = 1`, the one equality that can be taken as given."""
        for equation in stated:
            if self.reader.checking and any(m.name not in self.scope.signatures for m, _ in equation.seen):
                continue        # of a name that stood in a function only
            reading = self._reading(equation, equation.members[0], equation.members[1])
            assert reading.left is not None
            normalizer = self.program.normalizer(assuming=False)
            for name in sorted(names(reading.left) & self.program.variables.keys()):
                assumption = SumsToOne(name)
                if self.program.variables[name].axes and normalizer.equal(reading.right, expression(1)):
                    if normalizer.equal(self._for_all(reading.left, name), assumption.sides(self.program)[0]):
                        self.program.assumptions.append(assumption)
                        break
            else:
                raise Unreadable("only assumptions such as Σ_k y_k = 1 can be used yet", equation.at)

    def _for_all(self, left: Expr, name: str) -> Expr:
        """An expression with the letters of the name's own axes in place of those that stand free."""
        values: dict[Letter, Poly] = {}
        for node in walk(left):
            if isinstance(node, Ref) and node.name == name:
                for index, axis in zip(node.indices, self.program.variables[name].axes):
                    if index.letter in left.free and index.letter is not None:
                        values[index.letter] = poly(axis)
        return left.substitute(values)

    # -- claims --------------------------------------------------------------------------------------------------
    def read(self, stated: list[Stated]) -> list[Claim]:
        found: list[Claim] = []
        for definition in self.reader.short:
            self._shorten(definition)
        for claim in stated:
            try:
                found.append(self._claim(claim))
            except Unreadable as problem:
                self.reader.problems.append(problem)
        return found

    def _shorten(self, definition: Definition) -> None:
        """δ = (Wᵀ ∂L/∂y) ⊙ σ'(z): the name is written out wherever a claim uses it, unless a definition uses it too:
        there it is held."""
        assert definition.written is not None
        if self.program.users(definition.name):
            return
        equation = definition.equation
        reading = self._reading(equation, equation.members[0], definition.written[0])
        letters = [p.letter for p in reading.member.indices] if reading.member is not None else []
        if reading.member is None or not all(letters):
            raise Unreadable(f"{definition.name} is defined with a derivative in it, member by member", equation.at)
        right = unfold(expanded(reading.right, self.reader.bodies), self.short)
        self.short[definition.name] = Abbreviation(definition.name, tuple(x for x in letters if x), right)

    def _claim(self, claim: Stated) -> Claim:
        """A claim for the usual values of letters that count, t = 1, …, T, without what stands before the first step or
        behind the last one, and for all values of others. Where a member does not exist for those, for all values for
        which each does, or else for the usual ones of every letter."""
        counting = self.reader.families.ranges.sequences
        with suppress(Unreadable):
            return self._stated(claim, counting)
        try:
            return self._stated(claim, frozenset())
        except NoSuchMember as error:
            with suppress(Unreadable):
                return self._stated(claim, claim.equation.context.left)
            raise error from None

    def _stated(self, claim: Stated, usual: frozenset[str]) -> Claim:
        reading = self._reading(claim.equation, claim.left, claim.right, usual)
        assert reading.left is not None and isinstance(reading.layout, OnPage)
        left, right = (self._renamed(unfold(expanded(side, self.reader.bodies), self.short))
                       for side in (reading.left, reading.right))
        for tree in claim.equation.apart:
            left, right = (self._off(side, tree, reading) for side in (left, right))
        existing = self.reader.interpretation.existing
        if existing:
            left, right = where_they_exist(left, right, self._variables(), existing)
        for side in (left, right):
            self._want_all(side, claim.equation)
            self._check(side, claim.equation)
        place = self.reader.place(claim.equation.at)
        if claim.equation.steps:
            return Claim(place, left, right, written=reading.layout, where=self._where(claim.equation))
        if claim.equation.relation != EQUAL:
            return Claim(place, left, right, relation=claim.equation.relation)
        if reading.member is None or claim.equation.apart or existing:
            return Claim(place, left, right, written=reading.layout)
        node = self._renamed(expression(reading.member)).terms[0].factors[0][0]
        assert isinstance(node, Ref)
        if node.name in self.short:
            return Claim(place, left, right, written=reading.layout)
        return Claim(place, node, right, written=reading.layout)

    def _off(self, side: Expr, tree: Node, reading: Reading) -> Expr:
        """A side times 1 − [i = j], for an equation with i ≠ j."""
        letters = {a.name: a for a in reading.left.free | reading.right.free} if reading.left is not None else {}
        indices = Polynomials(letters, self.reader.sizes)
        try:
            first, second = map(indices.of, tree.parts[0])
        except NoIndex as error:
            raise Unreadable("a condition i ≠ j is about letters of its equation", error.at) from None
        return side * (expression(1) - expression(delta(first - second)))

    def _where(self, equation: Equation) -> Expr:
        """One at the values for which a claim is stated. One for values that nothing has would hold whatever it says.

        Raises:
            Unreadable: where there are none.
        """
        found = expression(1)
        for step in equation.steps:
            reading = self._reading(equation, step, Node("number", (Lexeme("NUMBER", "0", step.at),), step.at))
            found = found * (reading.left or Expr())
        if self.program.normalizer().equal(found, Expr()):
            raise Unreadable("the values for which this is stated do not occur", equation.at)
        return found

    def _reading(self, equation: Equation, left: Node, right: Node, usual: frozenset[str] = frozenset()
                 ) -> Reading:
        rows = self.reader.rows
        rows |= {d.name for d in self.reader.roles.derivatives if d.by in rows}
        way = self.reader.interpretation.beside
        layout = layout_of(equation.layout, left, self.program)
        sides = [multiplied(with_rows(laid_out(side, layout, self.program, side is right), rows), way)
                 for side in (left, right)]
        stated = self.reader.families.ranges.of(equation)
        own = {r.letter for r in equation.ranges}
        known = own | self.reader.survey.ranges.keys()
        ended = {r.letter for r in equation.ranges if r.own and r.high is not None}     # t ≥ 1 does not say how far
        limits = {x: Limits(*ends, x in ended) for x, ends in stated.items()
                  if x in usual or x in known or x not in equation.context.left}
        told = tuple(r.node for r in equation.ranges if r.letter not in limits and r.node is not None)
        told = told or rising(equation)
        try:
            return read_sides(sides[0], sides[1], equation.formula.source, self.scope, limits, told[:1],
                              letters_as_numbers(left, equation.context.left))
        except ReadingError as error:
            raise Unreadable(error.message, position(equation.formula.piece, error),
                             isinstance(error, ShapeMismatch)) from None

    def _renamed(self, e: Expr) -> Expr:
        """∂z is δ where the document calls it so."""
        names_of = {f"∂{by}": name for by, name in self.called.items()}

        def change(t: Term) -> Expr:
            factors = tuple((Ref(names_of[n.name], n.indices) if isinstance(n, Ref) and n.name in names_of else n, x)
                            for n, x in t.factors)
            return Expr((Term(t.coefficient, factors, t.binders),))

        return map_terms(e, change)

    def _want_all(self, side: Expr, equation: Equation) -> None:
        """A derivative that a claim mentions is derived too."""
        arriving = set(self.program.outputs.values())
        by_name = {name: by for by, name in self.called.items()}
        for name in sorted(names(side)):
            of = by_name.get(name) or (name[1:] if name.startswith("∂") and "/" not in name else "")
            if of and name not in arriving and of not in self.page.wanted and name not in self.program.variables:
                if of not in self.program.variables:
                    raise Unreadable(f"{of} is not defined", equation.at)
                self.page.wanted[of] = name

    def _variables(self) -> dict[str, Variable]:
        found = {n: Variable(n, axes) for n, axes in self.scope.signatures.items()}
        return found | {f"∂{n}": Variable(f"∂{n}", axes) for n, axes in self.scope.signatures.items()}

    @property
    def _longer(self) -> tuple[Poly, ...]:
        """What n ≥ k tells of sizes: n − k is at least 0."""
        return tuple(self.program.longer)

    def _check(self, side: Expr, equation: Equation) -> None:
        try:
            check_members(side, self._variables(), "this claim", self._longer)
        except ProgramError as error:
            raise NoSuchMember(str(error), equation.at, distance=error.distance) from None
