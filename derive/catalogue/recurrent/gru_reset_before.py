"""Gated recurrent unit as first published: the reset gate in front of the recurrent product, over T steps."""

from sympy import Sum, tanh

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(
    name="gru_reset_before",
    title={"en": "GRU with the reset gate before the product, T steps", "zh": "重置门在乘积之前的 GRU，T 步"},
    section="2.2",
    source="Cho et al. 2014, equations 5 to 8; z weighs the candidate, as here: Chung et al. 2014, section 3.2",
    facts={
        "gru-reset-gate": {"kind": "definition", "en": "Reset gate", "zh": "重置门"},
        "gru-update-gate": {"kind": "definition", "en": "Update gate", "zh": "更新门"},
        "gru-candidate": {"kind": "definition", "en": "Candidate", "zh": "候选状态"},
        "gru-hidden": {"kind": "update-rule", "en": "Hidden state", "zh": "隐藏状态"},
        "gru-other-gate": {"kind": "identity", "en": "The other convention: u = 1 − z", "zh": "另一种约定：u = 1 − z"},
        "gru-backward": {"kind": "gradient", "en": "Backpropagation through time", "zh": "随时间反向传播"},
    },
)
def gru_reset_before(page):
    T, H, D = page.sizes("T H D")
    t = page.family("t", 1, T)
    i, j, k = page.index("i", H), page.index("j", H), page.index("k", D)

    x = page.input("x", t, k)
    h = page.state("h", (t, 0, T), i)

    def weights(gate):
        return page.input(f"W_{gate}", i, k), page.input(f"U_{gate}", i, i), page.input(f"b_{gate}", i)

    W_r, U_r, b_r = weights("r")
    a_r = page.let("a_r", [t, i], Sum(W_r[i, k] * x[t, k], k) + Sum(U_r[i, j] * h[t - 1, j], j) + b_r[i])
    r = page.let("r", [t, i], sigmoid(a_r[t, i]), fact="gru-reset-gate")
    W_z, U_z, b_z = weights("z")
    a_z = page.let("a_z", [t, i], Sum(W_z[i, k] * x[t, k], k) + Sum(U_z[i, j] * h[t - 1, j], j) + b_z[i])
    z = page.let("z", [t, i], sigmoid(a_z[t, i]), fact="gru-update-gate")
    W_n, U_n, b_n = weights("n")
    s = page.let("s", [t, i], r[t, i] * h[t - 1, i], fact="gru-candidate")
    a_n = page.let("a_n", [t, i], Sum(W_n[i, k] * x[t, k], k) + Sum(U_n[i, j] * s[t, j], j) + b_n[i])
    n = page.let("n", [t, i], tanh(a_n[t, i]), fact="gru-candidate")
    page.define(h[t, i], (1 - z[t, i]) * h[t - 1, i] + z[t, i] * n[t, i], fact="gru-hidden")
    page.output(h, arriving="v")

    # the same cell with every weight of the update gate negated
    a_u = page.let("a_u", [t, i], Sum(-W_z[i, k] * x[t, k], k) + Sum(-U_z[i, j] * h[t - 1, j], j) - b_z[i])
    u = page.let("u", [t, i], sigmoid(a_u[t, i]), fact="gru-other-gate")

    dh = page.want(h, fact="gru-backward")
    d_n = page.want(a_n, "delta_n", fact="gru-backward")
    d_s = page.want(s, fact="gru-backward")
    d_z = page.want(a_z, "delta_z", fact="gru-backward")
    d_r = page.want(a_r, "delta_r", fact="gru-backward")
    for w in (W_r, U_r, b_r, W_z, U_z, b_z, W_n, U_n, b_n, x):
        page.want(w, fact="gru-backward")
    page.share_over_batch(W_r, U_r, b_r, W_z, U_z, b_z, W_n, U_n, b_n)

    page.claim(u[t, i], 1 - z[t, i], fact="gru-other-gate")
    page.claim(h[t, i], u[t, i] * h[t - 1, i] + (1 - u[t, i]) * n[t, i], fact="gru-other-gate")
    page.claim(d_n[t, i], dh[t, i] * z[t, i] * (1 - n[t, i]**2), fact="gru-backward")
    page.claim(d_s[t, i], Sum(U_n[j, i] * d_n[t, j], j), fact="gru-backward")
    page.claim(d_z[t, i], dh[t, i] * (n[t, i] - h[t - 1, i]) * z[t, i] * (1 - z[t, i]), fact="gru-backward")
    page.claim(d_r[t, i], d_s[t, i] * h[t - 1, i] * r[t, i] * (1 - r[t, i]), fact="gru-backward")
    page.claim(page.gradient(U_n)[i, j], Sum(d_n[t, i] * r[t, j] * h[t - 1, j], t), fact="gru-backward")
    page.claim(page.gradient(U_r)[i, j], Sum(d_r[t, i] * h[t - 1, j], t), fact="gru-backward")
    page.claim(page.gradient(W_z)[i, k], Sum(d_z[t, i] * x[t, k], t), fact="gru-backward")
    gates = Sum(U_r[j, i] * d_r[1, j], j) + Sum(U_z[j, i] * d_z[1, j], j)
    page.claim(dh[0, i], dh[1, i] * (1 - z[1, i]) + r[1, i] * d_s[1, i] + gates, fact="gru-backward")

    page.mistake(a_n[t, i], Sum(W_n[i, k] * x[t, k], k) + r[t, i] * Sum(U_n[i, j] * h[t - 1, j], j) + b_n[i],
                 en="takes the reset gate out of the product: r ⊙ (U h) is not U (r ⊙ h)",
                 zh="把重置门提到乘积之外：r ⊙ (U h) 不等于 U (r ⊙ h)")
    page.mistake(page.gradient(U_n)[i, j], Sum(d_n[t, i] * h[t - 1, j], t),
                 en="forgets that U_n multiplies r ⊙ h", zh="忘了 U_n 乘的是 r ⊙ h")
    page.mistake(d_r[t, i], d_n[t, i] * Sum(U_n[i, j] * h[t - 1, j], j) * r[t, i] * (1 - r[t, i]),
                 en="copies the gradient of the cell that resets after the product", zh="照搬了在乘积之后重置的单元的梯度")
    page.mistake(dh[0, i], dh[1, i] * (1 - z[1, i]) + gates,
                 en="drops the path through the candidate, r ⊙ U_nᵀ δ_n", zh="漏掉了经由候选状态的通路 r ⊙ U_nᵀ δ_n")
    page.mistake(u[t, i], z[t, i],
                 en="reads the weights of one convention in the other without negating them",
                 zh="把一种约定的权重直接用于另一种，没有取负")

    page.mistake(d_z[t, i], dh[t, i] * (h[t - 1, i] - n[t, i]) * z[t, i] * (1 - z[t, i]),
                 en="takes the gradient of the libraries' z, which keeps the old state: here z weighs the candidate",
                 zh="用了库中 z 的梯度，那里 z 保留旧状态：此处 z 是候选状态的权重")

    page.convention(
        en="torch.nn.GRU and flax.linen.GRUCell reset after the product, r ⊙ (U h + c), and let z keep the old state: it is "
           "u here. The cells agree where U_n is diagonal, and differ in general. Keras has both (reset_after).",
        zh="torch.nn.GRU 与 flax.linen.GRUCell 在乘积之后重置，即 r ⊙ (U h + c)，并由 z 保留旧状态：即此处的 u。"
           "U_n 为对角阵时两种单元一致，一般不同。Keras 两种都有（reset_after）。")
    page.convention(
        en="haiku.GRU is this cell: it resets before the product, and its z weighs the candidate. The course leaves the "
           "biases out.",
        zh="haiku.GRU 即此单元：在乘积之前重置，且 z 是候选状态的权重。课程中没有偏置。")
    page.convention(
        en="torch has no such cell: what is compared there is composed of torch.nn.functional.linear, sigmoid and lerp.",
        zh="torch 没有这种单元：所比较的是由 torch.nn.functional.linear、sigmoid 与 lerp 组成的循环。")


