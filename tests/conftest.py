"""Tests about one entry run one after the other in one process, which derives and proves it once."""

from __future__ import annotations

import pytest

from derive import catalogue
from tests.studies import PROGRAMS


@pytest.hookimpl(tryfirst=True)         # before xdist looks for the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    entries = {*catalogue.names(), *catalogue.names(PROGRAMS)}
    for item in items:
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        name = getattr(parameters.get("head"), "name", parameters.get("name"))
        if isinstance(name, str) and name in entries:
            item.add_marker(pytest.mark.xdist_group(name))
