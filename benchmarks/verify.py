"""Time and peak memory of `derive verify` over the catalogue: `python benchmarks/verify.py [NAME …] [--jobs 1 2]`.

The floor stands beside it: a process that only imports torch, JAX and what the references use, and the time that XLA
takes to compile the functions of the very run, as JAX itself reports it (with one job, which runs in the process).
Memory is what the process and its children hold together, looked at ten times a second; pages that they share are
counted in each. A Markdown table is printed; exit status 1 where an entry failed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass

import psutil

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
IMPORTS = "import torch, jax, flax.linen, optax, haiku"
RUN = """
import json, os, sys
import jax
from cli.main import main

seconds = {}
def record(event, taken, **_):
    seconds[event] = seconds.get(event, 0.0) + taken

if __name__ == "__main__":
    jax.monitoring.register_event_duration_secs_listener(record)
    status = main(sys.argv[2:])
    with open(sys.argv[1], "w") as file:
        json.dump(seconds, file)
    sys.exit(status)
"""


@dataclass
class Taken:
    """What a process took, with its children: seconds, seconds on all cores, MiB at the worst moment."""

    wall: float
    cpu: float
    peak: float
    status: int

    def row(self, name: str) -> str:
        return f"| {name} | {self.wall:.0f} s | {self.cpu:.0f} s | {self.peak:.0f} MiB |"


def measured(command: list[str], environment: dict[str, str]) -> Taken:
    start, before = time.perf_counter(), os.times()
    process = subprocess.Popen(command, env=environment, cwd=PROJECT, stdout=subprocess.DEVNULL)
    peak = [0.0]
    watch = threading.Thread(target=_watch, args=(process, peak))
    watch.start()
    status = process.wait()
    wall, after = time.perf_counter() - start, os.times()
    watch.join()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Taken(wall, cpu, peak[0], status)


def _watch(process: subprocess.Popen, peak: list[float]) -> None:
    parent = psutil.Process(process.pid)
    while process.poll() is None:
        total = 0
        try:
            for one in [parent, *parent.children(recursive=True)]:
                try:
                    total += one.memory_info().rss
                except psutil.Error:        # it has ended
                    continue
        except psutil.Error:
            return
        peak[0] = max(peak[0], total / 2**20)
        time.sleep(0.1)


def _compiling(path: str) -> float:
    """Seconds that XLA compiled."""
    with open(path, encoding="utf-8") as file:
        return sum(taken for event, taken in json.load(file).items() if event.endswith("/backend_compile_duration"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="entries; all of them where none is named")
    parser.add_argument("--jobs", nargs="+", default=["1", "2"])
    options = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| | time | CPU time | peak memory |\n|---|---|---|---|")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DERIVE_CACHE_DIR": folder, "PYTHONPATH": PROJECT}
        script, times = os.path.join(folder, "run.py"), os.path.join(folder, "times.json")
        with open(script, "w", encoding="utf-8") as file:
            file.write(RUN)
        measured([sys.executable, "-c", IMPORTS], environment)      # reads the disk
        floor = measured([sys.executable, "-c", IMPORTS], environment)
        print(floor.row("floor: importing torch, JAX, flax, optax, haiku"), flush=True)
        for jobs in options.jobs:
            start = [script, times] if jobs == "1" else ["-m", "cli"]
            taken = measured([sys.executable, *start, "verify", *options.names, "--jobs", jobs], environment)
            failed |= taken.status != 0
            print(taken.row(f"derive verify --jobs {jobs}" + (": FAILED" if taken.status else "")), flush=True)
            if jobs == "1":
                print(f"| of which XLA compiles the functions of the run | {_compiling(times):.0f} s | | |", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
