"""Which stage plays a scene."""

from __future__ import annotations

from pkgutil import resolve_name

from core.lecture import Scene
from core.subjects import ActivationBench, Expression, LossBench, Networks, OneWeight, SoftmaxBench
from gui.lecture.network_stage import NetworkStage
from gui.stage import Stage

# Imported when first wanted: the lecture opens sooner.
STAGES = {
    Expression: "gui.lecture.graph_stage:GraphStage",
    SoftmaxBench: "gui.benches.softmax:SoftmaxStage",
    LossBench: "gui.benches.losses:LossStage",
    ActivationBench: "gui.benches.activations:ActivationStage",
    OneWeight: "gui.benches.one_weight:OneWeightStage",
}
TOGETHER = "gui.lecture.together:TogetherStage"


def stage_of(scene: Scene) -> Stage:
    """Return a stage for the subject of a scene, not yet begun. Raises FileError, DesignError."""
    subject = scene.subject
    if not isinstance(subject, Networks):
        made = resolve_name(STAGES[type(subject)])()
    elif len(subject.networks) > 1 or scene.surface is not None:
        made = resolve_name(TOGETHER)()
    else:
        made = NetworkStage(scene)
    assert isinstance(made, Stage)
    return made
