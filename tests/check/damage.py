"""Damaged claims: every claim of the exam's pages that is found to hold, wrong in small ways, must be refuted.

`python -m tests.check.damage [PAGE…]` puts the damaged claims behind the block of the right one and prints those that
are not refuted. A damaged claim may be equal to the right one: what is printed as passed needs a reader.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.check.exam import PAGES, examined
from verify.documents.finding import Finding
from verify.documents.judge import findings

WORD = re.compile(r"(?<![\\A-Za-z_^{∂])[A-Za-zα-ωΑ-ΡΤ-Ω](?![A-Za-z'′(])")
EACH = 9


@dataclass(frozen=True)
class Damaged:
    line: int
    way: str
    text: str


def split(source: str) -> tuple[str, str]:
    """Left and right of the last sign of equality outside braces."""
    depth, at = 0, -1
    for i, char in enumerate(source):
        depth += (char in "{([") - (char in "})]")
        if char == "=" and depth == 0:
            at = i
    return source[:at], source[at + 1:].strip()


def terms(text: str) -> list[str]:
    """The summands outside all brackets, each with its sign."""
    depth, found, start = 0, [], 0
    for i, char in enumerate(text):
        depth += (char in "{([") - (char in "})]")
        if char in "+−-" and depth == 0 and i > start and text[:i].rstrip()[-1:] not in ("^", "_", "·", "=", "/"):
            found.append(text[start:i])
            start = i
    return [*found, text[start:]]


def replaced(text: str, found: re.Match[str], by: str) -> str:
    return text[:found.start()] + by + text[found.end():]


def ways(right: str, latex: bool) -> Iterator[tuple[str, str]]:
    """(what was done, the right side damaged)."""
    yield "sign", (r"-\left( %s \right)" if latex else "−(%s)") % right
    yield "factor 2", (r"2 \left( %s \right)" if latex else "2 (%s)") % right
    parts = terms(right)
    if len(parts) > 1:
        for i in range(len(parts)):
            rest = "".join(parts[:i] + parts[i + 1:]).strip()
            yield "term", rest.removeprefix("+").strip()
            yield "sign of a term", "".join([*parts[:i], flipped(parts[i], i), *parts[i + 1:]])
    for pattern, by, name in (("ᵀ|\\^\\\\top|\\^T", "", "transpose"), (r"\^2|²", "", "square"),
                              (r"(?<=[tl])\s*[-−+]\s*1", "", "index"), (r"_t(?![a-z])", "_{t-1}", "index"),
                              (r"\\odot|⊙", " ", "product"), (r"(?<![0-9,_])1\s*[-−]", "1 + ", "sign"),
                              (r"\\frac\{1\}\{[a-zA-Z0-9]\}|\(?1/[a-z]\)?|½", "", "factor")):
        for found in re.finditer(pattern, right):
            yield name, replaced(right, found, by)
    names = [n for n in WORD.finditer(right) if not right[:n.start()].rstrip().endswith("\\partial")]
    for found in names:
        like = {n.group() for n in names if (right[n.end():][:1] == "_") == (right[found.end():][:1] == "_")}
        for other in sorted(like - {found.group()})[:3]:
            yield "name", replaced(right, found, other)


def flipped(term: str, place: int) -> str:
    sign = term.strip()[:1]
    if sign in ("+", "−", "-"):
        return (" - " if sign == "+" else " + " if place else " ") + term.strip()[1:]
    return " - " + term.strip() + " "


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


def damaged(finding: Finding, rest: str, latex: bool, rng: random.Random) -> list[Damaged]:
    left, right = split(finding.source.replace("&=", "=").replace("&", ""))
    if right == "0":
        return []
    made = {text: way for way, text in ways(right, latex) if text.strip() and text.strip() != right}
    chosen = rng.sample(sorted(made), min(EACH, len(made)))
    return [Damaged(finding.line, made[text], f"{left.strip()} = {text}{rest}") for text in chosen]


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


def judged(page: Path, rng: random.Random) -> Iterator[tuple[Damaged, Finding | None]]:
    text = page.read_text(encoding="utf-8")
    lines = text.split("\n")
    claims = []
    for answer in examined(page):
        f = answer.finding
        if answer.expected == "true" and answer.mark == "right" and f is not None and not f.reading:
            rest = lines[f.line - 1][f.column - 1 + len(f.source):]
            latex = not any(lines[f.line - 1 - k].startswith("```") for k in range(f.line)
                            if sum(x.startswith("```") for x in lines[:f.line]) % 2)
            claims.append((f, damaged(f, "" if latex else "   " + rest.strip(), latex, rng), latex))
    new, at = page_with(text, claims)
    found = {f.line: f for f in findings(new) if f.line in at}
    yield from ((variant, found.get(line)) for line, variant in at.items())


def main(names: list[str]) -> int:
    everything: Counter[str] = Counter()
    for page in [PAGES / f"{Path(n).stem}.md" for n in names] or sorted(PAGES.glob("*.md")):
        counted: Counter[str] = Counter()
        for variant, finding in judged(page, random.Random(page.stem)):
            verdict = finding.verdict if finding else "not found"
            counted[verdict] += 1
            if verdict != "refuted":
                detail = f"{finding.detail} {finding.reading}" if finding else ""
                print(f"{verdict}: {page.stem}:{variant.line} {variant.way}: {variant.text}   [{detail}]", flush=True)
        print(f"{page.stem}: {dict(counted)}", flush=True)
        everything += counted
    print(dict(everything))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
