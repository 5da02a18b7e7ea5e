"""What depth buys: the tent map of two ReLUs, composed k times, has 2^k pieces; one layer of m ReLUs has m + 1 at most."""

from sympy import Rational

from derive.entry import entry
from derive.sympy_functions import relu


@entry(
    name="tent_map",
    title={"en": "Depth and the number of linear pieces", "zh": "深度与线性段数"},
    section="1.2",
    source="Telgarsky 2016, lemma 3.10; Montúfar, Pascanu, Cho & Bengio 2014, section 3",
    facts={
        "tent-map": {"kind": "definition", "en": "Two ReLUs, composed with themselves", "zh": "两个 ReLU 的自复合"},
        "linear-regions-bound": {"kind": "identity", "en": "Each half is stretched over the whole: k-fold it has 2^k pieces",
                                 "zh": "每一半都被拉伸到整个区间：k 次复合有 2^k 段"},
        "depth-exponential-expressivity": {"kind": "parameter-count", "en": "2k units in k layers make 2^k pieces",
                                           "zh": "k 层共 2k 个单元得到 2^k 段"},
        "uat-size-may-be-large": {"kind": "parameter-count", "en": "The size needed may be huge: one layer has 2^k − 1 units where k layers have 2k",
                                  "zh": "所需规模可能极大：k 层只需 2k 个单元，单层需要 2^k − 1 个"},
        "shallow-exponential-need": {"kind": "parameter-count", "en": "One layer needs 2^k − 1 units for them",
                                     "zh": "单层需要 2^k − 1 个单元"},
    },
)
def tent_map(page):
    K, m = page.sizes("K m")
    k = page.family("k", 1, K)
    half = Rational(1, 2)

    u = page.input("u", below_one=True)
    left = page.let("l", [], 2 * relu(u / 2) - 4 * relu(u / 2 - half), fact="linear-regions-bound")           # at u/2
    right = page.let("r", [], 2 * relu(1 - u / 2) - 4 * relu(1 - u / 2 - half), fact="linear-regions-bound")   # at 1 − u/2
    x = page.state("x", (k, 0, K))
    page.define(x[k], 2 * relu(x[k - 1]) - 4 * relu(x[k - 1] - half), fact="tent-map")
    later = page.family("k", 2, K)
    pieces = page.let("p", [k], 2**k, fact="linear-regions-bound")
    deep = page.let("d", [k], 2 * k, fact="depth-exponential-expressivity")
    one_layer = page.let("q", [], m + 1, fact="linear-regions-bound")
    wide = page.let("w", [k], pieces[k] - 1, fact="shallow-exponential-need")

    page.claim(left, u, fact="linear-regions-bound")
    page.claim(right, u, fact="linear-regions-bound")
    page.claim(pieces[later], 2 * pieces[later - 1], fact="linear-regions-bound")
    page.claim(deep[later], deep[later - 1] + 2, fact="depth-exponential-expressivity")
    page.claim(wide[k], 2**k - 1, fact="shallow-exponential-need")
    page.claim(wide[later], 2 * wide[later - 1] + 1, fact="uat-size-may-be-large")

    page.mistake(right, 1 - u, en="forgets that the second half runs downwards", zh="忘记后半段是下降的")
    page.mistake(pieces[k], 2 * k, en="adds pieces: composing multiplies them", zh="把段数相加：复合使其相乘")
    page.mistake(one_layer, 2**m, en="gives one layer the pieces of m layers: each unit has one kink", zh="把 m 层的段数给了一层：每个单元只有一个折点")
    page.mistake(wide[k], 2 * k - 1, en="believes that width does what depth does", zh="以为宽度等价于深度")
    page.mistake(x[k], 2 * relu(x[k - 1]) - 2 * relu(x[k - 1] - half), en="halves the second slope: that only saturates at ½",
                 zh="第二个斜率减半：那样只会在 ½ 之后饱和")

    page.convention(
        en="l and r are the map at u/2 and at 1 − u/2 for any 0 < u < 1: both give u, so that each composition doubles the pieces.",
        zh="l 与 r 是该映射在 u/2 与 1 − u/2 处的值，0 < u < 1：两者都等于 u，因此每次复合使段数加倍。")
    page.convention(
        en="This is one family of functions; not every function needs depth: |x| takes two units in one layer.",
        zh="这只是一族函数；并非每个函数都需要深度：|x| 用一层两个单元即可。")


