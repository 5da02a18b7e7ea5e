"""The loss of a step, ℓ_t(h_t), of which nothing is known: a number for each t, which depends on what stands in its
parentheses, as another function of it for every t."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from derive.documents.names.sizes import Trees
from derive.documents.trees.members import scripted_parts
from derive.documents.trees.trees import changed
from derive.reading.nodes import differential, plain
from derive.reading.syntax import Node

_NAME = r"(?<![\w\\^_{])(?:\\(?:mathcal|mathit)\s*)?(?:\{\s*[LJE]\s*\}|ℓ|\\ell(?![A-Za-z])|[LJEl])"
_CALL = re.compile(rf"({_NAME}\s*_\s*(?:\{{\s*(?P<a>[a-z])\s*\}}|(?P<b>[a-z])))\s*(?:\\left\s*|\\[Bb]ig[lr]?\s*)?"
                   r"\(((?:[^()=;|]|\([^()]*\))+?)(?:\\right\s*|\\[Bb]ig[lr]?\s*)?\)")


def step_losses(sides: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Each loss with its index, and the one thing that it depends on; `sides` are those of all equations."""
    every = list(sides)
    defined = {_bare(members[0]) for members in every if len(members) > 1}
    found: dict[str, set[str]] = {}
    for text in (member for members in every for member in members):
        for call in _CALL.finditer(text):
            letter = call["a"] or call["b"]
            given = [a for a in map(str.strip, call[4].split(",")) if _has_index(a, letter)]
            own = [a for a in given if _bare(a) in defined] or given[:1]
            found.setdefault(call[1], set()).add(own[0] if own else "")
    for name, arguments in found.items():
        if len(arguments) == 1 and "" not in arguments and not any(d.startswith(_bare(name)) for d in defined):
            yield name, arguments.pop()


def _bare(text: str) -> str:
    return re.sub(r"[\s&{}]", "", text)


def _has_index(text: str, letter: str) -> bool:
    return bool(re.search(rf"[_^]\s*(?:\{{?\s*\(?\s*)?{letter}(?![A-Za-z])", text))


def without_arguments(trees: Trees, losses: set[str]) -> Trees:
    """The trees without the parentheses behind these losses."""
    def change(node: Node) -> Node | None:
        if node.kind != "product":
            return None
        factors, marks = node.parts
        kept = [k for k, n in enumerate(factors) if not (k and n.kind == "group" and base_of(factors[k - 1]) in losses)]
        if len(kept) == len(factors):
            return None
        left = tuple(changed(factors[k], change) for k in kept)
        return left[0] if len(left) == 1 else Node("product", (left, tuple(marks[k - 1] for k in kept[1:])), node.at)

    return [(s, replace(f, tree=changed(f.tree, change)), r) for s, f, r in trees]


def base_of(node: Node) -> str:
    """The ℓ of ℓ_t, of ∂ℓ_t and of ∇ℓ_t; empty for anything else."""
    of = differential(node) if node.kind == "differential" else node.parts[1] if node.kind == "nabla" else node
    parts = scripted_parts(plain(of)) if of is not None else None
    return parts[0].parts[0].text if parts is not None and parts[1] and parts[0].kind == "ident" else ""
