"""Damaged claims, steps and definitions, and whether what checks these would notice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from derive import notation
from derive.claims import EQUAL, TURNED, Claim
from derive.derivation import Derivation, Derivative
from derive.expression import Expr, Partial, Ref, expression, names, walk
from derive.program import ProgramError, Variable, check_members
from derive.stated import Entry, StatedPage
from verify.mutants.damage import Signatures, damaged
from verify.mutants.peer import Peer
from verify.mutants.same import reached, same_outputs
from verify.mutants.truth import Line, Truth
from verify.proof import prove
from verify.steps import Checker
from verify.study import derivative_names
from verify.verdict import PROVED

KILLED, EQUIVALENT, SURVIVED, FALSE = "killed", "equivalent", "survived", "passed a false line"
NO_VALUE = "without a value"        # it names members that do not exist, or divides by zero: neither killed nor passed
CLAIM, STEP, DEFINITION = "claim", "step", "definition"
FEW = (1, 3)                # draws at which the claims about another program are tried, all of them at the first
OF_STEP = 4                 # draws at which exact arithmetic looks at a damaged step that was believed
OF_A_KIND = {CLAIM: 6, DEFINITION: 6, STEP: 3}       # of one line that are tried at most: spread over it
TURNED_ROUND = "the relation turned round"
WHOLE = (0, 1)
Progress = Callable[[int, int], Any]


@dataclass(frozen=True)
class Survivor:
    """A damaged line that nothing noticed, as text in index notation: `way` says what was done to it."""

    kind: str
    line: str
    way: str
    damaged: str
    outcome: str


@dataclass
class Mutants:
    """`counts` maps (kind, outcome) to how many there were. `part` is (k, n) where every n-th is tried, from the k-th
    on."""

    name: str
    signatures: Signatures
    counts: Counter = field(default_factory=Counter)
    survivors: list[Survivor] = field(default_factory=list)
    part: tuple[int, int] = WHOLE
    seen: int = 0

    @property
    def passed(self) -> bool:
        """Something was killed, and nothing survived."""
        return not self.survivors and any(o == KILLED for _, o in self.counts)

    def due(self) -> bool:
        """Whether the next one belongs to the part that is tried."""
        self.seen += 1
        which, parts = self.part
        return self.seen % parts == which

    def add(self, kind: str, left: Ref | Expr, way: str, changed: Expr, outcome: str) -> None:
        self.counts[kind, outcome] += 1
        if outcome in (SURVIVED, FALSE):
            self.survivors.append(Survivor(kind, self._shown(expression(left)), way, self._shown(changed), outcome))

    def _shown(self, e: Expr) -> str:
        return notation.text(notation.to_index(e, self.signatures, taken=frozenset(a.name for a in e.free)))


def mutants(entry: Entry, progress: Progress | None = None, part: tuple[int, int] = WHOLE) -> Mutants:
    """Damage every claim, every step and every definition of an entry.

    A damaged claim is killed by exact arithmetic; a damaged step, by the step checker, which must refuse it; a damaged
    definition, with all that is derived from it, by the entry's references. One that is not is equivalent where a
    proof says so and exact arithmetic does not object. `progress(done, total)` is called after each line.
    """
    page = entry.page()
    derivation = Checker(page.derive()).judge()
    found = Mutants(entry.name, derivation.signatures, part=part)
    truth = Truth(page.program, derivative_names(derivation), entry.cases)
    checker = Checker(derivation)
    work = [*(partial(_of_claim, claim, derivation, truth, found) for claim in page.claims),
            *(partial(_of_steps, d, checker, truth, found) for d in derivation.derivatives),
            partial(_of_definitions, entry, page, derivation, found)]
    for done, line in enumerate(work, 1):
        line()
        if progress is not None:
            progress(done, len(work))
    return found


def chosen(e: Expr, signatures: Signatures, most: int) -> list[tuple[str, Expr]]:
    """At most so many of each kind, from both ends and between."""
    kinds: dict[str, list[Expr]] = {}
    for way, changed in damaged(e, signatures):
        if changed != e:
            kinds.setdefault(way, []).append(changed)
    return [(way, made[k * (len(made) - 1) // max(min(most, len(made)) - 1, 1)]) for way, made in kinds.items()
            for k in range(min(most, len(made)))]


def _of_claim(claim: Claim, derivation: Derivation, truth: Truth, found: Mutants) -> None:
    if claim.relation != EQUAL:
        return _of_bound(claim, derivation, truth, found)
    line = truth.line(claim.left, claim.right)
    for way, changed in chosen(claim.right, derivation.signatures, OF_A_KIND[CLAIM]):
        if found.due():
            found.add(CLAIM, claim.left, way, changed, _told(replace(claim, right=changed), line, derivation))


def _of_bound(claim: Claim, derivation: Derivation, truth: Truth, found: Mutants) -> None:
    """The relation turned round; a damaged side, which must be refuted or be another true bound, and is counted where
    it is refuted; the gap between the sides, damaged as an equation is."""
    turned = truth.line(claim.left, claim.right, relation=TURNED[claim.relation])
    found.add(CLAIM, claim.left, TURNED_ROUND, claim.right, KILLED if turned.refutes(claim.right) else SURVIVED)
    line = truth.line(claim.left, claim.right, relation=claim.relation)
    for way, changed in chosen(claim.right, derivation.signatures, OF_A_KIND[CLAIM]):
        if found.due() and line.refutes(changed):
            proved = prove(replace(claim, right=changed, gap=None), derivation).verdict == PROVED
            found.add(CLAIM, claim.left, way, changed, FALSE if proved else KILLED)
    if claim.gap is not None:
        line = truth.line(claim.left, claim.right)
        for way, changed in chosen(claim.gap, derivation.signatures, OF_A_KIND[CLAIM]):
            if found.due():
                found.add(CLAIM, claim.left, way, changed, _told(claim.with_gap(changed), line, derivation))


def _told(claim: Claim, line: Line, derivation: Derivation) -> str:
    refuted = line.refutes(claim.right)
    if refuted:
        return KILLED
    if refuted is None and _leaves_its_range(claim.right, derivation):
        return NO_VALUE
    proved = prove(claim, derivation).verdict == PROVED
    if refuted is None:
        return FALSE if proved else NO_VALUE
    return EQUIVALENT if proved else SURVIVED


def _leaves_its_range(e: Expr, derivation: Derivation) -> bool:
    """Whether an index may run past what it indexes: no page may say so."""
    derived = {d.name: Variable(d.name, d.equation.letters) for d in derivation.derivatives}
    try:
        check_members(e, derivation.program.variables | derived, "")
    except ProgramError:
        return True
    return False


def _of_steps(d: Derivative, checker: Checker, truth: Truth, found: Mutants) -> None:
    start: Expr = expression(Ref(d.name, d.equation.letters))
    for step in d.steps:
        first = start if step.rule != "cases" else d.equation.body
        exact = not any(isinstance(n, Partial) for n in walk(step.after))
        line = truth.line(step.left, step.after, (step.condition,) if step.condition else ()) if exact else None
        for way, changed in chosen(step.after, checker.derivation.signatures, OF_A_KIND[STEP]):
            if not found.due():
                continue
            outcome = KILLED
            if checker.judged(d, replace(step, after=changed), first).verdict == PROVED:
                outcome = (FALSE if line is not None and line.refutes(changed, OF_STEP)
                           else EQUIVALENT if checker.same(d, step.after, changed) else SURVIVED)
            found.add(STEP, step.left, way, changed, outcome)
        start = step.after if step.rule != "cases" else start


def _of_definitions(entry: Entry, page: StatedPage, derivation: Derivation, found: Mutants) -> None:
    """Each definition damaged in the program itself: outputs and gradients agree with each other, and must differ from
    code that nobody here wrote, or the closed forms that the entry states must fail."""
    peer = Peer.of(entry, page, derivation)
    for equation in page.program.equations:
        for way, changed in chosen(equation.body, page.program.signatures, OF_A_KIND[DEFINITION]):
            if not found.due():
                continue
            other = replace(page, program=replace(page.program, equations=[
                replace(e, body=changed) if e is equation else e for e in page.program.equations]))
            found.add(DEFINITION, equation.left, way, changed,
                      _noticed(equation.name, page, other, derivation, peer))


def _noticed(name: str, page: StatedPage, other: StatedPage, derivation: Derivation, peer: Peer | None) -> str:
    by_outputs = peer.other_outputs(other) if peer is not None else False
    if by_outputs is None:
        return NO_VALUE
    if by_outputs or _claim_fails(name, other, derivation):
        return KILLED
    if peer is not None and page.wanted and peer.other_gradients(other):
        return KILLED
    claim = Claim("", Ref(name, page.program.defined[name].letters), other.program.defined[name].body)
    if prove(claim, derivation).verdict == PROVED or same_outputs(page.program, other.program, name):
        return EQUIVALENT
    itself = Truth(other.program, derivative_names(derivation)).line(claim.left, claim.right)
    nowhere = itself.refutes(claim.right) is None or _leaves_its_range(claim.right, derivation)
    return NO_VALUE if nowhere else SURVIVED


def _claim_fails(name: str, other: StatedPage, derivation: Derivation) -> bool:
    """Whether exact arithmetic refutes a closed form about a name once the program is another."""
    truth = Truth(other.program, derivative_names(derivation))
    lines = [(truth.line(c.left, c.right, relation=c.relation), c.right) for c in other.claims
             if name in reached(other.program, names(expression(c.left)) | names(c.right))]
    return any(line.refutes(right, draws) for draws in FEW for line, right in lines)
