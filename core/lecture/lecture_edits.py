"""Edits of a lecture and of its scenes: pure functions that return the edited value.

An edited scene is kept in a lecture as its differences from the scene's file, see `written`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from msgspec.structs import replace

from ..language import tr
from .builds import builds_of
from .evaluator import SceneEvaluator
from .expected import AnyQuantity, Expected, found_with
from .lecture_file import MOST_SCENES, REPLACED, Lecture, LectureScene
from .network_quantities import EdgeNumber, NeuronNumber
from .scene import Build, Scene, SceneQuestion
from .subjects import BuiltSubject, Networks
from .view_ids import ViewId

Item = TypeVar("Item")


def moved(items: tuple[Item, ...], at: int, to: int) -> tuple[Item, ...]:
    """Return the items with the one at index ``at`` moved to index ``to``."""
    rest = [*items[:at], *items[at + 1 :]]
    return (*rest[:to], items[at], *rest[to:])


def without(items: tuple[Item, ...], at: int) -> tuple[Item, ...]:
    """Return the items without the one at an index."""
    return (*items[:at], *items[at + 1 :])


def exchanged(items: tuple[Item, ...], at: int, item: Item) -> tuple[Item, ...]:
    """Return the items with another one at an index."""
    return (*items[:at], item, *items[at + 1 :])


# -- lectures ----------------------------------------------------------------------------------------------


def with_scenes(lecture: Lecture, at: int, words: Iterable[str]) -> Lecture:
    """Return a lecture with scenes inserted at an index, by their names or files, as many as it may have."""
    room = MOST_SCENES - len(lecture.scenes)
    added = [LectureScene(scene=word) for word in words][:room]
    return replace(lecture, scenes=(*lecture.scenes[:at], *added, *lecture.scenes[at:]))


def with_duplicate(lecture: Lecture, at: int) -> Lecture:
    """Return a lecture with a copy of a scene inserted after it."""
    if len(lecture.scenes) >= MOST_SCENES:
        return lecture
    scenes = lecture.scenes
    return replace(lecture, scenes=(*scenes[: at + 1], scenes[at], *scenes[at + 1 :]))


def with_scene(lecture: Lecture, at: int, **fields: Any) -> Lecture:
    """Return a lecture with other values of some fields of a scene."""
    return replace(lecture, scenes=exchanged(lecture.scenes, at, replace(lecture.scenes[at], **fields)))


def written(one: LectureScene, original: Scene, edited: Scene) -> LectureScene:
    """Return the entry of a lecture that turns the scene of the file ``original`` into the ``edited`` one."""
    fields: dict[str, Any] = {
        name: getattr(edited, name) if getattr(edited, name) != getattr(original, name) else None
        for name in REPLACED
    }
    if fields["words"] is not None or fields["cards"] is not None:
        fields["builds"] = edited.builds
    return replace(one, **fields, numbers=edited.expected[len(original.expected) :])


# -- the builds of a scene ---------------------------------------------------------------------------------


def with_builds(scene: Scene, builds: tuple[Build, ...]) -> Scene:
    """Return a scene with other builds."""
    return replace(scene, builds=builds)


def with_build(scene: Scene, at: int, **fields: Any) -> Scene:
    """Return a scene with other values of some fields of a build."""
    builds = builds_of(scene)
    return with_builds(scene, exchanged(builds, at, replace(builds[at], **fields)))


def with_new_build(scene: Scene, at: int, build: Build) -> Scene:
    """Return a scene with a build inserted at an index."""
    builds = builds_of(scene)
    return with_builds(scene, (*builds[:at], build, *builds[at:]))


def repeated(build: Build) -> Build:
    """Return a copy of a build that asks and answers no question again."""
    return replace(build, ask=None, reveal=False)


def with_views(scene: Scene, show: tuple[ViewId, ...]) -> Scene:
    """Return a scene with other views; builds keep those of their views that the scene still has."""
    kept = tuple(
        replace(build, show=tuple(view for view in build.show if view in show)) for build in scene.builds
    )
    return replace(scene, show=show, builds=kept)


# -- the questions of a scene ------------------------------------------------------------------------------


def with_question(scene: Scene, card: SceneQuestion) -> Scene:
    """Return a scene with one more question, asked and answered in two builds at its end."""
    builds = (*builds_of(scene), Build(ask=len(scene.cards)), Build(reveal=True))
    return replace(scene, cards=(*scene.cards, card), builds=builds)


def without_question(scene: Scene, at: int) -> Scene:
    """Return a scene without a question, and without the builds that did nothing but ask and answer it."""
    builds, asked = [], None
    for build in builds_of(scene):
        asked = asked if build.ask is None else build.ask
        if asked == at and (build.ask is not None or build.reveal):
            if (rest := repeated(build)) != Build():
                builds.append(rest)
        elif build.ask is not None and build.ask > at:
            builds.append(replace(build, ask=build.ask - 1))
        else:
            builds.append(build)
    return replace(scene, cards=without(scene.cards, at), builds=tuple(builds))


# -- numbers that a question may ask for -------------------------------------------------------------------

MOST_LAYERS, MOST_NEURONS = 4, 8


def numbers_offered(scene: Scene) -> tuple[Expected, ...]:
    """Return the numbers that a question may ask for: the scene's own, then those of its network.

    The latter are z, a and delta of the neurons and the loss J, for the sample selected at the beginning,
    as far as the engine can compute them.
    """
    return (*scene.expected, *_of_network(scene))


def _of_network(scene: Scene) -> Iterator[Expected]:
    if not isinstance(scene.subject, Networks):
        return
    bench = SceneEvaluator(scene.subject)
    one = bench.made("")
    sample = scene.look.sample if scene.look is not None and scene.look.sample is not None else 0
    known = {expected.name for expected in scene.expected}
    for name, quantity in _quantities(one, sample):
        expected = Expected(name=name, quantity=quantity, exact=0.0)
        value = found_with(bench, expected).computed
        if name not in known and value is not None:
            yield replace(expected, exact=value, tolerance=1e-9 * max(1.0, abs(value)))


def _quantities(one: BuiltSubject, sample: int) -> Iterator[tuple[str, AnyQuantity]]:
    """Yield name and quantity of the numbers of a network for one sample, from 0."""
    n = one.network.n
    x = tuple(map(float, one.dataset.x[:, sample]))
    y = tuple(map(float, one.dataset.targets(n[-1])[:, sample]))
    places = ((layer, j) for layer in range(1, min(len(n), MOST_LAYERS + 1)) for j in range(n[layer]))
    for l, j in places:
        if j >= MOST_NEURONS:
            continue
        where = f"[{l}]_{j + 1}"
        of = tr("sample {number}", number=sample + 1)
        yield f"z{where}, {of}", NeuronNumber(x=x, what="z", layer=l, neuron=j)
        yield f"a{where}, {of}", NeuronNumber(x=x, what="a", layer=l, neuron=j)
        yield f"δ{where}, {of}", EdgeNumber(x=x, y=y, what="delta", layer=l, neuron=j)
    yield tr("J, sample {number}", number=sample + 1), EdgeNumber(x=x, y=y, what="J", layer=1)


def with_number(scene: Scene, expected: Expected) -> Scene:
    """Return a scene with one more expected number."""
    if any(one.name == expected.name for one in scene.expected):
        return scene
    return replace(scene, expected=(*scene.expected, expected))
