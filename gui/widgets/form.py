"""Form: a part of a design drawn from the annotations of its fields.

Title and help come from a field's ``Meta``; its type and range choose the widget: a number with a
slider, a row of buttons for few named choices, a list for a table or for structs of several kinds,
below which the fields of the chosen kind stand. A new field of a part needs no line here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.nn.design import Problem, fields_of
from gui.theme.theme import set_look
from gui.widgets.number_edit import NumberField

MOST_SEGMENTS = 3


def problems_under(problems: Iterable[Problem], place: str) -> dict[str, str]:
    """Return the sentence of every problem below a place, by what follows it.

    ``layers[1].alpha`` is ``alpha`` under ``layers[1]``; the place itself is "".
    """
    found: dict[str, str] = {}
    for problem in problems:
        if problem.where == place or problem.where.startswith(f"{place}."):
            key = problem.where[len(place) + 1 :]
            found[key] = f"{found[key]} {problem.why}" if key in found else problem.why
    return found


class FocusedComboBox(QComboBox):
    """A list of choices that leaves the wheel to the panel it lies in, unless it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Segments(QWidget):
    """A few choices side by side, one of which is on; the arrow keys go from one to the next."""

    chosen = Signal(object)

    def __init__(self, choices: Mapping[str, str]) -> None:
        super().__init__()
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
        """Write a little smaller than the rest, so that three choices fit a narrow panel."""
        smaller = QFont(self.font())
        smaller.setPointSizeF(0.88 * smaller.pointSizeF())
        bold = QFont(smaller)
        bold.setBold(True)  # as the chosen one is written
        for button in self._group.buttons():
            button.setFont(smaller)
            button.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(button.text()) + 5)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_group"):
            self._fit_font()

    def show_choice(self, choice: str) -> None:
        """Show which choice is on, without telling anyone."""
        if choice in self.choices:
            self._group.button(self.choices.index(choice)).setChecked(True)

    def allow(self, choice: str, allowed: bool) -> None:
        """Let a choice be pressed, or not."""
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
    """One field: its widget, then what belongs to it, then the sentence of its problem in red.

    ``changed`` carries the field's new value. A row shows a value by `show_value`.
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
        """Put a widget over the sentence of the problem."""
        self.column.insertWidget(self.column.count() - 1, widget)

    def show_value(self, value: Any) -> None:
        """Show a value without telling anyone."""
        raise NotImplementedError

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show the problem of this field (key "") and of fields below it."""
        self._refusal, self._outside = "", " ".join(problems.values())
        self._say()

    def refuse(self, why: str) -> None:
        """Say why what was typed is not taken; empty: all is well again.

        The field shows its old value again, which is no problem: it is not framed in red.
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
    """A number."""

    def __init__(self, name: str, meta: Meta, whole: bool, default: Any, slider: bool) -> None:
        super().__init__()
        self.field = NumberField(name, meta, whole, default, slider)
        self.edit = self.field.edit
        self.add(self.field)
        self.field.changed.connect(self.changed)
        self.field.previewed.connect(self.previewed)
        self.field.refused.connect(self.refuse)
        self.setFocusProxy(self.edit)

    def show_value(self, value: Any) -> None:
        """Show a number."""
        self.field.show_value(value)


class ChoiceRow(FormRow):
    """One of several names: buttons side by side where they are few, else a list."""

    def __init__(self, title: str, choices: Mapping[str, str], side_by_side: bool) -> None:
        super().__init__()
        self._names = tuple(choices)
        label = QLabel(title)
        self.segments = Segments(choices) if side_by_side else None
        self.combo = FocusedComboBox()
        self.edit = self.segments or self.combo
        self.edit.setAccessibleName(title)
        head = QWidget()
        direction = QBoxLayout.Direction
        line = QBoxLayout(direction.TopToBottom if side_by_side else direction.LeftToRight)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(3)
        line.addWidget(label)
        line.addWidget(self.edit, 0 if side_by_side else 1)
        head.setLayout(line)
        self.add(head)
        if self.segments:
            self.segments.chosen.connect(self.changed)
        else:
            self.combo.addItems(list(choices.values()))
            self.combo.activated.connect(lambda k: self.changed.emit(self._names[k]))
            label.setBuddy(self.combo)

    def show_value(self, value: Any) -> None:
        """Show which name is chosen."""
        if self.segments:
            self.segments.show_choice(value)
        elif value in self._names:
            self.combo.setCurrentIndex(self._names.index(value))


class KindRow(FormRow):
    """A struct of one of several kinds: a list of the kinds, and the fields of the chosen one."""

    def __init__(self, title: str, kinds: tuple[type[Struct], ...]) -> None:
        super().__init__()
        self._kinds = kinds
        names = [str(getattr(kind, "symbol", kind.__name__)) for kind in kinds]
        self._choice = ChoiceRow(title, dict(zip(names, names, strict=True)), side_by_side=False)
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
        """Show the problem of the kind here, and those of its fields there."""
        super().show_problems({key: why for key, why in problems.items() if not key})
        for form in self.forms:
            if form is not None:
                form.show_problems({key: why for key, why in problems.items() if key})


class Form(QWidget):
    """The fields of a part of a design, in order; ``fields`` picks which.

    ``changed`` carries a whole new part, once a gesture; ``previewed`` the same while a slider is
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
        column.setSpacing(5)
        self.rows: dict[str, FormRow] = {}
        defaults = {field.name: field.default for field in msgspec.structs.fields(part)}
        known = fields_of(part)
        for name in known if fields is None else fields:
            kind, meta = known[name]
            row = _row(name, kind, meta, defaults[name], sliders) if meta is not None else None
            if row is not None:
                self._add(name, row, meta)
        self._value: Struct | None = None

    def _add(self, name: str, row: FormRow, meta: Meta | None) -> None:
        self.rows[name] = row
        tip = meta.description if meta and meta.description else ""
        row.setToolTip(QCoreApplication.translate("Form", tip) if tip else "")
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
        """Show a part and the sentence of each problem under its field, without telling anyone."""
        self._value = value
        for name, row in self.rows.items():
            row.show_value(getattr(value, name))
        self.show_problems(problems or {})

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show sentences under their fields; keys as `problems_under` gives them."""
        for name, row in self.rows.items():
            row.show_problems(
                {key[len(name) + 1 :]: why for key, why in problems.items() if key.split(".")[0] == name}
            )

    def show_fields(self, names: Iterable[str]) -> None:
        """Show only these fields; the others stay as they are, out of sight."""
        wanted = set(names)
        for name, row in self.rows.items():
            row.setVisible(name in wanted)


def _row(name: str, kind: Any, meta: Meta, default: Any, sliders: bool) -> FormRow | None:
    """Return the row that suits a field; None: the field is not for a form (a list, a text)."""
    title = QCoreApplication.translate("Form", meta.title or name)
    table = (meta.extra or {}).get("table")
    if table is not None:
        return ChoiceRow(title, {key: entry.symbol for key, entry in table.items()}, side_by_side=False)
    if get_origin(kind) is Literal:
        names = {choice: QCoreApplication.translate("Form", choice.capitalize()) for choice in get_args(kind)}
        return ChoiceRow(title, names, side_by_side=len(names) <= MOST_SEGMENTS)
    kinds = get_args(kind) or (kind,)
    if all(isinstance(each, type) and issubclass(each, Struct) for each in kinds):
        return KindRow(title, kinds)
    if kind in (int, float):
        return NumberFormRow(name, meta, kind is int, default, sliders)
    return None