gru_reset_before.sized(T=4, H=3, D=2)
gru_reset_before.sized(T=1, H=2, D=4)


@gru_reset_before.reference("torch", "torch.nn.functional.linear, torch.lerp")
def _(torch, v):
    linear, h, path = torch.nn.functional.linear, v["h[0]"], []
    for x in v["x"].unbind(-2):
        r, z = (torch.sigmoid(linear(x, v[f"W_{g}"], v[f"b_{g}"]) + linear(h, v[f"U_{g}"])) for g in "rz")
        n = torch.tanh(linear(x, v["W_n"], v["b_n"]) + linear(r * h, v["U_n"]))
        h = torch.lerp(h, n, z)
        path.append(h)
    return {"h": torch.stack(path, -2)}


@gru_reset_before.reference("jax", "haiku.GRU")
def _(jax, v):
    import haiku

    def stacked(name):
        """Kernels side by side: the update gate, the reset gate, the candidate."""
        return jax.numpy.concatenate([v[f"{name}_{gate}"] for gate in "zrn"])

    H = v["b_z"].shape[0]
    run = haiku.without_apply_rng(haiku.transform(lambda x, h: haiku.dynamic_unroll(haiku.GRU(H), x, h)[0]))
    params = {"gru": {"w_i": stacked("W").T, "w_h": stacked("U").T, "b": stacked("b")}}
    return {"h": run.apply(params, v["x"], v["h[0]"])}
