"""Cosine similarity of two vectors."""

from sympy import Sum, sqrt

from derive.entry import entry


@entry(name="cosine_similarity", title={"en": "Cosine similarity", "zh": "余弦相似度"}, section="",
       source="textbook", facts={})
def cosine_similarity(page):
    n = page.size("n")
    i = page.index("i", n)
    x, y = page.input("x", i), page.input("y", i)
    a = page.let("a", [], sqrt(Sum(x[i]**2, i)))
    b = page.let("b", [], sqrt(Sum(y[i]**2, i)))
    c = page.let("c", [], Sum(x[i] * y[i], i) / (a * b))
    page.loss(c, written="c")

    dx, dy = page.want(x), page.want(y)
    page.claim(dx[i], y[i] / (a * b) - c * x[i] / a**2, fact="gradients")
    page.claim(dy[i], x[i] / (a * b) - c * y[i] / b**2, fact="gradients")
    page.mistake(dx[i], y[i] / (a * b), en="treats the norm as a constant", zh="把范数当作常数")
    page.mistake(dx[i], y[i] / (a * b) - c * x[i] / a, en="divides by the norm once only", zh="只除了一次范数")


cosine_similarity.sized(n=4)


@cosine_similarity.reference("torch", "torch.nn.functional.cosine_similarity")
def _(torch, v):
    return {"c": torch.nn.functional.cosine_similarity(v["x"], v["y"], dim=0)}


@cosine_similarity.reference("jax", "optax.losses.cosine_similarity")
def _(jax, v):
    import optax

    return {"c": optax.losses.cosine_similarity(v["x"], v["y"])}
