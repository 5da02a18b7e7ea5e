"""How long the command takes to answer, as ratios within one run: `python benchmarks/startup.py [ROUNDS]`.

The commands take turns, so that a slow moment of the machine falls on all of them. Medians and their ratios are
printed; exit status 1 where a ratio is above its bar.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DERIVE = ["-c", "import sys; from cli.main import main; sys.exit(main())"]    # what the installed script does
SHOW = [*DERIVE, "lstm", "--show"]
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    'python -c "import sympy"': ["-c", "import sympy"],
    "derive list": [*DERIVE, "list"],
    "derive lstm --show, cached": [*SHOW, "--no-numbers"],
    "derive lstm --show, uncached": [*SHOW, "--no-numbers", "--no-cache"],
}
BARS = [("derive list", "python -c pass", 5), ("derive lstm --show, cached", "python -c pass", 5),
        ("derive lstm --show, uncached", 'python -c "import sympy"', 2)]


def seconds(arguments: list[str], environment: dict[str, str]) -> float:
    """The wall-clock time of one run, which must succeed."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], env=environment, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(rounds: int) -> dict[str, float]:
    """The median time of each command. A first round, which fills the caches, is not counted."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DERIVE_CACHE_DIR": folder, "PYTHONPATH": PROJECT}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)    # every command compiled, as after an installation
        for turn in range(rounds + 1):
            for name, arguments in COMMANDS.items():
                taken = seconds(arguments, environment)
                if turn:
                    times[name].append(taken)
    return {name: statistics.median(taken) for name, taken in times.items()}


def main() -> int:
    medians = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
    for name, median in medians.items():
        print(f"{name:32} {1000 * median:8.1f} ms")
    missed = 0
    for name, base, bar in BARS:
        ratio = medians[name] / medians[base]
        missed += ratio > bar
        print(f"{name} / {base} = {ratio:.2f} (bar {bar}{', MISSED' if ratio > bar else ''})")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
