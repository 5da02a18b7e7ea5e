"""Cosine annealing of the learning rate: its period, its restarts, and with a warm-up in front."""

from sympy import cos, pi

from derive.entry import entry


@entry(
    name="cosine_schedules",
    title={"en": "Cosine learning-rate schedules", "zh": "余弦学习率调度"},
    section="3.1",
    source="Loshchilov & Hutter 2017 (SGDR), equation 5",
    facts={
        "lr-cosine": {"kind": "schedule", "en": "Cosine annealing", "zh": "余弦退火"},
        "lr-cosine-periodic": {"kind": "identity", "en": "The cosine goes on with period 2T", "zh": "余弦以 2T 为周期延续"},
        "lr-cosine-restarts": {"kind": "identity", "en": "Without t mod T nothing restarts: at T the rate is at its least",
                               "zh": "没有 t mod T 就没有重启：在 T 处学习率最小"},
        "sgdr-formula": {"kind": "schedule", "en": "Warm restarts every T steps", "zh": "每 T 步热重启"},
        "warmup-cosine": {"kind": "schedule", "en": "Linear warm-up, then cosine", "zh": "线性预热后余弦退火"},
    },
)
def cosine_schedules(page):
    T, K, W, V = page.sizes("T K W V")
    t, first, later = page.family("t", 0, 3 * T), page.family("t", 0, T), page.family("t", 1, T)
    k, r = page.family("k", 0, K), page.family("r", 0, T - 1)
    w, v = page.family("w", 0, W), page.family("v", 0, V)

    low, high = page.input("alpha_min", positive=True), page.input("alpha_max", positive=True)
    annealed = page.let("a", [t], low + (high - low) * (1 + cos(pi * t / T)) / 2, fact="lr-cosine")
    restarted = page.let("b", [k, r], low + (high - low) * (1 + cos(pi * r / T)) / 2, fact="sgdr-formula")
    rising = page.let("u", [w], high * w / W, fact="warmup-cosine")
    falling = page.let("f", [v], low + (high - low) * (1 + cos(pi * v / V)) / 2, fact="warmup-cosine")

    page.claim(annealed[0], high, fact="lr-cosine")
    page.claim(annealed[T], low, fact="lr-cosine")
    page.claim(annealed[T - first], low + high - annealed[first], fact="lr-cosine")
    page.claim(annealed[first + 2 * T], annealed[first], fact="lr-cosine-periodic")
    page.claim(annealed[2 * T - first], annealed[first], fact="lr-cosine-periodic")
    page.claim(annealed[T], low, fact="lr-cosine-restarts")
    page.claim(restarted[k, 0], high, fact="sgdr-formula")
    page.claim(restarted[k, r], annealed[r], fact="sgdr-formula")
    page.claim(rising[W], falling[0], fact="warmup-cosine")
    page.claim(falling[V], low, fact="warmup-cosine")

    page.mistake(annealed[T], high, en="believes that the printed cosine restarts at T: it does so at 2T, and climbs there slowly",
                 zh="以为所印余弦在 T 处重启：它在 2T 处才回到最大值，且是缓慢回升", fact="lr-cosine-restarts")
    page.mistake(annealed[t], low + (high - low) * (1 + cos(2 * pi * t / T)) / 2,
                 en="runs through a whole period in T steps", zh="在 T 步内走完整个周期")
    page.mistake(annealed[t], low + high * (1 + cos(pi * t / T)) / 2,
                 en="starts at α_min + α_max: the cosine scales the difference", zh="从 α_min + α_max 开始：余弦应乘以两者之差")
    page.mistake(annealed[later], annealed[later - 1] + (low - high) / T,
                 en="falls by the same amount in each step: that is the linear schedule", zh="每步降低相同的量：那是线性调度")
    page.mistake(restarted[k, r], low + (high - low) * (1 + cos(pi * (k * T + r) / T)) / 2,
                 en="forgets t mod T: every second period rises instead of falling", zh="忘记 t mod T：每隔一个周期上升而非下降")
    page.mistake(falling[v], low + (high - low) * (1 + cos(pi * (v + W) / (V + W))) / 2,
                 en="counts the warm-up as part of the cosine: the rate jumps where the warm-up ends",
                 zh="把预热步数计入余弦：预热结束处学习率发生跳变")

    page.convention(
        en="For t ≤ T. Behind T torch's CosineAnnealingLR goes on as the formula does, with period 2T; optax.cosine_decay_schedule "
           "stays at α_min, which it takes as the factor alpha = α_min/α_max.",
        zh="适用于 t ≤ T。T 之后 torch 的 CosineAnnealingLR 与公式一样以 2T 为周期延续；optax.cosine_decay_schedule 保持 α_min，"
           "并以比例 alpha = α_min/α_max 给出。")
    page.convention(
        en="The step is t = k T + r with r = 0 … T − 1. Same as torch's CosineAnnealingWarmRestarts with T_0 = T, T_mult = 1.",
        zh="步数 t = k T + r，r = 0 … T − 1。与 torch 的 CosineAnnealingWarmRestarts（T_0 = T，T_mult = 1）一致。")
    page.convention(
        en="The cosine takes V steps behind W steps of warm-up. optax.warmup_cosine_decay_schedule wants decay_steps = W + V.",
        zh="预热 W 步之后余弦进行 V 步。optax.warmup_cosine_decay_schedule 的 decay_steps 应为 W + V。")


cosine_schedules.sized(T=5, K=2, W=3, V=4)
cosine_schedules.sized(T=1, K=1, W=2, V=6)


@cosine_schedules.reference("torch", "torch.optim.lr_scheduler.CosineAnnealingLR, CosineAnnealingWarmRestarts")
def _(torch, v):
    schedulers, low, high = torch.optim.lr_scheduler, float(v["alpha_min"]), float(v["alpha_max"])

    def rates(steps, scheduler, *options):
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=high)
        schedule, found = getattr(schedulers, scheduler)(optimizer, *options, eta_min=low), []
        for _ in range(steps):
            found += schedule.get_last_lr()
            optimizer.step()
            schedule.step()
        return torch.tensor(found, dtype=v["alpha_min"].dtype, device=v["alpha_min"].device)

    T, K, V = v["T"], v["K"], v["V"]
    return {"a": rates(3 * T + 1, "CosineAnnealingLR", T),
            "b": rates((K + 1) * T, "CosineAnnealingWarmRestarts", T).reshape(K + 1, T),
            "f": rates(V + 1, "CosineAnnealingLR", V)}


@cosine_schedules.reference("jax", "optax.cosine_decay_schedule, warmup_cosine_decay_schedule")
def _(jax, v):
    import optax

    T, K, W, V, low, high = (v[name] for name in ("T", "K", "W", "V", "alpha_min", "alpha_max"))
    count = jax.numpy.arange
    both = optax.warmup_cosine_decay_schedule(0., high, W, W + V, low)(count(W + V + 1))
    period = optax.cosine_decay_schedule(high, T, low / high)(count(T))
    return {"b": jax.numpy.tile(period, (K + 1, 1)), "u": both[:W + 1], "f": both[W:]}
