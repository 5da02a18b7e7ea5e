"""A step of SGD with Nesterov's momentum and weight decay, in the form that libraries use (Sutskever et al. 2013)."""

from verify import array

INPUTS = {"theta": array("n"), "grad": array("n"), "v": array("n"), "rate": array(positive=True),
          "mu": array(low=0.0, high=1.0)}
DECAY = 0.1


def forward(np, theta, grad, v, rate, mu):
    d = grad + DECAY * theta
    v = mu * v + d
    return {"theta": theta - rate * (d + mu * v), "v": v}


def backward(np, inputs, g):
    theta, grad, v, rate, mu = (inputs[k] for k in ("theta", "grad", "v", "rate", "mu"))
    gt, gv = g["theta"], g["v"]
    d = grad + DECAY * theta
    new = mu * v + d
    dnew = gv - rate * mu * gt
    dd = dnew - rate * gt
    return {"theta": gt + DECAY * dd, "grad": dd, "v": mu * dnew, "rate": -(gt * (d + mu * new)).sum(),
            "mu": (dnew * v).sum() - rate * (gt * new).sum()}


WRONG = (
    ("dnew = gv - rate", "dnew = -rate"), ("dnew = gv - rate", "dnew = gv + rate"), ("rate * mu * gt", "rate * gt"),
    ("rate * mu * gt", "mu * gt"), ("dd = dnew - rate * gt", "dd = dnew"),
    ("dd = dnew - rate * gt", "dd = -rate * gt"), ("dd = dnew - rate * gt", "dd = dnew + rate * gt"),
    ("gt + DECAY * dd", "gt"), ("gt + DECAY * dd", "gt - DECAY * dd"), ("gt + DECAY * dd", "DECAY * dd"),
    ("gt + DECAY * dd", "gt + dd"), ('"grad": dd', '"grad": dnew'), ('"v": mu * dnew', '"v": dnew'),
    ('"v": mu * dnew', '"v": mu * gv'), ('"v": mu * dnew', '"v": mu * dd'),
    ("-(gt * (d + mu * new))", "(gt * (d + mu * new))"), ("(d + mu * new)", "(d + mu * v)"),
    ("(d + mu * new)", "new"), ("(d + mu * new)", "(d + new)"), ("(d + mu * new)).sum()", "(d + mu * new)).mean()"),
    ("(dnew * v).sum()", "(dnew * new).sum()"), (" - rate * (gt * new).sum()", ""),
    ("(gt * new).sum()}", "(gt * v).sum()}"), ("d = grad + DECAY * theta\n", "d = grad\n"),
    ("new = mu * v + d", "new = mu * v"),
)
SAME = (
    ("new = mu * v + d", "new = d + v * mu"),
)
