"""Two layers on a batch, rows as examples, under a mean squared error."""

from verify import array

INPUTS = {"x": array("batch", "n"), "w1": array("n", "m"), "b1": array("m"), "w2": array("m", "k"), "b2": array("k"),
          "y": array("batch", "k")}


def forward(np, x, w1, b1, w2, b2, y):
    p = np.tanh(x @ w1 + b1) @ w2 + b2
    return ((p - y) ** 2).sum() / (2 * x.shape[0])


def backward(np, inputs, g):
    x, w1, b1, w2, b2, y = (inputs[k] for k in ("x", "w1", "b1", "w2", "b2", "y"))
    b = x.shape[0]
    h = np.tanh(x @ w1 + b1)
    p = h @ w2 + b2
    dp = g * (p - y) / b
    dh = dp @ w2.T
    da = dh * (1 - h ** 2)
    return {"x": da @ w1.T, "w1": x.T @ da, "b1": da.sum(0), "w2": h.T @ dp, "b2": dp.sum(0), "y": -dp}


WRONG = (
    ("dp = g * (p - y) / b", "dp = g * (p - y)"), ("dp = g * (p - y) / b", "dp = 2 * g * (p - y) / b"),
    ("dp = g * (p - y) / b", "dp = g * (y - p) / b"), ("dp = g * (p - y) / b", "dp = (p - y) / b"),
    ("dp = g * (p - y) / b", "dp = g * p / b"), ("dp = g * (p - y) / b", "dp = g * (p - y) / (b * p.shape[1])"),
    ("dh = dp @ w2.T", "dh = dp.sum() * h"), ("dh = dp @ w2.T", "dh = -dp @ w2.T"), ("(1 - h ** 2)", "(1 - h)"),
    ("(1 - h ** 2)", "h * (1 - h)"), (" * (1 - h ** 2)", ""), ("(1 - h ** 2)", "(1 - np.tanh(h) ** 2)"),
    ("(1 - h ** 2)", "(1 + h ** 2)"), ('"x": da @ w1.T', '"x": dh @ w1.T'), ('"w1": x.T @ da', '"w1": x.T @ dh'),
    ('"w1": x.T @ da', '"w1": (x.T @ da) / b'), ("da.sum(0)", "da.mean(0)"), ("da.sum(0)", "dh.sum(0)"),
    ("da.sum(0)", "da[0]"), ('"w2": h.T @ dp', '"w2": (x @ w1 + b1).T @ dp'), ('"w2": h.T @ dp', '"w2": da.T @ dp'),
    ('"b2": dp.sum(0)', '"b2": dp.mean(0)'), ('"b2": dp.sum(0)', '"b2": dp'), ('"y": -dp', '"y": dp'),
    ("p = h @ w2 + b2", "p = h @ w2"), ("h = np.tanh(x @ w1 + b1)", "h = np.tanh(x @ w1)"),
)
SAME = (
    ("da = dh * (1 - h ** 2)", "da = dh - dh * h * h"),
)
