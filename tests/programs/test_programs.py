"""Programs outside the catalogue, found by walking this folder: each is derived, proved, refuted where it is wrong,
compared with torch and JAX, and every line that it prints is read back as it was meant."""

from __future__ import annotations

import os
from functools import partial

import pytest

from derive import catalogue
from derive.normal import Normalizer
from tests import studies
from tests.reading.lines import drawn, lines_of
from tests.reading.test_round_trip import PRINTERS, problems
from verify import numeric

FOLDER = studies.PROGRAMS
PROGRAMS = studies.share(catalogue.names(FOLDER))
studied = partial(studies.studied, folder=FOLDER)


def test_every_file_holds_a_program():
    _, problems_found = catalogue.scan(FOLDER)
    assert [os.path.basename(p.path) for p in problems_found] == [os.path.basename(__file__)]


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_step_is_proved_every_claim_too_and_every_mistake_refuted(name):
    found = studied(name)
    steps = [s for d in found.derivation.derivatives for s in d.steps]
    assert [f"{s.left} {s.rule}: {s.detail}" for s in steps if s.verdict != "proved"] == []
    assert [f"{c.left}: {v.verdict} {v.detail}" for c, v in found.claims if v.verdict != "proved"] == []
    assert [f"{m.left} = {m.wrong}: {v.verdict}" for m, v in found.mistakes if v.verdict != "refuted"] == []
    assert found.passed and len(found.mistakes) >= 2


@pytest.mark.parametrize("backend", ["torch", "jax"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_numbers_are_those_of_autodiff_and_of_the_library(name, backend):
    pytest.importorskip(backend, reason=f"{backend} is not installed")
    found = studied(name)
    checks = numeric.checks(found.entry, found.page, found.derivation, backends=(backend,), seeds=(0,),
                            regimes=("plain",))
    if backend not in {r.backend for r in found.entry.references}:
        checks = [c for c in checks if c.against != numeric.NO_REFERENCE]
    assert [(c.fact, c.against, c.max_relative_error) for c in checks if not c.passed] == []
    assert checks


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_printed_line_is_read_back_as_it_was_meant(name):
    found = drawn(studied(name).page, studied(name).derivation)
    normalizer = Normalizer(found.page.program.positive)
    readings = {(line.left, line.right, line.condition, form, printer(line.layout, short_sums=short)): line
                for line in lines_of(found) for form, printer in PRINTERS.items() for short in (False, True)}
    failures = [f"{text}: {wrong}" for (*_, form, text), line in readings.items()
                for wrong in problems(text, form, line, found, normalizer)]
    assert failures == [] and len(readings) >= 10
