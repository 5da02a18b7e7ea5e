"""The defaults of torch and optax that make comparisons fail when they are forgotten."""

from sympy import Rational

from derive.entry import entry


@entry(
    name="library_defaults",
    title={"en": "Defaults of optimisers and normalisations", "zh": "优化器与归一化层的默认值"},
    section="3.1",
    source="Kingma & Ba 2015, algorithm 1; signatures of torch.optim, optax, torch.nn and flax.linen",
    facts={
        "adam-defaults": {"kind": "definition", "en": "Adam: α = 0.001, β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸",
                          "zh": "Adam：α = 0.001，β₁ = 0.9，β₂ = 0.999，ε = 10⁻⁸"},
        "adam-memory": {"kind": "identity", "en": "Adam's averages reach back 10 and 1000 steps",
                        "zh": "Adam 的两个平均分别回溯约 10 步与 1000 步"},
        "library-defaults": {"kind": "definition", "en": "Where torch differs from optax and flax", "zh": "torch 与 optax、flax 不同之处"},
    },
)
def library_defaults(page):
    defaults = {}

    def default(name, value, fact="library-defaults"):
        defaults[name] = page.let(name, [], value, fact=fact)
        return defaults[name]

    alpha, beta_1 = default("alpha", Rational(1, 1000), "adam-defaults"), default("beta_1", Rational(9, 10), "adam-defaults")
    beta_2 = default("beta_2", Rational(999, 1000), "adam-defaults")
    default("epsilon", Rational(1, 10**8), "adam-defaults")
    for name, (torch, other) in PAIRS.items():
        default(f"{name}_t", torch)
        default(f"{name}_o", other)

    short = page.let("n_1", [], 1 / (1 - beta_1), fact="adam-memory")
    long = page.let("n_2", [], 1 / (1 - beta_2), fact="adam-memory")
    first = page.let("s", [], (1 - beta_1)**2 / (1 - beta_2), fact="adam-memory")        # (m/√v)² of the first step
    decay = page.let("r", [], defaults["lambda_t"] / defaults["lambda_o"], fact="library-defaults")
    kept = page.let("k", [], defaults["mu_t"] + defaults["mu_o"], fact="library-defaults")

    page.claim(short, 10, fact="adam-memory")
    page.claim(long, 1000, fact="adam-memory")
    page.claim(first, 10, fact="adam-memory")
    page.claim(decay, 100, fact="library-defaults")
    page.claim(kept, Rational(109, 100), fact="library-defaults")
    page.claim(defaults["epsilon"], alpha**2 / 100, fact="adam-defaults")

    w, x, start = page.input("w"), page.input("x"), page.input("m")

    def after(name, body):
        return page.let(name, [], body, fact="library-defaults")

    shrunk = after("w_o", (1 - alpha * defaults["lambda_o"]) * w)            # AdamW's decay of one step
    mean = after("m_o", defaults["mu_o"] * start + (1 - defaults["mu_o"]) * x)          # batch normalisation's running mean
    square = after("v_o", (1 - defaults["rho_o"]) * x**2)                    # RMSprop's average after one step
    summed = after("G_o", defaults["A_o"] + x**2)                           # Adagrad's sum after one step

    page.mistake(shrunk, (1 - alpha * defaults["lambda_t"]) * w, en="takes AdamW's decay to be the same: torch's is 100 times optax's",
                 zh="以为 AdamW 的衰减相同：torch 的是 optax 的 100 倍")
    page.mistake(mean, (1 - defaults["mu_t"]) * start + defaults["mu_t"] * x,
                 en="only turns the momentum of batch normalisation round: 0.99 is not 1 − 0.1",
                 zh="只把批归一化的动量取补：0.99 不是 1 − 0.1")
    page.mistake(mean, (1 - defaults["mu_o"]) * start + defaults["mu_o"] * x,
                 en="reads flax's momentum as torch's: in flax it is what stays", zh="按 torch 理解 flax 的动量：flax 中是保留的部分")
    page.mistake(square, (1 - defaults["rho_t"]) * x**2, en="takes RMSprop's decay to be the same", zh="以为 RMSprop 的衰减系数相同")
    page.mistake(summed, defaults["A_t"] + x**2, en="lets Adagrad start at 0 in optax too", zh="以为 optax 的 Adagrad 也从 0 开始")

    page.convention(
        en="Names with t are torch's, with o optax's or flax's: λ the decay of AdamW, ρ of RMSprop, A the start and ε_A the ε of "
           "Adagrad, μ the momentum of batch normalisation, ε_L and ε_G of layer and group normalisation.",
        zh="下标 t 为 torch，o 为 optax 或 flax：λ 为 AdamW 的衰减，ρ 为 RMSprop 的衰减，A 与 ε_A 为 Adagrad 的初值与 ε，"
           "μ 为批归一化的动量，ε_L 与 ε_G 为层与组归一化的 ε。")
    page.convention(
        en="As read from torch 2.13, optax 0.2.8 and flax 0.12.8 by the comparison itself; optax has no default learning rate.",
        zh="由比较本身从 torch 2.13、optax 0.2.8 与 flax 0.12.8 读出；optax 没有默认学习率。")


