"""Context menus: of activations, of a layer, of a weight or bias, and of the empty canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QAction, QActionGroup, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from core.language import tr
from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, Design
from core.nn.initializers import INITIALIZERS
from core.number_style import exact_text
from gui.canvas import design_edits
from gui.canvas.zoom_view import ZOOM_STEP, ZoomView
from gui.figures.figure_menu import add_figure_entries

Request = Callable[[Design, str], None]
ALPHAS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0)
RATES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.7)


def activation_menu(
    parent: QWidget, design: Design, place: int, request: Request, neuron: int | None = None
) -> QMenu:
    """Return the picker of activations: for a whole layer, or for one neuron of it."""
    menu = QMenu(tr("Activation of the layer") if neuron is None else tr("Activation of this neuron"), parent)
    menu.setToolTipsVisible(True)
    layer = design.layers[place]
    if not isinstance(layer, Dense):
        return menu
    names = set(layer.activations) if neuron is None else {layer.activations[neuron]}
    group = QActionGroup(menu)
    for name, entry in ACTIVATIONS.items():
        if neuron is not None and entry.layerwide:
            continue
        changed = design_edits.with_activation(design, place, name, neuron)
        action = _choice(menu, entry.symbol, names == {name}, changed, tr("Change activation"), request)
        group.addAction(action)
        if names == {name}:
            menu.setActiveAction(action)
    return menu


def layer_menu(parent: QWidget, design: Design, place: int, inputs: int, request: Request) -> QMenu:
    """Return the menu of a layer with ``inputs`` inputs: its initializer, the parameter α, fixing weights,
    moving and deleting it.
    """
    menu = QMenu(tr("Layer"), parent)
    menu.setToolTipsVisible(True)
    layer = design.layers[place]
    if isinstance(layer, Dense):
        _initializers(menu, design, place, layer, request)
        _alphas(menu, design, place, layer, request)
        for fixed, title in (
            (True, tr("Fix all its weights and biases")),
            (False, tr("Release all of them")),
        ):
            changed = design_edits.with_fixed(design, place, inputs, fixed)
            action = menu.addAction(title)
            action.setEnabled(changed != design)
            action.triggered.connect(lambda _on=False, changed=changed, title=title: request(changed, title))
    else:
        rates = menu.addMenu(tr("Rate"))
        for rate in RATES:
            changed = design_edits.with_rate(design, place, rate)
            _choice(rates, exact_text(rate), layer.rate == rate, changed, tr("Change rate"), request)
    menu.addSeparator()
    if place != design_edits.output_place(design):
        left, right = (
            design_edits.moved(design, place, place - 1),
            design_edits.moved(design, place, place + 2),
        )
        for text, keys, changed in (
            (tr("Move left"), "Alt+Left", left if place else design),
            (tr("Move right"), "Alt+Right", right),
        ):
            action = _choice(menu, text, False, changed, tr("Move layer"), request)
            action.setToolTip(f"{text} ({keys})")
            action.setEnabled(changed != design)
        text = tr("Delete")
        action = _choice(menu, text, False, design_edits.removed(design, place), tr("Delete layer"), request)
        action.setToolTip(tr("Delete the layer (Delete)"))
    return menu


def number_menu(
    parent: QWidget, name: str, value: float, edit: Callable[[], object], history: Callable[[], object] | None
) -> QMenu:
    """Return the menu of a weight or bias: edit it, copy it with all digits, show its history."""
    menu = QMenu(name, parent)
    said = menu.addAction(tr("{name} = {value}").format(name=name, value=exact_text(value)))
    said.setEnabled(False)
    menu.addSeparator()
    menu.addAction(tr("Type another value") + "\tF2").triggered.connect(edit)
    copy = menu.addAction(tr("Copy the exact value"))
    copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(repr(value)))
    if history is not None:
        menu.addAction(tr("Show its history")).triggered.connect(history)
    return menu


def ground_menu(
    view: ZoomView, design: Design, place: int, request: Request, edges: Sequence[QAction]
) -> QMenu:
    """Return the menu of the empty canvas: insert a layer, zoom, and the actions ``edges``."""
    menu = QMenu(tr("Network"), view)
    for kind, title in (("dense", tr("Add layer here")), ("dropout", tr("Add dropout here"))):
        changed = design_edits.inserted(design, place, design_edits.new_layer(design, kind))
        add = menu.addAction(title)
        add.triggered.connect(lambda _on=False, changed=changed: request(changed, tr("Add layer")))
    menu.addSeparator()
    menu.addAction(tr("Fit network") + "\tCtrl+0").triggered.connect(view.fit)
    menu.addAction(tr("Zoom in") + "\tCtrl++").triggered.connect(lambda: view.zoom_by(ZOOM_STEP))
    menu.addAction(tr("Zoom out") + "\tCtrl+-").triggered.connect(lambda: view.zoom_by(1 / ZOOM_STEP))
    if edges:
        menu.addSeparator()
        menu.addActions(list(edges))
    add_figure_entries(menu, view)
    return menu


def _initializers(menu: QMenu, design: Design, place: int, layer: Dense, request: Request) -> None:
    choices = menu.addMenu(tr("Initializer"))
    for name, entry in INITIALIZERS.items():
        changed = design_edits.with_initializer(design, place, name)
        title = entry.symbol
        _choice(choices, title, layer.initializer == name, changed, tr("Change initializer"), request)


def _alphas(menu: QMenu, design: Design, place: int, layer: Dense, request: Request) -> None:
    """Add the values of the parameter α, if an activation of the layer has one."""
    entries = [ACTIVATIONS[name] for name in set(layer.activations) if name in ACTIVATIONS]
    usual = [entry for entry in entries if entry.alpha is not None]
    if not usual:
        return
    choices = menu.addMenu("α")
    now = usual[0].alpha if layer.alpha is None else layer.alpha
    for alpha in ALPHAS:
        if all(entry.alpha_range[0] <= alpha <= entry.alpha_range[1] for entry in usual):
            changed = design_edits.with_alpha(design, place, alpha)
            _choice(choices, exact_text(alpha), now == alpha, changed, tr("Change α"), request)


def _choice(menu: QMenu, title: str, chosen: bool, changed: Design, text: str, request: Request) -> QAction:
    action = menu.addAction(title)
    action.setCheckable(True)
    action.setChecked(chosen)
    action.triggered.connect(lambda: None if chosen else request(changed, text))
    return action
