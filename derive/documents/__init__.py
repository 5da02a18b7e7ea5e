"""Documents as programs: a Markdown file of definitions, read to what a catalogue entry is made of.

    read_document(text, "notes").entry      an Entry: `derive.entry`, ready for `verify.study`

The rooms, in the order in which a page goes through them:

    places                  where formulas stand (`sources`: in notebooks and LaTeX, too)
    statement_reader        what they say, as `statements`: `lines`, `line_statements`, `classifying`, `directives`
    survey                  what the statements speak of: `parsed` as trees, with dots (`series`), `function_calls` and
                            `laws` put in; `sizes`, `lexicon` (which words are names, by `naming`), `inequalities`
    roles                   what each equation does: defines a name, names a derivative, claims something
    signatures              the axes of every name: `families` and `letter_ranges`, `ranks`, `shapes`, `axes`
    reader                  the forward computation, of which `definitions` are the lines, under an `interpretation`;
                            `inverses` and `determinants` have names in it, and names `properties`
    wants, claims           what is derived, and what is claimed
    program                 the entry that all of it makes

`derive check` reads a page in parts, for which `sorting` makes an `outline`: its statements as items (`itemising`),
what each of them does (`equation_roles`, by what is `standing` above it), and with which definitions it is read. Text
of a document reaches our own grammar and nothing else.
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
