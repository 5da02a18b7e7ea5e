"""The mean square of the activations by depth, for ReLU layers that are drawn in three ways (He et al. 2015)."""

from __future__ import annotations

from cli.sheet.pictures import Curve

ENTRIES = ("he", "xavier")
TITLE = {"en": "Signal through ReLU layers, by the variance of W", "zh": "信号经过 ReLU 各层，按 W 的方差"}
ACROSS = {"en": "layer", "zh": "层"}
UP = {"en": "mean of z² (first layer: 1)", "zh": "z² 的均值（首层为 1）"}
LOGARITHMIC = True
DEPTH, WIDTH, EXAMPLES = 30, 256, 64
GAINS = {"2/n (He)": 2.0, "1/n (Xavier)": 1.0, "0.01²": None}


def curves() -> dict[str, Curve]:
    """z = W ReLU(z) with W drawn afresh for each layer."""
    import numpy as np

    found: dict[str, Curve] = {}
    for label, gain in GAINS.items():
        random = np.random.default_rng(1)
        deviation = 0.01 if gain is None else (gain / WIDTH) ** 0.5
        z, points = random.standard_normal((WIDTH, EXAMPLES)), []
        start = float(np.mean(z**2))
        for layer in range(DEPTH + 1):
            points.append((float(layer), float(np.mean(z**2)) / start))
            z = deviation * random.standard_normal((WIDTH, WIDTH)) @ np.maximum(z, 0)
        found[label] = points
    return found
