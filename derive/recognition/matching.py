"""Whether two forms are one up to a one-to-one renaming of the names, or up to one small difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from derive.recognition import forms
from derive.recognition.forms import DERIVATIVE, ENTRYWISE, MATRIX, Form, value

MOST_TRIES = 3_000
SIGN, FACTOR, NUMBER, SUMMAND, POWER = "sign", "a factor left out", "a number", "a summand left out", "a power"
SUM, OPERAND, SHIFT, FUNCTION = "a sum left out", "another operand", "an index shifted", "another function"


class TooManyTries(Exception):
    """The forms hold too many parts that look alike."""


@dataclass
class Match:
    """`renaming` leads from the names of the first form to those of the second. Where there is a difference, `way` says
    what it is, `here` what stands in the first form and `there` in the second; `here` may be nothing."""

    renaming: dict[str, str] = field(default_factory=dict)
    way: str = ""
    here: str = ""
    there: str = ""


def matched(one: Form, other: Form) -> Match | None:
    """The renaming under which two equations are the same, if there is one."""
    if one.key != other.key:
        return None
    return _first(one, other, 0)


def nearly(one: Form, other: Form) -> Match | None:
    """The same for two equations that differ in one place."""
    if abs(one.size - other.size) > 6:
        return None
    return _first(one, other, 1)


def _first(one: Form, other: Form, allowed: int) -> Match | None:
    try:
        for found in _Unifier(allowed).states(one, other, _State({}, {}, None)):
            if _consistent(found.there) and (not allowed or found.difference):
                difference = found.difference or ("", "", "")
                return Match(found.there, *difference)
    except TooManyTries:
        pass
    return None


@dataclass(frozen=True)
class _State:
    there: dict[str, str]
    back: dict[str, str]
    difference: tuple[str, str, str] | None


def _consistent(renaming: dict[str, str]) -> bool:
    """∂L/∂W is renamed as W is."""
    for mine, theirs in renaming.items():
        if mine.startswith(DERIVATIVE) and theirs.startswith(DERIVATIVE):
            of, by = mine.rpartition("/")[2].lstrip(DERIVATIVE), theirs.rpartition("/")[2].lstrip(DERIVATIVE)
            if of in renaming and renaming[of] != by or by in renaming.values() and renaming.get(of, by) != by:
                return False
    return True


class _Unifier:
    """Depth first, with a bound on the tries. `allowed` is the number of differences: 0 or 1."""

    def __init__(self, allowed: int):
        self.allowed, self.tries = allowed, 0

    def states(self, one: Form, other: Form, state: _State) -> Iterator[_State]:
        self.tries += 1
        if self.tries > MOST_TRIES:
            raise TooManyTries
        if not self.allowed or state.difference is not None:
            if one.key != other.key:
                return
        if one.kind == other.kind:
            yield from self._alike(one, other, state)
        if self.allowed and state.difference is None:
            yield from self._different(one, other, state)

    def _alike(self, one: Form, other: Form, state: _State) -> Iterator[_State]:
        if one.kind == forms.NAME:
            if one.shift == other.shift and not _conflict(one.bound, other.bound) and not _conflict(
                    one.steps, other.steps):
                yield from _renamed(one, other, state)
        elif one.kind == forms.NUMBER:
            if one.data == other.data:
                yield state
        elif one.kind == forms.CALL and one.data != other.data or {one.data, other.data} == {ENTRYWISE, MATRIX}:
            return
        elif one.kind in (forms.SUM, forms.PRODUCT, forms.STACK):
            if len(one.parts) == len(other.parts):
                yield from self._in_any_order(one.parts, other.parts, state)
        elif len(one.parts) == len(other.parts):
            yield from self._in_order(one.parts, other.parts, state)

    def _in_order(self, mine: tuple[Form, ...], theirs: tuple[Form, ...], state: _State) -> Iterator[_State]:
        if not mine:
            yield state
            return
        for found in self.states(mine[0], theirs[0], state):
            yield from self._in_order(mine[1:], theirs[1:], found)

    def _in_any_order(self, mine: tuple[Form, ...], theirs: tuple[Form, ...], state: _State) -> Iterator[_State]:
        if not mine:
            yield state
            return
        exact = [k for k, t in enumerate(theirs) if t.key == mine[0].key]
        rest = [k for k in range(len(theirs)) if k not in exact] if self.allowed and state.difference is None else []
        for k in (*exact, *rest):
            for found in self.states(mine[0], theirs[k], state):
                yield from self._in_any_order(mine[1:], (*theirs[:k], *theirs[k + 1:]), found)

    # -- one difference --------------------------------------------------------------------------------------------
    def _different(self, one: Form, other: Form, state: _State) -> Iterator[_State]:
        if one.kind == other.kind == forms.NAME:
            if one.shift != other.shift:
                meant = _shown(forms.name(one.data, other.shift))
                yield from (_with(s, SHIFT, one, other, None, meant) for s in _renamed(one, other, state))
            elif not one.data.startswith(DERIVATIVE) and state.there.get(one.data, other.data) != other.data:
                yield _with(state, OPERAND, one, other, None, state.back.get(other.data, other.data))
        elif one.kind == other.kind == forms.CALL and one.data != other.data and len(one.parts) == len(other.parts):
            changed = _with(state, FUNCTION, one, other, one.data, other.data)
            yield from self._in_order(one.parts, other.parts, changed)
        elif one.kind == other.kind == forms.POWER:
            if one.parts[1].key != other.parts[1].key and all(value(p.parts[1]) is not None for p in (one, other)):
                yield from self.states(one.parts[0], other.parts[0], _with(
                    state, POWER, one, other, one.parts[1].data, other.parts[1].data))
        elif one.kind == other.kind == forms.NUMBER and one.data != other.data:
            opposite = value(one) == -(value(other) or 0)
            yield _with(state, SIGN if opposite else NUMBER, one, other, one.data, other.data)
        elif other.kind == forms.POWER and value(other.parts[1]) is not None:
            yield from self.states(one, other.parts[0], _with(state, POWER, one, other, "1", other.parts[1].data))
        elif one.kind == forms.POWER and value(one.parts[1]) is not None:
            yield from self.states(one.parts[0], other, _with(state, POWER, one, other, one.parts[1].data, "1"))
        if forms.PRODUCT in (one.kind, other.kind):
            yield from self._left_out(one, other, state, forms.PRODUCT)
        if forms.SUM in (one.kind, other.kind):
            yield from self._left_out(one, other, state, forms.SUM)
        if other.kind == forms.BIG_SUM and one.kind != forms.BIG_SUM:
            yield from self.states(one, other.parts[0], _with(state, SUM, one, other, "", "Σ"))
        if one.kind == forms.BIG_SUM and other.kind != forms.BIG_SUM:
            yield from self.states(one.parts[0], other, _with(state, SUM, one, other, "Σ", ""))

    def _left_out(self, one: Form, other: Form, state: _State, kind: str) -> Iterator[_State]:
        mine = one.parts if one.kind == kind else (one,)
        theirs = other.parts if other.kind == kind else (other,)
        if abs(len(mine) - len(theirs)) != 1:
            return
        longer = mine if len(mine) > len(theirs) else theirs
        for k, extra in enumerate(longer):
            rest = (*longer[:k], *longer[k + 1:])
            shown = _shown(extra)
            if not shown:
                continue
            way = SIGN if value(extra) == -1 else NUMBER if extra.kind == forms.NUMBER and kind == forms.PRODUCT else (
                FACTOR if kind == forms.PRODUCT else SUMMAND)
            if longer is theirs:
                yield from self._in_any_order(mine, rest, _with(state, way, one, other, "", shown))
            else:
                yield from self._in_any_order(rest, theirs, _with(state, way, one, other, shown, ""))


def _conflict(one: bool | None, other: bool | None) -> bool:
    return one is not None and other is not None and one != other


def _renamed(one: Form, other: Form, state: _State) -> Iterator[_State]:
    if one.data[:1] == other.data[:1] == DERIVATIVE and ("/" in one.data) != ("/" in other.data):
        return              # the gradient of a loss is no Jacobian
    if one.scalar is False and other.scalar:
        return
    mine, theirs = state.there.get(one.data), state.back.get(other.data)
    if mine == other.data and theirs == one.data:
        yield state
    elif mine is None and theirs is None:
        yield _State({**state.there, one.data: other.data}, {**state.back, other.data: one.data}, state.difference)


def _with(state: _State, way: str, one: Form, other: Form, here: str | None = None, there: str | None = None) -> _State:
    found = (way, _shown(one) if here is None else here, _shown(other) if there is None else there)
    return _State(state.there, state.back, found)


def _shown(form: Form) -> str:
    """A small form as text; nothing for a large one."""
    if form.kind == forms.NAME:
        return form.data.replace(DERIVATIVE, "∂", 1) + (f" (t{form.shift:+d})".replace("-", "−") if form.shift else "")
    if form.kind == forms.NUMBER:
        return form.data.replace("-", "−")
    if form.kind == forms.POWER and form.parts[1].kind == forms.NUMBER and form.parts[1].data == "-1":
        inner = _shown(form.parts[0])
        return f"1/{inner}" if inner else ""
    if form.kind == forms.CALL:
        return f"{form.data}(…)"
    if form.kind == forms.PRODUCT and len(form.parts) <= 3:
        factors = [_shown(p) for p in form.parts]
        return " ".join(factors) if all(factors) else ""
    return ""
