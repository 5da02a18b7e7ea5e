"""Findings for programs: the object that `check.schema.json` describes."""

from __future__ import annotations

import json
import os
import re

from cli.findings import Report, counts

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

SCHEMA = os.path.join(os.path.dirname(__file__), "check.schema.json")
_ODD = re.compile(r"[^\n -~]")


def as_json(reports: list[Report], unicode: bool) -> str:
    """One object; a document that could not be read is not in it."""
    files = [{"path": r.path, "statements": r.rows} | ({"code": r.code} if r.code else {})
             for r in reports if not r.problem]
    return dumped({"version": 1, "files": files, "summary": counts(reports)}, unicode)


def dumped(data: dict[str, Any], unicode: bool) -> str:
    """JSON that a terminal and the log of a CI runner can show: what is not printable is escaped, and `##`, with which
    commands of runners begin, as well."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1)
    text = _ODD.sub(lambda m: m[0] if unicode and m[0].isprintable() else json.dumps(m[0])[1:-1], text)
    return text.replace("##", r"#\u0023") + "\n"
