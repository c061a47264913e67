"""The film of a scene: every build in its order, and the scene is where it was afterwards."""

from __future__ import annotations

from core.lecture.scene import scene_files
from gui.lecture.scene_film import builds_of_scene
from tests.gui.lecture.test_lecture_window import Open, lecture

__all__ = ["lecture"]


def test_every_build_is_filmed_and_the_scene_is_where_it_was(lecture: Open) -> None:
    window = lecture()
    window.open_scene(next(file for file in scene_files() if file.stem == "23-one-weight"))
    window.theatre.go_build(1)
    window.theatre.finish()
    footage = builds_of_scene(window, window.theatre)
    assert footage.count == window.theatre.builds > 3
    moments = footage.moments()
    assert [next(moments), next(moments), next(moments)] == [0, 1, 2]
    assert window.theatre.state.number == 2
    moments.close()
    assert window.theatre.state.number == 1
