"""Laws of random quantities, x ~ N(μ, σ²), among the trees of a document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derive.documents.lines.declarations import Kind
from derive.documents.lines.statements import Declaration, Equality, Law, Piece
from derive.documents.names.macros import body_name
from derive.documents.names.model import letter_of, shortened
from derive.documents.names.parsed import Parsed
from derive.documents.names.randomness import PARTS, law_of
from derive.documents.problems import Unreadable
from derive.documents.program.correlated import of_independent_ones, own_name
from derive.documents.trees.bound_letters import letters_in
from derive.documents.trees.members import number_node, scripted_parts
from derive.documents.trees.trees import Formula, walk
from derive.reading.nodes import plain
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
        if _is_one_of_many(name.tree, parsed):
            name = _drawn_first(piece, parsed)
            parts = scripted_parts(name.tree) or parts
        independent = of_independent_ones(name, arguments, parsed) if law == "normal" and len(arguments) == 2 else None
        if independent is not None:
            name, parts = independent, (independent.tree, ())
        hidden = tuple(body_name(f"{part}{len(parsed.laws)}") for part in PARTS[law])
        parsed.laws.append((statement, law, name, hidden))
        own = tuple(s for s in parts[1] if s.kind in ("lowered", "raised"))
        given = [parsed.formula(a) for a in (arguments if independent is None else _standard(piece))]
        if law == "normal" and not _is_written("I", parsed):
            given[1], length = _of_each_entry(given[1])
            _declare(name, length, parsed)
        tied = [_has_index_of(own, formula) for formula in given]
        for called, formula, with_index in zip(hidden, given, tied):
            parsed.hide(called, formula, own if with_index else ())
        parsed.hide(body_name(f"law{len(parsed.laws)}"), _beside(name, given, tied), own, statement.conditions)
        _positive(parsed, given[1:] if law in ("normal", "moments", "mean") else given, law == "bernoulli")


def _standard(beside: Piece) -> tuple[Piece, Piece]:
    """The mean and the variance of what N(0, 1) is the law of."""
    return Piece("0", beside.at), Piece("1", beside.at)


def _drawn_first(member: Piece, parsed: Parsed) -> Formula:
    """A name of our own for what is drawn, after h_0 ~ N(0, σ²) beside h_l: h_0 is that.

    Raises:
        Unreadable: for more such members than there are names.
    """
    drawn = own_name(parsed, member.at)
    text = f"{member.text} = {drawn.text}"
    parsed.add(Equality(Piece(text, member.at), (Piece(member.text, member.at), drawn)))
    return parsed.formula(drawn)


def _is_one_of_many(name: Node, parsed: Parsed) -> bool:
    """Whether a name has a number below it, where others of its family have letters: x_0 beside x_t."""
    if _lowered(name) != "number":
        return False
    return any(n.kind == "scripted" and letter_of(n) == letter_of(name) and _lowered(n) not in ("", "number")
               for _, f, _ in parsed.trees for n in walk(f.tree))


def _lowered(node: Node) -> str:
    """What kind of index stands below a name; empty where there is none."""
    scripts = [s for s in node.parts[1] if s.kind == "lowered"] if node.kind == "scripted" else []
    return plain(scripts[0].parts[0]).kind if scripts else ""


def _is_written(word: str, parsed: Parsed) -> bool:
    """Whether the document defines or declares a word."""
    return any(letter_of(f.left) == word for _, f, _ in parsed.trees) or any(
        letter_of(n.tree) == word for _, _, names, _ in parsed.kinds for n in names)


def _of_each_entry(variance: Formula) -> tuple[Formula, Node | None]:
    """The σ² of σ² I, the variance of each entry of a vector whose entries are independent, and the k of I_k."""
    factors = variance.tree.parts[0] if variance.tree.kind == "product" else (variance.tree,)
    base, scripts = factors[-1].parts if factors[-1].kind == "scripted" else (factors[-1], ())
    if base.kind != "ident" or base.parts[0].text != "I" or any(s.kind != "lowered" for s in scripts):
        return variance, None
    rest: Node = number_node(1, base.at)
    if len(factors) > 1:
        front = Node("product", (factors[:-1], variance.tree.parts[1][:-1]), base.at)
        rest = factors[0] if len(factors) == 2 else front
    return replace(variance, tree=rest), plain(scripts[0].parts[0]) if scripts else None


def _declare(name: Formula, length: Node | None, parsed: Parsed) -> None:
    """Declares z ∈ ℝ^k after z ~ N(0, I_k), where nothing else does."""
    known = {letter_of(n.tree) for _, _, names, _ in parsed.kinds for n in names}
    if length is None or letter_of(name.tree) in known:
        return
    shape = Declaration(name.piece, (name.piece,), name.piece)
    parsed.kinds.append((shape, Kind((name.piece,)), [name], [replace(name, tree=length)]))


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


def _positive(parsed: Parsed, given: Iterable[Formula], below_one: bool) -> None:
    """A variance, the end of a range and a probability are positive."""
    for formula in given:
        for node in walk(formula.tree):
            if node.kind == "ident":
                parsed.positives.append((node, below_one))
