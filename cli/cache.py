"""The cache of presented documents. Whatever is wrong with it, it is as if it were empty; it never raises.

A file holds one entry's document for one content of the entry's file, one state of the engine's sources and the
installed versions: who changes one entry loses no other's. Its first line names the format, the key and digests of the
other two: a summary, and the document. A damaged file, or somebody else's, is not read. Reading imports neither SymPy
nor rich nor torch nor JAX.
"""

from __future__ import annotations

import os
import stat
import time

from cli.versions import installed

try:
    from _blake2 import blake2b  # hashlib also loads OpenSSL, which takes as long as all that is hashed here
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from collections.abc import Callable
    from typing import Any

FORMAT = "derive-cache 1"
SUFFIX = ".derive.json"
KEPT_FILES = 400
KEPT_BYTES = 256 * 2**20
PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOMS = ("derive", "verify", "cli")
ENTRIES = os.path.join("derive", "catalogue")
READERS = os.path.join("cli", "sheet")    # print what is kept, and make none of it


def directory() -> str | None:
    """DERIVE_CACHE_DIR, else XDG_CACHE_HOME/derive, else ~/.cache/derive; None where there is no such place."""
    chosen = os.environ.get("DERIVE_CACHE_DIR")
    if chosen:
        return os.path.abspath(chosen)
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):    # the XDG rule: a relative path is ignored
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "derive") if os.path.isabs(base) else None


def source_digest(root: str = PROJECT, entries: bool = False) -> str:
    """A digest of every Python file that has a part in a document: a page is never older than the code that made it.
    The entries of the catalogue are left out unless they are asked for: see `entry_digest`."""
    digest = blake2b(digest_size=16)
    for room in ROOMS:
        for folder, folders, files in os.walk(os.path.join(root, room)):
            folders[:] = sorted(f for f in folders if f != "__pycache__"
                                and os.path.join(folder, f)[len(root) + 1:] != READERS)
            for name in sorted(f for f in files if f.endswith(".py")):
                path = os.path.join(folder, name)
                if entries or not _is_entry(path[len(root) + 1:]):
                    digest.update(path[len(root):].encode("utf-8", "surrogateescape") + b"\0")
                    digest.update(blake2b(_content(path), digest_size=16).digest())
    return digest.hexdigest()


def entry_digest(path: str, every_source: Callable[[], str] | None = None) -> str:
    """A digest of what an entry is made of beside the engine: its own file, and every other entry where it mentions
    the catalogue. `every_source` tells the digest of all of them to who asks for many entries."""
    content = _content(path)
    others = (every_source or _every_source)() if b"catalogue" in content else ""
    return blake2b(content + others.encode(), digest_size=16).hexdigest()


def _every_source() -> str:
    return source_digest(entries=True)


def _is_entry(path: str) -> bool:
    """As the catalogue finds its files: a leading underscore hides a file or a folder."""
    return path.startswith(ENTRIES + os.sep) and f"{os.sep}_" not in path[len(ENTRIES):]


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


