"""What pages write, and how it is read: each document with the verdicts of its claims, right ones and wrong ones."""

from __future__ import annotations

import pytest

from verify.documents.judge import findings

SHOWN, REFUTED, OPEN = "shown", "refuted", "open"

DOCUMENTS = {
    "gradients named with a d": (r"""
$S = X W$, $L = \frac12 \|S - Y\|_F^2$, $dS = \frac{\partial L}{\partial S}$
$$\frac{\partial L}{\partial W} = X^\top dS$$
$$\frac{\partial L}{\partial W} = 2 X^\top dS$$
""", [SHOWN, REFUTED]),
    "what is computed from a named gradient is no path of the loss": (r"""
$W \in \mathbb{R}^{d \times k}$, $x \in \mathbb{R}^k$
$$h = W x, \qquad g = \frac{\partial \ell}{\partial h}, \qquad M = g x^\top$$
$$\frac{\partial \ell}{\partial W} = M$$
$$\frac{\partial \ell}{\partial W} = 2 M$$
""", [SHOWN, REFUTED]),
    "columns of different lengths have no product": ("""
```
x ∈ ℝ^n, W ∈ ℝ^{m×n}, t ∈ ℝ^m
z = W x
L = ½ ‖z − t‖²
δ = ∂L/∂z
∂L/∂W = δ xᵀ
∂L/∂W = δ x
∂L/∂W = δ t
∂L/∂W = δ q
```
""", [SHOWN, REFUTED, REFUTED, OPEN]),
    "nothing declares how long the columns are": (r"""
$z = W x$, $L = \frac12 \|z - t\|^2$
$$\frac{\partial L}{\partial W} = (z - t) x^\top$$
$$\frac{\partial L}{\partial W} = (z - t) x$$
""", [SHOWN, OPEN]),
    "a number under a function ends where a bracket closes": (r"""
$s(x) = \log(1 + e^x)$
$$s(0) = -\left( \log \frac12 \right)$$
$$s(0) = \left( \log 2 \right)$$
$$s(0) = -\left( \log 2 \right)$$
$$s(0) = \left[ \, \log 2\, \right]$$
$$s(0) = \log 2 \sin x$$
""", [SHOWN, SHOWN, REFUTED, SHOWN, OPEN]),
    "members of an expression": (r"""
$h \in \mathbb{R}^A$
$$p_a = \frac{e^{h_a}}{\sum_{b=1}^{A} e^{h_b}} \qquad (a = 1, \dots, A)$$
$$\frac{\partial \log p_a}{\partial h_b} = \delta_{ab} - p_b$$
$$\frac{\partial \log p_a}{\partial h_b} = \delta_{ab} - p_a$$
""", [SHOWN, REFUTED]),
    "an arbitrary loss": (r"""
Let $w \in \mathbb{R}^d$ and $J = \ell(w) + \frac{\lambda}{2} \lVert w \rVert^2$.
$$\nabla_w J = \nabla_w \ell + \lambda w$$
$$\nabla_w J = \nabla_w \ell + \frac{\lambda}{2} w$$
""", [SHOWN, REFUTED]),
    "an arbitrary function": (r"""
$x \in \mathbb{R}^n$, $z = W x$, $a = f(z)$, $L = \frac12 \|a - y\|^2$
$$\frac{\partial L}{\partial z} = (a - y) \odot f'(z)$$
$$\frac{\partial L}{\partial z} = (a - y) \odot f(z)$$
""", [SHOWN, REFUTED]),
    "cases with conditions on values": (r"""
$\delta > 0$
$$h(r) = \begin{cases} \frac12 r^2 & |r| \le \delta \\ \delta (|r| - \frac12 \delta) & \text{otherwise} \end{cases}$$
$$h'(r) = \begin{cases} r & |r| \le \delta \\ \delta\, \mathrm{sign}(r) & \text{otherwise} \end{cases}$$
$$h'(r) = \begin{cases} r & |r| \le \delta \\ \delta & \text{otherwise} \end{cases}$$
""", [SHOWN, REFUTED]),
    "numbers of a finite set": (r"""
$y \in \{0, 1\}$
$$y^2 = y$$
$$y^2 = 1 - y$$
""", [SHOWN, REFUTED]),
    "numbers that the text gives": (r"""
The output has size
$$o = \left\lfloor \frac{n + 2 p - k}{s} \right\rfloor + 1$$
With $n = 224$, $k = 7$, $p = 3$, $s = 2$ we get $o = 112$, not $o = 113$. In general
$$o = n$$
""", [SHOWN, REFUTED, REFUTED]),
    "bold letters beside sizes": (r"""
$\mathbf{q} \in \mathbb{R}^{q}$, $W \in \mathbb{R}^{h \times q}$, $s = W \mathbf{q}$, $L = \frac12 \|s\|^2$
$$\frac{\partial L}{\partial \mathbf{q}} = W^\top s$$
$$\frac{\partial L}{\partial \mathbf{q}} = -W^\top s$$
""", [SHOWN, REFUTED]),
    "second derivatives with d": (r"""
Let $u = \tanh(w x)$ for scalars $w$ and $x$.
$$\frac{d^2 u}{dx^2} = -2 w^2 u (1 - u^2)$$
$$\frac{d^2}{dx^2} u = 2 w^2 u (1 - u^2)$$
""", [SHOWN, REFUTED]),
    "a sum that leaves one out": (r"""
$s \in \mathbb{R}^{C}$, $C \geq 2$, $m_j = s_j^2$, $L = \sum_{j=2}^{C} m_j$, $J = L + m_1$
$$\frac{\partial J}{\partial s_j} = 2 s_j$$
$$\frac{\partial J}{\partial s_j} = 2 s_j \mathbb{1}[j \geq 2]$$
""", [SHOWN, REFUTED]),
    "a range in a sentence": (r"""
Rewards $r_1, \dots, r_T \in \mathbb{R}$ and $G_t = \sum_{k=t}^{T} \gamma^{k-t} r_k$ for $t = 1, \dots, T$.
Then $G_t = r_t + \gamma G_{t+1}$ for $1 \le t < T$, not $G_t = \gamma (r_t + G_{t+1})$ for $1 \le t < T$.
""", [SHOWN, REFUTED]),
    "what the words say of a name": (r"""
Let $A$ be a symmetric matrix and $f = x^\top A x$.
$$\nabla_x f = 2 A x$$
""", [SHOWN]),
    "what the words say of another name": (r"""
$A \in \mathbb{R}^{n \times m}$, $x \in \mathbb{R}^m$, $z = A x$. The error is orthogonal to the columns of $A$, fit and
error are orthogonal, and $P$ is a symmetric matrix: an orthogonal projection onto the columns of $A$.
$P$ 是到 $A$ 的列空间的正交投影。
$$\|z\| = \|x\|$$
""", [REFUTED]),
    "what the words say of each of two names": (r"""
$A, B \in \mathbb{R}^{n \times n}$, $x \in \mathbb{R}^n$, $z = A x$, $c \in \mathbb{R}$.
$c$ is no matrix, $A$ and $B$ are orthogonal.
$$\|z\| = \|x\|$$
""", [OPEN]),
    "what the words say of a name as a condition": (r"""
$A \in \mathbb{R}^{n \times n}$, $x \in \mathbb{R}^n$, $z = A x$. $P$ is symmetric as $A$ is.
$$x^\top z = z^\top x, \qquad A^\top x = z$$
""", [SHOWN, OPEN]),
    "a function at a point that is written out": (r"""
$$q(x) = a x^2 + b x + c$$
$$q'\left(-\frac{b}{2 a}\right) = 0, \qquad q'\left(\frac{b}{2 a}\right) = 0, \qquad q'(x) = 0$$
""", [SHOWN, REFUTED, OPEN]),
    "a named gradient beside what is computed from it": (r"""
$x \in \mathbb{R}^n$, $W \in \mathbb{R}^{m \times n}$, $z = W x$, $a = \tanh(z)$, $L = \frac12 \|a - y\|^2$.
$$\delta = \frac{\partial L}{\partial z}, \qquad s = \delta \odot z$$
$$z \odot \delta = s$$
$$\frac{\partial L}{\partial x} = W^\top (\delta + s)$$
""", [SHOWN, REFUTED]),
    "a law with the index of what it is about": ("""
```
μ ∈ ℝ^n, σ ∈ ℝ^n, σ_i > 0
x_i ~ N(μ_i, σ_i²)
ℓ = −Σ_{i=1}^{n} (log σ_i + (x_i − μ_i)²/(2σ_i²))
∂ℓ/∂μ_i = (x_i − μ_i)/σ_i²
∂ℓ/∂μ_i = (μ_i − x_i)/σ_i²
E[Σ_{i=1}^{n} (x_i − μ_i)²] = Σ_{i=1}^{n} σ_i²
Var(Σ_{i=1}^{n} x_i) = n Σ_{i=1}^{n} σ_i²
```
""", [SHOWN, REFUTED, SHOWN, REFUTED]),
    "coins with a probability for each": (r"""
Let $p \in \mathbb{R}^n$ and $r_i \sim \mathrm{Bernoulli}(p_i)$ for $i = 1, \dots, n$. $S = \sum_{i=1}^n r_i$.
$$\operatorname{Var}(S) = \sum_{i=1}^n p_i (1 - p_i), \qquad \operatorname{Var}(S) = \sum_{i=1}^n p_i$$
""", [SHOWN, REFUTED]),
    "weights with a variance for each input": (r"""
$W_{ij} \sim \mathcal{N}(0, \sigma_j^2)$, $W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$, $y = W x$.
$$\operatorname{Var}(y_i) = \sum_{j=1}^n \sigma_j^2 x_j^2$$
$$\operatorname{Var}(y_i) = \sum_{j=1}^n \sigma_j^2 x_j$$
""", [SHOWN, REFUTED]),
    "a law of a name with a label": (r"""
$W_f \sim \mathcal{N}(\mu_f, \sigma_f^2)$, $\sigma_f > 0$, $y = W_f x$.
$$\mathbb{E}[y] = \mu_f x, \qquad \operatorname{Var}(y) = \sigma_f^2 x$$
""", [SHOWN, REFUTED]),
    "a matrix of which only words tell what it is": (r"""
Let $D$ be the degree matrix of $A$ and $L = D - A$. Then $L \mathbf{1} = 0$.
""", [OPEN]),
    "a number of which the words say that it is binary": (r"""
With a binary mask $m_t$ for each step, $h_t = m_t x_t$, $t = 1, \dots, T$. So $h_t m_t = h_t$.
""", [OPEN]),
    "a matrix for a column, beside a sum over steps": ("""
```
y_t = W h_t + b
L = Σ_{t=1}^{T} ‖y_t‖²
∂L/∂b = Σ_{t=1}^{T} 2 y_t
∂L/∂b = Σ_{t=1}^{T} 2 y_t h_tᵀ
```
""", [SHOWN, REFUTED]),
    "dots and nothing beside them": ("""
```
h = tanh(W x)
∂h/∂x = diag(tanh'(...)) W
```
""", [SHOWN]),
    "a capital letter in a sum of numbers": (r"""
$$R = 1 + \sum_{l=1}^{D} (K - 1) 2^{l-1}$$
$$R = 1 + (K - 1)(2^D - 1)$$
$$R = 1 + (K - 1) 2^D$$
""", [SHOWN, REFUTED]),
    "a letter that may be how many terms there are": (r"""
$$\sum_{t=0}^{T} t = \frac{n (n - 1)}{2}$$
""", [OPEN]),
    "a letter with another value at each time": ("""
```
p_t = softmax(W h_t)
L = −Σ_{t=1}^{T} k_tᵀ log p_t
∂L/∂p_t = −k_t / p_t
∂L/∂p_t = k_t / p_t
```
""", [SHOWN, REFUTED]),
    "a sum up to a letter counts what the letter counts": (r"""
For $t = 1, \dots, T$ let $c_t = \sum_{s=1}^{t} 2^{s} r_s$.
$$c_1 = 2 r_1, \qquad c_1 = r_1$$
""", [SHOWN, REFUTED]),
    "a closed form under another heading": (r"""
For $t = 1, \dots, T$ let $G_t = \gamma G_{t-1} + r_t$, $G_0 = 0$.

## Closed form

$$G_t = \sum_{s=1}^{t} \gamma^{t-s} r_s$$
$$G_t = \sum_{s=1}^{t} \gamma^{s} r_s$$
""", [SHOWN, REFUTED]),
    "labels that the words call one-hot": (r"""
With a one-hot label $y$:
$$p_i = \frac{e^{o_i}}{\sum_{k=1}^K e^{o_k}}, \qquad l = -\sum_{j=1}^K y_j \log p_j$$
$$\frac{\partial l}{\partial o_j} = p_j - y_j$$
$$\frac{\partial l}{\partial o_j} = y_j - p_j$$
""", [OPEN, REFUTED]),
    "a definition that cannot be read": (r"""
$$R(\phi) = \begin{vmatrix} \cos\phi \end{vmatrix}$$
$q \in \mathbb{R}^2$
$$a = R(\phi)\, q$$
$$a = q^\top R(\phi)$$
""", [OPEN]),
    "counts are no matrices": (r"""
$$\frac{K^2 M + M N}{K^2 M N} = \frac{1}{N} + \frac{1}{K^2}$$
$$\frac{K^2 M + M N}{K^2 M N} = \frac{1}{M} + \frac{1}{K^2}$$
""", [SHOWN, REFUTED]),
    "matrices that are written out": (r"""
$A = \begin{bmatrix} 2 & 1 \\ 1 & 1 \end{bmatrix}$, $x = (1, 3)^\top$.
$A x = \begin{bmatrix} 5 \\ 4 \end{bmatrix}$, $A_{12} = 1$,
$x_2 = 3$, $A^{-1} = \begin{bmatrix} 1 & -1 \\ -1 & 2 \end{bmatrix}$, $\det A = 1$, $x^\top A x = 18$, $x_2 = 4$.
""", [SHOWN] * 5 + [REFUTED] * 2),
    "a matrix for every number": (r"""
$$R_m = \begin{bmatrix} \cos m\theta & -\sin m\theta \\ \sin m\theta & \cos m\theta \end{bmatrix}$$
$q, k \in \mathbb{R}^2$. $(R_m q)^\top (R_n k) = q^\top R_{n-m} k$, $R_0 = I$, $R_m^\top R_n = R_{m-n}$.
""", [SHOWN, SHOWN, REFUTED]),
    "sums, products and lists with dots": (r"""
$z = (z_1, \dots, z_K)^\top$, $p_k = \frac{e^{z_k}}{e^{z_1} + \cdots + e^{z_K}}$. $p_1 + \dots + p_K = 1$,
$\|z\|^2 = z_1^2 + \dots + z_K^2$. $h_t = f_t h_{t-1}$, $h_T = f_T f_{T-1} \cdots f_1 h_0$,
$h_T = f_T f_{T-1} \cdots f_2 h_0$.
""", [SHOWN, SHOWN, SHOWN, REFUTED]),
    "gradients by every argument": (r"""
$f(x, y) = x^2 y$. $\nabla f = (2xy, x^2)$, $\nabla^2 f = \begin{bmatrix} 2y & 2x \\ 2x & 0 \end{bmatrix}$,
$\nabla f = (2xy, x)$.
""", [SHOWN, SHOWN, REFUTED]),
    "functions without an argument, and at other points": (r"""
$\frac{d\sigma}{dx} = \sigma(1 - \sigma)$, $\frac{d\sigma}{dx} = \sigma(1 + \sigma)$.
$D_+(x) = \frac{f(x + h) - f(x)}{h}$,
$h D_+(x) = f(x + h) - f(x)$, $D_+(x) = f'(x)$. $\frac{d}{dx} x^n = n x^{n-1}$, $\log_2 8 = 3$, $\log_2 8 = 4$.
""", [SHOWN, REFUTED, SHOWN, REFUTED, SHOWN, SHOWN, REFUTED]),
    "a loss of two arguments": (r"""
$W \in \mathbb{R}^{m \times n}$, $o = W h$, $L = l(o, y)$.
$\frac{\partial L}{\partial W} = \frac{\partial L}{\partial o} h^\top$,
$\frac{\partial L}{\partial h} = W \frac{\partial L}{\partial o}$.
""", [SHOWN, REFUTED]),
    "small letters": ("""
```
y = W x + b (W ∈ ℝ^{m×n}, x ∈ ℝ^n)
yᵢ = Σⱼ Wᵢⱼxⱼ + bᵢ
∂yᵢ/∂xⱼ = 2 Wᵢⱼ
a⁽ˡ⁾ = 2 a⁽ˡ⁻¹⁾, l = 1, …, L
a⁽ᴸ⁾ = 2ᴸ a⁽⁰⁾
```
""", [SHOWN, REFUTED, SHOWN]),
    "properties in directives": ("""
<!-- derive: A, U ∈ ℝ^{n×n}, x, u ∈ ℝ^n, y, z ∈ ℝ^K, assume A symmetric -->
<!-- derive: assume y one-hot -->
<!-- derive: assume UᵀU = I -->
<!-- derive: assume ‖u‖ = 1 -->
```
q = xᵀ A x
∂q/∂x = 2 A x
∂q/∂x = A x
‖U x‖ = ‖x‖
(I − 2 u uᵀ) u = −u
p = softmax(z)
L = −Σ_k y_k log p_k
∂L/∂z = p − y
y ⊙ y = y
‖y‖² = 2
```
""", [SHOWN, REFUTED, SHOWN, SHOWN, SHOWN, SHOWN, REFUTED]),
    "softmax over columns": ("""
<!-- derive: Z ∈ ℝ^{K×N} -->
<!-- derive: assume softmax over columns -->
```
P = softmax(Z)
𝟏ᵀ P = 𝟏ᵀ
P 𝟏 = 𝟏
```
""", [SHOWN, REFUTED]),
    "a matrix that the text does not call symmetric": (r"""
We do not assume that $W \in \mathbb{R}^{n \times n}$ is symmetric. With $s \in \mathbb{R}^n$
and $E = s^\top W s$ we have
$\frac{\partial E}{\partial s} = (W + W^\top) s$,
and $\frac{\partial E}{\partial s} = 2 W s$ holds for its symmetric part only.
""", [SHOWN, REFUTED]),
    "determinants of any size": (r"""
$u, v \in \mathbb{R}^n$. $\det(I + u v^\top) = 1 + u^\top v$, $\det(I + u v^\top) = 1 - u^\top v$.
""", [SHOWN, REFUTED]),
    "what a sentence denies": (r"""
$J = \frac{a}{a + b}$, $F = \frac{2a}{2a + b}$, so $F = \frac{2J}{1 + J}$, not $F = \frac{2J}{1 - J}$.
$\frac{\partial F}{\partial b} = -\frac{2a}{(2a+b)^2}$.
""", [SHOWN, REFUTED, SHOWN]),
    "the first layer is the input": (r"""
$x \in \mathbb{R}^{n_0}$, $a^{(0)} = x$ and $W^{(l)} \in \mathbb{R}^{n_l \times n_{l-1}}$.
$a^{(l)} = W^{(l)} a^{(l-1)}$ for $l = 1, \dots, L$,
$E = \frac{1}{2} \|a^{(L)}\|^2$. $\frac{\partial E}{\partial x} = W^{(1)\top} \frac{\partial E}{\partial a^{(1)}}$,
$\frac{\partial E}{\partial a^{(L)}} = a^{(L)}$, $\frac{\partial E}{\partial a^{(L)}} = 2 a^{(L)}$.
""", [SHOWN, SHOWN, REFUTED]),
    "gradients of two matrices lie in one way": (r"""
$x \in \mathbb{R}^n$, $W \in \mathbb{R}^{m \times n}$, $V \in \mathbb{R}^{k \times m}$, $h = \tanh(W x)$, $y = V h$,
$L = \frac12 \|y\|^2$, $\frac{\partial L}{\partial V} = y h^\top$,
$\frac{\partial L}{\partial W} = x (V^\top y \odot (1 - h^2))^\top$.
""", [SHOWN, REFUTED]),
    "systems to be solved, and a size that is told": (r"""
$X \in \mathbb{R}^{m \times N}$ with $N = H W$ places.
$$\begin{cases} u + v = 3 \\ u - v = 1 \\ \alpha (u v - 1 + \xi) = 0 \end{cases}$$
""", []),
    "moments of what nobody says how it is drawn": (r"""
$o_i = \sum_{j=1}^{n} w_{ij} x_j$, $\mathbb{E}[o_i] = 0$, $\mathbb{E}[o_i^2] = \mathbb{E}[o_i]^2$.
""", [OPEN, OPEN]),
    "sizes with words below them": (r"""
$x_j \in \mathbb{R}$, $w_{ij} \sim \mathcal{N}(0, \sigma^2)$. $o_{i} = \sum_{j=1}^{n_\mathrm{in}} w_{ij} x_j$,
$\mathbb{E}[o_i] = 0$,
$\mathrm{Var}[o_i] = \sigma^2 \sum_{j=1}^{n_\mathrm{in}} x_j^2$, $\mathrm{Var}[o_i] = n_\mathrm{in} \sigma^2$.
""", [SHOWN, SHOWN, REFUTED]),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_claims_get_the_verdict_that_they_deserve(name):
    text, wanted = DOCUMENTS[name]
    claims = [f for f in findings(text) if f.kind == "claim"]
    meant = {"proved": SHOWN, "verified": SHOWN, "refuted": REFUTED}
    got = [meant.get(f.verdict, OPEN) for f in claims]
    assert got == wanted, [(f.source, f.verdict, f.detail) for f in claims]
