"""A sheet as a LaTeX document for xelatex, or lualatex where it has no Chinese. Everything that is no formula is
escaped."""

from __future__ import annotations

from cli.render_latex import escape
from cli.sheet.contents import EntryPart, Formula, Mistake, Row, Sheet, Stated
from cli.sheet.fonts.subset import is_chinese
from cli.sheet.html import LEGEND, MADE, made_cells
from cli.sheet.markdown import latex_of
from cli.sheet.scripts import typeset
from cli.sheet.steps import Derivation, Step
from cli.sheet.words import Words, say, verdict_words, word

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from collections.abc import Iterator

PAPERS = {"a4": "a4paper", "letter": "letterpaper"}
# What is too wide for its column is made as much smaller as it must be.
_PREAMBLE = r"""\usepackage[margin=18mm]{geometry}
\usepackage{amsmath,amssymb,graphicx,longtable}
\usepackage{fontspec}
\newsavebox\formula
\newcommand\fitted[1]{\sbox\formula{$\displaystyle #1$}%
  \[\ifdim\wd\formula>\linewidth\resizebox{\linewidth}{!}{\usebox\formula}\else\usebox\formula\fi\]}
\setlength\parindent{0pt}\setlength\parskip{3pt}\sloppy
"""
_CHINESE = "\\usepackage[fontset=fandol]{ctex}\n"


def render(sheet: Sheet, paper: str = "a4", columns: int = 1) -> str:
    options = PAPERS[paper] + (",twocolumn" if columns > 1 else "")
    body = "\n".join([f"\\title{{{escape(say(sheet.title, sheet.language))}}}", "\\author{derive}",
                      f"\\date{{{escape(sheet.date)}}}", "\\begin{document}", "\\maketitle",
                      *Source(sheet.language, columns).body(sheet), "\\end{document}", ""])
    chinese = _CHINESE if any(map(is_chinese, body)) else ""    # a course may number its sections in Chinese
    return f"\\documentclass[{options}]{{article}}\n{_PREAMBLE}{chinese}{body}"


class Source:
    """Draws the parts of a sheet in one language, or in both."""

    def __init__(self, language: str, columns: int):
        self.language, self.columns = language, columns

    def say(self, words: Words) -> str:
        return typeset(say(words, self.language), escape, r"\textsubscript{{{}}}", r"\textsuperscript{{{}}}")

    def mark(self, verdict: str, corrected: bool = False) -> str:
        shown = self.say(verdict_words(verdict)) + (f"; {self.say(word('corrected'))}" if corrected else "")
        return f"\\textit{{{shown}}}"

    @staticmethod
    def formula(formula: Formula | Step, chained: bool = False) -> str:
        return f"\\fitted{{{latex_of(formula, chained)}}}"

    @staticmethod
    def inline(forms: list[str]) -> str:
        return f"${forms[1]}$" if forms[1] else escape(forms[0])

    def body(self, sheet: Sheet) -> Iterator[str]:
        for section, entries in sheet.sections.items():
            yield f"\\section*{{{self.say(word('section'))} {escape(section)}}}"
            for entry in entries:
                yield from self.entry(entry)
        yield from self.stated(sheet.stated)
        yield from self.appendix(sheet)

    def entry(self, entry: EntryPart) -> Iterator[str]:
        yield f"\\subsection*{{{self.say(entry.title)}}}"
        yield f"{{\\small {self.say(word('source'))}: {escape(entry.source)}}}\n"
        for row in entry.rows:
            yield from self.row(row)
        yield from self.remarks("conventions", [self.say(words) for words in entry.conventions])
        yield from self.remarks("assumptions", [self.say(words) for words in entry.assumptions])
        if entry.left_out:
            yield f"{entry.left_out} $\\times$ {self.say(word('left out'))}\n"

    def remarks(self, key: str, told: list[str]) -> Iterator[str]:
        if told:
            yield f"{{\\small {self.say(word(key))}: {'; '.join(told)}}}\n"

    def row(self, row: Row) -> Iterator[str]:
        yield f"\n\\medskip\\textbf{{{self.say(row.title)}}} --- {self.mark(row.verdict, row.corrected)}"
        yield from (self.formula(formula) for formula in row.formulas)
        yield from (f"\n{self.say(told)}\n" for told in row.remarks)
        yield f"{{\\footnotesize {self.say(row.evidence)}}}\n"
        for derivation in row.derivations:
            yield from self.derivation(derivation)

    def derivation(self, d: Derivation) -> Iterator[str]:
        yield f"\n{self.say(word('derivation'))}: {self.inline(d.label)}\n"
        for step in d.steps:
            uses = "; " + ", ".join(map(self.inline, step.uses)) if step.uses else ""
            yield f"{{\\small {step.number}. {self.say(step.rule)}{uses} --- {self.mark(step.verdict)}}}"
            yield self.formula(step, step.chained)

    def stated(self, found: list[Stated]) -> Iterator[str]:
        if found:
            yield f"\\section*{{{self.say(word('stated wrongly'))}}}"
        for stated in found:
            yield f"\n\\medskip\\textbf{{{self.say(stated.title)}}} ({escape(stated.entry)})"
            for mistake in stated.mistakes:
                yield from self.mistake(mistake)
            if stated.correction is not None:
                yield f"\n{self.say(word('correction'))} --- {self.mark(stated.correction.verdict)}"
                yield from (self.formula(formula) for formula in stated.correction.formulas)

    def mistake(self, mistake: Mistake) -> Iterator[str]:
        yield self.formula(mistake.formula)
        yield f"{self.mark(mistake.verdict)}: {self.say(mistake.why)}\n"
        if mistake.counterexample:
            yield f"{{\\footnotesize {self.say(mistake.counterexample)}}}\n"

    def appendix(self, sheet: Sheet) -> Iterator[str]:
        yield f"\\onecolumn\\section*{{{self.say(word('appendix'))}}}"
        versions = ", ".join(f"{library} {' / '.join(found)}" for library, found in sheet.versions.items())
        for key, text in (("made by", sheet.command), ("date", sheet.date), ("versions", versions)):
            yield f"{self.say(word(key))}: {escape(text)}\n"
        yield from (f"{self.mark(key)}: {self.say(word(key + ' is'))}\n" for key in LEGEND)
        yield "{\\scriptsize\\begin{longtable}{lp{24mm}p{30mm}p{70mm}l}"
        yield " & ".join(self.say(word(key)) for key in MADE) + " \\\\ \\hline"
        yield from (" & ".join(map(escape, made_cells(entry))) + " \\\\" for entry in sheet.entries)
        yield "\\end{longtable}}"
