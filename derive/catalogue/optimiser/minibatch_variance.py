"""The variance of a mini-batch's gradient, with and without replacement."""

from sympy import Sum

from derive.entry import entry


@entry(
    name="minibatch_variance",
    title={"en": "Variance of a mini-batch gradient", "zh": "小批量梯度的方差"},
    section="3.1",
    source="Cochran 1977, theorems 2.1 and 2.2; Goodfellow, Bengio & Courville 2016, section 8.1.3",
    facts={
        "minibatch-variance": {"kind": "identity", "en": "σ²/n with replacement, σ²/n · (N − n)/(N − 1) without",
                               "zh": "有放回 σ²/n，无放回 σ²/n · (N − n)/(N − 1)"},
        "sgd-noise": {"kind": "identity", "en": "A single example has all of the variance", "zh": "单个样本带有全部方差"},
        "bgd-cost": {"kind": "parameter-count", "en": "A step on all data costs N times one on a single example",
                     "zh": "全批量的一步是单样本一步的 N 倍开销"},
        "sgd-frequent-updates": {"kind": "parameter-count", "en": "An epoch of single examples has N steps",
                                 "zh": "单样本的一轮有 N 步"},
        "minibatch-balance": {"kind": "identity", "en": "Unbiased for any size; the variance falls like 1/n",
                              "zh": "任何大小都无偏；方差按 1/n 下降"},
    },
)
def minibatch_variance(page):
    N, B = page.size("N", least=2), page.size("B")
    n = page.label("n", high=N)
    k, b = page.index("k", N), page.index("b", B)

    g = page.input("g", k)
    total = page.let("G", [], Sum(g[k], k), fact="minibatch-balance")
    mean = page.let("F", [], total / N, fact="minibatch-balance")
    spread = page.let("v", [], Sum((g[k] - mean)**2, k) / N, fact="minibatch-variance")
    alone = page.let("p", [], n / N, fact="minibatch-variance")
    both = page.let("q", [], n * (n - 1) / (N * (N - 1)), fact="minibatch-variance")
    squares = page.let("S", [], Sum(g[k]**2, k), fact="minibatch-variance")
    without = page.let("V", [], ((alone - alone**2) * squares + (both - alone**2) * (total**2 - squares)) / n**2,
                       fact="minibatch-variance")
    expected = page.let("a", [], alone * total / n, fact="minibatch-balance")
    page.claim(expected, mean, fact="minibatch-balance")
    page.claim(without, spread / n * (N - n) / (N - 1), fact="minibatch-variance")

    mu, s = page.input("mu"), page.input("s", positive=True)
    e = page.random("e", b, mean=0, variance=s)
    d = page.let("d", [b], mu + e[b], fact="minibatch-balance")
    batch = page.let("m", [], Sum(d[b], b) / B, fact="minibatch-balance")
    centre, noise = page.expected(batch, fact="minibatch-balance"), page.variance(batch, fact="minibatch-variance")
    page.claim(centre, mu, fact="minibatch-balance")
    page.claim(noise, s / B, fact="minibatch-variance")

    one = page.variance(d, fact="sgd-noise")
    page.claim(one[b], s, fact="sgd-noise")
    page.claim(noise, one[1] / B, fact="sgd-noise")

    D = page.size("D")                                                      # parameters of a linear model
    c, r = page.index("c", D), page.index("r", N)
    full = page.let("c_all", [], Sum(1, r, c) + Sum(1, c, r), fact="bgd-cost")           # X w, and Xᵀ times the residuals
    single = page.let("c_one", [], Sum(1, c) + Sum(1, c), fact="bgd-cost")
    steps = page.let("n_one", [], Sum(1, r), fact="sgd-frequent-updates")
    epoch = page.let("c_epoch", [], steps * single, fact="sgd-frequent-updates")
    page.claim(full, N * single, fact="bgd-cost")
    page.claim(epoch, full, fact="sgd-frequent-updates")
    page.claim(steps, N, fact="sgd-frequent-updates")

    page.mistake(full, single, en="forgets that all examples are read for one step", zh="忘了一步要读遍所有样本")
    page.mistake(without, spread / n, en="draws with replacement: without it, all N examples have no variance left",
                 zh="按有放回抽样计算：无放回时，抽满 N 个样本就没有方差")
    page.mistake(without, spread / n * (N - n) / N, en="takes the fraction left over, n of N, for (N − n)/(N − 1)",
                 zh="把剩余比例 (N − n)/N 当作 (N − n)/(N − 1)")
    page.mistake(noise, s, en="forgets that averaging divides the variance by the batch size", zh="忘了取平均使方差除以批大小")
    page.mistake(noise, s / B**2, en="divides by B², as for one draw: B variances add up", zh="除以 B²，像只有一项：B 个方差要相加")
    page.mistake(centre, B * mu, en="takes the sum for the mean", zh="把和当成平均")
    page.mistake(expected, n * mean, en="takes the sum for the mean", zh="把和当成平均")

    page.convention(
        en="V and a are exact means over all batches of n out of N: an example is in a batch with probability n/N, two with "
           "n(n − 1)/(N(N − 1)), and the products of two different ones add up to G² − S. m is the mean of B independent draws of mean μ and variance s.",
        zh="V 与 a 是对 N 取 n 的全部批次的精确平均：一个样本入批的概率为 n/N，两个样本同时入批为 n(n − 1)/(N(N − 1))，两个不同样本之积的总和是 G² − S。"
           "m 是 B 个独立抽样的平均，均值 μ，方差 s。")
    page.convention(
        en="v divides by N; with the sample variance, which divides by N − 1, V is that times (1/n − 1/N).",
        zh="v 除以 N；若用除以 N − 1 的样本方差，则 V 是它乘以 (1/n − 1/N)。")


minibatch_variance.sized(N=5, B=3, D=7)
minibatch_variance.sized(N=4, B=2, D=3)


@minibatch_variance.reference("torch", "torch.combinations, torch.var over all batches, torch.utils.flop_counter")
def _(torch, v):
    from torch.utils.flop_counter import FlopCounterMode

    def work(examples):
        X, w = torch.zeros(examples, v["D"]), torch.zeros(v["D"], 1)
        with FlopCounterMode(display=False) as counter:
            torch.mm(X.T, torch.mm(X, w))
        return torch.tensor(counter.get_total_flops() / 2, dtype=torch.float64)

    g = v["g"]
    batches = torch.combinations(g, int(v["n"])).mean(dim=1)
    return {"V": torch.var(batches, correction=0), "a": batches.mean(), "v": torch.var(g, correction=0), "m": v["mu"] + v["e"].mean(),
            "c_all": work(len(g)), "c_one": work(1), "c_epoch": sum(work(1) for _ in g),
            "n_one": torch.tensor(float(len(torch.utils.data.DataLoader(g.detach(), batch_size=1))), dtype=torch.float64)}


@minibatch_variance.reference("jax", "jax.numpy.var over all batches of itertools.combinations")
def _(jax, v):
    from itertools import combinations

    places = jax.numpy.asarray(list(combinations(range(len(v["g"])), int(v["n"]))))
    batches = v["g"][places].mean(axis=1)
    return {"V": batches.var(), "a": batches.mean(), "v": v["g"].var(), "m": v["mu"] + v["e"].mean()}
