"""Documents as programs: a Markdown file of definitions, read to what a catalogue entry is made of.

    read_document(text, "notes").entry      an Entry: `derive.entry`, ready for `verify.study`

`places` finds formulas (`sources` in notebooks and LaTeX, too), `statements` what they say, `survey` their names,
`roles` what each equation does; `families`, `ranks`, `shapes` and `axes` find the shapes that nobody declares;
`definitions` and `claims` give the formulas their meaning; `program` puts it all together. `derive check` goes by
`sorting` and `outline`: which equation claims something, and with which definitions it is read. Text of a document
reaches our own grammar and nothing else.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:    # where formulas stand can be told without SymPy
    from derive.documents.problems import DocumentError, Problem
    from derive.documents.program import Document, read_document

__all__ = ["Document", "DocumentError", "Problem", "read_document"]


def __getattr__(name: str) -> object:
    if name in ("DocumentError", "Problem"):
        from derive.documents import problems

        return getattr(problems, name)
    if name in __all__:
        from derive.documents import program

        return getattr(program, name)
    raise AttributeError(f"module 'derive.documents' has no attribute '{name}'")
