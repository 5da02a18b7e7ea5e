"""What stands on a page, in which order: a stream of blocks that every format prints in its own way.

A block is a tuple that begins with its kind:

    ("title", text, source)    ("heading", text)    ("name", spans)
    ("line", spans)    ("bullet", spans)
    ("equation", side, range or None, verdict or "")
    ("step", number, rule, uses, verdict, side, chained, before)
        `chained`: the line above has the same left side, so that only `= right side` need be printed
    ("table", rows)                                           rows of equally many texts

A span is text, or a `[text, latex]` pair where a formula stands in the line. A side is described in `cli.formulas`.
"""

from __future__ import annotations

from collections.abc import Iterator

from cli.counterexamples import counterexample_text
from cli.spans import ranges_of
from cli.summary import by_reference, comparison_cells, run_passed, runs, sizes_text, tally_text
from cli.words import heading, phrase, rule, verdict, way

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

Block = tuple
Document = dict


class Options:
    """How a document is printed. `only` is the internal name of one derivative, `fact` the one fact that is asked for;
    `cached` says that the document was read from the cache, `fresh` which backends were run since; `pending` is a line
    about numbers that were not run."""

    def __init__(self, language: str = "en", notation: str = "matrix", show: bool = False,
                 only: str | None = None, fact: str | None = None, device: str = "cpu", dtype: str = "float64",
                 cached: bool = False, pending: str = ""):
        self.language, self.notation, self.show, self.only = language, notation, show, only
        self.fact = fact
        self.device, self.dtype, self.cached, self.pending = device, dtype, cached, pending
        self.fresh: set[str] = set()


def symbolic_blocks(document: Document, options: Options) -> Iterator[Block]:
    """Everything but the numbers."""
    title = document["title"][options.language]
    if options.fact is not None:
        title = f"{document['facts'][options.fact][options.language]} ({title})"
    yield ("title", title, f"{phrase('source', options.language)}: {document['source']}")
    if (options.show or options.fact is not None) and options.only is None:
        yield from _forward(document, options)
    if options.show:
        yield from _derivations(document, options)
    yield from _results(document, options)
    yield from _claims(document, options)
    yield from _mistakes(document, options)
    if options.show:
        yield from _remarks(document, options)
    yield ("heading", heading("verdict", options.language))
    yield from _symbolic_verdict(document, options)


_NAMED = {"derivatives": "name", "claims": "of", "mistakes": "of"}


def chosen(document: Document, which: str, options: Options) -> list[dict[str, Any]]:
    """The derivatives, claims or mistakes that belong to what is asked for. A mistake belongs to the facts that are
    stated so, or that speak of the same name."""
    rows = [r for r in document[which] if options.only is None or r[_NAMED[which]] == options.only]
    if options.fact is None:
        return rows
    if which == "mistakes":
        about = {r[_NAMED[w]] for w in ("derivatives", "claims") for r in chosen(document, w, options)}
        about |= {e["name"] for e in document["forward"] if options.fact in e["facts"]}
        return [r for r in rows if r["of"] in about or r["fact"] == options.fact]
    return [r for r in rows if options.fact in r["facts"]] if which == "derivatives" else [
        r for r in rows if r["fact"] == options.fact]


def _forward(document: Document, options: Options) -> Iterator[Block]:
    yield ("heading", heading("forward", options.language))
    for equation in document["forward"]:
        if not options.show and options.fact not in equation["facts"]:
            continue
        side = equation["formula"][options.notation]
        yield ("equation", side, ranges_of(equation, side), "")
    shapes: list = []
    for name in document["inputs"]:
        shapes += [", " if shapes else f"{phrase('inputs', options.language)}: ", name["name"]]
        if name["shape"][0]:
            shapes += [" ", [f"({name['shape'][0]})", f"({name['shape'][1]})"]]
    yield ("line", shapes)
    for arriving in document["arriving"]:
        yield ("line", [arriving["name"], f": {phrase('arriving', options.language)} ", arriving["of"]])


