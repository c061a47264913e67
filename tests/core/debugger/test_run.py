"""Stepping, seeking, resuming and editing a run; nothing of it is lost."""

from dataclasses import replace

import numpy as np
import pytest

from core.debugger.queries import findings_of, most_points, parameter_path, preview, weight_history
from core.debugger.run import Run
from core.debugger.steps import LoopStage, StepKind, StepSize
from core.nn.trainer import Diverged, Phase, Trainer
from tests.core.moments import WAYS, differences, trainer_of

WAY = "2-4-2-1"


def course_of(way=WAY, iterations=30, rate=0.05):
    run = Run(trainer_of(way, rate))
    run.train(iterations)
    return run


def alone(iterations, way=WAY, rate=0.05):
    trainer = trainer_of(way, rate)
    if iterations:
        trainer.run(iterations)
    return trainer


@pytest.mark.parametrize("way", WAYS)
def test_a_pass_by_terms_is_the_pass_of_the_trainer(way):
    run = course_of(way)
    seen = [run.snapshot()]
    while run.trainer.iteration == 30:
        assert run.step(StepSize.TERM) == 0
        seen.append(run.snapshot())
    assert len(seen) == run.navigator.steps.count + 2
    assert run.place is None
    assert differences(run.snapshot().theta, alone(31, way).snapshot().theta) == []
    while seen:
        assert differences(run.snapshot(), seen.pop()) == []
        run.back(StepSize.TERM)


def test_where_one_is_at_first():
    where = Run(trainer_of(WAY)).where()
    assert (where.iteration, where.first, where.newest) == (0, 0, 0)
    assert not where.behind and not where.inside
    assert where.last is None
    assert where.coming.quantity is StepKind.BIAS


def test_the_first_step_chooses_the_sample_the_next_ones_go_by_passes():
    run = Run(trainer_of(WAY))
    lit = []
    for _ in range(6):
        run.step(StepSize.PASS)
        lit.append(run.where().last.stage)
    assert lit == [
        LoopStage.SAMPLE,
        LoopStage.FORWARD,
        LoopStage.LOSS,
        LoopStage.BACKWARD,
        LoopStage.UPDATE,
        LoopStage.SAMPLE,
    ]
    assert run.trainer.iteration == 1


def test_entering_a_stage_stays_in_the_pass_or_goes_to_the_next():
    run = Run(trainer_of(WAY))
    stood = []
    order = (
        LoopStage.FORWARD,
        LoopStage.BACKWARD,
        LoopStage.FORWARD,
        LoopStage.UPDATE,
        LoopStage.UPDATE,
        LoopStage.SAMPLE,
        LoopStage.LOSS,
    )
    for stage in order:
        run.enter(stage)
        assert run.where().last.stage is stage
        stood.append(run.trainer.iteration)
    assert stood == [0, 0, 1, 2, 3, 3, 3]


def test_an_epoch_is_left_to_training():
    run = course_of()
    left = run.step(StepSize.EPOCH)
    assert left == 2
    run.train(left)
    assert run.trainer.iteration % run.snapshot().batches == 0


def test_the_past_is_looked_at_and_the_run_stays():
    run = course_of()
    newest = run.snapshot()
    for t in (12, 0, 29, 1):
        run.seek(t)
        assert run.behind and run.where().iteration == t
        assert differences(run.snapshot().theta, alone(t).snapshot().theta) == []
    run.seek(99)
    assert not run.behind
    assert differences(run.snapshot(), newest) == []
    run.seek(29)
    run.step(StepSize.ITERATION)
    assert run.place is None
    run.seek(7)
    run.train(5)
    assert not run.behind
    assert differences(run.snapshot(), alone(35).snapshot()) == []


@pytest.mark.parametrize("way", WAYS)
def test_resuming_is_bit_for_bit_the_unbroken_run(way):
    run = course_of(way)
    run.seek(11)
    for _ in range(7):
        run.step(StepSize.TERM)
    inside = run.snapshot()
    run.resume()
    assert not run.behind and run.trainer.iteration == 11
    assert differences(run.snapshot(), inside) == []
    run.train(19)
    whole = alone(30, way)
    assert differences(run.snapshot(), whole.snapshot()) == []
    assert np.array_equal(run.trainer.curves().losses, whole.curves().losses)


def test_resuming_takes_the_learning_rate_of_then():
    run = course_of()
    run.set_learning_rate(0.2)
    run.train(10)
    run.seek(10)
    run.resume()
    assert run.trainer.learning_rate.value == 0.05
    run.train(20)
    assert differences(run.snapshot(), alone(30).snapshot()) == []


def test_a_kept_run_is_taken_up_with_its_curves():
    run = course_of()
    before, curves, kept = run.snapshot(), run.trainer.curves(), run.kept()
    run.seek(8)
    run.resume()
    run.set_learning_rate(0.4)
    run.train(40)
    run.take_up(kept)
    assert differences(run.snapshot().theta, before.theta) == []
    assert np.array_equal(run.trainer.curves().losses, curves.losses)
    assert run.where().newest == 30
    run.seek(20)
    assert differences(run.snapshot(), alone(20).snapshot()) == []
    run.train(5)
    assert differences(run.snapshot(), alone(35).snapshot()) == []
    run.seek(7)
    looking_back = run.kept()
    run.take_up(kept)
    assert run.trainer.iteration == 30 and run.place is None
    run.take_up(looking_back)
    assert run.where().iteration == 7 and run.where().newest == 35


