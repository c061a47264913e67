"""Scenes of a lecture, each a value stored in one readable JSON file that is checked strictly.

The format is ``{"format": "glassnet-scene", "version": 1, "scene": {…}}``. A scene contains everything that a
window shows of it; numbers are computed by the engine, and nothing in a file is executed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Raw, Struct, field
from msgspec.structs import replace

from ..bounds import LEAST_SPAN, Index, Steps
from ..language import in_use, tr
from ..nn.design import Problem, plain_json
from ..project.json_io import (
    ASSETS,
    DESIGN,
    SCENE,
    FileError,
    Head,
    PlaceError,
    bytes_of,
    check_fields,
    check_head,
    decoded,
    format_of,
    json_text,
    read_checked,
    write_checked,
)
from .drawings import DRAWINGS
from .evaluator import SceneEvaluator
from .expected import Expected, reference_problems
from .rehearsal import problems_on_stage
from .subjects import (
    READ,
    ActivationBench,
    Expression,
    Label,
    LossBench,
    Name,
    Networks,
    OneWeight,
    SceneStruct,
    SoftmaxBench,
    Start,
    Subject,
    made,
    with_fields,
)
from .view_ids import BARS, ViewId

PhaseName = Literal["start", "forward", "backward", "update"]
VERSION, SUFFIX = 1, SCENE.suffix
SCENES = ASSETS / "scenes"
BOOKS = SCENES / "books"

Text = Annotated[str, Meta(min_length=1, max_length=1000, extra=READ)]

LanguageCode = Annotated[str, Meta(pattern="^[a-z]{2,3}(_[A-Z]{2})?$")]
Translations = dict[LanguageCode, dict[str, str]]
"""The texts of a scene in other languages: by language code, by the English text."""

_GRAPH = ViewId.COMPUTATIONAL_GRAPH
_VIEWS_OF: dict[type, tuple[ViewId, ...]] = {
    Networks: tuple(view for view in ViewId if view not in (ViewId.BENCH, ViewId.DERIVATIVES)),
    Expression: (_GRAPH, ViewId.DERIVATIVES, ViewId.PASSES),
    OneWeight: (ViewId.BENCH, _GRAPH, ViewId.PASSES),
    SoftmaxBench: (ViewId.BENCH,),
    LossBench: (ViewId.BENCH,),
    ActivationBench: (ViewId.BENCH,),
}
"""The views available for each kind of subject."""


def views_of(subject: Subject) -> tuple[ViewId, ...]:
    """Return the views in which a subject can be shown."""
    has = _VIEWS_OF[type(subject)]
    if isinstance(subject, ActivationBench) and subject.network is not None:
        has += _VIEWS_OF[Networks]
    return has


class InitialSelection(SceneStruct, frozen=True, kw_only=True):
    """A selection in the first network: a layer, neuron, edge or sample."""

    layer: Annotated[int, Meta(ge=0, le=64)] | None = None
    neuron: Index | None = None
    source: Index | None = None
    sample: Index | None = None


class Build(SceneStruct, frozen=True, kw_only=True):
    """One build: what is said, shown, asked and done at this step. Fields that are left out change nothing.

    ``say`` is the sentence at the top, ``formula`` LaTeX. ``subject`` sets fields of the scene's subject to
    other values, and the stage restarts with them; ``change`` presses the button of that name. ``show``
    names the visible views, ``draw`` the step of the scene's drawing. ``look`` selects, ``light`` puts a
    layer of the network in the spotlight (-1: all layers). ``ask`` is the index of a question, ``reveal``
    answers the open one. ``phase`` goes on to that phase of the iteration, ``run`` is the number
    of iterations to make, or of steps where there are no iterations.
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
    phase: PhaseName | None = None
    run: Steps = 0


class WeightRef(SceneStruct, frozen=True):
    """An edge, from neuron ``source`` (from 0) to ``neuron`` of a layer (from 1)."""

    layer: Annotated[int, Meta(ge=1, le=64)]
    source: Index
    neuron: Index


class SurfaceSpec(SceneStruct, frozen=True):
    """The two weights over which the loss is drawn, and the margin around the start and the paths."""

    first: WeightRef
    second: WeightRef
    margin: Annotated[float, Meta(ge=LEAST_SPAN, le=100)] = 1.0


