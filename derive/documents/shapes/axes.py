"""The final signature of every name: sizes that nothing tells become sizes of their own, axes get letters to print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from derive.bounds import nonnegative
from derive.documents.names.named import Named
from derive.documents.problems import Unreadable
from derive.documents.shapes.shapes import OpenShapes, Signatures, Signer, is_open
from derive.index import ONE, Letter, Poly, Size, poly
from derive.program import plain

_SIZES = "nmpqdkruvw"
_LETTERS = "ijkpqrsuvabcdeg"


class Axes:
    """Names what nothing in the document names. `taken` are all words of the document; `length` is a size of it that
    the first axis has of which nothing else tells the length; `stated` are the numbers to which the document counts,
    such as H − p + 1; sizes are at `least` so large."""

    def __init__(self, shapes: OpenShapes, sizes: dict[str, Size], taken: set[str], length: str = "",
                 stated: frozenset[Poly] = frozenset(), least: Mapping[str, int] = MappingProxyType({})):
        self.shapes, self.sizes, self.taken, self.length, self.stated = shapes, sizes, set(taken), length, stated
        self.least = least
        self._letters: dict[str, list[str]] = {}

    def signatures(self, named: Iterable[Named], signer: Signer, ranks: dict[str, int]) -> Signatures:
        """The axes of every name.

        Raises:
            Unreadable: for a size that may be negative.
        """
        every = list(named)
        self.stated |= {self.shapes.resolved(a.high) for n in every if n.declared is not None
                        for a in signer.signature(n, n.rank if n.rank is not None else ranks.get(n.name, 0))}
        self._pool = [c for c in _LETTERS if c not in self.taken | {f.name for n in every for f in n.families}]
        for one in every:
            self._grown(one, signer, ranks)
        return {n.name: self._signature(n, signer, ranks) for n in every}

    def _grown(self, named: Named, signer: Signer, ranks: dict[str, int]) -> None:
        """Where a stack has told that the size of x is n − m, with n told by nothing, n is m plus the size of x."""
        if named.declared is not None:
            return
        rank = named.rank if named.rank is not None else ranks.get(named.name, 0)
        for axis in signer.signature(named, rank)[len(named.families):]:
            length = self.shapes.resolved(axis.high)
            if nonnegative(length):
                continue
            for atom in length.atoms():
                if isinstance(atom, Size) and is_open(atom) and not atom.at and dict(length.terms).get((atom,)) == 1:
                    fresh = Size(f"{atom.name}+")
                    self.shapes.found[atom.name] = ((), poly(fresh) - (length - atom))
                    break

    def _signature(self, named: Named, signer: Signer, ranks: dict[str, int]) -> tuple[Letter, ...]:
        rank = named.rank if named.rank is not None else ranks.get(named.name, 0)
        named.families = [Letter(f.name, f.low, self._closed(self.shapes.resolved(f.high)), True, f.key)
                          if any(map(is_open, f.high.atoms())) else f for f in named.families]
        axes: list[Letter] = list(named.families)
        for axis in signer.signature(named, rank)[len(axes):]:
            length = self._closed(self.shapes.resolved(axis.high))
            told = named.declared is not None or any(
                isinstance(a, Size) and a.name in self.shapes.by_ends for a in axis.high.atoms())
            if not told and length not in self.stated and not nonnegative(length):
                raise Unreadable(f"the size of {named.name} comes out as {plain(length)}, which may be negative; "
                                 f"declare {named.name}", named.at)
            axes.append(Letter(self._letter(length, axes), ONE, length))
        return tuple(axes)

    def _closed(self, length: Poly) -> Poly:
        """Open sizes get names."""
        for atom in [a for a in length.atoms() if isinstance(a, Size) and is_open(a)]:
            name = next(self._unused())
            if self.length and not atom.at:
                name, self.length = self.length, ""
            self.taken.add(name)
            self.sizes[name] = Size(name, (), self.least.get(name, 1))
            letters = tuple(Letter("l", 1, 1) for _ in atom.at)
            self.shapes.found[atom.name] = (letters, poly(Size(name, tuple(map(poly, letters)))))
        return self.shapes.resolved(length)

    def _unused(self) -> Iterator[str]:
        yield from (c for c in _SIZES if c not in self.taken)
        k = 1
        while True:
            if f"n_{k}" not in self.taken:
                yield f"n_{k}"
            k += 1

    def _letter(self, length: Poly, before: list[Letter]) -> str:
        """The same letter for the same length, another one for a second axis."""
        known = self._letters.setdefault(plain(length), [])
        used = {a.name for a in before}
        for name in known:
            if name not in used:
                return name
        taken = {x for names in self._letters.values() for x in names}
        name = next((c for c in self._pool if c not in taken), None) or f"i_{len(taken)}"
        known.append(name)
        return name
