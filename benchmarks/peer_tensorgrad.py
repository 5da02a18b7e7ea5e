"""One derivation by tensorgrad, timed: `python peer_tensorgrad.py batch_norm|attention|lstm`. Runs in an environment of
its own, made by `derivation.py`; prints the seconds without the import.

Each case derives and simplifies the gradients that the entry of the same name wants. tensorgrad has no recurrences: its
LSTM is one time step, ours all T of them.
"""

import sys
import time

import tensorgrad.functions as F
from sympy import symbols
from tensorgrad import Derivative, Variable


def batch_norm():
    m = symbols("m")
    x, dy, gamma, beta, eps = Variable("x", m), Variable("dy", m), Variable("gamma"), Variable("beta"), Variable("eps")
    yield
    centred = x - F.mean(x, dim="m", keepdims=True)
    variance = F.mean(centred * centred, dim="m")
    y = gamma * centred * F.pow(variance + eps, -F.Fraction(1, 2)) + beta
    yield from gradients(F.dot(dy, y, dim="m"), x, gamma, beta)


def attention():
    n, m, d, e = symbols("n m d e")
    q, k, v, do = Variable("Q", n, d), Variable("K", m, d), Variable("V", m, e), Variable("dO", n, e)
    scale = Variable("s")
    yield
    weights = F.softmax(F.dot(q, k, dim="d") * scale, dim="m")
    yield from gradients(F.sum(F.dot(weights, v, dim="m") * do), q, k, v)


def lstm():
    H, D = symbols("H D")
    x, before, c0 = Variable("x", d=D), Variable("h0", j=H), Variable("c0", h=H)
    dh, dc = Variable("dh", h=H), Variable("dc", h=H)
    W = {gate: Variable(f"W{gate}", h=H, d=D) for gate in "figo"}
    U = {gate: Variable(f"U{gate}", h=H, j=H) for gate in "figo"}
    b = {gate: Variable(f"b{gate}", h=H) for gate in "figo"}
    yield
    a = {gate: F.dot(W[gate], x, dim="d") + F.dot(U[gate], before, dim="j") + b[gate] for gate in "figo"}
    f, i, o = (F.sigmoid(a[gate]) for gate in "fio")
    c = f * c0 + i * F.tanh(a["g"])
    loss = F.sum(o * F.tanh(c) * dh) + F.sum(c * dc)
    yield from gradients(loss, *W.values(), *U.values(), *b.values(), x, before, c0)


def gradients(loss, *variables):
    for variable in variables:
        yield Derivative(loss, variable).full_simplify()


if __name__ == "__main__":
    case = {"batch_norm": batch_norm, "attention": attention, "lstm": lstm}[sys.argv[1]]()
    next(case)
    start = time.perf_counter()
    found = list(case)
    assert found
    print(time.perf_counter() - start)
