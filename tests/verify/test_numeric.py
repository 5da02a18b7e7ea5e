"""The numeric part: wrong gradients and wrong references must fail, and right ones must pass everywhere."""

from dataclasses import replace

import numpy
import pytest

from derive.derivation import Derivation
from derive.entry import Reference
from derive.expression import Guard, expression, indicator, ref
from derive.index import poly
from tests.verify.wrong import derived, with_body, with_reference
from verify import backends, numeric
from verify.backends import DeviceError, LibraryError
from verify.runs import Run
from verify.verdict import Check

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("jax", reason="jax is not installed")


def printed(checks) -> set[str]:
    """The names, without the facts under which they are filed."""
    return {c.fact.split(":")[-1] for c in checks}


def failing(checks: list[Check]) -> set[str]:
    assert checks
    return printed(c for c in checks if not c.passed)


def on_torch(entry, page, derivation: Derivation, **options) -> list[Check]:
    small = replace(entry, cases=entry.cases[:1])
    return numeric.checks(small, page, derivation, backends=("torch",), seeds=(0,), regimes=("plain",), **options)


# -- wrong gradients ------------------------------------------------------------------------------------------------
def test_a_wrong_guard_that_breaks_only_the_initial_state_fails_there_and_only_there():
    """∂h[t] without the path from the gates of step 1 back to h[0]."""
    entry, page, derivation = derived("lstm")
    t = derivation.of("h").equation.letters[0]
    wrong = with_body(derivation, "∂h", lambda body: indicator(poly(t) - 1) * body)
    assert failing(on_torch(entry, page, derivation)) == set()
    found = on_torch(entry, page, wrong)
    assert failing(found) == {"∂h[0]"}
    assert {c.against for c in found if not c.passed} == {"torch.autograd", "torch.nn.LSTM"}


def test_a_dropped_path_through_the_cell_fails():
    """∂c[t] without what the cell carries back from step t + 1."""
    entry, page, derivation = derived("lstm")
    t = derivation.of("c").equation.letters[0]

    def without_carry(body):
        kept = [term for term in body.terms if not any(n == Guard(poly(t.high) - t - 1) for n, _ in term.factors)]
        assert 0 < len(kept) < len(body.terms)
        return type(body)(kept)
    found = failing(on_torch(entry, page, with_body(derivation, "∂c", without_carry)))
    assert {"∂c", "∂c[0]", "∂x", "∂W_f"} <= found and "h" not in found


@pytest.mark.parametrize("name, gradient", [
    ("mlp", "∂b"), ("softmax_cross_entropy", "∂z"), ("batch_norm", "∂beta")])
def test_a_wrong_sign_a_tiny_factor_and_nan_fail(name, gradient):
    entry, page, derivation = derived(name)
    for change in (lambda body: -body, lambda body: body * (1 + expression(1) / 10**8),
                   lambda body: body * (ref(page.program.inputs[0], *_first(page)) * 0) ** -1):
        found = on_torch(entry, page, with_body(derivation, gradient, change))
        assert gradient in failing(found)
        assert all(c.max_relative_error is None or c.max_relative_error > 1e-10 for c in found if not c.passed)


def _first(page):
    return [a.low for a in page.program.variables[page.program.inputs[0]].axes]


def test_a_wrong_jacobian_fails():
    entry, page, derivation = derived("softmax_cross_entropy")
    i, j = next(d for d in derivation.derivatives if d.value).equation.letters
    wrong = with_body(derivation, "∂p/∂z", lambda body: ref("p", i) * (1 - ref("p", j)))
    assert failing(on_torch(entry, page, wrong)) == {"∂p/∂z"}


def test_a_wanted_gradient_that_is_not_derived_fails():
    entry, page, derivation = derived("lstm")
    fewer = Derivation(derivation.program, [d for d in derivation.derivatives if d.of != "x"])
    assert failing(on_torch(entry, page, fewer)) == {"∂x"}


