"""A matrix by its eigenvectors and eigenvalues: powers, and how the eigenvalues change with the matrix."""

from sympy import Sum

from derive.entry import entry


@entry(
    name="eigendecomposition",
    title={"en": "Eigendecomposition", "zh": "特征分解"},
    section="1.1",
    source="Golub & Van Loan 2013, sections 7.1 and 7.2; Magnus 1985 (derivatives)",
    facts={
        "eigendecomposition": {"kind": "identity", "en": "A = P Λ P⁻¹: the columns of P are eigenvectors", "zh": "A = P Λ P⁻¹：P 的列为特征向量"},
        "linear-rnn-spectral-radius": {"kind": "identity", "en": "Powers: Aᵗ = P Λᵗ P⁻¹, and the largest |λ| decides in the end",
                                       "zh": "幂：Aᵗ = P Λᵗ P⁻¹，最终由最大的 |λ| 决定"},
        "trace-of-eigenvalues": {"kind": "identity", "en": "The trace is the sum of the eigenvalues", "zh": "迹等于特征值之和"},
    },
)
def eigendecomposition(page):
    n, T = page.sizes("n T")
    t, every = page.family("t", 1, T), page.family("t", 0, T)
    i, j, k = page.index("i", n), page.index("j", n), page.index("k", n)
    P, B, lam = page.input("P", i, k), page.input("B", k, j), page.input("lambda", k)
    page.assume_inverse(B, P)
    base, powers = "eigendecomposition", "linear-rnn-spectral-radius"
    A = page.let("A", [i, j], Sum(P[i, k] * lam[k] * B[k, j], k), fact=base)
    h = page.state("h", (t, 0, T), i)
    page.define(h[t, i], Sum(A[i, j] * h[t - 1, j], j), fact=powers)
    c = page.let("c", [every, k], Sum(B[k, i] * h[every, i], i), fact=powers)       # in coordinates of the eigenvectors
    image = page.let("v", [i, k], Sum(A[i, j] * P[j, k], j), fact=base)
    turned = page.let("u", [k, j], Sum(B[k, i] * A[i, j], i), fact=base)
    trace = page.let("s", [], Sum(A[i, i], i), fact="trace-of-eigenvalues")

    page.claim(image[i, k], lam[k] * P[i, k], fact=base)
    page.claim(turned[k, j], lam[k] * B[k, j], fact=base)
    page.claim(trace, Sum(lam[k], k), fact="trace-of-eigenvalues")
    page.claim(h[every, i], Sum(P[i, k] * lam[k]**every * Sum(B[k, j] * h[0, j], j), k), fact=powers, by="induction on t")
    page.claim(c[t, k], lam[k] * c[t - 1, k], fact=powers)

    page.mistake(image[i, k], lam[k] * P[k, i], en="reads eigenvectors from the rows of P: they are its columns", zh="从 P 的行读特征向量：应为列")
    page.mistake(A[i, j], Sum(P[i, k] * lam[k] * P[j, k], k), en="takes the transpose for the inverse: that holds for symmetric A, with orthonormal columns",
                 zh="用转置代替逆：仅对称矩阵（P 正交）时成立")
    page.mistake(trace, Sum(lam[k]**2, k), en="takes the trace of A²", zh="取了 A² 的迹")
    page.mistake(h[t, i], Sum(P[i, k] * lam[k]**(t - 1) * Sum(B[k, j] * h[0, j], j), k), en="counts one step too few", zh="少算一步")
    page.mistake(c[t, k], Sum(lam[k] * P[i, k] * c[t - 1, i], i), en="mixes the coordinates: each goes its own way", zh="混合了坐标：各坐标独立演化")

    page.convention(
        en="A has n linearly independent eigenvectors (λ real here; a rotation has complex ones). Symmetric A: P is orthogonal, "
           "B = Pᵀ, as torch.linalg.eigh and jax.numpy.linalg.eigh return it.",
        zh="A 有 n 个线性无关的特征向量（此处 λ 为实数；旋转矩阵的为复数）。对称 A：P 正交，B = Pᵀ，如 torch.linalg.eigh 与 jax.numpy.linalg.eigh。")
    page.convention(
        en="torch.linalg.eig and numpy.linalg.eig scale each eigenvector to length 1 and return them in no order.",
        zh="torch.linalg.eig 与 numpy.linalg.eig 把特征向量归一化为长度 1，且不保证顺序。")


eigendecomposition.sized(n=3, T=4)
eigendecomposition.sized(n=2, T=3)


@eigendecomposition.reference("torch", "torch.linalg.multi_dot, matrix_power; torch.trace")
def _(torch, v):
    linalg, P = torch.linalg, v["P"]
    A = linalg.multi_dot([P, torch.diag(v["lambda"]), v["B"]])
    h = torch.stack([linalg.matrix_power(A, t) @ v["h[0]"] for t in range(v["T"] + 1)])
    return {"A": A, "h": h[1:], "c": h @ v["B"].T, "v": A @ P, "u": v["B"] @ A, "s": torch.trace(A)}


@eigendecomposition.reference("jax", "jax.numpy.linalg.multi_dot, matrix_power")
def _(jax, v):
    np, P = jax.numpy, v["P"]
    A = np.linalg.multi_dot([P, np.diag(v["lambda"]), v["B"]])
    h = np.stack([np.linalg.matrix_power(A, t) @ v["h[0]"] for t in range(v["T"] + 1)])
    return {"A": A, "h": h[1:], "c": h @ v["B"].T, "v": A @ P, "u": v["B"] @ A, "s": np.trace(A)}


@eigendecomposition.experiment("torch", "torch.linalg.eig", fact="eigendecomposition")
def _(torch, see):
    generator = torch.Generator().manual_seed(see.seed)
    A = torch.randn(5, 5, generator=generator, dtype=torch.float64)
    values, P = torch.linalg.eig(A)
    back = P @ torch.diag(values) @ torch.linalg.inv(P)
    see((back - A).abs().max(), "<", 1e-10, en="P Λ P⁻¹ beside a random 5 × 5 matrix, with complex Λ, off by", zh="随机 5 × 5 矩阵与 P Λ P⁻¹（Λ 为复数）之差")
    _, vectors = torch.linalg.eig(torch.tensor([[1.0, 1.0], [0.0, 1.0]], dtype=torch.float64))
    rank = int(torch.linalg.matrix_rank(vectors))
    see(rank, "=", 1, en="linearly independent eigenvectors of [[1, 1], [0, 1]]", zh="[[1, 1], [0, 1]] 的线性无关特征向量个数")
    see.wrongly(rank, "=", 2, en="every matrix has as many as rows", zh="每个矩阵都有与行数相同的个数")


@eigendecomposition.experiment("torch", "torch.linalg.matrix_power", fact="linear-rnn-spectral-radius")
def _(torch, see):
    def norm(size, t):
        W = torch.tensor([[size, 8.0], [0.0, size]], dtype=torch.float64)
        return torch.linalg.matrix_norm(torch.linalg.matrix_power(W, t), 2)

    see(norm(.9, 400), "<", 1e-12, en="norm of the 400th power where the largest |λ| is 0.9", zh="最大 |λ| 为 0.9 时 400 次幂的范数")
    see(norm(1.1, 400), ">", 1e12, en="where it is 1.1", zh="为 1.1 时")
    see.wrongly(norm(.9, 10), "<", norm(.9, 1), en="with |λ| below 1 the norm falls from the start: 10th power beside the first",
                zh="|λ| 小于 1 时范数从一开始就下降：10 次幂与 1 次幂")