class Cache:
    """Documents by entry name. `folder` None, or a key that cannot be made, bypasses it: nothing is found, nothing is
    kept. A key that is not given covers the engine, and all `entries` where that is asked for; what is kept about an
    entry belongs into the cache `of` it."""

    def __init__(self, folder: str | None, key: str | None = None, entries: bool = False):
        self.folder, self.key, self._entries = folder, key, entries
        self.engine = self._entry = self._path_of_entry = self._sources = ""
        if folder is not None and key is None:
            try:
                self.engine = source_digest(entries=entries)
                self.key = _key(self.engine, installed())
            except OSError:
                self.folder = None

    @classmethod
    def opened(cls, wanted: bool = True, entries: bool = False) -> Cache:
        return cls(directory() if wanted else None, entries=entries)

    def of(self, head: Any) -> Cache:
        """The cache for one entry or document: the key covers its file too."""
        if not self.engine:
            return self
        try:
            entry = entry_digest(head.path, self._every_source)
        except OSError:
            return Cache(None)
        made = Cache(self.folder, _digest(f"{self.key} {entry}".encode()).decode())
        made.engine, made._entry, made._path_of_entry = self.engine, entry, head.path
        return made

    def _every_source(self) -> str:
        """Read once for all entries that are asked for."""
        self._sources = self._sources or _every_source()
        return self._sources

    def read(self, name: str) -> dict | None:
        """The document kept for this entry, these sources and these versions; None where there is none to trust."""
        return self._read(name, whole=True)

    def read_summary(self, name: str) -> dict | None:
        """The summary kept with the document, without reading the document."""
        return self._read(name, whole=False)

    def _read(self, name: str, whole: bool) -> dict | None:
        if self.folder is None:
            return None
        try:
            header, summary, body = _read_lines(self._path(name), whole)
            words = header.split(b" ")
            wanted = body if whole else summary
            if words[:-2] != self._heading() or words[-1 if whole else -2] != _digest(wanted):
                return None
            import json

            found = json.loads(wanted)
        except (OSError, ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) and found.get("name") == name else None

    def write(self, name: str, document: dict, summary: dict) -> bool:
        """Keep a document: the whole file or none of it. False where it could not be kept, or where the sources have
        changed since: what made the document is not known then."""
        if self.folder is None or self._changed():
            return False
        parts = [_packed({**summary, "name": name}), _packed(document)]
        header = b" ".join([*self._heading(), *map(_digest, parts)])
        try:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            _replace(self._path(name), b"\n".join([header, *parts]))
        except OSError:
            return False
        _prune(self.folder)
        return True

    def _changed(self) -> bool:
        try:
            return bool(self.engine and self.engine != source_digest(entries=self._entries)
                        or self._entry and self._entry != entry_digest(self._path_of_entry))
        except OSError:
            return True

    def _path(self, name: str) -> str:
        return os.path.join(str(self.folder), f"{name}-{self.key}{SUFFIX}")

    def _heading(self) -> list[bytes]:
        return f"{FORMAT} {self.key}".encode().split(b" ")


def _packed(data: dict) -> bytes:
    """One line of JSON."""
    import json

    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).hexdigest().encode()


def _key(sources: str, versions: dict[str, str]) -> str:
    text = "\n".join([FORMAT, sources, *(f"{k}={v}" for k, v in sorted(versions.items()))])
    return _digest(text.encode("utf-8", "surrogateescape")).decode()


def _read_lines(path: str, whole: bool) -> tuple[bytes, bytes, bytes]:
    """The three parts of a plain file; a pipe or a device in its place is refused before it can block."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > KEPT_BYTES:
            raise OSError(f"{path} is no cache file")
        return file.readline()[:-1], file.readline()[:-1], file.read() if whole else b""


def _replace(path: str, content: bytes) -> None:
    temporary = f"{path}.{os.getpid()}.{time.time_ns()}.tmp"
    try:
        with open(temporary, "xb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError:
        _remove(temporary)
        raise


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def _prune(folder: str) -> None:
    """Remove the oldest of our files beyond the bounds, and leftovers of writers that died; nobody else's files."""
    ours = []
    now = time.time()
    try:
        for item in os.scandir(folder):
            if not _is_ours(item.name) or not item.is_file(follow_symlinks=False):
                continue
            found = item.stat(follow_symlinks=False)
            if item.name.endswith(".tmp"):
                if now - found.st_mtime > 3600:
                    _remove(item.path)
            else:
                ours.append((found.st_mtime, found.st_size, item.path))
    except OSError:
        return
    total = 0
    for count, (_, size, path) in enumerate(sorted(ours, reverse=True), start=1):
        total += size
        if count > KEPT_FILES or total > KEPT_BYTES:
            _remove(path)


def _is_ours(name: str) -> bool:
    """`lstm-<32 hex digits>.derive.json`, or such a name with `.….tmp` behind it."""
    stem, suffix, rest = name.partition(SUFFIX)
    key = stem[-32:]
    return (bool(suffix) and (not rest or rest.endswith(".tmp")) and stem[-33:-32] == "-"
            and len(key) == 32 and all(c in "0123456789abcdef" for c in key))
