"""One new entry in each table is enough: the program works with it, and the tests accept it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.grown.entries import grown

LOOPING = (
    "tests/core/nn/test_activations.py",
    "tests/core/nn/test_losses.py",
    "tests/core/nn/test_optimizers.py",
    "tests/core/nn/test_initializers.py",
    "tests/core/data/test_datasets.py",
    "tests/core/nn/test_ops.py",
    "tests/core/derivation/test_curve_points.py",
    "tests/core/graph/test_expression.py",
    "tests/core/derivation/test_explain.py",
    "tests/core/lecture/test_bench_numbers.py",
    "tests/core/nn/test_passes.py",
    "tests/core/nn/test_trainer.py::test_every_optimizer_learns_xor",
    "tests/files/test_examples.py::test_every_example_is_tried_and_has_a_dataset_of_its_own",
)
IN_THE_WINDOW = (
    "tests/gui/canvas/test_palette.py",
    "tests/gui/text/test_mathtext.py",
    "tests/gui/widgets/test_form.py",
    "tests/gui/plots/test_neuron_curve.py",
    "tests/gui/views/test_activation_plot.py",
    "tests/gui/lecture/stages/test_activation.py::test_all_curves_at_the_first_z",
    "tests/gui/views/test_data_panel.py",
    "tests/gui/graph_lab/test_lab_words.py::test_formulas_amount_to_what_the_core_computes",
)


def test_one_entry_more_in_each_table_works_everywhere_and_the_tests_accept_it(tmp_path: Path) -> None:
    """Run the tests in a copy with one more activation, loss, optimizer, initializer and dataset."""
    program = grown(tmp_path)
    options = ["-q", "-x", "-n0", "-p", "no:cacheprovider", "-p", "tests.grown.selection"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        *options,
        "tests/grown/new_entries.py",
        *LOOPING,
        *IN_THE_WINDOW,
    ]
    environment = {**os.environ, "PYTHONPATH": str(program)}
    done = subprocess.run(command, cwd=program, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
