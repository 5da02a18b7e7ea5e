"""Small documents, and rows that nobody would want to print."""

from __future__ import annotations

from typing import Any

RIGHT = """# Softmax

<!-- derive: assume Σ_k y_k = 1 -->

```
z, y ∈ ℝ^K
p = softmax(z)
L = −Σ_i y_i log p_i
∂L/∂z = p − y
```
"""
WRONG = RIGHT.replace("p − y", "y − p")
UNREADABLE = "$$ q = ⌊ x $$\n"

HOSTILE = ("\x1b[31m\x1b]0;title\x07\r\n::error file=a.md::owned\n::set-output name=a::b\n##[add-mask]x ###[debug]x "
           "##vso[task.setvariable variable=a]b %0A%25 , : \u202eevil\u2066 \u200b\x00\x9b31m <b>&amp;\"'</b> ]]> "
           "[bold]x[/bold] \ufffe \U000e0041 $(rm) `x`")


def row(**changed: Any) -> dict[str, Any]:
    """A row with the verdict `refuted`, unless something is changed; `evidence` may be given in part."""
    evidence = {"by": "exact arithmetic", "detail": "", "reading": "", "notes": [], "expected": None,
                **changed.pop("evidence", {})}
    counterexample = {"sizes": {"n": 1}, "inputs": {"x": ["1/2"]}, "at": "y[1]", "left": "0.5", "right": "1", "seed": 0}
    return {"line": 3, "column": 5, "source": "y = x", "kind": "claim", "verdict": "refuted", "subject": "y",
            "evidence": evidence, "counterexample": counterexample, "correction": None, "recognised": None,
            "mistake": None, **changed}


def hostile_row(**changed: Any) -> dict[str, Any]:
    """Every text in it comes from an enemy."""
    found = {"sizes": {HOSTILE: 1}, "inputs": {HOSTILE: [HOSTILE]}, "at": HOSTILE, "left": HOSTILE, "right": HOSTILE,
             "seed": 0}
    evidence = {"by": HOSTILE, "detail": HOSTILE, "reading": HOSTILE, "notes": [HOSTILE], "expected": None}
    words = {"en": HOSTILE, "zh": HOSTILE}
    guess = {"entry": HOSTILE, "formula": HOSTILE, "fact": HOSTILE, "title": words, "renaming": {HOSTILE: HOSTILE},
             "difference": {"way": HOSTILE, "here": HOSTILE, "there": HOSTILE}, "guess": True}
    return row(source=HOSTILE, subject=HOSTILE, correction=HOSTILE, counterexample=found, recognised=guess,
               mistake=words, evidence={**evidence, **changed.pop("evidence", {})}, **changed)
