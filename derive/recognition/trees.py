"""From what a page writes to forms. Names are those that the page's survey found: W_f is one, and t an index of h_t."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from derive.documents.trees.trees import walk
from derive.functions import RULES
from derive.reading.nodes import differential, is_transpose, plain
from derive.reading.syntax import Node
from derive.recognition import forms
from derive.recognition.forms import DERIVATIVE, ENTRYWISE, Form, NoForm

_SIGMOID = frozenset(["σ", "sigmoid", "logistic"])
_CALLED = {"Var": "Var", "Cov": "Cov", "E": "E", "V": "Var", "softmax": "softmax", "ReLU": "relu", "relu": "relu",
           "sigmoid": "sigmoid", "softplus": "softplus", "tanh": "tanh"}


def form_of(members: Sequence[Node], update: bool = False) -> Form:
    """The form of an equation; of an `update`, the name on the left stands on the right with its old value.

    Raises:
        NoForm: for what is not compared.
    """
    if len(members) != 2:
        raise NoForm("no equation")
    letters = frozenset(_stepping(members))
    origin = _origin(members[0], letters)
    left = _Trees(origin, letters).left(members[0])
    right = _Trees(origin, letters, left.data if update else "").form(members[1])
    return Form(forms.EQUATION, "", (left, right))


def _stepping(members: Sequence[Node]) -> Iterator[str]:
    """The letters by which something stands one step earlier or later: the t of h_{t−1}."""
    for member in members:
        for node in walk(member):
            for script in node.parts[1] if node.kind == "scripted" else ():
                yield from (s[0] for s in map(_step, _indices(script)) if s is not None and s[1])


def _split(text: str, letters: frozenset[str]) -> tuple[str, str]:
    """v_t as v with the index t, where t is such a letter."""
    base, _, label = text.rpartition("_")
    return (base, label) if base and label in letters else (text, "")


def _origin(left: Node, letters: frozenset[str]) -> dict[str, int]:
    """How far the left side is from its letters: 1 for w_{t+1}."""
    by = differential(left.parts[1]) if left.kind == "fraction" else None
    base, scripts = _scripted(by or left)
    label = _split(base.parts[0].text, letters)[1] if base.kind in ("name", "ident") else ""
    return {a: c for s in scripts for a, c in filter(None, map(_step, _indices(s)))} | ({label: 0} if label else {})


def _scripted(node: Node) -> tuple[Node, tuple[Node, ...]]:
    return node.parts if node.kind == "scripted" else (node, ())


def _indices(script: Node) -> tuple[Node, ...]:
    """The indices in a script; nothing for a power."""
    if script.kind == "picked":
        return script.parts[0]
    inner = script.parts[0] if script.parts else None
    if inner is None or script.kind not in ("lowered", "raised"):
        return ()
    if script.kind == "raised":
        while inner.kind == "braces" and len(inner.parts[0]) == 1:
            inner = inner.parts[0][0]
        if inner.kind not in ("group", "bracket"):
            return ()
    return inner.parts[0] if inner.kind in ("braces", "group", "bracket") else (inner,)


def _step(node: Node) -> tuple[str, int] | None:
    """The letter and the number of t − 1."""
    inner = plain(node)
    if inner.kind in ("ident", "name"):
        return inner.parts[0].text, 0
    if inner.kind == "sum" and len(inner.parts[1]) == 2:
        (first, second), (turned, sign) = map(plain, inner.parts[1]), inner.parts[0]
        steps = second.parts[0].text if second.kind == "number" and not turned else ""
        if first.kind in ("ident", "name") and steps.isdigit() and len(steps) < 4:
            return first.parts[0].text, -int(steps) if sign else int(steps)
    return None


class _Trees:
    def __init__(self, origin: dict[str, int], letters: frozenset[str], old: str = ""):
        self.origin, self.letters, self.old = origin, letters, old
        self.bound: list[frozenset[str]] = []       # the letters of the sums around

    def left(self, node: Node) -> Form:
        """A name, a derivative, or a moment; of a function that is defined, its name."""
        node = plain(node)
        if node.kind == "apply" and (node.parts[0].text.endswith("'")):
            return forms.name(f"{DERIVATIVE}{node.parts[0].text}")
        if node.kind == "apply" and node.parts[0].text not in _CALLED:
            return forms.name(node.parts[0].text)
        return self.form(node)

    def form(self, node: Node) -> Form:
        method = getattr(self, f"_{node.kind}", None)
        if method is None:
            raise NoForm(node.kind)
        return method(node)

    # -- names and numbers ---------------------------------------------------------------------------------------
    def _name(self, node: Node, scripts: Iterable[Node] = ()) -> Form:
        text, label = _split(node.parts[0].text, self.letters)
        shift, fixed, letters = -self.origin.get(label, 0), list[str](), {label} if label else set[str]()
        for item in (i for s in scripts for i in _indices(s)):
            step = _step(item)
            if step is None:
                fixed.append(_spelled(item))
                continue
            letters.add(step[0])
            shift += step[1] - self.origin.get(step[0], 0)
        if text == self.old and not shift and not fixed:
            shift = -1
        bound = bool(any(b & letters if b else letters for b in self.bound)) if self.bound else None
        steps = bool(letters & self.letters & self.origin.keys()) if self.origin.keys() & self.letters else None
        return forms.name(text + (f"[{','.join(fixed)}]" if fixed else ""), shift, bound, steps, _scalar(text))

    _ident = _name

    def _number(self, node: Node) -> Form:
        try:
            return forms.number(Fraction(node.parts[0].text))
        except ValueError:
            raise NoForm("a number") from None

    def _ones(self, node: Node) -> Form:
        return forms.ONE

    def _scripted(self, node: Node) -> Form:
        base, scripts = node.parts
        indices = [s for s in scripts if _indices(s)]
        if base.kind in ("name", "ident"):
            found = self._name(base, indices)
        elif indices:
            raise NoForm("an index of an expression")
        else:
            found = self.form(base)
        for script in scripts:
            if script.kind in ("raised", "raised_entrywise") and not _indices(script):
                if not is_transpose(script.parts[0]):
                    found = forms.power(found, self.form(script.parts[0]))
            elif script.kind == "prime":
                found = forms.name(f"{found.data}'", found.shift, found.bound)
        return found

    def _group(self, node: Node) -> Form:
        if len(node.parts[0]) != 1:
            raise NoForm("several things in parentheses")
        return self.form(node.parts[0][0])

    _braces = _group

    def _bracket(self, node: Node) -> Form:
        parts = node.parts[0]
        return self.form(parts[0]) if len(parts) == 1 else Form(forms.STACK, "", tuple(map(self.form, parts)))

    # -- operations ----------------------------------------------------------------------------------------------
    def _sum(self, node: Node) -> Form:
        signs, terms = node.parts
        return forms.total(forms.negative(f) if s else f for s, f in zip(signs, map(self.form, terms)))

    def _product(self, node: Node) -> Form:
        factors = list(node.parts[0])
        found: list[Form] = []
        while factors:
            first = factors.pop(0)
            group = factors[0] if factors and factors[0].kind == "group" else None
            if group is not None and first.kind in ("name", "ident") and self._is_called(first, group):
                found.append(self._called(first.parts[0].text, factors.pop(0)))
                continue
            if group is not None and first.kind == "nabla":
                self._only_names(factors.pop(0))            # ∇J(θ) is ∇J, and ∇J(θ − βv) is not
            found.append(self.form(first))
        inside = [f for f in node.parts[0] if f.kind == "group" and len(f.parts[0]) == 1
                  and f.parts[0][0].kind == "entrywise"]
        return forms.product(found, forms.MATRIX if inside else "")

    @staticmethod
    def _only_names(group: Node) -> None:
        if any(_scripted(plain(item))[0].kind not in ("name", "ident") for item in group.parts[0]):
            raise NoForm("a gradient elsewhere")

    @staticmethod
    def _is_called(first: Node, group: Node) -> bool:
        text = first.parts[0].text
        return text in _CALLED or text in _SIGMOID and len(group.parts[0]) == 1

    def _called(self, text: str, group: Node) -> Form:
        return forms.call("sigmoid" if text in _SIGMOID else _CALLED[text], map(self.form, group.parts[0]))

    def _entrywise(self, node: Node) -> Form:
        parts, signs = node.parts
        found = [_array(self.form(parts[0]))]
        for sign, part in zip(signs, parts[1:]):
            form = _array(self.form(part))
            found.append(forms.power(form, forms.MINUS) if sign in "⊘" else form)
        return forms.product(found, ENTRYWISE if set(signs) <= set("⊙∘") else "")

    def _fraction(self, node: Node) -> Form:
        above, below = node.parts
        of, by = differential(above), differential(below)
        if by is not None:
            return self._derivative(of, by)
        return forms.product([self.form(above), forms.power(self.form(below), forms.MINUS)])

    def _derivative(self, of: Node | None, by: Node) -> Form:
        if of is None:
            raise NoForm("an operator")
        old, self.old = self.old, ""
        above, below = self.form(of), self.form(by)
        self.old = old
        if forms.NAME not in (above.kind, below.kind) or below.kind != forms.NAME:
            raise NoForm("a derivative of an expression")
        if above.kind == forms.NAME and above.shift == 0 and above.data in ("L", "J", "C", "E", "ℓ", "l", "loss"):
            return forms.name(f"{DERIVATIVE}{below.data}", below.shift, below.bound)
        return forms.name(f"{DERIVATIVE}{above.data}/{below.data}", below.shift - above.shift)

    def _nabla(self, node: Node) -> Form:
        scripts, of = node.parts
        by = [i for s in scripts for i in _indices(s)]
        if len(by) > 1 or any(s.kind != "lowered" for s in scripts):
            raise NoForm("a second derivative")
        inner = plain(of)
        while inner.kind == "scripted":
            inner = inner.parts[0]
        if inner.kind == "apply":
            return forms.name(f"{DERIVATIVE}{inner.parts[0].text}")
        if not by:
            return forms.name(f"{DERIVATIVE}{_spelled(inner)}")
        return self._derivative(inner, by[0]) if inner.kind in ("name", "ident") else forms.name(
            f"{DERIVATIVE}{_spelled(by[0])}")

    def _root(self, node: Node) -> Form:
        return forms.call("sqrt", [self.form(node.parts[0])])

    def _norm(self, node: Node) -> Form:
        """‖v‖ as the root of a sum of squares."""
        self.bound.append(frozenset())
        body = forms.power(self.form(node.parts[0]), forms.number(2))
        self.bound.pop()
        found = Form(forms.BIG_SUM, "", (_unknown(body),))
        return forms.power(found, forms.number(Fraction(1, 2)))

    def _absolute(self, node: Node) -> Form:
        return forms.call("abs", [self.form(node.parts[0])])

    def _apply(self, node: Node) -> Form:
        function, scripts, argument = node.parts
        after: tuple[Node, ...] = ()
        if argument.kind == "scripted" and argument.parts[0].kind == "group":
            argument, after = argument.parts
        given = argument.parts[0] if argument.kind == "group" else (argument,)
        text = function.name if getattr(function, "name", "") else function.text
        core = text.rstrip("'")
        text = {"σ": "sigmoid", "ReLU": "relu", "ln": "log"}.get(core, core) + text[len(core):]
        if core not in RULES and len(core) == 1 and core != "σ":
            text = forms.ARBITRARY + text[len(core):]
        found = forms.call(text, map(self.form, given))
        for script in (*scripts, *after):
            if script.kind == "raised" and not is_transpose(script.parts[0]):
                found = forms.power(found, self.form(script.parts[0]))
            elif script.kind == "prime":
                found = Form(forms.CALL, found.data + "'", found.parts)
            elif script.kind not in ("transpose", "raised"):
                raise NoForm("an index of a value")
        return found

    def _moment(self, node: Node) -> Form:
        word, items = node.parts
        return forms.call(_CALLED.get(word.text.strip("[ "), word.text.strip("[ ")), map(self.form, items))

    def _big_sum(self, node: Node) -> Form:
        return self._big(node, forms.BIG_SUM)

    def _big_product(self, node: Node) -> Form:
        return self._big(node, forms.BIG_PRODUCT)

    def _big(self, node: Node, kind: str) -> Form:
        scripts, body = node.parts
        letters = {x for s in scripts if s.kind == "lowered" for i in _indices(s) for x in _bound(i)}
        self.bound.append(frozenset(letters))
        found = self.form(body)
        self.bound.pop()
        return forms.big_sum(found) if kind == forms.BIG_SUM else Form(kind, "", (found,))


def _bound(node: Node) -> list[str]:
    inner = node.parts[0][0] if node.kind == "relation" else node
    step = _step(inner)
    return [step[0]] if step else []


def _scalar(text: str) -> bool | None:
    """W_h is a matrix; what a capital letter alone or a small letter is, nothing tells."""
    return False if re.match(r"[A-Z]_", text) else None


def _array(form: Form) -> Form:
    """What stands beside ⊙ is no number."""
    return forms.name(form.data, form.shift, form.bound, form.steps, False) if form.kind == forms.NAME else form


def _unknown(form: Form) -> Form:
    """Nothing tells which names of a norm are vectors."""
    if form.kind == forms.NAME:
        return forms.name(form.data, form.shift)
    return form.with_parts(tuple(map(_unknown, form.parts)))


def _spelled(node: Node) -> str:
    words = []
    for part in node.parts:
        for item in part if isinstance(part, tuple) else (part,):
            if isinstance(item, Node):
                words.append(_spelled(item))
            elif hasattr(item, "text"):
                words.append(item.text)
            elif isinstance(item, bool):
                words.append("−" if item else "+")
    return "".join(words)
