"""The table of what is exported: every entry says what it lacks, and where it writes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from core.export.run_start import start_of_trainer
from core.export.table import EXPORTS, Export, ExportedRun, export_for, files_of
from core.project.json_io import FileError
from tests.core.export.scripts import designs, trainer_of


@pytest.mark.parametrize("entry", [one for one in EXPORTS.values() if one.package], ids=lambda one: one.name)
def test_a_missing_package_is_named_with_what_installs_it(
    entry: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = trainer_of(dict(designs())["adam batch"])
    run = ExportedRun(trainer.snapshot(), trainer.curves(), start_of_trainer(trainer), 1)
    monkeypatch.setitem(sys.modules, entry.package, None)
    for suffix in entry.makes:
        with pytest.raises(FileError, match=r"not installed: pip install 'glassnet\[\w+\]'"):
            files_of(entry, run, Path(f"a{suffix}"))


def test_every_ending_is_that_of_one_kind_of_file() -> None:
    for entry in EXPORTS.values():
        for suffix in entry.makes:
            assert export_for(entry.name, Path(f"a{suffix.upper()}")) is entry
            assert suffix in export_for(None, Path(f"a{suffix}")).makes
