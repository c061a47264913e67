"""Every view has one name; scenes with former names still open."""

import json

import pytest

from core.lecture.scene import find_scene, read_scene, write_scene
from core.lecture.view_ids import FORMER_NAMES, ViewId
from core.project.json_io import FileError


def scene_file(path, *show):
    data = json.loads(find_scene("dead-relu").read_text("utf-8"))
    data["scene"]["show"] = ["canvas", *show]
    del data["scene"]["builds"]  # which show views of the scene
    path.write_text(json.dumps(data), "utf-8")
    return path


@pytest.mark.parametrize(("former", "view"), FORMER_NAMES)
def test_a_scene_with_a_former_name_opens_and_is_saved_with_the_present_one(tmp_path, former, view):
    scene = read_scene(scene_file(tmp_path / "old.json", former))
    assert scene.show == (ViewId.CANVAS, view)
    write_scene(tmp_path / "new.json", scene)
    assert json.loads((tmp_path / "new.json").read_text("utf-8"))["scene"]["show"] == ["canvas", view.value]
    assert read_scene(tmp_path / "new.json") == scene


def test_a_former_name_is_no_present_one_and_names_one_view():
    former = [name for name, _view in FORMER_NAMES]
    assert len(set(former)) == len(former)
    assert not set(former) & {view.value for view in ViewId}


def test_an_unknown_view_is_refused_with_the_names_of_all(tmp_path):
    with pytest.raises(FileError) as caught:
        read_scene(scene_file(tmp_path / "bad.json", "loss_plots"))
    names = ", ".join(ViewId)
    assert str(caught.value) == f"“bad.json”: scene.show[1] cannot be “loss_plots”: choose one of {names}."


@pytest.mark.parametrize("view", [ViewId.BENCH, ViewId.DERIVATIVES])
def test_a_network_is_not_shown_by_views_of_other_subjects(tmp_path, view):
    with pytest.raises(FileError, match=rf"show\[1\]: this subject has no {view}; choose from canvas, "):
        read_scene(scene_file(tmp_path / "bad.json", view))


def test_bars_alone_are_no_scene(tmp_path):
    path = scene_file(tmp_path / "bad.json", "timeline")
    path.write_text(path.read_text("utf-8").replace('"canvas"', '"counters"'), "utf-8")
    with pytest.raises(FileError, match=r"scene\.show: counters and timeline are bars"):
        read_scene(path)
