"""The learning rate of the Transformer: linear up to step w, then falling with the root of the step."""

from sympy import sqrt

from derive.entry import entry


@entry(
    name="noam_schedule",
    title={"en": "Learning rate of the Transformer (Noam)", "zh": "Transformer 的学习率（Noam）"},
    section="项目三",
    source="Vaswani et al. 2017, section 5.3, equation 3",
    facts={
        "noam-schedule": {"kind": "schedule", "en": "d^(−1/2) min(t^(−1/2), t w^(−3/2)): the peak is at t = w",
                          "zh": "d^(−1/2) min(t^(−1/2), t w^(−3/2))：峰值在 t = w"},
        "noam-peak": {"kind": "identity", "en": "Both branches meet at w; the peak is α/√(d w)", "zh": "两支在 w 处相交；峰值为 α/√(d w)"},
    },
)
def noam_schedule(page):
    d, w, T = page.sizes("d w T")                               # width of the model, steps of the warm-up, steps behind it
    t, s = page.family("t", 1, w), page.family("s", 0, T)
    alpha = page.input("alpha", positive=True)
    up = page.let("a", [t], alpha * t / (sqrt(d) * w * sqrt(w)), fact="noam-schedule")
    other_up = page.let("b", [t], alpha / (sqrt(d) * sqrt(t)), fact="noam-schedule")
    down = page.let("e", [s], alpha / (sqrt(d) * sqrt(w + s)), fact="noam-schedule")
    other_down = page.let("f", [s], alpha * (w + s) / (sqrt(d) * w * sqrt(w)), fact="noam-schedule")

    def between(low, high, step):
        """α (high^(3/2) − low^(3/2)) / (√d w^(3/2)), where high = low + step."""
        return alpha * step * (low**2 + low * high + high**2) / (low * sqrt(low) + high * sqrt(high)) / (sqrt(d) * w * sqrt(w))

    page.bound(up[t], "≤", other_up[t], fact="noam-schedule", gap=between(t, w, w - t) / sqrt(t))
    page.bound(down[s], "≤", other_down[s], fact="noam-schedule", gap=between(w, w + s, s) / sqrt(w + s))
    page.bound(up[t], "≤", alpha / sqrt(d * w), fact="noam-peak", gap=alpha * (w - t) / (sqrt(d) * w * sqrt(w)))
    page.bound(down[s], "≤", alpha / sqrt(d * w), fact="noam-peak",
               gap=alpha * s / (sqrt(d) * sqrt(w) * sqrt(w + s) * (sqrt(w) + sqrt(w + s))))
    page.claim(up[w], alpha / sqrt(d * w), fact="noam-peak")
    page.claim(down[0], alpha / sqrt(d * w), fact="noam-peak")

    page.mistake(up[t], other_up[t], en="takes the falling branch from the start: its first steps are the largest", zh="一开始就取下降支：最初几步最大")
    page.mistake(up[t], alpha * t / (sqrt(d) * w), en="rises to α/√d: the branches then do not meet at w", zh="升到 α/√d：两支在 w 处不相交")
    page.mistake(down[s], alpha / (sqrt(d) * sqrt(1 + s)), en="counts the steps anew behind the warm-up", zh="预热后重新计步")
    page.mistake(down[s], alpha / (sqrt(d) * (w + s)), en="falls with the step instead of its root", zh="按步数下降，应按其平方根")
    page.mistake(up[w], alpha / sqrt(w), en="forgets the width of the model", zh="漏掉了模型宽度")

    page.convention(
        en="a and b are the two branches for t ≤ w, e and f those s steps behind w: the smaller one is the learning rate. Steps count "
           "from 1: t^(−1/2) has no value at 0.",
        zh="a、b 为 t ≤ w 时的两支，e、f 为 w 之后第 s 步的两支：学习率取较小者。步数从 1 起：t^(−1/2) 在 0 处无值。")
    page.convention(
        en="α is a factor of one's own, 1 in the paper. Neither torch nor optax has this schedule by name; their minima and scheduled optimisers give it.",
        zh="α 为自选系数，论文中为 1。torch 与 optax 均无同名调度；由其取最小值的函数与调度器给出。")


noam_schedule.sized(d=3, w=4, T=5)
noam_schedule.sized(d=5, w=2, T=3)


@noam_schedule.reference("torch", "torch.optim.lr_scheduler.LambdaLR")
def _(torch, v):
    d, w, T, alpha = v["d"], v["w"], v["T"], float(v["alpha"])

    def rates(first, steps, rate):
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=alpha * d**-.5)
        schedule, found = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: rate(first + k)), []
        for _ in range(steps):
            found += schedule.get_last_lr()
            optimizer.step()
            schedule.step()
        return torch.tensor(found, dtype=v["alpha"].dtype, device=v["alpha"].device)

    def smaller(t):
        return min(t**-.5, t * w**-1.5)

    def larger(t):
        return max(t**-.5, t * w**-1.5)

    return {"a": rates(1, w, smaller), "b": rates(1, w, larger), "e": rates(w, T + 1, smaller), "f": rates(w, T + 1, larger)}


@noam_schedule.reference("jax", "optax.join_schedules, linear_schedule")
def _(jax, v):
    import optax

    d, w, T, alpha = (v[name] for name in ("d", "w", "T", "alpha"))

    def falling(steps):
        return alpha * jax.lax.rsqrt(jax.numpy.asarray(d * (steps + w), float))

    joined = optax.join_schedules([optax.linear_schedule(0., alpha * (d * w)**-.5, w), falling], [w])
    found = jax.numpy.stack([joined(t) for t in range(1, w + T + 1)])
    return {"a": found[:w], "e": found[w - 1:]}
