"""Depthwise separable convolution: its cost as a fraction of a standard convolution's."""

from derive.entry import entry


@entry(
    name="separable_convolution",
    title={"en": "Cost of depthwise separable convolution", "zh": "深度可分离卷积的计算量"},
    section="2.1",
    source="Howard et al. 2017 (MobileNet), section 3.1",
    facts={
        "separable-standard-cost": {"kind": "parameter-count", "en": "Standard convolution", "zh": "标准卷积"},
        "separable-cost": {"kind": "parameter-count", "en": "Depthwise and pointwise", "zh": "逐深度与逐点卷积"},
        "separable-ratio": {"kind": "identity", "en": "Ratio 1/N + 1/K²", "zh": "比值 1/N + 1/K²"},
    },
)
def separable_convolution(page):
    K, M, N, F = page.sizes("K M N F")         # kernel, input channels, output channels, side of the output

    weights = page.let("w_standard", [], K**2 * M * N, fact="separable-standard-cost")
    separable_weights = page.let("w_separable", [], K**2 * M + M * N, fact="separable-cost")
    work = page.let("c_standard", [], K**2 * M * N * F**2, fact="separable-standard-cost")
    separable_work = page.let("c_separable", [], K**2 * M * F**2 + M * N * F**2, fact="separable-cost")
    ratio = page.let("rho", [], separable_work / work, fact="separable-ratio")
    weight_ratio = page.let("rho_w", [], separable_weights / weights, fact="separable-ratio")

    page.claim(ratio, 1 / N + 1 / K**2, fact="separable-ratio")
    page.claim(weight_ratio, ratio, fact="separable-ratio")

    page.mistake(ratio, 1 / N + 1 / K, en="takes the side of the kernel for its area", zh="把核的边长当成了面积")
    page.mistake(ratio, 1 / M + 1 / K**2, en="divides by the input channels", zh="除以了输入通道数")
    page.mistake(ratio, 1 / (N * K**2), en="counts one pass instead of two", zh="只算了一步，应为两步")
    page.mistake(separable_work, K**2 * M * N * F**2 + M * N * F**2,
                 en="lets every depthwise kernel see every output channel", zh="让每个逐深度核作用于所有输出通道")

    page.convention(
        en="Multiply–adds without biases; the papers call K the kernel size D_K and F the size D_F of the output map.",
        zh="乘加次数，不计偏置；论文中 K 记作核大小 D_K，F 记作输出图的边长 D_F。")


separable_convolution.sized(K=3, M=4, N=5, F=7)
separable_convolution.sized(K=5, M=3, N=8, F=2)


@separable_convolution.reference("torch", "torch.nn.Conv2d")
def _(torch, v):
    K, M, N = v["K"], v["M"], v["N"]
    standard = torch.nn.Conv2d(M, N, K, bias=False)
    parts = torch.nn.Conv2d(M, M, K, groups=M, bias=False), torch.nn.Conv2d(M, N, 1, bias=False)
    counts = standard.weight.numel(), sum(part.weight.numel() for part in parts)
    return {name: torch.tensor(float(count), dtype=torch.float64)
            for name, count in zip(("w_standard", "w_separable"), counts)}


@separable_convolution.reference("jax", "flax.linen.Conv")
def _(jax, v):
    from flax import linen

    K, M, N = v["K"], v["M"], v["N"]
    image, key = jax.numpy.zeros((1, K, K, M)), jax.random.PRNGKey(0)

    def count(**options):
        layer = linen.Conv(use_bias=False, **options)
        return sum(leaf.size for leaf in jax.tree_util.tree_leaves(layer.init(key, image)))

    standard = count(features=N, kernel_size=(K, K))
    separable = count(features=M, kernel_size=(K, K), feature_group_count=M) + count(features=N, kernel_size=(1, 1))
    return {"w_standard": jax.numpy.asarray(float(standard)), "w_separable": jax.numpy.asarray(float(separable))}
