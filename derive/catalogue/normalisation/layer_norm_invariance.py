"""What layer normalisation does not see: other tokens, and the scale and shift of a token."""

from sympy import KroneckerDelta, Sum, sqrt

from derive.entry import entry


@entry(
    name="layer_norm_invariance",
    title={"en": "Layer normalisation of tokens: what it does not see", "zh": "逐词元的层归一化：它看不到什么"},
    section="3.2",
    source="Ba, Kiros & Hinton 2016, section 5.1 and table 1",
    facts={
        "layernorm-feature-axis": {"kind": "definition", "en": "Statistics over the features of one token",
                                   "zh": "对一个词元的特征求统计量"},
        "layernorm-batch-independence": {"kind": "jacobian", "en": "No token sees another", "zh": "各词元互不影响"},
        "layernorm-scale-invariance": {"kind": "identity", "en": "A scale and a shift of a token change nothing",
                                       "zh": "词元的缩放与平移不改变结果"},
        "layernorm-gradient-directions": {"kind": "identity", "en": "The gradient sums to zero over the features",
                                          "zh": "梯度对特征求和为零"},
    },
)
def layer_norm_invariance(page):
    T, n = page.sizes("T n")
    t, r = page.family("t", 1, T), page.family("r", 1, T)
    i, j = page.index("i", n), page.index("j", n)
    x, eps = page.input("x", t, i), page.input("epsilon", positive=True)
    s, c = page.input("s", t, positive=True), page.input("c", t)        # a scale and a shift for each token

    axis, scale = "layernorm-feature-axis", "layernorm-scale-invariance"
    mu = page.let("mu", [t], Sum(x[t, i], i) / n, fact=axis)
    v = page.let("v", [t], Sum((x[t, i] - mu[t])**2, i) / n, fact=axis)
    y = page.let("y", [t, i], (x[t, i] - mu[t]) / sqrt(v[t] + eps), fact=axis)
    page.output(y)
    u = page.let("u", [t, i], s[t] * x[t, i] + c[t], fact=scale)
    m = page.let("m", [t], Sum(u[t, i], i) / n, fact=scale)
    q = page.let("q", [t], Sum((u[t, i] - m[t])**2, i) / n, fact=scale)
    w = page.let("w", [t, i], (u[t, i] - m[t]) / sqrt(q[t] + s[t]**2 * eps), fact=scale)

    dy, dx = page.gradient(y), page.want(x, fact="layernorm-gradient-directions")
    J = page.total_derivative(y, x, fact="layernorm-batch-independence")
    total = page.let("g", [t], Sum(y[t, i], i), fact=axis)

    page.claim(total[t], 0, fact=axis)
    inner = KroneckerDelta(i, j) - 1 / n - y[t, i] * y[t, j] / n
    page.claim(J[t, i, r, j], KroneckerDelta(r, t) * inner / sqrt(v[t] + eps), fact="layernorm-batch-independence")
    page.claim(m[t], s[t] * mu[t] + c[t], fact=scale)
    page.claim(q[t], s[t]**2 * v[t], fact=scale)
    page.claim(w[t, i], y[t, i], fact=scale)
    page.claim(dx[t, i], (dy[t, i] - Sum(dy[t, j], j) / n - y[t, i] * Sum(dy[t, j] * y[t, j], j) / n) / sqrt(v[t] + eps),
               fact="layernorm-gradient-directions")

    page.mistake(q[t], s[t] * v[t], en="scales the variance by s where s² belongs", zh="方差按 s 缩放，应为 s²")
    page.mistake(w[t, i], s[t] * y[t, i], en="lets the scale through: the division takes it out again",
                 zh="让缩放通过：除法又把它消去了")
    page.mistake(m[t], s[t] * mu[t], en="forgets the shift in the mean", zh="均值中漏掉了平移")
    page.mistake(J[t, i, r, j], inner / sqrt(v[t] + eps), en="lets every token see every other, as batch normalisation does",
                 zh="像批归一化那样让每个词元看到其余词元")
    page.mistake(J[t, i, r, j], KroneckerDelta(r, t) * KroneckerDelta(i, j) / sqrt(v[t] + eps),
                 en="treats the statistics as constants", zh="把统计量当成了常数")

    page.convention(
        en="With ε = 0 the very same layer gives the same output for s x + c; with ε > 0 its ε must scale by s². A negative "
           "scale turns the sign of the output.",
        zh="ε = 0 时同一层对 s x + c 给出相同输出；ε > 0 时其 ε 须按 s² 缩放。负的缩放使输出变号。")
    page.convention(
        en="γ and β, which follow the normalisation, are left out: γ = 1, β = 0 (elementwise_affine=False in torch). The batch "
           "may have any size, one token too: nothing is shared between tokens.",
        zh="此处略去归一化之后的 γ 与 β：γ = 1、β = 0（torch 中 elementwise_affine=False）。批量大小任意，一个词元也行：词元间无共享。")


layer_norm_invariance.sized(T=3, n=4)
layer_norm_invariance.sized(T=1, n=5)


@layer_norm_invariance.reference("torch", "torch.nn.functional.layer_norm")
def _(torch, v):
    eps, scale = float(v["epsilon"]), v["s"][:, None]
    moved = [torch.nn.functional.layer_norm(s * x + c, x.shape, eps=float(s**2 * v["epsilon"]))
             for x, s, c in zip(v["x"], v["s"], v["c"])]
    u = scale * v["x"] + v["c"][:, None]
    return {"y": torch.nn.functional.layer_norm(v["x"], v["x"].shape[1:], eps=eps), "w": torch.stack(moved),
            "m": u.mean(1), "q": u.var(1, correction=0), "mu": v["x"].mean(1), "v": v["x"].var(1, correction=0)}


@layer_norm_invariance.reference("jax", "flax.linen.LayerNorm, jax.nn.standardize")
def _(jax, v):
    from flax import linen

    norm = linen.LayerNorm(epsilon=v["epsilon"], use_scale=False, use_bias=False, use_fast_variance=False)
    u = v["s"][:, None] * v["x"] + v["c"][:, None]
    eps = (v["s"]**2 * v["epsilon"])[:, None]
    return {"y": norm.apply({}, v["x"]), "w": jax.nn.standardize(u, axis=1, epsilon=eps), "m": u.mean(1), "q": u.var(1)}
