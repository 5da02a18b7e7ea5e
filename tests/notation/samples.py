"""Random expressions of vectors and matrices of pairwise distinct sizes, with family letters and guards."""

from __future__ import annotations

import random
from fractions import Fraction

from derive.expression import Expr, Ref, apply, delta, expression, indicator, number, power, ref, total
from derive.index import Letter, Poly, Size, poly

SIZES = {"m": 3, "n": 2, "p": 4, "T": 3}
AXES = {"m": Letter("i", 1, Size("m")), "n": Letter("j", 1, Size("n")), "p": Letter("k", 1, Size("p"))}
TIME = Letter("t", 1, Size("T"), family=True)

SIGNATURES: dict[str, tuple[Letter, ...]] = {"alpha": (), "beta": (), "c": (TIME,)}
for _one, _axis in AXES.items():
    SIGNATURES |= {f"x{_one}": (_axis,), f"y{_one}": (_axis,), f"h{_one}": (TIME, _axis)}
    for _two, _other in AXES.items():
        _columns = _other if _two != _one else Letter(_other.name + "2", _other.low, _other.high)
        SIGNATURES |= {f"A{_one}{_two}": (_axis, _columns), f"B{_one}{_two}": (TIME, _axis, _columns)}


class Draw:
    """Draws expressions from a seed. Letters stand for themselves: each belongs to one of the three sizes."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def letter(self, size: str) -> Letter:
        return Letter(AXES[size].name, 1, Size(size))

    def time(self, times: list[Letter]) -> Poly:
        return poly(self.random.choice(times))

    def size_of(self, letter: Letter) -> str:
        return next(s for s in AXES if poly(Size(s)) == letter.high)

    def factor(self, letters: list[Letter], times: list[Letter], depth: int) -> Expr:
        """A factor that depends on some of the letters."""
        pick = self.random.random()
        if pick < 0.12 or not letters:
            return self.scalar(times)
        if pick < 0.5:
            a = self.random.choice(letters)
            s = self.size_of(a)
            return self.random.choice([ref(f"x{s}", a), ref(f"y{s}", a), ref(f"h{s}", self.time(times), a)])
        if pick < 0.78 or depth == 0:
            diagonal = len(letters) == 1 or self.random.random() < 0.1
            a, b = self.random.choices(letters, k=2) if diagonal else self.random.sample(letters, 2)
            s, r = self.size_of(a), self.size_of(b)
            return self.random.choice([ref(f"A{s}{r}", a, b), ref(f"B{s}{r}", self.time(times), a, b)])
        if pick < 0.88:
            return apply(self.random.choice(["tanh", "sigmoid", "f", "f'"]), self.expr(letters[:2], times, depth - 1))
        if pick < 0.92:
            a = self.random.choice(letters)
            same = [b for b in letters if b.high == a.high and b != a]
            return expression(delta(poly(a) - same[0])) if same else expression(1)
        return self.expr(letters[:2], times, depth - 1, least=2)

    def scalar(self, times: list[Letter]) -> Expr:
        t = self.random.choice(times)
        return self.random.choice([ref("alpha"), ref("beta"), number(poly(Size("n"))), ref("c", t),
                                   indicator(poly(Size("T")) - t - 1), ref("alpha") ** -1,
                                   power(ref("beta"), poly(t) - 1)])

    def term(self, out: list[Letter], times: list[Letter], depth: int) -> Expr:
        many = self.random.choice([0, 0, 1, 1, 2, 3] if depth == 2 else [0, 0, 1])
        bound = [self.letter(self.random.choice("mnp")) for _ in range(many)]
        summed_time = [Letter("t", 1, Size("T"), True)] if self.random.random() < 0.25 else []
        result = expression(self.random.choice([1, 1, 1, -1, 2, Fraction(1, 2), Fraction(-3, 2)]))
        for _ in range(self.random.randint(1, 4)):
            f = self.factor(out + bound, times + summed_time, depth)
            result = result * power(f, poly(self.random.choice([1, 1, 1, 1, 2, -1]))) if len(f.terms) == 1 \
                and not f.terms[0].binders else result * f
        return total(result, *summed_time, *bound)

    def expr(self, out: list[Letter], times: list[Letter], depth: int, least: int = 1) -> Expr:
        result = Expr()
        for _ in range(self.random.randint(least, least + 1)):
            result = result + self.term(out, times, depth)
        return result

    def equation(self) -> tuple[Ref, Expr]:
        """A left side with none, one or two axes, and a right side."""
        sizes = self.random.sample("mnp", self.random.choice([0, 1, 1, 2, 2]))
        if len(sizes) == 2 and self.random.random() < 0.2:
            sizes[1] = sizes[0]
        out = [AXES[s] for s in sizes]
        if len(out) == 2 and out[0] == out[1]:
            out[1] = SIGNATURES[f"A{sizes[0]}{sizes[0]}"][1]
        return Ref("B" + "".join(sizes), [TIME, *out]), self.expr(out, [TIME], 2)
