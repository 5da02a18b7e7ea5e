"""Reshape, transpose, broadcast and contraction of arrays, and their adjoints: each sends gradients back the other way."""

from sympy import KroneckerDelta, Sum

from derive.entry import entry


@entry(
    name="tensor_operations",
    title={"en": "Tensor operations and their adjoints", "zh": "张量操作及其伴随"},
    section="1.1",
    source="Harris et al. 2020 (NumPy), figure 1; Laue, Mitterreiter & Giesen 2018, section 2",
    facts={
        "tensor-orders": {"kind": "definition", "en": "The order is the number of axes: 0, 1, 2 and more", "zh": "阶即轴数：0、1、2 或更多"},
        "tensor-reshape": {"kind": "gradient", "en": "Reshape: row-major order; the adjoint is the reshape back",
                           "zh": "重塑：行主序；伴随是重塑回去"},
        "tensor-transpose": {"kind": "gradient", "en": "Transpose: the adjoint is the inverse permutation of axes",
                             "zh": "转置：伴随是轴的逆置换"},
        "tensor-broadcasting": {"kind": "gradient", "en": "Broadcast: the adjoint is a sum", "zh": "广播：伴随是求和"},
        "tensor-contraction": {"kind": "gradient", "en": "Contraction over two axes: two contractions back",
                               "zh": "对两个轴的收缩：回传为两次收缩"},
        "matmul-forward-core": {"kind": "gradient", "en": "A matrix product is the contraction over one axis",
                                "zh": "矩阵乘积是对一个轴的收缩"},
    },
)
def tensor_operations(page):
    l, m, n, k = page.sizes("l m n k")
    i, j, p, q = page.index("i", l), page.index("j", m), page.index("p", n), page.index("q", k)
    r = page.index("r", m * n)

    x, X, b, B = page.input("x", r), page.input("X", i, j, p), page.input("b", p), page.input("B", j, p, q)
    R = page.let("R", [j, p], x[(j - 1) * n + p], fact="tensor-reshape")
    Y = page.let("Y", [p, i, j], X[i, j, p], fact="tensor-transpose")
    Z = page.let("Z", [i, j, p], X[i, j, p] + b[p], fact="tensor-broadcasting")
    C = page.let("C", [i, q], Sum(X[i, j, p] * B[j, p, q], j, p), fact="tensor-contraction")
    A, F = page.input("A", j, p), page.input("F", p, q)
    M = page.let("M", [j, q], Sum(A[j, p] * F[p, q], p), fact="matmul-forward-core")
    h = page.input("h", p)
    g = page.let("g", [j], Sum(A[j, p] * h[p], p), fact="matmul-forward-core")
    for output in (R, Y, Z, C, M, g):
        page.output(output)

    dR, dY, dZ, dC, dM, dg = (page.gradient(output) for output in (R, Y, Z, C, M, g))
    page.want(x, fact="tensor-reshape")
    dX, db = page.want(X, fact="tensor-transpose"), page.want(b, fact="tensor-broadcasting")
    dB = page.want(B, fact="tensor-contraction")
    dA, dF, dh = (page.want(v, fact="matmul-forward-core") for v in (A, F, h))
    place = page.jacobian(R, x, fact="tensor-reshape")

    page.claim(place[j, p, r], KroneckerDelta(r, (j - 1) * n + p), fact="tensor-reshape")
    page.claim(dX[i, j, p], dY[p, i, j] + dZ[i, j, p] + Sum(dC[i, q] * B[j, p, q], q), fact="tensor-transpose")
    page.claim(db[p], Sum(dZ[i, j, p], i, j), fact="tensor-broadcasting")
    page.claim(dB[j, p, q], Sum(X[i, j, p] * dC[i, q], i), fact="tensor-contraction")
    page.claim(dA[j, p], Sum(dM[j, q] * F[p, q], q) + dg[j] * h[p], fact="matmul-forward-core")
    page.claim(dF[p, q], Sum(A[j, p] * dM[j, q], j), fact="matmul-forward-core")
    page.claim(dh[p], Sum(A[j, p] * dg[j], j), fact="matmul-forward-core")

    page.mistake(place[j, p, r], KroneckerDelta(r, (p - 1) * m + j),
                 en="reads column by column: torch, JAX and NumPy keep rows together", zh="按列读取：torch、JAX 与 NumPy 按行存放")
    page.mistake(db[p], dZ[1, 1, p], en="forgets to sum over the axes that were broadcast", zh="忘了对被广播的轴求和")
    page.mistake(dB[j, p, q], Sum(X[i, j, p], i) * Sum(dC[i, q], i), en="sums before it multiplies", zh="先求和再相乘")
    page.mistake(dF[p, q], Sum(A[j, p] * dM[j, q], j) / m, en="takes a mean: a contraction adds up", zh="取了平均：收缩是相加")
    page.mistake(dX[i, j, p], dZ[i, j, p] + Sum(dC[i, q] * B[j, p, q], q), en="forgets one use of X: gradients add up",
                 zh="漏掉了 X 的一处使用：梯度应相加")

    page.convention(
        en="The order of a tensor is its number of axes (ndim), not the rank of a matrix. A reshape keeps the row-major order and is "
           "no transpose; .T reverses all axes in NumPy and JAX, torch.transpose swaps two.",
        zh="张量的阶是轴数（ndim），不是矩阵的秩。重塑保持行主序，不同于转置；NumPy 与 JAX 的 .T 反转所有轴，torch.transpose 交换两个轴。")
    page.convention(
        en="Axes are aligned from the last one; a broadcast needs equal lengths or 1. M = A F is the product of two matrices, g = A h "
           "that of a matrix and a vector: the core of every layer.",
        zh="从最后一轴起对齐；广播要求长度相等或为 1。M = A F 为矩阵乘矩阵，g = A h 为矩阵乘向量：各层的核心运算。")


