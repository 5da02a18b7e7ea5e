"""A feed-forward block with the tanh form of GELU (Hendrycks & Gimpel 2016)."""

from verify import array

INPUTS = {"x": array("batch", "n"), "w": array("n", "m"), "b": array("m")}
C = 0.7978845608028654      # √(2/π)


def forward(np, x, w, b):
    z = x @ w + b
    return 0.5 * z * (1 + np.tanh(C * (z + 0.044715 * z ** 3)))


def backward(np, inputs, g):
    x, w, b = inputs["x"], inputs["w"], inputs["b"]
    z = x @ w + b
    t = np.tanh(C * (z + 0.044715 * z ** 3))
    slope = C * (1 + 3 * 0.044715 * z ** 2)
    dz = g * (0.5 * (1 + t) + 0.5 * z * (1 - t ** 2) * slope)
    return {"x": dz @ w.T, "w": x.T @ dz, "b": dz.sum(0)}


WRONG = (
    ("(z + 0.044715 * z ** 3)", "(z + 0.0447 * z ** 3)"), ("(z + 0.044715 * z ** 3)", "(z + 0.044715 * z ** 2)"),
    ("(z + 0.044715 * z ** 3)", "z"), ("tanh(C * (z", "tanh(0.7979 * (z"), ("tanh(C * (z", "tanh((z"),
    ("3 * 0.044715", "0.044715"), ("3 * 0.044715", "3 * 0.04472"), ("3 * 0.044715", "0.134"),
    ("slope = C *", "slope = "), ("slope = C *", "slope = 0.797885 *"),
    ("slope = C * (1 + 3 * 0.044715 * z ** 2)", "slope = C"), ("0.044715 * z ** 2)", "0.044715 * z)"),
    ("0.5 * (1 + t) + ", ""), ("0.5 * (1 + t) + ", "(1 + t) + "), ("0.5 * (1 + t) + ", "0.5 * (1 - t) + "),
    ("0.5 * (1 + t) + ", "0.5 * t + "), ("0.5 * z * (1 - t ** 2)", "z * (1 - t ** 2)"),
    ("0.5 * z * (1 - t ** 2)", "0.5 * (1 - t ** 2)"), ("(1 - t ** 2)", "(1 - t)"), ("(1 - t ** 2)", "(1 - z ** 2)"),
    (" + 0.5 * z * (1 - t ** 2) * slope", ""), (" + 0.5 * z *", " - 0.5 * z *"), ("dz = g *", "dz = "),
    ('"x": dz @ w.T', '"x": g @ w.T'), ('"w": x.T @ dz', '"w": x.T @ g'),
    ('"w": x.T @ dz', '"w": x.T @ dz / x.shape[0]'), ('"b": dz.sum(0)', '"b": g.sum(0)'),
    ('"b": dz.sum(0)', '"b": dz.mean(0)'),
)
SAME = (
    ("(1 - t ** 2)", "(1 - t) * (1 + t)"),
)
