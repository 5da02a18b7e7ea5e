"""A sheet as Typst source. Every text is a Typst string, so nothing in it can be markup."""

from __future__ import annotations

from cli.sheet import graph, pictures
from cli.sheet.contents import EntryPart, Formula, Mistake, Row, Sheet, Stated
from cli.sheet.html import LEGEND, MADE, anchor, made_cells
from cli.sheet.html_file import asset
from cli.sheet.lines import width
from cli.sheet.scripts import typeset
from cli.sheet.steps import Derivation, Step
from cli.sheet.words import Words, say, verdict_words, word

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from collections.abc import Iterator

PAPERS = {"a4": "a4", "letter": "us-letter"}
GRAPH_STYLE = ("path{fill:none;stroke:#55565e;stroke-width:1.3}path.back{stroke:#a3121f;stroke-dasharray:4 3}"
               "marker path{stroke:none;fill:#55565e}marker.back path{fill:#a3121f}rect{fill:#f6f7f9;stroke:#d9dae0}"
               "text{fill:#1b1b1f;text-anchor:middle;font:14px 'New Computer Modern'}")
WIDEST = 720                # pixels of a picture
SHORT = {1: 66, 2: 34}      # letters that fit into a column, by the number of columns: they need not be measured
GAP = 3                     # as wide as so many letters
FAMILIES = '("New Computer Modern", "Noto Serif CJK SC", "DejaVu Sans Mono")'


def render(sheet: Sheet, paper: str = "a4", columns: int = 1) -> str:
    body = Pages(sheet.language, columns).body(sheet)
    return "\n".join([preamble(sheet, paper, columns), asset("sheet.typ"), *body, ""])


def preamble(sheet: Sheet, paper: str, columns: int) -> str:
    year, month, day = (str(int(part)) for part in sheet.date.split("-"))
    title, size = string(say(sheet.title, sheet.language)), "9pt" if columns > 1 else "10pt"
    return (f"#set document(title: {title}, date: datetime(year: {year}, month: {month}, day: {day}))\n"
            f'#set page(paper: "{PAPERS[paper]}", columns: {columns}, margin: 1.8cm, numbering: "1 / 1")\n'
            f'#set text(font: {FAMILIES}, size: {size}, lang: "{"zh" if sheet.language == "zh" else "en"}")\n'
            "#show raw: set text(ligatures: false)\n"
            '#show math.equation: set text(font: ("New Computer Modern Math", "Noto Serif CJK SC"))\n'
            "#show heading: set block(above: 1.4em, below: 0.7em, sticky: true)\n"
            "#set par(leading: 0.55em)\n#set columns(gutter: 0.8cm)")


