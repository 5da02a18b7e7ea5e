"""Decoding and scoring a translation: greedy and beam search, clipped precisions, brevity penalty, BLEU."""

from sympy import Min, Piecewise, Product, Sum, exp, log

from derive.entry import entry


@entry(
    name="translation",
    title={"en": "Beam search and BLEU", "zh": "束搜索与 BLEU"},
    section="项目三",
    source="Papineni, Roukos, Ward & Zhu 2002, sections 2.1 to 2.3; Sutskever, Vinyals & Le 2014, section 3.2",
    facts={
        "bleu": {"kind": "identity", "en": "BLEU: clipped precisions, their geometric mean, the brevity penalty",
                 "zh": "BLEU：截断精度、几何平均与长度惩罚"},
        "beam-search": {"kind": "identity", "en": "Greedy decoding can miss the most probable sequence; a wide enough beam cannot",
                        "zh": "贪心解码可能错过最可能的序列；足够宽的束不会"},
    },
)
def translation(page):
    N, K = page.sizes("N K")                                                    # lengths of n-grams, n-grams of each length
    n, s, k = page.family("n", 1, N), page.family("s", 1, N), page.index("k", K)

    found, due = page.input("c", k, positive=True), page.input("r", k, positive=True)
    clipped = page.let("m", [], Sum(Min(found[k], due[k]), k) / Sum(found[k], k), fact="bleu")
    hits, total = page.input("a", n, positive=True), page.input("b", n, positive=True)
    p = page.let("p", [n], hits[n] / total[n], fact="bleu")
    product = page.state("P", n)                                                # of the first n precisions
    page.define(product[n], Piecewise((product[n - 1], n >= 2), (1, True)) * p[n], fact="bleu")
    mean = page.let("G", [], exp(Sum(log(p[n]), n) / N), fact="bleu")

    length, g = page.input("l", positive=True), page.input("g", positive=True)  # of the shorter text, and what the other has more
    shorter = page.let("B", [], exp(1 - (length + g) / length), fact="bleu")
    score = page.let("S", [], shorter * mean, fact="bleu")

    e = page.input("e", below_one=True)
    greedy = page.let("q_1", [], (1 + e / 8) / 2 * (1 - e / 2), fact="beam-search")     # the likelier first token, then its best
    other = page.let("q_2", [], (1 - e / 8) / 2, fact="beam-search")                    # the other one, whose next is certain

    page.claim(product[n], Product(p[s], (s, 1, n)), by="induction on n", fact="bleu")
    page.claim(mean, exp(log(product[N]) / N), fact="bleu")
    page.claim(shorter, exp(-g / length), fact="bleu")
    page.claim(score, exp(1 - (length + g) / length + log(product[N]) / N), fact="bleu")
    page.bound(other, ">", greedy, fact="beam-search", gap=e / 8 + e**2 / 32)

    page.mistake(clipped, 1, en="counts an n-gram as often as it comes: “the the the” is then perfect",
                 zh="重复的 n 元组每次都计数：“the the the” 便成满分")
    page.mistake(mean, Sum(p[n], n) / N, en="takes the arithmetic mean", zh="取了算术平均")
    page.mistake(shorter, exp(-g / (length + g)), en="divides by the length of the reference: the exponent is 1 − r/c", zh="除以参考的长度：指数是 1 − r/c")
    page.mistake(greedy, other, relation="≥", en="expects the best sequence to begin with the best token", zh="以为最优序列以最可能的词元开头")

    page.convention(
        en="c and r are how often each n-gram comes in the candidate and at most in one reference; m is their precision. a and b are its numerator "
           "and denominator for n = 1 … N, N = 4 in practice, added up over a corpus; with a = 0 somewhere BLEU is 0.",
        zh="c 与 r 是每个 n 元组在译文中以及在某一参考中至多出现的次数，m 为其精度。a 与 b 是 n = 1 … N 时的分子与分母，"
           "实际取 N = 4，对整个语料累计；某个 a = 0 时 BLEU 为 0。")
    page.convention(
        en="B is the penalty of a candidate of length l against a reference of length l + g; a longer candidate has none, B = 1.",
        zh="B 是长 l 的译文对长 l + g 的参考的惩罚；更长的译文没有惩罚，B = 1。")
    page.convention(
        en="Of V tokens and length T, a beam of V^(T−1) keeps every beginning, so that the last step sees all sequences; a beam of 1 is "
           "greedy decoding.",
        zh="V 个词元、长度 T：束宽 V^(T−1) 保留所有开头，最后一步看到全部序列；束宽 1 即贪心解码。")


translation.sized(N=4, K=3)
translation.sized(N=2, K=5)


