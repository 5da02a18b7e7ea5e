"""When an input refutes a claim, and when it only shows that something of the document was not taken into account."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from derive.documents import statements as said
from derive.documents.assumed import HIDDEN
from derive.documents.keys import key, keys
from derive.documents.outline import DECLARED, DEFINED, NAMED, UNREADABLE, UPDATED, Item, Outline
from derive.documents.places import INLINE
from derive.documents.roles import LOSSES
from derive.expression import Value, expression, names, walk
from derive.index import Size
from verify.documents.properties import told_in_words
from verify.study import Study, by_arithmetic, derivative_names
from verify.verdict import REFUTED, Verdict

_LENGTHS = frozenset("nmNMdDKTk")         # letters that are sizes more often than numbers
_OF_ARRAYS = re.compile(r"[ᵀ⊤‖𝟏𝟙Σ∑]|\\(?:top|[|]|[Vl]Vert|math(?:bf|bb)|boldsymbol|sum|E\b)|\^\{?T|"
                        r"\btr\b|\btrace|diag|\bI\b|E\[|Var")
_WHOLE = tuple(map(Fraction, range(1, 8)))
_OPERATORS = frozenset(["E", "Var", "Cov", "e", "I", "π"])
_GRADIENT = re.compile(r"\s*(?:∂|∇|\\nabla|\\partial|\\[dt]?frac\s*\{\s*\\(?:partial|mathrm\s*\{\s*d))")
_MADE_OF = re.compile(r"[+⊙·]|\\(?:odot|cdot|top)|ᵀ")
_SHAPE = r"(a matrix (\w+) × (\w+)|a (?:row|column) of (\w+))"
_NO_PRODUCT = re.compile(f"{_SHAPE} and {_SHAPE} have no product")
_ZERO = re.compile(r"\s*(?:\\(?:mathbf|boldsymbol|bm|vec)\s*\{?\s*)?[0𝟎]\}?[\s.,;。，]*")


def unfair(item: Item, needed: list[Item], verdict: Verdict, outline: Outline, study: Study | None,
           text: str = "") -> str:
    """Why a refutation is none, in words; empty where it is one. `needed` is what the claim was read with, `text` the
    document."""
    example = verdict.counterexample
    given = {name.partition("[")[0] for name in example.inputs} if example is not None else set()
    near = [i for i in outline.items if i.scope == item.scope and i.section == item.section and i is not item
            and not (i.onward and i.number > item.number)]
    if item.name and not any(i.name == item.name and i.role in (DEFINED, NAMED, UPDATED) for i in needed):
        return f"{item.name} is not defined by what could be read"
    jacobians = [i.name for i in needed if i.role == NAMED and any(
        j.role == DEFINED and j.name in i.above and j.name not in LOSSES for j in needed)]
    if study is None and jacobians:
        return f"{jacobians[0]} is a Jacobian, and a name of one cannot be read yet"
    after = [i for i in needed if i.number > item.number and i.role == DEFINED]
    begun = {i.name for i in needed if i.number < item.number and i.role == DEFINED}
    below = sorted(n for i in after if i.name not in begun for n in keys([i.name]) & item.uses)
    if below:
        return f"{below[0]} is defined further down"
    if item.words.condition and item.place.kind == INLINE and not item.derived:
        return "a condition of the text"
    statement = item.statement
    if isinstance(statement, said.Equality) and re.match(r"\s*0\s*&?\s*=", statement.piece.text):
        return "0 = … asks for something"
    if item.place.kind == INLINE and isinstance(statement, said.Equality) and item.name \
            and given and re.fullmatch(r"[\d./\s−-]+", statement.members[-1].text):
        return "a value that it has at some inputs only"
    if given & HIDDEN and any(i.name == "l" for i in outline.items if i.scope == item.scope):
        return "l is defined, but not by what could be read"
    unread = {i.name for i in outline.items if i.role == UNREADABLE and i.name and i.scope == item.scope}
    unread -= {n for i in needed if i.role in (DEFINED, NAMED) for n in keys([i.name])}
    rests = sorted(unread & {n for i in needed for n in keys(i.names)})
    if rests:
        return f"{rests[0]} is defined, but not by what could be read"
    if _is_stationary(item):
        return "a condition: where the gradient is zero"
    if not item.derived and any(i.number < item.number and _is_stationary(i) for i in near) \
            and (study is None or not study.page.program.equations):
        return "it may be meant where the gradient is zero"
    used = {n for i in needed if i.role in (DEFINED, NAMED, UPDATED) for n in keys([i.name])}
    defined = {i.name for i in near if i.role in (DEFINED, NAMED, UPDATED) and i.name} - used
    whole = {i.name for i in near if i.role in (DEFINED, NAMED, UPDATED) and not i.member}
    declared = {n for i in near if i.role == DECLARED for n in i.declared}
    held = {n for n in given & used if study is not None and n in study.page.program.inputs}
    if held:
        return f"{min(held)} would be an input: its definition holds a gradient"
    for name in sorted(given - used - declared):
        if name in _OPERATORS:
            return f"{name} would be an input"
        mentioned = any(keys([name[1:]]) & i.derived for i in outline.items if i.scope == item.scope)
        if name.startswith("∂") and (any(top in defined for top in item.above) or not mentioned):
            return f"the gradient {name} would be an input"
        other = name not in whole and example is not None and isinstance(example.inputs.get(name), str)
        if (keys([name]) & defined and not other) or f"{key(name)}²" in defined | used:     # w beside a family w_k
            return f"{name} is defined, but not by what could be read"
        if name in _LENGTHS and not _is_number(name, item, outline, study):
            return f"{name} may be a size: declare it, {name} ∈ ℕ, or {name} ∈ ℝ"
    if study is not None and example is not None and not example.inputs and _is_of_numbers(study):
        return ""
    told = told_in_words(given - used, study, text, item.at)
    if told:
        return f"{told}: say so in a directive"
    return _loose(study, outline, needed, f"{example.left} {example.right}" if example is not None else "")


def _is_number(name: str, item: Item, outline: Outline, study: Study | None) -> bool:
    """Whether a letter such as m is no length for certain: something is differentiated by it, or nothing in the claim
    has axes, and the claim fails for whole numbers too."""
    if any(name in i.derived - i.above for i in outline.items if i.scope == item.scope):
        return True
    if study is None or len(study.claims) != 1:
        return False
    program, claim = study.page.program, study.claims[0][0]
    if program.sizes or any(e.letters for e in program.equations) or any(v.axes for v in program.variables.values()):
        return False
    whole = replace(program, variables={n: replace(v, among=_WHOLE) if n in _LENGTHS else v
                                        for n, v in program.variables.items()})
    found = by_arithmetic(claim, study.derivation, derivative_names(study.derivation), whole)
    return found.verdict == REFUTED


def _is_of_numbers(study: Study) -> bool:
    """Whether a claim is about numbers and nothing else: O(32, 5, 0, 1) = 28."""
    sides = [side for claim, _ in study.claims for side in (expression(claim.left), claim.right)]
    return not any(names(side) or t.binders for side in sides for t in side.terms) and not any(
        isinstance(n, Value) for side in sides for n in walk(side))


def _is_stationary(item: Item) -> bool:
    """∂L/∂w = 0"""
    statement = item.statement
    if not isinstance(statement, said.Equality) or len(statement.members) != 2 or not item.derived:
        return False
    left, right = (m.text.replace("&", "") for m in statement.members)
    return bool(_GRADIENT.match(left) and not _MADE_OF.search(left) and _ZERO.fullmatch(right))


def _loose(study: Study | None, outline: Outline, needed: list[Item], told: str) -> str:
    """A size of the page that is a number in the claim, beside axes of which nothing tells the length."""
    written = {n for i in needed for n in i.sizes} & outline.sizes
    if study is None:
        numbers = {n for i in needed if i.role == DEFINED for n in i.sizes} & outline.sizes
        words = set(re.findall(r"[^\W\d]\w*", re.sub(r"\[[^\]]*\]", "", told)))
        invented = words - outline.sizes - outline.widths - {"a", "and", "against", "column", "row", "matrix", "scalar",
                                                             "of"}
        return f"{min(numbers)} may be the length that does not fit" if numbers and invented else ""
    program = study.page.program
    known = lengths(study)
    open_sizes = known - outline.sizes
    summed = {a.name for claim, _ in study.claims for side in (expression(claim.left), claim.right)
              for t in side.terms for letter in t.binders for a in letter.count.atoms() if isinstance(a, Size)}
    scalars = not any(v.axes for v in program.variables.values())
    if scalars and not any(_OF_ARRAYS.search(i.statement.piece.text) for i in needed):
        return ""       # counts, of multiplications and parameters
    loose = sorted(written - known - (summed if scalars else set()))
    told = f"{loose[0]} may be the length of an axis: declare the shapes" if loose else ""
    return told if open_sizes or not known else ""


def lengths(study: Study) -> set[str]:
    """The sizes that are lengths of axes."""
    return {a.name for v in study.page.program.variables.values() for x in v.axes for a in x.count.atoms()
            if isinstance(a, Size)}


def without_product(message: str) -> tuple[str, str] | tuple[()]:
    """A matrix and a vector that have no product, neither with the vector as a column nor with it as a row."""
    found = _NO_PRODUCT.fullmatch(message)
    if found is None or bool(found[2]) == bool(found[6]):
        return ()
    fits = found[3] == found[8] if found[2] else found[4] == found[6]
    return () if fits else (found[1], found[5])
