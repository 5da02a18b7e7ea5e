"""The logarithm of a sum of exponentials: its gradient is the softmax, and a shift passes through."""

from sympy import Sum, exp, log

from derive.entry import entry
from derive.sympy_binders import Maximum


@entry(
    name="logsumexp",
    title={"en": "Log-sum-exp", "zh": "log-sum-exp 函数"},
    section="2.2",
    source="Boyd & Vandenberghe 2004, section 3.1.5; Blanchard, Higham & Higham 2021, equations 1.2 and 1.3",
    facts={
        "logsumexp-gradient": {"kind": "gradient", "en": "Its gradient is the softmax", "zh": "其梯度为 softmax"},
        "logsumexp-stable": {"kind": "identity", "en": "Shifted by the greatest entry, no exponential overflows",
                             "zh": "减去最大值后，指数不会溢出"},
        "logsumexp-shift": {"kind": "identity", "en": "A shift of all entries passes through", "zh": "整体平移直接传出"},
    },
)
def logsumexp(page):
    n = page.size("n")
    i = page.index("i", n)
    z, c = page.input("z", i), page.input("c")
    A = page.let("A", [], log(Sum(exp(z[i]), i)), fact="logsumexp-gradient")
    page.loss(A, written="A")
    dz = page.want(z, fact="logsumexp-gradient")
    shifted = page.let("B", [], log(Sum(exp(z[i] - c), i)) + c, fact="logsumexp-shift")
    m = page.let("m", [], Maximum(z[i], (i, 1, n)), fact="logsumexp-stable")
    stable = page.let("C", [], m + log(Sum(exp(z[i] - m), i)), fact="logsumexp-stable")
    page.claim(dz[i], exp(z[i]) / Sum(exp(z[i]), i), fact="logsumexp-gradient")
    page.claim(dz[i], exp(z[i] - A), fact="logsumexp-gradient")
    page.claim(shifted, A, fact="logsumexp-shift")
    page.claim(stable, A, fact="logsumexp-stable")

    page.mistake(dz[i], 1 / Sum(exp(z[i]), i), en="forgets to differentiate the exponential", zh="漏掉了指数的导数")
    page.mistake(dz[i], exp(z[i]), en="forgets the logarithm", zh="漏掉了对数")
    page.mistake(dz[i], 1 / n, en="takes the gradient of the mean", zh="用了均值的梯度")
    page.mistake(stable, log(Sum(exp(z[i] - m), i)), en="forgets to add the maximum again", zh="漏加最大值")
    page.mistake(shifted, A + c, en="adds the shift a second time", zh="把平移量加了两次")

    page.convention(
        en="Libraries compute C; torch and JAX give the softmax as its gradient too.",
        zh="各库按 C 计算；torch 与 JAX 给出的梯度同样是 softmax。")


logsumexp.sized(n=4)
logsumexp.sized(n=3)


@logsumexp.reference("torch", "torch.logsumexp")
def _(torch, v):
    A = torch.logsumexp(v["z"], 0)
    return {"A": A, "B": A, "C": A, "m": v["z"].max()}


@logsumexp.reference("jax", "jax.nn.logsumexp")
def _(jax, v):
    A = jax.nn.logsumexp(v["z"])
    return {"A": A, "B": A, "C": A, "m": v["z"].max()}
