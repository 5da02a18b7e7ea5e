"""A tanh RNN over time (Elman 1990), backward through time; the loss may depend on every state."""

from verify import array

INPUTS = {"x": array("steps", "d"), "h0": array("n"), "w": array("n", "n"), "u": array("n", "d"), "b": array("n")}


def forward(np, x, h0, w, u, b):
    h, states = h0, []
    for t in range(x.shape[0]):
        h = np.tanh(w @ h + u @ x[t] + b)
        states.append(h)
    return np.stack(states)


def backward(np, inputs, g):
    x, h0, w, u, b = (inputs[k] for k in ("x", "h0", "w", "u", "b"))
    steps = x.shape[0]
    states = [h0]
    for t in range(steps):
        states.append(np.tanh(w @ states[-1] + u @ x[t] + b))
    carry, dw, du, db, dx = 0 * h0, 0 * w, 0 * u, 0 * b, []
    for t in range(steps - 1, -1, -1):
        dh = g[t] + carry
        da = dh * (1 - states[t + 1] ** 2)
        dw = dw + np.outer(da, states[t])
        du = du + np.outer(da, x[t])
        db = db + da
        dx.append(u.T @ da)
        carry = w.T @ da
    return {"x": np.stack(dx[::-1]), "h0": carry, "w": dw, "u": du, "b": db}


WRONG = (
    ("dh = g[t] + carry", "dh = g[t]"), ("dh = g[t] + carry", "dh = carry + (g[t] if t == steps - 1 else 0)"),
    ("dh = g[t] + carry", "dh = g[t] - carry"), ("(1 - states[t + 1] ** 2)", "(1 - states[t] ** 2)"),
    ("(1 - states[t + 1] ** 2)", "(1 - states[t + 1])"), (" * (1 - states[t + 1] ** 2)", ""),
    ("(1 - states[t + 1] ** 2)", "(1 - np.tanh(states[t + 1]) ** 2)"),
    ("np.outer(da, states[t])", "np.outer(da, states[t + 1])"),
    ("np.outer(da, states[t])", "np.outer(states[t], da)"), ("np.outer(da, states[t])", "np.outer(dh, states[t])"),
    ("dw = dw + np", "dw = np"),
    ("dw = dw + np.outer(da, states[t])", "dw = dw + (np.outer(da, states[t]) if t else 0 * w)"),
    ("du = du + np", "du = np"), ("np.outer(da, x[t])", "np.outer(da, x[t - 1])"),
    ("np.outer(da, x[t])", "np.outer(dh, x[t])"), ("db = db + da", "db = da"), ("db = db + da", "db = db + dh"),
    ("u.T @ da", "u.T @ dh"), ("dx.append(u.T @ da)", "dx.append(u.T @ g[t])"),
    ("carry = w.T @ da", "carry = w @ da"), ("carry = w.T @ da", "carry = w.T @ dh"),
    ("carry = w.T @ da", "carry = carry + w.T @ da"), ("carry = w.T @ da", "carry = da"),
    ("np.stack(dx[::-1])", "np.stack(dx)"), ('"h0": carry', '"h0": dh'), ('"h0": carry', '"h0": da'),
    ('"h0": carry', '"h0": 0 * carry'), ("range(steps - 1, -1, -1)", "range(steps - 1, 0, -1)"),
)
SAME = (
    ("u.T @ da", "da @ u"),
)
