"""What a text says of an arbitrary loss: that it is a function of the last member, h_T, and of no other."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MEMBER = r"\$?`?\s*(\\?[A-Za-z]+)_\{?\s*T\s*\}?\s*`?\$?"
_TOLD = re.compile(
    rf"(?:function\s+of|depends?\s+(?:only\s+|just\s+)?on|computed\s+from)\s+(?:the\s+(?:\w+\s+){{0,3}})?{_MEMBER}"
    rf"(?!\s*(?:,|and|和))|(?:依赖于?|取决于|(?:只|仅)(?:与|和|依赖于?|取决于))\s*{_MEMBER}|"
    rf"(?:是|为)\s*{_MEMBER}\s*的函数", re.IGNORECASE)


def last_members(text: str) -> Iterator[str]:
    """The names of which the loss depends on the last member."""
    for found in _TOLD.finditer(text):
        yield next(name for name in found.groups() if name).lstrip("\\")
