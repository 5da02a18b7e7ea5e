"""What a sheet says, in no format: made of documents, and printed by a module for each format."""

from __future__ import annotations

from dataclasses import dataclass, field

from cli.counterexamples import counterexample_text
from cli.sheet.evidence import PASSING, assumption, evidence, kept_runs, observed, untold_verdict
from cli.sheet.graph import Graph, graph_of
from cli.sheet.steps import Derivation, derivations
from cli.sheet.words import LANGUAGES, Words, word
from cli.spans import limits, ranges_of
from cli.summary import fact_verdict, sizes_text

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any
Forms = list[str]    # see `cli.formulas`
NOTATION = "matrix"


@dataclass(frozen=True)
class Formula:
    """`left = right`, with its condition or its ranges as a note; each a text in all forms."""

    left: Forms
    relation: Forms
    right: Forms
    note: Forms | None

    @property
    def equation(self) -> str:
        """In Unicode; what a screen reader is given, and what is searched."""
        return f"{self.left[0]} {self.relation[0]} {self.right[0]}"

    @property
    def text(self) -> str:
        """The equation with its note."""
        return self.equation + (f" ({self.note[0]})" if self.note else "")


@dataclass
class Row:
    """One fact, or what no fact speaks of: its formulas, verdict and evidence. `anchor` is unique on the sheet."""

    anchor: str
    fact: str
    title: Words
    verdict: str
    evidence: Words
    formulas: list[Formula]
    remarks: list[Words] = field(default_factory=list)
    derivations: list[Derivation] = field(default_factory=list)
    corrected: bool = False


@dataclass
class Mistake:
    """A formula that is false, why people write it, and the input that shows it."""

    formula: Formula
    why: Words
    verdict: str
    counterexample: Words | None


@dataclass
class Stated:
    """A fact that is commonly stated wrongly."""

    anchor: str
    entry: str
    title: Words
    mistakes: list[Mistake]
    correction: Row | None


@dataclass
class EntryPart:
    """One entry of the catalogue. `left_out` counts the rows that are not shown because they are not verified."""

    name: str
    title: Words
    section: str
    source: str
    rows: list[Row]
    conventions: list[Words]
    assumptions: list[Words]
    mistakes: list[Mistake]
    left_out: int
    made: dict[str, Any]
    graph: Graph | None


@dataclass
class Sheet:
    """A whole sheet, in the language `en`, `zh` or `both`."""

    title: Words
    language: str
    sections: dict[str, list[EntryPart]]
    stated: list[Stated]
    versions: dict[str, list[str]]
    date: str
    command: str
    pictures: bool

    @property
    def entries(self) -> list[EntryPart]:
        return [entry for entries in self.sections.values() for entry in entries]


class Choice:
    """What of the documents goes on a sheet."""

    def __init__(self, steps: str = "none", only_verified: bool = False, pictures: bool = False):
        self.steps, self.only_verified, self.pictures = steps, only_verified, pictures


def sheet(documents: list[tuple[dict[str, Any], set[str] | None]], title: Words, language: str, choice: Choice,
          date: str, command: str) -> Sheet:
    """A sheet of documents; of one that stands beside a set of facts, these alone."""
    sections: dict[str, list[EntryPart]] = {}
    stated: list[Stated] = []
    versions: dict[str, list[str]] = {}
    for document, facts in documents:
        part = entry_part(document, choice, facts)
        sections.setdefault(document["section"], []).append(part)
        stated += _stated(document, part, facts)
        for used in [document["versions"], *(run["versions"] for run in kept_runs(document))]:
            for library, version in used.items():
                if version not in versions.setdefault(library, []):
                    versions[library].append(version)
    return Sheet(title, language, sections, stated, versions, date, command, choice.pictures)


def entry_part(document: dict[str, Any], choice: Choice, facts: set[str] | None = None) -> EntryPart:
    rows = [row for row in _rows(document, choice) if facts is None or row.fact in facts]
    kept = [row for row in rows if not choice.only_verified or row.verdict in PASSING]
    checks = [c for run in kept_runs(document) for c in run["checks"] if c["regime"] == "plain" and not c["skipped"]]
    made = {"proofs": document["made"], "numbers": sorted({run["made"] for run in kept_runs(document)}),
            "sizes": list(dict.fromkeys(s for s in (sizes_text(c["sizes"]) for c in checks) if s)),
            "seeds": sorted({c["seed"] for c in checks})}
    return EntryPart(document["name"], document["title"], document["section"], document["source"], kept,
                     document["conventions"], list(map(assumption, document["assumptions"])),
                     [_mistake(m) for m in document["mistakes"] if not m["fact"]], len(rows) - len(kept), made,
                     graph_of(document) if choice.pictures and facts is None else None)


def formula(row: dict[str, Any], side: dict[str, Any]) -> Formula:
    return Formula(side["left"], side["relation"], side["right"], limits(side, ranges_of(row, side)))


