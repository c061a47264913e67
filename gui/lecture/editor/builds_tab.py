"""The builds of a scene: their order, and what each says, asks, shows and does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.language import tr, translatable
from core.lecture.builds import builds_of
from core.lecture.drawings import DRAWINGS
from core.lecture.lecture_edits import moved, repeated, with_build, with_builds, with_new_build, without
from core.lecture.scene import Build, Scene
from core.lecture.subjects import Expression, Networks, SoftmaxBench, Subject, made
from core.lecture.view_ids import ViewId
from gui.lecture.editor.fields import ChoiceField, LineField, Tab, TextField, tool_button
from gui.lecture.text_panel import formula_fault
from gui.text.plain_text import plain
from gui.theme.theme import Theme, set_look, sized
from gui.views.registry import VIEWS, title_of
from gui.widgets.number_edit import NumberEdit
from gui.widgets.ordered_list import OrderedList

MOST_WORDS = 14
"""The longest sentence, in words, that can be read at a glance from the last row."""
FIELDS = {
    "say": translatable("Says"),
    "formula": translatable("Formula"),
    "ask": translatable("Asks"),
    "reveal": translatable("Shows the answer"),
    "run": translatable("Runs"),
    "phase": translatable("Goes to"),
    "change": translatable("Presses"),
    "light": translatable("Spotlight"),
    "show": translatable("Shows only"),
    "draw": translatable("Draws"),
}
"""The titles of the fields of a build, which also name the edits."""
MOST_BUILDS, MOST_RUN = 40, 1_000_000


def told(scene: Scene, build: Build) -> str:
    """Return a summary of a build in two lines."""
    does = ", ".join(_does(scene, build))
    says = build.say or tr("(says nothing new)")
    return f"{says}\n    {does}" if does else says


def _does(scene: Scene, build: Build) -> Iterator[str]:
    if build.reveal:
        yield tr("shows the answer")
    if build.ask is not None:
        yield tr("asks question {number}", number=build.ask + 1)
    if build.subject:
        yield tr("changes the picture")
    if build.draw is not None:
        yield tr("draws: {step}", step=_step_name(build.draw))
    if build.change is not None:
        yield tr("presses “{button}”", button=_buttons(scene).get(build.change, build.change))
    if build.phase is not None:
        yield tr("goes to: {phase}", phase=phases()[build.phase])
    if build.run:
        yield tr("runs {count}", count=build.run)
    if build.show:
        yield tr("shows {views}", views=", ".join(map(title_of, build.show)))
    if build.light is not None:
        yield tr("lights all") if build.light < 0 else tr("lights layer {number}", number=build.light)


def phases() -> dict[str | None, str]:
    """Return the names of the phases of an iteration."""
    return {
        None: tr("as before"),
        "start": tr("start"),
        "forward": tr("forward pass"),
        "backward": tr("backward pass"),
        "update": tr("update"),
    }


def _step_name(step: str) -> str:
    """Return the display name of a step of a drawing."""
    return step.replace("-", " ")


def _buttons(scene: Scene) -> dict[str, str]:
    """Return the texts of the buttons that change the first network, by name."""
    changes = scene.subject.changes if isinstance(scene.subject, Networks) else ()
    return {change.name: change.label or change.name for change in changes}


class BuildsTab(Tab):
    """Edits the builds of a scene. ``chosen`` carries the index of the build that is to be shown."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.at = 0
        self.list = OrderedList(self.tr("Builds"))
        self.list.setWordWrap(True)
        self.list.setToolTip(self.tr("Drag a build to its place; each is one press of Page Down"))
        self.new = tool_button(self.tr("New build"), self.tr("Add a build after this one"))
        self.copy = tool_button(self.tr("Duplicate"), self.tr("Add a copy of this build after it"))
        self.remove = tool_button(self.tr("Remove"), self.tr("Remove this build (Delete)"))
        self.say = TextField(self.tr("Says"), self.tr("The sentence across the top of the screen"), 2, 1000)
        self.words = QLabel()
        self.formula = LineField(
            self.tr("Formula"), self.tr("In LaTeX, such as o = \\sigma(b + w x); empty: as before"), 1000
        )
        self.ask = ChoiceField(self.tr("Asks"), self.tr("The question that is asked at this build"))
        self.reveal = QCheckBox(self.tr("Shows the answer"))
        self.draw = ChoiceField(self.tr("Draws"), self.tr("The step of the drawing that is shown"))
        self.run = NumberEdit(self.tr("Runs"), 0, 0, MOST_RUN, whole=True, wheel="focused", role="text")
        self.phase = ChoiceField(self.tr("Goes to"), self.tr("The part of the iteration to go on to"))
        self.change = ChoiceField(self.tr("Presses"), self.tr("A button of the scene that is pressed"))
        self.light = ChoiceField(self.tr("Spotlight"), self.tr("The layer of the network that is lit"))
        self.views: dict[ViewId, QCheckBox] = {}
        self.view_box = QWidget()
        self._counted: tuple[Subject | None, int] = (None, 0)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self.column.addWidget(self.list, 1)
        row = QHBoxLayout()
        for button in (self.new, self.copy, self.remove):
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.add(self.tr("Says"), self.say)
        self.words.setProperty("look", "small")
        self.column.addWidget(self.words)
        grid = QGridLayout()
        self.pairs: dict[QWidget, QLabel] = {}
        fields = (
            (self.tr("Formula"), self.formula),
            (self.tr("Asks"), self.ask),
            ("", self.reveal),
            (self.tr("Draws"), self.draw),
            (self.tr("Runs"), self.run),
            (self.tr("Goes to"), self.phase),
            (self.tr("Presses"), self.change),
            (self.tr("Spotlight"), self.light),
            (self.tr("Shows only"), self.view_box),
        )
        for k, (title, field) in enumerate(fields):
            label = QLabel(title)
            label.setBuddy(field)
            label.setProperty("look", "title")
            self.titles.append(label)
            self.pairs[field] = label
            grid.addWidget(label, k, 0)
            grid.addWidget(field, k, 1)
        grid.setColumnStretch(1, 1)
        self.column.addLayout(grid)
        self.view_row = QVBoxLayout(self.view_box)
        self.view_row.setContentsMargins(0, 0, 0, 0)
        self.view_row.setSpacing(2)
        self.run.setToolTip(self.tr("So many iterations, or steps, are made when the build is reached"))
        self.reveal.setToolTip(self.tr("The open question is answered at this build"))

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._choose)
        self.list.moved.connect(self._move)
        self.list.removed.connect(self._remove)
        self.new.clicked.connect(lambda: self._insert(Build(), self.tr("New build")))
        self.copy.clicked.connect(self._duplicate)
        self.remove.clicked.connect(lambda: self._remove(self.at))
        self.say.edited.connect(lambda text: self._change(typing=True, say=text.strip()))
        self.formula.edited.connect(self._type_formula)
        self.ask.chosen.connect(lambda ask: self._change(ask=ask))
        self.reveal.clicked.connect(lambda on: self._change(reveal=on))
        self.draw.chosen.connect(lambda step: self._change(draw=step))
        self.run.changed.connect(lambda count: self._change(run=int(count)))
        self.phase.chosen.connect(lambda phase: self._change(phase=phase))
        self.change.chosen.connect(lambda change: self._change(change=change))
        self.light.chosen.connect(lambda light: self._change(light=light))

    # -- edits ------------------------------------------------------------------------------------

    def _choose(self, row: int) -> None:
        if row >= 0 and row != self.at:
            self.at = row
            self.show_scene(self.scene, row)
            self.chosen.emit(row)

    def _change(self, *, typing: bool = False, **fields: Any) -> None:
        if self.scene is not None:
            field = tr(FIELDS[next(iter(fields))])
            name = self.tr("{field}, build {number}").format(field=field, number=self.at + 1)
            self.edited.emit(with_build(self.scene, self.at, **fields), name, typing)

    def _type_formula(self, text: str) -> None:
        fault = formula_fault(text)
        set_look(self.formula, "problem", "true" if fault else "false")
        self.formula.setAccessibleDescription(fault)
        self._change(typing=True, formula=text or None)

    def _move(self, at: int, to: int) -> None:
        assert self.scene is not None
        self.at = to
        edited = with_builds(self.scene, moved(builds_of(self.scene), at, to))
        self.edited.emit(edited, self.tr("Move build {number}").format(number=at + 1), False)

    def _insert(self, build: Build, name: str) -> None:
        if self.scene is not None and len(builds_of(self.scene)) < MOST_BUILDS:
            self.at += 1
            self.edited.emit(with_new_build(self.scene, self.at, build), name, False)
            self.say.setFocus()

    def _duplicate(self) -> None:
        if self.scene is not None:
            self._insert(repeated(builds_of(self.scene)[self.at]), self.tr("Duplicate build"))

    def _remove(self, at: int) -> None:
        if self.scene is None or len(builds_of(self.scene)) < 2:
            return
        edited = with_builds(self.scene, without(builds_of(self.scene), at))
        self.at = min(at, len(edited.builds) - 1)
        self.edited.emit(edited, self.tr("Remove build {number}").format(number=at + 1), False)

    # -- contents ---------------------------------------------------------------------------------

    def show_scene(self, scene: Scene | None, at: int) -> None:
        """Show the builds of a scene, and select the one with an index; None: there is no scene."""
        self.scene = scene
        self.setEnabled(scene is not None)
        if scene is None:
            self.list.show_texts([], -1)
            return
        builds = builds_of(scene)
        self.at = max(0, min(at, len(builds) - 1))
        build = builds[self.at]
        texts = [f"{k}  {told(scene, one)}" for k, one in enumerate(builds, 1)]
        self.list.show_texts(texts, self.at)
        self.remove.setEnabled(len(builds) > 1)
        self.new.setEnabled(len(builds) < MOST_BUILDS)
        self.copy.setEnabled(len(builds) < MOST_BUILDS)
        self.say.show_text(build.say)
        self._count_words(build.say)
        self.formula.show_text(build.formula or "")
        self._show_questions(scene, build)
        self._show_deeds(scene, build)
        self._show_views(scene, build)

    def _count_words(self, text: str) -> None:
        count = len(text.split())
        self.words.setText(
            self.tr("{count} words: the last row reads {most} at a glance.").format(
                count=count, most=MOST_WORDS
            )
        )
        self.words.setVisible(count > MOST_WORDS)

    def _show_questions(self, scene: Scene, build: Build) -> None:
        questions: list[tuple[object, str]] = [(None, self.tr("nothing"))]
        questions += [(k, f"{k + 1}  {card.question}") for k, card in enumerate(scene.cards)]
        self.ask.show_choices(questions, build.ask)
        self.reveal.setChecked(build.reveal)

    def _show_deeds(self, scene: Scene, build: Build) -> None:
        subject = scene.subject
        if self.run.value != build.run:
            self.run.show_value(build.run)
        self.phase.show_choices([*phases().items()], build.phase)
        steps = () if scene.drawing is None else DRAWINGS[scene.drawing].steps
        drawn: list[tuple[object, str]] = [(None, self.tr("as before"))]
        self.draw.show_choices([*drawn, *((step, _step_name(step)) for step in steps)], build.draw)
        buttons: list[tuple[object, str]] = [(None, self.tr("nothing")), *_buttons(scene).items()]
        self.change.show_choices(buttons, build.change)
        layers: list[tuple[object, str]] = [(None, self.tr("as before")), (-1, self.tr("all layers"))]
        one = isinstance(subject, Networks) and len(subject.networks) == 1
        if self._counted[0] is not subject:
            self._counted = subject, _layers(scene)
        layers += [(k, self.tr("layer {number}").format(number=k)) for k in range(self._counted[1])]
        self.light.show_choices(layers, build.light)
        for field, shown in (
            (self.draw, bool(steps)),
            (self.run, not isinstance(subject, SoftmaxBench)),
            (self.phase, isinstance(subject, Networks | Expression) and not steps),
            (self.change, len(buttons) > 1),
            (self.light, one and not steps),
            (self.view_box, one and scene.surface is None and len(scene.show) > 1),
        ):
            field.setVisible(shown)
            self.pairs[field].setVisible(shown)

    def _show_views(self, scene: Scene, build: Build) -> None:
        if tuple(self.views) != scene.show:
            for box in self.views.values():
                self.view_row.removeWidget(box)
                box.hide()
                box.deleteLater()
            self.views = {view: QCheckBox(VIEWS[view].name) for view in scene.show if view in VIEWS}
            for box in self.views.values():
                box.setToolTip(plain(self.tr("Show it from this build on; none chosen: as before")))
                box.clicked.connect(self._choose_views)
                self.view_row.addWidget(box)
        for view, box in self.views.items():
            box.setChecked(view in build.show)

    def _choose_views(self) -> None:
        self._change(show=tuple(view for view, box in self.views.items() if box.isChecked()))

    def show_theme(self, shown: Theme) -> None:
        """Apply the present font size."""
        super().show_theme(shown)
        self.words.setFont(sized("small"))


def _layers(scene: Scene) -> int:
    """Return the number of layers of a scene's network, including the input."""
    subject = scene.subject
    return len(made(subject.networks[0]).network.n) if isinstance(subject, Networks) else 0
