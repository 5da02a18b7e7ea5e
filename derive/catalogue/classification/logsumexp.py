"""The logarithm of a sum of exponentials: its gradient is the softmax, and a shift passes through."""

from sympy import Sum, exp, log

from derive.entry import entry


@entry(
    name="logsumexp",
    title={"en": "Log-sum-exp", "zh": "log-sum-exp 函数"},
    section="2.2",
    source="Boyd & Vandenberghe 2004, section 3.1.5; Blanchard, Higham & Higham 2021, equations 1.2 and 1.3",
    facts={
        "logsumexp-gradient": {"kind": "gradient", "en": "Its gradient is the softmax", "zh": "其梯度为 softmax"},
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
    page.claim(dz[i], exp(z[i]) / Sum(exp(z[i]), i), fact="logsumexp-gradient")
    page.claim(dz[i], exp(z[i] - A), fact="logsumexp-gradient")
    page.claim(shifted, A, fact="logsumexp-shift")

    page.mistake(dz[i], 1 / Sum(exp(z[i]), i), en="forgets to differentiate the exponential", zh="漏掉了指数的导数")
    page.mistake(dz[i], exp(z[i]), en="forgets the logarithm", zh="漏掉了对数")
    page.mistake(dz[i], 1 / n, en="takes the gradient of the mean", zh="用了均值的梯度")
    page.mistake(shifted, A + c, en="adds the shift a second time", zh="把平移量加了两次")

    page.convention(
        en="Libraries take c = max z, so that no exponential overflows; torch and JAX give the softmax as gradient there too.",
        zh="各库取 c = max z，使指数不溢出；torch 与 JAX 此时的梯度同样是 softmax。")


logsumexp.sized(n=4)
logsumexp.sized(n=3)


@logsumexp.reference("torch", "torch.logsumexp")
def _(torch, v):
    return {"A": torch.logsumexp(v["z"], 0), "B": torch.logsumexp(v["z"], 0)}


@logsumexp.reference("jax", "jax.nn.logsumexp")
def _(jax, v):
    return {"A": jax.nn.logsumexp(v["z"]), "B": jax.nn.logsumexp(v["z"])}
