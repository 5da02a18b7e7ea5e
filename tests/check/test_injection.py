"""Nothing from a document or the name of a file reaches a terminal, a CI runner or a parser as anything but text."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as Tree

import pytest

from cli.findings import Report, clean
from cli.findings_github import as_github
from cli.findings_json import as_json
from cli.findings_junit import as_junit
from cli.findings_sarif import as_sarif
from cli.findings_text import TextReport, concise
from tests.check.samples import HOSTILE, hostile_row, row

ROWS = [hostile_row(verdict=v, evidence={"expected": e}) for v in ("refuted", "undecided", "unsupported", "proved",
        "skipped") for e in (None, HOSTILE)]
NAMES = ["notes.md", HOSTILE, "::error file=a::b.md", "##[add-mask]a.md", "a,line=1::b\n::error::c.md"]
COMMAND = re.compile(r"##\w*\[")            # as GitHub's older syntax and Azure Pipelines read commands


class Source:
    """A document in which every line is hostile."""

    text = "\n".join(HOSTILE.replace("\n", " ") for _ in range(9))

    def line(self, row: dict) -> str:
        return HOSTILE.replace("\n", " ")


def reports(name: str) -> list[Report]:
    return [Report(name, ROWS, Source()), Report(name, [], problem=f"{HOSTILE} cannot be read")]


def seen(text: str) -> None:
    """What may be on a terminal or in a log."""
    assert all(c.isprintable() or c == "\n" for c in text)
    assert not COMMAND.search(text)


def test_the_examples_are_hostile():
    assert not HOSTILE.isprintable() and COMMAND.search(HOSTILE) and "\n::error" in HOSTILE
    with pytest.raises(AssertionError):
        seen(HOSTILE)


@pytest.mark.parametrize("text", [HOSTILE, "##[a]", "###[a]", "####vso[a]", "x##a_b[", "a\x85b\u2028c", "\x1b" * 9_000])
def test_clean_leaves_one_line_of_text(text):
    seen(clean(text))
    assert "\n" not in clean(text) and len(clean(text)) <= 1_001


def test_clean_leaves_formulas_alone():
    for text in ("∂L/∂W = Σ_t δ_t ⊙ (1 − h_t²) h_{t-1}ᵀ", "# 标题，公式：y = σ(x)", "a # b [c]",
                 "\\frac{a}{b} & é e\u0301"):
        assert clean(text) == text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("say", ["en", "zh"])
@pytest.mark.parametrize("verbose", [False, True])
def test_text_is_text(name, say, verbose):
    shown = TextReport(False, say, 80, False, verbose).render(reports(name))
    shown += concise(reports(name), False, say, verbose)
    seen(shown)
    assert not any(line.lstrip().startswith("::") for line in shown.splitlines())


@pytest.mark.parametrize("width", range(20, 120, 3))
def test_no_line_is_broken_before_a_command(width):
    found = [row(evidence={"detail": "一::error::a " * 40 + "x ::error::b " * 40}, source="::error::c")]
    shown = TextReport(False, "en", width, False, True).render([Report("::error::a.md", found, Source())])
    assert not any(line.lstrip().startswith("::") for line in shown.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_colours_are_ours(name):
    shown = TextReport(False, "en", 80, True, True).render(reports(name))
    seen(re.sub(r"\x1b\[(?:0|1|2|31|32|36;1)m", "", shown))


@pytest.mark.parametrize("name", NAMES)
def test_github_reads_one_command_a_finding(name):
    """Read as the runner does: properties end at `::`, are split at commas, and are unescaped."""
    shown = as_github(reports(name), True, "en")
    seen(shown.replace("::", ""))
    lines = shown.split("\n")[:-1]
    assert len(lines) == sum(1 for r in ROWS if not (r["verdict"] == "skipped" and r["evidence"]["expected"] is None
                                                     and not r["evidence"]["reading"])) + 1
    for line in lines:
        _, command, _ = line.split("::", 2)
        kind, _, properties = command.partition(" ")
        assert kind in ("error", "warning", "notice")
        keys = [p.partition("=")[0] for p in properties.split(",")]
        assert keys in (["file", "line", "col", "title"], ["file"])
        value = properties.split(",")[0].partition("=")[2]
        for escape, c in (("%3A", ":"), ("%2C", ","), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
            value = value.replace(escape, c)
        assert value == clean(name)


def test_percent_signs_are_data():
    (line,) = as_github([Report("a%0Ab.md", [row(source="50%0A::error::x")])], False, "en").splitlines()
    assert "file=a%250Ab.md," in line and "50%250A::error::x" in line


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("unicode", [True, False])
def test_json_comes_back_as_it_was_and_shows_nothing_odd(name, unicode):
    shown = as_json(reports(name), unicode)
    seen(shown)
    assert unicode or shown.isascii()
    assert json.loads(shown)["files"] == [{"path": name, "statements": ROWS}]


def test_json_keeps_what_is_printable():
    assert '"source": "∂L/∂W = 梯度"' in as_json([Report("a.md", [row(source="∂L/∂W = 梯度")])], True)


@pytest.mark.parametrize("name", NAMES)
def test_sarif_is_json_with_one_result_a_finding(name):
    shown = as_sarif(reports(name), True, "en", True)
    seen(shown)
    (run,) = json.loads(shown)["runs"]
    assert len(run["results"]) == len(ROWS)
    for result in run["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9_.~%/-]+", uri)
    assert not run["invocations"][0]["executionSuccessful"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("strict", [False, True])
def test_junit_parses_with_one_case_a_statement(name, strict):
    shown = as_junit(reports(name), strict, "en")
    seen(shown)
    first, second = Tree.fromstring(shown.encode())
    assert first.get("name") == clean(name) and len(first) == len(ROWS) == int(first.get("tests"))
    assert {case.tag for case in first} == {"testcase"} and {c.tag for case in first for c in case} <= {
        "failure", "skipped", "system-out"}
    assert int(first.get("failures")) == len(first.findall("*/failure")) and len(second.findall("*/error")) == 1
    assert int(first.get("skipped")) == len(first.findall("*/skipped"))


def test_a_whole_document(check, folder):
    name = "::error file=a::b\n##[debug]x.md"
    (folder / name).write_text(f"# {HOSTILE}\n\n$$ y = x $$ $$ y = {HOSTILE} $$\n\n```\nz = ∂\x1b[31mL/∂x\n```\n",
                               encoding="utf-8")
    for form in ("text", "concise", "json", "github", "sarif"):
        for names in ([name], ["."], [name, "absent\x1b[31m\n::error::x.md"]):
            status, out, err = check(*names, "--format", form, "--junit", "out.xml", "--strict")
            assert status == (1 if len(names) == 1 else 2)
            seen(out.replace("\n::", "\n") if form == "github" else out)
            seen(err)
            Tree.parse(folder / "out.xml")
            if form != "github":
                assert not any(line.lstrip().startswith("::") for line in out.splitlines() + err.splitlines())
