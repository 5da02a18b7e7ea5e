"""Whatever the text is: a reading or a ReadingError, in bounded time."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings, strategies as st

from derive import catalogue, notation
from derive.reading import Reading, ReadingError, read, read_chain

from .hostile import HOSTILE
from .lines import entry, lines
from .scopes import SCOPE

SECONDS = 3.0               # for any text; most take milliseconds
MARKS = "()[]{}^_=+−-·⊙⊘/|‖√Σ∂∇𝟏Iᵀ²',;:… 0123456789xyhWtinTmu\\&%\n"
COMMANDS = [r"\frac", r"\sum", r"\left(", r"\right)", r"\partial", r"\hat", r"\mathrm{hh}", r"\begin{cases}",
            r"\end{cases}", r"\\", r"\sqrt", r"\odot", r"\top", r"\tanh", r"\qquad", r"\mathbf{1}",
            r"\operatorname{diag}", "_{", "^{", "}"]


def outcome(text: str, scope=SCOPE, form=None) -> Reading | ReadingError:
    """What comes out; only these two may."""
    started = time.perf_counter()
    try:
        result: Reading | ReadingError = read_chain(text, scope, form)[0]
    except ReadingError as error:
        assert error.line >= 1 and error.column >= 1 and error.message
        result = error
    assert time.perf_counter() - started < SECONDS
    return result


@pytest.mark.parametrize("form", ["unicode", "latex"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text(name, form, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome(HOSTILE[name], form=form)
    assert not list(tmp_path.iterdir())


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet=MARKS, max_size=60), st.sampled_from(["unicode", "latex"]))
def test_any_string_of_marks(text, form):
    outcome(text, form=form)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from([*COMMANDS, *MARKS]), max_size=40))
def test_any_list_of_commands(parts):
    outcome("".join(parts), form="latex")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text(text):
    outcome(text)


@pytest.mark.parametrize("form", ["unicode", "latex"])
def test_mangled_lines(form):
    """Printed lines with characters dropped, doubled, swapped and put in."""
    draw = random.Random(20240607)
    printer = {"unicode": notation.text, "latex": notation.latex}[form]
    errors = 0
    for name in draw.sample(catalogue.names(), 4):
        for line in draw.sample(lines(name), 20):
            for _ in range(4):
                text = mangled(printer(line.layout), draw)
                errors += isinstance(outcome(text, entry(name).scope, form), ReadingError)
    assert errors > 100


def mangled(text: str, draw: random.Random) -> str:
    characters = list(text)
    for _ in range(draw.randint(1, 3)):
        k = draw.randrange(len(characters))
        change = draw.choice(["drop", "double", "swap", "insert"])
        if change == "drop":
            del characters[k]
        elif change == "double":
            characters.insert(k, characters[k])
        elif change == "swap":
            other = draw.randrange(len(characters))
            characters[k], characters[other] = characters[other], characters[k]
        else:
            characters.insert(k, draw.choice(MARKS))
    return "".join(characters)


def test_deep_but_reasonable_nesting_is_read():
    assert isinstance(read("mu = " + "(" * 25 + "mu" + ")" * 25, SCOPE), Reading)
