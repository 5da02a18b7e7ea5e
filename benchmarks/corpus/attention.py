"""Scaled dot-product attention with a causal mask (Vaswani et al. 2017)."""

from verify import array

INPUTS = {"q": array("n", "d"), "k": array("n", "d"), "v": array("n", "e")}


def forward(np, q, k, v):
    s = q @ k.T / q.shape[1] ** 0.5
    place = np.cumsum(np.ones_like(q[:, 0]), 0)
    seen = place[:, None] >= place[None, :]
    a = np.where(seen, np.exp(s), 0.0 * s)
    return a / a.sum(-1)[:, None] @ v


def backward(np, inputs, g):
    q, k, v = inputs["q"], inputs["k"], inputs["v"]
    scale = q.shape[1] ** -0.5
    s = q @ k.T * scale
    place = np.cumsum(np.ones_like(q[:, 0]), 0)
    seen = place[:, None] >= place[None, :]
    a = np.where(seen, np.exp(s), 0.0 * s)
    p = a / a.sum(-1)[:, None]
    dv = p.T @ g
    dp = g @ v.T
    ds = p * (dp - (dp * p).sum(-1)[:, None])
    dq = ds @ k * scale
    dk = ds.T @ q * scale
    return {"q": dq, "k": dk, "v": dv}


WRONG = (
    ("scale = q.shape[1] ** -0.5", "scale = q.shape[1] ** -1.0"),
    ("scale = q.shape[1] ** -0.5", "scale = q.shape[0] ** -0.5"),
    ("scale = q.shape[1] ** -0.5", "scale = v.shape[1] ** -0.5"), ("scale = q.shape[1] ** -0.5", "scale = 1.0"),
    ("s = q @ k.T * scale", "s = q @ k.T"), ("s = q @ k.T * scale", "s = k @ q.T * scale"),
    ("[:, None] >= place", "[:, None] > place"), ("[:, None] >= place", "[:, None] <= place"),
    ("[:, None] >= place", "[:, None] >= 0 * place"), ("a = np.where(seen, np.exp(s), 0.0 * s)", "a = np.exp(s)"),
    ("a.sum(-1)[:, None]", "a.sum(0)"), ("a.sum(-1)[:, None]", "np.exp(s).sum(-1)[:, None]"),
    ("dv = p.T @ g", "dv = p @ g"), ("dv = p.T @ g", "dv = a.T @ g"), ("dp = g @ v.T", "dp = g @ v.T * scale"),
    ("ds = p * (dp - ", "ds = p * (dp + "), (" - (dp * p).sum(-1)[:, None]", ""),
    ("(dp * p).sum(-1)[:, None]", "dp.sum(-1)[:, None]"), ("(dp * p).sum(-1)[:, None]", "(dp * p).sum(0)"),
    ("(dp * p).sum(-1)[:, None]", "dp * p"), ("(dp * p).sum(-1)[:, None]", "(dp * p).mean(-1)[:, None]"),
    ("ds = p * (dp", "ds = p * (1 - p) * (dp"), ("ds = p * (dp", "ds = (dp"), ("dq = ds @ k * scale", "dq = ds @ k"),
    ("dq = ds @ k * scale", "dq = ds.T @ k * scale"), ("dq = ds @ k * scale", "dq = ds @ q * scale"),
    ("dk = ds.T @ q * scale", "dk = ds.T @ q"), ("dk = ds.T @ q * scale", "dk = ds @ q * scale"),
    ("dk = ds.T @ q * scale", "dk = ds.T @ k * scale"),
)
SAME = (
    ("dq = ds @ k * scale", "dq = scale * (k.T @ ds.T).T"),
)
