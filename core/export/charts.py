"""Charts of a report as SVG: the losses of a run, and the outputs over the plane of the inputs."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from ..analysis.activation_map import PlaneMap, plane_of
from ..arrays import Array
from ..language import tr
from ..nn.curves import Curves
from ..nn.trainer import Snapshot
from ..number_style import axis_text

WIDTH, HEIGHT = 520, 300
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 26, 42
INK, MUTED, GRID = "#1b1f24", "#57606a", "#dfe3ea"
COLOURS = ("#0b6bb5", "#b45309", "#0f7b5c", "#8b2fb3", "#8a5a00", "#57606a")
MOST_POINTS = 600  # of a curve
SIDE = 120  # points of the plane along one side
FONT = "DejaVu Sans, Arial, sans-serif"


@dataclass(frozen=True)
class ChartScale:
    """Numbers from ``low`` to ``high`` along an axis from ``start`` to ``end`` pixels."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: Array | float) -> Array:
        """Return the pixel of a value."""
        share = (np.asarray(value, float) - self.low) / ((self.high - self.low) or 1.0)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> Array:
        """Return about five round numbers within the axis."""
        span = (self.high - self.low) or 1.0
        step = 10.0 ** np.floor(np.log10(span / 4))
        step *= next(m for m in (1, 2, 5, 10) if span / (m * step) <= 6)
        return np.arange(np.ceil(self.low / step), np.floor(self.high / step) + 1) * step


def svg(parts: Sequence[str], width: int = WIDTH, height: int = HEIGHT) -> str:
    """Return an SVG of these elements."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{FONT}" '
        f'font-size="12">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, colour: str = MUTED, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}"{more}>{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _axes(
    across: ChartScale, up: ChartScale, titles: tuple[str, str], written: Callable[[float], str] = axis_text
) -> list[str]:
    parts = []
    for y in up.ticks():
        parts.append(_line(across.start, float(up.place(y)), across.end, float(up.place(y)), GRID))
        parts.append(_text(across.start - 6, float(up.place(y)) + 4, written(float(y)), anchor="end"))
    for x in across.ticks():
        parts.append(_text(float(across.place(x)), up.start + 18, axis_text(float(x))))
    middle = (up.start + up.end) / 2
    parts.append(_text((across.start + across.end) / 2, up.start + 36, titles[0]))
    turned = f' transform="rotate(-90 14 {middle:.1f})"'
    parts.append(_text(14, middle, titles[1], more=turned))
    return parts


def _curve(x: Array, y: Array, colour: str, width: float, dashes: str = "") -> str:
    whole = np.isfinite(y)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x[whole].tolist(), y[whole].tolist(), strict=True))
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def loss_chart(curves: Curves) -> str:
    """Return a chart of the losses of batches, thin, and of both sets at the ends of epochs; "" if none."""
    known = np.flatnonzero(np.isfinite(curves.losses))
    if not known.size:
        return ""
    kept = known[np.unique(np.linspace(0, known.size - 1, min(MOST_POINTS, known.size)).astype(int))]
    ends = np.array([record.iteration for record in curves.records], float)
    means = np.array([record.train for record in curves.records], float)
    tests = np.array([record.test.loss if record.test else np.nan for record in curves.records], float)
    heights = np.concatenate([curves.losses[kept], means, tests])
    heights = heights[np.isfinite(heights)]
    across = ChartScale(0.0, float(curves.stride * (known[-1] + 1)), LEFT, WIDTH - RIGHT)
    low, high = min(0.0, float(heights.min())), float(heights.max())
    up = ChartScale(low, high if high > low else low + 1, HEIGHT - BOTTOM, TOP)
    parts = _axes(across, up, (tr("iterations"), tr("loss J")))
    parts.append(
        _curve(across.place(curves.stride * (kept + 1)), up.place(curves.losses[kept]), "#a2c7e3", 1)
    )
    names = []
    for name, y, colour, dashes in (
        (tr("train"), means, COLOURS[0], ""),
        (tr("test"), tests, COLOURS[1], "7,4"),
    ):
        if np.isfinite(y).any():
            parts.append(_curve(across.place(ends), up.place(y), colour, 2, dashes))
            names.append((name, colour))
    for k, (name, colour) in enumerate(names):
        parts.append(_text(LEFT + 10 + 70 * k, 16, name, colour, "start"))
    return svg(parts)


def plane_chart(snapshot: Snapshot) -> str:
    """Return the outputs over the plane of two coordinates with all samples; "" for other data."""
    dataset, network = snapshot.dataset, snapshot.network
    if dataset.dimensions != 2:
        return ""
    plane = plane_of(dataset)
    outputs = PlaneMap(network, plane, SIDE, SIDE).activities(snapshot.theta)[-1].astype(float)
    side = HEIGHT - TOP - BOTTOM
    across = ChartScale(*plane.x_range, LEFT, LEFT + side)
    up = ChartScale(*plane.y_range, HEIGHT - BOTTOM, TOP)
    image = base64.b64encode(png(_colours(snapshot, outputs))).decode()
    parts = [
        f'<image x="{LEFT}" y="{TOP}" width="{side}" height="{side}" preserveAspectRatio="none" '
        f'xlink:href="data:image/png;base64,{image}"/>'
    ]
    parts += _axes(across, up, (dataset.coordinate_names[0], dataset.coordinate_names[1]))
    classes = dataset.task == "classes"
    x, y = across.place(dataset.coordinates[0]), up.place(dataset.coordinates[1])
    tested = np.isin(np.arange(x.size), dataset.test)
    for k in range(x.size):
        colour = COLOURS[int(dataset.labels[k]) % len(COLOURS)] if classes else INK
        fill = "white" if tested[k] else colour
        parts.append(f'<circle cx="{x[k]:.1f}" cy="{y[k]:.1f}" r="3" fill="{fill}" stroke="{colour}"/>')
    names = dataset.class_names if classes else ()
    for k, name in enumerate(names[: len(COLOURS)]):
        parts.append(_text(LEFT + side + 14, TOP + 14 + 18 * k, name, COLOURS[k % len(COLOURS)], "start"))
    said = tr("hollow: test set") if tested.any() else ""
    parts.append(_text(LEFT + side + 14, TOP + 20 + 18 * len(names), said, anchor="start"))
    return svg(parts)


def _colours(snapshot: Snapshot, outputs: Array) -> Array:
    """Return the colours (rows, columns, 3) of the outputs (n[L], rows, columns), pale as a background."""
    table = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in COLOURS], float)
    white, dataset = 255.0, snapshot.dataset
    if len(outputs) > 1 and dataset.task == "classes":
        best = outputs.argmax(axis=0)
        share = np.clip(outputs.max(axis=0), 0, 1)[..., None]
        return np.asarray(white + 0.5 * share * (table[best % len(table)] - white))
    low, high = float(np.nanmin(outputs[0])), float(np.nanmax(outputs[0]))
    if dataset.task == "classes":
        low, high = dataset.negative, 1.0
    share = (outputs[0] - low) / ((high - low) or 1.0)
    signed = (2 * np.clip(share, 0, 1) - 1)[..., None]
    colour = np.where(signed < 0, table[0], table[1])
    return np.asarray(white + 0.5 * abs(signed) * (colour - white))


def png(pixels: Array) -> bytes:
    """Return pixels (rows, columns, 3), 0 … 255, as a PNG."""
    rows = np.clip(np.nan_to_num(pixels, nan=255.0), 0, 255).astype(np.uint8)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", rows.shape[1], rows.shape[0], 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(raw, 9)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
