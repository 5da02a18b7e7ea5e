"""Course pages with true and false claims: no true one is refuted, and no false one passes.

`python -m tests.check.exam` tells how many get their verdict; here a thirtieth of the pages and a twentieth of the
small documents are examined a run (SEED)."""

from __future__ import annotations

import os

import pytest

from tests.check.exam import PAGES, examined
from tests.check.small import claims, got

SEED = int(os.environ.get("SEED", "0"))
CHOSEN = [page for k, page in enumerate(sorted(PAGES.glob("*.md"))) if (k + SEED) % 30 == 0]
FIRST, OTHERS = CHOSEN[:3], CHOSEN[3:]
WRONG = {"TRUE CLAIM REFUTED", "FALSE CLAIM PASSED", "REFUTED WITHOUT A CLAIM", "crashed"}


@pytest.mark.parametrize("page", OTHERS, ids=[p.stem for p in OTHERS])
def test_no_verdict_is_wrong(page):
    answers = examined(page)
    assert answers and [a for a in answers if a.mark in WRONG] == []


def test_most_claims_get_their_verdict_and_none_a_wrong_one():
    answers = [a for page in FIRST for a in examined(page)]
    assert [a for a in answers if a.mark in WRONG] == []
    assert sum(a.mark == "right" for a in answers) > len(answers) // 2


@pytest.mark.parametrize("name", ["true", "false"])
def test_small_documents_get_no_wrong_verdict(name):
    found = list(claims(name, part=(SEED % 20, 20)))
    assert [f.source for f in found if got(f) not in (name, None)] == []
    assert sum(got(f) == name for f in found) > len(found) // 2
