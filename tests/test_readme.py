"""What the README shows is so."""

import re
from pathlib import Path

import numpy as np
import pytest

from core.activations import Activation

README = Path(__file__).parent.parent / "README.md"


def test_the_activation_of_the_readme_is_one():
    source = re.search(r"```python\n(Activation\(.*?)```", README.read_text("utf-8"), re.DOTALL)[1]
    sine = eval(source, {"Activation": Activation, "np": np})
    z = np.linspace(-3, 3, 50)
    h = 1e-6
    assert sine.g(z) == pytest.approx(np.sin(z), abs=1e-15)
    assert sine.dg(z) == pytest.approx((sine.g(z + h) - sine.g(z - h)) / (2 * h), abs=1e-8)


def test_every_file_the_readme_points_to_is_there():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text("utf-8")):
        assert (README.parent / target).exists(), target
