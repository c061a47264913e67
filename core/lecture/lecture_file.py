"""Lectures: a sequence of scenes with texts of one's own, in one file ``NAME.glasslecture`` or in a folder.

The format is ``{"format": "glassnet-lecture", "version": 1, "lecture": {…}}``. A lecture names bundled
scenes and scene files beside it; fields that it gives for a scene replace the scene's own. A folder
without such a file is a lecture of all scenes in it, in the order of their names. Nothing is executed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from msgspec import Meta, Raw
from msgspec.structs import replace

from ..language import tr
from ..nn.design import plain_json
from ..number_style import exact_text
from ..outside_text import what_is_at
from ..project.json_io import (
    ASSETS,
    LECTURE,
    SCENE,
    FileError,
    Head,
    PlaceError,
    bytes_of,
    check_fields,
    check_head,
    decoded,
    json_text,
    read_checked,
    write_checked,
)
from .expected import Expected, found
from .scene import SUFFIX as SCENE_SUFFIX
from .scene import (
    Build,
    Scene,
    SceneQuestion,
    Text,
    find_scene,
    parse_scene,
    read_heading,
    read_scene,
    scene_files,
    scene_problems,
)
from .subjects import READ, Label, SceneStruct
from .view_ids import ViewId

VERSION, SUFFIX = 1, LECTURE.suffix
LECTURES = ASSETS / "lectures"
MOST_SCENES = 200


class LectureScene(SceneStruct, frozen=True, kw_only=True):
    """A scene in a lecture: the name of a bundled one, or the path of a file beside the lecture.

    ``left_out`` keeps it in the file without showing it. ``numbers`` are expected numbers for questions, in
    addition to those of the scene. The other fields replace those of the scene; None keeps the scene's own.
    """

    scene: Annotated[str, Meta(min_length=1, max_length=300)]
    title: Annotated[str, Meta(min_length=1, max_length=80, extra=READ)] | None = None
    words: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=6)] | None = None
    builds: Annotated[tuple[Build, ...], Meta(max_length=40)] | None = None
    cards: Annotated[tuple[SceneQuestion, ...], Meta(max_length=6)] | None = None
    show: Annotated[tuple[ViewId, ...], Meta(min_length=1, max_length=8)] | None = None
    notes: Annotated[str, Meta(max_length=4000, extra=READ)] | None = None
    numbers: Annotated[tuple[Expected, ...], Meta(max_length=40)] = ()
    left_out: bool = False

    def applied_to(self, scene: Scene) -> Scene:
        """Return a scene with the lecture's fields in place of its own."""
        written = {name: value for name in REPLACED if (value := getattr(self, name)) is not None}
        if ("words" in written or "cards" in written) and "builds" not in written:
            written["builds"] = ()  # the scene's own show its paragraphs and questions
        if "show" in written and scene.drawing is not None:  # its views replace the drawing
            written |= {"drawing": None, "builds": written.get("builds", ())}
        return replace(scene, expected=(*scene.expected, *self.numbers), **written)


REPLACED = ("title", "words", "builds", "cards", "show", "notes")
"""The fields of a scene that a lecture may replace."""


class Lecture(SceneStruct, frozen=True, kw_only=True):
    """A lecture: its title, its lecturer, its language, its duration, and its scenes in order."""

    title: Label
    author: Annotated[str, Meta(max_length=200)] = ""
    language: Annotated[str, Meta(max_length=10)] = ""
    minutes: Annotated[int, Meta(ge=0, le=1000)] = 0
    scenes: Annotated[tuple[LectureScene, ...], Meta(min_length=1, max_length=MOST_SCENES)]


@dataclass(frozen=True)
class ScenePlace:
    """A scene in a lecture: its file, and the fields that replace the scene's own."""

    path: Path
    own: LectureScene | None = None

    def read(self) -> Scene:
        """Return the scene with the lecture's changes, fully checked. Raises FileError."""
        scene = read_scene(self.path)
        if self.own is None:
            return scene
        scene = self.own.applied_to(scene)
        for problem in scene_problems(scene):
            place = f"“{self.own.scene}”, {problem.where}"
            raise FileError(tr("{place}: {why}", place=place, why=problem.why))
        return scene

    def heading(self) -> str:
        """Return the title in the language in use; if the file cannot be read, its name."""
        if self.own is not None and self.own.title is not None:
            return tr(self.own.title)
        try:
            return tr(read_heading(self.path).title)
        except FileError:
            return self.path.stem


@dataclass(frozen=True)
class OpenedLecture:
    """A lecture whose scenes have been located, without those left out.

    ``path`` is its file or folder; None: it is the bundled one, or not saved yet.
    """

    title: str
    places: tuple[ScenePlace, ...]
    path: Path | None = None
    language: str = ""

    def index_of(self, path: Path) -> int | None:
        """Return the index of a scene's file, from 0; None if the lecture does not contain it."""
        return next((k for k, place in enumerate(self.places) if place.path == path), None)


def of_files(title: str, files: list[Path], path: Path | None = None) -> OpenedLecture:
    """Return the lecture of these scene files, in their order."""
    return OpenedLecture(title, tuple(map(ScenePlace, files)), path)


def own_lecture() -> OpenedLecture:
    """Return the bundled lecture."""
    return of_files(tr("Neural networks"), scene_files())


