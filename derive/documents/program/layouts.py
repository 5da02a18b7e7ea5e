"""How derivatives lie: conventions under which a claim may be read beside the one of the contract (reading 1).

The contract's own: a gradient has the shape of what it is taken by, a Jacobian ∂y/∂x has a row for each entry of y.
`ROWS`: gradients are rows, so that ∂L/∂x = ∂L/∂y ∂y/∂x. `COLUMNS`: Jacobians are transposed, so that
∂L/∂x = ∂y/∂x ∂L/∂y. `TURNED`: the right side is the transpose of what the contract means. `FALLING`: the factors of
∏_{i=k+1}^{t} stand with the last one first, as those of a chain of Jacobians do. `IMMEDIATE`: ∂c_t/∂c_{t−1} is how c_t
changes by its own equation, where the total one goes through h_{t−1} too. `LINES`: a row W_{i,:} of a matrix
is a column vector. `PICKED`: W_j is the column j of W, where it is the row otherwise. `ENTRIES`: A² is taken entry by
entry. `STEPS`: A^T is a power, where T counts steps.
"""

from __future__ import annotations

from derive.documents.trees.members import scripted_parts
from derive.documents.trees.trees import changed, walk
from derive.program import Program
from derive.reading.indices import LINES as LETTERS, arguments, letter_name
from derive.reading.nodes import differential, is_transpose, plain
from derive.reading.syntax import Node

ROWS, COLUMNS, TURNED, FALLING, IMMEDIATE = "rows", "columns", "turned", "falling", "immediate"
LINES, PICKED, ENTRIES, STEPS = "lines", "picked", "entries", "steps"
OTHERS = (LINES, PICKED, ENTRIES, STEPS)     # that have nothing to do with derivatives
LAYOUTS = (FALLING, IMMEDIATE, TURNED, ROWS, COLUMNS)
WORDS = {TURNED: "numerator layout: the gradient is transposed", ROWS: "numerator layout: gradients are rows",
         COLUMNS: "denominator layout: Jacobians are transposed",
         ENTRIES: "the power of a matrix is taken entry by entry",
         STEPS: "A^T is a power",
         LINES: "a row of a matrix is a column vector", PICKED: "W_j is the column j of W",
         IMMEDIATE: "immediate partial derivatives, by one equation",
         FALLING: "the factors of the product stand with the last one first"}


def layout_of(layout: str, left: Node, program: Program) -> str:
    """The convention under which a claim about its left side is read: the derivative of a matrix by a number has the
    shape of the matrix under each."""
    if layout not in (TURNED, ROWS, COLUMNS) or left.kind != "fraction" or not is_derivative(left):
        return layout
    of, by = (_axes(n, program) for n in left.parts)
    return "" if (of, by) == (2, 0) else layout


def laid_out(side: Node, layout: str, program: Program, right: bool) -> Node:
    """A side of a claim, read under a convention."""
    if layout == TURNED:
        return turned(side) if right else side
    if layout == FALLING:
        return changed(side, _falling)
    if layout == IMMEDIATE:
        return changed(side, _immediate)
    if layout == ENTRIES:
        return changed(side, _entrywise)
    if layout == STEPS:
        return changed(side, _to_the_step)
    if layout in (LINES, PICKED):
        return changed(side, lambda n: _line(n, layout, program))
    if layout not in (ROWS, COLUMNS):
        return side

    def change(node: Node) -> Node | None:
        if not is_derivative(node):
            return None
        return turned(node) if _of_a_number(node, program) == (layout == ROWS) else node

    return changed(side, change)


def _falling(node: Node) -> Node | None:
    """∏_{i=k+1}^{t} as ∏_{t≥i≥k+1}"""
    if node.kind != "big_product":
        return None
    high = next((plain(s.parts[0]) for s in node.parts[0] if s.kind == "raised"), None)
    low = next((i for s in node.parts[0] if s.kind == "lowered" for i in arguments(s.parts[0])), None)
    if high is None or low is None or low.kind != "relation" or low.parts[1] != ("=",):
        return None
    letter, first = low.parts[0]
    relation = Node("relation", ((high, letter, first), ("≥", "≥")), low.at)
    scripts = (Node("lowered", (Node("braces", ((relation,),), low.at),), low.at),)
    return Node("big_product", (scripts, changed(node.parts[1], _falling)), node.at)


