"""The divergence of a diagonal Gaussian from another, for log variances (Kingma & Welling 2014, appendix B)."""

from verify import array

INPUTS = {"m": array("n"), "s": array("n"), "mu": array("n"), "r": array("n")}


def forward(np, m, s, mu, r):
    return 0.5 * (r - s + np.exp(s - r) + (m - mu) ** 2 * np.exp(-r) - 1).sum()


def backward(np, inputs, g):
    m, s, mu, r = (inputs[k] for k in ("m", "s", "mu", "r"))
    ratio = np.exp(s - r)
    dm = g * (m - mu) * np.exp(-r)
    ds = 0.5 * g * (ratio - 1)
    dr = 0.5 * g * (1 - ratio - (m - mu) ** 2 * np.exp(-r))
    return {"m": dm, "s": ds, "mu": -dm, "r": dr}


WRONG = (
    ("ratio = np.exp(s - r)", "ratio = np.exp(r - s)"), ("ratio = np.exp(s - r)", "ratio = s / r"),
    ("ratio = np.exp(s - r)", "ratio = np.exp(2 * (s - r))"), ("ratio = np.exp(s - r)", "ratio = np.exp(s)"),
    ("dm = g * (m - mu)", "dm = 0.5 * g * (m - mu)"), ("dm = g * (m - mu)", "dm = 2 * g * (m - mu)"),
    ("dm = g * (m - mu)", "dm = g * (mu - m)"), ("dm = g * (m - mu) * np.exp(-r)", "dm = g * (m - mu)"),
    ("dm = g * (m - mu) * np.exp(-r)", "dm = g * (m - mu) / r"), ("dm = g * (m - mu)", "dm = g * m"),
    ("dm = g * (m - mu) * np.exp(-r)", "dm = g * (m - mu) * np.exp(-2 * r)"),
    ("ds = 0.5 * g * (ratio - 1)", "ds = g * (ratio - 1)"), ("ds = 0.5 * g * (ratio - 1)", "ds = 0.5 * g * ratio"),
    ("ds = 0.5 * g * (ratio - 1)", "ds = 0.5 * g * (1 - ratio)"),
    ("dr = 0.5 * g * (1 - ratio", "dr = 0.5 * g * (1 + ratio"),
    ("dr = 0.5 * g * (1 - ratio", "dr = 0.5 * g * (-ratio"), ("dr = 0.5 * g", "dr = g"),
    (" - (m - mu) ** 2 * np.exp(-r))", ")"), ("ratio - (m - mu) ** 2", "ratio + (m - mu) ** 2"),
    ("ratio - (m - mu) ** 2", "ratio - (m - mu)"), ("ratio - (m - mu) ** 2", "ratio - 0.5 * (m - mu) ** 2"),
    ('"mu": -dm', '"mu": dm'), ('"r": dr', '"r": -ds'), ("dr = 0.5 * g * (1 - ratio", "dr = 0.5 * (1 - ratio"),
)
SAME = (
    ("ds = 0.5 * g * (ratio - 1)", "ds = g * ratio / 2 - g / 2"),
)
