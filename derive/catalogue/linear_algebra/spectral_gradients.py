"""How eigenvalues, eigenvectors and singular values change with the matrix."""

from sympy import KroneckerDelta, Sum

from derive.entry import entry


@entry(
    name="spectral_gradients",
    title={"en": "Derivatives of eigenvalues and singular values", "zh": "特征值与奇异值的导数"},
    section="1.1",
    source="Magnus 1985; Giles 2008, sections 2.3 and 3; Ionescu, Vantzos & Sminchisescu 2015, propositions 1 and 2",
    facts={
        "eig-svd-gradients": {"kind": "gradient", "en": "dλ = lᵀ dA r / (lᵀ r), dr = Σ r_j (l_jᵀ dA r)/(λ − λ_j), dσ = uᵀ dA v",
                              "zh": "dλ = lᵀ dA r / (lᵀ r)，dr = Σ r_j (l_jᵀ dA r)/(λ − λ_j)，dσ = uᵀ dA v"},
        "spectral-differentials": {"kind": "gradient", "en": "What a change of vectors and values does to the matrix",
                                   "zh": "向量与特征值的变化如何改变矩阵"},
    },
)
def spectral_gradients(page):
    n = page.size("n")
    i, j, k, l = (page.index(name, n) for name in "ijkl")
    made, change = "spectral-differentials", "eig-svd-gradients"
    # A = P Λ P⁻¹ with left eigenvectors c B; P moves by P Ω, Λ by M
    P, B, lam = page.input("P", i, k), page.input("B", k, j), page.input("lambda", k)
    page.assume_inverse(B, P)
    Omega, M, c = page.input("Omega", k, l), page.input("mu", k), page.input("c", k)
    A = page.let("A", [i, j], Sum(P[i, k] * lam[k] * B[k, j], k), fact=made)
    R = page.let("R", [i, k], Sum(P[i, l] * Omega[l, k], l), fact=made)
    D = page.let("D", [i, j], Sum(R[i, k] * lam[k] * B[k, j] + P[i, k] * M[k] * B[k, j], k)
                 - Sum(A[i, k] * Sum(R[k, l] * B[l, j], l), k), fact=made)
    left = page.let("w", [k, i], c[k] * B[k, i], fact=change)
    moved = page.let("m", [k, l], Sum(left[k, i] * D[i, j] * P[j, l], i, j) / Sum(left[k, i] * P[i, k], i), fact=change)
    # E = U Σ Vᵀ; U moves by U (F − Fᵀ), V by V (G − Gᵀ), Σ by τ
    U, V, s, tau = page.input("U", i, k), page.input("V", j, k), page.input("sigma", k), page.input("tau", k)
    page.assume_orthogonal(U)
    page.assume_orthogonal(V)
    F, G = page.input("F", k, l), page.input("G", k, l)
    S = page.let("S", [k, l], (F[k, l] - F[l, k]) * s[l] + tau[k] * KroneckerDelta(k, l) - s[k] * (G[k, l] - G[l, k]), fact=made)
    E = page.let("E", [i, j], Sum(U[i, k] * S[k, l] * V[j, l], k, l), fact=made)
    stretched = page.let("t", [k], Sum(U[i, k] * E[i, j] * V[j, k], i, j), fact=change)

    page.claim(moved[k, l], Omega[k, l] * (lam[l] - lam[k]) + M[k] * KroneckerDelta(k, l), fact=change)
    page.claim(D[i, j], Sum(P[i, k] * (Omega[k, l] * lam[l] - lam[k] * Omega[k, l]) * B[l, j], k, l)
               + Sum(P[i, k] * M[k] * B[k, j], k), fact=made)
    page.claim(stretched[k], tau[k], fact=change)

    page.mistake(moved[k, l], M[k] * KroneckerDelta(k, l), en="lets the vectors stand still", zh="以为特征向量不动")
    page.mistake(moved[k, l], Omega[k, l] * (lam[k] - lam[l]) + M[k] * KroneckerDelta(k, l), en="turns the difference of eigenvalues round", zh="特征值之差反了号")
    page.mistake(moved[k, k], Sum(P[i, k] * D[i, j] * P[j, k], i, j), en="takes right eigenvectors for left ones: those are the same for symmetric A only",
                 zh="用右特征向量代替左特征向量：仅对称矩阵二者相同")
    page.mistake(stretched[k], Sum(V[i, k] * E[i, j] * U[j, k], i, j), en="swaps u and v", zh="交换了 u 与 v")
    page.mistake(stretched[k], tau[k] * s[k], en="takes the change of σ²/2", zh="取了 σ²/2 的变化")
    page.convention(
        en="Eigenvalues apart from each other, and σ > 0: at ties the vectors have no derivative, and autodiff gives NaN or infinity. "
           "Symmetric A: l = r.",
        zh="各特征值互异且 σ > 0：相等时向量不可导，自动微分给出 NaN 或无穷。对称 A：l = r。")


