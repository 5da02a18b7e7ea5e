"""What is watched in training: norms of gradients by layer, the relative step, and how saturated or dead units are."""

from sympy import Piecewise, Sum, sqrt, tanh

from derive.entry import entry
from derive.sympy_functions import step


@entry(
    name="monitoring",
    title={"en": "Statistics to watch in training", "zh": "训练中的监控统计量"},
    section="3.3",
    source="Glorot & Bengio 2010, sections 3.1 and 4.2; Goodfellow, Bengio & Courville 2016, section 11.5",
    facts={
        "monitor-gradient-stats": {"kind": "definition", "en": "Norms of gradients: of all, by layer, and between layers",
                                   "zh": "梯度范数：整体、逐层与层间之比"},
        "monitor-weight-stats": {"kind": "identity", "en": "A step of SGD changes the weights by the share α‖g‖/‖w‖",
                                 "zh": "SGD 一步使权重改变的比例为 α‖g‖/‖w‖"},
        "monitor-activation-stats": {"kind": "definition", "en": "Dead units, and the mean slope of tanh",
                                     "zh": "死神经元比例与 tanh 的平均斜率"},
        "vanish-symptoms": {"kind": "claim", "en": "Vanishing: early layers get small gradients and small steps, and the loss stands still",
                            "zh": "梯度消失：浅层梯度与更新很小，损失停滞"},
        "vanish-solutions": {"kind": "claim", "en": "ReLU, skip connections, batch normalisation and the right variance, at initialisation",
                             "zh": "初始化时的 ReLU、残差连接、批归一化与合适的方差"},
        "explode-symptoms": {"kind": "claim", "en": "Exploding: large gradients and steps, and a loss that rises",
                             "zh": "梯度爆炸：梯度与更新很大，损失上升"},
    },
)
def monitoring(page):
    L, n = page.size("L", least=2), page.size("n")                          # layers and their weights
    N, K, M = page.sizes("N K M")                                           # examples of the probe and units
    l, later, i = page.family("l", 1, L), page.family("l", 2, L), page.index("i", n)
    s, k, j = page.index("s", N), page.index("k", K), page.index("j", M)

    gradients, weights, units = "monitor-gradient-stats", "monitor-weight-stats", "monitor-activation-stats"
    g, w, alpha = page.input("g", l, i), page.input("w", l, i), page.input("alpha", positive=True)
    square = page.let("S", [l], Sum(g[l, i]**2, i), fact=gradients)
    norm = page.let("r", [l], sqrt(square[l]), fact=gradients)
    total = page.let("R", [], sqrt(Sum(square[l], l)), fact=gradients)
    ratio = page.let("q", [later], norm[later - 1] / norm[later], fact=gradients)
    new = page.let("v", [l, i], w[l, i] - alpha * g[l, i], fact=weights)
    size = page.let("W", [l], sqrt(Sum(w[l, i]**2, i)), fact=weights)
    moved = page.let("u", [l], sqrt(Sum((new[l, i] - w[l, i])**2, i)) / size[l], fact=weights)

    z = page.input("z", s, k)
    h = page.let("h", [s, k], tanh(z[s, k]), fact=units)
    page.loss(page.let("A", [], Sum(h[s, k], s, k) / N), "A")
    slope = page.let("a", [k], Sum(1 - h[s, k]**2, s) / N, fact=units)
    e = page.family("e", 1, N)                                              # the examples, one after the other
    y, dead = page.input("y", e, j), page.state("d", e, j)                  # in front of ReLU; whether it was off so far
    page.define(dead[e, j], Piecewise((dead[e - 1, j], e >= 2), (1, True)) * (1 - step(y[e, j])), fact=units)
    share = page.let("D", [], Sum(dead[N, j], j) / M, fact=units)
    dz = page.want(z, fact=units)

    page.claim(total, sqrt(Sum(g[l, i]**2, l, i)), fact=gradients)
    page.claim(moved[l], alpha * norm[l] / size[l], fact=weights)
    page.claim(dz[s, k], (1 - h[s, k]**2) / N, fact=units)

    page.mistake(total, Sum(norm[l], l), en="adds norms: it is their squares that add", zh="把范数相加：相加的是其平方")
    page.mistake(ratio[later], square[later - 1] / square[later], en="compares squares of norms", zh="比较了范数的平方")
    page.mistake(moved[l], norm[l] / size[l], en="forgets the learning rate", zh="漏掉了学习率")
    page.mistake(moved[l], alpha * square[l] / size[l], en="takes the square of the gradient's norm", zh="用了梯度范数的平方")
    page.mistake(dead[e, j], 1 - step(y[e, j]), en="calls a unit dead that is off for one example: it must be off for all of them",
                 zh="对一个样本为零就算死：须对所有样本为零")
    page.mistake(share, 1 - Sum(step(y[e, j]), e, j) / (N * M), en="takes the share of zeros for that of dead units",
                 zh="把零的比例当成死神经元的比例")
    page.mistake(slope[k], Sum(1 - h[s, k], s) / N, en="forgets the square", zh="漏掉了平方")

    page.convention(
        en="R is what torch.nn.utils.get_total_norm gives; q compares a layer with the one behind it. For momentum or Adam the "
           "step is another one, and so is u.",
        zh="R 即 torch.nn.utils.get_total_norm 的值；q 比较一层与其后一层。使用动量或 Adam 时步不同，u 也不同。")
    page.convention(
        en="A ReLU unit is dead where it is zero on every example of the probe: others may wake it. tanh is saturated where its "
           "mean slope a is near 0.",
        zh="探测集上对每个样本都为零的 ReLU 单元算死神经元：换一批样本可能不同。tanh 的平均斜率 a 接近 0 时为饱和。")


