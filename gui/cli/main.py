"""The command `glassnet`: parses the arguments, then opens the window or runs a command of the terminal.

Modules are imported by the command that needs them, so that version and help are printed at once.
"""

from __future__ import annotations

import argparse
import locale
import os
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.language import tr
from core.outside_text import what_is_at
from gui.app.installation import version
from gui.cli.arguments import NEW_INSTANCE, REVERSE, argument_parser

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.export.page import Page
    from gui.cli.data import TableOptions
    from gui.cli.train_torch import TorchOptions

LIKE = 0.75
"""The least similarity, from 0 to 1, of a mistyped word and the command that is suggested."""


def main(argv: list[str] | None = None) -> int:
    """Run `glassnet` with ``argv`` (None: the arguments of the process); return the exit code."""
    options = _options(sys.argv[1:] if argv is None else argv)
    try:
        code = _run(options)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of the output, such as `head`, has exited; flushing the buffer must not raise at
        # exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(options: argparse.Namespace) -> int:
    from core.project.json_io import FileError  # noqa: PLC0415
    from core.project.languages import speak  # noqa: PLC0415

    try:
        speak(os.environ.get("GLASSNET_LANGUAGE") or (locale.getlocale()[0] or ""))
        if options.diagnostics:
            return _diagnostics()
        return COMMANDS.get(options.command, _open)(options)
    except FileError as error:
        return refuse(str(error))


def refuse(sentence: str) -> int:
    """Print a sentence on why the command cannot continue; return the exit code for that."""
    from gui.cli.printing import complain  # noqa: PLC0415

    complain(sentence)
    return 2


def _open(options: argparse.Namespace) -> int:
    from core.project.links import is_link, read_link  # noqa: PLC0415

    reverse = options.reverse
    show = partial(_show, new_instance=options.new_instance or reverse, reverse=reverse)
    if options.file and is_link(options.file):
        read_link(options.file)
        return show(None, lecture=False, link=options.file)
    from core.lecture.lecture_file import SUFFIX  # noqa: PLC0415

    if options.file and options.file.endswith(SUFFIX) and what_is_at(Path(options.file)) == "file":
        return show(Path(options.file).resolve(), lecture=True)
    if options.file and (table := _table_file(options.file)):
        return show(table, lecture=False)
    file = _found(options.file) if options.file else None
    return show(file, lecture=file is not None and _read(file))


def _table_file(word: str) -> Path | None:
    """Return the file of a table, which the window reads; None if a word names none. Raises FileError."""
    from core.lecture import scene as lecture  # noqa: PLC0415
    from core.project import files  # noqa: PLC0415

    path = Path(word)
    if path.suffix.lower() in (files.SUFFIX, lecture.SUFFIX, "") or files.is_model(path):
        return None
    if what_is_at(path) != "file":
        return None
    return path.resolve()


def _lecture(options: argparse.Namespace) -> int:
    from core.lecture.lecture_file import find_lecture, is_lecture, shipped_lectures  # noqa: PLC0415
    from core.lecture.scene import find_scene, read_scene  # noqa: PLC0415

    word = options.scene or ""
    if word and (is_lecture(Path(word)) or word in (file.stem for file in shipped_lectures())):
        path = find_lecture(word).resolve()
        return _check_lecture(path) if options.check else _show(path, lecture=True, hall=options.hall)
    if options.check:
        if word:
            find_lecture(word)  # raises the error on what is missing
        return refuse(tr("name the lecture to check: a .glasslecture file or a folder of scenes."))
    scene = find_scene(options.scene).resolve() if options.scene else None
    if scene is not None:
        read_scene(scene)
    return _show(scene, lecture=True, hall=options.hall)


def _check_lecture(path: Path) -> int:
    """Read every scene of a lecture, and print its problems; exit code 1 if there are any."""
    from core.lecture.lecture_file import lecture_faults, open_lecture_file  # noqa: PLC0415
    from gui.cli.printing import complain, say  # noqa: PLC0415

    lecture = open_lecture_file(path)
    faults = list(lecture_faults(lecture))
    for fault in faults:
        complain(fault)
    say(
        tr(
            "{title}: {good} of {count} scenes can be shown.",
            title=lecture.title,
            good=len(lecture.places) - len(faults),
            count=len(lecture.places),
        )
    )
    return 1 if faults else 0


