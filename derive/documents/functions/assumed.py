"""Functions that a page calls and does not define: those that have one meaning everywhere, such as erf, and a loss ℓ(w)
of which nothing is known.

An arbitrary loss is ⟨a, φ(U w)⟩ + ⟨b, φ(V w)⟩ with an arbitrary φ and as many terms as one likes: such functions of a
vector come as near to any other, with their derivatives, as is wanted, so that what holds for all of them holds for
every function. Those of a matrix have every gradient there is, and second derivatives by a matrix are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from derive.documents.functions.step_losses import step_losses
from derive.documents.lines import statements as said
from derive.documents.lines.statements import Piece, Statement
from derive.documents.spelling.classes import UNIT, Classes

EVERYWHERE = {
    "erf": "erf(x) = 2 Φ(√2 x) − 1", "logit": "logit(x) = log(x / (1 − x))", "softsign": "softsign(x) = x / (1 + |x|)",
    "SiLU": "SiLU(x) = x σ(x)", "silu": "silu(x) = x σ(x)", "GELU": "GELU(x) = x Φ(x)", "gelu": "gelu(x) = x Φ(x)",
    "clip": "clip(x, a, b) = min(max(x, a), b)", "clamp": "clamp(x, a, b) = min(max(x, a), b)",
    "Mish": "Mish(x) = x tanh(softplus(x))", "mish": "mish(x) = x tanh(softplus(x))",
}
UNKNOWN = "ϗ"                       # the arbitrary function of one argument in an arbitrary loss
_WEIGHTS, MATRICES = ("ϡ", "ϟ"), ("Ϡ", "Ϟ")        # letters that no page uses
ARBITRARY = f"⟨{_WEIGHTS[0]}, {UNKNOWN}({MATRICES[0]} w)⟩ + ⟨{_WEIGHTS[1]}, {UNKNOWN}({MATRICES[1]} w)⟩"
FIRST = ("ϙ", "ϛ", "ϝ")             # what is drawn for the first members of families
HIDDEN = frozenset([UNKNOWN, *_WEIGHTS, *MATRICES, UNIT, *FIRST])
_WORD = re.compile(r"[^\W\d_]{2,}(?=\}?'*\s*(?:\\left\s*)?\()")
TARGET = "ϸ"
_PARAMETERS = ("ϻ", TARGET)         # what stands for the prediction and for the target in a loss of two arguments
_OF_TWO = re.compile(r"(?:ℓ|\\ell(?![A-Za-z])|(?<![\w\\^_{])l|\\(?:operatorname|mathrm|text)\{loss\})\s*(?:\\left\s*)?"
                     r"\([^()=]*,([^()=]*)\)")
_ELL = r"(?:ℓ|\\ell(?![A-Za-z])|(?<![\w\\^_{])l(?![\w^]))"
_ELL_ALONE = re.compile(rf"\s*{_ELL}\s*")
_LOSS = re.compile(rf"{_ELL}\s*(?:\\left\s*)?\(\s*((?:[^(),=]|\([^()]*\))+?)\s*(?:\\right\s*)?\)")
_LETTERS = r"\\?[A-Za-z]+|[^\W\d_][\u0300-\u036f]*"
_DRESSED = re.compile(rf"(?:\\[A-Za-z]+\s*\{{\s*){{1,2}}(?:{_LETTERS})\s*\}}(?:\s*\}})?|"      # \hat{\mathbf{y}}
                      rf"\\[A-Za-z]+\s+[A-Za-z]|{_LETTERS}")
_ITS_DERIVATIVE = re.compile(rf"{_ELL}\s*(?:'|\^\s*\{{?\s*\\prime)")
_VALUE = re.compile(r"((?:\\partial|∂|(?:\\nabla|∇)(?:_\{[^{}]*\}|_\\?\w+)?)\s*)?"
                    r"(?<![\w\\^_])(?:\\mathcal\{)?([JL])\}?\s*"
                    r"(?:\\left\s*)?\(\s*(\\?[A-Za-z]+|[^\W\d_])\s*(?:\\right\s*)?\)")
_GREEK = {r"\varphi": "φ", r"\phi": "φ", r"\psi": "ψ"}
_ANOTHER = re.compile(rf"(\\varphi|\\phi|\\psi|[A-Za-km-zφψ])\s*(?:\\left\s*)?"
                      rf"\(\s*({_DRESSED.pattern})\s*(?:,\s*({_DRESSED.pattern})\s*)?(?:\\right\s*)?\)")
_FUNCTIONS = frozenset([*"fghFGφψ", r"\varphi", r"\phi", r"\psi"])
_INDEXED = re.compile(r"\s*&?\s*(\\?[A-Za-z]+|[^\W\d_])\s*_\s*\{([a-z])[,\s]*([a-z])[,\s]*([a-z])(?:[,\s]*([a-z]))?"
                      r"\s*\}\s*&?\s*")
_TWICE = re.compile(r"(?:\\partial|∂|\\nabla|∇)\s*(?:²|\^\s*\{?\s*2)")
_LETTER = r"(?:\\mathcal\s*\{\s*)?([JL])(?![A-Za-z_(^])\s*\}?"
_ALONE = re.compile(rf"\s*{_LETTER}\s*&?\s*")
_BARE = re.compile(rf"(?:^|[+&(])\s*{_LETTER}(?=\s*(?:[+−-]|$))")
_BY = re.compile(rf"(?:\\partial|∂)\s*{_LETTER}\s*(?:\}}\s*\{{\s*\\partial|/\s*∂)\s*"
                 r"(\\?[A-Za-z]+|[^\W\d_])(?![A-Za-z_^])")


@dataclass(frozen=True)
class Assumed:
    """A function called `name`, and the equation that gives it."""

    name: str
    equation: said.Equality
    is_function: bool = True        # whether it is called: no bare L is, and no ℓ_t
    of_a_step: bool = False         # whether it is an ℓ_t


def assumed(found: Iterable[Statement], defined: set[str]) -> Iterator[Assumed]:
    """The functions that the statements call and `defined` does not hold."""
    pieces = [s.piece for s in found if isinstance(s, (said.Equality, said.Wanted, said.Assume))]
    called = {word for p in pieces for word in _WORD.findall(p.text)}
    at = pieces[0].at if pieces else 0
    for name in sorted(called & EVERYWHERE.keys() - defined):
        yield Assumed(name, _equation(EVERYWHERE[name], at))
    yield from _called_losses(pieces, defined)
    yield from _losses_by_another_letter(found, pieces, defined)
    sides = [tuple(m.text for m in s.members) for s in found if isinstance(s, said.Equality)]
    for loss, argument in step_losses(sides):
        yield Assumed(loss, _of_step(loss, argument, at), False, True)
    if "l" in defined or _is_a_number(found):
        return
    arguments = {m[1] for p in pieces for m in _LOSS.finditer(p.text)}
    second = {"".join(m[1].split()) for p in pieces for m in _OF_TWO.finditer(p.text)}
    if second and any(_is_computed(name, found) for name in second):
        yield replace(_of_arguments("ℓ", *_PARAMETERS, found, at), name="l")
    elif second:
        yield _arbitrary(_PARAMETERS, at)
    elif arguments:
        only = arguments.pop()
        if not arguments and _DRESSED.fullmatch(only):
            yield _arbitrary((only,), at)
        elif not any(_ITS_DERIVATIVE.search(p.text) for p in pieces):
            yield _arbitrary(_PARAMETERS[:1], at)


def _is_a_number(found: Iterable[Statement]) -> bool:
    """Whether ℓ is declared, such as the number of layers ℓ ∈ ℕ: ℓ (a + b) is a product then."""
    return any(_ELL_ALONE.fullmatch(n.text) for s in found if isinstance(s, said.Declaration) for n in s.names)


def _is_computed(name: str, found: Iterable[Statement]) -> bool:
    """Whether a name stands on a left side, or something is differentiated by it: it is no target then."""
    below = re.compile(rf"(?:\\partial|∂)\s*{re.escape(name)}(?![\w^])")
    return any(isinstance(s, said.Equality) and (
        "".join(s.members[0].text.replace("&", "").split()) == name or below.search(s.piece.text)) for s in found)


def of_unit_vectors(of: Classes, found: Iterable[Statement]) -> Iterator[Assumed]:
    """The e_c of p − e_c, which is 1 at the class of an example and 0 elsewhere."""
    at = next((s.piece.at for s in found), 0)
    letter = "k" if of.letter != "k" else "j"
    for name in sorted(of.units):
        yield Assumed(name, _equation(f"{name}_{letter} = 1[{letter} = {of.letter}]", at), False)


def _called_losses(pieces: list[Piece], defined: set[str]) -> Iterator[Assumed]:
    """The J of J(w) + λ R, of which nothing is known."""
    found: dict[str, set[str]] = {}
    values: set[str] = set()
    for piece in pieces:
        for m in _VALUE.finditer(piece.text):
            found.setdefault(m[2], set()).add(m[3])
            values |= {m[2]} if m[1] is None else set()
    for name, arguments in sorted(found.items()):
        if name in values - defined and len(arguments) == 1:
            yield _arbitrary((arguments.pop(),), pieces[0].at, name)
            return
    yield from _bare_losses(pieces)


def _losses_by_another_letter(found: Iterable[Statement], pieces: list[Piece], defined: set[str]
                              ) -> Iterator[Assumed]:
    """The f of L = f(y) and of L = f(y, z), which is a number, where f is called nowhere else and nothing is
    differentiated as f'."""
    for statement in found:
        if not isinstance(statement, said.Equality) or len(statement.members) != 2:
            continue
        left, right = statement.members
        call = _ANOTHER.fullmatch(right.text.strip().removeprefix("&").lstrip())
        if call is None or call[1] in defined or not _ALONE.fullmatch(left.text):
            continue
        name = re.compile(rf"(?<![\w\\]){re.escape(call[1])}\s*(?:['′({{^]|\\left)")
        alone = re.compile(rf"(?<![A-Za-z\\]){re.escape(call[1])}(?!\s*(?:['′({{^]|\\left)|[A-Za-z])")
        letter = call[1] in _FUNCTIONS or not any(alone.search(s.piece.text) for s in found)     # k(r), and no k beside
        if letter and sum(len(name.findall(p.text)) for p in pieces) == 1:
            yield _of_arguments(_GREEK.get(call[1], call[1]), call[2], call[3], found, left.at)
            return


