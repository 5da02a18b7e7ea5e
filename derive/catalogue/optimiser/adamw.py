"""AdamW over T steps: Adam with weight decay that does not pass through the moments."""

from sympy import Piecewise, Sum, sqrt

from derive.entry import entry


@entry(
    name="adamw",
    title={"en": "AdamW, T steps", "zh": "AdamW 优化器，T 步"},
    section="3.1",
    source="Loshchilov & Hutter 2019, algorithm 2",
    facts={
        "adamw-moments": {"kind": "update-rule", "en": "Moments", "zh": "矩"},
        "adamw": {"kind": "update-rule", "en": "Update with decoupled decay", "zh": "解耦权重衰减的更新"},
        "adamw-decoupled": {"kind": "identity", "en": "Neither moment knows of the decay", "zh": "两个矩都与衰减无关"},
        "adamw-closed-form": {"kind": "identity", "en": "Parameters in closed form", "zh": "参数的闭式"},
    },
)
def adamw(page):
    T, n = page.sizes("T n")
    t, s, i = page.family("t", 1, T), page.family("s", 1, T), page.index("i", n)

    g = page.input("g", t, i)
    alpha, eps = page.input("alpha", below_one=True), page.input("epsilon", positive=True)
    beta_1, beta_2 = page.input("beta_1", below_one=True), page.input("beta_2", below_one=True)
    decay = page.input("lambda", below_one=True)
    m, v, theta = page.state("m", t, i), page.state("v", t, i), page.state("theta", (t, 0, T), i)

    page.define(m[t, i], Piecewise((beta_1 * m[t - 1, i], t >= 2), (0, True)) + (1 - beta_1) * g[t, i],
                fact="adamw-moments")
    page.define(v[t, i], Piecewise((beta_2 * v[t - 1, i], t >= 2), (0, True)) + (1 - beta_2) * g[t, i]**2,
                fact="adamw-moments")
    u = page.let("u", [t, i], (m[t, i] / (1 - beta_1**t)) / (sqrt(v[t, i] / (1 - beta_2**t)) + eps),
                 fact="adamw")
    page.define(theta[t, i], theta[t - 1, i] - alpha * (u[t, i] + decay * theta[t - 1, i]), fact="adamw")

    page.claim(theta[t, i], (1 - alpha * decay) * theta[t - 1, i] - alpha * u[t, i], fact="adamw")
    for moment, beta, power in ((m, beta_1, 1), (v, beta_2, 2)):
        page.claim(moment[t, i], (1 - beta) * Sum(beta**(t - s) * g[s, i]**power, (s, 1, t)), by="induction on t",
                   fact="adamw-decoupled")
    start = page.family("t", 0, T)
    page.claim(theta[start, i], (1 - alpha * decay)**start * theta[0, i]
               - alpha * Sum((1 - alpha * decay)**(start - s) * u[s, i], (s, 1, start)), by="induction on t",
               fact="adamw-closed-form")

    page.mistake(theta[t, i], theta[t - 1, i] - alpha * u[t, i],
                 en="leaves the decay out", zh="漏掉了权重衰减")
    page.mistake(theta[t, i], (1 - decay) * theta[t - 1, i] - alpha * u[t, i],
                 en="does not scale the decay by the learning rate, as torch and optax do",
                 zh="权重衰减没有乘学习率（torch 与 optax 都乘）")
    page.mistake(theta[t, i], (1 - alpha * decay) * (theta[t - 1, i] - alpha * u[t, i]),
                 en="decays the new parameters instead of the old ones", zh="对更新后的参数做衰减，应为更新前的")
    page.mistake(m[t, i], Piecewise((beta_1 * m[t - 1, i], t >= 2), (0, True))
                 + (1 - beta_1) * (g[t, i] + decay * theta[t - 1, i]),
                 en="adds the decay to the gradient: that is L2 regularisation, which Adam rescales",
                 zh="把衰减加进了梯度：那是 L2 正则，会被 Adam 缩放")

    page.convention(
        en="torch and optax multiply the decay by the learning rate; the paper has a schedule multiplier η in its place.",
        zh="torch 与 optax 把衰减乘以学习率；论文中该处是调度系数 η。")


adamw.sized(T=6, n=3)
adamw.sized(T=1, n=4)


@adamw.reference("torch", "torch.optim.AdamW")
def _(torch, v):
    theta = v["theta[0]"].clone().requires_grad_()
    optimizer = torch.optim.AdamW([theta], lr=float(v["alpha"]), betas=(float(v["beta_1"]), float(v["beta_2"])),
                                  eps=float(v["epsilon"]), weight_decay=float(v["lambda"]))
    path = []
    for gradient in v["g"]:
        theta.grad = gradient.clone()
        optimizer.step()
        path.append(theta.detach().clone())
    return {"theta": torch.stack(path)}


@adamw.reference("jax", "optax.adamw")
def _(jax, v):
    import optax

    optimizer = optax.adamw(v["alpha"], v["beta_1"], v["beta_2"], v["epsilon"], weight_decay=v["lambda"])
    theta = v["theta[0]"]
    state, path = optimizer.init(theta), []
    for gradient in v["g"]:
        step, state = optimizer.update(gradient, state, theta)
        theta = optax.apply_updates(theta, step)
        path.append(theta)
    return {"theta": jax.numpy.stack(path)}
