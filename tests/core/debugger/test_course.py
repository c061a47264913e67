"""Course: through a run in time by its grains, and its changes; nothing of it is lost."""

from dataclasses import replace

import numpy as np
import pytest

from core.debugger.queries import findings_of, most_points, preview, way, weight_history
from core.debugger.run import Run
from core.debugger.steps import LoopStage, StepKind, StepSize
from core.nn.trainer import Diverged, Phase, Trainer
from tests.core.moments import WAYS, differences, trainer_of

WAY = "2-4-2-1"


def course_of(way=WAY, iterations=30, rate=0.05):
    course = Run(trainer_of(way, rate))
    course.train(iterations)
    return course


def alone(iterations, way=WAY, rate=0.05):
    trainer = trainer_of(way, rate)
    if iterations:
        trainer.run(iterations)
    return trainer


@pytest.mark.parametrize("way", WAYS)
def test_a_pass_by_terms_is_the_pass_of_the_trainer(way):
    course = course_of(way)
    seen = [course.snapshot()]
    while course.trainer.iteration == 30:
        assert course.step(StepSize.TERM) == 0
        seen.append(course.snapshot())
    assert len(seen) == course.walk.steps.count + 2
    assert course.place is None
    assert differences(course.snapshot().theta, alone(31, way).snapshot().theta) == []
    while seen:
        assert differences(course.snapshot(), seen.pop()) == []
        course.back(StepSize.TERM)


def test_where_one_is_at_first():
    where = Run(trainer_of(WAY)).where()
    assert (where.iteration, where.first, where.newest) == (0, 0, 0)
    assert not where.behind and not where.inside
    assert where.last is None
    assert where.coming.quantity is StepKind.BIAS


def test_the_first_step_chooses_the_sample_the_next_ones_go_by_passes():
    course = Run(trainer_of(WAY))
    lit = []
    for _ in range(6):
        course.step(StepSize.PASS)
        lit.append(course.where().last.stage)
    assert lit == [
        LoopStage.SAMPLE,
        LoopStage.FORWARD,
        LoopStage.LOSS,
        LoopStage.BACKWARD,
        LoopStage.UPDATE,
        LoopStage.SAMPLE,
    ]
    assert course.trainer.iteration == 1


def test_entering_a_stage_stays_in_the_pass_or_goes_to_the_next():
    course = Run(trainer_of(WAY))
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
        course.enter(stage)
        assert course.where().last.stage is stage
        stood.append(course.trainer.iteration)
    assert stood == [0, 0, 1, 2, 3, 3, 3]


def test_an_epoch_is_left_to_training():
    course = course_of()
    left = course.step(StepSize.EPOCH)
    assert left == 2
    course.train(left)
    assert course.trainer.iteration % course.snapshot().batches == 0


def test_the_past_is_looked_at_and_the_run_stays():
    course = course_of()
    newest = course.snapshot()
    for t in (12, 0, 29, 1):
        course.seek(t)
        assert course.behind and course.where().iteration == t
        assert differences(course.snapshot().theta, alone(t).snapshot().theta) == []
    course.seek(99)
    assert not course.behind
    assert differences(course.snapshot(), newest) == []
    course.seek(29)
    course.step(StepSize.ITERATION)
    assert course.place is None
    course.seek(7)
    course.train(5)
    assert not course.behind
    assert differences(course.snapshot(), alone(35).snapshot()) == []


@pytest.mark.parametrize("way", WAYS)
def test_resuming_is_bit_for_bit_the_unbroken_run(way):
    course = course_of(way)
    course.seek(11)
    for _ in range(7):
        course.step(StepSize.TERM)
    inside = course.snapshot()
    course.resume()
    assert not course.behind and course.trainer.iteration == 11
    assert differences(course.snapshot(), inside) == []
    course.train(19)
    whole = alone(30, way)
    assert differences(course.snapshot(), whole.snapshot()) == []
    assert np.array_equal(course.trainer.curves().losses, whole.curves().losses)


def test_resuming_takes_the_learning_rate_of_then():
    course = course_of()
    course.set_learning_rate(0.2)
    course.train(10)
    course.seek(10)
    course.resume()
    assert course.trainer.learning_rate.value == 0.05
    course.train(20)
    assert differences(course.snapshot(), alone(30).snapshot()) == []


def test_a_kept_run_is_taken_up_with_its_curves():
    course = course_of()
    before, curves, kept = course.snapshot(), course.trainer.curves(), course.kept()
    course.seek(8)
    course.resume()
    course.set_learning_rate(0.4)
    course.train(40)
    course.take_up(kept)
    assert differences(course.snapshot().theta, before.theta) == []
    assert np.array_equal(course.trainer.curves().losses, curves.losses)
    assert course.where().newest == 30
    course.seek(20)
    assert differences(course.snapshot(), alone(20).snapshot()) == []
    course.train(5)
    assert differences(course.snapshot(), alone(35).snapshot()) == []
    course.seek(7)
    looking_back = course.kept()
    course.take_up(kept)
    assert course.trainer.iteration == 30 and course.place is None
    course.take_up(looking_back)
    assert course.where().iteration == 7 and course.where().newest == 35


