"""Mangled documents: whatever one says, `sourced` answers, in time, and runs nothing of it.

`python -m tests.check.fuzz [COUNT] [SEED] [SECONDS]` prints every document, shortened, that raises, takes more than
LIMIT seconds of this process, or does what only code can do; and stops after so many seconds, if given.
"""

from __future__ import annotations

import random
import signal
import sys
import time
from collections import Counter
from typing import Any

from tests.check.mangling import document, parts, texts
from verify.documents.sourced import SourceError, sourced

LIMIT = 20          # as long as a statement may take in `derive check`
CANARY = "derive_was_here"
DEEDS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "socket.connect",
         "os.remove", "os.rename", "os.mkdir", "shutil.rmtree")


class Watch:
    """Takes down what only code can do: processes, connections, files written, code compiled that names the canary."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.on = False
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
        runs = event == "compile" and CANARY in str(arguments[0])
        if event in DEEDS or writes or runs:
            self.seen.append(f"{event} {arguments!r}"[:200])


def stop(*_: Any) -> None:
    raise TimeoutError


def judged(name: str, content: str) -> list[str]:
    """The verdict of each statement; none of a file that is no document."""
    try:
        judge = sourced(name, content)
    except SourceError:
        return []
    return [judge.sourced(k).finding.verdict for k in range(len(judge.items))]


def offence(name: str, content: str, watch: Watch, verdicts: Counter[str]) -> str:
    """What is wrong about the answer to this document; empty where nothing is."""
    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, 4 * LIMIT)
    start = time.process_time()
    watch.seen, watch.on = [], True
    try:
        verdicts.update(judged(name, content) or ["none"])
    except TimeoutError:
        return f"gave up after {4 * LIMIT} s"
    except BaseException as error:    # a RecursionError or a KeyError is an offence of the same kind
        return f"{type(error).__name__}: {error}"[:200]
    finally:
        watch.on = False
        signal.setitimer(signal.ITIMER_PROF, 0)
    took = time.process_time() - start
    return f"ran: {watch.seen[0]}" if watch.seen else f"{took:.1f} s" if took > LIMIT else ""


def main(arguments: list[str]) -> int:
    count, seed, seconds = (int(a) for a in (arguments + ["1000", "0", "1000000"][len(arguments):]))
    every, newest, watch = texts(), parts(), Watch()
    verdicts: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    began, found, number, slowest = time.monotonic(), 0, seed, (0.0, seed)
    for number in range(seed, seed + count):
        name, content = document(random.Random(number), every, newest)
        start = time.process_time()
        said = offence(name, content, watch, verdicts)
        slowest = max(slowest, (time.process_time() - start, number))
        kinds[name.rpartition(".")[2]] += 1
        if said:
            found += 1
            print(f"--- {number} {name}: {said}\n{content[:1500]!r}", flush=True)
        if time.monotonic() - began > seconds:
            break
    print(f"{number - seed + 1} documents {dict(kinds)}, {found} offences, {time.monotonic() - began:.0f} s; "
          f"the slowest, {slowest[1]}, took {slowest[0]:.1f} s; statements: {dict(verdicts)}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
