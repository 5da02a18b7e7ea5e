"""A matrix by its singular values: images, what a low rank leaves, covariance of centred rows, and numbers saved."""

from sympy import Sum

from derive.entry import entry


@entry(
    name="singular_values",
    title={"en": "Singular value decomposition", "zh": "奇异值分解"},
    section="1.1",
    source="Eckart & Young 1936; Golub & Van Loan 2013, sections 2.4 and 2.5; Jolliffe 2002, section 3.5",
    facts={
        "svd": {"kind": "identity", "en": "A = U Σ Vᵀ: A v = σ u and Aᵀu = σ v", "zh": "A = U Σ Vᵀ：A v = σ u，Aᵀu = σ v"},
        "svd-low-rank": {"kind": "identity", "en": "The first r terms keep r directions, and nothing of the others",
                         "zh": "前 r 项保留 r 个方向，其余方向全部舍去"},
        "eckart-young": {"kind": "identity", "en": "What they leave: ‖A − A_r‖² = Σ σ² of the rest, and norm σ_{r+1}",
                         "zh": "剩余部分：‖A − A_r‖² 为其余 σ² 之和，谱范数为 σ_{r+1}"},
        "svd-pca": {"kind": "identity", "en": "Covariance of centred rows: eigenvectors V, eigenvalues σ²/(m − 1)",
                    "zh": "中心化数据的协方差：特征向量 V，特征值 σ²/(m − 1)"},
        "svd-compression": {"kind": "parameter-count", "en": "r(m + n) numbers in place of mn: fewer where r < mn/(m + n)",
                            "zh": "以 r(m + n) 个数代替 mn 个：r < mn/(m + n) 时更少"},
    },
)
def singular_values(page):
    r, q, p = page.size("r"), page.size("q"), page.size("p")    # terms kept, terms dropped, and how many rows more
    n, m = r + q, r + q + p
    i, h, j = page.index("i", m), page.index("h", m), page.index("j", n)
    k, o, kept, gone = page.index("k", n), page.index("o", n), page.index("k", r), page.index("l", n, r + 1)
    U, V, s = page.input("U", i, h), page.input("V", j, o), page.input("sigma", k, positive=True)
    page.assume_orthogonal(U)
    page.assume_orthogonal(V)
    low_rank, best, covariance = "svd-low-rank", "eckart-young", "svd-pca"

    A = page.let("A", [i, j], Sum(U[i, k] * s[k] * V[j, k], k), fact="svd")
    forth = page.let("a", [i, k], Sum(A[i, j] * V[j, k], j), fact="svd")
    back = page.let("b", [j, k], Sum(A[i, j] * U[i, k], i), fact="svd")
    B = page.let("B", [i, j], Sum(U[i, kept] * s[kept] * V[j, kept], kept), fact=low_rank)
    image = page.let("d", [i, k], Sum(B[i, j] * V[j, k], j), fact=low_rank)
    left = page.let("e", [], Sum((A[i, j] - B[i, j])**2, i, j), fact=best)
    C = page.let("C", [j, o], Sum(A[i, j] * A[i, o], i) / (m - 1), fact=covariance)
    spread = page.let("c", [j, k], Sum(C[j, o] * V[o, k], o), fact=covariance)
    saved = page.let("N", [], m * n - r * (m + n), fact="svd-compression")

    page.claim(forth[i, k], s[k] * U[i, k], fact="svd")
    page.claim(back[j, k], s[k] * V[j, k], fact="svd")
    page.claim(image[i, kept], s[kept] * U[i, kept], fact=low_rank)
    page.claim(image[i, gone], 0, fact=low_rank)
    page.claim(left, Sum(s[gone]**2, gone), fact=best)
    page.claim(spread[j, k], s[k]**2 / (m - 1) * V[j, k], fact=covariance)
    page.claim(saved, (m + n) * (m * n / (m + n) - r), fact="svd-compression")

    page.mistake(forth[i, k], s[k] * U[k, i], en="reads singular vectors from rows: they are columns", zh="从行读奇异向量：应为列")
    page.mistake(A[i, j], Sum(U[i, k] * s[k] * V[k, j], k), en="takes what the libraries return, which is Vᵀ, for V", zh="把库返回的 Vᵀ 当作 V")
    page.mistake(left, Sum(s[gone], gone), en="adds singular values: their squares add", zh="把奇异值相加：相加的是平方")
    page.mistake(left, Sum(s[kept]**2, kept), en="takes what is kept for what is left", zh="把保留部分当作剩余部分")
    page.mistake(spread[j, k], s[k] / (m - 1) * V[j, k], en="takes singular values for variances: those are their squares, shared out",
                 zh="把奇异值当作方差：方差为其平方再除")
    page.mistake(saved, m * n - r * n, en="counts one of the two factors", zh="只数了两个因子之一")

    page.convention(
        en="numpy, torch.linalg and jax return Vᵀ; full_matrices=False leaves out the columns of U behind the n-th. Signs, and the order "
           "within equal σ, are open. Here A has more rows than columns; take Aᵀ otherwise.",
        zh="numpy、torch.linalg 与 jax 返回 Vᵀ；full_matrices=False 省去 U 第 n 列之后的列。符号及相等 σ 的次序不唯一。此处 A 行多于列，否则取 Aᵀ。")
    page.convention(
        en="C is the covariance where the columns of A have mean zero. σ is sorted by the libraries; what is said of r terms holds for "
           "any r of them, and is best for the largest.",
        zh="A 各列均值为零时 C 为协方差。各库对 σ 排序；关于 r 项的等式对任意 r 项成立，取最大的 r 项时最优。")