tent_map.sized(K=4, m=3)
tent_map.sized(K=2, m=5)


@tent_map.reference("torch", "torch.nn.functional.relu, its slopes by torch.autograd, counted")
def _(torch, v):
    relu, kind = torch.nn.functional.relu, {"dtype": v["u"].dtype, "device": v["u"].device}

    def tent(y):
        return 2 * relu(y) - 4 * relu(y - 0.5)

    def counted(function, low, high, points):
        """How often the slope changes, and one: midpoints between many grid points."""
        y = (low + (high - low) * (torch.arange(points, **kind) + 0.5) / points).requires_grad_()
        slopes, = torch.autograd.grad(function(y).sum(), y)
        return 1 + int((slopes[1:] - slopes[:-1]).abs().gt(1e-3).sum())

    def folded(times):
        def function(y):
            for _ in range(times):
                y = tent(y)
            return y
        return function

    kinks = torch.arange(1, v["m"] + 1, **kind)
    layer = counted(lambda y: relu(y[:, None] - kinks).sum(1), 0., v["m"] + 1., 64 * (v["m"] + 1))
    units, pieces, points, path = [], [], v["x[0]"], []
    for k in range(1, v["K"] + 1):
        blocks = torch.nn.Sequential(*(torch.nn.Sequential(torch.nn.Linear(1, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
                                       for _ in range(k)))
        units.append(sum(block[0].out_features for block in blocks))
        pieces.append(counted(folded(k), 0., 1., 2 ** (k + 4)))
        points = tent(points)
        path.append(points)
    return {"l": tent(v["u"] / 2), "r": tent(1 - v["u"] / 2), "x": torch.stack(path),
            "p": torch.tensor(pieces, **kind), "d": torch.tensor(units, **kind), "q": torch.tensor(layer, **kind)}


@tent_map.reference("jax", "jax.nn.relu")
def _(jax, v):
    relu = jax.nn.relu

    def tent(y):
        return 2 * relu(y) - 4 * relu(y - 0.5)

    points, path = v["x[0]"], []
    for _ in range(v["K"]):
        points = tent(points)
        path.append(points)
    return {"l": tent(v["u"] / 2), "r": tent(1 - v["u"] / 2), "x": jax.numpy.stack(path)}


@tent_map.experiment("torch", "torch.linalg.lstsq, a layer of torch.relu", fact="uat-size-may-be-large")
def _(torch, see):
    """Least squares with kinks anywhere: the best of many."""
    x = torch.linspace(0, 1, 513, dtype=torch.float64)
    target = x
    for _ in range(4):
        target = 2 * torch.relu(target) - 4 * torch.relu(target - 0.5)

    def error(units):
        torch.manual_seed(see.seed)
        found = []
        for _ in range(20):
            kinks = torch.rand(units, dtype=torch.float64).sort().values if units < 15 else torch.arange(1, 16, dtype=x.dtype) / 16
            columns = torch.cat([torch.stack([torch.ones_like(x), x], 1), torch.relu(x[:, None] - kinks)], 1)
            fit = columns @ torch.linalg.lstsq(columns, target[:, None]).solution
            found.append((fit[:, 0] - target).abs().max())
        return torch.stack(found).min()

    see(error(15), "<", 1e-9, en="error of one layer with 2⁴ − 1 kinks on the fourth composition", zh="含 2⁴ − 1 个折点的单层对四次复合的误差")
    see(error(8), ">", 0.4, en="with 8, as many units as four layers of two have", zh="8 个单元（与四层各两个相同）")
    see.wrongly(error(8), "<", 0.1, en="width does what depth does: with 8", zh="宽度等价于深度：8 个单元")
