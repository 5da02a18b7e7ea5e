"""What hidden names stand for: the bodies of functions of which a derivative is written, and what stands in the
parentheses of laws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from derive.documents.definitions import line_of
from derive.documents.macros import Body, is_body
from derive.documents.model import collected
from derive.documents.problems import Unreadable
from derive.documents.roles import Definition
from derive.documents.shapes import Signatures
from derive.documents.sides import is_hidden
from derive.documents.signatures import SignatureFinder
from derive.expression import Expr
from derive.program import Program
from derive.reading import Scope


class HiddenNames:
    """Reads definitions of hidden names; problems are collected."""

    def __init__(self, finder: SignatureFinder, signatures: Signatures, problems: list[Unreadable]):
        self.finder, self.signatures, self.problems = finder, signatures, problems
        self.survey, self.families = finder.survey, finder.families

    def bodies(self, defining: Iterable[Definition]) -> dict[str, Body]:
        """What the document's functions are, where it writes their derivatives."""
        found: dict[str, Body] = {}
        hidden = [n for n in self.families.named if is_hidden(n)]
        for definition in defining:
            function = definition.name[1:]
            parameters = self.survey.parameters.get(function, ())
            if not is_body(definition.name) or function not in self.survey.functions:
                continue
            with collected(self.problems):
                if len(parameters) != 1:
                    raise Unreadable(f"{function} has several arguments; write ∂{function}/∂{parameters[0]}",
                                     definition.equation.at)
                found[function] = Body(parameters[0], self._right(definition, [*hidden, parameters[0]]))
        return found

    def randomise(self, program: Program, hidden: Mapping[str, Definition]) -> None:
        """Gives random inputs their laws."""
        for name, random in self.survey.random.items():
            if name not in program.variables:
                continue
            values: dict[str, Expr] = {}
            with collected(self.problems):
                for part in random.hidden:
                    values[part] = self._right(hidden[part], hidden)
                program.random[name] = random.variable(program.variables[name].axes, values)

    def _right(self, definition: Definition, scalars: Iterable[str]) -> Expr:
        """The right side of a definition, where some names are scalars."""
        scope = Scope({**self.signatures, **dict.fromkeys(scalars, ())}, self.finder.sizes, self.survey.functions)
        return line_of(definition, scope, self.families, self.finder.rows).right
