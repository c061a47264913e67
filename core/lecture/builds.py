"""The builds of a scene: the short script by which a lecturer shows it, one press of Page Down after another.

A build writes only what it changes; everything else stays as the builds before left it. A scene that has no
builds of its own says its first paragraph, asks and answers its questions, and says the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta, field
from msgspec.structs import replace

from ..bounds import Index, Steps
from ..data.table import from_json
from ..language import tr
from ..nn.design import Problem
from .drawings import DRAWINGS
from .subjects import READ, Expression, Name, Networks, SceneStruct, SoftmaxBench, Subject
from .view_ids import ViewId

if TYPE_CHECKING:
    from .scene import Scene

Phase = Literal["start", "forward", "backward", "update"]


class InitialSelection(SceneStruct, frozen=True, kw_only=True):
    """A selection in the first network: a layer, neuron, edge or sample."""

    layer: Annotated[int, Meta(ge=0, le=64)] | None = None
    neuron: Index | None = None
    source: Index | None = None
    sample: Index | None = None


class Build(SceneStruct, frozen=True, kw_only=True):
    """One build: what is said, shown, asked and done when it is reached. What is left out does not change.

    ``say`` is the sentence at the top, ``formula`` LaTeX. ``subject`` gives fields of the scene's subject
    other values, and the stage begins anew with them; ``change`` presses the button of that name. ``show``
    names the views to be seen, ``draw`` the step of the scene's drawing. ``look`` selects, ``light`` puts a
    layer of the network in the spotlight (-1: all layers). ``ask`` is the index of a question, ``reveal``
    answers the open one. ``phase`` goes on to that phase of the iteration, and ``run`` makes so many
    iterations, or steps where there are no iterations.
    """

    say: Annotated[str, Meta(max_length=1000, extra=READ)] = ""
    formula: Annotated[str, Meta(max_length=1000)] | None = None
    subject: dict[str, Any] = field(default_factory=dict)
    change: Name | None = None
    show: Annotated[tuple[ViewId, ...], Meta(max_length=8)] = ()
    draw: Name | None = None
    look: InitialSelection | None = None
    light: Annotated[int, Meta(ge=-1, le=64)] | None = None
    ask: Index | None = None
    reveal: bool = False
    phase: Phase | None = None
    run: Steps = 0


@dataclass(frozen=True)
class BuildState:
    """What all builds up to one leave behind, apart from what the stage has computed.

    ``number`` counts from 0, ``count`` is the number of builds. ``question`` is the index of the question
    that is open, or answered by this very build; ``revealed`` are the indices of those answered. ``draw`` is
    the step of the scene's drawing; empty: its first one.
    """

    number: int
    count: int
    say: str
    formula: str
    subject: Subject
    views: tuple[ViewId, ...]
    question: int | None = None
    revealed: frozenset[int] = frozenset()
    draw: str = ""

    @property
    def last(self) -> bool:
        """Whether this is the last build of the scene."""
        return self.number + 1 == self.count

    @property
    def asking(self) -> bool:
        """Whether a question is open."""
        return self.question is not None and self.question not in self.revealed


def builds_of(scene: Scene) -> tuple[Build, ...]:
    """Return the builds of a scene: its own, or those that follow from its words and questions."""
    if scene.builds:
        return scene.builds
    first, *rest = scene.words
    questions = (part for k in range(len(scene.cards)) for part in (Build(ask=k), Build(reveal=True)))
    return (Build(say=first), *questions, *(Build(say=text) for text in rest))


def state_at(scene: Scene, number: int) -> BuildState:
    """Return what builds 0 … ``number`` of a scene leave behind."""
    builds = builds_of(scene)
    say, formula, subject, views = "", scene.formula, scene.subject, scene.show
    question, revealed, draw = None, frozenset[int](), ""
    for build in builds[: number + 1]:
        say = build.say or say
        formula = formula if build.formula is None else build.formula
        subject = _with(subject, build.subject)
        views = build.show or views
        draw = build.draw or draw
        if build.ask is not None or question in revealed:  # an answer leaves with the next build
            question = build.ask
        if build.reveal and question is not None:
            revealed |= {question}
    return BuildState(number, len(builds), say, formula, subject, views, question, revealed, draw)


def still_hidden(scene: Scene, state: BuildState) -> set[str]:
    """Return the names of the expected numbers that are asked for and not revealed yet.

    A number is hidden from the beginning of the scene, so that nobody reads it before the question.
    """
    waiting: set[str] = {
        card.reveals for k, card in enumerate(scene.cards) if k not in state.revealed and card.reveals
    }
    return waiting - {scene.cards[k].reveals for k in state.revealed}


def _with(subject: Subject, fields: dict[str, Any]) -> Subject:
    """Return a subject with other values of some fields. Raises msgspec.ValidationError."""
    types = {field.name: field.type for field in msgspec.structs.fields(type(subject))}
    for name in fields.keys() - types.keys():
        raise msgspec.ValidationError(tr("there is no field {name} in this subject", name=name))
    given = {name: msgspec.convert(value, types[name], dec_hook=from_json) for name, value in fields.items()}
    return replace(subject, **given)


# -- checks ------------------------------------------------------------------------------------------------


def build_problems(scene: Scene) -> Iterator[Problem]:
    """Yield the problems of the builds of a scene."""
    changes = [start.name for start in scene.subject.starts] if isinstance(scene.subject, Networks) else []
    asked, open_question = set[int](), False
    for k, build in enumerate(scene.builds):
        place = f"builds[{k}]"
        yield from _done_problems(scene, build, place, changes)
        yield from _view_problems(scene, build, place)
        yield from _draw_problems(scene, build, place)
        if build.ask is not None:
            if build.ask >= len(scene.cards):
                count = len(scene.cards)
                yield Problem(
                    f"{place}.ask", tr("there are {count} questions; they count from 0.", count=count)
                )
            asked.add(build.ask)
            open_question = True
        if build.reveal and not open_question:
            yield Problem(f"{place}.reveal", tr("no question is open: write ask in a build before."))
        open_question = open_question and not build.reveal
    if scene.builds and open_question:
        yield Problem("builds", tr("end with an open question: write a build that reveals its answer."))
    for k in range(len(scene.cards)):
        if scene.builds and k not in asked:
            yield Problem(f"cards[{k}]", tr("no build asks this question: write ask, or remove it."))
    if scene.builds and not scene.builds[0].say:
        yield Problem("builds[0].say", tr("is missing: the first build says a sentence."))


def _view_problems(scene: Scene, build: Build, place: str) -> Iterator[Problem]:
    """Yield the problems of the views that a build shows."""
    if build.show and not isinstance(scene.subject, Networks):
        yield Problem(f"{place}.show", tr("only the views of networks are shown one by one: remove it."))
    for j, view in enumerate(build.show):
        if view not in scene.show:
            known = ", ".join(scene.show)
            yield Problem(
                f"{place}.show[{j}]", tr("is none of the views of the scene: {known}.", known=known)
            )


def _draw_problems(scene: Scene, build: Build, place: str) -> Iterator[Problem]:
    """Yield the problems of the step of the drawing that a build shows."""
    if build.draw is None or (scene.drawing is not None and scene.drawing not in DRAWINGS):
        return
    if scene.drawing is None:
        yield Problem(f"{place}.draw", tr("the scene has no drawing: name one in drawing, or remove this."))
    elif build.draw not in (steps := DRAWINGS[scene.drawing].steps):
        known = ", ".join(steps)
        yield Problem(
            f"{place}.draw", tr("the drawing has no such step; its steps are: {known}.", known=known)
        )


def _done_problems(scene: Scene, build: Build, place: str, changes: list[str]) -> Iterator[Problem]:
    """Yield the problems of what a build does to the stage."""
    if build.change is not None and build.change not in changes:
        known = ", ".join(changes) or tr("none")
        yield Problem(
            f"{place}.change", tr("there is no such button; the buttons are: {known}.", known=known)
        )
    if build.run and isinstance(scene.subject, SoftmaxBench):
        yield Problem(f"{place}.run", tr("this subject has nothing to run: remove it."))
    if build.phase is not None and not isinstance(scene.subject, Networks | Expression):
        yield Problem(f"{place}.phase", tr("needs a network or an expression as the subject: remove it."))
    if not build.subject:
        return
    if "kind" in build.subject:
        yield Problem(f"{place}.subject.kind", tr("cannot be changed by a build: make another scene."))
        return
    try:
        changed = _with(scene.subject, build.subject)
    except msgspec.ValidationError as error:
        yield Problem(f"{place}.subject", f"{error}.")
        return
    for problem in changed.problems():
        yield Problem(f"{place}.subject.{problem.where}", problem.why)


def scene_at(scene: Scene, state: BuildState) -> Scene:
    """Return a scene with the subject that it has at a build, with which the stage begins anew."""
    return replace(scene, subject=state.subject)