spectral_gradients.sized(n=3)
spectral_gradients.sized(n=2)


@spectral_gradients.reference("torch", "torch.linalg.multi_dot; torch.func.jvp of A = P Λ P⁻¹")
def _(torch, v):
    P, B, Omega, lam = v["P"], v["B"], v["Omega"], v["lambda"]

    def matrix(t):
        moved = P @ (torch.eye(len(P), dtype=P.dtype) + t * Omega)
        return moved @ torch.diag(lam + t * v["mu"]) @ torch.linalg.inv(moved)

    zero = torch.zeros((), dtype=P.dtype)
    A, D = torch.func.jvp(matrix, (zero,), (zero + 1,))
    w = v["c"][:, None] * B
    F, G, S = (torch.sub(v[name], v[name].T) if name in "FG" else torch.diag(v["sigma"]) for name in ("F", "G", "sigma"))
    middle = F @ S + torch.diag(v["tau"]) - S @ G
    E = torch.linalg.multi_dot([v["U"], middle, v["V"].T])
    return {"A": A, "R": P @ Omega, "D": D, "w": w, "m": (w @ D @ P) / torch.diag(w @ P)[:, None], "S": middle, "E": E,
            "t": torch.diag(v["U"].T @ E @ v["V"])}


@spectral_gradients.reference("jax", "jax.jvp of A = P Λ P⁻¹, jax.numpy.linalg.multi_dot")
def _(jax, v):
    np, P, B, lam = jax.numpy, v["P"], v["B"], v["lambda"]

    def matrix(t):
        moved = P @ (np.eye(len(P)) + t * v["Omega"])
        return moved @ np.diag(lam + t * v["mu"]) @ np.linalg.inv(moved)

    A, D = jax.jvp(matrix, (0.0,), (1.0,))
    w, S = v["c"][:, None] * B, np.diag(v["sigma"])
    middle = (v["F"] - v["F"].T) @ S + np.diag(v["tau"]) - S @ (v["G"] - v["G"].T)
    E = np.linalg.multi_dot([v["U"], middle, v["V"].T])
    return {"A": A, "R": P @ v["Omega"], "D": D, "w": w, "m": (w @ D @ P) / np.diag(w @ P)[:, None], "S": middle, "E": E,
            "t": np.diag(v["U"].T @ E @ v["V"])}


@spectral_gradients.experiment("torch", "torch.func.jvp of torch.linalg.eigh, eigvals, svdvals", fact="eig-svd-gradients")
def _(torch, see):
    generator, jvp = torch.Generator().manual_seed(see.seed), torch.func.jvp
    A, dA = torch.randn(2, 5, 5, generator=generator, dtype=torch.float64)
    H, dH = A + A.T, dA + dA.T
    values, vectors = torch.linalg.eigh(H)
    _, (change, turned) = jvp(lambda X: tuple(torch.linalg.eigh(X)), (H,), (dH,))
    see((change - torch.diag(vectors.T @ dH @ vectors)).abs().max(), "<", 1e-9, en="symmetric 5 × 5: vᵀ dA v beside the change of λ, off by",
        zh="对称 5 × 5 矩阵：vᵀ dA v 与 λ 的变化之差")
    gaps = values[None, :] - values[:, None] + torch.eye(5, dtype=values.dtype)
    predicted = vectors @ ((vectors.T @ dH @ vectors) / gaps * (1 - torch.eye(5, dtype=values.dtype)))
    see((turned - predicted).abs().max(), "<", 1e-8, en="of its eigenvectors, off by", zh="特征向量的变化之差")
    U, s, Vh = torch.linalg.svd(A)
    _, stretched = jvp(torch.linalg.svdvals, (A,), (dA,))
    see((stretched - torch.diag(U.T @ dA @ Vh.T)).abs().max(), "<", 1e-9, en="uᵀ dA v beside the change of σ, off by", zh="uᵀ dA v 与 σ 的变化之差")
    see.wrongly((stretched - torch.diag(Vh @ dA @ U)).abs().max(), "<", 1e-2, en="vᵀ dA u, off by", zh="vᵀ dA u 之差")
    found, right = torch.linalg.eig(A)
    left = torch.linalg.inv(right)
    slope = torch.diag(left @ dA.to(right.dtype) @ right)
    moved = torch.linalg.eigvals(A + 1e-6 * dA)
    nearest = (moved[None, :] - (found + 1e-6 * slope)[:, None]).abs().min(1).values.max()
    see(nearest, "<", 1e-9, en="eigenvalues of A + 10⁻⁶ dA beside λ + 10⁻⁶ lᵀ dA r / (lᵀ r), off by", zh="A + 10⁻⁶ dA 的特征值与 λ + 10⁻⁶ lᵀ dA r / (lᵀ r) 之差")
