"""Expressions as source: each term a product of arrays, contracted by @, by a sum over axes, or by einsum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from derive.bounds import coefficient_sign, nonnegative
from derive.emission.code import (
    ATOM,
    CHOICE,
    COMPARISON,
    POWER,
    PRODUCT,
    SUM,
    Code,
    EmissionError,
    Labels,
    ordered,
    sum_of,
    together,
)
from derive.emission.contraction import contracted
from derive.emission.members import Stored, member
from derive.emission.numbers import Frame, mentioned
from derive.expression import (
    Apply,
    Delta,
    Expr,
    Group,
    Guard,
    Node,
    Ref,
    Term,
    Value,
    subterms,
)
from derive.extremes import Greatest
from derive.functions import CONSTANTS
from derive.index import ONE, Letter, Poly, poly

_NUMBERS = {name: f"math.{name}({{}})" for name in ("exp", "log", "tanh", "sin", "cos", "tan", "sinh", "cosh")} | {
    "sigmoid": "1 / (1 + math.exp(-{}))", "softplus": "math.log1p(math.exp({}))", "abs": "abs({})",
    "relu": "max({}, 0)", "max": "max({}, {})", "min": "min({}, {})",
    "normal_pdf": "math.exp(-{}**2 / 2) / math.sqrt(2 * math.pi)", "normal_cdf":
    "(1 + math.erf({} / math.sqrt(2))) / 2"}


@dataclass(frozen=True)
class Writer:
    """Writes expressions. `stored` says where members are; `stacked` gives the array of a family kept by index, but for
    outer places with a value, over the ranges that are picked; `arbitrary` spells a function that the program declares;
    `helper` asks for a function of our own."""

    stored: Callable[[str], Stored]
    stacked: Callable[[str, dict[int, str], dict[int, tuple[Poly, Poly]]], Stored]
    arbitrary: Callable[[str], str]
    helper: Callable[[str], str]

    # -- sums --------------------------------------------------------------------------------------------------------
    def expression(self, e: Expr, frame: Frame) -> Code:
        """The value of an expression; its axes are those of the frame that it depends on."""
        joined = self._joined(e, frame)
        if joined is not None:
            return joined
        parts = [self.guarded(t, frame) for t in e.terms]
        certain = [(sign, code) for sign, code, conditions in parts if not conditions]
        if len(certain) == len(parts):
            return sum_of(certain, frame) if parts else Code("0", ATOM, (), True)
        pieces = [(1, self._chosen(sign, code, conditions, frame)) for sign, code, conditions in parts if conditions]
        total = sum_of(certain + pieces, frame)
        if not certain and total.labels:
            zeros = frame.dialect.zeros([frame.number(a.count).text for a in total.labels], frame.like)
            return sum_of([(1, Code(zeros, ATOM, total.labels)), *pieces], frame)
        return total

    def _chosen(self, sign: int, code: Code, conditions: list[str], frame: Frame) -> Code:
        value = sum_of([(sign, code)], frame)
        return Code(f"{value.text} if {' and '.join(conditions)} else 0", CHOICE, value.labels)

    def guarded(self, t: Term, frame: Frame) -> tuple[int, Code, list[str]]:
        """The sign of a term, its size, and the conditions on letters with a value under which it is there."""
        conditions, masks, factors = [], [], []
        t, bounds = _widened(t, frame)
        inside = frame.spanning(t.binders)
        for node, exponent in [*t.factors, *((b, ONE) for b in bounds)]:
            if not isinstance(node, (Guard, Delta)):
                factors.append((node, exponent))
            elif not inside.certain(node):
                condition = inside.condition(node)
                if condition.labels:
                    masks.append(condition)
                else:
                    conditions.append(condition.text)
                    frame = frame.condition_holds(node)
        looped = next((b for b in t.binders if self._is_looped(b, t, frame)), None)
        if looped is not None:
            bounded = Term(t.coefficient, t.factors + tuple((b, ONE) for b in bounds), t.binders)
            return 1, self._python_sum(bounded, looped, frame), []
        value = self._product(Term(1, tuple(factors), t.binders), abs(t.coefficient), masks, frame)
        return (-1 if t.coefficient < 0 else 1), frame.numeric(value), conditions

    # -- concatenation -----------------------------------------------------------------------------------------------
    def _joined(self, e: Expr, frame: Frame) -> Code | None:
        """[h, x]: terms that each hold on one stretch of an axis, which together are the axis."""
        if len(e.terms) < 2 or any(t.binders for t in e.terms):
            return None
        for q in frame.axes:
            stretches = [_stretch(t, q) for t in e.terms]
            found = [s for s in stretches if s is not None]
            if len(found) == len(stretches):
                chain = _chained(found, q)
                if chain is not None:
                    return self._concatenated(chain, q, frame)
        return None

    def _concatenated(self, chain: list[tuple[Poly, Poly, Term]], q: Letter, frame: Frame) -> Code | None:
        codes: list[str] = []
        labels: Labels | None = None
        for low, high, t in chain:
            short = q.fresh(low, high)
            inner = frame.replacing(q, short)
            sign, code, conditions = self.guarded(t.substitute({q: poly(short)}), inner)
            code = ordered(sum_of([(sign, code)], inner), inner)
            shown = tuple(q if a == short else a for a in code.labels)
            if conditions or q not in shown or labels not in (None, shown):
                return None
            codes, labels = [*codes, code.text], shown
        assert labels is not None
        return Code(frame.dialect.concatenate(codes, labels.index(q)), ATOM, labels)

    # -- sums of Python ----------------------------------------------------------------------------------------------
    def _is_looped(self, binder: Letter, t: Term, frame: Frame) -> bool:
        """Whether a sum takes its letter one value at a time: other ranges or the shapes of members depend on it."""
        if any(binder in b.free for b in t.binders if b != binder):
            return True
        return any(isinstance(n, Ref) and self.stored(n.name).ragged
                   and any(binder in mentioned(n.indices[k]) for k in self.stored(n.name).outer)
                   for s in subterms(Expr((t,))) for n, _ in s.factors)

    def _python_sum(self, t: Term, letter: Letter, frame: Frame) -> Code:
        low, stop = frame.number(letter.low).text, frame.number(letter.high + 1).text
        name = letter.name
        while name in frame.fixed.values():
            name += "_"
        inner = frame.fixing({letter: name})
        rest = Term(t.coefficient, t.factors, tuple(b for b in t.binders if b != letter))
        sign, code, found = self.guarded(rest, inner)
        value = sum_of([(sign, code)], frame)
        where = f" if {' and '.join(found)}" if found else ""
        return Code(f"sum({value.text} for {name} in range({low}, {stop}){where})", ATOM, value.labels)

    # -- products ----------------------------------------------------------------------------------------------------
    def _product(self, t: Term, size: object, masks: list[Code], frame: Frame) -> Code:
        inside = frame.spanning(t.binders)
        over: list[Code] = list(masks)
        under: list[Code] = []
        factors = list(t.factors)
        for found in self._softmaxes(factors, inside):
            over.append(found)
        for node, exponent in factors:
            self._factor(node, exponent, inside, over, under)
        ratio = Poly({(): size}) if size else poly(0)       # type: ignore[dict-item]
        (_, c), *_ = ratio.terms
        if c.numerator != 1:
            over.insert(0, Code(str(c.numerator), ATOM, (), True))
        if c.denominator != 1:
            under.append(Code(str(c.denominator), ATOM, (), True))
        return contracted(over, under, t.binders, inside, frame)

    def _factor(self, node: Node, exponent: Poly, frame: Frame, over: list[Code], under: list[Code]) -> None:
        sign, positive = _split(exponent)
        base = self._node(node, frame, floating=True)
        (over if sign > 0 else under).append(self._power(base, positive, frame))

    def _power(self, base: Code, exponent: Poly, frame: Frame) -> Code:
        if exponent == ONE:
            return base
        if exponent.constant is not None and exponent.constant * 2 == 1 and not base.whole:
            return frame.dialect.sqrt(base)
        by = frame.number(exponent, floating=True)
        if exponent.constant is not None:
            c = exponent.constant
            by = replace(by, text=str(c.numerator if c.denominator == 1 else float(c)), strength=ATOM)
        (left, right), labels = together([base, by], frame)
        return Code(f"{left.within(ATOM)}**{right.within(POWER)}", POWER, labels, base.whole and by.whole)

    def _softmaxes(self, factors: list[tuple[Node, Poly]], frame: Frame) -> list[Code]:
        """exp(u_i)/Σ_j exp(u_j) as the library's softmax, which large numbers do not break; its factors are taken."""
        found = []
        for pair in [(a, b) for a in factors for b in factors]:
            axis = _softmax_axis(*pair, frame)
            if axis is None or any(f not in factors for f in pair):
                continue
            (node, _), _ = pair
            value = self.expression(node.expressions()[0], frame)
            if axis in value.labels:
                place = value.labels.index(axis)
                code = frame.dialect.softmax(value, place)
                found.append(code or Code(f"{self.helper('softmax')}({value.text}, {place})", ATOM, value.labels))
                for f in pair:
                    factors.remove(f)
        return found

    # -- nodes -------------------------------------------------------------------------------------------------------
    def _node(self, node: Node, frame: Frame, floating: bool = False) -> Code:
        if isinstance(node, Ref):
            return self._member(node, frame)
        if isinstance(node, Value):
            return frame.number(poly(node.atom), floating)
        if isinstance(node, Group):
            return self.expression(node.body, frame)
        if isinstance(node, Apply):
            return self._apply(node, frame)
        if isinstance(node, Greatest):
            return self._greatest(node, frame)
        raise EmissionError(f"{node} has no spelling as array code")

    def _greatest(self, node: Greatest, frame: Frame) -> Code:
        """The greatest along an axis, or whether that at one place is it."""
        ends = mentioned(node.letter.low) | mentioned(node.letter.high)
        if ends & {*frame.axes, *frame.fixed}:
            raise EmissionError(f"{node}: the greatest over a range that depends on another letter")
        values = self.expression(node.body, frame.spanning((node.letter,)))
        if node.letter not in values.labels:
            raise EmissionError(f"{node}: the greatest of numbers that are no array")
        along, rest = values.labels.index(node.letter), tuple(a for a in values.labels if a != node.letter)
        if node.place is None:
            return Code(frame.dialect.greatest(values, along), ATOM, rest)
        at = Code(f"{values.within(ATOM)}.argmax({along})", ATOM, rest)
        (at, place), labels = together([at, frame.number(node.place - node.letter.low)], frame)
        return Code(f"{at.text} == {place.within(SUM)}", COMPARISON, labels, logical=True)

    def _member(self, node: Ref, frame: Frame) -> Code:
        stored = self.stored(node.name)
        if not any(frame.labels(node.indices[k]) for k in stored.outer):
            return member(stored, node, frame)
        held = {k: frame.number(node.indices[k]).text for k in stored.outer if not frame.labels(node.indices[k])}
        if any(stored.axes[k] in a.free for k in stored.outer if k not in held for a in stored.axes[k + 1:]):
            raise EmissionError(f"{node}: members of different shapes, picked by an index that is an axis")
        rest = Ref(node.name, [p for k, p in enumerate(node.indices) if k not in held])
        values = {stored.axes[k]: node.indices[k] for k in held}
        axes = set(frame.axes)
        ranges = {k: _picked_range(node.indices[k], stored.axes[k], axes) for k in stored.outer if k not in held}
        whole = self.stacked(node.name, held, ranges)
        return member(replace(whole, axes=tuple(a.substitute(values) for a in whole.axes)), rest, frame)

    def _apply(self, node: Apply, frame: Frame) -> Code:
        if node.function in CONSTANTS:
            return Code(f"math.{node.function}", ATOM, (), True)
        arguments = [self.expression(a, frame) for a in node.arguments]
        if all(a.whole for a in arguments) and node.function in _NUMBERS:
            return Code(_NUMBERS[node.function].format(*(a.within(ATOM) for a in arguments)), PRODUCT, (), True)
        arguments, labels = together(arguments, frame)
        if node.function in frame.dialect.functions:
            return replace(frame.dialect.call(node.function, arguments, frame.like), labels=labels)
        spelled = self.arbitrary(node.function)
        return Code(f"{spelled}({', '.join(a.text for a in arguments)})", ATOM, labels)


