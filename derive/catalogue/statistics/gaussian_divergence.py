"""The divergence between two normal laws of several variables, each with its covariance by axes and variances."""

from sympy import Sum, log, sqrt

from derive.entry import entry


@entry(
    name="gaussian_divergence",
    title={"en": "KL divergence of multivariate normal laws", "zh": "多元正态分布的 KL 散度"},
    section="1.1",
    source="Kullback 1959, chapter 9; Kingma & Welling 2014, appendix B",
    facts={
        "gaussian-kl-multivariate": {"kind": "identity", "en": "½ [tr(Σ₂⁻¹Σ₁) + dᵀΣ₂⁻¹d − n + log(|Σ₂|/|Σ₁|)]",
                                     "zh": "½ [tr(Σ₂⁻¹Σ₁) + dᵀΣ₂⁻¹d − n + log(|Σ₂|/|Σ₁|)]"},
        "mean-of-a-quadratic-form": {"kind": "identity", "en": "E[xᵀAx] = tr(AΣ) + μᵀAμ", "zh": "E[xᵀAx] = tr(AΣ) + μᵀAμ"},
    },
)
def gaussian_divergence(page):
    n = page.size("n")
    i, j, k, l = (page.index(name, n) for name in "ijkl")
    R, Q, u, v = page.input("R", i, k), page.input("Q", j, l), page.input("u", k, positive=True), page.input("v", l, positive=True)
    page.assume_orthogonal(R)
    page.assume_orthogonal(Q)
    mu, nu = page.input("mu", i), page.input("nu", i)
    z = page.random("z", k, law="normal", mean=0, variance=1)
    kl, form = "gaussian-kl-multivariate", "mean-of-a-quadratic-form"

    first = page.let("S", [i, j], Sum(R[i, k] * u[k] * R[j, k], k), fact=kl)                    # the covariances,
    inverse = page.let("P", [i, j], Sum(Q[i, l] * Q[j, l] / v[l], l), fact=kl)                  # that of the second inverted
    x = page.let("x", [i], mu[i] + Sum(R[i, k] * sqrt(u[k]) * z[k], k), fact=form)
    y = page.let("y", [l], Sum(Q[i, l] * (x[i] - nu[i]), i), fact=form)                          # along the axes of the second
    square = page.let("q", [], Sum(y[l]**2 / v[l], l), fact=form)                               # (x − ν)ᵀ Σ₂⁻¹ (x − ν)
    own = page.let("o", [], Sum(z[k]**2, k), fact=kl)                                           # (x − μ)ᵀ Σ₁⁻¹ (x − μ)
    ratio = page.let("r", [], (square - own + Sum(log(v[l]), l) - Sum(log(u[k]), k)) / 2, fact=kl)     # log p/q at x
    away = page.let("d", [], Sum((mu[i] - nu[i]) * inverse[i, j] * (mu[j] - nu[j]), i, j), fact=kl)
    shared = page.let("t", [], Sum(inverse[i, j] * first[j, i], i, j), fact=kl)

    mean = page.expected(square, fact=form)
    divergence = page.expected(ratio, fact=kl)
    page.claim(mean, shared + away, fact=form)
    page.claim(divergence, (shared + away - n + Sum(log(v[l]), l) - Sum(log(u[k]), k)) / 2, fact=kl)

    page.mistake(mean, away, en="puts the mean of x into the form: the spread adds its trace", zh="把 x 的均值代入二次型：还要加上迹")
    page.mistake(divergence, (shared + away + Sum(log(v[l]), l) - Sum(log(u[k]), k)) / 2, en="forgets −n: a law would diverge from itself",
                 zh="漏掉 −n：分布与自身的散度将不为零")
    page.mistake(divergence, (shared + away - n + Sum(log(u[k]), k) - Sum(log(v[l]), l)) / 2, en="turns the quotient of the determinants round",
                 zh="行列式之比颠倒了")
    page.mistake(divergence, shared + away - n + Sum(log(v[l]), l) - Sum(log(u[k]), k), en="forgets the half", zh="漏掉了 ½")
    page.convention(
        en="Σ₁ = R diag(u) Rᵀ and Σ₂ = Q diag(v) Qᵀ, as every covariance can be written; log |Σ| is the sum of the logarithms of its "
           "variances. x = μ + R √u z draws from the first law.",
        zh="Σ₁ = R diag(u) Rᵀ，Σ₂ = Q diag(v) Qᵀ，任何协方差都可如此表示；log |Σ| 为各方差对数之和。x = μ + R √u z 为第一个分布的抽样。")
    page.convention(
        en="torch.distributions.kl_divergence(p, q) is D(p‖q), in nats; MultivariateNormal takes the covariance or a Cholesky factor.",
        zh="torch.distributions.kl_divergence(p, q) 即 D(p‖q)，单位 nat；MultivariateNormal 接受协方差或其 Cholesky 因子。")


