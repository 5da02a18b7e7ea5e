"""Tests about one entry run one after the other in one process, which derives and proves it once."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from derive import catalogue
from tests.studies import PROGRAMS


class ByEntry(LoadScopeScheduling):
    """Hands out all tests whose parameters name an entry at once, and the others one by one."""

    @cached_property
    def entries(self) -> set[str]:
        return {*catalogue.names(), *catalogue.names(PROGRAMS)}

    def _split_scope(self, nodeid: str) -> str:
        parameters = nodeid.partition("[")[2].removesuffix("]").split("-")
        return next((p for p in parameters if p in self.entries), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByEntry:
    return ByEntry(config, log)
