"""Refutations of what holds as the page means it: to as many decimals as it writes, and given what its sentence
assumes in words."""

from __future__ import annotations

import re
from fractions import Fraction

from derive.documents.functions.derivatives import EXPRESSIONS
from derive.documents.lines.entries import is_written_out
from derive.documents.lines.items import DEFINED
from derive.documents.lines.statements import Equality
from derive.documents.trees.plain_numbers import is_number
from derive.documents.trees.trees import walk
from derive.expression import expression, names
from verify.documents.fairness.properties import SENTENCE
from verify.documents.fairness.refutation import Refutation
from verify.documents.fairness.rules import Rule, collector
from verify.study import Study

RULES: list[Rule] = []
rule = collector(RULES)
_DECIMAL = re.compile(r"(?<![\w.])\d+\.(\d+)(?![\w.])")
_LAST = re.compile(r"(?<![A-Za-z\\])([A-Za-z])\s*\^\s*\{?\s*L(?![A-Za-z])")
_NAME = re.compile(r"&?\s*\\?[A-Za-z]+\s*(?:[_^]\s*(?:\{[^{}]*\}|\\left\\lbrack.*?\\rbrack|\w)\s*){0,2}&?\s*")
_BECAUSE = re.compile(r"\b(?:since|because|as|if|when|with|for|suppos\w+|assum\w+)\b[^.]*?"
                      r"\b(?:zeros?|equal|same|identical|constant|symmetric)\b|"
                      r"(?:由于|因为|如果|若|当|假设|假定)[^。]*?(?:为零|为\s*\$?0|都是|相同|相等|一样|全零|常数|对称)")
_CASE_BEHIND = re.compile(r"^[^$。.]*?[(（,，]\s*(?:当|若|如果|when|if|where|for|provided|assuming)\s+?[^。.]*?=|"
                          r"^[^$。.]*?[(（,，]\s*(?:当|若|如果)[^。.]*?=")


@rule
def _rounded(of: Refutation) -> str:
    """Its decimals are rounded: e^{0.707} = 2.028."""
    if of.example is None or of.example.inputs:
        return ""
    decimals = [len(m[1]) for m in _DECIMAL.finditer(of.item.statement.piece.text)]
    difference = _difference(of.example.left, of.example.right)
    if decimals and difference is not None and difference <= Fraction(1, 10 ** min(decimals)):
        return f"equal as far as its {min(decimals)} decimals tell"
    return ""


@rule
def _equal_names(of: Refutation) -> str:
    """z_4 = z_5, where its sentence assumes something in words, all weights are zero, or where nothing computes one."""
    statement = of.item.statement
    if not isinstance(statement, Equality) or not all(_NAME.fullmatch(m.text.strip()) for m in statement.members):
        return ""
    if of.study is not None and _input_apart(of.study):
        return "what stands on its right is computed from nothing"
    return "its sentence assumes something in words" if _BECAUSE.search(_sentence(of)) else ""


@rule
def _number_of_sizes(of: Refutation) -> str:
    """786432 + 262144 = 4 d^2, where d is the length of something."""
    sides = of.item.sides
    known = of.outline.sizes
    numbers = [is_number(side) for side in sides]
    names = {n.parts[0].text for side, number in zip(sides, numbers) if not number
             for n in walk(side) if n.kind in ("name", "ident")}
    told = any(numbers) and bool(names) and names <= known and of.example is not None and not of.example.inputs
    return "a value that it has at some sizes only" if told else ""


@rule
def _list_of_numbers(of: Refutation) -> str:
    """f(x_i, W) = [13, −7, 11]: scores of an example."""
    last = of.item.sides[-1] if of.item.sides else None
    if last is None:
        return ""
    every = list(walk(last))
    told = any(map(is_written_out, every)) and not any(n.kind in ("name", "ident") for n in every)
    return "a value that it has at some inputs only" if told and of.given else ""


