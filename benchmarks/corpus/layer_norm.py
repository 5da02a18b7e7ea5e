"""Layer normalisation over the last axis (Ba, Kiros & Hinton 2016)."""

from verify import array

INPUTS = {"x": array("batch", "n"), "gamma": array("n"), "beta": array("n"), "eps": array(positive=True)}
WRT = ["x", "gamma", "beta"]


def forward(np, x, gamma, beta, eps):
    mu = x.mean(-1)[:, None]
    v = ((x - mu) ** 2).mean(-1)[:, None]
    return gamma * (x - mu) / np.sqrt(v + eps) + beta


def backward(np, inputs, g):
    x, gamma, eps = inputs["x"], inputs["gamma"], inputs["eps"]
    mu = x.mean(-1)[:, None]
    v = ((x - mu) ** 2).mean(-1)[:, None]
    r = 1 / np.sqrt(v + eps)
    xhat = (x - mu) * r
    d = g * gamma
    dx = r * (d - d.mean(-1)[:, None] - xhat * (d * xhat).mean(-1)[:, None])
    return {"x": dx, "gamma": (g * xhat).sum(0), "beta": g.sum(0)}


WRONG = (
    ("mu = x.mean(-1)[:, None]", "mu = x.mean(0)"), ("mu = x.mean(-1)[:, None]", "mu = x.mean()"),
    ("v = ((x - mu) ** 2).mean(-1)", "v = (x ** 2).mean(-1)"),
    ("v = ((x - mu) ** 2).mean(-1)", "v = ((x - mu) ** 2).sum(-1)"),
    ("r = 1 / np.sqrt(v + eps)", "r = 1 / (np.sqrt(v) + eps)"), ("r = 1 / np.sqrt(v + eps)", "r = 1 / (v + eps)"),
    ("r = 1 / np.sqrt(v + eps)", "r = 1 / np.sqrt(v)"), ("xhat = (x - mu) * r", "xhat = x * r"),
    ("xhat = (x - mu) * r", "xhat = x - mu"), ("d = g * gamma", "d = g"), ("d = g * gamma", "d = g * gamma * gamma"),
    ("dx = r * (d", "dx = (d"), ("dx = r * (d", "dx = r * r * (d"), ("dx = r * (d", "dx = -r * (d"),
    (" - d.mean(-1)[:, None]", ""), (" - d.mean(-1)[:, None]", " - d.mean(0)"),
    (" - d.mean(-1)[:, None]", " - g.mean(-1)[:, None]"), (" - xhat * (d * xhat).mean(-1)[:, None]", ""),
    (" - xhat * (d", " + xhat * (d"), ("xhat * (d * xhat).mean(-1)[:, None])", "xhat * (d * xhat).mean(0))"),
    ("xhat * (d * xhat).mean(-1)[:, None])", "xhat * (d * xhat).sum(-1)[:, None])"),
    ("xhat * (d * xhat).mean(-1)[:, None])", "xhat * (g * xhat).mean(-1)[:, None])"),
    ("xhat * (d * xhat).mean(-1)[:, None])", "(x - mu) * (d * xhat).mean(-1)[:, None])"),
    ("(g * xhat).sum(0)", "(g * xhat).sum(-1)"), ("(g * xhat).sum(0)", "(d * xhat).sum(0)"),
    ("(g * xhat).sum(0)", "(g * xhat).mean(0)"), ("g.sum(0)}", "g.mean(0)}"), ("g.sum(0)}", "d.sum(0)}"),
    ("g.sum(0)}", "g}"),
)
SAME = (
    ("xhat = (x - mu) * r", "xhat = r * x - r * mu"),
)