class SceneQuestion(SceneStruct, frozen=True, kw_only=True):
    """A question to be guessed before the answer is shown; ``right`` is the index of a choice.

    Without choices, the answer is the expected number named ``reveals``; with choices, that number is shown
    beside the answer. ``because`` is the reason, in one sentence.
    """

    question: Text
    choices: Annotated[tuple[Label, ...], Meta(max_length=5)] = ()
    right: Index | None = None
    reveals: Annotated[str, Meta(extra=READ)] | None = None
    because: Annotated[str, Meta(max_length=400, extra=READ)] = ""

    def problems(self, names: list[str]) -> Iterator[Problem]:
        """Yield the problems of the card, at their places in it."""
        if len(self.choices) == 1:
            yield Problem("choices", tr("one choice is none: write two or more, or leave them out."))
        if bool(self.choices) != (self.right is not None) or (self.right or 0) >= max(1, len(self.choices)):
            yield Problem("right", tr("must be the number of one of the choices, counted from 0."))
        if self.reveals is None and not self.choices:
            yield Problem("reveals", tr("must name the expected number that answers the question."))
        if self.reveals is not None and self.reveals not in names:
            known = ", ".join(names) or "none"
            yield Problem(
                "reveals",
                tr(
                    "there is no expected number “{reveals}”; the names are: {known}.",
                    reveals=self.reveals,
                    known=known,
                ),
            )


class Scene(SceneStruct, frozen=True, kw_only=True):
    """A scene: number, texts, subject, views, builds, things to try, questions and expected numbers.

    ``words`` are its paragraphs, ``notes`` are for the speaker only; ``formula`` is LaTeX. ``show`` lists its
    views, ``builds`` the steps in which it is shown (see `core.lecture.builds`). A ``drawing`` is painted for
    the scene in place of views: one of `core.lecture.drawings`. ``source`` names the book or
    lecture that an example is taken from, and its symbols where they differ.
    """

    number: Annotated[int, Meta(ge=1, le=999)]
    name: Name
    part: Label
    title: Label
    words: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=6)]
    formula: Annotated[str, Meta(max_length=1000)] = ""
    subject: Subject
    drawing: Name | None = None
    show: Annotated[tuple[ViewId, ...], Meta(max_length=8)] = ()
    look: InitialSelection | None = None
    surface: SurfaceSpec | None = None
    phase: PhaseName = "start"
    to_try: Annotated[tuple[Text, ...], Meta(max_length=5)] = ()
    cards: Annotated[tuple[SceneQuestion, ...], Meta(max_length=6)] = ()
    builds: Annotated[tuple[Build, ...], Meta(max_length=40)] = ()
    notes: Annotated[str, Meta(max_length=4000, extra=READ)] = ""
    source: Annotated[str, Meta(max_length=400, extra=READ)] = ""
    expected: Annotated[tuple[Expected, ...], Meta(max_length=60)] = ()
    translations: Translations = field(default_factory=dict)


class _SceneFile(Head, forbid_unknown_fields=True):
    scene: Raw


def scene_files() -> list[Path]:
    """Return the files of the bundled lecture, in order."""
    return sorted(SCENES.glob(f"*{SUFFIX}"))


def book_files() -> list[Path]:
    """Return the files of the bundled worked examples of other lectures, in order."""
    return sorted(BOOKS.glob(f"*{SUFFIX}"))


def shipped_scenes() -> list[Path]:
    """Return the files of all bundled scenes: the lecture, then the examples of books."""
    return [*scene_files(), *book_files()]


def find_scene(word: str) -> Path:
    """Return a scene's file by its path, or by its number or name. Raises FileError."""
    path = Path(word)
    if path.suffix == SUFFIX:
        return path
    for file in shipped_scenes():
        number, _, name = file.stem.partition("-")
        if word in (name, number, number.lstrip("0"), file.stem):
            return file
    raise FileError(
        tr(
            "There is no scene “{word}”: write its number or its name, or the path of a {suffix} file.",
            word=word,
            suffix=SUFFIX,
        )
    )


def is_scene(path: str | Path) -> bool:
    """Return whether a file declares itself a scene; if it declares nothing, its name decides."""
    path = Path(path)
    try:
        said = format_of(bytes_of(path, SCENE))
    except FileError:
        said = ""
    return said == SCENE.format or (path.suffix == SUFFIX and said != DESIGN.format)