tensor_operations.sized(l=2, m=3, n=4, k=5)
tensor_operations.sized(l=3, m=1, n=2, k=4)


@tensor_operations.reference("torch", "torch.reshape, permute, tensordot, matmul, mv, Tensor.expand")
def _(torch, v):
    X, A = v["X"], v["A"]
    return {"R": torch.reshape(v["x"], A.shape), "Y": torch.permute(X, (2, 0, 1)), "Z": X + v["b"].expand(X.shape),
            "C": torch.tensordot(X, v["B"], 2), "M": torch.matmul(A, v["F"]), "g": torch.mv(A, v["h"])}


@tensor_operations.reference("jax", "jax.numpy.reshape, transpose, broadcast_to, tensordot, einsum")
def _(jax, v):
    np, X, A = jax.numpy, v["X"], v["A"]
    return {"R": np.reshape(v["x"], A.shape), "Y": np.transpose(X, (2, 0, 1)), "Z": X + np.broadcast_to(v["b"], X.shape),
            "C": np.tensordot(X, v["B"], 2), "M": np.einsum("jp,pq->jq", A, v["F"]), "g": np.dot(A, v["h"])}


@tensor_operations.experiment("torch", "torch.Tensor.ndim", fact="tensor-orders")
def _(torch, see):
    for order, (en, zh) in enumerate((("scalar", "标量"), ("vector", "向量"), ("matrix", "矩阵"), ("batch of matrices", "一批矩阵"))):
        see(torch.ones((2, 3, 4)[:order]).ndim, "=", order, en=f"axes of a {en}", zh=f"{zh}的轴数")
    see.wrongly(int(torch.linalg.matrix_rank(torch.ones(2, 3))), "=", 2, en="the order of a matrix is its rank: that of a matrix of ones",
                zh="矩阵的阶就是秩：全 1 矩阵的秩")


@tensor_operations.experiment("jax", "jax.numpy.ndim", fact="tensor-orders")
def _(jax, see):
    np = jax.numpy
    for order, (en, zh) in enumerate((("scalar", "标量"), ("vector", "向量"), ("matrix", "矩阵"), ("batch of matrices", "一批矩阵"))):
        see(np.ndim(np.ones((2, 3, 4)[:order])), "=", order, en=f"axes of a {en}", zh=f"{zh}的轴数")
    see.wrongly(np.ones((2, 3)).size, "=", 2, en="it is the number of entries", zh="它是元素个数")