monitoring.sized(L=3, n=4, N=2, K=5, M=6)
monitoring.sized(L=2, n=3, N=4, K=6, M=5)


@monitoring.reference("torch", "torch.nn.utils.get_total_norm, torch.optim.SGD, torch.func.jacrev of tanh")
def _(torch, v):
    norm, g, w, z = torch.nn.utils.get_total_norm, v["g"], v["w"].detach(), v["z"]
    layers = [row.clone().requires_grad_() for row in w]
    optimizer = torch.optim.SGD(layers, lr=float(v["alpha"]))
    for layer, row in zip(layers, g.detach()):
        layer.grad = row.clone()
    optimizer.step()
    new = torch.stack([layer.detach() for layer in layers])
    r = torch.stack([norm([row]) for row in g])
    W = torch.stack([norm([row]) for row in w])
    probe = z.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(torch.tanh(probe).sum(), probe)
    off = torch.relu(v["y"]) == 0
    return {"R": norm(list(g)), "r": r, "S": r**2, "q": r[:-1] / r[1:], "v": new, "W": W, "h": torch.tanh(z),
            "A": torch.tanh(z).sum(1).mean(), "a": slopes.mean(0),
            "d": torch.cumprod(off.to(z), 0), "D": off.all(0).to(z).mean(),
            "u": torch.stack([norm([x - y]) for x, y in zip(new, w)]) / W}


@monitoring.reference("jax", "optax.tree.norm, optax.sgd, jax.grad of tanh")
def _(jax, v):
    import optax

    np, g, w, z = jax.numpy, list(v["g"]), list(v["w"]), v["z"]
    step, _ = optax.sgd(v["alpha"]).update(g, optax.sgd(v["alpha"]).init(w))
    new = optax.apply_updates(w, step)
    off = jax.nn.relu(v["y"]) == 0
    slopes = jax.vmap(jax.vmap(jax.grad(np.tanh)))(z)
    return {"R": optax.tree.norm(g), "r": np.stack([optax.tree.norm(row) for row in g]), "v": np.stack(new),
            "A": np.tanh(z).sum() / len(z), "a": slopes.mean(0), "d": np.cumprod(off.astype(z.dtype), 0),
            "D": off.all(0).astype(z.dtype).mean()}


