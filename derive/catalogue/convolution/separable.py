"""What a convolution costs: standard, grouped and depthwise separable, in weights and in multiply–adds; and what it
saves against layers without windows or without sharing."""

from derive.entry import entry


@entry(
    name="separable_convolution",
    title={"en": "Cost of grouped and depthwise separable convolution", "zh": "分组卷积与深度可分离卷积的计算量"},
    section="2.1",
    source="Howard et al. 2017 (MobileNet), section 3.1; Krizhevsky, Sutskever & Hinton 2012, section 3.5",
    facts={
        "separable-params-standard": {"kind": "parameter-count", "en": "Weights of a standard convolution: K² M N",
                                      "zh": "标准卷积的权重：K² M N"},
        "separable-params-separable": {"kind": "parameter-count", "en": "Depthwise and pointwise weights: K² M + M N",
                                       "zh": "逐深度与逐点卷积的权重：K² M + M N"},
        "separable-flops": {"kind": "parameter-count", "en": "Multiply–adds: also 1/N + 1/K² of the standard ones",
                            "zh": "乘加次数：同样是标准卷积的 1/N + 1/K²"},
        "separable-ratio": {"kind": "identity", "en": "Ratio 1/N + 1/K²", "zh": "比值 1/N + 1/K²"},
        "group-conv-params": {"kind": "parameter-count", "en": "g groups divide weights and multiply–adds by g",
                              "zh": "g 个组使权重与乘加次数都除以 g"},
        "group-conv-efficiency": {"kind": "identity", "en": "The fraction of weights and work that groups leave: 1/g",
                                  "zh": "分组后权重与计算量所占的比例：1/g"},
        "local-connectivity-params": {"kind": "parameter-count", "en": "Local windows have fewer weights than a dense layer, shared ones fewer still",
                                      "zh": "局部连接的权重少于全连接，权重共享后更少"},
    },
)
def separable_convolution(page):
    K, M, N, F = page.sizes("K M N F")         # kernel, input channels, output channels, side of the output
    g, a, b = page.sizes("g a b")              # groups, input and output channels of one group

    weights = page.let("w_standard", [], K**2 * M * N, fact="separable-params-standard")
    separable_weights = page.let("w_separable", [], K**2 * M + M * N, fact="separable-params-separable")
    work = page.let("c_standard", [], K**2 * M * N * F**2, fact="separable-flops")
    separable_work = page.let("c_separable", [], K**2 * M * F**2 + M * N * F**2, fact="separable-flops")
    ratio = page.let("rho", [], separable_work / work, fact="separable-flops")
    weight_ratio = page.let("rho_w", [], separable_weights / weights, fact="separable-ratio")

    whole = page.let("w_whole", [], K**2 * (g * a) * (g * b), fact="group-conv-params")
    grouped = page.let("w_grouped", [], g * (K**2 * a * b), fact="group-conv-params")
    whole_work = page.let("c_whole", [], whole * F**2, fact="group-conv-params")
    grouped_work = page.let("c_grouped", [], grouped * F**2, fact="group-conv-params")
    left = page.let("phi_w", [], grouped / whole, fact="group-conv-efficiency")
    left_work = page.let("phi", [], grouped_work / whole_work, fact="group-conv-efficiency")

    side = F + K - 1                           # of the input that gives F places; one channel
    dense = page.let("w_dense", [], side**2 * F**2, fact="local-connectivity-params")
    local = page.let("w_local", [], F**2 * K**2, fact="local-connectivity-params")
    shared = page.let("w_shared", [], K**2, fact="local-connectivity-params")

    page.claim(ratio, 1 / N + 1 / K**2, fact="separable-flops")
    page.claim(weight_ratio, 1 / N + 1 / K**2, fact="separable-ratio")
    page.claim(weight_ratio, ratio, fact="separable-ratio")
    page.claim(grouped, whole / g, fact="group-conv-params")
    page.claim(grouped_work, whole_work / g, fact="group-conv-params")
    page.claim(left, 1 / g, fact="group-conv-efficiency")
    page.claim(left_work, 1 / g, fact="group-conv-efficiency")
    page.claim(dense, local + F**2 * (F - 1) * (F + 2 * K - 1), fact="local-connectivity-params")
    page.bound(local, "≤", dense, fact="local-connectivity-params", gap=F**2 * (F - 1) * (F + 2 * K - 1))
    page.bound(shared, "≤", local, fact="local-connectivity-params", gap=K**2 * (F - 1) * (F + 1))

    page.mistake(ratio, 1 / N + 1 / K, en="takes the side of the kernel for its area", zh="把核的边长当成了面积")
    page.mistake(ratio, 1 / M + 1 / K**2, en="divides by the input channels", zh="除以了输入通道数")
    page.mistake(ratio, 1 / (N * K**2), en="counts one pass instead of two", zh="只算了一步，应为两步")
    page.mistake(separable_work, K**2 * M * N * F**2 + M * N * F**2,
                 en="lets every depthwise kernel see every output channel", zh="让每个逐深度核作用于所有输出通道")
    page.mistake(grouped, whole / g**2, en="counts one group: there are g of them", zh="只数了一组：共有 g 组")
    page.mistake(shared, local, en="takes local windows for shared weights: there is a kernel for each place, until all share one",
                 zh="把局部连接当作权重共享：前者每个位置各有一个核，共享后只有一个")

    page.convention(
        en="Multiply–adds without biases; the papers call K the kernel size D_K and F the size D_F of the output map.",
        zh="乘加次数，不计偏置；论文中 K 记作核大小 D_K，F 记作输出图的边长 D_F。")
    page.convention(
        en="Groups do not divide the biases. Time on a clock depends on the machine and is not claimed.",
        zh="分组不减少偏置。实际时间取决于机器，此处不作断言。")
    page.convention(
        en="w_dense, w_local, w_shared: one channel, from a side of F + K − 1 to one of F; all three are equal where F = 1.",
        zh="w_dense、w_local、w_shared：单通道，边长由 F + K − 1 到 F；F = 1 时三者相等。")


