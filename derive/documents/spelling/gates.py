"""Gates above a name: of a^i_t, a^f_t and a^o_t beside i_t, f_t and o_t, the letter says to which gate it belongs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from derive.documents.spelling.second_derivatives import closed
from derive.reading.tokens import Lexeme

_FEWEST = 3         # gates that tell it


def gated(equations: Iterable[list[Lexeme]]) -> frozenset[str]:
    """The names that have gates above them: letters which are names of their own, with an index."""
    every = list(equations)
    defined = {t[0].text for t in every if len(t) > 2 and t[0].kind == "IDENT" and t[1].kind == "SUB"}
    above: dict[str, set[str]] = {}
    for tokens in every:
        for k in range(len(tokens)):
            found = _gate(tokens, k)
            if found is not None and found[0] in defined:
                above.setdefault(tokens[k].text, set()).add(found[0])
    return frozenset(base for base, gates in above.items() if len(gates) >= _FEWEST)


def with_gates(tokens: list[Lexeme], names: frozenset[str]) -> list[Lexeme]:
    """The marks, where a^f_t is a_f at t."""
    return list(_with_gates(tokens, names)) if names else tokens


def _with_gates(tokens: list[Lexeme], names: frozenset[str]) -> Iterator[Lexeme]:
    k = 0
    while k < len(tokens):
        found = _gate(tokens, k) if tokens[k].text in names else None
        if found is None:
            yield tokens[k]
            k += 1
            continue
        letter, index, k_behind = found
        yield replace(tokens[k], text=f"{tokens[k].text}_{letter}")
        yield from index
        k = k_behind


def _gate(tokens: list[Lexeme], k: int) -> tuple[str, list[Lexeme], int] | None:
    """Of a^f_t, or a_t^f, that begins here: the gate, the index, and where both end."""
    if tokens[k].kind != "IDENT":
        return None
    scripts: dict[str, list[Lexeme]] = {}
    end = k + 1
    while end + 1 < len(tokens) and tokens[end].kind in ("SUP", "SUB") and tokens[end].kind not in scripts:
        kind, start = tokens[end].kind, end
        end = closed(tokens, end + 1) or end + 2
        scripts[kind] = tokens[start:end]
    gate = [t for t in scripts.get("SUP", ()) if t.kind not in ("SUP", "LBRACE", "RBRACE")]
    if len(scripts) != 2 or len(gate) != 1 or gate[0].kind != "IDENT" or len(gate[0].text) != 1 or gate[0].text == "T":
        return None
    return gate[0].text, scripts["SUB"], end