def _found(word: str) -> Path:
    """Return the file of a design or a scene, given by path or name. Raises FileError."""
    from core.lecture import scene as lecture  # noqa: PLC0415
    from core.project import files  # noqa: PLC0415

    if word.endswith(lecture.SUFFIX):
        return Path(word).resolve()
    try:
        return files.find(word).resolve()
    except files.FileError:
        with suppress(files.FileError):
            return lecture.find_scene(word).resolve()
        raise


def _read(file: Path) -> bool:
    """Read a file, so that errors are reported in the terminal; return whether it is a scene."""
    from core.lecture import scene as lecture  # noqa: PLC0415
    from core.project import files  # noqa: PLC0415

    scene = lecture.is_scene(file)
    if scene:
        lecture.read_scene(file)
    else:
        with suppress(files.LinkedTableError):  # the window asks for the table
            files.read(file)
    return scene


def _show(
    file: Path | None,
    *,
    lecture: bool,
    hall: bool = False,
    link: str = "",
    new_instance: bool = False,
    reverse: bool = False,
) -> int:
    if sentence := _obstacle(os.environ.get("QT_QPA_PLATFORM", "")):
        return refuse(sentence)
    from gui.app.application import run  # noqa: PLC0415
    from gui.app.single_instance import OpenRequest  # noqa: PLC0415

    request = OpenRequest(str(file or ""), link, lecture, hall)
    return run(request, new_instance=new_instance, reverse=reverse)


def _picture(options: argparse.Namespace) -> int:
    from core.project.json_io import check_output  # noqa: PLC0415

    file = _found(options.file)
    scene = _read(file)
    if options.hall and options.theme == "dark":
        return refuse(tr("the hall is always light: leave --theme dark out, or --hall."))
    check_output(Path(options.out), replace=options.force)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if sentence := _obstacle("offscreen"):
        return refuse(sentence)
    from gui.cli.screenshot import ScreenshotOptions, save_picture  # noqa: PLC0415
    from gui.figures.figure import FigureStyle  # noqa: PLC0415

    shot = ScreenshotOptions(
        options.size,
        options.theme,
        options.iterations,
        options.hall,
        options.build,
        options.view,
        FigureStyle(options.width, options.transparent, options.scale),
    )
    save_picture(file, options.out, shot, scene=scene)
    return 0


def _film(options: argparse.Namespace) -> int:
    from core.project.json_io import check_output  # noqa: PLC0415

    file = _found(options.file)
    scene = _read(file)
    check_output(Path(options.out), replace=options.force)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if sentence := _obstacle("offscreen"):
        return refuse(sentence)
    from gui.cli.film import FilmOptions, save_film_of  # noqa: PLC0415

    film = FilmOptions(
        options.size,
        options.theme,
        options.view,
        options.iterations,
        options.pictures,
        options.one_pass,
        options.rate,
    )
    save_film_of(file, options.out, film, scene=scene)
    return 0


def _obstacle(platform: str) -> str:
    from gui.cli.environment import obstacle  # noqa: PLC0415

    return obstacle(platform)


def _train(options: argparse.Namespace) -> int:
    from gui.cli.train import train  # noqa: PLC0415

    return train(
        options.file,
        epochs=options.epochs,
        iterations=options.iterations,
        seed=options.seed,
        save=options.save,
        as_json=options.json,
        table=None if options.data is None else _table(options.data, options),
        order=options.order,
        torch=_torch(options),
        force=options.force,
    )


def _torch(options: argparse.Namespace) -> TorchOptions | None:
    """Return the options of PyTorch; None: the program's own engine trains."""
    from core.project.json_io import FileError  # noqa: PLC0415
    from gui.cli.train_torch import TorchOptions  # noqa: PLC0415

    if options.engine == "torch":
        return TorchOptions(options.devices, options.nproc, options.script)
    if options.nproc > 1 or options.devices != "cpu" or options.script:
        raise FileError(tr("--devices, --nproc and --script belong to --engine torch: add it."))
    return None


