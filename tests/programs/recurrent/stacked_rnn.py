"""Two recurrent layers, the second reading the first."""

from sympy import Sum, tanh

from derive.entry import entry


@entry(name="stacked_rnn", title={"en": "Two-layer RNN", "zh": "双层循环网络"}, section="",
       source="textbook", facts={})
def stacked_rnn(page):
    T, H, G, D = page.sizes("T H G D")
    t = page.family("t", 1, T)
    i, j, k = page.index("i", H), page.index("j", H), page.index("k", D)
    a, b = page.index("a", G), page.index("b", G)
    x, W, U = page.input("x", t, k), page.input("W", i, k), page.input("U", i, j)
    V, R = page.input("V", a, i), page.input("R", a, b)
    h, s = page.state("h", (t, 0, T), i), page.state("s", (t, 0, T), a)
    page.define(h[t, i], tanh(Sum(W[i, k] * x[t, k], k) + Sum(U[i, j] * h[t - 1, j], j)))
    page.define(s[t, a], tanh(Sum(V[a, i] * h[t, i], i) + Sum(R[a, b] * s[t - 1, b], b)))
    page.output(s, arriving="v")

    dh, ds, dV = page.want(h), page.want(s), page.want(V)
    page.want(U)
    page.want(x)
    inner = page.family("t", 1, T - 1)
    page.claim(dh[T, i], Sum(V[a, i] * ds[T, a] * (1 - s[T, a]**2), a), fact="gradients")
    page.claim(dh[inner, i], Sum(V[a, i] * ds[inner, a] * (1 - s[inner, a]**2), a)
               + Sum(U[j, i] * dh[inner + 1, j] * (1 - h[inner + 1, j]**2), j), fact="gradients")
    page.claim(dV[a, i], Sum(ds[t, a] * (1 - s[t, a]**2) * h[t, i], t), fact="gradients")
    page.mistake(dV[a, i], Sum(ds[t, a] * (1 - s[t, a]**2) * h[t - 1, i], t), en="takes the state of the step before", zh="用了上一步的状态")
    page.mistake(dh[inner, i], Sum(U[j, i] * dh[inner + 1, j] * (1 - h[inner + 1, j]**2), j), en="forgets the layer above", zh="漏掉了上一层")


stacked_rnn.sized(T=3, H=2, G=1, D=4)


@stacked_rnn.reference("torch", "torch.nn.functional.rnn_tanh_cell")
def _(torch, v):
    h, s, states = v["h[0]"], v["s[0]"], []
    for x in v["x"]:
        h = torch.rnn_tanh_cell(x[None], h[None], v["W"], v["U"])[0]
        s = torch.rnn_tanh_cell(h[None], s[None], v["V"], v["R"])[0]
        states.append(s)
    return {"s": torch.stack(states)}
