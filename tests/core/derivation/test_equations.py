"""The equations of a pass: each holds as printed, in every script, for any network and batch."""

import re

import numpy as np
import pytest

from core.debugger.steps import Steps, revealed
from core.derivation import html, latex, text
from core.derivation.equations import (
    a_equation,
    any_delta,
    backward_equations,
    chained_delta,
    da_equation,
    delta_equation,
    derivative_equations,
    first_terms,
    gradient_equation,
    input_equation,
    is_direct,
    loss_equation,
    output_equation,
    z_equation,
)
from core.derivation.expressions import cancels, leaves, value_of
from core.derivation.html import HtmlScript, HtmlWriter, html_parts
from core.derivation.sample_pass import sample_of_batch
from core.derivation.writer import Writer, plain, written
from core.nn.design import Dense, Dropout
from core.nn.losses import MAE, MSE, CategoricalCrossEntropy
from core.nn.passes import evaluate
from core.nn.trainer import Phase, Trainer
from tests.core.explaining import RANDOM, computed, last_digit, random_case, with_exponents, worked
from tests.core.making import classes, network, values
from tests.sampling import spread

BATCHES = (
    {"gradient_descent": "batch"},
    {"gradient_descent": "stochastic"},
    {"gradient_descent": "mini-batch", "batch_size": 5},
)
WAYS = {"text": text.WRITER, "latex": latex.WRITER, "html": HtmlWriter(HtmlScript())}
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def standing(seed, phase=Phase.BACKWARD, **training):
    """Return a trainer of a random network at a phase of its first pass (None: before it)."""
    generator = np.random.default_rng(seed)
    made, theta, dataset, _memory = random_case(generator, **BATCHES[seed % len(BATCHES)], **training)
    trainer = Trainer(made, dataset)
    trainer.edit(theta.astype(made.dtype))
    if phase is not None:
        trainer.advance(phase)
    return trainer


def sample_of(snapshot):
    """Return the first sample of a snapshot's batch."""
    return sample_of_batch(snapshot.network, snapshot.dataset, snapshot.shown_theta, snapshot.shown)


def symbols(formula):
    """Return a formula in symbols, as text."""
    return plain(text.WRITER.write(formula))


def equations_of(case):
    """Yield every equation of a pass."""
    n = case.network.n
    yield from (input_equation(case, i) for i in range(n[0]))
    for l in range(1, case.L + 1):
        for j in range(n[l]):
            yield from (z_equation(case, l, j), a_equation(case, l, j))
            yield from (*backward_equations(case, l, j), chained_delta(case, l, j))
            yield from (gradient_equation(case, l, i, j) for i in (*range(n[l - 1]), None))
    yield from (output_equation(case, k) for k in range(n[-1]))
    yield loss_equation(case)


def assert_holds(line, digits, most):
    """Assert that the printed numbers give the printed result, or are marked as not doing so."""
    if line.numbers is None:
        return True
    shown = written(line, Writer(text.SCRIPT, most=most), digits)
    if not shown.numbers:
        return True
    largest = max(abs(leaf.value) for leaf in leaves(line.numbers))
    if shown.last == "≈":
        lost = 10.0 ** (digits + 1 - most) * max(largest, 1) ** 2
        small_step = 0 < abs(line.result.grain) < 10.0 ** (2 - most) * abs(line.result.value)
        assert cancels(line) or abs(line.result.value) < lost or small_step, line
        return False
    result, goal = computed(plain(shown.numbers)), computed(shown.result)
    half = 0.5 * last_digit(shown.result) if goal else 0.5 * largest * 10.0**-digits
    assert abs(result - goal) <= half * (1 + 1e-6) + 1e-15 * largest, (shown.numbers, shown.result)
    return True


# -- printed equations -----------------------------------------------------------------------------------


@pytest.mark.parametrize("digits, most", [(3, html.MOST_DIGITS), (4, 15)])
@pytest.mark.parametrize("seed", RANDOM)
def test_every_equation_holds_as_it_is_printed(seed, digits, most):
    lines = list(equations_of(sample_of(standing(seed).snapshot())))
    held = [assert_holds(line, digits, most) for line in lines]
    assert sum(held) >= 0.9 * len(lines)


@pytest.mark.parametrize("seed", range(20))
def test_in_single_precision_too(seed):
    lines = list(equations_of(sample_of(standing(seed, precision="float32").snapshot())))
    held = [assert_holds(line, 3, html.MOST_DIGITS) for line in lines]
    assert sum(held) >= 0.9 * len(lines)


@pytest.mark.parametrize("seed", range(20))
def test_the_worked_solution_s_updates_hold_as_they_are_printed(seed):
    for line in worked(seed)[-1].lines:
        assert_holds(line, 4, 15)


