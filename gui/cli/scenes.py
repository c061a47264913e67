"""The command `scenes`: lists the scenes of the lecture, or checks their numbers."""

from __future__ import annotations

from collections.abc import Iterable

from core.language import tr
from core.lecture.expected import ComputedNumber, found
from core.lecture.scene import Scene, find_scene, localized, read_scene, shipped_scenes
from core.number_style import FEWEST_DIGITS, exact_text, fine_text, value_text
from gui.cli.printing import complain, say

WIDTHS = (52, 14, 14, 9, 9, 9)


def scenes(words: Iterable[str] = (), *, check: bool = False) -> int:
    """List the scenes with these numbers, names or files (none: all), or check their numbers.

    Exit code 1: a number is wrong.
    """
    files = [find_scene(word) for word in words] or shipped_scenes()
    chosen = [localized(read_scene(file)) for file in files]
    if not check:
        say(_listed(chosen))
        return 0
    wrong = 0
    say(_row("", tr("engine"), tr("exact"), tr("off by"), tr("slide"), tr("off by")))
    numbers = 0
    for scene in chosen:
        results = found(scene.subject, scene.expected)
        say("\n".join([f"\n{scene.number}. {scene.title}", *map(_line, results)]))
        wrong += sum(not result.right for result in results)
        numbers += len(results)
    if numbers == 1:
        done = tr("{right} of 1 number is as expected.", right=numbers - wrong)
    else:
        done = tr("{right} of {numbers} numbers are as expected.", right=numbers - wrong, numbers=numbers)
    say(f"\n{done}")
    if wrong == 1:
        complain(tr("1 number is off, marked with ✗ above."))
    elif wrong:
        complain(tr("{count} numbers are off, marked with ✗ above.", count=wrong))
    return 1 if wrong else 0


def _listed(chosen: list[Scene]) -> str:
    lines: list[str] = []
    part = ""
    for scene in chosen:
        if scene.part != part:
            part = scene.part
            lines += ["", part] if lines else [part]
        lines.append(f"{scene.number:4}  {scene.title}  ({scene.name})")
    return "\n".join(lines)


def _line(result: ComputedNumber) -> str:
    expected = result.expected
    exact = expected.exact if isinstance(expected.exact, str) else ""
    if not 0 < len(exact) <= WIDTHS[2]:
        exact = _short(result.exact)
    if expected.exact is None:
        bounds = (("≥ ", expected.least), ("≤ ", expected.most))
        exact = ", ".join(f"{sign}{exact_text(bound)}" for sign, bound in bounds if bound is not None)
    slide = "" if expected.slide is None else str(expected.slide)
    row = _row(
        f"{' ' if result.right else '✗'} {expected.name}",
        _computed(result),
        exact,
        _off(result.difference),
        slide,
        _off(result.slide_difference),
    )
    return f"{row}\n    {result.fault}" if result.fault else row


def _row(*cells: str) -> str:
    first, *rest = (
        cell.ljust(width) if k == 0 else cell.rjust(width)
        for k, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True))
    )
    return "  ".join([first, *rest]).rstrip()


def _computed(result: ComputedNumber) -> str:
    """Return the engine's number; of one that is only printed, in the digits that are printed."""
    if result.computed is None or not result.expected.is_printed_only:
        return _short(result.computed)
    return value_text(result.computed, count=max(FEWEST_DIGITS, result.expected.printed_digits))


def _short(value: float | None) -> str:
    return "" if value is None else fine_text(value)


def _off(value: float | None) -> str:
    return "" if value is None else value_text(value)
