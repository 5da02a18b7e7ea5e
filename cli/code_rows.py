"""What became of a document's Python code, as rows like those of its statements (see `cli.findings`).

The verdict of a block is ok, error, not run, or unreadable where nothing is run; that of a directive `code f(x) is z`
is agrees, differs, open, or error where the code raised. Imports nothing heavy.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

    from verify.documents.code import Ran
    from verify.documents.tied import Tied

SECONDS_TO_READ = 5
MOST_TO_READ = 40_000       # characters: reading them takes 0.3 s; a page has more only where code is its subject
RAISED = "the code: "       # how `verify.documents.tied` begins to say that code gave no value


def after_reading(name: str, content: str) -> dict[str, Any] | None:
    """What is no Python, for the reader to know; nothing where all is, or where there is too much. No code is run."""
    from derive.documents.pages.code import code_blocks
    from verify.documents.code import UNREADABLE, run_blocks

    blocks = code_blocks(name, content)
    if not blocks or sum(len(b.text) for b in blocks) > MOST_TO_READ:
        return None
    run = run_blocks(blocks, seconds=SECONDS_TO_READ, run=False)
    if run.problem:
        return not_read(run.problem)
    rows = [_block(ran, UNREADABLE) for ran in run.blocks if ran.status == UNREADABLE]
    return {"network": "", "rows": rows} if rows else None


def after_running(name: str, content: str) -> dict[str, Any]:
    """Every block and every directive about code, after the code was run."""
    from verify.documents.code import ERROR, UNREADABLE
    from verify.documents.tied import run_code

    run, ties = run_code(name, content)
    rows = [_block(ran, ERROR if ran.status == UNREADABLE else ran.status, run.problem) for ran in run.blocks]
    return {"network": run.network, "rows": rows + [_tie(tied) for tied in ties]}


def not_read(why: str) -> dict[str, Any]:
    """That it is not known whether the code is Python."""
    return {"network": "", "rows": [_row({"line": 1, "column": 1}, "block", "unreadable", "", why)]}


def not_run(why: str) -> dict[str, Any]:
    """That it is not known what the code does."""
    return {"network": "", "rows": [_row({"line": 1, "column": 1}, "block", "not run", "", why)]}


def place_of(location: Any) -> dict[str, int]:
    """A place as rows have it: `cell` in notebooks alone."""
    place = {"line": location.line, "column": location.column}
    return place if location.cell is None else {"cell": location.cell, **place}


def _block(ran: Ran, verdict: str, problem: str = "") -> dict[str, Any]:
    detail = ran.message or (problem if verdict != "ok" else "")
    unknown = ran.unknown if verdict == "error" else []
    notes = [f"line {line} uses {name}, which nothing defines" for name, line in unknown]
    return _row(_block_place(ran), "block", verdict, _first_line(ran.block.text), detail, notes)


def _block_place(ran: Ran) -> dict[str, int]:
    """Where it failed, or where it begins."""
    place = {"line": ran.line or ran.block.line, "column": 1}
    return place if ran.block.cell is None else {"cell": ran.block.cell, **place}


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.split("\n") if line.strip()), "")


def _tie(tied: Tied) -> dict[str, Any]:
    verdict = "error" if tied.status == "open" and tied.detail.startswith(RAISED) else tied.status
    made = _row(place_of(tied.location), "directive", verdict, tied.text, tied.detail)
    if verdict == "differs":
        made["counterexample"] = {"sizes": {}, "inputs": _texts(tied.inputs), "at": "", "left": _text(tied.code),
                                  "right": _text(tied.formula), "seed": 0}
    return made


def _texts(value: Any) -> Any:
    """The numbers in it to six digits."""
    if isinstance(value, dict):
        return {k: _texts(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_texts(v) for v in value]
    return f"{value:.6g}" if isinstance(value, (int, float)) else str(value)


def _text(value: Any) -> str:
    return str(_texts(value)).replace("'", "")


def _row(place: dict[str, int], kind: str, verdict: str, source: str, detail: str, notes: list[str] | None = None
         ) -> dict[str, Any]:
    return {**place, "source": source, "kind": kind, "verdict": verdict, "subject": "",
            "evidence": {"by": "", "detail": detail, "reading": "", "notes": notes or [], "expected": None},
            "counterexample": None, "correction": None}
