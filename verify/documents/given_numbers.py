"""A claim read with the numbers that the text gives to inputs: with n = 32 and k = 3 we get o = 32."""

from __future__ import annotations

import operator
import re
from dataclasses import replace
from fractions import Fraction

from derive.documents.functions.keys import keys
from derive.documents.lines.items import CONDITION, DECLARED, DEFINED, Item
from derive.documents.lines.statements import Equality, Relation
from derive.documents.outline.outline import Outline
from derive.documents.trees.plain_numbers import gives_a_number
from derive.documents.trees.rewriting import PI
from derive.documents.trees.trees import walk
from verify.documents.as_number import all_numbers, is_about_numbers, numbers_for
from verify.documents.attempts import Attempt
from verify.documents.outcome import Outcome
from verify.documents.slices import Slices
from verify.verdict import Counterexample

_END = re.compile(r"[.!?。！？；;](?=\s|$)|[。！？；]")
_HOLDS = {"<": operator.lt, "≤": operator.le, ">": operator.gt, "≥": operator.ge}
_VALUE = re.compile(r"[\d./\s−-]+")


def is_value(item: Item) -> bool:
    """Whether a claim says that something is a number."""
    statement = item.statement
    return isinstance(statement, Equality) and bool(_VALUE.fullmatch(statement.members[-1].text))


def is_formula_in(setting: Item, item: Item) -> bool:
    """Whether the name that has a number stands on the right of a claim, which is meant for all its values then:
    f'(x) = 2x − 2, where the text says that f is symmetric about x = 1."""
    right = (n for side in item.sides[-1:] for n in walk(side))
    return setting.name in keys(n.parts[0].text for n in right if n.kind in ("name", "ident"))


def is_aside(setting: Item, item: Item) -> bool:
    """Whether a number is only mentioned in front of a formula in this name."""
    return is_formula_in(setting, item) and not (setting.words.condition or setting.words.introduces)


def fulfils(example: Counterexample | None, item: Item) -> bool:
    """Whether a counterexample lies where inequalities between an input and numbers hold: θ < 0, −1 < ρ < 1."""
    relation, (name, *more) = item.statement, [*sorted(item.uses), "", ""][:2]
    given = example.inputs.get(name) if example is not None else None
    if not isinstance(relation, Relation) or any(more) or not isinstance(given, str):
        return False
    values = [_number(m.text) for m in relation.members]
    if [v is None for v in values].count(True) != 1 or not set(relation.signs) <= _HOLDS.keys():
        return False
    numbers = [Fraction(given) if v is None else v for v in values]
    return all(_HOLDS[sign](left, right) for left, sign, right in zip(numbers, relation.signs, numbers[1:]))


def with_lengths(lengths: frozenset[str], needed: list[Item], item: Item, slices: Slices) -> Outcome:
    """The outcome where sizes are the numbers that the text gives them, and nothing else: the numbers of parameters of
    which a claim speaks rest on no matrix."""
    kept = [i for i in needed if i.role != DECLARED or not i.sizes & lengths]
    elsewhere = replace(slices.outline.elsewhere, sizes=slices.outline.elsewhere.sizes - lengths)
    return Attempt(slices, item, kept, given={"elsewhere": elsewhere}).with_shapes(0)


def _number(text: str) -> Fraction | None:
    found = _VALUE.fullmatch(text.strip())
    try:
        return Fraction(text.strip().replace("−", "-")) if found else None
    except (ValueError, ZeroDivisionError):
        return None


def asked_in_front(item: Item, example: Counterexample, outline: Outline, text: str) -> list[Item]:
    """The conditions of the sentence, in front of the item, on what has values in a counterexample: if b = 0, then
    y = w x; with p_i = 1/n, H = log n. So are numbers for what is computed, for p = ½, where p = σ(z), and for a value
    all numbers that stand above it under its heading."""
    values = example.inputs.keys() | example.sizes.keys()
    computed = {i.name for i in outline.items if i.role == DEFINED and not any(i.member)}
    return [i for i in outline.items if i.role == CONDITION and not i.setting
            and (i.name in values or (i.name in computed and gives_a_number(i)))
            and i.scope == item.scope
            and i.number < item.number and isinstance(i.statement, Equality)
            and (i.paragraph == item.paragraph and not _END.search(text[i.statement.piece.at:item.statement.piece.at])
                 or is_value(item) and i.part == item.part and gives_a_number(i))]


def _as_condition(item: Item, names: set[str]) -> Item:
    """What the text says elsewhere of a name that has a number here."""
    return replace(item, role=CONDITION) if item.role == DEFINED and item.name in names else item


def with_numbers(item: Item, settings: list[Item], slices: Slices) -> Outcome | None:
    """The verdict on a claim with such numbers; of a value, where all inputs have one."""
    outline = slices.outline
    given = [replace(i, role=DEFINED) for i in settings]
    names = {g.name for g in given}
    items = [next((g for g in given if g.number == i.number), _as_condition(i, names)) for i in outline.items]
    needed = replace(outline, items=items).slice(replace(item, number=len(items)))
    numbers, sizes = {i.number for i in needed}, frozenset(x for i in needed for x in i.sizes)
    given = [g for g in given if g.number in numbers or g.name in sizes & outline.sizes]
    if not given:
        return None
    lengths = frozenset(g.name for g in given if g.name in sizes & outline.sizes)
    needed = sorted((item if i.number == len(items) else i for i in needed
                     if i.role != DEFINED or i.name not in lengths), key=lambda i: i.number)
    if lengths:
        outcome = with_lengths(lengths, [*(g for g in given if g.name in lengths), *needed], item, slices)
    else:
        outcome = Attempt(slices, item, needed).with_shapes(0)
    if outcome.study is None:
        outcome = numbers_for([g.name for g in given], slices, item, needed)
    if outcome.study is None and is_about_numbers(item, slices):
        outcome = all_numbers(slices, item, needed)
    if outcome.study is None or (is_value(item) and set(outcome.study.page.program.inputs) - {PI}):
        return None
    outcome.reading = "with " + ", ".join(" ".join(i.statement.piece.text.split()) for i in given)
    return outcome if outcome.shown or outcome.refuted else None