separable_convolution.sized(K=3, M=4, N=5, F=7, g=2, a=6, b=8)
separable_convolution.sized(K=5, M=3, N=8, F=2, g=4, a=1, b=7)


@separable_convolution.reference("torch", "torch.nn.Conv2d, Linear, Unfold; torch.utils.flop_counter")
def _(torch, v):
    from torch.utils.flop_counter import FlopCounterMode

    K, M, N, F, g, a, b = (v[name] for name in ("K", "M", "N", "F", "g", "a", "b"))
    side = F + K - 1
    convolutions = {"standard": [((M, N, K), 1)], "separable": [((M, M, K), M), ((M, N, 1), 1)],
                    "whole": [((g * a, g * b, K), 1)], "grouped": [((g * a, g * b, K), g)]}
    found = {}
    for name, parts in convolutions.items():
        layers = torch.nn.Sequential(*(torch.nn.Conv2d(*shape, groups=groups, bias=False, device="meta")
                                       for shape, groups in parts))
        with FlopCounterMode(display=False) as counter:
            layers(torch.zeros(1, parts[0][0][0], side, side, device="meta"))
        found[f"w_{name}"] = sum(p.numel() for p in layers.parameters())
        found[f"c_{name}"] = counter.get_total_flops() / 2
    layer, windows = torch.nn.Linear(side**2, F**2, bias=False, device="meta"), torch.nn.Unfold(K)
    found |= {"w_dense": layer.weight.numel(), "w_local": windows(torch.zeros(1, 1, side, side, device="meta")).numel(),
              "w_shared": torch.nn.Conv2d(1, 1, K, bias=False, device="meta").weight.numel()}
    found |= {"phi_w": found["w_grouped"] / found["w_whole"], "phi": found["c_grouped"] / found["c_whole"]}
    return {name: torch.tensor(float(count), dtype=torch.float64) for name, count in found.items()}


@separable_convolution.reference("jax", "flax.linen.Conv, ConvLocal")
def _(jax, v):
    from flax import linen

    K, M, N, F, g, a, b = (v[name] for name in ("K", "M", "N", "F", "g", "a", "b"))
    key = jax.random.PRNGKey(0)

    def count(channels, kind=linen.Conv, side=K, **options):
        layer = kind(use_bias=False, **options)
        image = jax.numpy.zeros((1, side, side, channels))
        return sum(leaf.size for leaf in jax.tree_util.tree_leaves(jax.eval_shape(layer.init, key, image)))

    depthwise = count(M, features=M, kernel_size=(K, K), feature_group_count=M)
    found = {"w_standard": count(M, features=N, kernel_size=(K, K)),
             "w_separable": depthwise + count(M, features=N, kernel_size=(1, 1)),
             "w_whole": count(g * a, features=g * b, kernel_size=(K, K)),
             "w_grouped": count(g * a, features=g * b, kernel_size=(K, K), feature_group_count=g),
             "w_local": count(1, linen.ConvLocal, F + K - 1, features=1, kernel_size=(K, K), padding="VALID"),
             "w_shared": count(1, features=1, kernel_size=(K, K))}
    return {name: jax.numpy.asarray(float(value)) for name, value in found.items()}
