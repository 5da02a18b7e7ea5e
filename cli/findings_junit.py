"""Findings as JUnit XML, which CI servers show as tests: a suite for each document, a case for each statement."""

from __future__ import annotations

from cli.findings import OPEN, Report, clean, fails, headline, is_plain, message

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"})


def as_junit(reports: list[Report], strict: bool, language: str) -> str:
    """A well-formed document in UTF-8. What is open is skipped, or fails where that is asked for."""
    suites = "".join(_suite(report, strict, language) for report in reports)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="derive check">\n{suites}</testsuites>\n'


def _suite(report: Report, strict: bool, language: str) -> str:
    name = escaped(report.path)
    cases = [_case(name, row, strict, language) for row in report.findings]
    if report.problem:
        cases.append(f'<testcase classname="{name}" name="{name}">'
                     f'<error message="{escaped(report.problem)}"/></testcase>')
    failed = sum(fails(row, strict) for row in report.findings)
    skipped = sum(_skipped(row, strict) for row in report.findings)
    return (f'<testsuite name="{name}" tests="{len(cases)}" failures="{failed}" errors="{int(bool(report.problem))}" '
            f'skipped="{skipped}">\n' + "".join(f"{case}\n" for case in cases) + "</testsuite>\n")


def _case(name: str, row: dict[str, Any], strict: bool, language: str) -> str:
    cell, line = (f"cell {row['cell']} ", "") if "cell" in row else ("", f' line="{row["line"]}"')
    title = escaped(f"{cell}{row['line']}:{row['column']} {clean(row['source'], 200)}")
    start = f'<testcase classname="{name}" name="{title}" file="{name}"{line}'
    text = escaped(message(row, language))
    if fails(row, strict):
        return f'{start}><failure type="{row["verdict"]}" message="{escaped(headline(row, language))}">{text}' \
               "</failure></testcase>"
    if _skipped(row, strict):
        return f'{start}><skipped message="{text}"/></testcase>'
    return f"{start}/>" if is_plain(row, strict) else f"{start}><system-out>{text}</system-out></testcase>"


def _skipped(row: dict[str, Any], strict: bool) -> bool:
    return not fails(row, strict) and row["verdict"] in (*OPEN, "skipped")


def escaped(text: str) -> str:
    """Text of an element or an attribute. What XML does not allow is not printable, and replaced."""
    return clean(text).translate(_ESCAPES)
