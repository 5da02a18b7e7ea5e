"""Softmax with cross-entropy for labels that are whole numbers, summed over the batch."""

from verify import array

INPUTS = {"z": array("batch", "classes"), "label": array("batch", high="classes", integer=True)}


def classes(np, z):
    """0, 1, 2, … along each row."""
    return np.cumsum(np.ones_like(z), 1) - 1


def forward(np, z, label):
    hot = classes(np, z) == label[:, None]
    return (np.log(np.exp(z).sum(-1)) - np.where(hot, z, 0.0 * z).sum(-1)).sum()


def backward(np, inputs, g):
    z, label = inputs["z"], inputs["label"]
    hot = (classes(np, z) == label[:, None]) * 1.0
    e = np.exp(z)
    p = e / e.sum(-1)[:, None]
    return {"z": g * (p - hot)}


WRONG = (
    ("p - hot", "p"), ("p - hot", "hot - p"), ("p - hot", "p + hot"), ("p - hot", "-hot"), ("p - hot", "e - hot"),
    ("p - hot", "p * (1 - hot)"), ("p - hot", "(p - hot) * p"), ("p - hot", "(p - 1) * hot"), ("p - hot", "z - hot"),
    ("p - hot", "(p - hot) / z.shape[0]"), ("p - hot", "p * (1 - p) * (p - hot)"), ("p - hot", "np.log(p) - hot"),
    ("g * (p", "(p"), ("g * (p", "-g * (p"), ("g * (p", "g * g * (p"), ("g * (p", "2 * g * (p"),
    ("== label[:, None]", "== label[:, None] - 1"), ("== label[:, None]", "!= label[:, None]"),
    ("== label[:, None]", "<= label[:, None]"), ("== label[:, None]", "== 0 * label[:, None]"),
    ("e.sum(-1)[:, None]", "e.sum(0)"), ("e.sum(-1)[:, None]", "e.sum()"), ("e = np.exp(z)", "e = np.exp(2 * z)"),
    ("e = np.exp(z)", "e = np.exp(z - 1e-3 * z)"),
)
SAME = (
    ("e = np.exp(z)", "e = np.exp(z - z.sum(-1)[:, None] / z.shape[1])"),
)
