"""Functions that a page defines as everybody does: σ(x) = 1/(1 + e^{−x}) says what σ is anyway, and is a claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.documents.called import call
from derive.documents.statements import Equality, Statement
from derive.documents.trees import Reader
from derive.normal import Normalizer
from derive.reading import ReadingError, Scope
from derive.reading.formula import read
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
            scope = Scope({arguments[0].parts[0].text: ()})
            one, other = (read(m.text.replace("&", " "), scope).right for m in statement.members[:2])
        except ReadingError:
            continue
        if is_zero(one - other, Normalizer()):
            yield name
