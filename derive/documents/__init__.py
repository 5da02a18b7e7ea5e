"""Documents as programs: a Markdown file of definitions, read to what a catalogue entry is made of.

    read_document(text, "notes").entry      an Entry: `derive.entry`, ready for `verify.study`

The rooms, in the order in which a page goes through them; each imports from those above it only:

    pages       where formulas stand: `places` in Markdown, `notebooks`, `latex`; all kinds are `sources`
    lines       what they say, as `statements`, by `statement_reader`: `line_statements`, `classifying`, `directives`;
                what people type that LaTeX does not know is put into it first (`habits`, `sets`)
    spelling    what pages write beside the grammar's own spelling, put into it
    trees       formulas as `trees` of marks, with dots put in (`series`); of their words `naming` makes names
    names       which words are names (`lexicon`), which are `sizes`, and what is said of them (`inequalities`)
    functions   functions that a page defines (`called`) or assumes, put in where it calls them (`function_calls`)
    roles       what each equation does: defines a name, names a derivative, claims something; names for its `inverses`
    shapes      the axes of every name, its `signatures`: `families` and `letter_ranges`, `ranks`, `shapes`, `axes`
    program     what a document speaks of (`survey`), the forward computation that its `definitions` make (`reader`),
                what is derived (`wants`) and claimed (`claims`), and the entry that all of it makes (`program`)
    outline     for `derive check`, which reads a page in parts: its statements as items (`itemising`), what each of
                them does (`equation_roles`, by what is `standing` above it; `given_anew`), and with which definitions
                it is read

Text of a document reaches our own grammar and nothing else.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:    # where formulas stand can be told without SymPy
    from derive.documents.problems import DocumentError, Problem
    from derive.documents.program.program import Document, read_document

__all__ = ["Document", "DocumentError", "Problem", "read_document"]


def __getattr__(name: str) -> object:
    if name in ("DocumentError", "Problem"):
        from derive.documents import problems

        return getattr(problems, name)
    if name in __all__:
        from derive.documents.program import program

        return getattr(program, name)
    raise AttributeError(f"module 'derive.documents' has no attribute '{name}'")
