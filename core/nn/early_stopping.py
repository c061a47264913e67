"""The table of stopping criteria: at an epoch, below a loss, or when the test loss rises.

When a criterion is checked depends on the iteration alone, so a run ends at the same iteration on every
machine. To add a criterion, write its class here and add it to `Stop` and `STOPS`; forms follow.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta, Struct

from ..language import tr, translatable
from ..number_style import exact_text, value_text
from .curves import Curves
from .trainer import Snapshot, Trainer


class _Stop(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name"):
    """The base of all stopping criteria; ``symbol`` is the name shown."""

    symbol: ClassVar[str]

    def reached(self, snapshot: Snapshot, curves: Curves) -> str:
        """Return why to stop here, as a sentence; empty if the criterion is not met."""
        raise NotImplementedError

    def next_look(self, trainer: Trainer) -> int | None:
        """Return the next iteration, later than the present one, at which to check it; None: never again."""
        raise NotImplementedError


class AtEpoch(_Stop, frozen=True, tag="epoch"):
    """Stop once ``epoch`` epochs are complete."""

    epoch: Annotated[int, Meta(ge=1, le=10_000_000, title="Epoch", description="Stop when it is done")] = 100

    symbol: ClassVar[str] = translatable("At an epoch")

    def reached(self, snapshot: Snapshot, curves: Curves) -> str:
        """Return the reason once the epoch is complete."""
        return (
            tr("Epoch {epoch} is complete.", epoch=self.epoch) if snapshot.epochs_done >= self.epoch else ""
        )

    def next_look(self, trainer: Trainer) -> int | None:
        """Return the last iteration of the epoch."""
        origin = trainer.origin
        end = origin.iteration + (self.epoch - origin.epochs) * trainer.batches
        return end if trainer.iteration < end else None


class BelowLoss(_Stop, frozen=True, tag="loss"):
    """Stop once the loss on all training samples is below ``loss`` at the end of an epoch."""

    loss: Annotated[float, Meta(gt=0, le=1e6, title="Loss J", description="Stop below it")] = 0.05

    symbol: ClassVar[str] = translatable("Below a loss")

    def reached(self, snapshot: Snapshot, curves: Curves) -> str:
        """Return the reason once the loss is below the limit."""
        J = snapshot.train.loss
        return (
            tr(
                "The training loss {loss} is below {limit}.",
                loss=value_text(J),
                limit=exact_text(self.loss),
            )
            if self.loss > J
            else ""
        )

    def next_look(self, trainer: Trainer) -> int | None:
        """Return the end of this epoch or, at its end, of the next."""
        return trainer.iteration + trainer.left_in_epoch


class RisingTestLoss(_Stop, frozen=True, tag="test_loss"):
    """Stop once the test loss has had no new minimum for ``epochs`` epochs and lies above its minimum.

    A rise between two epochs is mostly chance, so the distance from the minimum counts (the patience of early
    stopping; Prechelt 1998). The test loss is known at the ends of the recorded epochs; in a long run these
    are not all.
    """

    epochs: Annotated[
        int, Meta(ge=1, le=1_000_000, title="Epochs", description="Stop after so many without a new minimum")
    ] = 20

    symbol: ClassVar[str] = translatable("Test loss rises")

    def reached(self, snapshot: Snapshot, curves: Curves) -> str:
        """Return the reason once the minimum of the recorded test losses is ``epochs`` epochs old."""
        rows = [(row.epoch, row.test.loss) for row in curves.records if row.test is not None]
        if not rows:
            return ""
        epochs, losses = np.array(rows).T
        best = int(np.argmin(losses))
        past = int(epochs[-1] - epochs[best])
        if past < self.epochs or losses[-1] <= losses[best]:
            return ""
        return tr(
            "The test loss has risen for {past} epochs: {late} now, {lowest} at its lowest in epoch {epoch}.",
            past=past,
            late=value_text(losses[-1]),
            lowest=value_text(losses[best]),
            epoch=int(epochs[best]),
        )

    def next_look(self, trainer: Trainer) -> int | None:
        """Return the iteration at which the next test loss is recorded."""
        return trainer.recorder.due


Stop = AtEpoch | BelowLoss | RisingTestLoss

STOPS: dict[str, type[Stop]] = {
    str(kind.__struct_config__.tag): kind for kind in (AtEpoch, BelowLoss, RisingTestLoss)
}


def first_reached(stops: Iterable[Stop], snapshot: Snapshot, curves: Curves) -> str:
    """Return the reason of the first criterion that is met; empty if none is."""
    return next((why for stop in stops if (why := stop.reached(snapshot, curves))), "")


def still_ahead(stops: Iterable[Stop], snapshot: Snapshot, curves: Curves) -> tuple[Stop, ...]:
    """Return the criteria that are not met yet: those that apply to a run that begins here.

    So a run that was stopped can be continued.
    """
    return tuple(stop for stop in stops if not stop.reached(snapshot, curves))


def next_look(stops: Iterable[Stop], trainer: Trainer) -> int | None:
    """Return the next iteration at which to check one of the criteria; None if there is none."""
    known = (stop.next_look(trainer) for stop in stops)
    return min((t for t in known if t is not None), default=None)
