"""Every test has its own cache, and no colours."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("DERIVE_CACHE_DIR", str(folder))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return folder


@pytest.fixture
def derive() -> Callable[..., subprocess.CompletedProcess]:
    """Run the command as a process of its own."""
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
        settings = {**os.environ, "PYTHONPATH": str(PROJECT), **environment}
        return subprocess.run([sys.executable, "-m", "cli", *arguments], env=settings, cwd=PROJECT, timeout=300,
                              capture_output=True, encoding="utf-8", errors="replace")
    return run
