"""Who tells how far a letter runs, where several could."""

from __future__ import annotations

import pytest

from derive.documents import read_document

PAGES = {
    "what is usual": ("y_t = x_t²", "T"),
    "other equations before what is usual": ("u_t = x_t, t = 1, …, S\ny_t = x_t²", "S"),
    "what is stated before other equations": ("u_t = z_t, t = 1, …, S\ny_t = x_t², t = 1, …, N", "N"),
    "a list": ("x_1, …, x_m ∈ ℝ\ny_i = x_i²", "m"),
    "sums before a list": ("x_1, …, x_m ∈ ℝ\ny_i = x_i²\ns = Σ_{i=1}^{m} x_i", "m"),
    "the same place": ("x_i ∈ ℝ, i = 1, …, N\nz_i = x_i²\ns = Σ_k z_k\ny_k = z_k", "N"),
    "what is stated before sums": ("s = Σ_{i=1}^{M} x_i\ny_i = z_i², i = 1, …, N", "N"),
}


@pytest.mark.parametrize("page", PAGES)
def test_the_range_of_a_letter(page):
    text, size = PAGES[page]
    program = read_document(f"```\n{text}\n```\n", "page").entry.page().program
    (letter,) = program.equation("y").letters
    assert str(letter.high) == size


def test_counts_that_nobody_names_are_different_sizes():
    text = "q_i ∈ ℝ^d, k_j ∈ ℝ^d\nS_{ij} = q_iᵀ k_j\na_i = Σ_j S_{ij}\nb_j = Σ_i S_{ij}\nc = Σ_i a_i"
    program = read_document(f"```\n{text}\n```\n", "page").entry.page().program
    counts = [str(program.equation(name).letters[0].high) for name in "ab"]
    assert len(set(counts)) == 2 and set(counts) <= set("NMRSJ")
