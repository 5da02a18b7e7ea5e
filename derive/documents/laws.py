"""Laws of random quantities, x ~ N(μ, σ²), among the trees of a document."""

from __future__ import annotations

from collections.abc import Iterable

from derive.documents.macros import body_name
from derive.documents.members import scripted_parts
from derive.documents.model import shortened
from derive.documents.parsed import Parsed
from derive.documents.problems import Unreadable
from derive.documents.randomness import PARTS, law_of
from derive.documents.statements import Law, Piece
from derive.documents.trees import walk


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
        for called, argument in zip(hidden, arguments):
            parsed.hide(called, parsed.formula(argument))
        own = tuple(s for s in parts[1] if s.kind in ("lowered", "raised"))
        parsed.hide(body_name(f"law{len(parsed.laws)}"), name, own)
        _positive(parsed, arguments[1:] if law == "normal" else arguments, law == "bernoulli")


def _positive(parsed: Parsed, arguments: Iterable[Piece], below_one: bool) -> None:
    """A variance, the end of a range and a probability are positive."""
    for argument in arguments:
        for node in walk(parsed.formula(argument).tree):
            if node.kind == "ident":
                parsed.positives.append((node, below_one))
