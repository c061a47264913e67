"""The loss over one weight: drawn where networks train only one of the two of a surface, with their ways."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.lecture.scene import find_scene
from gui.cli.look import hall
from gui.compare.loss_curve import LossCurve
from gui.lecture.stages.comparison import ComparisonStage
from gui.qt.later import draw_all

HOLLOWS = 5


def test_single_samples_cross_the_ridge_that_stops_the_batch(qtbot: QtBot) -> None:
    with hall((1366, 768)) as window:
        window.open_scene(find_scene("stochastic"))
        seen = []
        for build in range(HOLLOWS, HOLLOWS + 3):
            window.theatre.go_build(build)
            window.theatre.finish()
            draw_all(window)
            stage = window.theatre.stage
            assert isinstance(stage, ComparisonStage) and stage.panel is not None
            curve = stage.panel.curve
            assert isinstance(curve, LossCurve) and curve.isVisible() and stage.panel.surface is None
            seen.append([float(one.path.thetas[-1, 0]) for one in curve.paths])
        x, y = curve.paths[0].dataset.x[0], curve.paths[0].dataset.labels[0]
        w = np.array([-2.0, -0.9, 0.0, 2.0])
        by_hand = [float(((np.tanh(one * x + 2) - y) ** 2).mean()) for one in w]
        assert curve.J(w) == pytest.approx(by_hand)
        assert seen[0] == [-2, -2]
        stochastic, batch = seen[-1]
        assert stochastic == pytest.approx(1.97, abs=0.1) and batch == pytest.approx(-0.9, abs=0.05)


def test_before_it_runs_the_first_batch_is_lit(qtbot: QtBot) -> None:
    with hall((1366, 768)) as window:
        window.open_scene(find_scene("mini-batch"))
        stage = window.theatre.stage
        assert isinstance(stage, ComparisonStage) and stage.panel is not None
        batches = [view.batch for view in stage.panel.views]
        assert [0 if batch is None else batch.lit.size for batch in batches] == [140, 10, 1]