def test_an_edit_makes_the_next_forward_pass_with_the_new_weights():
    run = course_of()
    theta = run.snapshot().theta + 0.25
    shown = preview(run, theta)
    assert run.trainer.iteration == 30 and run.place is None
    run.edit(theta)
    seen = run.snapshot()
    assert differences(shown, seen) == []
    assert seen.phase is Phase.FORWARD and np.isfinite(seen.values.J)
    direct = alone(30)
    direct.edit(theta)
    assert seen.train == direct.snapshot().train
    run.step(StepSize.ITERATION)
    direct.run(1)
    assert differences(run.snapshot().theta, direct.snapshot().theta) == []
    run.back(StepSize.ITERATION)
    assert differences(run.snapshot().theta, alone(30).snapshot().theta) == []
    run.resume()
    run.train(3)
    assert differences(run.snapshot().theta, alone(33).snapshot().theta) == []


@pytest.mark.parametrize("stage", [LoopStage.FORWARD, LoopStage.BACKWARD])
def test_an_edit_inside_a_pass_stays_there(stage):
    run = course_of()
    run.enter(stage)
    run.back(StepSize.NEURON)
    place = run.place
    theta = run.snapshot().theta + 0.1
    run.edit(theta)
    assert run.place == place
    assert differences(run.snapshot().theta, theta) == []


def test_an_edit_in_the_middle_of_the_update_goes_back_before_it():
    run = course_of()
    run.enter(LoopStage.BACKWARD)
    run.step(StepSize.NEURON)
    assert run.where().last.stage is LoopStage.UPDATE
    theta = run.trainer.moment().theta + 0.1
    run.edit(theta)
    assert run.where().last.stage is LoopStage.BACKWARD
    assert differences(run.snapshot().theta, theta) == []


def test_an_edit_of_the_past_goes_on_from_there():
    run = course_of()
    run.seek(9)
    theta = run.snapshot().theta + 0.1
    shown = preview(run, theta)
    assert run.where().newest == 30
    run.edit(theta)
    assert run.where().newest == 9 and not run.behind
    assert differences(run.snapshot(), shown) == []


def test_restarting_begins_the_record_anew():
    run = course_of()
    run.restart()
    assert run.where().newest == 0
    assert differences(run.snapshot(), trainer_of(WAY).snapshot()) == []


@pytest.mark.parametrize(("iterations", "rate_change"), [(30, False), (300, True), (5000, True)])
def test_a_weight_over_time(iterations, rate_change):
    run = course_of(iterations=iterations)
    if rate_change:
        run.set_learning_rate(0.01)
        run.train(20)
    times, values = weight_history(run, 3)
    newest = run.trainer.iteration
    assert (times[0], times[-1]) == (0, newest)
    assert np.all(np.diff(times) > 0) and min(newest, 30) <= times.size <= 600
    for k in (0, times.size // 2, times.size - 1):
        run.seek(int(times[k]))
        assert run.snapshot().theta[3] == values[k]


@pytest.mark.parametrize("retraced", [False, True])
@pytest.mark.parametrize("iterations", [0, 300, 34_000])
def test_the_way_of_all_parameters(iterations, retraced):
    run = course_of(iterations=iterations)
    if iterations == 300:
        run.seek(200)
        run.edit(run.snapshot().theta + 0.1)
        run.train(90)
    times, thetas = parameter_path(run, retraced=retraced)
    assert (times[0], times[-1]) == (0, run.trainer.iteration)
    assert thetas.shape == (times.size, run.trainer.network.parameters)
    assert times.size <= 2 * most_points(thetas.shape[1]) + 2
    assert times.size >= {0: 1, 300: 200 if retraced else 3, 34_000: 100}[iterations]
    for k in (0, times.size // 3, times.size - 1):
        run.seek(int(times[k]))
        assert differences(run.snapshot().theta, thetas[k]) == []


def test_a_way_through_many_parameters_has_fewer_points():
    assert (most_points(17), most_points(20_000), most_points(1 << 24)) == (256, 104, 32)


def test_divergence_ahead_leads_back_to_the_newest_moment():
    run = course_of("single precision, one layer", rate=0.05)
    run.set_learning_rate(1e38)
    with pytest.raises(Diverged):
        for _ in range(400):
            run.step(StepSize.PASS)
    assert not run.behind
    assert np.isfinite(run.snapshot().theta).all()
    run.back(StepSize.ITERATION)
    assert run.behind


def test_findings_are_of_the_weights_asked_for():
    trainer = trainer_of(WAY)
    run = Run(trainer)
    snapshot = trainer.snapshot()
    healthy = findings_of(run, snapshot)
    large = replace(snapshot, theta=1e4 * np.ones_like(snapshot.theta))
    assert len(findings_of(run, large)) > len(healthy)
    assert isinstance(trainer, Trainer)
