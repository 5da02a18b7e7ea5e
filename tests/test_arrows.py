"""Imports point one way: cli → verify → derive. Only verify/backends may import torch or jax."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
ROOMS = {"derive": {"derive"}, "verify": {"verify", "derive"}, "cli": {"cli", "verify", "derive"}}
LIBRARIES = {"torch", "jax", "jaxlib", "flax", "optax", "rich", "flint", "numpy", "scipy", "distributed", "dask",
             "matplotlib", "typst", "fontTools"}
ALLOWED = {"derive": set(), "verify": {"numpy", "flint"}, "cli": {"rich"}}
SOURCES = sorted(p for room in ROOMS for p in (PROJECT / room).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """The top-level packages that a file imports anywhere, functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield str(node.module).split(".")[0]


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def allowed(path: Path) -> set[str]:
    """The outside libraries that a file may import."""
    parts = path.relative_to(PROJECT).parts
    extra = {"torch", "jax"} if parts[:2] == ("verify", "backends") else set()
    if parts[-3:] == ("verify", "sweep", "cluster.py"):
        extra = {"distributed"}
    if parts[:2] == ("derive", "catalogue"):
        # references are called with the library; these, and torch's submodules that it does not load by itself, are
        # imported when one is called
        extra = {"flax", "optax", "torch", "scipy"}
    if parts[:2] == ("cli", "sheet"):
        # a picture shows numbers, a PDF is made by Typst, and fonts are made by hand
        extra = {"pictures": {"numpy", "matplotlib"}, "pdf.py": {"typst"}, "fonts": {"fontTools"}}.get(parts[2], set())
    return ALLOWED[parts[0]] | extra


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_imports_point_one_way(path):
    room = path.relative_to(PROJECT).parts[0]
    wrong = {m for m in imported(path) if m in set(ROOMS) - ROOMS[room] or m in LIBRARIES - allowed(path)}
    assert not wrong, f"{name(path)} may not import {', '.join(sorted(wrong))}"


DOCUMENTS = ["pages", "lines", "spelling", "trees", "names", "functions", "roles", "shapes", "program", "outline"]


def test_a_room_of_the_reader_imports_from_those_before_it():
    rooms = PROJECT / "derive" / "documents"
    assert sorted(p.name for p in rooms.iterdir() if (p / "__init__.py").exists()) == sorted(DOCUMENTS)
    for k, room in enumerate(DOCUMENTS):
        for path in sorted((rooms / room).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and str(node.module).startswith("derive.documents."):
                    assert str(node.module).split(".")[2] in [*DOCUMENTS[:k + 1], "problems"], \
                        f"{name(path)}:{node.lineno} imports {node.module}"


@pytest.mark.parametrize("path", sorted((PROJECT / "derive" / "catalogue").rglob("*.py")), ids=name)
def test_entries_import_libraries_inside_references_only(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    top |= {str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert not {m.split(".")[0] for m in top} & LIBRARIES


def test_every_skip_has_a_reason():
    for path in sorted((PROJECT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr in ("skip", "skipif", "xfail", "importorskip"):
                    given = bool(node.args) if node.func.attr == "skip" else False
                    assert given or any(k.arg == "reason" for k in node.keywords), f"{name(path)}:{node.lineno}"
