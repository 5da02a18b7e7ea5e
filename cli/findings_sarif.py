"""Findings as SARIF 2.1.0, which code scanning reads. Columns count code points."""

from __future__ import annotations

import os

from cli.findings import Report, clean, expected, fails, is_plain, level, message
from cli.findings_json import dumped
from cli.versions import VERSION
from cli.words import phrase

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RULES = ("refuted", "undecided", "unsupported", "not-refuted", "reading", "code")


def as_sarif(reports: list[Report], strict: bool, language: str, unicode: bool) -> str:
    results = [_result(r, row, strict, language) for r in reports for row in r.findings if not is_plain(row, strict)]
    problems = [{"level": "error", "message": {"text": clean(r.problem)}, "locations": [{"physicalLocation": {
        "artifactLocation": {"uri": uri(r.path)}}}]} for r in reports if r.problem]
    rules = [{"id": name, "shortDescription": {"text": phrase(f"rule {name}", language)}} for name in RULES]
    run = {"tool": {"driver": {"name": "derive", "version": VERSION, "rules": rules}},
           "columnKind": "unicodeCodePoints",
           "invocations": [{"executionSuccessful": not problems, "toolExecutionNotifications": problems}],
           "results": results}
    return dumped({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, unicode)


def rule_of(row: dict[str, Any]) -> str:
    if row["kind"] in ("block", "directive"):
        return "code"
    if expected(row) and fails(row, False):
        return "not-refuted"
    return row["verdict"] if row["verdict"] in RULES else "reading"


def _result(report: Report, row: dict[str, Any], strict: bool, language: str) -> dict[str, Any]:
    rule = rule_of(row)
    return {"ruleId": rule, "ruleIndex": RULES.index(rule), "level": level(row, strict),
            "message": {"text": message(row, language)}, "locations": [_location(report, row)]}


def _location(report: Report, row: dict[str, Any]) -> dict[str, Any]:
    """A line of a notebook's cell is no line of the file: it is named, and no region is given."""
    file: dict[str, Any] = {"artifactLocation": {"uri": uri(report.path)}}
    if "cell" in row:
        return {"physicalLocation": file, "logicalLocations": [{"fullyQualifiedName": report.place(row)}]}
    region = {"startLine": row["line"], "startColumn": row["column"], "snippet": {"text": clean(row["source"])}}
    return {"physicalLocation": {**file, "region": region}}


def uri(path: str) -> str:
    """A relative reference, or a `file:` URI; nothing in it needs to be escaped."""
    from urllib.parse import quote

    quoted = quote(os.fsencode(path.replace(os.sep, "/")))
    return f"file://{quoted}" if os.path.isabs(path) else quoted
