"""Mangled pages: whatever a document says, `findings` answers, and in time.

`python -m tests.check.fuzz [COUNT] [SEED]` prints every document, shortened, that raises or takes more
than LIMIT seconds of this process.
"""

from __future__ import annotations

import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from verify.documents.judge import findings

PAGES = Path(__file__).parent / "pages"
LIMIT = 5
ALPHABET = ["$", "$$", "\\", "{", "}", "^", "_", "=", "&", "\\\\", "∂", "∇", "ᵀ", "Σ", "(", ")", "[", "]", "|", "‖",
            "√", "′", "'", "\n", " ", "é", "字", "⊙", "…", "t−1", "^{^{", "\\frac", "\\partial", "\\sum_{i=1}^{n}",
            "\\begin{aligned}", "\\end{aligned}", "```", "<!-- derive: ", "-->", "∈ ℝ^n", "\x00", "\u202e", "\x1b[31m",
            "9" * 30]


def lines_of(rng: random.Random, texts: list[str]) -> str:
    """Some neighbouring lines of a page, its first ones kept before them so that names stand."""
    lines = rng.choice(texts).split("\n")
    start, length = rng.randrange(len(lines)), rng.randrange(3, 14)
    return "\n".join(lines[:rng.choice((0, 0, 8, 14))] + lines[start:start + length])


def delete(rng: random.Random, text: str) -> str:
    i = rng.randrange(len(text) + 1)
    return text[:i] + text[i + rng.choice((1, 1, 1, 2, 5, 20)):]


def insert(rng: random.Random, text: str) -> str:
    i = rng.randrange(len(text) + 1)
    return text[:i] + rng.choice(ALPHABET) + text[i:]


def double(rng: random.Random, text: str) -> str:
    i = rng.randrange(len(text) + 1)
    j = i + rng.choice((1, 2, 6, 30))
    return text[:i] + text[i:j] * rng.choice((2, 2, 3, 40)) + text[j:]


def move(rng: random.Random, text: str) -> str:
    i, j = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
    k = min(len(text), j + rng.randrange(1, 12))
    return text[:i] + text[j:k] + text[i:j] + text[k:]


def swap_lines(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    rng.shuffle(lines)
    return "\n".join(lines)


def mangled(rng: random.Random, texts: list[str]) -> str:
    text = lines_of(rng, texts)
    if rng.random() < 0.3:
        text += "\n" + lines_of(rng, texts)
    kinds: list[Callable[[random.Random, str], str]] = [delete, insert, double, move]
    for _ in range(rng.randrange(1, 7)):
        text = rng.choice(kinds)(rng, text)
    return swap_lines(rng, text) if rng.random() < 0.05 else text


def stop(*_: Any) -> None:
    raise TimeoutError


def offence(text: str) -> str:
    """What is wrong about the answer to this document; empty where nothing is."""
    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, 4 * LIMIT)
    start = time.process_time()
    try:
        findings(text)
    except TimeoutError:
        return f"gave up after {4 * LIMIT} s"
    except BaseException as error:    # a RecursionError or a KeyError is an offence of the same kind
        return f"{type(error).__name__}: {error}"[:200]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    took = time.process_time() - start
    return f"{took:.1f} s" if took > LIMIT else ""


def offences(count: int, seed: int) -> Iterator[tuple[int, str, str]]:
    texts = [p.read_text(encoding="utf-8") for p in sorted(PAGES.glob("*.md"))]
    for number in range(seed, seed + count):
        text = mangled(random.Random(number), texts)
        if said := offence(text):
            yield number, said, text


def main(arguments: list[str]) -> int:
    count, seed = (int(a) for a in (arguments + ["1000", "0"][len(arguments):]))
    found = 0
    for number, said, text in offences(count, seed):
        found += 1
        print(f"--- {number}: {said}\n{text[:1500]!r}", flush=True)
    print(f"{count} documents, {found} offences")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