@translation.reference("torch", "torch.minimum, torch.distributions.Categorical")
def _(torch, v):
    p = torch.div(v["a"], v["b"])
    mean = torch.logsumexp(torch.stack([p.log().mean()]), 0)
    shorter = torch.clamp(1 - (v["l"] + v["g"]) / v["l"], max=0).exp()
    first = torch.distributions.Categorical(torch.stack([1 + v["e"] / 8, 1 - v["e"] / 8])).probs
    second = torch.distributions.Categorical(torch.stack([1 - v["e"] / 2, v["e"] / 2])).probs
    return {"m": torch.minimum(v["c"], v["r"]).sum() / v["c"].sum(), "p": p, "P": p.cumprod(0), "G": mean.exp(), "B": shorter,
            "S": shorter * mean.exp(), "q_1": first[0] * second[0], "q_2": first[1]}


@translation.reference("jax", "jax.numpy.minimum, cumprod, power")
def _(jax, v):
    np = jax.numpy
    p = np.divide(v["a"], v["b"])
    P = np.cumprod(p)
    return {"m": np.minimum(v["c"], v["r"]).sum() / v["c"].sum(), "p": p, "P": P, "G": np.power(P[-1], 1 / len(p))}


REFERENCES = ("it is a guide to action that ensures that the military will forever heed party commands",
              "it is the guiding principle which guarantees the military forces always being under the command of the party",
              "it is the practical guide for the army always to heed the directions of the party")
FAIR = "it is a guide to action which ensures that the military always obeys the commands of the party"
POOR = "it is to insure the troops forever hearing the activity guidebook that party direct"


@translation.experiment("torch", "collections.Counter, examples 1 and 2 of Papineni et al.", fact="bleu")
def _(torch, see):
    from collections import Counter

    def grams(text, n):
        words = text.split()
        return Counter(zip(*(words[i:] for i in range(n))))

    def precision(text, references, n):
        found, most = grams(text, n), grams("", n)
        for reference in references:
            most |= grams(reference, n)
        return (found & most).total(), found.total()

    def score(text):
        pairs, lengths = [precision(text, REFERENCES, n) for n in (1, 2, 3, 4)], [len(r.split()) for r in REFERENCES]
        words = len(text.split())
        closest = min(lengths, key=lambda length: abs(length - words))
        logs = torch.tensor([hit / count for hit, count in pairs], dtype=torch.float64).log()
        return float(min(1.0, torch.tensor(1 - closest / words).exp()) * logs.mean().exp())

    for text, n, due in ((FAIR, 1, "17/18"), (FAIR, 2, "10/17"), (POOR, 1, "8/14"), (POOR, 2, "1/13")):
        see("{}/{}".format(*precision(text, REFERENCES, n)), "=", due, en=f"clipped {n}-gram precision of “{text[:13]}…”", zh=f"“{text[:13]}…” 的 {n} 元截断精度")
    see(score(FAIR), ">", .5, en="BLEU of the first", zh="前者的 BLEU")
    see(score(POOR), "=", 0, en="BLEU of the second, none of whose 4-grams matches", zh="后者没有匹配的 4 元组，其 BLEU")
    the, cat = "the the the the the the the", ("the cat is on the mat", "there is a cat on the mat")
    see("{}/{}".format(*precision(the, cat, 1)), "=", "2/7", en="clipped precision of “the the the …”", zh="“the the the …” 的截断精度")
    see.wrongly("{}/{}".format(*precision(the, cat, 1)), "=", "7/7", en="all seven count", zh="七个都算")


@translation.experiment("torch", "torch.topk, all sequences", fact="beam-search")
def _(torch, see):
    V, T = 3, 4

    def tree(seed):
        """Log-probabilities of the next token after every beginning."""
        torch.manual_seed(seed)
        return [torch.log_softmax(torch.randn([V] * t + [V], dtype=torch.float64), -1) for t in range(T)]

    def beam(steps, width):
        kept = [((), 0.0)]
        for step in steps:
            longer = [((*start, token), total + float(step[(*start, token)])) for start, total in kept for token in range(V)]
            best = torch.topk(torch.tensor([total for _, total in longer], dtype=torch.float64), min(width, len(longer))).indices
            kept = [longer[i] for i in best]
        return kept[0][1]

    def best(steps):
        return float(sum(step.reshape(step.shape + (1,) * (T - step.dim())) for step in steps).max())

    trees = [tree(20 * see.seed + seed) for seed in range(20)]
    due = torch.tensor([best(steps) for steps in trees])
    wide, greedy = (torch.tensor([beam(steps, width) for steps in trees]) - due for width in (V**(T - 1), 1))
    see(wide, "=", 0, within=1e-6, en="log-probability that a beam of V^(T−1) loses, in 20 random trees", zh="束宽 V^(T−1) 损失的对数概率（20 棵随机树）")
    see(int((greedy < -1e-6).sum()), "≥", 1, en="trees of 20 in which greedy decoding misses the best sequence", zh="20 棵树中贪心解码错过最优序列的棵数")
    see.wrongly(greedy, "=", 0, within=1e-6, en="greedy decoding loses nothing", zh="贪心解码毫无损失")
