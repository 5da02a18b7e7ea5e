"""`derive FILE`: a document of one's own in the place of a catalogue entry. Reading it needs neither SymPy nor rich."""

from __future__ import annotations

import os
import stat

from cli.errors import Problems, UserError

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

ENDINGS = (".md", ".markdown", ".txt")
MOST_BYTES = 1_000_000


class File:
    """A document on disk. `name` stands for its content in the cache: a changed file has another name."""

    def __init__(self, path: str):
        self.path = path
        self.text = read(path)
        self.name = f"file-{_digest(path + chr(0) + self.text)}"

    @property
    def command(self) -> str:
        """What shows this page again."""
        return f"derive {self.path}"

    def entry(self) -> Any:
        """The entry that the document makes, with sizes for the numbers.

        Raises:
            Problems: one line for each thing that cannot be read.
        """
        from derive.documents import DocumentError, read_document

        try:
            document = read_document(self.text, os.path.splitext(os.path.basename(self.path))[0], self.path)
        except DocumentError as error:
            raise Problems([f"{self.path}:{p.line}:{p.column}: {p.message}" for p in error.problems]) from error
        from verify.draws import numeric_sizes

        entry = document.entry
        entry.cases = numeric_sizes(entry.page().program)
        return entry


def is_file(name: str) -> bool:
    """Whether a name on the command line is a document and not an entry: by its ending, a slash, or because it is
    there."""
    return name.lower().endswith(ENDINGS) or "/" in name or os.sep in name or os.path.exists(name)


def read(path: str, most: int = MOST_BYTES) -> str:
    """The text of a document of so many bytes at most.

    Raises:
        UserError: for a file that is not there, is none, is too large, or is no UTF-8.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if stat.S_ISDIR(found.st_mode):
                raise IsADirectoryError
            if not stat.S_ISREG(found.st_mode):
                raise UserError(f"{path} is no plain file")
            content = file.read(most + 1)
    except IsADirectoryError:
        raise UserError(f"{path} is a directory; name one Markdown file in it") from None
    except FileNotFoundError:
        raise UserError(f"there is no file {path}; entries are listed by derive list") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > most:
        raise UserError(f"{path} is larger than {most // 1000} kB; split it")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content[:error.start].count(b"\n") + 1
        byte = f"{content[error.start]:#04x}"
        raise UserError(f"{path}:{line}: not UTF-8 (byte {byte}); save the file as UTF-8") from None


def _digest(text: str) -> str:
    from cli.cache import blake2b

    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
