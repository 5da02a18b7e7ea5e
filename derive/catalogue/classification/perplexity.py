"""Cross-entropy and perplexity of a token sequence: the chain rule of probability, and the gradients by the logits."""

from sympy import KroneckerDelta, Piecewise, Product, Sum, exp, log

from derive.entry import entry


@entry(
    name="perplexity",
    title={"en": "Cross-entropy and perplexity of a sequence", "zh": "序列的交叉熵与困惑度"},
    section="2.3",
    source="Jelinek, Mercer, Bahl & Baker 1977; Bengio, Ducharme, Vincent & Jauvin 2003, section 2",
    facts={
        "sequence-softmax": {"kind": "definition", "en": "Probabilities of the next token", "zh": "下一个词元的概率"},
        "sequence-probability": {"kind": "definition", "en": "Probability of the first t tokens", "zh": "前 t 个词元的概率"},
        "teacher-forcing-nll": {"kind": "identity", "en": "−log P(x) is a sum over the steps",
                                "zh": "−log P(x) 是对时间步的和"},
        "perplexity-identity": {"kind": "identity", "en": "exp(mean loss) = P(x)^(−1/T)", "zh": "exp(平均损失) = P(x)^(−1/T)"},
        "sequence-cross-entropy-gradient": {"kind": "gradient", "en": "Gradient of the mean loss by the logits",
                                            "zh": "平均损失对 logits 的梯度"},
    },
)
def perplexity(page):
    T, V = page.sizes("T V")
    t, s = page.family("t", 1, T), page.family("s", 1, T)
    k, m = page.index("k", V), page.index("m", V)
    w, z = page.label("w", t, high=V), page.input("z", t, k)
    p = page.let("p", [t, k], exp(z[t, k]) / Sum(exp(z[t, m]), m), fact="sequence-softmax")
    nll = page.let("E", [], -Sum(log(p[t, w[t]]), t), fact="teacher-forcing-nll")
    P = page.state("P", t)                                                              # of the first t tokens
    page.define(P[t], Piecewise((P[t - 1], t >= 2), (1, True)) * p[t, w[t]], fact="sequence-probability")
    loss = page.let("loss", [], nll / T, fact="perplexity-identity")
    ppl = page.let("PPL", [], exp(loss), fact="perplexity-identity")
    page.loss(loss)

    dz = page.want(z, fact="sequence-cross-entropy-gradient")
    page.claim(P[t], Product(p[s, w[s]], (s, 1, t)), by="induction on t", fact="sequence-probability")
    page.claim(nll, -log(P[T]), fact="teacher-forcing-nll")
    page.claim(nll, Sum(log(Sum(exp(z[t, k]), k)) - z[t, w[t]], t), fact="teacher-forcing-nll")
    page.claim(ppl, exp(-log(P[T]) / T), fact="perplexity-identity")
    page.claim(dz[t, k], (p[t, k] - KroneckerDelta(k, w[t])) / T, fact="sequence-cross-entropy-gradient")

    page.mistake(ppl, exp(nll), en="forgets the mean: perplexity is per token", zh="忘了取平均：困惑度是按词元计的")
    page.mistake(ppl, 1 / P[T], en="takes the inverse probability without the T-th root", zh="取了概率的倒数而没有开 T 次方")
    page.mistake(ppl, Sum(1 / p[t, w[t]], t) / T,
                 en="averages the inverse probabilities: the mean is geometric", zh="对概率倒数取算术平均：应为几何平均")
    page.mistake(dz[t, k], p[t, k] - KroneckerDelta(k, w[t]),
                 en="takes the sum over the steps for the mean", zh="把对时间步的和当成了平均")
    page.mistake(dz[t, k], (p[t, k] - 1) / T, en="subtracts 1 for every token: only the right one has it",
                 zh="对每个词元都减 1：只有正确的词元才减")

    page.convention(
        en="z^(t) are the logits for token w^(t) given the tokens before it; tokens count from 1 here, from 0 in torch and "
           "optax. Natural logarithms: with log₂ the perplexity is 2^(mean loss), the same number.",
        zh="z^(t) 是给定之前词元时第 t 个词元的 logits；此处词元从 1 数起，torch 与 optax 从 0 数起。取自然对数；"
           "若用 log₂，困惑度为 2^(平均损失)，数值相同。")
    page.convention(
        en="torch's cross_entropy has the mean by default; over a padded batch it is the mean over the tokens that are left, "
           "which is no mean of the sequences' perplexities.",
        zh="torch 的 cross_entropy 默认取平均；对填充的批次，它是对剩余词元的平均，而不是各序列困惑度的平均。")


perplexity.sized(T=4, V=3)
perplexity.sized(T=2, V=5)


@perplexity.reference("torch", "torch.nn.functional.cross_entropy, torch.distributions.Categorical")
def _(torch, v):
    tokens = torch.as_tensor(v["w"], device=v["z"].device) - 1
    loss = torch.nn.functional.cross_entropy(v["z"], tokens)
    total = -torch.distributions.Categorical(logits=v["z"]).log_prob(tokens).sum()
    return {"loss": loss, "E": total, "P": torch.gather(torch.softmax(v["z"], -1), 1, tokens[:, None])[:, 0].cumprod(0),
            "PPL": loss.exp(), "p": torch.softmax(v["z"], -1)}


@perplexity.reference("jax", "optax.softmax_cross_entropy_with_integer_labels")
def _(jax, v):
    import optax

    losses = optax.softmax_cross_entropy_with_integer_labels(v["z"], v["w"] - 1)
    return {"loss": losses.mean(), "E": losses.sum(), "P": jax.numpy.exp(-losses).cumprod(), "PPL": jax.numpy.exp(losses.mean()),
            "p": jax.nn.softmax(v["z"])}
