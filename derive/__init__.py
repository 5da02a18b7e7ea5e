"""Gradients of deep learning, derived with symbolic sizes.

    page = derive.page("rms_norm")      a page to state a computation on, with SymPy objects: see `derive.entry.Page`
    verify.api.prove(page)              derived, every step proved
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing this must stay cheap
    from derive.entry import Page


def page(name: str) -> Page:
    """An empty page: state sizes, inputs, definitions, an output or a loss, and what is wanted.

    Raises:
        ValueError: for a name that is not made of letters, digits and underscores.
    """
    from derive.entry import Page
    from derive.program import Program

    if not name.isidentifier():
        raise ValueError(f"{name!r} is no name: use letters, digits and underscores")
    return Page(Program(name))
