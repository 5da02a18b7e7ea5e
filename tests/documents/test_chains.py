"""Chains a = b = c taken apart."""

from __future__ import annotations

from derive.documents.lines.statement_reader import statements
from derive.documents.lines.statements import Equality
from derive.documents.outline.chains import equations_of
from derive.documents.pages.places import places

TEXT = "```\na = b + 1\n  = c = d\n```\n"


def chain() -> Equality:
    (statement,) = statements(places(TEXT)).found
    assert isinstance(statement, Equality)
    return statement


def test_each_member_is_held_against_the_first():
    parts = [part for part, _ in equations_of(chain())]
    assert [[m.text for m in part.members] for part in parts] == [["a", "b + 1"], ["a", "c"], ["a", "d"]]
    assert ["".join(part.piece.text.split()) for part in parts] == ["a=b+1", "a=c", "a=d"]


def test_every_character_keeps_its_place():
    for part, _ in equations_of(chain()):
        for member in part.members:
            at = member.at - part.piece.at
            assert part.piece.text[at:at + len(member.text)] == member.text == TEXT[member.at:][:len(member.text)]


def test_an_equation_is_shown_where_its_member_is():
    whole = chain()
    assert [TEXT[at:][:1] for _, at in equations_of(whole)] == ["a", "c", "d"]


def test_an_equation_of_two_members_stays_as_it_is():
    (statement,) = statements(places("$a = b$")).found
    assert [part for part, _ in equations_of(statement)] == [statement]
