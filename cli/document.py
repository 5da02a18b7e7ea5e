"""From a study to a presented document: plain data that holds every formula in every notation.

A document is made once and kept in the cache; printing it needs no SymPy. Its parts:

    name, title, section, source, loss      the head; `loss` is the displayed name of the loss, `called` what the entry
                                            or the file is called (`name` stands for the content of a file)
    made, versions                          when and with what the symbolic part was made
    facts        {id: {kind, en, zh, verdict, corrected}}
    inputs       [{name, shape}]       with the initial states
    arriving     [{name, of}]          gradients that come from outside under a name of their own
    forward      [{name, formula, ranges, facts, uses: [{name, shown}]}]
    derivatives  [{of, name, label, aliases, shown, moment, facts, ranges, result: [formula],
                   steps: [{rule, before, after, lemma, uses, verdict, detail}]}]
    claims       [{fact, of, formula, ranges, verdict, by, uses, detail, counterexample}]
    mistakes     [{fact, of, formula, ranges, why: {en, zh}, verdict, by, uses, detail, counterexample}]
    conventions  [{en, zh}]
    assumptions  [text]
    inferred     [text]                shapes that a document left open, as they were read
    referenced   whether a comparison with somebody else's implementation is due
    numbers      {"cpu/float64": {backend: {made, versions, checks}}}     see `cli.numbers`

Formulas are described in `cli.formulas`. `before` is null where it is the left side itself.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from cli.formulas import NOTATIONS, Drawing
from cli.versions import installed
from derive.claims import Claim
from derive.derivation import Case, Derivative, Step
from derive.expectation.laws import moment_named
from derive.expression import Expr, Ref, expression, names
from derive.notation.terms import sides
from derive.program import Equation, Program
from derive.stated import Entry, StatedPage
from verify.study import Study
from verify.verdict import PASSING, REFUTED, Verdict

Document = dict


def document(study: Study, notations: tuple[str, ...] = NOTATIONS, latex: bool = True) -> Document:
    """The study as data. A document that is printed once and not kept may leave out what will not be printed."""
    entry, page, derivation = study.entry, study.page, study.derivation
    written_out = {n: page.program.defined[n] for n in page.program.abbreviations}
    drawing = Drawing({**page.program.signatures, **derivation.signatures}, page.program.loss_symbol, written_out,
                      notations, latex)
    return {
        **head(entry),
        "loss": page.program.loss_symbol,
        "made": now(),
        "versions": installed(),
        "facts": _facts(study),
        "inputs": _inputs(drawing, page.program),
        "arriving": [{"name": drawing.name(cotangent), "of": drawing.name(name)}
                     for name, cotangent in page.program.outputs.items() if cotangent != f"∂{name}"],
        "forward": [_forward(drawing, page, e) for e in page.program.equations],
        "derivatives": [_derivative(drawing, page, d) for d in derivation.derivatives],
        "claims": [{"fact": c.fact, **_claim(drawing, c, v)} for c, v in study.claims],
        "mistakes": [{"fact": m.fact, "why": m.why, **_statement(drawing, m.left, m.relation, m.wrong, v)}
                     for m, v in study.mistakes],
        "conventions": page.conventions,
        "assumptions": study.assumptions,
        "inferred": list(entry.inferred),
        "referenced": entry.referenced,
        "numbers": {},
    }


def head(entry: Entry) -> Document:
    return {"version": 1, "name": entry.name, "called": entry.name, "title": entry.title, "section": entry.section,
            "source": entry.source}


def now() -> str:
    """The time in UTC, as ISO 8601."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _inputs(drawing: Drawing, program: Program) -> list[dict[str, Any]]:
    members = [program.variables[name].member() for name in program.inputs]
    members += [m for name in program.variables for m in program.boundary(name)]
    found = [{"name": drawing.member(m), "shape": drawing.shape(m)} for m in members]
    return found + [{"name": drawing.number(label), "shape": drawing.between(label.least, label.high)}
                    for label in program.labels.values()]


def _forward(drawing: Drawing, page: StatedPage, equation: Equation) -> dict[str, Any]:
    tagged = [fact for fact, tags in page.facts.items() if ("definition", equation.name) in tags]
    used = sorted(names(equation.body) & page.program.signatures.keys())
    return {"name": equation.name, "formula": drawing.formula(equation.left, equation.body),
            "ranges": drawing.ranges(equation.letters), "facts": tagged,
            "uses": [{"name": name, "shown": drawing.name(name)[0]} for name in used]}


def _derivative(drawing: Drawing, page: StatedPage, d: Derivative) -> dict[str, Any]:
    plain = d.value is None and d.moment is None
    tags = {("gradient", d.of)} if plain else {("jacobian", d.name), ("moment", d.name)}
    label = drawing.name(d.name)
    aliases = [d.of, d.name, f"d{d.of}", f"∂{d.of}", f"∂{drawing.loss}/∂{d.of}", label[0], drawing.name(d.of)[0]]
    return {"of": drawing.name(d.of), "name": d.name, "label": label, "aliases": list(dict.fromkeys(aliases)),
            "shown": d.shown, "moment": d.moment is not None,
            "facts": [fact for fact, found in page.facts.items() if tags & set(found)],
            "ranges": drawing.ranges(d.equation.letters),
            "steps": _distinguishable(drawing, d, [_step(drawing, d, s) for s in d.steps]),
            "result": [_case(drawing, c) for c in d.cases]}


