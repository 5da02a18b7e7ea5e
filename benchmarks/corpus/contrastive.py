"""InfoNCE with cosine similarity: each row of u belongs to the same row of v (van den Oord et al. 2018)."""

from verify import array

INPUTS = {"u": array("batch", "d"), "v": array("batch", "d"), "tau": array(low=0.3, high=1.5)}


def forward(np, u, v, tau):
    a = u / np.sqrt((u ** 2).sum(-1))[:, None]
    b = v / np.sqrt((v ** 2).sum(-1))[:, None]
    s = a @ b.T / tau
    return (np.log(np.exp(s).sum(-1)) - np.diagonal(s)).mean()


def backward(np, inputs, g):
    u, v, tau = inputs["u"], inputs["v"], inputs["tau"]
    n = u.shape[0]
    lu, lv = np.sqrt((u ** 2).sum(-1))[:, None], np.sqrt((v ** 2).sum(-1))[:, None]
    a, b = u / lu, v / lv
    s = a @ b.T / tau
    p = np.exp(s) / np.exp(s).sum(-1)[:, None]
    k = np.cumsum(np.ones_like(u[:, 0]), 0)
    ds = g * (p - (k[:, None] == k[None, :]) * 1.0) / n
    da = ds @ b / tau
    db = ds.T @ a / tau
    du = (da - a * (da * a).sum(-1)[:, None]) / lu
    dv = (db - b * (db * b).sum(-1)[:, None]) / lv
    return {"u": du, "v": dv, "tau": -(ds * s).sum() / tau}


WRONG = (
    ("s = a @ b.T / tau", "s = a @ b.T"), ("s = a @ b.T / tau", "s = a @ b.T * tau"),
    ("s = a @ b.T / tau", "s = u @ v.T / tau"), ("np.exp(s).sum(-1)[:, None]", "np.exp(s).sum(0)"),
    ("np.exp(s).sum(-1)[:, None]", "np.exp(s).sum()"), ("(p - (k[:, None] == k[None, :]) * 1.0)", "p"),
    ("(p - (k[:, None] == k[None, :]) * 1.0)", "(p - 1.0)"), ("* 1.0) / n", "* 1.0)"),
    ("* 1.0) / n", "* 1.0) / n ** 2"), ("ds = g * (p -", "ds = -g * (p -"), ("da = ds @ b / tau", "da = ds @ b"),
    ("da = ds @ b / tau", "da = ds.T @ b / tau"), ("da = ds @ b / tau", "da = ds @ v / tau"),
    ("db = ds.T @ a / tau", "db = ds @ a / tau"), ("db = ds.T @ a / tau", "db = ds.T @ a"),
    ("db = ds.T @ a / tau", "db = ds.T @ b / tau"), (" - a * (da * a).sum(-1)[:, None]", ""),
    ("da - a *", "da + a *"), ("a * (da * a).sum(-1)[:, None]", "a * (da * a).sum()"),
    ("a * (da * a).sum(-1)[:, None]", "u * (da * a).sum(-1)[:, None]"), ("[:, None]) / lu", "[:, None])"),
    ("[:, None]) / lu", "[:, None]) / lu ** 2"), ("[:, None]) / lv", "[:, None]) / lu"),
    (" - b * (db * b).sum(-1)[:, None]", ""), ('"v": dv', '"v": 0 * dv'),
    ("-(ds * s).sum() / tau", "(ds * s).sum() / tau"), ("-(ds * s).sum() / tau", "-(ds * s).sum()"),
    ("-(ds * s).sum() / tau", "-(ds * s).sum() / tau ** 2"),
)
SAME = (
    ("du = (da - a * (da * a).sum(-1)[:, None]) / lu", "du = da / lu - u * (da * u).sum(-1)[:, None] / lu ** 3"),
)
