"""RMS normalisation (Zhang & Sennrich 2019)."""

from verify import array

INPUTS = {"x": array("batch", "n"), "gain": array("n"), "eps": array(positive=True)}


def forward(np, x, gain, eps):
    return gain * x / np.sqrt((x ** 2).mean(-1)[:, None] + eps)


def backward(np, inputs, g):
    x, gain, eps = inputs["x"], inputs["gain"], inputs["eps"]
    n = x.shape[1]
    r = 1 / np.sqrt((x ** 2).mean(-1)[:, None] + eps)
    d = g * gain
    inner = (d * x).sum(-1)[:, None]
    dx = r * d - r ** 3 * x * inner / n
    return {"x": dx, "gain": (g * x * r).sum(0), "eps": -0.5 * (r ** 3 * inner).sum()}


WRONG = (
    ("r = 1 / np.sqrt((x ** 2).mean(-1)[:, None] + eps)", "r = 1 / (np.sqrt((x ** 2).mean(-1)[:, None]) + eps)"),
    ("(x ** 2).mean(-1)[:, None]", "(x ** 2).sum(-1)[:, None]"), ("(x ** 2).mean(-1)[:, None]", "(x ** 2).mean()"),
    ("[:, None] + eps)", "[:, None])"), ("r = 1 / np.sqrt(", "r = 1 / ("), ("d = g * gain", "d = g"),
    ("inner = (d * x).sum(-1)[:, None]", "inner = (g * x).sum(-1)[:, None]"),
    ("(d * x).sum(-1)[:, None]", "(d * x).mean(-1)[:, None]"), ("(d * x).sum(-1)[:, None]", "(d * x).sum()"),
    ("(d * x).sum(-1)[:, None]", "d * x"), ("(d * x).sum(-1)[:, None]", "d.sum(-1)[:, None]"),
    ("dx = r * d - ", "dx = r * d + "), ("dx = r * d - ", "dx = -"), (" - r ** 3 * x * inner / n", ""),
    ("r ** 3 * x * inner / n", "r ** 2 * x * inner / n"), ("r ** 3 * x * inner / n", "r * x * inner / n"),
    ("r ** 3 * x * inner / n", "r ** 3 * inner / n"), ("inner / n", "inner"), ("inner / n", "inner / x.shape[0]"),
    ("inner / n", "inner / (n - 1)"), ("dx = r * d", "dx = d"), ("(g * x * r).sum(0)", "(g * x).sum(0)"),
    ("(g * x * r).sum(0)", "(d * x * r).sum(0)"), ("(g * x * r).sum(0)", "(g * r).sum(0)"),
    ("(g * x * r).sum(0)", "(g * x * r).mean(0)"), ("-0.5 * (r", "0.5 * (r"), ("-0.5 * (r", "-(r"),
    ("(r ** 3 * inner).sum()", "(r * inner).sum()"),
)
SAME = (
    ("dx = r * d - r ** 3 * x * inner / n", "dx = r * (d - (x * r) * (r * inner) / n)"),
)
