"""Ten thousand random pairs in five runs: no false equality, no missed equality among pairs that are equal by
construction, and no crash."""

from __future__ import annotations

import random

import pytest

from derive.normal import DivisionByZero, Normalizer
from derive.powers import TooLarge
from derive.zero import is_zero
from tests.studies import PARTS, SEED

from .random_expressions import FREE, POSITIVE, TIME, WRITINGS, I, Undefined, Values, damaged, drawn

BATCHES, PAIRS = 20, 500


@pytest.mark.parametrize("batch", [k for k in range(BATCHES) if k % PARTS == SEED % PARTS])
def test_random_pairs(batch):
    rng = random.Random(batch)
    missed, false, given_up = [], [], 0
    for number in range(PAIRS):
        e = drawn(rng, rng.choice([1, 2, 2, 3]), FREE)
        name = rng.choice([*WRITINGS, *["damaged"] * len(WRITINGS)])
        other = damaged(e, rng) if name == "damaged" else WRITINGS[name](e, rng)
        try:
            Normalizer(POSITIVE).normal(e), Normalizer(POSITIVE).normal(other)
        except (TooLarge, DivisionByZero):
            given_up += 1
            continue
        shown = is_zero(e - other, Normalizer(POSITIVE)) is not None
        if shown and not agree(e, other):
            false.append((number, name, str(e), str(other)))
        if not shown and name != "damaged":
            missed.append((number, name, str(e), str(other)))
    assert not false, false[:3]
    assert not missed, (len(missed), missed[:3])
    assert given_up <= PAIRS // 50


def agree(e, other) -> bool:
    """Whether both have the same value wherever they have one, at small sizes."""
    for n, T in ((1, 1), (2, 3), (3, 2)):
        values = Values(n, T, seed=n)
        for i in range(1, n + 1):
            for t in range(1, T + 1):
                at = {I.key: i, TIME.key: t}
                try:
                    if values.of(e, at) != values.of(other, at):
                        return False
                except Undefined:
                    continue
    return True


def test_the_evaluator_tells_damaged_copies_apart():
    """The test above can fail: most damaged copies have another value."""
    rng = random.Random(0)
    found = 0
    for _ in range(200):
        e = drawn(rng, 2, FREE)
        found += not agree(e, damaged(e, rng))
    assert found > 120
