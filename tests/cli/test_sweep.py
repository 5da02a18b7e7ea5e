"""`derive verify` in other processes, on a cluster, at chosen seeds and sizes, and from the cache."""

from __future__ import annotations

import importlib.util
import json
import shlex
from pathlib import Path

import pytest

from cli import cache as caching, jobs, numbers
from cli.main import main
from derive import catalogue
from tests.cli.entries import square

pytestmark = pytest.mark.skipif("torch" not in numbers.available(), reason="torch is not installed")
distributed = pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="distributed is not installed")
TORCH = ("--backend", "torch")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty catalogue."""
    made = tmp_path / "catalogue"
    made.mkdir()
    monkeypatch.setattr(catalogue, "FOLDER", str(made))
    return made


@pytest.fixture
def verify(capsys):
    """Run `derive verify --json` on torch: its status and its entries."""
    def run(*arguments: str) -> tuple[int, list[dict]]:
        status = main(["verify", *arguments, *TORCH, "--json"])
        return status, json.loads(capsys.readouterr().out)["entries"]
    return run


def cases(entry: dict) -> set[tuple]:
    return {(c["dtype"], c["seed"], *c["sizes"].values()) for c in entry["checks"] if c["regime"] == "plain"}


# -- seeds, sizes, dtypes -----------------------------------------------------------------------------------------
def test_seeds_sizes_and_dtypes_are_what_was_asked_for(folder, verify):
    square(folder)
    _, (entry,) = verify("square")
    assert cases(entry) == {("float64", s, n) for s in (0, 1) for n in (3, 5)} and entry["passed"]
    _, (entry,) = verify("square", "--seed", "7")
    assert cases(entry) == {("float64", 7, n) for n in (3, 5)} and entry["passed"]
    _, (entry,) = verify("square", "--seed", "5", "--seeds", "3", "--sizes", "n=2", "--dtype", "float32,float64")
    assert cases(entry) == {(d, s, 2) for d in ("float32", "float64") for s in (5, 6, 7)} and entry["passed"]


def test_sizes_and_seeds_are_printed(folder, capsys):
    square(folder)
    assert main(["verify", "square", *TORCH, "--seeds", "20"]) == 0
    assert "sizes: n = 3; n = 5. seeds: 0–19" in capsys.readouterr().out


def test_numbers_of_other_seeds_and_sizes_are_not_kept(folder, capsys):
    square(folder)
    for option in (["--seed", "7"], ["--sizes", "n=4"]):
        assert main(["verify", "square", *TORCH, *option]) == 0
    capsys.readouterr()
    assert main(["square", "--no-numbers"]) == 0
    assert "numbers not run" in capsys.readouterr().out


def test_the_printed_command_runs_what_failed_again(folder, verify, capsys):
    square(folder, factor="(1.5 if len(v['x']) == 5 else 1)")
    status, (entry,) = verify("square")
    failed = [c for c in entry["checks"] if not c["passed"] and c["regime"] == "plain"]
    assert status == 1 and {c["sizes"]["n"] for c in failed} == {5}
    assert entry["rerun"] == [f"derive verify square --backend torch --seed {s} --sizes n=5" for s in (0, 1)]
    assert main(["verify", "square", *TORCH]) == 1
    printed = capsys.readouterr().out
    for command in entry["rerun"]:
        assert f"run again: {command}\n" in printed
        assert main([*shlex.split(command)[1:], "--json"]) == 1
        (again,) = json.loads(capsys.readouterr().out)["entries"]
        seed = again["checks"][0]["seed"]
        found = [c for c in again["checks"] if not c["passed"] and c["regime"] == "plain"]
        assert found == [c for c in failed if c["seed"] == seed]


def test_a_command_names_device_and_dtype_and_the_widths_of_layers():
    from cli.selection import command, sizes

    check = {"backend": "jax", "device": "cuda", "dtype": "float32", "seed": 3, "sizes": {"L": 2, "n": [4, 5, 3]}}
    line = command("mlp", check)
    assert line == "derive verify mlp --backend jax --device cuda --dtype float32 --seed 3 --sizes L=2,n=4:5:3"
    assert sizes(line.rpartition(" ")[2]) == {"L": [2], "n": [4, 5, 3]}


# -- the cache ----------------------------------------------------------------------------------------------------
def test_only_what_changed_is_run(folder, verify, monkeypatch):
    entry, other = square(folder), square(folder, "other")

    def ran() -> dict[str, bool]:
        status, entries = verify("--only-changed")
        assert status == 0
        return {e["name"]: e["cached"] is None for e in entries}

    assert ran() == {"square": True, "other": True}
    assert ran() == {"square": False, "other": False}
    entry.write_text(entry.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert ran() == {"square": True, "other": False}
    other.write_text(other.read_text(encoding="utf-8") + "# of the catalogue\n", encoding="utf-8")
    assert ran() == {"square": False, "other": True}
    monkeypatch.setattr(caching, "installed", lambda: {"torch": "0"})
    assert ran() == {"square": True, "other": True}
    monkeypatch.setattr(caching, "source_digest", lambda *_, **__: "another engine")
    assert ran() == {"square": True, "other": True}
    assert verify("--only-changed", "--dtype", "float64,float32")[1][0]["cached"] is None
    assert verify("--only-changed", "--device", "auto")[1][0]["cached"] is None


def test_what_failed_is_run_again_and_what_passed_says_when(folder, verify, capsys):
    square(folder, factor="2")
    for _ in range(2):
        status, (entry,) = verify("--only-changed")
        assert status == 1 and entry["cached"] is None
    square(folder)
    for _ in range(2):
        assert main(["verify", "--only-changed", *TORCH]) == 0
    assert "square: passed (from the cache, made 20" in capsys.readouterr().out


# -- elsewhere ----------------------------------------------------------------------------------------------------
def test_other_processes_find_the_same_and_one_that_dies_is_one_row(folder, verify, capsys):
    square(folder)
    square(folder, "killer", first="import os; os._exit(3)")
    alone = verify("square")
    status, entries = verify("killer", "square", "--jobs", "2", "--seeds", "2")
    assert status == 1 and [e["name"] for e in entries] == ["killer", "square"]
    assert entries[0]["error"] == "killer: the process that ran it died (exit status 3)"
    assert entries[0]["checks"] == [] and not entries[0]["passed"]
    assert alone == (0, entries[1:])
    assert main(["verify", "square", *TORCH, "--only-changed"]) == 0
    assert "from the cache" in capsys.readouterr().out


def test_seeds_are_shared_out_and_put_together_again(folder, monkeypatch):
    from cli import executors, plan

    square(folder, factor="(1 if abs(v['x'][0].item()) < 1 else 3)")
    monkeypatch.setattr(plan, "SEEDS_PER_JOB", 3)
    monkeypatch.setattr(executors, "elsewhere", lambda arguments, count=2: count == 2)     # shared out, and run here
    rows = []
    monkeypatch.setattr("cli.verify._as_json", lambda found: rows.extend(found) or {})
    assert main(["verify", "square", *TORCH, "--seeds", "10", "--json"]) == 1
    ((*_, run),) = rows[0]["runs"]
    assert [c["seed"] for c in run["checks"] if c["sizes"]["n"] == 3 and c["against"] == "torch.autograd"
            and c["regime"] == "plain"] == list(range(10))
    assert {c["passed"] for c in run["checks"]} == {True, False} and not run["passed"] and not rows[0]["passed"]


def test_other_sources_are_refused(folder, capsys, monkeypatch):
    monkeypatch.setattr("cli.executors.elsewhere", lambda arguments, count=2: count == 2)
    square(folder)
    monkeypatch.setattr("cli.plan.LOADED", "another state")
    assert main(["verify", "square", *TORCH]) == 2
    assert "the sources of derive are not the same" in capsys.readouterr().err
    monkeypatch.setattr("cli.plan.LOADED", jobs.LOADED)
    monkeypatch.setattr("cli.plan.entry_digest", lambda path: "another file")
    assert main(["verify", "square", *TORCH]) == 2
    assert "square: the sources" in capsys.readouterr().err


def test_numbers_of_other_libraries_are_not_kept(folder, verify, monkeypatch):
    square(folder)
    with monkeypatch.context() as other:
        other.setattr(jobs, "installed", lambda: {"torch": "0"})
        assert verify("square")[0] == 0
    assert verify("square", "--only-changed")[1][0]["cached"] is None
    assert verify("square", "--only-changed")[1][0]["cached"] is not None


@distributed
def test_a_cluster_finds_the_same(folder, verify, capsys, monkeypatch):
    from distributed import LocalCluster

    square(folder)
    square(folder, "broken", first="raise ValueError('broken')")
    alone = verify("square", "broken")
    with LocalCluster(n_workers=1, threads_per_worker=2, processes=False, protocol="tcp://", dashboard_address=None,
                      worker_dashboard_address=None) as running:
        url = running.scheduler_address.replace("tcp", "dask")
        assert verify("square", "broken", "--executor", url) == alone
        assert main(["verify", "square", "--executor", url, "--sizes", "n=0"]) == 2
        assert "lies between 1 and" in capsys.readouterr().err
        monkeypatch.setattr("cli.jobs.LOADED", "another state")
        assert main(["verify", "square", "--executor", url]) == 2
        assert "another state of derive's sources" in capsys.readouterr().err
    assert alone[0] == 1 and "ValueError: broken" in alone[1][1]["error"]


# -- bad input ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("arguments", "part"), [
    ("lstm --jobs 0", "between 1 and"), ("lstm --jobs two", "neither auto nor"), ("lstm --jobs 2.5", "neither auto"),
    ("lstm --seed -1", "between 0 and"), ("lstm --seed x", "whole number"), ("lstm --seed ²", "whole number"),
    ("lstm --seeds 0", "between 1 and"), ("lstm --seeds 100000000", "between 1 and"),
    ("lstm --sizes T", "write m=3,n=4"), ("lstm --sizes T=", "no whole number"), ("lstm --sizes T=2.5", "no whole"),
    ("lstm --sizes T=1e3", "no whole number"), ("lstm --sizes T=2,T=3", "given twice"),
    ("lstm --sizes T=٣", "no whole number"), ("lstm --sizes =3", "write m=3"), ("lstm --sizes T=[2]", "no whole"),
    ("lstm --sizes Q=2", "it has T, H, D"), ("--sizes T=2", "the name of one entry"),
    ("lstm gru --sizes T=2", "the name of one entry"), ("lstm --dtype float64,float16", "float16"),
    ("lstm --device cpu,", "choose from"), ("lstm --only-changed --seed 3", "own sizes and seeds"),
    ("lstm --jobs 2 --executor dask://h:1", "use one of them"), ("lstm --executor h:1", "dask://HOST:PORT"),
    ("lstm --executor dask://h:port", "dask://HOST:PORT"), ("lstm --executor dask://h:1/x", "dask://HOST:PORT"),
    ("lstm --mutants --seed 0", "--seed does not go with"), ("lstm --mutants --sizes T=2", "--sizes does not go with")])
def test_bad_input_is_one_line(capsys, arguments, part):
    assert main(["verify", *arguments.split(), *TORCH]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("derive: ") and part in line


@distributed
def test_an_absent_scheduler_is_one_line(capsys, monkeypatch):
    monkeypatch.setattr("verify.sweep.cluster.WAIT", 1)
    assert main(["verify", "lstm", "--executor", "dask://127.0.0.1:1"]) == 2
    assert "no Dask scheduler answers at dask://127.0.0.1:1 within 1 seconds" in capsys.readouterr().err


def test_a_missing_library_names_the_extra(capsys, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    assert main(["verify", "lstm", "--executor", "dask://h:1"]) == 2
    assert "pip install 'derive[cluster]'" in capsys.readouterr().err
