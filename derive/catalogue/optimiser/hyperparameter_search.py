"""What a search over hyperparameters costs: grids, random draws, successive halving and Hyperband."""

from sympy import Rational, Sum

from derive.entry import entry


@entry(
    name="hyperparameter_search",
    title={"en": "Cost of hyperparameter search", "zh": "超参数搜索的代价"},
    section="3.3",
    source="Bergstra & Bengio 2012, sections 1 and 2; Jamieson & Talwalkar 2016, figure 1; Li et al. 2018, algorithm 1 and table 1",
    facts={
        "grid-search-exhaustive": {"kind": "identity", "en": "A grid tries every combination: the product of the levels",
                                   "zh": "网格穷举所有组合：各维水平数之积"},
        "grid-search-cost": {"kind": "identity", "en": "k levels in d dimensions: k^d runs", "zh": "d 维各 k 个水平：k^d 次"},
        "random-search-sampling": {"kind": "definition", "en": "Independent draws", "zh": "独立抽样"},
        "random-search-top5": {"kind": "identity", "en": "n draws hit the best 5 % with probability 1 − 0.95ⁿ",
                               "zh": "n 次抽样命中最好的 5% 的概率为 1 − 0.95ⁿ"},
        "random-search-efficient": {"kind": "identity", "en": "n draws try n values of each parameter, a grid only its levels",
                                    "zh": "n 次抽样对每个参数试 n 个值，网格只试其水平数"},
        "successive-halving": {"kind": "identity", "en": "Every round costs the same", "zh": "每一轮的代价相同"},
        "hyperband": {"kind": "identity", "en": "Brackets for R = 81, η = 3", "zh": "R = 81、η = 3 时的各档"},
        "multi-fidelity": {"kind": "identity", "en": "A bracket costs the share (s + 1)/ηˢ of running all to the end",
                           "zh": "一档的代价为全部跑完的 (s + 1)/ηˢ"},
    },
)
def hyperparameter_search(page):
    d, K, n = page.sizes("d K n")                                           # dimensions, levels, draws
    s, eta = page.size("s"), page.size("eta", least=2)                      # rounds behind the first; what is divided by
    a, b, c, t = page.index("a", K), page.index("b", K), page.index("c", K), page.index("t", n)

    cube = page.let("N_3", [], Sum(1, a, b, c), fact="grid-search-exhaustive")
    grid = page.let("N_d", [], K**d, fact="grid-search-cost")
    wider = page.let("N_e", [], K**(d + 1), fact="grid-search-cost")
    six = page.let("N_6", [], Sum(1, *(page.index(name, 5) for name in "uvwxyz")), fact="grid-search-cost")
    tried = page.let("V", [], Sum(1, a), fact="random-search-efficient")            # values of one parameter on a K × K grid
    drawn = page.let("V_r", [], Sum(1, a, b), fact="random-search-efficient")       # and in as many draws

    p = page.input("p", below_one=True)                                     # the share of good settings
    hit = page.random("h", t, law="bernoulli", mean=p)
    hits = page.let("H", [], Sum(hit[t], t), fact="random-search-sampling")
    one, other = (page.random(name, law="bernoulli", mean=p) for name in ("f", "g"))
    either = page.let("I", [], 1 - (1 - one) * (1 - other), fact="random-search-top5")
    missed = page.state("q", (t, 0, n))
    page.define(missed[t], (1 - p) * missed[t - 1], fact="random-search-top5")
    worse = page.let("w", [], Rational(19, 20), fact="random-search-top5")
    fewer, enough = (page.let(f"P_{k}", [], 1 - worse**k, fact="random-search-top5") for k in (58, 59))
    found, both = page.expected(hits, fact="random-search-sampling"), page.expected(either, fact="random-search-top5")

    r, begun = page.family("r", 0, s), page.family("r", 1, s)
    left = page.let("m", [r], eta**(s - r), fact="successive-halving")       # runs in round r
    budget = page.let("b", [r], eta**r, fact="successive-halving")           # what each of them gets
    cost = page.let("C", [r], left[r] * budget[r], fact="successive-halving")
    bracket = page.let("B", [], Sum(cost[r], r), fact="multi-fidelity")
    full = page.let("F", [], left[0] * budget[s], fact="multi-fidelity")
    share = page.let("phi", [], bracket / full, fact="multi-fidelity")

    page.claim(cube, K**3, fact="grid-search-exhaustive")
    page.claim(wider, K * grid, fact="grid-search-cost")
    page.claim(six, 15625, fact="grid-search-cost")
    page.claim(drawn, tried**2, fact="random-search-efficient")
    page.claim(found, n * p, fact="random-search-sampling")
    page.claim(both, 1 - (1 - p)**2, fact="random-search-top5")
    start = page.index("t", n, 0)
    page.claim(missed[start], (1 - p)**start * missed[0], by="induction on t", fact="random-search-top5")
    page.bound(fewer, "<", Rational(95, 100), fact="random-search-top5")
    page.bound(enough, ">", Rational(95, 100), fact="random-search-top5")
    page.claim(cost[r], eta**s, fact="successive-halving")
    page.claim(left[begun], left[begun - 1] / eta, fact="successive-halving")
    page.claim(bracket, (s + 1) * eta**s, fact="multi-fidelity")
    page.claim(share, (s + 1) / eta**s, fact="multi-fidelity")
    for l, runs in enumerate(HYPERBAND):
        count = page.let(f"n_{l}", [], runs, fact="hyperband")
        exact = page.let(f"x_{l}", [], Rational(5, l + 1) * 3**l, fact="hyperband")
        if 5 * 3**l % (l + 1):
            page.bound(count, ">", exact, fact="hyperband")
            page.bound(count, "<", exact + 1, fact="hyperband")
        else:
            page.claim(count, exact, fact="hyperband")

    page.mistake(grid, d * K, en="adds the levels: every combination is a run", zh="把水平数相加：每种组合都要跑一次")
    page.mistake(drawn, tried, en="lets draws repeat the values of a grid: they try a new one each time",
                 zh="以为抽样像网格一样重复取值：每次都是新值")
    page.mistake(both, 2 * p, en="adds the chances: both draws may hit", zh="把概率相加：两次可能都命中")
    page.mistake(fewer, Rational(95, 100), relation="≥", en="takes 58 draws for enough", zh="以为 58 次就够")
    page.mistake(cost[r], eta**(s - r), en="counts runs: those that stay get η times as much", zh="只数次数：留下的每个预算增为 η 倍")
    page.mistake(bracket, eta**s, en="counts one round: there are s + 1", zh="只算一轮：共有 s + 1 轮")

    page.convention(
        en="The 5 % are of the volume that is sampled. Draws beat a grid where few parameters matter; in one dimension nine grid "
           "points lie closer to the best than nine draws, on average.",
        zh="5% 指抽样空间的体积。仅少数参数重要时随机搜索胜过网格；一维时，九个网格点平均比九次抽样离最优点更近。")
    page.convention(
        en="q is the chance to have missed, q[0] = 1. Hyperband for R = 81, η = 3 starts n_s = ⌈5 · 3^s/(s + 1)⌉ runs with "
           "the budget 81/3^s; the paper prints 81, 34, 15, 8, 5 for s = 4 … 0. BOHB draws them from a model, with the same budgets.",
        zh="q 为至今未命中的概率，q[0] = 1。R = 81、η = 3 的 Hyperband 以预算 81/3^s 开始 n_s = ⌈5 · 3^s/(s + 1)⌉ 个配置；"
           "论文对 s = 4 … 0 给出 81, 34, 15, 8, 5。BOHB 由模型抽样，预算相同。")


