"""The same page for a whole batch: one more letter, which comes first on everything that examples do not share."""

from __future__ import annotations

from dataclasses import replace

from derive.claims import Claim
from derive.emission.code import EmissionError
from derive.expression import Expr, Node, Ref, Term, names
from derive.graph import closure
from derive.index import Letter, Size
from derive.program import Equation, Program, Variable
from derive.stated import StatedPage


def batched(page: StatedPage) -> tuple[StatedPage, Letter]:
    """A page on which gradients of shared inputs add up over the batch, and the letter that counts the examples; a loss
    becomes one number an example.

    Raises:
        EmissionError: where the page does not say what is shared, has labels, or random quantities.
    """
    program = page.program
    if not page.shared:
        raise EmissionError("it does not say which inputs the examples of a batch share")
    if program.labels or program.random:
        raise EmissionError("labels and random quantities do not take a batch")
    made = _Batch(page)
    return made.page(), made.letter


class _Batch:
    def __init__(self, old: StatedPage):
        self.old, self.program = old, old.program
        size = next(n for n in ("B", "batch", "examples") if n not in self.program.sizes)
        self.size = Size(size)
        self.letter = Letter("b", 1, self.size, True)
        used = {e.name: names(e.body) for e in self.program.equations}
        given = {n for n in self.program.inputs if n not in self.old.shared}
        given |= {m.name for e in self.program.equations for m in self.program.boundary(e.name)}
        self.varying = {n for n in self.program.variables if closure([n], lambda m: used.get(m, set())) & given}
        self.varying |= {v for o, v in self.program.outputs.items() if o in self.varying}
        self.gradients = {n: called for n, called in self.old.wanted.items() if n in self.varying}

    def page(self) -> StatedPage:
        """The new page; claims about gradients of shared inputs, which are sums now, are left out."""
        page = StatedPage(self.batch_program(), wanted=dict(self.old.wanted), inlined=set(self.old.inlined),
                    shared=set(self.old.shared))
        if self.program.loss is None:
            page.claims = [self.claim(c) for c in self.old.claims if self.kept(c)]
        return page

    def batch_program(self) -> Program:
        old = self.program
        new = replace(old, variables={}, equations=[], sizes={**old.sizes, self.size.name: self.size},
                      outputs=dict(old.outputs), loss=None)
        for name, v in old.variables.items():
            new.variables[name] = replace(v, axes=self.lettered(name, v.axes))
        for e in old.equations:
            new.equations.append(Equation(e.name, self.lettered(e.name, e.letters), self.expression(e.body)))
        if old.loss is not None:
            arriving = f"∂{old.loss}"
            new.outputs = {old.loss: arriving}
            new.variables[arriving] = Variable(arriving, new.variables[old.loss].axes)
        return new

    def lettered(self, name: str, letters: tuple[Letter, ...]) -> tuple[Letter, ...]:
        return (self.letter, *letters) if name in self.varying else letters

    # -- expressions -------------------------------------------------------------------------------------------------
    def expression(self, e: Expr) -> Expr:
        return Expr(Term(t.coefficient, tuple((self.node(n), x) for n, x in t.factors), t.binders) for t in e.terms)

    def node(self, node: Node) -> Node:
        if isinstance(node, Ref):
            varies = node.name in self.varying or node.name in self.gradients.values()
            return Ref(node.name, (self.letter, *node.indices)) if varies else node
        inner = node.expressions()
        return node.rebuild(tuple(map(self.expression, inner))) if inner else node

    # -- claims ------------------------------------------------------------------------------------------------------
    def kept(self, claim: Claim) -> bool:
        shared = set(self.old.wanted.values()) - set(self.gradients.values())
        mentioned = names(claim.right) | ({claim.left.name} if isinstance(claim.left, Ref) else names(claim.left))
        return not mentioned & shared and mentioned <= self.program.variables.keys() | set(self.gradients.values())

    def claim(self, claim: Claim) -> Claim:
        left = self.node(claim.left) if isinstance(claim.left, Ref) else self.expression(claim.left)
        assert isinstance(left, (Ref, Expr))
        return replace(claim, left=left, right=self.expression(claim.right), written=None)