def string(text: str) -> str:
    """A text as a Typst string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{"".join(c for c in escaped if c.isprintable())}"'


def _letters(formula: Formula | Step) -> float:
    """About how wide a formula is, with its note behind it."""
    relation = formula.relation[2] if isinstance(formula, Formula) else ""
    note = GAP + width(formula.note[2]) if formula.note else 0
    return width(formula.left[2]) + width(relation or "<mo>=</mo>") + width(formula.right[2]) + note


class Pages:
    """Draws the parts of a sheet in one language, or in both, for pages with so many columns."""

    def __init__(self, language: str, columns: int = 1):
        self.language, self.short = language, SHORT[columns]

    def say(self, words: Words) -> str:
        found = typeset(say(words, self.language), string, "sub({})", "super({})", " + ")
        return f"({found})" if " + " in found else found

    def mark(self, verdict: str, corrected: bool = False) -> str:
        kind = verdict if verdict in LEGEND[:-1] or verdict == "failed" else "open"
        shown = say(verdict_words(verdict), self.language)
        return f'mark("{kind}", {string(shown + (" · " + say(word("corrected"), self.language) if corrected else ""))})'

    def formula(self, formula: Formula | Step, chained: bool = False) -> str:
        return f"#{'short' if _letters(formula) < self.short else 'formula'}({self.equation(formula, chained)})"

    def formulas(self, several: list[Formula]) -> Iterator[str]:
        """Side by side, as many as a line holds for certain."""
        lines: list[list[Formula]] = []
        room = 0.0
        for formula in several:
            letters = _letters(formula)
            if letters > room or not lines:
                lines, room = [*lines, []], self.short
            lines[-1].append(formula)
            room -= letters + GAP
        for line in lines:
            yield self.formula(line[0]) if len(line) == 1 else \
                f"#formulas({', '.join(f'({self.equation(formula)},)' for formula in line)})"

    @staticmethod
    def equation(formula: Formula | Step, chained: bool = False) -> str:
        """The formula, and behind a comma its note."""
        left = "" if chained else formula.left[3]
        relation = formula.relation[3] if isinstance(formula, Formula) else "="
        note = f", $ ({formula.note[3]}) $.body" if formula.note else ""
        return f"$ {left} {relation} {formula.right[3]} $.body{note}"

    def inline(self, forms: list[str]) -> str:
        return f"${forms[3]}$" if forms[3] else f"#{string(forms[0])}"

    def body(self, sheet: Sheet) -> Iterator[str]:
        below = string(f"derive · {sheet.date}")
        yield (f'#place(top + center, scope: "parent", float: true, align(center, {{ '
               f"text(1.7em, strong({self.say(sheet.title)})); linebreak(); text(0.8em, fill: soft, {below}) }}))")
        for section, entries in sheet.sections.items():
            yield f"#heading(level: 1, {string(say(word('section'), self.language) + ' ' + section)})"
            for entry in entries:
                yield from self.entry(entry, sheet.pictures)
        yield from self.stated(sheet.stated)
        yield from self.appendix(sheet)

    @staticmethod
    def image(svg: str, pixels: int = WIDEST) -> str:
        """A picture in its size, or as wide as three quarters of the column."""
        return f'#picture(bytes({string(svg)}), {pixels})'

    def entry(self, entry: EntryPart, illustrated: bool) -> Iterator[str]:
        yield f"#heading(level: 2, {self.say(entry.title)}) <{anchor(entry.name)}>"
        yield f"#small({string(say(word('source'), self.language) + ': ' + entry.source)}, sticky: true)"
        if entry.graph is not None:
            yield self.image(graph.svg(entry.graph, "", GRAPH_STYLE), graph.width_of(entry.graph))
        for row in entry.rows:
            yield from self.row(row)
        if illustrated:
            yield from (self.image(pictures.svg(p, self.language, "#000000")) for p in pictures.beside(entry.name))
        yield from self.remarks("conventions", [self.say(words) for words in entry.conventions])
        yield from self.remarks("assumptions", [self.say(words) for words in entry.assumptions])
        if entry.left_out:
            yield f"#small({string(f'{entry.left_out} × ' + say(word('left out'), self.language))})"

    def remarks(self, key: str, told: list[str]) -> Iterator[str]:
        if told:
            line = " + [; ] + ".join(told) if key == "assumptions" else f"list({', '.join(told)})"
            yield f"#small({self.say(word(key))} + [: ] + {line})"

    def row(self, row: Row) -> Iterator[str]:
        yield f"#row({self.say(row.title)}, {self.mark(row.verdict, row.corrected)})["
        yield from self.formulas(row.formulas)
        yield from (f"#par({self.say(told)})" for told in row.remarks)
        yield f"#small({self.say(row.evidence)})"
        for derivation in row.derivations:
            yield from self.derivation(derivation)
        yield "]"

    def derivation(self, d: Derivation) -> Iterator[str]:
        yield f"#block(above: 0.8em, text(0.9em)[{self.inline(d.label)}])"
        for step in d.steps:
            uses = "; [ · ]; " + "; [, ]; ".join(f"[{self.inline(used)}]" for used in step.uses) if step.uses else ""
            yield (f"#block(below: 0.4em, text(0.85em, {{ \"{step.number}. \"; {self.say(step.rule)}{uses}; h(0.5em); "
                   f"{self.mark(step.verdict)} }}))")
            yield self.formula(step, step.chained)

    def stated(self, found: list[Stated]) -> Iterator[str]:
        if not found:
            return
        yield f"#heading(level: 1, {self.say(word('stated wrongly'))})"
        for stated in found:
            yield f"#row({self.say(stated.title)}, {self.mark('refuted')})["
            for mistake in stated.mistakes:
                yield from self.mistake(mistake)
            if stated.correction is not None:
                yield f"#{self.say(word('correction'))} #{self.mark(stated.correction.verdict)}"
                yield from self.formulas(stated.correction.formulas)
            yield f"#small(link(<{anchor(stated.entry)}>, {string(stated.entry)}))\n]"

    def mistake(self, mistake: Mistake) -> Iterator[str]:
        yield self.formula(mistake.formula)
        yield f"#par({self.say(mistake.why)})"
        if mistake.counterexample:
            yield f"#small({self.say(mistake.counterexample)})"

    def appendix(self, sheet: Sheet) -> Iterator[str]:
        yield f"#heading(level: 1, {self.say(word('appendix'))})"
        versions = ", ".join(f"{library} {' / '.join(found)}" for library, found in sheet.versions.items())
        for key, text in (("made by", sheet.command), ("date", sheet.date), ("versions", versions)):
            shown = f"raw({string(text)})" if key == "made by" else string(text)
            yield f"#par({string(say(word(key), self.language) + ': ')} + {shown})"
        yield f"#heading(level: 2, {self.say(word('legend'))})"
        for key in LEGEND:
            yield f"#par({{ {self.mark(key)}; \" \"; {self.say(word(key + ' is'))} }})"
        cells = [string(cell) for entry in sheet.entries for cell in made_cells(entry)]
        head = ", ".join(f"strong({self.say(word(key))})" for key in MADE)
        yield (f"#text(0.7em, table(columns: (auto, auto, auto, 1fr, auto), stroke: 0.3pt + luma(200), inset: 3pt, "
               f"table.header({head}), {', '.join(cells)}))")