@rule
def _number_and_index(of: Refutation) -> str:
    """p_{i+δ} = cos(δ ω) …: what is read as two things is one."""
    variables = of.study.page.program.variables if of.study is not None else {}
    below = {n.parts[0].text for side in of.item.sides for named in walk(side) if named.kind == "scripted"
             and named.parts[0].kind in ("name", "ident") and named.parts[0].parts[0].text in variables
             for s in named.parts[1] if s.kind in ("lowered", "picked") for n in walk(s) if n.kind in ("name", "ident")}
    both = sorted(below & of.given)
    return f"{both[0]} is a number here, and an index there" if both else ""


@rule
def _last_layer(of: Refutation) -> str:
    """z^L beside a z^l is that of the last layer, and no power of a z of another section."""
    bases = sorted(set(_LAST.findall(of.item.statement.piece.text)))
    layers = (rf"(?<![A-Za-z\\]){b}\s*\^\s*\{{?\s*l(?![A-Za-z])" for b in bases)
    found = next((b for b, layer in zip(bases, layers) if re.search(layer, of.text)), "")
    raised = of.study is not None and found in of.study.page.program.variables and not any(
        a.family for a in of.study.page.program.variables[found].axes)
    return f"{found}^L may be that of the last layer" if found and raised else ""


@rule
def _labelled_function(of: Refutation) -> str:
    """df/dx = 1 beside f_c(x) = c + x may be about that."""
    called = {i.name for i in of.needed if i.role == DEFINED and "(" in i.statement.piece.text.partition("=")[0]}
    found = sorted(n for n in called for above in of.item.above if n.startswith(f"{above}_"))
    return f"it may be about {found[0]}" if found else ""


@rule
def _moment_of_any(of: Refutation) -> str:
    """n Var(w), beside w_i, is said of any one of the w_i."""
    if of.study is None:
        told = any(n.kind == "moment" for side in of.item.sides for n in walk(side))
        return "it may be meant of any one entry" if told else ""
    alone = {n.parts[0].text for side in of.item.sides for m in walk(side) if m.kind == "moment" for n in m.parts[1]
             if n.kind in ("name", "ident")}
    variables = of.study.page.program.variables
    found = sorted(n for n in alone if n in variables and variables[n].axes)
    return f"it may be meant of any one {found[0]}_i" if found else ""


@rule
def _gradient_of_a_formula(of: Refutation) -> str:
    """∂σ(uᵀv)/∂v, which is computed from nothing here."""
    return "the gradient of a formula would be an input" if of.given & {f"∂{name}" for name in EXPRESSIONS} else ""


@rule
def _case_behind(of: Refutation) -> str:
    """(when d_k = d/h), behind the claim."""
    piece = of.item.statement.piece
    behind = of.text[piece.at + len(piece.text):][:200].partition("\n\n")[0].lstrip("$ ")
    found = _CASE_BEHIND.match(behind)
    return f"its sentence speaks of a case: {found[0].strip(' (（,，')}" if found else ""


def _input_apart(study: Study) -> bool:
    """Whether an input on the right of the claim is none of those from which its left side is computed."""
    program, (claim, _) = study.page.program, study.claims[0]
    left = names(expression(claim.left))
    reached = program.made_of(left)
    return bool(names(claim.right) & set(program.inputs) - reached)


def _sentence(of: Refutation) -> str:
    """The sentence that leads to the claim, also where it ends above a display."""
    before = of.text[max(0, of.item.place.start - 300):of.item.statement.piece.at]
    parts = [p for p in SENTENCE.split(before.replace("\n\n", "\n").rstrip("$ \n")) if p and p.strip("$ \n")]
    return parts[-1] if parts else ""


def _difference(left: str, right: str) -> Fraction | None:
    try:
        return abs(Fraction(left) - Fraction(right))
    except (ValueError, ZeroDivisionError):
        return None