PAIRS = {"lambda": (Rational(1, 100), Rational(1, 10**4)), "rho": (Rational(99, 100), Rational(9, 10)),
         "A": (0, Rational(1, 10)), "epsilon_A": (Rational(1, 10**10), Rational(1, 10**7)),
         "mu": (Rational(1, 10), Rational(99, 100)), "epsilon_L": (Rational(1, 10**5), Rational(1, 10**6)),
         "epsilon_G": (Rational(1, 10**5), Rational(1, 10**6))}
library_defaults.sized()


@library_defaults.reference("torch", "torch.optim, torch.nn, optax and flax.linen by inspect.signature")
def _(torch, v):
    found = {**_torch_defaults(torch), **_other_defaults()}
    values = {name: torch.tensor(float(value), dtype=torch.float64) for name, value in found.items()}
    return values | _torch_steps(torch, found, *(v[name].detach().double() for name in "wxm"))


@library_defaults.reference("jax", "optax, flax.linen")
def _(jax, v):
    import optax

    found = {name: jax.numpy.asarray(float(value)) for name, value in _other_defaults().items()}
    decay = optax.adamw(1e-3)
    step, _ = decay.update(jax.numpy.zeros_like(v["w"]), decay.init(v["w"]), v["w"])
    _, (square, *_) = optax.rmsprop(1.).update(v["x"], optax.rmsprop(1.).init(v["x"]))
    _, (summed, *_) = optax.adagrad(1.).update(v["x"], optax.adagrad(1.).init(v["x"]))
    return found | {"w_o": v["w"] + step, "v_o": square.nu, "G_o": summed.sum_of_squares}


def _torch_steps(torch, found, w, x, m):
    """One step of torch's own optimisers and normalisation with the others' defaults."""
    def stepped(optimizer, start, gradient, **options):
        point = start.clone().requires_grad_()
        run = getattr(torch.optim, optimizer)([point], **options)
        point.grad = gradient.clone()
        run.step()
        return point.detach(), run.state[point]

    mean, variance = m.reshape(1).clone(), torch.ones_like(m).reshape(1)
    torch.nn.functional.batch_norm(x.expand(2, 1), mean, variance, training=True, momentum=1 - found["mu_o"])
    return {"w_o": stepped("AdamW", w, torch.zeros_like(w), lr=found["alpha"], weight_decay=found["lambda_o"])[0],
            "v_o": stepped("RMSprop", w, x, alpha=found["rho_o"])[1]["square_avg"], "m_o": mean[0],
            "G_o": stepped("Adagrad", w, x, initial_accumulator_value=found["A_o"])[1]["sum"]}


def _default(function, name):
    import inspect

    return inspect.signature(function).parameters[name].default


def _torch_defaults(torch):
    optim, nn = torch.optim, torch.nn
    betas = _default(optim.Adam, "betas")
    return {"alpha": _default(optim.Adam, "lr"), "beta_1": betas[0], "beta_2": betas[1], "epsilon": _default(optim.Adam, "eps"),
            "lambda_t": _default(optim.AdamW, "weight_decay"), "rho_t": _default(optim.RMSprop, "alpha"),
            "A_t": _default(optim.Adagrad, "initial_accumulator_value"), "epsilon_A_t": _default(optim.Adagrad, "eps"),
            "mu_t": _default(nn.BatchNorm1d, "momentum"), "epsilon_L_t": _default(nn.LayerNorm, "eps"),
            "epsilon_G_t": _default(nn.GroupNorm, "eps")}


def _other_defaults():
    import optax
    from flax import linen

    return {"beta_1": _default(optax.adam, "b1"), "beta_2": _default(optax.adam, "b2"), "epsilon": _default(optax.adam, "eps"),
            "lambda_o": _default(optax.adamw, "weight_decay"), "rho_o": _default(optax.rmsprop, "decay"),
            "A_o": _default(optax.adagrad, "initial_accumulator_value"), "epsilon_A_o": _default(optax.adagrad, "eps"),
            "mu_o": linen.BatchNorm.momentum, "epsilon_L_o": linen.LayerNorm.epsilon, "epsilon_G_o": linen.GroupNorm.epsilon}
