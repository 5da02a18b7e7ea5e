"""What a document's verdicts add up to. Works on plain data; imports nothing heavy."""

from __future__ import annotations

from cli.words import phrase, verdict

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any


Document = dict
SHOWN = ("proved", "verified")
BACKENDS = ("torch", "jax")


def run_key(device: str, dtype: str) -> str:
    """Under which a document keeps the numbers of one device and dtype."""
    return f"{device}/{dtype}"


def runs(document: Document, device: str, dtype: str) -> dict[str, dict[str, Any]]:
    """The numeric runs by backend: `{made, versions, checks}`."""
    return document["numbers"].get(run_key(device, dtype), {})


def tally(document: Document) -> list[tuple[str, int, int]]:
    """(key of a phrase, how many hold, how many there are) for steps, closed forms and mistakes."""
    steps = [s for d in document["derivatives"] for s in d["steps"]]
    return [("steps proved", sum(s["verdict"] == "proved" for s in steps), len(steps)),
            ("claims shown", sum(c["verdict"] in SHOWN for c in document["claims"]), len(document["claims"])),
            ("mistakes refuted", sum(m["verdict"] == "refuted" for m in document["mistakes"]),
             len(document["mistakes"]))]


def tally_text(document: Document, language: str) -> str:
    """`76/76 steps proved, 5/5 closed forms shown, 4/4 mistakes refuted`"""
    return ", ".join(f"{good}/{total} {phrase(key, language)}" for key, good, total in tally(document) if total)


def symbolic_passed(document: Document) -> bool:
    """Every step proved, every claim shown, every mistake refuted; with neither step nor claim nothing is shown."""
    steps, claims, mistakes = tally(document)
    return steps[2] + claims[2] > 0 and all(good == total for _, good, total in (steps, claims, mistakes))


def run_passed(run: dict[str, Any]) -> bool:
    """What `verify.report` said when the run was made: comparisons were made, all passed, and one at least was with an
    independent reference."""
    return run["passed"] is True


def passed(document: Document, device: str, dtype: str) -> bool:
    """Nothing failed. Numbers that were not run fail nothing: what is missing is printed instead."""
    return symbolic_passed(document) and all(run_passed(r) for r in runs(document, device, dtype).values())


def by_reference(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The comparisons of a run, put together by what they were made against."""
    groups: dict[str, dict[str, Any]] = {}
    for check in run["checks"]:
        group = groups.setdefault(check["against"], {
            "against": check["against"], "count": 0, "observed": 0, "no_value": 0, "skipped": {}, "largest": None,
            "failed": [], "sizes": [], "seeds": [], "devices": []})
        if check["skipped"]:
            group["skipped"][check["skipped"]] = group["skipped"].get(check["skipped"], 0) + 1
            continue
        if check["no_value"]:
            group["no_value"] += 1
            continue
        group["count"] += 1
        group["observed"] += check.get("observed") is not None
        for key, value in (("sizes", check["sizes"]), ("seeds", check["seed"]), ("devices", check["device"])):
            if check["regime"] == "plain" and not check.get("observed") and value not in group[key]:
                group[key].append(value)
        if not check["passed"]:
            group["failed"].append(named(check))
        error = check["max_relative_error"]
        if error is not None and (group["largest"] is None or not error <= group["largest"]):
            group["largest"] = error
    return list(groups.values())


def named(check: dict[str, Any]) -> str:
    """The fact of a check that failed, and how to draw its numbers again where they were not ordinary ones."""
    if check["regime"] == "plain":
        return check["fact"]
    return f"{check['fact']} ({check['regime']}, {sizes_text(check['sizes'])}, seed {check['seed']})"


def fact_verdict(document: Document, fact: str) -> str:
    """The verdict on a fact: the weakest of its proofs. A definition has none: it agrees where the outputs and
    gradients that are made of it agree with the references; nor has what was seen in an experiment."""
    kept = [run for runs_ in document["numbers"].values() for run in runs_.values()]
    about = [c for run in kept for c in run["checks"] if c["fact"].partition(":")[0] == fact
             and not c["skipped"] and not c["no_value"]]
    if not all(c["passed"] for c in about):
        return "failed"
    known = document["facts"][fact]
    if known["verdict"] and known.get("corrected", known["verdict"]):
        return known["verdict"]
    if not kept or not all(map(run_passed, kept)):
        return "failed" if kept else "not run"
    return known["verdict"] or ("observed" if any(c.get("observed") for c in about) else "agrees")


def summary(document: Document) -> dict[str, Any]:
    """What a list of entries needs to know."""
    kept = [run for runs_ in document["numbers"].values() for run in runs_.values()]
    fine = symbolic_passed(document) and all(map(run_passed, kept))
    return {"facts": {fact: fact_verdict(document, fact) for fact in document["facts"]},
            "verdict": "failed" if not fine else "passed" if kept else "not run"}


def error_text(value: Any) -> str:
    """A relative error in two digits."""
    return "–" if value is None else f"{value:.1e}" if value else "0"


def comparison_cells(group: dict[str, Any], language: str) -> list[str]:
    """How often, how far apart, and whether that passed: the end of a table row about one reference."""
    if not group["count"]:
        return ["", "", verdict("skipped", language)]
    outcome = "failed" if group["failed"] else "passed"
    untold = f", {group['no_value']} {phrase('without a value', language)}" if group["no_value"] else ""
    if group["observed"] == group["count"]:
        return [f"{group['count']} {phrase('observations', language)}", "", verdict(outcome, language)]
    return [f"{group['count']} {phrase('comparisons', language)}{untold}",
            f"{phrase('error', language)} ≤ {error_text(group['largest'])}", verdict(outcome, language)]


def sizes_text(sizes: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in sizes.items())
