"""How long the sheet of the whole catalogue takes from a warm cache, and how large it is.

`python benchmarks/sheets.py`: each command is a process of its own, by turns with one that imports SymPy, which no
sheet does: the ratio says how the machine was, and CPU time beside the time on the wall whether others were at work.
Run `derive verify` first; what the cache lacks is derived before anything is measured.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
FORMATS = ("html", "pdf", "md", "tex", "ipynb", "typ")


def seconds(arguments: list[str]) -> tuple[float, float]:
    """On the wall, and of CPU."""
    start, before = time.perf_counter(), _cpu()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start, _cpu() - before


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = {form: os.path.join(folder, f"sheet.{form}") for form in FORMATS}
        commands = {form: ["-m", "cli", "sheet", "--all", "-o", path] for form, path in files.items()}
        for command in commands.values():
            seconds(command)
        times: dict[str, list[tuple[float, float]]] = {form: [] for form in ("", *FORMATS)}
        for _ in range(ROUNDS):
            times[""].append(seconds(["-c", "import sympy"]))
            for form, command in commands.items():
                times[form].append(seconds(command))
        wall, cpu = ({form: statistics.median(t[k] for t in taken) for form, taken in times.items()} for k in (0, 1))
        print(f"import sympy: {wall['']:.2f} s, CPU {cpu['']:.2f} s")
        for form, path in files.items():
            print(f"{form:6} {wall[form]:6.2f} s ({min(times[form])[0]:.2f} at best)  CPU {cpu[form]:5.2f} s  "
                  f"{cpu[form] / cpu['']:5.1f} × import sympy  {os.path.getsize(path) / 1e6:5.2f} MB")


if __name__ == "__main__":
    main()
