"""An input at which two sides differ, in one line."""

from __future__ import annotations

from cli.summary import sizes_text
from cli.words import phrase, reason

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any


def counterexample_text(c: dict[str, Any], say: str, of_member: bool) -> str:
    """Of a member the left side is the true value; elsewhere neither is."""
    one, other = ("right value", "wrong value") if of_member else ("left side", "right side")
    inputs = "; ".join(f"{name} = {values_text(value)}" for name, value in c["inputs"].items())
    inputs += ". " if inputs else ""
    at = f"{phrase(c['at'], say) if c['at'] == 'shapes' else c['at']}: " if c["at"] else ""
    sizes = f" ({sizes_text(c['sizes'])})" if c["sizes"] else ""
    return (f"{phrase('counterexample', say)}{sizes}: {inputs}{at}"
            f"{phrase(one, say)} {reason(c['left'], say)}, {phrase(other, say)} {reason(c['right'], say)}")


def values_text(value: Any) -> str:
    """Nested lists of exact numbers: `[[1, -3/2], [0, 2]]`."""
    if isinstance(value, list):
        return f"[{', '.join(map(values_text, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k}: {values_text(v)}' for k, v in value.items())}}}"
    return str(value)
