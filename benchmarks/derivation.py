"""How long a derivation takes, against tensorgrad 0.3: `python benchmarks/derivation.py [ROUNDS] [--peer PYTHON]`.

The peer gets an environment of its own (in benchmarks/.peer, made at the first run; `--peer` names another one's
Python). Both sides take turns, each run in a fresh process, imports excluded. Ours is timed twice: deriving (for batch
normalisation with its closed form proved), and deriving, checking every step and proving every claim. Medians and
ratios are printed; exit status 1 where deriving is less than five times as fast.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = ("batch_norm", "attention", "lstm")
BAR = 5
PACKAGES = ("torch==2.13.0", "tensorgrad==0.3.0")
OURS = """
import sys, time
import sympy.sets.setexpr, sympy.tensor.tensor      # SymPy imports these when they are first needed
from derive import catalogue
from verify.proof import prove
from verify.steps import Checker
entry = catalogue.load(sys.argv[1])
start = time.perf_counter()
page = entry.page()
derivation = page.derive()
if sys.argv[1] == "batch_norm":
    assert all(prove(c, derivation).passed for c in page.claims)
print(time.perf_counter() - start)
Checker(derivation).judge()
assert all(s.verdict == "proved" for d in derivation.derivatives for s in d.steps)
assert all(prove(c, derivation).passed for c in page.claims)
print(time.perf_counter() - start)
"""


def peer_environment() -> str:
    """The Python of the peer's environment, made where it is missing."""
    folder = os.path.join(HERE, ".peer")
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(python):
        print(f"installing {', '.join(PACKAGES)} in {folder}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
    return python


def seconds(*command: str) -> list[float]:
    """What a process printed: seconds, a line each."""
    run = subprocess.run(command, check=True, capture_output=True, text=True, cwd=os.path.dirname(HERE),
                         env=os.environ | {"PYTHONPATH": os.path.dirname(HERE)})
    return [float(line) for line in run.stdout.split()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rounds", type=int, nargs="?", default=5)
    parser.add_argument("--peer", help="a Python that has tensorgrad")
    options = parser.parse_args()
    python = options.peer or peer_environment()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, {options.rounds} rounds")
    print(f"{'':<12}{'derive':>10}{'and check':>11}{'tensorgrad':>12}{'ratio':>8}{'and check':>11}")
    slow = []
    for case in CASES:
        ours, peers = [], []
        for _ in range(options.rounds):
            ours.append(seconds(sys.executable, "-c", OURS, case))
            peers += seconds(python, os.path.join(HERE, "peer_tensorgrad.py"), case)
        derive, check = (statistics.median(times) for times in zip(*ours))
        peer = statistics.median(peers)
        print(f"{case:<12}{derive:>8.3f} s{check:>9.3f} s{peer:>10.2f} s{peer / derive:>8.0f}{peer / check:>11.0f}")
        if peer / derive < BAR:
            slow.append(case)
    for case in slow:
        print(f"{case}: less than {BAR} times as fast", file=sys.stderr)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
