"""t-SNE: the gradient of the divergence between two sets of pairwise similarities."""

from sympy import KroneckerDelta, Sum, log

from derive.entry import entry


@entry(
    name="tsne",
    title={"en": "t-SNE", "zh": "t-SNE"},
    section="3.3",
    source="van der Maaten & Hinton 2008, section 3.3, equations 4 and 5, and appendix A",
    facts={
        "tsne-similarities": {"kind": "definition", "en": "Similarities of the map: Student t with one degree of freedom",
                              "zh": "映射中的相似度：自由度为 1 的 t 分布"},
        "tsne-gradient": {"kind": "gradient", "en": "4 Σ (p − q)(1 + ‖y_i − y_j‖²)⁻¹ (y_i − y_j)",
                          "zh": "4 Σ (p − q)(1 + ‖y_i − y_j‖²)⁻¹ (y_i − y_j)"},
    },
)
def tsne(page):
    n, d = page.size("n", least=2), page.size("d")
    i, j, k, l = (page.index(name, n) for name in "ijkl")
    c = page.index("c", d)

    s, y = page.input("s", i, j), page.input("y", i, c)
    apart = 1 - KroneckerDelta(i, j)
    mass = page.let("M", [], Sum(apart * (s[i, j]**2 + s[j, i]**2), i, j), fact="tsne-similarities")
    p = page.let("p", [i, j], apart * (s[i, j]**2 + s[j, i]**2) / mass, fact="tsne-similarities")    # any symmetric ones
    one = page.let("P", [], Sum(p[i, j], i, j), fact="tsne-similarities")
    D = page.let("D", [i, j], 1 + Sum((y[i, c] - y[j, c])**2, c), fact="tsne-similarities")
    Z = page.let("Z", [], Sum((1 - KroneckerDelta(k, l)) / D[k, l], k, l), fact="tsne-similarities")
    q = page.let("q", [i, j], apart / (D[i, j] * Z), fact="tsne-similarities")
    page.loss(page.let("C", [], Sum(p[i, j] * (log(D[i, j]) + log(Z)), i, j)), "C")

    dD, dy = page.want(D), page.want(y, fact="tsne-gradient")
    page.claim(one, 1, fact="tsne-similarities")
    page.claim(dD[i, j], (p[i, j] - q[i, j]) / D[i, j], fact="tsne-gradient")
    page.claim(dy[i, c], 4 * Sum((p[i, j] - q[i, j]) / D[i, j] * (y[i, c] - y[j, c]), j), fact="tsne-gradient")
    page.claim(dy[i, c], 2 * Sum((dD[i, j] + dD[j, i]) * (y[i, c] - y[j, c]), j), fact="tsne-gradient")

    def wrong(factor, slope, en, zh):
        page.mistake(dy[i, c], factor * Sum(slope * (y[i, c] - y[j, c]), j), en=en, zh=zh)

    wrong(2, (p[i, j] - q[i, j]) / D[i, j], "counts every pair once: y_i stands in (i, j) and in (j, i)",
          "每对只数一次：y_i 同时出现在 (i, j) 与 (j, i)")
    wrong(2, p[i, j] - q[i, j], "takes the gradient of symmetric SNE, with a Gaussian in the map", "用了高斯映射的对称 SNE 的梯度")
    wrong(4, (q[i, j] - p[i, j]) / D[i, j], "turns the sign round: points that are too far apart attract each other",
          "符号反了：过远的点应相互吸引")
    wrong(4, p[i, j] / D[i, j], "forgets that Z depends on all points: nothing would push them apart",
          "忘了 Z 依赖所有点：没有排斥力")
    page.mistake(q[i, j], (1 - KroneckerDelta(i, j)) / (D[i, j] * Sum(1 / D[i, k], k)),
                 en="normalises for every point, as SNE does: one Z serves all pairs", zh="像 SNE 那样逐点归一化：t-SNE 对所有点对共用一个 Z")

    page.convention(
        en="C is the cross-entropy of p and q; the divergence that t-SNE minimises is less by the entropy of p, which does not "
           "depend on y. Pairs (i, i) do not count.",
        zh="C 是 p 与 q 的交叉熵；t-SNE 最小化的散度比它少 p 的熵，而后者与 y 无关。点对 (i, i) 不计。")
    page.convention(
        en="p is symmetric and adds up to 1: here from any numbers s, in t-SNE from Gaussian neighbourhoods of a given perplexity.",
        zh="p 对称且总和为 1：此处由任意数 s 得到，t-SNE 中由给定困惑度的高斯邻域得到。")


tsne.sized(n=4, d=2)
tsne.sized(n=3, d=5)


@tsne.reference("torch", "torch.pdist, torch.nn.functional.log_softmax")
def _(torch, v):
    n, y = v["y"].shape[0], v["y"]
    rows, columns = torch.triu_indices(n, n, 1)
    apart = torch.pdist(y)**2
    squares = v["s"]**2 + v["s"].T**2
    p = (squares / (squares.sum() - squares.trace()))[rows, columns]
    log_q = torch.nn.functional.log_softmax(-torch.log1p(apart), 0) - torch.log(torch.full_like(p[0], 2))
    found = {"C": -2 * torch.dot(p, log_q), "P": 2 * p.sum()}
    for name, pairs in (("p", p), ("q", log_q.exp())):
        upper = torch.zeros_like(squares).index_put((rows, columns), pairs)
        found[name] = upper + upper.T
    return found | {"D": 1 + (y[:, None] - y).square().sum(2)}


@tsne.reference("jax", "optax.softmax_cross_entropy")
def _(jax, v):
    import optax

    y, squares = v["y"], v["s"]**2 + v["s"].T**2
    pairs = jax.numpy.triu_indices(len(y), 1)
    logits = -jax.numpy.log1p(jax.numpy.sum((y[pairs[0]] - y[pairs[1]])**2, 1))
    p = squares[pairs] / squares[pairs].sum()
    return {"C": optax.softmax_cross_entropy(logits, p) + jax.numpy.log(2)}
