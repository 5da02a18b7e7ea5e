"""What a training loop reports for an epoch: a mean of means of batches, and a share of a data set."""

from sympy import Sum, exp, log

from derive.entry import entry


@entry(
    name="epoch_averages",
    title={"en": "Loss and accuracy of an epoch", "zh": "一个周期的损失与准确率"},
    section="项目二",
    source="Goodfellow, Bengio & Courville 2016, section 8.1.3; torch.utils.data.DataLoader",
    facts={
        "code-train-epoch": {"kind": "code", "en": "The mean of batch means is the mean over examples where all batches are equally large",
                             "zh": "各批均值的均值等于样本均值，仅当各批大小相同"},
        "epoch-dropped-batch": {"kind": "identity", "en": "A dropped last batch, and a division by the whole data set",
                                "zh": "丢弃最后一批却除以整个数据集"},
        "epoch-last-batch": {"kind": "identity", "en": "A smaller last batch weighs too much: by how much",
                             "zh": "较小的最后一批权重过大：差多少"},
    },
)
def epoch_averages(page):
    B, n, r, K = page.sizes("B n r K")                  # full batches, their size, size of the last batch, classes
    b, i, q, k = page.index("b", B), page.index("i", n), page.index("q", r), page.index("k", K)
    y, t = page.label("y", b, i, high=K), page.label("t", q, high=K)
    z, u = page.input("z", b, i, k), page.input("u", q, k)

    loss = page.let("l", [b, i], log(Sum(exp(z[b, i, k]), k)) - z[b, i, y[b, i]], fact="code-train-epoch")
    last = page.let("m", [q], log(Sum(exp(u[q, k]), k)) - u[q, t[q]], fact="code-train-epoch")
    mean = page.let("a", [b], Sum(loss[b, i], i) / n, fact="code-train-epoch")
    equal = page.let("e", [], Sum(mean[b], b) / B, fact="code-train-epoch")
    full = page.let("f", [], Sum(loss[b, i], b, i) / (B * n), fact="code-train-epoch")
    end = page.let("g", [], Sum(last[q], q) / r, fact="epoch-last-batch")
    reported = page.let("h", [], (Sum(mean[b], b) + end) / (B + 1), fact="epoch-last-batch")
    truth = page.let("s", [], (Sum(loss[b, i], b, i) + Sum(last[q], q)) / (B * n + r), fact="epoch-last-batch")

    page.claim(equal, Sum(loss[b, i], b, i) / (B * n), fact="code-train-epoch")
    page.claim(reported, truth + B * (n - r) / ((B + 1) * (B * n + r)) * (end - full), fact="epoch-last-batch")

    correct = page.input("c")                           # how many of the B n examples in full batches are right
    shown, share = (page.let(name, [], correct / count, fact="epoch-dropped-batch") for name, count in (
        ("v", B * n + r), ("w", B * n)))
    page.claim(shown, share - share * r / (B * n + r), fact="epoch-dropped-batch")

    page.mistake(reported, truth, en="takes the mean of batch means for the mean over examples, with a smaller last batch",
                 zh="最后一批较小时，把各批均值的均值当作样本均值")
    page.mistake(equal, Sum(loss[b, i], b, i) / B, en="adds up the losses of a batch where the criterion has taken their mean",
                 zh="把一批的损失相加：损失函数已取均值")
    page.mistake(shown, share, en="divides by the data set where the last batch was dropped", zh="丢弃最后一批后仍除以整个数据集的大小")
    page.mistake(reported, (B * full + end) / B, en="forgets that the last batch counts as a batch", zh="忘了最后一批也算一批")

    page.convention(
        en="The loop of the course returns h and c/len(data set): full batches have n examples, the last has r. With n = r, "
           "h is the mean over all. With drop_last=True the last batch is not seen, and accuracy should be divided by B n.",
        zh="课程中的循环返回 h 与 c/len(数据集)：完整批有 n 个样本，最后一批 r 个。n = r 时 h 即总体均值。drop_last=True 时最后一批未被使用，准确率应除以 B n。")
    page.convention(
        en="Parameters change between batches: what is averaged are losses of different networks. torch's cross_entropy takes "
           "the mean of a batch unless told otherwise.",
        zh="各批之间参数在变化：被平均的是不同网络的损失。torch 的 cross_entropy 默认取一批的均值。")


epoch_averages.sized(B=2, n=3, r=1, K=4)
epoch_averages.sized(B=3, n=4, r=2, K=5)


@epoch_averages.reference("torch", "torch.utils.data.DataLoader, torch.nn.functional.cross_entropy")
def _(torch, v):
    from torch.utils.data import DataLoader, TensorDataset

    F, (B, n, K) = torch.nn.functional, v["z"].shape
    y, t = (torch.as_tensor(v[name], device=v["z"].device) - 1 for name in "yt")         # labels count from 0 there
    first, last = TensorDataset(v["z"].reshape(-1, K), y.reshape(-1)), TensorDataset(v["u"], t)
    both = torch.utils.data.ConcatDataset([first, last])

    def epoch(data, batch_size):
        losses = [F.cross_entropy(z, labels) for z, labels in DataLoader(data, batch_size)]
        return sum(losses) / len(losses)

    single = F.cross_entropy(v["z"].permute(0, 2, 1), y, reduction="none")
    return {"l": single, "m": F.cross_entropy(v["u"], t, reduction="none"), "a": single.mean(1), "e": epoch(first, n),
            "f": epoch(first, B * n), "g": epoch(last, len(last)), "h": epoch(both, n), "s": epoch(both, len(both)),
            "v": v["c"] / len(both), "w": v["c"] / len(first)}


@epoch_averages.reference("jax", "optax.softmax_cross_entropy_with_integer_labels")
def _(jax, v):
    import optax

    np, cross_entropy = jax.numpy, optax.softmax_cross_entropy_with_integer_labels
    full, last = cross_entropy(v["z"], v["y"] - 1), cross_entropy(v["u"], v["t"] - 1)
    means = np.append(full.mean(1), last.mean())
    return {"l": full, "m": last, "a": full.mean(1), "e": full.mean(1).mean(), "f": full.mean(), "g": last.mean(),
            "h": means.mean(), "s": np.append(full.ravel(), last).mean()}
