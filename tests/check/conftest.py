"""Every test has its own cache and folder, and no colours."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli import judging
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


class Kept(judging.Server):
    """A judging process for one command after the other. It judges each document in a process of its own anyway, and
    takes longer to start than a small document to judge. Killed in the middle of a job, it is really killed."""

    idle = True

    def send(self, job: dict[str, Any]) -> None:
        self.idle = False
        super().send(job)

    def answer(self, seconds: float) -> dict[str, Any] | None:
        found = super().answer(seconds)
        self.idle = found is not None and "over" in found and "ended" not in found
        return found

    def kill(self) -> None:
        if not self.idle:
            self.end()

    def end(self) -> None:
        super().kill()


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[[str], judging.Server]]:
    kept: dict[str, Kept] = {}

    def server(judge: str) -> judging.Server:
        if judge not in kept or not kept[judge].idle:
            kept[judge] = Kept(judge)
            kept[judge].idle = True
        return kept[judge]

    yield server
    for one in kept.values():
        one.end()


@pytest.fixture
def check(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
          servers: Callable[[str], judging.Server]) -> Callable[..., tuple[int, str, str]]:
    """`derive check`: exit status, stdout and stderr."""
    monkeypatch.setattr(judging, "Server", servers)

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
