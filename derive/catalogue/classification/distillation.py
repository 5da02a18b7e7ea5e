"""Knowledge distillation: the gradient of the tempered divergence, and what it becomes at a high temperature."""

from sympy import Sum, exp, log

from derive.entry import entry


@entry(
    name="distillation",
    title={"en": "Knowledge distillation", "zh": "知识蒸馏"},
    section="延伸",
    source="Hinton, Vinyals & Dean 2015, section 2.1, equations 2 to 4",
    facts={
        "distillation-loss": {"kind": "definition", "en": "τ² times the divergence of tempered softmaxes",
                              "zh": "τ² 乘以带温度 softmax 的散度"},
        "distillation-gradient": {"kind": "gradient", "en": "Gradient τ(q − p); (z − v)/C for a high temperature",
                                  "zh": "梯度 τ(q − p)；高温时为 (z − v)/C"},
    },
)
def distillation(page):
    C = page.size("C")
    c, k = page.index("c", C), page.index("k", C)

    z, v, tau = page.input("z", c), page.input("v", c), page.input("tau", positive=True)    # student and teacher
    what, slope = "distillation-loss", "distillation-gradient"
    p = page.let("p", [c], exp(v[c] / tau) / Sum(exp(v[k] / tau), k), fact=what)
    q = page.let("q", [c], exp(z[c] / tau) / Sum(exp(z[k] / tau), k), fact=what)
    page.loss(page.let("loss", [], tau**2 * Sum(p[c] * (log(p[c]) - log(q[c])), c), fact=what))

    b = page.input("b")                                                     # 1/τ, which may be 0
    student = page.let("s", [c], exp(b * z[c]) / Sum(exp(b * z[k]), k), fact=slope)
    flat = page.let("s_0", [c], exp(0 * z[c]) / Sum(exp(0 * z[k]), k), fact=slope)        # at b = 0, for any logits
    limit = page.let("g", [c], flat[c] * (z[c] - Sum(flat[k] * z[k], k)) - flat[c] * (v[c] - Sum(flat[k] * v[k], k)),
                     fact=slope)                                            # ∂(s − t)/∂b at b = 0

    dz, J = page.want(z, fact=slope), page.jacobian(student, b, fact=slope)

    page.claim(dz[c], tau * (q[c] - p[c]), fact=slope)
    page.claim(J[c], student[c] * (z[c] - Sum(student[k] * z[k], k)), fact=slope)
    page.claim(limit[c], (z[c] - v[c] - Sum(z[k] - v[k], k) / C) / C, fact=slope)

    page.mistake(dz[c], q[c] - p[c], en="forgets that τ² meets 1/τ once", zh="忘了 τ² 只与一个 1/τ 相消")
    page.mistake(dz[c], tau**2 * (q[c] - p[c]), en="forgets the 1/τ of the logits", zh="漏掉了 logits 中的 1/τ")
    page.mistake(dz[c], tau * (p[c] - q[c]), en="takes the teacher for the student", zh="把教师当作学生")
    page.mistake(limit[c], (z[c] - v[c]) / C, en="forgets that logits have to be centred: constants cancel in a softmax",
                 zh="忘了 logits 需去均值：常数在 softmax 中相消")
    page.mistake(limit[c], z[c] - v[c] - Sum(z[k] - v[k], k) / C, en="loses the 1/C of a uniform softmax",
                 zh="漏掉了均匀 softmax 的 1/C")

    page.convention(
        en="With b = 1/τ and s, t the two softmaxes, τ(q − p) is (s − t)/b, and s = t = 1/C at b = 0: its limit is the "
           "derivative g of s − t there. For centred logits this is (z − v)/C, the gradient of a squared error.",
        zh="令 b = 1/τ，s、t 为两个 softmax，则 τ(q − p) = (s − t)/b，且 b = 0 处 s = t = 1/C：极限即 s − t 在该处的导数 g。logits 去均值后为 (z − v)/C，"
           "即平方误差的梯度。")
    page.convention(
        en="torch's kl_div takes log q first and p second. Without the factor τ² the gradient would fall like 1/τ².",
        zh="torch 的 kl_div 先取 log q 后取 p。没有系数 τ² 时，梯度按 1/τ² 下降。")
    page.share_over_batch(tau, b)


distillation.sized(C=3)
distillation.sized(C=5)


@distillation.reference("torch", "torch.nn.functional.kl_div, softmax")
def _(torch, v):
    F, tau, student = torch.nn.functional, v["tau"], v["z"]
    teacher = F.softmax(v["v"] / tau, 0)
    loss = tau**2 * F.kl_div(F.log_softmax(student / tau, 0), teacher, reduction="sum")
    return {"p": teacher, "q": F.softmax(student / tau, 0), "loss": loss, "s": F.softmax(v["b"] * student, 0),
            "s_0": F.softmax(0 * student, 0)}


@distillation.reference("jax", "optax.losses.kl_divergence, jax.jvp")
def _(jax, v):
    import optax

    tau, student = v["tau"], v["z"]
    teacher = jax.nn.softmax(v["v"] / tau)
    zero, one = jax.numpy.zeros_like(tau), jax.numpy.ones_like(tau)
    slopes = [jax.jvp(lambda b, x=x: jax.nn.softmax(b * x), (zero,), (one,))[1] for x in (student, v["v"])]
    return {"p": teacher, "loss": tau**2 * optax.losses.kl_divergence(jax.nn.log_softmax(student / tau), teacher),
            "g": slopes[0] - slopes[1]}
