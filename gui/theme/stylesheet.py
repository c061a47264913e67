"""The style sheet of the application: a template that `gui.theme.theme` fills with the colours of a theme.

Widgets choose a style by the dynamic property ``look``: "primary" (the button to press next), "segment" (one
of a row that belongs together), "card", "title", "muted", "small", "number", "quiet" (a button without a
frame).
"""

from string import Template

STYLESHEET = Template("""
QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QToolTip { background: $panel; color: $text; border: 1px solid $border; padding: 4px 6px; }

QMenuBar { background: $panel; border-bottom: 1px solid $border; padding: 1px 4px; }
QMenuBar::item { padding: 5px 9px; background: transparent; border-radius: 5px; }
QMenuBar::item:selected { background: $raised; }
QMenu { background: $panel; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 26px 5px 8px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $border; margin: 4px 6px; }
QMenu::icon { padding-left: 6px; }
QMenu::icon:checked { background: $accent_soft; border: 1px solid $accent; border-radius: 4px; }

QToolBar { background: $panel; border: 0; border-bottom: 1px solid $border; spacing: 6px; padding: 5px 8px; }
QStatusBar { background: $window; border-top: 1px solid $border; color: $muted; }
QStatusBar::item { border: 0; }
QStatusBar QLabel { color: $muted; padding: 0 6px; }

QDockWidget { border: 1px solid $border; } /* drawn while it floats */
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: 0; }
QGraphicsView, QTreeWidget, QTableView, QListView { border: 0; background: $panel; }
QTreeWidget::item { padding: 2px; }

QLabel[look="title"] { color: $muted; }
QLabel[look="muted"], QLabel[look="small"] { color: $muted; }
QLabel[look="small"] { font-size: $small; }
QLabel[look="number"] { color: $text; font-size: $number; font-weight: bold; }
QLabel[look="tip"] { background: $panel; color: $text; border: 1px solid $border; border-radius: 4px;
  padding: 1px 5px; font-size: $small; }
QLabel[look="error"] { color: $error; }

QPushButton, QToolButton {
  background: $raised; color: $text; border: 1px solid $border; border-radius: 7px; padding: 4px 10px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed { background: $border; }
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton:disabled, QToolButton:disabled { color: $disabled; }
QPushButton:checked, QToolButton:checked { background: $accent_soft; color: $accent; }
QPushButton:default { border-color: $accent; }
QPushButton[look="primary"], QToolButton[look="primary"] {
  background: $accent; color: $on_accent; border-color: $accent; font-weight: bold; }
QPushButton[look="primary"]:hover, QToolButton[look="primary"]:hover { background: $accent_hover; }
QPushButton[look="primary"]:focus, QToolButton[look="primary"]:focus { border-color: $text; }
QPushButton[look="quiet"], QToolButton[look="quiet"] { background: transparent; border-color: transparent;
  padding: 2px; }
QPushButton[look="quiet"]:hover, QToolButton[look="quiet"]:hover { background: $hover; }
QPushButton[look="quiet"]:focus, QToolButton[look="quiet"]:focus { border-color: $accent; }
QPushButton[look="slim"], QToolButton[look="slim"] { padding: 1px 8px; }
QToolButton[look="segment"] { border-radius: 0; border-left-width: 0; }
QToolButton[look="segment"][place="first"] {
  border-left-width: 1px; border-top-left-radius: 7px; border-bottom-left-radius: 7px; }
QToolButton[look="segment"][place="last"] { border-top-right-radius: 7px; border-bottom-right-radius: 7px; }
QToolButton[look="segment"]:checked { font-weight: bold; }
QToolButton::menu-indicator { image: none; }
QToolButton::menu-button { border: 0; width: 16px; }
QToolButton::menu-arrow { image: url(icons:arrow-down.svg); width: 10px; height: 10px; }
QToolButton[look="chip"] { padding: 3px 2px; }
QToolButton[look="chip"][small="true"] { font-size: $small; padding: 3px 1px; }
QToolButton[look="list"] { padding: 4px 7px; }
QToolButton[look="list"][short="true"] { padding: 4px 2px; }
QToolBar#timeline_bar { border-top: 1px solid $border; border-bottom: 0; padding: 1px 0; }
QLabel[look="strong"] { font-weight: bold; }

QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit {
  background: $panel; border: 1px solid $border; border-radius: 5px; padding: 2px 6px;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus { border-color: $accent; }
QLineEdit[counts="false"] { color: $muted; font-weight: normal; background: $raised; }
QLineEdit[problem="true"], QComboBox[problem="true"], QAbstractSpinBox[problem="true"] {
  border-color: $error; }
QComboBox { padding-right: 0; }
QComboBox:disabled, QAbstractSpinBox:disabled, QLineEdit:disabled { color: $disabled; }
QComboBox::drop-down { border: 0; width: 18px; }
QComboBox::down-arrow { image: url(icons:arrow-down.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $border;
  selection-background-color: $accent_soft; selection-color: $text; }
QAbstractSpinBox { padding-right: 16px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: 0; width: 16px;
  background: transparent; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $hover; }
QAbstractSpinBox::up-arrow { image: url(icons:arrow-up.svg); width: 9px; height: 9px; }
QAbstractSpinBox::down-arrow { image: url(icons:arrow-down.svg); width: 9px; height: 9px; }
QCheckBox::indicator, QListView::indicator { width: 14px; height: 14px; border: 1px solid $muted;
  border-radius: 4px; background: $panel; }
QCheckBox::indicator:checked, QListView::indicator:checked {
  background: $accent; border-color: $accent; image: url(icons:tick.svg); }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QRadioButton::indicator { width: 12px; height: 12px; border: 1px solid $muted; border-radius: 7px;
  background: $panel; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 4px solid $accent; }

QSlider::groove:horizontal { height: 4px; background: $border; border-radius: 2px; }
QSlider::sub-page:horizontal { height: 4px; background: $accent; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: $border; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -4px 0; border-radius: 6px;
  background: $accent;
  border: 1px solid $panel; }
QSlider::handle:horizontal:hover { background: $accent_hover; }
QSlider::handle:horizontal:disabled { background: $disabled; }
QSlider:focus { border: 1px solid $accent; border-radius: 5px; }

QScrollBar:vertical { background: transparent; width: 9px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 9px; margin: 0; }
QScrollBar::handle { background: $border; border-radius: 4px; min-height: 24px; min-width: 24px;
  margin: 1px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

#import_card { background: $panel; border: 1px solid $border; border-radius: 7px; }
#import_banner { background: $card; border: 1px solid $warning; border-radius: 7px; }

#command_palette { background: $panel; border: 1px solid $accent; border-radius: 8px; }
#tour_card { background: $panel; border: 1px solid $accent; border-radius: 8px; }
#command_palette QTreeWidget::item { padding: 4px 6px; color: $text; }
#command_palette QTreeWidget::item:selected { background: $accent_soft; }

#ordered_list::item { padding: 3px 2px; border-radius: 4px; }
#ordered_list::item:selected { background: $accent_soft; color: $text; }

#lab_bar, #lab_side, #lab_side_inside { background: $panel; border: 0; }
#lab_bar { border-bottom: 1px solid $border; }
#lab_side { border-left: 1px solid $border; }
#lab_foot { background: $window; border-top: 1px solid $border; }
#lab_bubble { background: $panel; color: $error; border: 1px solid $error; border-radius: 6px;
  padding: 6px 10px; }
#value_field { background: $raised; border: 1px solid $border; border-radius: 7px; }
#value_field QLineEdit { background: transparent; border: 0; padding: 0; }
#value_field QLineEdit:focus { border-bottom: 2px solid $accent; }

#lecture_bar { background: $panel; border-top: 1px solid $border; }
#notes_window { background: $window; }
#formula_box, #question_row, #foot_box, #card_box, #given_box {
  background: $raised; border: 0; border-radius: 10px; }
#card_box { background: $card; }
#given_box { background: $given; }
#notes_window #card_box { background: $notes_card; }

QFileDialog QToolButton { padding: 2px; }
QTabBar QToolButton { padding: 0; border-radius: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 5px 10px; border: 0;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $text; }
QTabWidget::pane { border: 0; }
QHeaderView::section { background: $raised; color: $muted; border: 0; padding: 3px 6px; }
QProgressBar { background: $border; border: 0; border-radius: 3px; max-height: 6px; text-align: center; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
""")
