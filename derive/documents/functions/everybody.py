"""Functions that a page defines as everybody does: σ(x) = 1/(1 + e^{−x}) says what σ is anyway, and is a claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.documents.functions.assumed import assumed
from derive.documents.functions.called import Functions, call
from derive.documents.lines.statements import Equality, Statement
from derive.documents.problems import Unreadable
from derive.documents.trees.members import name_node
from derive.documents.trees.trees import Reader, changed
from derive.expression import Expr
from derive.normal import Normalizer
from derive.reading import ReadingError, Scope
from derive.reading.formula import read, read_sides
from derive.reading.syntax import Node
from derive.zero import is_zero


def as_everybody(names: Iterable[str], found: Iterable[Statement]) -> Iterator[str]:
    """Those of the names that are letters of known functions, and are defined by what these are."""
    reader = Reader()
    single = {n for n in names if len(n) == 1}
    for statement in found:
        if not isinstance(statement, Equality) or len(statement.members) < 2 or not single:
            continue
        try:
            name, arguments = call(reader.formula(statement.members[0]).tree) or ("", ())
            if name not in single or len(arguments) != 1 or arguments[0].kind != "ident":
                continue
            one, other = _sides(statement, Scope({arguments[0].parts[0].text: ()}))
        except (ReadingError, Unreadable):
            continue
        if is_zero(one - other, Normalizer()):
            yield name


def _sides(statement: Equality, scope: Scope) -> tuple[Expr, Expr]:
    """Both sides, with what everybody calls erf written out."""
    known = list(assumed([statement], set()))
    if not known:
        one, other = (read(m.text.replace("&", " "), scope).right for m in statement.members[:2])
        return one, other
    names = {a.name for a in known}
    reader = Reader(names)
    given = [(a.equation, reader.formula(a.equation.piece)) for a in known]
    formula = Functions(names, given).without_calls(reader.formula(statement.piece))
    left, right = (changed(side, _as_name) for side in formula.tree.parts[0][:2])
    reading = read_sides(left, right, formula.source, scope, {})
    assert reading.left is not None
    return reading.left, reading.right


def _as_name(node: Node) -> Node | None:
    return name_node(node.parts[0].text, node.at) if node.kind == "ident" else None
