"""Code held against formulas: `<!-- derive: code f(x, W) is z -->` says that the function `f` of the document's code,
called with the values of `x` and `W`, gives the value of `z`; `∂L/∂W` may stand for a name on either side.

The values are drawn and computed exactly (`verify.draws`, `verify.evaluator`) at sizes above one, pairwise distinct, so
that a transposed matrix differs. Vectors are lists, matrices lists of rows, handed over as NumPy arrays of doubles, as
torch tensors where arrays are refused, or as lists. Code that computes in single precision agrees.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from derive.derivation import Derivation
from derive.documents.pages.code import code_blocks
from derive.documents.pages.places import DIRECTIVE, Place
from derive.documents.pages.sources import Location, Source, source
from derive.documents.pages.spans import DISPLAY
from derive.documents.problems import Unreadable
from derive.expression import Ref, expression, walk
from derive.index import Letter
from derive.program import Program
from verify.balls import Undefined
from verify.documents.code import MEMORY, SECONDS, CodeRun, run_blocks
from verify.documents.sourced import SourceJudge
from verify.draws import labelled, numeric_sizes, small_draw
from verify.evaluator import Evaluator
from verify.sizes import NoMember, Sizes
from verify.study import derivative_names

AGREES, DIFFERS, OPEN = "agrees", "differs", "open"
CLOSE = 1e-5                # of the largest number: single precision agrees, a wrong formula does not
MOST_TIES, MOST_NUMBERS = 50, 5_000
_TIE = re.compile(r"\s*code\s+(?P<function>[A-Za-z_][\w.]*)\s*\((?P<arguments>[^()]*)\)\s+is\s+"
                  r"(?P<value>\S[^\n]*?)\s*$")
_CODE = re.compile(r"\s*code\b")
_BY = re.compile(r"∂\w+/∂(.+)")


@dataclass
class Tied:
    """A directive and what came of it: agrees, differs, or open for the reason in `detail`. Where it differs, `inputs`
    are the arguments, `code` is what the code gives and `formula` what the document says."""

    location: Location
    text: str
    status: str = OPEN
    detail: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    code: Any = None
    formula: Any = None


@dataclass
class _Call:
    """One call that is asked for: of which directive, with what, and what is due."""

    tied: Tied
    arguments: dict[str, Any]
    due: Any
    function: str


def run_code(name: str, content: str, seconds: float = SECONDS, memory: int = MEMORY) -> tuple[CodeRun, list[Tied]]:
    """Runs the blocks of the document in a file called `name`, and holds its functions against its formulas.

    Raises:
        UnreadableSource: for a notebook that is none.
    """
    found = source(name, content)
    ties: list[Tied] = []
    calls: list[_Call] = []
    for place, said, at in _directives(found):
        tied = Tied(found.location(at), " ".join(said.split()))
        ties.append(tied)
        match = _TIE.match(said)
        if match is None:
            tied.detail = "a directive about code reads: code f(x, W) is z"
        elif len(ties) > MOST_TIES:
            tied.detail = f"more than {MOST_TIES} directives about code"
        else:
            calls += _calls(found, place, match, tied)
    run = run_blocks(code_blocks(name, content), [{"function": c.function, "arguments": list(c.arguments.values())}
                                                  for c in calls], seconds, memory)
    for k, call in enumerate(calls):
        _compare(call, run.answers[k] if k < len(run.answers) else {"error": run.problem or "the code gave no answer"})
    return run, ties


def _directives(found: Source) -> Iterator[tuple[Place, str, int]]:
    for place in found.places:
        if place.kind == DIRECTIVE and _CODE.match(place.text):
            at = place.start
            for line in place.text.split("\n"):
                if line.strip():
                    yield place, line, at + len(line) - len(line.lstrip())
                at += len(line) + 1


# -- what is due --------------------------------------------------------------------------------------------------
def _calls(found: Source, place: Place, match: re.Match, tied: Tied) -> list[_Call]:
    """The calls with which a directive is tried; none, and a reason in `tied`, where the formula gives no values."""
    try:
        program, derivation, value = _meaning(found, place, match["value"])
        names = [_name(program, n.strip()) for n in match["arguments"].split(",") if n.strip()]
    except _Open as reason:
        tied.detail = str(reason)
        return []
    made: list[_Call] = []
    for seed, sizes in ((s, v) for s in (0, 1) for v in numeric_sizes(program, 2)):
        try:
            at = labelled(program, sizes, seed)
            evaluator = Evaluator(program, at, small_draw(program, at, seed), derivative_names(derivation), seed=seed)
            given = {n: _tensor(evaluator, Ref(n, a), a) for n, a in ((n, program.variables[n].axes) for n in names)}
            letters = [a for p in value.indices for a in sorted(p.free, key=lambda a: a.order)]
            made.append(_Call(tied, given, _tensor(evaluator, value, letters), match["function"]))
        except (Undefined, NoMember, ValueError) as problem:
            tied.detail = f"the formula has no value: {problem}"
    return made


class _Open(Exception):
    """Why a directive cannot be followed."""


def _meaning(found: Source, place: Place, value: str) -> tuple[Program, Derivation, Ref]:
    """The program that stands where the directive does, and what the value is in it: read as a claim about itself."""
    claim = Place(DISPLAY, f"{value} + 0 = {value}", place.start)
    try:
        judge = SourceJudge(replace(found, places=[claim if p is place else p for p in found.places]))
    except Unreadable as problem:
        raise _Open(problem.message) from None
    items = [i for i in judge.items if i.place is claim]
    if len(items) != 1:
        raise _Open(f"'{value}' is no name and no derivative")
    outcome = judge.readings.judged(items[0])
    if outcome.study is None:
        raise _Open(outcome.problem or outcome.verdict.detail if outcome.verdict else outcome.problem)
    said = expression(outcome.study.page.claims[0].right)
    ref = next((n for n in walk(said) if isinstance(n, Ref) and expression(n) == said), None)
    if ref is None:
        raise _Open(f"'{value}' is neither a name nor a derivative by one")
    program = outcome.study.page.program
    if ref.name in program.variables and program.equation(ref.name) is None:
        raise _Open(f"{value} is not defined")
    return program, outcome.study.derivation, ref


def _name(program: Program, said: str) -> str:
    by = _BY.fullmatch(said)
    found = next((n for n in (said, f"∂{by[1]}" if by else said) if n in program.variables), None)
    if found is None:
        raise _Open(f"{said} is none of the names that the value is computed from")
    return found


def _tensor(evaluator: Evaluator, ref: Ref, letters: Any) -> Any:
    """The values of a name as nested lists."""
    left = [MOST_NUMBERS]

    def inner(remaining: list[Letter], chosen: dict[Letter, int], sizes: Sizes) -> Any:
        if not remaining:
            left[0] -= 1
            if left[0] < 0:
                raise ValueError(f"more than {MOST_NUMBERS} numbers")
            return float(evaluator.value(ref, chosen))
        first, *others = remaining
        return [inner(others, {**chosen, first: k}, sizes) for k in sizes.range(first, chosen)]

    return inner(list(letters), {}, evaluator.sizes)


# -- what comes ---------------------------------------------------------------------------------------------------
def _compare(call: _Call, answer: dict[str, Any]) -> None:
    """Writes into the directive what an answer says; what differs once differs."""
    tied = call.tied
    if tied.status == DIFFERS or (tied.status == OPEN and tied.detail.startswith("the code: ")):
        return
    if "value" not in answer:
        tied.status, tied.detail = OPEN, f"the code: {answer.get('error')}"
        return
    value = answer["value"]
    why = _difference(value, call.due)
    if why:
        tied.status, tied.detail, tied.code, tied.formula = DIFFERS, why, value, call.due
        tied.inputs = call.arguments
    else:
        tied.status, tied.detail = AGREES, ""


def _difference(value: Any, due: Any) -> str:
    """What is different; nothing where all numbers are close, and there are numbers."""
    try:
        shapes = [_shape(value), _shape(due)]
        numbers, right = list(_numbers(value)), list(_numbers(due))
    except (ValueError, TypeError, RecursionError):
        return "the code gives no numbers in rows of one length"
    if [n for n in shapes[0] if n != 1] != [n for n in shapes[1] if n != 1]:
        return f"the code gives the shape {_written(shapes[0])}, the formula {_written(shapes[1])}"
    largest = max(map(abs, right), default=0.0)
    if not right or any(not math.isfinite(x) for x in (*numbers, *right)):
        return "a value that is no number"
    close = all(abs(a - b) <= CLOSE * (largest or 1e-6) for a, b in zip(numbers, right))
    return "" if close else "the values differ"


def _shape(value: Any) -> list[int]:
    if not isinstance(value, list):
        return []
    inner = [_shape(v) for v in value]
    if any(s != inner[0] for s in inner):
        raise ValueError("rows of different lengths")
    return [len(value), *(inner[0] if inner else [])]


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, list):
        for inner in value:
            yield from _numbers(inner)
    else:
        yield float(value)


def _written(shape: list[int]) -> str:
    return f"({', '.join(map(str, shape))})"
