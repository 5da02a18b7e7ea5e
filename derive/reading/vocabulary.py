"""The names that a formula may use, as they are displayed: γ for `gamma`, W_f for `W_f`, σ for `sigmoid`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from derive.expectation.laws import FUNCTIONS as MOMENT_FUNCTIONS, moment_named
from derive.functions import CONSTANTS, RULES
from derive.index import Letter, Poly, Size
from derive.notation.names import unicode_function, unicode_name
from derive.reading.source import folded

_OTHER_WORDS = {"ln": "log", "sigmoid": "sigmoid", "relu": "relu", "Softmax": "softmax", "Diag": "diag", "sgn": "sign",
                "Sigmoid": "sigmoid", "Tanh": "tanh", "Relu": "relu", "SoftMax": "softmax",
                "tr": "trace", "Tr": "trace", "trace": "trace", "det": "det"}
BUILT_IN = (*RULES, "step", "max", "min", "argmax", "argmin", "softmax", "diag", "abs", "sign", "tan", "sqrt")
_BUILT_IN = {folded(unicode_function(f)): f for f in BUILT_IN}


@dataclass(frozen=True)
class Scope:
    """What stands above a formula.

    `signatures` are the families with their axes; the derivative of the loss by `x` is `∂x`, a Jacobian `∂y/∂x`, where
    they have signatures of their own. Sizes that axes mention need not be given again. `functions` are functions that
    are not built in, `letters` index letters that already have a range; the places `from_zero` of a name are counted
    from 0 in what is read, and from 1 in what it means.
    """

    signatures: Mapping[str, tuple[Letter, ...]]
    sizes: Mapping[str, Size] = field(default_factory=dict)
    functions: Iterable[str] = ()
    loss: str = "L"
    letters: Mapping[str, Letter] = field(default_factory=dict)
    from_zero: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self)

    def with_axes(self, signatures: Mapping[str, tuple[Letter, ...]]) -> Scope:
        """The same names with other axes, which mention no further sizes."""
        other = replace(self, signatures=signatures)
        other.__dict__["vocabulary"] = self.vocabulary      # where cached_property keeps it
        return other


class Vocabulary:
    """Displayed names, and what they stand for."""

    def __init__(self, scope: Scope):
        self.loss = folded(unicode_name(scope.loss))
        self.names = _displayed(n for n in scope.signatures if not n.startswith("∂") and not moment_named(n))
        taken = {folded(unicode_name(n)) for n in (*scope.functions, *scope.sizes, *scope.letters)}
        self.names |= {s: c for c in CONSTANTS if (s := folded(unicode_name(c))) not in {*self.names, *taken}}
        self.own_functions = {folded(unicode_function(f)): f for f in scope.functions}
        self.functions = _BUILT_IN | _OTHER_WORDS | self.own_functions
        named = [*((s.name, s) for s in _sizes_of(scope)), *scope.sizes.items()]
        self.sizes = {folded(unicode_name(name)): size for name, size in named}
        self.letters = {folded(unicode_name(n)): letter for n, letter in scope.letters.items()}
        random = any(moment_named(n) for n in scope.signatures)
        self.moments = {k: f for k, f in MOMENT_FUNCTIONS.items() if random and k not in (*self.names, *self.sizes)}
        self._known = {*self.names, *self.functions, *self.sizes, *self.letters, self.loss}

    def knows(self, shown: str) -> bool:
        return shown in self._known

    def kind(self, shown: str, called: bool) -> tuple[str, str]:
        """NAME, FUNCTION or IDENT, and the internal name. `called` says that an opening parenthesis follows at once:
        it tells σ(x) from σ (x) where σ is both."""
        core = shown.rstrip("'")
        function = self.functions.get(core)
        if function is not None and shown != core:
            own = core in self.own_functions
            function = function + shown[len(core):] if own or shown not in self.names else None
        elif function is None and "_" in core:
            function = self._partial_function(core)
        if shown in self.names and not (called and core in self.own_functions):
            return "NAME", self.names[shown]
        if function is not None and shown not in self.letters and shown not in self.sizes:
            return "FUNCTION", function
        return "IDENT", shown

    def is_name(self, shown: str) -> bool:
        return shown in self.names

    def _partial_function(self, shown: str) -> str | None:
        """`f_2`, the derivative of a function by its second argument."""
        base, _, slot = shown.partition("_")
        return f"{self.own_functions[base]}_{slot}" if base in self.own_functions and slot.isdecimal() else None

    @property
    def candidates(self) -> set[str]:
        """Names to suggest for one that is not known."""
        shown = {folded(unicode_name(n)) for n in self.names.values()}
        return {*shown, *self.sizes, *self.letters}


def _displayed(names: Iterable[str]) -> dict[str, str]:
    """Each name as it is displayed, then as it is spelled, and W1 as W_1, where that is not taken."""
    every = list(names)
    found = {folded(unicode_name(n)): n for n in every}
    for name in every:
        found.setdefault(name, name)
        numbered = re.fullmatch(r"([A-Za-z]+)(\d+)", name)
        if numbered:
            found.setdefault(f"{numbered[1]}_{numbered[2]}", name)
    return found


def _sizes_of(scope: Scope) -> Iterable[Size]:
    for axis in (a for axes in scope.signatures.values() for a in axes):
        yield from _in_poly(axis.low)
        yield from _in_poly(axis.high)


def _in_poly(p: Poly) -> Iterable[Size]:
    for atom in p.atoms():
        if isinstance(atom, Size):
            yield atom if type(atom) is Size and not atom.at else Size(atom.name, (), atom.least)
            for inner in atom.at:
                yield from _in_poly(inner)
