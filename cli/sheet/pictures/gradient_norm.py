"""The norm of ∂h_t/∂h_0 of a linear recurrence, by its singular values (Pascanu, Mikolov & Bengio 2013, section 2)."""

from __future__ import annotations

from cli.sheet.pictures import Curve

ENTRIES = ("singular_bound", "vanishing_exploding", "rnn")
TITLE = {"en": "Norm of ∂h_t/∂h_0, all singular values of W alike", "zh": "∂h_t/∂h_0 的范数，W 的奇异值全部相同"}
ACROSS = {"en": "steps t", "zh": "步数 t"}
UP = {"en": "‖∂h_t/∂h_0‖₂", "zh": "‖∂h_t/∂h_0‖₂"}
LOGARITHMIC = True
STEPS, SIZE = 60, 16
VALUES = (0.8, 0.9, 1.0, 1.1, 1.2)


def curves() -> dict[str, Curve]:
    """W is a singular value times an orthogonal matrix; the Jacobian is multiplied out, and its norm taken."""
    import numpy as np

    orthogonal, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((SIZE, SIZE)))
    found: dict[str, Curve] = {}
    for value in VALUES:
        jacobian, norms = np.eye(SIZE), []
        for step in range(STEPS + 1):
            norms.append((float(step), float(np.linalg.norm(jacobian, 2))))
            jacobian = value * orthogonal @ jacobian
        found[f"σ = {value}"] = norms
    return found
