"""Programs on arrays: against the exact evaluator, which shares no code with the lowering, and at their limits."""

import numpy
import pytest

from derive import catalogue
from derive.entry import Page
from derive.expression import Partial, Ref, apply, expression, indicator, ref, total
from derive.index import Letter, Size, poly
from derive.program import Equation, Program, Variable
from derive.reverse import differentiate
from tests.verify import programs
from tests.verify.wrong import derived
from verify import backends
from verify.blocks import Block, blocks
from verify.draws import small_draw
from verify.evaluator import Evaluator
from verify.lowering import Lowering, LoweringError
from verify.sizes import Sizes

NUMPY = backends.find("numpy")


def arrays(program, sizes, exact, backend=NUMPY):
    """Exact inputs as arrays."""
    table = Sizes(sizes)

    def array(block, first=None):
        shape = block.shape(table, first)
        chosen = [float(exact[m]) for m in block.members(table)
                  if first is None or m[1][block.letters.index(block.axes[0])] == first]
        return backend.array(numpy.reshape(chosen, shape))
    return {b.key: {k: array(b, k) for k in table.range(b.axes[0], b.fixed(table))} if b.ragged else array(b)
            for b in blocks(program)}


def members(program, equation, sizes):
    table = Sizes(sizes)
    return list(Block(equation.name, equation.name, equation.letters).members(table))


def agree(program, sizes, equations=(), truth=None):
    """Every member of every equation, against exact arithmetic."""
    exact = small_draw(program, Sizes(sizes), 1)
    lowering = Lowering(NUMPY, program, sizes, arrays(program, sizes, exact), equations)
    evaluator = Evaluator(program, sizes, exact, truth)
    compared = 0
    for equation in [*program.equations, *equations]:
        block = Block(equation.name, equation.name, equation.letters)
        values = lowering.block(block)
        flat = [x for v in (values.values() if isinstance(values, dict) else [values]) for x in numpy.ravel(v)]
        wanted = [float(evaluator.value(Ref(*m)).mid()) for m in members(program, equation, sizes)]
        assert numpy.allclose(flat, wanted, rtol=1e-12, atol=1e-14), equation.name
        compared += len(wanted)
    assert compared


@pytest.mark.parametrize("name", sorted(programs.ALL))
def test_small_programs_have_their_exact_values(name):
    agree(programs.ALL[name]().program, programs.SIZES[name])


@pytest.mark.parametrize("name", sorted(programs.ALL))
def test_derived_gradients_have_their_exact_values(name):
    page = programs.ALL[name]()
    derivation = differentiate(page.program, page.wanted)
    agree(page.program, programs.SIZES[name], list(derivation.equations.values()),
          {d.name: d.of for d in derivation.derivatives})


def test_the_lstm_and_its_derived_gradients_have_their_exact_values():
    _, page, derivation = derived("lstm")
    gradients = [d for d in derivation.derivatives if d.value is None]
    agree(page.program, {"T": 3, "H": 2, "D": 1}, [d.equation for d in gradients], {d.name: d.of for d in gradients})


def test_values_of_softmax_and_batch_norm():
    agree(catalogue.load("softmax_cross_entropy").page().program, {"n": 4})
    agree(catalogue.load("batch_norm").page().program, {"m": 3})


# -- the shape of a computation -----------------------------------------------------------------------------------
def test_a_thousand_steps_need_no_deep_stack():
    page = programs.recurrence()
    derivation = differentiate(page.program, page.wanted)
    T = 1000
    inputs = {"x": numpy.ones(T), "w": numpy.asarray(0.5), "h[0]": numpy.asarray(0.0), "v": numpy.ones(T)}
    lowering = Lowering(NUMPY, page.program, {"T": T}, inputs, derivation.equations.values())
    assert abs(float(lowering.member("h", (T,))) - 2) < 1e-12
    assert abs(float(lowering.member("∂h", (0,))) - 1) < 1e-12


def test_a_recurrence_from_the_right_starts_at_its_boundary():
    page = programs.recurrence(backward=True)
    inputs = {"x": numpy.asarray([1.0, 2.0]), "w": numpy.asarray(3.0), "h[T+1]": numpy.asarray(5.0),
              "v": numpy.ones(2)}
    lowering = Lowering(NUMPY, page.program, {"T": 2}, inputs)
    assert float(lowering.member("h", (1,))) == 3 * (3 * 5 + 2) + 1


def test_a_false_guard_asks_for_nothing():
    """h[t] = [t ≥ 2] h[t−1] + x[t] without any initial state."""
    T = Size("T")
    t = Letter("t", 1, T, family=True)
    program = Program("start", {"x": Variable("x", (t,)), "h": Variable("h", (t,))}, sizes={"T": T})
    program.equations.append(Equation("h", (t,), indicator(poly(t) - 2) * ref("h", poly(t) - 1) + ref("x", t)))
    assert float(Lowering(NUMPY, program, {"T": 3}, {"x": numpy.ones(3)}).member("h", (3,))) == 3