# -- conditions and ranges --------------------------------------------------------------------------------------------
def _widened(t: Term, frame: Frame) -> tuple[Term, list[Guard]]:
    """A sum whose ends depend on axes runs over all values that occur, under the conditions that choose among them."""
    bounds: list[Guard] = []
    for b in t.binders:
        axes = set(frame.axes) | (set(t.binders) - {b})
        if not (mentioned(b.low) | mentioned(b.high)) & axes or any(a.at for p in (b.low, b.high) for a in p.atoms()
                                                                  if not isinstance(a, Letter)):
            continue
        wide = Letter(b.name, _extreme(b.low, axes, -1), _extreme(b.high, axes, 1), b.family)
        bounds += [Guard(poly(wide) - b.low), Guard(b.high - poly(wide))]
        factors = [(n.substitute({b: poly(wide)}), x.substitute({b: poly(wide)})) for n, x in t.factors]
        t = Term(t.coefficient, tuple(factors), tuple(wide if a == b else a for a in t.binders))
    return t, bounds


def _extreme(p: Poly, axes: set[Letter], direction: int) -> Poly:
    """The least or greatest value of an end of a range over all values of the axes."""
    for letter in sorted(mentioned(p) & axes, key=lambda a: (-len(a.free), a.order)):
        sign = coefficient_sign(p, letter)
        if sign is None:
            raise EmissionError(f"the range {p} of a sum")
        p = p.substitute({letter: letter.high if sign == direction else letter.low})
    return _extreme(p, axes, direction) if mentioned(p) & axes else p


