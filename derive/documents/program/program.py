"""From the text of a document to an entry: its program, what it wants derived, what it claims."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from derive.documents.lines.statement_reader import statements
from derive.documents.lines.statements import Statement
from derive.documents.pages.places import Positions, places, title
from derive.documents.problems import DocumentError, Problem, Unreadable
from derive.documents.program.reader import DocumentReader
from derive.documents.program.wants import page_of
from derive.documents.roles.interpretation import PLAIN, Interpretation
from derive.documents.roles.inverses import CERTAIN, LIKELY, NONE, NoMatrix
from derive.index import Size, poly
from derive.program import Program
from derive.reading.algebra import OF_A_SCALAR
from derive.stated import Entry, StatedPage

_NO_RANGE = re.compile(r"neither a letter with a range|nothing tells the range|may leave its range")
_NO_SHAPE = re.compile(r"different shapes|no product|matrix product")
MAX_CHARACTERS = 400_000
MOST_STEPS = 9          # what a member further on asks for is a number of the page, as in n = 64


@dataclass
class DocumentEntry(Entry):
    """An entry whose page a document has written; `guesses` says how many shapes are equally good for it, `narrowed`
    how names with properties are computed, `unkept` of what there are assumptions to which no draw keeps."""

    made: StatedPage = field(default_factory=lambda: StatedPage(Program("")))
    guesses: int = 1
    narrowed: list[str] = field(default_factory=list)
    unkept: list[str] = field(default_factory=list)

    def page(self) -> StatedPage:
        return self.made


@dataclass
class Document:
    """A document that was read: the entry that it makes, and how many lines of its bare fences are prose."""

    entry: Entry
    prose: int = 0


def read_document(text: str, name: str, source: str = "") -> Document:
    """The program that a document defines, as an entry called `name`.

    Raises:
        DocumentError: with every problem that was found, each with line and column.
    """
    positions = Positions.of(text)
    if len(text) > MAX_CHARACTERS:
        raise DocumentError([Problem(1, 1, f"more than {MAX_CHARACTERS} characters; split the document")])
    try:
        said = statements(places(text))
    except Unreadable as problem:
        raise _told([problem], positions) from None
    entry = read_statements(said.found, positions, name, problems=said.problems)
    shown = title(text) or name
    entry.title, entry.source = {"en": shown, "zh": shown}, source or name
    return Document(entry, said.prose)


def read_statements(found: Sequence[Statement], positions: Positions, name: str,
                    interpretation: Interpretation = PLAIN, problems: Sequence[Unreadable] = ()) -> DocumentEntry:
    """The program that some statements of a document make. Where it cannot be read with inverses of what is a matrix
    for certain, it is read with those of what is likely one.

    Raises:
        DocumentError: as for `read_document`; `problems` are added to what is found.
    """
    reader = DocumentReader(positions, interpretation)
    reader.problems += problems
    try:
        reader.read(name, found)
        page = page_of(reader)
    except NoMatrix:
        return read_statements(found, positions, name, replace(interpretation, inverting=NONE), problems)
    except Unreadable as problem:
        if interpretation.checking and interpretation.inverting == CERTAIN and reader.may_invert:
            likely = replace(interpretation, inverting=LIKELY)
            try:
                return read_statements(found, positions, name, likely, problems)
            except DocumentError as error:
                if problem.message.startswith("a power of a matrix") and any(p.shapes for p in error.problems):
                    raise
        reader.problems.append(problem)
    for otherwise in _otherwise(reader.problems, interpretation, found):
        with suppress(DocumentError):
            return read_statements(found, positions, name, otherwise, problems)
    if reader.problems:
        told = _told(reader.problems, positions)
        told.guesses = reader.guesses
        raise told
    return DocumentEntry(name, {"en": name, "zh": name}, "", name, {}, lambda _: None, referenced=False,
                         inferred=reader.inferred, made=page, guesses=reader.guesses, narrowed=reader.narrowed,
                         unkept=reader.unkept)


def _otherwise(problems: Sequence[Unreadable], interpretation: Interpretation, found: Iterable[Statement]
               ) -> Iterator[Interpretation]:
    """How to read what has these problems, where there is another way: with ranges that the rest of the document tells,
    with softmax of members, and with x_n as the n-th vector."""
    if not interpretation.checking:
        return
    if interpretation.elsewhere.ends and not interpretation.ends and any(_NO_RANGE.search(p.message) for p in problems):
        yield replace(interpretation, ends=True)
    longer = {n: x for p in problems for n, x in _longer(p) if x > interpretation.least.get(n, 1)}
    if longer:
        yield replace(interpretation, least={**interpretation.least, **longer})
    unshaped = any(p.shapes or p.message == OF_A_SCALAR or _NO_SHAPE.search(p.message) for p in problems)
    if not interpretation.members and unshaped and any("softmax" in s.piece.text for s in found):
        yield replace(interpretation, members=True)
    if not interpretation.vectors and unshaped:
        yield replace(interpretation, vectors=True)


def _longer(problem: Unreadable) -> Iterator[tuple[str, int]]:
    """The size that is too short for a member with a number, such as x_2 beside x_1, …, x_n, and how large it has to be
    at least."""
    atoms = problem.distance.atoms() if problem.distance is not None else set()
    if problem.distance is None or len(atoms) != 1:
        return
    (size,) = atoms
    least = -problem.distance.offset
    if isinstance(size, Size) and not size.at and problem.distance == poly(size) - least and 1 < least <= MOST_STEPS:
        yield size.name, int(least)


def _told(problems: Iterable[Unreadable], positions: Positions) -> DocumentError:
    found = {(*positions.place(p.at), p.message, p.shapes): None for p in problems}
    return DocumentError([Problem(*row) for row in found])


__all__ = ["Document", "DocumentEntry", "read_document", "read_statements"]
