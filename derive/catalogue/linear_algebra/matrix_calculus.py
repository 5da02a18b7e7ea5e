"""Gradients of a quadratic form, a trace, a logarithm of a determinant, and of what an inverse is used in."""

from sympy import Sum

from derive.entry import entry


@entry(
    name="matrix_calculus",
    title={"en": "Matrix calculus", "zh": "矩阵微积分"},
    section="1.1",
    source="Petersen & Pedersen 2012, equations 57, 59, 81 and 100; Giles 2008, section 2",
    facts={
        "matrix-calculus-identities": {"kind": "gradient", "en": "∇ xᵀAx, ∇ tr(MB), the change of M⁻¹, and ∇ log |det M| = M^(−T)",
                                       "zh": "∇ xᵀAx、∇ tr(MB)、M⁻¹ 的变化与 ∇ log |det M| = M^(−T)"},
        "gradient-through-a-solution": {"kind": "gradient", "en": "Of a solution z = M⁻¹x", "zh": "线性方程组的解 z = M⁻¹x"},
    },
)
def matrix_calculus(page):
    n = page.size("n")
    i, j, k, l = (page.index(name, n) for name in "ijkl")
    fact, solved = "matrix-calculus-identities", "gradient-through-a-solution"
    A, M, B, W, x, v = (page.input("A", i, j), page.input("M", i, j), page.input("B", i, j), page.input("W", i, j),
                        page.input("x", i), page.input("v", i))
    page.assume_inverse(B, M)
    form = page.let("q", [], Sum(x[i] * A[i, j] * x[j], i, j), fact=fact)
    trace = page.let("s", [], Sum(A[i, j] * W[j, i], i, j), fact=fact)
    moved = page.let("D", [i, j], -Sum(B[i, k] * W[k, l] * B[l, j], k, l), fact=fact)           # of M⁻¹, where M moves by W
    loss = page.let("loss", [], form + trace, fact=fact)
    page.loss(loss)
    z = page.let("z", [i], Sum(B[i, j] * x[j], j), fact=solved)
    adjoint = page.let("c", [i, j], -Sum(B[k, i] * v[k], k) * z[j], fact=solved)               # of vᵀz, by M
    volume = page.let("G", [i, j], B[j, i], fact=fact)                                          # of log |det M|, by M

    dx, dA, dW = page.want(x, fact=fact), page.want(A, fact=fact), page.want(W, fact=fact)
    page.claim(dx[i], Sum((A[i, j] + A[j, i]) * x[j], j), fact=fact)
    page.claim(dA[i, j], x[i] * x[j] + W[j, i], fact=fact)
    page.claim(dW[i, j], A[j, i], fact=fact)
    page.claim(W[i, j], -Sum(M[i, k] * moved[k, l] * M[l, j], k, l), fact=fact)
    page.claim(x[i], Sum(M[i, j] * z[j], j), fact=solved)
    page.claim(v[i], -Sum(M[k, i] * adjoint[k, j] * x[j], k, j) / Sum(z[j] * x[j], j), fact=solved)

    page.mistake(dx[i], 2 * Sum(A[i, j] * x[j], j), en="takes A for symmetric", zh="把 A 当作对称矩阵")
    page.mistake(dW[i, j], A[i, j], en="forgets the transpose", zh="漏掉了转置")
    page.mistake(moved[i, j], -Sum(B[i, k] * B[k, l] * W[l, j], k, l), en="lets matrices change places, as numbers do: −w/m²",
                 zh="像标量 −w/m² 那样交换矩阵次序")
    page.mistake(moved[i, j], Sum(B[i, k] * W[k, l] * B[l, j], k, l), en="forgets the sign", zh="漏掉了负号")
    page.mistake(volume[i, j], B[i, j], en="forgets the transpose of the inverse", zh="漏掉了逆的转置")
    page.mistake(adjoint[i, j], -Sum(B[i, k] * v[k], k) * z[j], en="solves with M where Mᵀ is due", zh="应解 Mᵀ 的方程组却用了 M")
    page.convention(
        en="Gradients have the shape of what they belong to. As differentials: d(M⁻¹) = −M⁻¹ dM M⁻¹, d log |det M| = tr(M⁻¹ dM); "
           "the cotangent V of M⁻¹ gives −M^(−T) V M^(−T).",
        zh="梯度与自变量同形。微分形式：d(M⁻¹) = −M⁻¹ dM M⁻¹，d log |det M| = tr(M⁻¹ dM)；M⁻¹ 的余切 V 给出 −M^(−T) V M^(−T)。")


matrix_calculus.sized(n=3)
matrix_calculus.sized(n=2)


@matrix_calculus.reference("torch", "torch.linalg.solve, slogdet, torch.func.jvp of torch.linalg.inv")
def _(torch, v):
    linalg, func, A, M, W, x = torch.linalg, torch.func, v["A"], v["M"], v["W"], v["x"]
    q, s = torch.dot(x, A @ x), torch.trace(A @ W)
    return {"q": q, "s": s, "loss": q + s, "D": func.jvp(linalg.inv, (M,), (W,))[1], "z": linalg.solve(M, x),
            "G": func.grad(lambda M: linalg.slogdet(M)[1])(M), "c": func.grad(lambda M: v["v"] @ linalg.solve(M, x))(M)}


@matrix_calculus.reference("jax", "jax.numpy.linalg.solve, slogdet, jax.jvp of jax.numpy.linalg.inv")
def _(jax, v):
    linalg, A, M, W, x = jax.numpy.linalg, v["A"], v["M"], v["W"], v["x"]
    q, s = x @ A @ x, jax.numpy.trace(A @ W)
    return {"q": q, "s": s, "loss": q + s, "D": jax.jvp(linalg.inv, (M,), (W,))[1], "z": linalg.solve(M, x),
            "G": jax.grad(lambda M: linalg.slogdet(M)[1])(M), "c": jax.grad(lambda M: v["v"] @ linalg.solve(M, x))(M)}