@pytest.mark.parametrize("seed", RANDOM)
def test_the_equations_are_those_of_the_pass(seed):
    """The numbers of each line give the pass's number on its left; every z, a, dJ/da and delta has a line."""
    case = sample_of(standing(seed).snapshot())
    for l in range(1, case.L + 1):
        for j in range(case.network.n[l]):
            lines = (z_equation(case, l, j), a_equation(case, l, j), delta_equation(case, l, j))
            assert all(line.numbers is not None for line in lines)
            assert is_direct(case, l) or da_equation(case, l, j).numbers is not None
    for line in equations_of(case):
        if line.numbers is not None:
            size = max(abs(leaf.value) for leaf in leaves(line.numbers))
            shown = value_of(line.numbers)
            assert shown == pytest.approx(line.result.value, rel=1e-8, abs=1e-13 * max(1, size) ** 2), line


# -- every script ---------------------------------------------------------------------------------------


def numbers_of(script, part):
    """Return the numbers of a printed part, in order."""
    part = with_exponents(re.sub("<[^>]*>", " ", plain(part)).replace("\u00a0", " ")).replace("−", "-")
    if script == "latex":
        part = re.sub(r"\\cdot 10\^\{(-?\d+)\}", r"e\1", part)
    part = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: f" {found[0].translate(RAISED)} ", part)
    return [float(found) for found in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", part)]


@pytest.mark.parametrize("seed", spread(range(15), 8))
def test_every_script_prints_the_same_numbers(seed):
    lines = [*equations_of(sample_of(standing(seed).snapshot())), *worked(seed)[-1].lines]
    for line in lines:
        printed = {}
        for name, writer in WAYS.items():
            parts = written(line, writer, 4)
            printed[name] = [numbers_of(name, parts.numbers), numbers_of(name, parts.result)]
        assert printed["text"] == printed["latex"] == printed["html"], line


def test_the_check_of_the_scripts_reads_the_numbers():
    assert numbers_of("text", "1.5·10⁻⁵·(−2)²") == [1.5e-5, 2, 2]
    assert numbers_of("latex", r"{1.5\cdot 10^{-5}}\cdot (-2)^{2}") == [1.5e-5, 2, 2]
    assert numbers_of("html", '<a href="1/2">1.5·10⁻⁵·(−2)</a>²') == [1.5e-5, 2, 2]


# -- dropout and the batch --------------------------------------------------------------------------------


def test_the_masks_of_dropout_are_factors_and_the_batch_a_divisor():
    dataset = values(2, 1)
    layers = [Dense(4, "tanh"), Dropout(0.5), Dense(1, "linear")]
    made = network(layers, MSE(), dataset, gradient_descent="mini-batch", batch_size=4)
    trainer = Trainer(made, dataset)
    trainer.advance(Phase.BACKWARD)
    case = sample_of(trainer.snapshot())
    mask = case.values.masks[2][:, 0]
    assert set(mask) <= {0.0, 2.0}
    assert symbols(z_equation(case, 2, 0).symbols) == "b[2]₁ + Σᵢ W[2]ᵢ₁ a[1]ᵢ m[2]ᵢ"
    assert symbols(da_equation(case, 2, 0).symbols) == "2 (o₁ − y₁)/|B|"
    assert symbols(gradient_equation(case, 2, 2, 0).symbols) == "a[1]₃ δ[2]₁ m[2]₃"
    assert symbols(any_delta(case, 1)) == "σ′[1]ₖ(z[1]ₖ) m[2]ₖ Σⱼ W[2]ₖⱼ δ[2]ⱼ"
    for i in range(4):
        da = da_equation(case, 1, i)
        assert symbols(da.symbols) == f"m[2]{'₁₂₃₄'[i]} Σₖ W[2]{'₁₂₃₄'[i]}ₖ δ[2]ₖ"
        assert da.result.value == mask[i] * case.W(2, i, 0).value * case.delta(2, 0).value


@pytest.mark.parametrize("seed", RANDOM)
def test_the_shares_of_the_samples_add_up_to_the_gradient(seed):
    trainer = standing(seed, l1=0, l2=0)
    snapshot = trainer.snapshot()
    made, values_ = snapshot.network, snapshot.values
    total = np.zeros(made.parameters)
    for column in range(values_.y.shape[1]):
        turned = {
            name: tuple(np.roll(array, -column, axis=1) for array in getattr(values_, name))
            for name in ("z", "a", "da", "delta")
        }
        masks = {l: np.roll(mask, -column, axis=1) for l, mask in values_.masks.items()}
        own = type(values_)(
            np.roll(values_.samples, -column), np.roll(values_.y, -column, axis=1), turned["z"], turned["a"],
            values_.J, turned["da"], turned["delta"], values_.g, masks,
        )  # fmt: skip
        case = sample_of_batch(made, snapshot.dataset, snapshot.before, own)
        for layer in made.layers:
            packed = layer.packed(total)
            for i, row in enumerate((*range(layer.n_in), None)):
                for j in range(layer.n_out):
                    packed[i, j] += gradient_equation(case, layer.l, row, j).left.value
    assert total == pytest.approx(values_.g, rel=1e-9, abs=1e-12 * np.abs(values_.g).max())


def test_sigmoid_with_categorical_cross_entropy_has_its_own_delta_before_it_is_known_too():
    dataset = classes(4, 2)
    made = network([Dense(4, "sigmoid")], CategoricalCrossEntropy(), dataset)
    trainer = Trainer(made, dataset)
    trainer.advance(Phase.FORWARD)
    before = delta_equation(sample_of(trainer.snapshot()), 1, 1)
    trainer.advance(Phase.BACKWARD)
    after = delta_equation(sample_of(trainer.snapshot()), 1, 1)
    assert np.isnan(before.result.value)
    assert symbols(before.symbols) == "(y₂ o₂ − y₂)/|B|"
    assert symbols(after.symbols) == "(y₂ o₂ − y₂)/|B|"


# -- missing and undefined numbers, kinks -----------------------------------------------------------------


@pytest.mark.parametrize("seed", spread(range(24), 8))
def test_at_every_moment_the_known_equations_hold_and_no_other_has_a_number(seed):
    trainer = standing(seed, phase=None)
    start = trainer.snapshot()
    trainer.advance(Phase.UPDATE)
    steps, done = Steps(trainer.network), trainer.snapshot()
    for k in np.linspace(0, steps.count - 1, 12).astype(int):
        case = sample_of(revealed(steps, start, done, int(k)))
        for line in equations_of(case):
            if line.result is not None and np.isnan(line.result.value):
                shown = html_parts(line, HtmlWriter(HtmlScript()))
                assert shown.result == "·" and "nan" not in shown.numbers + shown.symbols
            elif line.numbers is not None and not np.isnan(value_of(line.numbers)):
                assert_holds(line, 3, html.MOST_DIGITS)


@pytest.mark.parametrize("infinite", [np.inf, -np.inf])
def test_an_infinite_number_is_printed_as_such(infinite):
    trainer = standing(1)
    case = sample_of(trainer.snapshot())
    case.values.z[1][...] = infinite
    for line in equations_of(case):
        shown = html_parts(line, HtmlWriter(HtmlScript()))
        assert "inf" not in shown.numbers + shown.result
    assert "∞" in html_parts(z_equation(case, 1, 0), HtmlWriter(HtmlScript())).result


def test_a_kink_of_an_activation_tells_both_derivatives():
    dataset = values(1, 1)
    dataset.x[:, 0] = 0.0
    made = network([Dense(3, ("relu", "leaky_relu", "tanh"))], MSE(), values(1, 3))
    theta = np.array([1.0, 2, 3, 0, 0, 0])
    pass_ = evaluate(made, theta, dataset.x[:, :1], np.ones((3, 1)))
    case = sample_of_batch(made, dataset, theta, pass_)
    notes = [text.WRITER.said(derivative_equations(case, 1, j)[-1].note, 4) for j in range(3)]
    assert notes == [
        "a kink: 0 from the left, 1 from the right; 0 by convention",
        "a kink: 0.01 from the left, 1 from the right; 0.01 by convention",
        "",
    ]


def test_a_kink_of_the_loss_tells_both_derivatives():
    dataset = values(1, 2)
    made = network([Dense(2, "linear")], MAE(), dataset)
    theta = np.array([0.0, 0, 1, 2])
    case = sample_of_batch(
        made, dataset, theta, evaluate(made, theta, dataset.x[:, :1], np.array([[1.0], [3]]))
    )
    kink, smooth = (text.WRITER.said(da_equation(case, 1, k).note, 4) for k in range(2))
    assert kink == "a kink: -0.5 from the left, 0.5 from the right; 0 by convention".replace("-", "−")
    assert "kink" not in smooth


# -- sums, term by term -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_the_terms_of_a_sum_add_up_to_it(seed):
    case = sample_of(standing(seed).snapshot())
    for l in range(1, case.L + 1):
        for j in range(case.network.n[l]):
            line, terms = z_equation(case, l, j), case.network.n[l - 1] + 1
            assert first_terms(line.numbers, 0) is None
            assert first_terms(line.numbers, 1).left.value == case.b(l, j).value
            assert first_terms(line.numbers, terms).left.value == pytest.approx(
                line.result.value, rel=1e-9, abs=1e-12
            )
            if l < case.L:
                da = da_equation(case, l, j)
                whole = first_terms(da.numbers, case.network.n[l + 1])
                assert whole.left.value == pytest.approx(da.result.value, rel=1e-9, abs=1e-12)
