"""How many places a convolution has, and a transposed one; what padding keeps the size."""

from derive.entry import entry


@entry(
    name="convolution_size",
    title={"en": "Output sizes of convolutions", "zh": "卷积的输出大小"},
    section="2.1",
    source="Dumoulin & Visin 2016, relationships 6, 14 and 15",
    facts={
        "conv-output-size": {"kind": "shape", "en": "⌊(n + 2P − d(K − 1) − 1)/s⌋ + 1 places: the last one fits, the next does not",
                             "zh": "⌊(n + 2P − d(K − 1) − 1)/s⌋ + 1 个位置：最后一个放得下，再一个放不下"},
        "transposed-conv-output-size": {"kind": "shape", "en": "(M − 1)s − 2P + d(K − 1) + r + 1 undoes the size of a convolution",
                                        "zh": "(M − 1)s − 2P + d(K − 1) + r + 1 还原卷积前的大小"},
        "dilated-resolution": {"kind": "shape", "en": "Stride 1 and padding d(K − 1)/2 keep the size",
                               "zh": "步幅 1、填充 d(K − 1)/2 时大小不变"},
    },
)
def convolution_size(page):
    K, d, M = page.sizes("K d M")                   # kernel, dilation, places of the output
    P, r, t = (page.size(name, least=0) for name in "Prt")       # padding; what the stride leaves over, and what it lacks
    h = page.size("h", least=0)                     # an odd kernel has 2h + 1 members
    m = page.index("m", M)

    s = page.let("s", [], r + t + 1, fact="conv-output-size")
    span = page.let("k", [], d * (K - 1) + 1, fact="conv-output-size")
    n = page.let("n", [], s * (M - 1) + span + r - 2 * P, fact="conv-output-size")
    places = page.let("o", [], (n + 2 * P - d * (K - 1) - 1 - r) / s + 1, fact="conv-output-size")
    last = page.let("e", [m], s * (m - 1) + span, fact="conv-output-size")
    after = page.let("f", [], s * M + span, fact="conv-output-size")
    back = page.let("b", [], (M - 1) * s - 2 * P + d * (K - 1) + r + 1, fact="transposed-conv-output-size")
    odd = page.let("q", [], 2 * h + 1, fact="dilated-resolution")
    padding = page.let("p", [], d * (odd - 1) / 2, fact="dilated-resolution")
    same = page.let("c", [], M + 2 * padding - d * (odd - 1), fact="dilated-resolution")

    page.claim(places, M, fact="conv-output-size")
    page.claim(last[m], n + 2 * P - r - s * (M - m), fact="conv-output-size")
    page.claim(after, n + 2 * P + t + 1, fact="conv-output-size")
    page.bound(last[m], "≤", n + 2 * P, fact="conv-output-size", gap=s * (M - m) + r)
    page.bound(after, ">", n + 2 * P, fact="conv-output-size", gap=t + 1)
    page.claim(back, n, fact="transposed-conv-output-size")
    page.claim(same, M, fact="dilated-resolution")
    page.mistake(places, (n + 2 * P - K - r) / s + 1, en="takes the kernel for its span: dilation stretches it to d(K − 1) + 1",
                 zh="把核大小当作跨度：膨胀使其变为 d(K − 1) + 1")
    page.mistake(places, (n + P - span - r) / s + 1, en="pads one side", zh="只填充了一侧")
    page.mistake(places, (n + 2 * P - span - r) / s, en="counts the moves and not the places: one more",
                 zh="只数了移动次数：位置多一个")
    page.mistake(last[M], n + 2 * P, en="thinks that the last window always ends with the input: r places may be left over",
                 zh="以为最后一个窗口总到达末端：可能剩余 r 位")
    page.mistake(back, (M - 1) * s + K - 2 * P, en="forgets the dilation and what the stride left over",
                 zh="漏掉了膨胀与步幅剩下的部分")
    page.mistake(padding, h, en="pads as without dilation: d h is needed", zh="按无膨胀填充：应为 d h")

    page.convention(
        en="s = r + t + 1 is any stride, and r < s what the division leaves over, so that (n + 2P − k − r)/s is the floor of "
           "(n + 2P − k)/s. torch and JAX round down and say nothing: r places of the input are not read.",
        zh="s = r + t + 1 为任意步幅，r < s 为除法的余数，故 (n + 2P − k − r)/s 即 (n + 2P − k)/s 的下取整。torch 与 JAX 直接取整：输入末尾有 r 位未被读取。")
    page.convention(
        en="r is torch's output_padding in a transposed convolution, which M places alone cannot know. An even kernel has no "
           "padding that keeps the size on both sides alike; padding='same' then adds one more zero on one side.",
        zh="r 即转置卷积中的 output_padding，仅凭 M 无从得知。偶数核没有两侧相同且保持大小的填充；padding='same' 会在一侧多补一个零。")


convolution_size.sized(K=3, d=2, M=5, P=1, r=1, t=2, h=3)
convolution_size.sized(K=4, d=1, M=6, P=0, r=2, t=0, h=5)


@convolution_size.reference("torch", "torch.nn.Conv1d, torch.nn.ConvTranspose1d")
def _(torch, v):
    K, d, M, P, r, h = (v[name] for name in ("K", "d", "M", "P", "r", "h"))
    s = r + v["t"] + 1
    nn = torch.nn

    def length(layer, places):
        return layer(torch.zeros(1, 1, places)).shape[2]

    back = length(nn.ConvTranspose1d(1, 1, K, s, P, r, dilation=d), M)
    conv, odd = nn.Conv1d(1, 1, K, s, P, d), nn.Conv1d(1, 1, 2 * h + 1, padding="same", dilation=d)
    found = {"b": back, "n": back, "o": length(conv, back), "c": length(odd, M),
             "p": odd._reversed_padding_repeated_twice[0]}
    read = torch.autograd.functional.jacobian(
        lambda x: torch.nn.functional.conv1d(x, torch.ones(1, 1, K), stride=s, dilation=d)[0, 0], torch.zeros(1, 1, back + 2 * P))
    found["e"] = [int(row.nonzero().max()) + 1 for row in read[:, 0, 0]]
    return {name: torch.tensor(count, dtype=torch.float64) for name, count in found.items()}


@convolution_size.reference("jax", "jax.lax.conv_general_dilated, flax.linen.Conv")
def _(jax, v):
    K, d, M, P, r, h = (v[name] for name in ("K", "d", "M", "P", "r", "h"))
    s, np = r + v["t"] + 1, jax.numpy
    n = s * (M - 1) + d * (K - 1) + 1 + r - 2 * P

    def length(places, taps, strides, padding):
        return np.asarray(float(jax.eval_shape(lambda x, w: jax.lax.conv_general_dilated(
            x, w, (strides,), padding, rhs_dilation=(d,)), np.zeros((1, 1, places)), np.zeros((1, 1, taps))).shape[2]))

    return {"o": length(n, K, s, [(P, P)]), "c": length(M, 2 * h + 1, 1, "SAME")}
