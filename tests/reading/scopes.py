"""A scope with scalars, vectors, matrices, time and layer families, and a width that depends on the layer."""

from __future__ import annotations

from derive.index import Letter, Poly, Size, poly
from derive.reading import Scope

n, m, H, D, T, L = (Size(s) for s in "nmHDTL")


def width(at: Poly | Letter) -> Poly:
    return poly(Size("n", (poly(at),)))


i, j, k = Letter("i", 1, n), Letter("j", 1, m), Letter("k", 1, n)
t, t0 = Letter("t", 1, T, True), Letter("t", 0, T, True)
a, b, d = Letter("a", 1, H), Letter("b", 1, H), Letter("d", 1, D)
layer, layer0 = Letter("l", 1, L, True), Letter("l", 0, L, True)

SIGNATURES = {
    "x": (i,), "y": (i,), "p": (i,), "u": (j,), "z": (j,), "bias": (j,), "W": (j, i), "A": (i, k), "X": (i, j),
    "mu": (), "v": (), "eps": (), "gamma": (), "beta": (), "x_hat": (i,),
    "h": (t0, a), "f": (t, a), "q": (t, d), "c": (t,), "W_hh": (a, b), "W_xh": (a, d), "b_h": (a,),
    "W_f": (a, Letter("e", 1, poly(H) + D)),
    "Z": (layer, Letter("i", 1, width(layer))), "a": (layer0, Letter("i", 1, width(layer0))),
    "V": (layer, Letter("i", 1, width(layer)), Letter("j", 1, width(poly(layer) - 1))),
    "δ": (layer, Letter("i", 1, width(layer))), "cube": (i, j, a),
}
SCOPE = Scope(SIGNATURES, {}, ("g",), "J")
