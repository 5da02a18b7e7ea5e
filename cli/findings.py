"""What `derive check` found, as plain data that every format prints in its own way. Imports nothing heavy.

A row is one statement, as `--json` has it. Whatever comes from a document or is the name of a file is untrusted:
formats print it through `clean`.
"""

from __future__ import annotations

import re

from cli.counterexamples import counterexample_text, values_text
from cli.words import phrase, reason, verdict

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from cli.check_files import Source

Row = dict
COUNTED = ("proved", "verified", "refuted", "undecided", "unsupported", "skipped")
CODE = ("ok", "agrees", "error", "differs", "not run", "open", "unreadable")
PASSING = frozenset({"proved", "verified", "skipped", "defined", "declared", "ok", "agrees"})
FAILING = frozenset({"refuted", "error", "differs", "not run"})
OPEN = frozenset({"undecided", "unsupported", "open"})
LONGEST = 1_000             # characters of a document's text in one message
UNSEEN = "\ufffd"
# Runners of CI read commands anywhere in a line: `##[add-mask]`, `##vso[task.setvariable]`.
_COMMAND = re.compile(r"#(?=#\w*\[)")


class Report:
    """What was found in one document, and about its code; `problem` is why nothing was."""

    def __init__(self, path: str, rows: list[Row], source: Source | None = None, problem: str = "",
                 code: dict | None = None):
        self.path, self.rows, self.source, self.problem, self.code = path, rows, source, problem, code

    @property
    def findings(self) -> list[Row]:
        """Statements, then blocks of code and directives about them."""
        return [*self.rows, *(self.code["rows"] if self.code else ())]

    def place(self, row: Row) -> str:
        """`notes.md:12:3`, `notes.ipynb#cell=4:2:1`"""
        cell = f"#cell={row['cell']}" if "cell" in row else ""
        return f"{clean(self.path)}{cell}:{row['line']}:{row['column']}"


def clean(text: str, longest: int = LONGEST) -> str:
    """One line without control characters, escapes, marks that turn the line round, and commands of CI runners."""
    shown = "".join(c if c.isprintable() else " " if c in "\n\t\r" else UNSEEN for c in text[:longest + 1])
    shown = _COMMAND.sub(UNSEEN, shown)
    return shown if len(text) <= longest else shown[:longest] + "…"


def joined(lines: list[str]) -> str:
    """Lines for people: none of them begins with `::`, with which commands of GitHub's runner begin."""
    return "".join(f"{line.replace('::', f':{UNSEEN}', 1) if line.lstrip().startswith('::') else line}\n"
                   for line in lines)


def expected(row: Row) -> bool:
    """Whether the document says that this is wrong on purpose."""
    return row["evidence"]["expected"] is not None


def fails(row: Row, strict: bool) -> bool:
    """Whether it fails the run."""
    if expected(row):
        return row["verdict"] != "refuted"
    return row["verdict"] in FAILING or strict and row["verdict"] in OPEN


def is_plain(row: Row, strict: bool) -> bool:
    """Whether there is nothing to say about it: what holds under a certain reading is disclosed."""
    if row["evidence"]["reading"] or fails(row, strict):
        return False
    return row["verdict"] in PASSING or expected(row)


def level(row: Row, strict: bool) -> str:
    return "error" if fails(row, strict) else "warning" if row["verdict"] in ("undecided", "open") else "note"


def headline(row: Row, say: str) -> str:
    """`refuted: ∂L/∂W`; without a name, what kind of statement it is."""
    word = _word(row["verdict"], say)
    subject = clean(row["subject"], 80) or phrase(row["kind"], say)
    return f"{word}: {subject}"


def reasons(row: Row, say: str) -> list[str]:
    """Why: one text for each thing that is known."""
    evidence, found = row["evidence"], []
    if expected(row):
        key = "not refuted" if fails(row, False) else "wrong on purpose"
        why = clean(evidence["expected"])
        found.append(phrase(key, say) + (f": {why}" if why else ""))
    if evidence["detail"]:
        found.append(clean(reason(evidence["detail"], say)))
    if evidence["reading"]:
        found.append(f"{phrase('reading', say)}: {clean(reason(evidence['reading'], say))}")
    if row["counterexample"]:
        found.append(clean(_counterexample(row, say)))
    if row["correction"]:
        found.append(f"{phrase('correction', say)}: {clean(row['correction'])}")
    if row.get("mistake"):
        found.append(f"{phrase('known mistake', say)}: {clean(row['mistake'].get(say) or row['mistake']['en'])}")
    return found + [f"{phrase('note', say)}: {clean(reason(n, say))}" for n in evidence["notes"]]


