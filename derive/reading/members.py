"""Names with their indices: `W^(l)`, `W_{ij}`, `W_f[:, 1…H]`, `h_{t−1}`, `∂L/∂W`, `∂y_i/∂x_j`."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.derivation import total_name
from derive.functions import CONSTANTS
from derive.index import Letter, Poly, poly
from derive.notation.layout import Name, Partial, Second, Slice, Span
from derive.notation.names import unicode_name
from derive.notation.terms import declared
from derive.reading.errors import ReadingError, UnknownName, nearest_names, unknown_message
from derive.reading.indices import LINES, Indices, arguments, letter_name, letter_pieces
from derive.reading.letters import Letters
from derive.reading.nodes import differential, is_transpose, plain
from derive.reading.source import Source
from derive.reading.syntax import Node
from derive.reading.values import Axis, Shapes, Value
from derive.reading.vocabulary import Scope

Place = Poly | Span | None      # an index, a part of an axis, the whole axis


@dataclass
class Scripts:
    """The scripts of a name, sorted: family indices, subscripts, indices in brackets, and what is left over."""

    above: list[Node] | None = None
    lowered: list[Node] | None = None
    picked: list[Node] | None = None
    rest: list[Node] = field(default_factory=list)


class Members:
    """Reads names with their indices."""

    def __init__(self, scope: Scope, source: Source, letters: Letters, indices: Indices, shapes: Shapes):
        self.scope, self.source, self.letters = scope, source, letters
        self.signatures = dict(scope.signatures)    # and those of derivatives that the formula mentions
        self.indices, self.shapes = indices, shapes

    def read(self, name: str, scripts: tuple[Node, ...], at: int, loss: str | None = None) -> tuple[Value, list[Node]]:
        """A member, a vector or a matrix of the family `name`, and the scripts that are no indices."""
        internal = name if loss is None else f"∂{name}"
        axes = self.signatures.get(internal, self.signatures.get(name))
        if axes is not None:
            self.signatures.setdefault(internal, axes)
        elif internal in CONSTANTS:
            axes = ()
        else:
            raise self.unknown(name, at)
        families = [a for a in axes if a.family]
        matrix = [a for a in axes if not a.family]
        sorted_scripts = self._sort(name, scripts, families, axes, at)
        above, below = self._assign(sorted_scripts, families, matrix, axes, name, at)
        value = self._member(name, loss, axes, above, below, at)
        return value, sorted_scripts.rest

    def unknown(self, shown: str, at: int) -> ReadingError:
        nearest = nearest_names(shown, self.scope.vocabulary.candidates)
        return self.source.error(unknown_message(shown, nearest), at, UnknownName, nearest=nearest)

    # -- which script is what ------------------------------------------------------------------------------------
    def _sort(self, name: str, scripts: tuple[Node, ...], families: list[Letter], axes: tuple[Letter, ...],
              at: int) -> Scripts:
        found = Scripts()
        for k, script in enumerate(scripts):
            if script.kind == "raised" and found.above is None and self._is_family(script.parts[0], families):
                found.above = self.indices.several(script.parts[0], len(families))
            elif script.kind == "lowered" and found.lowered is None:
                self._refuse_word(name, script, at)
                found.lowered = self.indices.several(script.parts[0], self._due(found, families, axes))
            elif script.kind == "picked" and found.picked is None and not any(map(self._is_vector, script.parts[0])):
                found.picked = list(script.parts[0])
            else:
                found.rest = list(scripts[k:])
                break
        return found

    def _refuse_word(self, name: str, script: Node, at: int) -> None:
        """W_hc, where h and c are no letters, was meant as a name."""
        word = _word(script.parts[0])
        if word and not self.letters.open and self.indices.known(word) is None:
            if not any(map(self.indices.known, letter_pieces(word))):
                raise self.unknown(f"{unicode_name(name)}_{word}", at)

    def picks(self, script: Node) -> bool:
        """Whether brackets hold indices."""
        return not any(map(self._is_vector, script.parts[0]))

    def has_names(self, node: Node) -> bool:
        """Whether a family of the scope stands in an exponent, not only letters and sizes."""
        if node.kind == "name" and self.letters.find(node.parts[0].text) is None:
            return True
        return any(map(self.has_names, node.below))

    def _is_vector(self, node: Node) -> bool:
        """Whether what stands in brackets is stacked, not picked: W[h_{t−1}, x_t] is a product."""
        base = node.parts[0] if node.kind == "scripted" else node
        if base.kind != "name" or self.letters.find(base.parts[0].text) is not None:
            return False
        return node.kind == "scripted" or not self.letters.open

    @staticmethod
    def _due(found: Scripts, families: list[Letter], axes: tuple[Letter, ...]) -> int:
        return len(axes) - (len(families) if found.above is not None else 0)

    def _is_family(self, node: Node, families: list[Letter]) -> bool:
        """Whether a superscript is a family index: anything in parentheses, or something with a letter in it."""
        if not families:
            return False
        if arguments(node) != (node,) and (node.kind != "braces" or node.parts[0][0].kind in ("group", "bracket")):
            return True
        shown = node.parts[0].text if node.kind in ("ident", "name") else ""
        if shown == "T" or node.kind == "number":
            return False
        if shown:
            return self.scope.vocabulary.sizes.get(shown) is None or self.letters.find(shown) is not None
        opened, self.letters.open = self.letters.open, False
        try:
            return bool(self.indices.poly(node).free)
        except ReadingError:
            return False
        finally:
            self.letters.open = opened

    def _assign(self, found: Scripts, families: list[Letter], matrix: list[Letter], axes: tuple[Letter, ...],
                name: str, at: int) -> tuple[list[Node], list[Node]]:
        """Family indices and the others. Subscripts are family indices where none stand above, and where those do not
        suffice: h_t^{(l)}."""
        above, lowered, picked = found.above, found.lowered or [], found.picked or []
        if above is None and families:
            if len(lowered) == len(axes) and matrix:
                by_axis = dict(zip(axes, lowered))
                above, lowered = [by_axis[a] for a in families], [by_axis[a] for a in matrix]
            elif len(lowered) == len(families):
                above, lowered = lowered, []
        missing = len(families) - len(above) if above else 0
        above, below = [*(above or []), *lowered[:missing]], lowered[missing:] + picked
        if len(above) != len(families):
            shown = ", ".join(a.name for a in families)
            raise self.source.error(f"{name} has the index {shown}, which is missing here", at)
        if len(below) == 1 and len(matrix) == 2 and letter_name(below[0]) in LINES:
            below = [*below, Node("everything", (), at)]
        if below and len(below) != len(matrix):
            raise self.source.error(f"{name} has {_count(len(matrix))}, not {len(below)}", at)
        return above, below

    # -- what it is ----------------------------------------------------------------------------------------------
    def _member(self, name: str, loss: str | None, axes: tuple[Letter, ...], above: list[Node], below: list[Node],
                at: int) -> Value:
        upper, lower = iter(above), iter(below)
        values: dict[Letter, Poly] = {}
        raised: list[Poly] = []
        places: list[tuple[Place, Span]] = []
        from_zero = self.scope.from_zero.get(name, ())
        for axis in axes:
            low, high = axis.low.substitute(values), axis.high.substitute(values)
            place = self._place(next(upper)) if axis.family else self._place(next(lower)) if below else None
            if not axis.family and len(places) in from_zero and place is not None:
                place = place + 1 if isinstance(place, Poly) else (place[0] + 1, place[1] + 1)
            if isinstance(place, Poly):
                self.letters.use(axis, low, high, place)
                values[axis] = place
            elif not axis.family:
                values[axis] = poly(axis)
            if axis.family:
                if not isinstance(place, Poly):
                    raise self.source.error("a family index is one place", at)
                raised.append(place)
            else:
                places.append((place, (low, high)))
        return self._shaped(Name(name, tuple(raised), (), loss), places, at)

    def _place(self, node: Node) -> Place:
        if node.kind == "everything":
            return None
        if node.kind == "span":
            return self.indices.poly(node.parts[0]), self.indices.poly(node.parts[1])
        return self.indices.poly(node)

    def _shaped(self, whole: Name, places: list[tuple[Place, Span]], at: int) -> Value:
        picked = [p for p, _ in places if isinstance(p, Poly)]
        if len(picked) == len(places):
            member = Name(whole.name, whole.above, tuple(picked), whole.loss)
            return self.shapes.made(member, at, [])
        if len(places) > 2:
            raise self.source.error(f"{whole.name} has {len(places)} axes: it is no matrix; give its indices", at)
        spans: list[Axis] = [None if isinstance(place, Poly) else axis if place is None else place
                             for place, axis in places]
        sliced = tuple(place for place, _ in places)
        layout = Slice(whole, sliced) if any(p is not None for p in sliced) else whole
        return self.shapes.made(layout, at, [], rows=spans[0], columns=spans[1] if len(spans) == 2 else None,
                                loose=bool(picked))

    # -- derivatives ---------------------------------------------------------------------------------------------
    def derivative(self, of: Node, by: Node, at: int, immediate: bool = False) -> tuple[Value, list[Node]]:
        """∂of/∂by: the derivative of the loss, a total derivative or a Jacobian with a name of its own, or one not
        carried out, which an `immediate` one ∂⁺ always is."""
        by_name, by_scripts = self._name_of(by)
        if of.kind in ("ident", "name") and of.parts[0].text == self.scope.vocabulary.loss:
            return self.read(by_name, by_scripts, by.at, self.scope.loss)
        gradient = self._gradient_by(of)
        of_name, of_scripts = self._name_of(of if gradient is None else gradient)
        whole = of_name if gradient is None else f"∂{of_name}"
        named = not immediate and declared(whole, by_name, self.scope.signatures)
        weakly, self.letters.weakly = self.letters.weakly, not named
        try:
            above, left = self.read(of_name, of_scripts, of.at, None if gradient is None else self.scope.loss)
            below, right = self.read(by_name, by_scripts, by.at)
        finally:
            self.letters.weakly = weakly
        scalar = above.rows is above.columns is None
        by_a_number = below.rows is below.columns is None
        if left or (above.columns and not by_a_number) or (below.columns and not scalar) \
                or not isinstance(above.layout, Name):
            raise self.source.error("a derivative of or by a matrix; give its indices", at)
        axes = [a for a in (above.rows, above.columns, below.rows, below.columns) if a is not None]
        value = self.shapes.made(Partial(above.layout, below.layout, immediate), at, [above, below],
                                 rows=axes[0] if axes else None, columns=axes[1] if len(axes) == 2 else None)
        return value, right

    def second_derivative(self, loss: Node, of: Node, by: Node, at: int) -> Value:
        """∂²L/∂of∂by, which has a name of its own."""
        if loss.kind not in ("ident", "name") or loss.parts[0].text != self.scope.vocabulary.loss:
            raise self.source.error(f"a second derivative is that of {self.scope.vocabulary.loss}", at)
        (of_name, of_scripts), (by_name, by_scripts) = self._name_of(of), self._name_of(by)
        if total_name(f"∂{of_name}", by_name) not in self.scope.signatures:
            raise self.source.error("this second derivative is not known here", at)
        above, left = self.read(of_name, of_scripts, of.at)
        below, right = self.read(by_name, by_scripts, by.at)
        turned = len(right) == 1 and below.is_column and (right[0].kind == "transpose" or (
            right[0].kind == "raised" and is_transpose(right[0].parts[0])))
        if left or above.columns or below.columns or (right and not turned):
            raise self.source.error("a second derivative by a matrix; give its indices", at)
        axes = [a for a in (above.rows, below.rows) if a is not None]
        return self.shapes.made(Second(above.layout, below.layout, self.scope.loss, turned), at, [above, below],
                                rows=axes[0] if axes else None, columns=axes[1] if len(axes) == 2 else None)

    def _gradient_by(self, node: Node) -> Node | None:
        """What stands below in ∂L/∂x, if this is one."""
        inner = plain(node)
        if inner.kind != "fraction":
            return None
        of, by = map(differential, inner.parts)
        is_loss = of is not None and of.kind in ("ident", "name") and of.parts[0].text == self.scope.vocabulary.loss
        return by if is_loss else None

    def _name_of(self, node: Node) -> tuple[str, tuple[Node, ...]]:
        base, scripts = node.parts if node.kind == "scripted" else (node, ())
        if base.kind == "group" and len(base.parts[0]) == 1 and not scripts:
            return self._name_of(base.parts[0][0])
        if base.kind == "name":
            return base.parts[0].name, scripts
        if base.kind == "ident":
            raise self.unknown(spelled(base, scripts), base.at)
        raise self.source.error("a derivative is of a name and by a name", node.at)


def spelled(base: Node, scripts: tuple[Node, ...]) -> str:
    """The name that was meant, with its first subscript: W_hc."""
    text = base.parts[0].text
    if scripts and scripts[0].kind == "lowered":
        inner = arguments(scripts[0].parts[0])
        if len(inner) == 1 and inner[0].kind in ("ident", "name", "number"):
            return f"{text}_{inner[0].parts[0].text}"
    return text


def _word(node: Node) -> str:
    """The word that a subscript spells: `hc`, or `{hc}` of two letters side by side; empty for anything else."""
    items = arguments(node)
    parts = items[0].parts[0] if len(items) == 1 and items[0].kind == "product" else items
    plain = len(items) == 1 and all(n.kind in ("ident", "name") for n in parts)
    return "".join(n.parts[0].text for n in parts) if plain else ""


def _count(axes: int) -> str:
    return "no index" if axes == 0 else "one index" if axes == 1 else f"{axes} indices"