gaussian_divergence.sized(n=3)
gaussian_divergence.sized(n=2)


@gaussian_divergence.reference("torch", "torch.distributions.MultivariateNormal")
def _(torch, v):
    law = torch.distributions.MultivariateNormal
    S, T = (torch.linalg.multi_dot([v[m], torch.diag(v[d]), v[m].T]) for m, d in (("R", "u"), ("Q", "v")))
    x, P = v["mu"] + v["R"] @ (v["u"].sqrt() * v["z"]), torch.linalg.inv(T)
    p, q = law(v["mu"], S), law(v["nu"], T)
    far = v["mu"] - v["nu"]
    return {"S": S, "P": P, "x": x, "y": (x - v["nu"]) @ v["Q"], "q": (x - v["nu"]) @ P @ (x - v["nu"]), "o": torch.dot(v["z"], v["z"]),
            "r": p.log_prob(x) - q.log_prob(x), "d": far @ P @ far, "t": torch.trace(P @ S)}


@gaussian_divergence.reference("jax", "jax.scipy.stats.multivariate_normal")
def _(jax, v):
    np, law = jax.numpy, jax.scipy.stats.multivariate_normal
    S, T = (np.linalg.multi_dot([v[m], np.diag(v[d]), v[m].T]) for m, d in (("R", "u"), ("Q", "v")))
    x, P = v["mu"] + v["R"] @ (np.sqrt(v["u"]) * v["z"]), np.linalg.inv(T)
    far = v["mu"] - v["nu"]
    return {"S": S, "P": P, "x": x, "y": (x - v["nu"]) @ v["Q"], "q": (x - v["nu"]) @ P @ (x - v["nu"]), "o": np.vdot(v["z"], v["z"]),
            "r": law.logpdf(x, v["mu"], S) - law.logpdf(x, v["nu"], T), "d": far @ P @ far, "t": np.trace(P @ S)}


@gaussian_divergence.experiment("torch", "torch.distributions.kl_divergence", fact="gaussian-kl-multivariate")
def _(torch, see):
    generator = torch.Generator().manual_seed(see.seed)
    A, B = torch.randn(2, 4, 4, generator=generator, dtype=torch.float64)
    S, T = A @ A.T + torch.eye(4, dtype=A.dtype), B @ B.T + torch.eye(4, dtype=A.dtype)
    mu, nu = torch.randn(2, 4, generator=generator, dtype=torch.float64)
    law = torch.distributions.MultivariateNormal
    theirs = torch.distributions.kl_divergence(law(mu, S), law(nu, T))

    def ours(S, T):
        P, d = torch.linalg.inv(T), mu - nu
        return (torch.trace(P @ S) + d @ P @ d - 4 + torch.logdet(T) - torch.logdet(S)) / 2

    see((ours(S, T) - theirs).abs(), "<", 1e-10, en="of two random laws of 4 variables, off by", zh="两个随机四元分布，误差")
    see.wrongly((ours(T, S) - theirs).abs(), "<", 1e-3, en="with the laws changed over, off by", zh="交换两个分布，误差")
