"""`derive NAME --emit LIBRARY`: the forward pass and the proved backward pass as a module of Python, run before it is
printed."""

from __future__ import annotations

import sys
from typing import Any

from cli.errors import UserError
from cli.show import find_page
from cli.versions import VERSION
from derive.emission import EmissionError, Emitted
from verify.backends import BackendError
from verify.study import Study
from verify.verdict import PROVED, Check

MOST_FAILURES = 5
EXAMPLES = 3


def emit(arguments: Any) -> int:
    """0: the code is printed, and was run; 1: something about it is not as it should be, and nothing is printed.

    Raises:
        UserError: for what cannot be written as array code, or an absent library or device.
    """
    from cli.studies import study_of

    _refuse_others(arguments)
    study = study_of(find_page(arguments.name))
    code = _written(study, arguments)
    if any(s.verdict != PROVED for d in study.derivation.derivatives for s in d.steps):
        return _failed(f"{arguments.name}: not every step is proved; see derive {arguments.name} --show", [])
    if arguments.no_numbers:
        sys.stdout.write(f"{code.text}\n\n# Written by derive {VERSION}; proved, not run.\n")
        return 0
    made = _run(study, code, arguments)
    failures = [c for c in made if not c.passed]
    if failures or not made:
        return _failed(f"{arguments.name}: the {arguments.emit} code failed {len(failures)} of {len(made)} comparisons",
                       failures)
    sys.stdout.write(f"{code.text}\n\n{_evidence(made, arguments)}")
    return 0


def _refuse_others(arguments: Any) -> None:
    """What a page can show and code cannot."""
    given = [option for option, there in (("--show", arguments.show), ("--only", arguments.only),
                                          ("--format", arguments.format != "text"),
                                          ("--notation", arguments.notation != "matrix")) if there]
    if given:
        raise UserError(f"--emit prints code; leave out {' and '.join(given)}")
    if arguments.device == "auto":
        raise UserError("--emit runs the code on one device: --device cpu or cuda")


def _written(study: Study, arguments: Any) -> Emitted:
    from verify.emitted import emitted, emitted_batch

    try:
        return (emitted_batch if arguments.batch else emitted)(study, arguments.emit)
    except EmissionError as error:
        what = "code for a batch" if arguments.batch else "code"
        raise UserError(f"{arguments.name} cannot be written as {arguments.emit} {what}: {error}") from error


def _run(study: Study, code: Emitted, arguments: Any) -> list[Check]:
    from cli.progress import Progress
    from verify.emitted import checks

    with Progress(1) as progress:
        progress.next(f"{arguments.name}, {arguments.emit}")
        try:
            return checks(study, code, device=arguments.device, dtype=arguments.dtype,
                          batch=EXAMPLES if arguments.batch else 0, progress=progress.step)
        except BackendError as error:
            raise UserError(f"{' '.join(str(error).split())}, or --no-numbers prints the code without running it"
                            ) from error


def _failed(line: str, failures: list[Check]) -> int:
    shown = [f"  {c.fact} against {c.against} at {c.sizes}, seed {c.seed}: relative error {c.max_relative_error}"
             for c in failures[:MOST_FAILURES]]
    print("\n".join([f"derive: {line}", *shown]), file=sys.stderr)
    return 1


def _evidence(made: list[Check], arguments: Any) -> str:
    """What the code was compared with, as a comment."""
    against = ", ".join(dict.fromkeys(c.against for c in made))
    worst = max(c.max_relative_error or 0.0 for c in made)
    used = ", ".join(f"{name} {version}" for name, version in made[0].versions.items())
    return (f"# Written and run by derive {VERSION}: {len(made)} comparisons with {against};\n"
            f"# relative error ≤ {worst:.1e} ({arguments.dtype}, {arguments.device}; {used}).\n")
