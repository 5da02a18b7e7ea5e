"""Laws of random quantities, x ~ N(μ, σ²), among the trees of a document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derive.documents.bound_letters import letters_in
from derive.documents.macros import body_name
from derive.documents.members import scripted_parts
from derive.documents.model import shortened
from derive.documents.parsed import Parsed
from derive.documents.problems import Unreadable
from derive.documents.randomness import PARTS, law_of
from derive.documents.statements import Law, Piece
from derive.documents.trees import Formula, walk
from derive.reading.syntax import Node


def put_law(statement: Law, parsed: Parsed) -> None:
    """What stands in the parentheses of a law as definitions under hidden names, and one for the name itself."""
    found = law_of(statement.law)
    if found is None:
        raise Unreadable(f"the law '{shortened(statement.law.text)}' is not known; known are N(μ, σ²), U(a, b) and "
                         "Bernoulli(p)", statement.law.at)
    law, arguments = found
    for piece in statement.names:
        name = parsed.formula(piece)
        parts = scripted_parts(name.tree)
        if parts is None:
            raise Unreadable("a name stands on the left of ~", piece.at)
        hidden = tuple(body_name(f"{part}{len(parsed.laws)}") for part in PARTS[law])
        parsed.laws.append((statement, law, name, hidden))
        own = tuple(s for s in parts[1] if s.kind in ("lowered", "raised"))
        given = [parsed.formula(a) for a in arguments]
        tied = [_has_index_of(own, formula) for formula in given]
        for called, formula, with_index in zip(hidden, given, tied):
            parsed.hide(called, formula, own if with_index else ())
        parsed.hide(body_name(f"law{len(parsed.laws)}"), _beside(name, given, tied), own)
        _positive(parsed, arguments[1:] if law == "normal" else arguments, law == "bernoulli")


def _beside(name: Formula, given: list[Formula], tied: list[bool]) -> Formula:
    """A name beside what has the same index in its law, which thus runs as far: x_i + μ_i, or x_i σ_i²."""
    if not any(tied):
        return name
    both = (name.tree, given[tied.index(True)].tree)
    made = ((False, False), both) if tied[0] else (both, ("",))
    return replace(name, tree=Node("sum" if tied[0] else "product", made, name.tree.at))


def _has_index_of(scripts: Iterable[Node], formula: Formula) -> bool:
    """Whether a letter that is an index of the name is one in its law too: x_i ~ N(μ_i, σ_i²)."""
    letters = {x for s in scripts for x in letters_in(s)}
    return any(letters & set(letters_in(s)) for n in walk(formula.tree) if n.kind == "scripted"
               for s in n.parts[1] if s.kind in ("lowered", "raised"))


def _positive(parsed: Parsed, arguments: Iterable[Piece], below_one: bool) -> None:
    """A variance, the end of a range and a probability are positive."""
    for argument in arguments:
        for node in walk(parsed.formula(argument).tree):
            if node.kind == "ident":
                parsed.positives.append((node, below_one))
