"""Learning-rate schedules: stairs, exponential, polynomial, and linear warm-up."""

from sympy import exp

from derive.entry import entry


@entry(
    name="learning_rate_schedules",
    title={"en": "Learning-rate schedules", "zh": "学习率调度"},
    section="3.1",
    source="Goyal et al. 2017, sections 2.2 and 5.1; Chen et al. 2018 (DeepLab), section 4.1",
    facts={
        "lr-step-decay": {"kind": "schedule", "en": "Step decay", "zh": "阶梯衰减"},
        "lr-exponential-decay": {"kind": "schedule", "en": "Exponential decay", "zh": "指数衰减"},
        "lr-polynomial-decay": {"kind": "schedule", "en": "Polynomial decay", "zh": "多项式衰减"},
        "lr-warmup-linear": {"kind": "schedule", "en": "Linear warm-up", "zh": "线性预热"},
        "lr-warmup-small-start": {"kind": "identity", "en": "Warm-up starts at zero and stays below its target",
                                  "zh": "预热从零开始，且低于目标值"},
        "lr-plateau": {"kind": "schedule", "en": "A fall where the loss stands still: torch waits one value longer than its patience",
                       "zh": "损失停滞时降低：torch 比其 patience 多等一个值"},
    },
)
def learning_rate_schedules(page):
    T, K, S, p, W = page.sizes("T K s p W")
    t, k, r, w = page.family("t", 0, T), page.family("k", 0, K), page.family("r", 0, S - 1), page.family("w", 0, W)
    later, next_, up = page.family("t", 1, T), page.family("k", 1, K), page.family("w", 1, W)

    alpha, lam = page.input("alpha", positive=True), page.input("lambda", positive=True)
    gamma = page.input("gamma", below_one=True)
    stairs = page.let("a", [k, r], alpha * gamma**k, fact="lr-step-decay")                 # step t = k s + r
    decay = page.let("e", [t], alpha * exp(-lam * t), fact="lr-exponential-decay")
    power = page.let("b", [t], alpha * (1 - t / T)**p, fact="lr-polynomial-decay")
    rising = page.let("u", [w], alpha * w / W, fact="lr-warmup-linear")
    gap = page.let("d", [w], alpha - rising[w], fact="lr-warmup-small-start")

    page.claim(stairs[next_, r], gamma * stairs[next_ - 1, r], fact="lr-step-decay")
    page.claim(stairs[0, r], alpha, fact="lr-step-decay")
    page.claim(decay[later], exp(-lam) * decay[later - 1], fact="lr-exponential-decay")
    page.claim(decay[t], alpha * exp(-lam)**t, fact="lr-exponential-decay")
    page.claim(power[t], alpha * ((T - t) / T)**p, fact="lr-polynomial-decay")
    page.claim(rising[up], rising[up - 1] + alpha / W, fact="lr-warmup-linear")
    page.claim(rising[W], alpha, fact="lr-warmup-linear")
    page.claim(rising[0], 0, fact="lr-warmup-small-start")
    page.claim(gap[w], (W - w) * alpha / W, fact="lr-warmup-small-start")

    page.mistake(stairs[k, r], alpha * gamma**(k * S + r),
                 en="multiplies by γ in every step instead of every s steps", zh="每步都乘 γ，应每 s 步乘一次")
    page.mistake(stairs[k, r], alpha * gamma**(k + 1), en="falls before the first s steps are over", zh="前 s 步未完就已下降")
    page.mistake(decay[t], alpha * (1 - lam)**t,
                 en="takes 1 − λ for e^(−λ): they agree for small λ only", zh="把 1 − λ 当作 e^(−λ)：仅 λ 很小时相近")
    page.mistake(power[t], alpha * (1 - (t / T)**p), en="raises the elapsed fraction to the power, not what is left",
                 zh="对已过的比例取幂，应对剩余比例取幂")
    page.mistake(rising[w], alpha, en="takes the target from the first step on", zh="从第一步起就用目标值")
    page.mistake(rising[w], alpha * (w + 1) / W, en="counts steps from 1: it passes the target at t = W",
                 zh="从 1 开始计步：t = W 时超过目标值")

    page.convention(
        en="The step is t = k s + r with r = 0 … s − 1, so that k = ⌊t/s⌋. Same in torch's StepLR and optax.exponential_decay "
           "with staircase=True.",
        zh="步数 t = k s + r，r = 0 … s − 1，故 k = ⌊t/s⌋。与 torch 的 StepLR 及 optax.exponential_decay(staircase=True) 一致。")
    page.convention(
        en="torch's ExponentialLR multiplies by gamma = e^(−λ). PolynomialLR and optax.polynomial_schedule stay at zero behind T, "
           "where the formula would rise again for even p.",
        zh="torch 的 ExponentialLR 乘 gamma = e^(−λ)。PolynomialLR 与 optax.polynomial_schedule 在 T 之后保持零，而公式在 p 为偶数时会回升。")
    page.convention(
        en="The warm-up is for t ≤ W; its first step, t = 0, does not move. torch's LinearLR refuses a start at zero.",
        zh="预热适用于 t ≤ W；t = 0 的第一步不动。torch 的 LinearLR 不允许从零开始。")


