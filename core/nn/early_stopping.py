"""The table of stopping criteria: at an epoch, below a loss, when the test loss rises.

At which iterations a criterion is checked depends on the iteration alone, so a run ends at the same one
on every machine and at every speed.
To add one, write its class here and add it to `Stop` and `STOPS`; forms draw themselves from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta, Struct

from .curves import Curves
from .trainer import Snapshot, Trainer


class _Stop(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name"):
    """What all conditions share; ``symbol`` is the name shown."""

    symbol: ClassVar[str]

    def reached(self, snapshot: Snapshot, curves: Curves) -> str:
        """Return why to stop here, as a sentence; empty: it is not reached."""
        raise NotImplementedError

    def next_look(self, trainer: Trainer) -> int | None:
        """Return the next iteration after which to check it, later than the present; None: never again."""
        raise NotImplementedError


class AtEpoch(_Stop, frozen=True, tag="epoch"):
    """Stop once ``epoch`` epochs are complete."""

    epoch: Annotated[int, Meta(ge=1, le=10_000_000, title="Epoch", description="Stop when it is done")] = 100

    symbol: ClassVar[str] = "At an epoch"

    def reached(self, snapshot: Snapshot, curves: Curves) -> str:
        """Return the sentence once the epoch is complete."""
        return f"Epoch {self.epoch} is complete." if snapshot.epochs_done >= self.epoch else ""

    def next_look(self, trainer: Trainer) -> int | None:
        """Return the last iteration of the epoch."""
        origin = trainer.origin
        end = origin.iteration + (self.epoch - origin.epochs) * trainer.batches
        return end if trainer.iteration < end else None


class BelowLoss(_Stop, frozen=True, tag="loss"):
    """Stop once the loss on all training samples is below ``loss`` at the end of an epoch."""

    loss: Annotated[float, Meta(gt=0, le=1e6, title="Loss J", description="Stop below it")] = 0.05

    symbol: ClassVar[str] = "Below a loss"

    def reached(self, snapshot: Snapshot, curves: Curves) -> str:
        """Return the sentence once the loss is below."""
        J = snapshot.train.loss
        return f"The training loss {J:.4g} is below {self.loss:g}." if self.loss > J else ""

    def next_look(self, trainer: Trainer) -> int | None:
        """Return the end of this epoch, or of the next."""
        return trainer.iteration + trainer.left_in_epoch


class RisingTestLoss(_Stop, frozen=True, tag="test_loss"):
    """Stop once the test loss has had no new minimum for ``epochs`` epochs and is above the last one.

    A single rise between two epochs is mostly chance, so what counts is the distance from the minimum
    (the patience of early stopping; Prechelt 1998). The test loss is known where the curves have a row:
    at the ends of epochs, in a long run not of all.
    """

    epochs: Annotated[
        int, Meta(ge=1, le=1_000_000, title="Epochs", description="Stop after so many without a new minimum")
    ] = 20

    symbol: ClassVar[str] = "Test loss rises"

    def reached(self, snapshot: Snapshot, curves: Curves) -> str:
        """Return the sentence once the minimum of the recorded test losses lies ``epochs`` epochs back."""
        rows = [(row.epoch, row.test.loss) for row in curves.records if row.test is not None]
        if not rows:
            return ""
        epochs, losses = np.array(rows).T
        best = int(np.argmin(losses))
        past = int(epochs[-1] - epochs[best])
        if past < self.epochs or losses[-1] <= losses[best]:
            return ""
        return (
            f"The test loss has risen for {past} epochs: "
            f"{losses[-1]:.4g} now, {losses[best]:.4g} at its lowest in epoch {int(epochs[best])}."
        )

    def next_look(self, trainer: Trainer) -> int | None:
        """Return where the next test loss is recorded."""
        return trainer.recorder.due


Stop = AtEpoch | BelowLoss | RisingTestLoss

STOPS: dict[str, type[Stop]] = {
    str(kind.__struct_config__.tag): kind for kind in (AtEpoch, BelowLoss, RisingTestLoss)
}


def first_reached(stops: Iterable[Stop], snapshot: Snapshot, curves: Curves) -> str:
    """Return the sentence of the first condition that is reached; empty: none is."""
    return next((why for stop in stops if (why := stop.reached(snapshot, curves))), "")


def still_ahead(stops: Iterable[Stop], snapshot: Snapshot, curves: Curves) -> tuple[Stop, ...]:
    """Return the conditions not reached yet: those a run that begins here should heed.

    So a run that was stopped can be made to go on.
    """
    return tuple(stop for stop in stops if not stop.reached(snapshot, curves))


def next_look(stops: Iterable[Stop], trainer: Trainer) -> int | None:
    """Return the next iteration after which one of the conditions is to be looked at; None: there is none."""
    known = (stop.next_look(trainer) for stop in stops)
    return min((t for t in known if t is not None), default=None)
