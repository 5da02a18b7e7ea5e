"""VAE with a Gaussian code: reparametrisation, squared error and KL divergence."""

from sympy import Rational, Sum, exp

from derive.entry import entry


@entry(name="vae", title={"en": "VAE loss", "zh": "VAE 损失"}, section="",
       source="Kingma & Welling 2014", facts={})
def vae(page):
    n, d = page.sizes("n d")
    i, k = page.index("i", n), page.index("k", d)
    x, mu, lam, eps = page.input("x", i), page.input("mu", k), page.input("lambda", k), page.input("eps", k)
    W, b = page.input("W", i, k), page.input("b", i)
    z = page.let("z", [k], mu[k] + exp(lam[k] / 2) * eps[k])
    y = page.let("y", [i], Sum(W[i, k] * z[k], k) + b[i])
    R = page.let("R", [], Rational(1, 2) * Sum((x[i] - y[i])**2, i))
    K = page.let("K", [], Rational(1, 2) * Sum(exp(lam[k]) + mu[k]**2 - 1 - lam[k], k))
    page.loss(page.let("loss", [], R + K))

    dz, dmu, dlam, dW = page.want(z), page.want(mu), page.want(lam), page.want(W)
    page.claim(dmu[k], dz[k] + mu[k], fact="gradients")
    page.claim(dlam[k], dz[k] * eps[k] * exp(lam[k] / 2) / 2 + (exp(lam[k]) - 1) / 2, fact="gradients")
    page.claim(dW[i, k], (y[i] - x[i]) * z[k], fact="gradients")
    page.mistake(dmu[k], mu[k], en="does not differentiate through the sample", zh="没有对采样求导")
    page.mistake(dlam[k], dz[k] * eps[k] * exp(lam[k] / 2) + (exp(lam[k]) - 1) / 2, en="λ is the log of the variance", zh="λ 是方差的对数")


vae.sized(n=3, d=2)