def test_an_edit_makes_the_next_forward_pass_with_the_new_weights():
    course = course_of()
    theta = course.snapshot().theta + 0.25
    shown = preview(course, theta)
    assert course.trainer.iteration == 30 and course.place is None
    course.edit(theta)
    seen = course.snapshot()
    assert differences(shown, seen) == []
    assert seen.phase is Phase.FORWARD and np.isfinite(seen.values.J)
    direct = alone(30)
    direct.edit(theta)
    assert seen.train == direct.snapshot().train
    course.step(StepSize.ITERATION)
    direct.run(1)
    assert differences(course.snapshot().theta, direct.snapshot().theta) == []
    course.back(StepSize.ITERATION)
    assert differences(course.snapshot().theta, alone(30).snapshot().theta) == []
    course.resume()
    course.train(3)
    assert differences(course.snapshot().theta, alone(33).snapshot().theta) == []


@pytest.mark.parametrize("stage", [LoopStage.FORWARD, LoopStage.BACKWARD])
def test_an_edit_inside_a_pass_stays_there(stage):
    course = course_of()
    course.enter(stage)
    course.back(StepSize.NEURON)
    place = course.place
    theta = course.snapshot().theta + 0.1
    course.edit(theta)
    assert course.place == place
    assert differences(course.snapshot().theta, theta) == []


def test_an_edit_in_the_middle_of_the_update_goes_back_before_it():
    course = course_of()
    course.enter(LoopStage.BACKWARD)
    course.step(StepSize.NEURON)
    assert course.where().last.stage is LoopStage.UPDATE
    theta = course.trainer.moment().theta + 0.1
    course.edit(theta)
    assert course.where().last.stage is LoopStage.BACKWARD
    assert differences(course.snapshot().theta, theta) == []


def test_an_edit_of_the_past_goes_on_from_there():
    course = course_of()
    course.seek(9)
    theta = course.snapshot().theta + 0.1
    shown = preview(course, theta)
    assert course.where().newest == 30
    course.edit(theta)
    assert course.where().newest == 9 and not course.behind
    assert differences(course.snapshot(), shown) == []


def test_restarting_begins_the_record_anew():
    course = course_of()
    course.restart()
    assert course.where().newest == 0
    assert differences(course.snapshot(), trainer_of(WAY).snapshot()) == []


@pytest.mark.parametrize(("iterations", "rate_change"), [(30, False), (300, True), (5000, True)])
def test_a_weight_over_time(iterations, rate_change):
    course = course_of(iterations=iterations)
    if rate_change:
        course.set_learning_rate(0.01)
        course.train(20)
    times, values = weight_history(course, 3)
    newest = course.trainer.iteration
    assert (times[0], times[-1]) == (0, newest)
    assert np.all(np.diff(times) > 0) and min(newest, 30) <= times.size <= 600
    for k in (0, times.size // 2, times.size - 1):
        course.seek(int(times[k]))
        assert course.snapshot().theta[3] == values[k]


@pytest.mark.parametrize("retraced", [False, True])
@pytest.mark.parametrize("iterations", [0, 300, 34_000])
def test_the_way_of_all_parameters(iterations, retraced):
    course = course_of(iterations=iterations)
    if iterations == 300:
        course.seek(200)
        course.edit(course.snapshot().theta + 0.1)
        course.train(90)
    times, thetas = way(course, retraced=retraced)
    assert (times[0], times[-1]) == (0, course.trainer.iteration)
    assert thetas.shape == (times.size, course.trainer.network.parameters)
    assert times.size <= 2 * most_points(thetas.shape[1]) + 2
    assert times.size >= {0: 1, 300: 200 if retraced else 3, 34_000: 100}[iterations]
    for k in (0, times.size // 3, times.size - 1):
        course.seek(int(times[k]))
        assert differences(course.snapshot().theta, thetas[k]) == []


def test_a_way_through_many_parameters_has_fewer_points():
    assert (most_points(17), most_points(20_000), most_points(1 << 24)) == (256, 104, 32)


def test_divergence_ahead_leads_back_to_the_newest_moment():
    course = course_of("single precision, one layer", rate=0.05)
    course.set_learning_rate(1e38)
    with pytest.raises(Diverged):
        for _ in range(400):
            course.step(StepSize.PASS)
    assert not course.behind
    assert np.isfinite(course.snapshot().theta).all()
    course.back(StepSize.ITERATION)
    assert course.behind


def test_findings_are_of_the_weights_asked_for():
    trainer = trainer_of(WAY)
    course = Run(trainer)
    snapshot = trainer.snapshot()
    healthy = findings_of(course, snapshot)
    large = replace(snapshot, theta=1e4 * np.ones_like(snapshot.theta))
    assert len(findings_of(course, large)) > len(healthy)
    assert isinstance(trainer, Trainer)
