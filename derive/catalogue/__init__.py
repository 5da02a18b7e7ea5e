"""The catalogue: one file each, found by walking this folder. Nothing is registered anywhere.

`heads()` reads the literals of each file's `@entry(...)` without running the file; `load(name)` runs one file. A file
that cannot be read is a `Problem` and leaves the others alone.
"""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from derive.entry import Entry

FOLDER = os.path.dirname(os.path.abspath(__file__))
_PACKAGE = FOLDER       # where the entries of this package are, whichever folder is looked at
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
_DECORATOR = re.compile(r"^@entry\(.*?^(?=def |async def |class )", re.MULTILINE | re.DOTALL)
_WANTED = {"name": str, "title": dict, "section": str, "source": str, "facts": dict}


class Head:
    """What the decorator of an entry says: known without importing SymPy. `topic` is the folder."""

    __slots__ = ("name", "title", "section", "source", "facts", "path", "topic")

    def __init__(self, name: str, title: dict[str, str], section: str, source: str,
                 facts: dict[str, dict[str, str]], path: str):
        self.name, self.title, self.section, self.source, self.facts = name, title, section, source, facts
        self.path = path
        self.topic = os.path.basename(os.path.dirname(path))

    def __repr__(self) -> str:
        return f"Head({self.name!r}, {self.path!r})"


class Problem(Exception):
    """A file of the catalogue that cannot be used. The message is one line that begins with the file."""

    def __init__(self, path: str, reason: str):
        super().__init__(f"{path}: {' '.join(reason.split())}")
        self.path = path


class UnknownEntry(KeyError):
    """No entry has this name; `nearest` are the names that look like it, of those that the `heads` have."""

    def __init__(self, name: str, heads: list[Head]):
        super().__init__(name)
        self.name, self.heads, self.nearest = name, heads, nearest(name, [head.name for head in heads])


def scan(folder: str | None = None) -> tuple[list[Head], list[Problem]]:
    """Every readable head, by section and then name, and a problem for every file that has none."""
    heads: dict[str, Head] = {}
    problems = []
    for path in files(folder or FOLDER):
        try:
            head = read_head(path)
            if head.name in heads:
                raise Problem(path, f"the name '{head.name}' is taken by {heads[head.name].path}")
        except Problem as problem:
            problems.append(problem)
        else:
            heads[head.name] = head
    return sorted(heads.values(), key=lambda h: (_section_key(h.section), h.name)), problems


def heads(folder: str | None = None) -> list[Head]:
    return scan(folder)[0]


def names(folder: str | None = None) -> list[str]:
    return [head.name for head in heads(folder)]


def files(folder: str) -> list[str]:
    """The Python files below `folder`, in the folders' alphabetical order; a leading underscore hides one."""
    found = []
    for where, folders, file_names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(("_", ".")))
        found += [os.path.join(where, f) for f in sorted(file_names) if f.endswith(".py") and f[0] not in "_."]
    return found


def read_head(path: str) -> Head:
    """The head of one file.

    Raises:
        Problem: where the file has no `@entry(...)` of literals, or one without its five arguments.
    """
    try:
        with open(path, encoding="utf-8") as file:
            source = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(path, f"unreadable: {error}") from None
    arguments = _decorator_literals(path, source)
    for key, kind in _WANTED.items():
        if not isinstance(arguments.get(key), kind):
            raise Problem(path, f"@entry needs {key}=, a {kind.__name__}")
    if not _NAME.match(arguments["name"]):
        raise Problem(path, f"the name '{arguments['name']}' may hold small letters, digits, - and _ only")
    _check_words(path, arguments)
    return Head(path=path, **{key: arguments[key] for key in _WANTED})


