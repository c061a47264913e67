"""The command `glassnet`: parses the arguments, then opens the window or runs a command of the terminal.

Modules are imported by the command that needs them, so that version and help are printed at once.
"""

from __future__ import annotations

import argparse
import locale
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from core.language import tr
from core.outside_text import what_is_at
from gui.app.installation import version
from gui.cli.numbers import count, digits, seed, size, width
from gui.cli.pictures import add_film, add_force, add_picture

if TYPE_CHECKING:
    from gui.cli.data import TableOptions

USAGE = """glassnet [FILE | LINK]
       glassnet train FILE [--epochs N | --iterations N] [--seed S] [--save OUT] [--json]
                      [--order file|shuffled]
                      [--data TABLE.csv [--target COLUMN ...] [--no-header] [--standardize yes|no]]
       glassnet data TABLE.csv [--target COLUMN ...] [--no-header] [--standardize yes|no] [--json]
       glassnet export FILE -o OUT.csv|npz|html|pdf|tex|py|onnx|pt [--what WHAT] [--sample K]
                      [--epochs N | --iterations N] [--seed S] [--force]
       glassnet check FILE
       glassnet explain FILE [--iterations N] [--sample K] [--format text|latex|json] [--width W] [--digits N]
       glassnet lecture [SCENE | LECTURE] [--hall] [--check]
       glassnet scenes [SCENE ...] [--check] [--look [--size WxH ...]]
       glassnet picture FILE -o OUT.png|svg|pdf [--view VIEW] [--size WxH] [--theme T] [--hall]
                      [--iterations N] [--build N|all] [--width CM] [--transparent] [--scale S] [--force]
       glassnet film FILE -o OUT.gif|webp|mp4 [--view VIEW] [--size WxH] [--theme T] [--iterations N]
                      [--pictures N] [--pass] [--rate R] [--force]
       glassnet language FILE.language"""
DESIGN = "a .glassnet file or an example's name"
SHOWN = f"{DESIGN}, or a scene: its .json file, number or name"


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
        # The reader of the output, such as `head`, has gone; flushing what is buffered must not raise at
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

    if options.file and is_link(options.file):
        read_link(options.file)
        return _show(None, lecture=False, link=options.file)
    if options.file and (table := _table_file(options.file)):
        return _show(table, lecture=False)
    file = _found(options.file) if options.file else None
    return _show(file, lecture=file is not None and _read(file))


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
        return refuse(tr("name the lecture to check: a .glasslecture file or a folder of scenes."))
    scene = find_scene(options.scene).resolve() if options.scene else None
    if scene is not None:
        read_scene(scene)
    return _show(scene, lecture=True, hall=options.hall)


def _check_lecture(path: Path) -> int:
    """Read every scene of a lecture, and print what is wrong with it; exit code 1 if anything is."""
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
    """Read a file, so that errors are reported here and not in a window; return whether it is a scene."""
    from core.lecture import scene as lecture  # noqa: PLC0415
    from core.project import files  # noqa: PLC0415

    scene = lecture.is_scene(file)
    if scene:
        lecture.read_scene(file)
    else:
        with suppress(files.LinkedTableError):  # the window asks for the table
            files.read(file)
    return scene


def _show(file: Path | None, *, lecture: bool, hall: bool = False, link: str = "") -> int:
    if sentence := _obstacle(os.environ.get("QT_QPA_PLATFORM", "")):
        return refuse(sentence)
    from gui.app.application import run  # noqa: PLC0415

    return run(file, lecture=lecture, hall=hall, link=link)


def _picture(options: argparse.Namespace) -> int:
    from gui.cli.pictures import picture  # noqa: PLC0415

    file = _found(options.file)
    return picture(options, file, scene=_read(file))


def _film(options: argparse.Namespace) -> int:
    from gui.cli.pictures import film  # noqa: PLC0415

    file = _found(options.file)
    return film(options, file, scene=_read(file))


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
    )


def _export(options: argparse.Namespace) -> int:
    from gui.cli.export import export  # noqa: PLC0415
    from gui.cli.pictures import paper  # noqa: PLC0415

    return export(
        options.file,
        options.out,
        what=options.what,
        epochs=options.epochs,
        iterations=options.iterations,
        seed=options.seed,
        overwrite=options.force,
        sample=options.sample,
        paper=paper(options.out),
    )


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
    count = tr("{translated:,} of {texts:,} texts are translated.", translated=translated, texts=texts)
    say(f"{options.file}: {count}")
    return 0


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
}


def _diagnostics() -> int:
    from gui.cli.environment import diagnostics  # noqa: PLC0415
    from gui.cli.printing import say  # noqa: PLC0415

    say(diagnostics())
    return 0


# -- arguments ----------------------------------------------------------------------------------------


def _options(arguments: list[str]) -> argparse.Namespace:
    """Parse the arguments; a first word that is no command is a file to open, none opens the window."""
    first = arguments[0] if arguments else ""
    if not first.startswith("-") and first not in COMMANDS:
        arguments = ["open", *arguments]
    return _parser().parse_args(arguments)


class _ArgumentParser(argparse.ArgumentParser):
    """Reports invalid arguments in one sentence without control characters, since they may be untrusted."""

    def error(self, message: str) -> NoReturn:
        """Exit with code 2."""
        from core.outside_text import sentence  # noqa: PLC0415

        super().error(sentence(message))


