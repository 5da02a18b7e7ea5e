"""SwiGLU (Shazeer 2020): the gradients by both weight matrices and the input."""

from sympy import Sum

import derive
from derive.sympy_functions import sigmoid
from verify.api import prove

page = derive.page("swiglu")
n, m = page.sizes("n m")
i, j = page.index("i", n), page.index("j", m)
x, W, V = page.input("x", i), page.input("W", j, i), page.input("V", j, i)
a = page.let("a", [j], Sum(W[j, i] * x[i], i))
b = page.let("b", [j], Sum(V[j, i] * x[i], i))
y = page.let("y", [j], a[j] * sigmoid(a[j]) * b[j])
page.output(y)
da, db, dy = page.want(a), page.want(b), page.gradient(y)
page.want(W), page.want(V), page.want(x)
page.claim(da[j], dy[j] * b[j] * sigmoid(a[j]) * (1 + a[j] * (1 - sigmoid(a[j]))), fact="gradient by a")

proof = prove(page)
print(proof)
print(proof.compare("torch", "jax"))
assert proof.passed and proof.compare("torch", "jax").passed
