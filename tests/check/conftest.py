"""Every test has its own cache and folder, and no colours."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.main import main

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("DERIVE_CACHE_DIR", str(folder))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def check(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`derive check`: exit status, stdout and stderr."""
    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(["check", *map(str, arguments)])
        return status, *capsys.readouterr()
    return run


@pytest.fixture
def start(folder: Path) -> Callable[..., subprocess.Popen]:
    """`derive check` as a process of its own."""
    def run(*arguments: str, **environment: str) -> subprocess.Popen:
        settings = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1", **environment}
        return subprocess.Popen([sys.executable, "-m", "cli", "check", *arguments], env=settings, cwd=folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
    return run
