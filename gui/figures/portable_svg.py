"""Rewrites the output of Qt's SVG generator so that every common SVG viewer shows the same picture."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree

from PySide6.QtGui import QFont, QFontInfo

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
FIXED_WIDTH = "non-scaling-stroke"
NUMBERS = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
FALLBACK = "sans-serif"


def portable(data: bytes, width: float, height: float) -> bytes:
    """Return an SVG written by Qt with a size of ``width`` by ``height`` millimetres, for any viewer.

    Fonts get their usual names and a generic family as a fallback. Lines with a zoom-independent width,
    which some viewers do not support, become lines of that width. Empty paths are removed.
    """
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.fromstring(data)
    root.set("width", f"{width:.6g}mm")
    root.set("height", f"{height:.6g}mm")
    for parent in root.iter():
        for child in list(parent):
            if child.tag == f"{{{SVG}}}path" and not child.get("d", "").strip():
                parent.remove(child)
        if family := parent.get("font-family"):
            parent.set("font-family", _families(family))
        if parent.tag == f"{{{SVG}}}g":
            _with_plain_lines(parent)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


@cache
def _families(family: str) -> str:
    """Return the family to draw for ``family``, and the fallback if it is missing."""
    found = QFontInfo(QFont(family)).family()
    return found if found.lower() == FALLBACK else f"{found}, {FALLBACK}"


def _with_plain_lines(group: ElementTree.Element) -> None:
    """Apply the transformation of a group to its lines with a zoom-independent width."""
    lines = [line for line in group if line.get("vector-effect") == FIXED_WIDTH]
    for line in group:
        line.attrib.pop("vector-effect", None)
    matrix = [float(number) for number in NUMBERS.findall(group.get("transform", ""))]
    if not lines or len(matrix) != 6 or matrix[:4] == [1, 0, 0, 1]:
        return
    if len(lines) < len(group):
        raise ValueError("A group of lines of a fixed width holds other things too")
    group.set("transform", "matrix(1,0,0,1,0,0)")
    for line in lines:
        for name in ("d", "points"):
            if name in line.attrib:
                line.set(name, _moved(line.attrib[name], matrix))


def _moved(path: str, matrix: list[float]) -> str:
    """Return a path of absolute points, as written by Qt, with every point transformed by a matrix."""
    a, b, c, d, e, f = matrix
    places = list(NUMBERS.finditer(path))
    parts, end = list[str](), 0
    for (at_x, at_y), index in zip(pairwise(places), range(len(places)), strict=False):
        if index % 2:
            continue
        x, y = float(at_x[0]), float(at_y[0])
        parts.append(f"{path[end : at_x.start()]}{a * x + c * y + e:.6g},{b * x + d * y + f:.6g}")
        end = at_y.end()
    return "".join(parts) + path[end:]
