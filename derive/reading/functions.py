"""Functions, roots and absolute values."""

from __future__ import annotations

import re
from functools import reduce

from derive.index import poly
from derive.notation.layout import BigSum, Entry, Identity, Ones
from derive.reading.nodes import is_negative, operand, plain
from derive.reading.scripts import ScriptReader
from derive.reading.syntax import Node
from derive.reading.tokens import Lexeme
from derive.reading.values import Value

_SPACE = re.compile(r"(?:\s|\\[,;:! ]|\\q?quad(?![A-Za-z]))*")
_ENDS = re.compile(r"\\(?:[)\]}|\\]|(?:right|end|rangle|r[Vv]ert|leq?|geq?|neq?|approx|text|to)(?![A-Za-z]))")
SOFTMAX_OF_COLUMNS = "softmax of columns"
_BY_SHAPE = (SOFTMAX_OF_COLUMNS, "diag", "softmax", "sqrt", "trace")


class FunctionReader(ScriptReader):
    """f(x)² is (f(x))², as is f²(x); log x_i is log(x_i)."""

    def _absolute(self, node: Node) -> Value:
        return self.algebra.call("abs", [self.value(node.parts[0])], node.at)

    def _moment(self, node: Node) -> Value:
        """E[X], Var[X], Cov[X, Y], and Cov[X], which is Cov[X, X]"""
        mark, items = node.parts
        most = 2 if mark.name == "covariance" else 1
        if not 0 < len(items) <= most:
            raise self.source.error(f"{mark.text} takes {'two things' if most == 2 else 'one thing'}", node.at)
        values = self._values(items)
        values *= most // len(values)
        if most == 2 and all(v.rank == 1 for v in values):
            return self._covariances(values[0], values[1], node.at)
        return self.algebra.call(mark.name, values, node.at)

    def _covariances(self, x: Value, y: Value, at: int) -> Value:
        """Of two vectors, the matrix E[x yᵀ] − E[x] E[y]ᵀ."""
        x, y = (self.algebra.column(v, at, "Cov") for v in (x, y))
        both = self.algebra.product([x, self.algebra.transpose(y, at)], ("",), at)
        means = [self.algebra.call("expectation", [v], at) for v in (x, y)]
        apart = self.algebra.product([means[0], self.algebra.transpose(means[1], at)], ("",), at)
        return self.algebra.add([self.algebra.call("expectation", [both], at), apart], (False, True), at)

    def _root(self, node: Node) -> Value:
        """√(x)² is (√x)², and √x_i is √(x_i)."""
        inner, outside = operand(node.parts[0])
        return self._scripts_applied(self.algebra.root(self.value(inner), node.at), list(outside))

    def _apply(self, node: Node) -> Value:
        """f(x)² is (f(x))², tanh²(x) too, log x_i is log(x_i), and log_2 x is log x/log 2."""
        mark, scripts, applied_to = node.parts
        inner, outside = operand(applied_to)
        if inner.kind == "number" and self._goes_on(inner):
            raise self.source.error(f"put parentheses around the argument of {mark.text}", inner.at)
        arguments_ = list(inner.parts[0]) if inner.kind == "group" else [inner]
        name, scripts = self._function_name(mark, scripts)
        value = self._called(name, self._values(arguments_), node.at)
        if name == "log" and scripts and scripts[0].kind == "lowered":
            base = self._called(name, [self.value(plain(scripts[0].parts[0]))], node.at)
            value, scripts = self.algebra.fraction(value, base, node.at), scripts[1:]
        for script in scripts:
            if script.kind != "raised" or is_negative(script.parts[0]):
                raise self.source.error(f"this script of {mark.text} can be read in two ways; put parentheses",
                                        script.at)
            value = self.algebra.power(value, self.indices.poly(plain(script.parts[0])), script.at, value.is_matrix)
        return self._scripts_applied(value, list(outside))

    def _goes_on(self, number: Node) -> bool:
        """Whether something that may be an argument too follows: log 2 x."""
        rest = _SPACE.sub("", self.source.text[number.at + len(number.parts[0].text):], count=1)
        return bool(rest) and not _ENDS.match(rest) and (rest[0].isalnum() or rest[0] in "\\([{|√Σ")

    def _function_name(self, mark: Lexeme, scripts: tuple[Node, ...]) -> tuple[str, tuple[Node, ...]]:
        """f_{2} is the derivative by the second argument."""
        if scripts and scripts[0].kind == "lowered":
            slot = plain(scripts[0].parts[0])
            if slot.kind == "number" and mark.name in self.vocabulary.own_functions.values():
                return f"{mark.name}_{slot.parts[0].text}", scripts[1:]
        return mark.name, scripts

    def _trace(self, x: Value, at: int) -> Value:
        """Σ_k X[k, k]"""
        if not x.is_matrix:
            raise self.source.error(f"the trace is that of a matrix, not of {self.shapes.shape(x)}", at)
        self.shapes.same_axis(x.rows, x.columns, at, "the trace is that of a square matrix")
        low, high = map(self.shapes.resolved, x.rows or x.columns or ())
        with self.letters.summing("k", at, low, high) as draft:
            entry = self.shapes.made(Entry(x.layout, (poly(draft.letter),) * 2), at, [x])
        return self.shapes.made(BigSum(draft.letter, entry.layout, False), at, [entry])

    def _diag(self, x: Value, at: int) -> Value:
        """The matrix with a vector on its diagonal; of a matrix, the vector on its diagonal: (X ⊙ I) 𝟏."""
        if not x.is_matrix:
            return self.algebra.diag(x, at)
        self.shapes.same_axis(x.rows, x.columns, at, "diag takes the diagonal of a square matrix")
        assert x.rows is not None
        kept = self.algebra.hadamard(x, Value(Identity(x.rows), at, x.rows, x.rows), at)
        return self.algebra.product([kept, Value(Ones(x.rows), at, x.rows)], ("",), at)

    def _called(self, name: str, values: list[Value], at: int) -> Value:
        if name == "softmax" and len(values) > 1:
            values = [self.algebra.stack(values, at)]
        if name in _BY_SHAPE:
            if len(values) != 1:
                raise self.source.error(f"{name} has one argument", at)
            method = {"diag": self._diag, "softmax": self.algebra.softmax, "sqrt": self.algebra.root,
                      SOFTMAX_OF_COLUMNS: self.algebra.softmax_of_columns,
                      "trace": self._trace}[name]
            return method(values[0], at)
        if name in ("argmax", "argmin"):
            raise self.source.error(f"{name} is read in brackets: [k = {name}_j x_j]", at)
        if name in ("max", "min") and len(values) == 1:
            return self.extreme_entry(values[0], name == "min", at)
        if name in ("max", "min"):
            return reduce(lambda a, b: self.algebra.call(name, [a, b], at), values)
        return self.algebra.call(name, values, at)
