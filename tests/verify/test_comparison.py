"""The measure and the tolerance: what must not pass."""

import math

import numpy
import pytest

from verify.comparison import compare
from verify.report import as_json, entry_passed
from verify.rounding import Rounded
from verify.verdict import Check

ONES = numpy.ones((2, 3))
UNIT = 2.0**-53


def bounds(value, error=1.0):
    """A bound in the shape of a value."""
    return {k: bounds(v, error) for k, v in value.items()} if isinstance(value, dict) else Rounded(value, error)


@pytest.mark.parametrize("found, expected", [
    (ONES * math.nan, ONES), (ONES, ONES * math.nan), (ONES * math.nan, ONES * math.nan),
    (ONES * math.inf, ONES * math.inf), (numpy.ones(0), numpy.ones(0)), (ONES, ONES.T), (ONES, ONES[0]),
    (ONES, numpy.asarray(1.0)), ({}, {}), ({1: ONES}, {2: ONES}), ({1: ONES}, ONES), (ONES, {1: ONES}),
    ({1: ONES, 2: {}}, {1: ONES, 2: ONES}), ({1: ONES, 2: {}}, {1: ONES, 2: {}}),
    ({1: ONES, 2: ONES * math.nan}, {1: ONES, 2: ONES}), ({1: ONES, 2: numpy.ones(0)}, {1: ONES, 2: numpy.ones(0)}),
    (ONES * 1e308, -ONES * 1e308),
])
def test_nan_empty_and_other_shapes_have_no_error_that_could_pass(found, expected):
    result = compare(found, expected, bounds(expected))
    assert result.error is None and not result.passed


@pytest.mark.parametrize("error", [math.nan, math.inf, 1e12])
def test_a_bound_that_tells_nothing_passes_nothing(error):
    assert not compare(ONES, ONES, bounds(ONES, error)).passed


def test_the_error_is_relative_to_the_largest_of_each_array():
    def error(found, expected):
        return compare(found, expected, bounds(expected)).error
    assert error(numpy.asarray([1.0, 101.0]), numpy.asarray([0.0, 100.0])) == 0.01
    assert error({1: ONES, 2: 1.5 * ONES}, {1: ONES, 2: ONES}) == 0.5
    assert error({1: ONES[0] * 1e-17, 2: ONES}, {1: ONES[0] * 0, 2: ONES}) == 1e-17     # one ragged array
    assert error(ONES, ONES) == 0


def test_zeros_that_cancel_are_measured_by_what_was_summed_and_others_must_be_met():
    assert compare(ONES * 1e-16, ONES * 0, bounds(ONES * 0, 3.0)).passed
    assert not compare(ONES * 1e-15, ONES * 0, bounds(ONES * 0, 3.0)).passed
    assert compare(ONES * 0, ONES * 0, bounds(ONES * 0, 0.0)).passed
    assert not compare(ONES * 1e-20, ONES * 0, bounds(ONES * 0, 0.0)).passed


@pytest.mark.parametrize("dtype, unit", [("float64", 2.0**-53), ("float32", 2.0**-24), ("bfloat16", 2.0**-8)])
def test_every_entry_has_its_own_tolerance_in_units_of_the_dtype(dtype, unit):
    expected, bound = numpy.asarray([1024.0, 1.0]), Rounded([1024.0, 1.0], [0.0, 2.0])
    assert compare(expected + [0, 2 * unit], expected, bound, dtype).passed
    assert not compare(expected + [0, 6 * unit], expected, bound, dtype).passed        # tiny beside 1024
    assert not compare(expected + [2048 * unit, 0], expected, bound, dtype).passed     # nothing was computed there


# -- what a report adds up to -------------------------------------------------------------------------------------
def check(against="torch.nn.LSTM", backend="torch", passed=True, skipped=None, **more):
    return Check("lstm-backward:∂W_f", against, backend, "cpu", "float64", {"T": 2}, 0,
                 1e-16 if passed else None, passed, skipped, {"torch": "2"}, **more)


AUTODIFF, JAX = check("torch.autograd"), check("flax.linen.LSTMCell", "jax")


@pytest.mark.parametrize("checks", [
    [], [AUTODIFF], [check()], [AUTODIFF, JAX], [check(), JAX, check(passed=False)],
    [check(), check("jax.grad", "jax")], [check(skipped="no device", passed=False)],
    [check(), check("flax.linen.LSTMCell", "jax", passed=False, skipped="no device")],
    [check(regime="saturated"), check("flax.linen.LSTMCell", "jax", regime="saturated")],
    [check(), JAX, check(passed=False, regime="saturated")],
    [check(), check("flax.linen.LSTMCell", "jax", passed=False, regime="large", no_value="zero up to rounding")],
])
def test_an_entry_fails_without_checks_with_a_failure_or_without_an_independent_reference(checks):
    assert not entry_passed(checks)


def test_an_entry_passes_with_a_reference_on_each_backend_and_a_skip_is_counted():
    skipped = check("cuda", passed=False, skipped="torch finds no CUDA device; use --device cpu")
    assert entry_passed([check(), JAX, AUTODIFF]) and entry_passed([check()], ["torch"])
    assert entry_passed([check(), JAX, skipped])
    assert entry_passed([check(), JAX, check(passed=False, regime="large", no_value="zero up to rounding")])
    report = as_json({"lstm": [check(), JAX, skipped], "mlp": []})
    assert report["summary"] == {"entries": 2, "passed": 1, "failed": ["mlp"], "checks": 3, "checks_passed": 2,
                                 "checks_skipped": 1, "checks_without_value": 0, "worst_relative_error": 1e-16}


def test_the_report_has_exactly_the_documented_keys():
    report = as_json({"lstm": [check()]})
    assert report.keys() == {"version", "entries", "summary"} and report["version"] == 1
    (entry,) = report["entries"]
    assert entry.keys() == {"name", "passed", "checks"}
    assert entry["checks"][0].keys() == {"fact", "against", "backend", "device", "dtype", "sizes", "seed",
                                         "max_relative_error", "passed", "skipped", "regime", "no_value", "redrawn"}
