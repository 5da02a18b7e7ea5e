"""Strongly convex, strictly convex, convex: how far the middle of a chord lies above the function, for one of each."""

from derive.entry import entry


@entry(
    name="convexity_hierarchy",
    title={"en": "Strongly, strictly and merely convex", "zh": "强凸、严格凸与凸"},
    section="1.1",
    source="Boyd & Vandenberghe 2004, sections 3.1.1, 3.1.4 and 9.1.2; Nesterov 2004, section 2.1.3",
    facts={
        "convexity-hierarchy": {"kind": "identity", "en": "Strong ⇒ strict ⇒ convex, and not back: x⁴ is not strong, 3x + 1 not strict",
                                "zh": "强凸 ⇒ 严格凸 ⇒ 凸，反之不然：x⁴ 非强凸，3x + 1 非严格凸"},
        "chord-of-a-sum": {"kind": "identity", "en": "Distances below the chord add: μx²/2 makes any convex function strongly convex",
                           "zh": "弦下距离可加：加上 μx²/2 使任何凸函数强凸"},
    },
)
def convexity_hierarchy(page):
    x, d, mu = page.input("x"), page.input("d", positive=True), page.input("mu", positive=True)     # the chord from x to x + d
    a, c = page.input("a"), page.input("c")                                                         # of a line, such as 3x + 1
    hierarchy = "convexity-hierarchy"

    def chord(f):
        return (f(x) + f(x + d)) / 2 - f(x + d / 2)

    strong = page.let("s", [], chord(lambda u: mu / 2 * u**2), fact=hierarchy)
    strict = page.let("q", [], chord(lambda u: u**4), fact=hierarchy)
    flat = page.let("l", [], chord(lambda u: a * u + c), fact=hierarchy)
    both = page.let("b", [], chord(lambda u: u**4 + mu / 2 * u**2), fact="chord-of-a-sum")
    f = page.let("f", [], x**4, fact=hierarchy)
    page.loss(f, "f")
    slope = page.want(x, fact=hierarchy)
    curvature = page.hessian(x, fact=hierarchy)

    page.claim(strong, mu / 8 * d**2, fact=hierarchy)
    page.bound(strong, ">", 0, gap=mu / 8 * d**2, fact=hierarchy)
    page.bound(strict, ">", 0, gap=d**2 * (6 * (2 * x + d)**2 + d**2) / 16, fact=hierarchy)
    page.claim(flat, 0, fact=hierarchy)
    page.claim(both, strict + strong, fact="chord-of-a-sum")
    page.claim(slope, 4 * x**3, fact=hierarchy)
    page.claim(curvature, 12 * x**2, fact=hierarchy)

    page.mistake(strict, mu / 8 * d**2, relation="≥", en="calls x⁴ strongly convex: at 0 it is flatter than any parabola",
                 zh="把 x⁴ 当作强凸：在 0 处它比任何抛物线都平")
    page.mistake(flat, 0, relation=">", en="calls every convex function strictly convex: a line lies on its chords",
                 zh="把凸函数都当作严格凸：直线就在自己的弦上")
    page.mistake(strong, mu / 2 * d**2, en="takes the distance at the middle for μ/2 |x − y|²: λ(1 − λ) is ¼ there", zh="把中点处的距离当作 μ/2 |x − y|²：该处 λ(1 − λ) 为 ¼")
    page.mistake(curvature, mu, relation="≥", en="bounds the second derivative of x⁴ from below: it is 0 at 0", zh="以为 x⁴ 的二阶导数有正下界：在 0 处为 0")
    page.mistake(both, strict, en="forgets the parabola", zh="漏掉了抛物线")
    page.convention(
        en="The chord goes from x to x + d with d > 0, and is looked at in its middle; for continuous functions that decides convexity.",
        zh="弦从 x 到 x + d（d > 0），考察其中点；对连续函数这足以判定凸性。")


convexity_hierarchy.sized()


@convexity_hierarchy.reference("torch", "torch.lerp, pow, nn.functional.linear")
def _(torch, v):
    x, mu = v["x"], v["mu"]
    y, half = x + v["d"], torch.as_tensor(0.5, dtype=x.dtype)

    def chord(f):
        return torch.lerp(f(x), f(y), half) - f(torch.lerp(x, y, half))

    return {"s": chord(lambda u: mu * torch.square(u) / 2), "q": chord(lambda u: torch.pow(u, 4)), "l": chord(lambda u: torch.add(v["a"] * u, v["c"])),
            "b": chord(lambda u: torch.pow(u, 4) + mu * torch.square(u) / 2), "f": torch.pow(x, 4)}


@convexity_hierarchy.reference("jax", "jax.numpy.polyval")
def _(jax, v):
    np, x, mu = jax.numpy, v["x"], v["mu"]
    y = x + v["d"]

    def chord(f):
        return (f(x) + f(y)) / 2 - f((x + y) / 2)

    quartic, parabola = np.asarray([1., 0, 0, 0, 0]), np.asarray([.5, 0, 0])
    return {"s": chord(lambda u: mu * np.polyval(parabola, u)), "q": chord(lambda u: np.polyval(quartic, u)),
            "l": chord(lambda u: np.polyval(np.stack([v["a"], v["c"]]), u)),
            "b": chord(lambda u: np.polyval(quartic, u) + mu * np.polyval(parabola, u)), "f": np.polyval(quartic, x)}
