"""What all parts of the elaboration share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from derive.notation.layout import Layout
from derive.reading.algebra import Algebra
from derive.reading.conditions import Conditions
from derive.reading.indices import Indices
from derive.reading.letters import Letters, Limits
from derive.reading.members import Members
from derive.reading.source import Source
from derive.reading.syntax import Node
from derive.reading.values import Axis, Shapes, Value
from derive.reading.vocabulary import Scope


class Foundation:
    """Reads one formula. A method `_kind` for each kind of node returns its value."""

    def __init__(self, scope: Scope, source: Source, limits: Mapping[str, Limits] | None = None,
                 shapes: Shapes | None = None):
        self.scope, self.source, self.vocabulary = scope, source, scope.vocabulary
        self.letters = Letters(source, self.vocabulary.letters, limits)
        self.indices = Indices(source, self.vocabulary, self.letters)
        self.shapes = Shapes(source) if shapes is None else shapes
        self.algebra = Algebra(self.shapes)
        self.members = Members(scope, source, self.letters, self.indices, self.shapes)
        self.conditions = Conditions(source, self.indices, self.letters)

    def value(self, node: Node) -> Value:
        method = getattr(self, f"_{node.kind}", None)
        if method is None:
            raise self.source.error("this has no value", node.at)
        return method(node)

    def _group(self, node: Node) -> Value:
        """What stands in parentheses or braces."""
        (items,) = node.parts
        if len(items) != 1:
            raise self.source.error("one expression is due in these parentheses", node.at)
        return self.value(items[0])

    _braces = _group

    def _values(self, nodes: Iterable[Node]) -> list[Value]:
        return [self.value(n) for n in nodes]

    def _leaf(self, layout: Layout, at: int, rows: Axis = None, columns: Axis = None, plain: bool = False) -> Value:
        return self.shapes.made(layout, at, [], rows=rows, columns=columns, plain=plain)
