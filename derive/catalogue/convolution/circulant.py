"""Why convolutions share weights: a linear map commutes with cyclic shifts exactly where it is circulant."""

from sympy import Piecewise, Sum

from derive.entry import entry


@entry(
    name="circulant",
    title={"en": "Linear, and moving with its input: circulant", "zh": "线性且与平移可交换：循环矩阵"},
    section="2.1",
    source="Gray 2006 (Toeplitz and circulant matrices), section 3; Cohen & Welling 2016, section 6",
    facts={
        "parameter-sharing-theory": {"kind": "identity", "en": "A commutes with the shift iff A[i, j] = A[i − 1, j − 1]: one kernel",
                                     "zh": "A 与平移可交换，当且仅当 A[i, j] = A[i − 1, j − 1]：只有一个核"},
        "circular-equivariance": {"kind": "identity", "en": "Circular convolution commutes with every cyclic shift",
                                  "zh": "循环卷积与任意循环平移可交换"},
    },
)
def circulant(page):
    n = page.size("n")
    i, j = page.index("i", n - 1, 0), page.index("j", n - 1, 0)
    column = page.family("t", 1, n - 1)
    sharing, circle = "parameter-sharing-theory", "circular-equivariance"

    def before(x, place):
        """The member before, on a circle of n."""
        return Piecewise((x(place - 1), place >= 1), (x(n - 1), True))

    A, x, w = page.input("A", i, j), page.input("x", j), page.input("w", i)
    shifted = page.let("s", [j], before(lambda a: x[a], j))
    y = page.let("y", [i], Sum(A[i, j] * x[j], j))
    first = page.let("a", [i], Sum(A[i, j] * shifted[j], j), fact=sharing)
    last = page.let("b", [i], before(lambda a: y[a], i), fact=sharing)
    gap = page.let("c", [i], first[i] - last[i], fact=sharing)
    C = page.state("C", (column, 0, n - 1), i)
    page.define(C[column, i], before(lambda a: C[column - 1, a], i), fact=sharing)

    def around(x):
        return Sum(w[j] * Piecewise((x[i - j], i >= j), (x[i - j + n], True)), j)

    z, moved = page.let("z", [i], around(x), fact=circle), page.let("v", [i], around(shifted), fact=circle)

    after = page.index("k", n - 2, 0)
    page.claim(gap[i], Sum((A[i, after + 1] - before(lambda a: A[a, after], i)) * x[after], after)
               + (A[i, 0] - before(lambda a: A[a, n - 1], i)) * x[n - 1], fact=sharing)
    page.claim(C[column, i], Piecewise((C[0, i - column], i >= column), (C[0, i - column + n], True)), fact=sharing,
               by="induction on t")
    page.claim(moved[i], before(lambda a: z[a], i), fact=circle)

    page.mistake(gap[i], 0, en="takes every linear map for equivariant: only circulant ones are", zh="以为线性映射都等变：只有循环矩阵才是")
    page.mistake(C[column, i], C[0, i], en="takes one number a column: what is shared is a kernel, turned round the circle",
                 zh="以为各列相同：共享的是核，沿圆周转动")
    page.mistake(moved[i], z[i], en="takes equivariance for invariance", zh="把等变当作不变")
    page.mistake(gap[i], Sum((A[i, after + 1] - before(lambda a: A[a, after], i)) * x[after], after),
                 en="lets the last place fall off the circle", zh="让最后一位掉出圆周")

    page.convention(
        en="(A S − S A) x = c is zero for all x iff A[i, j + 1] = A[i − 1, j] on the circle. C has "
           "columns that follow this rule: the first one, the kernel, fixes all others, and n² weights are n.",
        zh="(A S − S A) x = c 对一切 x 为零，当且仅当在圆周上 A[i, j + 1] = A[i − 1, j]。C 的各列遵循此规则："
           "首列（核）决定其余各列，n² 个权重只余 n 个。")
    page.convention(
        en="torch pads with padding_mode='circular'; positions count from 0.",
        zh="torch 以 padding_mode='circular' 作循环填充；位置从 0 开始。")


circulant.sized(n=4)
circulant.sized(n=3)


@circulant.reference("torch", "torch.roll, torch.nn.functional.conv1d with circular padding")
def _(torch, v):
    A, x, w, n = v["A"], v["x"], v["w"], len(v["x"])
    roll = torch.roll
    columns = torch.stack([roll(v["C[0]"], t) for t in range(1, n)]) if n > 1 else v["C[0]"].reshape(0, 1)

    def around(x):
        ring = torch.nn.functional.pad(x[None, None], (n - 1, 0), mode="circular") if n > 1 else x[None, None]
        return torch.nn.functional.conv1d(ring, w.flip(0)[None, None])[0, 0]

    s, y = roll(x, 1), torch.mv(A, x)
    a, b = torch.mv(A, s), roll(y, 1)
    return {"s": s, "y": y, "a": a, "b": b, "c": a - b, "C": columns, "z": around(x), "v": around(s)}


@circulant.reference("jax", "jax.numpy.roll, jax.numpy.fft")
def _(jax, v):
    np, A, x, w, n = jax.numpy, v["A"], v["x"], v["w"], len(v["x"])
    columns = np.stack([np.roll(v["C[0]"], t) for t in range(1, n)]) if n > 1 else v["C[0]"].reshape(0, 1)

    def around(x):
        return np.fft.ifft(np.fft.fft(w) * np.fft.fft(x)).real

    s, y = np.roll(x, 1), A @ x
    return {"s": s, "y": y, "a": A @ s, "b": np.roll(y, 1), "c": A @ s - np.roll(y, 1), "C": columns,
            "z": around(x), "v": around(s)}
