"""The command `derive`: reads the arguments and hands over. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cli import terminal
from cli.errors import Problems, UserError

# The commands beside `derive NAME`, by the module that runs each. Its parser has the same name.
COMMANDS = {"list": "cli.listing", "search": "cli.search", "verify": "cli.verify", "check": "cli.check",
            "grade": "cli.grade", "sheet": "cli.sheet.command", "site": "cli.sheet.site"}


def _not_an_option(argument: str) -> str:
    """A formula may begin with a minus sign; the only short option is -h."""
    return f"−{argument[1:]}" if argument[:1] == "-" != argument[1:2] and argument not in ("-", "-h") else argument


def dispatch(arguments: Sequence[str]) -> int:
    """Run a command; its exit status.

    Raises:
        UserError: for bad input.
    """
    from cli import parsers

    if arguments and arguments[0] in COMMANDS:
        name, rest = arguments[0], list(arguments[1:])
        module, prepare = COMMANDS[name], _not_an_option if name == "grade" else str
        options = getattr(parsers, name)().parse_args([prepare(a) for a in rest])
        return __import__(module, fromlist=["run"]).run(options)    # importlib would have to be imported first
    options = parsers.show().parse_args(arguments or ["--help"])
    if options.emit:
        from cli.emit import emit

        return emit(options)
    from cli.show import show

    return show(options)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0 fine, 1 a check failed, 2 bad input, 130 interrupted, 141 nobody reads the output.

    With DERIVE_TRACEBACK set, what is wrong with an entry is shown with its traceback.
    """
    terminal.prepare()
    try:
        status = dispatch(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
        return status
    except UserError as error:
        if os.environ.get("DERIVE_TRACEBACK"):
            raise
        print(error if isinstance(error, Problems) else f"derive: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _forget_stdout()
        return 141


def _forget_stdout() -> None:
    """Python flushes stdout at exit; with nobody reading, that must not print a traceback."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
