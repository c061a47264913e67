"""The pages of the manual: their order, their headings, and a search in them.

mkdocs makes a site from the same files; its `mkdocs.yml` names them in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from gui.text.topics import slug

FOLDER = Path(__file__).parents[3] / "docs" / "manual"
NAMES = (
    "index",
    "first-steps",
    "building",
    "training",
    "stepping",
    "data",
    "panels",
    "lecture",
    "exporting",
    "preferences",
    "terminal",
    "file-formats",
    "glossary",
    "teachers-guide",
    "troubleshooting",
    "licences",
)
"""The pages in reading order."""
HEADING = re.compile(r"^(#{1,3}) (.+)$")
FORMULA = re.compile(r"\$([^$\n]+)\$")
SNIPPET = 90
"""Characters of the text shown around a word that was found."""


@dataclass(frozen=True)
class ManualSection:
    """A heading of the manual, its page, its depth (1 is the page's own heading), and its text."""

    page: str
    heading: str
    level: int
    text: str

    @property
    def topic(self) -> str:
        """Its address: the page, and the heading after "#" unless it is the page's own."""
        return self.page if self.level == 1 else f"{self.page}#{slug(self.heading)}"


@cache
def source_of(page: str) -> str:
    """Return the Markdown of a page. Raises OSError if there is no such page."""
    return (FOLDER / f"{page}.md").read_text(encoding="utf-8")


@cache
def sections() -> tuple[ManualSection, ...]:
    """Return all sections of the manual in their order."""
    return tuple(section for page in NAMES for section in _sections_of(page))


def _sections_of(page: str) -> Iterator[ManualSection]:
    heading, level, lines = "", 0, list[str]()
    fenced = False
    for line in [*source_of(page).splitlines(), "# "]:
        fenced ^= line.startswith("```")
        found = None if fenced else HEADING.match(line) or (line == "# " and re.match("(#) ()", line))
        if not found:
            lines.append(line)
            continue
        if heading:
            yield ManualSection(page, plain(heading), level, plain("\n".join(lines)))
        heading, level, lines = found[2], len(found[1]), []


def plain(markdown: str) -> str:
    """Return Markdown as plain text: links as their texts, no pictures."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", markdown)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^[>#|\-:\s]*\|[|\-:\s]*$", "", text, flags=re.MULTILINE)
    return re.sub(r"[ \t]+", " ", re.sub(r"[*`$|]|\\(?=[*_])", "", text)).strip()


def titles() -> dict[str, str]:
    """Return the titles of all pages."""
    return {section.page: section.heading for section in sections() if section.level == 1}


@dataclass(frozen=True)
class Found:
    """A section that contains all words, and an excerpt of its text around the first of them."""

    section: ManualSection
    snippet: str


def search(text: str) -> list[Found]:
    """Return the sections that contain all words of a text, those with the words in the heading first."""
    words = text.lower().split()
    if not words:
        return []
    ranked = []
    for place, section in enumerate(sections()):
        heading, body = section.heading.lower(), section.text.lower()
        if all(word in heading or word in body for word in words):
            missing = sum(word not in heading for word in words)
            ranked.append((missing, place, Found(section, _around(section.text, words))))
    return [found for _missing, _place, found in sorted(ranked, key=lambda row: row[:2])]


def _around(text: str, words: list[str]) -> str:
    """Return an excerpt of a text, beginning at a word a little before the first match."""
    one_line = " ".join(text.split())
    lower = one_line.lower()
    place = next((at for said in (" ".join(words), words[0]) if (at := lower.find(said)) >= 0), 0)
    at = one_line.rfind(" ", 0, max(0, place - SNIPPET // 6)) + 1
    piece = one_line[at : at + SNIPPET].strip()
    return f"{'… ' if at else ''}{piece}{' …' if at + SNIPPET < len(one_line) else ''}"


def with_formulas(markdown: str) -> str:
    """Return Markdown with every formula between dollar signs as a picture with the address `formula:LaTeX`.

    Code is unchanged.
    """
    parts = re.split(r"(```.*?```|`[^`\n]*`)", markdown, flags=re.DOTALL)
    return "".join(
        part if k % 2 else FORMULA.sub(lambda found: f"![formula](formula:{quote(found[1], safe='')})", part)
        for k, part in enumerate(parts)
    )


@cache
def glossary() -> dict[str, str]:
    """Return where each symbol of the glossary is explained, by the first column of its table."""
    found = dict[str, str]()
    heading = ""
    for line in source_of("glossary").splitlines():
        if match := HEADING.match(line):
            heading = slug(plain(match[2]))
        elif row := re.match(r"\| (`[^|]+`) \|", line):
            for symbol in re.findall(r"`([^`]+)`", row[1]):
                found[symbol] = f"glossary#{heading}"
    return found