HYPERBAND = (5, 8, 15, 34, 81)
hyperparameter_search.sized(d=2, K=3, n=4, s=3, eta=5)
hyperparameter_search.sized(d=3, K=2, n=5, s=1, eta=4)


@hyperparameter_search.reference("torch", "torch.cartesian_prod, torch.distributions.Binomial, torch.ceil")
def _(torch, v):
    K, d, s, eta, p = (v[name] for name in ("K", "d", "s", "eta", "p"))
    exact = torch.float64

    def runs(levels, dimensions):
        return torch.tensor(len(torch.cartesian_prod(*[torch.arange(levels)] * dimensions)), dtype=exact)

    def chance(n, p):
        return 1 - torch.distributions.Binomial(n, torch.as_tensor(p, dtype=exact)).log_prob(torch.zeros((), dtype=exact)).exp()

    steps = torch.arange(5, dtype=exact)
    starts = torch.ceil(5 * 3**steps / (steps + 1))
    rounds = torch.arange(s + 1, dtype=exact)
    return {"N_3": runs(K, 3), "N_d": runs(K, d), "N_e": runs(K, d + 1), "N_6": runs(5, 6), "V_r": runs(K, 2), "V": runs(K, 1),
            "H": v["h"].sum(), "I": torch.lerp(v["f"], torch.ones_like(v["f"]), v["g"]), "P_58": chance(58, 0.05), "P_59": chance(59, 0.05),
            "m": eta**(s - rounds), "b": eta**rounds, **{f"n_{l}": starts[l] for l in range(5)},
            "q": torch.cumprod((1 - p).expand(v["n"]), 0) * v["q[0]"]}


@hyperparameter_search.reference("jax", "jax.numpy.meshgrid, jax.scipy.stats.binom")
def _(jax, v):
    np, K = jax.numpy, v["K"]

    def runs(levels, dimensions):
        return np.asarray(float(np.meshgrid(*[np.arange(levels)] * dimensions)[0].size))

    return {"N_3": runs(K, 3), "N_d": runs(K, v["d"]), "N_6": runs(5, 6),
            "P_59": 1 - jax.scipy.stats.binom.pmf(0, 59, 0.05), "H": v["h"].sum()}
