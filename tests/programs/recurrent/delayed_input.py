"""An input used at three different delays, by two outputs."""

from sympy import Piecewise, Sum

from derive.entry import entry


@entry(name="delayed_input", title={"en": "Delayed inputs", "zh": "延迟输入"}, section="",
       source="textbook: FIR filters", facts={})
def delayed_input(page):
    T = page.size("T", least=3)
    t = page.family("t", 1, T)
    x = page.input("x", (t, -1, T))
    a, b = page.input("a"), page.input("b")
    y = page.let("y", [t], a * x[t] * x[t - 1] + b * x[t - 2])
    z = page.let("z", [t], Piecewise((x[t + 1] * y[t], t <= T - 1), (0, True)) + x[t]**2)
    page.output(y)
    page.output(z)

    dy, dz, dx, da = page.want(y), page.gradient(z), page.want(x), page.want(a)
    v = page.symbols["v_y"]
    inner = page.family("t", 2, T - 2)

    page.claim(dy[inner], v[inner] + dz[inner] * x[inner + 1], fact="gradients")
    page.claim(dx[inner], a * x[inner - 1] * dy[inner] + a * x[inner + 1] * dy[inner + 1] + b * dy[inner + 2]
               + dz[inner - 1] * y[inner - 1] + 2 * x[inner] * dz[inner], fact="gradients")
    page.claim(dx[-1], b * dy[1], fact="gradients")
    page.claim(da, Sum(dy[t] * x[t] * x[t - 1], t), fact="gradients")
    page.mistake(dx[-1], b * v[1], en="forgets the second output", zh="漏掉了第二个输出")
    page.mistake(da, Sum(v[t] * x[t] * x[t - 1], t), en="forgets the second output", zh="漏掉了第二个输出")


delayed_input.sized(T=5)
