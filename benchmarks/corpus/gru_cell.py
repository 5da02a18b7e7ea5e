"""One step of a GRU, reset after the product, as torch and cuDNN have it (Cho et al. 2014)."""

from verify import array

INPUTS = {"x": array("batch", "d"), "h": array("batch", "n"), "w": array("d", 3, "n"), "u": array("n", 3, "n"),
          "b": array(3, "n"), "e": array(3, "n")}


def sigmoid(np, z):
    return 1 / (1 + np.exp(-z))


def forward(np, x, h, w, u, b, e):
    p = np.einsum("bd,dkn->bkn", x, w) + b
    q = np.einsum("bm,mkn->bkn", h, u) + e
    r, z = sigmoid(np, p[:, 0] + q[:, 0]), sigmoid(np, p[:, 1] + q[:, 1])
    return (1 - z) * np.tanh(p[:, 2] + r * q[:, 2]) + z * h


def backward(np, inputs, g):
    x, h, w, u, b, e = (inputs[k] for k in "xhwube")
    p = np.einsum("bd,dkn->bkn", x, w) + b
    q = np.einsum("bm,mkn->bkn", h, u) + e
    r, z = sigmoid(np, p[:, 0] + q[:, 0]), sigmoid(np, p[:, 1] + q[:, 1])
    n = np.tanh(p[:, 2] + r * q[:, 2])
    dz = g * (h - n) * z * (1 - z)
    dn = g * (1 - z) * (1 - n ** 2)
    dr = dn * q[:, 2] * r * (1 - r)
    dp = np.stack([dr, dz, dn], 1)
    dq = np.stack([dr, dz, dn * r], 1)
    dh = g * z + np.einsum("bkn,mkn->bm", dq, u)
    dx = np.einsum("bkn,dkn->bd", dp, w)
    dw = np.einsum("bkn,bd->dkn", dp, x)
    du = np.einsum("bkn,bm->mkn", dq, h)
    return {"x": dx, "h": dh, "w": dw, "u": du, "b": dp.sum(0), "e": dq.sum(0)}


WRONG = (
    ("dz = g * (h - n)", "dz = g * (n - h)"), ("dz = g * (h - n)", "dz = g * h"), ("z * (1 - z)\n", "z\n"),
    ("z * (1 - z)\n", "(1 - z ** 2)\n"), ("dn = g * (1 - z)", "dn = g * z"), ("dn = g * (1 - z)", "dn = g"),
    ("(1 - n ** 2)", "(1 - n)"), ("(1 - n ** 2)", "n * (1 - n)"), ("dr = dn * q[:, 2]", "dr = dn * h"),
    ("dr = dn * q[:, 2]", "dr = dn * p[:, 2]"), ("dr = dn * q[:, 2] * r * (1 - r)", "dr = dn * q[:, 2] * r"),
    ("dr = dn * q[:, 2]", "dr = dn"), ("dr = dn * q[:, 2]", "dr = dn * (q[:, 2] - e[2])"), ("dr = dn", "dr = g"),
    ("[dr, dz, dn * r]", "[dr, dz, dn]"), ("[dr, dz, dn * r]", "[dz, dr, dn * r]"),
    ("[dr, dz, dn * r]", "[dr, dz, dn * z]"), ("[dr, dz, dn], 1)\n    dq", "[dr, dz, dn * r], 1)\n    dq"),
    ("dh = g * z + ", "dh = "), ("dh = g * z + ", "dh = g * (1 - z) + "), ("dh = g * z + ", "dh = g + "),
    ('"bkn,mkn->bm", dq, u', '"bkn,mkn->bm", dp, u'), ('"bkn,mkn->bm", dq, u', '"bkn,nkm->bm", dq, u'),
    ('"bkn,bd->dkn", dp, x', '"bkn,bd->dkn", dq, x'), ('"bkn,bm->mkn", dq, h', '"bkn,bm->mkn", dp, h'),
    ('"bkn,bm->mkn", dq, h', '"bkn,bm->nkm", dq, h'), ('"b": dp.sum(0)', '"b": dq.sum(0)'),
    ('"e": dq.sum(0)', '"e": dp.sum(0)'), ('"e": dq.sum(0)', '"e": dq.mean(0)'),
)
SAME = (
    ("dz = g * (h - n)", "dz = (g * h - g * n)"),
)
