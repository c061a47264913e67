"""Hooks of mkdocs: formulas between dollar signs become drawings, set as the program sets them."""

from __future__ import annotations

import re
import warnings
from functools import cache
from html import escape
from typing import Any

FORMULA = re.compile(r"\$([^$\n]+)\$")
CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)
SIZE = 17  # pixels, of the letters around a formula


def on_page_markdown(markdown: str, **_of_mkdocs: Any) -> str:
    """Return a page with its formulas as SVG; code is left as it is."""
    parts = CODE.split(markdown)
    return "".join(part if k % 2 else FORMULA.sub(_drawn, part) for k, part in enumerate(parts))


def _drawn(found: re.Match[str]) -> str:
    return f'<span class="formula" title="{escape(found[1], quote=True)}">{_svg(found[1])}</span>'


@cache
def _svg(latex: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its way of opening the font is deprecated
        import ziamath  # noqa: PLC0415  (only where the site is built)

        ziamath.config.svg2 = False
        drawn = str(ziamath.Latex(latex, size=SIZE, color="currentColor").svg())
    return drawn.replace("\n", "").replace("<svg ", '<svg style="vertical-align: middle" ', 1)
