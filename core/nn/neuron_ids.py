"""Neuron ids: which weights of an edited design correspond to which of an earlier one.

A design only says how many neurons a layer has. Therefore every row and column of W[l] gets an id that it
keeps over edits; two networks share a weight if its row and its column have the same ids in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

from .design import Dense

_fresh = count(1)


@dataclass(frozen=True)
class RemovedNeuron:
    """The neuron of layer ``layer`` that an edit removed; the design only says how many are left."""

    layer: int
    neuron: int


@dataclass(frozen=True)
class LayerIds:
    """The ids of layer l: its own, and those of the rows (n[l-1]) and columns (n[l]) of its weights."""

    layer: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True)
class NeuronIds:
    """The ids of all layers of a design with ``features`` inputs: layer l is ``layers[l - 1]``."""

    features: int
    layers: tuple[LayerIds, ...]


def first_ids(dense: Sequence[Dense], features: int) -> NeuronIds:
    """Return new ids, which no other design has."""
    sizes = [features, *(layer.neurons for layer in dense)]
    layers = pairwise(sizes)
    return NeuronIds(features, tuple(LayerIds(next(_fresh), _new(n), _new(m)) for n, m in layers))


def ids_after(
    dense: Sequence[Dense],
    features: int,
    before: Sequence[Dense],
    ids: NeuronIds,
    removed: RemovedNeuron | None = None,
    inputs: Sequence[int | None] | None = None,
) -> NeuronIds:
    """Return the ids of a design's layers after one edit of the layers ``before``, which had ``ids``.

    ``inputs`` says which feature each one was before (None: a new one); without it, the first ones stay.

    A layer keeps its weights, wherever it is moved to, as long as its shape fits (see `paired`). If it still
    follows the same layer, the weights of all neurons that both have are kept: all but the ``removed`` one,
    or the first ones. Otherwise they are kept if the layer it now follows has as many neurons.
    """
    sizes = [features, *(layer.neurons for layer in dense)]
    pairs = {0: 0, **{i + 1: j + 1 for i, j in paired(dense, before).items()}}
    layers: list[LayerIds] = []
    for l in range(1, len(sizes)):
        k = pairs.get(l, 0)
        own = ids.layers[k - 1] if k else LayerIds(next(_fresh), (), ())
        rows = _without(own.rows, removed, k - 1)
        if l == k == 1 and inputs is not None:
            rows = tuple(next(_fresh) if i is None else own.rows[i] for i in inputs)
        columns = _without(own.columns, removed, k)
        if not k or (pairs.get(l - 1) != k - 1 and len(rows) != sizes[l - 1]):
            rows = columns = ()
        layers.append(LayerIds(own.layer, _resized(rows, sizes[l - 1]), _resized(columns, sizes[l])))
    return NeuronIds(features, tuple(layers))


def inputs_by_name(now: Sequence[str], before: Sequence[str]) -> tuple[int | None, ...] | None:
    """Return which feature before each one is now, as `ids_after` wants it, by their names.

    As many features under other names are the same ones, renamed or of other data: None.
    """
    places = {name: k for k, name in enumerate(before)}
    if len(now) == len(before) and {*now} != {*before}:
        return None
    found = tuple(places.get(name) for name in now)
    return found if any(place is not None for place in found) else None


def shared(now: Sequence[int], before: Sequence[int]) -> list[tuple[int, int]]:
    """Return the positions (in ``now``, in ``before``) of all ids that both contain."""
    places = {one: k for k, one in enumerate(before)}
    return [(k, places[one]) for k, one in enumerate(now) if one in places]


def _new(number: int) -> tuple[int, ...]:
    return tuple(next(_fresh) for _ in range(number))


def _without(ids: tuple[int, ...], removed: RemovedNeuron | None, l: int) -> tuple[int, ...]:
    """Return the ids of the neurons of layer l without that of the removed neuron."""
    if removed is None or l != removed.layer:
        return ids
    return (*ids[: removed.neuron], *ids[removed.neuron + 1 :])


def _resized(ids: tuple[int, ...], number: int) -> tuple[int, ...]:
    """Return the first ``number`` ids, with new ones for those missing."""
    return (*ids[:number], *_new(number - len(ids)))


def paired(new: Sequence[Dense], old: Sequence[Dense]) -> dict[int, int]:
    """Return, by index, which old layer each new layer is; added layers are left out.

    The output stays the output. An edit reuses the objects of the layers it does not touch, so these are
    matched by identity first. The others are matched by equality, first in order, then in any order. If then
    equally many are left on both sides, each was changed in place.
    """
    last = len(new) - 1, len(old) - 1
    pairs = {last[0]: last[1]}
    mine, its = list(range(last[0])), list(range(last[1]))
    steps: list[Callable[[], Iterable[tuple[int, int]]]] = [
        lambda: _first_alike(mine, its, lambda i, j: new[i] is old[j]),
        lambda: _longest_in_order(mine, its, lambda i, j: new[i] == old[j]),
        lambda: _first_alike(mine, its, lambda i, j: new[i] == old[j]),
        lambda: zip(mine, its, strict=True) if len(mine) == len(its) else (),
    ]
    for step in steps:
        for i, j in list(step()):
            pairs[i] = j
            mine.remove(i)
            its.remove(j)
    return pairs


Alike = Callable[[int, int], bool]


def _first_alike(mine: Sequence[int], its: Sequence[int], alike: Alike) -> Iterator[tuple[int, int]]:
    """Yield pairs that are alike, using each index at most once."""
    free = list(its)
    for i in mine:
        j = next((j for j in free if alike(i, j)), None)
        if j is not None:
            free.remove(j)
            yield i, j


def _longest_in_order(mine: Sequence[int], its: Sequence[int], alike: Alike) -> list[tuple[int, int]]:
    """Return the longest list of alike pairs that are in order in both; the first such list."""
    best: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for p in range(len(mine), -1, -1):
        for q in range(len(its), -1, -1):
            found: list[tuple[int, int]] = []
            if p < len(mine) and q < len(its):
                found = max(best[p + 1, q], best[p, q + 1], key=len)
                taken = [(mine[p], its[q]), *best[p + 1, q + 1]]
                if alike(mine[p], its[q]) and len(taken) >= len(found):
                    found = taken
            best[p, q] = found
    return best[0, 0]
