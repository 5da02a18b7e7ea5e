"""The derivations of a row: all steps, or those that use a rule of calculus or of probability."""

from __future__ import annotations

from dataclasses import dataclass

from cli.sheet.words import Words, rule_words

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any
Forms = list[str]    # see `cli.formulas`

# What the other rules do is bookkeeping: they put in names, multiply out, and pick members of sums.
KEY = frozenset(["chain_rule", "total", "jacobian", "differentiate", "variance", "linearity", "independence", "moments",
                 "integral", "vanish", "known_sum", "assume", "cases"])


@dataclass(frozen=True)
class Step:
    """`left = right` by a rule. `chained`: the line above has the same left side. `uses` are formulas or words."""

    number: int
    rule: Words
    uses: list[Forms]
    left: Forms
    right: Forms
    note: Forms | None
    chained: bool
    verdict: str

    @property
    def equation(self) -> str:
        return f"{self.left[0]} = {self.right[0]}"

    @property
    def text(self) -> str:
        return self.equation + (f" ({self.note[0]})" if self.note else "")


@dataclass(frozen=True)
class Derivation:
    """How one derivative came about."""

    label: Forms
    steps: list[Step]


def derivations(derivatives: list[dict[str, Any]], wanted: str, notation: str) -> list[Derivation]:
    """None of the derivations, those of all derivatives, or their key steps: the last one is always among them."""
    if wanted == "none":
        return []
    return [Derivation(d["label"], _steps(d, wanted, notation)) for d in derivatives if d["steps"]]


def _steps(d: dict[str, Any], wanted: str, notation: str) -> list[Step]:
    found: list[Step] = []
    left = None
    for number, step in enumerate(d["steps"], start=1):
        if wanted == "key" and step["rule"] not in KEY and number < len(d["steps"]):
            continue
        side = step["after"][notation]
        rule = rule_words(step["rule"])
        if step["lemma"] is not None:
            rule = {k: f"{words}: {step['lemma'][0]} = 0" for k, words in rule.items()}
        found.append(Step(number, rule, step["uses"], side["left"], side["right"], side["condition"],
                          left == side["left"] and side["condition"] is None, step["verdict"]))
        left = side["left"] if side["condition"] is None else None
    return found


