"""Everything is placed where it was asked for: shown without a GPU, on torch's meta device, which holds shapes and no
numbers and mixes with no other, and with two host devices of JAX."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from derive import catalogue
from tests.studies import share, studied
from verify.backends import find
from verify.runs import Run
from verify.targets import mapped

NAMES = share([h.name for h in catalogue.heads()])
SECOND_DEVICE = """
import jax
from derive import catalogue
from verify.backends import find
from verify.runs import Run

backend = find("jax")
for name in ("lstm", "cross_entropy_labels"):
    entry = catalogue.load(name)
    page = entry.page()
    with jax.default_device(jax.devices()[1]), backend.session():
        run = Run(entry, page, page.derive(), backend, entry.cases[0], seed=0)
        for found in (run.inputs, run.derived(), run.forward(), run.by_autodiff()):
            arrays = jax.tree.leaves(found)
            assert arrays and {d.id for a in arrays for d in a.devices()} == {0}, name
print(len(jax.devices()), "devices")
"""


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_on_the_cpu(name):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from verify.backends.torch_backend import TorchBackend

    found = studied(name)
    entry, page, derivation = found.entry, found.page, found.derivation
    case = entry.cases[0]
    cpu = Run(entry, page, derivation, find("torch"), case, seed=0)
    meta = TorchBackend(torch, torch, "meta", "float32")
    with meta.session():
        run = Run(entry, page, derivation, meta, case, seed=0,
                  given={k: mapped(lambda a: a.to("meta", torch.float32), v) for k, v in cpu.inputs.items()})
        for there, here in ((run.derived(), cpu.derived()), (run.forward(), cpu.forward())):
            assert there.keys() == here.keys()
            for key in here:
                assert mapped(lambda a: (a.device.type, a.dtype, a.shape), there[key]) == mapped(
                    lambda a: ("meta", torch.float32, a.shape), here[key]), key


def test_jax_computes_on_the_device_that_was_asked_for():
    pytest.importorskip("jax", reason="jax is not installed")
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=2", "JAX_PLATFORMS": "cpu"}
    run = subprocess.run([sys.executable, "-c", SECOND_DEVICE], capture_output=True, text=True, env=environment,
                         timeout=300)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "2 devices"
