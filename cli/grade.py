"""`derive grade ANSWER --for lstm.W_f`: whether a formula that a student typed is what the catalogue derives."""

from __future__ import annotations

import gc
import re
import sys

from cli import terminal
from cli.counterexamples import counterexample_text
from cli.errors import UserError, nearest_line
from cli.findings import clean, joined
from cli.findings_json import dumped
from cli.lookup import look_up
from cli.words import phrase, verdict, way
from derive import catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

    from cli.formulas import Drawing
    from derive.expression import Ref
    from derive.reading import Reading, Scope
    from verify.grading import Grade

SECONDS = 60
LONGEST = 2_000             # characters of an answer


def run(arguments: Any) -> int:
    """Print the verdict. 0: the answer holds; 1: it does not, or neither was shown.

    Raises:
        UserError: for an answer that cannot be read, or is none.
    """
    if len(arguments.answer) > LONGEST:
        raise UserError(f"an answer has at most {LONGEST} characters")
    head, wanted = _named(arguments.wanted)
    gc.disable()
    made = Question(head, wanted).graded(arguments.answer)
    if arguments.json:
        sys.stdout.write(dumped(made, terminal.unicode_output(sys.stdout)))
    else:
        terminal.warn_of_lost_characters()
        sys.stdout.write(joined(_lines(made, arguments.lang)))
    return 0 if made["verdict"] in ("proved", "verified") else 1


def _named(said: str) -> tuple[Any, str]:
    """The entry, and the name in it: `lstm.W_f`, `lstm:∂L/∂W_f`; of a fact of one entry, the fact."""
    entry, sign, name = re.match(r"([^.:]*)([.:]?)(.*)", said, re.DOTALL).groups()      # type: ignore[union-attr]
    found = look_up(entry, files=False)
    if len(found.heads) > 1:
        raise UserError(f"'{clean(entry)}' stands for {', '.join(h.name for h in found.heads)}; name one of them")
    if not sign and found.fact is None:
        raise UserError(f"name what is asked for, such as {found.heads[0].name}.W")
    return found.heads[0], name if sign else found.fact or ""


