"""Edits of lectures: what is edited is read back from the file as it was, and every scene stays playable."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from core.lecture.builds import builds_of, state_at
from core.lecture.expected import found
from core.lecture.lecture_edits import (
    exchanged,
    moved,
    numbers_offered,
    with_build,
    with_duplicate,
    with_new_build,
    with_number,
    with_question,
    with_scene,
    with_scenes,
    without,
    without_question,
    written,
)
from core.lecture.lecture_file import (
    MOST_SCENES,
    Lecture,
    LectureScene,
    lecture_faults,
    open_lecture_file,
    opened,
    read_lecture,
    write_lecture,
)
from core.lecture.scene import (
    Build,
    Scene,
    SceneQuestion,
    find_scene,
    read_scene,
    scene_problems,
    shipped_scenes,
)
from core.project.json_io import FileError

THREE = Lecture(title="Three", scenes=tuple(LectureScene(scene=name) for name in ("mse", "mae", "batch")))
CHOICE = SceneQuestion(question="Which?", choices=("this", "that"), right=1)


def scene_of(word: str) -> Scene:
    return read_scene(find_scene(word))


def names(lecture: Lecture) -> list[str]:
    return [one.scene for one in lecture.scenes]


@pytest.mark.parametrize(("at", "to", "order"), [(0, 2, "bca"), (2, 0, "cab"), (1, 1, "abc"), (0, 1, "bac")])
def test_an_item_is_moved_to_the_index_it_has_afterwards(at: int, to: int, order: str) -> None:
    assert "".join(moved(tuple("abc"), at, to)) == order
    assert moved(tuple("abc"), at, to)[to] == "abc"[at]
    assert moved(moved(tuple("abc"), at, to), to, at) == tuple("abc")


def test_scenes_are_added_given_twice_and_left_out() -> None:
    longer = with_scenes(THREE, 1, ["notation", "own.json"])
    assert names(longer) == ["mse", "notation", "own.json", "mae", "batch"]
    assert names(with_duplicate(THREE, 1)) == ["mse", "mae", "mae", "batch"]
    fewer = with_scene(THREE, 1, left_out=True)
    assert [place.path.stem for place in opened(fewer, None).places] == ["17-mse", "31-batch"]
    none = replace(fewer, scenes=tuple(replace(one, left_out=True) for one in fewer.scenes))
    with pytest.raises(FileError, match="no scene to give"):
        opened(none, None)
    full = with_scenes(THREE, 3, ["mse"] * 500)
    assert len(full.scenes) == MOST_SCENES and with_duplicate(full, 0) == full


@pytest.mark.parametrize("path", shipped_scenes(), ids=lambda path: path.stem)
def test_an_edited_scene_is_read_back_from_the_lecture_as_it_was_edited(path: Path, tmp_path: Path) -> None:
    original = read_scene(path)
    assert written(LectureScene(scene="x"), original, original) == LectureScene(scene="x")
    edited = (
        with_question(replace(original, title="Mine", notes="Slowly."), CHOICE)
        if (len(original.cards) < 6)
        else original
    )
    edited = with_build(edited, 0, say="We begin.")
    edited = with_new_build(edited, 1, Build(say="And go on."))
    assert not list(scene_problems(edited))
    one = written(LectureScene(scene=path.stem), original, edited)
    file = tmp_path / "mine.glasslecture"
    write_lecture(file, Lecture(title="Mine", scenes=(one,)))
    assert read_lecture(file).scenes == (one,)
    assert open_lecture_file(file).places[0].read() == edited


@pytest.mark.parametrize("word", ["softmax-tumours", "mse", "perceptron-xor"])
def test_a_question_is_asked_and_answered_at_the_end_and_goes_with_its_builds(word: str) -> None:
    scene = scene_of(word)
    asked = with_question(scene, CHOICE)
    assert state_at(asked, len(asked.builds) - 2).question == len(scene.cards)
    assert state_at(asked, len(asked.builds) - 1).revealed == set(range(len(scene.cards) + 1))
    assert without_question(asked, len(scene.cards)) == scene
    for k in range(len(scene.cards)):
        fewer = without_question(scene, k)
        assert fewer.cards == without(scene.cards, k) and not list(scene_problems(fewer))
        said = [build.say for build in fewer.builds if build.say]
        assert said == [build.say for build in scene.builds if build.say]


def test_a_scene_without_builds_gets_those_that_it_is_given_in() -> None:
    scene = replace(scene_of("mse"), builds=())
    edited = with_build(scene, 0, say="Errors, squared.")
    assert [build.ask for build in edited.builds] == [build.ask for build in builds_of(scene)]
    assert edited.builds[0].say == "Errors, squared." and not list(scene_problems(edited))


def test_a_question_can_ask_for_any_number_of_the_network() -> None:
    scene = scene_of("multilayer-xor")
    offered = numbers_offered(scene)
    assert offered[: len(scene.expected)] == scene.expected and len(offered) > len(scene.expected)
    assert all(result.right for result in found(scene.subject, offered[len(scene.expected) :]))
    name = offered[-1].name
    card = SceneQuestion(question="How large is the loss?", reveals=name)
    edited = with_question(with_number(scene, offered[-1]), card)
    assert with_number(edited, offered[-1]) == edited and not list(scene_problems(edited))
    lecture = Lecture(title="N", scenes=(written(LectureScene(scene=scene.name), scene, edited),))
    assert not list(lecture_faults(opened(lecture, None)))
    assert exchanged(lecture.scenes, 0, LectureScene(scene="mse"))[0].scene == "mse"


def test_a_number_that_the_engine_no_longer_gives_is_told() -> None:
    scene = scene_of("multilayer-xor")
    wrong = replace(numbers_offered(scene)[-1], exact=123.0)
    one = LectureScene(scene=scene.name, numbers=(wrong,))
    (fault,) = lecture_faults(opened(Lecture(title="N", scenes=(one,)), None))
    assert fault.startswith("scene 1: the engine’s") and wrong.name in fault