def _parser() -> argparse.ArgumentParser:
    parser = _ArgumentParser(
        prog="glassnet",
        usage=USAGE,
        description="A neural network you can see through. "
        f"FILE is {DESIGN}; opened or pictured, a scene too: its .json file, number or name.",
    )
    parser.add_argument("--version", action="version", version=f"glassnet {version()}")
    parser.add_argument("--diagnostics", action="store_true", help="print what a fault report needs, and end")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", prog="glassnet")
    opening = commands.add_parser("open", usage="glassnet [FILE | LINK]")
    opening.add_argument("file", nargs="?", metavar="FILE", help=f"{SHOWN}; or a table as CSV")
    _add_train(commands.add_parser("train", help="train without a window"))
    _add_data(commands.add_parser("data", help="tell how a table is understood"))
    _add_export(commands.add_parser("export", help="write numbers of a run, or the run as a script"))
    checking = commands.add_parser("check", help="compare its gradient with central differences")
    checking.add_argument("file", metavar="FILE", help=DESIGN)
    _add_explain(commands.add_parser("explain", help="write out the whole pass of one sample"))
    _add_lecture(commands.add_parser("lecture", help="give the lecture: a window of scenes"))
    _add_scenes(commands.add_parser("scenes", help="list the scenes of the lecture, or check their numbers"))
    add_picture(commands.add_parser("picture", help="save the window as a picture, without a display"))
    add_film(commands.add_parser("film", help="film a run, a pass or the builds of a scene"))
    language = commands.add_parser("language", help="write all texts of the program into a file to translate")
    language.add_argument("file", metavar="FILE.language", help="what is translated in it already stays")
    parser.set_defaults(command="open", file=None)
    return parser


def _add_length(command: argparse.ArgumentParser, usual: str) -> None:
    length = command.add_mutually_exclusive_group()
    length.add_argument(
        "--epochs", type=count, metavar="N", help=f"how often over the training set ({usual})"
    )
    length.add_argument("--iterations", type=count, metavar="N", help="how many updates")
    command.add_argument("--seed", type=seed, metavar="S", help="start anew, from the weights of this seed")


def _add_export(export: argparse.ArgumentParser) -> None:
    export.add_argument("file", metavar="FILE", help=DESIGN)
    export.add_argument(
        "-o",
        "--out",
        required=True,
        metavar="OUT",
        help="a table .csv, arrays .npz, a report .html or .pdf, a drawing .tex, a script .py, "
        "a model .onnx or .pt",
    )
    export.add_argument(
        "--what",
        metavar="WHAT",
        help="losses, curves, metrics, predictions, data, gradients, history or parameters; report or "
        "solution; tikz or graph; numpy or torch for a script (the first that makes such a file)",
    )
    export.add_argument(
        "--sample", type=count, default=1, metavar="K", help="of the worked solution, counted from 1 (1)"
    )
    _add_length(export, "0; of a script: 200")
    add_force(export)


def _add_train(train: argparse.ArgumentParser) -> None:
    train.add_argument("file", metavar="FILE", help=DESIGN)
    _add_length(train, "200")
    train.add_argument("--save", metavar="OUT", help="save the trained network to this .glassnet file")
    train.add_argument("--json", action="store_true", help="end with the result as one JSON object")
    train.add_argument(
        "--order", choices=("file", "shuffled"), help="the order of the samples in an epoch (the design's)"
    )
    train.add_argument("--data", metavar="TABLE.csv", help="train on this table; output and loss are fitted")
    _add_table(train)


def _add_data(data: argparse.ArgumentParser) -> None:
    data.add_argument("file", metavar="TABLE.csv", help="a table as text: comma, semicolon, tab or spaces")
    data.add_argument("--json", action="store_true", help="print one JSON object")
    _add_table(data)


def _add_table(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--target", nargs="+", action="extend", default=[], metavar="COLUMN", help="the targets (guessed)"
    )
    command.add_argument("--no-header", action="store_true", help="the first line does not name the columns")
    command.add_argument(
        "--standardize", choices=("yes", "no"), default="yes", help="no: numbers enter as they are written"
    )


def _add_explain(explain: argparse.ArgumentParser) -> None:
    explain.add_argument("file", metavar="FILE", help=DESIGN)
    explain.add_argument("--iterations", type=count, default=0, metavar="N", help="train so long before (0)")
    explain.add_argument(
        "--sample", type=count, default=1, metavar="K", help="which sample of the data, counted from 1 (1)"
    )
    explain.add_argument("--format", choices=("text", "latex", "json"), default="text")
    explain.add_argument(
        "--width", type=width, metavar="W", help="columns of the text, at least 40 (the terminal's)"
    )
    explain.add_argument(
        "--digits", type=digits, default=4, metavar="N", help="significant digits of the numbers (4)"
    )


def _add_lecture(lecture: argparse.ArgumentParser) -> None:
    lecture.add_argument(
        "scene",
        nargs="?",
        metavar="SCENE",
        help="a number, a name or a .json file of a scene, or a .glasslecture file or folder of a lecture; "
        "none: where the lecture was left",
    )
    lecture.add_argument(
        "--check", action="store_true", help="read all scenes of a lecture; code 1 if one fails"
    )
    lecture.add_argument("--hall", action="store_true", help="at once on the whole screen, in large letters")


def _add_scenes(scenes: argparse.ArgumentParser) -> None:
    scenes.add_argument(
        "scenes", nargs="*", metavar="SCENE", help="a number, a name or a .json file; none: the whole lecture"
    )
    scenes.add_argument(
        "--check", action="store_true", help="compute every number of them; code 1 if one is off"
    )
    scenes.add_argument(
        "--look",
        action="store_true",
        help="draw every build and tell what is cut off, too small, overlaps or contradicts; code 1 if any",
    )
    scenes.add_argument(
        "--size", type=size, action="append", metavar="WxH", help="of the screen looked at; can be repeated"
    )
