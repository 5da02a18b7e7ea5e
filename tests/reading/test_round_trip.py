"""Everything that is printed is read back and proved equal to what it prints: every line of every entry, in matrix and
index notation, as text or as LaTeX, with long and with short sums. The seed of a run says which of the two: the next
seed takes the other, and what is printed again is the other already."""

from __future__ import annotations

import os

import pytest

from derive import catalogue, notation
from derive.index import Letter, Poly, poly
from derive.normal import Normalizer
from derive.notation.layout import Equation
from derive.reading import Reading, read
from derive.rewrite import unfold
from derive.zero import is_zero
from tests.studies import share

from .lines import Entry, Line, as_printed, entry, lines

PRINTERS = {"unicode": notation.text, "latex": notation.latex}
SEED = int(os.environ.get("SEED", "0"))
READ = [(name, list(PRINTERS)[(k + SEED) % 2]) for k, name in enumerate(share(catalogue.names()))]
PRINTED_AGAIN = [(name, list(PRINTERS)[(k + SEED + 1) % 2]) for k, name in enumerate(share(catalogue.names()))]


@pytest.mark.parametrize("name, form", READ)
def test_every_printed_line_is_read_back_as_it_was_meant(name, form):
    found = entry(name)
    normalizer = Normalizer(found.page.program.positive)
    failures = []
    texts = {(line.left, line.right, line.condition, PRINTERS[form](line.layout, short_sums=short)): line
             for line in lines(name) for short in (False, True)}
    for (*_, text), line in texts.items():
        failures += [f"{text}: {wrong}" for wrong in problems(text, form, line, found, normalizer)]
    assert not failures, f"{len(failures)} failures:\n" + "\n".join(failures[:20])
    assert len(lines(name)) >= 10


def problems(text: str, form: str, line: Line, found: Entry, normalizer: Normalizer) -> list[str]:
    """What is wrong with the reading of a printed line; nothing where it means what was meant."""
    reading = read(text, found.scope, form)
    letters = same_letters(reading, line)
    if isinstance(letters, str):
        return [letters]
    meant = as_printed(line.right, found)
    written_out = found.drawing.written_out
    difference = unfold(reading.right.substitute(letters), written_out) - unfold(meant, written_out)
    if not is_zero(difference, normalizer):
        return [f"read as {reading.right}, not {line.right}"]
    return [] if same_condition(reading, line, letters) else [f"the condition was read as {reading.condition}"]


def same_letters(reading: Reading, line: Line) -> dict[Letter, Poly] | str:
    """The letters that stand for those of the line; a text where the left sides differ."""
    member = reading.member
    if member is None or member.name != line.left.name or len(member.indices) != len(line.left.indices):
        return f"the left side was read as {member}, not {line.left}"
    letters = {a.letter: b for a, b in zip(member.indices, line.left.indices) if a.letter and b.letter}
    for a, b in zip(member.indices, line.left.indices):        # x[2i − 1]: by name
        for letter in a.free - letters.keys():
            letters.update((letter, poly(same)) for same in b.free if same.name == letter.name)
    if len(letters) != len(set(letters.values())):
        return f"the letters of {member} are not those of {line.left}"
    if any(a.substitute(letters) != b for a, b in zip(member.indices, line.left.indices)):
        return f"the left side was read as {member}, not {line.left}"
    return letters


def same_condition(reading: Reading, line: Line, letters: dict[Letter, Poly]) -> bool:
    if line.condition is None or reading.condition is None:
        return line.condition is None and reading.condition is None
    ends = [p.substitute(letters) for p in (reading.condition.low, reading.condition.high)]
    letter = poly(reading.condition.letter).substitute(letters).letter
    named = letter == line.condition.letter or letter.name == line.layout.condition.letter.name
    return named and ends == [line.condition.low, line.condition.high]


@pytest.mark.parametrize("name", share(catalogue.names()))
def test_a_mistake_is_read_as_the_mistake(name):
    """The proof above can fail: what a mistake prints is not read as the right side that is claimed."""
    found = entry(name)
    normalizer = Normalizer(found.page.program.positive)
    right = {c.left: c.right for c in found.page.claims}
    for line in lines(name):
        claimed = right.get(line.left)
        if line.right in [m.wrong for m in found.page.mistakes] and claimed is not None and claimed != line.right:
            assert problems(notation.text(line.layout), "unicode", line._replace(right=claimed), found, normalizer)


@pytest.mark.parametrize("name, form", PRINTED_AGAIN)
def test_what_is_read_prints_as_it_stood(name, form):
    """Printing what was read gives a text that is read as the same again."""
    found = entry(name)
    for text in {PRINTERS[form](line.layout) for line in lines(name)}:
        once = read(text, found.scope, form).layout
        assert isinstance(once, Equation)
        printed = PRINTERS[form](once)
        assert printed == text or PRINTERS[form](read(printed, found.scope, form).layout) == printed
