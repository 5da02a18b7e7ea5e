"""Properties of names: symmetric, orthogonal and positive definite matrices, one-hot vectors and vectors that sum to
one. A name with a property is computed from an input without one, A = ½ (S + Sᵀ), so that everything that is derived
and checked holds for such names only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from fractions import Fraction

from derive.expression import Expr, Ref, delta, expression, indicator, number, total
from derive.index import Label, Letter, Poly, Size, apart, poly
from derive.program import BY_COLUMNS, BY_ROWS, Equation, Inverse, Program, ProgramError, SumsToOne, Variable

_HIDDEN = "SGHZBU"         # no letters that are sizes more often
SYMMETRIC, DEFINITE, DIAGONAL, ORTHOGONAL = "symmetric", "positive definite", "diagonal", "orthogonal"
ONE_HOT, SHARES, UNIT = "one-hot", "sums to one", "unit"
SIGNS, TABLE = "signs", "sums to one in total"
REGULAR = "invertible"      # of which the lower triangular ones with squares on their diagonals are tried
OF_COLUMNS, OF_ROWS = "with orthonormal columns", "with orthonormal rows"
NEGATIVE, BETWEEN = "negative", "between "       # an inequality says so; of the latter, the two ends stand behind it
COLUMNS = "over columns"         # of softmax, which is of each row of a matrix otherwise
KINDS = {
    SYMMETRIC: r"symmetric|hermitian|对称(?:的|矩阵)?",
    DEFINITE: r"(?:symmetric\s+)?positive[- ](?:semi-?)?definite|psd|(?:对称)?(?:半)?正定(?:的|矩阵)?",
    DIAGONAL: r"diagonal|对角(?:的|阵|矩阵)?",
    ORTHOGONAL: r"orthogonal|orthonormal|unitary|正交(?:的|阵|矩阵)?|酉(?:的|矩阵)?",
    ONE_HOT: r"one[- ]?hot|独热(?:的|向量)?",
    SHARES: r"sums? to (?:one|1)|(?:a\s+)?(?:probability (?:vector|distribution)|distribution)|概率(?:向量|分布)|归一",
    UNIT: r"(?:a\s+)?unit(?:\s+vector)?|单位(?:向量|长度)",
    SIGNS: r"signs|(?:plus|\+) or minus (?:one|1)|±\s*1|正负一",
    TABLE: r"(?:a )?joint distribution|sums? to (?:one|1) in total|联合分布",
    COLUMNS: r"(?:(?:taken )?over (?:the )?columns|column[- ]?wise|按列|对(?:每)?列)",
}
_KINDS = {kind: re.compile(words, re.IGNORECASE) for kind, words in KINDS.items()}


def kind_of(word: str) -> str | None:
    """The kind of a property in words; None for one that is not known."""
    return next((kind for kind, words in _KINDS.items() if words.fullmatch(word.strip())), None)


_TURNED = re.compile(r"\^\s*(?:\{\s*(?:\\top|\\intercal|T|⊤)\s*\}|\\top|\\intercal|T|⊤)|⊤")
_NORM = re.compile(r"(?:‖|\\\||\\[lr]?Vert)")
_NAME = r"(?P<name>\\?[A-Za-zα-ωΑ-Ω]\w*)"
_NAMED = r"(?P<name>\\?[A-Za-zα-ωΑ-Ω])"
_INDICES = r"(?:_(?:\{[a-z,]{1,5}\}|[a-z])|\^\{?\([a-z]\)\}?)?"
_SUM = r"(?:Σ|∑|\\sum)"
_EQUATIONS = (
    (SYMMETRIC, re.compile(rf"{_NAME}ᵀ=(?P=name)|(?P<other>\\?[A-Za-zα-ωΑ-Ω]\w*)=(?P=other)ᵀ")),
    (OF_COLUMNS, re.compile(rf"{_NAME}ᵀ(?P=name)=I")),
    (OF_ROWS, re.compile(rf"{_NAME}(?P=name)ᵀ=I")),
    (SIGNS, re.compile(rf"(?:{_NAMED}{_INDICES}(?:²|\^2|\^\{{2\}})|"
                       rf"\|{_NAMED.replace('name', 'other')}{_INDICES}\|)=1")),
    (TABLE, re.compile(rf"{_SUM}(?:_\{{?[a-z],?[a-z]\}}?|_\{{?[a-z]\}}?{_SUM}_\{{?[a-z]\}}?){_NAMED}"
                       r"_(?:\{[a-z],?[a-z]\}|[a-z]{2})=1")),
    (UNIT, re.compile(rf"(?:‖{_NAME}‖(?:²|\^2|\^\{{2\}})?|(?P<other>\\?[A-Za-zα-ωΑ-Ω]\w*)ᵀ(?P=other))=1")),
)


def by_equation(sides: list[str]) -> tuple[str, str] | None:
    """The name and the property of which an equation speaks: Aᵀ = A, UᵀU = I, ‖u‖ = 1; None for any other equation."""
    text = "".join(_NORM.sub("‖", _TURNED.sub("ᵀ", side)).replace(" ", "") + "=" for side in sides).rstrip("=")
    for kind, pattern in _EQUATIONS:
        found = pattern.fullmatch(text)
        if found is not None:
            return found.groupdict().get("name") or found["other"], kind
    return None


def is_of_squares(kind: str) -> bool:
    """Whether only square matrices have it."""
    return kind in (SYMMETRIC, DEFINITE, DIAGONAL, ORTHOGONAL, REGULAR)


def is_orthonormal(kind: str) -> bool:
    """Whether the columns or the rows of what has it are orthonormal."""
    return kind in (OF_COLUMNS, OF_ROWS)


def between(low: Fraction, high: Fraction) -> str:
    """The kind of what lies between two numbers."""
    return f"{BETWEEN}{low} {high}"


def rank_of(kind: str) -> int | None:
    """How many axes what has it has, besides families; None where that is left open."""
    if kind == NEGATIVE or kind.startswith(BETWEEN):
        return 0
    if is_orthonormal(kind):
        return 2
    return 2 if is_of_squares(kind) or kind == TABLE else None if kind == SIGNS else 1


def narrow(program: Program, name: str, kind: str, taken: Collection[str] = ()) -> str:
    """Give an input of the program a property; how it is computed, in words. `taken` are names of others.

    Raises:
        ProgramError: for a name of another shape, and for one that has a definition.
    """
    variable = program.variables.get(name)
    if variable is None:
        return ""
    if program.equation(name) is not None:
        raise ProgramError(f"{name} has a definition; what it is follows from that")
    axes = apart(variable.axes)
    own = [a for a in axes if not a.family]
    if is_of_squares(kind) and (len(own) != 2 or own[0].count != own[1].count):
        raise ProgramError(f"{name} is no square matrix: it cannot be {kind}")
    if rank_of(kind) == 1 and not own:
        raise ProgramError(f"{name} is a number: it cannot be {kind}")
    if is_orthonormal(kind):
        _orthonormal(program, name, own, kind == OF_ROWS)
        return ""
    if kind in (ORTHOGONAL, SHARES):
        program.assumptions.append(Inverse(name, name) if kind == ORTHOGONAL else SumsToOne(name))
        return ""
    if kind == TABLE and len(own) != 2:
        raise ProgramError(f"{name} is no matrix: it has no sum over both its sides")
    hidden = next(c for c in (*_HIDDEN, *(f"{_HIDDEN[0]}_{k}" for k in range(1, 100)))
                  if not {c, c.lower()} & {*program.variables, *program.sizes, *taken})
    if kind.startswith(BETWEEN):
        body, told = _between(program, hidden, axes, *map(Fraction, kind.removeprefix(BETWEEN).split()))
    else:
        body, told = _MADE[kind](program, hidden, axes)
    program.equations.insert(0, Equation(name, axes, body))
    return told.format(name=name, hidden=hidden)


def _orthonormal(program: Program, name: str, axes: list[Letter], rows: bool) -> None:
    """UᵀU = I, or U Uᵀ = I; of a square matrix, one follows from the other."""
    if len(axes) != 2:
        raise ProgramError(f"{name} is no matrix: it has no orthonormal {BY_ROWS if rows else BY_COLUMNS}")
    if axes[0].count == axes[1].count:
        program.assumptions.append(Inverse(name, name))
        return
    program.assumptions.append(Inverse(name, name, BY_ROWS if rows else BY_COLUMNS))
    more, less = ([x for x in a.count.atoms() if isinstance(x, Size)] for a in (axes[::-1] if rows else axes))
    if len(more) == len(less) == 1:
        program.longer.append(poly(more[0]) - less[0])


def _of(hidden: str, *places: Poly | Letter) -> Expr:
    return expression(Ref(hidden, [poly(p) for p in places]))


def _symmetric(program: Program, hidden: str, axes: tuple[Letter, ...]) -> tuple[Expr, str]:
    _hide(program, hidden, axes)
    *outer, i, j = axes
    turned = _of(hidden, *outer, poly(j) - j.low + i.low, poly(i) - i.low + j.low)
    return (_of(hidden, *axes) + turned) * number(poly(Fraction(1, 2))), "{name} = ½ ({hidden} + {hidden}ᵀ)"


def _definite(program: Program, hidden: str, axes: tuple[Letter, ...]) -> tuple[Expr, str]:
    _hide(program, hidden, axes)
    *outer, i, j = axes
    k = j.fresh()
    square = total(_of(hidden, *outer, i, k) * _of(hidden, *outer, poly(j) - j.low + i.low, k), k)
    return square + expression(delta(poly(i) - i.low - poly(j) + j.low)), "{name} = {hidden} {hidden}ᵀ + I"


def _regular(program: Program, hidden: str, axes: tuple[Letter, ...]) -> tuple[Expr, str]:
    _hide(program, hidden, axes)
    *_, i, j = axes
    below = poly(i) - i.low - poly(j) + j.low
    entry = _of(hidden, *axes)
    return indicator(below - 1) * entry + expression(delta(below)) * (entry ** 2 + 1), "{name} is lower triangular"


def _diagonal(program: Program, hidden: str, axes: tuple[Letter, ...]) -> tuple[Expr, str]:
    *outer, i, j = axes
    _hide(program, hidden, (*outer, i))
    return expression(delta(poly(i) - i.low - poly(j) + j.low)) * _of(hidden, *outer, i), "{name} = diag({hidden})"


def _unit(program: Program, hidden: str, axes: tuple[Letter, ...]) -> tuple[Expr, str]:
    _hide(program, hidden, axes)
    *outer, i = axes
    k = i.fresh()
    length = total(_of(hidden, *outer, k) ** 2, k) ** poly(Fraction(1, 2))
    return _of(hidden, *axes) / length, "{name} = {hidden}/‖{hidden}‖"


def _negative(program: Program, hidden: str, axes: tuple[Letter, ...]) -> tuple[Expr, str]:
    _hide(program, hidden, axes, positive=True)
    return _of(hidden, *axes) * number(poly(-1)), "{name} = −{hidden}, {hidden} > 0"


def _between(program: Program, hidden: str, axes: tuple[Letter, ...], low: Fraction, high: Fraction
             ) -> tuple[Expr, str]:
    _hide(program, hidden, axes, positive=True, below_one=True)
    body = number(poly(low)) + number(poly(high - low)) * _of(hidden, *axes)
    start = f"{low} + " if low else ""
    return body, f"{{name}} = {start}{high - low} {{hidden}}, 0 < {{hidden}} < 1"


def _signs(program: Program, hidden: str, axes: tuple[Letter, ...]) -> tuple[Expr, str]:
    _hide(program, hidden, axes)
    entry = _of(hidden, *axes)
    return entry / (entry ** 2) ** poly(Fraction(1, 2)), "{name} = {hidden}/|{hidden}|"


def _table(program: Program, hidden: str, axes: tuple[Letter, ...]) -> tuple[Expr, str]:
    *outer, i, j = axes
    _hide(program, hidden, axes, positive=True)
    k, m = i.fresh(), j.fresh()
    return _of(hidden, *axes) / total(total(_of(hidden, *outer, k, m), m), k), "{name} = {hidden}/Σ {hidden}"


def _one_hot(program: Program, hidden: str, axes: tuple[Letter, ...]) -> tuple[Expr, str]:
    *outer, i = axes
    label = Label(hidden.lower(), tuple(map(poly, outer)), 1, i.high - i.low + 1)
    program.sizes[label.name] = label
    return expression(delta(poly(i) - i.low + 1 - label)), f"{{name}} is 1 at {label.name} and 0 elsewhere"


def _hide(program: Program, hidden: str, axes: tuple[Letter, ...], positive: bool = False, below_one: bool = False
          ) -> None:
    program.variables = {hidden: Variable(hidden, apart(axes), positive, below_one), **program.variables}


_MADE: dict[str, Callable[[Program, str, tuple[Letter, ...]], tuple[Expr, str]]] = {
    SYMMETRIC: _symmetric, DEFINITE: _definite, REGULAR: _regular, DIAGONAL: _diagonal, ONE_HOT: _one_hot, UNIT: _unit,
    SIGNS: _signs, TABLE: _table, NEGATIVE: _negative}
