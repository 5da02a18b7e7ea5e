"""Cross-correlation of signals with stride 2 and padding 1; the length is 7, the kernel 3."""

from verify import array

INPUTS = {"x": array("batch", "i", 7), "w": array("o", "i", 3), "b": array("o")}


def padded(np, x):
    edge = 0.0 * x[:, :, :1]
    return np.concatenate([edge, x, edge], 2)


def forward(np, x, w, b):
    p = padded(np, x)
    return np.stack([np.einsum("bik,oik->bo", p[:, :, 2 * t:2 * t + 3], w) + b for t in range(4)], 2)


def backward(np, inputs, g):
    x, w = inputs["x"], inputs["w"]
    p = padded(np, x)
    dw, dp = 0 * w, 0 * p
    for t in range(4):
        start = 2 * t
        dw = dw + np.einsum("bo,bik->oik", g[:, :, t], p[:, :, start:start + 3])
        part = np.einsum("bo,oik->bik", g[:, :, t], w)
        dp = dp + np.concatenate([0 * p[:, :, :start], part, 0 * p[:, :, start + 3:]], 2)
    return {"x": dp[:, :, 1:-1], "w": dw, "b": g.sum(0).sum(-1)}


WRONG = (
    ("range(4)", "range(3)"), ("range(4)", "range(1, 4)"), ("start = 2 * t", "start = t"),
    ("start = 2 * t", "start = 2 * (3 - t)"), ("dw = dw + np", "dw = np"), ("dp = dp + np", "dp = np"),
    ("g[:, :, t], p[", "g[:, :, 3 - t], p["), ("g[:, :, t], w)", "g[:, :, 3 - t], w)"),
    ("p[:, :, start:start + 3])", "p[:, :, start + 1:start + 4])"),
    ('"bo,oik->bik", g[:, :, t], w)', '"bo,oik->bik", g[:, :, t], w[:, :, [2, 1, 0]])'),
    ("dp[:, :, 1:-1]", "dp[:, :, 2:]"), ("dp[:, :, 1:-1]", "dp[:, :, :-2]"), ("dp[:, :, 1:-1]", "dp"),
    ('"w": dw', '"w": dw / x.shape[0]'), ('"w": dw', '"w": -dw'), ('"w": dw', '"w": dw[:, :, [2, 1, 0]]'),
    ("g.sum(0).sum(-1)", "g.sum(0).mean(-1)"), ("g.sum(0).sum(-1)", "g.mean(0).sum(-1)"),
    ("g.sum(0).sum(-1)", "g.sum(0)[:, 0]"), ("g.sum(0).sum(-1)", "g.sum(0).sum(-1) * 7 / 4"),
    ("[0 * p[:, :, :start], part, 0 * p[:, :, start + 3:]]",
     "[0 * p[:, :, start + 3:], part, 0 * p[:, :, :start]]"),
    ("p = padded(np, x)", "p = np.concatenate([x, 0.0 * x[:, :, :2]], 2)"),
)
SAME = (
    ("g.sum(0).sum(-1)", "g.sum(-1).sum(0)"),
)
