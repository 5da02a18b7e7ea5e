"""Letters that stand in the same places run alike: the j of h_j ∈ ℝ^n and e_j, and the k of Σ_k e_k."""

from __future__ import annotations

from collections.abc import Iterable

from derive.documents.lines.sets import MEMBER
from derive.documents.names.model import Range, Survey
from derive.documents.names.sequences import nodes_of
from derive.documents.trees.bound_letters import bound_letters
from derive.reading.syntax import BINDERS, Node

_Place = tuple[str, int]


class SamePlaces:
    """The letters of a survey in groups, of which each has one range; only those of families that are declared as
    h_j ∈ ℝ^n, or of a set, and none that stand where a declared side tells how far they run."""

    def __init__(self, survey: Survey):
        self.survey = survey
        self._places: dict[_Place, set[str]] = {}
        declared = set[str]()
        for d in survey.declared.values():
            if d.last is None:
                declared |= self._add(d.member.name, d.member.indices)
        every = [m for e in survey.equations for side in e.names for m, _ in side]
        declared |= {i.parts[0].text for m in every if m.name == MEMBER for i in m.indices if i.kind == "ident"}
        for member in every if declared else ():
            self._add(member.name, member.indices)
        self.groups = [group for group in self._joined() if group & declared and not self._has_a_side(group)]

    def stated(self, group: set[str]) -> list[Range]:
        """The ranges that are stated for letters of a group, alone or beside an equation."""
        every = [*self.survey.ranges.values(), *(r for e in self.survey.equations for r in e.ranges)]
        return [r for r in every if r.letter in group]

    def is_summed_over(self, group: set[str]) -> bool:
        """Whether something sums over a letter of a group, without bounds."""
        return any(group & bound_letters(n) for e in self.survey.equations for n in nodes_of(e)
                   if n.kind in BINDERS and not any(s.kind == "raised" for s in n.parts[0]))

    def _add(self, name: str, indices: Iterable[Node]) -> set[str]:
        """Takes the letters that stand alone as indices of a name."""
        found = set[str]()
        for place, item in enumerate(indices):
            if item.kind == "ident":
                self._places.setdefault((name, place), set()).add(item.parts[0].text)
                found.add(item.parts[0].text)
        return found

    def _joined(self) -> list[set[str]]:
        groups: list[set[str]] = []
        for letters in self._places.values():
            touched = [g for g in groups if g & letters]
            groups = [*(g for g in groups if not g & letters), letters.union(*touched)]
        return groups

    def _has_a_side(self, group: set[str]) -> bool:
        """Whether a letter stands where a side of a declared vector or matrix tells how far it runs."""
        return any(letters & group and name in self.survey.declared
                   and place >= len(self.survey.declared[name].member.indices)
                   for (name, place), letters in self._places.items())
