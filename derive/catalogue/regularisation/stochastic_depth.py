"""Stochastic depth: a residual branch is skipped at random; the mean of its output, and the expected depth."""

from sympy import Piecewise, Rational, Sum

from derive.entry import entry


@entry(
    name="stochastic_depth",
    title={"en": "Stochastic depth", "zh": "随机深度"},
    section="3.2",
    source="Huang, Sun, Liu, Sedra & Weinberger 2016, equations 2 to 5",
    facts={
        "stochastic-depth": {"kind": "definition", "en": "A branch is kept with probability p; at test time p scales it",
                             "zh": "以概率 p 保留分支；测试时乘 p"},
        "stochastic-depth-expected-depth": {"kind": "identity", "en": "Expected depth when p falls linearly",
                                            "zh": "p 线性下降时的期望深度"},
        "stochastic-depth-gradient": {"kind": "gradient", "en": "Gradients", "zh": "梯度"},
    },
)
def stochastic_depth(page):
    L, n = page.sizes("L n")
    k, m, i = page.family("l", 1, L), page.family("m", 1, L), page.index("i", n)

    x, f, p = page.input("x", i), page.input("f", i), page.input("p", below_one=True)
    keep = page.random("b", law="bernoulli", mean=p)
    y = page.let("y", [i], x[i] + keep * f[i], fact="stochastic-depth")
    test = page.let("y_test", [i], x[i] + p * f[i], fact="stochastic-depth")
    page.output(y)

    last = page.input("p_L", below_one=True)
    kept = page.let("s", [k], 1 - k * (1 - last) / L, fact="stochastic-depth-expected-depth")
    B = page.random("B", k, law="bernoulli", mean=1 - k * (1 - last) / L)
    so_far = page.state("D", k)
    page.define(so_far[k], Piecewise((so_far[k - 1], k >= 2), (0, True)) + kept[k], fact="stochastic-depth-expected-depth")
    depth = page.let("d", [], Sum(B[k], k), fact="stochastic-depth-expected-depth")

    dy = page.gradient(y)
    dx, df = page.want(x, fact="stochastic-depth-gradient"), page.want(f, fact="stochastic-depth-gradient")
    mean = page.expected(y, fact="stochastic-depth")
    layers = page.expected(depth, fact="stochastic-depth-expected-depth")

    page.claim(mean[i], test[i], fact="stochastic-depth")
    page.claim(layers, Sum(kept[k], k), fact="stochastic-depth-expected-depth")
    page.claim(so_far[k], Sum(kept[m], (m, 1, k)), by="induction on l", fact="stochastic-depth-expected-depth")
    page.claim(so_far[k], k - k * (k + 1) * (1 - last) / (2 * L), by="induction on l",
               fact="stochastic-depth-expected-depth")
    page.claim(so_far[L], (3 * L - 1) / 4 + (L + 1) * (last - Rational(1, 2)) / 2, fact="stochastic-depth-expected-depth")
    page.claim(dx[i], dy[i], fact="stochastic-depth-gradient")
    page.claim(df[i], keep * dy[i], fact="stochastic-depth-gradient")

    page.mistake(mean[i], p * (x[i] + f[i]), en="scales the identity too: only the branch is dropped", zh="把恒等支路也缩放了：被丢弃的只是残差分支")
    page.mistake(mean[i], x[i] + f[i], en="forgets to scale the branch at test time: here nothing is scaled in training",
                 zh="测试时忘了缩放分支：此处训练时并未缩放")
    page.mistake(layers, L * last, en="gives every layer the probability of the last one", zh="给每一层都用了最后一层的概率")
    page.mistake(layers, L * (1 + last) / 2, en="averages from layer 0 on: the first layer that may be skipped is layer 1",
                 zh="从第 0 层起取平均：可跳过的层从第 1 层开始")
    page.mistake(dx[i], keep * dy[i], en="blocks the identity path: its gradient always arrives whole", zh="堵住了恒等支路：其梯度总能完整传回")

    page.convention(
        en="As in the paper, nothing is scaled in training and the branch is scaled by p at test time. torchvision and many "
           "transformers divide by p in training instead.",
        zh="与论文一致：训练时不缩放，测试时分支乘 p。torchvision 与许多 Transformer 实现则在训练时除以 p。")
    page.convention(
        en="Layer l of L survives with s = 1 − (l/L)(1 − p_L); for p_L = ½ that is a depth of (3L − 1)/4.",
        zh="L 层中第 l 层的保留概率 s = 1 − (l/L)(1 − p_L)；p_L = ½ 时期望深度为 (3L − 1)/4。")


stochastic_depth.sized(L=5, n=3)
stochastic_depth.sized(L=2, n=4)


@stochastic_depth.reference("torch", "torch.addcmul, torch.linspace")
def _(torch, v):
    x, f = v["x"], v["f"]
    chances = torch.linspace(1, float(v["p_L"]), v["L"] + 1, dtype=x.dtype, device=x.device)
    return {"y": torch.addcmul(x, v["b"], f), "y_test": torch.addcmul(x, v["p"], f), "s": chances[1:], "d": v["B"].sum()}


@stochastic_depth.reference("jax", "optax.tree.add_scale, jax.numpy.linspace")
def _(jax, v):
    import optax

    x, f, add = v["x"], v["f"], optax.tree.add_scale
    return {"y": add(x, v["b"], f), "y_test": add(x, v["p"], f),
            "s": jax.numpy.linspace(1, v["p_L"], v["L"] + 1)[1:], "d": v["B"].sum()}