def read_scene(path: str | Path) -> Scene:
    """Return the scene in a file, fully checked. Raises FileError with place and remedy."""
    path = Path(path)
    return read_checked(path, bytes_of(path, SCENE), parse_scene)


class SceneHeading(Struct, frozen=True):
    """The heading of a scene in a list: its number, its title and its part of the lecture."""

    number: int
    title: str
    part: str


class _HeadingFile(Head):
    scene: SceneHeading


def read_heading(path: Path) -> SceneHeading:
    """Return the heading of a scene, without reading the rest of its file. Raises FileError."""
    return read_checked(path, bytes_of(path, SCENE), lambda data: decoded(data, _HeadingFile, "").scene)


def write_scene(path: str | Path, scene: Scene) -> None:
    """Write a scene. Raises FileError; an existing file is then unchanged."""
    head = {"format": SCENE.format, "version": VERSION, "scene": plain_json(scene)}
    data = json_text(head) + b"\n"
    write_checked(Path(path), data, SCENE, parse_scene)


def parse_scene(data: bytes) -> Scene:
    """Return the scene in the bytes of a file, fully checked. Raises PlaceError."""
    check_head(decoded(data, Head, ""), SCENE, VERSION)
    scene = decoded(bytes(decoded(data, _SceneFile, "").scene), Scene, "scene")
    check_fields(data)
    for problem in scene_problems(scene):
        raise PlaceError(f"scene.{problem.where}: {problem.why}")
    return scene


def scene_problems(scene: Scene) -> Iterator[Problem]:
    """Yield all problems of a scene, in the order subject, expected numbers, cards, views."""
    yield from _within("subject", scene.subject.problems())
    bench = SceneEvaluator(scene.subject)
    yield from _within("subject", problems_on_stage(bench))
    names = [expected.name for expected in scene.expected]
    for k, expected in enumerate(scene.expected):
        if names.index(expected.name) < k:
            yield Problem(
                f"expected[{k}].name", tr("another number is named “{name}” too.", name=expected.name)
            )
        yield from _within(f"expected[{k}]", expected.problems())
        yield from _within(f"expected[{k}]", reference_problems(bench, expected))
    for k, card in enumerate(scene.cards):
        yield from _within(f"cards[{k}]", card.problems(names))
    yield from _drawing_problems(scene)
    yield from _view_problems(scene)
    yield from _build_problems(scene)
    known = {*texts_of(scene)}
    for code, texts in scene.translations.items():
        for text in texts.keys() - known:
            yield Problem(
                f"translations.{code}",
                tr("the scene has no text “{text}”: copy one of its texts.", text=text),
            )


def _within(where: str, problems: Iterator[Problem]) -> Iterator[Problem]:
    for problem in problems:
        yield Problem(f"{where}.{problem.where}", problem.why)


def _drawing_problems(scene: Scene) -> Iterator[Problem]:
    """Yield the problems of the scene's drawing, or that it has neither a drawing nor views."""
    if scene.drawing is None:
        if not scene.show:
            yield Problem("show", tr("is missing: name the views to be shown, or a drawing."))
    elif scene.drawing not in DRAWINGS:
        known = ", ".join(DRAWINGS)
        yield Problem("drawing", tr("there is no such drawing; the drawings are: {known}.", known=known))
    else:
        if scene.show or scene.surface is not None:
            place = "show" if scene.show else "surface"
            yield Problem(place, tr("the drawing fills the stage: remove this, or the drawing."))
        yield from DRAWINGS[scene.drawing].problems(scene.subject)


