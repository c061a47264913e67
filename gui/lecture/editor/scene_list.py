"""The scenes of the edited lecture, in their order, with a picture of each."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QIcon, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from core.lecture.scene import Scene
from core.outside_text import one_line
from core.project.json_io import FileError
from gui.actions.registry import Actions
from gui.actions.registry import plain as plain_action
from gui.lecture.editor.draft import LectureDraft
from gui.lecture.gallery.thumbnails import thumbnail
from gui.qt.later import Later
from gui.text.plain_text import plain
from gui.theme.theme import LIGHT, Theme, sized
from gui.widgets.ordered_list import OrderedList

WIDE, HIGH = 4.5, 2.6
"""Size of a picture, in heights of a text line."""
OF_LIST = ("add_scenes", "duplicate_scene", "leave_out", "remove_scene")


class SceneList(QWidget):
    """Shows the scenes of a draft. ``chosen`` carries the index of the selected one."""

    chosen = Signal(int)

    def __init__(self, draft: LectureDraft, actions: Actions) -> None:
        super().__init__()
        self._draft, self._theme = draft, LIGHT
        self._pictures: dict[str, QPixmap] = {}
        self._faults: list[str | None] = []
        self.heading, self.hint = QLabel(self.tr("Scenes")), QLabel()
        self.heading.setProperty("look", "title")
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.hint.setText(self.tr("There is no scene yet. Press “Add scenes…”, then drag them into order."))
        self.list = OrderedList(self.tr("Scenes of the lecture"))
        self.list.setWordWrap(True)
        self.list.setToolTip(self.tr("Drag a scene to its place (Alt+↑, Alt+↓); Delete removes it"))
        self.list.currentRowChanged.connect(self._choose)
        buttons = QGridLayout()
        for k, name in enumerate(OF_LIST):
            button = QToolButton()
            button.setDefaultAction(actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(plain_action(actions[name].text()))
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().verticalPolicy())
            buttons.addWidget(button, k // 2, k % 2)
        column = QVBoxLayout(self)
        column.addWidget(self.heading)
        for widget in (self.hint, self.list):  # one of the two is visible
            column.addWidget(widget, 1)
        column.addLayout(buttons)
        self._later = Later(self, interval=0)
        self._later.timeout.connect(self._do_one)
        draft.changed.connect(self.show_lecture)

    @property
    def at(self) -> int:
        """The index of the selected scene; -1: there is none."""
        return self.list.currentRow()

    def _choose(self, row: int) -> None:
        if row >= 0:
            self.chosen.emit(row)

    def show_lecture(self) -> None:
        """Show the present scenes of the draft."""
        scenes = self._draft.lecture.scenes
        texts, number = [], 0
        for k, one in enumerate(scenes):
            number += not one.left_out
            front = self.tr("left out") if one.left_out else str(number)
            texts.append(f"{front}  {one_line(self._title(k))}")
        self.list.show_texts(texts, min(max(self.at, 0), len(scenes) - 1))
        self.hint.setVisible(not scenes)
        self.list.setVisible(bool(scenes))
        self._faults = [None] * len(scenes)
        for k in range(len(scenes)):
            self._update_item(k)
        self._later.start()

    def _title(self, at: int) -> str:
        one = self._draft.lecture.scenes[at]
        try:
            return one.title or self._draft.original(one).title
        except FileError:
            return one.scene

    def select(self, at: int) -> None:
        """Select a scene by its index, and emit ``chosen``."""
        self.list.blockSignals(True)
        self.list.setCurrentRow(at)
        self.list.blockSignals(False)
        self._choose(at)

    def _update_item(self, at: int) -> None:
        """Show picture, fault and whether a scene is skipped at its item."""
        one, item, fault = self._draft.lecture.scenes[at], self.list.item(at), self._faults[at]
        made = QFont(sized("text"))
        made.setItalic(one.left_out)
        item.setFont(made)
        colour = self._theme.error if fault else self._theme.muted if one.left_out else self._theme.text
        item.setForeground(colour)
        item.setToolTip(plain(fault or ""))
        picture, shown = self._pictures.get(one.scene, self._blank()), QIcon()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):  # so that the selected one is not tinted
            shown.addPixmap(picture, mode)
        item.setIcon(shown)

    def _blank(self) -> QPixmap:
        pixmap = QPixmap(self.list.iconSize() * self.devicePixelRatioF())
        pixmap.fill(self._theme.raised)
        return pixmap

    def _do_one(self) -> None:
        """Check one scene or draw one picture; stop when all are done."""
        scenes = self._draft.lecture.scenes
        unknown = next((k for k, fault in enumerate(self._faults) if fault is None), None)
        if unknown is not None:
            self._faults[unknown] = self._draft.fault(unknown)
            self._update_item(unknown)
            return
        for k, one in enumerate(scenes):
            if one.scene not in self._pictures and not self._faults[k]:
                self._pictures[one.scene] = self._picture(self._draft.scene(k))
                self._update_item(k)
                return
        self._later.stop()

    def _picture(self, scene: Scene) -> QPixmap:
        size = self.list.iconSize()
        return thumbnail(scene, self._theme, size.width(), size.height(), self.devicePixelRatioF())

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        self.heading.setFont(sized("small"))
        line = self.fontMetrics().height()
        self.list.setIconSize(QSize(round(WIDE * line), round(HIGH * line)))
        self._pictures.clear()
        self.show_lecture()
