"""The axes of every name of a document: which are families, how many others there are, and how long they are."""

from __future__ import annotations

from collections.abc import Iterable

from derive.documents.names.model import Equation, Survey, collected, ignored, position, stop_at
from derive.documents.names.named import Named
from derive.documents.problems import Unreadable
from derive.documents.roles.interpretation import Interpretation
from derive.documents.roles.inverses import NoMatrix
from derive.documents.roles.roles import Definition
from derive.documents.shapes.axes import Axes
from derive.documents.shapes.families import Families
from derive.documents.shapes.ranks import Ranks
from derive.documents.shapes.row_names import with_rows
from derive.documents.shapes.shapes import OpenShapes, Signatures, Signer
from derive.documents.shapes.sides import is_hidden
from derive.documents.shapes.trials import Trial, fit
from derive.index import Size
from derive.reading import ReadingError, Scope
from derive.reading.values import Value


class SignatureFinder:
    """Finds signatures. `guesses` says how many shapes are equally good, `rows` which names are rows."""

    def __init__(self, survey: Survey, sizes: dict[str, Size], interpretation: Interpretation):
        self.survey, self.sizes, self.interpretation = survey, sizes, interpretation
        self.families = Families(survey, sizes)
        self.signer = Signer(self.families, sizes)
        self.named: dict[str, Named] = {}       # without hidden names
        self.rows: frozenset[str] = frozenset()
        self.from_zero: dict[str, frozenset[int]] = {}
        self.guesses = 1

    def find(self, defining: list[Definition], matrices: Iterable[str], taken: set[str],
             problems: list[Unreadable], claims: Iterable[Equation] = ()) -> Signatures:
        """The signature of each name that is not hidden; `matrices` have to be some, no new size is `taken`, and
        `claims` tell lengths of which nothing else does, and first members, where the interpretation lets them.

        Raises:
            NoMatrix: where one of the matrices is none.
            Unreadable: for the last problem; the others are added to `problems`.
        """
        asking, reaching = self.interpretation.asking, self.interpretation.reaching
        named = self.families.run([d.equation for d in defining], claims if reaching else ())
        search = Ranks(self.families, self.signer, self.sizes, self.survey.functions, self.interpretation.guess)
        ranks = search.run(defining)
        self.guesses = search.guesses
        if any(ranks.get(name, named[name].rank) != 2 for name in matrices):
            raise NoMatrix
        self.rows = frozenset(n for n, x in named.items() if x.row)
        self.from_zero = self.families.from_zero(ranks)
        shapes = self._unified(defining, ranks, problems, claims if asking else ())
        self.named = {n: x for n, x in named.items() if not is_hidden(n)}
        stop_at(problems)
        stated = frozenset(high for d in defining for _, high in self.families.ranges.of(d.equation).values())
        axes = Axes(shapes, self.sizes, taken | set(self.named), self.interpretation.length, stated,
                    self.interpretation.least)
        found = axes.signatures(self.named.values(), self.signer, ranks)
        self.families.ranges.settle(shapes.resolved)
        return found

    def _unified(self, defining: list[Definition], ranks: dict[str, int], problems: list[Unreadable],
                 claims: Iterable[Equation]) -> OpenShapes:
        """All equations together fill in the sizes that nobody declares."""
        shapes = OpenShapes()
        signatures: Signatures = {}
        for n, x in self.families.named.items():
            signatures[n] = self.signer.signature(x, x.rank if x.rank is not None else ranks.get(n, 0))
        scope = Scope(signatures, self.sizes, self.survey.functions, from_zero=self.from_zero)
        for definition in sorted(defining, key=lambda d: d.fixed):      # h_1 tells less of the shapes than h_t
            with collected(problems):
                self._fit(definition, scope, shapes)
        for claim in claims:
            self._ask(claim, scope, shapes)
        return shapes

    def _ask(self, claim: Equation, scope: Scope, shapes: OpenShapes) -> None:
        """Fills in what a claim tells, as far as it has a meaning without the gradients in it."""
        trial = Trial(claim, scope, shapes, self.families.ranges.limits(claim))
        sides = list[Value]()
        for side in claim.members:
            with ignored():
                sides.append(trial.value(with_rows(side, self.rows)))
        for left, right in zip(sides, sides[1:]):
            with ignored():
                fit(shapes, left, right)
        with ignored():
            trial.settle()
        trial.tie(self.survey.of_a_class)

    def _fit(self, definition: Definition, scope: Scope, shapes: OpenShapes) -> None:
        equation = definition.equation
        trial = Trial(equation, scope, shapes, self.families.ranges.limits(equation))
        try:
            right = trial.value(with_rows(equation.members[1], self.rows))
            left = trial.value(equation.members[0])
            fit(shapes, left, shapes.turned(right) if definition.name in self.rows else right)
            trial.settle()
            trial.tie(self.survey.of_a_class)
        except ReadingError as error:
            raise Unreadable(error.message, position(equation.formula.piece, error)) from None
