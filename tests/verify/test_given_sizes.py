"""Sizes from the command line: what an entry does not have is refused with what it has."""

from __future__ import annotations

import pytest

from derive import catalogue
from verify.given_sizes import MOST, SizesError, given_sizes


def chosen(name: str, **given: int | list[int]) -> dict:
    entry = catalogue.load(name)
    numbers = {n: v if isinstance(v, list) else [v] for n, v in given.items()}
    return given_sizes(entry.page().program, entry.cases[0], numbers)


@pytest.mark.parametrize(("name", "given", "part"), [
    ("lstm", {"Q": 2}, "it has T, H, D"),
    ("lstm", {"t": 2}, "did you mean T?"),
    ("lstm", {"T": 0}, "between 1 and"),
    ("lstm", {"T": -3}, "-3 does not"),
    ("lstm", {"T": MOST + 1}, f"between 1 and {MOST}"),
    ("lstm", {"T": [2, 3]}, "one whole number"),
    ("lstm", {"H": 1000, "D": 1000, "T": 1000}, "1000000 at most"),
    ("conv1d", {"P": -1}, "between 0 and"),
    ("conv1d", {"K": 0}, "between 1 and"),
    ("mlp", {"L": 6}, "n=4:5:3"),
    ("mlp", {"n": 3}, "n[1] does not exist"),
    ("mlp", {"n": [3, 0, 2, 2]}, "0 does not"),
    ("cross_entropy_labels", {"y": 1}, "has no size 'y'")])
def test_what_an_entry_does_not_have_is_refused(name, given, part):
    with pytest.raises(SizesError) as error:
        chosen(name, **given)
    assert part in str(error.value) and name in str(error.value) and "\n" not in str(error.value)


def test_what_is_not_given_stays_as_the_entry_has_it():
    assert chosen("lstm", T=7) == {"T": 7, "H": 3, "D": 2}
    assert chosen("conv1d", P=0)["P"] == 0
    assert chosen("mlp", L=1, n=[9, 2]) == {"L": 1, "n": [9, 2]}


@pytest.mark.parametrize("head", catalogue.heads(), ids=lambda h: h.name)
def test_the_sizes_of_an_entry_may_be_given_to_it(head):
    entry = catalogue.load_file(head)
    program = entry.page().program
    for case in entry.cases:
        given = {n: v if isinstance(v, list) else [v] for n, v in case.items()}
        assert given_sizes(program, entry.cases[0], given) == case
