"""Two interleaved recurrences: h(t) sees h(t − 2) alone, and the last two states are read."""

from sympy import Sum, cos

from derive.entry import entry


@entry(name="skipping", title={"en": "Skipping recurrence", "zh": "隔步递推"}, section="",
       source="made up", facts={})
def skipping(page):
    T, n = page.size("T", least=2), page.size("n")
    t, i = page.family("t", 1, T), page.index("i", n)
    a, x = page.input("a"), page.input("x", t, i)
    h = page.state("h", (t, -1, T), i)
    page.define(h[t, i], cos(a) * h[t - 2, i] + x[t, i])
    y = page.let("y", [i], h[T, i] * h[T - 1, i])
    page.output(y)

    dy, dh, da = page.gradient(y), page.want(h), page.want(a)
    page.want(x)
    early = page.family("t", -1, T - 2)
    page.claim(dh[T, i], dy[i] * h[T - 1, i], fact="gradients")
    page.claim(dh[T - 1, i], dy[i] * h[T, i], fact="gradients")
    page.claim(dh[early, i], cos(a) * dh[early + 2, i], fact="gradients")
    page.mistake(dh[early, i], cos(a) * dh[early + 1, i], en="goes one step back instead of two", zh="只退了一步，应退两步")
    page.mistake(da, Sum(cos(a) * dh[t, i] * h[t - 2, i], t, i), en="forgets the derivative of cos", zh="漏掉了 cos 的导数")


skipping.sized(T=4, n=2)
