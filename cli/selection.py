"""What `derive verify` is asked to run: devices, dtypes, seeds and sizes, read from the command line."""

from __future__ import annotations

from argparse import ArgumentTypeError

from cli.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from collections.abc import Callable
    from typing import Any

MOST_SEEDS = 10_000
MOST_JOBS = 256
LARGEST_SEED = 2**32 - 1


def one_of(*known: str) -> Callable[[str], list[str]]:
    """Reads `float64,float32`."""
    def read(text: str) -> list[str]:
        found = text.split(",")
        for word in found:
            if word not in known:
                raise ArgumentTypeError(f"invalid choice: '{word}' (choose from {', '.join(known)})")
        return found
    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number between two others."""
    def read(text: str) -> int:
        number = _number(text)
        if number is None or not low <= number <= high:
            raise ArgumentTypeError(f"'{text}' is no whole number between {low} and {high}")
        return number
    return read


def jobs(text: str) -> int | str:
    """Reads a number of processes, or `auto`."""
    if text == "auto":
        return text
    number = _number(text)
    if number is None or not 1 <= number <= MOST_JOBS:
        raise ArgumentTypeError(f"'{text}' is neither auto nor a whole number between 1 and {MOST_JOBS}")
    return number


def sizes(text: str) -> dict[str, list[int]]:
    """Reads `m=3,n=4:5:3`: a size is a number, a width one for each layer."""
    found: dict[str, list[int]] = {}
    for part in text.split(","):
        name, equals, value = (s.strip() for s in part.partition("="))
        if not name or not equals:
            raise ArgumentTypeError(f"'{part}' is no size; write m=3,n=4, and n=4:5:3 for the widths of layers")
        if name in found:
            raise ArgumentTypeError(f"the size {name} is given twice")
        numbers = [_number(v) for v in value.split(":")]
        if None in numbers:
            raise ArgumentTypeError(f"the size {name} is '{value}', which is no whole number")
        found[name] = [n for n in numbers if n is not None]
    return found


def _number(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def seeds_of(arguments: Any) -> tuple[int, ...] | None:
    """The seeds that were asked for: `--seeds` many, from `--seed` on; none where neither is given."""
    if arguments.seed is None and arguments.seeds is None:
        return None
    first = arguments.seed or 0
    return tuple(range(first, first + (arguments.seeds or 1)))


def refuse_together(arguments: Any) -> None:
    """Raises UserError where one option says what another forbids."""
    if arguments.sizes and len(set(arguments.names)) != 1:
        raise UserError("--sizes goes with the name of one entry")
    if arguments.jobs and arguments.executor:
        raise UserError("--jobs counts processes of this machine, and --executor names a cluster: use one of them")
    if arguments.only_changed and (arguments.sizes or seeds_of(arguments)):
        raise UserError("--only-changed goes with the entries' own sizes and seeds, which are what the cache keeps")
    if arguments.mutants:
        for option in ("seed", "seeds", "sizes", "only_changed"):
            if getattr(arguments, option) is not None and getattr(arguments, option) is not False:
                raise UserError(f"--{option.replace('_', '-')} does not go with --mutants")


def command(name: str, check: dict[str, Any]) -> str:
    """What runs the case of a check again, by itself."""
    words = ["derive verify", name, "--backend", check["backend"]]
    words += ["--device", check["device"]] if check["device"] != "cpu" else []
    words += ["--dtype", check["dtype"]] if check["dtype"] != "float64" else []
    written = ",".join(f"{n}={':'.join(map(str, v)) if isinstance(v, (list, tuple)) else v}"
                       for n, v in check["sizes"].items())
    return " ".join([*words, "--seed", str(check["seed"]), *(["--sizes", written] if written else [])])
