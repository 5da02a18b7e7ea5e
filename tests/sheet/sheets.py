"""Documents and sheets for the tests, made of entries that are studied once."""

from __future__ import annotations

import copy
import os
from typing import Any

from cli.sheet.contents import Choice, Sheet, sheet
from cli.sheet.words import word
from tests.studies import printed

SEED = int(os.environ.get("SEED", "0"))
DAY = "2026-01-02"


def document_of(name: str) -> dict[str, Any]:
    """A document without numbers, which the test may change."""
    return copy.deepcopy(printed(name)[0])


def with_numbers(found: dict[str, Any], passed: bool = True, fact: str = "") -> dict[str, Any]:
    """The document as if one comparison had been made, about a fact of it."""
    check = {"fact": fact, "against": "torch.autograd", "backend": "torch", "device": "cpu", "dtype": "float64",
             "sizes": {"n": 3}, "seed": 0, "max_relative_error": 1e-15, "passed": passed, "skipped": None,
             "regime": "plain", "no_value": None, "redrawn": 0}
    run = {"made": "2026-01-01T00:00:00Z", "versions": {"torch": "2.13.0"}, "checks": [check], "passed": passed}
    found["numbers"] = {"cpu/float64": {"torch": run}}
    return found


def sheet_of(*documents: dict[str, Any], language: str = "en", **choice: Any) -> Sheet:
    return sheet([(found, None) for found in documents], word("catalogue"), language, Choice(**choice), DAY,
                 "derive sheet")
