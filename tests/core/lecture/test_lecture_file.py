"""Lectures of one's own: files and folders, what they write in place of a scene's words, and their faults."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from core.lecture.lecture_file import (
    Lecture,
    LectureScene,
    lecture_faults,
    open_lecture_file,
    own_lecture,
    read_lecture,
    shipped_lectures,
    write_lecture,
)
from core.lecture.scene import SceneQuestion, find_scene, read_scene, scene_files, scene_problems
from core.lecture.view_ids import ViewId
from core.project.json_io import FileError

MINE = Lecture(
    title="Mine",
    author="A. Lecturer",
    language="en",
    scenes=(
        LectureScene(scene="mse", title="Errors, squared"),
        LectureScene(scene="perceptron-xor", cards=(), words=("One neuron.",)),
        LectureScene(scene="mse", notes="Again."),
        LectureScene(scene="own.json"),
    ),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(find_scene("softmax-tumours"), tmp_path / "own.json")
    write_lecture(tmp_path / "mine.glasslecture", MINE)
    return tmp_path


def test_a_lecture_is_written_and_read(folder: Path) -> None:
    assert read_lecture(folder / "mine.glasslecture") == MINE


def test_its_own_words_take_the_place_of_the_scenes(folder: Path) -> None:
    lecture = open_lecture_file(folder / "mine.glasslecture")
    scenes = [place.read() for place in lecture.places]
    assert [scene.title for scene in scenes[::2]] == ["Errors, squared", read_scene(find_scene("mse")).title]
    assert scenes[1].words == ("One neuron.",) and scenes[1].cards == () and scenes[1].builds == ()
    assert scenes[2].notes == "Again." and scenes[2].builds == read_scene(find_scene("mse")).builds
    assert scenes[3] == read_scene(folder / "own.json")
    assert list(lecture_faults(lecture)) == []


def test_a_folder_is_a_lecture_of_its_file_or_of_all_its_scenes(folder: Path) -> None:
    assert open_lecture_file(folder).title == "Mine"
    (folder / "mine.glasslecture").unlink()
    shutil.copy(find_scene("mse"), folder / "a-first.json")
    lecture = open_lecture_file(folder)
    assert [place.path.name for place in lecture.places] == ["a-first.json", "own.json"]
    assert lecture.places[0].heading() == read_scene(find_scene("mse")).title


@pytest.mark.parametrize("path", shipped_lectures(), ids=lambda path: path.stem)
def test_every_shipped_lecture_can_be_given(path: Path) -> None:
    lecture = open_lecture_file(path)
    assert lecture.title and list(lecture_faults(lecture)) == []


def test_the_program_s_own_lecture_has_all_its_scenes() -> None:
    lecture = own_lecture()
    assert [place.path for place in lecture.places] == scene_files() and lecture.path is None
    assert lecture.index_of(find_scene("mse")) == 16 and lecture.index_of(Path("elsewhere.json")) is None


def written(folder: Path, **lecture: Any) -> Path:
    path = folder / "bad.glasslecture"
    head = {"format": "glassnet-lecture", "version": 1, "lecture": {"title": "Bad", **lecture}}
    path.write_text(json.dumps(head), "utf-8")
    return path


@pytest.mark.parametrize(
    ("lecture", "said"),
    [
        ({"scenes": []}, "scenes"),
        ({"scenes": [{"scene": "no-such-scene"}]}, "no-such-scene"),
        ({"scenes": [{"scene": "../secret.json"}]}, "is not beside the lecture"),
        ({"scenes": [{"scene": "/etc/secret.json"}]}, "is not beside the lecture"),
        ({"scenes": [{"scene": " mse"}]}, "without spaces"),
        ({"scenes": [{"scene": "mse", "colour": "red"}]}, "colour"),
        ({}, "scenes"),
    ],
)
def test_a_fault_is_a_sentence_with_the_file_and_the_place(
    tmp_path: Path, lecture: dict[str, Any], said: str
) -> None:
    with pytest.raises(FileError) as error:
        open_lecture_file(written(tmp_path, **lecture))
    assert said in str(error.value) and "\n" not in str(error.value) and str(error.value).endswith(".")


def test_a_folder_without_scenes_and_a_missing_scene_are_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="has no scenes"):
        open_lecture_file(tmp_path)
    lost = open_lecture_file(written(tmp_path, scenes=[{"scene": "mse"}, {"scene": "lost.json"}]))
    (fault,) = lecture_faults(lost)
    assert fault.startswith("scene 2: ") and "lost.json" in fault


def test_a_question_about_a_number_the_scene_lacks_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "asks.glasslecture"
    card = SceneQuestion(question="How large?", reveals="nothing of this name")
    write_lecture(path, Lecture(title="Asks", scenes=(LectureScene(scene="mse", cards=(card,)),)))
    (fault,) = lecture_faults(open_lecture_file(path))
    assert "cards[0].reveals" in fault and "nothing of this name" in fault


def test_views_that_a_lecture_chooses_stand_in_place_of_a_drawing() -> None:
    scene = read_scene(find_scene("through-a-network"))
    assert scene.drawing is not None
    own = LectureScene(scene="through-a-network", show=(ViewId.CANVAS, ViewId.INSPECTOR))
    given = own.applied_to(scene)
    assert given.drawing is None and given.show == own.show and list(scene_problems(given)) == []