def _step(drawing: Drawing, d: Derivative, step: Step) -> dict[str, Any]:
    whole = Ref(d.name, d.equation.letters)    # what a case is a case of
    trivial = step.before == expression(whole)
    lemma = None if step.lemma is None else drawing.value(step.lemma)
    return {"rule": step.rule, "before": None if trivial else drawing.formula(whole, step.before),
            "after": drawing.formula(step.left, step.after, step.condition), "lemma": lemma,
            "uses": [drawing.use(u) for u in dict.fromkeys(step.uses)], "verdict": step.verdict, "detail": step.detail}


def _distinguishable(drawing: Drawing, d: Derivative, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Matrix notation hides Kronecker's deltas: where a step would look as if nothing had happened, what stood before
    it is written in index notation."""
    for step, first, second in zip(d.steps, steps, steps[1:]):
        before, after = first["after"], second["after"]
        if "matrix" in before and before["matrix"] == after["matrix"]:
            index = drawing.side(step.left, step.after, step.condition, "index")
            first["after"] = second["before"] = dict.fromkeys(before, index)
    return steps


def _case(drawing: Drawing, case: Case) -> dict[str, Any]:
    return drawing.formula(case.left, case.right, case.condition)


def _claim(drawing: Drawing, claim: Claim, v: Verdict) -> dict[str, Any]:
    """A claim; one whose left side is no member is shown as it was written."""
    if isinstance(claim.left, Ref):
        return _statement(drawing, claim.left, claim.relation, claim.right, v)
    assert claim.written is not None
    letters = sorted((a for a in claim.left.free | claim.right.free if a.family), key=lambda a: a.order)
    return {"of": "", "formula": drawing.as_written(claim.written), "ranges": drawing.ranges(letters),
            **_verdict(drawing, v)}


def _statement(drawing: Drawing, left: Ref, relation: str, right: Expr, v: Verdict) -> dict[str, Any]:
    """An equation or inequality that the page states, for which members, and what was found out about it."""
    letters = [p.letter for p in left.indices if p.letter is not None]
    return {"of": left.name, "formula": drawing.formula(left, right, relation=relation),
            "ranges": drawing.ranges(letters), **_verdict(drawing, v)}


def _verdict(drawing: Drawing, v: Verdict) -> dict[str, Any]:
    counterexample = None
    if v.counterexample is not None:
        inputs = {_displayed(drawing, name): value for name, value in v.counterexample.inputs.items()}
        counterexample = {**asdict(v.counterexample), "inputs": inputs, "at": _displayed(drawing, v.counterexample.at)}
    return {"verdict": v.verdict, "by": v.by, "uses": [drawing.use(u) for u in v.uses], "detail": v.detail,
            "counterexample": counterexample}


def _displayed(drawing: Drawing, member: str) -> str:
    """`delta_f[1,1]` as `δ_f[1,1]`, `dh/dh[2,1,0,1]` as `∂h^(2)[1]/∂h^(0)[1]`."""
    name, bracket, rest = member.partition("[")
    if sides(name)[0] or moment_named(name):
        return drawing.entry(Ref(name, [int(k) for k in rest.rstrip("]").split(",") if k]))[0]
    return drawing.name(name)[0] + bracket + rest


# -- facts --------------------------------------------------------------------------------------------------------
def _facts(study: Study) -> dict[str, dict[str, str]]:
    """Each fact with the weakest verdict of what it stands for, and nothing for a definition or an experiment: there
    the comparison with the references decides, or what was seen. A fact that stands for nothing on the page is not
    shown. One that is false as it is commonly stated is refuted, and what was `corrected` has the verdict of the rest.
    """
    return {key: {**words, **_fact_verdict(study, key)} for key, words in study.entry.facts.items()}


def _fact_verdict(study: Study, fact: str) -> dict[str, str]:
    tags = study.page.facts.get(fact, [])
    stated = [study.mistakes[int(what)][1] for kind, what in tags if kind == "mistake"]
    rest = [(kind, what) for kind, what in tags if kind != "mistake"]
    found = [v for kind, what in rest for v in _tag_verdicts(study, kind, what)]
    watched = any(e.fact == fact for e in study.entry.experiments)
    verdict = min(found, key=_strength) if found else "" if rest or watched else "not shown"
    if not stated:
        return {"verdict": verdict}
    refuted = all(v.verdict == REFUTED for v in stated)
    return {"verdict": REFUTED if refuted and verdict in {"", *PASSING} else "not shown", "corrected": verdict}


def _tag_verdicts(study: Study, kind: str, what: str) -> list[str]:
    if kind == "claim":
        return [study.claims[int(what)][1].verdict]
    if kind == "gradient":
        return [s.verdict for s in study.derivation.of(what).steps] or ["not shown"]
    if kind in ("jacobian", "moment"):
        steps = [s for d in study.derivation.derivatives if d.name == what for s in d.steps]
        return [s.verdict for s in steps] or ["not shown"]
    return []


def _strength(verdict: str) -> int:
    order = ("refuted", "not shown", "undecided", "verified", "proved")
    return order.index(verdict) if verdict in order else 0
