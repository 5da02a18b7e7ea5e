"""Verification: proof, exact arithmetic, comparison with torch and JAX, and a checker for backward passes of one's own.

    verify.check(forward, backward, inputs)     a `Report`, true if every gradient is right
    verify.array("batch", "n", positive=True)   an input that is drawn, with named sizes
    verify.assert_gradient(…)                   the same as `check`, as an assertion for pytest
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:       # importing this must stay cheap
    from verify.checker import Report, array, assert_gradient, check

__all__ = ["Report", "array", "assert_gradient", "check"]


def __getattr__(name: str) -> object:
    if name in __all__:
        import verify.checker

        return getattr(verify.checker, name)
    raise AttributeError(f"module 'verify' has no attribute '{name}'")