def _picked_range(p: Poly, axis: Letter, axes: set[Letter]) -> tuple[Poly, Poly]:
    """What an index runs over; all that there is, where a condition must keep it within."""
    low, high = _extreme(p, axes, -1), _extreme(p, axes, 1)
    inside = nonnegative(low - axis.low) and nonnegative(axis.high - high)
    return (low, high) if inside else (axis.low, axis.high)


def _split(exponent: Poly) -> tuple[int, Poly]:
    """A sign, and the exponent without it."""
    if exponent.terms and all(c < 0 for _, c in exponent.terms):
        return -1, -exponent
    return 1, exponent


def _stretch(t: Term, q: Letter) -> tuple[Poly, Poly, Term] | None:
    """The stretch of an axis on which the conditions of a term hold, and the term without them."""
    low, high, rest = q.low, q.high, []
    for node, exponent in t.factors:
        c = node.condition.coefficient(q) if isinstance(node, Guard) else None
        if isinstance(node, Guard) and c in (1, -1):
            end = (poly(q) * c - node.condition) * c
            low, high = (end, high) if c == 1 else (low, end)
        else:
            rest.append((node, exponent))
    if len(rest) == len(t.factors):
        return None
    return low, high, Term(t.coefficient, tuple(rest), t.binders)


def _chained(stretches: list[tuple[Poly, Poly, Term]], q: Letter) -> list[tuple[Poly, Poly, Term]] | None:
    """The stretches in order, where each begins after the one before it and together they are the axis."""
    chain: list[tuple[Poly, Poly, Term]] = []
    start = q.low
    while len(chain) < len(stretches):
        following = next((s for s in stretches if s[0] == start and s not in chain), None)
        if following is None or not nonnegative(following[1] - following[0] + 1):
            return None
        chain.append(following)
        start = following[1] + 1
    return chain if start == q.high + 1 else None


def _softmax_axis(top: tuple[Node, Poly], bottom: tuple[Node, Poly], frame: Frame) -> Letter | None:
    (node, x), (group, y) = top, bottom
    if not (isinstance(node, Apply) and node.function == "exp" and x == ONE and isinstance(group, Group) and y == -ONE
            and len(group.body.terms) == 1):
        return None
    (t,) = group.body.terms
    if t.coefficient != 1 or len(t.binders) != 1 or len(t.factors) != 1 or t.factors[0][1] != ONE:
        return None
    (j,) = t.binders
    return next((i for i in frame.axes if (i.low, i.high) == (j.low, j.high)
                 and node.substitute({i: poly(j)}) == t.factors[0][0]), None)
