"""The builds of a scene: the steps in which a lecturer shows it, one per press of Page Down.

A build contains only what it changes; everything else stays as the builds before left it. A scene without
builds of its own shows its first paragraph, asks and answers its questions, and then shows the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from .scene import Build, Scene
from .subjects import Subject, with_fields
from .view_ids import ViewId


@dataclass(frozen=True)
class BuildState:
    """The combined effect of all builds up to one, apart from what the stage has computed.

    ``number`` counts from 0, ``count`` is the number of builds. ``question`` is the index of the question
    that is open, or answered by this build; ``revealed`` are the indices of those answered. ``draw`` is
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
    """Return the builds of a scene: its own, or those derived from its paragraphs and questions."""
    if scene.builds:
        return scene.builds
    first, *rest = scene.words
    questions = (part for k in range(len(scene.cards)) for part in (Build(ask=k), Build(reveal=True)))
    return (Build(say=first), *questions, *(Build(say=text) for text in rest))


def state_at(scene: Scene, number: int) -> BuildState:
    """Return the combined effect of builds 0 … ``number`` of a scene."""
    builds = builds_of(scene)
    say, formula, subject, views = "", scene.formula, scene.subject, scene.show
    question, revealed, draw = None, frozenset[int](), ""
    for build in builds[: number + 1]:
        say = build.say or say
        formula = formula if build.formula is None else build.formula
        subject = with_fields(subject, build.subject)
        views = build.show or views
        draw = build.draw or draw
        if build.ask is not None or question in revealed:  # an answer is hidden by the next build
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


def scene_at(scene: Scene, state: BuildState) -> Scene:
    """Return a scene with the subject that it has at a build, from which the stage restarts."""
    return replace(scene, subject=state.subject)