# -- wrong references -----------------------------------------------------------------------------------------------
def test_a_transposed_weight_in_a_reference_fails():
    entry, page, derivation = derived("lstm")

    def transposed(v):
        H = v["b_f"].shape[0]
        W = v["W_g"].clone()
        W[:, :H] = v["W_g"][:, :H].T
        return v | {"W_g": W}
    found = on_torch(with_reference(entry, "torch", transposed), page, derivation)
    assert "h" in failing(found)
    assert all(c.passed for c in found if c.against == "torch.autograd")


def test_swapped_gates_in_a_reference_fail():
    entry, page, derivation = derived("lstm")
    swapped = with_reference(entry, "torch", lambda v: v | {"W_i": v["W_f"], "W_f": v["W_i"]})
    assert {"h", "∂W_i", "∂c[0]"} <= failing(on_torch(swapped, page, derivation))


def test_an_input_that_a_reference_ignores_fails():
    entry, page, derivation = derived("lstm")
    deaf = with_reference(entry, "torch", lambda v: v | {"c[0]": v["c[0]"].detach()})
    assert failing(on_torch(deaf, page, derivation)) == {"∂c[0]"}


@pytest.mark.parametrize("run, says", [
    (lambda torch, v: 1 / 0, "ZeroDivisionError: division by zero"),
    (lambda torch, v: {}, "KeyError: 'loss'"),
    (lambda torch, v: {"p": v["z"]}, "KeyError: 'loss'"),
])
def test_a_reference_that_raises_or_returns_too_little_fails_and_says_so(run, says):
    entry, page, derivation = derived("softmax_cross_entropy")
    found = on_torch(replace(entry, references=[Reference("torch", "theirs", run)]), page, derivation)
    bad = [c for c in found if not c.passed]
    assert {c.against for c in bad} == {f"theirs: {says}"} and bad[0].skipped is None


def test_a_name_that_the_program_does_not_define_fails():
    entry, page, derivation = derived("softmax_cross_entropy")
    original = next(r for r in entry.references if r.backend == "torch").run
    more = Reference("torch", "theirs", lambda torch, v: original(torch, v) | {"q": v["z"]})
    assert failing(on_torch(replace(entry, references=[more]), page, derivation)) == {"q"}


def test_an_entry_without_a_reference_fails():
    entry, page, derivation = derived("softmax_cross_entropy")
    found = on_torch(replace(entry, references=[]), page, derivation)
    assert [c.against for c in found if not c.passed] == ["no independent reference"]


def test_a_library_that_a_reference_needs_is_named():
    entry, page, derivation = derived("softmax_cross_entropy")

    def run(torch, v):
        import no_such_library  # noqa: F401
    with pytest.raises(LibraryError, match=r"no_such_library is not installed: pip install 'derive\[verify\]'"):
        on_torch(replace(entry, references=[Reference("torch", "theirs", run)]), page, derivation)


# -- right ones -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["lstm", "mlp", "mlp_batch", "batch_norm", "softmax_cross_entropy"])
def test_every_entry_passes_on_torch_far_below_the_tolerance(name):
    entry, page, derivation = derived(name)
    found = numeric.checks(entry, page, derivation, backends=("torch",), regimes=("plain",))
    assert failing(found) == set() and max(c.max_relative_error for c in found) < 1e-13
    assert {c.seed for c in found} == {0, 1} and [c.sizes for c in found if c.sizes not in entry.cases] == []


@pytest.mark.parametrize("name", ["mlp", "softmax_cross_entropy"])
def test_entries_pass_on_jax(name):
    entry, page, derivation = derived(name)
    found = numeric.checks(replace(entry, cases=entry.cases[-1:]), page, derivation, backends=("jax",), seeds=(0,),
                           regimes=("plain",))
    assert failing(found) == set() and max(c.max_relative_error for c in found) < 1e-13


def test_every_wanted_gradient_and_every_boundary_is_compared_with_autodiff_and_a_reference():
    entry, page, derivation = derived("lstm")
    found = on_torch(entry, page, derivation)
    by_autodiff = printed(c for c in found if c.against == "torch.autograd")
    assert by_autodiff == set(page.wanted.values()) | {"∂h[0]", "∂c[0]", "∂c/∂c"}
    by_reference = printed(c for c in found if c.against == "torch.nn.LSTM")
    assert {"h", "∂h[0]", "∂c[0]", "∂x", *(f"∂{p}_{g}" for p in "Wb" for g in "figo")} == by_reference
    assert {c.fact for c in found} >= {"lstm-backward:∂W_f", "lstm-hidden:h"}
    assert next(c for c in found if c.fact == "lstm-backward:∂W_f").versions.keys() == {"python", "torch", "numpy"}


