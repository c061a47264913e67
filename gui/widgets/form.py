"""Forms generated from the annotations of a struct's fields.

Title and help come from a field's ``Meta``; its type and range select the widget: a number with a slider, a
row of buttons for a few names, a line for a text, a list for the entries of a table or for structs of several
kinds, with the fields of the chosen kind below. A new field of a struct needs no code here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.language import tr
from core.nn.design import Problem, fields_of
from gui.qt.drawable import guarded_overrides
from gui.theme.theme import in_hall, set_look
from gui.widgets.feature_choice import FeatureChoice
from gui.widgets.number_edit import NumberField


def problems_under(problems: Iterable[Problem], place: str) -> dict[str, str]:
    """Return the messages of all problems below ``place``, by the rest of their path.

    ``layers[1].alpha`` is ``alpha`` under ``layers[1]``; ``place`` itself is "".
    """
    found: dict[str, str] = {}
    for problem in problems:
        if problem.where == place or problem.where.startswith(f"{place}."):
            key = problem.where[len(place) + 1 :]
            found[key] = f"{found[key]} {problem.why}" if key in found else problem.why
    return found


@guarded_overrides
class FocusedComboBox(QComboBox):
    """A combo box that ignores the mouse wheel unless it has the focus, so that its panel scrolls.

    ``name`` is its name for screen readers; an empty ``tip`` leaves the tooltip to its parent.
    """

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


@guarded_overrides
class Segments(QWidget):
    """A few choices side by side, of which one is checked; the arrow keys move between them.

    ``name`` is its name for screen readers, ``tip`` its tooltip.
    """

    chosen = Signal(object)

    def __init__(self, choices: Mapping[str, str], name: str, tip: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.choices = tuple(choices)
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for k, text in enumerate(choices.values()):
            button = QToolButton()
            button.setText(text)
            button.setCheckable(True)
            button.setProperty("look", "segment")
            button.setProperty("place", {0: "first", len(choices) - 1: "last"}.get(k, "middle"))
            button.setAccessibleName(text)
            button.setStyleSheet("padding: 3px 1px;")
            self._group.addButton(button, k)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            row.addWidget(button, button.fontMetrics().horizontalAdvance(text) + 8)
        self._group.idClicked.connect(lambda k: self.chosen.emit(self.choices[k]))
        self._fit_font()

    def _fit_font(self) -> None:
        """Use a slightly smaller font, so that three choices fit a narrow panel."""
        smaller = QFont(self.font())
        smaller.setPointSizeF((1.0 if in_hall() else 0.88) * smaller.pointSizeF())
        bold = QFont(smaller)
        bold.setBold(True)  # the checked one is drawn in bold
        for button in self._group.buttons():
            button.setFont(smaller)
            button.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(button.text()) + 5)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_group"):
            self._fit_font()

    def show_choice(self, choice: str) -> None:
        """Check a choice without emitting a signal."""
        if choice in self.choices:
            self._group.button(self.choices.index(choice)).setChecked(True)

    @property
    def choice(self) -> str:
        """The choice that is checked."""
        return self.choices[max(0, self._group.checkedId())]

    def name(self, choice: str, text: str) -> None:
        """Set the text of a choice."""
        button = self._group.button(self.choices.index(choice))
        if button.text() != text:
            button.setText(text)
            button.setAccessibleName(text)
            self._fit_font()

    def allow(self, choice: str, allowed: bool) -> None:
        """Enable or disable a choice."""
        self._group.button(self.choices.index(choice)).setEnabled(allowed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        k = self._group.checkedId() + move
        if move and 0 <= k < len(self.choices):
            self._group.button(k).setFocus()
            self._group.button(k).click()
        else:
            super().keyPressEvent(event)


class FormRow(QWidget):
    """The row of one field: its widget, additional widgets, and the message of its problem in red.

    ``changed`` carries the new value of the field, ``previewed`` the value while a slider is dragged.
    `show_value` shows a value.
    """

    changed = Signal(object)
    previewed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(1)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setProperty("look", "error")
        self.problem.hide()
        self.column.addWidget(self.problem)
        self.edit: QWidget = self.problem
        self._refusal, self._outside = "", ""

    def add(self, widget: QWidget) -> None:
        """Insert a widget above the message of the problem."""
        self.column.insertWidget(self.column.count() - 1, widget)

    def add_beside(self, widget: QWidget) -> None:
        """Put a widget at the end of the row's line."""
        box = self.edit.parentWidget()
        line = None if box is None else box.layout()
        assert line is not None
        line.addWidget(widget)

    def take_in(self, other: FormRow) -> None:
        """Move the number of another row to the end of this row's line, and its message below the line."""
        assert isinstance(other, NumberFormRow)
        other.field.show_bare()
        self.add_beside(other)
        self.add(other.problem)

    def show_value(self, value: Any) -> None:
        """Show a value without emitting a signal."""
        raise NotImplementedError

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show the problem of this field (key "") and of the fields below it."""
        self._refusal, self._outside = "", " ".join(problems.values())
        self._say()

    def refuse(self, why: str) -> None:
        """Show why the input was refused; an empty text removes the message.

        The field shows its old value again, which is valid: it has no red frame.
        """
        self._refusal = why
        self._say()

    def _say(self) -> None:
        text = self._refusal or self._outside
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        self.edit.setAccessibleDescription(text)
        set_look(self.edit, "problem", "true" if self._outside else "false")


class NumberFormRow(FormRow):
    """A row for a number."""

    def __init__(self, name: str, meta: Meta, whole: bool, default: Any, slider: bool) -> None:
        super().__init__()
        self.field = NumberField(name, meta, whole, default, slider)
        self.edit = self.field.edit
        self.add(self.field)
        self.field.changed.connect(self.changed)
        self.field.previewed.connect(self.previewed)
        self.field.refused.connect(self.refuse)
        self.setFocusProxy(self.edit)
        self.crowded = False  # set for a row with more in it, whose slider must begin sooner than the others

    def add_beside(self, widget: QWidget) -> None:
        super().add_beside(widget)
        self.crowded = True
        self.field.title.setMinimumWidth(0)

    def show_value(self, value: Any) -> None:
        """Show a number."""
        self.field.show_value(value)


@guarded_overrides
class TextRow(FormRow):
    """A row for a text on one line, which is accepted when Enter is pressed or the line loses the focus."""

    def __init__(self, title: str, hint: str, longest: int) -> None:
        super().__init__()
        label = QLabel(title)
        self.edit = self.line = QLineEdit()
        self.line.setAccessibleName(title)
        self.line.setPlaceholderText(hint)
        self.line.setMaxLength(longest)
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(label)
        row.addWidget(self.line, 1)
        self.add(head)
        label.setBuddy(self.line)
        self._shown = ""
        self.line.editingFinished.connect(self._take)
        self.setFocusProxy(self.line)

    def _take(self) -> None:
        self.line.setModified(False)
        if (text := self.line.text()) != self._shown:
            self._shown = text
            self.changed.emit(text)

    def show_value(self, value: Any) -> None:
        """Show a text, unless it is the one being typed."""
        if value != self._shown or not self.line.hasFocus():
            self._shown = value
            self.line.setText(value)

    def show_hint(self, hint: str) -> None:
        """Show a placeholder text if the line is empty."""
        self.line.setPlaceholderText(hint)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.line.text() != self._shown:
            self.line.setText(self._shown)
        else:
            super().keyPressEvent(event)


class FeatureRow(FormRow):
    """A row for the features of two-dimensional data."""

    def __init__(self) -> None:
        super().__init__()
        self.choice = FeatureChoice()
        self.edit = self.choice.button
        self.add(self.choice)
        self.choice.changed.connect(self.changed.emit)

    def show_value(self, value: Any) -> None:
        """Show which features are in use."""
        self.choice.show_features(value)


class ChoiceRow(FormRow):
    """A row for one of several names, in a list."""

    def __init__(self, title: str, choices: Mapping[str, str], tip: str) -> None:
        super().__init__()
        self._names = tuple(choices)
        label = QLabel(title)
        self.edit = self.combo = FocusedComboBox(title, tip)
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(label)
        line.addWidget(self.combo, 1)
        self.add(head)
        self.combo.addItems(list(choices.values()))
        self.combo.activated.connect(lambda k: self.changed.emit(self._names[k]))
        label.setBuddy(self.combo)

    def show_value(self, value: Any) -> None:
        """Show which name is chosen."""
        if value in self._names:
            self.combo.setCurrentIndex(self._names.index(value))


class KindRow(FormRow):
    """A row for a struct of one of several kinds: a list of the kinds, and the fields of the chosen one."""

    def __init__(self, title: str, kinds: tuple[type[Struct], ...], tip: str) -> None:
        super().__init__()
        self._kinds = kinds
        names = [str(getattr(kind, "symbol", kind.__name__)) for kind in kinds]
        self._choice = ChoiceRow(title, {name: tr(name) for name in names}, tip)
        self.edit = self.combo = self._choice.combo
        self.add(self._choice)
        self.forms = [Form(kind, sliders=False) if fields_of(kind) else None for kind in kinds]
        for form in self.forms:
            if form is not None:
                self.add(form)
                form.layout().setContentsMargins(12, 0, 0, 0)  # type: ignore[union-attr]
                form.hide()
                form.changed.connect(self.changed)
        self.combo.activated.connect(lambda k: self.changed.emit(kinds[k]()))

    def show_value(self, value: Any) -> None:
        """Show a struct: its kind and its fields."""
        chosen = self._kinds.index(type(value))
        self.combo.setCurrentIndex(chosen)
        for k, form in enumerate(self.forms):
            if form is not None:
                form.setVisible(k == chosen)
                if k == chosen:
                    form.show_value(value)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show the problem of the kind here, and the problems of its fields at the fields."""
        super().show_problems({key: why for key, why in problems.items() if not key})
        for form in self.forms:
            if form is not None:
                form.show_problems({key: why for key, why in problems.items() if key})


