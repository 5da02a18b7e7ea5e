"""What experiments see: a wrong expectation fails, and so does whatever is no number."""

from __future__ import annotations

import numpy
import pytest

from derive.claims import Experiment
from verify.backends.base import Backend
from verify.experiments import ExperimentError, Watch, experiments

NAN = float("nan")


def checks(*see, wrongly=((1, "<", 0),)):
    """The checks of an experiment with these findings."""
    def run(library, watch):
        for found in see:
            watch(*found, en="as due", zh="应当如此")
        for found in wrongly:
            watch.wrongly(*found, en="as feared", zh="误以为如此")

    backend = Backend(numpy, numpy, "cpu", "float64")
    return list(experiments([Experiment("fact", "none", "numpy", run)], backend, seed=3))


@pytest.mark.parametrize("found", [
    (1, "<", 2), (2.0, ">", 1), (1, "≤", 1), (2, "≥", 2), (3, "=", 3), (3, "≠", 4), ("nan", "=", "nan"),
    ("IndexError", "≠", "KeyError"), (True, "=", True), (numpy.array([1.0, 2]), "<", 3),
    (numpy.array([1.0, 2]), "=", numpy.array([1, 2]))])
def test_what_holds_passes(found):
    first, second = checks(found)
    assert first.passed and second.passed
    assert (first.fact, first.against, first.seed, first.max_relative_error) == ("fact", "numpy", 3, None)
    assert first.observed["holds"] is True and second.observed["wrong"] is True


@pytest.mark.parametrize("found", [
    (2, "<", 1), (1, ">", 1), (3, "=", 4), (3, "≠", 3), ("nan", "=", "inf"), ("a", "<", "b"), ("1", "=", 1),
    (NAN, "=", NAN), (NAN, "<", 1), (NAN, "≠", 1), (float("inf"), ">", 1), (numpy.array([]), "<", 3),
    (numpy.array([1.0, 4]), "<", 3), (numpy.array([1.0, NAN]), "<", 3), (numpy.ones(2), "=", numpy.ones(3))])
def test_what_does_not_hold_fails(found):
    assert [c.passed for c in checks(found)] == [False, True]


@pytest.mark.parametrize("found", [(1, "<", 2), (NAN, "<", 0), (NAN, "=", NAN), (numpy.array([]), "<", 3),
                                   ("a", "<", "b"), (numpy.ones(2), "=", numpy.zeros(3))])
def test_an_expectation_that_should_fail_fails_where_numbers_say_so_only(found):
    assert [c.passed for c in checks((1, "=", 1), wrongly=[found])] == [True, False]


def test_how_far_apart_is_said_and_printed():
    watch = Watch(0)
    watch(1.004, "=", 1, within=0.01, en="near", zh="接近")
    watch(1.02, "=", 1, within=0.01, en="far", zh="远")
    assert [s["holds"] for s in watch.seen] == [True, False] and watch.seen[0]["text"] == "1.004 = 1 ± 0.01"
    with pytest.raises(ExperimentError, match="within= goes with ="):
        watch(1, "<", 2, within=0.1, en="", zh="")


def test_long_arrays_are_cut_short():
    watch = Watch(0)
    watch(numpy.arange(9.0), "<", 10, en="", zh="")
    assert watch.seen[0]["text"] == "[0, 1, 2, 3, 4, 5, …] < 10"


def test_an_experiment_that_could_not_fail_is_refused():
    for see, wrongly in (([(1, "=", 1)], []), ([], [(1, "=", 2)]), ([], [])):
        with pytest.raises(ExperimentError, match="wrongly expect"):
            checks(*see, wrongly=wrongly)
    with pytest.raises(ExperimentError, match="no relation"):
        checks((1, "~", 1))


def test_another_library_s_experiments_are_left_out():
    run = Experiment("fact", "torch", "torch", lambda library, see: pytest.fail("called"))
    assert not list(experiments([run], Backend(numpy, numpy, "cpu", "float64"), 0))