# -- rows -----------------------------------------------------------------------------------------------------------
def _rows(document: dict[str, Any], choice: Choice) -> list[Row]:
    """First what is computed, in its order; then the facts that are derived, and the derivatives without a fact."""
    facts, groups = document["facts"], _definitions(document)
    rows = [_row(document, choice, fact, definitions) for fact, definitions in groups]
    told = {fact for fact, _ in groups}
    rows += [_row(document, choice, fact, [e for e in document["forward"] if fact in e["facts"]])
             for fact in facts if fact not in told]
    return rows + [row for row in _untold(document, choice) if row.formulas]


def _definitions(document: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The defining equations by their fact; what has none stands with the equation that comes after it."""
    groups: list[tuple[str, list[dict[str, Any]]]] = []
    waiting: list[dict[str, Any]] = []
    for equation in document["forward"]:
        waiting.append(equation)
        for fact in equation["facts"][:1]:
            same = next((group for known, group in groups if known == fact), None)
            if same is None:
                groups.append((fact, waiting))
            else:
                same += waiting
            waiting = []
    return [*groups, ("", waiting)] if waiting else groups


def _row(document: dict[str, Any], choice: Choice, fact: str, definitions: list[dict[str, Any]]) -> Row:
    if not fact:
        names = {e["name"] for e in definitions}
        return _made(document, choice, "", word("helpers"), definitions, [], [],
                     untold_verdict(document, [], names), names)
    known = document["facts"][fact]
    derivatives = [d for d in document["derivatives"] if fact in d["facts"]]
    claims = [c for c in document["claims"] if c["fact"] == fact]
    verdict = fact_verdict(document, fact)
    corrected = verdict == "refuted" and "corrected" in known
    row = _made(document, choice, fact, {k: known[k] for k in LANGUAGES}, definitions, derivatives, claims,
                (known["corrected"] or untold_verdict(document, [], set())) if corrected else verdict, set())
    row.corrected = corrected
    row.remarks = observed(document, fact)
    return row


def _untold(document: dict[str, Any], choice: Choice) -> list[Row]:
    """What no fact speaks of: derivatives that are shown, moments, and claims."""
    rows = []
    shown = [d for d in document["derivatives"] if d["shown"] and not d["facts"]]
    for title, moment in (("gradients", False), ("moments", True)):
        of_kind = [d for d in shown if d["moment"] is moment]
        claims = [c for c in document["claims"] if c["fact"] not in document["facts"]] if not moment else []
        names = {d["name"] for d in of_kind}
        verdicts = [s["verdict"] for d in of_kind for s in d["steps"]] + [c["verdict"] for c in claims]
        rows.append(_made(document, choice, "", word(title), [], of_kind, claims,
                          untold_verdict(document, verdicts, names), names))
    return rows


def _made(document: dict[str, Any], choice: Choice, fact: str, title: Words, definitions: list[dict[str, Any]],
          derivatives: list[dict[str, Any]], claims: list[dict[str, Any]], verdict: str, names: set[str]) -> Row:
    """The row of what belongs together. A closed form that is what was derived is shown once."""
    shown = [formula(e, e["formula"][NOTATION]) for e in definitions]
    shown += [formula(d, result[NOTATION]) for d in derivatives for result in d["result"]]
    shown += [formula(c, c["formula"][NOTATION]) for c in claims]
    steps = sum(len(d["steps"]) for d in derivatives)
    anchor = f"{document['name']}-{fact or title['en'].lower().replace(' ', '-')}"
    return Row(anchor, fact, title, verdict,
               evidence(document, fact, names, [c["by"] for c in claims if c["by"]], steps),
               list({f.text: f for f in shown}.values()), derivations=derivations(derivatives, choice.steps, NOTATION))


# -- what is false --------------------------------------------------------------------------------------------------
def _mistake(m: dict[str, Any]) -> Mistake:
    side = m["formula"][NOTATION]
    of_member = bool(m["of"]) and side["relation"][0] == "="
    told = None
    if m["counterexample"]:
        told = {k: counterexample_text(m["counterexample"], k, of_member) for k in LANGUAGES}
    return Mistake(formula(m, side), m["why"], m["verdict"], told)


def _stated(document: dict[str, Any], part: EntryPart, facts: set[str] | None) -> list[Stated]:
    """The facts of an entry that are commonly stated wrongly, and shown to be wrong."""
    found = []
    for fact, known in document["facts"].items():
        wrong = [_mistake(m) for m in document["mistakes"] if m["fact"] == fact]
        if wrong and (facts is None or fact in facts):
            correction = next((row for row in part.rows if row.fact == fact), None)
            found.append(Stated(f"{document['name']}-{fact}-stated", document["name"],
                                {k: known[k] for k in LANGUAGES}, wrong, correction))
    return found
