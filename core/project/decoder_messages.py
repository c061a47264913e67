"""Translates the messages of the JSON decoder into sentences: what is wrong, where, and the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from functools import reduce
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from ..language import tr, translatable
from ..number_style import exact_text

_KINDS = {
    "object": translatable("an object {…}"),
    "array": "a list […]",
    "str": translatable("text"),
    "int": translatable("a whole number"),
    "float": translatable("a number"),
    "bool": translatable("true or false"),
    "null": "null",
}
_GOT = {"int": translatable("a number"), "float": translatable("a number with decimals")}
_BOUNDS = {
    "<=": translatable("at most"),
    ">=": translatable("at least"),
    "<": translatable("below"),
    ">": translatable("above"),
}


def plain(message: str, where: str, data: bytes, kind: Any) -> str:
    """Return msgspec's ``message`` about a part of type ``kind`` at ``where`` in the file as a sentence.

    ``data`` is the decoded text, used to turn a byte number into line and column.
    """
    what, _, path = message.partition(" - at ")
    place = (where + path.strip("`").removeprefix("$")).removeprefix(".") or tr("the file")
    if found := re.search(r"\(byte (\d+)\)", what):
        return _syntax(data, int(found[1]))
    if what.startswith("Input data was truncated"):
        end = line_and_column(data, len(data))
        return tr("it ends too early, at {end}: the file is not complete, take another copy of it.", end=end)
    if found := re.fullmatch(r"Invalid (?:enum )?value '(.*)'", what):
        known = ", ".join(choices(kind, path.strip("`").removeprefix("$").removeprefix(".")))
        return tr(
            "{place} cannot be “{found}”: choose one of {known}.", place=place, found=found[1], known=known
        )
    return f"{place} {_value(what, place)}"


def line_and_column(data: bytes, byte: int) -> str:
    """Return the line and column of a byte, counted from 1."""
    line = data.count(b"\n", 0, byte) + 1
    column = byte - data.rfind(b"\n", 0, byte)
    return tr("line {line}, column {column}", line=line, column=column)


def _syntax(data: bytes, byte: int) -> str:
    place = line_and_column(data, byte)
    for name in ("NaN", "Infinity"):
        if data.startswith(name.encode(), byte):
            return tr(
                "{place}: {name} is not a number a file can hold; write a finite one.", place=place, name=name
            )
    return tr("{place} is not JSON: mend it there, or choose a file that Glassnet wrote.", place=place)


def _value(what: str, place: str) -> str:
    for pattern, say in _MESSAGES:
        if found := re.fullmatch(pattern, what):
            return say(place, *found.groups())
    return tr("cannot be read ({what}): mend it.", what=what)


def _kinds(names: str) -> str:
    first, *others = (tr(_KINDS.get(name, name)) for name in names.split(" | "))
    return reduce(lambda kinds, kind: tr("{kinds} or {kind}", kinds=kinds, kind=kind), others, first)


def choices(kind: Any, path: str) -> list[str]:
    """Return the allowed names at ``path``, such as ``layers[0].kind``, in a value of type ``kind``.

    For a union, the names of all its members are returned.
    """
    field, _, rest = path.partition(".")
    name = field.split("[")[0]
    parts = [part for part in _alternatives(kind) if isinstance(part, type) and issubclass(part, Struct)]
    if not rest and any(part.__struct_config__.tag_field == name for part in parts):
        return [str(part.__struct_config__.tag) for part in parts]
    hints = [hint for part in parts if (hint := get_type_hints(part).get(name)) is not None]
    if rest:
        return list(dict.fromkeys(name for hint in hints for name in choices(hint, rest)))
    words = (word for hint in hints for choice in _alternatives(hint) for word in _words(choice))
    return list(dict.fromkeys(str(word) for word in words))


def _words(choice: Any) -> tuple[object, ...]:
    """Return the values of an Enum or a Literal."""
    return tuple(choice) if isinstance(choice, type) and issubclass(choice, Enum) else get_args(choice)


def _alternatives(kind: Any) -> list[Any]:
    """Return the types that a value of ``kind``, or one of its items, can have."""
    if get_origin(kind) in (Union, UnionType):
        return [inner for part in get_args(kind) for inner in _alternatives(part)]
    if get_origin(kind) is Annotated:
        return _alternatives(get_args(kind)[0])
    if get_origin(kind) is tuple:
        return _alternatives(get_args(kind)[0])
    return [kind]


# The decoder's messages and their replacements, which follow a place such as "design.training.seed".
_MESSAGES: tuple[tuple[str, Callable[..., str]], ...] = (
    (
        r"Object contains unknown field `(.*)`",
        lambda place, field: tr(
            "has a field “{field}” that Glassnet does not know: remove it or mend its name.", field=field
        ),
    ),
    (
        r"Object missing required field `(.*)`",
        lambda place, field: tr("lacks the field “{field}”: add it.", field=field),
    ),
    (
        r"Expected `\w+` of length ([<>]=?) (\d+)",
        lambda place, sign, bound: tr(
            "must have a length of {bounds} {bound}.", bounds=tr(_BOUNDS[sign]), bound=bound
        ),
    ),
    (
        r"Expected `\w+` ([<>]=?) (\S+)",
        lambda place, sign, bound: tr(
            "must be {bounds} {bound}.", bounds=tr(_BOUNDS[sign]), bound=exact_text(float(bound))
        ),
    ),
    (
        r"Expected `(.*)`, got `(.*)`",
        lambda place, wanted, got: tr(
            "must be {kinds}, not {got}.",
            kinds=_kinds(wanted),
            got=tr(_GOT[got]) if got in _GOT else _kinds(got),
        ),
    ),
    (r".*out of range", lambda place: tr("is too large a number: write a smaller one.")),
)
