"""What the verdict of a row rests on: proofs, and comparisons with other people's code."""

from __future__ import annotations

from cli.sheet.words import LANGUAGES, Words, joined, phrase_words, plain, verdict_words, way_words, word
from cli.summary import SHOWN, by_reference, error_text, run_passed

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

PASSING = (*SHOWN, "agrees", "observed")


def kept_runs(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [run for runs in document["numbers"].values() for run in runs.values()]


def checks_about(document: dict[str, Any], fact: str, names: set[str]) -> list[dict[str, Any]]:
    """The comparisons of a fact; without one, those of the names that no fact speaks of."""
    found = []
    for run in kept_runs(document):
        for check in run["checks"]:
            about, _, _ = check["fact"].partition(":")
            if about == fact if fact else about.partition("[")[0] in names:
                found.append(check)
    return found


def untold_verdict(document: dict[str, Any], verdicts: list[str], names: set[str]) -> str:
    """The verdict on what no fact speaks of: on derivatives and claims the weakest of their steps and their own, on a
    definition that of the runs."""
    if any(not c["passed"] and not c["skipped"] and not c["no_value"] for c in checks_about(document, "", names)):
        return "failed"
    if verdicts:
        return "not shown" if set(verdicts) - set(SHOWN) else "verified" if "verified" in verdicts else "proved"
    kept = kept_runs(document)
    return "not run" if not kept else "agrees" if all(map(run_passed, kept)) else "failed"


def evidence(document: dict[str, Any], fact: str, names: set[str], ways: list[str], steps: int) -> Words:
    """`normal form; 21 steps proved; torch.autograd ≤ 3.7e-13, jax.grad ≤ 2.5e-15`"""
    each = dict.fromkeys(way for several in ways for way in several.split(", "))
    parts = [joined(list(map(way_words, each)))] if each else []
    if steps:
        parts.append(joined([plain(str(steps)), word("steps")], " "))
    compared = by_reference({"checks": checks_about(document, fact, names)})
    numbers = [_compared(group) for group in compared if group["count"]]
    if numbers:
        parts.append(joined(numbers))
    if not parts and kept_runs(document):    # a definition: what is made of it was compared
        every = dict.fromkeys(c["against"] for run in kept_runs(document) for c in run["checks"] if not c["skipped"])
        parts = [joined([word("by its results"), plain(", ".join(every))], ": ")]
    return joined(parts, "; ") if parts else word("no evidence")


def observed(document: dict[str, Any], fact: str) -> list[Words]:
    """What experiments saw, once each; what people expect, and was not seen, is told as such."""
    found: dict[str, Words] = {}
    for run in kept_runs(document):
        for check in run["checks"]:
            seen = check.get("observed")
            if seen is None or check["fact"] != fact:
                continue
            key = "not seen" if seen["wrong"] and check["passed"] else "seen"
            told = joined([phrase_words(key), {k: seen[k] for k in LANGUAGES}, plain(seen["text"])], ": ")
            if not check["passed"]:
                told = joined([told, verdict_words("failed")], ": ")
            found.setdefault(seen["en"], told)
    return list(found.values())


def _compared(group: dict[str, Any]) -> Words:
    if group["observed"] == group["count"]:
        return joined([plain(f"{group['against']}: {group['count']}"), phrase_words("observations")], " ")
    if not group["largest"]:
        return joined([plain(group["against"]), word("exactly")], " ")
    return plain(f"{group['against']} ≤ {error_text(group['largest'])}")


def assumption(text: str) -> Words:
    """A formula; what its sign ⊥ means stands behind it in both languages."""
    shown, sign, meaning = text.partition("(⊥: ")
    languages = meaning.removesuffix(")").split(" / ")
    return {k: f"{shown}{sign}{told})" for k, told in zip(LANGUAGES, languages)} if sign else plain(text)
