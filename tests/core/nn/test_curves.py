"""The recorded losses: bounded, thinned by means, cut and filled; arrays handed out never change."""

import numpy as np
import pytest

from core.nn.curves import BatchLosses, Recorder, Score


def thinned(losses, stride):
    whole = len(losses) // stride * stride
    return np.asarray(losses[:whole]).reshape(-1, stride).mean(axis=1)


@pytest.mark.parametrize("most", [8, 9, 64])
def test_means_over_strides_stay_below_the_bound(most):
    generator, losses, kept = np.random.default_rng(1), np.empty(0), BatchLosses(most)
    for _ in range(60):
        more = generator.random(generator.integers(0, 40))
        kept.extend(more)
        losses = np.concatenate([losses, more])
        assert kept.iterations == losses.size
        assert kept.view().size < most
        assert np.allclose(kept.view(), thinned(losses, kept.stride), rtol=1e-12)
    assert kept.stride >= losses.size / most


def test_a_view_is_never_changed():
    generator, kept, shown = np.random.default_rng(2), BatchLosses(64), []
    for _ in range(300):
        draw = generator.random()
        if draw < 0.8:
            kept.extend(generator.random(generator.integers(1, 9)))
        else:
            kept.resize(int(kept.iterations * generator.random()))
        view = kept.view()
        shown.append((view, view.copy()))
    assert all(np.array_equal(view, copy) for view, copy in shown)
    with pytest.raises(ValueError, match="read-only"):
        view[...] = 0


@pytest.mark.parametrize("count", [0, 1, 13, 63, 64, 65, 200])
def test_going_back_forgets_what_came_after(count):
    losses, kept = np.arange(200.0), BatchLosses(1000)
    kept.extend(losses)
    kept.resize(count)
    assert np.array_equal(kept.view(), losses[:count])
    kept.extend(np.full(5, -1.0))
    assert np.array_equal(kept.view(), [*losses[:count], *[-1] * 5])


def test_going_back_in_strides_keeps_the_count():
    kept = BatchLosses(16)
    kept.extend(np.arange(50.0))
    assert kept.stride == 4
    for count in (50, 49, 48, 41, 40, 7, 3, 1):
        kept.resize(count)
        assert kept.iterations == count
        assert np.array_equal(kept.view(), thinned(np.arange(50.0), 4)[: count // 4])
    kept = BatchLosses(16)
    kept.extend(np.arange(50.0))
    kept.resize(42)
    assert kept.mean_of_last(1) == np.mean([40, 41, 42, 43])
    kept.resize(0)
    assert (kept.iterations, kept.stride, kept.view().size) == (0, 1, 0)


def test_what_is_missing_is_unknown_and_costs_little():
    kept = BatchLosses(64)
    kept.extend(np.ones(5))
    kept.resize(8)
    assert np.array_equal(kept.view(), [1] * 5 + [np.nan] * 3, equal_nan=True)
    kept.resize(10**9)
    assert kept.iterations == 10**9
    assert kept.view().size < 64
    kept.extend(np.ones(3))
    assert kept.iterations == 10**9 + 3


@pytest.mark.parametrize("most", [16, 1000])
def test_mean_of_the_last(most):
    kept = BatchLosses(most)
    for count in range(1, 100):
        kept.extend(np.array([float(count)]))
        for last in (1, 4, count):
            if last <= count:
                near = kept.stride if kept.stride > 1 else 0
                assert kept.mean_of_last(last) == pytest.approx(count - (last - 1) / 2, abs=near)


def test_records_are_due_at_ends_of_epochs_whatever_way_was_gone():
    def ways(per_epoch, stops):
        recorder, t = Recorder(per_epoch), 0
        for stop in stops:
            while t < stop:
                recorder.extend(np.array([float(t)]))
                t += 1
                if t >= recorder.due:
                    recorder.record(t, Score(0.5, None), (1.0,))
            t = max(0, stop - 100)
            recorder.cut(t)
        return recorder.curves()

    for per_epoch in (1, 4, 33, 700):
        once, often = ways(per_epoch, [3100, 3000]), ways(per_epoch, [900, 2000, 950, 2400, 3100, 3000])
        assert once.records == often.records
        assert np.array_equal(once.losses, often.losses)
        iterations = [row.iteration for row in once.records]
        assert iterations
        assert all(iteration % per_epoch == 0 for iteration in iterations)
        for row in once.records:
            assert row.epoch == row.iteration // per_epoch
            assert row.train == pytest.approx(row.iteration - (per_epoch + 1) / 2)


def test_a_long_run_has_few_records():
    recorder, t, count = Recorder(1), 0, 0
    while t < 10**7:
        t = recorder.due
        recorder.cut(t)
        count += 1
    assert 200 < count < 10_000
