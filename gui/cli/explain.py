"""The command `explain`: writes the whole pass of one sample to the terminal, as text, LaTeX or JSON."""

from __future__ import annotations

import shutil

from core.data.datasets import Dataset
from core.derivation.latex import as_latex
from core.derivation.sample_pass import NoSolution, as_json, case_of, check_sample
from core.derivation.solution import solution
from core.derivation.text import NARROWEST, as_text
from core.nn.network import Network
from core.nn.trainer import Snapshot
from core.project.files import find, read
from gui.cli.printing import complain, say
from gui.cli.train import compiled, train_to, trainer_of


def explain(
    name: str,
    *,
    iterations: int = 0,
    sample: int = 1,
    form: str = "text",
    width: int | None = None,
    digits: int | None = None,
) -> int:
    """Write the pass of sample number ``sample``, counted from 1 over the whole dataset.

    The network is that of a file or an example, after ``iterations`` further updates. Exit codes: 1 if
    training diverged, 130 if it was interrupted, 2 with a sentence if nothing can be written.
    """
    path = find(name)
    work = read(path)
    network, dataset = compiled(path, work)
    try:
        check_sample(dataset, sample - 1)
        trainer = trainer_of(network, dataset, work)
        goal = trainer.iteration + iterations
        code = train_to(trainer, goal)
        if code:
            return code
        text = _written(network, dataset, trainer.snapshot(), sample - 1, form, width, digits)
    except NoSolution as error:
        complain(str(error))
        return 2
    say(text.removesuffix("\n"))
    return 0


def _written(
    network: Network,
    dataset: Dataset,
    snapshot: Snapshot,
    sample: int,
    form: str,
    width: int | None,
    digits: int | None,
) -> str:
    if form == "json":
        return as_json(case_of(network, snapshot.theta, dataset, sample))
    worked = solution(
        network,
        snapshot.theta,
        dataset,
        sample,
        memory=snapshot.memory,
        iteration=snapshot.iteration,
        learning_rate=snapshot.learning_rate,
    )
    if form == "latex":
        return as_latex(worked, digits)
    columns = max(NARROWEST, shutil.get_terminal_size().columns) if width is None else width
    return as_text(worked, columns, digits)
