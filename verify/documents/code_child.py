"""Runs in the child process, with the standard library alone: reads a job from its input, writes a line of JSON for
each block and each call to the file descriptor that it is given. See `verify.documents.code`."""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import json
import os
import signal
import symtable
import sys
import traceback
import types

LONGEST_OUTPUT = 10_000
FILE = "<document>"
REFUSED = ("socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "pty.", "ftplib.",
           "os.kill", "smtplib.", "urllib.", "webbrowser.", "os.chroot", "syslog.")
CHANGING = frozenset(["os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.link", "os.symlink",
                      "os.truncate", "os.utime", "shutil.rmtree", "shutil.move", "shutil.copyfile"])
HARMLESS = frozenset(["socket.gethostname"])


class Output(io.StringIO):
    """What is printed, as far as there is room."""

    def write(self, text: str) -> int:
        room = LONGEST_OUTPUT - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


def end_with_parent() -> None:
    """Where the system can: whoever started this being killed ends it, too."""
    if sys.platform == "linux":
        with contextlib.suppress(ImportError, OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).prctl(1, signal.SIGKILL)      # PR_SET_PDEATHSIG


def limit(memory: int, seconds: float) -> None:
    """What the kernel refuses from here on."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (("RLIMIT_AS", memory), ("RLIMIT_CPU", int(seconds) + 1), ("RLIMIT_FSIZE", 64 << 20),
                       ("RLIMIT_NOFILE", 256), ("RLIMIT_CORE", 0)):
        if hasattr(resource, what):
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(getattr(resource, what), (most, most))


def forbid(folder: str) -> None:
    """What Python refuses from here on."""
    inside = os.path.realpath(folder) + os.sep

    def within(path: object) -> bool:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return True
        return (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(inside) or path in ("/dev/null", os.devnull)

    def hook(event: str, arguments: tuple) -> None:
        if event == "open":
            path, mode, flags = arguments
            writing = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC) if isinstance(flags, int) else 0
            if (writing or (isinstance(mode, str) and set(mode) & set("wax+"))) and not within(path):
                raise PermissionError(f"code of a document may not write to {os.fsdecode(path)}")
        elif event in CHANGING:
            if not all(within(a) for a in arguments[:2] if isinstance(a, (str, bytes))):
                raise PermissionError(f"code of a document may not change files outside of its folder ({event})")
        elif event.startswith(REFUSED) and event not in HARMLESS:
            raise PermissionError(f"code of a document may not do this ({event})")

    sys.addaudithook(hook)


def unknown_names(text: str, known: set[str]) -> tuple[list[tuple[str, int]], set[str]]:
    """Names that are read and that nothing defines, with their lines; and the names that the text defines."""
    tree = ast.parse(text)
    defined: set[str] = set()
    wanted: set[str] = set()
    work = [symtable.symtable(text, FILE, "exec")]
    while work:
        table = work.pop()
        top = table.get_type() == "module"
        for symbol in table.get_symbols():
            if (top or symbol.is_declared_global()) and (symbol.is_assigned() or symbol.is_imported()):
                defined.add(symbol.get_name())
            elif symbol.is_referenced() and (symbol.is_global() or top):
                wanted.add(symbol.get_name())
        work += table.get_children()
    stars = any(isinstance(n, ast.ImportFrom) and any(a.name == "*" for a in n.names) for n in ast.walk(tree))
    missing = wanted - defined - known - set(dir(builtins)) - {"__name__", "__file__", "__doc__", "__builtins__"}
    if stars or "*" in known:
        return [], defined | {"*"}
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in missing:
            found[node.id] = min(node.lineno, found.get(node.id, node.lineno))
    return sorted(found.items(), key=lambda pair: pair[1]), defined


def read(text: str, known: set[str]) -> dict:
    """What is known of a block that is not run."""
    try:
        missing, defined = unknown_names(text, known)
    except SyntaxError as error:
        return {"status": "unreadable", "message": f"no Python: {error.msg}", "line": error.lineno or 1}
    except (ValueError, RecursionError, MemoryError) as error:
        return {"status": "unreadable", "message": f"no Python: {type(error).__name__}", "line": 1}
    known |= defined
    return {"status": "not run", "unknown": missing}


def run(text: str, names: dict) -> dict:
    """What becomes of a block that is run."""
    output = Output()
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            exec(compile(text, FILE, "exec", dont_inherit=True), names)
    except BaseException as error:      # SystemExit and KeyboardInterrupt of a block are its errors
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == FILE]
        return {"status": "error", "message": message(error), "line": lines[-1] if lines else 1,
                "output": output.getvalue()}
    return {"status": "ok", "output": output.getvalue()}


def message(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:1_000]
    except BaseException:
        return type(error).__name__


def call(job: dict, names: dict) -> dict:
    """The value of a function of the document, as nested lists; its arguments are tried as arrays, as tensors, and as
    they are."""
    function: object = None
    try:
        first, *rest = job["function"].split(".")
        function = names[first]
        for name in rest:
            function = getattr(function, name)
    except (KeyError, AttributeError):
        return {"error": f"{job['function']} is not defined by the code"}
    problem = ""
    for kind in (arrays, tensors, plain):
        try:
            given = kind(job["arguments"])
        except ImportError:
            continue
        try:
            with contextlib.redirect_stdout(Output()), contextlib.redirect_stderr(Output()):
                return {"value": listed(function(*given))}      # type: ignore[operator]
        except BaseException as error:
            problem = problem or message(error)
    return {"error": problem}


def arrays(values: list) -> list:
    import numpy

    return [numpy.asarray(v, dtype=numpy.float64) if isinstance(v, list) else v for v in values]


def tensors(values: list) -> list:
    if "torch" not in sys.modules:
        raise ImportError
    return [sys.modules["torch"].tensor(v, dtype=sys.modules["torch"].float64) for v in values]


def plain(values: list) -> list:
    return values


def listed(value: object) -> object:
    """Nested lists of floats."""
    if hasattr(value, "detach"):
        value = value.detach()
    if hasattr(value, "tolist"):
        value = value.tolist()
    return [listed(v) for v in value] if isinstance(value, (list, tuple)) else float(value)     # type: ignore[arg-type]


def main() -> None:
    job = json.loads(sys.stdin.read())
    answer = os.fdopen(int(sys.argv[1]), "w", encoding="utf-8")
    sys.stdin = io.StringIO()
    with contextlib.suppress(OSError):
        os.close(0)
        os.open(os.devnull, os.O_RDONLY)

    def tell(row: dict) -> None:
        answer.write(json.dumps(row) + "\n")
        answer.flush()

    end_with_parent()
    limit(job["memory"], job["seconds"])
    signal.alarm(int(job["seconds"]) + 1)
    forbid(os.getcwd())
    known: set[str] = set()
    for text in job["blocks"]:          # a function may use what a later block defines
        read(text, known)
    rows = [read(text, known) for text in job["blocks"]]
    for number, row in enumerate(rows):
        tell({"block": number, **row})
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    names = module.__dict__
    names["__builtins__"] = builtins
    for number, text in enumerate(job["blocks"] if job["run"] else ()):
        if rows[number]["status"] != "unreadable":
            tell({"block": number, "message": "it did not come to its end"})
            tell({"block": number, "message": "", **run(text, names)})
    for asked in job["calls"] if job["run"] else ():
        tell({"answer": call(asked, names)})
    answer.flush()
    os._exit(0)                         # threads and exit handlers of a block keep nothing open


if __name__ == "__main__":
    main()
