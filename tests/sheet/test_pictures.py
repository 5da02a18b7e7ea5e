"""What the pictures show is what torch computes, not what we believe."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest
import torch

from cli.sheet import graph, pictures
from cli.sheet.pictures import activation_variance, gradient_norm, optimiser_paths, schedules, softmax_saturation
from derive import catalogue

from .sheets import document_of

SCHEDULERS = {
    "step": lambda o: torch.optim.lr_scheduler.StepLR(o, schedules.EVERY, schedules.FACTOR),
    "exponential": lambda o: torch.optim.lr_scheduler.ExponentialLR(o, schedules.DECAY),
    "polynomial": lambda o: torch.optim.lr_scheduler.PolynomialLR(o, schedules.STEPS, schedules.POWER),
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, schedules.STEPS),
    "cosine with restarts": lambda o: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(o, schedules.CYCLE),
}
OPTIMISERS = {
    "gradient descent": lambda p: torch.optim.SGD(p, lr=0.09),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.8),
    "Nesterov": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.8, nesterov=True),
    "RMSprop": lambda p: torch.optim.RMSprop(p, lr=0.2, alpha=0.9),
    "Adam": lambda p: torch.optim.Adam(p, lr=0.3),
}


@pytest.mark.parametrize("name", SCHEDULERS)
def test_a_schedule_is_that_of_torch(name):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = SCHEDULERS[name](optimiser)
    for _, rate in next(points for label, points in schedules.curves().items() if label[0] == name)[:-1]:
        assert rate == pytest.approx(optimiser.param_groups[0]["lr"], abs=1e-12)
        optimiser.step()
        scheduler.step()


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_path_is_that_of_torch(name):
    p = torch.tensor(optimiser_paths.START, dtype=torch.float64, requires_grad=True)
    optimiser = OPTIMISERS[name]([p])
    for point in next(points for label, points in optimiser_paths.curves().items() if label[0] == name):
        assert point == pytest.approx(tuple(p.tolist()), abs=1e-9)
        optimiser.zero_grad()
        (0.5 * (p[0] ** 2 + optimiser_paths.STEEP * p[1] ** 2)).backward()
        optimiser.step()


def test_the_norm_of_the_jacobian_is_a_power_of_the_singular_value():
    for value, points in zip(gradient_norm.VALUES, gradient_norm.curves().values()):
        assert all(norm == pytest.approx(value**t, rel=1e-9) for t, norm in points)


def test_only_the_variance_of_he_keeps_the_signal():
    found = {label: points[-1][1] for label, points in activation_variance.curves().items()}
    layers = activation_variance.DEPTH
    assert 0.2 < found["2/n (He)"] < 5
    assert 0.2 < found["1/n (Xavier)"] * 2**layers < 5
    assert found["0.01²"] < 1e-40


def test_the_largest_weight_is_that_of_torch_and_grows_with_the_width_only_without_the_root():
    plain, scaled = softmax_saturation.curves().values()
    assert plain[-1][1] > 0.85 and plain[-1][1] - plain[0][1] > 0.5
    assert max(w for _, w in scaled) - min(w for _, w in scaled) < 0.1
    torch.manual_seed(0)
    q, k = torch.randn(4000, 1, 64, dtype=torch.float64), torch.randn(4000, 16, 64, dtype=torch.float64)
    weights = torch.softmax((q * k).sum(-1), -1).max(-1).values.mean().item()
    assert dict(plain)[64.0] == pytest.approx(weights, abs=4 * 0.2 / math.sqrt(softmax_saturation.DRAWS))


@pytest.mark.parametrize(("name", "language"), list(zip(pictures.pictures(), ["en", "zh", "both", "zh", "en"])))
def test_a_picture_is_svg_with_the_same_bytes_and_belongs_to_entries(name, language):
    picture = pictures.pictures()[name]
    drawn = pictures.svg(picture, language)
    ElementTree.fromstring(drawn)
    assert drawn == pictures.svg(picture, language) and "currentColor" in drawn
    assert set(picture.ENTRIES) <= set(catalogue.names())


def test_a_graph_has_an_edge_for_each_use_and_runs_back_where_gradients_do():
    made = graph.graph_of(document_of("lstm"))
    assert ("f", "c") in made.edges and ("f", "c") in made.back
    assert all(sum(name in layer for layer in made.layers) == 1 for name in made.shown)
    row = {name: k for k, layer in enumerate(made.layers) for name in layer}
    assert row["z"] < row["a_f"] < row["f"] < row["c"] < row["h"] and ("h", "z") in made.edges    # z of the next step
    root = ElementTree.fromstring(graph.svg(made, "x"))
    assert root.attrib["aria-label"].startswith("x: ")


def test_a_name_in_a_graph_is_text():
    found = document_of("lstm")
    found["forward"][0]["formula"]["matrix"]["left"][0] = '"]; click x "javascript:alert(1)" <b>'
    made = graph.graph_of(found)
    ElementTree.fromstring(graph.svg(made, "<x>"))
    assert '"]; click' not in graph.mermaid(made)
