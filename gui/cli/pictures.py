"""The commands `picture` and `film`: their arguments, and what has to be known before Qt is started."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.language import tr
from core.outside_text import what_is_at
from gui.cli.numbers import build, count, positive, size

if TYPE_CHECKING:
    from core.export.page import Page

SHOWN = "a .glassnet file or an example's name, or a scene: its .json file, number or name"


def begin(out: str = "", *, force: bool = True) -> None:
    """Prepare for drawing without a display to a file. Raises FileError if there can be no such file."""
    from core.export.table import check_folder  # noqa: PLC0415
    from core.project.json_io import FileError  # noqa: PLC0415
    from gui.cli.environment import obstacle  # noqa: PLC0415

    if out:
        check_folder(Path(out))
    if out and not force and what_is_at(Path(out)) == "file":
        raise FileError(tr("“{name}” is there already: choose another name, or add --force.", name=out))
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if sentence := obstacle("offscreen"):
        raise FileError(sentence)


def paper(out: str) -> Callable[[Page], bytes] | None:
    """Return what makes a PDF of a page, if a file of that name is one. Raises FileError without Qt."""
    if not out.lower().endswith(".pdf"):
        return None
    begin()
    from gui.app.application import application  # noqa: PLC0415
    from gui.widgets.paper import pdf_of_page  # noqa: PLC0415

    application()
    return pdf_of_page


def picture(options: argparse.Namespace, file: Path, *, scene: bool) -> int:
    """Save a picture of a design or a scene; return the exit code. Raises FileError."""
    from core.project.json_io import FileError  # noqa: PLC0415

    if options.hall and options.theme == "dark":
        raise FileError(tr("the hall is always light: leave --theme dark out, or --hall."))
    begin(options.out, force=options.force)
    from gui.cli.screenshot import ScreenshotOptions, save_picture  # noqa: PLC0415
    from gui.widgets.figure import FigureStyle  # noqa: PLC0415

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


def film(options: argparse.Namespace, file: Path, *, scene: bool) -> int:
    """Film a design or a scene; return the exit code. Raises FileError."""
    begin(options.out, force=options.force)
    from gui.cli.film import FilmOptions, save_film_of  # noqa: PLC0415

    how = FilmOptions(
        options.size,
        options.theme,
        options.view,
        options.iterations,
        options.pictures,
        options.one_pass,
        options.rate,
    )
    save_film_of(file, options.out, how, scene=scene)
    return 0


def add_force(command: argparse.ArgumentParser) -> None:
    """Add the choice to replace a file."""
    command.add_argument(
        "--force",
        "--overwrite",
        dest="force",
        action="store_true",
        help="replace a file that is there already",
    )


def add_picture(picture: argparse.ArgumentParser) -> None:
    """Add the arguments of `picture`."""
    picture.add_argument("file", metavar="FILE", help=SHOWN)
    picture.add_argument(
        "-o", "--out", required=True, metavar="OUT", help="where to save the picture: .png, .svg or .pdf"
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
    picture.add_argument("--theme", choices=("light", "dark"), default="light")
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
        "--width", type=positive, metavar="CM", help="of a figure in centimetres (its size on the screen)"
    )
    picture.add_argument("--transparent", action="store_true", help="a figure without its background")
    picture.add_argument(
        "--scale", type=positive, default=2.0, metavar="S", help="pixels of a view's PNG per pixel (2)"
    )
    add_force(picture)


def add_film(film: argparse.ArgumentParser) -> None:
    """Add the arguments of `film`."""
    film.add_argument("file", metavar="FILE", help=SHOWN)
    film.add_argument("-o", "--out", required=True, metavar="OUT", help="the film: .gif, .webp or .mp4")
    film.add_argument("--view", default="", metavar="VIEW", help="one view of a design (the window)")
    film.add_argument("--size", type=size, default=(1280, 800), metavar="WxH", help="in pixels (1280x800)")
    film.add_argument("--theme", choices=("light", "dark"), default="light")
    film.add_argument("--iterations", type=count, default=200, metavar="N", help="of the run (200)")
    film.add_argument("--pictures", type=count, default=60, metavar="N", help="taken of the run (60)")
    film.add_argument(
        "--pass", dest="one_pass", action="store_true", help="the pass after the run instead, step by step"
    )
    film.add_argument("--rate", type=positive, metavar="R", help="pictures a second")
    add_force(film)
