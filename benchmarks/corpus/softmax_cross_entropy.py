"""Softmax with cross-entropy for soft targets, averaged over the batch."""

from verify import array

INPUTS = {"z": array("batch", "classes"), "y": array("batch", "classes", positive=True)}


def forward(np, z, y):
    p = np.exp(z) / np.exp(z).sum(-1)[:, None]
    return -(y * np.log(p)).sum() / z.shape[0]


def backward(np, inputs, g):
    z, y = inputs["z"], inputs["y"]
    b = z.shape[0]
    e = np.exp(z)
    total = e.sum(-1)[:, None]
    p = e / total
    dz = g * (p * y.sum(-1)[:, None] - y) / b
    dy = -g * np.log(p) / b
    return {"z": dz, "y": dy}


WRONG = (
    ("p * y.sum(-1)[:, None] - y", "p - y"), ("p * y.sum(-1)[:, None] - y", "y - p * y.sum(-1)[:, None]"),
    ("p * y.sum(-1)[:, None] - y", "p * y.sum(-1)[:, None] + y"), ("p * y.sum(-1)[:, None] - y", "-y / p"),
    ("p * y.sum(-1)[:, None] - y", "p * (1 - p) * (p - y)"), ("p * y.sum(-1)[:, None] - y", "p * y.sum(0) - y"),
    ("p * y.sum(-1)[:, None] - y", "p * y.sum() - y"), ("p * y.sum(-1)[:, None] - y", "p * (y.sum(-1)[:, None] - y)"),
    ("p * y.sum(-1)[:, None] - y", "e * y.sum(-1)[:, None] - y"), ("- y) / b", "- y)"),
    ("- y) / b", "- y) / z.shape[1]"), ("- y) / b", "- y) / (b * z.shape[1])"), ("dz = g *", "dz = "),
    ("dz = g *", "dz = -g *"), ("dz = g *", "dz = 2 * g *"), ("e = np.exp(z)", "e = z"),
    ("e = np.exp(z)", "e = np.exp(-z)"), ("total = e.sum(-1)[:, None]", "total = e.sum(0)"),
    ("total = e.sum(-1)[:, None]", "total = e.sum()"),
    ("total = e.sum(-1)[:, None]", "total = e.sum(-1)[:, None] + 1e-5"),
    ("dy = -g * np.log(p) / b", "dy = g * np.log(p) / b"), ("dy = -g * np.log(p) / b", "dy = -g * np.log(p)"),
    ("dy = -g * np.log(p) / b", "dy = -g * p / b"), ("dy = -g * np.log(p) / b", "dy = -g * z / b"),
    ("dy = -g * np.log(p) / b", "dy = -g / p / b"), ("dy = -g * np.log(p) / b", "dy = 0 * p"),
)
SAME = (
    ("p = e / total", "p = np.exp(z - np.log(total))"),
    ("dy = -g * np.log(p) / b", "dy = g * (np.log(total) - z) / b"),
)
