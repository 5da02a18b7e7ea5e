"""L residual layers of one width."""

from sympy import Sum, tanh

from derive.entry import entry


@entry(name="residual_layers", title={"en": "Residual network, L layers", "zh": "残差网络，L 层"}, section="",
       source="He et al. 2016", facts={})
def residual_layers(page):
    L, n = page.sizes("L n")
    l = page.family("l", 1, L)
    i, j = page.index("i", n), page.index("j", n)
    W, b = page.input("W", l, i, j), page.input("b", l, i)
    x = page.state("x", (l, 0, L), i)
    u = page.let("u", [l, i], tanh(Sum(W[l, i, j] * x[l - 1, j], j) + b[l, i]))
    page.define(x[l, i], x[l - 1, i] + u[l, i])
    y = page.let("y", [i], x[L, i])
    page.output(y)

    dy, dx, dW, db = page.gradient(y), page.want(x), page.want(W), page.want(b)
    below = page.family("l", 0, L - 1)
    page.claim(dx[L, i], dy[i], fact="gradients")
    page.claim(dx[below, i], dx[below + 1, i] + Sum(W[below + 1, j, i] * dx[below + 1, j] * (1 - u[below + 1, j]**2), j),
               fact="gradients")
    page.claim(dW[l, i, j], dx[l, i] * (1 - u[l, i]**2) * x[l - 1, j], fact="gradients")
    page.mistake(dx[below, i], Sum(W[below + 1, j, i] * dx[below + 1, j] * (1 - u[below + 1, j]**2), j), en="forgets the skip connection", zh="漏掉了残差连接")
    page.mistake(db[l, i], dx[l, i] * (1 - x[l, i]**2), en="takes the state for the branch", zh="把状态当作支路")


residual_layers.sized(L=3, n=2)
