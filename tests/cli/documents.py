"""A small document made by hand: the printers are tested without the engine. Its words try to be read as markup."""

from __future__ import annotations

from typing import Any

from cli.summary import run_key


def side(left: str, right: str, condition: str | None = None) -> dict[str, Any]:
    return {"left": [left, left], "relation": ["=", "="], "right": [right, right],
            "condition": None if condition is None else [condition] * 2,
            "by_member": left.endswith("]")}


def formula(left: str, right: str, condition: str | None = None) -> dict[str, Any]:
    """The same in both notations, but that the index notation has an index."""
    return {"matrix": side(left, right, condition), "index": side(f"{left}[r]", right, condition)}


def document(**changes: Any) -> dict[str, Any]:
    """A document in which everything is shown, with the given parts replaced."""
    step = {"rule": "chain_rule", "before": None, "after": formula("∂L/∂W_f", "Σ_t δ_f^(t) [h, x]ᵀ"), "lemma": None,
            "uses": [["a_f", "a_{f}"], ["tanh' = 1 − tanh²", ""]], "verdict": "proved", "detail": ""}
    case = {**step, "rule": "cases", "before": step["after"], "after": formula("∂L/∂W_f", "[bold]0[/bold]", "t = T"),
            "uses": []}
    counterexample = {"sizes": {"T": 1}, "inputs": {"h[0]": ["1/2", "-3"]}, "at": "delta_f[1]", "left": "0.25",
                      "right": "0.5", "seed": 7}
    judged = {"uses": [["z", "z"]], "detail": "", "counterexample": None}
    made = {
        "version": 1, "name": "sample", "title": {"en": "A *sample* of [h, x]", "zh": "样例"}, "section": "9.9",
        "source": "Nobody & Co_2026, 50%", "loss": "L", "made": "2026-01-02T03:04:05Z",
        "versions": {"python": "3.11.7", "sympy": "1.14.0"},
        "facts": {"sample-gate": {"kind": "definition", "en": "Gate", "zh": "门", "verdict": ""},
                  "sample-backward": {"kind": "gradient", "en": "Backward", "zh": "反向", "verdict": "proved"}},
        "inputs": [{"name": ["x^(t)", "x^{(t)}"], "shape": ["D", "D"]}],
        "arriving": [{"name": ["v", "v"], "of": ["h", "h"]}],
        "forward": [{"name": "z", "formula": formula("z^(t)", "[h^(t−1), x^(t)]"),
                     "ranges": {"matrix": ["t = 1…T", "t"], "index": ["t = 1…T, q = 1…D", "t"]},
                     "facts": ["sample-gate"]}],
        "derivatives": [{"of": ["W_f", "W_{f}"], "name": "∂W_f", "label": ["∂L/∂W_f", "l"],
                         "aliases": ["W_f", "∂W_f", "dW_f"], "shown": True, "moment": False,
                         "facts": ["sample-backward"], "ranges": {"matrix": None, "index": None},
                         "steps": [step, case], "result": [case["after"]]}],
        "claims": [{"fact": "sample-backward", "of": "∂W_f", "formula": formula("∂L/∂W_f", "Σ_t δ_f^(t) [h, x]ᵀ"),
                    "ranges": {"matrix": None, "index": ["r = 1…H", "r"]}, "verdict": "proved",
                    "by": "normal form", **judged}],
        "mistakes": [{"fact": None, "of": "∂W_f", "formula": formula("∂L/∂W_f", "0"),
                      "ranges": {"matrix": None, "index": ["r = 1…H", "r"]},
                      "why": {"en": "forgets <script>", "zh": "忘了"}, "verdict": "refuted", "by": "ball arithmetic",
                      **judged, "counterexample": counterexample}],
        "conventions": [{"en": "torch stacks i_f [bold]", "zh": "约定"}],
        "assumptions": ["Σ y = 1"],
        "numbers": {},
    }
    return {**made, **changes}


def check(**changes: Any) -> dict[str, Any]:
    return {"fact": "sample-gate:f", "against": "torch.nn.LSTM", "backend": "torch", "device": "cpu",
            "dtype": "float64", "sizes": {"T": 5, "H": 3}, "seed": 0, "max_relative_error": 2.5e-16,
            "passed": True, "skipped": None, "regime": "plain", "no_value": None, "redrawn": 0, **changes}


def observation(**changes: Any) -> dict[str, Any]:
    seen = {"en": "The loss rises <b>", "zh": "损失上升", "text": "2 > 1", "wrong": False, "holds": True}
    return check(fact="sample-gate", against="torch.optim.SGD", sizes={}, max_relative_error=None,
                 observed={**seen, **changes})


def with_numbers(*checks: dict[str, Any], device: str = "cpu", dtype: str = "float64") -> dict[str, Any]:
    made = [c for c in checks if not c["skipped"]]
    run = {"made": "2026-01-02T03:05:00Z", "versions": {"torch": "2.13.0"}, "checks": list(checks),
           "passed": bool(made) and all(c["passed"] for c in made)}
    return document(numbers={run_key(device, dtype): {"torch": run}})
