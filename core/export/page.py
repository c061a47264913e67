"""A page of text with figures: one HTML file, from which a PDF is made too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

FIGURE = "figure:"
STYLE = """
body { font-family: "DejaVu Sans", Arial, sans-serif; font-size: 10pt; color: #1b1f24; max-width: 60em;
       margin: 2em auto; padding: 0 1em; line-height: 1.4; }
h1 { font-size: 18pt; } h2 { font-size: 13pt; margin-top: 1.6em; }
table { border-collapse: collapse; } th { text-align: left; color: #57606a; font-weight: normal; }
td, th { padding: 2px 14px 2px 0; vertical-align: top; } .note { color: #57606a; }
.line { margin: 2px 0; } figure { margin: 1em 0; }
"""


@dataclass
class Page:
    """A page that is being written: its title, its body as HTML, and its figures as SVG."""

    title: str
    body: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)

    def heading(self, text: str) -> None:
        """Begin a section."""
        self.body.append(f"<h2>{escape(text)}</h2>")

    def paragraph(self, html: str, kind: str = "") -> None:
        """Add a paragraph, given as HTML."""
        self.body.append(f'<p class="{kind}">{html}</p>' if kind else f"<p>{html}</p>")

    def table(self, rows: Iterable[Sequence[str]], head: Sequence[str] = ()) -> None:
        """Add a table of texts; without a head, the first column names the rows."""
        lines = ["<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in head) + "</tr>"] if head else []
        for first, *rest in rows:
            name = f"<td>{escape(first)}</td>" if head else f"<th>{escape(first)}</th>"
            lines.append(f"<tr>{name}{''.join(f'<td>{escape(cell)}</td>' for cell in rest)}</tr>")
        self.body.append(f"<table>{''.join(lines)}</table>")

    def figure(self, svg: str) -> None:
        """Add a figure, if there is one."""
        if svg:
            self.body.append(f'<p><img src="{FIGURE}{len(self.figures)}"></p>')
            self.figures.append(svg)

    def html(self, *, inline: bool = True) -> str:
        """Return the page as one file; its figures are in it, or (not ``inline``) images ``figure:0`` …."""
        body = "\n".join(self.body)
        if inline:
            body = re.sub(
                rf'<p><img src="{FIGURE}(\d+)"></p>',
                lambda found: f"<figure>{self.figures[int(found[1])]}</figure>",
                body,
            )
        return (
            f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{escape(self.title)}</title>'
            f"<style>{STYLE}</style></head>\n<body>\n<h1>{escape(self.title)}</h1>\n{body}\n</body></html>\n"
        )
