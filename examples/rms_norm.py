"""RMSNorm (Zhang & Sennrich 2019): from the definition to a proved gradient, compared with torch and JAX."""

from sympy import Sum, sqrt

import derive
from verify.api import prove

page = derive.page("rms_norm")
n = page.size("n")
i, j = page.index("i", n), page.index("j", n)
x, g, eps = page.input("x", i), page.input("g", i), page.input("epsilon", positive=True)
r = page.let("r", [], 1 / sqrt(Sum(x[j]**2, j) / n + eps))
y = page.let("y", [i], g[i] * x[i] * r)
page.output(y)
dx, dy = page.want(x), page.gradient(y)
page.want(g)
page.claim(dx[i], r * g[i] * dy[i] - r**3 / n * x[i] * Sum(g[j] * x[j] * dy[j], j), fact="gradient by x")

proof = prove(page)
print(proof)
print(proof.compare("torch", "jax", n=7))
assert proof.passed and proof.compare("torch", "jax").passed