def _decorator_literals(path: str, source: str) -> dict:
    """The keyword arguments of `@entry`. Only the decorator is parsed: bodies are long, and `derive list` is quick."""
    import ast

    found = _DECORATOR.search(source)
    if found is None:
        raise Problem(path, "no @entry(...) decorator over a function; see CONTRIBUTING.md")
    try:
        function = ast.parse(found.group() + "def page(): ...").body[0]
        assert isinstance(function, ast.FunctionDef)
        call = function.decorator_list[0]
        assert isinstance(call, ast.Call)
        return {str(k.arg): ast.literal_eval(k.value) for k in call.keywords}
    except SyntaxError as error:
        line = (error.lineno or 1) + source.count("\n", 0, found.start())
        raise Problem(path, f"line {line}: {error.msg}") from None
    except (ValueError, AssertionError):
        raise Problem(path, "the arguments of @entry must be literals: they are read without running the file"
                      ) from None


def _check_words(path: str, arguments: dict) -> None:
    """Titles must be in both languages, facts must say their kind."""
    rows: list[tuple[str, dict, tuple[str, ...]]] = [("title", arguments["title"], ("en", "zh"))]
    rows += [(f"fact '{key}'", fact, ("kind", "en", "zh")) for key, fact in arguments["facts"].items()]
    for what, row, keys in rows:
        for key in keys:
            if not isinstance(row, dict) or not isinstance(row.get(key), str):
                raise Problem(path, f"{what} needs '{key}'")


def _section_key(section: str) -> list[tuple[int, str]]:
    """2.10 comes after 2.9."""
    return [(int(part), "") if part.isdigit() else (10**6, part) for part in section.split(".")]


def nearest(name: str, candidates: list[str], limit: int = 3) -> list[str]:
    """The candidates that look like `name`, best first."""
    import difflib

    lowered = {c.lower(): c for c in reversed(candidates)}
    inside = [c for c in candidates if len(name) > 2 and (name.lower() in c.lower() or c.lower() in name.lower())]
    close = [lowered[c] for c in difflib.get_close_matches(name.lower(), list(lowered), limit, 0.6)]
    return list(dict.fromkeys(inside + close))[:limit]


def find(name: str, folder: str | None = None) -> Head:
    """The head by name.

    Raises:
        UnknownEntry: with the nearest names.
        Problem: where the file that is called so cannot be read.
    """
    alike = [path for path in files(folder or FOLDER) if os.path.basename(path) == f"{name}.py"]
    if len(alike) == 1:                     # a file is called as its entry is, as a rule: no other needs to be read
        head = read_head(alike[0])
        if head.name == name:
            return head
    found, problems = scan(folder)
    for head in found:
        if head.name == name:
            return head
    for problem in problems:
        if os.path.basename(problem.path) == f"{name}.py":
            raise problem
    raise UnknownEntry(name, found)


def load(name: str, folder: str | None = None) -> Entry:
    """The entry by name; runs its file.

    Raises:
        UnknownEntry: with the nearest names.
        Problem: where running the file fails, or it makes no entry of that name.
    """
    return load_file(find(name, folder))


def load_file(head: Head) -> Entry:
    """Run the file of a head and return its entry.

    Raises:
        Problem: as `load`.
    """
    import importlib.util
    from importlib.machinery import SourceFileLoader

    class Anew(SourceFileLoader):
        """Compiles what is there: of a file that is written twice within a second, bytecode may be that of the first
        text, and what is verified would be kept as that of the second."""

        def path_stats(self, path: str) -> Mapping[str, Any]:
            raise OSError

    module_name = _module_name(head)
    loads = SourceFileLoader if os.path.abspath(head.path).startswith(_PACKAGE) else Anew
    spec = importlib.util.spec_from_file_location(module_name, head.path, loader=loads(module_name, head.path))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:    # whatever a contributor's file raises: it must not take the others down
        raise Problem(head.path, f"{type(error).__name__}: {error}") from error
    from derive.entry import Entry

    for value in vars(module).values():
        if isinstance(value, Entry) and value.name == head.name:
            return value
    raise Problem(head.path, f"running the file made no entry '{head.name}'")


def _module_name(head: Head) -> str:
    parts = os.path.relpath(head.path, FOLDER).split(os.sep)
    if ".." in parts:
        return "derive_entry_" + head.name.replace("-", "_")
    return ".".join([__name__, *parts])[:-len(".py")]


__all__ = ["Head", "Problem", "UnknownEntry", "files", "find", "heads", "load", "load_file", "names", "nearest",
           "read_head", "scan"]
