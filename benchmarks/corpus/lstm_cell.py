"""One step of an LSTM (Hochreiter & Schmidhuber 1997; with a forget gate, Gers et al. 2000)."""

from verify import array

INPUTS = {"x": array("batch", "d"), "h": array("batch", "n"), "c": array("batch", "n"), "w": array("d", 4, "n"),
          "u": array("n", 4, "n"), "b": array(4, "n")}


def sigmoid(np, z):
    return 1 / (1 + np.exp(-z))


def forward(np, x, h, c, w, u, b):
    z = np.einsum("bd,dkn->bkn", x, w) + np.einsum("bm,mkn->bkn", h, u) + b
    i, f, o, a = sigmoid(np, z[:, 0]), sigmoid(np, z[:, 1]), sigmoid(np, z[:, 2]), np.tanh(z[:, 3])
    new = f * c + i * a
    return o * np.tanh(new), new


def backward(np, inputs, g):
    x, h, c, w, u, b = (inputs[k] for k in "xhcwub")
    gh, gc = g
    z = np.einsum("bd,dkn->bkn", x, w) + np.einsum("bm,mkn->bkn", h, u) + b
    i, f, o, a = sigmoid(np, z[:, 0]), sigmoid(np, z[:, 1]), sigmoid(np, z[:, 2]), np.tanh(z[:, 3])
    new = f * c + i * a
    t = np.tanh(new)
    dnew = gc + gh * o * (1 - t ** 2)
    do = gh * t * o * (1 - o)
    di = dnew * a * i * (1 - i)
    df = dnew * c * f * (1 - f)
    da = dnew * i * (1 - a ** 2)
    dc = dnew * f
    dz = np.stack([di, df, do, da], 1)
    dx = np.einsum("bkn,dkn->bd", dz, w)
    dh = np.einsum("bkn,mkn->bm", dz, u)
    dw = np.einsum("bkn,bd->dkn", dz, x)
    du = np.einsum("bkn,bm->mkn", dz, h)
    return {"x": dx, "h": dh, "c": dc, "w": dw, "u": du, "b": dz.sum(0)}


WRONG = (
    ("dnew = gc + gh", "dnew = gh"), ("dnew = gc + gh", "dnew = gc - gh"),
    ("gh * o * (1 - t ** 2)", "gh * o * (1 - new ** 2)"), ("gh * o * (1 - t ** 2)", "gh * (1 - t ** 2)"),
    ("gh * o * (1 - t ** 2)", "gh * o"), ("gh * o * (1 - t ** 2)", "gh * o * (1 - t)"),
    ("do = gh * t * o", "do = gh * new * o"), ("do = gh * t * o", "do = gh * o"), ("o * (1 - o)\n", "(1 - o ** 2)\n"),
    ("do = gh * t", "do = dnew * t"), ("di = dnew * a * i", "di = dnew * i"), ("di = dnew * a", "di = dnew * c"),
    ("di = dnew * a * i * (1 - i)", "di = dnew * a * (1 - i)"),
    ("di = dnew * a * i * (1 - i)", "di = dnew * a * i * (1 - f)"), ("df = dnew * c", "df = dnew * new"),
    ("df = dnew * c", "df = dnew * a"), ("df = dnew * c * f * (1 - f)", "df = dnew * c * f"),
    ("df = dnew * c * f * (1 - f)", "df = dnew * c * (1 - f ** 2)"), ("df = dnew * c", "df = gc * c"),
    ("da = dnew * i", "da = dnew * f"), ("da = dnew * i * (1 - a ** 2)", "da = dnew * i * a * (1 - a)"),
    ("da = dnew * i * (1 - a ** 2)", "da = dnew * i * (1 - a)"), ("dc = dnew * f", "dc = gc * f"),
    ("dc = dnew * f", "dc = dnew"), ("dc = dnew * f", "dc = dnew * i"), ("[di, df, do, da]", "[df, di, do, da]"),
    ("[di, df, do, da]", "[di, df, da, do]"), ('"bkn,mkn->bm", dz, u)', '"bkn,nkm->bm", dz, u)'),
    ('"bkn,bm->mkn", dz, h)', '"bkn,bm->nkm", dz, h)'), ('"bkn,bm->mkn", dz, h)', '"bkn,bm->mkn", dz, o * t)'),
    ("dz.sum(0)}", "dz.mean(0)}"), ("dz.sum(0)}", "dz[0]}"), ("t = np.tanh(new)", "t = np.tanh(c)"),
    ('dw = np.einsum("bkn,bd->dkn", dz, x)', 'dw = np.einsum("bkn,bd->dkn", dz, x) / x.shape[0]'),
)
SAME = (
    ("dc = dnew * f", "dc = f * gc + f * gh * o * (1 - t * t)"),
)
