"""The texts of a scene: its title, the paragraphs beside the stage, the speaker notes, and its views."""

from __future__ import annotations

import re

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidgetItem

from core.lecture.lecture_edits import moved, with_views
from core.lecture.scene import Scene, views_of
from core.lecture.subjects import Networks
from core.lecture.view_ids import ViewId
from gui.lecture.editor.fields import LineField, Tab, TextField, tool_button
from gui.views.registry import VIEWS, title_of
from gui.widgets.ordered_list import OrderedList

MOST_VIEWS = 8
_NOT_OFFERED = {
    *(ViewId.PALETTE, ViewId.DATA_PANEL, ViewId.TRAINING_PANEL, ViewId.RUNS, ViewId.DIGIT_PAD),
    ViewId.LOSS_SURFACE,
}
"""Views for editing a network, and one that needs two weights named in the scene's file."""


class WordsTab(Tab):
    """Edits the title, the paragraphs and the notes of a scene; the original texts can be restored."""

    def __init__(self) -> None:
        super().__init__()
        self.title = LineField(self.tr("Title"), self.tr("What the scene is called"), 80)
        self.words = TextField(
            self.tr("Words"),
            self.tr("Paragraphs beside the stage, parted by an empty line; six at most"),
            5,
            6000,
            grows=True,
        )
        self.notes = TextField(self.tr("Notes"), self.tr("For the speaker alone"), 5, 4000, grows=True)
        self.original = tool_button(
            self.tr("As it was"), self.tr("Give the scene as its file has it, without any edit")
        )
        self.add(self.tr("Title"), self.title)
        self.add(self.tr("Words beside the stage"), self.words, 1)
        self.add(self.tr("Speaker’s notes"), self.notes, 1)
        self.column.addWidget(self.original, 0, Qt.AlignmentFlag.AlignLeft)
        self.title.edited.connect(self._type_title)
        self.words.edited.connect(self._type_words)
        self.notes.edited.connect(self._type_notes)

    def _type_title(self, text: str) -> None:
        if self.scene is not None and text.strip():
            self.edited.emit(replace(self.scene, title=text.strip()), self.tr("Rename scene"), True)

    def _type_words(self, text: str) -> None:
        words = tuple(" ".join(one.split()) for one in re.split(r"\n\s*\n", text) if one.strip())[:6]
        if self.scene is not None and words:
            self.edited.emit(replace(self.scene, words=words), self.tr("Words"), True)

    def _type_notes(self, text: str) -> None:
        if self.scene is not None:
            self.edited.emit(replace(self.scene, notes=text.strip()), self.tr("Notes"), True)

    def show_scene(self, scene: Scene | None) -> None:
        """Show the texts of a scene; None: there is no scene."""
        self.scene = scene
        self.setEnabled(scene is not None)
        if scene is not None:
            if self.title.text().strip() != scene.title:
                self.title.show_text(scene.title)
            typed = [" ".join(one.split()) for one in re.split(r"\n\s*\n", self.words.toPlainText())]
            if tuple(one for one in typed if one) != scene.words:
                self.words.show_text("\n\n".join(scene.words))
            self.notes.show_text(scene.notes)


class ViewsTab(Tab):
    """Chooses the views of a scene with one network, the first one largest."""

    def __init__(self) -> None:
        super().__init__()
        self.list = OrderedList(self.tr("Views"))
        self.list.setToolTip(self.tr("Tick the views to be shown; drag them, the first one is largest"))
        self.explained = QLabel()
        self.explained.setWordWrap(True)
        self.column.addWidget(self.explained)
        self.column.addWidget(self.list, 1)
        self._order: tuple[ViewId, ...] = ()
        self.list.itemChanged.connect(self._tick)
        self.list.moved.connect(self._move)

    def _shown(self) -> tuple[ViewId, ...]:
        ticked = [self.list.item(k).checkState() == Qt.CheckState.Checked for k in range(self.list.count())]
        return tuple(view for view, on in zip(self._order, ticked, strict=True) if on)

    def _tick(self, _item: QListWidgetItem) -> None:
        shown = self._shown()
        if self.scene is not None and 0 < len(shown) <= MOST_VIEWS:
            self.edited.emit(with_views(self.scene, shown), self.tr("Choose views"), False)
        else:
            self.show_scene(self.scene)

    def _move(self, at: int, to: int) -> None:
        if self.scene is None:
            return
        shown, self._order = set(self._shown()), moved(self._order, at, to)
        views = tuple(view for view in self._order if view in shown)
        self.list.setCurrentRow(to)
        self.edited.emit(with_views(self.scene, views), self.tr("Move view"), False)
        self.show_scene(self.scene)

    def show_scene(self, scene: Scene | None) -> None:
        """Show the present and the possible views of a scene; None: there is no scene."""
        self.scene = scene
        subject = None if scene is None else scene.subject
        one = isinstance(subject, Networks) and len(subject.networks) == 1
        choose = scene is not None and one and scene.surface is None and scene.drawing is None
        self.list.setVisible(choose)
        self.explained.setText(
            self.tr("Tick what is shown beside the stage. The first view is the largest: drag it.")
            if choose
            else self.tr("This scene has one picture, which shows all of it.")
        )
        if scene is None or not choose:
            return
        offered = [view for view in views_of(scene.subject) if view in VIEWS and view not in _NOT_OFFERED]
        if {*offered, *scene.show} != {*self._order} or tuple(
            view for view in self._order if view in scene.show
        ) != scene.show:
            self._order = (*scene.show, *(view for view in offered if view not in scene.show))
        before = self.list.blockSignals(True)
        self.list.show_texts([title_of(view) for view in self._order], self.list.currentRow())
        for k, view in enumerate(self._order):
            item = self.list.item(k)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if view in scene.show else Qt.CheckState.Unchecked)
        self.list.blockSignals(before)
