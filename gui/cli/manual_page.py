"""The manual page of the command, generated from its parser in troff format."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from gui.cli.help_text import ENVIRONMENT, EXAMPLES, EXIT_CODES


def manual_page(parser: argparse.ArgumentParser, version: str) -> str:
    """Return the page `glassnet(1)` for a parser with subcommands."""
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    told = {choice.dest: choice.help or "" for choice in commands._choices_actions}
    lines = [
        f'.TH GLASSNET 1 "" "glassnet {version}" "User Commands"',
        ".SH NAME",
        "glassnet \\- a neural network you can see through",
        ".SH SYNOPSIS",
        ".nf",
        *map(_plain, (parser.usage or "").splitlines()),
        ".fi",
        ".SH DESCRIPTION",
        _plain(parser.description or ""),
        ".SH OPTIONS",
        *_options(parser),
        ".SH COMMANDS",
    ]
    for name, command in commands.choices.items():
        lines += [f".SS {name}", _plain(told.get(name, "")), *_options(command)]
    lines.append(".SH EXAMPLES")
    for rows in EXAMPLES.values():
        for line, what in rows:
            lines += [".TP", f".B {_plain(line)}", _plain(what)]
    lines.append(".SH EXIT STATUS")
    for row in EXIT_CODES.splitlines()[1:]:
        code, what = row.split(maxsplit=1)
        lines += [".TP", f".B {code}", _plain(what)]
    lines.append(".SH ENVIRONMENT")
    for name, what in ENVIRONMENT:
        lines += [".TP", f".B {name}", _plain(what)]
    return "\n".join(lines) + "\n"


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) or action.help in (None, argparse.SUPPRESS):
            continue
        value = action.metavar if isinstance(action.metavar, str) else ""
        if action.choices and not value:
            value = "|".join(map(str, action.choices))
        takes = action.nargs != 0 and bool(action.option_strings)
        names = ", ".join(action.option_strings) or value
        yield from (".TP", f".B {_plain(names)}{f' {_plain(value)}' if takes and value else ''}")
        yield _plain(str(action.help) % {"prog": parser.prog, "default": action.default})


def _plain(text: str) -> str:
    """Return a text in troff format; none of its lines is interpreted as a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text
