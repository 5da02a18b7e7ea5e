"""Gradients that a page calls dZ and dW: after a forward pass with a cost J, dW^{[2]} = … says what ∂J/∂W^{[2]} is, and
is a claim."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.documents.statements import Declaration, Equality, Piece, Statement, Used
from derive.graph import closure

_D = r"(?:d|\\(?:mathrm|operatorname|text)\{d\}|ⅆ)"
_LEFT = re.compile(_D + r"(?:\\,|\\!)?(?P<of>(?:\\(?:mathbf|boldsymbol|bm|vec)\{)?[A-Za-zα-ωΑ-Ω\\].*)")
_COST = re.compile(r"(?:\\mathcal\{?)?[JL]\}?|\\ell|ℓ|(?:\\(?:mathrm|text|operatorname)\{)?(?:[Ll]oss|[Cc]ost)\}?")
_MEAN = re.compile(r"\\[dt]?frac\{?1\}?\{?2?[mnNB]\}?|1/\(?2?[mnNB](?![A-Za-z])")
_TOLD = re.compile(r"d\s*([A-Za-z])(?![A-Za-z])[^.。]{0,80}?\\[dt]?frac\s*\{\s*\\partial\s*"
                   r"(?P<cost>[^{}]+?(?:\{\w\})?)\s*\}\s*\{\s*\\partial\s*\1\s*\}")
_DERIVATIVE = re.compile(r"\\[dt]?frac\{\\partial|∂|∇|\\nabla")
_OF_A_SAMPLE = re.compile(r"([a-z])\^\{\[(\w+)\]\(\w\)\}")        # a^{[2](i)}, of A^{[2]}


@dataclass
class _Page:
    """What stands above: for each name what it is made of, the costs, and the names that are declared. Names are told
    apart as they are written."""

    made: dict[str, str]
    costs: dict[str, Equality]
    declared: set[str]

    def needs(self, cost: str) -> set[str]:
        """The names of which a cost is made."""
        every = [n for n in {*self.made, *self.declared} if n]
        return closure([cost], lambda name: [n for n in every if name in self.made and n in self.made[name]])


def with_gradients(stream: Sequence[Statement], text: str) -> Iterator[Statement]:
    """The statements, and in front of the first equation for a dZ what that is: ∂J/∂Z. A page that divides its cost by
    m and not the first of its gradients has another convention, and its names stay its own."""
    page, given = _Page({}, {}, set()), set[str]()
    told = _TOLD.search(text)
    by_sum = False
    for statement in stream:
        if isinstance(statement, Declaration):
            page.declared |= {_bare(p.text) for p in statement.names}
        elif isinstance(statement, Equality) and len(statement.members) > 1:
            name = _bare(statement.members[0].text)
            found = _LEFT.fullmatch(name) if not _DERIVATIVE.match(_bare(statement.members[1].text)) else None
            cost = _cost(page, told)
            if found and cost is not None and name not in given and not by_sum and _is_gradient(name, found["of"], cost,
                                                                                               page):
                by_sum = not (given or told) and bool(_MEAN.search(_bare(page.costs[cost].piece.text))) \
                    and not _MEAN.search(_bare(statement.piece.text))
                if not by_sum:
                    given.add(name)
                    yield _definition(name, found["of"], page.costs[cost])
            if name not in given:
                right = _bare(" ".join(m.text for m in statement.members[1:]))
                page.made.setdefault(name, right + "".join(f" {a.upper()}^{{[{layer}]}}"
                                                           for a, layer in _OF_A_SAMPLE.findall(right)))
                if _COST.fullmatch(name):
                    page.costs.setdefault(name, statement)
        yield statement


def _cost(page: _Page, told: re.Match[str] | None) -> str | None:
    """The cost of a page that has one, or the one by which it says that its gradients are meant."""
    if told is not None and _bare(told["cost"]) in page.costs:
        return _bare(told["cost"])
    return next(iter(page.costs)) if len(page.costs) == 1 else None


def _is_gradient(name: str, of: str, cost: str, page: _Page) -> bool:
    """Whether the cost is made of what stands behind the d, and not of a small step dx."""
    if of not in page.made and of not in page.declared:
        return False
    needed = page.needs(cost)
    return of in needed and name not in page.made and not any(name in page.made.get(n, "") for n in needed)


def _definition(name: str, of: str, cost: Equality) -> Used:
    left, at = " ".join(cost.members[0].text.replace("&", " ").split()), cost.piece.at
    right = rf"\frac{{\partial {left}}}{{\partial {of}}}"
    said = Equality(Piece(f"{name} = {right}", at), (Piece(name, at), Piece(right, at)))
    return Used(Piece("", at), name, (said,))


def _bare(text: str) -> str:
    return re.sub(r"[\s&]|\\[,;!:]", "", text)
