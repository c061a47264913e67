"""A dialog in which scenes are checked to be added to a lecture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.language import tr
from core.lecture.scene import SUFFIX, read_heading, shipped_scenes
from core.outside_text import one_line
from core.project.json_io import FileError
from gui.layout.placement import screen_of
from gui.lecture.gallery.view import own_scenes, own_title
from gui.lecture.large_type import larger
from gui.text.topics import set_topic
from gui.theme.theme import Theme
from gui.widgets import dialogs


class ScenePicker(QDialog):
    """Lists the bundled and the user's own scenes, by part; ``chosen`` carries the files checked."""

    chosen = Signal(object)

    def __init__(self, settings: QSettings | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("scene_picker")
        set_topic(self, "lecture", "Lectures of your own")
        self.setWindowTitle(self.tr("Add scenes"))
        self.setAccessibleName(self.tr("Add scenes"))
        self.search, self.list = QLineEdit(), QListWidget()
        self.search.setPlaceholderText(self.tr("Search titles"))
        self.search.setAccessibleName(self.tr("Search scenes"))
        self.search.setToolTip(self.tr("Show only scenes with these words"))
        self.search.textChanged.connect(self._filter)
        self.list.setAccessibleName(self.tr("Scenes"))
        self.list.setObjectName("ordered_list")
        self.list.setToolTip(self.tr("Tick the scenes to be added; a double click adds one"))
        self.list.itemChanged.connect(self._count)
        self.list.itemDoubleClicked.connect(self._add_one)
        self.file_button = QPushButton(self.tr("Scene file…"))
        self.file_button.setAccessibleName(self.file_button.text())
        self.file_button.setToolTip(self.tr("Add a scene of your own; it is copied beside the lecture"))
        self.file_button.clicked.connect(self._ask_for_file)
        self.all_button = QPushButton(self.tr("Tick all"))
        self.all_button.setAccessibleName(self.all_button.text())
        self.all_button.setToolTip(self.tr("Tick all scenes that are listed, or none"))
        self.all_button.clicked.connect(self._tick_all)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.add_button = buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        self.add_button.setProperty("look", "primary")
        self.add_button.setToolTip(self.tr("Add the scenes that are ticked, after the one selected"))
        for button in (self.all_button, self.file_button):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.accepted.connect(self._add)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self.search, self.list, buttons):
            column.addWidget(widget)
        self._fill(settings)
        self._count()

    def _fill(self, settings: QSettings | None) -> None:
        part = ""
        listed = [(path, None) for path in shipped_scenes()]
        for path, heading in (*listed, *((path, own_title()) for path in own_scenes(settings))):
            try:
                found = read_heading(path)
            except FileError:
                continue
            if (under := heading or found.part) != part:
                part = under
                title = QListWidgetItem(tr(part), self.list)
                title.setFlags(Qt.ItemFlag.NoItemFlags)
            item = QListWidgetItem(f"{found.number}  {one_line(tr(found.title))}", self.list)
            item.setData(Qt.ItemDataRole.UserRole, str(path))
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Unchecked)

    def _items(self) -> list[QListWidgetItem]:
        """Return the items that are scenes, without the titles."""
        items = (self.list.item(k) for k in range(self.list.count()))
        return [item for item in items if item.data(Qt.ItemDataRole.UserRole)]

    def _ticked(self) -> list[QListWidgetItem]:
        return [item for item in self._items() if item.checkState() == Qt.CheckState.Checked]

    def _count(self) -> None:
        count = len(self._ticked())
        self.add_button.setEnabled(bool(count))
        text = self.tr("Add 1 scene") if count == 1 else self.tr("Add {count} scenes").format(count=count)
        self.add_button.setText(text if count else self.tr("Add"))
        self.add_button.setAccessibleName(self.add_button.text())

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        for item in self._items():
            item.setHidden(not all(word in item.text().lower() for word in words))
        title, shown = None, False
        for item in (self.list.item(k) for k in range(self.list.count() + 1)):
            if item is None or not item.data(Qt.ItemDataRole.UserRole):
                if title is not None:
                    title.setHidden(not shown)
                title, shown = item, False
            else:
                shown = shown or not item.isHidden()

    def _tick_all(self) -> None:
        shown = [item for item in self._items() if not item.isHidden()]
        some = any(item.checkState() == Qt.CheckState.Unchecked for item in shown)
        for item in shown:
            item.setCheckState(Qt.CheckState.Checked if some else Qt.CheckState.Unchecked)

    def _add(self) -> None:
        self._tell([Path(item.data(Qt.ItemDataRole.UserRole)) for item in self._ticked()])

    def _add_one(self, item: QListWidgetItem) -> None:
        if path := item.data(Qt.ItemDataRole.UserRole):
            self._tell([Path(path)])

    def _ask_for_file(self) -> None:
        names = self.tr("Scenes (*{suffix})").format(suffix=SUFFIX)
        if name := dialogs.file_to_open(self, self.tr("Add a scene"), "", names):
            self._tell([Path(name)])

    def _tell(self, paths: list[Path]) -> None:
        self.accept()
        self.chosen.emit(paths)

    def show_theme(self, shown: Theme) -> None:
        """Apply the present font size."""
        for item in (self.list.item(k) for k in range(self.list.count())):
            title = not item.data(Qt.ItemDataRole.UserRole)
            item.setFont(larger(1.0, bold=title))
            if title:
                item.setForeground(shown.muted)
        line, room = self.fontMetrics().height(), screen_of(self).availableSize()
        self.resize(min(32 * line, room.width()), min(40 * line, round(0.85 * room.height())))
