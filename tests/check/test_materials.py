"""Course pages of others, read as they are: no true equation of them is refuted, and no fewer are read than before.

The pages lie beside the project where it is developed; elsewhere these tests are skipped.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.documents.finding import DEFINED, UNSUPPORTED
from verify.documents.judge import findings
from verify.verdict import REFUTED

PAGES = Path(__file__).parents[3] / "shared" / "materials"
FALSE = {"module-03.zh.md": [425]}                  # the BPTT product
READ = {"module-03.zh.md": (57, 15)}                # definitions, and what has no meaning here


@pytest.mark.skipif(not PAGES.is_dir(), reason="the course pages are not here")
@pytest.mark.parametrize("page", sorted(p.name for p in PAGES.glob("*.md")) or ["none"])
def test_no_true_equation_is_refuted(page):
    found = findings((PAGES / page).read_text(encoding="utf-8"))
    assert [f.line for f in found if f.verdict == REFUTED] == FALSE.get(page, [])
    if page in READ:
        defined, unsupported = READ[page]
        assert sum(f.verdict == DEFINED for f in found) >= defined
        assert sum(f.verdict == UNSUPPORTED for f in found) <= unsupported