def _of_arguments(name: str, argument: str, other: str | None, found: Iterable[Statement], at: int) -> Assumed:
    """An arbitrary loss of one or two arguments; of an array with three or four indices, one that has every gradient,
    but not every second derivative, so that it stands for none where these are spoken of."""
    if other is not None:
        inside = " + ".join(f"{u} {x}" for u, x in zip(MATRICES, (argument, other)))
        return Assumed(name, _equation(f"{name}({argument}, {other}) = ⟨{_WEIGHTS[0]}, {UNKNOWN}({inside})⟩", at))
    twice = any(_TWICE.search(s.piece.text) for s in found)
    for left in (s.members[0].text for s in found if isinstance(s, said.Equality) and not twice):
        indexed = _INDEXED.fullmatch(left)
        if indexed is not None and indexed[1] == argument:
            letters = [x for x in indexed.groups()[1:] if x]
            of, sums = ",".join(letters), " ".join(f"∑_{{{x}=1}}^{{{x.upper()}}}" for x in letters)
            right = f"{sums} {_WEIGHTS[0]}_{{{of}}} {UNKNOWN}({argument}_{{{of}}})"
            return Assumed(name, _equation(f"{name}({argument}) = {right}", at))
    return _arbitrary((argument,), at, name)


def _bare_losses(pieces: list[Piece]) -> Iterator[Assumed]:
    """The L of L + λ R, of which nothing is known but that it is differentiated by w."""
    sides = [p.text.partition("=") for p in pieces]
    defined = {m[1] for left, _, _ in sides if (m := _ALONE.fullmatch(left))}
    values = {m[1] for left, _, right in sides if "artial" not in left and "∂" not in left
              for m in _BARE.finditer(right)} - defined
    by = {(m[1], m[2]) for p in pieces for m in _BY.finditer(p.text)}
    for name in sorted(values):
        below = {w for x, w in by if x == name}
        if len(below) == 1:
            made = _arbitrary((below.pop(),), pieces[0].at, name)
            left, _, right = made.equation.piece.text.partition(" = ")
            equation = _equation(f"{left.partition('(')[0]} = {right}", pieces[0].at)
            yield Assumed(name, equation, False)
            return


def _arbitrary(parameters: tuple[str, ...], at: int, name: str = "l") -> Assumed:
    """An arbitrary loss of its first argument; of a target, which is the second one, every value has a loss of its
    own."""
    right = " + ".join(f"⟨{a}, {UNKNOWN}({u} {parameters[0]})⟩" for a, u in zip(_WEIGHTS, MATRICES))
    called = "ℓ" if name == "l" else name
    return Assumed(name, _equation(f"{called}({', '.join(parameters)}) = {right}", at))


def _of_step(loss: str, argument: str, at: int) -> said.Equality:
    """An arbitrary loss of each step t: its weights have the index."""
    index = loss[loss.index("_"):]
    right = " + ".join(f"⟨{a}{index}, {UNKNOWN}({u} {argument})⟩" for a, u in zip(_WEIGHTS, MATRICES))
    return _equation(f"{loss} = {right}", at)


def _equation(text: str, at: int) -> said.Equality:
    """An equation that stands nowhere; `at` is where its name does."""
    left, _, right = text.partition(" = ")
    return said.Equality(Piece(text, at), (Piece(left, at), Piece(right, at)))
