"""The numeric part from the command line, with real torch and JAX on one small entry."""

from __future__ import annotations

import json

import pytest

from cli import numbers
from cli.main import main

ENTRY = "softmax_cross_entropy"
BAR = 1e-10
FIELDS = ["fact", "against", "backend", "device", "dtype", "sizes", "seed", "max_relative_error", "passed", "skipped",
          "regime", "no_value", "redrawn"]

pytestmark = pytest.mark.skipif(len(numbers.available()) < 2, reason="torch and jax are not both installed")


def test_verify_reports_every_check_and_fills_the_cache(capsys):
    assert main(["verify", ENTRY, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (entry,) = found["entries"]
    assert found["version"] == 1 and entry["name"] == ENTRY and entry["passed"] and entry["symbolic"]["passed"]
    assert {c["backend"] for c in entry["checks"]} == {"torch", "jax"}
    for check in entry["checks"]:
        assert list(check) == FIELDS
        assert check["skipped"] is None
        assert check["passed"] and check["max_relative_error"] < BAR or check["no_value"] and check["regime"] != "plain"
    against = {c["against"] for c in entry["checks"]}
    assert {"torch.autograd", "jax.grad", "torch.nn.functional.cross_entropy"} <= against
    assert found["summary"]["failed"] == [] and found["summary"]["worst_relative_error"] < BAR

    assert main([ENTRY]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.count("from the cache, made") == 3 and "against torch.nn.functional.cross_entropy" in shown
    assert main(["list", "--json"]) == 0
    facts = [f for e in json.loads(capsys.readouterr().out)["entries"] if e["name"] == ENTRY for f in e["facts"]]
    assert all(f["verdict"] in ("proved", "verified", "agrees") for f in facts), facts


def test_show_runs_what_the_cache_lacks_and_only_that(capsys, monkeypatch):
    assert main(["verify", ENTRY, "--backend", "torch"]) == 0
    ran = []

    def record(document, study, backends, device, dtype, progress):
        ran.append(backends)
        real(document, study, backends, device, dtype, progress)

    real = numbers.run
    monkeypatch.setattr(numbers, "run", record)
    assert main([ENTRY]) == 0
    assert main([ENTRY]) == 0
    assert ran == [["jax"]]
    text = " ".join(capsys.readouterr().out.split())
    assert "Numeric, torch, cpu, float64: passed" in text and "Numeric, jax, cpu, float64: passed" in text


def test_a_wrong_derivative_is_exit_status_one(capsys, monkeypatch):
    from verify import numeric

    def wrong(*arguments, **options):
        first, *rest = real(*arguments, **options)
        first.passed, first.max_relative_error = False, float("nan")
        return [first, *rest]

    real = numeric.checks
    monkeypatch.setattr(numeric, "checks", wrong)
    assert main(["verify", ENTRY, "--backend", "torch"]) == 1
    assert "FAILED" in capsys.readouterr().out
    assert main(["verify", ENTRY, "--backend", "torch", "--json"]) == 1
    check = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)["entries"][0]["checks"][0]
    assert check["max_relative_error"] is None and not check["passed"]
    assert main([ENTRY, "--no-numbers"]) == 1


def test_another_dtype_is_another_run(capsys):
    assert main(["verify", ENTRY, "--dtype", "float32", "--backend", "torch", "--json"]) == 0
    checks = json.loads(capsys.readouterr().out)["entries"][0]["checks"]
    assert {c["dtype"] for c in checks} == {"float32"}
    assert main([ENTRY, "--no-numbers"]) == 0
    assert "numbers not run" in capsys.readouterr().out


def test_one_broken_entry_does_not_stop_the_others(capsys, monkeypatch):
    from cli import studies
    from cli.errors import UserError

    def broken(head, *rest):
        if head.name == "lstm":
            raise UserError("lstm.py: broken")
        return real(head, *rest)

    real = studies.document_of
    monkeypatch.setattr(studies, "document_of", broken)
    assert main(["verify", "lstm", ENTRY, "--backend", "torch"]) == 1
    shown = capsys.readouterr().out
    assert "lstm.py: broken" in shown and "torch.nn.functional.cross_entropy" in shown
