"""A step of Adam (Kingma & Ba 2015, algorithm 1) at t = 3, as a function of all that goes in."""

from verify import array

INPUTS = {"theta": array("n"), "grad": array("n"), "m": array("n"), "v": array("n", positive=True)}
RATE, ONE, TWO, EPS, STEP = 0.1, 0.9, 0.99, 0.05, 3


def forward(np, theta, grad, m, v):
    m = ONE * m + (1 - ONE) * grad
    v = TWO * v + (1 - TWO) * grad ** 2
    return theta - RATE * (m / (1 - ONE ** STEP)) / (np.sqrt(v / (1 - TWO ** STEP)) + EPS), m, v


def backward(np, inputs, g):
    grad, m, v = inputs["grad"], inputs["m"], inputs["v"]
    gt, gm, gv = g
    m = ONE * m + (1 - ONE) * grad
    v = TWO * v + (1 - TWO) * grad ** 2
    mh = m / (1 - ONE ** STEP)
    root = np.sqrt(v / (1 - TWO ** STEP))
    down = root + EPS
    dm = gm - gt * RATE / ((1 - ONE ** STEP) * down)
    dv = gv + gt * RATE * mh / (down ** 2 * 2 * root * (1 - TWO ** STEP))
    return {"theta": gt, "grad": dm * (1 - ONE) + dv * (1 - TWO) * 2 * grad, "m": ONE * dm, "v": TWO * dv}


WRONG = (
    ("mh = m / (1 - ONE ** STEP)", "mh = m / (1 - ONE ** (STEP - 1))"), ("mh = m / (1 - ONE ** STEP)", "mh = m"),
    ("mh = m / (1 - ONE ** STEP)", "mh = m / (1 - TWO ** STEP)"),
    ("root = np.sqrt(v / (1 - TWO ** STEP))", "root = np.sqrt(v)"),
    ("root = np.sqrt(v / (1 - TWO ** STEP))", "root = np.sqrt(v / (1 - TWO ** STEP) + EPS)"),
    ("root = np.sqrt(v / (1 - TWO ** STEP))", "root = v / (1 - TWO ** STEP)"), ("down = root + EPS", "down = root"),
    ("down = root + EPS", "down = np.sqrt(v) + EPS"), ("(1 - ONE) * grad\n", "ONE * grad\n"),
    ("(1 - TWO) * grad ** 2", "(1 - TWO) * grad"), ("dm = gm - ", "dm = gm + "), ("dm = gm - ", "dm = -"),
    ("RATE / ((1 - ONE ** STEP) * down)", "RATE / down"),
    ("RATE / ((1 - ONE ** STEP) * down)", "1 / ((1 - ONE ** STEP) * down)"), ("dv = gv + ", "dv = gv - "),
    ("dv = gv + ", "dv = "), ("down ** 2 * 2 * root", "down * 2 * root"),
    ("down ** 2 * 2 * root", "down ** 2 * root"), ("down ** 2 * 2 * root", "down ** 2 * 2 * down"),
    ("* root * (1 - TWO ** STEP))", "* root)"), ('"theta": gt', '"theta": 0 * gt'),
    ('"theta": gt', '"theta": gt * (1 - RATE)'), ("dm * (1 - ONE) + ", "dm + "), ("dm * (1 - ONE) + ", ""),
    ("dv * (1 - TWO) * 2 * grad", "dv * (1 - TWO) * grad"), (" + dv * (1 - TWO) * 2 * grad", ""),
    ('"m": ONE * dm', '"m": dm'), ('"m": ONE * dm', '"m": (1 - ONE) * dm'), ('"v": TWO * dv', '"v": ONE * dv'),
    ('"v": TWO * dv', '"v": dv'),
)
SAME = (
    ("dm = gm - gt * RATE / ((1 - ONE ** STEP) * down)", "dm = gm - RATE * gt / down / (1 - ONE ** STEP)"),
)
