"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request."""

from __future__ import annotations

from cli.findings import Report, Row, clean, headline, is_plain, level, message

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def as_github(reports: list[Report], strict: bool, language: str) -> str:
    """A command for each finding. What comes from the document cannot end the command nor add another."""
    lines = []
    for report in reports:
        if report.problem:
            lines.append(f"::error file={_property(clean(report.path))}::{_data(clean(report.problem))}")
        for row in report.findings:
            if not is_plain(row, strict):
                lines.append(f"::{_LEVELS[level(row, strict)]} file={_property(clean(report.path))}{_line(row)},"
                             f"title={_property(headline(row, language))}::{_data(_message(report, row, language))}")
    return "".join(f"{line}\n" for line in lines)


def _line(row: Row) -> str:
    """A line of a cell is no line of the file."""
    return "" if "cell" in row else f",line={row['line']},col={row['column']}"


def _message(report: Report, row: Row, language: str) -> str:
    said = message(row, language)
    return f"{report.place(row)}: {said}" if "cell" in row else said


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
