"""Builds of a scene: what follows from them, those of a scene without any, and their faults with a place."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from core.lecture.builds import builds_of, scene_at, state_at, still_hidden
from core.lecture.scene import (
    Build,
    InitialSelection,
    Scene,
    find_scene,
    read_scene,
    scene_files,
    write_scene,
)
from core.lecture.view_ids import ViewId
from core.project.json_io import FileError

XOR = read_scene(find_scene("1"))
ASKED = (
    Build(say="One neuron."),
    Build(ask=0),
    Build(say="It runs.", run=10),
    Build(reveal=True),
    Build(ask=1),
    Build(reveal=True, say="A line, whatever the weights are."),
)


@pytest.mark.parametrize("path", scene_files(), ids=lambda path: path.stem)
def test_one_who_only_goes_on_is_told_and_asked_and_answered_everything(path: Any) -> None:
    scene = read_scene(path)
    states = [state_at(scene, k) for k in range(len(builds_of(scene)))]
    assert states[0].say and not states[0].asking and states[-1].last
    assert states[-1].revealed == frozenset(range(len(scene.cards)))
    assert {state.question for state in states} - {None} == set(range(len(scene.cards)))
    assert still_hidden(scene, states[0]) == {card.reveals for card in scene.cards if card.reveals}
    assert still_hidden(scene, states[-1]) == set()
    if not scene.builds:
        assert [text for text in scene.words if text not in {state.say for state in states}] == []


def test_a_build_writes_only_what_it_changes() -> None:
    scene = replace(XOR, builds=ASKED)
    says = [state_at(scene, k).say for k in range(len(ASKED))]
    assert says == [*["One neuron."] * 2, *["It runs."] * 3, "A line, whatever the weights are."]
    assert [state_at(scene, k).asking for k in range(len(ASKED))] == [False, True, True, False, True, False]
    assert still_hidden(scene, state_at(scene, 2)) == {"highest accuracy of one neuron"}
    assert still_hidden(scene, state_at(scene, 3)) == set()


def test_a_build_gives_the_subject_other_values() -> None:
    scene = read_scene(find_scene("15"))
    assert scene.cards
    builds = (
        *builds_of(scene),
        Build(say="Other sums.", subject={"z": [3.0, 0.0, -1.0]}),
        Build(say="Same."),
    )
    scene = replace(scene, builds=builds)
    last = len(builds) - 1
    assert scene_at(scene, state_at(scene, last)).subject.z == (3.0, 0.0, -1.0)
    assert state_at(scene, last - 2).subject == scene.subject


def test_builds_are_written_and_read(tmp_path: Any) -> None:
    scene = replace(
        XOR, builds=(*ASKED, Build(look=InitialSelection(layer=1), show=(ViewId.CANVAS,), light=-1))
    )
    path = tmp_path / "own.json"
    write_scene(path, scene)
    assert read_scene(path) == scene


def bad(*builds: Build) -> Scene:
    return replace(XOR, builds=builds)


@pytest.mark.parametrize(
    ("scene", "place"),
    [
        (bad(Build(), *ASKED[1:]), "builds[0].say"),
        (bad(*ASKED, Build(ask=7)), "builds[6].ask"),
        (bad(*ASKED, Build(reveal=True)), "builds[6].reveal"),
        (bad(*ASKED[:-1]), "builds"),
        (bad(ASKED[0]), "cards[0]"),
        (bad(*ASKED, Build(change="nothing")), "builds[6].change"),
        (bad(*ASKED, Build(show=(ViewId.MATRICES,))), "builds[6].show[0]"),
        (bad(*ASKED, Build(look=InitialSelection(layer=9))), "builds[6].look.layer"),
        (bad(*ASKED, Build(subject={"kind": "softmax", "z": [1.0, 2.0]})), "builds[6].subject.kind"),
        (bad(*ASKED, Build(subject={"weights": 1})), "builds[6].subject"),
        (bad(*ASKED, Build(subject={"networks": []})), "builds[6].subject"),
    ],
)
def test_a_fault_of_a_build_is_named_with_its_place(scene: Scene, place: str, tmp_path: Any) -> None:
    path = tmp_path / "faulty.json"
    head = {"format": "glassnet-scene", "version": 1, "scene": msgspec.to_builtins(scene)}
    path.write_bytes(msgspec.json.encode(head))
    with pytest.raises(FileError) as error:
        read_scene(path)
    assert f"scene.{place}: " in str(error.value)
    assert str(error.value).endswith(".")


def test_a_run_needs_something_that_runs(tmp_path: Any) -> None:
    scene = read_scene(find_scene("15"))
    scene = replace(scene, builds=(*builds_of(scene), Build(run=3), Build(phase="forward")))
    path = tmp_path / "faulty.json"
    with pytest.raises(FileError) as error:
        write_scene(path, scene)
    assert ".run: " in str(error.value) and not path.exists()


def test_a_build_changes_a_subject_that_has_a_table() -> None:
    scene = read_scene(find_scene("30"))
    network = scene.subject.networks[0]
    design = {"title": "Other data", "data": {"source": "xor-four-points"}, "layers": []}
    start = {"name": "other", "design": {**design, "layers": [{"kind": "dense", "neurons": 1}]}}
    builds = (*builds_of(scene), Build(say="Other data.", subject={"networks": [start]}))
    changed = state_at(replace(scene, builds=builds), len(builds) - 1).subject
    assert changed.networks[0].name == "other" and changed.changes == scene.subject.changes
    assert scene.subject.networks[0] is network and network.design.data.table is not None


def test_an_answer_is_there_at_its_own_build_and_leaves_with_the_next() -> None:
    builds = (*ASKED[:4], Build(say="Another thing."), *ASKED[4:], Build(run=1))
    scene = replace(XOR, builds=builds)
    assert [state_at(scene, k).question for k in range(len(builds))] == [None, 0, 0, 0, None, 1, 1, None]
    assert state_at(scene, 4).revealed == {0}
    assert not state_at(scene, 4).asking
