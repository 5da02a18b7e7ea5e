"""A sheet as HTML. Every text goes through `html.escape`; formulas are MathML of our own printer."""

from __future__ import annotations

from html import escape

from cli.sheet import graph, pictures
from cli.sheet.contents import EntryPart, Formula, Mistake, Row, Sheet, Stated
from cli.sheet.html_file import document, pack
from cli.sheet.lines import wrapping
from cli.sheet.scripts import typeset
from cli.sheet.steps import Derivation, Step
from cli.sheet.words import Words, say, verdict_words, word

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from collections.abc import Iterator

MADE = ("entry", "proofs made", "numbers made", "sizes", "seeds")
MANY = 12       # entries with open graphs
LEGEND = ("proved", "verified", "agrees", "observed", "refuted", "not run")


def render(sheet: Sheet) -> str:
    """The whole file. The derivations are packed, and the graphs of many entries: few of them are looked at."""
    page = Page(sheet.language, packed=[], fold_graphs=len(sheet.entries) > MANY)
    body = "\n".join(page.body(sheet))
    return document(say(sheet.title, sheet.language), sheet.language, f"{body}\n{pack(page.packed)}")


def mathml(formula: Formula | Step, chained: bool = False) -> str:
    """A formula with its name for screen readers; what stands behind it may go on a line of its own. A chained one has
    no left side."""
    left = "" if chained else formula.left[2]
    relation = formula.relation[2] if isinstance(formula, Formula) else "<mo>=</mo>"
    behind = named(f"<mo>(</mo>{formula.note[2]}<mo>)</mo>", f"({formula.note[0]})") if formula.note else ""
    return f'<div class="formula">{named(f"{left}{relation}{formula.right[2]}", formula.equation, True)}{behind}</div>'


def named(markup: str, name: str, display: bool = False) -> str:
    """A formula that wraps where it is long, with a name."""
    rows = wrapping(markup)
    kind = ' display="block"' * display + ' class="wraps"' * bool(rows)
    return f'<math{kind} aria-label="{escape(name)}">{rows or markup}</math>'


def formulas(several: list[Formula]) -> str:
    """Formulas, side by side where there is room for it."""
    return f'<div class="formulas">{"".join(map(mathml, several))}</div>' if several else ""


def inline(forms: list[str]) -> str:
    """A formula in a line of text, or words."""
    return f'<math aria-label="{escape(forms[0])}">{forms[2]}</math>' if forms[2] else escape(forms[0])


