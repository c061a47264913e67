"""The report of a run and the worked solution of a sample, as pages to be read in a browser or on paper."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import suppress
from html import escape
from importlib import metadata

import msgspec
import numpy as np

from .. import number_style
from ..analysis.metrics import ALL, metrics_of, names_of
from ..analysis.sample_losses import sample_losses
from ..data.dataset import Dataset
from ..derivation.expressions import Solution, Words
from ..derivation.html import HtmlScript, html_parts
from ..derivation.sample_pass import NoSolution, check_sample
from ..derivation.solution import solution
from ..derivation.writer import Writer
from ..language import tr
from ..nn.curves import Curves
from ..nn.design import CONVENTIONS, Dense, plain_json
from ..nn.network import Network
from ..nn.trainer import Snapshot
from ..number_style import count_text, exact_text, value_text
from ..project.json_io import FileError
from .charts import loss_chart, plane_chart
from .page import Page

WRITER = Writer(HtmlScript())
MOST_PARAMETERS = 400  # parameters up to which a report lists them


def report(snapshot: Snapshot, curves: Curves) -> Page:
    """Return the report of a run: design, data, curves, boundary, metrics, parameters, seed and versions."""
    network, design = snapshot.network, snapshot.network.design
    page = Page(design.title)
    page.paragraph(escape(_summary(snapshot)))
    page.heading(tr("Network"))
    page.table(_layers(network), (tr("Layer"), tr("Neurons"), tr("Activation"), tr("Parameters")))
    page.heading(tr("Data"))
    page.table(_data(snapshot.dataset))
    page.heading(tr("Training"))
    page.table(_training(snapshot))
    page.heading(tr("Loss"))
    page.figure(loss_chart(curves))
    if not curves.losses.size:
        page.paragraph(escape(tr("The run has not begun: there is no curve yet.")), "note")
    if chart := plane_chart(snapshot):
        page.heading(tr("Output over the plane"))
        page.figure(chart)
    page.heading(tr("Metrics"))
    page.table(_metrics(snapshot), (tr("Metric"), tr("of"), tr("Training set"), tr("Test set")))
    if network.parameters <= MOST_PARAMETERS:
        page.heading(tr("Parameters"))
        page.table(_parameters(snapshot))
    page.heading(tr("To repeat it"))
    page.table(_versions(snapshot))
    return page


def _summary(snapshot: Snapshot) -> str:
    widths = " – ".join(map(str, snapshot.network.n))
    return tr(
        "A network {widths} with {parameters}, after {iterations} iterations, which are {epochs} epochs.",
        widths=widths,
        parameters=snapshot.network.parameters_text,
        iterations=count_text(snapshot.iteration),
        epochs=count_text(snapshot.epochs_done),
    )


def _layers(network: Network) -> Iterator[tuple[str, ...]]:
    yield tr("Input"), str(network.n[0]), "", ""
    dense = iter(network.layers)
    for layer in network.design.layers:
        if isinstance(layer, Dense):
            made = next(dense)
            kinds = ", ".join(dict.fromkeys(layer.activations))
            yield str(made.l), str(made.n_out), kinds, count_text((made.n_in + 1) * made.n_out)
        else:
            yield tr("Dropout"), "", exact_text(layer.rate), ""


def _data(dataset: Dataset) -> Iterator[tuple[str, str]]:
    yield tr("Name"), dataset.name
    yield (
        tr("Samples"),
        tr("{train} for training, {test} held back", train=dataset.train.size, test=dataset.test.size),
    )
    yield tr("Features"), ", ".join(dataset.feature_names)
    if dataset.class_names:
        counts = np.bincount(dataset.labels, minlength=len(dataset.class_names)).tolist()
        yield (
            tr("Classes"),
            ", ".join(f"{name} ({n})" for name, n in zip(dataset.class_names, counts, strict=True)),
        )
    else:
        yield tr("Targets"), ", ".join(names_of(dataset))
    if scaling := dataset.scaling_sentence():
        yield tr("Scaling"), scaling


def _training(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    training = snapshot.network.design.training
    for name, value in plain_json(training).items():
        if isinstance(value, dict):
            value = ", ".join(str(part) for part in value.values())  # noqa: PLW2901
        field = next((field for field in msgspec.structs.fields(training) if field.encode_name == name), None)
        usual = field is not None and name in CONVENTIONS
        if not usual and name != "seed":
            yield name.replace("_", " "), exact_text(value) if isinstance(value, float) else str(value)
    yield tr("learning rate now"), exact_text(snapshot.learning_rate)


def _metrics(snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    dataset, names = snapshot.dataset, names_of(snapshot.dataset)
    found = sample_losses(snapshot.network, snapshot.theta, dataset)
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for name, samples, score in (
        ("train", dataset.train, snapshot.train),
        ("test", dataset.test, snapshot.test),
    ):
        if score is not None and np.isfinite(score.loss):
            rows.setdefault((tr("loss"), ""), {})[name] = value_text(score.loss)
        if not samples.size:
            continue
        for one in metrics_of(dataset, found, samples):
            of = "" if one.of == ALL else one.of if isinstance(one.of, str) else names[one.of]
            value = one.metric.value
            rows.setdefault((one.kind, of), {})[name] = "" if value is None else value_text(value)
    for (kind, of), values in rows.items():
        yield kind, of, values.get("train", ""), values.get("test", "")


def _parameters(snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    for layer in snapshot.network.layers:
        for i, row in enumerate(snapshot.network.W(snapshot.theta, layer.l).tolist(), start=1):
            yield f"W[{layer.l}] {i}", *(value_text(value) for value in row)
        yield (
            f"b[{layer.l}]",
            *(value_text(value) for value in snapshot.network.b(snapshot.theta, layer.l).tolist()),
        )


def _versions(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    design = snapshot.network.design
    yield tr("Seed of the weights"), str(design.training.seed)
    yield tr("Seed of the data"), str(design.data.seed)
    yield tr("Precision"), design.training.precision
    with suppress(metadata.PackageNotFoundError):
        yield "Glassnet", metadata.version("glassnet")
    yield "Python", platform.python_version()
    yield "NumPy", np.__version__


def worked_solution(snapshot: Snapshot, sample: int) -> Page:
    """Return the whole pass of a sample (from 0), worked out. Raises FileError if that is impossible."""
    try:
        check_sample(snapshot.dataset, sample)
        worked = solution(
            snapshot.network,
            snapshot.theta,
            snapshot.dataset,
            sample,
            memory=snapshot.memory,
            iteration=snapshot.iteration,
            learning_rate=snapshot.learning_rate,
        )
    except NoSolution as error:
        raise FileError(str(error)) from None
    return solution_page(worked)


def solution_page(worked: Solution) -> Page:
    """Return a worked solution as a page."""
    page, digits = Page(worked.title), number_style.digits()

    def say(words: Words) -> str:
        return WRITER.said(words, digits)

    for paragraph in worked.paragraphs:
        page.paragraph(say(paragraph))
    for section in worked.sections:
        page.heading(section.title)
        for paragraph in section.paragraphs:
            page.paragraph(say(paragraph))
        for line in section.lines:
            made = html_parts(line, WRITER)
            note = f' <span class="note">({say(line.note)})</span>' if line.note else ""
            parts = [("=", made.symbols), ("=", made.numbers), (made.last, made.result)]
            right = " ".join(f"{sign} {side}" for sign, side in parts if side)
            right = right.replace("=", made.relation, 1) if made.relation != "=" else right
            page.body.append(f'<p class="line">{made.left} {right}{note}</p>')
    return page
