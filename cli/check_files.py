"""Which documents `derive check` is about, and what stands in them. Imports nothing heavy."""

from __future__ import annotations

import os
import stat

from cli.cache import blake2b
from cli.errors import UserError
from cli.files import ENDINGS as MARKDOWN, MOST_BYTES, read

NOTEBOOK = ".ipynb"
ENDINGS = (*MARKDOWN, NOTEBOOK, ".tex")
MOST_FILES = 2_000
MOST_BYTES_OF = {NOTEBOOK: 50_000_000}         # pictures among the answers
_SKIPPED = frozenset({"node_modules", "__pycache__"})


class Source:
    """A document: `text` is what is judged, `name` what it is called in the cache."""

    def __init__(self, path: str):
        self.path = path
        self.text = text_of(path)
        self.ending = os.path.splitext(path)[1].lower()
        self._lines: dict[int, list[str]] = {}
        content = f"{self.ending}\0{self.text}".encode("utf-8", "surrogatepass")
        self.name = f"check-{blake2b(content, digest_size=16).hexdigest()}"

    def line(self, row: dict) -> str:
        """The line that a statement stands on."""
        self._lines = self._lines or self._split()
        lines = self._lines.get(row.get("cell", 0), [])
        return lines[row["line"] - 1] if 0 < row["line"] <= len(lines) else ""

    def _split(self) -> dict[int, list[str]]:
        """The lines of the file, or of each cell."""
        if self.ending != NOTEBOOK:
            return {0: self.text.split("\n")}
        from derive.documents.pages.notebooks import cells
        from derive.documents.pages.sources import plain

        return {c.number: plain(c.text).split("\n") for c in cells(self.path, self.text)}


def text_of(path: str) -> str:
    """The text of a document: the one place where content becomes text.

    Raises:
        UserError: for a file that cannot be read, or of another kind.
    """
    if not os.path.lexists(path):
        raise UserError(f"there is no file {path}")
    if not path.lower().endswith(ENDINGS):
        raise UserError(f"{path} is no document: {', '.join(ENDINGS)}")
    return read(path, MOST_BYTES_OF.get(os.path.splitext(path)[1].lower(), MOST_BYTES))


def documents(names: list[str]) -> tuple[list[str], list[str], list[str]]:
    """The files that are meant, each once; what is wrong with the names; and what is left out, and why.

    A folder stands for all documents below it, but for what is hidden. Links are not followed: a folder cannot show
    what lies outside of it.
    """
    found: dict[str, str] = {}
    problems, left_out = [], []
    for name in names:
        if os.path.isdir(name):
            below, links = _below(name)
            if not below:
                problems.append(f"there is no document in {name}: {', '.join(ENDINGS)}")
            left_out += [f"{path} is a link, and not followed; name it to check it" for path in links]
        else:
            below = [name]
        for path in below:
            found.setdefault(os.path.realpath(path) if os.path.exists(path) else path, path)
        if len(found) > MOST_FILES:
            raise UserError(f"more than {MOST_FILES} documents; name fewer folders")
    return list(found.values()), problems, left_out


def _below(folder: str) -> tuple[list[str], list[str]]:
    files: list[str] = []
    links: list[str] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED)
        for name in sorted(names):
            path = os.path.join(place, name)
            if name.lower().endswith(ENDINGS) and not name.startswith("."):
                (links if os.path.islink(path) else files).append(path)
        if len(files) > MOST_FILES:
            break
    return files, links


def snapshot(names: list[str]) -> list[tuple[str, int, int]]:
    """What changes when a document does, or when one comes or goes."""
    state = []
    for path in documents(names)[0]:
        try:
            found = os.stat(path)
        except (OSError, ValueError):
            state.append((path, 0, -1))
        else:
            state.append((path, found.st_mtime_ns, found.st_size if stat.S_ISREG(found.st_mode) else -1))
    return state
