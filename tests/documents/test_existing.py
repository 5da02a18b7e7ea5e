"""Members that do not exist: a claim is refuted that fails even without them."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, told

STEPS = """
```
W ∈ ℝ^{m×n}, x_t ∈ ℝ^n, y_t ∈ ℝ^m
z_t = W x_t     (t = 1, …, T)
L = Σ_{t=1}^{T} ½ ‖z_t − y_t‖²
S = Σ_{t=1}^{T} exp(u_t)
P_t = Π_{s=1}^{t} a_s     (t = 1, …, T)
```
"""


@pytest.mark.parametrize("wrong", ["∂L/∂W = Σ_{t=1}^{T} (z_t − y_t) x_{t-1}ᵀ",
                                   "∂L/∂W = Σ_{t=1}^{T} (z_t − y_t) x_{t+1}ᵀ",
                                   "∂L/∂W = Σ_{t=1}^{T} (z_t − y_{t-1}) x_tᵀ",
                                   "∂L/∂W = Σ_{t=1}^{T} tanh(z_{t-1}) x_tᵀ",
                                   "P_t = −a_t P_{t-1}     (t = 1, …, T)"])
def test_a_claim_fails_where_all_members_exist(wrong):
    found = told(STEPS, f"```\n{wrong}\n```")
    assert found.verdict == "refuted" and "leaves its range 1…T" in found.detail


@pytest.mark.parametrize("open_one", ["P_t = a_t P_{t-1}     (t = 1, …, T)",
                                      "S = Σ_{t=1}^{T} exp(u_{t-1}) + exp(u_T) − 1",        # with u_0 = 0
                                      "S = Σ_{t=1}^{T} exp(u_{t-1}) + exp(u_T)"])
def test_one_that_holds_there_or_needs_the_others_stays_open(open_one):
    assert told(STEPS, f"```\n{open_one}\n```").verdict in ("unsupported", "undecided")


def test_a_claim_is_read_for_those_that_exist_where_no_range_is_stated():
    assert refuted(STEPS, "```\n∂L/∂z_t = z_{t-1} − y_t\n```")