def _derivations(document: Document, options: Options) -> Iterator[Block]:
    derivatives = chosen(document, "derivatives", options)
    if derivatives:
        yield ("heading", heading("derivation", options.language))
    for d in derivatives:
        plain = d["moment"] or d["label"][0].startswith("∂")
        by = [] if plain else [f"  ({phrase('derivative of', options.language)} ", d["of"], ")"]
        yield ("name", [d["label"], *by])
        left = None
        for number, step in enumerate(d["steps"], start=1):
            side = step["after"][options.notation]
            before = None if step["before"] is None else step["before"][options.notation]
            chained = left == side["left"] and side["condition"] is None
            yield ("step", number, _rule_spans(step, options), _uses(step["uses"], options), step["verdict"],
                   side, chained, before)
            if step["detail"] and step["verdict"] != "proved":
                yield ("line", [step["detail"]])
            left = side["left"] if side["condition"] is None else None


def _rule_spans(step: dict[str, Any], options: Options) -> list:
    words: list = [rule(step["rule"], options.language)]
    if step["lemma"] is not None:
        words += [": ", [f"{step['lemma'][0]} = 0", f"{step['lemma'][1]} = 0"]]
    return words


def _uses(uses: list, options: Options) -> list:
    """`uses a, b`; nothing where nothing is used."""
    spans: list = []
    for used in uses:
        spans += [", " if spans else f"{phrase('uses', options.language)} ", used]
    return spans


def _results(document: Document, options: Options) -> Iterator[Block]:
    asked = options.only is not None or options.fact is not None
    derivatives = [d for d in chosen(document, "derivatives", options) if d["shown"] or asked]
    for key, moment in (("results", False), ("moments", True)):
        found = [d for d in derivatives if d["moment"] is moment]
        if found:
            yield ("heading", heading(key, options.language))
        for d in found:
            for formula in d["result"]:
                side = formula[options.notation]
                yield ("equation", side, ranges_of(d, side), "")


def _claims(document: Document, options: Options) -> Iterator[Block]:
    claims = chosen(document, "claims", options)
    if claims:
        yield ("heading", heading("claims" if document.get("referenced", True) else "own claims", options.language))
    for claim in claims:
        side = claim["formula"][options.notation]
        own, refuted = not document.get("referenced", True), claim["verdict"] == "refuted"
        yield ("equation", side, ranges_of(claim, side), "refuted claim" if refuted else claim["verdict"])
        if options.show or (own and claim["verdict"] not in ("proved", "verified")):
            spans = [f"{document['source']}:{claim['fact']}: "] if own else []
            spans += [f"{phrase('by', options.language)} {way(claim['by'], options.language)}"]
            if claim["uses"]:
                spans += ["; ", *_uses(claim["uses"], options)]
            yield ("line", spans + ([f"; {claim['detail']}"] if claim["detail"] else []))
        if claim["counterexample"]:
            yield ("bullet", [counterexample_text(claim["counterexample"], options.language, _equal(claim, side))])


def _mistakes(document: Document, options: Options) -> Iterator[Block]:
    """All of them where everything is shown; else how the fact that is asked for is wrongly stated."""
    mistakes = [m for m in chosen(document, "mistakes", options)
                if options.show or options.fact is not None and m["fact"] == options.fact]
    if mistakes:
        yield ("heading", heading("mistakes", options.language))
    for m in mistakes:
        side = m["formula"][options.notation]
        yield ("equation", side, ranges_of(m, side), m["verdict"])
        why = "as stated" if m["fact"] else "why"
        yield ("bullet", [f"{phrase(why, options.language)}: {m['why'][options.language]}"])
        if m["counterexample"]:
            yield ("bullet", [counterexample_text(m["counterexample"], options.language, _equal(m, side))])
        elif m["detail"]:
            yield ("bullet", [m["detail"]])