def _trained(torch, seed, squash, gain=1.0, normalised=False, skip=False, steps=0, alpha=0.1, depth=12, width=16):
    """Gradient descent on a deep network: its losses; and by layer, of the first step, the norm of the gradient and the
    share of the weights that changed."""
    torch.manual_seed(seed)
    x, y = torch.randn(2, 64, width, dtype=torch.float64)
    weights = [torch.nn.Parameter(torch.randn(width, width, dtype=x.dtype) * gain / width**.5) for _ in range(depth)]
    optimizer, losses = torch.optim.SGD(weights, lr=alpha), []
    for taken in range(steps + 1):
        h = x
        for weight in weights[:-1]:
            z = torch.nn.functional.linear(h, weight)
            z = squash(torch.nn.functional.batch_norm(z, None, None, training=True) if normalised else z)
            h = h + z if skip else z
        loss = torch.nn.functional.mse_loss(torch.nn.functional.linear(h, weights[-1]), y)
        gradients = torch.autograd.grad(loss, weights)
        losses.append(loss.item())
        if taken == 0:
            norms = [gradient.norm().item() for gradient in gradients]
            moved = [alpha * norm / weight.detach().norm().item() for norm, weight in zip(norms, weights)]
        for weight, gradient in zip(weights, gradients):
            weight.grad = gradient
        optimizer.step()
    return losses, norms, moved


@monitoring.experiment("torch", "torch.optim.SGD, torch.autograd", fact="vanish-symptoms")
def _(torch, see):
    _, norms, moved = _trained(torch, see.seed, torch.sigmoid)
    losses, *_ = _trained(torch, see.seed, torch.tanh, gain=.1, steps=20)
    see(norms[0] / norms[-1], "<", 1e-5, en="12 layers of sigmoids: the first layer's gradient over the last one's",
        zh="12 层 sigmoid：第一层与最后一层的梯度之比")
    see(moved[0], "<", 1e-7, en="share of its weights that a step changes", zh="一步改变其权重的比例")
    see(losses[0] - losses[-1], "<", 1e-6, en="12 layers of tanh with a tenth of the weights: by how much 20 steps lower the loss",
        zh="12 层 tanh、权重为十分之一：20 步降低的损失")
    see.wrongly(norms[-1] / norms[0], "<", 2, en="where a network's gradient vanishes it does so in every layer",
                zh="梯度消失时每层都一样小")


@monitoring.experiment("torch", "torch.optim.SGD, torch.nn.functional.batch_norm", fact="vanish-solutions")
def _(torch, see):
    def share(squash, gain=1.0, **options):
        _, norms, _ = _trained(torch, see.seed, squash, gain, **options)
        return norms[0] / norms[-1]

    see(share(torch.sigmoid), "<", 1e-5, en="12 layers of sigmoids: the first layer's gradient over the last one's",
        zh="12 层 sigmoid：第一层与最后一层的梯度之比")
    see(share(torch.relu, 2**.5), ">", 1e-2, en="with ReLU and He's variance", zh="换用 ReLU 与 He 方差")
    see(share(torch.sigmoid, skip=True), ">", 1e-3, en="with sigmoids and skip connections", zh="sigmoid 加残差连接")
    see(share(torch.sigmoid, normalised=True), ">", 1e-2, en="with sigmoids and batch normalisation", zh="sigmoid 加批归一化")
    see(share(torch.tanh), ">", 1e-2, en="with tanh and Xavier's variance", zh="tanh 与 Xavier 方差")
    see.wrongly(share(torch.sigmoid, 2**.5), ">", 1e-2, en="He's variance helps sigmoids as well", zh="He 方差对 sigmoid 也有用")


@monitoring.experiment("torch", "torch.optim.SGD, torch.autograd", fact="explode-symptoms")
def _(torch, see):
    losses, norms, moved = _trained(torch, see.seed, torch.nn.Identity(), gain=2.0, steps=1)
    _, usual, kept = _trained(torch, see.seed, torch.nn.Identity())
    see(norms[0] / usual[0], ">", 1e4, en="12 linear layers with twice the weights: growth of the first layer's gradient", zh="12 层线性层、权重加倍：第一层梯度的倍数")
    see(min(moved), ">", 1, en="share of its weights that a step changes, at least", zh="一步改变权重的比例，至少")
    see(max(kept), "<", 1, en="the same before the weights were doubled, at most", zh="加倍之前，至多")
    see.wrongly(losses[1], "<", losses[0], en="the step along the gradient lowers the loss", zh="沿梯度的一步降低损失")
