"""Names and functions of an equation that are refused, with what to write instead."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator

from derive.documents.names.lexicon import Lexicon
from derive.documents.names.macros import is_body
from derive.documents.names.model import Equation, shortened
from derive.documents.names.sequences import index_letters_of
from derive.documents.problems import Unreadable
from derive.documents.trees.members import Member
from derive.documents.trees.trees import Formula, walk
from derive.reading.indices import letter_pieces
from derive.reading.nodes import differential, operand, plain
from derive.reading.syntax import Node

_NAME = re.compile(r"[^\W\d_][\w\u0300-\u036f\u20d6\u20d7',²]*")
_LAWS = frozenset("Ppq")         # letters that are probabilities where they are called
MOST_CHARACTERS = 40        # of a name


def refuse_odd_names(formula: Formula, members: Iterable[Member]) -> None:
    """\\text{…} may hold anything; a name is letters and digits."""
    for member in members:
        if is_body(member.name):
            continue
        if not _NAME.fullmatch(member.name) or len(member.name) > MOST_CHARACTERS:
            raise Unreadable(f"'{shortened(member.name)}' is no name: letters, digits and subscripts make one",
                             formula.at(member.at))


def refuse_unknown_functions(formula: Formula, lexicon: Lexicon, sizes: Container[str]) -> None:
    """A word that is called and is no name: mean(x), and any name with several arguments: d(x, y)."""
    for node in walk(formula.tree):
        factors = node.parts[0] if node.kind == "product" else ()
        for first, second in zip(factors, factors[1:]):
            word = first.parts[0].text if first.kind == "ident" else ""
            if second.kind == "group" and (_is_probability(word, second, lexicon) or _is_unknown(word, lexicon, sizes)
                                           or (word and len(second.parts[0]) > 1)):
                raise Unreadable(f"{word} is no function that is known here; define it: {word}(u) = …",
                                 formula.at(first.at))


def refuse_determinants_of_derivatives(formula: Formula) -> None:
    """det (I + ∂f/∂z) has no matrix with a name, but that of det ∂f/∂z is the Jacobian."""
    for node in walk(formula.tree):
        of = plain(operand(node.parts[2])[0]) if node.kind == "apply" and node.parts[0].name == "det" else None
        if of is not None and any(n.kind in ("differential", "nabla", "second") for n in walk(of)) \
                and not (of.kind == "fraction" and all(differential(p) for p in of.parts)):
            raise Unreadable("the determinant of a derivative cannot be read yet; give the Jacobian a name, and say "
                             "what it is", formula.at(node.at))


def refuse_numbers_as_indices(equations: Collection[Equation]) -> Iterator[Unreadable]:
    """The s of η_{t+s} after η_t = η_0 γ^{⌊t/s⌋} is no letter that takes every value."""
    numbers = {m.name for e in equations for side in e.names for m, role in side if role == "value" and not m.indices}
    for equation in equations:
        for member, _ in equation.names[0] if equation.names else ():
            for index in map(plain, member.indices):
                for letter in index_letters_of(index) if index.kind == "sum" else ():
                    if letter in numbers & equation.context.left:
                        yield Unreadable(f"{letter} is an index here, and a number elsewhere",
                                         equation.formula.at(member.at))


def _is_probability(word: str, called_with: Node, lexicon: Lexicon) -> bool:
    """p(x), where p is no name."""
    return word in _LAWS and word not in lexicon.certain and len(called_with.parts[0]) == 1 \
        and plain(called_with.parts[0][0]).kind in ("ident", "scripted")


def _is_unknown(word: str, lexicon: Lexicon, sizes: Container[str]) -> bool:
    """A word of several letters that is no name, nor made of names."""
    pieces = letter_pieces(word)
    return len(pieces) > 1 and word not in lexicon.known and not all(p in lexicon.known or p in sizes for p in pieces)
