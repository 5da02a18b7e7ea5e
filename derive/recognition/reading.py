"""The formulas of an entry as forms: as they are printed, with their parts written out, and with [h, x] taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from derive import catalogue, notation
from derive.catalogue import Head
from derive.claims import EQUAL
from derive.derivation import jacobian_name, total_name
from derive.expectation.laws import moment_named
from derive.expression import Expr, Ref, names
from derive.notation.layout import Equation
from derive.notation.names import unicode_name
from derive.recognition import forms
from derive.recognition.forms import DERIVATIVE, Form, NoForm
from derive.recognition.layouts import form_of
from derive.rewrite import unfold
from derive.stated import StatedPage

Found = tuple[str, str, str, Any, Form]


def formulas(head: Head) -> Iterator[Found]:
    """The name, the fact, what stands on the left, why it is wrong, and the form of each formula."""
    reader = Reader(catalogue.load_file(head).page())
    yield from reader.definitions()
    for claim in reader.page.claims:
        if claim.relation == EQUAL and isinstance(claim.left, Ref):
            yield from reader.found(claim.left, claim.right, claim.fact, None)
            if moment_named(claim.left.name) is not None:
                right = unfold(claim.right, reader.program.defined)
                yield from reader.found(claim.left, right, claim.fact, None)
    for mistake in reader.page.mistakes:
        if mistake.relation == EQUAL:
            yield from reader.found(mistake.left, mistake.wrong, mistake.fact or "", mistake.why)


class Reader:
    def __init__(self, page: StatedPage):
        self.page, self.program = page, page.program
        axes = {n: v.axes for n, v in self.program.variables.items()}
        self.axes = {**axes, **{f"∂{n}": a for n, a in axes.items()}}
        self.axes |= {called: axes[of] for of, called in page.wanted.items()}
        self.axes |= {jacobian_name(a, b): axes[a] + axes[b] for a, b in page.jacobians}
        self.axes |= {total_name(a, b): axes[a] + axes[b] for a, b in page.totals}
        self.facts = {n: fact for fact, rows in page.facts.items() for kind, n in rows if kind == "definition"}
        self.named = {called for of, called in page.wanted.items() if called != f"∂{of}"}

    def definitions(self) -> Iterator[Found]:
        for e in self.program.equations:
            if e.name in self.facts:
                for body in self._variants(e.name, e.body):
                    yield from self.found(e.left, body, self.facts[e.name], None)

    def _variants(self, name: str, body: Expr) -> Iterator[Expr]:
        """The right side, and what it is with the names written out that no other fact speaks of, one level after
        another."""
        yield body
        own = self.facts[name]
        short = {e.name: e for e in self.program.equations if self.facts.get(e.name, own) == own
                 and e.name not in names(e.body) and e.name != name}
        for _ in range(3):
            if short.keys().isdisjoint(names(body)):
                return
            body = unfold(body, short)
            yield body

    def found(self, left: Ref, right: Expr, fact: str, why: Any) -> Iterator[Found]:
        kind = "e" if left.name in self.named else "g" if left.name.startswith("∂") else "n"
        seen: set[Any] = set()
        for which in ("matrix", "index"):
            try:
                layout = notation.equation(left, right, self.axes, notation=which, loss="L")
                assert isinstance(layout, Equation)
                form = form_of(layout, self.axes)
            except (NoForm, KeyError, ValueError, notation.NoMatrixForm):
                continue
            made_of = (form, _taken_apart(form), _joined(form), _one_step_back(form, self._inputs()))
            for made in (*made_of, *map(_without_time, filter(None, made_of[:3]))):
                if made is not None and forms.same(made) not in seen:
                    seen.add(forms.same(made))
                    if made.parts[0].kind == forms.NAME and made.parts[0].data.startswith(DERIVATIVE) and kind == "n":
                        kind = "g"
                    yield _shown(left.name), fact, kind, why, made

    def _inputs(self) -> set[str]:
        """The inputs that each step has one of."""
        return {unicode_name(n) for n, axes in self.axes.items()
                if n not in self.program.defined and any(a.family for a in axes)}


def _shown(name: str) -> str:
    return f"∂{unicode_name(name[1:])}" if name.startswith("∂") and "/" not in name else unicode_name(name)


def _without_time(form: Form) -> Form | None:
    """c = f ⊙ c_prev + i ⊙ g for c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t: as a page says it that speaks of one step."""
    if not any(f.kind == forms.NAME and f.shift for f in form.walk()):
        return None

    def change(f: Form) -> Form:
        if f.kind == forms.NAME:
            return forms.name(f.data + "_prev" * (f.shift < 0) + "_next" * (f.shift > 0), 0, f.bound, None, f.scalar)
        return f.with_parts(tuple(map(change, f.parts)))

    return change(form)


def _taken_apart(form: Form) -> Form | None:
    """W [h, x] as W₁ h + W₂ x."""
    if not any(f.kind == forms.PRODUCT and any(p.kind == forms.STACK for p in f.parts) for f in form.walk()):
        return None

    def change(f: Form) -> Form:
        f = f.with_parts(tuple(map(change, f.parts)))
        stack = next((p for p in f.parts if p.kind == forms.STACK), None)
        matrix = next((p for p in f.parts if p.kind == forms.NAME), None)
        if f.kind == forms.SUM:
            return forms.total(f.parts)
        if f.kind != forms.PRODUCT or stack is None or matrix is None or len(f.parts) != 2:
            return f
        return forms.total(forms.product([forms.name(f"{matrix.data}.{k + 1}"), part], forms.MATRIX)
                           for k, part in enumerate(stack.parts))

    return change(form)


def _joined(form: Form) -> Form | None:
    """W x + U h as W [x, h]."""
    def change(f: Form) -> Form:
        f = f.with_parts(tuple(map(change, f.parts)))
        chains = [p for p in f.parts if p.kind == forms.PRODUCT and p.data == forms.MATRIX and len(p.parts) == 2]
        if f.kind != forms.SUM or len(chains) != 2:
            return f
        rows = [sorted(p.parts, key=lambda q: (bool(q.steps or q.shift or q.parts), q.key)) for p in chains]
        stack = Form(forms.STACK, "", tuple(r[1] for r in rows))
        return forms.total([forms.product([rows[0][0], stack], forms.MATRIX), *(p for p in f.parts if p not in chains)])

    found = change(form)
    return found if found.key != form.key else None


def _one_step_back(form: Form, inputs: set[str]) -> Form | None:
    """w_{t+1} = w_t − η g_t for w_t = w_{t−1} − η g_t: where the inputs of a step are counted from the other end."""
    left, right = form.parts
    again = any(f.kind == forms.NAME and f.data == left.data and f.shift == -1 for f in right.walk())
    if left.kind != forms.NAME or not again or not any(f.data in inputs for f in right.walk()):
        return None

    def change(f: Form) -> Form:
        if f.kind == forms.NAME and f.data in inputs and not f.shift:
            return f.called(f.data, -1)
        return f.with_parts(tuple(map(change, f.parts)))

    return change(form)
