"""Sinusoidal positional encoding: shifting the position is a rotation, and inner products see the distance alone."""

from sympy import Sum, cos, exp, log, sin

from derive.entry import entry


@entry(
    name="positional_encoding",
    title={"en": "Sinusoidal positional encoding", "zh": "正弦位置编码"},
    section="2.3",
    source="Vaswani et al. 2017, section 3.5",
    facts={
        "pe-i-is-pair-index": {"kind": "definition", "en": "One frequency for each pair of entries",
                               "zh": "每对分量一个频率"},
        "pe-sin": {"kind": "definition", "en": "Even entries: sines", "zh": "偶数分量：正弦"},
        "pe-cos": {"kind": "definition", "en": "Odd entries: cosines", "zh": "奇数分量：余弦"},
        "pe-rotation": {"kind": "identity", "en": "PE(p + k) = R(k) PE(p)", "zh": "PE(p + k) = R(k) PE(p)"},
        "pe-inner-product": {"kind": "identity", "en": "Inner products depend on the distance alone",
                             "zh": "内积只依赖距离"},
        "pe-norm": {"kind": "identity", "en": "Every encoding has the norm √(d/2)", "zh": "每个编码的范数为 √(d/2)"},
        "code-pe": {"kind": "code", "en": "The course's class: even widths, and sequences no longer than max_len",
                    "zh": "课程中的类：宽度为偶数，序列不超过 max_len"},
        "pe-relative": {"kind": "identity", "en": "Equal shifts of both positions change no inner product",
                        "zh": "两个位置同样平移，内积不变"},
    },
)
def positional_encoding(page):
    n, m = page.sizes("n m")                        # positions and pairs: the width is d = 2 m
    p, q, k = page.index("p", n), page.index("q", n), page.index("k", n)
    i = page.index("i", m)
    omega = page.let("omega", [i], exp(-2 * (i - 1) / (2 * m) * log(10000)), fact="pe-i-is-pair-index")
    S = page.let("S", [p, i], sin(p * omega[i]), fact="pe-sin")
    C = page.let("C", [p, i], cos(p * omega[i]), fact="pe-cos")
    G = page.let("G", [p, q], Sum(S[p, i] * S[q, i] + C[p, i] * C[q, i], i), fact="pe-inner-product")
    N = page.let("N", [p], Sum(S[p, i]**2 + C[p, i]**2, i), fact="pe-norm")
    # the encodings of the positions p + k, which may lie beyond n
    A = page.let("A", [p, k, i], sin((p + k) * omega[i]), fact="pe-rotation")
    B = page.let("B", [p, k, i], cos((p + k) * omega[i]), fact="pe-rotation")
    F = page.let("F", [p, q, k], Sum(A[p, k, i] * A[q, k, i] + B[p, k, i] * B[q, k, i], i), fact="pe-relative")

    page.claim(A[p, k, i], C[k, i] * S[p, i] + S[k, i] * C[p, i], fact="pe-rotation")
    page.claim(B[p, k, i], C[k, i] * C[p, i] - S[k, i] * S[p, i], fact="pe-rotation")
    page.claim(G[p, q], Sum(cos((p - q) * omega[i]), i), fact="pe-inner-product")
    page.claim(G[p, q], G[q, p], fact="pe-inner-product")
    page.claim(N[p], m, fact="pe-norm")
    page.claim(F[p, q, k], G[p, q], fact="pe-relative")

    page.mistake(A[p, k, i], S[p, i] + S[k, i], en="adds the encodings: the sine of a sum is no sum of sines",
                 zh="把编码相加：和的正弦不是正弦之和")
    page.mistake(B[p, k, i], C[k, i] * C[p, i] + S[k, i] * S[p, i],
                 en="turns the other way: the sign belongs to p − k", zh="转向了另一边：该符号属于 p − k")
    page.mistake(G[p, q], Sum(cos((p + q) * omega[i]), i), en="adds the positions where they are subtracted",
                 zh="位置应相减而非相加")
    page.mistake(N[p], 2 * m, en="counts every entry as one: a pair has the norm one", zh="把每个分量算作一：每对的范数为一")
    page.mistake(omega[i], exp(-i / m * log(10000)), en="counts the pairs from 1 in the exponent: the first frequency is 1",
                 zh="指数中从 1 数起：第一个频率为 1")

    page.convention(
        en="S and C are the columns 2i and 2i + 1 of the textbook, whose i counts from 0: i − 1 here. The width is d = 2 m; "
           "R(k) turns every pair by the angle k ω_i.",
        zh="S 与 C 即教科书的第 2i 与 2i + 1 列，其 i 从 0 数起，即此处的 i − 1。宽度为 d = 2 m；R(k) 把每对分量转过角 k ω_i。")
    page.convention(
        en="Many programs put all sines first and all cosines behind them: a permutation of the columns, which changes no "
           "inner product. Inner products of W_Q PE and W_K PE do not depend on the distance alone.",
        zh="许多程序先放全部正弦、再放全部余弦：只是列的置换，不改变内积。W_Q PE 与 W_K PE 的内积则不只依赖距离。")
    page.convention(
        en="No library has this encoding as a layer; it is compared with powers of the complex numbers exp(i ω).",
        zh="没有库把此编码作为一层；比较的对象是复数 exp(i ω) 的幂。")


