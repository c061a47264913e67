"""What is wrong in a file, said for people: from the decoder's message to a sentence with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

_KINDS = {
    "object": "an object {…}",
    "array": "a list […]",
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
}
_GOT = {"int": "a number", "float": "a number with decimals"}
_BOUNDS = {"<=": "at most", ">=": "at least", "<": "below", ">": "above"}


def plain(message: str, where: str, data: bytes, kind: Any) -> str:
    """Return msgspec's ``message`` about a part of type ``kind`` at ``where`` of the file as one sentence.

    ``data`` is what was decoded; a byte number in the message becomes a line and a column of it.
    """
    what, _, path = message.partition(" - at ")
    place = (where + path.strip("`").removeprefix("$")).removeprefix(".") or "the file"
    if found := re.search(r"\(byte (\d+)\)", what):
        return _syntax(data, int(found[1]))
    if what.startswith("Input data was truncated"):
        end = line_and_column(data, len(data))
        return f"it ends too early, at {end}: the file is not complete, take another copy of it."
    if found := re.fullmatch(r"Invalid (?:enum )?value '(.*)'", what):
        known = ", ".join(choices(kind, path.strip("`").removeprefix("$").removeprefix(".")))
        return f"{place} cannot be “{found[1]}”: choose one of {known}."
    return f"{place} {_value(what, place)}"


def line_and_column(data: bytes, byte: int) -> str:
    """Return the place of a byte as people count it."""
    line = data.count(b"\n", 0, byte) + 1
    column = byte - data.rfind(b"\n", 0, byte)
    return f"line {line}, column {column}"


def _syntax(data: bytes, byte: int) -> str:
    place = line_and_column(data, byte)
    for name in ("NaN", "Infinity"):
        if data.startswith(name.encode(), byte):
            return f"{place}: {name} is not a number a file can hold; write a finite one."
    return f"{place} is not JSON: mend it there, or choose a file that Glassnet wrote."


def _value(what: str, place: str) -> str:
    for pattern, say in _MESSAGES:
        if found := re.fullmatch(pattern, what):
            return say(place, *found.groups())
    return f"cannot be read ({what}): mend it."


def _kinds(names: str) -> str:
    return " or ".join(_KINDS.get(name, name) for name in names.split(" | "))


def choices(kind: Any, path: str) -> list[str]:
    """Return the names that may stand at ``path``, such as ``layers[0].kind``, inside a ``kind``.

    Where the kind is one of several, each of them may have its say.
    """
    field, _, rest = path.partition(".")
    name = field.split("[")[0]
    parts = [part for part in _alternatives(kind) if isinstance(part, type) and issubclass(part, Struct)]
    if not rest and any(part.__struct_config__.tag_field == name for part in parts):
        return [str(part.__struct_config__.tag) for part in parts]
    hints = [hint for part in parts if (hint := get_type_hints(part).get(name)) is not None]
    if rest:
        return list(dict.fromkeys(name for hint in hints for name in choices(hint, rest)))
    words = (word for hint in hints for choice in _alternatives(hint) for word in get_args(choice))
    return list(dict.fromkeys(str(word) for word in words))


def _alternatives(kind: Any) -> list[Any]:
    """Return the types a value of ``kind``, or an item of it, can have."""
    if get_origin(kind) in (Union, UnionType):
        return [inner for part in get_args(kind) for inner in _alternatives(part)]
    if get_origin(kind) is Annotated:
        return _alternatives(get_args(kind)[0])
    if get_origin(kind) is tuple:
        return _alternatives(get_args(kind)[0])
    return [kind]


# The decoder's messages, and what is said instead of each: "design.training.seed" + " must be …".
_MESSAGES: tuple[tuple[str, Callable[..., str]], ...] = (
    (
        r"Object contains unknown field `(.*)`",
        lambda place, field: (
            f"has a field “{field}” that Glassnet does not know: remove it or mend its name."
        ),
    ),
    (r"Object missing required field `(.*)`", lambda place, field: f"lacks the field “{field}”: add it."),
    (
        r"Expected `\w+` of length ([<>]=?) (\d+)",
        lambda place, sign, bound: f"must have a length of {_BOUNDS[sign]} {bound}.",
    ),
    (
        r"Expected `\w+` ([<>]=?) (\S+)",
        lambda place, sign, bound: f"must be {_BOUNDS[sign]} {float(bound):g}.",
    ),
    (
        r"Expected `(.*)`, got `(.*)`",
        lambda place, wanted, got: f"must be {_kinds(wanted)}, not {_GOT.get(got) or _kinds(got)}.",
    ),
    (r".*out of range", lambda place: "is too large a number: write a smaller one."),
)
