"""Steps about total derivatives, judged by forward mode: all paths, each once, over all members that may change."""

from __future__ import annotations

from collections.abc import Iterable

from derive.bounds import nonnegative
from derive.derivation import Derivation, Derivative, Step, total_name
from derive.expression import Expr, Guard, Partial, Ref, delta, expression, letters_of, names, term, total, walk
from derive.index import ONE, Letter, PolyLike, apart, poly
from derive.normal import Normalizer
from derive.program import Equation, Program
from derive.rewrite import unfold
from verify.atoms import shown_zero
from verify.tangents import Tangents


class Refused(Exception):
    """Why a step was not accepted."""


class TotalRules:
    """The part of the checker that is about total derivatives."""

    program: Program
    derivation: Derivation
    plain: Normalizer
    tangents: Tangents

    def _check_total(self, d: Derivative, step: Step) -> None:
        """The rate of the member itself, and the paths through every name on the right side that changes, each over
        all its members from the varied one on."""
        equation = self.program.defined.get(d.value or "")
        self._require_no_assumption(d)
        own = d.equation.letters[:len(self.program.variables[d.value or ""].axes)]
        expected = self._own_rate(d, own)
        for name in self._between(d.value or "", d.of):
            if equation is not None and name in names(equation.body):
                summed = apart(self.program.variables[name].axes)
                change = Ref(self._rate(name, d.of), summed + letters_of(d.member))
                inside = expression(Partial(Ref(equation.name, own), Ref(name, summed))) * expression(change)
                expected = expected + total(self._existing(equation, own, name, summed, d) * inside, *summed)
        if shown_zero(step.after - expected, self.plain, self.program) is None:
            raise Refused(f"this is not every path from {d.of} to {d.value}, each once")

    def _require_no_assumption(self, d: Derivative) -> None:
        """A gradient that may rest on Σ y = 1 is not differentiated by what moves y."""
        if d.value not in self.derivation.program.variables:
            for assumption in self.program.assumptions:
                if any(d.of in self._between(name, d.of) for name in assumption.names):
                    raise Refused(f"the gradient may rest on {assumption.text()}, which {d.of} changes")

    def _rate(self, name: str, by: str) -> str:
        """What the change of a name is called: a Jacobian of its equation, where that is derived and the only path."""
        known = {(d.value, d.of): d.name for d in self.derivation.derivatives if d.value and not d.total}
        direct = (name, by) in known and self._between(name, by) == {name, by}
        return known[name, by] if direct else total_name(name, by)

    def _own_rate(self, d: Derivative, own: tuple[Letter, ...]) -> Expr:
        if d.value != d.of:
            return Expr()
        return Expr((term(1, [(delta(poly(a) - b), ONE) for a, b in zip(own, letters_of(d.member))]),))

    def _existing(self, equation: Equation, own: tuple[Letter, ...], name: str, members: Iterable[PolyLike],
                  d: Derivative) -> Expr:
        """1 where the equation covers the left side and the member on the right may change, else 0."""
        conditions = [p for a, b in zip(own, equation.letters) for p in (poly(a) - b.low, b.high - poly(a))]
        varied = list(letters_of(d.member))
        for axis, letter in zip(self.program.variables[d.of].axes, varied):
            if letter.high != axis.high:        # stated for later members only: nothing before may depend on them
                places = self._forward_only(d)
                conditions.append(poly(list(members)[places[name]]) - letter)
        return Expr((term(1, [(Guard(p), ONE) for p in conditions]),))

    def _forward_only(self, d: Derivative) -> dict[str, int]:
        """The place of each name's time letter, where no equation looks ahead along it."""
        places = {}
        for name in (*self._between(d.value or "", d.of), d.of):
            axes = self.program.variables[name].axes
            times = [k for k, a in enumerate(axes) if a.family]
            if len(times) != 1:
                raise Refused(f"{name} has no one time letter")
            places[name] = times[0]
        for name in places.keys() & self.program.defined.keys():
            equation = self.program.defined[name]
            now = poly(equation.letters[places[name]])
            for node in walk(equation.body):
                if isinstance(node, Ref) and node.name in places:
                    if not nonnegative(now - node.indices[places[node.name]]):
                        raise Refused(f"{name} looks ahead: what comes before {d.of} may depend on it")
        return places

    def _between(self, of: str, by: str) -> set[str]:
        """The names that change with `by` and on which `of` depends."""
        above, work = set(), [of]
        while work:
            n = work.pop()
            if n not in above:
                above.add(n)
                work += names(self.program.defined[n].body) if n in self.program.defined else ()
        changing, grown = {by}, True
        while grown:
            more = {e.name for e in self.program.equations if not changing.isdisjoint(names(e.body))} - changing
            changing, grown = changing | more, bool(more)
        return above & changing

    def check_total_rates(self, d: Derivative, step: Step) -> str:
        """Forward mode: the change of the right side when each name on it changes at its own total rate."""
        own = d.equation.letters[:len(self.program.variables[d.value or ""].axes)]
        expected = self._own_rate(d, own)
        equation = self.program.defined.get(d.value or "")
        for name in self._between(d.value or "", d.of):
            if equation is not None and name in names(equation.body):
                moved = self.tangents.of(equation.at(tuple(map(poly, own))), name, "rate of change")
                summed = apart(self.program.variables[name].axes)
                rate = Equation("rate of change", summed, self._existing(equation, own, name, summed, d) * expression(
                    Ref(self._rate(name, d.of), summed + letters_of(d.member))))
                covered = [p for a, b in zip(own, equation.letters) for p in (poly(a) - b.low, b.high - poly(a))]
                here = Expr((term(1, [(Guard(p), ONE) for p in covered]),))
                expected = expected + unfold(here * moved, {rate.name: rate})
        if shown_zero(step.after - expected, self.plain, self.program) is None:
            raise Refused("this is not how the right side changes when the names on it do")
        return "forward mode"
