"""The one error that a user sees: a line on stderr, and exit status 2."""

from __future__ import annotations


class UserError(Exception):
    """Bad input. The message is one clear line that says what to do instead."""


class Problems(UserError):
    """Several things wrong with one document: a line for each, which begins with the place."""

    def __init__(self, lines: list[str]):
        super().__init__("\n".join(lines))


def nearest_line(complaint: str, nearest: list[str], otherwise: str) -> str:
    """`there is no entry 'lstn'; did you mean lstm?`"""
    return f"{complaint}; " + (f"did you mean {' or '.join(nearest)}?" if nearest else otherwise)
