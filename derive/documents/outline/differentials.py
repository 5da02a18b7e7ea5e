"""Gradients that a page calls dZ and dW: after a forward pass with a cost J, dW^{[2]} = … says what ∂J/∂W^{[2]} is, and
is a claim. So is δi_t = … on a page that says δh_t = ∂L/∂h_t."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from derive.documents.lines.statements import Declaration, Equality, Piece, Statement, Used
from derive.graph import closure

_D = r"(?:d|\\(?:mathrm|operatorname|text)\{d\}|ⅆ)"
_LEFT = re.compile(rf"(?P<mark>{_D}|δ|\\delta)(?:\\,|\\!)?"
                   r"(?P<of>(?:\\(?:mathbf|boldsymbol|bm|vec)\{)?[A-Za-zα-ωΑ-Ω\\].*)")
_COST = re.compile(r"(?:\\mathcal\{?)?[JL]\}?|\\ell|ℓ|(?:\\(?:mathrm|text|operatorname)\{)?(?:[Ll]oss|[Cc]ost)\}?")
_MEAN = re.compile(r"\\[dt]?frac\{?1\}?\{?2?[mnNB]\}?|1/\(?2?[mnNB](?![A-Za-z])")
_TOLD = re.compile(r"d\s*([A-Za-z])(?![A-Za-z])[^.。]{0,80}?\\[dt]?frac\s*\{\s*\\partial\s*"
                   r"(?P<cost>[^{}]+?(?:\{\w\})?)\s*\}\s*\{\s*\\partial\s*\1\s*\}")
_DELTAS = {"δ", r"\delta"}
_PARTIAL = r"(?:\\partial|∂|d(?![A-Za-z]{2}))"
_NAMED = re.compile(rf"\\[dt]?frac\{{{_PARTIAL}(?P<above>.+)\}}\{{{_PARTIAL}(?P<below>.+)\}}|"
                    rf"{_PARTIAL}(?P<over>[^/]+)/{_PARTIAL}(?P<under>.+)")
_DERIVATIVE = re.compile(r"\\[dt]?frac\{\\partial|∂|∇|\\nabla")
_OF_A_SAMPLE = re.compile(r"([a-z])\^\{\[(\w+)\]\(\w\)\}")        # a^{[2](i)}, of A^{[2]}


def with_gradients(stream: Sequence[Statement], text: str) -> Iterator[Statement]:
    """The statements, and in front of the first equation for a dZ what that is: ∂J/∂Z."""
    page = _Page(_TOLD.search(text))
    for statement in stream:
        if isinstance(statement, Declaration):
            page.declared |= {_bare(p.text) for p in statement.names}
        elif isinstance(statement, Equality) and len(statement.members) > 1:
            yield from page.definitions(statement)
        yield statement


@dataclass
class _Page:
    """What stands above: for each name what it is made of, the costs, the names that are declared, and of what each
    mark is said to be the derivative: L after δh = ∂L/∂h. Names are told apart as they are written."""

    told: re.Match[str] | None
    made: dict[str, str] = field(default_factory=dict)
    costs: dict[str, Equality] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)
    said: dict[str, str] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    by_sum: bool = False

    def definitions(self, statement: Equality) -> Iterator[Used]:
        """What the gradients of an equation are, those that stand nowhere above."""
        name, *others = (_bare(m.text) for m in statement.members)
        for mark, of in self._marked("".join(others)):
            if mark + of not in {name, *self.given, *self.made}:
                self.given.add(mark + of)
                yield _definition(mark, of, self.said[mark], statement.piece.at)
        found = _LEFT.fullmatch(name)
        if found and (named := _NAMED.fullmatch(others[0])) and found["of"] in (named["below"], named["under"]):
            self.said[found["mark"]] = named["above"] or named["over"]
        elif found and not _DERIVATIVE.match(others[0]) and (cost := self._cost(name, found, statement)):
            self.given.add(name)
            yield _definition(found["mark"], found["of"], *cost)
        if name not in self.given:
            self._learn(name, " ".join(others), statement)

    def _learn(self, name: str, right: str, statement: Equality) -> None:
        layers = "".join(f" {a.upper()}^{{[{layer}]}}" for a, layer in _OF_A_SAMPLE.findall(right))
        self.made.setdefault(name, right + layers)
        if _COST.fullmatch(name):
            self.costs.setdefault(name, statement)

    def _marked(self, text: str) -> Iterator[tuple[str, str]]:
        """Every δ with a name behind it in a text, where another δ is said to be a derivative."""
        for mark in _DELTAS & self.said.keys():
            for of in sorted({*self.made, *self.declared}):
                if of and re.search(re.escape(mark + of) + r"(?![_^{])", text):
                    yield mark, of

    def _cost(self, name: str, found: re.Match[str], statement: Equality) -> tuple[str, int] | None:
        """Of what a name is the derivative, and where that stands; None of a name of its own."""
        mark, of = found["mark"], found["of"]
        if name in self.made or name in self.given or not (of in {*self.made, *self.declared} or self._is_used(of)):
            return None
        if mark in self.said and self.said[mark] not in self.costs:
            return self.said[mark], statement.piece.at
        cost = self._only_cost()
        if cost is None or (mark in _DELTAS and mark not in self.said) or not self._is_below(cost, name, of) \
                or self._divides_later(self.costs[cost], statement):
            return None
        return " ".join(self.costs[cost].members[0].text.replace("&", " ").split()), self.costs[cost].piece.at

    def _only_cost(self) -> str | None:
        """The cost of a page that has one, or the one by which it says that its gradients are meant."""
        if self.told is not None and _bare(self.told["cost"]) in self.costs:
            return _bare(self.told["cost"])
        return next(iter(self.costs)) if len(self.costs) == 1 else None

    def _is_below(self, cost: str, name: str, of: str) -> bool:
        """Whether the cost is made of what stands behind the d, and the dx is no small step that it is made of."""
        every = [n for n in {*self.made, *self.declared, of} if n]
        needed = closure([cost], lambda above: [n for n in every if n in self.made.get(above, "")])
        return of in needed and not any(name in self.made.get(n, "") for n in needed)

    def _is_used(self, name: str) -> bool:
        """Whether something is made of a name that nothing declares: W_2."""
        behind = "[A-Za-z0-9_^]" if name[-1].isalpha() else "[0-9_^]"
        alone = re.compile(rf"(?<![A-Za-z\\_^]){re.escape(name)}(?!{behind})")
        return any(alone.search(right) for right in self.made.values())

    def _divides_later(self, cost: Equality, statement: Equality) -> bool:
        """Whether the page divides its cost by m and not the first of its gradients: it has another convention, and
        its names stay its own."""
        self.by_sum = self.by_sum or (not self.given and self.told is None and bool(_MEAN.search(
            _bare(cost.piece.text))) and not _MEAN.search(_bare(statement.piece.text)))
        return self.by_sum


def _definition(mark: str, of: str, cost: str, at: int) -> Used:
    name = f"{mark} {of}" if mark == r"\delta" else mark + of
    right = rf"\frac{{\partial {cost}}}{{\partial {of}}}"
    said = Equality(Piece(f"{name} = {right}", at), (Piece(name, at), Piece(right, at)))
    return Used(Piece("", at), name, (said,))


def _bare(text: str) -> str:
    return re.sub(r"[\s&]|\\[,;!:]", "", text)
