"""The position-wise feed-forward network of a transformer: two linear layers with ReLU between them."""

from sympy import KroneckerDelta, Sum

from derive.entry import entry
from derive.sympy_functions import relu, step


@entry(
    name="feed_forward",
    title={"en": "Position-wise feed-forward network", "zh": "逐位置前馈网络"},
    section="2.3",
    source="Vaswani et al. 2017, equation 2",
    facts={
        "ffn-formula": {"kind": "definition", "en": "max(0, x W_1 + b_1) W_2 + b_2", "zh": "max(0, x W_1 + b_1) W_2 + b_2"},
        "ffn-two-linear": {"kind": "identity", "en": "Linear in the units that are on", "zh": "对开启的单元是线性的"},
        "ffn-positionwise": {"kind": "jacobian", "en": "No position sees another", "zh": "各位置互不影响"},
        "ffn-backward": {"kind": "gradient", "en": "Gradients", "zh": "梯度"},
        "ffn-params": {"kind": "parameter-count", "en": "Number of parameters", "zh": "参数个数"},
    },
)
def feed_forward(page):
    n, d, f = page.sizes("n d f")
    t, s = page.index("t", n), page.index("s", n)
    i, j, k = page.index("i", d), page.index("j", d), page.index("k", f)
    X, W_1, b_1 = page.input("X", t, i), page.input("W_1", i, k), page.input("b_1", k)
    W_2, b_2 = page.input("W_2", k, i), page.input("b_2", i)
    a = page.let("a", [t, k], Sum(X[t, i] * W_1[i, k], i) + b_1[k], fact="ffn-formula")
    Y = page.let("Y", [t, i], Sum(relu(a[t, k]) * W_2[k, i], k) + b_2[i], fact="ffn-formula")
    page.output(Y)
    on = page.let("m", [t, k], step(a[t, k]), fact="ffn-two-linear")
    count = page.let("w", [], Sum(1, i, k) + Sum(1, k) + Sum(1, k, i) + Sum(1, i), fact="ffn-params")

    back = "ffn-backward"
    dY, da = page.gradient(Y), page.want(a, "delta", fact=back)
    dX, dW_1, db_1, dW_2, db_2 = (page.want(x, fact=back) for x in (X, W_1, b_1, W_2, b_2))
    J = page.total_derivative(Y, X, fact="ffn-positionwise")
    page.share_over_batch(W_1, b_1, W_2, b_2)

    page.claim(Y[t, i], Sum(on[t, k] * (Sum(X[t, j] * W_1[j, k], j) + b_1[k]) * W_2[k, i], k) + b_2[i],
               fact="ffn-two-linear")
    page.claim(J[t, i, s, j], KroneckerDelta(s, t) * Sum(W_1[j, k] * on[t, k] * W_2[k, i], k), fact="ffn-positionwise")
    page.claim(da[t, k], on[t, k] * Sum(W_2[k, i] * dY[t, i], i), fact=back)
    page.claim(dX[t, i], Sum(W_1[i, k] * da[t, k], k), fact=back)
    page.claim(dW_1[i, k], Sum(X[t, i] * da[t, k], t), fact=back)
    page.claim(db_1[k], Sum(da[t, k], t), fact=back)
    page.claim(dW_2[k, i], Sum(relu(a[t, k]) * dY[t, i], t), fact=back)
    page.claim(db_2[i], Sum(dY[t, i], t), fact=back)
    page.claim(count, 2 * d * f + f + d, fact="ffn-params")

    page.mistake(da[t, k], Sum(W_2[k, i] * dY[t, i], i),
                 en="lets the gradient through the units that are off", zh="让梯度通过了关闭的单元")
    page.mistake(dW_2[k, i], Sum(a[t, k] * dY[t, i], t),
                 en="uses what stands before the ReLU", zh="用了 ReLU 之前的值")
    page.mistake(db_1[k], da[1, k], en="takes one position only: all positions share the layer",
                 zh="只取了一个位置：所有位置共用同一层")
    page.mistake(J[t, i, s, j], Sum(W_1[j, k] * on[t, k] * W_2[k, i], k),
                 en="lets every position see every other", zh="让每个位置看到所有其他位置")
    page.mistake(count, 2 * d * f + 2 * f, en="gives both biases the inner width", zh="两个偏置都取了内层宽度")

    page.convention(
        en="Rows are positions, as in the paper: x W. torch.nn.Linear keeps the transposed matrices, flax.linen.Dense "
           "these. Nothing is claimed where a pre-activation is exactly 0; torch and jax.nn.relu take the slope 0 there.",
        zh="与论文相同，行为位置：x W。torch.nn.Linear 保存转置矩阵，flax.linen.Dense 保存此处的矩阵。预激活恰为 0 处不作断言；"
           "torch 与 jax.nn.relu 在该处取斜率 0。")
    page.convention(
        en="The paper has d = 512 and f = 2048: 2 099 712 parameters.", zh="论文取 d = 512、f = 2048：共 2 099 712 个参数。")


feed_forward.sized(n=4, d=3, f=5)
feed_forward.sized(n=1, d=4, f=2)


@feed_forward.reference("torch", "torch.nn.Sequential(Linear, ReLU, Linear)")
def _(torch, v):
    d, f = v["W_1"].shape
    module = torch.nn.Sequential(torch.nn.Linear(d, f), torch.nn.ReLU(), torch.nn.Linear(f, d)).to(v["X"])
    weights = {"0.weight": v["W_1"].T, "0.bias": v["b_1"], "2.weight": v["W_2"].T, "2.bias": v["b_2"]}
    count = sum(p.numel() for p in module.parameters())
    return {"Y": torch.func.functional_call(module, weights, (v["X"],)), "w": torch.tensor(float(count)).to(v["X"])}


@feed_forward.reference("jax", "flax.linen.Dense")
def _(jax, v):
    from flax import linen

    d, f = v["W_1"].shape
    module = linen.Sequential([linen.Dense(f, param_dtype=v["X"].dtype), jax.nn.relu,
                               linen.Dense(d, param_dtype=v["X"].dtype)])
    shapes = jax.eval_shape(module.init, jax.random.PRNGKey(0), v["X"])
    params = {"layers_0": {"kernel": v["W_1"], "bias": v["b_1"]}, "layers_2": {"kernel": v["W_2"], "bias": v["b_2"]}}
    count = sum(leaf.size for leaf in jax.tree_util.tree_leaves(shapes))
    return {"Y": module.apply({"params": params}, v["X"]), "w": jax.numpy.asarray(count, v["X"].dtype)}
