"""How large the largest attention weight is, with and without 1/√d (Vaswani et al. 2017, section 3.2.1)."""

from __future__ import annotations

from cli.sheet.pictures import Curve

ENTRIES = ("attention_scaling",)
TITLE = {"en": "Largest of 16 attention weights, queries and keys standard normal",
         "zh": "16 个注意力权重中最大者，查询与键服从标准正态"}
ACROSS = {"en": "width d", "zh": "宽度 d"}
UP = {"en": "mean of the largest weight", "zh": "最大权重的均值"}
LOGARITHMIC = False
WIDTHS, KEYS, DRAWS = (1, 2, 4, 8, 16, 32, 64, 128, 256), 16, 400


def curves() -> dict[str, Curve]:
    import numpy as np

    found: dict[str, Curve] = {"softmax(q·k)": [], "softmax(q·k / √d)": []}
    for width in WIDTHS:
        random = np.random.default_rng(width)
        q, k = random.standard_normal((DRAWS, 1, width)), random.standard_normal((DRAWS, KEYS, width))
        scores = (q * k).sum(-1)
        for label, scale in (("softmax(q·k)", 1.0), ("softmax(q·k / √d)", width**-0.5)):
            weights = np.exp(scale * scores - (scale * scores).max(-1, keepdims=True))
            largest = (weights / weights.sum(-1, keepdims=True)).max(-1)
            found[label].append((float(width), float(largest.mean())))
    return found