def _immediate(node: Node) -> Node | None:
    """∂c_t/∂c_{t−1} as ∂⁺c_t/∂c_{t−1}, and ∂h_t/∂b as ∂⁺h_t/∂b: one step of a recurrence by its own equation"""
    above = plain(node.parts[0]) if node.kind == "fraction" and is_derivative(node) else None
    if above is None or above.kind != "differential":
        return None
    first, second = (next((n.parts[0].text for n in walk(p) if n.kind in ("name", "ident")), "") for p in node.parts)
    parts = scripted_parts(plain(above.parts[0]))
    if first != second and not (parts and any(s.kind == "lowered" for s in parts[1])):
        return None
    return Node("fraction", (Node("immediate", above.parts, above.at), node.parts[1]), node.at)


def turned(node: Node) -> Node:
    """The transpose."""
    return Node("scripted", (Node("group", ((node,),), node.at), (Node("transpose", (), node.at),)), node.at)


def is_derivative(node: Node) -> bool:
    """∂L/∂W, ∇_W L"""
    both = node.kind == "fraction" and all(differential(p) is not None for p in node.parts)
    return both or node.kind == "nabla"


def _of_a_number(node: Node, program: Program) -> bool:
    return not _axes(node.parts[0] if node.kind == "fraction" else node.parts[1], program)


def _axes(node: Node, program: Program) -> int:
    """How many axes the first name has that stands in a tree."""
    name = next((n.parts[0].text for n in walk(node) if n.kind in ("name", "ident")), "")
    variable = program.variables.get(name)
    return 0 if variable is None else sum(not a.family for a in variable.axes)


def _line(node: Node, layout: str, program: Program) -> Node | None:
    """W_{i,:} as its transpose, W_j as W_{:,j}."""
    base, scripts = node.parts if node.kind == "scripted" else (node, ())
    variable = program.variables.get(base.parts[0].text) if base.kind == "name" else None
    place = next((k for k, s in enumerate(scripts) if s.kind in ("lowered", "picked")), None)
    if variable is None or place is None or sum(not a.family for a in variable.axes) != 2:
        return None
    script = scripts[place]
    picked = script.parts[0] if script.kind == "picked" else arguments(script.parts[0])
    everything = [i.kind == "everything" for i in picked]
    before, after = scripts[:place], scripts[place + 1:]
    single = len(picked) == 1 and letter_name(picked[0]) in LETTERS
    if layout == PICKED and single and not any(a.family for a in variable.axes):
        items = (Node("everything", (), node.at), *picked)
        column = Node("lowered", (Node("braces", (items,), node.at),), node.at)
        return Node("scripted", (base, (*before, column, *after)), node.at)
    if layout == LINES and everything == [False, True]:
        row = Node("scripted", (base, (*before, script)), node.at)
        both = turned(row)
        return Node("scripted", (both.parts[0], (*both.parts[1], *after)), node.at)
    return None


def _entrywise(node: Node) -> Node | None:
    """A² as A^{⊙2}"""
    if node.kind != "raised" or is_transpose(node.parts[0]) or plain(node.parts[0]).kind not in ("number", "ident"):
        return None
    return Node("raised_entrywise", node.parts, node.at)


def _to_the_step(node: Node) -> Node | None:
    """A^T as A^{+T}, which is no transpose"""
    inside = plain(node.parts[0]) if node.kind == "raised" else None
    if inside is None or inside.kind not in ("ident", "name") or inside.parts[0].text != "T":
        return None
    return Node("raised", (Node("sum", ((False,), (inside,)), node.at),), node.at)
