"""A sheet as Markdown that GitHub renders and `derive check` reads: formulas in fences named `math`, where no backslash
is taken for an escape."""

from __future__ import annotations

from cli.render_markdown import escape
from cli.sheet import graph
from cli.sheet.contents import EntryPart, Formula, Mistake, Row, Sheet, Stated
from cli.sheet.html import LEGEND, MADE, anchor, made_cells
from cli.sheet.scripts import typeset
from cli.sheet.steps import Derivation, Step
from cli.sheet.words import Words, say, verdict_words, word

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from collections.abc import Iterator

MARKS = {"proved": "✓", "verified": "✓", "agrees": "≈", "observed": "≈", "refuted": "✗", "failed": "✗"}


def render(sheet: Sheet) -> str:
    return "\n".join(Lines(sheet.language).body(sheet)) + "\n"


def latex_of(formula: Formula | Step, chained: bool = False) -> str:
    """A formula as LaTeX, with its note behind it. A chained one has no left side."""
    left = "" if chained else formula.left[1] + " "
    relation = formula.relation[1] if isinstance(formula, Formula) else "="
    return f"{left}{relation} {formula.right[1]}" + (rf" \qquad ({formula.note[1]})" if formula.note else "")


class Lines:
    """Draws the parts of a sheet in one language, or in both. Each block ends with an empty line."""

    def __init__(self, language: str):
        self.language = language

    def say(self, words: Words) -> str:
        return typeset(say(words, self.language), escape, "<sub>{}</sub>", "<sup>{}</sup>")

    def mark(self, verdict: str, corrected: bool = False) -> str:
        shown = f"{MARKS.get(verdict, '?')} {self.say(verdict_words(verdict))}"
        return shown + (f" · {self.say(word('corrected'))}" if corrected else "")

    @staticmethod
    def formula(latex: str) -> str:
        return f"```math\n{latex}\n```\n"

    @staticmethod
    def inline(forms: list[str]) -> str:
        return f"$`{forms[1]}`$" if forms[1] else escape(forms[0])

    def body(self, sheet: Sheet) -> Iterator[str]:
        yield f"# {self.say(sheet.title)}\n"
        yield f"derive · {escape(sheet.date)}\n"
        for section, entries in sheet.sections.items():
            yield f"## {self.say(word('section'))} {escape(section)}\n"
            for entry in entries:
                yield from self.entry(entry)
        yield from self.stated(sheet.stated)
        yield from self.appendix(sheet)

    def entry(self, entry: EntryPart) -> Iterator[str]:
        yield f'<a id="{anchor(entry.name)}"></a>\n'
        yield f"### {self.say(entry.title)}\n"
        yield f"{self.say(word('source'))}: {escape(entry.source)}\n"
        if entry.graph is not None:
            yield f"```mermaid\n{graph.mermaid(entry.graph)}\n```\n"
        for row in entry.rows:
            yield from self.row(row)
        yield from self.remarks("conventions", [self.say(words) for words in entry.conventions])
        yield from self.remarks("assumptions", [self.say(words) for words in entry.assumptions])
        if entry.left_out:
            yield f"{entry.left_out} × {self.say(word('left out'))}\n"

    def remarks(self, key: str, told: list[str]) -> Iterator[str]:
        if told:
            yield f"{self.say(word(key))}:\n"
            yield "\n".join(f"- {text}" for text in told) + "\n"

    def row(self, row: Row) -> Iterator[str]:
        yield f"**{self.say(row.title)}** — {self.mark(row.verdict, row.corrected)}\n"
        yield from (self.formula(latex_of(formula)) for formula in row.formulas)
        yield from (f"- {self.say(told)}\n" for told in row.remarks)
        yield f"*{self.say(row.evidence)}*\n"
        for derivation in row.derivations:
            yield from self.derivation(derivation)

    def derivation(self, d: Derivation) -> Iterator[str]:
        yield f"{self.say(word('derivation'))}: {self.inline(d.label)}\n"
        for step in d.steps:
            uses = " · " + ", ".join(map(self.inline, step.uses)) if step.uses else ""
            yield f"{step.number}\\. {self.say(step.rule)}{uses} — {self.mark(step.verdict)}\n"
            yield self.formula(latex_of(step, step.chained))

    def stated(self, found: list[Stated]) -> Iterator[str]:
        if found:
            yield f"## {self.say(word('stated wrongly'))}\n"
        for stated in found:
            yield f"**{self.say(stated.title)}** ([{escape(stated.entry)}](#{anchor(stated.entry)}))\n"
            for mistake in stated.mistakes:
                yield from self.mistake(mistake)
            if stated.correction is not None:
                yield f"{self.say(word('correction'))} — {self.mark(stated.correction.verdict)}\n"
                yield from (self.formula(latex_of(formula)) for formula in stated.correction.formulas)

    def mistake(self, mistake: Mistake) -> Iterator[str]:
        why = say(mistake.why, self.language).replace('"', "'").replace("--", "–").replace(">", "›")
        yield f'<!-- derive: expect refuted "{why}" -->\n' + self.formula(latex_of(mistake.formula))
        yield f"{self.mark(mistake.verdict)}: {self.say(mistake.why)}\n"
        if mistake.counterexample:
            yield f"- {self.say(mistake.counterexample)}\n"

    def appendix(self, sheet: Sheet) -> Iterator[str]:
        yield f"## {self.say(word('appendix'))}\n"
        versions = ", ".join(f"{library} {' / '.join(found)}" for library, found in sheet.versions.items())
        yield f"- {self.say(word('made by'))}: {escape(sheet.command)}"
        yield f"- {self.say(word('date'))}: {escape(sheet.date)}"
        yield f"- {self.say(word('versions'))}: {escape(versions)}\n"
        yield "\n".join(f"- {self.mark(key)}: {self.say(word(key + ' is'))}" for key in LEGEND) + "\n"
        yield f"| {' | '.join(self.say(word(key)) for key in MADE)} |"
        yield f"|{' --- |' * len(MADE)}"
        yield from (f"| {' | '.join(map(escape, made_cells(entry)))} |" for entry in sheet.entries)
