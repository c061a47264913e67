"""Commands: all that the command palette finds, from actions and panels to the settings of the network.

A command is found by the words of its title and by other names of the same thing, such as "eta" for the
learning rate. A number among the words becomes the value of a setting: "batch 32", "eta 0.03".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from msgspec import Meta, Struct
from msgspec.structs import replace
from PySide6.QtGui import QAction, QIcon, QKeySequence

from core.data.datasets import DATASETS, OWN_TABLE
from core.data.features import FEATURES, RAW, in_order, symbol_of
from core.data.ready_tables import EMPTY, READY_TABLES
from core.graph.number_text import NumberTextError, read_number
from core.language import tr
from core.lecture.scene import SceneHeading, read_heading, shipped_scenes
from core.lecture.view_ids import ViewId
from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, Design, fields_of, out_of_range
from core.nn.initializers import INITIALIZERS
from core.project import files
from gui.actions.registry import Actions, plain
from gui.actions.table import ENTRIES, TITLES
from gui.app.dock_panels import DockPanels
from gui.app.secondary_windows import LectureLauncher
from gui.canvas import design_edits
from gui.session.document import Document
from gui.session.file_actions import FileMenu
from gui.views.registry import DOCKS, VIEWS
from gui.windows.manual.pages import glossary, sections

OTHER_NAMES = {
    "learning_rate": "eta η lr rate step",
    "batch_size": "batch minibatch |b|",
    "gradient_descent": "batch sgd stochastic",
    "l1": "lasso penalty regularization weight decay lambda",
    "l2": "ridge penalty regularization weight decay lambda",
    "loss": "cost error objective",
    "optimizer": "solver",
    "seed": "random",
    "test_share": "split validation",
}
"""Other words that people use for a field of the design, besides its title."""
VIEWS_CALLED = {
    ViewId.HEALTH: "dead neurons diagnosis vanishing exploding saturated diverged",
    ViewId.CONFUSION_MATRIX: "misread accuracy precision recall",
    ViewId.TABLE: "table data rows wrong",
    ViewId.LOSS_PLOT: "timeline curve history",
    ViewId.MATRICES: "weights exact",
    ViewId.METRICS: "precision recall f1 roc auc calibration r2 rmse mae residuals scores",
}
"""Other words that people use for a panel."""


CHOSEN = " ✓"
"""Appended to a setting that has this value already."""


@dataclass(frozen=True)
class Command:
    """A command: ``kind`` is the group it belongs to; ``names`` are searched but not shown.

    ``away``: it opens another window; commands for the present window are listed first.
    """

    kind: str
    title: str
    run: Callable[[], object]
    names: str = ""
    keys: str = ""
    tip: str = ""
    icon: QIcon | None = None
    away: bool = False


def found(commands: list[Command], words: list[str]) -> list[Command]:
    """Return the commands in which every word is found, the closest first."""
    ranked = [(rank, k) for k, command in enumerate(commands) if (rank := _rank(command, words)) is not None]
    return [commands[k] for _rank_of_it, k in sorted(ranked)]


def _rank(command: Command, words: list[str]) -> int | None:
    """Return how well a command matches the words, 0 the best; None: not at all."""
    title, rest = (
        command.title.lower().removesuffix(CHOSEN),
        f"{command.kind} {command.names} {command.tip}".lower(),
    )
    starts = title.replace("-", " ").replace("(", " ").split()
    rank = 0 if title == " ".join(words) else 1
    exporting = {plain(tr(TITLES[menu])) for menu in ("export", "numbers", "figure", "scripts", "models")}
    if command.kind in exporting:  # the view itself, which has the same name, is listed first
        rank += 1
    if command.away and rank:
        rank += 2
    for word in words:
        if any(start.startswith(word) for start in starts):
            continue
        if word in title:
            rank += 1
        elif any(start.startswith(word) for start in rest.split()):
            rank += 2
        elif word in rest and len(word) > 2:
            rank += 6
        else:
            return None
    return rank


class Commands:
    """All commands of a main window."""

    def __init__(
        self,
        actions: Actions,
        panels: DockPanels,
        document: Document,
        file_menu: FileMenu,
        lecture: LectureLauncher,
        seek: Callable[[int], object],
        open_manual: Callable[[str], object],
    ) -> None:
        self._actions, self._panels, self._document = actions, panels, document
        self._files, self._lecture, self._seek = file_menu, lecture, seek
        self._open_manual = open_manual

    def find(self, text: str) -> list[Command]:
        """Return the commands that match the words of a text, the best first; all actions without words."""
        words = text.lower().replace(" %", "%").split()
        if not words:
            return list(self._of_actions())
        names, numbers = _numbers(words)
        known = [*self._of_actions(), *self._of_panels(), *self._of_files(), *self._of_tables()]
        known += [*self._of_settings(), *self._of_features(), *self._of_layers()]
        known += [*self._of_scenes(), *self._of_manual()]
        typed = found([*self._of_values(numbers[-1])], names) if numbers else []
        return typed + found(known, words)

    def _of_actions(self) -> Iterator[Command]:
        for entry in ENTRIES:
            action = self._actions[entry.id]
            if action.isEnabled():
                kind = plain(tr(TITLES[entry.menu]))
                yield Command(
                    kind, plain(action.text()), action.trigger, entry.id, keys_of(action), action.statusTip(),
                    action.icon(),
                )  # fmt: skip

    def _of_panels(self) -> Iterator[Command]:
        for view in DOCKS:
            picture = self._panels.dock_of(view).toggleViewAction().icon()
            show = partial(self._panels.bring, view)
            names = f"{view.value} {VIEWS_CALLED.get(view, '')}"
            yield Command(tr("Panel"), VIEWS[view].name, show, names, icon=picture)

    def _of_files(self) -> Iterator[Command]:
        for name, path in files.examples().items():
            opens = partial(self._files.open_if_may, path)
            yield Command(tr("Example"), name.replace("-", " "), opens)
        design = self._document.design
        for name, source in DATASETS.items():
            changed = replace(design, data=replace(design.data, source=name))
            yield self._edit(
                tr("Data"), tr(source.symbol), changed, f"{name} dataset {tr(source.description)}"
            )

    def _of_tables(self) -> Iterator[Command]:
        """Yield every bundled table, which is also shown in the table view, and an empty one."""
        design = self._document.design
        titles = {tr("Truth table of {name}").format(name=name): READY_TABLES[name] for name in READY_TABLES}
        for title, table in {**titles, tr("Empty table"): EMPTY}.items():
            changed = replace(design, data=replace(design.data, source=OWN_TABLE.name, table=table))
            text = tr("{kind}: {title}").format(kind=tr("Data"), title=title)
            yield Command(tr("Data"), title, partial(self._take_table, changed, text), "table own data")

    def _take_table(self, changed: Design, text: str) -> None:
        self._document.edit(changed, text)
        self._panels.bring(ViewId.TABLE)

    def _of_scenes(self) -> Iterator[Command]:
        for scene, path in _scenes():
            kind = tr("Scene {number}").format(number=scene.number)
            show = partial(self._lecture.show_if_scene, path)
            yield Command(kind, scene.title, show, f"lecture {scene.part}", away=True)

    def _of_manual(self) -> Iterator[Command]:
        """Yield every heading of the manual, and every symbol of its glossary."""
        for section in sections():
            show = partial(self._open_manual, section.topic)
            yield Command(tr("Manual"), section.heading, show, "help", away=True)
        for symbol, topic in glossary().items():
            yield Command(tr("Glossary"), symbol, partial(self._open_manual, topic), "symbol help", away=True)

    def _of_settings(self) -> Iterator[Command]:
        """Yield every setting with a few choices, such as the loss; the present value has a tick."""
        for part in _parts(self._document.design):
            for name, (kind, meta) in fields_of(type(part.value)).items():
                now = getattr(part.value, name)
                for value in _choices(kind) if meta is not None else ():
                    text = isinstance(value, str)
                    chosen = value == now if text else type(value) is type(now)
                    names = f"{part.names} {_names(name)} {value if text else type(value).__name__}"
                    title = _symbol(value, meta) + (CHOSEN if chosen else "")
                    changed = part.changed(name, now if chosen else value)
                    yield self._edit(_title(name, meta), title, changed, names)

    def _of_features(self) -> Iterator[Command]:
        """Yield every feature of two-dimensional data, to be switched on or off."""
        design = self._document.design
        chosen = design.data.features or RAW
        if self._document.dataset.dimensions != 2:
            return
        for text in dict.fromkeys((*FEATURES, *chosen)):
            on = text not in chosen
            features = in_order((*chosen, text) if on else [one for one in chosen if one != text])
            if on or len(chosen) > 1:
                title = tr("{feature} on") if on else tr("{feature} off")
                changed = replace(design, data=replace(design.data, features=features))
                yield self._edit(
                    tr("Feature"),
                    title.format(feature=symbol_of(text)),
                    changed,
                    f"features {text} {text.replace('**', '^')} {' '.join(re.findall('[a-z0-9.]+', text))}",
                )

    def _of_layers(self) -> Iterator[Command]:
        """Yield the choices of every layer, and of all hidden ones: activations, dropout, initializers."""
        design = self._document.design
        dense = [k for k, layer in enumerate(design.layers) if isinstance(layer, Dense)]
        for name, entry in ACTIVATIONS.items():
            hidden = design
            for l, place in enumerate(dense, start=1):
                changed = design_edits.with_activation(design, place, name)
                output = " output" if place == dense[-1] else ""
                title = tr("{activation} for layer {l}").format(activation=entry.symbol, l=l)
                yield self._edit(tr("Activation"), title, changed, f"{name}{output}")
                if not output:
                    hidden = design_edits.with_activation(hidden, place, name)
            if len(dense) > 2:
                title = tr("{activation} for all hidden layers").format(activation=entry.symbol)
                yield self._edit(tr("Activation"), title, hidden, name)
        for l, place in enumerate(dense, start=1):
            title = tr("Dropout before layer {l}").format(l=l)
            changed = design_edits.inserted(design, place, design_edits.new_layer(design, "dropout"))
            yield self._edit(tr("Network"), title, changed, "add layer regularization")
        for name, initializer in INITIALIZERS.items():
            changed = design
            for place in dense:
                changed = design_edits.with_initializer(changed, place, name)
            if changed != design:
                symbol, names = tr(initializer.symbol), f"{name} first weights {tr(initializer.source)}"
                yield self._edit(tr("Initializer"), symbol, changed, names)

    def _of_values(self, value: float) -> Iterator[Command]:
        """Yield every setting that can have a number as its value."""
        design = self._document.design
        for part in _parts(design):
            for name, number in _numbers_of(part.value, value):
                title = tr("{setting} = {value}").format(
                    setting=_title(name, fields_of(type(part.value))[name][1]), value=f"{value:g}"
                )
                names = f"{part.names} {_names(name)}"
                yield self._edit(part.kind, title, part.changed(name, number), names)
        if value == int(value) >= 0:
            title = tr("Go to iteration {iteration}").format(iteration=f"{int(value):,}")
            yield Command(tr("Train"), title, partial(self._seek, int(value)), "time step")
            dense = [k for k, layer in enumerate(design.layers) if isinstance(layer, Dense)]
            for l, place in enumerate(dense[:-1], start=1):
                if not out_of_range(int(value), fields_of(Dense)["neurons"][1] or Meta(), "neurons"):
                    changed_design = design_edits.with_neurons(design, place, int(value))
                    title = tr("{n} neurons in layer {l}").format(n=int(value), l=l)
                    yield self._edit(tr("Network"), title, changed_design)

    def _edit(self, kind: str, title: str, changed: Design, names: str = "") -> Command:
        text = tr("{kind}: {title}").format(kind=kind, title=title)
        return Command(kind, title, lambda: self._document.edit(changed, text), names)


def _numbers(words: list[str]) -> tuple[list[str], list[float]]:
    """Split words into those that are no numbers, and numbers; one after "layer" stays with that word."""
    names: list[str] = []
    numbers: list[float] = []
    for before, word in zip(["", *words], words, strict=False):
        if before == "layer" and word.isdecimal():
            names[-1] = f"layer {word}"
            continue
        try:
            numbers.append(read_number(word))
        except NumberTextError:
            names.append(word)
    return names, numbers


@dataclass(frozen=True)
class _SettingsPart:
    """A part of a design that has settings; ``put`` returns the design with another part in its place."""

    kind: str
    names: str
    value: Struct
    put: Callable[[Struct], Design]

    def changed(self, name: str, value: Any) -> Design:
        """Return the design with another value of a setting."""
        return self.put(replace(self.value, **{name: value}))


def _parts(design: Design) -> Iterator[_SettingsPart]:
    """Yield the parts with settings: the training, its loss, its optimizer, and the data."""
    training = design.training
    yield _SettingsPart(tr("Training"), "", training, lambda part: replace(design, training=part))
    for field in ("loss", "optimizer"):
        one = getattr(training, field)

        def put(part: Struct, field: str = field) -> Design:
            return replace(design, training=replace(training, **{field: part}))

        yield _SettingsPart(tr(one.symbol), f"{_names(field)} {tr(one.symbol)}", one, put)
    yield _SettingsPart(tr("Data"), "", design.data, lambda part: replace(design, data=part))


def _numbers_of(part: Struct, value: float) -> Iterator[tuple[str, float]]:
    """Yield every field of a part that accepts this number, and the value as the field has it."""
    for name, (kind, meta) in fields_of(type(part)).items():
        if kind not in (int, float) or meta is None or (kind is int and value != int(value)):
            continue
        if not out_of_range(kind(value), meta, name):
            yield name, kind(value)


def _choices(kind: Any) -> list[Any]:
    """Return the choices of a field that has a few: names, or structs with their default values."""
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    kinds = get_args(kind) or (kind,)
    return [one() for one in kinds] if all(_is_struct(one) for one in kinds) else []


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def _symbol(value: Any, meta: Meta | None) -> str:
    """Return the text of a choice in forms."""
    if not isinstance(value, str):
        return tr(value.symbol)
    names = (meta.extra or {}).get("names", {}) if meta is not None else {}
    return tr(names.get(value, value.capitalize()))


def _title(name: str, meta: Meta | None) -> str:
    return tr(meta.title if meta and meta.title else name)


def _names(name: str) -> str:
    return f"{name} {OTHER_NAMES.get(name, '')}"


def keys_of(action: QAction) -> str:
    """Return the shortcut of an action as the platform writes it."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


@cache
def _scenes() -> list[tuple[SceneHeading, Path]]:
    """Return the headings and files of the bundled scenes."""
    return [(read_heading(path), path) for path in shipped_scenes()]
