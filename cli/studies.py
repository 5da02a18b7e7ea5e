"""Making documents: the only road from the command line to SymPy. Imported only where the cache has no answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cli.document import document
from cli.errors import UserError
from cli.files import File
from cli.formulas import NOTATIONS
from derive import catalogue
from derive.catalogue import Head
from verify.study import Study, study


def study_of(head: Head | File) -> Study:
    """The entry, derived, and every step, claim and mistake judged.

    Raises:
        UserError: where the entry's file cannot be run, or what it says cannot be derived; names the file.
    """
    with faults_of(head):
        return study(head.entry() if isinstance(head, File) else catalogue.load_file(head))


def document_of(head: Head | File, notations: tuple[str, ...] = NOTATIONS, latex: bool = True
                ) -> tuple[dict[str, Any], Study]:
    """The document and the study behind it.

    Raises:
        UserError: as `study_of`.
    """
    found = study_of(head)
    with faults_of(head):
        made = document(found, notations, latex)
        return made | {"name": head.name}, found


@contextmanager
def faults_of(head: Head | File) -> Iterator[None]:
    """Whatever is wrong with an entry as one line that names its file: one entry must not take the others down."""
    try:
        yield
    except UserError:
        raise
    except catalogue.Problem as problem:
        raise UserError(str(problem)) from problem
    except Exception as error:
        raise UserError(" ".join(f"{head.path}: {type(error).__name__}: {error}".split())) from error