@guarded_overrides
class Form(QWidget):
    """A form for the fields of a struct, in their order; ``fields`` selects some of them.

    ``changed`` carries the whole new struct, once per gesture; ``previewed`` carries it while a slider is
    dragged. Fields without an annotation are not shown.
    """

    changed = Signal(object)
    previewed = Signal(object)

    def __init__(
        self, part: type[Struct], fields: Iterable[str] | None = None, *, sliders: bool = True
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        self.rows: dict[str, FormRow] = {}
        defaults = {field.name: field.default for field in msgspec.structs.fields(part)}
        known = fields_of(part)
        for name in known if fields is None else fields:
            kind, meta = known[name]
            row = _row(name, kind, meta, defaults[name], sliders) if meta is not None else None
            if row is not None and meta is not None:
                self._add(name, row, meta)
        self._value: Struct | None = None
        for row in self.rows.values():
            if isinstance(row, NumberFormRow):
                row.field.title.installEventFilter(self)
        self._align()

    def _align(self) -> None:
        """Let all sliders begin at the same position, after the widest of their titles."""
        self._aligning = False
        rows = [row for row in self.rows.values() if isinstance(row, NumberFormRow) and not row.crowded]
        titles = [row.field.title for row in rows if row.field.slider]
        widest = max((title.fontMetrics().horizontalAdvance(title.text()) for title in titles), default=0)
        for title in titles:
            title.setMinimumWidth(widest)
            title.setIndent(title.indent())  # or Qt keeps the size hint that another least width gave

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FontChange and not self._aligning:
            self._aligning = True
            QTimer.singleShot(0, self, self._align)  # when all titles have their font
        return super().eventFilter(watched, event)

    def _add(self, name: str, row: FormRow, meta: Meta) -> None:
        """Add a row. Raises ValueError if the field has no description, which its tooltip shows."""
        if not meta.description:
            raise ValueError(f"{name}: the annotation of a field needs a description")
        self.rows[name] = row
        row.setToolTip(tr(meta.description))
        row.changed.connect(lambda value: self._tell(self.changed, name, value))
        row.previewed.connect(lambda value: self._tell(self.previewed, name, value))
        layout = self.layout()
        assert layout is not None
        layout.addWidget(row)

    def _tell(self, signal: Any, name: str, value: Any) -> None:
        if self._value is not None:
            new = value if isinstance(value, type(self._value)) else replace(self._value, **{name: value})
            signal.emit(new)

    def show_value(self, value: Struct, problems: Mapping[str, str] | None = None) -> None:
        """Show a struct, and the message of each problem under its field, without emitting a signal."""
        self._value = value
        for name, row in self.rows.items():
            row.show_value(getattr(value, name))
        self.show_problems(problems or {})

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show messages under their fields; the keys are those of `problems_under`."""
        for name, row in self.rows.items():
            row.show_problems(
                {key[len(name) + 1 :]: why for key, why in problems.items() if key.split(".")[0] == name}
            )

    def show_fields(self, names: Iterable[str]) -> None:
        """Show only these fields; the others keep their values."""
        wanted = set(names)
        for name, row in self.rows.items():
            row.setVisible(name in wanted)


def choice_name(choice: str, meta: Meta | None) -> str:
    """Return the name shown for a value of a field with a few of them."""
    names = ((meta and meta.extra) or {}).get("names", {})
    return tr(names.get(choice, choice.capitalize()))


def _row(name: str, kind: Any, meta: Meta, default: Any, sliders: bool) -> FormRow | None:
    """Return a row of the kind that the field needs, or None if the field is not for a form (a list)."""
    title, tip = tr(meta.title or name), tr(meta.description or "")
    table = (meta.extra or {}).get("table")
    if table is not None:
        return ChoiceRow(title, {key: tr(entry.symbol) for key, entry in table.items()}, tip)
    if get_origin(kind) is Literal:
        return ChoiceRow(title, {choice: choice_name(choice, meta) for choice in get_args(kind)}, tip)
    kinds = get_args(kind) or (kind,)
    if all(isinstance(each, type) and issubclass(each, Struct) for each in kinds):
        return KindRow(title, kinds, tip)
    if kind is str or (meta.extra or {}).get("form") == "features":
        return TextRow(title, tip, meta.max_length or 32767) if kind is str else FeatureRow()
    whole = kind is int
    return NumberFormRow(name, meta, whole, default, sliders) if whole or kind is float else None