def _view_problems(scene: Scene) -> Iterator[Problem]:
    """Yield problems of views, selection and weights that the subject does not have."""
    has = views_of(scene.subject)
    for k, view in enumerate(scene.show):
        if view not in has:
            yield Problem(
                f"show[{k}]",
                tr("this subject has no {view}; choose from {has}.", view=view, has=", ".join(has)),
            )
    one = isinstance(scene.subject, Networks) and len(scene.subject.networks) == 1 and not scene.surface
    if one and scene.show and set(scene.show) <= set(BARS):
        yield Problem(
            "show", tr("{bars} are bars: add a view that stands beside them.", bars=" and ".join(BARS))
        )
    weights = (("first", scene.surface.first), ("second", scene.surface.second)) if scene.surface else ()
    if scene.surface and scene.surface.first == scene.surface.second:
        yield Problem("surface.second", tr("must be another weight than the first: each has its own axis."))
    places: list[tuple[str, InitialSelection | WeightRef]] = [
        (f"surface.{name}", weight) for name, weight in weights
    ]
    places += [("look", scene.look)] if scene.look else []
    places += [(f"builds[{k}].look", build.look) for k, build in enumerate(scene.builds) if build.look]
    subject = scene.subject
    start: Start | None = getattr(subject, "network", None)
    if isinstance(subject, Networks):
        start = subject.networks[0]
    for where, place in places:
        if start is None:
            yield Problem(where, tr("needs a network as the subject: remove it."))
        else:
            yield from _place_problems(start, place, where)


def _build_problems(scene: Scene) -> Iterator[Problem]:
    """Yield the problems of the builds of a scene."""
    changes = [start.name for start in scene.subject.starts] if isinstance(scene.subject, Networks) else []
    asked, open_question = set[int](), False
    for k, build in enumerate(scene.builds):
        place = f"builds[{k}]"
        yield from _done_problems(scene, build, place, changes)
        yield from _shown_problems(scene, build, place)
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


def _shown_problems(scene: Scene, build: Build, place: str) -> Iterator[Problem]:
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
    """Yield the problems of a build's effects on the stage."""
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
        changed = with_fields(scene.subject, build.subject)
    except msgspec.ValidationError as error:
        yield Problem(f"{place}.subject", f"{error}.")
        return
    for problem in changed.problems():
        yield Problem(f"{place}.subject.{problem.where}", problem.why)


def _place_problems(start: Start, place: InitialSelection | WeightRef, where: str) -> Iterator[Problem]:
    one = made(start)
    n, samples, l = one.network.n, one.dataset.x.shape[1], place.layer
    if l is not None and l >= len(n):
        yield Problem(
            f"{where}.layer", tr("there is no layer {l}; the network has {count}.", l=l, count=len(n) - 1)
        )
    elif l is None and (place.neuron, place.source) != (None, None):
        yield Problem(f"{where}.layer", tr("is missing: write the layer of the neuron."))
    elif l is not None:
        for name, number, most in (
            ("neuron", place.neuron, n[l]),
            ("source", place.source, n[max(l - 1, 0)]),
        ):
            if number is not None and number >= most:
                yield Problem(
                    f"{where}.{name}", tr("there are {most} neurons; they count from 0.", most=most)
                )
    if isinstance(place, InitialSelection) and place.sample is not None and place.sample >= samples:
        yield Problem(
            f"{where}.sample", tr("there are {samples} samples; they count from 0.", samples=samples)
        )


# -- The texts that people read -------------------------------------------------------------------------


def texts_of(scene: Scene) -> list[str]:
    """Return every text of a scene for human readers, in the order of its fields."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    _changed(scene, None, note)
    return [text for text in found if text]


def localized(scene: Scene) -> Scene:
    """Return a scene in the language in use: by its own translations, else by the program's."""
    own = scene.translations.get(in_use(), {})
    return _changed(scene, None, lambda text: own.get(text) or tr(text))


def _changed(value: Any, hint: Any, change: Callable[[str], str]) -> Any:
    """Return a part of a scene, of the type ``hint``, with each text for human readers changed."""
    if isinstance(value, str):
        return change(value) if _is_read(hint) else value
    if isinstance(value, tuple):
        return tuple(_changed(one, hint, change) for one in value)
    if not isinstance(value, SceneStruct):
        return value
    hints = _hints(type(value))
    return replace(
        value,
        **{name: _changed(getattr(value, name), hints[name], change) for name in value.__struct_fields__},
    )


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _is_read(hint: Any) -> bool:
    """Return whether a type, or one of its components, is marked as a text for human readers."""
    if get_origin(hint) is Annotated:
        kind, *marks = get_args(hint)
        return any(isinstance(mark, Meta) and mark.extra == READ for mark in marks) or _is_read(kind)
    return any(_is_read(part) for part in get_args(hint))