positional_encoding.sized(n=4, m=3)
positional_encoding.sized(n=2, m=5)


@positional_encoding.reference("torch", "torch.logspace, torch.polar")
def _(torch, v):
    n, m = v["n"], v["m"]
    omega = torch.logspace(0, -4 * (m - 1) / m, m, dtype=torch.float64)
    turn = torch.polar(torch.ones_like(omega), omega)                   # one step is a turn in the complex plane
    E = torch.stack([turn**p for p in range(1, 2 * n + 1)])
    shifted = torch.stack([torch.stack([E[p + k + 1] for k in range(n)]) for p in range(n)])
    E = E[:n]
    G, F = (E @ E.conj().T).real, torch.einsum("pki,qki->pqk", shifted, shifted.conj()).real
    return {"omega": omega, "S": E.imag, "C": E.real, "G": G, "N": (E.abs()**2).sum(1), "F": F,
            "A": shifted.imag, "B": shifted.real}


@positional_encoding.reference("jax", "jax.numpy.logspace, jax.numpy.exp")
def _(jax, v):
    np, n, m = jax.numpy, v["n"], v["m"]
    omega = np.logspace(0, -4 * (m - 1) / m, m)
    E = np.exp(1j * np.outer(np.arange(1, n + 1), omega))
    shifted = E[:, None] * E[None]                                      # the encoding of p + k by a turn
    G, N = (E @ E.conj().T).real, np.linalg.norm(E, axis=1)**2
    return {"omega": omega, "S": E.imag, "C": E.real, "G": G, "N": N,
            "A": shifted.imag, "B": shifted.real, "F": np.einsum("pki,qki->pqk", shifted, shifted.conj()).real}


@positional_encoding.experiment("torch", "torch.polar, torch.Tensor", fact="code-pe")
def _(torch, see):
    def encoded(width, longest, T):
        """Zeros behind the class in the course: a table of max_len rows, of which the first T are added."""
        table, position = torch.zeros(longest, width), torch.arange(longest).unsqueeze(1).float()
        frequencies = torch.exp(torch.arange(0, width, 2).float() * -(torch.tensor(1e4).log() / width))
        table[:, 0::2], table[:, 1::2] = torch.sin(position * frequencies), torch.cos(position * frequencies)
        return torch.zeros(1, T, width) + table.unsqueeze(0)[:, :T]

    def raised(*sizes):
        try:
            encoded(*sizes)
        except RuntimeError as error:
            return type(error).__name__
        return "none"

    turn = torch.polar(torch.ones(4, dtype=torch.float64), torch.logspace(0, -3, 4, dtype=torch.float64))
    due = torch.view_as_real(torch.stack([turn**p for p in range(50)])).flip(-1).flatten(1)
    see((encoded(8, 5000, 50)[0] - due).abs().max(), "<", 1e-5, en="the course's table, less the formula in float64", zh="课程的表与 float64 公式之差")
    see(raised(5, 10, 4), "=", "RuntimeError", en="a width of 5", zh="宽度 5")
    see(raised(8, 10, 11), "=", "RuntimeError", en="11 tokens with max_len=10", zh="max_len=10 时 11 个词元")
    see.wrongly(raised(8, 1, 11), "=", "RuntimeError", en="11 tokens with max_len=1: they all get the first row", zh="max_len=1 时 11 个词元：都得到第一行")
