"""Embedding: a token picks a row of the table; the gradient adds up the rows of the tokens that picked it."""

from sympy import KroneckerDelta, Sum

from derive.entry import entry


@entry(
    name="embedding",
    title={"en": "Embedding", "zh": "嵌入层"},
    section="2.3",
    source="Bengio, Ducharme, Vincent & Jauvin 2003, section 2; Mikolov et al. 2013",
    facts={
        "embedding-lookup": {"kind": "definition", "en": "Lookup", "zh": "查表"},
        "embedding-one-hot": {"kind": "identity", "en": "A lookup is a product with a one-hot vector",
                              "zh": "查表等于与 one-hot 向量相乘"},
        "embedding-gradient": {"kind": "gradient", "en": "Gradient by the table", "zh": "对嵌入表的梯度"},
        "learned-pe-max-length": {"kind": "claim", "en": "A learnt table of positions ends at its last row", "zh": "学习的位置表止于最后一行"},
    },
)
def embedding(page):
    V, D, T = page.sizes("V D T")
    t = page.family("t", 1, T)
    v, d = page.index("v", V), page.index("d", D)

    w = page.label("w", t, high=V)
    E = page.input("E", v, d)
    x = page.let("x", [t, d], E[w[t], d], fact="embedding-lookup")
    page.output(x)

    dx, dE = page.gradient(x), page.want(E, fact="embedding-gradient")
    page.claim(x[t, d], Sum(KroneckerDelta(v, w[t]) * E[v, d], v), fact="embedding-one-hot")
    page.claim(dE[v, d], Sum(KroneckerDelta(v, w[t]) * dx[t, d], t), fact="embedding-gradient")

    page.mistake(dE[v, d], Sum(dx[t, d], t),
                 en="adds every step to every row: only the row that was picked changes", zh="把每一步都加到每一行：只有被取的那一行会变")
    page.mistake(dE[v, d], Sum(KroneckerDelta(v, w[t]) * dx[t, d], t) / T,
                 en="averages over the steps: gradients of one row add up", zh="对时间步取了平均：同一行的梯度应相加")
    page.mistake(dE[v, d], Sum(KroneckerDelta(v, w[t]) * dx[t, d] * E[v, d], t),
                 en="multiplies by the row: a lookup has no other factor", zh="多乘了该行：查表没有别的因子")
    page.mistake(dE[v, d], KroneckerDelta(v, w[T]) * dx[T, d],
                 en="overwrites instead of adding: only the last step is left", zh="写成了覆盖而非累加：只剩最后一步")

    page.convention(
        en="Tokens count from 1 here; torch and flax count from 0: their index is w − 1.",
        zh="此处词元从 1 数起；torch 与 flax 从 0 数起：其索引为 w − 1。")
    page.convention(
        en="With padding_idx torch keeps one row's gradient at zero; here every row learns.",
        zh="torch 的 padding_idx 使某一行的梯度恒为零；此处每一行都学习。")


embedding.sized(V=3, D=2, T=5)
embedding.sized(V=6, D=3, T=4)


@embedding.reference("torch", "torch.nn.functional.embedding")
def _(torch, v):
    return {"x": torch.nn.functional.embedding(torch.as_tensor(v["w"], device=v["E"].device) - 1, v["E"])}


@embedding.reference("jax", "flax.linen.Embed")
def _(jax, v):
    from flax import linen

    table = linen.Embed(*v["E"].shape, param_dtype=v["E"].dtype, dtype=v["E"].dtype)
    return {"x": table.apply({"params": {"embedding": v["E"]}}, v["w"] - 1)}


@embedding.experiment("torch", "torch.nn.Embedding", fact="learned-pe-max-length")
def _(torch, see):
    def raised(position):
        try:
            torch.nn.Embedding(10, 4)(torch.tensor([position]))
        except IndexError as error:
            return type(error).__name__
        return "none"

    see(raised(9), "=", "none", en="the tenth position of a table of 10", zh="10 行的表取第十个位置")
    see.wrongly(raised(10), "=", "none", en="the eleventh", zh="第十一个位置")


@embedding.experiment("jax", "flax.linen.Embed", fact="learned-pe-max-length")
def _(jax, see):
    from flax import linen

    rows = linen.Embed(10, 4).apply({"params": {"embedding": jax.numpy.ones((10, 4))}}, jax.numpy.array([9, 10]))
    see(rows[0], "=", 1, en="the tenth position of a table of ones", zh="全 1 的表取第十个位置")
    see.wrongly(str(bool(jax.numpy.isfinite(rows[1]).all())), "=", "True", en="the eleventh has a value", zh="第十一个位置有值")
