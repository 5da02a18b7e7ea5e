"""Damaged claims: every claim of the exam's pages that is found to hold, wrong in small ways, must be refuted.

`python -m tests.check.damage [PAGE…]` puts every damaged claim behind the block of the right one and counts what
becomes of them. Printed are those that pass, for a reader, and the survivors, the most frequent reason first.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.check.damaging import aligned, split, ways
from tests.check.exam import PAGES, examined
from verify.documents.finding import DECLARED, DEFINED, Finding
from verify.documents.judge import findings
from verify.verdict import PROVED, REFUTED, VERIFIED

DERIVATIVE = re.compile(r"∂|∇|\\partial|\\nabla")
EQUAL, READ_OTHERWISE, NUMBERS_ONLY = "proved equal", "passed under a reading", "equal by numbers alone"


@dataclass(frozen=True)
class Damaged:
    line: int
    way: str
    text: str
    right: str


@dataclass(frozen=True)
class Fate:
    """What became of a damaged claim: refuted, one of the three ways to pass, or a verdict that is none; and why."""

    page: str
    damaged: Damaged
    name: str
    why: str

    @property
    def survived(self) -> bool:
        return self.name not in (REFUTED, EQUAL, READ_OTHERWISE)

    def __str__(self) -> str:
        d = self.damaged
        return f"{self.page}:{d.line} {d.way}: {d.text}   (right: {d.right})"


def block_end(lines: list[str], line: int) -> int:
    """How many lines stand before the end of the block or paragraph around this line."""
    fence = sum(text.startswith("```") for text in lines[:line]) % 2 == 1
    display = sum(text.count("$$") for text in lines[:line]) % 2 == 1
    for i in range(line, len(lines)):
        if (fence and lines[i].startswith("```")) or (display and "$$" in lines[i]):
            return i + 1
        if not fence and not display and not lines[i].strip():
            return i
    return len(lines)


def damaged(finding: Finding, rest: str, latex: bool) -> list[Damaged]:
    left, right = split(aligned(finding.source))
    if right == "0":
        return []
    made = {text: way for way, text in ways(right, latex) if text.strip() and text.strip() != right}
    return [Damaged(finding.line, way, f"{left.strip()} = {text}{rest}", right) for text, way in made.items()]


def page_with(text: str, claims: list[tuple[Finding, list[Damaged], bool]]) -> tuple[str, dict[int, Damaged]]:
    """The page with the damaged claims, and at which line each of them stands."""
    lines, behind = text.split("\n"), {}
    for finding, variants, latex in claims:
        behind.setdefault(block_end(lines, finding.line), []).append((variants, latex))
    out: list[str] = []
    at: dict[int, Damaged] = {}
    for i in range(len(lines) + 1):
        for variants, latex in behind.get(i, []):
            for variant in variants:
                out += ["", "$$" if latex else "```", variant.text, "$$" if latex else "```", ""]
                at[len(out) - 2] = variant
        out += lines[i:i + 1]
    return "\n".join(out), at


def fate(page: str, variant: Damaged, finding: Finding | None) -> Fate:
    if finding is None:
        return Fate(page, variant, "not found", "")
    if finding.verdict not in (PROVED, VERIFIED):
        return Fate(page, variant, finding.verdict, finding.detail)
    if finding.reading:
        return Fate(page, variant, READ_OTHERWISE, finding.reading)
    return Fate(page, variant, EQUAL if finding.verdict == PROVED else NUMBERS_ONLY, finding.by)


def judged(page: Path, part: tuple[int, int] = (0, 1)) -> Iterator[Fate]:
    """Every damaged claim of a page; with a `part` (k, n) every n-th of each claim, from the k-th on."""
    which, parts = part
    text = page.read_text(encoding="utf-8")
    lines = text.split("\n")
    claims = []
    for answer in examined(page):
        f = answer.finding
        if answer.expected == "true" and answer.mark == "right" and f is not None:
            rest = lines[f.line - 1][f.column - 1 + len(f.source):]
            latex = not any(lines[f.line - 1 - k].startswith("```") for k in range(f.line)
                            if sum(x.startswith("```") for x in lines[:f.line]) % 2)
            variants = damaged(f, "" if latex else "   " + rest.strip(), latex)[which::parts]
            claims.append((f, variants, latex))
    for of_derivatives in (False, True):    # those of a name alone may be read as its definition by the others
        yield from behind(page.stem, text, [c for c in claims if bool(DERIVATIVE.search(split(c[0].source)[0])) ==
                                            of_derivatives])


def behind(page: str, text: str, claims: list[tuple[Finding, list[Damaged], bool]]) -> Iterator[Fate]:
    """What becomes of the damaged claims on one page."""
    new, at = page_with(text, claims)
    found = {at[f.line]: f for f in findings(new) if f.line in at}
    given = {v for v, f in found.items() if f.kind == "definition" or f.verdict in (DEFINED, DECLARED)}
    if given:       # they would stand before the others
        kept = [(f, [v for v in variants if v not in given], latex) for f, variants, latex in claims]
        new, there = page_with(text, kept)
        found = {v: f for v, f in found.items() if v in given}
        found |= {there[f.line]: f for f in findings(new) if f.line in there}
    yield from (fate(page, variant, found.get(variant)) for variant in at.values())


def counted(fates: list[Fate]) -> str:
    return ", ".join(f"{count} {name}" for name, count in Counter(f.name for f in fates).most_common()) or "none"


def listed(fates: list[Fate]) -> Iterator[str]:
    """Every fate under what became of it and why, the most frequent reason first."""
    reasons = Counter((f.name, f.why) for f in fates)
    for (name, why), count in reasons.most_common():
        yield f"\n{count} {name}: {why}"
        yield from (f"    {f}" for f in fates if (f.name, f.why) == (name, why))


def main(names: list[str]) -> int:
    everything: list[Fate] = []
    for page in [PAGES / f"{Path(n).stem}.md" for n in names] or sorted(PAGES.glob("*.md")):
        fates = list(judged(page))
        everything += fates
        print(f"{page.stem:24} {counted(fates)}", flush=True)
    survivors = [f for f in everything if f.survived]
    print(f"\n{'total':24} {len(everything)} damaged claims: {counted(everything)}")
    print("\nPassed", *listed([f for f in everything if f.name in (EQUAL, READ_OTHERWISE)]), sep="\n")
    print("\nSurvivors", *listed(survivors), sep="\n")
    return int(bool(survivors))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
