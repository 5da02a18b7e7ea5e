"""Emitted code on a GPU: the very text is run there before it is printed."""

from __future__ import annotations

import pytest

from cli.main import main

pytestmark = pytest.mark.gpu


@pytest.mark.parametrize("name", ["batch_norm", "attention", "lstm", "cross_entropy_labels"])
@pytest.mark.parametrize("library", ["torch", "jax"])
def test_what_is_printed_was_run_on_the_device(require_cuda, capsys, library, name):
    require_cuda(library)
    assert main([name, "--emit", library, "--device", "cuda", "--dtype", "float32"]) == 0
    assert "Written and run by derive" in capsys.readouterr().out
