"""The exam of `derive check`: pages with true and false claims, and what is found out about each claim.

`python -m tests.check.exam [PAGE…]` prints a line a page and every miss. Beside `pages/NAME.md` stands
`NAME.json`: what each claim is, decided by other means.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verify.documents.finding import DECLARED, DEFINED, SKIPPED, UNDECIDED, UNSUPPORTED, Finding
from verify.documents.judge import findings
from verify.verdict import PROVED, REFUTED, VERIFIED

PAGES = Path(__file__).parent / "pages"
WRONG = {("true", "false"): "TRUE CLAIM REFUTED", ("false", "true"): "FALSE CLAIM PASSED"}
NO_VERDICT = {UNDECIDED: "undecided", UNSUPPORTED: "unsupported", SKIPPED: "unsupported",
              DEFINED: "taken as definition", DECLARED: "taken as declaration"}
ORDER = [*WRONG.values(), "REFUTED WITHOUT A CLAIM", "crashed", "undecided", "unsupported", "taken as definition",
         "taken as declaration", "not found"]


@dataclass(frozen=True)
class Answer:
    """A claim of a page, what was expected and what was found; `mark` is right, open, or the kind of miss."""

    page: str
    line: int
    expected: str
    mark: str
    why: str = ""
    finding: Finding | None = None


def got(finding: Finding) -> str | None:
    """true or false, or None where there is no verdict."""
    return {PROVED: "true", VERIFIED: "true", REFUTED: "false"}.get(finding.verdict)


def mark(expected: str, finding: Finding | None) -> str:
    if expected == "open":
        return "open"
    if finding is None:
        return "not found"
    answer = got(finding)
    if answer is None:
        return NO_VERDICT[finding.verdict]
    return "right" if answer == expected else WRONG[expected, answer]


def paired(expected: list[dict[str, Any]], found: list[Finding]) -> list[Finding | None]:
    """The finding nearest to each expectation of one line; none is given twice."""
    left, pairs = list(found), []
    for item in expected:
        best = min(left, key=lambda f: abs(f.column - item.get("column", 1)), default=None)
        if best is not None:
            left.remove(best)
        pairs.append(best)
    return pairs


def examined(path: Path) -> list[Answer]:
    """All claims of a page in order, and what is refuted where no claim was expected."""
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    try:
        found = findings(path.read_text(encoding="utf-8"))
    except Exception as error:    # a crash is the worst answer, and must not hide those about the other pages
        return [Answer(path.stem, item["line"], item["expected"], "crashed", repr(error)) for item in expected]
    answers, used = [], set()
    for line in sorted({item["line"] for item in expected}):
        here = [item for item in expected if item["line"] == line]
        for item, finding in zip(here, paired(here, [f for f in found if f.line == line]), strict=True):
            used.add(id(finding))
            answers.append(Answer(path.stem, line, item["expected"], mark(item["expected"], finding), item["why"],
                                  finding))
    answers += [Answer(path.stem, f.line, "no claim", "REFUTED WITHOUT A CLAIM", "", f) for f in found
                if f.verdict == REFUTED and id(f) not in used]
    return answers


def miss(answer: Answer) -> str:
    f = answer.finding
    lines = [f"{answer.mark}: {answer.page}.md:{answer.line} expected {answer.expected} {answer.why}".rstrip()]
    if f is not None:
        lines += [f"    {f.column}: {f.source}", f"    {f.kind} {f.verdict} by {f.by}: {f.detail}"]
        lines += [f"    reading: {f.reading}"] * bool(f.reading)
        lines += [f"    at {f.counterexample}"] * bool(f.counterexample)
    return "\n".join(lines)


def summary(answers: list[Answer]) -> str:
    counted = Counter(a.mark for a in answers)
    decidable = sum(1 for a in answers if a.expected in ("true", "false"))
    rest = ", ".join(f"{counted[m]} {m}" for m in ORDER if counted[m])
    return f"{counted['right']}/{decidable} right" + f", {rest}" * bool(rest)


def main(names: list[str]) -> int:
    pages = [PAGES / f"{Path(name).stem}.md" for name in names] or sorted(PAGES.glob("*.md"))
    everything: list[Answer] = []
    for page in pages:
        start = time.perf_counter()
        answers = examined(page)
        everything += answers
        print(f"{page.stem:24} {summary(answers)}  ({time.perf_counter() - start:.1f} s)", flush=True)
    missed = [a for a in everything if a.mark in ORDER]
    print(f"\n{'total':24} {summary(everything)}\n")
    for answer in sorted(missed, key=lambda a: ORDER.index(a.mark)):
        print(miss(answer))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