class Page:
    """Draws the parts of a sheet in one language, or in both. `level` is that of the heading of a row. With `packed`,
    what is folded is put there, and the script puts it in its place when it is unfolded."""

    def __init__(self, language: str, level: int = 4, packed: list[str] | None = None, fold_graphs: bool = False):
        self.language, self.level, self.packed, self.fold_graphs = language, level, packed, fold_graphs
        self.drawn: dict[str, str] = {}     # the entry beside which a picture stands

    def heading(self, level: int, words: Words) -> str:
        return f"<h{level}>{self.prose(words)}</h{level}>"

    def say(self, words: Words) -> str:
        """Words as plain text, for attributes too."""
        return escape(say(words, self.language))

    def prose(self, words: Words) -> str:
        """Words in which names have their scripts."""
        return typeset(say(words, self.language), escape, "<sub>{}</sub>", "<sup>{}</sup>")

    def searched(self, words: Words, name: str = "") -> str:
        """What the search finds beside what is printed: a name, and the words in the languages that are not shown."""
        others = [] if self.language == "both" else [w for language, w in words.items() if language != self.language]
        return escape(" ".join([name, *others]).strip())

    def mark(self, verdict: str, corrected: bool = False) -> str:
        kind = verdict if verdict in LEGEND[:-1] or verdict == "failed" else "open"
        shown = self.say(verdict_words(verdict)) + (f" · {self.say(word('corrected'))}" if corrected else "")
        return f'<span class="mark {kind}">{shown}</span>'

    def body(self, sheet: Sheet) -> Iterator[str]:
        yield f'<a class="skip" href="#main">{self.say(word("skip"))}</a>\n<header>'
        yield f"<h1>{self.prose(sheet.title)}</h1>"
        yield f'<p class="soft">derive · {escape(sheet.date)}</p>'
        yield self.search()
        yield from self.navigation(sheet)
        yield '</header>\n<main id="main">'
        for section, entries in sheet.sections.items():
            yield f'<section><h2 id="{anchor("section-" + section)}">{self.section(section)}</h2>'
            for entry in entries:
                yield from self.entry(entry, sheet.pictures)
            yield "</section>"
        yield from self.stated(sheet.stated)
        yield "</main>\n<footer>"
        yield from self.appendix(sheet)
        yield "</footer>"

    def search(self) -> str:
        return (f'<div class="search" role="search"><label for="q">{self.say(word("search"))}</label>'
                f'<input id="q" type="search" autocomplete="off"><output id="n" aria-live="polite" '
                f'data-found="{self.say(word("found"))}" data-nothing="{self.say(word("nothing found"))}">'
                "</output></div>")

    def section(self, section: str) -> str:
        return f"{self.say(word('section'))} {escape(section)}"

    def navigation(self, sheet: Sheet) -> Iterator[str]:
        yield f'<nav aria-label="{self.say(word("contents"))}">'
        for section, entries in sheet.sections.items():
            links = "".join(f'<li><a href="#{anchor(e.name)}">{self.prose(e.title)}</a></li>' for e in entries)
            yield f"<details><summary>{self.section(section)} ({len(entries)})</summary><ul>{links}</ul></details>"
        yield "</nav>"

    def entry(self, entry: EntryPart, illustrated: bool = False) -> Iterator[str]:
        words = self.searched(entry.title)
        yield f'<article id="{anchor(entry.name)}" data-words="{words}"><h3>{self.prose(entry.title)}</h3>'
        yield f'<p class="source">{self.say(word("source"))}: {escape(entry.source)}</p>'
        yield from self.graph(entry)
        for row in entry.rows:
            yield from self.row(row)
        if illustrated:
            yield from self.pictures(entry)
        yield from self.remarks("conventions", [self.prose(words) for words in entry.conventions])
        yield from self.remarks("assumptions", [self.prose(words) for words in entry.assumptions])
        if entry.left_out:
            yield f'<p class="soft">{entry.left_out} × {self.say(word("left out"))}</p>'
        yield "</article>"

    def graph(self, entry: EntryPart) -> Iterator[str]:
        """The computation as a graph, where it was asked for."""
        if entry.graph is not None:
            drawn = f"<figure>{graph.svg(entry.graph, say(word('graph'), self.language))}</figure>"
            yield self.folded(drawn, "graph") if self.fold_graphs else \
                f"<details open><summary>{self.say(word('graph'))}</summary>{drawn}</details>"

    def pictures(self, entry: EntryPart) -> Iterator[str]:
        """What stands beside an entry; a picture that stands beside one before is not drawn again."""
        for picture in pictures.beside(entry.name):
            title = self.say(picture.TITLE)
            where = self.drawn.setdefault(picture.__name__, entry.name)
            if where != entry.name:
                yield f'<p class="soft">{self.say(word("see"))} <a href="#{anchor(where)}">{title}</a></p>'
                continue
            drawn = pictures.svg(picture, self.language).replace("<svg", f'<svg role="img" aria-label="{title}"', 1)
            yield f"<figure>{drawn}</figure>"

    def remarks(self, key: str, told: list[str]) -> Iterator[str]:
        if told:
            items = "".join(f"<li>{text}</li>" for text in told)
            yield f'<p class="soft">{self.say(word(key))}:</p><ul class="soft">{items}</ul>'

    def row(self, row: Row) -> Iterator[str]:
        words = self.searched(row.title, row.fact)
        yield (f'<section class="row" id="{anchor(row.anchor)}" data-words="{words}"><div class="head">'
               f"{self.heading(self.level, row.title)}{self.mark(row.verdict, row.corrected)}</div>")
        yield formulas(row.formulas)
        yield from (f"<p>{self.prose(told)}</p>" for told in row.remarks)
        yield f'<p class="evidence">{self.prose(row.evidence)}</p>'
        if row.derivations:
            yield self.folded("".join(map(self.derivation, row.derivations)), "derivation")
        yield "</section>"

    def folded(self, content: str, key: str) -> str:
        summary = f"<summary>{self.say(word(key))}</summary>"
        if self.packed is None:
            return f"<details>{summary}{content}</details>"
        self.packed.append(content)
        return f'<details data-packed="{len(self.packed) - 1}">{summary}</details>'

    def derivation(self, d: Derivation) -> str:
        steps = "".join(f'<li value="{s.number}">{self.rule(s)} {self.mark(s.verdict)}{mathml(s, s.chained)}</li>'
                        for s in d.steps)
        return f'<p>{inline(d.label)}</p><ol class="steps">{steps}</ol>'

    def rule(self, step: Step) -> str:
        return self.say(step.rule) + (" · " + ", ".join(map(inline, step.uses)) if step.uses else "")

    def mistake(self, mistake: Mistake) -> Iterator[str]:
        yield formulas([mistake.formula])
        yield f"<p>{self.mark(mistake.verdict)} {self.prose(mistake.why)}</p>"
        if mistake.counterexample:
            yield f'<p class="evidence">{self.prose(mistake.counterexample)}</p>'

    def stated(self, found: list[Stated]) -> Iterator[str]:
        if not found:
            return
        yield f'<section><h2 id="stated-wrongly">{self.say(word("stated wrongly"))}</h2>'
        for stated in found:
            words = self.searched(stated.title, stated.entry)
            yield (f'<section class="row" id="{anchor(stated.anchor)}" data-words="{words}">'
                   f"{self.heading(3, stated.title)}")
            for mistake in stated.mistakes:
                yield from self.mistake(mistake)
            if stated.correction is not None:
                row = stated.correction
                yield f"<p>{self.say(word('correction'))} {self.mark(row.verdict)}</p>"
                yield formulas(row.formulas)
            yield (f'<p class="soft">{self.say(word("see"))} <a href="#{anchor(stated.entry)}">'
                   f"{escape(stated.entry)}</a></p></section>")
        yield "</section>"

    def appendix(self, sheet: Sheet) -> Iterator[str]:
        yield f'<h2 id="appendix">{self.say(word("appendix"))}</h2><dl>'
        versions = ", ".join(f"{library} {' / '.join(found)}" for library, found in sheet.versions.items())
        for key, text in (("made by", f"<code>{escape(sheet.command)}</code>"), ("date", escape(sheet.date)),
                          ("versions", escape(versions))):
            yield f"<dt>{self.say(word(key))}</dt><dd>{text}</dd>"
        yield f"</dl><h3>{self.say(word('legend'))}</h3><ul>"
        yield from (f"<li>{self.mark(key)} {self.say(word(key + ' is'))}</li>" for key in LEGEND)
        yield '</ul><div class="wide"><table><tr>'
        yield from (f"<th>{self.say(word(key))}</th>" for key in MADE)
        yield "</tr>"
        for entry in sheet.entries:
            cells = made_cells(entry)
            yield f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
        yield "</table></div>"


def made_cells(entry: EntryPart) -> list[str]:
    """When and at which inputs an entry was checked."""
    made = entry.made
    return [entry.name, made["proofs"], ", ".join(made["numbers"]) or "–", "; ".join(made["sizes"]) or "–",
            ", ".join(map(str, made["seeds"])) or "–"]


def anchor(name: str) -> str:
    """A name as an id: what is no letter and no digit becomes a hyphen."""
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in name)
