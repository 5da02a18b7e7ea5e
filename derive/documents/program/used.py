"""`<!-- derive: use lstm -->`: the definitions of a catalogue entry as statements of the page.

They are written as a page would write them and read as a page is read; what comes out is held against the entry, and
where it is not the same for all sizes, nothing is brought in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from derive import catalogue
from derive.documents.lines import statements as said
from derive.documents.lines.statement_reader import statements
from derive.documents.lines.statements import Statement
from derive.documents.pages.places import DIRECTIVE, Place, Positions
from derive.documents.problems import DocumentError, Unreadable
from derive.documents.program.drawing import Drawing
from derive.documents.program.program import read_statements
from derive.documents.roles.interpretation import CHECKING
from derive.expression import Expr, Guard, Ref, Term, map_terms, names
from derive.index import Letter, Poly, poly
from derive.notation.names import unicode_name
from derive.program import Equation, Program, ProgramError, SumsToOne, Variable
from derive.rewrite import unfold
from derive.stated import StatedPage
from derive.zero import is_zero

LONGEST = 60                # characters of a name
MOST_USED = 8               # entries on one page
MOST_ROOTS = 12             # definitions that are tried one by one
_RAISED = re.compile(r"\^ ?\{? ?\( ?[a-zτ] ?(?:[-−+] ?\d ?)?\)")      # h^{(t−1)}


class Unusable(Exception):
    """Why an entry cannot be brought into a page."""


def brought_in(stream: Iterable[Statement], text: str) -> Iterator[Statement]:
    """The statements, each `use` with what the entry says. Positions of that lie behind the end of the document."""
    end, used = len(text) + 1, 0
    for statement in stream:
        if not isinstance(statement, said.Order) or statement.what != "use":
            yield statement
            continue
        used += 1
        try:
            if used > MOST_USED:
                raise Unusable(f"a page uses {MOST_USED} entries at most")
            found, length = _entry_statements(statement.rest, end, bool(_RAISED.search(text)))
        except Unusable as problem:
            yield said.Used(statement.piece, statement.rest, (), str(problem))
        else:
            yield said.Used(statement.piece, statement.rest, tuple(found))
            end += length + 1


def _entry_statements(name: str, at: int, raised: bool) -> tuple[list[Statement], int]:
    """The statements, which begin at a position, and how long their text is.

    Raises:
        Unusable: for an unknown entry, and for one that a page cannot say.
    """
    if len(name) > LONGEST:
        raise Unusable("the catalogue has no entry with such a long name")
    try:
        page = catalogue.load(name).page()
    except catalogue.UnknownEntry as unknown:
        near = f"; nearest: {', '.join(unknown.nearest)}" if unknown.nearest else "; derive list shows all"
        raise Unusable(f"the catalogue has no entry '{name}'{near}") from None
    except catalogue.Problem as problem:
        raise Unusable(f"{name} cannot be read: {problem}") from None
    roots = _roots(page)
    try:
        return _said(page, name, roots, at, raised)
    except Unusable as problem:
        first = problem
    if page.program.outputs:
        raise first
    kept: list[str] = []
    for root in roots[:MOST_ROOTS]:         # what cannot be written is left out
        try:
            result = _said(page, name, [*kept, root], at, raised)
            kept.append(root)
        except Unusable:
            if root == page.program.loss:
                break
    if not kept:
        raise first
    return result


def _said(page: StatedPage, name: str, roots: list[str], at: int, raised: bool) -> tuple[list[Statement], int]:
    try:
        written = definitions(page, roots, raised)
        text = "\n".join(_lines(page, written, raised))
        found = statements([Place(DIRECTIVE, text, at)]).every
        read = read_statements(found, Positions.of(text), name, CHECKING).page().program
        other = _differing(page.program, written, read)
    except DocumentError as error:
        raise Unusable(f"{name} cannot be written on a page: {error.problems[0].message}") from None
    except (Unreadable, ProgramError, ValueError, RecursionError) as error:
        raise Unusable(f"{name} cannot be written on a page: {str(error)[:200]}") from None
    if other:
        raise Unusable(f"{name} cannot be written on a page: {other} would mean something else there")
    return found, len(text)


# -- what is written ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Definition:
    """`name[letters] = body` for the page: without names that a page writes out, and without [t ≥ 2] where the member
    before the first one is zero (`from_zero`)."""

    name: str
    letters: tuple[Letter, ...]
    body: Expr
    from_zero: bool = False


def _roots(page: StatedPage) -> list[str]:
    """What is brought in: of a program with outputs these alone, since on a page the loss might depend on all the rest
    as well; the loss, and what facts speak of."""
    program = page.program
    if program.outputs:
        return list(program.outputs)
    facts = [n for rows in page.facts.values() for kind, n in rows if kind == "definition"]
    return list(dict.fromkeys([*([program.loss] if program.loss else []), *(facts or program.defined)]))


def definitions(page: StatedPage, roots: list[str], raised: bool) -> list[Definition]:
    """The definitions of some names and all that they rest on. Where time stands below the names, what has a label
    (a_f) and no fact is written out, as pages do it."""
    program = page.program
    facts = {n for rows in page.facts.values() for kind, n in rows if kind == "definition"}
    out = {e.name for e in program.equations if not raised and "_" in e.name and e.name not in facts
           and any(a.family for a in e.letters) and e.name not in names(e.body)}
    short = {n: program.defined[n] for n in program.abbreviations | out}
    made = [_definition(e, _written_out(e.body, short)) for e in program.equations if e.name not in short]
    wanted = list(roots)
    by_name, found = {d.name: d for d in made}, set[str]()
    while wanted:
        name = wanted.pop()
        if name in by_name and name not in found:
            found.add(name)
            wanted += names(by_name[name].body)
    return [d for d in made if d.name in found]


def _definition(equation: Equation, body: Expr) -> Definition:
    """An exponential average whose first member has none before it is one that starts at zero."""
    first = next((a for a in equation.letters if a.family), None)
    if first is None:
        return Definition(equation.name, equation.letters, body)
    start, terms = Guard(poly(first) - first.low - 1), []
    for t in body.terms:
        rest = tuple(f for f in t.factors if f[0] != start)
        before = any(isinstance(n, Ref) and n.name == equation.name and n.indices[0] == poly(first) - 1
                     for n, _ in rest)
        if len(rest) < len(t.factors) and not before:
            return Definition(equation.name, equation.letters, body)
        terms.append(Term(t.coefficient, rest, t.binders))
    return Definition(equation.name, equation.letters, Expr(terms), Expr(terms) != body)


def _written_out(body: Expr, short: dict[str, Equation]) -> Expr:
    for _ in short:
        if short.keys().isdisjoint(names(body)):
            break
        body = unfold(body, short)
    return body


def _lines(page: StatedPage, found: list[Definition], raised: bool) -> Iterator[str]:
    """What the entry says, one statement a line."""
    program = page.program
    if program.random or program.functions or program.labels:
        what = "random quantities" if program.random else "arbitrary functions" if program.functions else "class labels"
        raise Unusable(f"{program.name} speaks of {what}, which cannot be brought into a page yet")
    inside = {n for d in found for n in (d.name, *names(d.body))}
    drawing = Drawing(program, raised)
    yield from (f"{size} ∈ ℕ" for size in program.sizes if not drawing.is_width(size))
    for name, variable in program.variables.items():
        if name in inside:
            yield from drawing.declared(variable)
    ranges: dict[str, str] = {}
    for letter in (a for d in found for a in d.letters if a.family):
        ranges.setdefault(letter.name, drawing.range(letter))
    yield from ranges.values()
    for d in found:
        if d.from_zero:
            yield drawing.start(d.name, d.letters)
        others = [a for a in d.letters if a.family and drawing.range(a) != ranges[a.name]]
        yield drawing.equation(d.name, d.letters, d.body) + "".join(f", {drawing.range(a)}" for a in others)
    if program.loss and program.loss != program.loss_symbol not in program.variables:
        yield f"{program.loss_symbol} = {unicode_name(program.loss)}"       # gradients are printed as those of L
    for assumption in program.assumptions:
        if inside & set(assumption.names):
            if not isinstance(assumption, SumsToOne):
                raise Unusable(f"{program.name} assumes that {assumption.text(unicode_name)}, which a page cannot yet")
            yield f"assume Σ_k {drawing.entry(assumption.name, 'k')} = 1"


# -- whether it means the same -----------------------------------------------------------------------------------------
def _differing(program: Program, written: list[Definition], read: Program) -> str:
    """A name of the entry that reads as something else, or nothing."""
    normalizer = read.normalizer()
    from_zero = {d.name for d in written if d.from_zero}
    short = {n: read.defined[n] for n in read.abbreviations}
    for d in written:
        other = read.equation(unicode_name(d.name))
        if other is None or len(other.letters) != len(d.letters):
            return d.name
        at = tuple(map(poly, d.letters))
        if not is_zero(map_terms(d.body, _as_on_page) - _written_out(other.at(at), short), normalizer):
            return d.name
        before = at[0].substitute({d.letters[0]: d.letters[0].low - 1}) if d.from_zero else None
        if before is not None and not is_zero(other.at((before, *at[1:])), normalizer):
            return d.name
    for name, mine in program.variables.items():
        variable = read.variables.get(unicode_name(name))
        if variable is not None and (not _same_axes(mine, variable, name in from_zero)
                                     or (mine.positive, mine.below_one) != (variable.positive, variable.below_one)):
            return name
    return ""


def _as_on_page(t: Term) -> Expr:
    """The names of a term as a page has them."""
    factors = tuple((Ref(unicode_name(n.name), n.indices) if isinstance(n, Ref) else n, x) for n, x in t.factors)
    return Expr((Term(t.coefficient, factors, t.binders),))


def _same_axes(mine: Variable, other: Variable, from_zero: bool) -> bool:
    if len(mine.axes) != len(other.axes):
        return False
    values: dict[Letter, Poly] = {}
    for k, (a, b) in enumerate(zip(mine.axes, other.axes)):
        low = a.low - 1 if from_zero and k == 0 else a.low
        if (low, a.high, a.family) != (b.low.substitute(values), b.high.substitute(values), b.family):
            return False
        values[b] = poly(a)
    return True


__all__ = ["Unusable", "brought_in", "definitions"]
