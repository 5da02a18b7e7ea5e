"""How long the sheet of the whole catalogue takes from a warm cache, and how large it is.

`python benchmarks/sheets.py`: each command is a process of its own, by turns with one that imports SymPy, which no
sheet does: the ratio says how the machine was. Run `derive verify` first; what the cache lacks is derived before
anything is measured.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
FORMATS = ("html", "pdf", "md", "tex", "ipynb", "typ")


def seconds(arguments: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = {form: os.path.join(folder, f"sheet.{form}") for form in FORMATS}
        commands = {form: ["-m", "cli", "sheet", "--all", "-o", path] for form, path in files.items()}
        for command in commands.values():
            seconds(command)
        times: dict[str, list[float]] = {form: [] for form in FORMATS}
        floor: list[float] = []
        for _ in range(ROUNDS):
            floor.append(seconds(["-c", "import sympy"]))
            for form, command in commands.items():
                times[form].append(seconds(command))
        base = statistics.median(floor)
        print(f"import sympy: {base:.2f} s")
        for form, path in files.items():
            took = statistics.median(times[form])
            print(f"{form:6} {took:6.2f} s  {took / base:5.1f} × import sympy  {os.path.getsize(path) / 1e6:5.2f} MB")


if __name__ == "__main__":
    main()
