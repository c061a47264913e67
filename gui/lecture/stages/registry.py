"""The stage class for each kind of subject."""

from __future__ import annotations

from pkgutil import resolve_name

from core.lecture.scene import Scene
from core.lecture.subjects import ActivationBench, Expression, LossBench, Networks, OneWeight, SoftmaxBench
from gui.lecture.stages.base import SceneStage
from gui.lecture.stages.network import NetworkStage

# Imported when first needed, so that the lecture opens faster.
STAGES = {
    Expression: "gui.lecture.stages.graph:GraphStage",
    SoftmaxBench: "gui.lecture.stages.softmax.stage:SoftmaxStage",
    LossBench: "gui.lecture.stages.losses.stage:LossStage",
    ActivationBench: "gui.lecture.stages.activations.stage:ActivationStage",
    OneWeight: "gui.lecture.stages.one_weight.stage:OneWeightStage",
}
DRAWN = {
    "notation": "gui.lecture.stages.drawn.notation:NotationPicture",
    "layer-matrices": "gui.lecture.stages.drawn.layer_matrices:LayerMatricesPicture",
    "gradient-cost": "gui.lecture.stages.drawn.gradient_cost:GradientCostPicture",
    "one-gradient": "gui.lecture.stages.drawn.one_gradient:OneGradientPicture",
    "loop": "gui.lecture.stages.drawn.loop:LoopPicture",
    "classes": "gui.lecture.stages.drawn.classes:ClassesPicture",
    "activation-pair": "gui.lecture.stages.drawn.activation_pair:ActivationPairPicture",
}
DRAWN_STAGE = "gui.lecture.stages.drawn.stage:DrawnStage"
COMPARISON = "gui.lecture.stages.comparison:ComparisonStage"


def stage_of(scene: Scene) -> SceneStage:
    """Return a stage for the subject of a scene, without starting it. Raises FileError, DesignError."""
    subject = scene.subject
    if scene.drawing is not None:
        made = resolve_name(DRAWN_STAGE)(resolve_name(DRAWN[scene.drawing])())
    elif not isinstance(subject, Networks):
        made = resolve_name(STAGES[type(subject)])()
    elif len(subject.networks) > 1 or scene.surface is not None:
        made = resolve_name(COMPARISON)()
    else:
        made = NetworkStage(scene)
    assert isinstance(made, SceneStage)
    return made