def test_float32_has_a_wider_tolerance_and_meets_it():
    entry, page, derivation = derived("lstm")
    found = on_torch(entry, page, derivation, dtype="float32")
    assert failing(found) == set() and {c.dtype for c in found} == {"float32"}
    assert max(c.max_relative_error for c in found) > 1e-10


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_a_batch_shares_its_weights(backend):
    """Over a batch, gradients of shared inputs add up; the others are those of each example."""
    entry, page, derivation = derived("lstm")
    opened = backends.find(backend)
    with opened.session():
        whole = Run(entry, page, derivation, opened, {"T": 1, "H": 2, "D": 4}, 0, batch=3)
        found = whole.derived()
        assert whole.inputs["x"].shape == (3, 1, 4) and whole.inputs["W_f"].shape == (2, 6)
        assert found["W_f"].shape == (2, 6) and found["h[0]"].shape == (3, 2)
        checks = list(whole.against_autodiff())
        assert failing(checks) == set() and checks[0].sizes["batch"] == 3
        single = Run(entry, page, derivation, opened, {"T": 1, "H": 2, "D": 4}, 0).derived()
        assert numpy.allclose(opened.numpy(found["h[0]"])[0], opened.numpy(single["h[0]"]), atol=1e-14)


def test_progress_is_told():
    entry, page, derivation = derived("softmax_cross_entropy")
    told = []
    numeric.checks(entry, page, derivation, backends=("torch",), regimes=("plain",),
                   progress=lambda *counts: told.append(counts))
    assert told == [(k, 4) for k in (1, 2, 3, 4)]


# -- devices --------------------------------------------------------------------------------------------------------
def without_cuda(monkeypatch):
    import torch
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


def test_an_absent_device_is_an_error_or_under_auto_a_counted_skip(monkeypatch):
    without_cuda(monkeypatch)
    entry, page, derivation = derived("softmax_cross_entropy")
    with pytest.raises(DeviceError, match="CUDA"):
        on_torch(entry, page, derivation, device="cuda")
    found = on_torch(entry, page, derivation, device="auto")
    skipped = [c for c in found if c.skipped]
    assert len(skipped) == 1 and "CUDA" in skipped[0].skipped and not skipped[0].passed
    assert {c.device for c in found if not c.skipped} == {"cpu"} and all(c.passed for c in found if not c.skipped)


def test_a_backend_without_autodiff_is_refused():
    entry, page, derivation = derived("softmax_cross_entropy")
    with pytest.raises(LibraryError, match="numpy has no automatic differentiation"):
        numeric.checks(entry, page, derivation, backends=("numpy",))


def test_rounding_errors_are_bounded_once_for_all_libraries_and_once_for_each_input():
    entry, page, derivation = derived("softmax_cross_entropy")
    shared = {}

    def bounds(name, seed, derivation=derivation):
        backend = backends.find(name)
        with backend.session():
            return Run(entry, page, derivation, backend, entry.cases[0], seed, bounded=shared).bounds

    first = bounds("torch", 0)
    assert bounds("jax", 0) is first
    assert bounds("torch", 1) is not first and bounds("torch", 0, page.derive()) is not first and len(shared) == 3


# -- the bar --------------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_an_lstm_of_real_size():
    entry, page, derivation = derived("lstm")
    found = numeric.real_size(entry, page, derivation, {"T": 20, "H": 128, "D": 64}, 32)
    assert failing(found) == set() and {c.against for c in found} == {"torch.nn.LSTM", "flax.linen.LSTMCell"}
    for backend in ("torch", "jax"):
        own = [c for c in found if c.backend == backend]
        assert {"h", "∂h[0]", "∂c[0]", "∂x", *(f"∂{p}_{g}" for p in "Wb" for g in "figo")} <= printed(own)
        assert max(c.max_relative_error for c in own) < 1e-10