def shipped_lectures() -> list[Path]:
    """Return the files of the further bundled lectures."""
    return sorted(LECTURES.glob(f"*{SUFFIX}"))


class _LectureFile(Head, forbid_unknown_fields=True):
    lecture: Raw


def is_lecture(path: Path) -> bool:
    """Return whether a path is that of a lecture: a folder, or a file with the suffix of lectures."""
    return what_is_at(path) == "folder" or path.suffix == SUFFIX


def find_lecture(word: str) -> Path:
    """Return a lecture's file or folder, by its path or by the name of a bundled one. Raises FileError."""
    path = Path(word)
    if is_lecture(path):
        return path
    known = {file.stem: file for file in shipped_lectures()}
    if word in known:
        return known[word]
    raise FileError(
        tr(
            "There is no lecture “{word}”: write the path of a {suffix} file or of a folder of scenes; the "
            "program’s own is {known}.",
            word=word,
            suffix=SUFFIX,
            known=", ".join(known),
        )
    )


def open_lecture_file(path: Path) -> OpenedLecture:
    """Return the lecture in a file or folder, with all its scenes located. Raises FileError.

    The scenes are checked when they are read, or all by `lecture_faults`.
    """
    if what_is_at(path) == "folder":
        files = sorted(path.glob(f"*{SUFFIX}"))
        if not files:
            scenes = sorted(path.glob(f"*{SCENE_SUFFIX}"))
            if not scenes:
                raise FileError(
                    tr(
                        "The folder “{name}” has no scenes: put {suffix} files of scenes into it.",
                        name=path.name,
                        suffix=SCENE_SUFFIX,
                    )
                )
            return of_files(path.name, scenes, path)
        path = files[0]
    return opened(read_lecture(path), path)


def opened(lecture: Lecture, path: Path | None, find: Callable[[str], Path] | None = None) -> OpenedLecture:
    """Return a lecture with all its scenes located. Raises FileError.

    ``path`` is its file, if it has one; ``find`` returns the file of a scene by its name, for a lecture
    without a file.
    """
    given = [one for one in lecture.scenes if not one.left_out]
    if not given:
        raise FileError(
            tr("“{title}” has no scene to give: add one, or take one back in.", title=lecture.title)
        )
    find = find or partial(scene_path, path)
    places = tuple(ScenePlace(find(one.scene), one) for one in given)
    return OpenedLecture(lecture.title, places, path, lecture.language)


def read_lecture(path: Path) -> Lecture:
    """Return the contents of a lecture file. Raises FileError."""
    return read_checked(path, bytes_of(path, LECTURE), parsed)


def write_lecture(path: Path, lecture: Lecture, scenes: Mapping[str, Path] = MappingProxyType({})) -> None:
    """Write a lecture file. Raises FileError; an existing file is then unchanged.

    ``scenes`` are files elsewhere that the lecture names; they are copied beside it first.
    """
    for word, source in scenes.items():
        copy, data = path.parent / word, bytes_of(source, SCENE)
        if not copy.exists():
            write_checked(copy, data, SCENE, parse_scene)
        elif bytes_of(copy, SCENE) != data:
            raise FileError(
                tr(
                    "“{word}” is another scene in that folder: rename one, or choose another folder.",
                    word=word,
                )
            )
    write_checked(path, lecture_text(lecture), LECTURE, parsed)


def lecture_text(lecture: Lecture) -> bytes:
    """Return the text of a lecture's file, unchecked."""
    head = {"format": LECTURE.format, "version": VERSION, "lecture": plain_json(lecture)}
    return json_text(head) + b"\n"


def lecture_faults(lecture: OpenedLecture) -> Iterator[str]:
    """Yield a sentence for each scene that cannot be shown, and each wrong number of the lecture."""
    for number, place in enumerate(lecture.places, 1):
        try:
            scene = place.read()
        except FileError as error:
            yield tr("scene {number}: {why}", number=number, why=error)
            continue
        for one in found(scene.subject, place.own.numbers) if place.own is not None else ():
            if not one.right:
                name, value = one.expected.name, one.computed
                shown = one.fault if value is None else exact_text(value)
                yield tr(
                    "scene {number}: the engine’s {name} is {value}.", number=number, name=name, value=shown
                )


def scene_path(lecture: Path | None, word: str) -> Path:
    """Return the file of a scene that a lecture names; ``lecture`` is the lecture's own. Raises FileError."""
    if not word.endswith(SCENE_SUFFIX):
        return find_scene(word)
    if lecture is None or Path(word).is_absolute() or ".." in Path(word).parts:
        raise FileError(tr("“{word}” is not beside the lecture: copy the scene into its folder.", word=word))
    return lecture.parent / word


def parsed(data: bytes) -> Lecture:
    """Return the lecture in the bytes of a file. Raises PlaceError."""
    check_head(decoded(data, Head, ""), LECTURE, VERSION)
    lecture = decoded(bytes(decoded(data, _LectureFile, "").lecture), Lecture, "lecture")
    check_fields(data)
    for k, one in enumerate(lecture.scenes):
        if one.scene != one.scene.strip():
            raise PlaceError(f"lecture.scenes[{k}].scene: " + tr("write the name without spaces around it."))
    return lecture
