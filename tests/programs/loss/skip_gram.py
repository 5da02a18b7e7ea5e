"""Skip-gram with negative sampling."""

from sympy import Sum, log

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(name="skip_gram", title={"en": "Skip-gram with negative sampling", "zh": "负采样的 skip-gram"}, section="",
       source="Mikolov et al. 2013", facts={})
def skip_gram(page):
    K, d = page.sizes("K d")
    j, k = page.index("j", K), page.index("k", d)
    u, v, w = page.input("u", k), page.input("v", k), page.input("w", j, k)
    page.loss(page.let("loss", [], -log(sigmoid(Sum(u[k] * v[k], k))) - Sum(log(sigmoid(-Sum(w[j, k] * v[k], k))), j)))

    du, dv, dw = page.want(u), page.want(v), page.want(w)
    hit = sigmoid(Sum(u[k] * v[k], k)) - 1
    page.claim(du[k], hit * v[k], fact="gradients")
    page.claim(dw[j, k], sigmoid(Sum(w[j, k] * v[k], k)) * v[k], fact="gradients")
    page.claim(dv[k], hit * u[k] + Sum(sigmoid(Sum(w[j, k] * v[k], k)) * w[j, k], j), fact="gradients")
    page.mistake(dv[k], hit * u[k], en="forgets the negative samples", zh="漏掉了负样本")
    page.mistake(dw[j, k], hit * v[k], en="treats negatives as positives", zh="把负样本当作正样本")


skip_gram.sized(K=2, d=3)
