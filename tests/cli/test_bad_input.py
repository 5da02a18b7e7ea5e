"""Bad input gets one clear line on stderr and exit status 2; never a traceback."""

from __future__ import annotations

import pytest

from cli import numbers
from cli.main import main


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that the command refuses these arguments with."""
    assert main(arguments) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("derive: ")
    return lines[0]


def test_an_unknown_entry_names_the_nearest(capsys):
    assert refused(capsys, "lstn") == "derive: there is no entry, fact, section or topic 'lstn'; did you mean lstm?"


def test_an_unknown_entry_without_a_near_one_points_to_the_list(capsys):
    assert refused(capsys, "zzzzzz").endswith("see derive search or derive list")


def test_verify_refuses_an_unknown_entry(capsys):
    assert "did you mean lstm?" in refused(capsys, "verify", "lstn")


def test_an_unknown_gradient_names_the_nearest(capsys):
    line = refused(capsys, "softmax_cross_entropy", "--only", "zz", "--no-numbers")
    assert "softmax_cross_entropy has no gradient 'zz'" in line
    assert "did you mean z" in line


def test_an_unknown_gradient_without_a_near_one_lists_them(capsys):
    assert "there are z" in refused(capsys, "softmax_cross_entropy", "--only", "QQQQ", "--no-numbers")


@pytest.mark.parametrize(("option", "value", "known"), [
    ("--dtype", "float16", "float64"), ("--device", "tpu", "cuda"), ("--notation", "tensor", "index"),
    ("--format", "html", "markdown"), ("--lang", "fr", "zh")])
def test_a_bad_value_names_the_good_ones(capsys, option, value, known):
    line = refused(capsys, "lstm", option, value)
    assert value in line and known in line


def test_an_unknown_option_is_named(capsys):
    assert "--sho" in refused(capsys, "lstm", "--sho")


def test_a_second_name_is_refused(capsys):
    assert "mlp" in refused(capsys, "lstm", "mlp")


def test_an_option_alone_asks_for_a_name(capsys):
    assert "NAME" in refused(capsys, "--show")


def test_verify_names_the_extra_where_libraries_are_missing(capsys, monkeypatch):
    monkeypatch.setattr(numbers, "available", lambda: [])
    line = refused(capsys, "verify", "lstm")
    assert "torch and jax not installed" in line and "pip install 'derive[verify]'" in line


def test_verify_offers_the_backend_that_is_there(capsys, monkeypatch):
    monkeypatch.setattr(numbers, "available", lambda: ["torch"])
    assert "--backend torch" in refused(capsys, "verify", "lstm")


def test_an_absent_device_is_one_line(capsys, monkeypatch):
    numeric = pytest.importorskip("verify.numeric", reason="the numeric part is not there")

    def no_device(*_, **__):
        raise numeric.DeviceError("no CUDA device\nwas found")

    monkeypatch.setattr(numbers, "available", lambda: ["torch", "jax"])
    monkeypatch.setattr(numeric, "checks", no_device)
    assert refused(capsys, "verify", "softmax_cross_entropy", "--device", "cuda").endswith("no CUDA device was found")


def test_nothing_is_said_on_stdout_for_bad_arguments(capsys):
    main(["lstm", "--dtype", "float16"])
    assert capsys.readouterr().out == ""


def test_a_closed_pipe_is_quiet(monkeypatch, capsys):
    def closed(_):
        raise BrokenPipeError

    monkeypatch.setattr("cli.listing.run", closed)
    monkeypatch.setattr("cli.main._forget_stdout", lambda: None)
    assert main(["list"]) == 141
    assert capsys.readouterr().err == ""


def test_an_interrupt_is_quiet(monkeypatch, capsys):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("cli.listing.run", interrupted)
    assert main(["list"]) == 130
    assert capsys.readouterr().err == ""