def _equal(row: dict[str, Any], side: dict[str, Any]) -> bool:
    """Whether it says what the value of a member is: neither a bound, nor an equation between expressions."""
    return bool(row["of"]) and side["relation"][0] == "="


def _remarks(document: Document, options: Options) -> Iterator[Block]:
    if document["conventions"]:
        yield ("heading", heading("conventions", options.language))
        for convention in document["conventions"]:
            yield ("bullet", [convention[options.language]])
    yield ("heading", heading("assumptions", options.language))
    for assumption in document["assumptions"] or [phrase("none", options.language)]:
        yield ("bullet", [assumption])


# -- verdict ------------------------------------------------------------------------------------------------------
def _symbolic_verdict(document: Document, options: Options) -> Iterator[Block]:
    say = options.language
    counts = tally_text(document, say)
    libraries = [f"{name} {document['versions'][name]}" for name in ("python", "sympy", "python-flint")
                 if name in document["versions"]]
    if document.get("inferred"):
        yield ("bullet", [f"{phrase('inferred', say)}: {', '.join(document['inferred'])}"])
    made = _made(document, options.cached, say)
    yield ("bullet", [f"{phrase('symbolic', say)}: {counts} ({', '.join(libraries)}; {made})"])


def _made(made: dict[str, Any], cached: bool, language: str) -> str:
    text = f"{phrase('made', language)} {made['made']}"
    return f"{phrase('from cache', language)}, {text}" if cached else text


def numeric_blocks(document: Document, options: Options) -> Iterator[Block]:
    """The comparisons with torch and JAX, one line for each thing compared against."""
    say = options.language
    for backend, run in runs(document, options.device, options.dtype).items():
        versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
        cached = options.cached and backend not in options.fresh
        outcome = verdict("passed" if run_passed(run) else "failed", say)
        devices = list(dict.fromkeys(c["device"] for c in run["checks"] if not c["skipped"]))
        yield ("bullet", [f"{phrase('numeric', say)}, {backend}, {', '.join([*devices, options.dtype])}: {outcome} "
                          f"({versions}; {_made(run, cached, say)})"])
        yield from _references(run, options)
        yield from _observations(run, options)
    if options.pending:
        yield ("bullet", [options.pending])


def _references(run: dict[str, Any], options: Options) -> Iterator[Block]:
    say = options.language
    rows, sizes, seeds = [], [], []
    for group in by_reference(run):
        rows.append([f"{phrase('against', say)} {group['against']}", *comparison_cells(group, say)])
        sizes += [s for s in map(sizes_text, group["sizes"]) if s not in sizes]
        seeds += [s for s in map(str, group["seeds"]) if s not in seeds]
    yield ("table", rows)
    if sizes:
        yield ("line", [f"{phrase('with sizes', say)}: {'; '.join(sizes)}. {phrase('seeds', say)}: {', '.join(seeds)}"])
    for group in by_reference(run):
        for reason, count in group["skipped"].items():
            yield ("line", [f"{verdict('skipped', say)}: {count} × {group['against']}: {reason}"])
        if group["failed"]:
            facts = ", ".join(dict.fromkeys(group["failed"]))
            yield ("line", [f"{verdict('failed', say)}: {group['against']}: {facts}"])


def _observations(run: dict[str, Any], options: Options) -> Iterator[Block]:
    """What experiments saw, those of one seed; and what people expect, and was not seen."""
    say, seen = options.language, set()
    for check in run["checks"]:
        found = check.get("observed")
        if found is None or options.fact not in (None, check["fact"]):
            continue
        shown = check["fact"], found["en"], check["passed"]
        if shown in seen:
            continue
        seen.add(shown)
        key = "not seen" if found["wrong"] and check["passed"] else "seen"
        failed = "" if check["passed"] else f" ({verdict('failed', say)})"
        yield ("line", [f"{phrase(key, say)}, {check['against']}: {found[say]}: {found['text']}{failed}"])
