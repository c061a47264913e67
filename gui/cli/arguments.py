"""The arguments of the command `glassnet`: its subcommands, and their options with help texts."""

import argparse
from typing import NoReturn

from gui.app.installation import version
from gui.cli.argument_types import build, count, digits, positive, processes, seed, size, width
from gui.cli.help_text import USAGE, epilog

NEW_INSTANCE, REVERSE = "--new-instance", ("--reverse", "-reverse")
DESIGN = "a .glassnet file or an example's name"
SHOWN = f"{DESIGN}, or a scene: its .json file, number or name"


class _ArgumentParser(argparse.ArgumentParser):
    """Reports invalid arguments in one sentence without control characters, since they may be untrusted."""

    def error(self, message: str) -> NoReturn:
        """Exit with code 2."""
        from core.outside_text import sentence  # noqa: PLC0415

        super().error(sentence(message))


def argument_parser() -> argparse.ArgumentParser:
    """Return the parser of all arguments."""
    parser = _ArgumentParser(
        prog="glassnet",
        usage=USAGE,
        description="A neural network you can see through. "
        f"FILE is {DESIGN}; opened or pictured, a scene too: its .json file, number or name.",
        epilog=epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"glassnet {version()}")
    parser.add_argument("--diagnostics", action="store_true", help="print what a fault report needs, and end")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", prog="glassnet")

    def command(name: str, said: str, usage: str | None = None) -> argparse.ArgumentParser:
        raw = argparse.RawDescriptionHelpFormatter
        return commands.add_parser(name, help=said, usage=usage, epilog=epilog(name), formatter_class=raw)

    opening = command("open", "open a file, a link or an example: the usual one, if none is named",
                      "glassnet [FILE | LINK] [--new-instance] [--reverse]")  # fmt: skip
    opening.add_argument("file", nargs="?", metavar="FILE", help=f"{SHOWN}; a table as CSV; or a lecture")
    opening.add_argument(NEW_INSTANCE, action="store_true", help="not in the program that runs already")
    opening.add_argument(
        *REVERSE, action="store_true", help="windows from right to left, as for Persian; a program of its own"
    )
    _add_train(command("train", "train without a window"))
    _add_data(command("data", "tell how a table is understood"))
    _add_export(command("export", "write numbers of a run, or the run as a script"))
    checking = command("check", "compare its gradient with central differences")
    checking.add_argument("file", metavar="FILE", help=DESIGN)
    _add_explain(command("explain", "write out the whole pass of one sample"))
    _add_lecture(command("lecture", "give the lecture: a window of scenes"))
    _add_scenes(command("scenes", "list the scenes of the lecture, or check their numbers"))
    _add_picture(command("picture", "save the window as a picture, without a display"))
    _add_film(command("film", "film a run, a pass or the builds of a scene"))
    language = command("language", "write all texts of the program into a file to translate")
    language.add_argument("file", metavar="FILE.language", help="what is translated in it already stays")
    desktop = command("desktop", "install menu entry, icon, file types and manual page, or remove them")
    desktop.add_argument("task", choices=("install", "remove"), help="below $XDG_DATA_HOME or ~/.local/share")
    completion = command("completion", "print a script that completes commands and options in a shell")
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="the shell")
    parser.set_defaults(command="open", file=None, new_instance=False, reverse=False)
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
        "a notebook .ipynb, a model .onnx, .keras or .pt",
    )
    export.add_argument(
        "--what",
        metavar="WHAT",
        help="losses, curves, metrics, predictions, data, gradients, history or parameters; report or "
        "solution; tikz or graph; numpy, torch or keras for a script (the first that makes such a file)",
    )
    export.add_argument(
        "--sample", type=count, default=1, metavar="K", help="of the worked solution, counted from 1 (1)"
    )
    _add_length(export, "0; of a script: 200")
    _add_force(export)


def _add_force(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--force",
        "--overwrite",
        dest="force",
        action="store_true",
        help="replace a file that is there already",
    )


