"""Under which name a page is taken to speak of one thing: h for h_t, and H(2) for the H(p, q) beside H(p)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from derive.documents.functions.called import call
from derive.reading.syntax import Node

_INDEX = re.compile(r"(.+?)_(?!in$|ln$|st$)[ijklmnpqrstτ]{1,2}$")
_NUMBER = re.compile(r"(.+?)_\d$")


def key(name: str, labels: Collection[str] = ()) -> str:
    """A name without what may be an index: h for h_t. What is a label in one formula is an index in another one, and a
    document that does not declare its names tells neither for certain; `labels` are letters that are no index in it,
    and names whose letter is none."""
    found = _INDEX.match(name)
    return found[1] if found and name not in labels and name.rpartition("_")[2] not in labels else name


def keys(names: Iterable[str], labels: Collection[str] = ()) -> frozenset[str]:
    """The names, and of each with a number the name without it: h_0 may be a member of h."""
    found = {key(n, labels) for n in names}
    return frozenset(found | {m[1] for n in found if (m := _NUMBER.match(n))})


def is_numbered(name: str, base: str) -> bool:
    """Whether a name is another one with a number: q_1 of q."""
    found = _NUMBER.match(name)
    return found is not None and found[1] == base


def called_as(node: Node) -> str:
    """A function with the number of its arguments, where there is more than one: H(p) is no H(p, q)."""
    _, given = call(node) or ("", ())
    name = node.parts[0].text.rstrip("'")
    return name if len(given) == 1 else f"{name}({len(given)})"


def known_as(name: str) -> frozenset[str]:
    """What a name of an item stands for: δ_s itself, and the δ of which s may be an index."""
    return keys([name]) | {name}
