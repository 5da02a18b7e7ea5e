"""Error bounds: they hold for what float32 makes of a computation, and are not so large that they tell nothing."""

import numpy
import pytest

from verify.backends import find
from verify.rounding import BoundedBackend, Rounded

UNIT = 2.0**-24
BOUNDS = BoundedBackend()
DRAW = numpy.random.default_rng(0)
POSITIVE = {"log"}


def single(values):
    """Numbers of float32, as float64."""
    return numpy.asarray(values, dtype="float32").astype("float64")


A, B = single(DRAW.standard_normal((40, 30))), single(DRAW.standard_normal((30, 20)))


def assert_bounded(rough, bounded: Rounded, exact) -> None:
    error = abs(numpy.asarray(rough, dtype="float64") - exact)
    assert numpy.allclose(bounded.value, exact, rtol=1e-12, atol=1e-14)
    assert (error <= UNIT * bounded.error + 1e-38).all()


@pytest.mark.parametrize("name", sorted(BOUNDS.functions))
@pytest.mark.parametrize("library", ["numpy", "torch", "jax"])
def test_every_function_of_every_library_stays_within_its_bound(name, library):
    if library != "numpy":
        pytest.importorskip(library, reason=f"{library} is not installed")
    backend = find(library, dtype="float32")
    count = 2 if name in ("max", "min") else 1
    draw = numpy.random.default_rng(len(name))
    arguments = [single(3 * draw.standard_normal(20_000)) for _ in range(count)]
    arguments = [abs(a) for a in arguments] if name in POSITIVE else arguments
    with backend.session():
        rough = backend.numpy(backend.functions[name](*map(backend.array, arguments)))
    bounded = BOUNDS.functions[name](*(Rounded(a) for a in arguments))
    assert_bounded(rough, bounded, find("numpy").functions[name](*arguments))


@pytest.mark.parametrize("compute", [
    lambda a, b: a + 3 * a, lambda a, b: a * a - a, lambda a, b: (a * a + 0.1) ** -0.5, lambda a, b: a ** 3,
    lambda a, b: (a * a).sum(0), lambda a, b: (a * 0.3).sum(), lambda a, b: (a - a.sum() * (1 / 1200)) * 7,
    lambda a, b: 2 / (1 + a * a), lambda a, b: a[3] - a[4]])
def test_arithmetic_stays_within_its_bound(compute):
    rough = compute(A.astype("float32"), B.astype("float32"))
    assert_bounded(rough, compute(Rounded(A), Rounded(B)), compute(A, B))


def test_contractions_in_any_order_stay_within_their_bound_which_is_no_more_than_its_terms():
    bounded = BOUNDS.einsum("ij,jk->ik", [Rounded(A), Rounded(B)])
    assert_bounded(A.astype("float32") @ B.astype("float32"), bounded, A @ B)
    assert_bounded(A.astype("float32")[:, ::-1] @ B.astype("float32")[::-1], bounded, A @ B)
    assert (bounded.error <= 33 * (abs(A) @ abs(B))).all()


def test_an_error_that_came_in_is_carried_on():
    before = Rounded(A, 5.0)
    for after in (before + 1, before * 2, before ** 2, before[2], BOUNDS.einsum("ij,ij->i", [before, Rounded(A)]),
                  BOUNDS.functions["exp"](before), BOUNDS.stack([before, before]), BOUNDS.reshape(before, [-1])):
        assert (after.error > 0.1).any()


def test_cancellation_is_seen():
    """(a + 10⁶) − 10⁶ keeps 6 digits less than a."""
    a = Rounded([1.0, 2.0])
    lost = (a + 1e6) - 1e6
    assert (lost.error >= 1e6).all() and numpy.allclose(lost.value, a.value)