def guess(row: Row, say: str) -> str:
    """`looks like Long short-term memory: Forget gate (a guess, no verdict)`; nothing where nothing is recognised."""
    found = row.get("recognised")
    if not found:
        return ""
    titles = found["title"]
    but = _difference(found["difference"], say)
    return f"{phrase('looks like', say)} {clean(titles.get(say) or titles['en'], 200)}{but} ({phrase('a guess', say)})"


def _difference(found: dict[str, str] | None, say: str) -> str:
    """What is different, as half a sentence."""
    if not found:
        return ""
    if "way" not in found:          # as the catalogue says it of a known mistake
        return f", {phrase('but', say)}: {clean(found.get(say) or found['en'], 200)}"
    way, here, there = (clean(found[k], 80) for k in ("way", "here", "there"))
    if way == "another operand":
        return f", {phrase('but', say)}: {here} {phrase('stands where', say)} {there}{phrase('does', say)}"
    if way == "sign":
        return f", {phrase('but', say)}: {phrase(way, say)}"
    what = f"{here} {phrase('instead of', say)} {there}" if here and there else there or f"{phrase('more', say)} {here}"
    return f", {phrase('but', say)}: {phrase(way, say)}: {what}"


def _counterexample(row: Row, say: str) -> str:
    c = row["counterexample"]
    if row["kind"] != "directive":
        return counterexample_text(c, say, of_member=False)
    given = "; ".join(f"{name} = {values_text(value)}" for name, value in c["inputs"].items())
    return f"{given}{'. ' if given else ''}{phrase('code gives', say)} {c['left']}, {phrase('formula gives', say)} " \
           f"{c['right']}"


def message(row: Row, say: str) -> str:
    """All of it in one line."""
    said = [clean(row["source"], 200), *reasons(row, say), *filter(None, [guess(row, say)])]
    return f"{headline(row, say)}. " + ". ".join(said)


def counts(reports: list[Report]) -> dict[str, int]:
    found = [row["verdict"] for report in reports for row in report.rows]
    return {name: found.count(name) for name in COUNTED}


def failures(reports: list[Report], strict: bool) -> int:
    return sum(fails(row, strict) for report in reports for row in report.findings)


def summary(reports: list[Report], strict: bool, say: str) -> str:
    """`2 files, 9 statements: 5 proved, 1 refuted, 3 definitions and declarations. FAILED: 1`"""
    found, failed = counts(reports), failures(reports, strict)
    total = sum(len(r.rows) for r in reports)
    words = [f"{n} {_word(name, say)}" for name, n in found.items() if n]
    rest = total - sum(found.values())
    words += [f"{rest} {phrase('definitions', say)}"] if rest else []
    outcome = f"{verdict('failed', say)}: {failed}" if failed else phrase("nothing failed", say)
    return (f"{_number(len(reports), 'file', say)}, {_number(total, 'statement', say)}"
            f"{': ' if words else ''}{', '.join(words)}{_of_code(reports, say)}. {outcome}")


def _of_code(reports: list[Report], say: str) -> str:
    """`; code: 2 ok, 1 differs`"""
    found = [row["verdict"] for report in reports if report.code for row in report.code["rows"]]
    words = [f"{found.count(name)} {_word(name, say)}" for name in CODE if name in found]
    return f"; {phrase('code', say)}: {', '.join(words)}" if words else ""


def _word(name: str, say: str) -> str:
    return phrase(f"code {name}", say) if name in CODE else (
        phrase("verified", say) if name == "verified" else verdict(name, say))


def _number(n: int, key: str, say: str) -> str:
    return f"{n} {phrase(key if n == 1 else f'{key}s', say)}"
