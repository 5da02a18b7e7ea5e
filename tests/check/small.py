"""Small documents of which every claim holds (`small_documents/true.txt`), or none (`small_documents/false.txt`).

`python -m tests.check.small` prints each claim with the wrong verdict, then those without one.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.check.exam import got
from verify.documents.finding import DECLARED, DEFINED, SKIPPED, Finding
from verify.documents.judge import findings

SMALL = Path(__file__).parent / "small_documents"
SILENT = (DEFINED, DECLARED, SKIPPED)


def documents(name: str) -> list[str]:
    return (SMALL / f"{name}.txt").read_text(encoding="utf-8").strip("\n").split("\n====\n")


def claims(name: str, part: tuple[int, int] = (0, 1)) -> Iterator[Finding]:
    """What is said of each claim of these documents; definitions and declarations are left out. `part` is (k, n) for
    every n-th document, from the k-th on."""
    for text in documents(name)[part[0]::part[1]]:
        yield from (f for f in findings(text) if f.verdict not in SILENT)


def main() -> int:
    wrong = 0
    for name in ("true", "false"):
        found = list(claims(name))
        bad = [f for f in found if got(f) not in (name, None)]
        print(f"{name}: {dict(Counter(f.verdict for f in found))}")
        for f in bad + [f for f in found if got(f) is None]:
            at = f" at {f.counterexample.inputs}" if f.counterexample else ""
            print(f"{'WRONG ' * (f in bad)}{f.verdict}: {f.source}   [{f.detail}{f.reading}]{at}")
        wrong += len(bad)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
