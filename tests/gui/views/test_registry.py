"""The table of views: each is in the module of its name, can be created, and can be shown in a scene."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from core.lecture.view_ids import BARS, ViewId
from gui.lecture.stages.network import NetworkStage
from gui.views.registry import DOCKS, VIEWS, title_of
from tests.gui.stages import on_stage, scene_of


def test_every_view_has_a_row_but_bars_and_parts_of_other_stages() -> None:
    assert set(ViewId) - set(VIEWS) == {*BARS, ViewId.BENCH, ViewId.DERIVATIVES}


def test_every_view_a_scene_can_show_has_a_title_of_its_own() -> None:
    titles = [title_of(view) for view in ViewId]
    assert all(titles) and len(set(titles)) == len(titles)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_lies_in_the_file_or_folder_of_its_name(view: ViewId) -> None:
    module, _, _class = VIEWS[view].source.partition(":")
    assert view.value in module.split(".")


def test_a_dock_stands_by_those_made_before() -> None:
    made = list(DOCKS)
    for k, (view, position) in enumerate(DOCKS.items()):
        near = {position.behind, position.below, position.tab_of} - {None}
        assert near <= set(made[:k]), view


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_can_be_shown_in_a_scene(view: ViewId) -> None:
    scene = replace(scene_of("dead-relu"), show=(view,))
    with on_stage(lambda: NetworkStage(scene), scene) as stage:
        stage.player.settle()
        QApplication.processEvents()
        shown = stage.arrangement.framed[view].view
        assert shown.isVisible() and min(shown.width(), shown.height()) > 100
        stage.step(ahead=True)
        stage.player.settle()
        QApplication.processEvents()
