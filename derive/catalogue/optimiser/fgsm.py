"""The fast gradient sign method: the worst change of every input by at most ε, for a loss that is linear."""

from sympy import Abs, Sum, sign, sin, sqrt

from derive.entry import entry
from derive.sympy_functions import relu


@entry(
    name="fgsm",
    title={"en": "Fast gradient sign method", "zh": "快速梯度符号法（FGSM）"},
    section="延伸",
    source="Goodfellow, Shlens & Szegedy 2015, section 3 and 4",
    facts={
        "fgsm": {"kind": "identity", "en": "ε sign(g) is the worst of all changes with |dᵢ| ≤ ε",
                 "zh": "在 |dᵢ| ≤ ε 的所有扰动中，ε sign(g) 最坏"},
        "fgsm-dual-norm": {"kind": "identity", "en": "It changes a linear loss by ε ‖g‖₁", "zh": "它使线性损失改变 ε ‖g‖₁"},
    },
)
def fgsm(page):
    n = page.size("n")
    i = page.index("i", n)

    w, x, b = page.input("w", i), page.input("x", i), page.input("b")
    eps, s = page.input("epsilon", positive=True), page.input("s", i)
    page.loss(page.let("loss", [], Sum(w[i] * x[i], i) + b, fact="fgsm-dual-norm"))
    g = page.want(x, fact="fgsm-dual-norm")

    d = page.let("d", [i], eps * sin(s[i]), fact="fgsm")                    # any change of the cube |d_i| ≤ ε
    change = page.let("c", [], Sum(w[i] * d[i], i), fact="fgsm")
    worst = page.let("d_FGSM", [i], eps * sign(w[i]), fact="fgsm")
    most = page.let("c_FGSM", [], Sum(w[i] * worst[i], i), fact="fgsm")
    attacked = page.let("L_FGSM", [], Sum(w[i] * (x[i] + worst[i]), i) + b, fact="fgsm-dual-norm")

    page.claim(g[i], w[i], fact="fgsm-dual-norm")
    page.claim(most, eps * Sum(Abs(w[i]), i), fact="fgsm")
    page.bound(change, "≤", most, fact="fgsm",
               gap=eps * Sum(relu(w[i]) * (1 - sin(s[i])) + relu(-w[i]) * (1 + sin(s[i])), i))
    page.bound(change, "≥", -eps * Sum(Abs(w[i]), i), fact="fgsm",
               gap=eps * Sum(relu(w[i]) * (1 + sin(s[i])) + relu(-w[i]) * (1 - sin(s[i])), i))
    page.claim(attacked, Sum(w[i] * x[i], i) + b + eps * Sum(Abs(w[i]), i), fact="fgsm-dual-norm")

    page.mistake(most, eps * Sum(w[i], i), en="forgets the sign: steps against it cancel", zh="漏掉了符号：方向相反的步会相消")
    page.mistake(most, eps * sqrt(Sum(w[i]**2, i)), en="takes the norm of an L2 ball: the dual of the maximum norm is the L1 norm",
                 zh="用了 L2 球的范数：最大值范数的对偶是 L1 范数")
    page.mistake(change, eps * sqrt(Sum(w[i]**2, i)), relation="≤",
                 en="takes the change along the gradient for the worst within the cube",
                 zh="把沿梯度的扰动当成立方体内最坏的")
    page.mistake(most, eps * Sum(w[i]**2, i), en="steps along the gradient, not its sign", zh="沿梯度走，而不是沿其符号")
    page.mistake(attacked, Sum(w[i] * x[i], i) + b - eps * Sum(Abs(w[i]), i),
                 en="steps against the gradient: an attack makes the loss larger", zh="逆着梯度走：攻击应使损失变大")

    page.convention(
        en="Every change with |d_i| ≤ ε is ε sin(s_i) for some s. For a loss that is not linear, w is its gradient at x, and all "
           "this holds to first order in ε.",
        zh="凡满足 |d_i| ≤ ε 的扰动都可写成 ε sin(s_i)。损失非线性时，w 是它在 x 处的梯度，以上各式对 ε 一阶成立。")
    page.convention(
        en="Where a coordinate of w is 0, any change of it is as good; sign is 0 there in torch and JAX.",
        zh="w 的某个分量为 0 时，该分量怎样变都一样；torch 与 JAX 的 sign 在此为 0。")


fgsm.sized(n=3)
fgsm.sized(n=5)


@fgsm.reference("torch", "torch.sgn, torch.linalg.vector_norm, torch.autograd")
def _(torch, v):
    w, eps, norm = v["w"], v["epsilon"], torch.linalg.vector_norm
    point = v["x"].detach().clone().requires_grad_()
    (g,) = torch.autograd.grad(torch.nn.functional.linear(point, w.detach(), v["b"].detach()), point)
    return {"loss": torch.nn.functional.linear(v["x"], w, v["b"]), "d_FGSM": eps * torch.sgn(g),
            "c_FGSM": eps * norm(w, 1),
            "L_FGSM": torch.nn.functional.linear(v["x"] + eps * torch.sgn(g), w, v["b"]),
            "c": torch.dot(w, eps * torch.sin(v["s"]))}


@fgsm.reference("jax", "optax.scale_by_sign, jax.numpy.linalg.norm")
def _(jax, v):
    import optax

    w, eps, norm = v["w"], v["epsilon"], jax.numpy.linalg.norm
    g = jax.grad(lambda x: w @ x + v["b"])(v["x"])
    step, _ = optax.scale_by_sign().update(g, optax.EmptyState())
    return {"loss": w @ v["x"] + v["b"], "d_FGSM": eps * step, "c_FGSM": eps * norm(w, 1)}