def _export(options: argparse.Namespace) -> int:
    from gui.cli.export import export  # noqa: PLC0415

    return export(
        options.file,
        options.out,
        what=options.what,
        epochs=options.epochs,
        iterations=options.iterations,
        seed=options.seed,
        overwrite=options.force,
        sample=options.sample,
        paper=_paper(options.out),
    )


def _paper(out: str) -> Callable[[Page], bytes] | None:
    """Return the function that makes a PDF of a page, if ``out`` is one. Raises FileError without Qt."""
    if not out.lower().endswith(".pdf"):
        return None
    from core.project.json_io import FileError  # noqa: PLC0415

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if sentence := _obstacle("offscreen"):
        raise FileError(sentence)
    from gui.app.application import application  # noqa: PLC0415
    from gui.figures.paper import pdf_of_page  # noqa: PLC0415

    application()
    return pdf_of_page


def _data(options: argparse.Namespace) -> int:
    from gui.cli.data import data  # noqa: PLC0415

    return data(_table(options.file, options), as_json=options.json)


def _table(file: str, options: argparse.Namespace) -> TableOptions:
    from gui.cli.data import TableOptions  # noqa: PLC0415

    header = False if options.no_header else None
    return TableOptions(file, options.target, header, options.standardize == "yes")


def _check(options: argparse.Namespace) -> int:
    from gui.cli.train import check  # noqa: PLC0415

    return check(options.file)


def _explain(options: argparse.Namespace) -> int:
    from gui.cli.explain import explain  # noqa: PLC0415

    return explain(
        options.file,
        iterations=options.iterations,
        sample=options.sample,
        form=options.format,
        width=options.width,
        digits=options.digits,
    )


def _scenes(options: argparse.Namespace) -> int:
    if options.look or options.size:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        if sentence := _obstacle("offscreen"):
            return refuse(sentence)
        from gui.cli.look import look  # noqa: PLC0415

        return look(options.scenes, options.size or ())
    from gui.cli.scenes import scenes  # noqa: PLC0415

    return scenes(options.scenes, check=options.check)


def _language(options: argparse.Namespace) -> int:
    from gui.cli.language import write_language  # noqa: PLC0415
    from gui.cli.printing import say  # noqa: PLC0415

    texts, translated = write_language(Path(options.file))
    told = tr("{translated:,} of {texts:,} texts are translated.", translated=translated, texts=texts)
    say(f"{options.file}: {told}")
    return 0


def _desktop(options: argparse.Namespace) -> int:
    from gui.cli.desktop import desktop  # noqa: PLC0415

    return desktop(options.task, argument_parser(), version())


def _completion(options: argparse.Namespace) -> int:
    from gui.cli.desktop import completion  # noqa: PLC0415

    return completion(options.shell, argument_parser())


COMMANDS = {
    "train": _train,
    "data": _data,
    "export": _export,
    "check": _check,
    "explain": _explain,
    "lecture": _lecture,
    "scenes": _scenes,
    "picture": _picture,
    "film": _film,
    "language": _language,
    "desktop": _desktop,
    "completion": _completion,
}


def _diagnostics() -> int:
    from gui.cli.environment import diagnostics  # noqa: PLC0415
    from gui.cli.printing import say  # noqa: PLC0415

    say(diagnostics())
    return 0


# -- arguments ----------------------------------------------------------------------------------------


def _options(arguments: list[str]) -> argparse.Namespace:
    """Parse the arguments; a first word that is no command is a file to open, none opens the window."""
    first, parser = arguments[0] if arguments else "", argument_parser()
    if first in (NEW_INSTANCE, *REVERSE) or (not first.startswith("-") and first not in COMMANDS):
        if command := _meant(first):
            parser.error(f"there is no command “{first}”; did you mean “{command}”?")
        arguments = ["open", *arguments]
    return parser.parse_args(arguments)


def _meant(word: str) -> str:
    """Return the command that a word is a misspelling of; "" if it may name a file or an example."""
    import difflib  # noqa: PLC0415 - for a word that is no command alone

    close = difflib.get_close_matches(word, COMMANDS, 1, LIKE) if word.isalpha() else []
    if not close or Path(word).exists():
        return ""
    from core.project import files  # noqa: PLC0415

    try:
        files.find(word)
    except files.FileError:
        return close[0]
    return ""
