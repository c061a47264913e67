"""The dialog for a figure: its width on paper, its colours, its background, and its destination."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageLayout, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGraphicsView,
    QLabel,
    QLineEdit,
    QWidget,
)

from core.language import tr
from core.project.json_io import FileError
from gui.figures.figure import (
    NAMES,
    SUFFIXES,
    FigureStyle,
    RecordedDrawing,
    copy_figure,
    drawing,
    figure_size,
    figure_suffix,
    play,
    save_figure,
)
from gui.layout.placement import place
from gui.text.plain_text import file_name, plain
from gui.text.topics import set_topic
from gui.theme import theme
from gui.widgets import dialogs
from gui.widgets.number_edit import NumberEdit

LEAST_WIDTH, MOST_WIDTH = 1.0, 200.0
MOST_SCALE = 8.0
PAGE_MARGIN = 10.0  # millimetres


@contextmanager
def shown_in(widget: QWidget, look: theme.Theme | None) -> Iterator[None]:
    """Apply another theme for a moment, to make a figure of a widget; None: the present one."""
    before = theme.present()
    if look is None or look is before:
        yield
        return
    _show(widget, look)
    try:
        yield
    finally:
        _show(widget, before)


def _show(widget: QWidget, look: theme.Theme) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, look, theme.type_scale())
    themed: theme.Themed | None = None
    part: QWidget | None = widget
    while part is not None:
        if isinstance(part, theme.Themed):
            themed = part
        part = part.parentWidget()
    if themed is not None:
        themed.show_theme(look)


class FigureDialog(QDialog):
    """Asks for the options of a widget's figure, then saves, copies or prints it.

    ``name`` is the name of the widget, ``title`` the title in the file, ``stem`` the suggested file name
    without suffix; empty: the name. ``folder`` is the suggested folder; it becomes that of the file
    that was saved. ``saved`` is that file. The last choices are suggested again.
    """

    last = FigureStyle(), ""
    folder = ""

    def __init__(self, shown: QWidget, name: str, title: str = "", stem: str = "") -> None:
        super().__init__(shown.window())
        set_topic(self, "exporting", "Figures")
        self.setWindowTitle(tr("Figure: {name}").format(name=name))
        self.setAccessibleName(self.windowTitle())
        self.setObjectName("figure_dialog")
        self._window, self._shown, self._title = shown.window(), shown, title or name
        self._stem = file_name(stem or name)
        self.saved: Path | None = None
        style, look = FigureDialog.last
        self._size = figure_size(shown)
        usual = FigureStyle().millimetres(self._size)
        self.width_field = NumberEdit(
            tr("Width in centimetres"),
            style.width or round(usual.width() / 10, 1),
            LEAST_WIDTH,
            MOST_WIDTH,
        )
        self.height_note = QLabel()
        self.look = QComboBox()
        self.look.setAccessibleName(tr("Colours"))
        self.look.setToolTip(tr("The colours in which the figure is drawn; those of the window stay"))
        for text, value in ((tr("As on the screen"), ""), (tr("Light"), "light"), (tr("Dark"), "dark")):
            self.look.addItem(text, value)
        self.look.setCurrentIndex(self.look.findData(look))
        self.transparent = QCheckBox(tr("Without a background"))
        self.transparent.setToolTip(tr("What lies behind the figure on a page shows through"))
        self.transparent.setChecked(style.transparent)
        self.pixels = NumberEdit(
            tr("Pixels of a PNG for each pixel of the screen"), style.scale, 0.5, MOST_SCALE
        )
        self._lay_out()
        self.width_field.changed.connect(self._show_height)
        self._show_height()

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.addRow(tr("Width in cm"), self.width_field)
        form.addRow("", self.height_note)
        form.addRow(tr("Colours"), self.look)
        form.addRow("", self.transparent)
        form.addRow(tr("Pixels of a PNG, times"), self.pixels)
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.save_button = buttons.addButton(tr("Save…"), role.AcceptRole)
        self.copy_button = buttons.addButton(tr("Copy"), role.ActionRole)
        self.print_button = buttons.addButton(tr("Print…"), role.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self.save_button.setDefault(True)
        buttons.accepted.connect(self.save)
        buttons.rejected.connect(self.reject)
        self.copy_button.clicked.connect(self.copy)
        self.print_button.clicked.connect(self.print)
        form.addRow(buttons)

    @property
    def style_chosen(self) -> FigureStyle:
        """The chosen options of the figure."""
        return FigureStyle(self.width_field.value, self.transparent.isChecked(), self.pixels.value or 1.0)

    def _show_height(self) -> None:
        size = self.style_chosen.millimetres(self._size)
        text = tr("It is {height:.1f} cm high then.")
        self.height_note.setText(text.format(height=size.height() / 10))

    def _look(self) -> theme.Theme | None:
        name = self.look.currentData()
        FigureDialog.last = (
            FigureStyle(None, self.transparent.isChecked(), self.style_chosen.scale),
            name,
        )
        return theme.THEMES[name] if name else None

    def save(self) -> None:
        """Ask for a file and save the figure to it."""
        start = str(Path(FigureDialog.folder or Path.home()) / f"{self._stem}{SUFFIXES[0]}")
        path = dialogs.file_to_write(self._window, self.windowTitle(), start, NAMES, figure_suffix)
        if path is None:
            return
        try:
            with shown_in(self._shown, self._look()):
                save_figure(self._shown, path, self._title, self.style_chosen)
        except FileError as error:
            self._tell(error)
            return
        self.saved, FigureDialog.folder = path, str(path.absolute().parent)
        self.accept()

    def copy(self) -> None:
        """Copy the figure."""
        try:
            with shown_in(self._shown, self._look()):
                copy_figure(self._shown, self.style_chosen)
        except FileError as error:
            self._tell(error)
            return
        self.accept()

    def _tell(self, error: FileError) -> None:
        dialogs.MessageBox(self._window, self.windowTitle(), plain(str(error))).open()

    def print(self) -> None:
        """Open a print preview of the figure."""
        with shown_in(self._shown, self._look()):
            made = drawing(self._shown, self.style_chosen)
        preview(self._window, made, self._title, self.style_chosen)
        self.accept()


def ask_for_figure(shown: QWidget, name: str, title: str = "", stem: str = "") -> FigureDialog:
    """Open the dialog for the figure of a widget, which deletes itself; see `FigureDialog`."""
    dialog = FigureDialog(shown, name, title, stem)
    dialog.finished.connect(dialog.deleteLater)
    place(dialog, (dialog.sizeHint().width(), dialog.sizeHint().height()))
    dialog.open()
    return dialog


def preview(window: QWidget, made: RecordedDrawing, title: str, style: FigureStyle) -> QPrintPreviewDialog:
    """Open a preview of a drawing on paper, from which it can be printed."""
    dialog = QPrintPreviewDialog(window)
    printer = dialog.printer()  # a printer of our own would be deleted while the dialog is open
    printer.setDocName(title)
    printer.setCreator("Glassnet")
    printer.setPageMargins(QMarginsF(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN))
    wide = made.size.width() > made.size.height()
    way = QPageLayout.Orientation
    printer.setPageOrientation(way.Landscape if wide else way.Portrait)
    dialog.setWindowTitle(tr("Print: {title}").format(title=title))
    dialog.paintRequested.connect(partial(print_drawing, made=made, style=style))
    _name_fields(dialog)
    dialog.finished.connect(dialog.deleteLater)
    place(dialog, (900, 700))
    dialog.open()
    return dialog


def _name_fields(dialog: QPrintPreviewDialog) -> None:
    """Set accessible names of the fields that Qt creates in a preview."""
    numbers = [line for line in dialog.findChildren(QLineEdit) if not isinstance(line.parent(), QComboBox)]
    named = (
        (dialog.findChildren(QComboBox), tr("How large the page is shown")),
        (numbers, tr("Number of the page")),
    )
    for fields, name in named:
        for field in fields:
            field.setAccessibleName(name)
            field.setToolTip(name)
    page = dialog.findChild(QGraphicsView)
    if page is not None:
        page.setAccessibleName(tr("The page"))
        page.setAccessibleDescription(tr("The figure as it will be printed"))


def print_drawing(printer: QPrinter, made: RecordedDrawing, style: FigureStyle) -> None:
    """Print a drawing in the middle of a page, in its true size, or smaller to fit the page."""
    size = made.size
    inch = printer.pageRect(QPrinter.Unit.Inch)
    wanted = style.millimetres(size) / 25.4
    shrunk = min(1.0, inch.width() / wanted.width(), inch.height() / wanted.height())
    # A pixel of the drawing becomes a dot, so that lines with a width in pixels keep it.
    printer.setResolution(max(1, round(size.width() / (wanted.width() * shrunk))))
    page = printer.pageRect(QPrinter.Unit.DevicePixel)
    scale = wanted.width() * shrunk * printer.resolution() / size.width()
    painter = QPainter(printer)
    painter.translate((page.width() - size.width() * scale) / 2, (page.height() - size.height() * scale) / 2)
    play(painter, made, scale)
    painter.end()
