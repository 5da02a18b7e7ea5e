"""Entries, studied once for the tests that look at them one after the other. Do not change what you get."""

from __future__ import annotations

import os
from functools import lru_cache

from derive import catalogue
from verify.study import Study, study

PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")


@lru_cache(maxsize=6)
def studied(name: str, folder: str | None = None) -> Study:
    """An entry of the catalogue, or of another folder."""
    return study(catalogue.load(name, folder))
