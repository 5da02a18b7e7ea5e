"""JSON and SARIF hold to their schemas, and the schemas refuse what is wrong.

`sarif-2.1.0-rtm.5.json` is the schema of OASIS as the npm package @microsoft/jest-sarif (MIT) ships it.
"""

from __future__ import annotations

import copy
import json
import xml.etree.ElementTree as Tree
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from cli.findings import Report
from cli.findings_github import as_github
from cli.findings_json import SCHEMA
from cli.findings_junit import as_junit
from cli.findings_sarif import as_sarif, uri
from tests.check.samples import RIGHT, UNREADABLE, WRONG, hostile_row, row

SARIF = json.loads((Path(__file__).parent / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
OWN = json.loads(Path(SCHEMA).read_text(encoding="utf-8"))


def valid(data, schema=OWN):
    checker = jsonschema.validators.validator_for(schema)
    checker.check_schema(schema)
    checker(schema, format_checker=checker.FORMAT_CHECKER).validate(data)


def refused(data, schema=OWN):
    with pytest.raises(jsonschema.ValidationError):
        valid(data, schema)


@pytest.fixture
def pages(folder):
    for name, text in (("right.md", RIGHT), ("错误 1.md", WRONG), ("open.md", UNREADABLE), ("empty.md", "")):
        (folder / name).write_text(text, encoding="utf-8")
    return ["right.md", "错误 1.md", "open.md", "empty.md"]


# -- JSON ---------------------------------------------------------------------------------------------------------
def test_the_schema_is_in_the_package():
    assert json.loads((resources.files("cli") / "check.schema.json").read_text(encoding="utf-8")) == OWN


def test_json_is_what_the_contract_says(check, pages):
    status, out, err = check(*pages, "--json")
    found = json.loads(out)
    valid(found)
    assert status == 1 and not err and check(*pages, "--format", "json")[1] == out
    assert list(found) == ["version", "files", "summary"] and found["version"] == 1
    assert [f["path"] for f in found["files"]] == pages
    assert found["summary"] == {"proved": 1, "verified": 0, "refuted": 1, "undecided": 0, "unsupported": 1,
                                "skipped": 0}
    (wrong,) = [s for f in found["files"] for s in f["statements"] if s["verdict"] == "refuted"]
    assert (wrong["line"], wrong["column"], wrong["source"], wrong["kind"]) == (9, 1, "∂L/∂z = y − p", "claim")
    assert wrong["counterexample"]["sizes"] == {"K": 2} and wrong["counterexample"]["inputs"]["y"] == ["1/3", "2/3"]
    assert (wrong["counterexample"]["left"], wrong["counterexample"]["right"]) == ("0.166667", "-0.166667")
    assert list(wrong) == ["line", "column", "source", "kind", "verdict", "subject", "evidence", "counterexample",
                           "correction", "recognised", "mistake"]


def test_the_schema_refuses_what_is_wrong(check, pages):
    found = json.loads(check(*pages, "--json")[1])
    wrong = next(k for k, s in enumerate(found["files"][1]["statements"]) if s["verdict"] == "refuted")
    for change in (lambda d, s: s.update(line=0), lambda d, s: s.update(verdict="maybe"), lambda d, s: s.pop("source"),
                   lambda d, s: s.update(more=1), lambda d, s: s.update(counterexample=None),
                   lambda d, s: s["evidence"].pop("by"), lambda d, s: d.update(version=2), lambda d, s: d.pop("files"),
                   lambda d, s: d["summary"].pop("skipped"), lambda d, s: d["summary"].update(proved=-1)):
        damaged = copy.deepcopy(found)
        change(damaged, damaged["files"][1]["statements"][wrong])
        refused(damaged)


def test_json_and_another_format_exclude_each_other(check, pages):
    assert check(*pages, "--json", "--format", "sarif")[0] == 2


# -- SARIF --------------------------------------------------------------------------------------------------------
def test_sarif_holds_to_its_schema(check, pages):
    for arguments in ([], ["--strict"], ["--lang", "zh"], ["absent.md"]):
        found = json.loads(check(*pages, *arguments, "--format", "sarif")[1])
        valid(found, SARIF)
        assert found["runs"][0]["invocations"][0]["executionSuccessful"] == (arguments != ["absent.md"])
    hostile = [hostile_row(verdict=v, evidence={"expected": e}) for v in ("refuted", "proved") for e in ("", None)]
    for rows in (hostile, []):
        valid(json.loads(as_sarif([Report("a.md", rows)], True, "en", True)), SARIF)


def test_the_schema_of_sarif_refuses_what_is_wrong():
    found = json.loads(as_sarif([Report("a.md", [row()])], False, "en", True))
    for change in (lambda r: r.update(level="bad"), lambda r: r.pop("message"), lambda r: r.update(more=1),
                   lambda r: r["locations"][0]["physicalLocation"]["region"].update(startLine=0)):
        damaged = copy.deepcopy(found)
        change(damaged["runs"][0]["results"][0])
        refused(damaged, SARIF)


def test_sarif_says_what_and_where(check, pages):
    found = json.loads(check(*pages, "--format", "sarif")[1])["runs"][0]
    wrong, unread = found["results"]
    assert wrong["ruleId"] == "refuted" and wrong["level"] == "error" and unread["level"] == "note"
    place = wrong["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "%E9%94%99%E8%AF%AF%201.md"
    assert (place["region"]["startLine"], place["region"]["startColumn"]) == (9, 1)
    assert all(found["tool"]["driver"]["rules"][r["ruleIndex"]]["id"] == r["ruleId"] for r in found["results"])


@pytest.mark.parametrize("changes, rule", [
    ({}, "refuted"), ({"verdict": "undecided"}, "undecided"), ({"verdict": "unsupported"}, "unsupported"),
    ({"verdict": "proved", "evidence": {"reading": "rows"}}, "reading"),
    ({"verdict": "proved", "evidence": {"expected": ""}}, "not-refuted"),
    ({"verdict": "undecided", "evidence": {"expected": ""}}, "not-refuted")])
def test_rules(changes, rule):
    found = json.loads(as_sarif([Report("a.md", [row(**changes)])], False, "en", True))
    assert found["runs"][0]["results"][0]["ruleId"] == rule


def test_addresses():
    assert uri("a b/c#1?.md") == "a%20b/c%231%3F.md" and uri("/x/a.md") == "file:///x/a.md"
    assert uri("javascript:alert(1).md") == "javascript%3Aalert%281%29.md"


# -- GitHub, JUnit, concise ---------------------------------------------------------------------------------------
def test_github(check, pages):
    lines = check(*pages, "--format", "github")[1].splitlines()
    assert lines[0].startswith("::error file=错误 1.md,line=9,col=1,title=refuted%3A ∂L/∂z::"
                               "refuted: ∂L/∂z. ∂L/∂z = y − p.")
    assert "counterexample (K = 2)" in lines[0]
    assert lines[1].startswith("::notice file=open.md,line=1,col=4,") and len(lines) == 2
    assert check(*pages, "--format", "github", "--strict")[1].splitlines()[1].startswith("::error file=open.md,")


@pytest.mark.parametrize("verdict, word", [("refuted", "error"), ("undecided", "warning"), ("unsupported", "notice")])
def test_levels(verdict, word):
    assert as_github([Report("a.md", [row(verdict=verdict)])], False, "en").startswith(f"::{word} ")
    assert as_github([Report("a.md", [row(verdict=verdict)])], True, "en").startswith("::error ")


def test_junit(check, pages, folder):
    assert check(*pages, "--junit", "out.xml")[0] == 1
    suites = Tree.parse(folder / "out.xml").getroot()
    assert [s.get("name") for s in suites] == pages
    assert [(s.get("tests"), s.get("failures"), s.get("skipped")) for s in suites] == [
        ("5", "0", "0"), ("5", "1", "0"), ("1", "0", "1"), ("0", "0", "0")]
    (failure,) = suites.findall("*/*/failure")
    assert "counterexample (K = 2)" in failure.text and failure.get("message") == "refuted: ∂L/∂z"
    assert check(*pages, "--junit", "out.xml", "--strict")[0] == 1
    assert len(Tree.parse(folder / "out.xml").getroot().findall("*/*/failure")) == 2


def test_junit_never_passes_what_fails():
    for found in (row(), *(row(verdict=v, evidence={"expected": ""}) for v in ("proved", "perhaps", "skipped"))):
        shown = as_junit([Report("a.md", [found])], False, "en")
        assert len(Tree.fromstring(shown.encode()).findall(".//failure")) == 1


@pytest.mark.parametrize("name", ["right.md", "new.MD", "new.txt", "absent/out.xml", "."])
def test_junit_overwrites_no_document(check, pages, folder, name):
    status, out, err = check("right.md", "--junit", name)
    assert status == 2 and not out and err.startswith("derive: ") and err.count("\n") == 1
    assert (folder / "right.md").read_text(encoding="utf-8") == RIGHT
    assert sorted(p.name for p in folder.iterdir()) == sorted(pages)


def test_concise(check, pages):
    lines = check(*pages, "--format", "concise")[1].splitlines()
    assert lines[0].startswith("错误 1.md:9:1: refuted: ∂L/∂z. ∂L/∂z = y − p. counterexample (K = 2)")
    assert len(lines) == 3 and lines[1].startswith("open.md:1:4: unsupported: ")