learning_rate_schedules.sized(T=5, K=3, s=4, p=2, W=6)
learning_rate_schedules.sized(T=4, K=2, s=3, p=5, W=1)


@learning_rate_schedules.reference("torch", "torch.optim.lr_scheduler.StepLR, ExponentialLR, PolynomialLR")
def _(torch, v):
    schedulers, alpha = torch.optim.lr_scheduler, float(v["alpha"])

    def rates(steps, scheduler, **options):
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=alpha)
        schedule, found = getattr(schedulers, scheduler)(optimizer, **options), []
        for _ in range(steps):
            found += schedule.get_last_lr()
            optimizer.step()
            schedule.step()
        return torch.tensor(found, dtype=v["alpha"].dtype, device=v["alpha"].device)

    T, K, s = v["T"], v["K"], v["s"]
    return {"a": rates((K + 1) * s, "StepLR", step_size=s, gamma=float(v["gamma"])).reshape(K + 1, s),
            "e": rates(T + 1, "ExponentialLR", gamma=float(torch.exp(-v["lambda"]))),
            "b": rates(T + 1, "PolynomialLR", total_iters=T, power=v["p"])}


@learning_rate_schedules.reference("jax", "optax.exponential_decay, polynomial_schedule, linear_schedule")
def _(jax, v):
    import optax

    T, K, s, W, alpha = (v[name] for name in ("T", "K", "s", "W", "alpha"))
    count = jax.numpy.arange
    return {"a": optax.exponential_decay(alpha, s, v["gamma"], staircase=True)(count((K + 1) * s)).reshape(K + 1, s),
            "e": optax.exponential_decay(alpha, 1, jax.numpy.exp(-v["lambda"]))(count(T + 1)),
            "b": optax.polynomial_schedule(alpha, 0., v["p"], T)(count(T + 1)),
            "u": optax.linear_schedule(0., alpha, W)(count(W + 1))}


def _falls(losses, step):
    """After how many values the rate fell, each time."""
    rates = [1.0, *map(step, losses)]
    return [count for count, (old, new) in enumerate(zip(rates, rates[1:]), 1) if new < old]


PLATEAU = [3.0, 2.0] + [2.0] * 12                                           # the second is the last that is better


@learning_rate_schedules.experiment("torch", "torch.optim.lr_scheduler.ReduceLROnPlateau", fact="lr-plateau")
def _(torch, see):
    def falls(patience):
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
        schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=.5, patience=patience)

        def step(loss):
            schedule.step(loss)
            return optimizer.param_groups[0]["lr"]

        return _falls(PLATEAU, step)

    see(falls(3)[0] - 2, "=", 4, en="values without gain before torch's rate falls, patience=3", zh="torch 学习率下降前未改善的次数，patience=3")
    see(falls(0)[0] - 2, "=", 1, en="the same with patience=0", zh="patience=0 时")
    see.wrongly(falls(3)[0] - 2, "=", 3, en="patience is the number of values without gain", zh="patience 就是未改善的次数")


@learning_rate_schedules.experiment("jax", "optax.contrib.reduce_on_plateau", fact="lr-plateau")
def _(jax, see):
    from optax.contrib import reduce_on_plateau

    def falls(patience):
        plateau = reduce_on_plateau(factor=.5, patience=patience, rtol=1e-4, atol=0.0)
        state, update = plateau.init(jax.numpy.zeros(1)), jax.jit(plateau.update)

        def step(loss):
            nonlocal state
            _, state = update(jax.numpy.zeros(1), state, value=loss)
            return float(state.scale)

        return _falls(PLATEAU, step)

    see(falls(4)[0] - 2, "=", 4, en="values without gain before optax's scale falls, patience=4", zh="optax 系数下降前未改善的次数，patience=4")
    see.wrongly(falls(3)[0] - 2, "=", 4, en="optax waits as long as torch with the same patience", zh="相同 patience 下 optax 与 torch 等得一样久")