def test_zeros_may_be_added_to_a_defined_family():
    page = programs.recurrence()
    inputs = {"x": numpy.zeros(3), "w": numpy.asarray(2.0), "h[0]": numpy.asarray(1.0), "v": numpy.ones(3)}
    moved = Lowering(NUMPY, page.program, {"T": 3}, inputs, (), {"h": numpy.asarray([10.0, 0, 0])})
    assert float(moved.member("h", (3,))) == (2 + 10) * 4


def test_a_family_picked_along_an_axis_and_one_that_is_summed():
    """y[i] = Σ_t a[t] + f[i], f over a family of single members."""
    agree(programs.strided().program, {"n": 4, "K": 1})


# -- what is refused ------------------------------------------------------------------------------------------------
def lowered(body, letters, sizes, inputs, variables):
    program = Program("test", {v.name: v for v in variables}, sizes={n: Size(n) for n in sizes})
    program.variables["y"] = Variable("y", letters)
    program.equations.append(Equation("y", letters, body))
    return Lowering(NUMPY, program, sizes, inputs).member("y")


def test_an_index_outside_its_range_is_refused_unless_a_guard_excludes_it():
    n = Size("n")
    i, k = Letter("i", 1, n), Letter("i", 1, n)
    x = Variable("x", (k,))
    shifted = ref("x", poly(i) - 1)
    guarded = lowered(indicator(poly(i) - 2) * shifted, (i,), {"n": 3}, {"x": numpy.asarray([1.0, 2, 3])}, [x])
    assert guarded.tolist() == [0, 1, 2]
    inside = lowered(indicator(poly(i) - 2) * (shifted + 1), (i,), {"n": 3}, {"x": numpy.ones(3)}, [x])
    assert inside.tolist() == [0, 2, 2]
    for body in (shifted, indicator(poly(i) - 1) * shifted, (shifted + 1) ** 2):
        with pytest.raises(LoweringError, match="leaves its range 1…3"):
            lowered(body, (i,), {"n": 3}, {"x": numpy.ones(3)}, [x])


def test_a_division_by_a_letter_that_is_zero_is_refused_unless_a_guard_excludes_it():
    n = Size("n")
    i = Letter("i", 0, n)
    reciprocal = expression(i) ** -1
    assert lowered(indicator(poly(i) - 1) * reciprocal, (i,), {"n": 2}, {}, []).tolist() == [0, 1, 0.5]
    with pytest.raises(LoweringError, match="has no value"):
        lowered(reciprocal, (i,), {"n": 2}, {}, [])


def test_a_sum_without_terms_is_zero():
    n = Size("n")
    i = Letter("i", 1, n)
    assert lowered(total(ref("x", i), Letter("i", 3, 2)), (), {"n": 2}, {"x": numpy.ones(2)},
                   [Variable("x", (i,))]) == 0
    assert lowered(total(expression(1), Letter("k", 1, n)), (i,), {"n": 2}, {}, []).tolist() == [2, 2]


def test_a_circular_definition_is_named():
    program = Program("loop", {"a": Variable("a"), "b": Variable("b")})
    program.equations += [Equation("a", (), ref("b") + 1), Equation("b", (), ref("a"))]
    with pytest.raises(LoweringError, match="a is defined by itself"):
        Lowering(NUMPY, program, {}, {}).member("a")


def test_what_does_not_exist_is_named():
    page = programs.recurrence()
    lowering = Lowering(NUMPY, page.program, {"T": 2}, {"x": numpy.ones(2), "w": numpy.asarray(1.0)})
    with pytest.raises(LoweringError, match=r"no value for the input h\[0\]"):
        lowering.member("h", (1,))
    with pytest.raises(LoweringError, match=r"h\[7\] does not exist"):
        lowering.member("h", (7,))
    with pytest.raises(LoweringError, match="k is no name"):
        lowering.member("k")
    with pytest.raises(LoweringError, match="x has 1 indices"):
        lowered(ref("x"), (), {"n": 2}, {"x": numpy.ones(2)}, [Variable("x", (Letter("i", 1, 2),))])
    with pytest.raises(LoweringError, match="has no value on arrays"):
        lowered(expression(Partial(Ref("x"), Ref("x"))), (), {}, {"x": numpy.asarray(1.0)}, [Variable("x")])


def test_an_unknown_function_is_refused():
    with pytest.raises(LoweringError, match="'gelu' has no value on arrays"):
        lowered(apply("gelu", ref("x")), (), {}, {"x": numpy.asarray(1.0)}, [Variable("x")])


def test_an_arbitrary_function_is_stood_in_for_and_so_is_its_derivative():
    page = Page(Program("arbitrary"))
    f = page.function("f", tried_with="tanh")
    x = page.input("x")
    page.let("y", [], f(x) + 10 * page.derivative(f)(x))
    value = Lowering(NUMPY, page.program, {}, {"x": numpy.asarray(0.3)}).member("y")
    assert abs(float(value) - (numpy.tanh(0.3) + 10 * (1 - numpy.tanh(0.3) ** 2))) < 1e-14
