"""Catalogue entries: how a formula is encoded with SymPy objects, one file each.

    @entry(name="…", title={"en": …, "zh": …}, section="2.2", source="…", facts={…})
    def lstm(page): …

The decorator's arguments are literals: `derive list` reads them without running the file. The function runs when the
entry is needed; it states the program, the wanted derivatives, the textbook's closed forms, and common mistakes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sympy

from derive import sympy_bridge as bridge
from derive.arrange import Arrangement
from derive.claims import ORDER, Claim, Mistake, Reference
from derive.derivation import jacobian_name, total_name
from derive.expectation.laws import mentions_moments, written_out
from derive.expectation.page import RandomQuantities
from derive.expression import Apply, Expr, Ref, walk
from derive.functions import CONSTANTS
from derive.index import Label, Letter, Poly, Size, poly
from derive.program import Equation, Inverse, ProgramError, SumsToOne, Variable
from derive.stated import Entry, StatedPage


@dataclass
class Page(StatedPage, RandomQuantities):
    """What an entry function writes on. Everything it takes and gives is a SymPy object."""

    letters: dict[Any, Letter] = field(default_factory=dict)
    symbols: dict[str, Any] = field(default_factory=dict)

    # -- sizes and letters -------------------------------------------------------------------------------------
    def size(self, name: str, least: int = 1) -> sympy.Symbol:
        """A whole number that stays a symbol."""
        self.program.sizes[name] = Size(name, (), least)
        return sympy.Symbol(name, integer=True, positive=True)

    def sizes(self, names: str) -> list[sympy.Symbol]:
        return [self.size(n) for n in names.split()]

    def widths(self, name: str) -> sympy.IndexedBase:
        """A width that depends on a layer: `n[l]`."""
        self.program.sizes[name] = Size(name)
        return sympy.IndexedBase(name, integer=True, positive=True)

    def label(self, name: str, *axes: Any, high: Any, low: int = 1) -> Any:
        """An input that is a whole number `low … high` and serves as an index: a class y, or a token w[t] for each t.

        It is a number that stays a symbol, as a size is; nothing is differentiated by it.
        """
        places = tuple(poly(self.letters[a]) for a in axes)
        self.program.sizes[name] = Label(name, places, low, self._poly(high))
        return (sympy.IndexedBase(name, integer=True, positive=low > 0) if axes
                else sympy.Symbol(name, integer=True, positive=low > 0))

    def index(self, name: str, high: Any, low: Any = 1) -> sympy.Idx:
        """A letter `low … high`."""
        return self._letter(name, low, high, family=False)

    def family(self, name: str, low: Any, high: Any) -> sympy.Idx:
        """A time, layer or batch letter `low … high`, written as a superscript."""
        return self._letter(name, low, high, family=True)

    def _letter(self, name: str, low: Any, high: Any, family: bool) -> sympy.Idx:
        idx = sympy.Idx(name, (sympy.sympify(low), sympy.sympify(high)))
        self.letters[idx] = Letter(name, self._bound(low), self._bound(high), family)
        return idx

    # -- names -------------------------------------------------------------------------------------------------
    def input(self, name: str, *axes: Any, positive: bool = False, below_one: bool = False) -> Any:
        """An input: a symbol without axes, an `IndexedBase` with them. An axis is a letter, or `(letter, low, high)`
        where the family reaches further than the letter."""
        self._declare(name, axes, positive or below_one, below_one)
        return self.symbols[name]

    def let(self, name: str, axes: list[Any], body: Any, fact: str | None = None, abbreviation: bool = False) -> Any:
        """Define a new name for all values of its letters. An abbreviation is written out in matrix notation:
        [h, x] rather than z."""
        self._declare(name, axes, False)
        if abbreviation:
            self.program.abbreviations.add(name)
        symbol = self.symbols[name]
        self.define(symbol[tuple(axes)] if axes else symbol, body, fact)
        return symbol

    @property
    def pending(self) -> set[str]:
        """The states that no equation defines yet."""
        return self.states - self.program.defined.keys()

    def state(self, name: str, *axes: Any) -> sympy.IndexedBase:
        """A name that is defined later, with `define`, and may be used before: `state("h", (t, 0, T), r)`. Members
        that stay undefined (`h[0]`) are inputs."""
        self.states.add(name)
        self._declare(name, axes, False)
        return self.symbols[name]

    def define(self, member: Any, body: Any, fact: str | None = None) -> None:
        """`member = body` for every value of the letters in `member`."""
        left = self._ref(member)
        letters = []
        for index in left.indices:
            if index.letter is None:
                raise ProgramError(f"{left}: define a family for a letter, not for one member")
            letters.append(index.letter)
        right = self.read(body)
        if mentions_moments(right):
            raise ProgramError(f"{left.name}: E[…], Var[…] and Cov[…] stand in claims, not in definitions")
        self.program.add(Equation(left.name, tuple(letters), right))
        self._name_arriving()
        self._tag(fact, "definition", left.name)

    def function(self, name: str, tried_with: str = "sigmoid") -> Any:
        """An arbitrary differentiable function of one argument; its derivative is written `name'`. Numeric checks,
        which need a concrete one, put `tried_with` in its place."""
        self.program.functions[name] = tried_with
        return sympy.Function(name)

    def derivative(self, function: Any) -> Any:
        """The derivative σ' of a function declared with `function`, for use in claims."""
        return sympy.Function(f"{function.__name__}'")

    def output(self, symbol: Any, arriving: str | None = None, written: str = "L") -> None:
        """Let an arbitrary loss depend on this name. `arriving` names the gradient that comes from outside; without
        it what arrives is the whole derivative, or is called `v_` and the name where other equations use the name too.
        The loss is called `written`."""
        self.program.loss_symbol = written
        name = bridge.name_of(symbol)
        cotangent = arriving or "∂" + name
        equation = self.program.equation(name)
        axes = equation.letters if equation else self.program.variables[name].axes
        self.program.variables[cotangent] = Variable(cotangent, axes)
        self.program.outputs[name] = cotangent
        self._symbol(cotangent, axes)
        self.program.set_apart(name)
        self._name_arriving()

    def _name_arriving(self) -> None:
        for cotangent in self.program.outputs.values():
            self._symbol(cotangent, self.program.variables[cotangent].axes)

    def loss(self, symbol: Any, written: str = "L") -> None:
        """The scalar that is differentiated."""
        self.program.loss, self.program.loss_symbol = bridge.name_of(symbol), written

    def assume_sums_to_one(self, symbol: Any) -> None:
        self.program.assumptions.append(SumsToOne(bridge.name_of(symbol)))

    def assume_orthogonal(self, symbol: Any) -> None:
        """A square matrix whose columns are orthonormal, and so its rows."""
        self.assume_inverse(symbol, symbol)

    def assume_inverse(self, symbol: Any, of: Any) -> None:
        """A square matrix that is the inverse of another one."""
        assumption = Inverse(bridge.name_of(symbol), bridge.name_of(of))
        for name in (assumption.name, assumption.of):
            variable = self.program.variables[name]
            if len({(a.low, a.high, a.family) for a in variable.axes}) != 1 or len(variable.axes) != 2:
                raise ProgramError(f"{name} is no square matrix of one index twice: it has no inverse")
            if variable.positive or any(name in a.names for a in self.program.assumptions):
                raise ProgramError(f"{name} has been restricted in another way")
        self.program.assumptions.append(assumption)

    # -- what is wanted, claimed, and got wrong ------------------------------------------------------------------
    def want(self, symbol: Any, name: str | None = None, fact: str | None = None, inline: bool = False) -> Any:
        """Derive the gradient of the loss by this name, called `name` in print (else ∂L/∂…). Returns its symbol.

        With `inline` it is written out in the other gradients, which otherwise refer to it by name.
        """
        of = bridge.name_of(symbol)
        if inline:
            self.inlined.add(of)
        self.wanted[of] = name or "∂" + of
        self._symbol(self.wanted[of], self.program.variables[of].axes)
        self._tag(fact, "gradient", of)
        return self.symbols[self.wanted[of]]

    def gradient(self, symbol: Any) -> Any:
        """The derivative of the loss by any name, wanted or not, for use in claims."""
        of = bridge.name_of(symbol)
        name = self.wanted.get(of, "∂" + of)
        self._symbol(name, self.program.variables[of].axes)
        return self.symbols[name]

    def jacobian(self, of: Any, by: Any, fact: str | None = None) -> Any:
        """Derive ∂of/∂by, the axes of `of` first (numerator layout). Returns its symbol, for use in claims."""
        pair = (bridge.name_of(of), bridge.name_of(by))
        self.jacobians.append(pair)
        name = jacobian_name(*pair)
        self._symbol(name, self.program.variables[pair[0]].axes + self.program.variables[pair[1]].axes)
        self._tag(fact, "jacobian", name)
        return self.symbols[name]

    def total_derivative(self, of: Any, by: Any, fact: str | None = None) -> Any:
        """Derive how every member of `of` changes with every member of `by`, all paths taken: ∂h_t/∂h_k through a
        recurrence, for k ≤ t. The axes of `of` come first. Returns its symbol, for use in claims."""
        pair = (bridge.name_of(of), bridge.name_of(by))
        self.totals.append(pair)
        name = total_name(*pair)
        self._symbol(name, self.program.variables[pair[0]].axes + self.program.variables[pair[1]].axes)
        self._tag(fact, "jacobian", name)
        return self.symbols[name]

    def hessian(self, of: Any, by: Any = None, fact: str | None = None) -> Any:
        """Derive ∂²L/∂of∂byᵀ, of one name by itself unless another is given: how the gradient by `of`, which must be
        wanted, changes with `by`. Returns its symbol, for use in claims."""
        names = bridge.name_of(of), bridge.name_of(of if by is None else by)
        self.seconds.append(names)
        name = total_name(self.wanted.get(names[0], "∂" + names[0]), names[1])
        self._symbol(name, self.program.variables[names[0]].axes + self.program.variables[names[1]].axes)
        self._tag(fact, "jacobian", name)
        return self.symbols[name]

    def claim(self, left: Any, right: Any, fact: str, by: str = "normal form") -> None:
        """State a closed form. `by` is `normal form` or `induction on t`."""
        self._state(Claim(fact, self._ref(left), self.read(right), by))

    def bound(self, left: Any, relation: str, right: Any, fact: str, gap: Any = None) -> None:
        """State an inequality; `relation` is one of ≤, ≥, < and >. `gap` is the larger side minus the smaller one,
        written so that its sign can be seen: Σ (a_i − b_i)² rather than what it multiplies out to."""
        if relation not in ORDER:
            raise ProgramError(f"{relation!r} orders nothing; use one of {', '.join(ORDER)}")
        self._state(Claim(fact, self._ref(left), self.read(right), relation=relation,
                          gap=None if gap is None else self.read(gap)))

    def _state(self, claim: Claim) -> None:
        self.claims.append(claim)
        self._tag(claim.fact, "claim", str(len(self.claims) - 1))

    def mistake(self, left: Any, wrong: Any, en: str, zh: str, relation: str = "=", fact: str | None = None) -> None:
        """A wrong form of `left`, or a bound that does not hold, and why people write it. With a `fact` this is how
        the fact is commonly stated: it is refuted, and what else bears its name is the correction."""
        self.mistakes.append(Mistake(self._ref(left), self.read(wrong), {"en": en, "zh": zh}, relation, fact))
        self._tag(fact, "mistake", str(len(self.mistakes) - 1))

    def convention(self, en: str, zh: str) -> None:
        self.conventions.append({"en": en, "zh": zh})

    def share_over_batch(self, *symbols: Any) -> None:
        """Inputs that all examples of a batch share (weights); the others have one value an example. A reference
        may then be compared on a whole batch: gradients of shared inputs add up over it."""
        self.shared.update(bridge.name_of(s) for s in symbols)

    # -- reading SymPy -------------------------------------------------------------------------------------------
    def read(self, body: Any) -> Expr:
        """A SymPy expression in this page's symbols as an expression of ours, in reading order."""
        counts = {n: len(v.axes) for n, v in self.program.variables.items()}
        counts |= {called: counts[n] for n, called in self.wanted.items()}
        return written_out(self._read(body), counts)

    def _read(self, body: Any) -> Expr:
        found = bridge.from_sympy(bridge.by_normal_law(body), self._scope())
        self.constants |= {n.function for n in walk(found) if isinstance(n, Apply) and n.function in CONSTANTS}
        self._refuse_constants()
        return Arrangement(self.program, self.pending).arrange(found)

    def _scope(self) -> bridge.Scope:
        return bridge.Scope(self.letters, self.program.sizes, frozenset(self.program.functions))

    def _poly(self, value: Any):
        return bridge.poly_from_sympy(sympy.sympify(value), self._scope())

    def _bound(self, value: Any) -> Poly:
        return bridge.bound_from_sympy(sympy.sympify(value), self._scope())

    def _ref(self, member: Any) -> Ref:
        return bridge.member_of(self._read(member))

    def _refuse_constants(self) -> None:
        for name in self.constants & self.program.variables.keys():
            raise ProgramError(f"{name} is a variable here and the constant as well; call the variable something else")

    def _declare(self, name: str, axes: Any, positive: bool, below_one: bool = False) -> None:
        if name in self.program.variables:
            raise ProgramError(f"{name} is declared twice")
        letters: list[Letter] = []
        wider: dict[Letter, Poly] = {}
        for axis in axes:
            if isinstance(axis, tuple):
                letter = self.letters[axis[0]]
                axis_letter = Letter(letter.name, self._poly(axis[1]), self._poly(axis[2]), letter.family, letter.key)
                wider[letter] = poly(axis_letter)
                letters.append(axis_letter)
            else:
                letters.append(self.letters[axis].substitute(wider))
            if any(a.key == letters[-1].key for a in letters[:-1]):
                letters[-1] = self._another(letters[-1], letters[:-1])
        self.program.variables[name] = Variable(name, tuple(letters), positive, below_one)
        self._refuse_constants()
        self._symbol(name, tuple(letters), positive)

    def _another(self, letter: Letter, taken: list[Letter]) -> Letter:
        """A letter of its own for a second axis of the same range: A[i, j], not A[i, i]."""
        names = {a.name for a in taken}
        like = next((a for a in self.letters.values()
                     if a.name not in names and (a.low, a.high) == (letter.low, letter.high)), letter)
        return Letter(like.name, letter.low, letter.high, letter.family)

    def _symbol(self, name: str, axes: tuple[Letter, ...], positive: bool = False) -> None:
        if name not in self.symbols:
            self.symbols[name] = (sympy.IndexedBase(name, real=True) if axes
                                  else sympy.Symbol(name, positive=True) if positive
                                  else sympy.Symbol(name, real=True))

    def _tag(self, fact: str | None, kind: str, what: str) -> None:
        if fact is not None:
            self.facts.setdefault(fact, []).append((kind, what))


def entry(*, name: str, title: dict[str, str], section: str, source: str, facts: dict[str, dict[str, Any]]):
    """Decorator: make a catalogue entry of a function that writes a page. The arguments must be literals.

    `facts` maps an id to `{"kind": …, "en": …, "zh": …}`.
    """
    def make(write: Callable[[Page], None]) -> Entry:
        return Entry(name, title, section, source, facts, write)
    return make


__all__ = ["Claim", "Entry", "Mistake", "Page", "Reference", "entry"]
