"""What hidden names stand for: the bodies of functions of which a derivative is written, and what stands in the
parentheses of laws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from derive.documents.names.macros import Body, is_body
from derive.documents.names.model import collected
from derive.documents.problems import Unreadable
from derive.documents.program.definitions import Line, line_of
from derive.documents.roles.roles import Definition
from derive.documents.shapes.shapes import Signatures
from derive.documents.shapes.sides import is_hidden
from derive.documents.shapes.signatures import SignatureFinder
from derive.expression import Expr
from derive.index import Letter, poly
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

    def randomise(self, program: Program, hidden: Mapping[str, Definition], held: frozenset[str]) -> None:
        """Gives random inputs their laws, but not those that are held."""
        for name, random in self.survey.random.items():
            if name not in program.variables or name in held:
                continue
            axes = program.variables[name].axes
            with collected(self.problems):
                values = {part: self._parameter(_of(part, hidden), hidden, axes) for part in random.hidden}
                program.random[name] = random.variable(axes, values)
            if random.law == "bernoulli":       # r² = r says something of r itself
                program.variables[name] = replace(program.variables[name], among=(Fraction(0), Fraction(1)))

    def _parameter(self, definition: Definition, hidden: Iterable[str], axes: tuple[Letter, ...]) -> Expr:
        """What stands in the parentheses of a law, for the member with the letters `axes`: μ_i in x_i ~ N(μ_i, σ²)."""
        if not definition.member.indices:
            return self._right(definition, hidden)
        line = self._line(definition, {**dict.fromkeys(hidden, ()), definition.name: axes})
        own = {i.letter: poly(a) for i, a in zip(line.left.indices, axes) if i.letter is not None}
        return line.right.substitute(own)

    def _right(self, definition: Definition, scalars: Iterable[str]) -> Expr:
        """The right side of a definition, where some names are scalars."""
        return self._line(definition, dict.fromkeys(scalars, ())).right

    def _line(self, definition: Definition, axes: Mapping[str, tuple[Letter, ...]]) -> Line:
        scope = Scope({**self.signatures, **axes}, self.finder.sizes, self.survey.functions,
                      from_zero=self.finder.from_zero)
        return line_of(definition, scope, self.families, self.finder.rows)


def _of(part: str, hidden: Mapping[str, Definition]) -> Definition:
    """The definition of a parameter, to whose name an index may have come that is a label: the f of W_f ~ N(μ_f, 1)."""
    return hidden[part] if part in hidden else next(d for n, d in hidden.items() if n.startswith(f"{part}_"))
