"""Whole documents: each is read, derived and proved, and its wrong claims are refuted."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest

from derive.documents import read_document
from verify import numeric
from verify.draws import numeric_sizes
from verify.study import Study, study

PAGES = sorted((Path(__file__).parent / "pages").glob("*.md"))
REFUTED = {"rnn": ["21:1"], "softmax_wrong": ["7:1"], "jacobian_product": ["8:1"], "moving_average": ["9:1"],
           "identities": ["9:1"], "hopfield": ["7:1"], "boltzmann": ["7:1"], "barlow_twins": ["9:1"],
           "linear_chain": ["10:1"], "euler_steps": ["8:1"], "trace": ["7:1"], "three_layers": ["9:1"],
           "divergence": ["7:1"], "labels_above": ["11:3"], "powers_and_norms": ["9:1"],
           "weight_decay": ["7:1"]}
_STUDIES: dict[str, Study] = {}


def studied(name: str) -> Study:
    if name not in _STUDIES:
        path = Path(__file__).parent / "pages" / f"{name}.md"
        _STUDIES[name] = study(read_document(path.read_text(encoding="utf-8"), name).entry)
    return _STUDIES[name]


@pytest.mark.parametrize("name", [p.stem for p in PAGES])
def test_every_step_is_proved_and_only_wrong_claims_are_refuted(name):
    found = studied(name)
    steps = [s for d in found.derivation.derivatives for s in d.steps]
    assert steps and {s.verdict for s in steps} == {"proved"}
    assert [c.fact for c, v in found.claims if not v.passed] == REFUTED.get(name, [])
    assert all(v.counterexample for _, v in found.claims if not v.passed)


@pytest.mark.parametrize("name", ["mlp_latex", "layers", "adam", "attention", "gelu", "rms_norm",
                                  "numbered_layers", "backpropagation", "divergence", "three_layers", "labels_above",
                                  "clipped_policy", "powers_and_norms"])
def test_derived_gradients_agree_with_autodiff(name):
    found = studied(name)
    found.entry.cases = numeric_sizes(found.page.program, 1)
    checks = numeric.checks(found.entry, found.page, found.derivation, backends=("torch",), seeds=(0,),
                            regimes=("plain",))
    assert checks and all(c.passed for c in checks)
    sizes = [n for n in checks[0].sizes.values() if isinstance(n, int)]
    assert len(set(sizes)) == len(sizes)


@pytest.mark.parametrize(("name", "wanted"), [
    ("mlp", ["ŷ", "W_2", "b_2", "W_1"]),
    ("layer_norm", ["γ", "x"]),
    ("lstm", ["x", "W_f", "W_i", "W_g", "W_o", "b_f", "b_i", "b_g", "b_o", "h", "c"]),
    ("layers", ["z", "W", "b"]),
])
def test_what_a_document_wants_derived(name, wanted):
    """The names by which it differentiates; all inputs and initial states where it differentiates by none."""
    assert sorted(studied(name).page.wanted) == sorted(normalize("NFD", w) for w in wanted)


def test_derivatives_keep_the_names_that_a_document_gives_them():
    assert studied("rnn").page.wanted["a"] == "δ"


@pytest.mark.parametrize(("name", "loss"), [("mlp", "L"), ("ridge", "J"), ("lstm", None), ("layer_norm", None)])
def test_the_loss_is_the_programs_own_scalar_or_an_arbitrary_one(name, loss):
    program = studied(name).page.program
    assert program.loss == loss and bool(program.outputs) == (loss is None)


def test_shapes_that_nobody_declares_are_told():
    assert studied("mlp").entry.inferred == ["b_1 ∈ ℝ^{m}", "b_2 ∈ ℝ^{k}"]


def test_text_and_latex_make_the_same_program():
    """b^{(1)} is b_1: what differs is how it was written."""
    one, other = (studied(n).page.program for n in ("mlp", "mlp_latex"))
    assert [e.name for e in one.equations] == [e.name for e in other.equations]
    shapes = [{n: [str(a.high) for a in v.axes] for n, v in p.variables.items()} for p in (one, other)]
    assert shapes[0] == shapes[1]