class Question:
    """One name of one entry, with all that an answer may speak of."""

    def __init__(self, head: Any, wanted: str):
        from cli.formulas import Drawing
        from derive.reading import Scope

        self.head = head
        self.page = catalogue.load_file(head).page()
        self.derivation = self.page.derive()
        program = self.page.program
        signatures = {**program.signatures, **self.derivation.signatures}
        written_out = {n: program.defined[n] for n in program.abbreviations}
        self.drawing: Drawing = Drawing(signatures, program.loss_symbol, written_out)
        self.scope: Scope = Scope(signatures, program.sizes, program.functions, program.loss_symbol)
        self.left, self.body = self._find(wanted)

    def graded(self, answer: str) -> dict[str, Any]:
        """What is found, as `--json` has it.

        Raises:
            UserError: for an answer that cannot be read, or is none.
        """
        from dataclasses import asdict

        said = self._read(answer)
        found = self._judged(said)
        verdict = found.verdict
        c = verdict.counterexample
        return {"version": 1, "entry": self.head.name, "of": self.drawing.name(self.left.name)[0], "answer": answer,
                "read": self.drawing.drawn(said.layout)[0], "verdict": verdict.verdict, "by": verdict.by,
                "detail": verdict.detail, "whole": found.whole, "counterexample": None if c is None else asdict(c),
                "mistake": None if found.mistake is None else dict(found.mistake.why)}

    def _judged(self, said: Reading) -> Grade:
        from verify.documents.allowed_time import TooLong, allowed_time
        from verify.grading import Grade, NoAnswer, grade
        from verify.verdict import UNDECIDED, Verdict

        try:
            with allowed_time(SECONDS):
                return grade(self.left.name, self.left_letters, said, self.derivation, self.page.mistakes)
        except NoAnswer as error:
            raise UserError(f"no answer: {error}") from error
        except TooLong:
            return Grade(Verdict(UNDECIDED, detail=f"took longer than {SECONDS} s"))

    @property
    def left_letters(self) -> tuple[Any, ...]:
        return tuple(p.letter for p in self.left.indices)

    def _read(self, answer: str) -> Reading:
        """The answer as an equation: with its own left side, or else with that of what is asked for."""
        problems: list[UserError] = []
        for form in ("latex",) if "\\" in answer else ("unicode", "latex"):     # x_{1} may be either
            for left in ("", *self._left_sides(form)):
                try:
                    return self._equation(left, answer, form)
                except UserError as problem:
                    problems += [problem] if left else []
        raise problems[0]

    def _left_sides(self, form: str) -> list[str]:
        which = ("unicode", "latex").index(form)
        sides = (self.drawing.side(self.left, self.body, None, n)["left"] for n in ("matrix", "index"))
        return [f"{side[which]} = " for side in sides]

    def _equation(self, left: str, answer: str, form: str) -> Reading:
        from derive.reading import ReadingError, read

        try:
            said = read(left + answer, self.scope, form)
        except ReadingError as error:
            column = max(error.column - (len(left) if error.line == 1 else 0), 1)
            raise UserError(f"the answer cannot be read: {error.line}:{column}: {clean(error.message)}") from error
        if said.left is None:
            raise UserError("the answer is no equation")
        return said

    def _find(self, wanted: str) -> tuple[Ref, Any]:
        """What is asked for, and what is known of it: a derivative, a definition, or what a fact speaks of."""
        from derive.expression import Ref

        named: dict[str, tuple[Ref, Any]] = {}
        loss = self.drawing.loss
        for e in self.page.program.equations:       # c is what it is defined as, ∂c the derivative by it
            named |= dict.fromkeys((e.name, self.drawing.name(e.name)[0]), (e.left, e.body))
        for d in self.derivation.derivatives:
            aliases = [d.name, self.drawing.name(d.name)[0]]
            if d.value is None and d.moment is None:
                aliases += [d.of, f"d{d.of}", f"∂{d.of}", f"∂{loss}/∂{d.of}"]
            for alias in aliases:
                named.setdefault(alias, (Ref(d.name, d.equation.letters), d.equation.body))
        of_fact = {c.left.name for c in self.page.claims if c.fact == wanted and isinstance(c.left, Ref)}
        if wanted in named:
            return named[wanted]
        if len(of_fact) == 1 and (name := of_fact.pop()) in named:
            return named[name]
        if of_fact:
            shown = ", ".join(sorted(self.drawing.name(n)[0] for n in of_fact))
            raise UserError(f"{wanted} speaks of {shown}; name one of them, such as "
                            f"{self.head.name}.{sorted(of_fact)[0]}")
        raise UserError(nearest_line(f"{self.head.name} has no gradient and no definition '{clean(wanted)}'",
                                     catalogue.nearest(wanted, list(named), 3), f"see derive {self.head.name}"))


def _lines(made: dict[str, Any], say: str) -> list[str]:
    """For people: the verdict, how the answer was read, and what shows it."""
    good = made["verdict"] in ("proved", "verified")
    word = phrase("verified", say) if made["verdict"] == "verified" else verdict(made["verdict"], say)
    by = f" ({way(made['by'], say)})" if good and made["by"] else ""
    mark = "✓" if good else "✗" if made["verdict"] == "refuted" else "?"
    lines = [f"{mark} {word}{by}: {made['entry']}, {made['of']}", f"  {phrase('read as', say)}: {clean(made['read'])}"]
    if made["mistake"]:
        lines.append(f"  {phrase('known mistake', say)}: {made['mistake'][say]}")
    if made["counterexample"]:
        lines.append(f"  {clean(counterexample_text(made['counterexample'], say, of_member=True), 4_000)}")
    if made["detail"] and not good:
        lines.append(f"  {clean(made['detail'])}")
    if not made["whole"]:
        lines.append(f"  {phrase('some members only', say)}")
    return lines
