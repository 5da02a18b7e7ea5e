"""Marks to a tree, by the LALR grammar. lark is imported when the first formula is read."""

from __future__ import annotations

from functools import cache
from typing import Any

from derive.reading.builder import Builder
from derive.reading.errors import ReadingError
from derive.reading.grammar import GRAMMAR
from derive.reading.source import Source
from derive.reading.syntax import Node, TooDeep
from derive.reading.tokens import Lexeme

_DESCRIBED = {
    "NAME": "a name", "IDENT": "a name", "FUNCTION": "a name", "NUMBER": "a number", "RPAR": "')'", "RBRACKET": "']'",
    "RBRACE": "'}'", "NORM_CLOSE": "'‖'", "ABS_CLOSE": "'|'", "LPAR": "'('", "$END": "the end", "REL": "a relation",
    "PLUS": "an operator", "MINUS": "an operator", "ENTRY": "an operator", "TIMES": "an operator",
    "SLASH": "an operator", "LBRACE": "'{'", "COMMA": "','", "CASES_CLOSE": "the end of the cases",
    "MATRIX_CLOSE": "the end of the matrix",
    "AMP": "'&'", "OTHERWISE": "otherwise", "SUB": "'_'", "SUP": "'^'",
}
_SHOWN = 4


def parse(tokens: list[Lexeme], source: Source) -> Node:
    """The tree of a formula.

    Raises:
        ReadingError: at the first mark that fits no rule, with what would have fitted.
    """
    import lark

    try:
        return _parser().parse(tokens)
    except lark.exceptions.UnexpectedToken as unexpected:
        raise _unexpected(unexpected, source) from None
    except lark.exceptions.VisitError as error:
        raise error.orig_exc from None
    except TooDeep as deep:
        raise source.error(deep.message, deep.at) from None


def _unexpected(unexpected: Any, source: Source) -> ReadingError:
    found = unexpected.token
    ended = found.type == "$END"
    expected = tuple(sorted({_DESCRIBED[name] for name in unexpected.accepts or unexpected.expected
                             if name in _DESCRIBED and _DESCRIBED[name] != "an operator"}))
    wanted = f"; expected {' or '.join(expected[:_SHOWN])}" if expected else ""
    what = "the formula ends too early" if ended else f"'{found}' does not fit here"
    at = len(source.text) if ended else found.value.at
    return source.error(f"{what}{wanted}", at, expected=expected)


@cache
def _parser() -> Any:
    import lark

    class Given(lark.lexer.Lexer):
        """Hands on marks that are known already."""

        def __init__(self, configuration: Any):
            pass

        def lex(self, tokens: Any, _: Any = None) -> Any:
            return (lark.Token(t.kind, t, start_pos=t.at) for t in tokens)

    return lark.Lark(GRAMMAR, parser="lalr", lexer=Given, transformer=_Unwrapped(Builder()))


class _Unwrapped:
    """The builder, given our own marks instead of lark's tokens."""

    def __init__(self, builder: Builder):
        self._builder = builder

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._builder, name)
        return lambda children: method([getattr(c, "value", c) for c in children])