def _add_train(train: argparse.ArgumentParser) -> None:
    train.add_argument("file", metavar="FILE", help=DESIGN)
    _add_length(train, "200")
    train.add_argument("--save", metavar="OUT", help="save the trained network to this .glassnet file")
    _add_force(train)
    train.add_argument("--json", action="store_true", help="end with the result as one JSON object")
    train.add_argument(
        "--order", choices=("file", "shuffled"), help="the order of the samples in an epoch (the design's)"
    )
    train.add_argument(
        "--data",
        metavar="TABLE.csv",
        help="train on this table; output and loss are fitted; PyTorch also reads .parquet, or a folder",
    )
    train.add_argument(
        "--engine", choices=("numpy", "torch"), default="numpy", help="what trains: the program, or PyTorch"
    )
    train.add_argument("--devices", choices=("cpu", "cuda"), default="cpu", help="where PyTorch trains (cpu)")
    train.add_argument(
        "--nproc", type=processes, default=1, metavar="N", help="processes that share every batch (1)"
    )
    train.add_argument(
        "--script", metavar="OUT.py", help="do not train; write a script for torchrun on many machines"
    )
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
        "--sample",
        type=count,
        default=1,
        metavar="K",
        help="which sample of the data, counted from 1 (1)",
    )
    explain.add_argument(
        "--format", choices=("text", "latex", "json"), default="text", help="how it is written (text)"
    )
    explain.add_argument(
        "--width",
        type=width,
        metavar="W",
        help="columns of the text, at least 40 (the terminal's)",
    )
    explain.add_argument(
        "--digits",
        type=digits,
        default=4,
        metavar="N",
        help="significant digits of the numbers (4)",
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
        "--size",
        type=size,
        action="append",
        metavar="WxH",
        help="of the screen looked at; can be repeated",
    )


def _add_picture(picture: argparse.ArgumentParser) -> None:
    picture.add_argument("file", metavar="FILE", help=SHOWN)
    picture.add_argument(
        "-o",
        "--out",
        required=True,
        metavar="OUT",
        help="where to save the picture: .png, .svg or .pdf; .tex of a canvas or graph",
    )
    picture.add_argument(
        "--view",
        default="",
        metavar="VIEW",
        help="one view: canvas, decision_boundary … (all)",
    )
    picture.add_argument(
        "--size", type=size, default=(1600, 1000), metavar="WxH", help="in pixels (1600x1000)"
    )
    picture.add_argument("--theme", choices=("light", "dark"), default="light", help="the colours (light)")
    picture.add_argument("--hall", action="store_true", help="in the large letters of a lecture hall")
    picture.add_argument("--iterations", type=count, default=0, metavar="N", help="train so long before (0)")
    picture.add_argument(
        "--build",
        type=build,
        default=1,
        metavar="N",
        help="of a scene (1); 0: the last; all: each on a page of a PDF",
    )
    picture.add_argument(
        "--width",
        type=positive,
        metavar="CM",
        help="of a figure in centimetres (its size on the screen)",
    )
    picture.add_argument("--transparent", action="store_true", help="a figure without its background")
    picture.add_argument(
        "--scale",
        type=positive,
        default=2.0,
        metavar="S",
        help="pixels of a view's PNG per pixel (2)",
    )
    _add_force(picture)


def _add_film(film: argparse.ArgumentParser) -> None:
    film.add_argument("file", metavar="FILE", help=SHOWN)
    film.add_argument("-o", "--out", required=True, metavar="OUT", help="the film: .gif, .webp or .mp4")
    film.add_argument("--view", default="", metavar="VIEW", help="one view of a design (the window)")
    film.add_argument("--size", type=size, default=(1280, 800), metavar="WxH", help="in pixels (1280x800)")
    film.add_argument("--theme", choices=("light", "dark"), default="light", help="the colours (light)")
    film.add_argument("--iterations", type=count, default=200, metavar="N", help="of the run (200)")
    film.add_argument("--pictures", type=count, default=60, metavar="N", help="taken of the run (60)")
    film.add_argument(
        "--pass", dest="one_pass", action="store_true", help="the pass after the run instead, step by step"
    )
    film.add_argument("--rate", type=positive, metavar="R", help="pictures a second")
    _add_force(film)