singular_values.sized(r=1, q=2, p=3)
singular_values.sized(r=2, q=1, p=4)


@singular_values.reference("torch", "torch.linalg.multi_dot, matrix_norm; torch.numel")
def _(torch, v):
    r, U, V = v["r"], v["U"][:, :len(v["sigma"])], v["V"]
    A, B = (torch.linalg.multi_dot([U[:, :k], torch.diag(v["sigma"][:k]), V[:, :k].T]) for k in (len(V), r))
    C = A.T @ A / (len(A) - 1)
    return {"A": A, "B": B, "a": A @ V, "b": A.T @ U, "d": B @ V, "e": torch.linalg.matrix_norm(A - B)**2, "C": C, "c": C @ V,
            "N": torch.tensor(float(A.numel() - U[:, :r].numel() - V[:, :r].numel()), dtype=A.dtype)}


@singular_values.reference("jax", "jax.numpy.linalg.multi_dot, norm")
def _(jax, v):
    np, r, U, V = jax.numpy, v["r"], v["U"][:, :len(v["sigma"])], v["V"]
    A, B = (np.linalg.multi_dot([U[:, :k], np.diag(v["sigma"][:k]), V[:, :k].T]) for k in (len(V), r))
    C = A.T @ A / (len(A) - 1)
    return {"A": A, "B": B, "a": A @ V, "b": A.T @ U, "d": B @ V, "e": np.linalg.norm(A - B)**2, "C": C, "c": C @ V,
            "N": np.asarray(float(A.size - U[:, :r].size - V[:, :r].size))}


def _matrix(torch, seed):
    return torch.randn(9, 6, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@singular_values.experiment("torch", "torch.linalg.svd", fact="svd")
def _(torch, see):
    A = _matrix(torch, see.seed)
    U, s, Vh = torch.linalg.svd(A, full_matrices=False)
    see((U @ torch.diag(s) @ Vh - A).abs().max(), "<", 1e-12, en="U Σ Vᵀ beside a random 9 × 6 matrix, off by", zh="U Σ Vᵀ 与随机 9 × 6 矩阵之差")
    see.wrongly((U @ torch.diag(s) @ Vh.T - A).abs().max(), "<", 1e-12, en="the third array that is returned is V, off by", zh="返回的第三个数组为 V，误差")


@singular_values.experiment("torch", "torch.linalg.matrix_norm, lstsq", fact="eckart-young")
def _(torch, see):
    A, r = _matrix(torch, see.seed), 2
    U, s, Vh = torch.linalg.svd(A, full_matrices=False)
    rest = A - U[:, :r] @ torch.diag(s[:r]) @ Vh[:r]
    least = torch.linalg.matrix_norm(rest)
    see(torch.linalg.matrix_norm(rest, 2) - s[r], "=", 0, within=1e-12, en="norm of what two terms leave, less σ₃", zh="两项之外的谱范数减 σ₃")
    generator, found = torch.Generator().manual_seed(see.seed + 1), []
    for _ in range(200):        # each fit is the best one with these columns
        columns = torch.randn(9, r, generator=generator, dtype=A.dtype)
        found.append(torch.linalg.matrix_norm(A - columns @ torch.linalg.lstsq(columns, A).solution))
    see(torch.stack(found).min(), ">", least, en="the least error of 200 other fits of rank 2 above that of the two terms", zh="200 个其他秩 2 拟合的最小误差大于前两项的误差")
    see.wrongly(torch.linalg.matrix_norm(A - U[:, 4:] @ torch.diag(s[4:]) @ Vh[4:]), "≤", least, en="any two terms do as well", zh="任取两项同样好")


@singular_values.experiment("torch", "torch.cov, torch.linalg.eigvalsh", fact="svd-pca")
def _(torch, see):
    X = _matrix(torch, see.seed) + 3
    variances = torch.linalg.eigvalsh(torch.cov(X.T)).flip(0)
    centred, plain = (torch.linalg.svdvals(Y)**2 / 8 for Y in (X - X.mean(0), X))
    see((centred - variances).abs().max(), "<", 1e-12, en="σ²/8 of nine centred rows beside the eigenvalues of their covariance, off by",
        zh="九行中心化数据的 σ²/8 与协方差特征值之差")
    see.wrongly((plain - variances).abs().max(), "<", 1, en="without centring, off by", zh="不中心化时之差")
