"""Relations: conditions in brackets, ranges of letters, and what stands below a sum sign."""

from __future__ import annotations

from derive.index import ONE, Letter, Poly, poly
from derive.notation.layout import Condition, Indicator
from derive.reading.errors import ReadingError
from derive.reading.indices import Indices, arguments, letter_name
from derive.reading.letters import Letters
from derive.reading.source import Source
from derive.reading.syntax import Node

Range = tuple[str, Poly | None, Poly | None]
_TURNED = {"≤": "≥", "<": ">", "≥": "≤", ">": "<", "=": "=", "≠": "≠"}


class Conditions:
    """Reads relations between indices."""

    def __init__(self, source: Source, indices: Indices, letters: Letters):
        self.source, self.indices, self.letters = source, indices, letters

    def _error(self, node: Node, message: str) -> ReadingError:
        return self.source.error(message, node.at)

    def indicator(self, node: Node) -> Indicator:
        """[i = j], [t ≤ T−1], [k < t]"""
        members, signs = node.parts
        if len(members) != 2:
            raise self._error(node, "a condition in brackets has one relation")
        left, right = map(self.indices.poly, members)
        (sign,) = signs
        if sign == "<":
            return Indicator(left, "≤", right - 1)
        if sign == ">":
            return Indicator(left, "≥", right + 1)
        if sign == "≠":
            raise self._error(node, "write 1 − [i = j] for i ≠ j")
        return Indicator(left, sign, right)

    # -- ranges ------------------------------------------------------------------------------------------------------
    def condition(self, node: Node, limits: bool = False) -> Condition:
        """`t = T`, `1 ≤ t ≤ T−1`, `t < T`, `t = 1…T`. An end that is not given is None until the letter has its
        range; a condition on a whole equation limits the letter itself."""
        letter, low, high = self._range(node)
        if limits:
            self.letters.limit(letter, low, high)
        return Condition(letter, low, high)    # type: ignore[arg-type]

    def listed(self, nodes: tuple[Node, ...], node: Node) -> Condition:
        """`t = 1, …, T`"""
        kinds = [n.kind for n in nodes]
        if len(nodes) == 1:
            return self.condition(nodes[0], True)
        if kinds[-2:-1] == ["dots"] and nodes[0].kind == "relation":
            return self.condition(Node("span", (nodes[0], nodes[-1]), node.at), True)
        raise self._error(node, "a condition is due here")

    def _range(self, node: Node) -> tuple[Letter, Poly | None, Poly | None]:
        if node.kind == "span":
            first, last = node.parts
            letter, low, _ = self._range(first)
            return letter, low, self.indices.poly(last)
        if node.kind != "relation":
            raise self._error(node, "a condition is due here")
        members, signs = node.parts
        if len(members) == 3:
            return self._between(node)
        if len(members) != 2:
            raise self._error(node, "a condition has one or two relations")
        if self._comes_later(*members):
            return self._one_sided(node, members[1], _TURNED[signs[0]], members[0])
        return self._one_sided(node, members[0], signs[0], members[1])

    def _comes_later(self, one: Node, other: Node) -> bool:
        """Whether both are letters and the second stands behind the first in the equation: a range may end at a letter
        in front, t ≤ k of ∂G_t/∂r_k at t."""
        first, second = letter_name(one), letter_name(other)
        return first is not None and second is not None and self.letters.in_order(first, second)

    def _between(self, node: Node) -> tuple[Letter, Poly | None, Poly | None]:
        (low, middle, high), (first, second) = node.parts
        letter, lower, _ = self._one_sided(node, middle, _TURNED[first], low)
        _, _, upper = self._one_sided(node, middle, second, high)
        if lower is None or upper is None:
            raise self._error(node, "a range rises from left to right: 1 ≤ t ≤ T")
        return letter, lower, upper

    def _one_sided(self, node: Node, of: Node, sign: str, by: Node) -> tuple[Letter, Poly | None, Poly | None]:
        letter = self._letter(of)
        if letter is None:
            letter, of, sign, by = self._letter(by), by, _TURNED[sign], of
        if letter is None:
            raise self._error(node, "a condition is about one letter")
        end = self.indices.poly(by)
        if sign == "=":
            return letter, end, end
        if sign in ("≤", "<"):
            return letter, None, end if sign == "≤" else end - 1
        if sign in ("≥", ">"):
            return letter, end if sign == "≥" else end + 1, None
        raise self._error(node, "≠ gives no range")

    def _letter(self, node: Node) -> Letter | None:
        """The letter that a node stands for; one that is new here is made."""
        shown = letter_name(node)
        if shown is None:
            return None
        found = self.indices.known(shown)
        return self.letters.make(shown, node.at) if found is None else found.letter

    # -- below and above a sum sign ----------------------------------------------------------------------------------
    def summed(self, scripts: tuple[Node, ...], at: int) -> list[Range]:
        """The letters of a sum, with the bounds that are given: Σ_{i=1}^{n}, Σ_i, Σ_{i,j}."""
        below = [s.parts[0] for s in scripts if s.kind == "lowered"]
        above = [s.parts[0] for s in scripts if s.kind == "raised"]
        if len(below) != 1 or len(above) > 1 or len(scripts) != len(below) + len(above):
            raise self.source.error("a sum needs one letter below it", at)
        items = arguments(below[0])
        high = self.indices.poly(above[0]) if above else None
        if len(items) == 1 and items[0].kind == "relation" and items[0].parts[1] != ("≠",):
            return [self._bounded(items[0], high)]
        if high is not None and len(items) != 1:
            raise self._error(above[0], "an upper bound needs a lower one: Σ_{i=1}^{n}")
        low = None if high is None else poly(1)     # Σ_i^n
        return [(name, low, high) for item in items for name in self._names(_left_out(item)[0])]

    def left_out(self, scripts: tuple[Node, ...]) -> list[Indicator]:
        """[j = i] for each j ≠ i below a sum sign. The letters of the sum are known here."""
        items = [i for s in scripts if s.kind == "lowered" for i in arguments(s.parts[0])]
        pairs = [_left_out(i) for i in items]
        return [Indicator(self.indices.poly(of), "=", self.indices.poly(by)) for of, by in pairs if by is not None]

    def leaves_out(self, scripts: tuple[Node, ...]) -> bool:
        """Whether something below a sum sign says j ≠ i."""
        return any(_left_out(i)[1] is not None for s in scripts if s.kind == "lowered" for i in arguments(s.parts[0]))

    def multiplied(self, scripts: tuple[Node, ...], at: int) -> tuple[Range, bool]:
        """The letter of a product with its bounds, and whether it falls from left to right: ∏_{t≥s>k}."""
        below = [s.parts[0] for s in scripts if s.kind == "lowered"]
        items = arguments(below[0]) if len(scripts) == len(below) == 1 else ()
        chain = items[0].parts if len(items) == 1 and items[0].kind == "relation" else ((), ())
        if len(chain[0]) == 3 and set(chain[1]) <= {"≥", ">"}:
            (first, middle, last), (one, other) = chain
            high, low = self.indices.poly(first), self.indices.poly(last)
            return (self._name(middle), low + 1 if other == ">" else low, high - 1 if one == ">" else high), True
        ranges = self.summed(scripts, at)
        if len(ranges) != 1:
            raise self.source.error("a product is over one letter", at)
        return ranges[0], False

    def _bounded(self, node: Node, high: Poly | None) -> Range:
        """`i = 1` below and n above, `1 ≤ i ≤ n` below, `k < t` below."""
        members, signs = node.parts
        if high is not None or len(members) == 3:
            middle = members[1] if len(members) == 3 else members[0]
            if len(members) == 2 and signs != ("=",):
                raise self._error(node, "a lower bound is due here: i = 1")
            name = self._name(middle)
            if high is not None:
                return name, self.indices.poly(members[1]), high
            low, top = self.indices.poly(members[0]), self.indices.poly(members[2])
            return name, low + 1 if signs[0] == "<" else low, top - 1 if signs[1] == "<" else top
        if signs not in (("<",), ("≤",)):
            raise self._error(node, "the range of this sum cannot be read")
        name = self._name(members[0])
        end = self.indices.poly(members[1])
        return name, ONE, end - 1 if signs == ("<",) else end

    def _name(self, node: Node) -> str:
        names = self._names(node)
        if len(names) != 1:
            raise self._error(node, "one letter is due below the sum sign")
        return names[0]

    def _names(self, node: Node) -> list[str]:
        """The names of letters: `i`, or `i j` side by side."""
        if node.kind == "product" and not any(node.parts[1]):
            return [name for n in node.parts[0] for name in self._names(n)]
        name = letter_name(node)
        if name is None:
            raise self._error(node, "a letter is due below the sum sign")
        return [name]


def _left_out(node: Node) -> tuple[Node, Node | None]:
    """Of j ≠ i, the letter that is summed over, and what it is not; of anything else, itself."""
    if node.kind == "relation" and node.parts[1] == ("≠",):
        return node.parts[0]
    return node, None
