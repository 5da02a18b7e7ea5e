"""Batch normalisation in training, ε under the root (Ioffe & Szegedy 2015)."""

from verify import array

INPUTS = {"x": array("batch", "n"), "gamma": array("n"), "beta": array("n"), "eps": array(positive=True)}


def forward(np, x, gamma, beta, eps):
    mu = x.mean(0)
    v = ((x - mu) ** 2).mean(0)
    return gamma * (x - mu) / np.sqrt(v + eps) + beta


def backward(np, inputs, g):
    x, gamma, eps = inputs["x"], inputs["gamma"], inputs["eps"]
    m = x.shape[0]
    mu = x.mean(0)
    v = ((x - mu) ** 2).sum(0) / m
    s = np.sqrt(v + eps)
    xhat = (x - mu) / s
    dbeta = g.sum(0)
    dgamma = (g * xhat).sum(0)
    dxhat = g * gamma
    dx = (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0)) / s
    deps = -0.5 * (dxhat * xhat / (v + eps)).sum()
    return {"x": dx, "gamma": dgamma, "beta": dbeta, "eps": deps}


WRONG = (
    ("mu = x.mean(0)", "mu = 0.0 * x.mean(0)"),
    ("(x - mu) ** 2).sum(0) / m", "(x - mu) ** 2).sum(0) / (m - 1 + 1e-30)"),
    ("(x - mu) ** 2).sum(0) / m", "(x - mu) ** 2).sum(0)"), ("s = np.sqrt(v + eps)", "s = np.sqrt(v) + eps"),
    ("s = np.sqrt(v + eps)", "s = np.sqrt(v)"), ("s = np.sqrt(v + eps)", "s = v + eps"),
    ("xhat = (x - mu) / s", "xhat = x / s"), ("dbeta = g.sum(0)", "dbeta = g.mean(0)"),
    ("dbeta = g.sum(0)", "dbeta = (g * gamma).sum(0)"), ("dgamma = (g * xhat).sum(0)", "dgamma = (g * x).sum(0)"),
    ("dgamma = (g * xhat).sum(0)", "dgamma = (g * xhat).mean(0)"),
    ("dgamma = (g * xhat).sum(0)", "dgamma = g.sum(0)"),
    ("dgamma = (g * xhat).sum(0)", "dgamma = (g * (x - mu)).sum(0)"), ("dxhat = g * gamma", "dxhat = g"),
    ("dxhat = g * gamma", "dxhat = g / gamma"), (" - dxhat.mean(0)", ""), (" - dxhat.mean(0)", " + dxhat.mean(0)"),
    (" - xhat * (dxhat * xhat).mean(0)", ""), (" - xhat * (dxhat", " + xhat * (dxhat"),
    ("xhat * (dxhat * xhat).mean(0)", "xhat * (dxhat * xhat).sum(0)"),
    ("xhat * (dxhat * xhat).mean(0)", "(dxhat * xhat).mean(0)"),
    ("xhat * (dxhat * xhat).mean(0)", "xhat * dxhat.mean(0)"),
    ("xhat * (dxhat * xhat).mean(0)", "x * (dxhat * xhat).mean(0)"), ("mean(0)) / s", "mean(0)) / s ** 2"),
    ("mean(0)) / s", "mean(0))"), ("deps = -0.5 *", "deps = 0.5 *"), ("deps = -0.5 *", "deps = -1.0 *"),
    ("/ (v + eps)).sum()", "/ s).sum()"), ("/ (v + eps)).sum()", "/ v).sum()"),
)
SAME = (
    ("(x - mu) ** 2).sum(0) / m", "(x - mu) * (x - mu)).mean(0)"),
    ("dgamma = (g * xhat).sum(0)", "dgamma = np.einsum('bn,bn->n', g, xhat)"),
)
