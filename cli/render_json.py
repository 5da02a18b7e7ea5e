"""One entry as a JSON object.

    {"version": 1, "name", "title": {"en", "zh"}, "section", "source", "notation", "loss",
     "forward":     [{"name", …equation}],
     "derivatives": [{"of", "name", "label", "shown",
                      "steps":  [{"rule", "words": {"en", "zh"}, "before": expression, "after": expression,
                                  "condition", "lemma", "uses": [text], "verdict", "detail"}],
                      "result": [equation]}],
     "claims":      [{"fact", "of", …equation, "verdict", "by", "uses", "detail"}],
     "mistakes":    [{"fact", "of", …equation, "why": {"en", "zh"}, "verdict", "by", "detail", "counterexample"}],
     "conventions": [{"en", "zh"}], "assumptions": [text], "inferred": [text],
     "verdict":     {"passed", "symbolic": {"passed", "steps": [shown, all], "claims", "mistakes", "made", "versions",
                     "cached"}, "numeric": [{"backend", "device", "dtype", "passed", "made", "versions", "cached",
                     "references": [{"against", "comparisons", "without_value", "largest_relative_error", "sizes",
                     "seeds", "devices", "failed", "skipped"}], "observations": [{"fact", "against", "seed", "passed",
                     "en", "zh", "text", "wrong", "holds"}]}], "not_run": text or null}}

An equation is `{"left", "right", "condition", "text", "latex"}`; `left`, `right` and `condition` are Unicode text.
`before` and `after` are `{"text", "latex"}`: the right side, or for the cases of a result the whole equation.
"""

from __future__ import annotations

from cli.page import Options, chosen
from cli.spans import latex_equation, ranges_of, text_equation
from cli.summary import by_reference, passed, run_passed, runs, symbolic_passed, tally
from cli.words import RULES

Json = dict


def as_json(document: Json, options: Options) -> Json:
    """The document in one notation, as the module says. With `only`, one derivative and what is said about it; with
    `fact`, what stands for it."""
    which = options.notation
    return {
        **{key: document[key] for key in ("version", "name", "title", "section", "source")},
        "notation": which, "loss": document["loss"],
        "forward": [{"name": e["name"], **equation(e["formula"][which], e)} for e in document["forward"]],
        "derivatives": [_derivative(d, which) for d in chosen(document, "derivatives", options)],
        "claims": [_judged(c, which, ("fact", "of")) for c in chosen(document, "claims", options)],
        "mistakes": [_judged(m, which, ("fact", "of", "why")) for m in chosen(document, "mistakes", options)],
        "conventions": document["conventions"], "assumptions": document["assumptions"],
        "inferred": document.get("inferred", []),
        "verdict": _verdict(document, options),
    }


def equation(side: Json, row: Json) -> Json:
    """One side of a formula, with the ranges that its row gives."""
    ranges = ranges_of(row, side)
    return {"left": side["left"][0], "relation": side["relation"][0], "right": side["right"][0],
            "condition": side["condition"][0] if side["condition"] else None,
            "text": text_equation(side, ranges), "latex": latex_equation(side, ranges)}


def _derivative(d: Json, which: str) -> Json:
    return {"of": d["of"][0], "name": d["name"], "label": d["label"][0], "shown": d["shown"],
            "steps": [_step(s, which, d) for s in d["steps"]],
            "result": [equation(f[which], d) for f in d["result"]]}


def _step(step: Json, which: str, d: Json) -> Json:
    after = step["after"][which]
    before = step["before"][which] if step["before"] else None
    en, zh = RULES.get(step["rule"], (step["rule"], step["rule"]))
    return {"rule": step["rule"], "words": {"en": en, "zh": zh},
            "before": _right(before) if before else {"text": after["left"][0], "latex": after["left"][1]},
            "after": _right(after) if not after["condition"] else
            {"text": text_equation(after), "latex": latex_equation(after)},
            "condition": after["condition"][0] if after["condition"] else None,
            "lemma": {"text": step["lemma"][0], "latex": step["lemma"][1]} if step["lemma"] else None,
            "uses": [u[0] for u in step["uses"]], "verdict": step["verdict"], "detail": step["detail"]}


def _right(side: Json) -> Json:
    return {"text": side["right"][0], "latex": side["right"][1]}


def _judged(row: Json, which: str, keys: tuple[str, ...]) -> Json:
    return {**{k: row[k] for k in keys}, **equation(row["formula"][which], row),
            "verdict": row["verdict"], "by": row["by"],
            "uses": [u[0] for u in row["uses"]], "detail": row["detail"], "counterexample": row["counterexample"]}


def _verdict(document: Json, options: Options) -> Json:
    counts = {key.split()[0]: [good, total] for key, good, total in tally(document)}
    kept = runs(document, options.device, options.dtype)
    return {
        "passed": passed(document, options.device, options.dtype),
        "symbolic": {"passed": symbolic_passed(document), **counts, "made": document["made"],
                     "versions": document["versions"], "cached": options.cached},
        "numeric": [{"backend": backend, "device": options.device, "dtype": options.dtype, "passed": run_passed(run),
                     "made": run["made"], "versions": run["versions"],
                     "cached": options.cached and backend not in options.fresh,
                     "references": [_reference(g) for g in by_reference(run)],
                     "observations": [_observation(c) for c in run["checks"] if c.get("observed")]}
                    for backend, run in kept.items()],
        "not_run": options.pending or None,
    }


def _observation(check: Json) -> Json:
    return {**{key: check[key] for key in ("fact", "against", "seed", "passed")}, **check["observed"]}


def _reference(group: Json) -> Json:
    return {"against": group["against"], "comparisons": group["count"], "without_value": group["no_value"],
            "largest_relative_error": group["largest"],
            **{key: group[key] for key in ("sizes", "seeds", "devices", "failed", "skipped")}}
